//! `/api/v1/policies` and their rules.

use serde_json::{Value, json};

use super::rules;
use crate::okta::{
    ask::{Answer, Ask},
    error::Problem,
    ids::Id,
    model::{Policy, PolicyRule},
    org::{Org, stamp},
};

fn status(is_active: bool) -> &'static str {
    if is_active { "ACTIVE" } else { "INACTIVE" }
}

fn render(policy: &Policy, base: &str) -> Value {
    let own = format!("{base}/api/v1/policies/{}", policy.id);
    json!({
        "id": &*policy.id, "type": policy.kind, "status": status(policy.is_active),
        "name": policy.name, "description": policy.description, "priority": policy.priority,
        "system": policy.is_system, "conditions": policy.conditions, "settings": policy.settings,
        "created": stamp(policy.created), "lastUpdated": stamp(policy.last_updated),
        "_links": {"self": {"href": own}, "rules": {"href": format!("{own}/rules")}},
    })
}

fn render_rule(rule: &PolicyRule, priority: usize) -> Value {
    json!({
        "id": &*rule.id, "type": "MFA_ENROLL", "status": status(rule.is_active), "name": rule.name,
        "priority": priority, "system": rule.is_system, "conditions": rule.conditions,
        "actions": rule.actions, "created": stamp(rule.created),
        "lastUpdated": stamp(rule.last_updated),
    })
}

fn find(org: &Org, ask: &Ask) -> Result<Id, Problem> {
    Ok(org.policy(ask.param(0))?.id.clone())
}

pub(crate) fn list(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let missing = || Problem::new(400, "E0000028", "The request is missing a required parameter.");
    let kind = ask.query("type").ok_or_else(missing)?;
    let with_rules = ask.query("expand") == Some("rules");
    let wanted = ask.query("status");
    let policies = org.policies_of(kind).into_iter();
    let policies = policies.filter(|it| wanted.is_none_or(|word| word == status(it.is_active)));
    let items = policies.map(|it| {
        let mut res = render(it, &ask.base);
        if with_rules {
            let rules: Vec<Value> =
                it.rules.iter().enumerate().map(|(at, it)| render_rule(it, at + 1)).collect();
            res["_embedded"] = json!({"rules": rules});
        }
        res
    });
    Ok(Answer::list(ask, items.collect()))
}

pub(crate) fn create(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let body = Value::Object(ask.object()?);
    let kind = body["type"].as_str().ok_or_else(Problem::bad_body)?;
    let name = body["name"].as_str().unwrap_or_default();
    if name.is_empty() {
        return Err(Problem::invalid("name", "name: The field cannot be left blank"));
    }
    if org.policies_of(kind).iter().any(|it| it.name == name) {
        return Err(Problem::invalid("name", "Policy name already in use"));
    }
    check_groups(org, &body)?;
    let priority = body["priority"].as_u64().and_then(|it| usize::try_from(it).ok());
    let id = org.insert_policy(kind, name, &body, priority);
    Ok(Answer::ok(render(&org.policies[&id], &ask.base)))
}

/// Groups can only be included, never excluded, and must exist.
fn check_groups(org: &Org, body: &Value) -> Result<(), Problem> {
    let groups = body.pointer("/conditions/people/groups");
    if groups.is_some_and(|it| it["exclude"].as_array().is_some_and(|it| !it.is_empty())) {
        return Err(Problem::invalid("conditions", "Groups cannot be excluded from a policy"));
    }
    let include = groups.and_then(|it| it["include"].as_array()).into_iter().flatten();
    for group in include.filter_map(Value::as_str) {
        if !org.groups.contains_key(group) {
            return Err(Problem::invalid("conditions", format!("Invalid group {group}")));
        }
    }
    Ok(())
}

pub(crate) fn get(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    Ok(Answer::ok(render(org.policy(ask.param(0))?, &ask.base)))
}

