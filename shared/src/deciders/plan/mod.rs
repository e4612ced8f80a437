//! What must be done so that Okta says what HR says, as a value.
//!
//! A plan leaves nothing to choose: it can be printed, compared, hashed, stored, held and
//! refused before anything happens. [`person`] makes one person's part; [`super::guard`] reviews
//! the whole; `flows::apply` carries it out.

mod directory;
mod fingerprint;
mod org;
mod person;
mod tend;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use sha2::{Digest, Sha256};

pub use directory::{Directory, Listing, Named};
pub use fingerprint::{Aspects, fingerprint};
pub use org::{org_actions, org_digest, org_hash};
pub use person::{ByHand, Case, Kept, LinkedManager, ManagerWish, Reconcile, Seen, plan};
pub use tend::ADDED_BY_HAND;

use super::{
    digest::{digest_of, hex},
    lifecycle::StandingKind,
};
use crate::words::{
    account::Status,
    action::{Action, ActionKind, Change, Direction, Kind, TierChange},
    ids::{Login, OktaUserId, PersonId, PlanId, PolicyHash},
};

/// What one flow would do at one instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One part per person, leavers first, then by person id. Nobody with nothing to do is in it.
    pub people: Vec<PersonPlan>,
}

/// What would be done for one person, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonPlan {
    /// For whom.
    pub person: PersonId,
    /// The account, if there is one yet.
    pub user: Option<OktaUserId>,
    /// The login the account has or will have.
    pub login: Option<Login>,
    /// The status it was planned from: the precondition of everything below.
    pub status: Option<Status>,
    /// The standing that it leads to.
    pub standing: StandingKind,
    /// The HR fact that decided the standing, for the reader.
    pub because: String,
    /// The steps. Never empty in a [`Plan`].
    pub actions: Vec<Action>,
}

impl PersonPlan {
    /// Whether this goes before everything else: somebody's access ends.
    pub fn is_urgent(&self) -> bool {
        match self.standing {
            StandingKind::Out | StandingKind::Paused => true,
            StandingKind::TooEarly
            | StandingKind::Preboard
            | StandingKind::Open
            | StandingKind::Restricted => false,
        }
    }

    /// Whether somebody's access ends because the person has left, however it has to be ended: an
    /// account that was suspended before is not suspended again. Closing it for good after the
    /// days of grace is no second departure.
    pub fn is_departure(&self) -> bool {
        self.standing == StandingKind::Out && self.has(Kind::SaveUndo)
    }

    /// The digest of one of the steps with its precondition: what somebody's word is for. The
    /// same step planned anew has the same digest as long as the account has the same status.
    pub fn digest(&self, action: &Action) -> String {
        let Self { person, user, login: _, status, standing, because: _, actions: _ } = self;
        let text = format!("{person:?} {user:?} {status:?} {standing:?} {:?}", action.kind);
        digest_of(&text)[..32].to_owned()
    }

    /// The steps in one line without personal data: kinds, names of groups, apps and attributes.
    pub fn in_brief(&self) -> String {
        let mut kinds: Vec<(Kind, Option<String>, usize)> = Vec::new();
        for it in &self.actions {
            let kind = it.kind.kind();
            // Nothing of it can be seen from outside.
            if matches!(kind, Kind::SaveUndo | Kind::Archive) {
                continue;
            }
            match kinds.iter_mut().find(|(known, ..)| *known == kind) {
                Some((_, _, count)) => *count += 1,
                None => kinds.push((kind, it.kind.target(), 1)),
            }
        }
        let kinds = kinds.into_iter().map(|(kind, target, count)| match (target, count) {
            (Some(target), 1) => format!("{kind} {target}"),
            (None, 1) => kind.to_string(),
            (_, count) => format!("{kind} ({count})"),
        });
        kinds.collect::<Vec<_>>().join(", ")
    }

    /// Whether any of the steps is of this kind.
    pub fn has(&self, kind: Kind) -> bool {
        self.actions.iter().any(|it| it.kind.kind() == kind)
    }
}

