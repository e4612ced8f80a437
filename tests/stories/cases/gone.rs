//! Departures that are out of the ordinary, and people or accounts that are gone.

use jiff::civil::date;
use rollcall::{deciders::report::Ending, words::flow::Flow};
use rollcall_sandbox::{
    company::{
        codes,
        hr::{self, Leaving},
    },
    okta::{SeedUser, Status},
};
use rollcall_tests::{World, findings};

use crate::hires::{hire, resigns};

/// hr-case 17.
#[tokio::test]
async fn backdated_leaver_has_days_of_grace_like_any_other() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, date(2026, 2, 20));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended, "HR does make mistakes");
    world.at("2026-03-13T19:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    world.assert_converged().await;
}

/// hr-case 19.
#[tokio::test]
async fn death_is_told_to_hr_alone() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let (login, before) = (world.okta(&person).login, world.mail());
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| {
        hr::terminate(company, &person, Leaving::because(date(2026, 3, 3), codes::DECEASED));
    });
    world.run_all().await;
    let told: Vec<String> =
        world.mail().into_iter().filter(|it| !before.contains(it) && it.contains(&login)).collect();
    assert!(told.iter().all(|it| it.contains("To: hr")), "{told:?}");
    assert!(told.iter().all(|it| !it.contains("lost access")), "{told:?}");
    world.assert_converged().await;
}

/// hr-case 36.
#[tokio::test]
async fn person_who_is_missing_twice_is_mailed() {
    let world = World::settled().await;
    let person = world.someone();
    world.town.ukg.set(|it| it.hidden_people = [person.clone()].into());
    world.at("2026-03-03T18:00:00Z");
    world.run_all().await;
    assert!(world.mail().iter().all(|it| !it.contains("missing from UKG")), "once may be a slip");
    world.at("2026-03-04T18:00:00Z");
    world.run_all().await;
    let told = world.mail();
    let told: Vec<&String> = told.iter().filter(|it| it.contains("missing from UKG")).collect();
    assert_eq!(told.len(), 2, "HR and IT: {told:?}");
    assert!(told.iter().all(|it| it.contains(&person)));
    world.assert_converged().await;
}

/// hr-case 42.
#[tokio::test]
async fn account_that_a_directory_masters_is_told_and_not_adopted_by_writing_to_it() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 4), "NYC1");
    let (number, last_name) = world.hr(|company| {
        let person = company.person(&person).expect("just hired");
        (person.employments[0].employee_number.clone(), person.last_name.clone())
    });
    {
        let mut org = world.town.okta.org();
        let user = org.add_user(
            SeedUser::active("from.ad@larkspur.example")
                .with("employeeNumber", number)
                .with("lastName", last_name),
        );
        org.master_elsewhere(&user, "ACTIVE_DIRECTORY");
    }
    world.town.okta.wire().forget();
    let report = world.run(Flow::NewHire).await;
    assert_eq!(world.town.okta.wire().writes(), []);
    assert_eq!(findings(&report, &person), ["mastered-elsewhere"]);
    world.assert_converged().await;
}

/// hr-case 53.
#[tokio::test]
async fn account_that_an_admin_deleted_stops_nobody_else() {
    let world = World::settled().await;
    let (person, other) = (world.someone_at("NYC1"), world.someone_at("SEA1"));
    let user = world.user(&person);
    world.at("2026-03-05T18:00:00Z");
    world.town.okta.org().delete_user(&user);
    resigns(&world, &person, date(2026, 3, 4));
    resigns(&world, &other, date(2026, 3, 4));
    let report = world.run(Flow::Offboarding).await;
    assert_ne!(report.ending(), Ending::Failed, "{report}");
    assert_eq!(findings(&report, &person), ["drift"]);
    assert_eq!(world.okta(&other).status, Status::Suspended);
    world.run(Flow::NewHire).await; // for somebody else, who starts that week
    world.assert_converged().await;
}
