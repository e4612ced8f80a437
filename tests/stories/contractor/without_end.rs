//! Ends that are missing, unreadable, long past or too far ahead.

use super::{AFTER, LAST_DAY, at, check, contractor, mail_with, settled, settled_with, with};
use expect_test::expect;
use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::{
        PersonView,
        hr::{self, Leaving},
    },
    okta::Status,
};
use rollcall_tests::{findings, steps};

#[tokio::test]
async fn field_that_holds_no_date_holds_the_contractor_but_no_departure() {
    // Larkspur keeps the sponsor there, a text.
    let edit = with(
        "end_dates: [contract]",
        "end_dates: [contract, field]\n  end_field: personnelUDField01",
    );
    let world = settled_with(edit).await;
    world.at("2026-03-18T19:00:00Z");
    let person = world.hr(|company| {
        let today = company.today();
        let marino = |it: &PersonView<'_>| it.is_contractor && it.last_name == "Marino";
        let person = company.people_here_on(today).find(marino);
        person.expect("she works here").person_id.to_owned()
    });
    let report = world.run(Flow::Contractor).await;
    assert_eq!(findings(&report, &person), ["no-end-date"]);
    let finding = report.findings.iter().find(|it| it.subject.to_string().contains(&person));
    expect!["is a contractor, and the user-defined field for the end date (contractors.end_field) holds something that is no date UKG's way; correct it in UKG"].assert_eq(&finding.expect("it was found").detail);
    assert_eq!(world.find(&person), None, "not even the account is taken over");

    // HR ends the employment: an unreadable field keeps nobody in.
    world.hr(|it| hr::terminate(it, &person, Leaving::because(LAST_DAY, "205")));
    world.at(AFTER);
    let report = world.run(Flow::Contractor).await;
    assert_eq!(findings(&report, &person), ["adoption-candidate"], "{report}");
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 24.
#[tokio::test]
async fn contractor_without_an_end_waits_for_one_and_nothing_is_taken() {
    let world = settled().await;
    world.at("2026-03-04T19:00:00Z");
    let person = contractor(&world);
    let before = world.okta(&person);
    world.hr(|company| {
        hr::lose_contract_end(company, &person);
        hr::change_location(company, &person, "DEN1", date(2026, 3, 4));
    });
    let report = world.run(Flow::Contractor).await;
    assert_eq!(findings(&report, &person), ["no-end-date"]);
    assert_eq!(steps(&report, &person), Vec::<String>::new());
    assert_eq!(world.okta(&person), before);
    world.run_all().await;
    check(
        &mail_with(&world, "no-end-date"),
        expect![[r#"
            To: hr
            Subject: Rollcall: Jana Marino needs a look (no-end-date)

            Jana Marino (person 72c2d6d4-5de3-4956-a21c-8f344f478307): is a contractor without an end date; enter one in UKG, or change contractors.no_end in the policy.
            -----
            To: it
            Subject: Rollcall: 1 person need a look (contractor)

            Nothing was changed for those who are held; everybody else goes on.

            - held person 72c2d6d4-5de3-4956-a21c-8f344f478307 (no-end-date): is a contractor without an end date; enter one in UKG, or change contractors.no_end in the policy.
        "#]],
    );
    world.assert_converged().await;

    world.hr(|it| hr::end_contract_early(it, &person, date(2026, 9, 30)));
    world.run_all().await;
    assert!(world.okta(&person).groups.contains(&"Location DEN1".to_owned()), "held no longer");
    world.assert_converged().await;
}

/// hr-case 24.
#[tokio::test]
async fn cap_ends_a_contractor_without_an_end_after_telling_hr_and_the_manager() {
    let edit = |policy: String| {
        let policy = with("no_end: hold", "no_end: cap")(policy);
        with("cap_days: 180", "cap_days: 10")(policy)
    };
    let world = settled_with(edit).await;
    world.at("2026-03-04T19:00:00Z");
    let person = contractor(&world);
    world.hr(|company| {
        hr::lose_contract_end(company, &person);
        hr::change_location(company, &person, "DEN1", date(2026, 3, 4));
    });
    world.run_all().await;
    check(
        &mail_with(&world, "needs a look"),
        expect![[r#"
        To: hr
        Subject: Rollcall: Jana Marino needs a look (no-end-date)

        Jana Marino (person 72c2d6d4-5de3-4956-a21c-8f344f478307): is a contractor without an end date, so access ends on 2026-03-14, 10 days after HR last touched the record (contractors.cap_days).
    "#]],
    );
    check(
        &mail_with(&world, "The contract of"),
        expect![[r#"
        To: manager nadia.brandt@larkspur.example
        Subject: The contract of Jana Marino ends in 10 days, on 2026-03-14

        Jana Marino (jana.marino@larkspur.example) works here until 2026-03-14, by our policy, since UKG gives no end that can be believed.
        All access ends by itself on Sunday, 15 March 2026, at 00:00 (America/Denver).

        If that is right, there is nothing to do.
        If the contract goes on, ask HR to enter the new end date in UKG before then; access then goes on without a gap.
    "#]],
    );
    at(&world, "2026-03-14T19:00:00Z").await;
    assert_eq!(world.okta(&person).status, Status::Active);
    // Midnight in Denver.
    at(&world, "2026-03-15T06:05:00Z").await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;

    world.hr(|it| hr::end_contract_early(it, &person, date(2026, 9, 30)));
    world.run_all().await;
    let seen = world.okta(&person);
    assert_eq!(seen.status, Status::Active);
    assert!(seen.groups.contains(&"Contractors".to_owned()), "{seen:?}");
    world.assert_converged().await;
}

#[tokio::test]
async fn allowed_without_an_end_nothing_is_said_and_nothing_ends() {
    let world = settled_with(with("no_end: hold", "no_end: allow")).await;
    world.at("2026-03-04T19:00:00Z");
    let person = contractor(&world);
    world.hr(|it| hr::lose_contract_end(it, &person));
    let report = world.run(Flow::Contractor).await;
    assert_eq!(findings(&report, &person), Vec::<&str>::new());
    at(&world, "2027-03-04T19:00:00Z").await;
    assert_eq!(world.okta(&person).status, Status::Active);
    world.assert_converged().await;
}

/// hr-case 24.
#[tokio::test]
async fn end_long_past_is_a_question_to_hr_or_a_departure_by_policy() {
    let policies = ["archive: true", "long_past: hold\n  archive: true"];
    for (policy, status) in policies.into_iter().zip([Status::Suspended, Status::Active]) {
        let world = settled_with(with("archive: true", policy)).await;
        world.at("2026-03-04T19:00:00Z");
        let person = contractor(&world);
        world.hr(|it| hr::end_contract_early(it, &person, date(2025, 12, 24)));
        let report = world.run(Flow::Contractor).await;
        assert_eq!(world.okta(&person).status, status, "{report}");
        if status == Status::Active {
            assert_eq!(findings(&report, &person), ["end-long-past"]);
            let detail = report.findings.iter().find(|it| it.code.as_str() == "end-long-past");
            expect!["is a contractor whose contract end was 2025-12-24, more than 60 days ago, and UKG says at work; terminate the employment in UKG or extend the contract"].assert_eq(&detail.expect("it was found").detail);
        }
        world.run_all().await;
        world.assert_converged().await;
    }
}

/// hr-case 24.
#[tokio::test]
async fn end_too_far_ahead_is_held_or_capped_by_policy() {
    for policy in ["too_far: hold", "too_far: cap"] {
        let edit =
            |it: String| with("cap_days: 180", "cap_days: 10")(with("too_far: cap", policy)(it));
        let world = settled_with(edit).await;
        world.at("2026-03-04T19:00:00Z");
        let person = contractor(&world);
        world.hr(|company| {
            hr::extend_contract(company, &person, date(2096, 12, 31));
            hr::change_location(company, &person, "DEN1", date(2026, 3, 4));
        });
        let report = world.run(Flow::Contractor).await;
        assert_eq!(findings(&report, &person), ["end-too-far"]);
        let detail = report.findings.iter().find(|it| it.code.as_str() == "end-too-far");
        let detail = &detail.expect("it was found").detail;
        let is_held = world.okta(&person).groups.contains(&"Location SEA1".to_owned());
        match policy {
            "too_far: hold" => {
                expect!["is a contractor until 2096-12-31, more than 1095 days ahead; correct the date in UKG, or raise contractors.longest_days in the policy"].assert_eq(detail);
                assert!(is_held, "{report}");
            }
            _ => {
                expect!["is a contractor until 2096-12-31, more than 1095 days ahead, so access ends on 2026-03-14, 10 days after HR last touched the record (contractors.cap_days)"].assert_eq(detail);
                assert!(!is_held, "{report}");
                at(&world, "2026-03-15T19:00:00Z").await;
                assert_eq!(world.okta(&person).status, Status::Suspended);
            }
        }
        world.run_all().await;
        world.assert_converged().await;
    }
}
