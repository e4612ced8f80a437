//! Leavers.

use jiff::civil::{Date, date};
use rollcall::words::{flow::Flow, ids::PersonId};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
};
use rollcall_tests::{World, findings, steps};

const LAST_DAY: Date = date(2026, 3, 4);

fn resigns(world: &World, person: &str, last_day: Date) {
    world.hr(|company| hr::terminate(company, person, Leaving::resigned(last_day)));
}

/// Nothing is left of somebody's access.
#[track_caller]
fn assert_out(world: &World, person: &str, status: Status) {
    let seen = world.okta(person);
    assert_eq!(seen.status, status);
    assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0), "{seen:?}");
    assert!(seen.groups.iter().all(|it| it == "Berlin house rules"), "{seen:?}");
    assert!(seen.apps.is_empty(), "{seen:?}");
}

/// hr-case 13.
#[tokio::test]
async fn leavers_go_at_the_end_of_the_day_each_in_his_own_zone() {
    let world = World::settled().await;
    let (early, late) = (world.someone_at("SYD1"), world.someone_at("SEA1"));
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &early, LAST_DAY);
    resigns(&world, &late, LAST_DAY); // UKG shows T from now on
    world.run_all().await;
    assert_eq!(world.okta(&early).status, Status::Active, "T alone ends nothing");

    // Midnight in Sydney is 13:00 UTC, in Seattle 08:00 UTC of the next day.
    world.at("2026-03-04T13:05:00Z");
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(
        steps(&report, &early)[..4],
        [
            "save-undo verified",
            "suspend verified",
            "end-sessions verified",
            "revoke-grants verified"
        ]
    );
    assert_out(&world, &early, Status::Suspended);
    assert_eq!(world.okta(&late).status, Status::Active);
    world.assert_converged().await;

    world.at("2026-03-05T08:05:00Z");
    world.run(Flow::Offboarding).await;
    assert_out(&world, &late, Status::Suspended);
    let told = world.mail();
    assert!(told.iter().any(|it| it.contains("To: security") && it.contains("lost access")));
    world.assert_converged().await;
}

/// hr-case 55.
#[tokio::test]
async fn grace_ends_in_deactivation_and_the_undo_pack_remembers() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let groups = world.okta(&person).groups;
    world.at("2026-03-04T18:00:00Z");
    resigns(&world, &person, LAST_DAY);
    world.at("2026-03-05T05:05:00Z");
    world.run(Flow::Offboarding).await;
    let pack = world.office.ledger.undo_pack(&PersonId::from(person.as_str())).await;
    let pack = pack.expect("the ledger can be read").expect("there is an undo pack");
    let mut saved: Vec<String> = pack.groups.iter().map(|it| it.name.to_string()).collect();
    saved.sort();
    assert_eq!(saved, groups);

    world.at("2026-03-12T04:30:00Z");
    world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&person).status, Status::Suspended, "the seven days are not over");
    world.at("2026-03-12T05:30:00Z");
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(steps(&report, &person), ["deactivate verified"]);
    assert_out(&world, &person, Status::Deprovisioned);
    world.run(Flow::NewHire).await; // for somebody else, who starts that week
    world.assert_converged().await;
}

/// hr-case 17, 18.
#[tokio::test]
async fn backdated_and_immediate_leavers_go_as_soon_as_they_are_seen() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let backdated = world.someone_at("CHI1");
    resigns(&world, &backdated, date(2026, 2, 27));
    let dismissed = world.someone_at("SEA1");
    world.hr(|company| hr::terminate(company, &dismissed, Leaving::because(LAST_DAY, "301")));
    let report = world.run(Flow::Offboarding).await;
    assert_out(&world, &backdated, Status::Suspended);
    assert_out(&world, &dismissed, Status::Suspended);
    let cause = report.steps.iter().find(|it| it.person.as_str() == dismissed).map(|it| &it.cause);
    let cause = cause.expect("the dismissal was carried out");
    assert!(cause.contains("reason 301, at once"), "{cause}");
    world.assert_converged().await;
}

