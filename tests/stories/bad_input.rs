//! Bad input: one bad record holds one person, a bad read stops everything.

use jiff::civil::date;
use rollcall::{deciders::report::Ending, words::flow::Flow};
use rollcall_sandbox::{
    Effect, Fault,
    company::{
        Flaw,
        hr::{self, Leaving},
    },
    okta::Status,
};
use rollcall_tests::{World, findings, steps};

/// A fault on every call whose path contains `path`, from now on.
fn always(path: &str, effect: Effect) -> Fault {
    Fault { method: None, path_contains: path.to_owned(), skip: 0, times: usize::MAX, effect }
}

#[tokio::test]
async fn one_malformed_record_holds_one_person_and_the_others_go_on() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let (broken, fine) = (world.someone_at("SEA1"), world.someone_at("NYC1"));
    let before = world.okta(&broken);
    world.hr(|company| {
        hr::malform(company, &broken, Flaw::HireDateIsText);
        hr::terminate(company, &broken, Leaving::resigned(date(2026, 3, 2)));
        hr::terminate(company, &fine, Leaving::resigned(date(2026, 3, 2)));
    });
    let reports = world.run_all().await;
    assert!(reports.iter().any(|it| findings(it, &broken).contains(&"malformed-row")));
    assert_eq!(world.okta(&broken), before, "held: account untouched");
    assert_eq!(world.okta(&fine).status, Status::Suspended);
    world.assert_converged().await;

    world.hr(|company| hr::repair(company, &broken));
    world.run_all().await;
    assert_eq!(world.okta(&broken).status, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 22.
#[tokio::test]
async fn unknown_status_holds_the_person_and_names_the_code() {
    let world = World::settled().await;
    let person = world.someone();
    let before = world.okta(&person);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| hr::unheard_status(company, &person, 'X'));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["unknown-status"]);
    assert!(report.findings.iter().any(|it| it.detail.contains("status X")));
    assert_eq!(report.ending(), Ending::Partly);
    assert_eq!(world.okta(&person), before);
    world.assert_converged().await;
}

/// hr-case 34, 35.
#[tokio::test]
async fn empty_short_or_partial_roster_stops_before_planning() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone();
    world.hr(|company| hr::terminate(company, &leaver, Leaving::resigned(date(2026, 3, 2))));
    let everybody: Vec<String> =
        world.hr(|it| it.people().iter().map(|it| it.person_id.clone()).collect());
    let third = everybody.iter().step_by(3).cloned().collect();
    world.town.okta.wire().forget();

    for hidden in [everybody.iter().cloned().collect(), third] {
        world.town.ukg.set(|it| it.hidden_people = hidden);
        for report in world.run_all().await {
            assert_eq!(report.ending(), Ending::Failed, "{report}");
        }
    }
    world.town.ukg.set(|it| it.hidden_people.clear());
    world.town.ukg.set(|it| it.hidden_companies = ["E2RNK".to_owned()].into());
    for report in world.run_all().await {
        assert!(report.to_string().contains("company E2RNK"), "{report}");
    }
    assert_eq!(world.town.okta.wire().writes(), []);

    world.town.ukg.set(|it| it.hidden_companies.clear());
    world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended, "nothing was lost");
    world.assert_converged().await;
}

/// hr-case 41.
#[tokio::test]
async fn okta_that_shows_an_empty_list_stops_before_planning() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    world.town.okta.wire().inject(always("/api/v1/users?", Effect::Answer(200, "[]".to_owned())));
    world.town.okta.wire().forget();
    let request = rollcall::flows::Request {
        depth: rollcall::flows::Depth::Everyone,
        ..world.request(Flow::ProfileSync)
    };
    let report = rollcall::flows::run(&world.office, &request).await.expect("lists can be read");
    assert_eq!(report.ending(), Ending::Failed, "{report}");
    assert!(report.to_string().contains("lost its admin role"), "{report}");
    assert_eq!(world.town.okta.wire().writes(), []);

    world.town.okta.wire().heal();
    world.run(Flow::ProfileSync).await;
    assert_eq!(world.profile(&person, "lastName"), "Okafor");
    world.assert_converged().await;
}

#[tokio::test]
async fn refused_credentials_are_one_sentence_with_what_to_check() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    for (status, word) in [(401, "account"), (403, "View on")] {
        world
            .town
            .ukg
            .wire()
            .inject(always("/personnel/", Effect::Answer(status, "{}".to_owned())));
        let error = world.try_run(Flow::ProfileSync).await.expect_err("UKG refuses");
        assert!(error.advice().contains(word), "{}", error.advice());
        world.town.ukg.wire().heal();
    }
    let body = r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011","errorId":"oae1","errorCauses":[]}"#;
    world.town.okta.wire().inject(always("/api/v1/", Effect::Answer(401, body.to_owned())));
    let error = world.try_run(Flow::ProfileSync).await.expect_err("Okta refuses");
    assert!(error.advice().contains("token"), "{}", error.advice());
    world.town.okta.wire().heal();

    world.run(Flow::ProfileSync).await;
    world.assert_converged().await;
}

/// hr-case 52.
#[tokio::test]
async fn connection_that_breaks_after_each_write_in_turn_loses_nothing() {
    for skip in 0..3 {
        let world = World::settled().await;
        let person = world.someone_at("NYC1");
        world.at("2026-03-06T18:00:00Z");
        world.hr(|company| hr::terminate(company, &person, Leaving::resigned(date(2026, 3, 4))));
        for method in ["POST", "DELETE"] {
            world.town.okta.wire().inject(Fault {
                method: method.parse().ok(),
                path_contains: "/api/v1/".to_owned(),
                skip,
                times: 1,
                effect: Effect::DropAfter,
            });
        }
        // Whatever came of it, the next run finds out and finishes.
        let _ = world.try_run(Flow::Offboarding).await;
        world.town.okta.wire().heal();
        world.run_all().await;
        let seen = world.okta(&person);
        assert_eq!(seen.status, Status::Suspended);
        assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0), "{seen:?}");
        assert!(seen.groups.is_empty(), "{seen:?}");
        assert!(steps(&world.run(Flow::Offboarding).await, &person).is_empty());
        world.assert_converged().await;
    }
}
