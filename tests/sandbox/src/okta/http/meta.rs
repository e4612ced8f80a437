//! The user schema, and linked objects (who is whose manager).

use serde_json::{Value, json};

use crate::okta::{
    ask::{Answer, Ask},
    error::Problem,
    ids::Id,
    org::Org,
};

pub(crate) fn schema(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    only_default(ask)?;
    Ok(Answer::ok(org.schema.document(&ask.base)))
}

fn only_default(ask: &Ask) -> Result<(), Problem> {
    match ask.param(0) {
        "default" => Ok(()),
        other => Err(Problem::not_found(other, "UserSchema")),
    }
}

pub(crate) fn change_schema(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    only_default(ask)?;
    let body = Value::Object(ask.object()?);
    if let Some(Value::Object(custom)) = body.pointer("/definitions/custom/properties") {
        org.schema.merge_custom(custom)?;
        org.index_everyone();
    }
    Ok(Answer::ok(org.schema.document(&ask.base)))
}

const MOST_DEFINITIONS: usize = 200;

pub(crate) fn link_definitions(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    Ok(Answer::list(ask, org.linked_definitions.clone()))
}

pub(crate) fn define_link(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let body = Value::Object(ask.object()?);
    let name = |side: &str| body[side]["name"].as_str().map(str::to_owned);
    let (Some(primary), Some(associated)) = (name("primary"), name("associated")) else {
        return Err(Problem::bad_body());
    };
    let is_taken = definition(org, &primary).is_some() || definition(org, &associated).is_some();
    if is_taken || org.linked_definitions.len() >= MOST_DEFINITIONS {
        return Err(Problem::invalid(
            "linkedObjects",
            "name: An object with this field already exists",
        ));
    }
    org.linked_definitions.push(body.clone());
    Ok(Answer::ok(body).status(201))
}

/// A definition by the name of either side.
fn definition<'a>(org: &'a Org, name: &str) -> Option<&'a Value> {
    org.linked_definitions
        .iter()
        .find(|it| it["primary"]["name"] == name || it["associated"]["name"] == name)
}

fn known(org: &Org, name: &str) -> Result<Value, Problem> {
    definition(org, name).cloned().ok_or_else(|| Problem::not_found(name, "LinkedObject"))
}

pub(crate) fn link_definition(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    Ok(Answer::ok(known(org, ask.param(0))?))
}

pub(crate) fn undefine_link(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let gone = known(org, ask.param(0))?;
    let primary = gone["primary"]["name"].as_str().unwrap_or_default();
    org.linked_definitions.retain(|it| *it != gone);
    org.linked.retain(|(name, _), _| name != primary);
    Ok(Answer::done())
}

/// Names the primary of one user; a former one is replaced.
pub(crate) fn link(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let associated = org.find(ask.param(0))?;
    let primary = org.find(ask.param(2))?;
    let name = ask.param(1);
    if known(org, name)?["primary"]["name"] != name {
        return Err(Problem::not_found(name, "LinkedObject"));
    }
    org.linked.insert((name.to_owned(), associated), primary);
    Ok(Answer::done())
}

/// By the primary's name: the one primary. By the associated's name: everyone below.
pub(crate) fn linked(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let user = org.find(ask.param(0))?;
    let name = ask.param(1);
    let definition = known(org, name)?;
    let primary_name = definition["primary"]["name"].as_str().unwrap_or_default().to_owned();
    let found: Vec<&Id> = if primary_name == name {
        org.linked.get(&(primary_name, user)).into_iter().collect()
    } else {
        let below = org.linked.iter();
        below
            .filter(|((name, _), primary)| *name == primary_name && **primary == user)
            .map(|((_, associated), _)| associated)
            .collect()
    };
    let items = found
        .into_iter()
        .map(|it| json!({"_links": {"self": {"href": format!("{}/api/v1/users/{it}", ask.base)}}}));
    Ok(Answer::list(ask, items.collect()))
}

pub(crate) fn unlink(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let user = org.find(ask.param(0))?;
    known(org, ask.param(1))?;
    org.linked.remove(&(ask.param(1).to_owned(), user));
    Ok(Answer::done())
}
