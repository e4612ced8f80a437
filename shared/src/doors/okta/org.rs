//! The org's settings as far as Rollcall checks them: schema, roles, grants.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::{
    error::{Attempt, Error},
    shapes::must_id,
};
use crate::words::ids::OktaUserId;

/// The attributes a user can have (reference/okta.md, section 2.11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// By name, base and custom together.
    pub attributes: BTreeMap<Arc<str>, Attribute>,
}

/// One attribute of the user schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The title people see.
    pub title: Arc<str>,
    /// `string`, `boolean`, `number`, `integer`, `array`.
    pub type_: Arc<str>,
    /// Whether Okta refuses a user without it.
    pub is_required: bool,
    /// Whether no two users may have the same value (`UNIQUE_VALIDATED`, or still being checked).
    pub is_unique: bool,
    /// Whether it was added by the org.
    pub is_custom: bool,
    /// Whether it cannot be written (`mutability` is `READ_ONLY` or `IMMUTABLE`).
    pub is_read_only: bool,
    /// The only values allowed; empty when any is.
    pub allowed: Vec<Arc<str>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SchemaJson {
    definitions: DefinitionsJson,
}

#[derive(Debug, Deserialize)]
struct DefinitionsJson {
    base: PropertiesJson,
    custom: Option<PropertiesJson>,
}

#[derive(Debug, Default, Deserialize)]
struct PropertiesJson {
    #[serde(default)]
    properties: BTreeMap<Arc<str>, AttributeJson>,
    #[serde(default)]
    required: Vec<Arc<str>>,
}

#[derive(Debug, Deserialize)]
struct AttributeJson {
    title: Option<Arc<str>>,
    #[serde(rename = "type")]
    type_: Option<Arc<str>>,
    required: Option<bool>,
    // The specification says boolean, Okta sends words (reference/okta.md, section 1).
    unique: Option<serde_json::Value>,
    mutability: Option<String>,
    #[serde(rename = "enum")]
    allowed: Option<Vec<serde_json::Value>>,
}

impl SchemaJson {
    pub(super) fn read(self) -> Schema {
        let mut attributes = BTreeMap::new();
        let custom = self.definitions.custom.unwrap_or_default();
        for (part, is_custom) in [(self.definitions.base, false), (custom, true)] {
            let PropertiesJson { properties, required } = part;
            for (name, it) in properties {
                let is_required = it.required == Some(true) || required.contains(&name);
                let allowed = it.allowed.unwrap_or_default();
                attributes.insert(
                    Arc::clone(&name),
                    Attribute {
                        title: it.title.unwrap_or(name),
                        type_: it.type_.unwrap_or_else(|| "string".into()),
                        is_required,
                        is_unique: match it.unique {
                            Some(serde_json::Value::Bool(it)) => it,
                            Some(serde_json::Value::String(it)) => it != "NOT_UNIQUE",
                            Some(_) | None => false,
                        },
                        is_custom,
                        is_read_only: it.mutability.is_some_and(|it| it != "READ_WRITE"),
                        allowed: allowed
                            .iter()
                            .filter_map(|it| it.as_str())
                            .map(Arc::from)
                            .collect(),
                    },
                );
            }
        }
        Schema { attributes }
    }
}

/// An admin role that a user holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `SUPER_ADMIN`, `ORG_ADMIN`, `CUSTOM`, …
    pub type_: Arc<str>,
    /// The name people know it by.
    pub label: Arc<str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RoleJson {
    #[serde(rename = "type")]
    type_: Option<Arc<str>>,
    label: Option<Arc<str>>,
}

impl RoleJson {
    pub(super) fn read(self) -> Role {
        Role {
            type_: self.type_.unwrap_or_else(|| "UNKNOWN".into()),
            label: self.label.unwrap_or_default(),
        }
    }
}

/// An OAuth client that has tokens or grants of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthClient {
    /// Its client id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ClientJson {
    client_id: Option<String>,
    client_name: Option<Arc<str>>,
}

impl ClientJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<OAuthClient, Error> {
        Ok(OAuthClient {
            id: must_id(attempt, self.client_id)?,
            name: self.client_name.unwrap_or_default(),
        })
    }
}

/// A consent that a user gave to a client. It can outlast every token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Okta's id.
    pub id: Arc<str>,
    /// To which client.
    pub client_id: Arc<str>,
    /// To what.
    pub scope: Arc<str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GrantJson {
    id: Option<String>,
    client_id: Option<Arc<str>>,
    scope_id: Option<Arc<str>>,
}

impl GrantJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<Grant, Error> {
        Ok(Grant {
            id: must_id(attempt, self.id)?,
            client_id: self.client_id.unwrap_or_default(),
            scope: self.scope_id.unwrap_or_default(),
        })
    }
}

/// `GET /iam/assignees/users`: a list in an envelope, with its own next link.
#[derive(Debug, Deserialize)]
pub(super) struct AssigneesJson {
    value: Vec<AssigneeJson>,
    #[serde(rename = "_links")]
    links: Option<LinksJson>,
}

#[derive(Debug, Deserialize)]
struct AssigneeJson {
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LinksJson {
    next: Option<HrefJson>,
}

#[derive(Debug, Deserialize)]
struct HrefJson {
    href: String,
}

impl AssigneesJson {
    pub(super) fn read(
        self,
        attempt: &Attempt,
    ) -> Result<(Vec<OktaUserId>, Option<String>), Error> {
        let users: Result<Vec<_>, Error> = self
            .value
            .into_iter()
            .map(|it| Ok(OktaUserId::new(must_id(attempt, it.id)?)))
            .collect();
        Ok((users?, self.links.and_then(|it| it.next).map(|it| it.href)))
    }
}
