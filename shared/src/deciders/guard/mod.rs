//! Gives reasons not to believe a read and not to run a plan.
//!
//! It never picks "the first N": over a limit, everybody whom the limited kind touches is held,
//! and the others go on. What can wait by itself (leaving a group, a less strict tier, a new
//! login) is held alone, so that the rest of a person's changes need not wait for it.

mod doubt;
mod shield;
mod shrink;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use doubt::{Doubt, LastRoster, Sight, doubt_okta, doubt_roster};
pub use shield::Shield;
pub use shrink::{Census, Destination, Shrinkage};

use super::plan::{PersonPlan, Plan};
use crate::words::{
    action::{Action, Kind},
    finding::{Finding, Subject},
    ids::{OktaUserId, PersonId, PlanId},
};

/// What the policy allows a single run to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The limit of each kind of action. A kind without one is not limited.
    pub kinds: BTreeMap<Kind, Limit>,
    /// How many people a group may lose who stay in the company.
    pub group_shrinks: Limit,
    /// A roster below this percentage of the last good one is not believed.
    pub roster_min_percent: u8,
    /// An Okta read below this percentage of the accounts known to be linked is not believed.
    pub okta_min_percent: u8,
}

/// How many people one kind of action may touch in one run. The strictest of `most` and
/// `percent` counts, but never less than `floor`, so that small companies can live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// At most this many.
    pub most: u32,
    /// At most this percentage of the people in the roster.
    pub percent: u8,
    /// This many are always allowed.
    pub floor: u32,
}

impl Limit {
    /// How many of `people` may be touched.
    pub fn allowed(self, people: usize) -> usize {
        let percent = people * usize::from(self.percent) / 100;
        percent.min(self.most as usize).max(self.floor as usize)
    }
}

/// A reason not to carry out part of a plan, with the evidence a person needs to overrule it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// More people than one run may touch.
    TooMany {
        /// With which kind of action.
        kind: Kind,
        /// Planned.
        planned: usize,
        /// Allowed.
        allowed: usize,
    },
    /// Rows were so broken that not even their employee is known: any leaver might be a mistake.
    UnreadableRows {
        /// How many.
        rows: usize,
    },
    /// A group loses too many of the people who stay in the company.
    GroupShrinks(Shrinkage),
    /// The policy wants a person's word for this kind of step.
    Supervised {
        /// Which kind.
        kind: Kind,
    },
    /// The account is protected.
    Protected {
        /// Whose it is.
        person: PersonId,
        /// The account.
        user: OktaUserId,
        /// By what.
        shield: Shield,
        /// The first step that waits because of it.
        kind: Kind,
    },
    /// Steps of this person wait among others'. A run for a few people must not let pass what is
    /// too much for all.
    WaitsAlready {
        /// Whose steps.
        person: PersonId,
        /// Where they wait.
        plan: PlanId,
        /// The first step that waits because of it.
        kind: Kind,
    },
    /// Somebody wants to be asked before anything is done for this person.
    AskFirst {
        /// Whom the hold is on.
        person: PersonId,
        /// What would be done first.
        kind: Kind,
        /// Who placed the hold.
        owner: String,
        /// Why.
        reason: String,
    },
}

/// How much of a person's part an objection holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Nothing of it.
    Nothing,
    /// Some steps, without which the others make sense.
    Some,
    /// All of it.
    All,
}

impl Objection {
    fn reach(&self, part: &PersonPlan) -> Reach {
        match self {
            Self::TooMany { kind, .. } | Self::Supervised { kind } if part.has(*kind) => {
                if stands_alone(*kind, part) {
                    Reach::Some
                } else {
                    Reach::All
                }
            }
            Self::UnreadableRows { .. }
                if part.has(Kind::Deactivate) || part.has(Kind::Suspend) =>
            {
                Reach::All
            }
            Self::GroupShrinks(it) if it.concerns(part) => Reach::Some,
            Self::AskFirst { person, .. }
            | Self::Protected { person, .. }
            | Self::WaitsAlready { person, .. }
                if part.person == *person =>
            {
                Reach::All
            }
            Self::TooMany { .. }
            | Self::Supervised { .. }
            | Self::UnreadableRows { .. }
            | Self::AskFirst { .. }
            | Self::Protected { .. }
            | Self::WaitsAlready { .. }
            | Self::GroupShrinks(_) => Reach::Nothing,
        }
    }

