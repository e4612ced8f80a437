//! What the stories about departments, managers, tiers and drift have in common.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};
use rollcall::{
    deciders::report::Report,
    doors::ledger::PlanState,
    words::{action::Outcome, finding::FindingCode},
};
use rollcall_sandbox::{
    company::OrgUnit,
    okta::Status,
    town::{OKTA_TOKEN, Options},
};
use rollcall_tests::{FIRST_DAY, World};
use serde_json::Value;

/// Thirty people in line with the example policy, of which a part is written otherwise.
pub async fn settled_with(edits: &[(&str, &str)]) -> World {
    World::settled_with(Options::new(30, 7, FIRST_DAY), |policy| edited(policy, edits)).await
}

/// The policy with one text after the other in the place of another, which must be there.
pub fn edited(policy: String, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(policy, |policy, (from, to)| {
        assert!(policy.contains(from), "the example policy does not say {from:?}");
        policy.replace(from, to)
    })
}

/// A group may lose one person at once, and no more.
pub const TIGHT: (&str, &str) =
    ("group-shrinks: {percent: 30, floor: 3}", "group-shrinks: {most: 1, percent: 30, floor: 1}");

/// Departments called by their code instead of their name.
pub const BY_CODE: (&str, &str) = ("Department {it.name}", "Department {it.code}");

/// The employees of a department who have an open account, by id.
pub fn people_in(world: &World, department: &str) -> Vec<String> {
    let mut ids: Vec<String> = world.hr(|company| {
        let today = company.today();
        let here = company.people_here_on(today);
        let ours = here.filter(|it| it.department_code == Some(department) && !it.is_contractor);
        ours.map(|it| it.person_id.to_owned()).collect()
    });
    ids.retain(|it| world.find(it).is_some_and(|it| it.status == Status::Active));
    ids.sort();
    ids
}

/// The logins in a group.
pub fn members(world: &World, group: &str) -> BTreeSet<String> {
    world.town.okta.org().members_of(group)
}

/// Okta's id of a group; "" when there is none.
pub fn group_id(world: &World, group: &str) -> String {
    let org = world.town.okta.org();
    org.group_by_name(group).map_or_else(String::new, |it| it.id.to_string())
}

/// Opens a department in HR.
pub fn open_department(world: &World, code: &str, name: &str) {
    world.hr(|company| {
        company.org_units.push(OrgUnit {
            level: 2,
            code: code.to_owned(),
            description: name.to_owned(),
            is_active: true,
        });
    });
}

/// Approves everything that a run held back.
pub async fn approve(world: &World, report: &Report) {
    assert!(!report.held.is_empty(), "nothing to approve:\n{report}");
    let now: Timestamp = (world.office.clock)();
    for held in &report.held {
        let ledger = &world.office.ledger;
        let said = ledger.approve_plan(&held.plan, "dana", "HR says so", now, now + 1.hours());
        said.await.expect("it waits");
    }
}

/// Approves everything that waits, whichever run held it back.
pub async fn approve_all(world: &World) {
    let (ledger, now): (_, Timestamp) = (&world.office.ledger, (world.office.clock)());
    let plans = ledger.plans(now).await.expect("the ledger can be read");
    for plan in plans.iter().filter(|it| it.state == PlanState::Held) {
        let said = ledger.approve_plan(&plan.id, "dana", "looked at", now, now + 1.hours());
        said.await.expect("it waits");
    }
}

/// What a run did to groups and policies, a line each.
pub fn org_steps(report: &Report) -> Vec<String> {
    let steps = report.org_steps.iter();
    steps.map(|it| format!("{} {}: {}", it.kind, it.outcome, it.target)).collect()
}

/// The findings of one code, a line each.
pub fn found(report: &Report, code: FindingCode) -> Vec<String> {
    let found = report.findings.iter().filter(|it| it.code == code);
    found.map(|it| format!("{}: {}", it.subject, it.detail)).collect()
}

/// Steps that were taken for people, a line each.
pub fn taken(report: &Report) -> Vec<String> {
    let steps = report.steps.iter().filter(|it| it.outcome == Outcome::Verified);
    let target = |it: &Option<String>| it.as_ref().map_or(String::new(), |it| format!(" {it}"));
    steps.map(|it| format!("{} {}{}", it.person, it.kind, target(&it.target))).collect()
}

/// The messages that were sent since, with `word` in them.
pub fn mail_about(world: &World, before: &[String], word: &str) -> Vec<String> {
    let news = world.mail().into_iter().filter(|it| !before.contains(it));
    news.filter(|it| it.contains(word)).collect()
}

/// A text with what differs from policy to policy taken out.
pub fn plain(text: &str, report: &Report) -> String {
    let mut res = text.replace(report.run.as_str(), "RUN");
    for held in &report.held {
        res = res.replace(held.plan.as_str(), "PLAN");
    }
    // The line of a rule changes with every comment above it.
    let mut parts = res.split("(line ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |res, part| {
        format!("{res}(line N{}", part.trim_start_matches(|it: char| it.is_ascii_digit()))
    })
}

/// Calls the simulated Okta as an administrator's script would.
pub async fn ask_okta(world: &World, method: &str, path: &str, body: Option<Value>) -> Value {
    let method = method.parse().expect("stories name real methods");
    let url = format!("{}{path}", world.town.okta.base_url());
    let mut request = reqwest::Client::new()
        .request(method, url)
        .header("authorization", format!("SSWS {OKTA_TOKEN}"));
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let answer = request.send().await.expect("the simulator answers");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let text = answer.text().await.expect("answers are text");
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
}

/// How often a run wrote to paths with `part` in them, by method.
pub fn writes(world: &World, method: &str, part: &str) -> usize {
    let writes = world.town.okta.wire().writes();
    writes.iter().filter(|it| it.method == method && it.path.contains(part)).count()
}
