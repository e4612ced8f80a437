//! `/api/v1/users`: create, read, update, delete, and the ways to list.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::groups;
use crate::okta::{
    ask::{Answer, Ask, Flag, Page, after},
    error::Problem,
    filter::{Case, Field, Filter, Operator},
    ids::Id,
    lifecycle::{Answering, Mailing},
    model::{Status, User},
    org::{Org, stamp},
    users::Omitted,
};

const MOST_PER_PAGE: usize = 200;
/// More groups than this cannot be named in a create.
const MOST_GROUPS: usize = 20;

/// A user as lists answer it: only the `self` link.
pub(crate) fn render(user: &User, base: &str) -> Value {
    let User { id, status, profile, has_credentials, provider, transition, .. } = user;
    let mut profile = profile.clone();
    // Okta leaves nulls out, except for these two.
    for name in ["mobilePhone", "secondEmail"] {
        profile.entry(name).or_insert(Value::Null);
    }
    let when = |at: Option<Timestamp>| at.map_or(Value::Null, stamp);
    let mut credentials = json!({"provider": {"type": provider, "name": provider}});
    if *has_credentials {
        credentials["password"] = json!({});
    }
    let mut res = json!({
        "id": &**id,
        "status": status.word(),
        "created": stamp(user.created),
        "activated": when(user.activated),
        "statusChanged": when(user.status_changed),
        "lastLogin": when(user.last_login),
        "lastUpdated": stamp(user.last_updated),
        "passwordChanged": null,
        "type": {"id": TYPE},
        "profile": profile,
        "credentials": credentials,
        "_links": {"self": {"href": format!("{base}/api/v1/users/{id}")}},
    });
    if let Some(it) = transition {
        res["transitioningToStatus"] = json!(it.to.word());
    }
    res
}

/// The id of the org's only user type.
const TYPE: &str = "oty00000000000000001";

/// A user as single reads answer it: with the links recorded for the status. They are neither
/// complete (STAGED has no `deactivate`, which works) nor proof (`suspend` on PROVISIONED).
pub(crate) fn render_one(user: &User, base: &str) -> Value {
    let mut res = render(user, base);
    let offers: &[&str] = match user.status {
        Status::Staged => &["activate"],
        Status::Provisioned => &["deactivate", "reactivate", "resetPassword", "suspend"],
        Status::Active | Status::PasswordExpired => &[
            "changePassword",
            "changeRecoveryQuestion",
            "deactivate",
            "expirePassword",
            "resetFactors",
            "resetPassword",
            "suspend",
        ],
        Status::Suspended => &["deactivate", "unsuspend", "resetFactors"],
        Status::Deprovisioned => &["activate", "delete"],
        Status::Recovery => &["deactivate", "reactivate"],
        Status::LockedOut => &["deactivate", "unlock"],
    };
    let own = format!("{base}/api/v1/users/{}", user.id);
    let links = &mut res["_links"];
    for offer in offers {
        links[*offer] = match *offer {
            "delete" => json!({"href": own, "method": "delete"}),
            "changePassword" => {
                json!({"href": format!("{own}/credentials/change_password"), "method": "POST"})
            }
            "changeRecoveryQuestion" => {
                json!({"href": format!("{own}/credentials/change_recovery_question"), "method": "POST"})
            }
            "expirePassword" => {
                json!({"href": format!("{own}/lifecycle/expire_password"), "method": "POST"})
            }
            "resetFactors" => {
                json!({"href": format!("{own}/lifecycle/reset_factors"), "method": "POST"})
            }
            "resetPassword" => {
                json!({"href": format!("{own}/lifecycle/reset_password"), "method": "POST"})
            }
            other => json!({"href": format!("{own}/lifecycle/{other}"), "method": "POST"}),
        };
    }
    links["schema"] = json!({"href": format!("{base}/api/v1/meta/schemas/user/default")});
    links["type"] = json!({"href": format!("{base}/api/v1/meta/types/user/{TYPE}")});
    res
}

fn etag(user: &User) -> String {
    format!("W/\"{}-{}\"", &user.id[14..], user.revision)
}

fn answer(org: &Org, ask: &Ask, id: &Id) -> Answer {
    let user = &org.users[id];
    Answer::ok(render_one(user, &ask.base)).header("etag", etag(user))
}

