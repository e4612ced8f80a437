//! Events for a SIEM: OCSF 1.8.0 (<https://schema.ocsf.io/1.8.0/>), category 3, Identity & Access
//! Management, one JSON object a step.

use serde_json::{Map, Value, json};

use super::{
    event::OrgEvent,
    record::{Deed, Record, Step},
};
use crate::words::{
    action::{Kind, Outcome},
    ids::OktaUserId,
};

/// The version of the schema that is written.
pub const SCHEMA: &str = "1.8.0";

/// A class of the schema with one of its activities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Class {
    uid: u32,
    name: &'static str,
    activity: u32,
    activity_name: &'static str,
    /// What the object of the step is.
    object: Object,
}

/// Where the object of a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    /// The user alone.
    User,
    /// The user as the managed entity.
    Entity,
    /// A group, with the user.
    Group,
    /// A privilege of the user: an app, or what the word says.
    Privilege(&'static str),
}

/// The class map. Suspend has no activity in Account Change, so it is Entity Management's.
const fn class_of(kind: Kind) -> Class {
    const fn account(activity: u32, activity_name: &'static str) -> Class {
        Class { uid: 3001, name: "Account Change", activity, activity_name, object: Object::User }
    }
    const fn entity(activity: u32, activity_name: &'static str) -> Class {
        let object = Object::Entity;
        Class { uid: 3004, name: "Entity Management", activity, activity_name, object }
    }
    const fn access(activity: u32, activity_name: &'static str, what: &'static str) -> Class {
        let object = Object::Privilege(what);
        Class { uid: 3005, name: "User Access Management", activity, activity_name, object }
    }
    const fn group(activity: u32, activity_name: &'static str) -> Class {
        Class {
            uid: 3006,
            name: "Group Management",
            activity,
            activity_name,
            object: Object::Group,
        }
    }
    match kind {
        Kind::Create => account(1, "Create"),
        Kind::Adopt => account(99, "Adopt"),
        Kind::Activate | Kind::Reactivate => account(2, "Enable"),
        Kind::Deactivate => account(5, "Disable"),
        Kind::Suspend => entity(12, "Suspend"),
        Kind::Unsuspend => entity(13, "Resume"),
        Kind::SaveUndo => entity(99, "Save for undo"),
        Kind::Archive => entity(99, "Archive"),
        Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RenameLogin
        | Kind::RenameGroup
        | Kind::RepairPolicy => entity(3, "Update"),
        Kind::EndSessions => access(2, "Revoke Privileges", "sessions and tokens"),
        Kind::RevokeGrants => access(2, "Revoke Privileges", "OAuth grants"),
        Kind::AssignApp => access(1, "Assign Privileges", "app"),
        Kind::UnassignApp => access(2, "Revoke Privileges", "app"),
        Kind::JoinGroup | Kind::RaiseTier | Kind::LowerTier => group(3, "Add User"),
        Kind::LeaveGroup => group(4, "Remove User"),
        Kind::CreateGroup => group(6, "Create"),
    }
}

/// Every step of a record whose outcome is known, one JSON object a line.
pub fn lines(record: &Record) -> String {
    let mut res = String::new();
    let steps = record
        .deeds
        .iter()
        .flat_map(|deed| deed.steps().filter_map(move |step| of_step(deed, step)));
    for it in steps.chain(record.org.iter().filter_map(of_org)) {
        res.push_str(&it.to_string());
        res.push('\n');
    }
    res
}

