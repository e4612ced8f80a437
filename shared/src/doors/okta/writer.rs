//! The only type with mutating methods. `apply` alone is handed one, and a dry run never makes
//! one.
//!
//! Every write says what came of it in a [`Receipt`], or why not. After
//! [`Error::UnknownOutcome`] nothing is known: read the subject again. The semantics are those of
//! reference/okta.md, sections 2.3 to 2.8, 3 and 4. Groups, policies and linked objects are written
//! in rooms of their own: [`super::groups`], [`super::policies`], [`super::links`].

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{
    Attempt, Door, Error, Priority, Reader, Refused, Subject, answer,
    line::{Call, request_id},
    shapes,
    spelling::segment,
};
use crate::{
    doors::http::Answer,
    words::{
        account::Account,
        ids::{AppId, GroupId, Login, OktaUserId},
        value::Value,
    },
};

/// Changes one org. Deliberately not `Clone`: whoever is to write is handed this one.
#[derive(Debug)]
pub struct Writer(pub(super) Door);

/// Okta's proof that a write was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// `x-okta-request-id`: joins our audit with Okta's System Log.
    pub request_id: Option<String>,
    /// When, by Okta's clock.
    pub at: Timestamp,
}

/// What a write made, and its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// As Okta answered it.
    pub value: T,
    /// The proof.
    pub receipt: Receipt,
}

/// A user to be created, STAGED.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// The login that was found free.
    pub login: Login,
    /// The other attributes.
    pub profile: BTreeMap<Arc<str>, Value>,
    /// At most 20 (section 2.5); each saves a call later.
    pub groups: Vec<GroupId>,
}

/// A custom attribute to be added to the user schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttribute {
    /// Its name in profiles.
    pub name: Arc<str>,
    /// The title people see.
    pub title: Arc<str>,
    /// `string`, `boolean`, `number`, `integer`.
    pub type_: Arc<str>,
    /// Whether no two users may have the same value: right for a key. Five at most per org.
    pub is_unique: bool,
}

/// Whether Okta mails the user an activation link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// Okta does.
    Send,
    /// Somebody else tells the user.
    Spare,
}

impl Mail {
    fn activation(self) -> &'static str {
        match self {
            Self::Send => "activate?sendEmail=true",
            Self::Spare => "activate?sendEmail=false",
        }
    }
}

impl Writer {
    /// A reader of the same org.
    pub fn reader(&self) -> Reader {
        Reader(self.0.clone())
    }

    /// Creates a user, STAGED: `activate=false`, so that Okta mails nobody yet.
    ///
    /// Never sent twice when the first may have got through: a second create is a second person.
    pub async fn create(&self, new: &NewUser) -> Result<Written<Account>, Error> {
        let NewUser { login, profile, groups } = new;
        let mut profile: serde_json::Map<String, Json> =
            profile.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect();
        profile.insert("login".to_owned(), login.as_str().into());
        let groups: Vec<&str> = groups.iter().map(GroupId::as_str).collect();
        let mut body = json!({ "profile": profile });
        if !groups.is_empty() {
            body["groupIds"] = json!(groups);
        }
        let call = self.post("create a user", Subject::Someone, "/api/v1/users?activate=false");
        let call = Call { body: Some(body), ..call };
        self.read_back(call, Priority::Ordinary, |it: shapes::UserJson, attempt| {
            it.read(attempt, &self.0.projection)
        })
        .await
    }

    /// STAGED or DEPROVISIONED to PROVISIONED or ACTIVE. [`Refused::AlreadyActive`] is done.
    pub async fn activate(&self, user: &OktaUserId, mail: Mail) -> Result<Receipt, Error> {
        self.lifecycle("activate", user, mail.activation(), Priority::Ordinary).await
    }

    /// Brings a DEPROVISIONED user back. Okta does it by `activate` too. Whatever groups are left
    /// over come back to life with it: strip them first.
    pub async fn reactivate_deprovisioned(
        &self,
        user: &OktaUserId,
        mail: Mail,
    ) -> Result<Receipt, Error> {
        self.lifecycle("reactivate", user, mail.activation(), Priority::Ordinary).await
    }

    /// ACTIVE to SUSPENDED. Sessions end; groups and apps are kept.
    pub async fn suspend(&self, user: &OktaUserId) -> Result<Receipt, Error> {
        self.lifecycle("suspend", user, "suspend", Priority::Urgent).await
    }

    /// SUSPENDED to ACTIVE.
    pub async fn unsuspend(&self, user: &OktaUserId) -> Result<Receipt, Error> {
        self.lifecycle("unsuspend", user, "unsuspend", Priority::Ordinary).await
    }

    /// `LOCKED_OUT` to ACTIVE.
    pub async fn unlock(&self, user: &OktaUserId) -> Result<Receipt, Error> {
        self.lifecycle("unlock", user, "unlock", Priority::Ordinary).await
    }

