//! Can look, cannot touch. Everything up to and including planning gets this one.
//!
//! A list comes whole or not at all. An empty list is not proof of anything: an app with a scope
//! but without an admin role gets `200 []` (reference/okta.md, "ten things that will bite"); the
//! guard looks at sizes and canaries, not this door.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    AppAssignment, AppLink, Attempt, Calls, Door, Error, Grant, OAuthClient, Priority, Refused,
    Role, Schema, Subject, answer, org,
    pages::PAGE,
    shapes,
    spelling::{okta_time, query, quoted, segment},
};
use crate::words::{
    account::{Account, App, Group, GroupRule},
    ids::{AppId, GroupId, Login, OktaUserId},
};

/// Reads from one org. Cheap to clone; clones share tokens, limits and counts.
#[derive(Clone, Debug)]
pub struct Reader(pub(super) Door);

/// Which users to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Everyone but the DEPROVISIONED, whom Okta's plain list leaves out.
    Living,
    /// The DEPROVISIONED alone.
    Deprovisioned,
    /// Everyone, the DEPROVISIONED included, who changed after this time.
    ChangedSince(Timestamp),
}

/// How many members of a group to ask for at once (reference/performance.md, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembersPage {
    /// 200, as Okta recommends.
    Recommended,
    /// 1,000, the most that Okta gives: a fifth of the calls for a large group, at the risk of a
    /// timeout, after which the pages get smaller by themselves.
    Longest,
}

impl MembersPage {
    fn size(self) -> u32 {
        match self {
            Self::Recommended => PAGE,
            Self::Longest => 1000,
        }
    }
}

/// How many users of an app to ask for at once: the most that Okta gives. All calls that list users
/// of apps share a bucket of 100 a minute, the smallest there is (reference/okta.md, sections 4 and 6).
const APP_USERS: u32 = 500;

/// `settle` asks this often, with growing waits: about two minutes in all. Okta's Terraform
/// provider asks every 5 s (reference/okta.md, section 2.4).
const SETTLE_TRIES: u32 = 12;
/// The longest wait between two of them.
const SETTLE_LONGEST: Duration = Duration::from_secs(15);

impl Reader {
    /// The same reader for a leaver's sake: it may use the whole of what is left of a bucket.
    pub fn urgent(&self) -> Self {
        Self(self.0.with(Priority::Urgent))
    }

    /// One user, whatever the status. `None` only when Okta itself says that there is none.
    pub async fn user(&self, id: &OktaUserId) -> Result<Option<Account>, Error> {
        let attempt = shapes::about("read a user", id);
        self.user_at(&attempt, id.as_str()).await
    }

    /// As [`user`](Self::user), with **every** attribute of the profile, whatever the settings keep
    /// otherwise: for the copy that is kept before somebody is taken apart.
    pub async fn whole_user(&self, id: &OktaUserId) -> Result<Option<Account>, Error> {
        let projection = Arc::new(shapes::Projection::new(None));
        Self(Door { projection, ..self.0.clone() }).user(id).await
    }

    /// One user by login. Costs nothing of the scarce list bucket, but whether it finds a
    /// DEPROVISIONED user is not documented: before a create, ask
    /// [`find_users_by_filter_login`](Self::find_users_by_filter_login) too.
    pub async fn user_by_login(&self, login: &Login) -> Result<Option<Account>, Error> {
        // "A login containing / can only be fetched by id" (section 2.4).
        if login.as_str().contains('/') {
            return Ok(self.find_users_by_filter_login(login).await?.into_iter().next());
        }
        let attempt = Attempt { operation: "read a user by login", subject: Subject::Someone };
        let found = self.user_at(&attempt, login.as_str()).await?;
        // Okta takes an unambiguous short name for a login, and ours could be somebody's.
        Ok(found.filter(|it| it.login == *login))
    }

    /// Users whose login is exactly this one, in any status, the DEPROVISIONED included.
    ///
    /// `filter` compares case too (section 2.7); use what Okta shows, or search as well.
    pub async fn find_users_by_filter_login(&self, login: &Login) -> Result<Vec<Account>, Error> {
        let attempt = Attempt { operation: "find a login", subject: Subject::Someone };
        self.users_where(
            &attempt,
            "filter",
            &format!("profile.login eq {}", quoted(login.as_str())),
        )
        .await
    }

