//! Authenticator enrollment policies: which are there, in which order, for whom, and how to put one
//! right (reference/okta.md, section 5).
//!
//! Okta has no PATCH for policies, so one is repaired by sending back everything that was read,
//! with just the groups or the priority changed. What a policy demands of its people is never
//! looked at here, and never touched.

use std::{fmt, sync::Arc};

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    Attempt, Error, Priority, Reader, Receipt, Refused, Subject, Writer, Written,
    line::Call,
    reader::or_none,
    shapes::{filled, must, must_id},
    spelling::segment,
};
use crate::words::ids::GroupId;

/// An authenticator enrollment policy, as far as its order and its people go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MfaPolicy {
    /// Okta's id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it acts at present. It needs an active rule too: [`Reader::mfa_policy_rules`].
    pub is_active: bool,
    /// 1 is asked first; the first that includes the user wins.
    pub priority: Option<u32>,
    /// The default policy: always last, for Everyone.
    pub is_system: bool,
    /// `conditions.people.groups.include`
    pub groups: Vec<GroupId>,
}

/// A policy, and all of it that a write has to send back. `Debug` shows what we understand of it.
#[derive(Clone, PartialEq, Eq)]
pub struct MfaPolicyDocument {
    policy: MfaPolicy,
    raw: Map<String, Json>,
}

impl MfaPolicyDocument {
    /// The policy as it was when it was read.
    pub fn policy(&self) -> &MfaPolicy {
        &self.policy
    }
}

impl fmt::Debug for MfaPolicyDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, raw: _ } = self;
        f.debug_struct("MfaPolicyDocument").field("policy", policy).finish_non_exhaustive()
    }
}

/// What to change of a policy. `None` leaves it as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MfaPolicyChange {
    /// The groups whose members it is for, all of them: these replace what was there.
    pub groups: Option<Vec<GroupId>>,
    /// Its place, from 1. Okta moves the others, and in silence takes a place of its own choice
    /// for one that there is not: compare with what comes back.
    pub priority: Option<u32>,
}

/// A rule of a policy. Without an active one, Okta passes the policy over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MfaPolicyRule {
    /// Okta's id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it acts at present.
    pub is_active: bool,
}

/// Okta's own to set (`readOnly` in its specification), and not to be sent back.
const SET_BY_OKTA: [&str; 5] = ["id", "created", "lastUpdated", "_links", "_embedded"];

impl Reader {
    /// The authenticator enrollment policies, as Okta orders them.
    pub async fn mfa_policies(&self) -> Result<Vec<MfaPolicy>, Error> {
        let attempt = Attempt { operation: "list enrollment policies", subject: Subject::Org };
        let path = "/api/v1/policies?type=MFA_ENROLL";
        self.collect(&attempt, path, None, |it: PolicyJson, attempt| it.read(attempt)).await
    }

    /// One enrollment policy, ready to be repaired. `None` when Okta has no such policy, or has it
    /// for something else than enrollment.
    ///
    /// Read it right before the write: what others change in between is lost.
    pub async fn mfa_policy(&self, id: &str) -> Result<Option<MfaPolicyDocument>, Error> {
        let attempt = Attempt { operation: "read an enrollment policy", subject: about(id) };
        let found = or_none(self.0.get::<PolicyJson>(&attempt, &path_of(id)).await)?;
        let Some(found) = found else { return Ok(None) };
        if must(&attempt, found.text("type"), "type")? != KIND {
            return Ok(None);
        }
        Ok(Some(MfaPolicyDocument { policy: found.read(&attempt)?, raw: found.0 }))
    }

    /// The rules of one policy, as Okta orders them.
    pub async fn mfa_policy_rules(&self, id: &str) -> Result<Vec<MfaPolicyRule>, Error> {
        let attempt = Attempt { operation: "list rules of a policy", subject: about(id) };
        let path = format!("{}/rules", path_of(id));
        self.collect(&attempt, &path, None, PolicyRuleJson::read).await
    }
}

