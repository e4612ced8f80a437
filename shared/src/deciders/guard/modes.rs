//! What the policy lets Rollcall do by itself, with a person's word, or not at all.

use std::collections::BTreeSet;

use super::Counted;
use crate::{
    deciders::plan::PersonPlan,
    words::{
        action::{Action, Kind},
        ids::{OktaUserId, PersonId},
    },
};

/// What is not done by itself. Whatever is in neither is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// What waits for a person's word, every time.
    pub approve: BTreeSet<Counted>,
    /// What is never done.
    pub off: BTreeSet<Counted>,
}

/// Something that would be done if the policy had not switched it off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchedOff {
    /// For whom; `None` when it is about a group or a policy.
    pub person: Option<PersonId>,
    /// On which account, if there is one.
    pub user: Option<OktaUserId>,
    /// What is switched off.
    pub what: Counted,
    /// Which group, app or attributes.
    pub target: Option<String>,
}

impl Modes {
    /// Takes out of everybody's part what is switched off; returns what was taken out.
    pub fn withhold(&self, parts: &mut Vec<PersonPlan>) -> Vec<SwitchedOff> {
        if self.off.is_empty() {
            return Vec::new();
        }
        let mut res = Vec::new();
        for part in &mut *parts {
            let off = |action: &Action| self.off.iter().find(|it| it.includes(part, action));
            let switched_off = |action: &Action, what: &Counted| SwitchedOff {
                person: Some(part.person.clone()),
                user: part.user.clone(),
                what: what.clone(),
                target: action.kind.target(),
            };
            // The rest makes no sense without these, so one line stands for all of it.
            let whole = part.actions.iter().find_map(|action| {
                let what = off(action)?;
                carries_the_rest(what).then(|| switched_off(action, what))
            });
            if let Some(whole) = whole {
                res.push(SwitchedOff { target: None, ..whole });
                part.actions.clear();
                continue;
            }
            let found = part.actions.iter().filter_map(|it| Some(switched_off(it, off(it)?)));
            res.extend(found);
            let stays: Vec<Action> =
                part.actions.iter().filter(|it| off(it).is_none()).cloned().collect();
            part.actions = stays;
        }
        parts.retain(|it| !it.actions.is_empty());
        res
    }
}

/// Whether the other steps of a part make no sense without this.
fn carries_the_rest(what: &Counted) -> bool {
    let kind = match what {
        Counted::Departure => return true,
        Counted::Attribute(_) => return false,
        Counted::Kind(kind) => kind,
    };
    match kind {
        Kind::Create | Kind::Adopt | Kind::Reactivate | Kind::Suspend | Kind::Unsuspend => true,
        Kind::Activate
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::SaveUndo
        | Kind::JoinGroup
        | Kind::LeaveGroup
        | Kind::AssignApp
        | Kind::UnassignApp
        | Kind::Deactivate
        | Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RenameLogin
        | Kind::RaiseTier
        | Kind::LowerTier
        | Kind::Archive
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy => false,
    }
}
