//! Who reports to whom, and codes nobody knows.

use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr::{self, NewHire},
    okta::Status,
};
use rollcall_tests::{World, findings};

use crate::hires::{hire, hire_as};

/// hr-case 29.
#[tokio::test]
async fn department_that_hr_has_no_name_for_changes_nothing() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    let before = world.okta(&person);
    world.hr(|company| hr::change_department(company, &person, "TBD", date(2026, 3, 4)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["missing-attribute"]);
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;

    // The code gets its meaning, and the person the department's group.
    world.hr(|company| hr::change_department(company, &person, "LEGAL", date(2026, 3, 4)));
    world.run_all().await;
    assert!(world.okta(&person).groups.contains(&"Department Legal".to_owned()));
    world.assert_converged().await;
}

/// hr-case 29.
#[tokio::test]
async fn placeholder_where_a_department_should_be_is_a_blank_one() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    let before = world.okta(&person);
    world.hr(|company| hr::change_department(company, &person, "Z", date(2026, 3, 4)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["missing-attribute"]);
    assert_eq!(world.okta(&person), before, "blank is not \"remove all\"");
    world.assert_converged().await;
}

/// hr-case 31.
#[tokio::test]
async fn manager_who_starts_after_his_reports_is_written_once_he_has_an_account() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let boss = hire(&world, date(2026, 3, 23), "NYC1");
    let person = hire_as(&world, date(2026, 3, 4), "NYC1", |it| NewHire {
        supervisor: Some(boss.clone()),
        ..it
    });
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned, "nobody waits for a manager");
    assert_eq!(world.profile(&person, "managerId"), "");
    world.assert_converged().await;

    world.at("2026-03-17T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&boss).status, Status::Staged);
    assert_eq!(world.profile(&person, "managerId"), world.okta(&boss).login);
    world.assert_converged().await;
}

/// hr-case 32.
#[tokio::test]
async fn circle_of_managers_is_cut_once_and_told() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let one = world.someone_at("SEA1");
    let two = world.pick(|it| it.location == "SEA1" && it.person_id != one);
    let (first, second) = if one < two { (one, two) } else { (two, one) };
    let kept = world.profile(&first, "managerId");
    world.hr(|company| {
        hr::change_supervisor(company, &first, Some(&second), date(2026, 3, 4));
        hr::change_supervisor(company, &second, Some(&first), date(2026, 3, 4));
    });
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &first), ["manager-cycle"]);
    assert_eq!(world.profile(&first, "managerId"), kept, "the edge that closes the circle");
    assert_eq!(world.profile(&second, "managerId"), world.okta(&first).login);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 32.
#[tokio::test]
async fn nobody_is_his_own_manager_and_the_head_of_the_company_has_none() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let (vain, promoted) = (world.someone_at("SEA1"), world.someone_at("NYC1"));
    let kept = world.profile(&vain, "managerId");
    assert_ne!(world.profile(&promoted, "managerId"), "");
    world.hr(|company| {
        hr::change_supervisor(company, &vain, Some(&vain), date(2026, 3, 4));
        hr::change_supervisor(company, &promoted, None, date(2026, 3, 4));
    });
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &vain), ["manager-cycle"]);
    assert_eq!(world.profile(&vain, "managerId"), kept);
    assert_eq!(findings(&report, &promoted), [""; 0], "somebody must have no manager");
    assert_eq!(world.profile(&promoted, "managerId"), "");
    world.run_all().await;
    world.assert_converged().await;
}
