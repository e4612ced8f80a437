//! Accounts that somebody else made, masters or has closed.

use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr,
    okta::{SeedUser, Status},
};
use rollcall_tests::{World, findings, steps};

use crate::hires::hire;

/// hr-case 42.
#[tokio::test]
async fn profile_that_a_directory_masters_is_left_to_it_and_the_groups_are_tended() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    let user = world.user(&person);
    world.town.okta.org().master_elsewhere(&user, "ACTIVE_DIRECTORY");
    let before = world.town.okta.org().user(&user).map(|it| it.profile.clone());
    let department =
        world.hr(|it| it.person(&person).and_then(|it| it.employments[0].org[1].clone()));
    let (to, name) = match department.as_deref() {
        Some("LEGAL") => ("FIN", "Department Finance"),
        Some(_) | None => ("LEGAL", "Department Legal"),
    };
    world.hr(|company| {
        hr::change_name(company, &person, "Nia", "Okafor");
        hr::change_department(company, &person, to, date(2026, 3, 4));
        hr::change_supervisor(company, &person, None, date(2026, 3, 4));
    });
    world.town.okta.wire().forget();
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["mastered-elsewhere"]);
    let writes = world.writes_about(&person);
    assert!(!writes.is_empty() && writes.iter().all(|it| it.contains("/groups/")), "{writes:?}");
    let groups = world.okta(&person).groups;
    let departments: Vec<_> = groups.iter().filter(|it| it.starts_with("Department ")).collect();
    assert_eq!(departments, [name]);
    assert_eq!(world.town.okta.org().user(&user).map(|it| it.profile.clone()), before);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 45.
#[tokio::test]
async fn two_accounts_made_by_hand_for_one_person_are_told_and_neither_is_taken() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 4), "NYC1");
    let (number, last_name) = world.hr(|company| {
        let person = company.person(&person).expect("just hired");
        (person.employments[0].employee_number.clone(), person.last_name.clone())
    });
    let add = |login: &str| {
        let user = SeedUser::active(login)
            .with("employeeNumber", number.as_str())
            .with("lastName", last_name.as_str());
        world.town.okta.org().add_user(user)
    };
    let (kept, other) = (add("typed.once@larkspur.example"), add("typed.twice@larkspur.example"));
    world.town.okta.wire().forget();
    let report = world.run(Flow::NewHire).await;
    assert_eq!(findings(&report, &person), ["two-accounts"]);
    assert_eq!(world.find(&person), None);
    world.run_all().await;
    assert_eq!(world.town.okta.wire().writes(), []);
    world.assert_converged().await;

    // Somebody keeps one of them.
    world.town.okta.org().delete_user(&other);
    let report = world.run(Flow::NewHire).await;
    assert_eq!(steps(&report, &person), ["adopt verified"]);
    world.run_all().await;
    assert_eq!(world.user(&person), kept.to_string());
    assert_eq!(world.okta(&person).status, Status::Active);
    world.assert_converged().await;
}
