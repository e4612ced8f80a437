//! What contractors hold, and how people become contractors and employees without a gap.

use super::{
    AFTER, LAST_DAY, NOON, assert_never_closed, at, contractor, ending, mail_with, settled,
    settled_with, with,
};
use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr,
    okta::{GroupKind, Status},
};
use rollcall_tests::{World, findings, steps};

#[tokio::test]
async fn contractor_is_known_by_type_and_holds_what_contractors_hold() {
    let world = settled().await;
    let person = contractor(&world);
    let seen = world.okta(&person);
    assert_eq!(world.profile(&person, "userType"), "Contractor");
    assert_eq!(
        seen.groups,
        ["Contractors", "Everyone at Larkspur", "Location SEA1", "MFA standard"]
    );
    assert_eq!(seen.apps, Vec::<String>::new());
    let colleague = world.okta(&world.someone_at("SEA1"));
    assert!(colleague.apps.contains(&"Expense reports".to_owned()), "{colleague:?}");
    world.assert_converged().await;
}

/// hr-case 23.
#[tokio::test]
async fn contractor_becomes_an_employee_by_a_change_of_type_without_a_gap() {
    let world = settled().await;
    world.at("2026-03-19T19:00:00Z");
    let person = ending(&world);
    let before = world.okta(&person);
    world.run_all().await;
    world.hr(|it| hr::convert(it, &person, "REG", date(2026, 3, 20)));
    world.town.okta.wire().forget();
    for instant in [NOON, AFTER, "2026-03-28T19:00:00Z"] {
        at(&world, instant).await;
    }
    assert_never_closed(&world, &person);
    assert_employee(&world, &person, &before.login);
    world.assert_converged().await;
}

/// hr-case 23.
#[tokio::test]
async fn contractor_becomes_an_employee_by_a_new_record_without_a_gap() {
    // At once, and over a weekend; entered ahead.
    for start in [date(2026, 3, 21), date(2026, 3, 23)] {
        let edit = with("lifecycle:\n", "lifecycle:\n  start_moved: suspend\n");
        let world = settled_with(edit).await;
        world.at("2026-03-19T19:00:00Z");
        let person = ending(&world);
        let before = world.okta(&person);
        world.run_all().await;
        let number = world.profile(&person, "employeeNumber");
        world.hr(|company| {
            hr::convert_by_new_record(company, &person, start);
            hr::end_contract_early(company, &person, LAST_DAY);
        });
        world.town.okta.wire().forget();
        for instant in [NOON, AFTER, "2026-03-22T19:00:00Z", "2026-03-23T19:00:00Z"] {
            at(&world, instant).await;
            assert_eq!(world.okta(&person).status, Status::Active, "{start} {instant}");
            world.assert_converged().await;
        }
        assert_never_closed(&world, &person);
        assert_employee(&world, &person, &before.login);
        assert_ne!(world.profile(&person, "employeeNumber"), number);
        assert_eq!(mail_with(&world, "start-moved"), Vec::<String>::new());
        world.assert_converged().await;
    }
}

/// The record of the employee comes a day after the contractor's ended on a Friday.
#[tokio::test]
async fn conversion_that_hr_enters_too_late_opens_the_account_again() {
    let world = settled().await;
    world.at(NOON);
    let person = ending(&world);
    let before = world.okta(&person);
    at(&world, AFTER).await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.at("2026-03-22T19:00:00Z");
    world.hr(|it| hr::convert_by_new_record(it, &person, date(2026, 3, 23)));
    world.run_all().await;
    world.assert_converged().await;
    at(&world, "2026-03-23T19:00:00Z").await;
    assert_employee(&world, &person, &before.login);
    world.assert_converged().await;
}

#[track_caller]
fn assert_employee(world: &World, person: &str, login: &str) {
    let seen = world.okta(person);
    assert_eq!((seen.status, &*seen.login), (Status::Active, login));
    assert!(seen.groups.contains(&"Employees".to_owned()), "{seen:?}");
    assert!(!seen.groups.contains(&"Contractors".to_owned()), "{seen:?}");
    assert!(seen.apps.contains(&"Expense reports".to_owned()), "{seen:?}");
    assert_eq!(world.profile(person, "userType"), "Employee");
}

/// hr-case 23.
#[tokio::test]
async fn employee_becomes_a_contractor_and_keeps_the_account_without_the_employees_groups() {
    let world = settled().await;
    world.at("2026-03-04T19:00:00Z");
    let person = world.someone_at("SEA1");
    let before = world.okta(&person);
    world.town.okta.wire().forget();
    world.hr(|it| hr::convert(it, &person, "CON", date(2026, 3, 4)));
    let report = world.run(Flow::Contractor).await;
    assert_eq!(findings(&report, &person), ["no-end-date"], "HR forgot the contract");
    assert_eq!(world.okta(&person), before);

    world.hr(|it| hr::extend_contract(it, &person, date(2026, 9, 30)));
    world.run_all().await;
    let seen = world.okta(&person);
    assert_eq!((seen.status, &seen.login), (before.status, &before.login));
    assert_eq!(seen.groups.iter().filter(|it| it.starts_with("Department")).count(), 0);
    assert!(!seen.groups.contains(&"Employees".to_owned()), "{seen:?}");
    assert!(seen.groups.contains(&"Contractors".to_owned()), "{seen:?}");
    assert!(!seen.apps.contains(&"Expense reports".to_owned()), "{seen:?}");
    assert_never_closed(&world, &person);
    world.assert_converged().await;
}

/// E0000046: what a group gives cannot be taken away directly, and that is no failure.
#[tokio::test]
async fn app_that_a_group_gives_as_well_is_told_nowhere_as_a_failure() {
    let world = settled().await;
    world.at("2026-03-04T19:00:00Z");
    let person = world.someone_at("SEA1");
    {
        let mut org = world.town.okta.org();
        let group = org.add_group("Auditors", GroupKind::Okta);
        let app = org.app_by_label("Expense reports").cloned().expect("there is such an app");
        org.assign_app_group(&app, &group);
    }
    world.put_in_group(&person, "Auditors");
    world.hr(|company| {
        hr::convert(company, &person, "CON", date(2026, 3, 4));
        hr::extend_contract(company, &person, date(2026, 9, 30));
    });
    let report = world.run(Flow::Contractor).await;
    assert_eq!(findings(&report, &person), ["app-by-group"], "{report}");
    assert!(steps(&report, &person).iter().all(|it| it.ends_with(" verified")), "{report}");
    assert!(world.okta(&person).apps.contains(&"Expense reports".to_owned()), "by the group");
    world.run_all().await;
    assert_eq!(mail_with(&world, "failed"), Vec::<String>::new());
    world.assert_converged().await;

    // Out of the group, the sweep takes what was assigned directly.
    world.take_out_of_group(&person, "Auditors");
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(steps(&report, &person), ["unassign-app verified"], "{report}");
    assert!(!world.okta(&person).apps.contains(&"Expense reports".to_owned()));
    world.assert_converged().await;
}
