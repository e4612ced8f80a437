//! Departures taken back by hand, because HR was wrong.

use std::collections::BTreeSet;

use expect_test::expect;
use jiff::civil::{Date, date};
use rollcall::{
    flows::{UndoEnding, Undone},
    words::{flow::Flow, hold::HoldKind},
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::{GroupKind, Status},
};
use rollcall_tests::{Seen, World, findings, steps};

const LAST_DAY: Date = date(2026, 3, 4);

/// Somebody at `location` with a group that no rule of the policy gives.
async fn somebody_at(location: &str) -> (World, String, Seen) {
    let world = World::settled().await;
    let person = world.someone_at(location);
    {
        let mut org = world.town.okta.org();
        let club = org.add_group("Chess club", GroupKind::Okta);
        let user = org.user_by_login(&login(&org, &person)).map(|it| it.id.clone());
        org.add_to_group(&club, &user.expect("the person has an account"));
    }
    let before = world.okta(&person);
    (world, person, before)
}

fn login(org: &rollcall_sandbox::okta::Org, person: &str) -> String {
    let user = org.users().find(|it| it.profile.get("ukgPersonId").is_some_and(|it| it == person));
    let login = user.and_then(|it| it.profile.get("login")?.as_str().map(str::to_owned));
    login.expect("the person has an account")
}

async fn leaves(world: &World, person: &str) {
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| hr::terminate(company, person, Leaving::resigned(LAST_DAY)));
    world.run(Flow::Offboarding).await;
    world.run(Flow::NewHire).await; // for somebody else, who starts that week
    assert_eq!(world.okta(person).status, Status::Suspended);
}

/// What was printed, with the ids of this world in words.
fn told(world: &World, person: &str, undone: &Undone) -> String {
    undone.to_string().replace(person, "P").replace(&world.okta(person).login, "LOGIN")
}

#[track_caller]
fn assert_done(undone: &Undone) {
    let UndoEnding::Done(deed) = &undone.ending else { panic!("{undone}") };
    assert!(deed.is_verified, "{undone}");
}

#[track_caller]
fn assert_nothing(undone: &Undone) {
    assert!(matches!(undone.ending, UndoEnding::Nothing(_)), "{undone}");
    assert_eq!(undone.exit_status(), 0);
}

