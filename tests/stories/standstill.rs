//! Polls without news, and everything that is news.

use jiff::{Timestamp, ToSpan, civil::date};
use rollcall::words::{flow::Flow, hold::HoldKind};
use rollcall_sandbox::{company::hr, okta::Status, town::Options};
use rollcall_tests::{FIRST_DAY, World};

use crate::hires::{hire, resigns};

/// What a poll cost.
#[derive(Debug, PartialEq, Eq)]
struct Cost {
    reads: usize,
    writes: usize,
    okta: usize,
}

const NEXT_TO_NOTHING: Cost = Cost { reads: 4, writes: 0, okta: 0 };

async fn poll(world: &World, flow: Flow) -> Cost {
    let before = world.ledger_calls();
    world.town.okta.wire().forget();
    world.run(flow).await;
    let after = world.ledger_calls();
    let okta = world.town.okta.wire().calls().len();
    Cost { reads: after.0 - before.0, writes: after.1 - before.1, okta }
}

/// Polls until nothing is left to do, and once more.
async fn quiet(world: &World) -> Cost {
    for _ in 0..2 {
        world.run(Flow::Offboarding).await;
    }
    poll(world, Flow::Offboarding).await
}

fn later(world: &World, minutes: i64) {
    let now: Timestamp = world.now() + minutes.minutes();
    world.at(&now.to_string());
}

#[tokio::test]
async fn poll_without_news_costs_the_same_at_any_size_and_writes_nothing() {
    for people in [30, 120] {
        let world = World::settled_with(Options::new(people, 7, FIRST_DAY), |policy| policy).await;
        world.at("2026-03-04T18:00:00Z");
        assert_eq!(quiet(&world).await, NEXT_TO_NOTHING, "{people} people");
        let report = world.run(Flow::Offboarding).await;
        later(&world, 5);
        let again = world.run(Flow::Offboarding).await;
        assert!(people <= again.seen, "it says what a whole run would say: {again}");
        assert_eq!((again.seen, &again.findings), (report.seen, &report.findings));
        world.assert_converged().await;
    }
}

#[tokio::test]
async fn quiet_lasts_until_midnight_where_somebody_leaves() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone_at("SEA1");
    resigns(&world, &person, date(2026, 3, 4));
    assert_ne!(poll(&world, Flow::Offboarding).await, NEXT_TO_NOTHING, "HR has news");
    world.at("2026-03-05T07:30:00Z");
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING);
    world.at("2026-03-05T07:59:59Z");
    assert_eq!(poll(&world, Flow::Offboarding).await, NEXT_TO_NOTHING);
    world.at("2026-03-05T08:00:00Z");
    world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn quiet_ends_with_each_thing_that_a_run_decides_from() {
    let mut world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone_at("SEA1");
    world.run_all().await;
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING);

    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    assert_ne!(poll(&world, Flow::Offboarding).await, NEXT_TO_NOTHING, "HR");
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING);
    world.run(Flow::ProfileSync).await;
    assert_ne!(poll(&world, Flow::Offboarding).await, NEXT_TO_NOTHING, "another flow's change");
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING);
    world.run(Flow::ProfileSync).await;
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING, "another flow that changed nothing");

    world.hold(&person, HoldKind::Vip, None).await;
    assert_ne!(poll(&world, Flow::Offboarding).await, NEXT_TO_NOTHING, "a person's word");
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING);

    later(&world, 61);
    assert_ne!(poll(&world, Flow::Offboarding).await, NEXT_TO_NOTHING, "an hour");
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING);

    let credentials = world.town.credentials().to_string();
    world.restart_with(&credentials, |policy| policy + "\n# reviewed\n");
    assert_ne!(poll(&world, Flow::Offboarding).await, NEXT_TO_NOTHING, "the policy");
    assert_eq!(quiet(&world).await, NEXT_TO_NOTHING);

    hire(&world, date(2026, 3, 5), "SEA1");
    world.run_all().await;
    world.assert_converged().await;
}
