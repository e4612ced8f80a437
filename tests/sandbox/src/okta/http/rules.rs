//! `/api/v1/groups/rules`.

use serde_json::{Value, json};

use crate::okta::{
    ask::{Answer, Ask, Flag, Page, after},
    error::Problem,
    groups::RuleMembers,
    ids::Id,
    model::Rule,
    org::{Org, stamp},
};

pub(crate) fn render(rule: &Rule) -> Value {
    let groups: Vec<&str> = rule.groups.iter().map(|it| &**it).collect();
    let excluded: Vec<&str> = rule.excluded.iter().map(|it| &**it).collect();
    json!({
        "type": "group_rule", "id": &*rule.id, "name": rule.name,
        "status": if rule.is_active { "ACTIVE" } else { "INACTIVE" },
        "created": stamp(rule.created), "lastUpdated": stamp(rule.last_updated),
        "conditions": {
            "people": {"users": {"exclude": excluded}, "groups": {"exclude": []}},
            "expression": {"value": rule.expression, "type": "urn:okta:expression:1.0"},
        },
        "actions": {"assignUserToGroups": {"groupIds": groups}},
    })
}

fn find(org: &Org, id: &str) -> Result<Id, Problem> {
    let rule = org.rules.get(id).ok_or_else(|| Problem::not_found(id, "GroupRule"))?;
    Ok(rule.id.clone())
}

pub(crate) fn list(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let limit = ask.limit(50, 200)?;
    let rules = org.rules.range::<Id, _>(after(ask));
    Ok(Answer::page(ask, Page::take(rules, limit, render)))
}

fn ids(value: Option<&Value>) -> Vec<Id> {
    let them = value.and_then(Value::as_array).into_iter().flatten();
    them.filter_map(Value::as_str).map(Id::from).collect()
}

struct Wanted {
    name: String,
    expression: String,
    groups: Vec<Id>,
    excluded: Vec<Id>,
}

fn wanted(ask: &Ask) -> Result<Wanted, Problem> {
    let body = Value::Object(ask.object()?);
    let text = |at: &str| body.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Wanted {
        name: text("/name"),
        expression: text("/conditions/expression/value"),
        groups: ids(body.pointer("/actions/assignUserToGroups/groupIds")),
        excluded: ids(body.pointer("/conditions/people/users/exclude")),
    })
}

/// Rules change priorities among themselves; while they do, Okta asks to come back.
pub(crate) fn reconciled(org: &mut Org) -> Result<(), Problem> {
    if org.reconciling == 0 {
        return Ok(());
    }
    org.reconciling -= 1;
    let summary = "Policy priorities are being reconciled. Please try again later.";
    Err(Problem::new(423, "E0000239", summary))
}

pub(crate) fn create(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    reconciled(org)?;
    let Wanted { name, expression, groups, excluded } = wanted(ask)?;
    let id = org.insert_rule(&name, &expression, groups, excluded.into_iter().collect())?;
    Ok(Answer::ok(render(&org.rules[&id])))
}

pub(crate) fn get(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = find(org, ask.param(0))?;
    Ok(Answer::ok(render(&org.rules[&id])))
}

/// Only an inactive rule can be replaced.
pub(crate) fn replace(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = find(org, ask.param(0))?;
    if org.rules[&id].is_active {
        return Err(Problem::invalid("rule", "Cannot update an active rule"));
    }
    let Wanted { name, expression, groups, excluded } = wanted(ask)?;
    let fresh = org.insert_rule(&name, &expression, groups, excluded.into_iter().collect())?;
    // Checked and built like a new one, then put under the old id.
    if let Some(mut rule) = org.rules.remove(&fresh) {
        rule.id = id.clone();
        rule.created = org.rules[&id].created;
        org.rules.insert(id.clone(), rule);
    }
    Ok(Answer::ok(render(&org.rules[&id])))
}

pub(crate) fn delete(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = find(org, ask.param(0))?;
    let members =
        if ask.flag("removeUsers", Flag::No) { RuleMembers::Go } else { RuleMembers::Stay };
    org.erase_rule(&id, members);
    Ok(Answer { status: 202, body: None, headers: Vec::new() })
}

pub(crate) fn activate(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    reconciled(org)?;
    let id = find(org, ask.param(0))?;
    org.activate_rule(&id);
    Ok(Answer::done())
}

pub(crate) fn deactivate(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = find(org, ask.param(0))?;
    org.deactivate_rule(&id);
    Ok(Answer::done())
}