    /// Users with this value of a profile attribute, in any status; letters' case does not matter.
    ///
    /// `search` is **eventually consistent** (section 2.7): confirm with [`user`](Self::user)
    /// before acting on a hit, and do not take a miss for an absence.
    pub async fn find_users(&self, attribute: &str, value: &str) -> Result<Vec<Account>, Error> {
        let attempt = Attempt { operation: "search users", subject: Subject::Someone };
        if !answer::is_attribute_name(attribute) {
            return Err(Error::Refused { attempt, why: Refused::UnknownAttribute });
        }
        self.users_where(&attempt, "search", &format!("profile.{attribute} eq {}", quoted(value)))
            .await
    }

    /// Everyone but the DEPROVISIONED.
    pub async fn users(&self) -> Result<Vec<Account>, Error> {
        self.all_users(Which::Living).await
    }

    /// The DEPROVISIONED: they own their logins and keep their groups.
    pub async fn deprovisioned_users(&self) -> Result<Vec<Account>, Error> {
        self.all_users(Which::Deprovisioned).await
    }

    /// Everyone who changed after `since`, the DEPROVISIONED included. One call when nobody did.
    pub async fn users_changed_since(&self, since: Timestamp) -> Result<Vec<Account>, Error> {
        self.all_users(Which::ChangedSince(since)).await
    }

    /// Hands over users one by one, so that not all need to be held at once. On an error,
    /// whatever was handed over before is worth nothing: the list was not whole.
    pub async fn users_with(
        &self,
        which: Which,
        mut each: impl FnMut(Account),
    ) -> Result<(), Error> {
        let attempt = Attempt { operation: "list users", subject: Subject::Org };
        let path = match which {
            Which::Living => "/api/v1/users".to_owned(),
            Which::Deprovisioned => {
                format!("/api/v1/users?{}", query("filter", "status eq \"DEPROVISIONED\""))
            }
            Which::ChangedSince(since) => {
                let filter = format!("lastUpdated gt \"{}\"", okta_time(since));
                format!("/api/v1/users?{}", query("filter", &filter))
            }
        };
        let door = &self.0;
        door.list(&attempt, &path, Some(PAGE), |user: shapes::UserJson| {
            each(user.read(&attempt, &door.projection)?);
            Ok(())
        })
        .await
    }

    /// Every group.
    pub async fn groups(&self) -> Result<Vec<Group>, Error> {
        self.groups_at("/api/v1/groups", Some(PAGE), Subject::Org).await
    }

    /// The groups whose members changed after `since`. One call when none did.
    pub async fn groups_changed_since(&self, since: Timestamp) -> Result<Vec<Group>, Error> {
        let filter = format!("lastMembershipUpdated gt \"{}\"", okta_time(since));
        let path = format!("/api/v1/groups?{}", query("filter", &filter));
        self.groups_at(&path, Some(PAGE), Subject::Org).await
    }

    /// The ids of a group's members, a page at a time.
    pub async fn group_members(
        &self,
        group: &GroupId,
        page: MembersPage,
    ) -> Result<Vec<OktaUserId>, Error> {
        let subject = Subject::Group(group.clone());
        let attempt = Attempt { operation: "list members", subject };
        let path = format!("/api/v1/groups/{}/users", segment(group.as_str()));
        let mut res = Vec::new();
        self.0
            .list(&attempt, &path, Some(page.size()), |it: shapes::IdJson| {
                res.push(it.read_user(&attempt)?);
                Ok(())
            })
            .await?;
        Ok(res)
    }

    /// The groups of one user, Everyone included. Costs a call of the scarce users bucket.
    pub async fn groups_of(&self, user: &OktaUserId) -> Result<Vec<Group>, Error> {
        let path = format!("/api/v1/users/{}/groups", segment(user.as_str()));
        self.groups_at(&path, None, Subject::User(user.clone())).await
    }

    /// Every group rule.
    pub async fn group_rules(&self) -> Result<Vec<GroupRule>, Error> {
        let attempt = Attempt { operation: "list group rules", subject: Subject::Org };
        self.collect(&attempt, "/api/v1/groups/rules", Some(PAGE), shapes::RuleJson::read).await
    }

    /// Every app.
    pub async fn apps(&self) -> Result<Vec<App>, Error> {
        let attempt = Attempt { operation: "list apps", subject: Subject::Org };
        self.collect(&attempt, "/api/v1/apps", Some(PAGE), shapes::AppJson::read).await
    }

