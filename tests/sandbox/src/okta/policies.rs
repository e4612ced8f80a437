//! Policies: an ordered list per type, with the default one always last.

use serde_json::{Value, json};

use super::{
    error::Problem,
    ids::Id,
    model::{Policy, PolicyRule},
    org::Org,
};

/// The only policy type that comes with a default policy here.
const MFA_ENROLL: &str = "MFA_ENROLL";

/// The authenticators the org has enabled: each policy answers with all of them.
const AUTHENTICATORS: [&str; 6] =
    ["okta_password", "okta_email", "okta_verify", "google_otp", "webauthn", "phone_number"];

impl Org {
    pub(crate) fn add_default_policy(&mut self) {
        let everyone = self.everyone.clone();
        let id = self.insert_policy(MFA_ENROLL, "Default Policy", &json!({}), None);
        let rule = self.insert_policy_rule(&id, "Default Rule", &json!({}));
        let Some(policy) = self.policies.get_mut(&id) else { return };
        policy.is_system = true;
        policy.description =
            "The default policy applies in all situations if no other policy applies.".into();
        policy.conditions = json!({"people": {"groups": {"include": [&*everyone]}}});
        for it in policy.rules.iter_mut().filter(|it| it.id == rule) {
            it.is_system = true;
        }
    }

    /// A policy by id.
    pub(crate) fn policy(&self, id: &str) -> Result<&Policy, Problem> {
        self.policies.get(id).ok_or_else(|| Problem::not_found(id, "Policy"))
    }

    /// Policies of a type, highest priority first.
    pub(crate) fn policies_of(&self, kind: &str) -> Vec<&Policy> {
        let mut res: Vec<&Policy> = self.policies.values().filter(|it| it.kind == kind).collect();
        res.sort_by_key(|it| (it.is_system, it.priority));
        res
    }

    /// Makes a policy; without a priority it comes last, before the default one.
    pub(crate) fn insert_policy(
        &mut self,
        kind: &str,
        name: &str,
        body: &Value,
        priority: Option<usize>,
    ) -> Id {
        let id = self.ids.next("00p");
        let now = self.now();
        let mut policy = Policy {
            id: id.clone(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            is_active: body["status"] != "INACTIVE",
            is_system: false,
            priority: usize::MAX,
            conditions: Value::Null,
            settings: Value::Null,
            rules: Vec::new(),
            created: now,
            last_updated: now,
        };
        self.fill_policy(&mut policy, body);
        self.policies.insert(id.clone(), policy);
        self.renumber(kind, Some((&id, priority)));
        self.note("policy.lifecycle.create", vec![("PolicyEntity", id.clone())]);
        id
    }

    /// Replaces what a PUT names; there is no PATCH.
    pub(crate) fn replace_policy(&mut self, id: &Id, body: &Value) -> Result<(), Problem> {
        let mut policy = self.policies[id].clone();
        let priority = body["priority"].as_u64().and_then(|it| usize::try_from(it).ok());
        if policy.is_system && priority.is_some_and(|it| it != policy.priority) {
            let summary = "Cannot modify the priority attribute because it is read-only.";
            return Err(Problem::new(403, "E0000077", summary));
        }
        if let Some(name) = body["name"].as_str() {
            policy.name = name.to_owned();
        }
        if !policy.is_system {
            policy.is_active = body["status"] != "INACTIVE";
        }
        self.fill_policy(&mut policy, body);
        policy.last_updated = self.now();
        let kind = policy.kind.clone();
        let is_system = policy.is_system;
        self.policies.insert(id.clone(), policy);
        if !is_system {
            self.renumber(&kind, Some((id, priority)));
        }
        self.note("policy.lifecycle.update", vec![("PolicyEntity", id.clone())]);
        Ok(())
    }

    /// Removes a policy that is not the default one.
    pub(crate) fn erase_policy(&mut self, id: &Id) -> Result<(), Problem> {
        let policy = &self.policies[id];
        if policy.is_system {
            return Err(Problem::forbidden());
        }
        let kind = policy.kind.clone();
        self.policies.remove(id);
        self.renumber(&kind, None);
        self.note("policy.lifecycle.delete", vec![("PolicyEntity", id.clone())]);
        Ok(())
    }

    /// Makes a rule, last but for the default one.
    pub(crate) fn insert_policy_rule(&mut self, policy: &Id, name: &str, body: &Value) -> Id {
        let id = self.ids.next("0pr");
        let now = self.now();
        let rule = PolicyRule {
            id: id.clone(),
            name: name.to_owned(),
            is_active: body["status"] != "INACTIVE",
            is_system: false,
            conditions: or_default(
                &body["conditions"],
                || json!({"people": {"users": {"exclude": []}}, "network": {"connection": "ANYWHERE"}}),
            ),
            actions: or_default(&body["actions"], || json!({"enroll": {"self": "CHALLENGE"}})),
            created: now,
            last_updated: now,
        };
        if let Some(it) = self.policies.get_mut(policy) {
            it.rules.push(rule);
        }
        id
    }

    fn fill_policy(&self, policy: &mut Policy, body: &Value) {
        policy.description = body["description"].as_str().unwrap_or_default().to_owned();
        if !policy.is_system {
            policy.conditions = or_default(&body["conditions"], || json!({}));
            let include = policy.conditions.pointer("/people/groups/include");
            let names_nobody = include.and_then(Value::as_array).is_none_or(Vec::is_empty);
            // A policy for nobody is a policy for everybody: an empty group list must not get here.
            if names_nobody && policy.kind == MFA_ENROLL {
                policy.conditions = json!({"people": {"groups": {"include": [&*self.everyone]}}});
            }
        }
        policy.settings = or_default(&body["settings"], || {
            json!({"type": "AUTHENTICATORS", "authenticators": [
                {"key": "okta_password", "enroll": {"self": "REQUIRED"}},
            ]})
        });
        if policy.kind == MFA_ENROLL
            && let Some(Value::Array(known)) = policy.settings.get_mut("authenticators")
        {
            // Okta answers with every enabled authenticator, not just those that were set.
            for key in AUTHENTICATORS {
                if !known.iter().any(|it| it["key"] == key) {
                    known.push(json!({"key": key, "enroll": {"self": "NOT_ALLOWED"}}));
                }
            }
        }
    }

    /// Numbers a type's policies from 1. A clash moves the others down, silently; a wish beyond
    /// the end is cut to the end, silently too.
    fn renumber(&mut self, kind: &str, wish: Option<(&Id, Option<usize>)>) {
        let mut order: Vec<Id> = self
            .policies_of(kind)
            .into_iter()
            .filter(|it| !it.is_system)
            .map(|it| it.id.clone())
            .collect();
        if let Some((id, Some(priority))) = wish {
            order.retain(|it| it != id);
            let at = priority.saturating_sub(1).min(order.len());
            order.insert(at, id.clone());
        }
        let defaults: Vec<Id> = self
            .policies_of(kind)
            .into_iter()
            .filter(|it| it.is_system)
            .map(|it| it.id.clone())
            .collect();
        for (index, id) in order.iter().chain(&defaults).enumerate() {
            if let Some(policy) = self.policies.get_mut(id) {
                policy.priority = index + 1;
            }
        }
    }
}

fn or_default(value: &Value, default: impl FnOnce() -> Value) -> Value {
    if value.is_null() { default() } else { value.clone() }
}
