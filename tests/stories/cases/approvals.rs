//! Plans that are too large to be carried out without a person's word.

use expect_test::expect;
use jiff::{Timestamp, ToSpan, civil::date};
use rollcall::{
    deciders::report::{Ending, Report},
    doors::ledger::{Error, Plan},
    flows::{self, Request},
    words::{finding::FindingCode, flow::Flow},
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use crate::hires::{resigns, several};

async fn approve(world: &World, report: &Report) {
    let now: Timestamp = (world.office.clock)();
    let (plan, until) = (&report.held[0].plan, now + 1.hours());
    let ledger = &world.office.ledger;
    ledger.approve_plan(plan, "dana", "it is true", now, until).await.expect("it waits");
}

#[track_caller]
fn assert_all(world: &World, people: &[String], status: Status) {
    for it in people {
        assert_eq!(world.okta(it).status, status);
    }
}

/// hr-case 17.
#[tokio::test]
async fn backdated_terminations_act_at_once_and_count_all_the_same() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let few = several(&world, 3);
    few.iter().for_each(|it| resigns(&world, it, date(2026, 3, 2)));
    let report = world.run(Flow::Offboarding).await;
    assert_all(&world, &few, Status::Suspended);
    assert!(report.steps.iter().all(|it| it.cause.contains("last day 2026-03-02")), "{report}");
    world.run_all().await;

    let many = several(&world, 4);
    many.iter().for_each(|it| resigns(&world, it, date(2026, 3, 2)));
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert_all(&world, &many, Status::Active);
    many.iter().for_each(|it| {
        world.hr(|company| hr::rescind_termination(company, it));
    });
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 18.
#[tokio::test]
async fn batch_of_dismissals_waits_like_any_other() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let people = several(&world, 4);
    for it in &people {
        world.hr(|company| hr::terminate(company, it, Leaving::because(date(2026, 3, 4), "301")));
    }
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.held[0].people.len(), 4, "all of them, not the first three");
    assert_all(&world, &people, Status::Active);
    approve(&world, &report).await;
    world.run(Flow::Offboarding).await;
    assert_all(&world, &people, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn mass_mistake_that_hr_corrects_leaves_no_trace() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let people = several(&world, 8);
    let before: Vec<_> = people.iter().map(|it| world.okta(it)).collect();
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.held[0].people.len(), 8);
    people.iter().for_each(|it| {
        world.hr(|company| hr::rescind_termination(company, it));
    });
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Done, "{report}");
    assert_eq!(people.iter().map(|it| world.okta(it)).collect::<Vec<_>>(), before);
    for it in &people {
        assert_eq!(world.writes_about(it), [""; 0]);
    }
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn approval_is_for_the_steps_that_were_seen_and_for_no_others() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let mut seen = several(&world, 8);
    let late = seen.split_off(4);
    seen.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    let report = world.run(Flow::Offboarding).await;
    approve(&world, &report).await;
    // One of those who were seen stays after all, and four more come whom nobody has seen.
    world.hr(|company| hr::rescind_termination(company, &seen[0]));
    late.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.held[0].people.len(), 4, "nobody has seen them: {report}");
    assert_all(&world, &seen[1..], Status::Suspended);
    assert_eq!(world.okta(&seen[0]).status, Status::Active);
    assert_all(&world, &late, Status::Active);

    // The approval is used up: the same people are asked about anew.
    world.hr(|company| hr::rescind_termination(company, &seen[1]));
    world.run_all().await;
    late.iter().for_each(|it| {
        world.hr(|company| hr::rescind_termination(company, it));
    });
    world.run_all().await;
    assert_all(&world, &late, Status::Active);
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn plan_that_is_not_what_its_hash_says_allows_nothing() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let people = several(&world, 8);
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    let report = world.run(Flow::Offboarding).await;
    let plan = &report.held[0].plan;
    // Somebody with the right to write to the ledger puts these steps under an approved name.
    let (ledger, now) = (&world.office.ledger, (world.office.clock)());
    let body = ledger.plan_body(plan).await.expect("it is there");
    let whole = ledger.plan(plan, now).await.expect("it can be read").expect("it is there");
    let forged =
        Plan { id: "0badc0de0bad".into(), hash: "0badc0de0bad".repeat(5), ..whole.clone() };
    ledger.hold_plan(&forged, &body, now).await.expect("it is written");
    ledger.approve_plan(&forged.id, "mallory", "", now, now + 1.hours()).await.expect("it waits");
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert_eq!(world.write_log(), "");
    let told = report.findings.iter().find(|it| it.code == FindingCode::AlteredPlan);
    expect![[r#"
        warning plan 0badc0de0bad (altered-plan): is not what its hash says: somebody has changed it in the ledger, or an older version has written it. Nothing of it counts as approved; steps that are still right are held anew"#]]
    .assert_eq(&told.expect("it is told").to_string());

    // The word for the plan that people saw counts, and the evidence has the hash it was for.
    approve(&world, &report).await;
    world.run(Flow::Offboarding).await;
    assert_all(&world, &people, Status::Suspended);
    let trail = ledger.trail(None, None).await.expect("it can be read");
    assert!(trail.to_jsonl().contains(&whole.hash));
    ledger.reject_plan(&forged.id, "dana", "forged", now).await.expect("it waits");
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 39.
#[tokio::test]
async fn real_layoff_is_approved_once_and_done_whole_by_the_next_run() {
    let world = World::settled_with(Options::new(60, 7, FIRST_DAY), |policy| policy).await;
    world.at("2026-03-06T18:00:00Z");
    let people = several(&world, 12);
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.held[0].people.len(), 12, "{report}");
    assert_eq!(world.write_log(), "");
    approve(&world, &report).await;
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Done, "{report}");
    assert_all(&world, &people, Status::Suspended);
    assert_eq!(world.written_about(), people.iter().cloned().collect(), "and nobody else");
    expect![[r#"
        12 x DELETE apps/APP/users/USER
        72 x DELETE groups/GROUP/users/USER
        12 x DELETE users/USER/grants
        12 x DELETE users/USER/sessions
        12 x POST users/USER/lifecycle/suspend
    "#]]
    .assert_eq(&world.write_log());
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn approval_is_used_once() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let people = several(&world, 4);
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    let first = world.run(Flow::Offboarding).await;
    approve(&world, &first).await;
    world.run(Flow::Offboarding).await;
    assert_all(&world, &people, Status::Suspended);
    let (ledger, now): (_, Timestamp) = (&world.office.ledger, (world.office.clock)());
    let again = ledger.approve_plan(&first.held[0].plan, "dana", "again", now, now + 1.hours());
    let again = again.await;
    assert!(matches!(again, Err(Error::WrongState { state: "applied", .. })), "{again:?}");

    // HR takes it all back and says the same once more: that is another word, asked about anew.
    for it in &people {
        world.hr(|company| hr::rescind_termination(company, it));
    }
    world.run_all().await;
    crate::hq::approve_all(&world).await;
    world.run_all().await;
    assert_all(&world, &people, Status::Active);
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert_eq!(world.write_log(), "");
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn approval_ends_by_itself_and_the_plan_is_asked_about_anew() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let people = several(&world, 4);
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    let report = world.run(Flow::Offboarding).await;
    let (ledger, now): (_, Timestamp) = (&world.office.ledger, (world.office.clock)());
    let plan = &report.held[0].plan;
    let late = ledger.approve_plan(plan, "dana", "true", now - 2.hours(), now - 1.hours()).await;
    late.expect("it waited then");
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert_eq!(world.write_log(), "");
    assert_all(&world, &people, Status::Active);
    approve(&world, &report).await;
    world.run(Flow::Offboarding).await;
    assert_all(&world, &people, Status::Suspended);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn approved_step_is_not_taken_when_the_account_has_changed_since() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let people = several(&world, 4);
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    let report = world.run(Flow::Offboarding).await;
    approve(&world, &report).await;
    // Somebody suspends one of them by hand: that is not what was looked at.
    world.by_hand(&people[0], Status::Suspended);
    let groups = world.okta(&people[0]).groups;
    world.town.okta.wire().forget();
    world.run(Flow::Offboarding).await;
    assert_all(&world, &people[1..], Status::Suspended);
    // Alone it is few enough to go on by itself.
    assert_ne!(world.okta(&people[0]).groups, groups);
    expect![[r#"
        5 x DELETE apps/APP/users/USER
        26 x DELETE groups/GROUP/users/USER
        4 x DELETE users/USER/grants
        4 x DELETE users/USER/sessions
        3 x POST users/USER/lifecycle/suspend
    "#]]
    .assert_eq(&world.write_log());
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn rejected_plan_is_shown_as_rejected_until_hr_corrects_it() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let people = several(&world, 5);
    people[..4].iter().for_each(|it| resigns(&world, it, date(2026, 3, 5)));
    let report = world.run(Flow::Offboarding).await;
    world.run_all().await;
    let (ledger, now): (_, Timestamp) = (&world.office.ledger, (world.office.clock)());
    let plan = report.held[0].plan.clone();
    ledger.reject_plan(&plan, "dana", "a test import", now).await.expect("it waits");
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Partly, "nobody is waited for, and people are held");
    let told = format!("plan {plan} was rejected by dana on ");
    assert!(report.to_string().contains(&told), "{report}");

    // Nor does it slip through one by one.
    let people_alone = [people[0].as_str().into()].into();
    let alone = Request { people: people_alone, ..world.request(Flow::Offboarding) };
    let report = flows::run(&world.office, &alone).await.expect("it can be run");
    assert_eq!(report.ending(), Ending::Partly, "{report}");
    assert_eq!(world.write_log(), "");
    assert_all(&world, &people, Status::Active);
    world.assert_converged().await;

    // One more is another plan, which nobody has said no to.
    resigns(&world, &people[4], date(2026, 3, 5));
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert_ne!(report.held[0].plan, plan);

    for it in &people {
        world.hr(|company| hr::rescind_termination(company, it));
    }
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Done, "{report}");
    assert_eq!(world.write_log(), "");
    world.run_all().await;
    world.assert_converged().await;
}
