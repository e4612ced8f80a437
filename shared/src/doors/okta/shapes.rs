//! The JSON that Okta sends, as far as we look at it, and how it becomes our words.
//!
//! Unknown fields are passed over. A record without what makes it *that* record (id, status) is
//! an error for the whole read: a list that is one user short looks like a leaver.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde::Deserialize;

use super::error::{Attempt, Error, Subject};
use crate::words::{
    account::{Account, App, Group, GroupKind, GroupRule, Profile, Provider, Status},
    ids::{AppId, GroupId, Login, OktaUserId},
    value::Value,
};

/// Keeps only the attributes that are asked for.
#[derive(Debug)]
pub(super) struct Projection {
    wanted: Option<BTreeSet<Arc<str>>>,
}

/// Kept whatever the projection says: matching and messages need them.
const ALWAYS_KEPT: [&str; 4] = ["login", "email", "firstName", "lastName"];

impl Projection {
    pub(super) fn new(wanted: Option<BTreeSet<Arc<str>>>) -> Self {
        Self { wanted }
    }

    fn profile(&self, raw: BTreeMap<String, serde_json::Value>) -> Profile {
        let is_kept = |name: &str| {
            ALWAYS_KEPT.contains(&name) || self.wanted.as_ref().is_none_or(|it| it.contains(name))
        };
        let kept = raw.into_iter().filter(|(name, _)| is_kept(name));
        kept.filter_map(|(name, value)| Some((name.into(), Value::from_json(&value)?))).collect()
    }
}

pub(super) fn filled(raw: Option<String>) -> Option<String> {
    raw.filter(|it| !it.trim().is_empty())
}

