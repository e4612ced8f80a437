//! The end of a contract: by which date, with what kept and told, and how it is taken back.

use super::{
    AFTER, LAST_DAY, NOON, archive, assert_never_closed, at, check, contractor, ending, mail_with,
    settled, settled_with, with,
};
use expect_test::expect;
use jiff::{ToSpan, civil::date};
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
    town,
};
use rollcall_tests::{World, steps};
use serde_json::json;

#[tokio::test]
async fn contract_ends_at_midnight_of_the_contractor_with_an_archive_and_a_final_report() {
    let world = settled().await;
    world.at("2026-03-19T19:00:00Z");
    let person = ending(&world);
    let user = world.user(&person);
    world.put_in_group(&person, "Secret project");
    {
        let mut org = world.town.okta.org();
        let group = org.group_by_name("Secret project").map(|it| it.id.clone());
        let app = org.app_by_label("Board portal").cloned();
        let (app, group) = app.zip(group).expect("both are there");
        org.assign_app_group(&app, &group);
    }
    let mentor = world.user(&world.pick(|it| !it.is_contractor));
    link(&world, &user, &mentor).await;
    world.run_all().await;
    let before = world.okta(&person);
    at(&world, NOON).await;
    assert_eq!(world.okta(&person), before, "the last day is a day at work");

    world.at("2026-03-21T06:55:00Z");
    assert_eq!(steps(&world.run(Flow::Contractor).await, &person), Vec::<String>::new());
    world.at(AFTER);
    let report = world.run(Flow::Contractor).await;
    assert_eq!(
        steps(&report, &person)[..5],
        [
            "save-undo verified",
            "archive verified",
            "suspend verified",
            "end-sessions verified",
            "revoke-grants verified"
        ]
    );
    let seen = world.okta(&person);
    assert_eq!(seen.status, Status::Suspended);
    assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0));
    assert_eq!(seen.groups, Vec::<String>::new());

    let kept = archive(&world, &person).await;
    assert_eq!(kept.status.as_str(), "ACTIVE");
    assert_eq!(kept.departure, LAST_DAY);
    let mut groups = kept.groups;
    groups.retain(|it| it != "Everyone");
    groups.sort();
    assert_eq!(groups, before.groups);
    assert_eq!(kept.apps, before.apps);
    let links: Vec<_> =
        kept.links.iter().map(|(name, it)| (name.as_str(), it[0].as_str())).collect();
    assert_eq!(links, [("mentor", &*mentor)]);
    let login = kept.profile.get("login").map(ToString::to_string);
    assert_eq!(login.as_deref(), Some(&*before.login));
    check(
        &mail_with(&world, "final report"),
        expect![[r#"
            To: hr
            Subject: Rollcall: final report on 1 person whose contract has ended

            The contract of 1 person has ended, and with it all access to Okta. Everything Okta knew of them (profile, groups, apps, roles, links) is kept in the ledger.
            Accounts in apps that Okta does not provision are not closed by this: look at the apps below.
            Run contractor-7, 2026-03-21T07:05:00Z.

            Jana Marino, jana.marino@larkspur.example: last day 2026-03-20 (contract end, America/Los_Angeles)
              save-undo verified
              archive verified: apps Board portal
              suspend verified
              end-sessions verified
              revoke-grants verified
              leave-group verified: Everyone at Larkspur
              leave-group verified: Contractors
              leave-group verified: Location SEA1
              leave-group verified: MFA standard
              leave-group verified: Secret project
            -----
            To: it
            Subject: Rollcall: final report on 1 person whose contract has ended

            The contract of 1 person has ended, and with it all access to Okta. Everything Okta knew of them (profile, groups, apps, roles, links) is kept in the ledger.
            Accounts in apps that Okta does not provision are not closed by this: look at the apps below.
            Run contractor-7, 2026-03-21T07:05:00Z.

            Jana Marino, jana.marino@larkspur.example: last day 2026-03-20 (contract end, America/Los_Angeles)
              save-undo verified
              archive verified: apps Board portal
              suspend verified
              end-sessions verified
              revoke-grants verified
              leave-group verified: Everyone at Larkspur
              leave-group verified: Contractors
              leave-group verified: Location SEA1
              leave-group verified: MFA standard
              leave-group verified: Secret project
        "#]],
    );
    world.run_all().await;
    world.assert_converged().await;

    at(&world, "2026-03-28T19:00:00Z").await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    assert_eq!(mail_with(&world, "final report").len(), 2, "one for IT, one for HR");
    world.assert_converged().await;
}

#[tokio::test]
async fn offboarding_ends_a_contract_as_well_and_whoever_is_first_does_it_once() {
    let world = settled().await;
    world.at(NOON);
    let person = ending(&world);
    world.run_all().await;
    world.at(AFTER);
    let report = world.run(Flow::Offboarding).await;
    assert!(steps(&report, &person).contains(&"archive verified".to_owned()), "{report}");
    let report = world.run(Flow::Contractor).await;
    assert_eq!(steps(&report, &person), Vec::<String>::new());
    assert_eq!(archive(&world, &person).await.status.as_str(), "ACTIVE");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn nearest_of_contract_field_and_termination_ends_access() {
    let edit = with(
        "end_dates: [contract]",
        "end_dates: [contract, field]\n  end_field: personnelUDField05",
    );
    let world = settled_with(edit).await;
    world.at("2026-03-18T19:00:00Z");
    let by_field = contractor(&world);
    let by_contract = world.pick(|it| it.is_contractor && it.last_name == "Tran");
    let by_termination = world.pick(|it| it.is_contractor && it.last_name == "Wagner");
    world.hr(|company| {
        hr::set_custom_end(company, &by_field, Some(LAST_DAY));
        hr::set_custom_end(company, &by_contract, Some(date(2026, 12, 1)));
        hr::end_contract_early(company, &by_contract, LAST_DAY);
        hr::set_custom_end(company, &by_termination, Some(date(2026, 12, 1)));
        hr::terminate(company, &by_termination, Leaving::because(LAST_DAY, "205"));
    });
    at(&world, NOON).await;
    for person in [&by_field, &by_contract, &by_termination] {
        assert_eq!(world.okta(person).status, Status::Active);
    }
    world.at(AFTER);
    let report = world.run(Flow::Contractor).await;
    let cause = |person: &str| {
        let step = report.steps.iter().find(|it| it.person.as_str() == person);
        step.map(|it| it.cause.clone()).unwrap_or_default()
    };
    assert!(cause(&by_field).contains("(end date field, "), "{report}");
    assert!(cause(&by_contract).contains("(contract end, "), "{report}");
    assert!(cause(&by_termination).contains("reason 205"), "{report}");
    for person in [&by_field, &by_contract, &by_termination] {
        assert_eq!(world.okta(person).status, Status::Suspended);
    }
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn renewal_before_the_end_leaves_no_gap() {
    let world = settled().await;
    world.at(NOON);
    let person = ending(&world);
    world.run_all().await;
    world.hr(|it| hr::extend_contract(it, &person, date(2026, 9, 30)));
    let before = world.okta(&person);
    world.town.okta.wire().forget();
    at(&world, AFTER).await;
    assert_eq!(world.okta(&person), before);
    assert_never_closed(&world, &person);
    assert_eq!(mail_with(&world, "final report").len(), 0);
    world.assert_converged().await;
}

#[tokio::test]
async fn renewal_after_the_end_gives_everything_back() {
    for (instant, status) in [
        ("2026-03-23T19:00:00Z", Status::Suspended),
        ("2026-03-30T19:00:00Z", Status::Deprovisioned),
    ] {
        let world = settled().await;
        world.at(NOON);
        let person = ending(&world);
        let before = world.okta(&person);
        at(&world, AFTER).await;
        at(&world, instant).await;
        assert_eq!(world.okta(&person).status, status);
        world.hr(|it| hr::extend_contract(it, &person, date(2026, 9, 30)));
        world.run_all().await;
        let after = world.okta(&person);
        assert_eq!((&after.groups, &after.apps), (&before.groups, &before.apps));
        assert_eq!(after.login, before.login);
        assert!(matches!(after.status, Status::Active | Status::Provisioned), "{after:?}");
        world.assert_converged().await;
    }
}

#[tokio::test]
async fn contract_that_ends_early_ends_that_day() {
    let world = settled().await;
    world.at("2026-03-19T19:00:00Z");
    let person = contractor(&world);
    world.hr(|it| hr::end_contract_early(it, &person, date(2026, 3, 19)));
    world.run_all().await;
    assert_eq!(mail_with(&world, "ends today, on 2026-03-19").len(), 1);
    assert_eq!(world.okta(&person).status, Status::Active);
    at(&world, "2026-03-20T07:05:00Z").await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

/// What others keep in Okta about people: a relation of which UKG knows nothing.
async fn link(world: &World, user: &str, mentor: &str) {
    let okta = &world.town.okta;
    let url = |path: &str| format!("{}/api/v1{path}", okta.base_url());
    let side = |name: &str, title: &str| json!({ "name": name, "title": title, "description": title, "type": "USER" });
    let definition =
        json!({ "primary": side("mentor", "Mentor"), "associated": side("mentee", "Mentee") });
    let key = format!("SSWS {}", town::OKTA_TOKEN);
    let http = reqwest::Client::new();
    let define = http.post(url("/meta/schemas/user/linkedObjects")).json(&definition);
    let set = http.put(url(&format!("/users/{user}/linkedObjects/mentor/{mentor}")));
    for request in [define, set] {
        let answer = request.header("authorization", &key).send().await.expect("the town answers");
        assert!(answer.status().is_success(), "{answer:?}");
    }
}

#[tokio::test]
async fn contractor_with_an_admin_role_waits_for_a_word_and_the_archive_keeps_the_role() {
    let world = settled().await;
    world.at(NOON);
    let person = ending(&world);
    let user = world.user(&person);
    world.town.okta.org().add_admin(&user, "HELP_DESK_ADMIN");
    world.run_all().await;
    world.at(AFTER);
    let report = world.run(Flow::Contractor).await;
    assert_eq!(report.held.len(), 1, "{report}");
    assert_eq!(world.okta(&person).status, Status::Active);

    let now = (world.office.clock)();
    let (plan, until) = (&report.held[0].plan, now + 1.hours());
    let approved = world.office.ledger.approve_plan(plan, "dana", "it ends", now, until).await;
    approved.expect("it waits");
    world.run(Flow::Contractor).await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    assert_eq!(archive(&world, &person).await.roles, ["HELP_DESK_ADMIN"]);
    world.run_all().await;
    world.assert_converged().await;
}
