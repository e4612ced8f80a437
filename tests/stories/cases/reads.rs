//! Reads that must not be believed, and people they do not show.

use std::collections::BTreeSet;

use jiff::civil::date;
use rollcall::{
    deciders::report::Ending,
    flows::{self, Request},
    words::flow::Flow,
};
use rollcall_sandbox::{
    Effect, Fault,
    company::hr,
    okta::{SeedUser, Status},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, findings};

use crate::hires::{hire, resigns};

/// hr-case 34.
#[tokio::test]
async fn empty_roster_that_says_200_stops_everything_and_tells() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone();
    resigns(&world, &leaver, date(2026, 3, 4));
    let everybody = world.hr(|it| it.people().iter().map(|it| it.person_id.clone()).collect());
    world.town.ukg.set(|it| it.hidden_people = everybody);
    world.town.okta.wire().forget();
    for report in world.run_all().await {
        assert_eq!(report.ending(), Ending::Failed, "{report}");
        assert!(report.steps.is_empty(), "{report}");
    }
    assert_eq!(world.town.okta.wire().calls(), [], "nobody even asked Okta");
    assert!(world.mail().iter().any(|it| it.contains("did not believe what it read")));

    // Whoever insists gets what an empty company means: nobody to look at, and nobody taken away.
    for flow in Flow::ALL {
        let request = Request { accepted: ["roster=0".to_owned()].into(), ..world.request(flow) };
        let report = flows::run(&world.office, &request).await.expect("the run can be made");
        assert!(report.doubts.is_empty() && report.steps.is_empty(), "{report}");
    }
    assert_eq!(world.write_log(), "");
    assert_eq!(world.run(Flow::OrgSync).await.ending(), Ending::Failed, "for one run");

    world.town.ukg.set(|it| it.hidden_people.clear());
    world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended, "nothing was lost");
    world.assert_converged().await;
}

/// hr-case 35.
#[tokio::test]
async fn page_that_breaks_off_is_a_failed_read_and_never_a_short_roster() {
    let small = |policy: String| policy.replace("page_size: 1000", "page_size: 10");
    let world = World::settled_with(Options::new(30, 7, FIRST_DAY), small).await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    world.town.okta.wire().forget();
    world.town.ukg.wire().inject(Fault {
        method: None,
        path_contains: "employee-employment-details".to_owned(),
        skip: 2,
        times: usize::MAX,
        effect: Effect::Answer(404, "{}".to_owned()),
    });
    world.try_run(Flow::ProfileSync).await.expect_err("a page is missing");
    assert_eq!(world.town.okta.wire().writes(), []);
    world.town.ukg.wire().heal();
    world.run_all().await;
    assert_eq!(world.profile(&person, "lastName"), "Okafor");
    world.assert_converged().await;
}

/// hr-case 36.
#[tokio::test]
async fn person_who_is_missing_from_the_roster_is_told_and_left_alone() {
    let world = World::settled().await;
    let person = world.someone();
    let before = world.okta(&person);
    world.town.ukg.set(|it| it.hidden_people = [person.clone()].into());
    world.town.okta.wire().forget();
    for now in ["2026-03-03T18:00:00Z", "2026-03-04T18:00:00Z", "2026-03-20T18:00:00Z"] {
        world.at(now);
        let reports = world.run_all().await;
        let found: BTreeSet<_> = reports.iter().flat_map(|it| findings(it, &person)).collect();
        assert_eq!(found, ["missing-from-roster"].into());
    }
    assert_eq!(world.okta(&person), before);
    assert_eq!(world.writes_about(&person), [""; 0]);
    world.assert_converged().await;

    // Back, and gone by HR's own word.
    world.town.ukg.set(|it| it.hidden_people.clear());
    resigns(&world, &person, date(2026, 3, 19));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    world.assert_converged().await;
}

/// hr-case 41.
#[tokio::test]
async fn okta_that_does_not_show_its_canary_gets_no_new_accounts() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world, date(2026, 3, 4), "NYC1");
    world.town.okta.org().delete_user("canary@larkspur.example");
    world.town.okta.wire().forget();
    let report = world.run(Flow::NewHire).await;
    assert_eq!(report.ending(), Ending::Failed, "{report}");
    assert!(report.to_string().contains("okta.protected.canaries"), "{report}");
    assert_eq!(world.town.okta.wire().writes(), []);

    let canary = SeedUser::active("canary@larkspur.example");
    world.town.okta.org().add_user(canary);
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    world.assert_converged().await;
}

/// hr-case 41.
#[tokio::test]
async fn okta_that_loses_a_page_of_its_list_is_not_believed() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    world.town.okta.wire().forget();
    world.town.okta.wire().inject(Fault {
        method: None,
        path_contains: "/api/v1/users?".to_owned(),
        skip: 0,
        times: usize::MAX,
        effect: Effect::Truncate(4_000),
    });
    let request = Request { depth: flows::Depth::Everyone, ..world.request(Flow::ProfileSync) };
    flows::run(&world.office, &request).await.expect_err("the list breaks off");
    assert_eq!(world.town.okta.wire().writes(), []);
    world.town.okta.wire().heal();
    world.run_all().await;
    assert_eq!(world.profile(&person, "lastName"), "Okafor");
    world.assert_converged().await;
}
