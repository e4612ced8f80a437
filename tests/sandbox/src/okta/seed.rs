//! How tests and the demo fill an org, and look at it afterwards.
//!
//! Nothing here costs calls, sends mail or leaves a trace in the System Log.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    credentials::{ApiToken, Client, SeedClient},
    ids::Id,
    model::{
        App, Event, Grant, Group, GroupKind, Mail, Policy, Role, Rule, Source, Status, User,
        UserToken,
    },
    org::{Org, login_key},
};

/// A user to seed.
#[derive(Clone, Debug)]
pub struct SeedUser {
    /// The login; also the email unless the profile says otherwise.
    pub login: String,
    /// Attributes beyond the four required ones, which are made up from the login when missing.
    pub profile: Map<String, Value>,
    /// The status.
    pub status: Status,
    /// Whether the user comes back ACTIVE or PROVISIONED from an activation.
    pub password: Password,
}

/// Whether a seeded user has a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Password {
    /// It is set.
    Set,
    /// It is not.
    Unset,
}

impl SeedUser {
    /// An ACTIVE user with a password and nothing but the required attributes.
    pub fn active(login: &str) -> Self {
        Self {
            login: login.to_owned(),
            profile: Map::new(),
            status: Status::Active,
            password: Password::Set,
        }
    }

    /// The same with another status.
    pub fn with_status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// The same with one more attribute.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.profile.insert(name.to_owned(), value.into());
        self
    }
}

/// Filling the org. A seed that Okta would refuse is a mistake in the test: these panic.
impl Org {
    /// Adds a user.
    pub fn add_user(&mut self, seed: SeedUser) -> Id {
        let SeedUser { login, mut profile, status, password } = seed;
        let local = login.split('@').next().unwrap_or_default();
        let (first, last) = local.split_once('.').unwrap_or((local, local));
        let (first, last) = (first.to_owned(), last.to_owned());
        profile.entry("firstName").or_insert_with(|| json!(first));
        profile.entry("lastName").or_insert_with(|| json!(last));
        profile.entry("email").or_insert_with(|| json!(login));
        profile.insert("login".to_owned(), json!(login));
        let id = self.create(profile, &[]).unwrap_or_else(|it| panic!("bad seed {login}: {it:?}"));
        let now = self.now();
        if let Some(user) = self.users.get_mut(&id) {
            user.status = status;
            user.has_credentials = password == Password::Set;
            if status != Status::Staged {
                user.activated = Some(now);
                user.status_changed = Some(now);
            }
        }
        if status.has_apps() {
            self.reconcile_apps(&id);
        }
        id
    }

    /// Moves a user to a status, whatever the lifecycle says: a lock-out, a change by hand.
    pub fn force_status(&mut self, user: &str, status: Status) {
        let id = self.sure(user);
        self.set_status(&id, status);
        if status.has_apps() {
            self.reconcile_apps(&id);
        }
    }

    /// Changes an attribute as someone in the console would; null clears.
    pub fn force_attribute(&mut self, user: &str, name: &str, value: impl Into<Value>) {
        let id = self.sure(user);
        let change = Map::from_iter([(name.to_owned(), value.into())]);
        self.update(&id, &change, super::users::Omitted::Stays)
            .unwrap_or_else(|it| panic!("bad seed: {it:?}"));
    }

    /// Lets a directory master a user (`ACTIVE_DIRECTORY`, `LDAP`), as an import does: whoever calls
    /// the API cannot change the profile any more.
    pub fn master_elsewhere(&mut self, user: &str, provider: &'static str) {
        let id = self.sure(user);
        self.change(&id, |user, _| user.provider = provider);
    }

    /// Deletes a user for good, as an admin who tidies up does.
    pub fn delete_user(&mut self, user: &str) {
        let id = self.sure(user);
        self.erase(&id);
    }

    /// Adds a group.
    pub fn add_group(&mut self, name: &str, kind: GroupKind) -> Id {
        let id = self.ids.next("00g");
        self.insert_group(id.clone(), kind, Map::from_iter([("name".to_owned(), json!(name))]));
        id
    }

    /// Puts a user into a group by hand, whatever kind the group is.
    pub fn add_to_group(&mut self, group: &str, user: &str) {
        let user = self.sure(user);
        let group = self.groups[group].id.clone();
        self.join(&group, &user, Source::Direct);
    }

