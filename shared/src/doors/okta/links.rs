//! Linked objects: who is whose manager, as Okta itself can keep it (reference/okta.md, section
//! 2.10).
//!
//! A relationship has two sides, such as `manager` and `subordinate`. A user has one primary in
//! it at most, and any number of associated users.

use std::sync::Arc;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{
    Attempt, Error, Priority, Reader, Receipt, Refused, Subject, Writer, Written, answer,
    line::Call,
    shapes::{self, filled, must},
    spelling::segment,
};
use crate::words::ids::OktaUserId;

/// A relationship between users. An org can have 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedObject {
    /// The side of which each user has at most one: `manager`.
    pub primary: Side,
    /// The side of which there can be many: `subordinate`.
    pub associated: Side,
}

/// One side of a relationship.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its name in calls and expressions: letters, digits and `_`, not beginning with a digit. Case
    /// matters.
    pub name: Arc<str>,
    /// The title people see.
    pub title: Arc<str>,
    /// What it means.
    pub description: Arc<str>,
}

const DEFINITIONS: &str = "/api/v1/meta/schemas/user/linkedObjects";

impl Reader {
    /// The relationships that the org has defined. Needs `okta.linkedObjects.read`.
    pub async fn linked_object_definitions(&self) -> Result<Vec<LinkedObject>, Error> {
        let attempt = Attempt { operation: "list linked objects", subject: Subject::Org };
        self.collect(&attempt, DEFINITIONS, None, LinkedObjectJson::read).await
    }

    /// Whom a user is linked to: by a primary name his one primary, if any; by an associated name
    /// all who have him for theirs. Costs a call of the scarce users bucket.
    ///
    /// # Errors
    /// [`Refused::NotFound`] when the org has no such relationship, or no such user.
    pub async fn linked_objects(
        &self,
        user: &OktaUserId,
        name: &str,
    ) -> Result<Vec<OktaUserId>, Error> {
        let attempt = shapes::about("list linked users", user);
        self.collect(&attempt, &path_of(user, name), None, LinkJson::read).await
    }
}

impl Writer {
    /// Defines a relationship. Needs `okta.linkedObjects.manage`. A definition cannot be changed.
    ///
    /// # Errors
    /// [`Refused::NameTaken`] when one of its names is in use; [`Refused::Invalid`], without a
    /// write, when one is no name.
    pub async fn define_linked_object(
        &self,
        new: &LinkedObject,
    ) -> Result<Written<LinkedObject>, Error> {
        let LinkedObject { primary, associated } = new;
        let call = self.post("define a linked object", Subject::Org, DEFINITIONS);
        if !is_name(&primary.name) || !is_name(&associated.name) {
            let why = Refused::Invalid { attributes: vec!["name".into()] };
            return Err(Error::Refused { attempt: call.attempt, why });
        }
        let body = LinkedObjectJson {
            primary: Some(SideJson::of(primary)),
            associated: Some(SideJson::of(associated)),
        };
        let body = serde_json::to_value(body).expect("texts can be written as JSON");
        let call = Call { body: Some(body), ..call };
        self.read_back(call, Priority::Ordinary, LinkedObjectJson::read).await
    }

    /// Makes `primary` the user's primary, in the place of any other: one call, and safe to repeat.
    ///
    /// Okta's specification wants an OAuth app for this; API tokens were seen to work too.
    pub async fn set_linked_object(
        &self,
        user: &OktaUserId,
        primary_name: &str,
        primary: &OktaUserId,
    ) -> Result<Receipt, Error> {
        let path = format!("{}/{}", path_of(user, primary_name), segment(primary.as_str()));
        let call = self.call(Method::PUT, "link a user", Subject::User(user.clone()), &path);
        self.done(call, Priority::Ordinary).await
    }

    /// Leaves a user without a primary. Whoever has none has none.
    pub async fn clear_linked_object(
        &self,
        user: &OktaUserId,
        primary_name: &str,
    ) -> Result<Receipt, Error> {
        let path = path_of(user, primary_name);
        let call = self.delete("unlink a user", Subject::User(user.clone()), &path);
        self.done(call, Priority::Ordinary).await
    }
}

fn path_of(user: &OktaUserId, name: &str) -> String {
    format!("/api/v1/users/{}/linkedObjects/{}", segment(user.as_str()), segment(name))
}

fn is_name(raw: &str) -> bool {
    answer::is_attribute_name(raw) && !raw.starts_with(|it: char| it.is_ascii_digit())
}

#[derive(Debug, Deserialize, Serialize)]
struct LinkedObjectJson {
    primary: Option<SideJson>,
    associated: Option<SideJson>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SideJson {
    name: Option<String>,
    title: Option<Arc<str>>,
    description: Option<Arc<str>>,
    /// Always `USER`.
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl LinkedObjectJson {
    fn read(self, attempt: &Attempt) -> Result<LinkedObject, Error> {
        Ok(LinkedObject {
            primary: must(attempt, self.primary, "primary")?.read(attempt)?,
            associated: must(attempt, self.associated, "associated")?.read(attempt)?,
        })
    }
}

impl SideJson {
    fn of(side: &Side) -> Self {
        let Side { name, title, description } = side;
        Self {
            name: Some(name.to_string()),
            title: Some(title.clone()),
            description: Some(description.clone()),
            kind: Some("USER".to_owned()),
        }
    }

    fn read(self, attempt: &Attempt) -> Result<Side, Error> {
        Ok(Side {
            name: must(attempt, filled(self.name), "name")?.into(),
            title: self.title.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
        })
    }
}

/// A linked user, of whom Okta gives the address and nothing else.
#[derive(Debug, Deserialize)]
struct LinkJson {
    #[serde(rename = "_links")]
    links: Option<LinksJson>,
}

#[derive(Debug, Deserialize)]
struct LinksJson {
    #[serde(rename = "self")]
    this: Option<HrefJson>,
}

#[derive(Debug, Deserialize)]
struct HrefJson {
    href: String,
}

impl LinkJson {
    fn read(self, attempt: &Attempt) -> Result<OktaUserId, Error> {
        let href = self.links.and_then(|it| it.this).map(|it| it.href);
        let id = href.as_deref().and_then(|it| it.split_once("/api/v1/users/")).map(|it| it.1);
        // The address is not followed, and must not turn into a piece of another one either.
        let id = id.filter(|it| answer::is_attribute_name(it));
        Ok(OktaUserId::from(must(attempt, id, "_links.self")?))
    }
}
