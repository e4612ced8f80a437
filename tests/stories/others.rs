//! Accounts that somebody else has touched: what others decided outlives what we do.

use jiff::civil::date;
use rollcall::{
    flows::{self, Depth, Request},
    words::flow::Flow,
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::{SeedUser, Status},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, findings, steps};

/// hr-case 47.
#[tokio::test]
async fn leaver_whom_security_had_suspended_stays_suspended_when_the_departure_is_taken_back() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.by_hand(&person, Status::Suspended);
    world.at("2026-03-05T18:00:00Z");
    world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 4))));
    world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&person).groups, Vec::<String>::new());

    world.hr(|it| hr::rescind_termination(it, &person));
    let report = world.run(Flow::NewHire).await;
    assert_eq!(findings(&report, &person), ["drift"]);
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;

    // Once security has opened it again, HR's word counts.
    world.by_hand(&person, Status::Active);
    world.run_all().await;
    assert!(world.okta(&person).groups.contains(&"Employees".to_owned()));
    world.assert_converged().await;
}

/// hr-case 22, 48.
#[tokio::test]
async fn absence_on_an_account_that_cannot_be_suspended_signs_out_once_and_waits() {
    for status in [Status::LockedOut, Status::PasswordExpired, Status::Recovery] {
        let world = World::settled().await;
        let person = world.someone_at("SEA1");
        world.by_hand(&person, status);
        world.at("2026-03-05T18:00:00Z");
        world.hr(|it| hr::lay_off(it, &person, date(2026, 3, 5)));
        let report = world.run(Flow::ProfileSync).await;
        assert_eq!(steps(&report, &person), ["end-sessions verified"], "{report}");
        assert_eq!(findings(&report, &person), ["stuck-status"]);
        world.run(Flow::NewHire).await; // for somebody else, who starts that week
        world.assert_converged().await;

        world.by_hand(&person, Status::Active);
        let report = world.run(Flow::ProfileSync).await;
        assert_eq!(steps(&report, &person), ["suspend verified", "end-sessions verified"]);
        world.assert_converged().await;
    }
}

/// hr-case 1.
#[tokio::test]
async fn rehire_found_by_a_full_run_loses_every_group_that_was_left_over() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.at("2026-03-06T18:00:00Z");
    world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 4))));
    world.run(Flow::Offboarding).await;
    world.at("2026-03-16T18:00:00Z");
    world.run(Flow::Offboarding).await;
    world.put_in_group(&person, "Secret project");
    world.at("2026-03-20T18:00:00Z");
    world.hr(|it| hr::rehire(it, &person, date(2026, 3, 20)));
    let request = Request { depth: Depth::Everyone, ..world.request(Flow::NewHire) };
    let report = flows::run(&world.office, &request).await.expect("it runs");
    assert!(steps(&report, &person).contains(&"reactivate verified".to_owned()), "{report}");
    assert!(!world.okta(&person).groups.contains(&"Secret project".to_owned()));
    world.assert_converged().await;
}

/// hr-case 45.
#[tokio::test]
async fn account_with_the_right_number_and_another_name_holds_the_joiner() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.joins(date(2026, 3, 4), "NYC1");
    let number = world.hr(|company| {
        let person = company.person(&person).expect("just hired");
        person.employments[0].employee_number.clone()
    });
    world.town.okta.org().add_user(
        SeedUser::active("maiden.name@larkspur.example")
            .with("employeeNumber", number)
            .with("lastName", "Maiden"),
    );
    let report = world.run(Flow::NewHire).await;
    assert_eq!(findings(&report, &person), ["adoption-candidate"]);
    assert_eq!(world.find(&person), None);
    world.assert_converged().await;
}

/// hr-case 21.
#[tokio::test]
async fn whoever_is_away_when_rollcall_comes_is_linked_and_treated_as_the_policy_says() {
    let world = World::untouched(Options::new(30, 7, FIRST_DAY), |policy| policy).await;
    let person = world.hr(|company| {
        let today = company.today();
        let somebody = company.people_here_on(today).find(|it| !it.is_contractor);
        let person = somebody.expect("a company has employees").person_id.to_owned();
        hr::lay_off(company, &person, date(2026, 3, 2));
        person
    });
    world.run_all().await;
    world.run_all().await;
    let now = world.okta(&person);
    assert_eq!((now.status, now.sessions), (Status::Suspended, 0));
    world.assert_converged().await;

    world.hr(|it| hr::return_from_leave(it, &person, date(2026, 3, 5)));
    world.at("2026-03-05T19:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Active);
    assert!(world.okta(&person).groups.contains(&"Employees".to_owned()));
    world.assert_converged().await;
}
