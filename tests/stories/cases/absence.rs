//! People who are away and still employed.

use jiff::civil::date;
use rollcall::{deciders::report::Ending, words::flow::Flow};
use rollcall_sandbox::{company::hr, okta::Status};
use rollcall_tests::{World, findings, steps};

/// hr-case 21.
#[tokio::test]
async fn leave_that_the_policy_keeps_changes_nothing_from_beginning_to_end() {
    let world = World::settled().await;
    let person = world.someone();
    let before = world.okta(&person);
    world.at("2026-03-03T18:00:00Z");
    world.hr(|company| {
        hr::start_leave(company, &person, "PARENT", date(2026, 3, 3), Some(date(2026, 3, 20)));
    });
    world.town.okta.wire().forget();
    for now in ["2026-03-03T19:00:00Z", "2026-03-10T18:00:00Z"] {
        world.at(now);
        world.run_all().await;
    }
    world.hr(|company| hr::return_from_leave(company, &person, date(2026, 3, 10)));
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    assert_eq!(world.writes_about(&person), [""; 0]);
    world.assert_converged().await;
}

/// hr-case 21.
#[tokio::test]
async fn long_leave_suspends_for_as_long_as_it_lasts_and_is_no_departure() {
    let world = World::settled().await;
    let person = world.someone();
    let before = world.okta(&person);
    world.at("2026-03-03T18:00:00Z");
    world.hr(|company| hr::start_leave(company, &person, "SABB", date(2026, 3, 3), None));
    world.at("2026-03-07T18:00:00Z");
    world.run_all().await;
    let away = world.okta(&person);
    assert_eq!((away.status, &away.groups), (Status::Suspended, &before.groups));
    // Longer than the grace of any leaver.
    world.at("2026-03-20T18:00:00Z");
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| steps(it, &person).is_empty()));
    assert_eq!(world.okta(&person).status, Status::Suspended);
    assert!(world.mail().iter().all(|it| !it.contains("lost access")), "nobody has left");

    world.hr(|company| hr::return_from_leave(company, &person, date(2026, 3, 20)));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!(
        (after.status, after.groups, after.apps),
        (before.status, before.groups, before.apps)
    );
    world.assert_converged().await;
}

/// hr-case 22.
#[tokio::test]
async fn each_of_ukgs_statuses_is_treated_as_the_policy_says_and_undone_on_return() {
    let world = World::settled().await;
    let suspended = world.someone_at("SEA1");
    let laid_off = world.pick(|it| it.location == "SEA1" && it.person_id != suspended);
    let striking = world.someone_at("NYC1");
    let before = [&suspended, &laid_off, &striking].map(|it| world.okta(it));
    world.at("2026-03-04T18:00:00Z");
    let on = date(2026, 3, 4);
    world.hr(|company| {
        hr::suspend(company, &suspended, on);
        hr::lay_off(company, &laid_off, on);
        hr::strike(company, &striking, on);
    });
    world.run_all().await;
    assert_eq!(world.okta(&suspended).status, Status::Suspended);
    assert_eq!(world.okta(&laid_off).status, Status::Suspended);
    assert_eq!(world.okta(&striking), before[2], "a strike keeps access");
    world.assert_converged().await;

    world.at("2026-03-16T18:00:00Z");
    world.hr(|company| {
        for it in [&suspended, &laid_off, &striking] {
            hr::back_to_work(company, it, date(2026, 3, 16));
        }
    });
    world.run_all().await;
    for (person, before) in [&suspended, &laid_off, &striking].into_iter().zip(before) {
        let after = world.okta(person);
        assert_eq!((after.status, after.groups), (before.status, before.groups));
    }
    world.assert_converged().await;
}

/// hr-case 22.
#[tokio::test]
async fn status_that_ukg_never_announced_holds_the_person_until_the_policy_knows_it() {
    let world = World::settled().await;
    let person = world.someone();
    let before = world.okta(&person);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| hr::unheard_status(company, &person, 'Q'));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["unknown-status"]);
    assert_eq!(report.ending(), Ending::Partly);
    assert_eq!(world.okta(&person), before);
    assert!(world.mail().iter().any(|it| it.contains("status Q")), "IT is told");
    world.run_all().await;
    world.assert_converged().await;
}
