//! What one person should look like in Okta, worked out from HR, the policy and our memory.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{hr_side::HrSide, memory::Memory, scope};
use crate::{
    deciders::{
        digest::hex,
        lifecycle::{self, Before, Standing, StandingKind},
        mapping::{Blanks, Extent, Facts, ManagerView, Memo},
        plan::{Aspects, LinkedManager, ManagerWish, fingerprint},
        policy::{Policy, Rename},
        roster::managers::Manager,
        tiers::{self, Counting},
    },
    doors::ledger::Link,
    words::{
        desired::Desired,
        finding::Finding,
        flow::Flow,
        ids::{Login, OktaUserId, PersonId},
        person::{Name, Person},
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
    /// The logins an account could be renamed to, best first; none unless the name has changed.
    pub(super) renames: Vec<Login>,
    /// Since when HR has wanted a less strict MFA tier, while it waits.
    pub(super) lower_since: Option<Timestamp>,
    /// Since when HR has left a unit blank that a rule needs, while that is borne.
    pub(super) blank_since: Option<Timestamp>,
    /// The digest of the name.
    pub(super) name: String,
    /// The supervisor.
    pub(super) boss: Option<Boss>,
}

/// Somebody's supervisor: HR names one, and he or she was found.
#[derive(Clone, Debug)]
pub(super) struct Boss {
    person: Person,
    link: Option<Link>,
}

impl Look<'_> {
    /// Whether this is somebody who had left when last looked at, and works here now.
    pub(super) fn is_back(&self) -> bool {
        let was_out = self.before.is_some_and(|it| it.standing == StandingKind::Out);
        self.desired.is_some() && was_out
    }

    /// The MFA tier that counts, as the ledger remembers it.
    pub(super) fn tier(&self) -> Option<tiers::Known> {
        let tier = self.desired.as_ref()?.tier.as_ref()?;
        Some(tiers::Known { tier: tier.name.clone(), lower_since: self.lower_since })
    }
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
    /// The everyday flow that looks after `person` now.
    pub(super) fn flow_of(&self, person: &Person) -> Option<Flow> {
        self.everyday(person, &self.standing(person))
    }

    fn everyday(&self, person: &Person, standing: &Standing) -> Option<Flow> {
        let link = self.memory.link(&person.id);
        let was_adopted = link.as_ref().is_some_and(|it| !it.created_by_us);
        scope::flow_of(standing, self.memory.standing(&person.id), link.is_some(), was_adopted)
    }

    /// Whether somebody without an account needs none: who left before, or starts much later.
    pub(super) fn needs_none(&self, person: &Person) -> bool {
        match self.standing(person) {
            Standing::TooEarly | Standing::Out { .. } => true,
            Standing::Preboard | Standing::Open | Standing::Restricted(_) | Standing::Paused(_) => {
                false
            }
        }
    }

    /// Whether `flow` looks at `person` now.
    pub(super) fn is_looked_at_by(&self, flow: Flow, person: &Person) -> bool {
        let standing = self.standing(person);
        let everyday = self.everyday(person, &standing);
        let has_account = self.memory.is_linked(&person.id);
        scope::looks_at(flow, everyday, &standing, person.primary().is_contingent, has_account)
    }

    /// What the account of `person` should be now.
    pub(super) fn standing(&self, person: &Person) -> Standing {
        let rules = &self.policy.lifecycle;
        let before = self.memory.before(&person.id);
        let standing = lifecycle::standing(person, rules, self.as_of);
        let standing = lifecycle::with_start_moved(standing, person, before, rules);
        lifecycle::with_grace(standing, before, rules, self.as_of)
    }

    /// What was last verified. A suspension of ours that a crash cut off before it was remembered is
    /// ours all the same.
    pub(super) fn before(&self, person: &PersonId) -> Option<Before> {
        match self.memory.was_suspending(person) {
            true => Some(Before { has_sessions: true, ..Before::of(StandingKind::Paused) }),
            false => self.memory.before(person),
        }
    }

    /// What `person` should look like. `new_login` is the login chosen for an account that does
    /// not exist yet; until it is chosen, the best one stands in for it.
    pub(super) fn look(
        &self,
        person: &'a Person,
        new_login: Option<&Login>,
    ) -> Result<Look<'a>, Vec<Finding>> {
        let standing = self.standing(person);
        let link = self.memory.link(&person.id);
        let before = self.before(&person.id);
        let boss = self.boss(&person.id);
        let extent = match standing {
            Standing::Restricted(_) => Extent::Restricted,
            Standing::TooEarly
            | Standing::Preboard
            | Standing::Open
            | Standing::Paused(_)
            | Standing::Out { .. } => Extent::Full,
        };
        let name = name_digest(person);
        let (mut logins, mut renames) = (Vec::new(), Vec::new());
        let (mut lower_since, mut blank_since) = (None, None);
        let (desired, manager) = match standing {
            Standing::Preboard | Standing::Open | Standing::Restricted(_) => {
                if link.is_none() {
                    let facts = self.facts(person, boss.as_ref(), None);
                    logins = self.policy.logins(&facts, self.memo).map_err(|it| vec![it])?;
                }
                let has = link.as_ref().map(|it| &it.login);
                let login = has.or(new_login).or(logins.first());
                let blanks = self.blanks(person);
                let facts = Facts { extent, blanks, ..self.facts(person, boss.as_ref(), login) };
                let mut desired = self.policy.desired(&facts, self.memo)?;
                lower_since = self.settle_tier(person, &mut desired);
                if !desired.unclear.borne.is_empty() {
                    blank_since = Some(self.blank_since(person).unwrap_or(self.as_of));
                }
                if let Some(login) = has {
                    renames = self.renames(person, boss.as_ref(), &name, login);
                }
                (Some(desired), self.manager(person, boss.as_ref(), &facts))
            }
            Standing::TooEarly | Standing::Paused(_) | Standing::Out { .. } => {
                (None, ManagerWish::default())
            }
        };
        let fingerprint = fingerprint(&Aspects {
            standing: &standing,
            desired: desired.as_ref(),
            manager: &manager,
            lowers_later: lower_since.is_some(),
            name: (self.policy.login.rename != Rename::Off).then_some(&*name),
        });
        Ok(Look {
            person,
            standing,
            before,
            desired,
            manager,
            fingerprint,
            logins,
            renames,
            lower_since,
            blank_since,
            name,
            boss,
        })
    }

    fn blank_since(&self, person: &Person) -> Option<Timestamp> {
        self.memory.state(&person.id)?.blank_since
    }

    /// Whether the days are over for which a blank unit is borne.
    fn blanks(&self, person: &Person) -> Blanks {
        let since = self.blank_since(person).unwrap_or(self.as_of);
        if self.as_of < self.policy.hr.blanks_borne_until(since) {
            Blanks::Borne
        } else {
            Blanks::Held
        }
    }

    /// Lets the stricter tier count as long as the policy says; returns since when it does.
    fn settle_tier(&self, person: &Person, desired: &mut Desired) -> Option<Timestamp> {
        let rules = self.policy.mfa.as_ref()?;
        let wanted = desired.tier.as_ref()?;
        let known = self.memory.state(&person.id).and_then(|it| it.tier);
        let Counting { tier, lower_since } = rules.counting(wanted, known.as_ref(), self.as_of);
        desired.tier = Some(tier);
        lower_since
    }

    /// Whether the policy would give `login` to the person looked at. A login that somebody once
    /// typed is not ours to rename.
    pub(super) fn is_by_policy(&self, look: &Look<'_>, login: &Login) -> bool {
        let facts = self.facts(look.person, look.boss.as_ref(), None);
        let logins = self.policy.logins(&facts, self.memo);
        logins.is_ok_and(|it| it.contains(login))
    }

    /// The logins that fit a name that has changed since the present one was made. Somebody whose
    /// login never followed the policy (an account made by hand) keeps it.
    fn renames(
        &self,
        person: &Person,
        boss: Option<&Boss>,
        name: &str,
        login: &Login,
    ) -> Vec<Login> {
        let made_for = self.memory.state(&person.id).and_then(|it| it.name);
        if self.policy.login.rename == Rename::Off || made_for.is_none_or(|it| it == name) {
            return Vec::new();
        }
        match self.policy.logins(&self.facts(person, boss, None), self.memo) {
            Ok(logins) if !logins.contains(login) => logins,
            // A name that gives no login is told when the account is made; this one has one.
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// The supervisor of a person.
    pub(super) fn boss(&self, person: &PersonId) -> Option<Boss> {
        match self.hr.managers.get(person)? {
            Manager::Is(id) => {
                let person = self.hr.roster.person(id)?;
                Some(Boss { link: self.memory.link(id), person })
            }
            Manager::Nobody | Manager::Keep => None,
        }
    }

    /// The facts that the policy's expressions see.
    pub(super) fn facts<'f>(
        &'f self,
        person: &'f Person,
        boss: Option<&'f Boss>,
        login: Option<&'f Login>,
    ) -> Facts<'f> {
        Facts {
            manager: boss.map(|it| &it.person),
            manager_login: boss.and_then(|it| it.link.as_ref()).map(|it| &it.login),
            login,
            ..Facts::of(person, &self.hr.catalog, self.as_of)
        }
    }

    /// The account of the manager who should be named in a person's account, and how.
    pub(super) fn named_manager(&self, person: &PersonId) -> Option<(OktaUserId, ManagerWish)> {
        let person = self.hr.roster.person(person)?;
        let wish = self.look(&person, None).ok()?.manager;
        let manager = self.memory.link(wish.person.as_ref()?)?;
        Some((manager.user, wish))
    }

    /// The manager, as far as he or she can be written now: a manager without an account is
    /// written by the pass, or the run, that follows the account (hr-case 31).
    fn manager(&self, person: &Person, boss: Option<&Boss>, facts: &Facts<'_>) -> ManagerWish {
        let relation = self.policy.manager.as_ref().and_then(|it| it.linked_object.as_ref());
        let write = |person: Option<PersonId>, user: Option<OktaUserId>, attributes| {
            let linked = relation.map(|it| LinkedManager { relation: it.clone(), manager: user });
            ManagerWish { person, attributes, linked }
        };
        if self.hr.managers.get(&person.id) == Some(&Manager::Nobody) {
            return write(None, None, self.policy.manager_attributes(facts, None));
        }
        let Some(Boss { person: manager, link: Some(link) }) = boss else {
            return ManagerWish::default();
        };
        // Nobody is sent to an account that we closed ourselves.
        if self.memory.standing(&manager.id) == Some(StandingKind::Out) {
            return ManagerWish::default();
        }
        let view = ManagerView { login: &link.login, okta_id: &link.user, person: manager };
        let attributes = self.policy.manager_attributes(facts, Some(&view));
        write(Some(manager.id.clone()), Some(link.user.clone()), attributes)
    }
}

/// A short value that changes exactly when the name does. The name itself stays in HR.
fn name_digest(person: &Person) -> String {
    let Name { first, middle, last, preferred, former: _, prefix: _, suffix: _ } = &person.name;
    let mut hasher = Sha256::new();
    for it in [first, middle, last, preferred] {
        hasher.update(it.as_deref().unwrap_or_default());
        hasher.update([0]);
    }
    hex(&hasher.finalize())[..16].to_owned()
}