    /// Takes a user out of a group as an admin would: a rule's member is excluded from the rule.
    pub fn remove_from_group(&mut self, group: &str, user: &str) {
        let user = self.sure(user);
        let group = self.groups[group].id.clone();
        self.remove_member(&group, &user).unwrap_or_else(|it| panic!("bad seed: {it:?}"));
    }

    /// Deletes a group, as an admin would.
    pub fn delete_group(&mut self, group: &str) {
        let group = self.groups[group].id.clone();
        self.erase_group(&group);
    }

    /// Adds an active group rule.
    pub fn add_rule(&mut self, name: &str, expression: &str, groups: &[Id]) -> Id {
        let id = self
            .insert_rule(name, expression, groups.to_vec(), BTreeSet::new())
            .unwrap_or_else(|it| panic!("bad seed {name}: {it:?}"));
        self.activate_rule(&id);
        id
    }

    /// Adds an active application.
    pub fn add_app(&mut self, label: &str) -> Id {
        let id = self.ids.next("0oa");
        let app = App {
            id: id.clone(),
            label: label.to_owned(),
            is_active: true,
            groups: BTreeMap::new(),
            users: BTreeMap::new(),
            created: self.now(),
        };
        self.apps.insert(id.clone(), app);
        id
    }

    /// Turns an application off: deactivation of a user no longer reaches it.
    pub fn turn_app_off(&mut self, app: &str) {
        self.apps.get_mut(app).expect("the test names an application that exists").is_active =
            false;
    }

    /// Lets a group give an application.
    pub fn assign_app_group(&mut self, app: &str, group: &str) {
        let (app, group) = (self.apps[app].id.clone(), self.groups[group].id.clone());
        self.assign_group(&app, &group, None);
    }

    /// Assigns an application to a user directly.
    pub fn assign_app_user(&mut self, app: &str, user: &str) {
        let (app, user) = (self.apps[app].id.clone(), self.sure(user));
        self.assign_app(&app, &user, json!({})).unwrap_or_else(|it| panic!("bad seed: {it:?}"));
    }

    /// Adds an active `MFA_ENROLL` policy with one rule, for these groups, last in order.
    pub fn add_policy(&mut self, name: &str, groups: &[Id]) -> Id {
        let groups: Vec<&str> = groups.iter().map(|it| &**it).collect();
        let body = json!({"conditions": {"people": {"groups": {"include": groups}}}});
        let id = self.insert_policy("MFA_ENROLL", name, &body, None);
        self.insert_policy_rule(&id, "Enroll", &json!({}));
        id
    }

    /// Switches the enrollment policies of that name on or off.
    pub fn switch_policy(&mut self, name: &str, is_active: bool) {
        for it in self.policies.values_mut().filter(|it| it.name == name) {
            it.is_active = is_active;
        }
    }

    /// Adds or changes a custom attribute of the user schema; `definition` is JSON Schema.
    pub fn add_attribute(&mut self, name: &str, definition: Value) {
        self.schema
            .merge_custom(&Map::from_iter([(name.to_owned(), definition)]))
            .unwrap_or_else(|it| panic!("bad seed {name}: {it:?}"));
        self.index_everyone();
    }

    /// Signs a user in.
    pub fn open_session(&mut self, user: &str) -> Id {
        let (user, id, now) = (self.sure(user), self.ids.next("102"), self.now());
        if let Some(it) = self.users.get_mut(&user) {
            it.last_login = Some(now);
        }
        self.sessions.entry(user).or_default().insert(id.clone());
        id
    }

    /// Gives a client a refresh token of a user.
    pub fn grant_token(&mut self, user: &str, client: &str) -> Id {
        let (user, id, created) = (self.sure(user), self.ids.next("oar"), self.now());
        let (client, scopes) = (client.to_owned(), vec!["offline_access".to_owned()]);
        let token = UserToken { id: id.clone(), client, scopes, created };
        self.tokens.entry(user).or_default().push(token);
        id
    }

    /// Lets a user consent to a scope of a client.
    pub fn grant_consent(&mut self, user: &str, client: &str, scope: &str) -> Id {
        let (user, id, created) = (self.sure(user), self.ids.next("oag"), self.now());
        let (client, scope) = (client.to_owned(), scope.to_owned());
        self.grants.entry(user).or_default().push(Grant { id: id.clone(), client, scope, created });
        id
    }