    /// Closes an account for good. Asynchronous: [`settle`](Reader::settle) afterwards.
    ///
    /// A DEPROVISIONED user answers [`Refused::NotFound`]: done, once a read confirms it.
    pub async fn deactivate(&self, user: &OktaUserId) -> Result<Receipt, Error> {
        let path = lifecycle_path(user, "deactivate?sendEmail=false");
        let call = self.post("deactivate", Subject::User(user.clone()), &path);
        // Without it the call of somebody with very many apps times out (section 2.4).
        self.done(Call { is_async: true, ..call }, Priority::Urgent).await
    }

    /// Ends every Okta session and OAuth token and forgets the devices.
    pub async fn end_sessions(&self, user: &OktaUserId) -> Result<Receipt, Error> {
        let query = "oauthTokens=true&forgetDevices=true";
        let path = format!("/api/v1/users/{}/sessions?{query}", segment(user.as_str()));
        let call = self.delete("end sessions", Subject::User(user.clone()), &path);
        self.done(call, Priority::Urgent).await
    }

    /// Revokes a user's refresh tokens at one client, and the access tokens that hang on them.
    pub async fn revoke_tokens(&self, user: &OktaUserId, client: &str) -> Result<Receipt, Error> {
        let (user_part, client) = (segment(user.as_str()), segment(client));
        let path = format!("/api/v1/users/{user_part}/clients/{client}/tokens");
        let call = self.delete("revoke tokens", Subject::User(user.clone()), &path);
        self.done(call, Priority::Urgent).await
    }

    /// Revokes every consent: it would outlast the tokens.
    pub async fn revoke_grants(&self, user: &OktaUserId) -> Result<Receipt, Error> {
        let path = format!("/api/v1/users/{}/grants", segment(user.as_str()));
        let call = self.delete("revoke grants", Subject::User(user.clone()), &path);
        self.done(call, Priority::Urgent).await
    }

    /// Changes just these attributes; `None` clears one.
    ///
    /// POST, never PUT: PUT deletes every attribute that is left out (section 2.6).
    pub async fn update_profile(
        &self,
        user: &OktaUserId,
        changes: &BTreeMap<Arc<str>, Option<Value>>,
    ) -> Result<Written<Account>, Error> {
        let profile: serde_json::Map<String, Json> = changes
            .iter()
            .map(|(name, it)| (name.to_string(), it.as_ref().map_or(Json::Null, Value::to_json)))
            .collect();
        self.change_profile("update", user, profile).await
    }

    /// Gives a user another login.
    pub async fn rename_login(
        &self,
        user: &OktaUserId,
        login: &Login,
    ) -> Result<Written<Account>, Error> {
        let profile = [("login".to_owned(), login.as_str().into())];
        self.change_profile("rename", user, profile.into_iter().collect()).await
    }

    /// Adds a user to a group; a member stays one.
    pub async fn join_group(&self, user: &OktaUserId, group: &GroupId) -> Result<Receipt, Error> {
        let call = self.membership(Method::PUT, "add a member", user, group);
        self.done(call, Priority::Ordinary).await
    }

    /// Takes a user out of a group. Whoever is no member (404) is out.
    ///
    /// Never for a member that a group *rule* put there: Okta would exclude him from the rule for
    /// good. The planner sees to that.
    pub async fn leave_group(&self, user: &OktaUserId, group: &GroupId) -> Result<Receipt, Error> {
        let call = self.membership(Method::DELETE, "remove a member", user, group);
        let call = Call { also_done: Some((404, "E0000007")), ..call };
        self.done(call, self.0.priority).await
    }

    /// Assigns an app directly. Whoever has it (409 E0000062) has it.
    pub async fn assign_app(&self, user: &OktaUserId, app: &AppId) -> Result<Receipt, Error> {
        let path = format!("/api/v1/apps/{}/users", segment(app.as_str()));
        let subject = Subject::Access(user.clone(), app.clone());
        let call = self.post("assign an app", subject, &path);
        let body = Some(json!({ "id": user.as_str(), "scope": "USER" }));
        let call = Call { body, also_done: Some((409, "E0000062")), ..call };
        self.done(call, Priority::Ordinary).await
    }

    /// Takes a directly assigned app away, its app profile included. Whoever has it not (404) has
    /// it not; whoever has it by a group keeps it: [`Refused::ByGroup`].
    pub async fn unassign_app(&self, user: &OktaUserId, app: &AppId) -> Result<Receipt, Error> {
        let (app_part, user_part) = (segment(app.as_str()), segment(user.as_str()));
        let path = format!("/api/v1/apps/{app_part}/users/{user_part}?sendEmail=false");
        let subject = Subject::Access(user.clone(), app.clone());
        let call = self.delete("unassign an app", subject, &path);
        let call = Call { also_done: Some((404, "E0000007")), ..call };
        self.done(call, self.0.priority).await
    }