pub(crate) fn list(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let render = |user: &User| render(user, &ask.base);
    let rows = org.users.range::<Id, _>(after(ask));
    if let Some(prefix) = ask.query("q") {
        // `q` is for type-ahead boxes: no paging, no deactivated users.
        let limit = ask.limit(10, MOST_PER_PAGE)?;
        let prefix = prefix.to_lowercase();
        let named = |user: &User| {
            ["firstName", "lastName", "email"].iter().any(|name| {
                let value = user.profile.get(*name).and_then(Value::as_str);
                value.is_some_and(|it| it.to_lowercase().starts_with(&prefix))
            })
        };
        let found = rows.map(|(_, user)| user).filter(|it| it.status != Status::Deprovisioned);
        let items = found.filter(|it| named(it)).take(limit).map(render).collect();
        return Ok(Answer::list(ask, items));
    }
    let limit = ask.limit(MOST_PER_PAGE, MOST_PER_PAGE)?;
    let page = if let Some(text) = ask.query("search") {
        let search = Filter::parse(text).map_err(|_| Problem::bad_search())?;
        check_search(org, &search)?;
        match indexed(org, &search) {
            Some(found) => {
                let found = found.filter(|it| search.matches(Case::Insensitive, &field(it)));
                Page::take(found.into_iter().map(|it| (&it.id, it)), limit, render)
            }
            None => {
                let seen = rows.filter_map(|(id, user)| Some((id, org.as_searched(user)?)));
                let found = seen.filter(|(_, it)| search.matches(Case::Insensitive, &field(it)));
                Page::take(found, limit, render)
            }
        }
    } else if let Some(text) = ask.query("filter") {
        let filter = Filter::parse(text).map_err(|_| Problem::bad_search())?;
        check_filter(&filter)?;
        let found = rows.filter(|(_, it)| filter.matches(Case::Sensitive, &field(it)));
        Page::take(found, limit, render)
    } else {
        // The plain list forgets the deactivated: a rehire looks like a new hire.
        let found = rows.filter(|(_, it)| it.status != Status::Deprovisioned);
        Page::take(found, limit, render)
    };
    Ok(Answer::page(ask, page))
}

/// The one user that can match, where an index knows: `Some(None)` when nobody can.
fn indexed<'a>(org: &'a Org, search: &Filter) -> Option<Option<&'a User>> {
    if org.options.search_lag_calls > 0 {
        return None;
    }
    if let Some(id) = search.required("id") {
        return Some(org.users.get(id));
    }
    if let Some(login) = search.required("profile.login") {
        let id = org.logins.get(&crate::okta::org::login_key(login));
        return Some(id.and_then(|it| org.users.get(it)));
    }
    org.schema.unique_names().find_map(|name| {
        let value = search.required(&format!("profile.{name}"))?;
        let id = org.uniques.get(name).and_then(|it| it.get(&value.to_lowercase()));
        Some(id.and_then(|it| org.users.get(it)))
    })
}

/// How filters see a user.
fn field<'a>(user: &'a User) -> impl Fn(&str) -> Field<'a> {
    let time = |at: Option<Timestamp>| at.map_or(Field::Missing, Field::Time);
    move |name| match name {
        "id" => Field::Text(Cow::Borrowed(&user.id)),
        "status" => Field::Text(Cow::Borrowed(user.status.word())),
        "type.id" => Field::Text(Cow::Borrowed(TYPE)),
        "created" => Field::Time(user.created),
        "lastUpdated" => Field::Time(user.last_updated),
        "activated" => time(user.activated),
        "statusChanged" => time(user.status_changed),
        other => match other.strip_prefix("profile.").and_then(|it| user.profile.get(it)) {
            Some(Value::String(it)) => Field::Text(Cow::Borrowed(it)),
            Some(Value::Null) | None => Field::Missing,
            Some(it) => Field::Text(Cow::Owned(it.to_string())),
        },
    }
}

const STAMPS: [&str; 4] = ["created", "lastUpdated", "activated", "statusChanged"];
const NAMES: [&str; 4] =
    ["profile.firstName", "profile.lastName", "profile.email", "profile.login"];

fn check_search(org: &Org, search: &Filter) -> Result<(), Problem> {
    for it in search.comparisons() {
        let attribute = it.attribute.as_str();
        let is_known = match attribute.strip_prefix("profile.") {
            Some(name) => org.schema.definition(name).is_some(),
            None => matches!(attribute, "id" | "status" | "type.id") || STAMPS.contains(&attribute),
        };
        let is_allowed = match it.operator {
            Operator::Ne => false,
            Operator::Co => NAMES.contains(&attribute),
            Operator::Eq
            | Operator::Sw
            | Operator::Pr
            | Operator::Gt
            | Operator::Ge
            | Operator::Lt
            | Operator::Le => true,
        };
        if !is_known || !is_allowed {
            return Err(Problem::bad_search());
        }
    }
    Ok(())
}

fn check_filter(filter: &Filter) -> Result<(), Problem> {
    for it in filter.comparisons() {
        let attribute = it.attribute.as_str();
        let is_allowed = match it.operator {
            Operator::Eq => {
                matches!(attribute, "id" | "status" | "lastUpdated") || NAMES.contains(&attribute)
            }
            Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le => attribute == "lastUpdated",
            Operator::Ne | Operator::Sw | Operator::Co | Operator::Pr => false,
        };
        if !is_allowed {
            return Err(Problem::bad_search());
        }
    }
    Ok(())
}