#[tokio::test]
async fn wrong_leaver_is_back_with_everything_and_no_run_takes_it_again_until_hr_is_corrected() {
    let (world, person, before) = somebody_at("NYC1").await;
    leaves(&world, &person).await;

    world.town.okta.wire().forget();
    let shown = world.undo(&person, true).await;
    assert_eq!(world.town.okta.wire().writes(), [], "a dry run wrote to Okta");
    expect![[r#"
        undo of person P (LOGIN) as of 2026-03-06T18:00:00Z (dry run: nothing was written)
        The departure of 2026-03-04, carried out by run offboarding-4, is taken back:
          planned   unsuspend
          planned   join-group: Everyone at Larkspur
          planned   join-group: Employees
          planned   join-group: App Customer records
          planned   join-group: Department Marketing
          planned   join-group: Location NYC1
          planned   join-group: MFA standard
          planned   join-group: Chess club
          planned   assign-app: Expense reports
        What Okta cannot give back:
          - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
          - what was set inside apps that are assigned again (roles, licences, user names): look at them in the apps
        UKG does not say that the person works here. A hold would keep runs from carrying the departure of 2026-03-04 out again until 2026-03-13T18:00:00Z.
        Correct the record in UKG by then, or the account is closed again. Once UKG says that the person works here, the hold means nothing.
    "#]].assert_eq(&told(&world, &person, &shown));

    let undone = world.undo(&person, false).await;
    assert_done(&undone);
    let after = world.okta(&person);
    assert_eq!(after.status, Status::Active);
    assert_eq!((&after.groups, &after.apps), (&before.groups, &before.apps));
    let mail = world.mail();
    let told: Vec<_> = mail.iter().filter(|it| it.contains("taken back by casey")).collect();
    assert_eq!(told.len(), 3, "IT, HR and security");

    // Twice is once.
    assert_nothing(&world.undo(&person, false).await);

    // HR still says so, and nobody listens; not even when everybody is compared.
    let reports = world.run_all().await;
    assert_eq!(findings(&reports[0], &person), ["on-hold"]);
    assert!(steps(&reports[0], &person).is_empty());
    world.assert_converged().await;
    assert_eq!(world.okta(&person), after);

    // HR corrects its record: all is as before, and the hold is gone.
    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    assert_eq!(world.okta(&person), after);
    let holds = world.office.ledger.all_holds().await.expect("the ledger can be read");
    assert_eq!(holds, []);
    world.assert_converged().await;
}

#[tokio::test]
async fn hold_on_an_undone_departure_ends_and_another_departure_is_never_held() {
    let (world, person, _) = somebody_at("NYC1").await;
    leaves(&world, &person).await;
    assert_done(&world.undo(&person, false).await);

    // Two days before the end everybody hears of it again, once.
    world.at("2026-03-12T12:00:00Z");
    world.run_all().await;
    world.run_all().await;
    let mail = world.mail();
    let reminded = mail.iter().filter(|it| it.contains("the undone hold on person")).count();
    assert_eq!(reminded, 3);
    assert_eq!(world.okta(&person).status, Status::Active);

    // Nothing happened in UKG: the departure is carried out after all, and can be undone again.
    world.at("2026-03-13T18:05:00Z");
    world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&person).status, Status::Suspended, "with days of grace of its own");
    assert_done(&world.undo(&person, false).await);
    assert!(world.okta(&person).groups.contains(&"Chess club".to_owned()));

    // HR says another day: that is another word, and it counts.
    world.hr(|company| hr::rescind_termination(company, &person));
    world.hr(|company| {
        hr::terminate(company, &person, Leaving::resigned(date(2026, 3, 11)));
    });
    let report = world.run(Flow::Offboarding).await;
    assert!(!steps(&report, &person).is_empty(), "{report}");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn deactivated_leaver_is_opened_again_and_what_okta_cannot_give_back_is_told() {
    let (world, person, before) = somebody_at("NYC1").await;
    leaves(&world, &person).await;
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);

    let undone = world.undo(&person, false).await;
    assert_done(&undone);
    expect![[r#"
        undo of person P (LOGIN) as of 2026-03-16T18:00:00Z
        The departure of 2026-03-04, carried out by run offboarding-4, is taken back:
          verified  reactivate
          verified  join-group: Everyone at Larkspur
          verified  join-group: Employees
          verified  join-group: App Customer records
          verified  join-group: Department Marketing
          verified  join-group: Location NYC1
          verified  join-group: MFA standard
          verified  join-group: Chess club
          verified  assign-app: Expense reports
        What Okta cannot give back:
          - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
          - password and MFA enrolments, which deactivation may have taken: in Okta, open the person and send the activation or password mail, and expect a new enrolment
          - apps that were assigned directly and that the policy does not name: deactivation took them, so ask the person what is missing
          - what was set inside apps that are assigned again (roles, licences, user names): look at them in the apps
        UKG does not say that the person works here. A hold keeps runs from carrying the departure of 2026-03-04 out again until 2026-03-23T18:00:00Z.
        Correct the record in UKG by then, or the account is closed again. Once UKG says that the person works here, the hold means nothing.
    "#]].assert_eq(&told(&world, &person, &undone));
    let after = world.okta(&person);
    assert_eq!(after.status, Status::Provisioned, "the password is gone");
    assert_eq!((&after.groups, &after.apps), (&before.groups, &before.apps));
    assert_nothing(&world.undo(&person, false).await);
    world.run_all().await;
    world.assert_converged().await;

    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    assert_eq!(world.okta(&person), after);
    world.assert_converged().await;
}

#[tokio::test]
async fn groups_that_vanished_or_follow_a_rule_are_told() {
    let (world, person, before) = somebody_at("BER1").await;
    assert!(before.groups.contains(&"Berlin house rules".to_owned()));
    leaves(&world, &person).await;
    {
        let mut org = world.town.okta.org();
        let club = org.group_by_name("Chess club").map(|it| it.id.clone()).expect("it is there");
        org.delete_group(&club);
    }
    let undone = world.undo(&person, false).await;
    assert_done(&undone);
    let text = undone.to_string();
    assert!(text.contains("group \"Chess club\": it was deleted in Okta"), "{text}");
    let mut expected = before.groups.clone();
    expected.retain(|it| it != "Chess club");
    assert_eq!(world.okta(&person).groups, expected, "the rule's group was never left");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn there_is_nothing_to_undo_for_somebody_who_never_left() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.town.okta.wire().forget();
    assert_nothing(&world.undo(&person, false).await);

    // Nor for somebody whose departure no run has carried out yet.
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| hr::terminate(company, &person, Leaving::resigned(LAST_DAY)));
    let undone = world.undo(&person, false).await;
    assert_nothing(&undone);
    assert!(undone.to_string().contains("has taken nothing away yet"), "{undone}");
    assert_eq!(world.town.okta.wire().writes(), []);
    assert!(world.mail().iter().all(|it| !it.contains("taken back")));

    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn interrupted_undo_goes_on_when_it_is_repeated() {
    use rollcall_sandbox::wire::{Effect, Fault};
    let (world, person, before) = somebody_at("NYC1").await;
    leaves(&world, &person).await;
    world.town.okta.wire().inject(Fault {
        method: Some("PUT".parse().expect("a method")),
        path_contains: "/groups/".to_owned(),
        skip: 2,
        times: 1,
        effect: Effect::Answer(403, r#"{"errorCode":"E0000006"}"#.to_owned()),
    });
    let undone = world.undo(&person, false).await;
    assert_eq!(undone.exit_status(), 4, "{undone}");
    assert!(undone.to_string().contains("it goes on from here"), "{undone}");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Active, "the hold stands already");

    assert_done(&world.undo(&person, false).await);
    assert_eq!(world.okta(&person).groups, before.groups);
    assert_nothing(&world.undo(&person, false).await);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn what_security_closed_stays_closed() {
    let (world, person, _) = somebody_at("NYC1").await;
    leaves(&world, &person).await;
    world.hold(&person, HoldKind::Security, None).await;
    let undone = world.undo(&person, false).await;
    assert!(matches!(undone.ending, UndoEnding::Refused(_)), "{undone}");
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

#[tokio::test]
async fn suspension_after_an_undo_is_somebody_elses_and_stays() {
    let (world, person, _) = somebody_at("NYC1").await;
    leaves(&world, &person).await;
    assert_done(&world.undo(&person, false).await);
    world.by_hand(&person, Status::Suspended);
    world.hr(|company| hr::rescind_termination(company, &person));
    let reports = world.run_all().await;
    let told: BTreeSet<_> = reports.iter().flat_map(|it| findings(it, &person)).collect();
    assert_eq!(told, ["drift"].into());
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}
