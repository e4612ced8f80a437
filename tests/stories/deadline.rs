//! Runs whose time is up before their work is done: a Lambda function has fifteen minutes.
//!
//! Time passes here by a second for every person who is done, whatever the machine does. The
//! reorganization is small unless `ROLLCALL_REORGANIZATION=10000` says how many people it is for.

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Unbounded},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, civil::date};
use rollcall::{
    deciders::report::{Ending, Report, Taken},
    flows::{self, Progress, Request},
    words::{action::Outcome, flow::Flow},
};
use rollcall_sandbox::{
    company::{
        PersonView,
        hr::{self, Leaving},
    },
    okta::{Limits, Status},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, let_pass, machine};

use crate::hq::{self, BY_CODE, TIGHT, edited, members};

/// A reorganization is no accident: nothing of it waits for a person's word.
const UNLIMITED: [(&str, &str); 4] = [
    // Of ten thousand, more are away for long when Rollcall comes than one run may suspend.
    (
        "  suspend: {most: 20, percent: 5, floor: 3}",
        "  suspend: {most: 1000000, percent: 5, floor: 3}",
    ),
    (
        "group-shrinks: {percent: 30, floor: 3}",
        "group-shrinks: {most: 1000000, percent: 100, floor: 1000000}",
    ),
    (
        "leave-group: {most: 100}",
        "leave-group: {most: 1000000, percent: 100, floor: 1000000}\n  \
         join-group: {most: 1000000, percent: 100, floor: 1000000}\n  \
         end-sessions: {most: 1000000, percent: 100, floor: 1000000}\n  \
         update: {most: 1000000, percent: 100, floor: 1000000}",
    ),
    (
        "attribute: {most: 300, percent: 15, floor: 15}",
        "attribute: {most: 1000000, percent: 100, floor: 1000000}",
    ),
];

/// One invocation of org-sync that has time for so many people.
async fn invoke(world: &World, people: i64) -> Report {
    let now = (world.office.clock)();
    let request = Request {
        stop_at: Some(now.checked_add(SignedDuration::from_secs(people)).expect("not that late")),
        progress: Arc::new(|it| {
            if it == Progress::Applied {
                let_pass(SignedDuration::from_secs(1));
            }
        }),
        ..world.request(Flow::OrgSync)
    };
    flows::run(&world.office, &request).await.expect("both can be reached")
}

/// The people for whom a run did something that Okta shows.
fn served(report: &Report) -> BTreeSet<String> {
    let done = report.steps.iter().filter(|it| it.outcome == Outcome::Verified);
    done.map(|it| it.person.as_str().to_owned()).collect()
}

/// Every department moves into the next one.
fn everybody_moves(world: &World) {
    let people: Vec<(String, String)> = world.hr(|company| {
        let here = company.people_here_on(company.today());
        let of =
            |it: PersonView<'_>| Some((it.person_id.to_owned(), it.department_code?.to_owned()));
        here.filter_map(of).collect()
    });
    let departments: BTreeSet<&String> = people.iter().map(|(_, code)| code).collect();
    let next = |code: &String| departments.range::<String, _>((Excluded(code), Unbounded)).next();
    for (person, code) in &people {
        let to = next(code).or(departments.first()).expect("there is at least one department");
        world.hr(|it| hr::change_department(it, person, to, date(2026, 3, 4)));
    }
}

#[expect(clippy::disallowed_methods, reason = "how many people is the developer's to say")]
fn people() -> usize {
    std::env::var("ROLLCALL_REORGANIZATION").ok().and_then(|it| it.parse().ok()).unwrap_or(40)
}

#[tokio::test]
async fn reorganization_drains_over_many_invocations_leavers_first_and_within_the_budget() {
    let people = people();
    let options = Options::new(people, 7, FIRST_DAY);
    let edit = |policy| edited(policy, &[&UNLIMITED[..], &[BY_CODE]].concat());
    let mut world = World::settled_with(options, edit).await;
    let credentials = world.town.credentials().to_string();
    world.restart_with_on(machine(), &credentials, edit);

    world.at("2026-03-04T18:00:00Z");
    let leavers = [world.someone_at("NYC1"), world.someone_at("SEA1")];
    everybody_moves(&world);
    for person in &leavers {
        world.hr(|it| hr::terminate(it, person, Leaving::resigned(date(2026, 3, 3))));
    }
    // A window of a second in the place of a minute, and the figures of a Workforce org.
    world.town.okta.org().limit(Limits::WorkforcePercent(100), Duration::from_secs(1));
    world.town.okta.wire().forget();
    let at_once = i64::try_from(people / 12).unwrap_or(i64::MAX);
    let mut remaining = Vec::new();
    let mut calls = 0;
    loop {
        let report = invoke(&world, at_once).await;
        calls += report.calls.okta;
        let served = served(&report);
        if remaining.is_empty() {
            let order = report.steps.iter().filter(|it| it.outcome == Outcome::Verified);
            let is_leaver = |it: &&Taken| leavers.iter().any(|id| *id == it.person.as_str());
            let order: Vec<bool> = order.map(|it| is_leaver(&it)).collect();
            assert!(order.is_sorted_by_key(|it| !it), "leavers first: {report}");
            for person in &leavers {
                assert_eq!(world.okta(person).status, Status::Suspended, "{report}");
            }
        }
        // Five at once are finished when the time is up, and nobody more.
        assert!(served.len() <= usize::try_from(at_once).unwrap_or(0) + 5, "{report}");
        assert!(!served.is_empty(), "it stands still:\n{report}");
        remaining.push(report.remaining);
        if report.remaining == 0 {
            assert_eq!(report.ending(), Ending::Done, "{report}");
            break;
        }
        assert_eq!(report.ending(), Ending::Partly, "what is left is told: {report}");
    }
    println!("{} invocations, {calls} calls, remaining: {remaining:?}", remaining.len());
    assert!(remaining.len() > 3 && remaining.is_sorted_by(|a, b| a > b), "{remaining:?}");
    let refused = world.town.okta.wire().calls().iter().filter(|it| it.status == 429).count();
    assert_eq!(refused, 0, "Okta never had to say that it was too much");
    let peaks = world.town.okta.org().peaks().clone();
    println!("the most calls of each bucket in a window, and how many we may: {peaks:?}");
    // Half of it is ours. What was on its way when a window ended, eight calls at the most, counts
    // in the next one, at both ends.
    assert!(peaks.values().all(|(used, all)| *used <= all / 2 + 16), "more than ours: {peaks:?}");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn what_was_approved_once_is_carried_out_over_as_many_runs_as_it_takes() {
    let edit = |policy| edited(policy, &[TIGHT, BY_CODE]);
    let mut world = World::settled_with(Options::new(30, 7, FIRST_DAY), edit).await;
    let credentials = world.town.credentials().to_string();
    world.restart_with_on(machine(), &credentials, edit);
    world.at("2026-03-04T18:00:00Z");
    let before = members(&world, "Department OPTIC");
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    let held = world.run(Flow::OrgSync).await;
    hq::approve(&world, &held).await;
    let mut runs = 0;
    while !members(&world, "Department OPTIC").is_empty() {
        let report = invoke(&world, 1).await;
        runs += 1;
        assert!(report.held.is_empty(), "it was approved before:\n{report}");
        assert!(runs <= before.len(), "it stands still:\n{report}");
    }
    assert_eq!(members(&world, "Department PHOTO"), before);
    world.run_all().await;
    world.assert_converged().await;
}
