//! Human decisions that a run obeys: security, legal, vip.

use std::collections::BTreeSet;

use expect_test::expect;
use jiff::{ToSpan, civil::date};
use rollcall::{
    deciders::report::Ending,
    flows,
    words::{flow::Flow, hold::HoldKind},
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
};
use rollcall_tests::{World, findings, steps};

/// hr-case 47.
#[tokio::test]
async fn account_under_a_security_hold_is_not_opened_again_and_still_loses_what_it_must() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.at("2026-03-06T18:00:00Z");
    world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 4))));
    world.run_all().await;
    world.hold(&person, HoldKind::Security, None).await;

    // HR takes the departure back; the account stays closed, and one finding says why.
    world.hr(|company| hr::rescind_termination(company, &person));
    let reports = world.run_all().await;
    let told: BTreeSet<_> = reports.iter().flat_map(|it| findings(it, &person)).collect();
    assert_eq!(told, ["on-hold"].into());
    let seen = world.okta(&person);
    assert_eq!((seen.status, seen.groups, seen.apps), (Status::Suspended, vec![], vec![]));
    world.assert_converged().await;

    // The hold goes, and so does what it kept.
    world.release(&person, HoldKind::Security).await;
    world.run_all().await;
    let seen = world.okta(&person);
    assert_eq!(seen.status, Status::Active);
    assert!(seen.groups.contains(&"Employees".to_owned()));
    world.assert_converged().await;

    // A hold on somebody at work stands in the way of no departure.
    world.hold(&person, HoldKind::Security, None).await;
    world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 5))));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    assert!(world.okta(&person).groups.is_empty());
    world.assert_converged().await;
}

/// hr-case 44.
#[tokio::test]
async fn nothing_of_a_leaver_under_a_legal_hold_is_destroyed_until_it_is_removed() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person);
    world.hold(&person, HoldKind::Legal, None).await;
    world.at("2026-03-06T18:00:00Z");
    world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 4))));
    let report = world.run(Flow::Offboarding).await;
    let done = steps(&report, &person);
    assert_eq!(
        done,
        [
            "save-undo verified",
            "suspend verified",
            "end-sessions verified",
            "revoke-grants verified"
        ]
    );
    assert_eq!(findings(&report, &person), ["on-hold"]);
    let seen = world.okta(&person);
    assert_eq!((seen.status, &seen.groups), (Status::Suspended, &before.groups));
    assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0));
    world.run_all().await; // for somebody else, who starts that week
    world.assert_converged().await;

    // Nor when the days of grace are over.
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;

    world.release(&person, HoldKind::Legal).await;
    world.run_all().await;
    let seen = world.okta(&person);
    assert_eq!((seen.status, seen.groups), (Status::Deprovisioned, vec![]));
    world.assert_converged().await;
}

#[tokio::test]
async fn mover_under_a_legal_hold_keeps_the_old_groups_beside_the_new_ones() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let before = world.okta(&person).groups;
    world.hold(&person, HoldKind::Legal, None).await;
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::change_location(it, &person, "SEA1", date(2026, 3, 4)));
    world.run_all().await;
    let during = world.okta(&person).groups;
    assert!(during.contains(&"Location SEA1".to_owned()), "{during:?}");
    assert!(before.iter().all(|it| during.contains(it)), "{during:?}");
    world.assert_converged().await;

    world.release(&person, HoldKind::Legal).await;
    world.run_all().await;
    assert!(!world.okta(&person).groups.contains(&"Location NYC1".to_owned()));
    world.assert_converged().await;
}

/// hr-case 44.
#[tokio::test]
async fn every_change_of_a_vip_waits_for_approval_alone_and_the_others_go_on() {
    let world = World::settled().await;
    let vip = world.someone_at("NYC1");
    let other = world.pick(|it| it.person_id != vip && !it.is_contractor);
    world.hold(&vip, HoldKind::Vip, None).await;
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| {
        hr::change_name(it, &vip, "Nia", "Okafor");
        hr::change_name(it, &other, "Ama", "Mensah");
    });
    let before = world.profile(&vip, "lastName");
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(report.ending(), Ending::Waiting, "{report}");
    assert_eq!(report.held[0].people.len(), 1, "a plan of her own");
    assert!(report.to_string().contains("the vip hold by grace on person"), "{report}");
    assert_eq!(world.profile(&vip, "lastName"), before);
    assert_eq!(world.profile(&other, "lastName"), "Mensah");

    let mail = world.mail();
    let mail = mail.iter().find(|it| it.contains("the vip hold by")).expect("IT was told");
    let mail = mail.replace(&vip, "P").replace(report.held[0].plan.as_str(), "PLAN");
    expect![[r#"
        To: it
        Subject: Rollcall holds back rename-login for 1 person

        Why: 1 person waits: the vip hold by grace on person P asks for approval of every change: case 12.

        Nothing in this plan has been done; everything else goes on. In it, the most telling first:

        - person P: rename-login nia.okafor@larkspur.example, update displayName, firstName, lastName

        To see all of it:    rollcall plans PLAN
        If UKG is wrong:     correct it there, and the plan goes away.
        If it is right:      rollcall approve PLAN --why "..."
                             and the next run of profile-sync carries out these steps and no others.
        If it must not be:   rollcall reject PLAN --why "..."
    "#]]
    .assert_eq(&mail);

    // Explaining says the same, with owner and reason.
    let now = world.town.clock.now();
    let explained = flows::explain(&world.office, &vip, now).await.expect("it can be read");
    let text = explained.expect("UKG has the person").to_string();
    assert!(text.contains("vip hold by grace since"), "{text}");
    assert!(text.contains("case 12"), "{text}");
    assert!(text.contains("once it is approved"), "{text}");

    let now = (world.office.clock)();
    let plan = &report.held[0].plan;
    let ledger = &world.office.ledger;
    ledger.approve_plan(plan, "dana", "asked", now, now + 1.hours()).await.expect("it waits");
    world.run(Flow::ProfileSync).await;
    assert_eq!(world.profile(&vip, "lastName"), "Okafor");
    world.run_all().await; // for somebody else, who starts that week
    world.assert_converged().await;
}

/// hr-case 44.
#[tokio::test]
async fn end_of_a_hold_is_announced_once_a_week_before() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.hold(&person, HoldKind::Legal, Some("2026-03-12T00:00:00Z")).await;
    let told = || world.mail().iter().filter(|it| it.contains("the legal hold on person")).count();
    world.at("2026-03-04T18:00:00Z");
    world.run_all().await;
    assert_eq!(told(), 0);
    world.at("2026-03-05T18:00:00Z");
    world.run(Flow::NewHire).await;
    assert_eq!(told(), 2, "IT and security");
    world.run_all().await;
    world.at("2026-03-06T18:00:00Z");
    world.run_all().await;
    assert_eq!(told(), 2);
    world.assert_converged().await;
}
