//! People who are away and still employed, and those whose start was moved away.

use jiff::civil::{Date, date};
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, findings, steps};

const MONDAY: Date = date(2026, 3, 2);

/// The example policy with other days around absences.
async fn settled_with(line: &str, instead: &str) -> World {
    let edit = |policy: String| {
        assert!(policy.contains(line), "the example policy has no {line:?}");
        policy.replacen(line, instead, 1)
    };
    World::settled_with(Options::new(30, 7, FIRST_DAY), edit).await
}

/// Goes on leave on Monday, for two months.
fn leaves_on_monday(world: &World, person: &str, reason: &str) {
    let until = Some(date(2026, 5, 4));
    world.hr(|it| hr::start_leave(it, person, reason, MONDAY, until));
}

/// Nobody has been told that a leaver left.
#[track_caller]
fn assert_no_leaver(world: &World, person: &str) {
    let packs = world.mail().into_iter().filter(|it| it.contains("lost access"));
    assert_eq!(packs.collect::<Vec<_>>(), Vec::<String>::new());
    assert_ne!(world.okta(person).status, Status::Deprovisioned);
}

/// hr-case 21.
#[tokio::test]
async fn each_leave_code_has_its_own_treatment() {
    let world = settled_with("SABB: {suspend_after_days: 3}", "SABB: suspend").await;
    world.at("2026-03-02T19:00:00Z");
    let people: Vec<String> = {
        let mut all: Vec<String> = Vec::new();
        for _ in 0..4 {
            let next =
                world.pick(|it| !it.is_contractor && !all.iter().any(|id| id == it.person_id));
            all.push(next);
        }
        all
    };
    let before: Vec<_> = people.iter().map(|it| world.okta(it)).collect();
    for (person, reason) in people.iter().zip(["MED", "UNPD", "SABB", "FMLA"]) {
        leaves_on_monday(&world, person, reason);
    }
    world.run_all().await;
    let now: Vec<_> = people.iter().map(|it| world.okta(it)).collect();
    assert_eq!(now[0], before[0], "kept by its reason");
    assert_eq!(now[3], before[3], "kept by the rule for leaves");
    assert_eq!(now[1].status, Status::Active);
    assert!(now[1].groups.len() < before[1].groups.len(), "restricted at once: {:?}", now[1]);
    assert_eq!(now[2].status, Status::Suspended);
    assert_eq!(now[2].groups, before[2].groups, "suspended with everything in it");
    assert_eq!(now[2].sessions, 0);
    world.assert_converged().await;

    for person in &people {
        world.hr(|it| hr::return_from_leave(it, person, date(2026, 3, 3)));
    }
    world.at("2026-03-03T19:00:00Z");
    world.run_all().await;
    for (person, before) in people.iter().zip(&before) {
        let now = world.okta(person);
        assert_eq!(now.status, Status::Active);
        assert_eq!((&now.groups, &now.apps), (&before.groups, &before.apps));
        assert_no_leaver(&world, person);
    }
    world.assert_converged().await;
}

/// hr-case 21.
#[tokio::test]
async fn restricted_leave_keeps_what_is_marked_and_what_is_not_ours_and_returns_exactly() {
    let world = World::settled().await;
    world.at("2026-03-02T19:00:00Z");
    let person = world.someone_at("SEA1");
    world.put_in_group(&person, "Choir");
    world.run_all().await;
    let before = world.okta(&person);
    leaves_on_monday(&world, &person, "UNPD");
    world.run_all().await;
    let away = world.okta(&person);
    assert_eq!(away.groups, ["Choir", "Employees", "Everyone at Larkspur", "MFA standard"]);
    assert_eq!(away.apps, Vec::<String>::new());
    assert_eq!((away.status, away.sessions), (Status::Active, before.sessions));
    world.assert_converged().await;

    world.at("2026-04-13T19:00:00Z");
    world.hr(|it| hr::return_from_leave(it, &person, date(2026, 4, 13)));
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    assert_no_leaver(&world, &person);
    world.assert_converged().await;
}

