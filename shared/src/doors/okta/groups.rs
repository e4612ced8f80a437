//! Groups themselves; who is in them is in [`super::reader`] and [`super::writer`]
//! (reference/okta.md, section 3).

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{
    Attempt, Error, Oddity, Priority, Reader, Refused, Subject, Writer, Written,
    line::Call,
    reader::or_none,
    shapes::{self, must},
    spelling::segment,
};
use crate::words::{
    account::Group,
    ids::{GroupId, OktaUserId},
};

impl Reader {
    /// One group. `None` only when Okta itself says that there is none.
    pub async fn group(&self, group: &GroupId) -> Result<Option<Group>, Error> {
        let attempt = about("read a group", group);
        match or_none(self.0.get::<shapes::GroupJson>(&attempt, &path_of(group)).await)? {
            Some(found) => Ok(Some(found.read(&attempt)?)),
            None => Ok(None),
        }
    }

    /// Whether a group rule put this user into this group, or `None` when Okta cannot be asked:
    /// then only the rules themselves can tell.
    ///
    /// The path is new (June 2026), and Okta's specification has it without operations: an org may
    /// not know it, the list that we expect is a guess, and a 404 may be about the path as well as
    /// about the member. Whatever is not that list is no answer, for a member wrongly taken for
    /// one of no rule is shut out of the rule for good when he is removed.
    pub async fn rules_holding(
        &self,
        group: &GroupId,
        user: &OktaUserId,
    ) -> Result<Option<bool>, Error> {
        let subject = Subject::Member(user.clone(), group.clone());
        let attempt = Attempt { operation: "list the rules that hold a member", subject };
        let path = format!("{}/users/{}/group-rules", path_of(group), segment(user.as_str()));
        match self.0.get::<Vec<Map<String, Json>>>(&attempt, &path).await {
            Ok(rules) => Ok(Some(!rules.is_empty())),
            Err(
                Error::NotUnderstood { status: 404 | 405, .. }
                | Error::Refused { why: Refused::NotFound, .. }
                | Error::OddAnswer { status: 404 | 405, oddity: Oddity::Status, .. }
                | Error::OddAnswer { oddity: Oddity::Shape { .. }, .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Writer {
    /// Creates a group of Okta's own. [`Refused::NameTaken`] when another has the name.
    pub async fn create_group(
        &self,
        name: &str,
        description: &str,
    ) -> Result<Written<Group>, Error> {
        let call = self.post("create a group", Subject::Org, "/api/v1/groups");
        let body = json!({ "profile": { "name": name, "description": description } });
        let call = Call { body: Some(body), ..call };
        self.read_back(call, Priority::Ordinary, shapes::GroupJson::read).await
    }

    /// Gives a group another name, and another description where one is given. Its members, rules
    /// and apps stay.
    ///
    /// PUT replaces the whole profile, and an org can add attributes of its own to groups: so the
    /// group is read first, and what was found is sent back. Whatever somebody else changes
    /// between the two calls is lost; Okta has no precondition to put against it.
    ///
    /// # Errors
    /// [`Refused::NameTaken`] when another group has the name; [`Refused::ReadOnlyGroup`], without
    /// a write, when the group is not Okta's own; [`Refused::NotFound`] when it is gone.
    pub async fn rename_group(
        &self,
        group: &GroupId,
        name: &str,
        description: Option<&str>,
    ) -> Result<Written<Group>, Error> {
        let path = path_of(group);
        let call = self.call(Method::PUT, "rename a group", Subject::Group(group.clone()), &path);
        let found: WholeGroupJson = self.0.get(&call.attempt, &path).await?;
        if must(&call.attempt, found.kind, "type")? != "OKTA_GROUP" {
            let attempt = call.attempt;
            return Err(Error::Refused { attempt, why: Refused::ReadOnlyGroup });
        }
        let mut profile = must(&call.attempt, found.profile, "profile")?;
        profile.insert("name".to_owned(), name.into());
        if let Some(description) = description {
            profile.insert("description".to_owned(), description.into());
        }
        let call = Call { body: Some(json!({ "profile": profile })), ..call };
        self.read_back(call, Priority::Ordinary, shapes::GroupJson::read).await
    }
}

/// A group with every attribute that it has.
#[derive(Deserialize)]
struct WholeGroupJson {
    #[serde(rename = "type")]
    kind: Option<String>,
    profile: Option<Map<String, Json>>,
}

fn path_of(group: &GroupId) -> String {
    format!("/api/v1/groups/{}", segment(group.as_str()))
}

fn about(operation: &'static str, group: &GroupId) -> Attempt {
    Attempt { operation, subject: Subject::Group(group.clone()) }
}
