//! Changes that come twice, late, together or in another order.

use jiff::civil::date;
use rollcall::{
    flows::{self, Request},
    words::{action::Outcome, flow::Flow},
};
use rollcall_sandbox::{company::hr, okta::Status};
use rollcall_tests::World;

use crate::hires::{hire, resigns};

async fn run_for(world: &World, flow: Flow, person: &str) -> usize {
    let people = [person.into()].into();
    let request = Request { people, ..world.request(flow) };
    let report = flows::run(&world.office, &request).await.expect("the run can be made");
    // What waits for a person's word waits in every run.
    report.steps.iter().filter(|it| it.outcome != Outcome::Held).count()
}

/// hr-case 50.
#[tokio::test]
async fn flows_come_to_the_same_end_in_any_order_and_however_often() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let (leaver, mover) = (world.someone_at("NYC1"), world.someone_at("SEA1"));
    let joiner = hire(&world, date(2026, 3, 6), "NYC1");
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    resigns(&world, &leaver, date(2026, 3, 4));
    let mut flows = Flow::ALL.to_vec();
    flows.reverse();
    for person in [&joiner, &mover, &leaver] {
        for flow in flows.iter().chain(&flows) {
            run_for(&world, *flow, person).await;
        }
        for flow in Flow::ALL {
            assert_eq!(run_for(&world, flow, person).await, 0, "the same again says nothing");
        }
    }
    assert_eq!(world.okta(&leaver).status, Status::Suspended);
    assert_eq!(world.okta(&joiner).status, Status::Provisioned);
    assert_eq!(world.profile(&mover, "lastName"), "Okafor");
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 50.
#[tokio::test]
async fn event_that_comes_late_meets_what_hr_says_now() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.at("2026-03-05T05:05:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!(after.status, Status::Suspended);
    // The event of an older change arrives after the departure: it says whom to look at, no more.
    assert_eq!(run_for(&world, Flow::ProfileSync, &person).await, 0);
    assert_eq!(run_for(&world, Flow::NewHire, &person).await, 0);
    assert_eq!(world.okta(&person), after);
    world.assert_converged().await;
}

/// hr-case 51.
#[tokio::test]
async fn hire_and_termination_between_two_runs_make_no_account() {
    let world = World::settled().await;
    world.at("2026-03-03T18:00:00Z");
    let person = hire(&world, date(2026, 3, 3), "NYC1");
    resigns(&world, &person, date(2026, 3, 4));
    world.at("2026-03-06T18:00:00Z");
    world.town.okta.wire().forget();
    world.run_all().await;
    assert_eq!(world.find(&person), None);
    world.assert_converged().await;
}

/// hr-case 51.
#[tokio::test]
async fn termination_and_rehire_between_two_runs_take_nothing_away() {
    let world = World::settled().await;
    let (same, renumbered) = (world.someone_at("NYC1"), world.someone_at("SEA1"));
    let before = [&same, &renumbered].map(|it| world.okta(it));
    let number = world.profile(&renumbered, "employeeNumber");
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &same, date(2026, 3, 3));
    resigns(&world, &renumbered, date(2026, 3, 3));
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| {
        hr::rehire(company, &same, date(2026, 3, 5));
        hr::rehire_with_new_number(company, &renumbered, date(2026, 3, 5));
    });
    world.town.okta.wire().forget();
    world.run_all().await;
    for (person, before) in [&same, &renumbered].into_iter().zip(before) {
        assert_eq!(world.okta(person), before);
        let writes = world.writes_about(person);
        assert!(writes.iter().all(|it| *it == "POST /api/v1/users/USER"), "{writes:?}");
    }
    assert_ne!(world.profile(&renumbered, "employeeNumber"), number);
    world.assert_converged().await;
}
