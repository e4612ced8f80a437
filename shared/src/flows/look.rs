//! What one person should look like in Okta, worked out from HR, the policy and our memory.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{hr_side::HrSide, memory::Memory, scope};
use crate::{
    deciders::{
        lifecycle::{self, Before, Standing, StandingKind},
        mapping::{Facts, ManagerView, Memo},
        plan::{ManagerWish, fingerprint},
        policy::Policy,
        roster::managers::Manager,
    },
    words::{
        desired::Desired,
        finding::Finding,
        flow::Flow,
        ids::{Login, PersonId},
        person::Person,
        value::Value,
    },
};

/// One person with everything that HR and the policy say about the account.
#[derive(Clone, Debug)]
pub(super) struct Look<'a> {
    pub(super) person: &'a Person,
    pub(super) standing: Standing,
    /// What was last verified.
    pub(super) before: Option<Before>,
    /// What the policy wants; `None` when the standing needs nothing more.
    pub(super) desired: Option<Desired>,
    pub(super) manager: ManagerWish,
    pub(super) fingerprint: [u8; 32],
    /// The logins an account to be made could have, best first; none where there is an account.
    pub(super) logins: Vec<Login>,
}

/// Looks at people through one policy at one instant.
pub(super) struct Lens<'a> {
    pub(super) policy: &'a Policy,
    pub(super) hr: &'a HrSide,
    pub(super) memory: &'a Memory,
    pub(super) as_of: Timestamp,
    pub(super) memo: &'a Memo,
}

impl<'a> Lens<'a> {
    /// The flow that looks after `person` now.
    pub(super) fn flow_of(&self, person: &Person) -> Option<Flow> {
        let standing = lifecycle::standing(person, &self.policy.lifecycle, self.as_of);
        let link = self.memory.link(&person.id);
        let was_adopted = link.is_some_and(|it| !it.created_by_us);
        scope::flow_of(&standing, self.memory.standing(&person.id), link.is_some(), was_adopted)
    }

    /// What `person` should look like. `new_login` is the login chosen for an account that does
    /// not exist yet; until it is chosen, the best one stands in for it.
    pub(super) fn look(
        &self,
        person: &'a Person,
        new_login: Option<&Login>,
    ) -> Result<Look<'a>, Vec<Finding>> {
        let standing = lifecycle::standing(person, &self.policy.lifecycle, self.as_of);
        let link = self.memory.link(&person.id);
        // A suspension of ours that a crash cut off before it was remembered is ours all the same.
        let before = match self.memory.was_suspending(&person.id) {
            true => Some(Before::of(StandingKind::Paused)),
            false => self.memory.before(&person.id),
        };
        let mut logins = Vec::new();
        let (desired, manager) = match standing {
            Standing::Preboard | Standing::Open => {
                if link.is_none() {
                    let facts = self.facts(person, None);
                    logins = self.policy.logins(&facts, self.memo).map_err(|it| vec![it])?;
                }
                let login = link.map(|it| &it.login).or(new_login).or(logins.first());
                let facts = self.facts(person, login);
                let desired = self.policy.desired(&facts, self.memo)?;
                (Some(desired), self.manager(person, &facts))
            }
            Standing::TooEarly | Standing::Paused(_) | Standing::Out { .. } => {
                (None, ManagerWish::default())
            }
        };
        let fingerprint = fingerprint(&standing, desired.as_ref(), &manager.attributes);
        Ok(Look { person, standing, before, desired, manager, fingerprint, logins })
    }

    /// The facts that the policy's expressions see.
    pub(super) fn facts<'f>(&'f self, person: &'f Person, login: Option<&'f Login>) -> Facts<'f> {
        let manager = match self.hr.managers.get(&person.id) {
            Some(Manager::Is(id)) => self.hr.roster.person(id),
            Some(Manager::Nobody | Manager::Keep) | None => None,
        };
        Facts {
            person,
            manager,
            manager_login: manager.and_then(|it| self.memory.link(&it.id)).map(|it| &it.login),
            login,
            catalog: &self.hr.catalog,
            today: self.as_of.to_zoned_datetime(person.primary().zone.clone()).date(),
        }
    }

    /// The manager, as far as he or she can be written now: a manager without an account is
    /// written by the pass, or the run, that follows the account (hr-case 31).
    fn manager(&self, person: &Person, facts: &Facts<'_>) -> ManagerWish {
        let write = |id: Option<PersonId>, attributes: BTreeMap<Arc<str>, Option<Value>>| {
            ManagerWish { person: id, attributes }
        };
        match self.hr.managers.get(&person.id) {
            Some(Manager::Nobody) => write(None, self.policy.manager_attributes(facts, None)),
            Some(Manager::Is(id)) => match (self.memory.link(id), self.hr.roster.person(id)) {
                (Some(link), Some(manager)) => {
                    let view =
                        ManagerView { login: &link.login, okta_id: &link.user, person: manager };
                    write(Some(id.clone()), self.policy.manager_attributes(facts, Some(&view)))
                }
                (None, _) | (_, None) => ManagerWish::default(),
            },
            Some(Manager::Keep) | None => ManagerWish::default(),
        }
    }
}
