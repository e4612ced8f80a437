//! Plans that are too large to be carried out without a person's word.

use jiff::{Timestamp, ToSpan, civil::date};
use rollcall::{
    deciders::report::{Ending, Report},
    words::flow::Flow,
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
};
use rollcall_tests::World;

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