impl Writer {
    /// Replaces a policy by itself, with other groups or another priority.
    ///
    /// # Errors
    /// Without a write: [`Refused::DefaultPolicy`]; [`Refused::ForEveryone`] when no group would be
    /// left. [`Error::Busy`] when Okta is still rearranging priorities (423 E0000239) after the
    /// call was repeated as often as any other.
    pub async fn put_mfa_policy(
        &self,
        document: &MfaPolicyDocument,
        change: &MfaPolicyChange,
    ) -> Result<Written<MfaPolicy>, Error> {
        let MfaPolicyDocument { policy, raw } = document;
        let MfaPolicyChange { groups, priority } = change;
        let path = path_of(&policy.id);
        let call = self.call(Method::PUT, "replace an enrollment policy", about(&policy.id), &path);
        let refused = |attempt, why| Err(Error::Refused { attempt, why });
        if policy.is_system {
            return refused(call.attempt, Refused::DefaultPolicy);
        }
        if groups.as_ref().unwrap_or(&policy.groups).is_empty() {
            return refused(call.attempt, Refused::ForEveryone);
        }
        let mut body = raw.clone();
        body.retain(|name, _| !SET_BY_OKTA.contains(&name.as_str()));
        if let Some(groups) = groups {
            let include = groups.iter().map(|it| Json::from(it.as_str())).collect();
            let mut place = &mut body;
            for name in ["conditions", "people", "groups"] {
                place = object_in(place, name);
            }
            place.insert("include".to_owned(), include);
        }
        if let Some(priority) = priority {
            body.insert("priority".to_owned(), (*priority).into());
        }
        let call = Call { body: Some(Json::Object(body)), ..call };
        let read = |it: PolicyJson, attempt: &Attempt| it.read(attempt);
        self.read_back(call, Priority::Ordinary, read).await
    }

    /// Lets a policy act. An active one stays active.
    ///
    /// # Errors
    /// [`Refused::DefaultPolicy`], without a write: it is always active.
    pub async fn activate_mfa_policy(&self, policy: &MfaPolicy) -> Result<Receipt, Error> {
        let path = format!("{}/lifecycle/activate", path_of(&policy.id));
        let call = self.post("activate an enrollment policy", about(&policy.id), &path);
        if policy.is_system {
            return Err(Error::Refused { attempt: call.attempt, why: Refused::DefaultPolicy });
        }
        self.done(call, Priority::Ordinary).await
    }
}

/// The `type` of enrollment policies: Okta kept the name when factors became authenticators.
const KIND: &str = "MFA_ENROLL";

fn path_of(policy: &str) -> String {
    format!("/api/v1/policies/{}", segment(policy))
}

fn about(policy: &str) -> Subject {
    Subject::Policy(policy.into())
}

/// The object of this name, made where there is none yet.
fn object_in<'a>(parent: &'a mut Map<String, Json>, name: &str) -> &'a mut Map<String, Json> {
    let child = parent.entry(name).or_insert(Json::Null);
    if !child.is_object() {
        *child = Json::Object(Map::new());
    }
    child.as_object_mut().expect("it was made an object if it was none")
}

/// A policy with everything that Okta says of it.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct PolicyJson(Map<String, Json>);

impl PolicyJson {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    fn read(&self, attempt: &Attempt) -> Result<MfaPolicy, Error> {
        let include = || self.0.get("conditions")?.pointer("/people/groups/include")?.as_array();
        let priority = self.0.get("priority").and_then(Json::as_u64);
        Ok(MfaPolicy {
            id: must_id(attempt, self.text("id"))?,
            name: self.text("name").unwrap_or_default().into(),
            is_active: self.text("status").as_deref() == Some("ACTIVE"),
            priority: priority.and_then(|it| it.try_into().ok()),
            is_system: self.0.get("system") == Some(&Json::Bool(true)),
            groups: include()
                .map(|it| it.iter().filter_map(|it| it.as_str()).map(GroupId::from).collect())
                .unwrap_or_default(),
        })
    }
}

#[derive(Debug, Deserialize)]
struct PolicyRuleJson {
    id: Option<String>,
    name: Option<Arc<str>>,
    status: Option<String>,
}

impl PolicyRuleJson {
    fn read(self, attempt: &Attempt) -> Result<MfaPolicyRule, Error> {
        Ok(MfaPolicyRule {
            id: must_id(attempt, self.id)?,
            name: self.name.unwrap_or_default(),
            is_active: must(attempt, filled(self.status), "status")? == "ACTIVE",
        })
    }
}