    /// Adds an attribute to the default user type. Partial: the others stay as they are.
    pub async fn add_schema_attribute(&self, new: &NewAttribute) -> Result<Receipt, Error> {
        let NewAttribute { name, title, type_, is_unique } = new;
        if !answer::is_attribute_name(name) {
            let attempt = Attempt { operation: "add an attribute", subject: Subject::Org };
            return Err(Error::Refused { attempt, why: Refused::UnknownAttribute });
        }
        // Readable for its user, written by us alone: an employee must not change his own key.
        let permissions = json!([{ "principal": "SELF", "action": "READ_ONLY" }]);
        let mut attribute = json!({ "title": title, "type": type_, "permissions": permissions });
        if *is_unique {
            // Answered with PENDING_UNIQUENESS until Okta has looked at everybody.
            attribute["unique"] = "UNIQUE_VALIDATED".into();
        }
        let mut properties = serde_json::Map::new();
        properties.insert(name.to_string(), attribute);
        let custom = json!({ "id": "#custom", "type": "object", "properties": properties });
        let path = "/api/v1/meta/schemas/user/default";
        let call = self.post("add an attribute", Subject::Org, path);
        let body = Some(json!({ "definitions": { "custom": custom } }));
        self.done(Call { body, ..call }, Priority::Ordinary).await
    }

    async fn lifecycle(
        &self,
        operation: &'static str,
        user: &OktaUserId,
        action: &str,
        at_least: Priority,
    ) -> Result<Receipt, Error> {
        let path = lifecycle_path(user, action);
        let call = self.post(operation, Subject::User(user.clone()), &path);
        self.done(call, at_least).await
    }

    async fn change_profile(
        &self,
        operation: &'static str,
        user: &OktaUserId,
        profile: serde_json::Map<String, Json>,
    ) -> Result<Written<Account>, Error> {
        let path = format!("/api/v1/users/{}", segment(user.as_str()));
        let call = self.post(operation, Subject::User(user.clone()), &path);
        let call = Call { body: Some(json!({ "profile": profile })), ..call };
        self.read_back(call, Priority::Ordinary, |it: shapes::UserJson, attempt| {
            it.read(attempt, &self.0.projection)
        })
        .await
    }

    fn membership(
        &self,
        method: Method,
        operation: &'static str,
        user: &OktaUserId,
        group: &GroupId,
    ) -> Call {
        let (group_part, user_part) = (segment(group.as_str()), segment(user.as_str()));
        let path = format!("/api/v1/groups/{group_part}/users/{user_part}");
        self.call(method, operation, Subject::Member(user.clone(), group.clone()), &path)
    }

    pub(super) fn post(&self, operation: &'static str, subject: Subject, path: &str) -> Call {
        self.call(Method::POST, operation, subject, path)
    }

    pub(super) fn delete(&self, operation: &'static str, subject: Subject, path: &str) -> Call {
        self.call(Method::DELETE, operation, subject, path)
    }

    pub(super) fn call(
        &self,
        method: Method,
        operation: &'static str,
        subject: Subject,
        path: &str,
    ) -> Call {
        Call {
            attempt: Attempt { operation, subject },
            method,
            url: self.0.line.base.join(path),
            body: None,
            also_done: None,
            is_async: false,
            page_size: None,
        }
    }

    /// Sends a write. Taking access away is urgent whoever asks for it.
    async fn send(&self, call: &Call, at_least: Priority) -> Result<Answer, Error> {
        let priority = match (at_least, self.0.priority) {
            (Priority::Urgent, _) | (_, Priority::Urgent) => Priority::Urgent,
            (Priority::Ordinary, Priority::Ordinary) => Priority::Ordinary,
        };
        self.0.line.perform(call, priority).await
    }

    pub(super) async fn done(&self, call: Call, at_least: Priority) -> Result<Receipt, Error> {
        let answer = self.send(&call, at_least).await?;
        Ok(self.receipt(&answer))
    }

    /// Sends a write and reads what it made. When that is unreadable the write has happened all
    /// the same, and the caller must look for himself.
    pub(super) async fn read_back<J: serde::de::DeserializeOwned, T>(
        &self,
        call: Call,
        at_least: Priority,
        read: impl FnOnce(J, &Attempt) -> Result<T, Error>,
    ) -> Result<Written<T>, Error> {
        let answer = self.send(&call, at_least).await?;
        let attempt = call.attempt;
        let value = answer::decode(&attempt, &answer).and_then(|it| read(it, &attempt));
        match value {
            Ok(value) => Ok(Written { value, receipt: self.receipt(&answer) }),
            Err(_) => {
                let status = Some(answer.status.as_u16());
                Err(Error::UnknownOutcome { attempt, status, source: None })
            }
        }
    }

    fn receipt(&self, answer: &Answer) -> Receipt {
        let at = self.0.line.clock.learn(answer).unwrap_or_else(|| self.0.line.date());
        Receipt { request_id: request_id(answer), at }
    }
}

fn lifecycle_path(user: &OktaUserId, action: &str) -> String {
    format!("/api/v1/users/{}/lifecycle/{action}", segment(user.as_str()))
}