pub(crate) fn replace(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    // Recorded for group rules; for policies it stands to reason.
    rules::reconciled(org)?;
    let id = find(org, ask)?;
    let body = Value::Object(ask.object()?);
    check_groups(org, &body)?;
    org.replace_policy(&id, &body)?;
    Ok(Answer::ok(render(&org.policies[&id], &ask.base)))
}

pub(crate) fn delete(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = find(org, ask)?;
    org.erase_policy(&id)?;
    Ok(Answer::done())
}

pub(crate) fn activate(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    switch(org, ask, Switch::On)
}

pub(crate) fn deactivate(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    switch(org, ask, Switch::Off)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

fn switch(org: &mut Org, ask: &Ask, to: Switch) -> Result<Answer, Problem> {
    let id = find(org, ask)?;
    let now = org.now();
    let Some(policy) = org.policies.get_mut(&id) else { return Err(Problem::forbidden()) };
    if policy.is_system && to == Switch::Off {
        return Err(Problem::forbidden());
    }
    policy.is_active = to == Switch::On;
    policy.last_updated = now;
    Ok(Answer::done())
}

pub(crate) fn rules(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let policy = org.policy(ask.param(0))?;
    let items = policy.rules.iter().enumerate().map(|(at, it)| render_rule(it, at + 1));
    Ok(Answer::list(ask, items.collect()))
}

pub(crate) fn create_rule(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = find(org, ask)?;
    let body = Value::Object(ask.object()?);
    let name = body["name"].as_str().unwrap_or_default();
    if name.is_empty() {
        return Err(Problem::invalid("name", "name: The field cannot be left blank"));
    }
    if org.policies[&id].is_system {
        return Err(Problem::forbidden());
    }
    let rule = org.insert_policy_rule(&id, name, &body);
    answer_rule(org, &id, &rule)
}

fn answer_rule(org: &Org, policy: &Id, rule: &str) -> Result<Answer, Problem> {
    let rules = &org.policies[policy].rules;
    let at = rules.iter().position(|it| *it.id == *rule);
    let at = at.ok_or_else(|| Problem::not_found(rule, "PolicyRule"))?;
    Ok(Answer::ok(render_rule(&rules[at], at + 1)))
}

pub(crate) fn rule(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = find(org, ask)?;
    answer_rule(org, &id, ask.param(1))
}

/// A rule that may be changed: the default one is read-only.
fn on_rule(
    org: &mut Org,
    ask: &Ask,
    change: impl FnOnce(&mut Vec<PolicyRule>, usize),
) -> Result<Id, Problem> {
    let id = find(org, ask)?;
    let now = org.now();
    let Some(policy) = org.policies.get_mut(&id) else { return Err(Problem::forbidden()) };
    let at = policy.rules.iter().position(|it| *it.id == *ask.param(1));
    let at = at.ok_or_else(|| Problem::not_found(ask.param(1), "PolicyRule"))?;
    if policy.rules[at].is_system {
        return Err(Problem::forbidden());
    }
    policy.rules[at].last_updated = now;
    change(&mut policy.rules, at);
    Ok(id)
}

pub(crate) fn replace_rule(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let body = Value::Object(ask.object()?);
    let id = on_rule(org, ask, |rules, at| {
        let rule = &mut rules[at];
        if let Some(name) = body["name"].as_str() {
            rule.name = name.to_owned();
        }
        if !body["conditions"].is_null() {
            rule.conditions = body["conditions"].clone();
        }
        if !body["actions"].is_null() {
            rule.actions = body["actions"].clone();
        }
    })?;
    answer_rule(org, &id, ask.param(1))
}

pub(crate) fn delete_rule(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    on_rule(org, ask, |rules, at| drop(rules.remove(at)))?;
    Ok(Answer::done())
}

pub(crate) fn activate_rule(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    on_rule(org, ask, |rules, at| rules[at].is_active = true)?;
    Ok(Answer::done())
}

pub(crate) fn deactivate_rule(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    on_rule(org, ask, |rules, at| rules[at].is_active = false)?;
    Ok(Answer::done())
}
