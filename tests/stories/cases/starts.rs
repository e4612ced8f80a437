//! First days, and those that never come.

use std::collections::BTreeSet;

use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr::{self, Rescission},
    okta::Status,
};
use rollcall_tests::{World, findings, steps};

use crate::hires::{hire, hire_called};

/// hr-case 10.
#[tokio::test]
async fn start_that_moves_later_keeps_the_account_staged_until_the_new_day() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 9), "NYC1");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Staged);
    world.town.okta.wire().forget();
    world.hr(|company| hr::move_start(company, &person, date(2026, 3, 23)));
    world.run_all().await;
    world.at("2026-03-10T18:00:00Z"); // the day it was to be
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Staged);
    assert_eq!(world.writes_about(&person), [""; 0]);
    world.assert_converged().await;

    world.at("2026-03-23T12:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    world.assert_converged().await;
}

/// hr-case 10.
#[tokio::test]
async fn start_that_moves_later_takes_nothing_from_an_account_that_is_open() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 4), "NYC1");
    world.run_all().await;
    let before = world.okta(&person);
    assert_eq!(before.status, Status::Provisioned);
    for to in [date(2026, 3, 9), date(2026, 3, 23)] {
        world.hr(|company| hr::move_start(company, &person, to));
        world.run_all().await;
        assert_eq!(world.okta(&person), before);
    }
    world.assert_converged().await;
    world.at("2026-03-23T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;
}

/// hr-case 11.
#[tokio::test]
async fn no_show_is_never_opened_and_loses_everything_and_the_account_after_the_grace() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire_called(&world, date(2026, 3, 9), "Nia", "Okafor");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Staged);
    world.hr(|company| hr::rescind_hire(company, &person, Rescission::NoShow));
    for now in ["2026-03-06T18:00:00Z", "2026-03-09T12:00:00Z"] {
        world.at(now);
        let report = world.run(Flow::ProfileSync).await;
        world.run_all().await;
        assert_eq!(world.okta(&person).status, Status::Staged, "{report}");
    }
    world.assert_converged().await;

    world.at("2026-03-10T12:00:00Z");
    world.run_all().await;
    let seen = world.okta(&person);
    assert_eq!(seen.status, Status::Staged, "HR makes mistakes, and nobody can sign in to it");
    assert!(seen.groups.is_empty() && seen.apps.is_empty(), "{seen:?}");
    world.assert_converged().await;
    world.at("2026-04-10T12:00:00Z"); // the days of grace are over
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    // The login stays with somebody who never used it.
    let namesake = hire_called(&world, date(2026, 4, 10), "Nia", "Okafor");
    world.run_all().await;
    assert_eq!(world.okta(&namesake).login, "nia.okafor2@larkspur.example");
    world.assert_converged().await;
}

/// hr-case 11.
#[tokio::test]
async fn no_show_who_was_a_mistake_gets_everything_back_within_the_grace() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 9), "NYC1");
    world.run_all().await;
    let before = world.okta(&person);
    world.hr(|company| hr::rescind_hire(company, &person, Rescission::NoShow));
    world.at("2026-03-10T12:00:00Z");
    world.run_all().await;
    assert!(world.okta(&person).groups.is_empty());
    world.hr(|company| hr::move_start(company, &person, date(2026, 3, 16)));
    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((after.status, &after.groups), (Status::Staged, &before.groups));
    world.assert_converged().await;
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    world.assert_converged().await;
}

/// hr-case 11.
#[tokio::test]
async fn hire_whose_row_is_deleted_stays_staged_until_somebody_decides() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 9), "NYC1");
    world.run_all().await;
    world.hr(|company| hr::rescind_hire(company, &person, Rescission::RowDeleted));
    world.at("2026-03-10T18:00:00Z");
    let reports = world.run_all().await;
    let found: BTreeSet<_> = reports.iter().flat_map(|it| findings(it, &person)).collect();
    assert_eq!(found, ["missing-from-roster"].into());
    assert_eq!(world.okta(&person).status, Status::Staged, "absence is no evidence");
    world.assert_converged().await;
}

/// hr-case 12.
#[tokio::test]
async fn joiner_entered_late_is_told_with_the_day_he_should_have_had_access() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 2, 25), "NYC1");
    let report = world.run(Flow::NewHire).await;
    assert_eq!(steps(&report, &person).last().map(String::as_str), Some("activate verified"));
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    let told = world.mail();
    let to_hr = told.iter().filter(|it| it.contains("To: hr") && it.contains("got access"));
    assert!(to_hr.clone().any(|it| it.contains("since 2026-02-25")), "{told:?}");
    world.assert_converged().await;
}