#[tokio::test]
async fn leave_is_restricted_only_when_it_lasts() {
    let world = settled_with("MED: keep", "MED: {restrict_after_days: 5}").await;
    world.at("2026-03-02T19:00:00Z");
    let person = world.someone_at("SEA1");
    let before = world.okta(&person);
    leaves_on_monday(&world, &person, "MED");
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    // Saturday the seventh begins in Seattle at eight in the morning UTC.
    world.at("2026-03-07T07:55:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    world.at("2026-03-07T08:05:00Z");
    world.run_all().await;
    assert!(!world.okta(&person).groups.contains(&"Location SEA1".to_owned()));
    world.assert_converged().await;

    world.hr(|it| hr::return_from_leave(it, &person, date(2026, 3, 7)));
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;
}

/// hr-case 22.
#[tokio::test]
async fn strike_lay_off_and_suspension_close_what_the_policy_closes_and_open_it_again() {
    let world = World::settled().await;
    world.at("2026-03-02T19:00:00Z");
    type Act = fn(
        &mut rollcall_sandbox::company::Company,
        &str,
        Date,
    ) -> rollcall_sandbox::company::HrEvent;
    let acts: [(Act, Status); 3] = [
        (hr::strike, Status::Active),
        (hr::lay_off, Status::Suspended),
        (hr::suspend, Status::Suspended),
    ];
    for (act, status) in acts {
        let person = world.someone_at("NYC1");
        let before = world.okta(&person);
        world.hr(|it| act(it, &person, MONDAY));
        world.run_all().await;
        assert_eq!(world.okta(&person).status, status);
        world.assert_converged().await;
        world.hr(|it| hr::back_to_work(it, &person, MONDAY));
        world.run_all().await;
        let after = world.okta(&person);
        assert_eq!(
            (after.status, after.groups, after.apps),
            (before.status, before.groups, before.apps)
        );
        assert_no_leaver(&world, &person);
        world.assert_converged().await;
    }
}

/// hr-case 21.
#[tokio::test]
async fn leave_that_turns_into_a_termination_ends_like_any_other_departure() {
    for reason in ["MED", "UNPD"] {
        let world = World::settled().await;
        world.at("2026-03-02T19:00:00Z");
        let person = world.someone_at("NYC1");
        let before = world.okta(&person);
        leaves_on_monday(&world, &person, reason);
        world.run_all().await;
        world.at("2026-03-06T19:00:00Z");
        world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 6))));
        world.run_all().await;
        assert_eq!(world.okta(&person).status, Status::Active);
        world.at("2026-03-07T05:05:00Z");
        let report = world.run(Flow::Offboarding).await;
        assert!(steps(&report, &person).contains(&"suspend verified".to_owned()), "{report}");
        let seen = world.okta(&person);
        assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0));
        assert_eq!(seen.groups, Vec::<String>::new());
        world.run_all().await;
        world.assert_converged().await;

        // A mistake: back on leave, then back at work.
        world.hr(|it| hr::rescind_termination(it, &person));
        world.run_all().await;
        assert_eq!(world.okta(&person).status, Status::Active);
        world.assert_converged().await;
        world.hr(|it| hr::return_from_leave(it, &person, date(2026, 3, 7)));
        world.run_all().await;
        let after = world.okta(&person);
        assert_eq!((after.groups, after.apps), (before.groups, before.apps));
        world.assert_converged().await;
    }
}

#[tokio::test]
async fn termination_during_a_suspension_strips_and_deactivates_without_opening_anything() {
    let world = World::settled().await;
    world.at("2026-03-02T19:00:00Z");
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.hr(|it| hr::suspend(it, &person, MONDAY));
    world.run_all().await;
    assert_eq!(world.okta(&person).groups, before.groups);
    world.at("2026-03-06T19:00:00Z");
    world.hr(|it| hr::terminate(it, &person, Leaving::because(date(2026, 3, 6), "301")));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(
        steps(&report, &person)[..3],
        ["save-undo verified", "end-sessions verified", "revoke-grants verified"],
        "{report}"
    );
    let seen = world.okta(&person);
    assert_eq!((seen.status, seen.grants), (Status::Suspended, 0));
    assert_eq!(seen.groups, Vec::<String>::new());
    world.run_all().await;
    world.assert_converged().await;
    world.at("2026-03-14T19:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    let opened = world.town.okta.wire().writes();
    assert!(opened.iter().all(|it| !it.path.ends_with("/unsuspend")));
    world.assert_converged().await;
}

#[tokio::test]
async fn termination_during_a_suspension_that_was_a_mistake_stays_suspended_until_the_return() {
    let world = World::settled().await;
    world.at("2026-03-02T19:00:00Z");
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.hr(|it| hr::suspend(it, &person, MONDAY));
    world.run_all().await;
    world.at("2026-03-06T19:00:00Z");
    world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 5))));
    world.run_all().await;
    world.hr(|it| hr::rescind_termination(it, &person));
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| findings(it, &person).is_empty()), "nobody else did this");
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
    world.hr(|it| hr::back_to_work(it, &person, date(2026, 3, 6)));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!(
        (after.status, after.groups, after.apps),
        (before.status, before.groups, before.apps)
    );
    world.assert_converged().await;
}

