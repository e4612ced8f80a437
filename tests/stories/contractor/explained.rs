//! What `explain` says of a contractor and of what comes next.

use super::{contractor, settled, settled_with, with};
use expect_test::expect;
use jiff::civil::date;
use rollcall::flows;
use rollcall_sandbox::company::hr;
use rollcall_tests::World;

#[tokio::test]
async fn explanation_of_a_contractor_says_what_ends_and_what_comes_next() {
    let world = settled().await;
    world.at("2026-03-02T19:00:00Z");
    let person = contractor(&world);
    world.hr(|it| hr::end_contract_early(it, &person, date(2026, 4, 10)));
    world.run_all().await;
    let told = explain(&world, &person).await;
    expect![[r#"
          here (America/Los_Angeles)
          last day 2026-04-10 by the contract end: access ends at 2026-04-11T00:00:00-07:00[America/Los_Angeles]; the account is deactivated 7 days later
          a contractor: the contract in UKG ends on 2026-04-10
          the manager is told 30 and 7 days before the last day
          the account should be open; looked after by profile-sync
    "#]].assert_eq(&presence(&told));
    expect![[r#"
          2026-03-11T07:00:00Z = 2026-03-11T00:00:00-07:00[America/Los_Angeles]: the manager is told that the contract ends in 30 days
          2026-04-03T07:00:00Z = 2026-04-03T00:00:00-07:00[America/Los_Angeles]: the manager is told that the contract ends in 7 days
          2026-04-11T07:00:00Z = 2026-04-11T00:00:00-07:00[America/Los_Angeles]: access ends
          2026-04-18T07:00:00Z = 2026-04-18T00:00:00-07:00[America/Los_Angeles]: the account is deactivated
    "#]].assert_eq(&due(&told));
    world.assert_converged().await;
}

#[tokio::test]
async fn explanation_of_a_capped_contractor_says_that_the_end_is_a_guess() {
    let edit =
        |policy| with("cap_days: 180", "cap_days: 10")(with("no_end: hold", "no_end: cap")(policy));
    let world = settled_with(edit).await;
    world.at("2026-03-02T19:00:00Z");
    let person = contractor(&world);
    world.hr(|company| {
        hr::lose_contract_end(company, &person);
        hr::change_location(company, &person, "DEN1", date(2026, 3, 2));
    });
    world.run_all().await;
    let told = explain(&world, &person).await;
    expect![[r#"
          here (America/Denver)
          last day 2026-03-12 by the cap of the policy: access ends at 2026-03-13T00:00:00-06:00[America/Denver]; the account is deactivated 7 days later
          a contractor: no contract in UKG has an end date
          the end is the policy's cap, counted from the day HR last touched the record; an end date in UKG replaces it
          the manager is told 30 and 7 days before the last day
          the account should be open; looked after by profile-sync
    "#]].assert_eq(&presence(&told));
    expect![[r#"
          2026-03-05T07:00:00Z = 2026-03-05T00:00:00-07:00[America/Denver]: the manager is told that the contract ends in 7 days
          2026-03-13T06:00:00Z = 2026-03-13T00:00:00-06:00[America/Denver]: access ends
          2026-03-20T06:00:00Z = 2026-03-20T00:00:00-06:00[America/Denver]: the account is deactivated
    "#]].assert_eq(&due(&told));
    world.assert_converged().await;
}

#[tokio::test]
async fn explanation_says_when_an_absence_counts_and_when_a_less_strict_tier_comes() {
    let world = settled().await;
    world.at("2026-03-02T19:00:00Z");
    let elevated = world.town.okta.org().members_of("MFA elevated");
    let person = world.pick(|it| !it.is_contractor && elevated.contains(&it.login));
    world.hr(|company| {
        hr::change_department(company, &person, "LEGAL", date(2026, 3, 2));
        hr::change_location(company, &person, "SEA1", date(2026, 3, 2));
        hr::start_leave(company, &person, "SABB", date(2026, 3, 2), None);
    });
    world.run_all().await;
    let told = explain(&world, &person).await;
    expect![[r#"
          2026-03-05T08:00:00Z = 2026-03-05T00:00:00-08:00[America/Los_Angeles]: the account is suspended until the return
          2026-03-09T19:00:00Z = 2026-03-09T12:00:00-07:00[America/Los_Angeles]: the less strict MFA tier comes
    "#]].assert_eq(&due(&told));
    world.assert_converged().await;
}

async fn explain(world: &World, person: &str) -> String {
    let told = flows::explain(&world.office, person, world.now()).await;
    told.expect("it can be read").expect("UKG knows the person").to_string()
}

fn presence(told: &str) -> String {
    between(told, "Presence:\n", "Account:")
}

fn due(told: &str) -> String {
    between(told, "Due next:\n", "nothing more")
}

fn between(told: &str, from: &str, to: &str) -> String {
    let (_, rest) = told.split_once(from).expect("it is in there");
    let part = rest.split_once(to).map_or(rest, |(it, _)| it);
    part.lines().map(|it| format!("{}\n", it.trim_start())).collect()
}
