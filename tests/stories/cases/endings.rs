//! How employments end.

use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::{
        codes,
        hr::{self, Leaving},
    },
    okta::{Status, Transitions},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, steps};

use crate::hires::{hire, resigns};

/// hr-case 13.
#[tokio::test]
async fn termination_ahead_changes_nothing_until_its_day_is_over() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 10)); // UKG shows T from now on
    world.town.okta.wire().forget();
    for now in ["2026-03-03T19:00:00Z", "2026-03-07T18:00:00Z", "2026-03-11T03:55:00Z"] {
        world.at(now);
        world.run_all().await;
    }
    assert_eq!(world.okta(&person), before);
    assert_eq!(world.writes_about(&person), [""; 0]);
    world.at("2026-03-11T04:05:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 13.
#[tokio::test]
async fn termination_that_moves_later_moves_the_end_of_access() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    world.hr(|company| hr::move_termination(company, &person, date(2026, 3, 6)));
    world.at("2026-03-06T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Active);
    world.at("2026-03-07T05:05:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 14.
#[tokio::test]
async fn earliest_of_the_last_days_ends_access_whoever_is_still_paid() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.at("2026-03-03T18:00:00Z");
    world.hr(|company| {
        let leaving = Leaving {
            date: date(2026, 3, 13),
            last_worked: Some(date(2026, 3, 4)),
            paid_through: Some(date(2026, 3, 31)),
            reason: codes::RESIGNED,
        };
        hr::terminate(company, &person, leaving);
    });
    world.at("2026-03-05T04:55:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Active);
    world.at("2026-03-05T05:05:00Z");
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    let cause = report.steps.iter().find(|it| it.person.as_str() == person).map(|it| &it.cause);
    assert!(cause.is_some_and(|it| it.contains("2026-03-04 (last day worked")), "{report}");
    world.assert_converged().await;
}

/// hr-case 18.
#[tokio::test]
async fn dismissal_for_cause_closes_the_account_first_and_takes_the_rest_after() {
    let world = World::settled().await;
    let person = world.someone_at("SEA1");
    world.at("2026-03-04T18:00:00Z"); // in the middle of the last day
    world.hr(|company| {
        hr::terminate(company, &person, Leaving::because(date(2026, 3, 4), "302"));
    });
    world.town.okta.wire().forget();
    world.run(Flow::Offboarding).await;
    let writes = world.writes_about(&person);
    assert_eq!(writes[0], "POST /api/v1/users/USER/lifecycle/suspend");
    assert!(writes[1].starts_with("DELETE /api/v1/users/USER/sessions"), "{writes:?}");
    assert!(writes[2].starts_with("DELETE /api/v1/users/USER/grants"), "{writes:?}");
    assert!(writes[3..].iter().all(|it| it.starts_with("DELETE /api/v1/")), "{writes:?}");
    let seen = world.okta(&person);
    assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0));
    assert!(seen.groups.is_empty() && seen.apps.is_empty(), "{seen:?}");
    world.assert_converged().await;
}

/// hr-case 18.
#[tokio::test]
async fn dismissal_dated_ahead_waits_for_its_day_to_begin() {
    let world = World::settled().await;
    let person = world.someone_at("SEA1");
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| {
        hr::terminate(company, &person, Leaving::because(date(2026, 3, 6), "301"));
    });
    world.at("2026-03-06T07:55:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Active);
    world.at("2026-03-06T08:05:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 19.
#[tokio::test]
async fn account_of_the_deceased_is_closed_like_a_leavers_and_okta_writes_to_nobody() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let user = world.user(&person);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| {
        hr::terminate(company, &person, Leaving::because(date(2026, 3, 3), codes::DECEASED));
    });
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.at("2026-03-12T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    let mails = world.town.okta.org().mails().iter().filter(|it| *it.user == *user).count();
    assert_eq!(mails, 0);
    world.assert_converged().await;
}

/// hr-case 48.
#[tokio::test]
async fn leaver_is_closed_from_whatever_status_the_account_is_in() {
    for status in [Status::Recovery, Status::Suspended] {
        let world = World::settled().await;
        let person = world.someone_at("SEA1");
        world.by_hand(&person, status);
        world.at("2026-03-06T18:00:00Z");
        resigns(&world, &person, date(2026, 3, 4));
        let report = world.run(Flow::Offboarding).await;
        let told = steps(&report, &person);
        assert!(told.iter().all(|it| it.ends_with(" verified")), "{status:?}: {told:?}");
        let seen = world.okta(&person);
        let closed =
            if status == Status::Suspended { Status::Suspended } else { Status::Deprovisioned };
        assert_eq!(seen.status, closed, "{report}");
        assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0), "{status:?}: {seen:?}");
        world.run_all().await;
        world.assert_converged().await;
    }
}

/// hr-case 49.
#[tokio::test]
async fn closing_that_takes_okta_its_time_is_done_when_okta_shows_it() {
    let mut options = Options::new(30, 7, FIRST_DAY);
    options.okta.transition_polls = 2;
    options.okta.transitions = Transitions::Always;
    let world = World::settled_with(options, |policy| policy).await;
    let leaver = world.someone_at("NYC1");
    world.at("2026-03-04T18:00:00Z");
    let joiner = hire(&world, date(2026, 3, 4), "NYC1");
    resigns(&world, &leaver, date(2026, 3, 3));
    world.run_all().await;
    assert_eq!(world.okta(&joiner).status, Status::Provisioned);
    world.at("2026-03-12T18:00:00Z");
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(steps(&report, &leaver), ["deactivate verified"]);
    assert_eq!(world.okta(&leaver).status, Status::Deprovisioned);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 55.
#[tokio::test]
async fn closed_account_is_in_no_group_and_does_not_stay_in_one_it_is_put_into() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let (user, groups) = (world.user(&person), world.okta(&person).groups);
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    for group in &groups {
        let members = world.town.okta.org().members_of(group);
        assert!(!members.contains(&world.okta(&person).login), "{group}");
    }
    world.assert_converged().await;

    {
        let mut org = world.town.okta.org();
        let group = org.group_by_name("Employees").map(|it| it.id.clone());
        org.add_to_group(&group.expect("the group is there"), &user);
    }
    let report = world.run_full(Flow::Offboarding).await;
    assert_eq!(steps(&report, &person), ["leave-group verified"]);
    assert_eq!(world.okta(&person).groups, [""; 0]);
    world.assert_converged().await;
}