fn of_step(deed: &Deed, step: Step<'_>) -> Option<Value> {
    let settled = step.settled?;
    let it = &deed.intended;
    let class = class_of(step.intended.kind);
    let target = step.intended.target.as_deref().unwrap_or("none");
    let mut user = json!({ "uid_alt": it.person.as_str() });
    let uid = deed.user.as_ref().map_or(it.person.as_str(), OktaUserId::as_str);
    user["uid"] = uid.into();
    if let Some(facts) = &deed.facts {
        for (key, value) in [("name", &facts.login), ("full_name", &facts.name)] {
            if !value.is_empty() {
                user[key] = value.as_str().into();
            }
        }
    }
    let mut res = head(class, step.intended.kind, settled.at.as_millisecond(), settled.outcome);
    res.insert("message".to_owned(), it.because.as_str().into());
    match class.object {
        Object::User => {
            res.insert("user".to_owned(), user);
        }
        Object::Entity => {
            let entity = json!({ "uid": uid, "type": "User", "user": user });
            res.insert("entity".to_owned(), entity);
        }
        Object::Group => {
            res.insert("group".to_owned(), json!({ "name": target }));
            res.insert("user".to_owned(), user);
        }
        Object::Privilege(what) => {
            let what = if what == "app" { format!("app: {target}") } else { what.to_owned() };
            res.insert("privileges".to_owned(), json!([what]));
            res.insert("user".to_owned(), user);
        }
    }
    if let Some(detail) = &settled.detail {
        res.insert("status_detail".to_owned(), detail.as_str().into());
    }
    let hr = &it.hr;
    let shown = |at: Option<jiff::Timestamp>| at.map(|it| it.to_string());
    res.insert(
        "unmapped".to_owned(),
        json!({
            "person_id": it.person.as_str(),
            "plan_hash": it.plan,
            "policy_hash": it.policy.as_str(),
            "rule": step.intended.cause,
            "target": step.intended.target,
            "okta_request_id": settled.request_id,
            "verified_at": shown(step.read_back.filter(|_| step.is_verified())),
            "approved_by": it.approvals.iter().map(|it| it.by.as_str()).collect::<Vec<_>>(),
            "hr_entered_at": shown(hr.entered),
            "hr_effective_at": shown(hr.effective),
            "seen_at": shown(hr.seen),
            "time_zone": hr.zone,
        }),
    );
    identify(&mut res, it.run.as_str(), step.intended.seq, "", step.intended.kind);
    Some(Value::Object(res))
}

fn of_org(it: &OrgEvent) -> Option<Value> {
    let outcome = it.outcome?;
    let class = class_of(it.kind);
    let mut res = head(class, it.kind, it.at.as_millisecond(), outcome);
    res.insert("message".to_owned(), it.cause.as_str().into());
    match class.object {
        Object::Group => {
            res.insert("group".to_owned(), json!({ "name": it.target }));
        }
        Object::User | Object::Entity | Object::Privilege(_) => {
            let kind = if it.kind == Kind::RepairPolicy { "Policy" } else { "Group" };
            let entity = json!({ "name": it.target, "type": kind });
            res.insert("entity".to_owned(), entity);
        }
    }
    res.insert(
        "unmapped".to_owned(),
        json!({
            "plan_hash": it.plan,
            "policy_hash": it.policy.as_str(),
            "okta_request_id": it.request_id,
        }),
    );
    identify(&mut res, it.run.as_str(), it.seq, "org-", it.kind);
    Some(Value::Object(res))
}

fn head(class: Class, kind: Kind, time: i64, outcome: Outcome) -> Map<String, Value> {
    let (status_id, status) = match outcome {
        Outcome::Verified | Outcome::Done => (1, "Success"),
        Outcome::Failed => (2, "Failure"),
        Outcome::Skipped | Outcome::Planned | Outcome::Held => (99, outcome.as_str()),
    };
    let closes = matches!(kind, Kind::Suspend | Kind::Deactivate);
    let (severity_id, severity) = match (outcome, closes) {
        (Outcome::Failed, true) => (4, "High"),
        (Outcome::Failed, false) => (3, "Medium"),
        (
            Outcome::Verified | Outcome::Done | Outcome::Skipped | Outcome::Planned | Outcome::Held,
            _,
        ) => (1, "Informational"),
    };
    let Class { uid, name, activity, activity_name, object: _ } = class;
    let all = json!({
        "category_uid": 3,
        "category_name": "Identity & Access Management",
        "class_uid": uid,
        "class_name": name,
        "activity_id": activity,
        "activity_name": activity_name,
        "type_uid": u64::from(uid) * 100 + u64::from(activity),
        "type_name": format!("{name}: {activity_name}"),
        "time": time,
        "timezone_offset": 0,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "actor": { "app_name": "Rollcall" },
    });
    match all {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

fn identify(res: &mut Map<String, Value>, run: &str, seq: u32, part: &str, kind: Kind) {
    res.insert(
        "metadata".to_owned(),
        json!({
            "version": SCHEMA,
            "product": {
                "name": "Rollcall",
                "vendor_name": "Rollcall",
                "version": env!("CARGO_PKG_VERSION"),
            },
            "uid": format!("{run}/{part}{seq}"),
            "correlation_uid": run,
            "event_code": kind.as_str(),
            "log_name": "audit",
        }),
    );
}
