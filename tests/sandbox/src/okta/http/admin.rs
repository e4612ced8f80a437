//! `/_sandbox/okta/…`: the simulator's own pages, for people who run it from outside.
//!
//! They are not Okta's: no caller is asked for, nothing is counted, logged or broken here.

use std::{collections::BTreeMap, time::Duration};

use axum::http::Method;
use serde_json::{Value, json};

use crate::{
    Effect, Fault,
    okta::{
        ask::{Answer, Ask},
        server::Shared,
    },
};

/// Answers one of the sandbox's own pages.
pub(crate) fn answer(shared: &Shared, ask: &Ask) -> Answer {
    let body: Value = serde_json::from_slice(&ask.body).unwrap_or(Value::Null);
    match (ask.method.as_str(), ask.path.as_str()) {
        ("GET", "/_sandbox/okta/state") => Answer::ok(state(shared)),
        ("GET", "/_sandbox/okta/snapshot") => Answer::ok(shared.org().snapshot()),
        ("GET", "/_sandbox/okta/writes") => {
            let writes = shared.wire.writes();
            let writes = writes.iter().map(|it| {
                json!({"method": it.method, "path": it.path, "query": it.query, "status": it.status})
            });
            Answer::ok(
                json!({"calls": shared.wire.calls().len(), "writes": writes.collect::<Vec<_>>()}),
            )
        }
        ("DELETE", "/_sandbox/okta/writes") => {
            shared.wire.forget();
            Answer::done()
        }
        ("POST", "/_sandbox/okta/faults") => match fault(&body) {
            Some(it) => {
                shared.wire.inject(it);
                Answer::done()
            }
            None => wrong(
                "a fault is {method?, path_contains, skip?, times?, effect: answer|answer_after|\
                 drop_before|drop_after|delay|truncate|html, status?, body?, ms?, bytes?}",
            ),
        },
        ("DELETE", "/_sandbox/okta/faults") => {
            shared.wire.heal();
            Answer::done()
        }
        ("POST", "/_sandbox/okta/clock") => {
            match body["now"].as_str().and_then(|it| it.parse().ok()) {
                Some(now) => {
                    shared.org().options.clock.set(now);
                    Answer::ok(json!({"now": body["now"]}))
                }
                None => wrong("the clock is {now: an RFC 3339 timestamp}"),
            }
        }
        _ => wrong("the pages are state, snapshot, writes, faults and clock").status(404),
    }
}

fn wrong(text: &str) -> Answer {
    Answer::ok(json!({"error": text})).status(400)
}

fn state(shared: &Shared) -> Value {
    let calls = shared.wire.calls().len();
    let org = shared.org();
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    for user in org.users.values() {
        *users.entry(user.status.word()).or_default() += 1;
    }
    let groups: BTreeMap<&str, usize> =
        org.groups.values().map(|it| (it.name(), it.members.len())).collect();
    let apps: BTreeMap<&str, usize> =
        org.apps.values().map(|it| (it.label.as_str(), it.users.len())).collect();
    json!({
        "now": org.now().to_string(), "calls": calls, "users": users, "groups": groups,
        "apps": apps, "mails": org.mails.len(), "events": org.events.len(),
    })
}

fn fault(body: &Value) -> Option<Fault> {
    let count = |name: &str| body[name].as_u64().and_then(|it| usize::try_from(it).ok());
    let status = body["status"].as_u64().and_then(|it| u16::try_from(it).ok()).unwrap_or(500);
    // The wire builds an answer of it: anything that is not a status would stop the server's task.
    let status = status.clamp(200, 599);
    let text = match &body["body"] {
        Value::String(it) => it.clone(),
        Value::Null => "{}".to_owned(),
        it @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            it.to_string()
        }
    };
    let effect = match body["effect"].as_str()? {
        "answer" => Effect::Answer(status, text),
        "answer_after" => Effect::AnswerAfter(status, text),
        "drop_before" => Effect::DropBefore,
        "drop_after" => Effect::DropAfter,
        "delay" => Effect::Delay(Duration::from_millis(body["ms"].as_u64().unwrap_or(1_000))),
        "truncate" => Effect::Truncate(count("bytes").unwrap_or(0)),
        "html" => Effect::Html,
        _ => return None,
    };
    let method = match body["method"].as_str() {
        Some(it) => Some(Method::from_bytes(it.as_bytes()).ok()?),
        None => None,
    };
    Some(Fault {
        method,
        path_contains: body["path_contains"].as_str().unwrap_or_default().to_owned(),
        skip: count("skip").unwrap_or(0),
        times: count("times").unwrap_or(1),
        effect,
    })
}
