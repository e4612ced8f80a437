//! Joiners.

use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr::NewHire,
    okta::{SeedUser, Status},
};
use rollcall_tests::{World, findings, steps};

use crate::hires::{hire, hire_as, hire_called, named};

/// hr-case 9.
#[tokio::test]
async fn joiner_is_staged_a_week_before_and_opened_on_the_day_of_his_own_zone() {
    let world = World::settled().await;
    world.at("2026-03-02T18:00:00Z");
    let person = hire(&world, date(2026, 3, 16), "SYD1");

    let report = world.run(Flow::NewHire).await;
    assert!(steps(&report, &person).is_empty(), "two weeks ahead is too early:\n{report}");

    // The 9th has begun in Sydney, and it is still the 8th in Seattle.
    world.at("2026-03-08T14:00:00Z");
    let report = world.run(Flow::NewHire).await;
    assert_eq!(steps(&report, &person)[0], "create verified");
    assert_eq!(world.okta(&person).status, Status::Staged);
    assert!(world.okta(&person).groups.contains(&"Everyone at Larkspur".to_owned()));
    world.assert_converged().await;

    // Two hours before the first day begins in Sydney (the policy's activate_hours_before).
    world.at("2026-03-15T10:55:00Z");
    assert!(steps(&world.run(Flow::NewHire).await, &person).is_empty());
    world.at("2026-03-15T11:05:00Z");
    let report = world.run(Flow::NewHire).await;
    assert_eq!(steps(&report, &person), ["activate verified"]);
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    assert!(world.mail().iter().any(|it| it.contains("To: hr") && it.contains("got access")));
    world.assert_converged().await;
}

/// hr-case 12.
#[tokio::test]
async fn joiner_entered_late_is_created_and_opened_at_once() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 2, 25), "CHI1");
    let report = world.run(Flow::NewHire).await;
    let steps = steps(&report, &person);
    assert_eq!(steps.first().map(String::as_str), Some("create verified"));
    assert_eq!(steps.last().map(String::as_str), Some("activate verified"), "{report}");
    assert_ne!(world.profile(&person, "managerId"), "", "created with the manager at once");
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    world.assert_converged().await;
}

/// hr-case 31.
#[tokio::test]
async fn joiner_who_starts_today_gets_his_manager_who_starts_today_too() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let boss = hire(&world, date(2026, 3, 4), "NYC1");
    let person = hire_as(&world, date(2026, 3, 4), "NYC1", |it| NewHire {
        supervisor: Some(boss.clone()),
        name: named("Nia", "Okafor"),
        ..it
    });
    world.run(Flow::NewHire).await;
    assert_eq!(world.profile(&person, "managerId"), world.okta(&boss).login);
    world.assert_converged().await;
}

/// hr-case 7.
#[tokio::test]
async fn two_joiners_of_one_name_get_two_logins_and_nobody_inherits_a_closed_one() {
    let world = World::settled().await;
    world.town.okta.org().add_user(
        SeedUser::active("nia.okafor@larkspur.example")
            .with("ukgPersonId", "somebody-else")
            .with_status(Status::Deprovisioned),
    );
    world.at("2026-03-04T18:00:00Z");
    let first = hire_called(&world, date(2026, 3, 4), "Nia", "Okafor");
    let second = hire_called(&world, date(2026, 3, 4), "Nia", "Okafor");
    world.run(Flow::NewHire).await;
    let mut logins = [world.okta(&first).login, world.okta(&second).login];
    logins.sort();
    assert_eq!(logins, ["nia.okafor2@larkspur.example", "nia.okafor3@larkspur.example"]);
    world.assert_converged().await;
}

/// A run that is cut off right after it made the account has not written down whose it is.
#[tokio::test]
async fn account_that_a_run_made_and_forgot_keeps_its_login_and_the_address_that_follows() {
    let world = World::settled().await;
    let theirs = |login: &str, person: &str| {
        SeedUser::active(login).with("ukgPersonId", person).with("email", login)
    };
    world.town.okta.org().add_user(theirs("nia.okafor@larkspur.example", "somebody-else"));
    world.at("2026-03-04T18:00:00Z");
    let person = hire_called(&world, date(2026, 3, 4), "Nia", "Okafor");
    let own = "nia.okafor2@larkspur.example";
    world.town.okta.org().add_user(theirs(own, &person));
    let report = world.run(Flow::NewHire).await;
    let targets = report.steps.iter().filter_map(|it| it.target.as_deref());
    assert!(
        targets.clone().count() > 0 && !targets.clone().any(|it| it.contains("email")),
        "{report}"
    );
    assert_eq!(
        (world.okta(&person).login, world.profile(&person, "email")),
        (own.into(), own.into())
    );
    world.assert_converged().await;
}

/// hr-case 45.
#[tokio::test]
async fn account_made_by_hand_is_adopted_and_not_doubled() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 4), "NYC1");
    let (number, last_name) = world.hr(|company| {
        let person = company.person(&person).expect("just hired");
        (person.employments[0].employee_number.clone(), person.last_name.clone())
    });
    world.town.okta.org().add_user(
        SeedUser::active("typed.by.hand@larkspur.example")
            .with("employeeNumber", number)
            .with("lastName", last_name),
    );
    let report = world.run(Flow::NewHire).await;
    assert_eq!(steps(&report, &person), ["adopt verified"], "the first touch is the link alone");
    world.run(Flow::ProfileSync).await;
    assert_eq!(world.okta(&person).login, "typed.by.hand@larkspur.example");
    assert!(world.okta(&person).groups.contains(&"Employees".to_owned()));
    world.assert_converged().await;
}

/// hr-case 45.
#[tokio::test]
async fn account_that_merely_resembles_holds_the_joiner() {
    let world = World::settled().await;
    world.town.okta.org().add_user(SeedUser::active("nia.okafor@larkspur.example"));
    world.at("2026-03-04T18:00:00Z");
    let person = hire_called(&world, date(2026, 3, 4), "Nia", "Okafor");
    let report = world.run(Flow::NewHire).await;
    assert_eq!(findings(&report, &person), ["adoption-candidate"]);
    assert_eq!(world.find(&person), None);
    world.assert_converged().await;
}