    /// The apps of one user, directly or by group.
    pub async fn apps_of(&self, user: &OktaUserId) -> Result<Vec<AppLink>, Error> {
        let attempt = shapes::about("list apps of a user", user);
        let path = format!("/api/v1/users/{}/appLinks", segment(user.as_str()));
        self.collect(&attempt, &path, None, shapes::AppLinkJson::read).await
    }

    /// How a user has an app, or `None` when he does not.
    pub async fn app_user(
        &self,
        app: &AppId,
        user: &OktaUserId,
    ) -> Result<Option<AppAssignment>, Error> {
        let subject = Subject::Access(user.clone(), app.clone());
        let attempt = Attempt { operation: "read an app assignment", subject };
        let path =
            format!("/api/v1/apps/{}/users/{}", segment(app.as_str()), segment(user.as_str()));
        match or_none(self.0.get::<shapes::AppUserJson>(&attempt, &path).await)? {
            Some(found) => Ok(Some(found.read(&attempt)?)),
            None => Ok(None),
        }
    }

    /// Everybody who has an app directly, not through a group.
    pub async fn directly_assigned(&self, app: &AppId) -> Result<Vec<OktaUserId>, Error> {
        let attempt = Attempt { operation: "list users of an app", subject: Subject::Org };
        let path = format!("/api/v1/apps/{}/users", segment(app.as_str()));
        let read = |it: shapes::AppUserJson, attempt: &Attempt| it.read_with_user(attempt);
        let all = self.collect(&attempt, &path, Some(APP_USERS), read).await?;
        let direct = all.into_iter().filter(|(_, it)| it.scope == shapes::AppScope::User);
        Ok(direct.map(|(user, _)| user).collect())
    }

    /// The groups that give an app to their members.
    pub async fn groups_of_app(&self, app: &AppId) -> Result<Vec<GroupId>, Error> {
        let attempt = Attempt { operation: "list groups of an app", subject: Subject::Org };
        let path = format!("/api/v1/apps/{}/groups", segment(app.as_str()));
        self.collect(&attempt, &path, Some(PAGE), shapes::AppGroupJson::read).await
    }

    /// The apps that a group gives to its members.
    pub async fn apps_of_group(&self, group: &GroupId) -> Result<Vec<App>, Error> {
        let subject = Subject::Group(group.clone());
        let attempt = Attempt { operation: "list apps of a group", subject };
        let path = format!("/api/v1/groups/{}/apps", segment(group.as_str()));
        self.collect(&attempt, &path, Some(PAGE), shapes::AppJson::read).await
    }

    /// The OAuth clients that hold tokens or grants of a user.
    pub async fn clients_of(&self, user: &OktaUserId) -> Result<Vec<OAuthClient>, Error> {
        let attempt = shapes::about("list clients of a user", user);
        let path = format!("/api/v1/users/{}/clients", segment(user.as_str()));
        self.collect(&attempt, &path, None, org::ClientJson::read).await
    }

    /// The consents that a user gave.
    pub async fn grants_of(&self, user: &OktaUserId) -> Result<Vec<Grant>, Error> {
        let attempt = shapes::about("list grants of a user", user);
        let path = format!("/api/v1/users/{}/grants", segment(user.as_str()));
        self.collect(&attempt, &path, Some(PAGE), org::GrantJson::read).await
    }

    /// The attributes of the default user type.
    pub async fn user_schema(&self) -> Result<Schema, Error> {
        let attempt = Attempt { operation: "read the user schema", subject: Subject::Org };
        let path = "/api/v1/meta/schemas/user/default";
        Ok(self.0.get::<org::SchemaJson>(&attempt, path).await?.read())
    }

    /// Everyone who holds an admin role. Needs `okta.roles.read`; without it
    /// [`Error::Forbidden`], and nobody may be taken for an ordinary user.
    pub async fn admins(&self) -> Result<BTreeSet<OktaUserId>, Error> {
        let attempt = Attempt { operation: "list administrators", subject: Subject::Org };
        let mut res = BTreeSet::new();
        self.0
            .list_in_envelope(&attempt, "/api/v1/iam/assignees/users", |it: org::AssigneesJson| {
                let (users, next) = it.read(&attempt)?;
                res.extend(users);
                Ok(next)
            })
            .await?;
        Ok(res)
    }

