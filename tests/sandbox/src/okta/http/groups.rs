//! `/api/v1/groups`: groups and their members.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{apps, users};
use crate::okta::{
    ask::{Answer, Ask, Page, after},
    error::Problem,
    filter::{Case, Field, Filter, Operator},
    ids::Id,
    model::{Group, GroupKind, Source, Status},
    org::{Org, stamp},
};

/// A group as lists and single reads answer it.
pub(crate) fn render(group: &Group, base: &str) -> Value {
    let mut profile = group.profile.clone();
    profile.entry("description").or_insert(Value::Null);
    let own = format!("{base}/api/v1/groups/{}", group.id);
    json!({
        "id": &*group.id,
        "created": stamp(group.created),
        "lastUpdated": stamp(group.last_updated),
        "lastMembershipUpdated": stamp(group.last_membership_updated),
        "objectClass": ["okta:user_group"],
        "type": group.kind.word(),
        "profile": profile,
        "_links": {"users": {"href": format!("{own}/users")}, "apps": {"href": format!("{own}/apps")}},
    })
}

pub(crate) fn list(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let with_stats = ask.query("expand").is_some_and(|it| it.split(',').any(|it| it == "stats"));
    let render = |group: &Group| {
        let mut res = render(group, &ask.base);
        if with_stats {
            res["_embedded"] = json!({"stats": {
                "usersCount": group.members.len(), "appsCount": group.apps.len(),
                "groupPushMappingsCount": 0, "hasAdminPrivilege": false,
            }});
        }
        res
    };
    let rows = org.groups.range::<Id, _>(after(ask));
    if let Some(prefix) = ask.query("q") {
        let limit = ask.limit(300, 10_000)?;
        let prefix = prefix.to_lowercase();
        let found = rows.filter(|(_, it)| it.name().to_lowercase().starts_with(&prefix));
        let items = found.take(limit).map(|(_, it)| render(it)).collect();
        return Ok(Answer::list(ask, items));
    }
    let limit = ask.limit(10_000, 10_000)?;
    let (text, case) = match (ask.query("search"), ask.query("filter")) {
        (Some(it), _) => (it, Case::Insensitive),
        (None, Some(it)) => (it, Case::Sensitive),
        (None, None) => return Ok(Answer::page(ask, Page::take(rows, limit, render))),
    };
    let filter = Filter::parse(text).map_err(|_| Problem::bad_search())?;
    check(&filter, case)?;
    let by_name = filter.required("profile.name").filter(|_| case == Case::Sensitive);
    if let Some(name) = by_name {
        let group = org.group_names.get(name).and_then(|it| org.groups.get(it));
        let found = group.filter(|it| filter.matches(case, &field(it)));
        return Ok(Answer::list(ask, found.into_iter().map(render).collect()));
    }
    let found = rows.filter(|(_, it)| filter.matches(case, &field(it)));
    Ok(Answer::page(ask, Page::take(found, limit, render)))
}

fn field<'a>(group: &'a Group) -> impl Fn(&str) -> Field<'a> {
    move |name| match name {
        "id" => Field::Text(Cow::Borrowed(&group.id)),
        "type" => Field::Text(Cow::Borrowed(group.kind.word())),
        "created" => Field::Time(group.created),
        "lastUpdated" => Field::Time(group.last_updated),
        "lastMembershipUpdated" => Field::Time(group.last_membership_updated),
        other => match other.strip_prefix("profile.").and_then(|it| group.profile.get(it)) {
            Some(Value::String(it)) => Field::Text(Cow::Borrowed(it)),
            Some(_) | None => Field::Missing,
        },
    }
}

fn check(filter: &Filter, case: Case) -> Result<(), Problem> {
    for it in filter.comparisons() {
        let is_known = match it.attribute.as_str() {
            "id" | "type" | "lastUpdated" | "lastMembershipUpdated" => true,
            "created" => case == Case::Insensitive,
            other => case == Case::Insensitive && other.starts_with("profile."),
        };
        if !is_known || it.operator == Operator::Ne {
            return Err(Problem::bad_search());
        }
    }
    Ok(())
}

