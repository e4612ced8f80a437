//! Accounts that nobody touches without a person's word, and what comes back after a mistake.

use jiff::{Timestamp, ToSpan, civil::date};
use rollcall::{deciders::report::Ending, words::flow::Flow};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
};
use rollcall_tests::World;

/// hr-case 43.
#[tokio::test]
async fn administrator_who_leaves_is_closed_once_a_person_has_said_so() {
    let world = World::settled().await;
    let (admin, other) = (world.someone_at("NYC1"), world.someone_at("SEA1"));
    let user = world.user(&admin);
    world.town.okta.org().add_admin(&user, "HELP_DESK_ADMIN");
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| {
        hr::change_name(company, &admin, "Nia", "Okafor");
        hr::terminate(company, &other, Leaving::resigned(date(2026, 3, 4)));
    });
    world.run_all().await;
    assert_eq!(world.profile(&admin, "lastName"), "Okafor", "what takes nothing away goes on");

    world.hr(|company| hr::terminate(company, &admin, Leaving::resigned(date(2026, 3, 4))));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert!(report.to_string().contains("holds an Okta admin role"), "{report}");
    assert_eq!(world.town.okta.wire().writes(), []);
    assert_eq!(world.okta(&other).status, Status::Suspended);
    world.assert_converged().await;

    let now: Timestamp = (world.office.clock)();
    let (plan, ledger) = (&report.held[0].plan, &world.office.ledger);
    ledger.approve_plan(plan, "dana", "he is", now, now + 1.hours()).await.expect("it waits");
    world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&admin).status, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 43.
#[tokio::test]
async fn nothing_is_changed_of_a_member_of_a_protected_group_without_a_word() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.put_in_group(&person, "Okta administrators");
    let before = world.okta(&person);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| hr::change_location(company, &person, "SEA1", date(2026, 3, 4)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert!(report.to_string().contains("the protected group \"Okta administrators\""), "{report}");
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;
}

/// hr-case 16.
#[tokio::test]
async fn departure_taken_back_after_the_account_was_closed_gives_back_what_was_given_by_hand() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    for group in ["Chess club", "Short-lived project"] {
        world.put_in_group(&person, group);
    }
    let before = world.okta(&person);
    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| hr::terminate(company, &person, Leaving::resigned(date(2026, 3, 4))));
    world.run_all().await;
    world.at("2026-03-13T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    assert_eq!(world.okta(&person).groups, [""; 0]);
    world.drop_group("Short-lived project");

    world.hr(|company| hr::rescind_termination(company, &person));
    let report = world.run(Flow::NewHire).await;
    let mut left = before.groups.clone();
    left.retain(|it| it != "Short-lived project");
    assert_eq!(world.okta(&person).groups, left, "{report}");
    assert!(report.to_string().contains("\"Short-lived project\" is gone from Okta"), "{report}");
    world.run_all().await;
    world.assert_converged().await;
}