    /// Whether this very step waits, where steps can wait alone.
    fn holds(&self, action: &Action) -> bool {
        match self {
            Self::TooMany { kind, .. } | Self::Supervised { kind } => action.kind.kind() == *kind,
            Self::UnreadableRows { .. }
            | Self::AskFirst { .. }
            | Self::Protected { .. }
            | Self::WaitsAlready { .. } => true,
            Self::GroupShrinks(it) => it.holds(action),
        }
    }

    /// The kind of action that reports show for it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::TooMany { kind, .. }
            | Self::Supervised { kind }
            | Self::Protected { kind, .. }
            | Self::WaitsAlready { kind, .. }
            | Self::AskFirst { kind, .. } => *kind,
            Self::UnreadableRows { .. } => Kind::Deactivate,
            Self::GroupShrinks(_) => Kind::LeaveGroup,
        }
    }
}

/// Whether the other steps of a person make sense without this kind.
fn stands_alone(kind: Kind, part: &PersonPlan) -> bool {
    match kind {
        Kind::LowerTier | Kind::RenameLogin => true,
        // A leaver's steps are one; whoever stays can have the new groups before losing the old.
        Kind::LeaveGroup => !part.is_urgent(),
        Kind::Create
        | Kind::Adopt
        | Kind::Activate
        | Kind::Reactivate
        | Kind::Suspend
        | Kind::Unsuspend
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::SaveUndo
        | Kind::JoinGroup
        | Kind::AssignApp
        | Kind::UnassignApp
        | Kind::Deactivate
        | Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RaiseTier
        | Kind::Archive
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy => false,
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { kind, planned, allowed } => write!(
                f,
                "{planned} people would be touched by {kind}; one run may touch {allowed}, so all \
                 {planned} wait"
            ),
            Self::UnreadableRows { rows } => write!(
                f,
                "{rows} rows from UKG could not be read at all, so nobody can say whether a \
                 leaver has another employment there; every leaver waits"
            ),
            Self::GroupShrinks(it) => write!(f, "{it}"),
            Self::Protected { person, user, shield, kind: _ } => write!(
                f,
                "1 person waits: user {user} of person {person} {shield}, so nobody touches it \
                 without a person's word"
            ),
            Self::WaitsAlready { person, plan, kind: _ } => write!(
                f,
                "1 person waits: plan {plan} has steps of person {person} in it and waits for a \
                 word; a run for a few people lets none of them pass"
            ),
            Self::AskFirst { person, kind: _, owner, reason } => write!(
                f,
                "1 person waits: the vip hold by {owner} on person {person} asks for approval of \
                 every change: {reason}"
            ),
            Self::Supervised { kind } => {
                write!(f, "the policy asks for a person's word before {kind}")
            }
        }
    }
}

/// What a plan is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// People in the roster.
    pub roster: usize,
    /// People whose account was verified before. Bringing the others in line for the first time
    /// is what an installation is for, so steps that only add do not count for them.
    pub known: &'a BTreeSet<PersonId>,
    /// What was wrong with what was read.
    pub findings: &'a [Finding],
    /// What the policy wants of the groups that somebody leaves.
    pub census: &'a Census,
    /// Kinds of steps that always wait for a person's word.
    pub supervised: &'a BTreeSet<Kind>,
    /// Steps that somebody has approved, by their digest.
    pub approved: &'a BTreeSet<String>,
}

impl Measure<'_> {
    fn is_approved(&self, part: &PersonPlan, action: &Action) -> bool {
        self.approved.contains(&part.digest(action))
    }

    fn is_wholly_approved(&self, part: &PersonPlan) -> bool {
        part.actions.iter().all(|it| self.is_approved(part, it))
    }
}