impl Plan {
    /// Puts parts into the order in which they are carried out.
    pub fn new(mut people: Vec<PersonPlan>) -> Self {
        people.retain(|it| !it.actions.is_empty());
        people.sort_by(|a, b| (!a.is_urgent(), &a.person).cmp(&(!b.is_urgent(), &b.person)));
        Self { people }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Every step with its person's part, in order.
    pub fn actions(&self) -> impl Iterator<Item = (&PersonPlan, &Action)> {
        self.people.iter().flat_map(|it| it.actions.iter().map(move |action| (it, action)))
    }

    /// How many people each kind of step touches.
    pub fn people_by_kind(&self) -> BTreeMap<Kind, usize> {
        let mut res = BTreeMap::new();
        for it in &self.people {
            let mut kinds: Vec<Kind> = it.actions.iter().map(|it| it.kind.kind()).collect();
            kinds.sort();
            kinds.dedup();
            for kind in kinds {
                *res.entry(kind).or_default() += 1;
            }
        }
        res
    }

    /// The fewest Okta calls that could bring this about (reference/performance.md, section 2.2):
    /// one for a create with its groups, one for any number of profile changes, one for each step
    /// of another kind. Reading is not in it.
    pub fn minimum_calls(&self) -> u64 {
        let calls = self.people.iter().map(|it| {
            let mut calls = 0;
            let mut writes_profile = it.has(Kind::Create);
            for action in &it.actions {
                calls += match action.kind {
                    ActionKind::SaveUndo | ActionKind::Archive => 0,
                    ActionKind::SetTier(ref it) => {
                        u64::from(it.joins) + u64::try_from(it.from.len()).unwrap_or(0)
                    }
                    ActionKind::Create(_) => 1,
                    ActionKind::Adopt { .. }
                    | ActionKind::Update(_)
                    | ActionKind::SetManager { .. } => {
                        u64::from(!std::mem::replace(&mut writes_profile, true))
                    }
                    ActionKind::Activate
                    | ActionKind::Reactivate
                    | ActionKind::Suspend
                    | ActionKind::Unsuspend
                    | ActionKind::EndSessions
                    | ActionKind::RevokeGrants
                    | ActionKind::JoinGroup(_)
                    | ActionKind::LeaveGroup(_)
                    | ActionKind::AssignApp(_)
                    | ActionKind::UnassignApp(_)
                    | ActionKind::LinkManager { .. }
                    | ActionKind::RenameLogin { .. }
                    | ActionKind::Deactivate => 1,
                };
            }
            calls
        });
        calls.sum()
    }

    /// What an approval is for: a hash over the policy and every step with its precondition.
    pub fn hash(&self, policy: &PolicyHash) -> String {
        let mut hasher = Sha256::new();
        hasher.update(policy.as_str());
        for part in &self.people {
            let PersonPlan { person, user, login, status, standing, because, actions } = part;
            hasher.update(format!(
                "\n{person:?} {user:?} {login:?} {status:?} {standing:?} {because}"
            ));
            for it in actions {
                hasher.update(format!("\n{:?} {}", it.kind, it.cause));
            }
        }
        hex(&hasher.finalize())
    }

    /// The digests of every step.
    pub fn digests(&self) -> BTreeSet<String> {
        self.actions().map(|(part, it)| part.digest(it)).collect()
    }

    /// The short name of a plan with this hash.
    pub fn id_of(hash: &str) -> PlanId {
        PlanId::from(&hash[..12.min(hash.len())])
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "Nothing to do.");
        }
        for part in &self.people {
            write!(f, "{part}")?;
        }
        let kinds = self.people_by_kind();
        let totals: Vec<_> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        writeln!(f, "{} people: {}", self.people.len(), totals.join(", "))
    }
}

impl fmt::Display for PersonPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "person {}", self.person)?;
        match (&self.login, &self.user, self.status) {
            (Some(login), Some(user), Some(status)) => write!(f, " ({login}, {user}, {status})")?,
            (Some(login), None, _) => write!(f, " ({login}, new)")?,
            (_, user, status) => {
                if let (Some(user), Some(status)) = (user, status) {
                    write!(f, " ({user}, {status})")?;
                }
            }
        }
        writeln!(f, ": {}", self.because)?;
        for it in &self.actions {
            writeln!(f, "  {it}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if !self.cause.is_empty() {
            write!(f, "  [{}]", self.cause)?;
        }
        Ok(())
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(new) => {
                write!(f, "create {}", new.login)?;
                if !new.groups.is_empty() {
                    let names: Vec<_> =
                        new.groups.iter().map(|it| format!("{:?}", it.name)).collect();
                    write!(f, " in {}", names.join(", "))?;
                }
                Ok(())
            }
            Self::Adopt { matched_by } => {
                write!(f, "adopt the account that matches by {matched_by}")
            }
            Self::Activate => f.write_str("activate"),
            Self::Reactivate => f.write_str("reactivate"),
            Self::Suspend => f.write_str("suspend"),
            Self::Unsuspend => f.write_str("unsuspend"),
            Self::EndSessions => f.write_str("end every session and token"),
            Self::RevokeGrants => f.write_str("revoke every grant"),
            Self::SaveUndo => f.write_str("save what is needed to undo this"),
            Self::JoinGroup(it) => write!(f, "join group {:?}", it.name),
            Self::LeaveGroup(it) => write!(f, "leave group {:?}", it.name),
            Self::AssignApp(it) => write!(f, "assign app {:?}", it.label),
            Self::UnassignApp(it) => write!(f, "unassign app {:?}", it.label),
            Self::Deactivate => f.write_str("deactivate"),
            Self::Update(changes) => write!(f, "set {}", Changes(changes)),
            Self::SetManager { manager: Some(it), changes } => {
                write!(f, "set manager to person {it}: {}", Changes(changes))
            }
            Self::SetManager { manager: None, changes } => {
                write!(f, "set manager to nobody: {}", Changes(changes))
            }
            Self::LinkManager { relation, manager: Some((it, _)) } => {
                write!(f, "link {relation} to person {it}")
            }
            Self::LinkManager { relation, manager: None } => write!(f, "unlink {relation}"),
            Self::RenameLogin { from, to } => write!(f, "rename login {from} to {to}"),
            Self::SetTier(TierChange { tier, to, from, joins: _, direction }) => {
                let word = match direction {
                    Direction::Up => "raise",
                    Direction::Down => "lower",
                };
                write!(f, "{word} MFA tier to {tier} (group {:?}", to.name)?;
                for it in from {
                    write!(f, " instead of {:?}", it.name)?;
                }
                f.write_str(")")
            }
            Self::Archive => f.write_str("keep a copy of everything Okta knows"),
        }
    }
}

struct Changes<'a>(&'a BTreeMap<std::sync::Arc<str>, Change>);

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, change)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            match &change.after {
                Some(after) => write!(f, "{comma}{name} = {:?}", after.to_string())?,
                None => write!(f, "{comma}{name} = nothing")?,
            }
        }
        Ok(())
    }
}
