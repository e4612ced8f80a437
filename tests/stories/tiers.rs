//! Who has to use which factors (hr-case 33).

use expect_test::expect;
use jiff::civil::{Date, date};
use rollcall::doors::okta::DEFAULT_SCOPES;
use rollcall::words::{finding::FindingCode, flow::Flow};
use rollcall_sandbox::company::{Company, hr};
use rollcall_sandbox::okta::AdminRole;
use rollcall_tests::{World, findings, steps};

use crate::hq::{self, members, people_in, settled_with};

const TODAY: Date = date(2026, 3, 4);
const AFTER_A_WEEK: &str = "lower: {after_days: 7}";

/// Something HR does to a person.
type Act = fn(&mut Company, &str);

/// The tier groups somebody is in.
fn tiers(world: &World, person: &str) -> Vec<String> {
    let groups = world.okta(person).groups.into_iter();
    groups.filter(|it| it.starts_with("MFA ")).collect()
}

fn give_job(world: &World, person: &str, job: &str) {
    world.hr(|company| hr::change_job(company, person, job, TODAY));
}

#[tokio::test]
async fn everybody_at_work_is_in_exactly_one_tier() {
    let world = World::settled().await;
    let people: Vec<(String, bool)> = world.hr(|company| {
        let today = company.today();
        let here = company.people_here_on(today);
        let leads = |title: &str| title.starts_with("Chief") || title.starts_with("Vice President");
        here.map(|it| (it.person_id.to_owned(), leads(it.title))).collect()
    });
    for (person, is_executive) in people.iter().filter(|(it, _)| world.find(it).is_some()) {
        let tiers = tiers(&world, person);
        assert_eq!(tiers.len(), 1, "{:?}", world.okta(person));
        assert_eq!(tiers == ["MFA executive"], *is_executive);
    }
}

/// hr-case 33.
#[tokio::test]
async fn level_department_risk_and_country_decide_and_raise_at_once() {
    let by_level_and_country = (
        "        lookup('risk', worker.location) == 'high'\n",
        "        lookup('risk', worker.location) == 'high' || worker.level == '2' ||\n        \
         worker.country_2 == 'AU'\n",
    );
    let world = settled_with(&[by_level_and_country]).await;
    world.at("2026-03-04T18:00:00Z");
    let acts: [(&str, Act); 5] = [
        ("level", |company, it| {
            hr::change_job(company, it, "OPTIC2", TODAY);
        }),
        ("job", |company, it| {
            hr::change_job(company, it, "OPTICM", TODAY);
        }),
        ("department", |company, it| {
            hr::change_department(company, it, "FIN", TODAY);
        }),
        ("risk", |company, it| {
            hr::change_location(company, it, "SIN1", TODAY);
        }),
        ("country", |company, it| {
            hr::change_location(company, it, "SYD1", TODAY);
        }),
    ];
    for (what, act) in acts {
        let standard = members(&world, "MFA standard");
        let person = world.pick(|it| !it.is_contractor && standard.contains(&it.login));
        world.hr(|company| act(company, &person));
        // The daily flow has not run yet: nobody waits for it.
        let report = world.run(Flow::ProfileSync).await;
        assert!(
            steps(&report, &person).contains(&"raise-tier verified".to_owned()),
            "{what}: {report}"
        );
        assert_eq!(tiers(&world, &person), ["MFA elevated"]);
    }
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 33.
#[tokio::test]
async fn job_that_ukg_does_not_know_holds_the_person_or_gives_the_strictest_tier() {
    let world = World::settled().await;
    let person = people_in(&world, "OPTIC").remove(0);
    let before = world.okta(&person);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::unknown_job(it, &person, "QUUX9"));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["unknown-job"]);
    world.run(Flow::MfaPolicy).await;
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;

    let world = settled_with(&[("hr:\n", "hr:\n  unknown_job: strictest_tier\n")]).await;
    let person = people_in(&world, "OPTIC").remove(0);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::unknown_job(it, &person, "QUUX9"));
    world.run(Flow::MfaPolicy).await;
    assert_eq!(tiers(&world, &person), ["MFA executive"]);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 33.
