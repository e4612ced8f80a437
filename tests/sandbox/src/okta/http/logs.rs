//! `/api/v1/logs`: the System Log.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::okta::{
    ask::{Answer, Ask, Page},
    error::Problem,
    model::Event,
    org::{Org, stamp},
};

/// `since` further back than this is an error; entries live for 90 days.
const OLDEST_SINCE_DAYS: i64 = 180;

fn render(at: usize, event: &Event) -> Value {
    let targets: Vec<Value> = event
        .targets
        .iter()
        .map(|(kind, id)| json!({"id": &**id, "type": kind, "alternateId": null, "displayName": null}))
        .collect();
    json!({
        "uuid": format!("00000000-0000-4000-8000-{at:012x}"), "version": "0", "severity": "INFO",
        "published": stamp(event.published), "eventType": event.kind,
        "displayMessage": event.kind, "outcome": {"result": "SUCCESS", "reason": null},
        "actor": {"id": event.actor, "type": "PublicClientApp", "alternateId": event.actor,
                  "displayName": event.actor},
        "target": targets, "transaction": {"type": "WEB", "id": event.request, "detail": {}},
        "debugContext": {"debugData": {"requestId": event.request}},
    })
}

pub(crate) fn list(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let limit = match ask.query("limit") {
        Some("0") => 0,
        Some(_) | None => ask.limit(100, 1_000)?,
    };
    let time = |name: &str| match ask.query(name) {
        Some(it) => it
            .parse::<Timestamp>()
            .map(Some)
            .map_err(|_| Problem::invalid(name, format!("{name}: not a timestamp"))),
        None => Ok(None),
    };
    let (since, until) = (time("since")?, time("until")?);
    // Without `since` Okta looks back seven days.
    let now = org.now();
    let since = since.unwrap_or(now - SignedDuration::from_hours(7 * 24));
    if now.duration_since(since) > SignedDuration::from_hours(OLDEST_SINCE_DAYS * 24) {
        return Err(Problem::invalid("since", "since: too far in the past"));
    }
    let kind = ask.query("filter").and_then(|it| it.strip_prefix("eventType eq "));
    let kind = kind.map(|it| it.trim_matches('"'));
    let descending = ask.query("sortOrder") == Some("DESCENDING");
    let cursor: Option<usize> = match ask.query("after") {
        Some(it) => Some(it.parse().map_err(|_| Problem::bad_page())?),
        None => None,
    };
    let is_meant = |event: &Event| {
        event.published >= since
            && until.is_none_or(|it| event.published < it)
            && kind.is_none_or(|it| it == event.kind)
    };
    let all = org.events.iter().enumerate();
    let found: Box<dyn Iterator<Item = (usize, &Event)>> = if descending {
        Box::new(all.rev().skip_while(move |(at, _)| cursor.is_some_and(|it| *at >= it)))
    } else {
        Box::new(all.skip(cursor.unwrap_or(0)))
    };
    let page: Vec<(usize, &Event)> = found.filter(|(_, it)| is_meant(it)).take(limit + 1).collect();
    let has_more = page.len() > limit;
    let shown = &page[..page.len().min(limit)];
    let items = shown.iter().map(|(at, it)| render(*at, it)).collect();
    // The cursor is the place of the next entry to read; going down, of the last one read.
    let last = shown.last().map(|(at, _)| if descending { *at } else { at + 1 });
    // A poller (no `until`) always gets a next link: what comes later comes behind it.
    let is_polling = until.is_none() && !descending;
    let next = match (has_more, is_polling) {
        (true, _) => last.or(cursor),
        (false, true) => Some(org.events.len()),
        (false, false) => None,
    };
    let next = next.map(|it| it.to_string());
    Ok(Answer::page(ask, Page { items, next }))
}