/// Somebody who starts on Wednesday, with an account that is open.
async fn started_on_wednesday(world: &World) -> String {
    world.at("2026-03-03T19:00:00Z");
    let person = world.joins(date(2026, 3, 4), "NYC1");
    world.at("2026-03-04T05:05:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    person
}

const SUSPEND: (&str, &str) = ("lifecycle:\n", "lifecycle:\n  start_moved: suspend\n");

/// hr-case 10.
#[tokio::test]
async fn account_that_nobody_used_is_closed_until_the_new_start() {
    let world = settled_with(SUSPEND.0, SUSPEND.1).await;
    let person = started_on_wednesday(&world).await;
    world.by_hand(&person, Status::Active);
    let before = world.okta(&person);
    world.hr(|it| hr::move_start(it, &person, date(2026, 3, 25)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(steps(&report, &person), ["suspend verified", "end-sessions verified"]);
    world.run_all().await;
    world.assert_converged().await;
    world.at("2026-03-20T19:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;

    world.at("2026-03-25T05:05:00Z");
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((after.status, after.groups), (Status::Active, before.groups));
    world.assert_converged().await;
}

/// hr-case 10.
#[tokio::test]
async fn account_in_which_somebody_works_stays_open_when_the_start_moves_and_is_told_once() {
    let world = settled_with(SUSPEND.0, SUSPEND.1).await;
    let person = started_on_wednesday(&world).await;
    world.by_hand(&person, Status::Active);
    let user = world.user(&person);
    world.town.okta.org().open_session(&user);
    let before = world.okta(&person);
    world.hr(|it| hr::move_start(it, &person, date(2026, 3, 25)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["start-moved"]);
    assert_eq!(world.okta(&person), before);
    world.run_all().await;
    let told: Vec<String> =
        world.mail().into_iter().filter(|it| it.contains("start-moved")).collect();
    assert_eq!(told.len(), 2, "one for IT, one for HR: {told:?}");
    assert!(told[0].contains("UKG has moved the start to 2026-03-25"), "{told:?}");
    world.assert_converged().await;

    // Security may still close it, and the start does not open it again.
    world.by_hand(&person, Status::Suspended);
    world.at("2026-03-25T05:05:00Z");
    let reports = world.run_all().await;
    assert!(reports.iter().any(|it| findings(it, &person) == ["drift"]));
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

#[tokio::test]
async fn account_that_waits_for_its_first_sign_in_cannot_be_suspended_and_is_told() {
    let world = settled_with(SUSPEND.0, SUSPEND.1).await;
    let person = started_on_wednesday(&world).await;
    world.hr(|it| hr::move_start(it, &person, date(2026, 3, 25)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["start-moved"]);
    assert_eq!(steps(&report, &person), Vec::<String>::new());
    world.run_all().await;
    world.assert_converged().await;

    // IT does what the finding proposes; the account comes back with the start.
    world.by_hand(&person, Status::Deprovisioned);
    world.at("2026-03-25T05:05:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    assert!(world.okta(&person).groups.contains(&"Employees".to_owned()));
    world.assert_converged().await;
}

#[tokio::test]
async fn start_that_moves_takes_nothing_away_unless_the_policy_says_so() {
    let world = World::settled().await;
    let person = started_on_wednesday(&world).await;
    world.by_hand(&person, Status::Active);
    let before = world.okta(&person);
    world.hr(|it| hr::move_start(it, &person, date(2026, 3, 25)));
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;
    world.at("2026-03-25T05:05:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;
}

#[tokio::test]
async fn weekend_between_two_companies_does_not_make_old_groups_look_added_by_hand() {
    let world = World::settled().await;
    world.at("2026-03-05T19:00:00Z");
    let person = world.someone_at("SEA1");
    let company = world.hr(|it| it.person(&person).map(|it| it.employments[0].company_id.clone()));
    let to = if company.as_deref() == Some("9QLKS") { "4HFLD" } else { "9QLKS" };
    world.hr(|it| {
        hr::terminate(it, &person, Leaving::because(date(2026, 3, 6), "TRO"));
        hr::add_employment(it, &person, to, date(2026, 3, 9));
    });
    world.run_all().await;
    for instant in ["2026-03-07T19:00:00Z", "2026-03-08T19:00:00Z"] {
        world.at(instant);
        world.run_all().await;
        assert_eq!(world.okta(&person).status, Status::Active);
    }
    world.at("2026-03-09T19:00:00Z");
    world.hr(|it| hr::change_location(it, &person, "DEN1", date(2026, 3, 9)));
    world.run_all().await;
    let groups = world.okta(&person).groups;
    assert!(!groups.contains(&"Location SEA1".to_owned()), "{groups:?}");
    world.assert_converged().await;
}