#[tokio::test]
async fn less_strict_tier_comes_after_a_week_when_nothing_but_the_daily_flow_runs() {
    let world = World::settled().await;
    let person = people_in(&world, "OPTIC").remove(0);
    world.at("2026-03-04T18:00:00Z");
    give_job(&world, &person, "OPTICM");
    world.run_all().await;
    assert_eq!(tiers(&world, &person), ["MFA elevated"]);
    world.at("2026-03-05T18:00:00Z");
    give_job(&world, &person, "OPTIC1");
    for day in 5..12 {
        world.at(&format!("2026-03-{day:02}T18:00:00Z"));
        let report = world.run(Flow::MfaPolicy).await;
        assert_eq!(steps(&report, &person), Vec::<String>::new(), "day {day}");
        assert_eq!(tiers(&world, &person), ["MFA elevated"]);
    }
    world.at("2026-03-12T18:00:00Z");
    let report = world.run(Flow::MfaPolicy).await;
    assert_eq!(steps(&report, &person), ["lower-tier verified"]);
    assert_eq!(tiers(&world, &person), ["MFA standard"]);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn week_begins_anew_when_the_stricter_tier_was_right_for_a_day() {
    let world = World::settled().await;
    let person = people_in(&world, "OPTIC").remove(0);
    world.at("2026-03-04T18:00:00Z");
    give_job(&world, &person, "OPTICM");
    world.run_all().await;
    for (day, job) in [(5, "OPTIC1"), (9, "OPTICM"), (10, "OPTIC1")] {
        world.at(&format!("2026-03-{day:02}T18:00:00Z"));
        give_job(&world, &person, job);
        world.run_all().await;
    }
    world.at("2026-03-13T18:00:00Z");
    world.run_all().await;
    assert_eq!(tiers(&world, &person), ["MFA elevated"], "a week after the 5th is no reason");
    world.at("2026-03-17T18:00:00Z");
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(steps(&report, &person), ["lower-tier verified"]);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 33.
#[tokio::test]
async fn less_strict_tier_waits_for_approval_and_the_rest_of_the_change_does_not() {
    let world = settled_with(&[(AFTER_A_WEEK, "lower: approve")]).await;
    let person = people_in(&world, "OPTIC").remove(0);
    world.at("2026-03-04T18:00:00Z");
    give_job(&world, &person, "OPTICM");
    world.run_all().await;
    assert!(world.okta(&person).groups.contains(&"People managers".to_owned()));
    world.at("2026-03-05T18:00:00Z");
    give_job(&world, &person, "OPTIC1");
    let report = world.run(Flow::ProfileSync).await;
    assert!(!world.okta(&person).groups.contains(&"People managers".to_owned()), "{report}");
    assert_eq!(tiers(&world, &person), ["MFA elevated"]);
    assert_eq!(report.held.len(), 1);
    let again = world.run(Flow::MfaPolicy).await;
    assert_eq!(again.held[0].plan, report.held[0].plan, "one thing to decide, not two");
    world.run_all().await;
    world.assert_converged().await;

    hq::approve(&world, &report).await;
    let report = world.run(Flow::MfaPolicy).await;
    assert_eq!(steps(&report, &person), ["lower-tier verified"]);
    assert_eq!(tiers(&world, &person), ["MFA standard"]);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn whoever_was_put_into_a_second_tier_by_hand_is_taken_out_of_it() {
    for second in ["MFA elevated", "MFA executive"] {
        let world = World::settled().await;
        let person = people_in(&world, "OPTIC").remove(0);
        assert_eq!(tiers(&world, &person), ["MFA standard"]);
        world.put_in_group(&person, second);
        let report = world.run(Flow::MfaPolicy).await;
        assert_eq!(steps(&report, &person), ["lower-tier verified"]);
        assert_eq!(tiers(&world, &person), ["MFA standard"]);
        world.assert_converged().await;

        // Out of the only one: back into it at once.
        world.take_out_of_group(&person, "MFA standard");
        let report = world.run(Flow::MfaPolicy).await;
        assert_eq!(steps(&report, &person), ["raise-tier verified"]);
        world.assert_converged().await;
    }
}

#[tokio::test]
async fn security_hears_of_every_change_of_tier() {
    let world = World::settled().await;
    let [up, down] =
        <[String; 2]>::try_from(people_in(&world, "OPTIC").into_iter().take(2).collect::<Vec<_>>())
            .expect("two people");
    world.at("2026-03-04T18:00:00Z");
    give_job(&world, &down, "OPTICM");
    world.run_all().await;
    world.at("2026-03-05T18:00:00Z");
    give_job(&world, &down, "OPTIC1");
    world.run_all().await;
    world.at("2026-03-13T18:00:00Z");
    give_job(&world, &up, "VPTECH");
    let before = world.mail();
    let report = world.run(Flow::MfaPolicy).await;
    let told = hq::mail_about(&world, &before, "changed MFA tier");
    assert_eq!(told.len(), 1);
    expect![[r#"
        To: security
        Subject: Rollcall: 2 people changed MFA tier

        2 people changed MFA tier in Okta, as UKG says. Run RUN, 2026-03-13T18:00:00Z.

        Pepa Ibáñez de la Peña, maria.ibanez@larkspur.example: mfa.tiers[2] "executive" (line N)
          raise-tier verified: executive, out of group MFA standard

        Łukasz Wójcik, lukasz.wojcik@larkspur.example: mfa.tiers[0] "standard" (line N)
          lower-tier verified: standard, out of group MFA elevated
    "#]]
    .assert_eq(&hq::plain(&told[0], &report));
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn people_are_moved_without_the_right_to_read_policies_and_that_is_said_once() {
    let mut world = World::settled().await;
    let person = people_in(&world, "OPTIC").remove(0);
    let credentials =
        crate::oauth::service_app(&world, &DEFAULT_SCOPES, &DEFAULT_SCOPES, AdminRole::Super);
    world.restart(&credentials);
    world.at("2026-03-04T18:00:00Z");
    give_job(&world, &person, "OPTICM");
    let before = world.mail();
    let report = world.run(Flow::MfaPolicy).await;
    assert_eq!(tiers(&world, &person), ["MFA elevated"]);
    assert_eq!(
        hq::found(&report, FindingCode::MfaPolicy),
        ["this run: the enrollment policies cannot be read, so nobody knows whether the tiers \
          mean anything; grant okta.policies.read"]
    );
    world.at("2026-03-05T18:00:00Z");
    world.run(Flow::MfaPolicy).await;
    let told = hq::mail_about(&world, &before, "grant okta.policies.read");
    assert_eq!(told.len(), 2, "security and IT, once each");
    world.run_all().await;
    world.assert_converged().await;
}
