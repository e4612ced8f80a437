//! What the policy lets Rollcall do by itself, with a person's word, or not at all.

use std::collections::BTreeSet;

use expect_test::expect;
use jiff::civil::date;
use rollcall::{
    deciders::report::{Ending, Report},
    words::{action::Outcome, flow::Flow},
};
use rollcall_sandbox::{company::hr, okta::Status, town::Options};
use rollcall_tests::{FIRST_DAY, World};

use crate::{
    hires::{hire, resigns},
    hq::{approve, approve_all, edited, settled_with},
};

/// The example policy with these modes.
fn with_modes(modes: &str) -> (&'static str, String) {
    ("modes:\n  default: auto\n", format!("modes:\n{modes}"))
}

/// The kinds for which a report says that they wait.
fn waiting(reports: &[Report]) -> BTreeSet<String> {
    let held = reports.iter().flat_map(|it| &it.held);
    held.map(|it| it.objection.to_string()).collect()
}

#[tokio::test]
async fn new_installation_does_nothing_that_nobody_has_looked_at() {
    let (from, to) = with_modes("  default: approve\n");
    let mut world =
        World::untouched(Options::new(20, 7, FIRST_DAY), |it| edited(it, &[(from, &to)])).await;
    let first = world.run_all().await;
    assert_eq!(world.write_log(), "", "nothing is written to Okta");
    expect![[r#"
        {
            "the policy asks for a person's word before adopt",
            "the policy asks for a person's word before create",
        }"#]]
    .assert_eq(&format!("{:#?}", waiting(&first)));
    assert!(first.iter().any(|it| it.ending() == Ending::Waiting));

    // Round after round somebody looks, and what was seen is done, until nothing is left.
    let mut rounds = 0;
    while world.run_all().await.iter().any(|it| !it.held.is_empty()) {
        rounds += 1;
        assert!(rounds < 9, "it never ends");
        approve_all(&world).await;
    }
    let linked = world.office.ledger.all_links().await.expect("the ledger can be read");
    assert!(!linked.is_empty(), "accounts were taken over");
    world.assert_converged().await;

    // Opened up for everything but new accounts.
    let (from, to) = with_modes("  create: approve\n");
    let credentials = world.town.credentials().to_string();
    world.restart_with(&credentials, |it| edited(it, &[(from, &to)]));
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone();
    resigns(&world, &leaver, date(2026, 3, 4));
    let joiner = hire(&world, date(2026, 3, 6), "NYC1");
    let reports = world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended);
    assert!(world.find(&joiner).is_none());
    assert_eq!(
        waiting(&reports),
        ["the policy asks for a person's word before create".to_owned()].into()
    );
    let report = reports.iter().find(|it| !it.held.is_empty()).expect("somebody waits");
    approve(&world, report).await;
    world.run_all().await;
    assert!(world.find(&joiner).is_some());
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn what_is_switched_off_is_not_done_and_the_report_says_so() {
    let (from, to) = with_modes("  deactivate: off\n  create: off\n");
    let world = settled_with(&[(from, &to)]).await;
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone();
    resigns(&world, &leaver, date(2026, 3, 4));
    let joiner = hire(&world, date(2026, 3, 6), "NYC1");
    world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended, "what is not switched off goes on");

    // The days of grace are over, and the account is not closed for good.
    world.at("2026-03-16T18:00:00Z");
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended);
    assert!(world.find(&joiner).is_none());
    assert!(!world.written_about().contains(&leaver));
    let text: String = reports[..3].iter().map(ToString::to_string).collect();
    let text = text.replace(&leaver, "LEAVER").replace(&joiner, "JOINER");
    let is_told = |it: &&str| it.contains("switched off") || it.contains("ER");
    let told: Vec<&str> = text.lines().filter(is_told).collect();
    expect![[r#"
        not done, since the policy has switched off deactivate (modes):
          person LEAVER
        not done, since the policy has switched off create (modes):
          person JOINER"#]]
    .assert_eq(&told.join("\n"));
    let json = reports[0].to_json().to_string();
    assert!(json.contains(r#""outcome":"off""#), "{json}");
    assert!(reports[0].held.is_empty());
    assert!(reports[0].steps.iter().all(|it| it.outcome != Outcome::Held));
    world.assert_converged().await;
}

#[tokio::test]
async fn departures_that_are_switched_off_take_nothing_and_movers_go_on() {
    let (from, to) = with_modes("  departures: off\n");
    let world = settled_with(&[(from, &to)]).await;
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone_at("NYC1");
    let mover = world.someone_at("SEA1");
    resigns(&world, &leaver, date(2026, 3, 4));
    world.hr(|it| hr::change_name(it, &mover, "Nia", "Okafor"));
    let before = world.okta(&leaver);
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    assert_eq!(world.okta(&leaver), before);
    assert!(world.written_about().contains(&mover));
    assert!(!world.written_about().contains(&leaver));
    assert!(reports[0].to_string().contains("switched off departures"), "{}", reports[0]);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn groups_are_made_when_somebody_has_said_so() {
    let (from, to) = with_modes("  create-group: approve\n  rename-group: off\n");
    let world = settled_with(&[(from, &to)]).await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    crate::hq::open_department(&world, "OPTO", "Optometry");
    world.hr(|it| {
        hr::change_department(it, &person, "OPTO", date(2026, 3, 4));
        hr::rename_department(it, "DATA", "Numbers");
    });
    world.town.okta.wire().forget();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(crate::hq::group_id(&world, "Department Optometry"), "");
    assert_eq!(crate::hq::group_id(&world, "Department Numbers"), "");
    assert!(report.to_string().contains("switched off rename-group"), "{report}");
    approve(&world, &report).await;
    world.run(Flow::OrgSync).await;
    assert_ne!(crate::hq::group_id(&world, "Department Optometry"), "");
    world.run_all().await;
    world.run_all().await;
    world.assert_converged().await;
}
