//! Users: creating, updating, finding, deleting.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    error::Problem,
    ids::Id,
    model::{Source, Status, User},
    org::{Org, login_key},
};

/// Whether an update leaves out or drops what it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Omitted {
    /// POST: what is not named stays.
    Stays,
    /// PUT: what is not named is deleted. The sync that learned this lost its org's phone numbers.
    Goes,
}

const CLASH: &str = "An object with this field already exists in the current organization";

impl Org {
    /// A user by id, login or, when only one login begins with it, short name.
    pub(crate) fn find(&self, key: &str) -> Result<Id, Problem> {
        if let Some(user) = self.users.get(key) {
            return Ok(user.id.clone());
        }
        let folded = login_key(key);
        if let Some(id) = self.logins.get(&folded) {
            return Ok(id.clone());
        }
        let missing = || Problem::not_found(key, "User");
        if key.contains('@') || key.starts_with("00u") {
            return Err(missing());
        }
        let short = format!("{folded}@");
        let mut found = self.logins.iter().filter(|(login, _)| login.starts_with(&short));
        match (found.next(), found.next()) {
            (Some((_, id)), None) => Ok(id.clone()),
            (Some(_), Some(_)) | (None, _) => Err(missing()),
        }
    }

    /// A user by id alone, as sessions, grants, members and applications want it.
    pub(crate) fn find_id(&self, key: &str) -> Result<Id, Problem> {
        let user = self.users.get(key).ok_or_else(|| Problem::not_found(key, "User"))?;
        Ok(user.id.clone())
    }

    /// Makes a STAGED user. The profile is checked; groups must exist and be Okta's own.
    pub(crate) fn create(
        &mut self,
        mut profile: Map<String, Value>,
        groups: &[Id],
    ) -> Result<Id, Problem> {
        self.schema.check("newUser", &mut profile)?;
        self.check_unique(&profile, None)?;
        for group in groups {
            self.open_group(group)?;
        }
        let id = self.ids.next("00u");
        let now = self.now();
        let lag = self.options.search_lag_calls as u64;
        let is_visible = lag == 0 || self.actor.is_none();
        let hidden =
            (!is_visible).then(|| super::model::Hidden { until: self.calls + lag, before: None });
        let user = User {
            id: id.clone(),
            status: Status::Staged,
            profile,
            groups: BTreeSet::new(),
            has_credentials: false,
            provider: "OKTA",
            created: now,
            activated: None,
            status_changed: None,
            last_login: None,
            last_updated: now,
            transition: None,
            revision: 0,
            hidden,
        };
        self.index(&user, Some(&user.id));
        self.users.insert(id.clone(), user);
        self.note("user.lifecycle.create", vec![("User", id.clone())]);
        let everyone = self.everyone.clone();
        self.join(&everyone, &id, Source::Direct);
        for group in groups {
            self.join(group, &id, Source::Direct);
            self.note(
                "group.user_membership.add",
                vec![("User", id.clone()), ("UserGroup", group.clone())],
            );
        }
        self.apply_rules(&id);
        Ok(id)
    }

    /// Changes a profile; null clears.
    pub(crate) fn update(
        &mut self,
        id: &Id,
        incoming: &Map<String, Value>,
        omitted: Omitted,
    ) -> Result<(), Problem> {
        let user = &self.users[id];
        self.refuse_while_activating(user)?;
        let editable = self.options.unconfirmed.deactivated_profiles_are_editable;
        if user.status == Status::Deprovisioned && !editable {
            return Err(Problem::wrong_status());
        }
        let is_mastered_here = matches!(user.provider, "OKTA" | "FEDERATION");
        // The directory's own import is no call.
        if self.actor.is_some() && !is_mastered_here {
            let summary = "Operation failed because user profile is mastered under another system";
            return Err(Problem::new(403, "E0000023", summary));
        }
        let mut profile = match omitted {
            Omitted::Stays => user.profile.clone(),
            Omitted::Goes => Map::new(),
        };
        profile.extend(incoming.clone());
        self.schema.check("user", &mut profile)?;
        self.check_unique(&profile, Some(id))?;
        let old = user.clone();
        self.index(&old, None);
        self.change(id, |user, _| user.profile = profile);
        let new = self.users[id].clone();
        self.index(&new, Some(id));
        self.note("user.account.update_profile", vec![("User", id.clone())]);
        self.apply_rules(id);
        Ok(())
    }

    /// Removes a deactivated user for good.
    pub(crate) fn erase(&mut self, id: &Id) {
        let Some(user) = self.users.remove(id) else { return };
        self.index(&user, None);
        for group in &user.groups {
            if let Some(group) = self.groups.get_mut(group) {
                group.members.remove(id);
            }
        }
        for app in self.apps_of_user.remove(id).unwrap_or_default() {
            if let Some(app) = self.apps.get_mut(&app) {
                app.users.remove(id);
            }
        }
        self.sessions.remove(id);
        self.tokens.remove(id);
        self.grants.remove(id);
        self.roles.remove(id);
        self.linked.retain(|(_, associated), primary| associated != id && primary != id);
        self.note("user.lifecycle.delete.initiated", vec![("User", id.clone())]);
    }

    /// While Okta activates a user it changes nothing else about them.
    pub(crate) fn refuse_while_activating(&self, user: &User) -> Result<(), Problem> {
        match user.transition {
            Some(it) if it.to != Status::Deprovisioned => Err(Problem::new(
                409,
                "E0000112",
                "Cannot update this user because they are still being activated. \
                 Please try again in a few minutes.",
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn check_unique(&self, profile: &Map<String, Value>, own: Option<&Id>) -> Result<(), Problem> {
        let is_taken = |it: Option<&Id>| it.is_some_and(|it| Some(it) != own);
        let login = profile.get("login").and_then(Value::as_str).unwrap_or_default();
        if is_taken(self.logins.get(&login_key(login))) {
            return Err(Problem::invalid("login", format!("login: {CLASH}")));
        }
        for name in self.schema.unique_names() {
            let value = profile.get(name).map(unique_key);
            let holder = value.and_then(|it| self.uniques.get(name)?.get(&it));
            if is_taken(holder) {
                return Err(Problem::invalid(name, format!("{name}: {CLASH}")));
            }
        }
        Ok(())
    }

    /// Enters a user's unique values for `owner`, or takes them out.
    pub(crate) fn index(&mut self, user: &User, owner: Option<&Id>) {
        let login = user.profile.get("login").and_then(Value::as_str).unwrap_or_default();
        let login = login_key(login);
        match owner {
            Some(id) => drop(self.logins.insert(login, id.clone())),
            None => drop(self.logins.remove(&login)),
        }
        for name in self.schema.unique_names() {
            let Some(value) = user.profile.get(name).map(unique_key) else { continue };
            let holders = self.uniques.entry(name.to_owned()).or_default();
            match owner {
                Some(id) => drop(holders.insert(value, id.clone())),
                None => drop(holders.remove(&value)),
            }
        }
    }

    /// Enters everybody anew, after the schema has changed what is unique.
    pub(crate) fn index_everyone(&mut self) {
        self.uniques.clear();
        let names: Vec<String> = self.schema.unique_names().map(str::to_owned).collect();
        for name in names {
            let holders = self
                .users
                .values()
                .filter_map(|user| Some((unique_key(user.profile.get(&name)?), user.id.clone())));
            let holders = holders.collect();
            self.uniques.insert(name, holders);
        }
    }
}

fn unique_key(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_lowercase)
}
