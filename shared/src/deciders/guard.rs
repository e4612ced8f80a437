//! Gives reasons not to believe a read and not to run a plan.
//!
//! It never picks "the first N": over a limit, everybody whom the limited kind touches is held,
//! and the others go on.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::plan::{PersonPlan, Plan};
use crate::words::{
    action::Kind,
    finding::{Finding, Subject},
    ids::{CompanyId, PersonId},
};

/// What the policy allows a single run to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The limit of each kind of action. A kind without one is not limited.
    pub kinds: BTreeMap<Kind, Limit>,
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

/// A reason not to believe what was read: nothing is planned at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// UKG answered, and nobody was in it.
    EmptyRoster,
    /// Sharply fewer employments than at the last good read.
    ShortRoster {
        /// Which company, or all together.
        company: Option<CompanyId>,
        /// At the last good read.
        before: usize,
        /// Now.
        now: usize,
        /// The percentage that is still believed.
        min_percent: u8,
    },
    /// Okta answered with sharply fewer of the accounts that are known to be linked.
    ShortOkta {
        /// Known to be linked.
        linked: usize,
        /// Of these, seen now.
        seen: usize,
    },
    /// A user who must be there was not.
    MissingCanary {
        /// The place in `okta.protected.canaries`, from 1; the login itself is not repeated.
        position: usize,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyRoster => write!(
                f,
                "UKG answered without a single employment. Nothing was planned. Check that the \
                 web service account still has View on Personnel Integration"
            ),
            Self::ShortRoster { company, before, now, min_percent } => {
                let company = company
                    .as_ref()
                    .map_or("all companies".to_owned(), |it| format!("company {it}"));
                write!(
                    f,
                    "UKG gave {now} employments for {company}; the last good read had {before}. \
                     Less than {min_percent} % is not believed, so nothing was planned. Check the \
                     account's access to companies in UKG; if HR really shrank, run once with \
                     --accept-roster {now}"
                )
            }
            Self::ShortOkta { linked, seen } => write!(
                f,
                "Okta showed {seen} of the {linked} accounts that Rollcall looks after. Nothing \
                 was planned. The usual cause: the API client has its scopes but lost its admin \
                 role, and Okta then answers with an empty list instead of an error"
            ),
            Self::MissingCanary { position } => write!(
                f,
                "Okta did not return user {position} of okta.protected.canaries. Nothing was \
                 planned. Check the admin role of the API client, or correct the list"
            ),
        }
    }
}

/// Employment counts of the last full read that was believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastRoster {
    /// All companies together.
    pub total: usize,
    /// By company.
    pub by_company: BTreeMap<CompanyId, usize>,
}

/// Every reason not to believe a full roster. `accepted` is the total that a person has said to
/// be right, for this run only.
pub fn doubt_roster(
    counts: &BTreeMap<CompanyId, usize>,
    last: Option<&LastRoster>,
    limits: &Limits,
    accepted: Option<usize>,
) -> Vec<Doubt> {
    let now: usize = counts.values().sum();
    if now == 0 {
        return vec![Doubt::EmptyRoster];
    }
    if accepted == Some(now) {
        return Vec::new();
    }
    let min_percent = limits.roster_min_percent;
    let is_short = |before: usize, now: usize| now * 100 < before * usize::from(min_percent);
    let Some(last) = last else { return Vec::new() };
    let mut res = Vec::new();
    if is_short(last.total, now) {
        res.push(Doubt::ShortRoster { company: None, before: last.total, now, min_percent });
    }
    for (company, before) in &last.by_company {
        let now = counts.get(company).copied().unwrap_or(0);
        // A company of a handful can halve in a day; one that vanishes is always doubted.
        let is_tiny = *before < 10 && now > 0;
        if is_short(*before, now) && !is_tiny {
            let company = Some(company.clone());
            res.push(Doubt::ShortRoster { company, before: *before, now, min_percent });
        }
    }
    res
}

/// Every reason not to believe what Okta showed. `missing_canaries` are the places, from 1, of
/// the canaries that were not there.
pub fn doubt_okta(
    linked: usize,
    seen: usize,
    missing_canaries: &[usize],
    limits: &Limits,
) -> Vec<Doubt> {
    let mut res = Vec::new();
    if seen * 100 < linked * usize::from(limits.okta_min_percent) {
        res.push(Doubt::ShortOkta { linked, seen });
    }
    res.extend(missing_canaries.iter().map(|it| Doubt::MissingCanary { position: *it }));
    res
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

impl Objection {
    /// Whether somebody's part of the plan waits because of this.
    pub fn holds(&self, part: &PersonPlan) -> bool {
        match self {
            Self::TooMany { kind, .. } => part.has(*kind),
            Self::UnreadableRows { .. } => part.has(Kind::Deactivate) || part.has(Kind::Suspend),
            Self::AskFirst { person, .. } => part.person == *person,
        }
    }

    /// The kind of action that reports show for it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::TooMany { kind, .. } | Self::AskFirst { kind, .. } => *kind,
            Self::UnreadableRows { .. } => Kind::Deactivate,
        }
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
            Self::AskFirst { person, kind: _, owner, reason } => write!(
                f,
                "1 person waits: the vip hold by {owner} on person {person} asks for approval of \
                 every change: {reason}"
            ),
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
}

/// Every objection to a plan. An empty list is permission to apply it.
pub fn review(plan: &Plan, limits: &Limits, measure: Measure<'_>) -> Vec<Objection> {
    let Measure { roster, known, findings } = measure;
    let mut res = Vec::new();
    for (kind, limit) in &limits.kinds {
        let counts = |it: &&PersonPlan| {
            it.has(*kind) && (known.contains(&it.person) || !is_first_touch(*kind, known))
        };
        let planned = plan.people.iter().filter(counts).count();
        let allowed = limit.allowed(roster);
        if allowed < planned {
            res.push(Objection::TooMany { kind: *kind, planned, allowed });
        }
    }
    let rows = findings.iter().filter(|it| matches!(it.subject, Subject::Row(_))).count();
    if rows > 0 {
        res.push(Objection::UnreadableRows { rows });
    }
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
        | Kind::SaveUndo => true,
        Kind::Reactivate
        | Kind::Suspend
        | Kind::Unsuspend
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::LeaveGroup
        | Kind::UnassignApp
        | Kind::Deactivate => false,
    }
}

/// Parts a plan into what may go on and what waits, with the objection that holds it.
pub fn part(plan: Plan, objections: &[Objection]) -> (Plan, Vec<(Objection, Plan)>) {
    let mut held: Vec<(Objection, Vec<PersonPlan>)> =
        objections.iter().map(|it| (it.clone(), Vec::new())).collect();
    let mut free = Vec::new();
    for part in plan.people {
        match held.iter_mut().find(|(objection, _)| objection.holds(&part)) {
            Some((_, waiting)) => waiting.push(part),
            None => free.push(part),
        }
    }
    let held = held.into_iter().filter(|(_, it)| !it.is_empty());
    (Plan { people: free }, held.map(|(why, it)| (why, Plan { people: it })).collect())
}

/// Everybody who must be left alone because of a finding.
pub fn held_people(findings: &[Finding]) -> BTreeSet<PersonId> {
    findings.iter().filter_map(Finding::holds).cloned().collect()
}