    /// The admin roles of one user.
    pub async fn roles_of(&self, user: &OktaUserId) -> Result<Vec<Role>, Error> {
        let attempt = shapes::about("list roles of a user", user);
        let path = format!("/api/v1/users/{}/roles", segment(user.as_str()));
        self.collect(&attempt, &path, None, |it: org::RoleJson, _| Ok(it.read())).await
    }

    /// Reads a user until no asynchronous change is under way, and returns what came of it.
    ///
    /// # Errors
    /// [`Error::StillChanging`] after about two minutes.
    pub async fn settle(&self, user: &OktaUserId) -> Result<Account, Error> {
        let attempt = shapes::about("wait for a user to settle", user);
        let line = &self.0.line;
        let mut wait = line.patience.first;
        for _ in 0..SETTLE_TRIES {
            let Some(found) = self.user_at(&attempt, user.as_str()).await? else {
                return Err(Error::Refused { attempt, why: Refused::NotFound });
            };
            if found.transitioning_to.is_none() {
                return Ok(found);
            }
            line.pause(&attempt, wait).await?;
            wait = wait.saturating_mul(2).min(SETTLE_LONGEST);
        }
        Err(Error::StillChanging { user: user.clone() })
    }

    /// What the access token is good for, as Okta says: an ungranted scope may be dropped in
    /// silence (section 7.2), so `check` compares. `None` with an API token, which has its
    /// creator's rights.
    pub async fn granted_scopes(&self) -> Result<Option<BTreeSet<Arc<str>>>, Error> {
        let line = &self.0.line;
        Ok(line.desk.pass(line).await?.scopes.clone())
    }

    /// The org's address: what plans and records name it by.
    pub fn org_url(&self) -> String {
        self.0.line.base.origin()
    }

    /// The server's `Date` in the last answer.
    pub fn last_server_date(&self) -> Option<Timestamp> {
        self.0.line.clock.last_date()
    }

    /// Okta's clock less this machine's.
    pub fn skew(&self) -> SignedDuration {
        self.0.line.clock.skew()
    }

    /// The rate limits that Okta's answers have shown so far, and our share of each.
    pub fn allowances(&self) -> Vec<super::Allowance> {
        self.0.line.governor.allowances()
    }

    /// What was spent so far, by all readers and writers of the client.
    pub fn calls(&self) -> Calls {
        self.0.line.governor.calls()
    }

    async fn user_at(&self, attempt: &Attempt, key: &str) -> Result<Option<Account>, Error> {
        let path = format!("/api/v1/users/{}", segment(key));
        match or_none(self.0.get::<shapes::UserJson>(attempt, &path).await)? {
            Some(found) => Ok(Some(found.read(attempt, &self.0.projection)?)),
            None => Ok(None),
        }
    }

    async fn users_where(
        &self,
        attempt: &Attempt,
        how: &str,
        expression: &str,
    ) -> Result<Vec<Account>, Error> {
        let path = format!("/api/v1/users?{}", query(how, expression));
        let read = |it: shapes::UserJson, attempt: &Attempt| it.read(attempt, &self.0.projection);
        self.collect(attempt, &path, Some(PAGE), read).await
    }

    async fn all_users(&self, which: Which) -> Result<Vec<Account>, Error> {
        let mut res = Vec::new();
        self.users_with(which, |it| res.push(it)).await?;
        Ok(res)
    }

    async fn groups_at(
        &self,
        path: &str,
        limit: Option<u32>,
        subject: Subject,
    ) -> Result<Vec<Group>, Error> {
        let attempt = Attempt { operation: "list groups", subject };
        self.collect(&attempt, path, limit, shapes::GroupJson::read).await
    }

    pub(super) async fn collect<J: serde::de::DeserializeOwned, T>(
        &self,
        attempt: &Attempt,
        path: &str,
        limit: Option<u32>,
        read: impl Fn(J, &Attempt) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut res = Vec::new();
        self.0
            .list(attempt, path, limit, |it: J| {
                res.push(read(it, attempt)?);
                Ok(())
            })
            .await?;
        Ok(res)
    }
}

/// Makes Okta's own word that there is no such thing an answer.
pub(super) fn or_none<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::Refused { why: Refused::NotFound, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