/// hr-case 25, 26.
#[tokio::test]
async fn transfer_and_one_of_two_employments_take_nothing_away() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let moved = world.someone_at("SEA1");
    let double = world.pick(|it| it.location == "SEA1" && it.person_id != moved);
    let company_of = |person: &str| {
        world.hr(|it| it.person(person).map(|it| it.employments[0].company_id.clone()))
    };
    let other = |person: &str| {
        if company_of(person).as_deref() == Some("9QLKS") { "4HFLD" } else { "9QLKS" }
    };
    let (to, second) = (other(&moved), other(&double));
    world.hr(|company| {
        hr::transfer(company, &moved, to, LAST_DAY);
        hr::add_employment(company, &double, second, date(2026, 3, 1));
    });
    world.run_all().await;
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| hr::end_one_of_two(company, &double, date(2026, 3, 5)));
    let reports = world.run_all().await;
    for person in [&moved, &double] {
        assert_eq!(world.okta(person).status, Status::Active);
        assert!(world.okta(person).groups.contains(&"Employees".to_owned()));
        assert!(steps(&reports[0], person).is_empty(), "{}", reports[0]);
    }
    world.assert_converged().await;
}

/// hr-case 48.
#[tokio::test]
async fn leaver_who_cannot_be_suspended_is_closed_for_good() {
    for status in [Status::LockedOut, Status::PasswordExpired, Status::Provisioned] {
        let world = World::settled().await;
        let person = world.someone_at("SEA1");
        world.by_hand(&person, status);
        world.at("2026-03-06T18:00:00Z");
        resigns(&world, &person, LAST_DAY);
        world.run(Flow::Offboarding).await;
        assert_out(&world, &person, Status::Deprovisioned);
        world.run(Flow::NewHire).await; // for somebody else, who starts that week
        world.assert_converged().await;
    }
}

#[tokio::test]
async fn group_filled_by_a_rule_is_told_and_nobody_is_excluded_from_it() {
    let world = World::settled().await;
    let person = world.someone_at("BER1");
    assert!(world.okta(&person).groups.contains(&"Berlin house rules".to_owned()));
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, LAST_DAY);
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(findings(&report, &person), ["rule-managed-member"]);
    assert!(world.okta(&person).groups.contains(&"Berlin house rules".to_owned()));
    world.run(Flow::NewHire).await; // for somebody else, who starts that week
    world.assert_converged().await;
}

/// hr-case 1.
#[tokio::test]
async fn rehire_gets_the_old_account_back_without_the_old_access() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let login = world.okta(&person).login;
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, LAST_DAY);
    world.run(Flow::Offboarding).await;
    world.at("2026-03-16T18:00:00Z");
    world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);

    world.at("2026-03-20T18:00:00Z");
    world.hr(|company| hr::rehire(company, &person, date(2026, 3, 20)));
    let report = world.run(Flow::NewHire).await;
    assert!(steps(&report, &person).contains(&"reactivate verified".to_owned()), "{report}");
    let seen = world.okta(&person);
    assert_eq!(seen.login, login);
    assert!(matches!(seen.status, Status::Provisioned | Status::Active), "{seen:?}");
    assert!(seen.groups.contains(&"Employees".to_owned()));
    world.assert_converged().await;
}

/// hr-case 15, 16.
#[tokio::test]
async fn rescinded_termination_changes_nothing_before_and_restores_after() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &person, LAST_DAY);
    world.run_all().await;
    world.hr(|company| hr::rescind_termination(company, &person));
    world.at("2026-03-05T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person), before);

    resigns(&world, &person, LAST_DAY);
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    let after = world.okta(&person);
    assert_eq!((after.status, after.groups), (before.status, before.groups));
    world.assert_converged().await;
}

/// hr-case 47.
#[tokio::test]
async fn account_that_security_suspended_stays_suspended() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.by_hand(&person, Status::Suspended);
    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["drift"]);
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.run(Flow::NewHire).await; // for somebody else, who starts that week
    world.assert_converged().await;
}