/// Every objection to a plan. An empty list is permission to apply it. What somebody has approved
/// is not objected to again.
pub fn review(plan: &Plan, limits: &Limits, measure: Measure<'_>) -> Vec<Objection> {
    let mut res = Vec::new();
    let rest: Vec<&PersonPlan> =
        plan.people.iter().filter(|it| !measure.is_wholly_approved(it)).collect();
    let moving: Vec<&PersonPlan> =
        rest.iter().copied().filter(|it| measure.known.contains(&it.person)).collect();
    let leaves = |it: &PersonPlan, action: &Action| !measure.is_approved(it, action);
    let shrinking = shrink::shrinking(&moving, leaves, measure.census, limits.group_shrinks);
    // What waits for the sake of its group does not count a second time.
    let waits = |it: &PersonPlan, action: &Action| {
        shrinking.iter().any(|shrinkage| shrinkage.concerns(it) && shrinkage.holds(action))
    };
    let counts = |kind: Kind, it: &PersonPlan| {
        let has = it.actions.iter().any(|action| {
            action.kind.kind() == kind && !measure.is_approved(it, action) && !waits(it, action)
        });
        has && (measure.known.contains(&it.person) || !is_first_touch(kind, measure.known))
    };
    for kind in measure.supervised {
        if rest.iter().any(|it| counts(*kind, it)) {
            res.push(Objection::Supervised { kind: *kind });
        }
    }
    for (kind, limit) in &limits.kinds {
        let planned = rest.iter().filter(|it| counts(*kind, it)).count();
        let allowed = limit.allowed(measure.roster);
        if allowed < planned {
            res.push(Objection::TooMany { kind: *kind, planned, allowed });
        }
    }
    let rows = measure.findings.iter().filter(|it| matches!(it.subject, Subject::Row(_))).count();
    if rows > 0 {
        res.push(Objection::UnreadableRows { rows });
    }
    // Before the limits of a kind: it says more about what has happened.
    res.splice(0..0, shrinking.into_iter().map(Objection::GroupShrinks));
    res
}

/// Whether this kind of step does not count for somebody who was never verified. Creating counts,
/// except on the very first run, when nobody was.
fn is_first_touch(kind: Kind, known: &BTreeSet<PersonId>) -> bool {
    match kind {
        Kind::Create => known.is_empty(),
        Kind::Adopt
        | Kind::Activate
        | Kind::JoinGroup
        | Kind::AssignApp
        | Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RaiseTier
        | Kind::SaveUndo
        | Kind::Archive => true,
        Kind::Reactivate
        | Kind::Suspend
        | Kind::Unsuspend
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::LeaveGroup
        | Kind::UnassignApp
        | Kind::Deactivate
        | Kind::RenameLogin
        | Kind::LowerTier
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy => false,
    }
}

/// A plan in two: what may go on, and what waits with the objection that holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parted {
    /// What may go on.
    pub free: Plan,
    /// What waits.
    pub held: Vec<(Objection, Plan)>,
    /// People of whom only some steps wait: they are not in line when the others are done.
    pub partly: BTreeSet<PersonId>,
}

/// Parts a plan into what may go on and what waits. `approved` are digests of steps that go on
/// whatever is objected.
pub fn part(plan: Plan, objections: &[Objection], approved: &BTreeSet<String>) -> Parted {
    let mut held: Vec<(Objection, Vec<PersonPlan>)> =
        objections.iter().map(|it| (it.clone(), Vec::new())).collect();
    let (mut free, mut partly) = (Vec::new(), BTreeSet::new());
    for mut part in plan.people {
        let is_approved = |part: &PersonPlan, it: &Action| approved.contains(&part.digest(it));
        if part.actions.iter().all(|it| is_approved(&part, it)) {
            free.push(part);
            continue;
        }
        if let Some((_, waiting)) = held.iter_mut().find(|it| it.0.reach(&part) == Reach::All) {
            waiting.push(part);
            continue;
        }
        for (objection, waiting) in &mut held {
            if objection.reach(&part) != Reach::Some {
                continue;
            }
            let (wait, go): (Vec<Action>, Vec<Action>) = part
                .actions
                .iter()
                .cloned()
                .partition(|it| objection.holds(it) && !is_approved(&part, it));
            if !wait.is_empty() {
                partly.insert(part.person.clone());
                waiting.push(PersonPlan { actions: wait, ..part.clone() });
                part.actions = go;
            }
        }
        free.push(part);
    }
    let held = held.into_iter().filter(|(_, it)| !it.is_empty());
    let held = held.map(|(why, it)| (why, Plan::new(it))).collect();
    Parted { free: Plan::new(free), held, partly }
}

/// Everybody who must be left alone because of a finding.
pub fn held_people(findings: &[Finding]) -> BTreeSet<PersonId> {
    findings.iter().filter_map(Finding::holds).cloned().collect()
}