    /// Gives a user an admin role (`SUPER_ADMIN`, `HELP_DESK_ADMIN`, …).
    pub fn add_admin(&mut self, user: &str, role: &str) {
        let (user, id, created) = (self.sure(user), self.ids.next("ra1"), self.now());
        self.roles.entry(user).or_default().push(Role { id, kind: role.to_owned(), created });
    }

    /// Registers an OAuth service app. Registering it again replaces keys, scopes and role.
    pub fn register_client(&mut self, seed: SeedClient) {
        let SeedClient { client_id, public_key, scopes, requires_dpop, role } = seed;
        let keys = match public_key.get("keys") {
            Some(keys) => serde_json::from_value(keys.clone()),
            None => serde_json::from_value(public_key).map(|it| vec![it]),
        };
        let keys = keys.unwrap_or_else(|it| panic!("bad public key of {client_id}: {it}"));
        self.clients.insert(client_id, Client { keys, scopes, dpop: requires_dpop, role });
    }

    /// Lets an API token in, with every right. It dies with its owner, if it has one.
    pub fn allow_token(&mut self, token: &str, owner: Option<&str>) {
        let owner = owner.map(|it| self.sure(it));
        self.api_tokens.insert(token.to_owned(), ApiToken { owner });
    }

    fn sure(&self, user: &str) -> Id {
        self.find(user).expect("the test names a user that exists")
    }
}

/// Looking at the org.
impl Org {
    /// A user by id.
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.get(id)
    }

    /// A user by login, compared as Okta does.
    pub fn user_by_login(&self, login: &str) -> Option<&User> {
        self.users.get(self.logins.get(&login_key(login))?)
    }

    /// All users, oldest first, deactivated ones included.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// All groups, oldest first.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// A group by name.
    pub fn group_by_name(&self, name: &str) -> Option<&Group> {
        self.groups.get(self.group_names.get(name)?)
    }

    /// The names of a user's groups, without `Everyone`.
    pub fn groups_of(&self, user: &str) -> BTreeSet<String> {
        let groups = self.users.get(user).into_iter().flat_map(|it| &it.groups);
        let groups = groups.filter(|it| **it != self.everyone).filter_map(|it| self.groups.get(it));
        groups.map(|it| it.name().to_owned()).collect()
    }

    /// The logins of a group's members; empty when there is no such group.
    pub fn members_of(&self, group: &str) -> BTreeSet<String> {
        let members = self.group_by_name(group).into_iter().flat_map(|it| it.members.keys());
        let logins = members.filter_map(|it| self.users.get(it)?.profile.get("login")?.as_str());
        logins.map(str::to_owned).collect()
    }

    /// An application by label.
    pub fn app_by_label(&self, label: &str) -> Option<&Id> {
        self.apps.values().find(|it| it.label == label).map(|it| &it.id)
    }

    /// The labels of a user's applications.
    pub fn apps_of(&self, user: &str) -> BTreeSet<String> {
        let apps = self.apps_of_user.get(user).into_iter().flatten();
        apps.filter_map(|it| self.apps.get(it)).map(|it| it.label.clone()).collect()
    }

    /// A rule.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id)
    }

    /// Policies of a type, in the order Okta looks at them.
    pub fn policies(&self, kind: &str) -> Vec<&Policy> {
        self.policies_of(kind)
    }

    /// A user's open sessions.
    pub fn sessions_of(&self, user: &str) -> usize {
        self.sessions.get(user).map_or(0, BTreeSet::len)
    }

    /// A user's refresh tokens.
    pub fn tokens_of(&self, user: &str) -> &[UserToken] {
        self.tokens.get(user).map_or(&[], Vec::as_slice)
    }

    /// A user's consents.
    pub fn grants_of(&self, user: &str) -> &[Grant] {
        self.grants.get(user).map_or(&[], Vec::as_slice)
    }

    /// The primary of a user in a linked-object relationship: the manager, say.
    pub fn linked_primary(&self, user: &str, relationship: &str) -> Option<&Id> {
        let user = self.users.get(user)?.id.clone();
        self.linked.get(&(relationship.to_owned(), user))
    }

    /// Every mail the org has sent.
    pub fn mails(&self) -> &[Mail] {
        &self.mails
    }

    /// The System Log.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The id of `Everyone`.
    pub fn everyone(&self) -> &Id {
        &self.everyone
    }
}
