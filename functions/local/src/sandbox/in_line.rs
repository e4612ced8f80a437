//! Accounts as a policy wants them: an org that Rollcall has looked after for years.
//!
//! What everybody should have is worked out with the product's own deciders, so this proves
//! nothing about them; it spares whoever measures a large company the hours of its first run.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use jiff::Timestamp;
use rollcall::{
    deciders::{
        lifecycle::{self, Standing},
        mapping::{Blanks, Facts, ManagerView, Memo},
        policy::Policy,
        roster::{
            self, Roster,
            managers::{self, Manager},
        },
    },
    doors::ukg::{self, Scope},
    words::{
        desired::{Desired, Wish},
        hr::Catalog,
        ids::{Login, OktaUserId, PersonId},
        person::Person,
    },
};
use rollcall_sandbox::okta::{GroupKind, Okta, Org, SeedUser};

/// HR, as far as it decides about accounts.
struct Hr {
    roster: Roster,
    catalog: Catalog,
    managers: BTreeMap<PersonId, Manager>,
    /// Whoever works here, with the login that the policy gives first among those that are free.
    logins: BTreeMap<PersonId, Login>,
    now: Timestamp,
}

/// Gives everybody at work the account that `policy` wants; returns how many these are.
pub(super) async fn bring(
    okta: &Okta,
    ukg: &ukg::Client,
    policy: &Policy,
    now: Timestamp,
) -> Result<usize> {
    let rows = ukg.people(&Scope::Everyone).await.context("failed to read UKG")?.rows;
    let catalog = ukg.catalog().await.context("failed to read UKG")?.rows;
    let (roster, _) = roster::fold(rows, &policy.roster, now);
    let (managers, _) = managers::resolve(&roster, None, now);
    let mut hr = Hr { roster, catalog, managers, logins: BTreeMap::new(), now };
    hr.logins = hr.free_logins(policy);
    let (memo, mut org) = (Memo::default(), okta.org());
    let mut users: BTreeMap<PersonId, OktaUserId> = BTreeMap::new();
    for person in hr.roster.persons().filter(|it| hr.logins.contains_key(&it.id)) {
        let boss = hr.boss(&person);
        // Whoever is held gets no account here, and none by Rollcall.
        let Ok(desired) = policy.desired(&hr.facts(&person, boss.as_ref()), &memo) else {
            continue;
        };
        let user = add(&mut org, policy, &desired, &hr.logins[&person.id]);
        users.insert(person.id, user);
    }
    for person in hr.roster.persons() {
        let Some(user) = users.get(&person.id) else { continue };
        let Some(boss) = hr.boss(&person) else { continue };
        let (Some(login), Some(okta_id)) = (hr.logins.get(&boss.id), users.get(&boss.id)) else {
            continue;
        };
        let view = ManagerView { login, okta_id, person: &boss };
        let facts = hr.facts(&person, Some(&boss));
        for (name, value) in policy.manager_attributes(&facts, Some(&view)) {
            let value = value.map_or(serde_json::Value::Null, |it| it.to_json());
            org.force_attribute(user.as_str(), &name, value);
        }
    }
    Ok(users.len())
}

impl Hr {
    fn free_logins(&self, policy: &Policy) -> BTreeMap<PersonId, Login> {
        let (memo, mut taken) = (Memo::default(), BTreeSet::new());
        let is_here = |it: &Person| {
            matches!(lifecycle::standing(it, &policy.lifecycle, self.now), Standing::Open)
        };
        let logins = self.roster.persons().filter(is_here).filter_map(|person| {
            let logins = policy.logins(&self.facts(&person, None), &memo).ok()?;
            let login = logins.into_iter().find(|it| taken.insert(it.clone()))?;
            Some((person.id, login))
        });
        logins.collect()
    }

    fn boss(&self, person: &Person) -> Option<Person> {
        match self.managers.get(&person.id)? {
            Manager::Is(id) => self.roster.person(id),
            Manager::Nobody | Manager::Keep => None,
        }
    }

    fn facts<'a>(&'a self, person: &'a Person, manager: Option<&'a Person>) -> Facts<'a> {
        Facts {
            manager,
            manager_login: manager.and_then(|it| self.logins.get(&it.id)),
            login: self.logins.get(&person.id),
            blanks: Blanks::Borne,
            ..Facts::of(person, &self.catalog, self.now)
        }
    }
}

/// Adds the account of one person, with its groups and apps.
fn add(org: &mut Org, policy: &Policy, desired: &Desired, login: &Login) -> OktaUserId {
    let mut seed =
        SeedUser::active(login.as_str()).with(&policy.okta.key_attribute, desired.person.as_str());
    for (name, wish) in &desired.attributes {
        match wish {
            Wish::Set(value) => seed = seed.with(name, value.to_json()),
            Wish::Clear | Wish::Keep => {}
        }
    }
    let user = org.add_user(seed);
    for name in desired.groups.keys().chain(desired.tier.iter().map(|it| &it.group)) {
        let known = org.group_by_name(name).map(|it| it.id.clone());
        let group = known.unwrap_or_else(|| org.add_group(name, GroupKind::Okta));
        org.add_to_group(&group, &user);
    }
    for label in desired.apps.keys() {
        let app = org.app_by_label(label).cloned().unwrap_or_else(|| org.add_app(label));
        org.assign_app_user(&app, &user);
    }
    OktaUserId::from(&*user)
}
