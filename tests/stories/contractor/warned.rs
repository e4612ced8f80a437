//! Who is told before a contract ends.

use super::{LAST_DAY, at, check, contractor, ending, mail_with, settled};
use expect_test::expect;
use jiff::civil::date;
use rollcall_sandbox::{company::hr, okta::Status};

/// hr-case 24.
#[tokio::test]
async fn manager_is_told_a_month_and_a_week_before_each_once() {
    let world = settled().await;
    world.at("2026-03-02T19:00:00Z");
    let person = contractor(&world);
    world.hr(|it| hr::end_contract_early(it, &person, date(2026, 4, 10)));
    at(&world, "2026-03-10T19:00:00Z").await;
    assert_eq!(mail_with(&world, "The contract of"), Vec::<String>::new(), "31 days are left");

    // The eleventh begins at seven in the morning UTC in Seattle, where clocks have moved on.
    at(&world, "2026-03-11T06:55:00Z").await;
    assert_eq!(mail_with(&world, "The contract of").len(), 0);
    for hour in ["07:05:00Z", "13:00:00Z", "19:00:00Z"] {
        at(&world, &format!("2026-03-11T{hour}")).await;
    }
    check(
        &mail_with(&world, "The contract of"),
        expect![[r#"
        To: manager nadia.brandt@larkspur.example
        Subject: The contract of Jana Marino ends in 30 days, on 2026-04-10

        Jana Marino (jana.marino@larkspur.example) works here until 2026-04-10, as the contract in UKG says.
        All access ends by itself on Saturday, 11 April 2026, at 00:00 (America/Los_Angeles).

        If that is right, there is nothing to do.
        If the contract goes on, ask HR to enter the new end date in UKG before then; access then goes on without a gap.
    "#]],
    );
    at(&world, "2026-03-20T19:00:00Z").await;
    assert_eq!(mail_with(&world, "The contract of").len(), 1);

    at(&world, "2026-04-03T19:00:00Z").await;
    at(&world, "2026-04-04T19:00:00Z").await;
    assert_eq!(mail_with(&world, "The contract of").len(), 2);
    assert_eq!(mail_with(&world, "ends in 7 days, on 2026-04-10").len(), 1);
    world.assert_converged().await;
}

#[tokio::test]
async fn warning_is_armed_again_when_the_end_moves() {
    let world = settled().await;
    world.at("2026-03-02T19:00:00Z");
    ending(&world);
    at(&world, "2026-03-14T19:00:00Z").await;
    assert_eq!(mail_with(&world, "ends in 6 days, on 2026-03-20").len(), 1);
    let person = contractor(&world);
    world.hr(|it| hr::extend_contract(it, &person, date(2026, 3, 27)));
    at(&world, "2026-03-15T19:00:00Z").await;
    assert_eq!(mail_with(&world, "ends in 12 days, on 2026-03-27").len(), 1);
    at(&world, "2026-03-20T19:00:00Z").await;
    assert_eq!(mail_with(&world, "ends in 7 days, on 2026-03-27").len(), 1);
    assert_eq!(world.okta(&person).status, Status::Active);
    world.assert_converged().await;
}

#[tokio::test]
async fn end_that_moves_away_and_back_is_announced_again() {
    let world = settled().await;
    world.at("2026-03-02T19:00:00Z");
    ending(&world);
    at(&world, "2026-03-14T19:00:00Z").await;
    assert_eq!(mail_with(&world, "on 2026-03-20").len(), 1);
    // So far ahead that nobody is told.
    let person = contractor(&world);
    world.hr(|it| hr::extend_contract(it, &person, date(2026, 9, 30)));
    at(&world, "2026-03-15T07:30:00Z").await;
    world.hr(|it| hr::end_contract_early(it, &person, LAST_DAY));
    for hour in ["08:00:00Z", "19:00:00Z"] {
        at(&world, &format!("2026-03-15T{hour}")).await;
    }
    assert_eq!(mail_with(&world, "ends in 5 days, on 2026-03-20").len(), 1);
    assert_eq!(mail_with(&world, "on 2026-03-20").len(), 2);
    world.assert_converged().await;
}

#[tokio::test]
async fn without_a_manager_hr_is_told() {
    let world = settled().await;
    world.at("2026-03-02T19:00:00Z");
    let person = ending(&world);
    world.hr(|it| hr::change_supervisor(it, &person, None, date(2026, 3, 2)));
    at(&world, "2026-03-18T19:00:00Z").await;
    check(
        &mail_with(&world, "ends in 2 days"),
        expect![[r#"
        To: hr
        Subject: The contract of Jana Marino ends in 2 days, on 2026-03-20

        Nobody in Okta is known to be the manager, so this goes to HR.

        Jana Marino (jana.marino@larkspur.example) works here until 2026-03-20, as the contract in UKG says.
        All access ends by itself on Saturday, 21 March 2026, at 00:00 (America/Los_Angeles).

        If that is right, there is nothing to do.
        If the contract goes on, ask HR to enter the new end date in UKG before then; access then goes on without a gap.
    "#]],
    );
    world.assert_converged().await;
}
