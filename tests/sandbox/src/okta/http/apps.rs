//! `/api/v1/apps`: reading applications, giving and taking them.

use serde_json::{Value, json};

use crate::okta::{
    ask::{Answer, Ask, Page, after},
    error::Problem,
    ids::Id,
    model::{App, AppGroup, AppUser, Status},
    org::{Org, stamp},
};

pub(crate) fn render(app: &App, base: &str) -> Value {
    let own = format!("{base}/api/v1/apps/{}", app.id);
    json!({
        "id": &*app.id, "name": app.label.to_lowercase().replace(' ', "_"), "label": app.label,
        "status": if app.is_active { "ACTIVE" } else { "INACTIVE" },
        "created": stamp(app.created), "lastUpdated": stamp(app.created),
        "signOnMode": "SAML_2_0", "features": [],
        "_links": {"users": {"href": format!("{own}/users")}, "groups": {"href": format!("{own}/groups")}},
    })
}

fn render_user(id: &Id, user: &AppUser, status: Status, base: &str, app: &App) -> Value {
    // Single sign-on assignments have no id in the target application.
    json!({
        "id": &**id, "externalId": null, "created": stamp(user.created),
        "lastUpdated": stamp(user.created), "scope": user.scope.word(),
        "status": if status == Status::Suspended { "SUSPENDED" } else { "ACTIVE" },
        "statusChanged": stamp(user.created), "syncState": "DISABLED", "profile": user.profile,
        "_links": {
            "app": {"href": format!("{base}/api/v1/apps/{}", app.id)},
            "user": {"href": format!("{base}/api/v1/users/{id}")},
        },
    })
}

fn render_group(id: &Id, group: &AppGroup) -> Value {
    json!({
        "id": &**id, "lastUpdated": stamp(group.last_updated), "priority": group.priority,
        "profile": {},
    })
}

fn find(org: &Org, ask: &Ask) -> Result<Id, Problem> {
    Ok(org.app(ask.param(0))?.id.clone())
}

pub(crate) fn list(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let limit = ask.limit(20, 200)?;
    let prefix = ask.query("q").map(str::to_lowercase);
    let is_meant =
        |app: &App| prefix.as_ref().is_none_or(|it| app.label.to_lowercase().starts_with(it));
    let apps = org.apps.range::<Id, _>(after(ask)).filter(|(_, it)| is_meant(it));
    Ok(Answer::page(ask, Page::take(apps, limit, |it| render(it, &ask.base))))
}

pub(crate) fn get(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    Ok(Answer::ok(render(org.app(ask.param(0))?, &ask.base)))
}

pub(crate) fn users(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = org.app(ask.param(0))?;
    let limit = ask.limit(50, 500)?;
    let users = app
        .users
        .range::<Id, _>(after(ask))
        .filter_map(|(id, it)| Some((id, (id, it, org.users.get(id)?.status))));
    let render =
        |(id, it, status): (&Id, &AppUser, Status)| render_user(id, it, status, &ask.base, app);
    Ok(Answer::page(ask, Page::take(users, limit, render)))
}

pub(crate) fn user(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = find(org, ask)?;
    one(org, ask, &app, ask.param(1))
}

fn one(org: &Org, ask: &Ask, app: &Id, user: &str) -> Result<Answer, Problem> {
    let app = &org.apps[app];
    let missing = || Problem::not_found(user, "AppUser");
    let (id, it) = app.users.get_key_value(user).ok_or_else(missing)?;
    let status = org.users.get(id).map(|it| it.status).ok_or_else(missing)?;
    Ok(Answer::ok(render_user(id, it, status, &ask.base, app)))
}

pub(crate) fn assign_user(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = find(org, ask)?;
    let body = ask.object()?;
    let user = body.get("id").and_then(Value::as_str).ok_or_else(Problem::bad_body)?;
    let user = org.find_id(user)?;
    if org.users[&user].status == Status::Deprovisioned {
        // That this is refused is plausible and not confirmed.
        return Err(Problem::wrong_status());
    }
    let profile = body.get("profile").cloned().unwrap_or_else(|| json!({}));
    org.assign_app(&app, &user, profile)?;
    one(org, ask, &app, &user)
}

pub(crate) fn unassign_user(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = find(org, ask)?;
    let user = org.find_id(ask.param(1))?;
    org.unassign_app(&app, &user)?;
    Ok(Answer::done())
}

pub(crate) fn groups(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = org.app(ask.param(0))?;
    let limit = ask.limit(20, 200)?;
    let groups = app.groups.range::<Id, _>(after(ask)).map(|(id, it)| (id, (id, it)));
    Ok(Answer::page(ask, Page::take(groups, limit, |(id, it)| render_group(id, it))))
}

pub(crate) fn group(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = org.app(ask.param(0))?;
    let found = app.groups.get_key_value(ask.param(1));
    let (id, it) = found.ok_or_else(|| Problem::not_found(ask.param(1), "ApplicationGroup"))?;
    Ok(Answer::ok(render_group(id, it)))
}

pub(crate) fn assign_group(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = find(org, ask)?;
    let group = org.group(ask.param(1))?.id.clone();
    let priority = ask.json()?["priority"].as_u64();
    org.assign_group(&app, &group, priority);
    Ok(Answer::ok(render_group(&group, &org.apps[&app].groups[&group])))
}

pub(crate) fn unassign_group(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let app = find(org, ask)?;
    let found = org.apps[&app].groups.get_key_value(ask.param(1)).map(|(id, _)| id.clone());
    let group = found.ok_or_else(|| Problem::not_found(ask.param(1), "ApplicationGroup"))?;
    org.unassign_group(&app, &group);
    Ok(Answer::done())
}
