//! Reasons not to carry out part of a plan, and how much of it each one holds.

use std::fmt;

use jiff::Timestamp;

use super::{
    limits::{Counted, Staff},
    shield::Shield,
    shrink::Shrinkage,
};
use crate::{
    deciders::plan::PersonPlan,
    words::{
        action::{Action, ActionKind, Kind},
        ids::{OktaUserId, PersonId, PlanId},
    },
};

/// A reason not to carry out part of a plan, with the evidence a person needs to overrule it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// More people than may be touched without a person's word.
    TooMany {
        /// By what.
        what: Counted,
        /// Planned.
        planned: usize,
        /// Others that were touched in the last 24 hours, when it is these together that are too
        /// many.
        before: usize,
        /// Allowed in one run, or in 24 hours when others were touched before.
        allowed: usize,
        /// The company in which it is too many, when it would not be in all of them together.
        staff: Option<Staff>,
    },
    /// Rows were so broken that not even their employee is known: any leaver might be a mistake.
    UnreadableRows {
        /// How many.
        rows: usize,
    },
    /// A group loses too many of the people who stay in the company.
    GroupShrinks(Shrinkage),
    /// The policy wants a person's word for this.
    Supervised {
        /// For what.
        what: Counted,
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
        /// Who said no to it, if somebody did.
        rejected: Option<Rejection>,
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

/// That somebody said no to a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Until when it stays so; what HR still says by then is asked about anew.
    pub until: Timestamp,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rejected by {} on {}", self.by, self.at.strftime("%Y-%m-%d"))
    }
}

/// How much of a person's part an objection holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nothing of it.
    Nothing,
    /// Some steps, without which the others make sense.
    Some,
    /// All of it.
    All,
}

impl Objection {
    pub(super) fn reach(&self, part: &PersonPlan) -> Reach {
        let is_concerned = match self {
            Self::TooMany { what, staff, .. } => {
                what.concerns(part) && staff.as_ref().is_none_or(|it| it.has(&part.person))
            }
            Self::Supervised { what } => what.concerns(part),
            Self::UnreadableRows { .. } => {
                part.is_departure() || part.has(Kind::Deactivate) || part.has(Kind::Suspend)
            }
            Self::GroupShrinks(it) => it.concerns(part),
            Self::AskFirst { person, .. }
            | Self::Protected { person, .. }
            | Self::WaitsAlready { person, .. } => part.person == *person,
        };
        let some = match self {
            Self::TooMany { what, .. } | Self::Supervised { what } => stands_alone(what, part),
            Self::GroupShrinks(_) => true,
            Self::UnreadableRows { .. }
            | Self::AskFirst { .. }
            | Self::Protected { .. }
            | Self::WaitsAlready { .. } => false,
        };
        match (is_concerned, some) {
            (false, _) => Reach::Nothing,
            (true, true) => Reach::Some,
            (true, false) => Reach::All,
        }
    }

    /// Whether this very step waits, where steps can wait alone.
    pub(super) fn holds(&self, part: &PersonPlan, action: &Action) -> bool {
        match self {
            // Whatever else changes of the profile was put into a step of its own.
            Self::TooMany { what: Counted::Attribute(name), .. } => {
                matches!(&action.kind, ActionKind::Update(it) if it.keys().eq([name]))
            }
            Self::TooMany { what, .. } | Self::Supervised { what } => what.includes(part, action),
            Self::UnreadableRows { .. }
            | Self::AskFirst { .. }
            | Self::Protected { .. }
            | Self::WaitsAlready { .. } => true,
            Self::GroupShrinks(it) => it.holds(action),
        }
    }

    /// Whether a step of a part waits because of it.
    pub(super) fn stops(&self, part: &PersonPlan, action: &Action) -> bool {
        match self.reach(part) {
            Reach::Nothing => false,
            Reach::Some => self.holds(part, action),
            Reach::All => true,
        }
    }

    /// What waits, in one or two words.
    pub fn what(&self) -> String {
        match self {
            Self::TooMany { what, .. } | Self::Supervised { what } => what.to_string(),
            Self::UnreadableRows { .. } => Counted::Departure.to_string(),
            Self::GroupShrinks(_)
            | Self::Protected { .. }
            | Self::WaitsAlready { .. }
            | Self::AskFirst { .. } => self.kind().to_string(),
        }
    }

    /// The kind of action that reports show for it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::TooMany { what, .. } | Self::Supervised { what } => what.kind(),
            Self::Protected { kind, .. }
            | Self::WaitsAlready { kind, .. }
            | Self::AskFirst { kind, .. } => *kind,
            Self::UnreadableRows { .. } => Kind::Deactivate,
            Self::GroupShrinks(_) => Kind::LeaveGroup,
        }
    }
}

/// Whether the other steps of a person make sense without this.
fn stands_alone(what: &Counted, part: &PersonPlan) -> bool {
    let kind = match what {
        Counted::Departure => return false,
        Counted::Attribute(_) => return true,
        Counted::Kind(kind) => kind,
    };
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
            Self::TooMany { what, planned, before, allowed, staff } => {
                let who = people(*planned);
                match what {
                    Counted::Departure => write!(f, "{who} would lose their access as leavers")?,
                    Counted::Attribute(name) => {
                        write!(f, "attribute {name:?} would change for {who}")?;
                    }
                    Counted::Kind(kind) => match kind.is_about_people() {
                        true => write!(f, "{who} would be touched by {kind}")?,
                        false => write!(f, "{kind} would be done {planned} times")?,
                    },
                }
                if let Some(Staff { company, .. }) = staff {
                    write!(f, " in company {company}")?;
                }
                match (before, what) {
                    (0, Counted::Kind(kind)) if !kind.is_about_people() => {
                        write!(f, "; one run may do it {allowed} times")?;
                    }
                    (0, _) => write!(f, "; one run may touch {allowed}")?,
                    (before, _) => {
                        write!(f, "; {before} more were in the last 24 hours, ")?;
                        write!(f, "and all runs of 24 hours together may touch {allowed}")?;
                    }
                }
                match (what, planned) {
                    (Counted::Attribute(_), _) => {
                        f.write_str(", so it stays as it is; their other changes go on")
                    }
                    (Counted::Departure | Counted::Kind(_), 1) => f.write_str(", so this waits"),
                    (Counted::Departure | Counted::Kind(_), _) => {
                        write!(f, ", so all {planned} wait")
                    }
                }
            }
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
            Self::WaitsAlready { person, plan, kind: _, rejected: Some(rejection) } => write!(
                f,
                "1 person waits: plan {plan} has steps of person {person} in it and was \
                 {rejection}; a run for a few people lets none of them pass"
            ),
            Self::WaitsAlready { person, plan, kind: _, rejected: None } => write!(
                f,
                "1 person waits: plan {plan} has steps of person {person} in it and waits for a \
                 word; a run for a few people lets none of them pass"
            ),
            Self::AskFirst { person, kind: _, owner, reason } => write!(
                f,
                "1 person waits: the vip hold by {owner} on person {person} asks for approval of \
                 every change: {reason}"
            ),
            Self::Supervised { what } => {
                write!(f, "the policy asks for a person's word before {what}")
            }
        }
    }
}

fn people(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}