fn profile_of(ask: &Ask) -> Result<Map<String, Value>, Problem> {
    let body = ask.object()?;
    let Some(Value::Object(profile)) = body.get("profile") else { return Err(Problem::bad_body()) };
    let name = profile.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(Problem::invalid("name", "name: The field cannot be left blank"));
    }
    Ok(profile.clone())
}

/// Whether a duplicate is 409 E0000055 or 400 E0000001 is not confirmed.
fn check_name(org: &Org, name: &str, own: Option<&Id>) -> Result<(), Problem> {
    match org.group_names.get(name) {
        Some(it) if Some(it) != own && org.options.unconfirmed.duplicate_group_is_invalid => {
            let cause =
                "name: An object with this field already exists in the current organization";
            Err(Problem::invalid("name", cause))
        }
        Some(it) if Some(it) != own => Err(Problem::new(409, "E0000055", "Duplicate group.")),
        Some(_) | None => Ok(()),
    }
}

fn name_of(profile: &Map<String, Value>) -> &str {
    profile.get("name").and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn create(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let profile = profile_of(ask)?;
    check_name(org, name_of(&profile), None)?;
    let id = org.ids.next("00g");
    org.insert_group(id.clone(), GroupKind::Okta, profile);
    org.note("group.lifecycle.create", vec![("UserGroup", id.clone())]);
    Ok(Answer::ok(render(&org.groups[&id], &ask.base)))
}

pub(crate) fn get(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    Ok(Answer::ok(render(org.group(ask.param(0))?, &ask.base)))
}

pub(crate) fn replace(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.open_group(ask.param(0))?;
    let profile = profile_of(ask)?;
    check_name(org, name_of(&profile), Some(&id))?;
    let now = org.now();
    let Some(group) = org.groups.get_mut(&id) else { return Err(Problem::forbidden()) };
    org.group_names.remove(group.name());
    group.profile = profile;
    group.last_updated = now;
    org.group_names.insert(group.name().to_owned(), id.clone());
    org.note("group.profile.update", vec![("UserGroup", id.clone())]);
    Ok(Answer::ok(render(&org.groups[&id], &ask.base)))
}

pub(crate) fn delete(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.open_group(ask.param(0))?;
    org.erase_group(&id);
    Ok(Answer::done())
}

pub(crate) fn members(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let group = org.group(ask.param(0))?;
    let limit = ask.limit(1_000, 1_000)?;
    let hides = org.options.unconfirmed.member_lists_hide_deprovisioned;
    let members = org
        .shown_members(&group.id, after(ask))
        .filter_map(|id| Some((id, org.users.get(id)?)))
        .filter(|(_, user)| !hides || user.status != Status::Deprovisioned);
    Ok(Answer::page(ask, Page::take(members, limit, |it| users::render(it, &ask.base))))
}

pub(crate) fn add_member(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let group = org.open_group(ask.param(0))?;
    let user = org.find_id(ask.param(1))?;
    org.add_member(&group, &user)?;
    Ok(Answer::done())
}

pub(crate) fn remove_member(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let group = org.open_group(ask.param(0))?;
    let user = org.find_id(ask.param(1))?;
    org.remove_member(&group, &user)?;
    Ok(Answer::done())
}

/// Which rules hold a member. The path is in Okta's file, its answer is not: the shape is a guess.
pub(crate) fn holding_rules(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let group = org.group(ask.param(0))?;
    let rules = match group.members.get(ask.param(1)) {
        Some(Source::Rules(them)) => them.iter().filter_map(|it| org.rules.get(it)).collect(),
        Some(Source::Direct) | None => Vec::new(),
    };
    let items = rules.into_iter().map(super::rules::render).collect();
    Ok(Answer::list(ask, items))
}

pub(crate) fn apps(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let group = org.group(ask.param(0))?;
    let limit = ask.limit(20, 200)?;
    let apps = group.apps.range::<Id, _>(after(ask)).filter_map(|id| Some((id, org.apps.get(id)?)));
    Ok(Answer::page(ask, Page::take(apps, limit, |it| apps::render(it, &ask.base))))
}
