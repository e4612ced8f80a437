//! One person, several companies.

use std::collections::BTreeSet;

use jiff::civil::date;
use rollcall_sandbox::{
    company::{
        codes,
        hr::{self, Leaving},
    },
    okta::Status,
};
use rollcall_tests::{World, findings};

use crate::hires::resigns;

/// A component company that does not employ the person.
fn elsewhere(world: &World, person: &str) -> &'static str {
    let company = world.hr(|it| it.person(person).map(|it| it.employments[0].company_id.clone()));
    if company.as_deref() == Some("9QLKS") { "4HFLD" } else { "9QLKS" }
}

/// hr-case 25.
#[tokio::test]
async fn person_with_two_employments_leaves_with_the_last_of_them() {
    let world = World::settled().await;
    let person = world.someone_at("SEA1");
    let number = world.profile(&person, "employeeNumber");
    world.at("2026-03-03T18:00:00Z");
    let second = elsewhere(&world, &person);
    world.hr(|company| hr::add_employment(company, &person, second, date(2026, 3, 3)));
    world.run_all().await;
    assert_eq!(world.profile(&person, "employeeNumber"), number, "the home company speaks");
    world.assert_converged().await;

    // The home company's ends first: the other one speaks for the person from then on.
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 5));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Active);
    assert_ne!(world.profile(&person, "employeeNumber"), number);
    world.assert_converged().await;

    world.at("2026-03-10T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 9));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 26.
#[tokio::test]
async fn transfer_to_another_company_is_a_move_and_no_departure() {
    let world = World::settled().await;
    let person = world.someone_at("SEA1");
    let (before, number) = (world.okta(&person), world.profile(&person, "employeeNumber"));
    let to = elsewhere(&world, &person);
    world.at("2026-03-03T18:00:00Z");
    world.hr(|company| hr::transfer(company, &person, to, date(2026, 3, 5)));
    world.town.okta.wire().forget();
    for now in ["2026-03-03T19:00:00Z", "2026-03-05T07:55:00Z", "2026-03-05T08:05:00Z"] {
        world.at(now);
        world.run_all().await;
    }
    let after = world.okta(&person);
    assert_eq!(
        (after.status, after.login, after.sessions),
        (before.status, before.login, before.sessions)
    );
    assert_ne!(world.profile(&person, "employeeNumber"), number);
    let writes = world.writes_about(&person);
    assert!(writes.iter().all(|it| !it.contains("/lifecycle/")), "{writes:?}");
    world.assert_converged().await;
}

/// hr-case 26.
#[tokio::test]
async fn transfer_of_which_only_the_departure_is_entered_takes_nothing_away() {
    let world = World::settled().await;
    let person = world.someone_at("SEA1");
    let before = world.okta(&person);
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| {
        let leaving = Leaving::because(date(2026, 3, 4), codes::TRANSFER_OUT);
        hr::terminate(company, &person, leaving);
    });
    let reports = world.run_all().await;
    let found: BTreeSet<_> = reports.iter().flat_map(|it| findings(it, &person)).collect();
    assert_eq!(found, ["transfer-without-arrival"].into());
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;

    // The other company enters its half a week later, as of the day after.
    world.at("2026-03-11T18:00:00Z");
    world.hr(|company| hr::rehire_with_new_number(company, &person, date(2026, 3, 5)));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((after.status, after.sessions), (before.status, before.sessions));
    world.assert_converged().await;
}
