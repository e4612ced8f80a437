//! Okta that is busy or broken in the middle of it.

use jiff::civil::date;
use rollcall::{deciders::report::Ending, words::flow::Flow};
use rollcall_sandbox::{Effect, Fault, company::hr, okta::Status};
use rollcall_tests::{World, steps};

use crate::hires::resigns;

/// A fault on the next calls of this kind.
fn next(method: &str, path: &str, times: usize, status: u16, code: &str) -> Fault {
    let body = format!(
        r#"{{"errorCode":"{code}","errorSummary":"?","errorLink":"{code}","errorId":"oae1","errorCauses":[]}}"#
    );
    Fault {
        method: method.parse().ok(),
        path_contains: path.to_owned(),
        skip: 0,
        times,
        effect: Effect::Answer(status, body),
    }
}

/// hr-case 52.
#[tokio::test]
async fn too_many_requests_in_the_middle_of_a_leaver_are_waited_out() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let person = world.someone_at("NYC1");
    resigns(&world, &person, date(2026, 3, 4));
    for (method, path) in [("POST", "/lifecycle/suspend"), ("DELETE", "/api/v1/groups/")] {
        world.town.okta.wire().inject(next(method, path, 1, 429, "E0000047"));
    }
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Done, "{report}");
    let seen = world.okta(&person);
    assert_eq!((seen.status, seen.groups.len()), (Status::Suspended, 0));
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 52.
#[tokio::test]
async fn okta_that_breaks_in_the_middle_of_a_leaver_gives_nothing_back_and_the_next_run_ends_it() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let (leaver, mover) = (world.someone_at("NYC1"), world.someone_at("SEA1"));
    resigns(&world, &leaver, date(2026, 3, 4));
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    world.town.okta.wire().inject(next("DELETE", "/grants", 1, 500, "E0000009"));
    world.town.okta.wire().inject(next("DELETE", "/api/v1/groups/", 2, 503, "E0000009"));
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended, "closed first");
    assert_eq!(world.profile(&mover, "lastName"), "Okafor", "the others go on");
    let writes: Vec<_> = world.town.okta.wire().writes();
    let place = |user: &str| writes.iter().position(|it| it.path.contains(user));
    assert!(place(&world.user(&leaver)) < place(&world.user(&mover)), "leavers go first");
    assert!(writes.iter().all(|it| !it.path.contains("unsuspend")), "nothing is rolled back");

    world.town.okta.wire().heal();
    world.run_all().await;
    let seen = world.okta(&leaver);
    assert_eq!((seen.sessions, seen.tokens, seen.grants), (0, 0, 0), "{}", reports[0]);
    assert_eq!(seen.groups, [""; 0]);
    world.assert_converged().await;
}

/// hr-case 52.
#[tokio::test]
async fn suspension_that_okta_fails_is_taken_up_again_and_the_rest_is_taken_away_meanwhile() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let person = world.someone_at("NYC1");
    resigns(&world, &person, date(2026, 3, 4));
    world.town.okta.wire().inject(next("POST", "/lifecycle/suspend", 1, 500, "E0000009"));
    let report = world.run(Flow::Offboarding).await;
    let told = steps(&report, &person);
    assert!(told.iter().all(|it| it != "suspend verified"), "{told:?}");
    let seen = world.okta(&person);
    assert_eq!((seen.groups.len(), seen.tokens), (0, 0), "every further step takes access away");

    world.town.okta.wire().heal();
    let report = world.run(Flow::Offboarding).await;
    assert!(steps(&report, &person).contains(&"suspend verified".to_owned()), "{report}");
    world.run_all().await;
    world.assert_converged().await;
}