pub(crate) fn create(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let body = ask.object()?;
    let profile = profile_of(&body)?;
    let groups: Vec<Id> = match body.get("groupIds") {
        Some(Value::Array(them)) => them.iter().filter_map(Value::as_str).map(Id::from).collect(),
        Some(_) | None => Vec::new(),
    };
    if groups.len() > MOST_GROUPS {
        return Err(Problem::new(400, "E0000093", "Target count limit exceeded"));
    }
    let credentials = body.get("credentials").unwrap_or(&Value::Null);
    let has_password = !credentials["password"].is_null();
    // Without `provider=true` the provider block is ignored, and nobody says so.
    let is_federated = ask.flag("provider", Flag::No)
        && matches!(credentials["provider"]["type"].as_str(), Some("FEDERATION" | "SOCIAL"));
    if is_federated && has_password {
        return Err(Problem::invalid("password", "password: Not allowed for federated users"));
    }
    let activate = ask.flag("activate", Flag::Yes);
    if ask.query("nextLogin") == Some("changePassword") {
        let start =
            "Could not create user. To create a user and expire their password immediately,";
        if !has_password {
            let text = format!("{start} a password must be specified");
            return Err(Problem::new(400, "E0000124", text));
        }
        if !activate {
            let text = format!("{start} \"activate\" must be true");
            return Err(Problem::new(400, "E0000125", text));
        }
    }
    let id = org.create(profile, &groups)?;
    if let Some(user) = org.users.get_mut(&id) {
        user.has_credentials = has_password || is_federated;
        user.provider = if is_federated { "FEDERATION" } else { "OKTA" };
    }
    if activate {
        // The default: a joiner without a password gets a mail at once, wanted or not.
        org.activate(&id, Mailing::Sent)?;
        if ask.query("nextLogin") == Some("changePassword") {
            org.set_status(&id, Status::PasswordExpired);
        }
    }
    Ok(answer(org, ask, &id))
}

fn profile_of(body: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    match body.get("profile") {
        Some(Value::Object(it)) => Ok(it.clone()),
        Some(_) | None => Err(Problem::bad_body()),
    }
}

pub(crate) fn get(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    org.polled(&id);
    Ok(answer(org, ask, &id))
}

pub(crate) fn update(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    save(org, ask, Omitted::Stays)
}

pub(crate) fn replace(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    save(org, ask, Omitted::Goes)
}

fn save(org: &mut Org, ask: &Ask, omitted: Omitted) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    if let Some(wanted) = ask.header("if-match")
        && wanted != "*"
        && wanted != etag(&org.users[&id])
    {
        return Err(Problem::new(412, "E0000231", "ETag value doesn't match."));
    }
    let body = ask.object()?;
    match (body.get("profile"), omitted) {
        (Some(Value::Object(profile)), _) => org.update(&id, profile, omitted)?,
        // Credentials alone may be posted; a PUT without a profile would delete all of it.
        (None, Omitted::Stays) => {}
        (Some(_), _) | (None, Omitted::Goes) => return Err(Problem::bad_body()),
    }
    if body.get("credentials").is_some_and(|it| !it["password"].is_null()) {
        org.change(&id, |user, _| user.has_credentials = true);
    }
    Ok(answer(org, ask, &id))
}

/// The first DELETE deactivates, the second deletes.
pub(crate) fn delete(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    if org.users[&id].status == Status::Deprovisioned {
        org.erase(&id);
    } else {
        let mailing =
            if ask.flag("sendEmail", Flag::No) { Mailing::Sent } else { Mailing::Withheld };
        org.deactivate(&id, mailing, answering(ask))?;
    }
    Ok(Answer::done())
}

pub(crate) fn answering(ask: &Ask) -> Answering {
    match ask.header("prefer") {
        Some(it) if it.contains("respond-async") => Answering::Early,
        Some(_) | None => Answering::WhenDone,
    }
}

pub(crate) fn groups(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    let groups = org.shown_groups(&id);
    let items = groups
        .into_iter()
        .filter_map(|it| org.groups.get(it))
        .map(|it| groups::render(it, &ask.base))
        .collect();
    Ok(Answer::list(ask, items))
}

pub(crate) fn app_links(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    let apps = org.apps_of_user.get(&id).into_iter().flatten().filter_map(|it| org.apps.get(it));
    let items = apps
        .filter(|it| it.is_active)
        .map(|app| {
            json!({
                "id": format!("{}-{}", &app.id, &id), "label": app.label,
                "linkUrl": format!("{}/home/{}", ask.base, app.id), "logoUrl": null,
                "appName": app.label.to_lowercase().replace(' ', "_"),
                "appInstanceId": &*app.id, "appAssignmentId": format!("0ua{}", &id[3..]),
                "credentialsSetup": false, "hidden": false, "sortOrder": 0,
            })
        })
        .collect();
    Ok(Answer::list(ask, items))
}
