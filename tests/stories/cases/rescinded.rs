//! Terminations that HR takes back.

use jiff::civil::date;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
};
use rollcall_tests::World;

use crate::hires::resigns;

/// hr-case 15.
#[tokio::test]
async fn termination_taken_back_before_its_day_never_was() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    world.town.okta.wire().forget();
    world.hr(|company| hr::rescind_termination(company, &person));
    for now in ["2026-03-04T18:00:00Z", "2026-03-05T18:00:00Z", "2026-03-13T18:00:00Z"] {
        world.at(now);
        world.run_all().await;
    }
    assert_eq!(world.okta(&person), before);
    assert_eq!(world.writes_about(&person), [""; 0]);
    world.assert_converged().await;
}

/// hr-case 16.
#[tokio::test]
async fn termination_taken_back_within_the_days_of_grace_opens_the_account_as_it_was() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.at("2026-03-05T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.at("2026-03-08T18:00:00Z");
    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!(
        (after.status, after.groups, after.apps),
        (Status::Active, before.groups, before.apps)
    );
    world.assert_converged().await;
    // The grace of a leaver who is none does not run out.
    world.at("2026-03-13T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Active);
    world.assert_converged().await;
}

/// hr-case 16.
#[tokio::test]
async fn termination_taken_back_after_the_account_was_closed_opens_the_same_account_again() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let (before, user) = (world.okta(&person), world.user(&person));
    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| {
        hr::terminate(company, &person, Leaving::resigned(date(2026, 3, 4)));
    });
    world.run_all().await;
    world.at("2026-03-12T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((world.user(&person), &after.login), (user, &before.login));
    assert_eq!(
        (after.status, after.groups, after.apps),
        (Status::Provisioned, before.groups, before.apps)
    );
    world.assert_converged().await;
}