/// The field, or an error that voids the read.
pub(super) fn must<T>(
    attempt: &Attempt,
    field: Option<T>,
    missing: &'static str,
) -> Result<T, Error> {
    field.ok_or_else(|| Error::IncompleteRecord { attempt: attempt.clone(), missing })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserJson {
    id: Option<String>,
    status: Option<String>,
    transitioning_to_status: Option<String>,
    created: Option<Timestamp>,
    status_changed: Option<Timestamp>,
    last_login: Option<Timestamp>,
    last_updated: Option<Timestamp>,
    profile: Option<BTreeMap<String, serde_json::Value>>,
    credentials: Option<CredentialsJson>,
}

#[derive(Debug, Deserialize)]
struct CredentialsJson {
    provider: Option<ProviderJson>,
}

#[derive(Debug, Deserialize)]
struct ProviderJson {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl UserJson {
    pub(super) fn read(self, attempt: &Attempt, keep: &Projection) -> Result<Account, Error> {
        let id = OktaUserId::from(must(attempt, filled(self.id), "id")?);
        let status = must(attempt, filled(self.status), "status")?;
        let status = read_status(&id, &status)?;
        let transitioning_to = match filled(self.transitioning_to_status) {
            Some(raw) => Some(read_status(&id, &raw)?),
            None => None,
        };
        let profile = keep.profile(must(attempt, self.profile, "profile")?);
        let login = match profile.get("login") {
            Some(Value::Text(login)) => Login::kept_by_okta(login),
            Some(Value::Bool(_) | Value::Number(_) | Value::List(_)) | None => None,
        };
        let login = must(attempt, login, "login")?;
        let provider = self.credentials.and_then(|it| it.provider).and_then(|it| it.kind);
        Ok(Account {
            id,
            status,
            transitioning_to,
            login,
            profile,
            provider: read_provider(provider.as_deref()),
            created: self.created,
            status_changed: self.status_changed,
            last_login: self.last_login,
            last_updated: self.last_updated,
        })
    }
}

fn read_status(user: &OktaUserId, raw: &str) -> Result<Status, Error> {
    Status::parse(raw).ok_or_else(|| {
        // The word reaches the logs, so only what looks like a status is repeated.
        let is_a_word =
            raw.len() <= 40 && raw.chars().all(|it| it.is_ascii_uppercase() || it == '_');
        let status = if is_a_word { raw.into() } else { "of another form".into() };
        Error::UnknownStatus { user: user.clone(), status }
    })
}

fn read_provider(raw: Option<&str>) -> Provider {
    match raw {
        // Lists may leave the credentials out. Should somebody else master the profile after all,
        // Okta refuses the write (E0000023).
        None | Some("OKTA") => Provider::Okta,
        Some("FEDERATION" | "SOCIAL") => Provider::Federation,
        Some(other) => Provider::Elsewhere(other.into()),
    }
}

/// Of a group's members only the ids are kept.
#[derive(Debug, Deserialize)]
pub(super) struct IdJson {
    id: Option<String>,
}

impl IdJson {
    pub(super) fn read_user(self, attempt: &Attempt) -> Result<OktaUserId, Error> {
        Ok(must(attempt, filled(self.id), "id")?.into())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupJson {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    last_membership_updated: Option<Timestamp>,
    profile: Option<GroupProfileJson>,
}

#[derive(Debug, Deserialize)]
struct GroupProfileJson {
    name: Option<String>,
    description: Option<String>,
}

impl GroupJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<Group, Error> {
        let profile = must(attempt, self.profile, "profile")?;
        Ok(Group {
            id: must(attempt, filled(self.id), "id")?.into(),
            name: must(attempt, filled(profile.name), "name")?.into(),
            description: filled(profile.description).map(Arc::from),
            kind: match must(attempt, filled(self.kind), "type")?.as_str() {
                "OKTA_GROUP" => GroupKind::Okta,
                "APP_GROUP" => GroupKind::App,
                "BUILT_IN" => GroupKind::BuiltIn,
                other => GroupKind::Unknown(other.into()),
            },
            last_membership_updated: self.last_membership_updated,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct RuleJson {
    id: Option<String>,
    name: Option<String>,
    status: Option<String>,
    actions: Option<RuleActionsJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleActionsJson {
    assign_user_to_groups: Option<RuleGroupsJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleGroupsJson {
    #[serde(default)]
    group_ids: Vec<String>,
}

impl RuleJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<GroupRule, Error> {
        let targets = self.actions.and_then(|it| it.assign_user_to_groups);
        Ok(GroupRule {
            id: must(attempt, filled(self.id), "id")?.into(),
            name: self.name.unwrap_or_default().into(),
            // ACTIVE, INACTIVE or INVALID.
            is_active: must(attempt, filled(self.status), "status")? == "ACTIVE",
            targets: targets
                .map_or_else(Vec::new, |it| it.group_ids.into_iter().map(GroupId::from).collect()),
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct AppJson {
    id: Option<String>,
    label: Option<String>,
    status: Option<String>,
}

impl AppJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<App, Error> {
        Ok(App {
            id: must(attempt, filled(self.id), "id")?.into(),
            label: self.label.unwrap_or_default().into(),
            is_active: must(attempt, filled(self.status), "status")? == "ACTIVE",
        })
    }
}

/// An app that a user has, directly or by a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppLink {
    /// Which app. Several links can belong to one.
    pub app: AppId,
    /// The name people know it by.
    pub label: Arc<str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppLinkJson {
    app_instance_id: Option<String>,
    label: Option<String>,
}

impl AppLinkJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<AppLink, Error> {
        Ok(AppLink {
            app: must(attempt, filled(self.app_instance_id), "appInstanceId")?.into(),
            label: self.label.unwrap_or_default().into(),
        })
    }
}

/// A group that gives an app.
#[derive(Debug, Deserialize)]
pub(super) struct AppGroupJson {
    id: Option<String>,
}

impl AppGroupJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<GroupId, Error> {
        Ok(must(attempt, filled(self.id), "id")?.into())
    }
}

/// Why a user has an app (`AppUser.scope`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppScope {
    /// Assigned directly.
    User,
    /// Through a group: leaving the group is the only way out.
    Group,
}

/// A user at an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppAssignment {
    /// Directly or through a group.
    pub scope: AppScope,
}

#[derive(Debug, Deserialize)]
pub(super) struct AppUserJson {
    id: Option<String>,
    scope: Option<String>,
}

impl AppUserJson {
    pub(super) fn read(self, attempt: &Attempt) -> Result<AppAssignment, Error> {
        let scope = match self.scope.as_deref() {
            Some("USER") => AppScope::User,
            Some("GROUP") => AppScope::Group,
            Some(_) | None => return must(attempt, None, "scope"),
        };
        Ok(AppAssignment { scope })
    }

    /// For lists, where it must be said whose assignment it is.
    pub(super) fn read_with_user(
        mut self,
        attempt: &Attempt,
    ) -> Result<(OktaUserId, AppAssignment), Error> {
        let user = must(attempt, filled(self.id.take()), "id")?;
        Ok((user.into(), self.read(attempt)?))
    }
}

/// Okta's users and the roles or clients they hold have ids and little else in common.
pub(super) fn must_id(attempt: &Attempt, id: Option<String>) -> Result<Arc<str>, Error> {
    Ok(must(attempt, filled(id), "id")?.into())
}

/// The subject of a list that concerns one user.
pub(super) fn about(operation: &'static str, user: &OktaUserId) -> Attempt {
    Attempt { operation, subject: Subject::User(user.clone()) }
}
