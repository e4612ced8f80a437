//! Safety: dry runs, limits, approvals.

use expect_test::expect;
use jiff::{Timestamp, ToSpan, civil::date};
use rollcall::{
    deciders::report::Ending,
    flows::{self, Request},
    words::{action::Outcome, flow::Flow, ids::PersonId},
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use crate::hq::{mail_about, plain};

#[tokio::test]
async fn dry_run_writes_nothing_at_all() {
    let world = World::untouched(Options::new(30, 7, FIRST_DAY), |policy| policy).await;
    let before = world.town.okta.org().snapshot();
    for flow in Flow::ALL {
        let request = Request { dry_run: true, ..world.request(flow) };
        let report = flows::run(&world.office, &request).await.expect("it can be planned");
        assert!(report.steps.iter().all(|it| it.outcome == Outcome::Planned));
    }
    assert_eq!(world.town.okta.wire().writes(), []);
    assert_eq!(world.town.okta.org().snapshot(), before);
    let ledger = &world.office.ledger;
    assert_eq!(ledger.all_links().await.expect("the ledger can be read"), []);
    for flow in Flow::ALL {
        let runs = ledger.last_runs(flow.as_str(), 9).await.expect("the ledger can be read");
        assert!(runs.is_empty(), "a dry run took a lease");
    }
    assert!(world.mail().is_empty());
}

/// hr-case 38.
#[tokio::test]
async fn mass_departure_waits_whole_and_the_others_go_on() {
    let world = World::settled_with(Options::new(120, 7, FIRST_DAY), |policy| policy).await;
    world.at("2026-03-06T18:00:00Z");
    let mut leavers: Vec<String> = world.hr(|company| {
        let today = company.today();
        let employees = company.people_here_on(today).filter(|it| !it.is_contractor);
        employees.map(|it| it.person_id.to_owned()).collect()
    });
    // Whoever has no account of his own for sure is held anyhow.
    leavers.retain(|it| world.find(it).is_some());
    leavers.sort();
    leavers.truncate(40);
    // Whoever is away has an account that is closed for now, and is a leaver like the others.
    let was_away = |it: &&String| world.okta(it).status == Status::Suspended;
    assert!(leavers.iter().any(|it| was_away(&it)), "somebody is away");
    let mover = world.pick(|it| !leavers.contains(&it.person_id.to_owned()));
    world.hr(|company| {
        for person in &leavers {
            hr::terminate(company, person, Leaving::resigned(date(2026, 3, 4)));
        }
        hr::change_name(company, &mover, "Nia", "Okafor");
    });
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    assert_eq!(reports[0].ending(), Ending::Waiting);
    assert_eq!(reports[0].held[0].people.len(), leavers.len(), "all of them, not the first N");
    let written = world.written_about();
    assert!(leavers.iter().all(|it| !written.contains(it)), "nothing is taken from anybody");
    assert_eq!(world.profile(&mover, "lastName"), "Okafor", "the others go on");
    let told = mail_about(&world, &[], "holds back departures");
    expect![[r#"
        To: it
        Subject: Rollcall holds back departures for 40 people

        Why: 40 people would lose their access as leavers; one run may touch 6, so all 40 wait.

        Nothing in this plan has been done; everything else goes on. In it, the most telling first:

        - person 07c7695c-3014-49c9-8a81-291f895ffa3b: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app (2)
        - person 0f04b3d4-be3d-4578-9e0d-65d46a5f8d65: suspend, end-sessions, revoke-grants, leave-group (8), unassign-app Expense reports
        - person 4757c17d-2098-4028-9585-65299cc9b0af: suspend, end-sessions, revoke-grants, leave-group (8), unassign-app Expense reports
        - person 008ce705-f407-461b-b562-8988a1232724: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app Expense reports
        - person 05988473-10e4-418d-87ed-e49a1433e7e2: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app Expense reports
        - person 0c5acc0c-cd93-4f8d-8a5e-8cd736edbae9: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app Expense reports
        - person 10e00c96-a309-4bf3-a6e7-5af31f0f61d3: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app Expense reports
        - person 164922bd-1eb2-4c48-8a50-cc9e73ec01de: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app Expense reports
        - person 1dc11bf4-6483-4b9e-86f7-38dcca645891: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app Expense reports
        - person 255136fe-820d-4d1f-a483-074534039c8a: suspend, end-sessions, revoke-grants, leave-group (7), unassign-app Expense reports
        - and 30 more

        To see all of it:    rollcall plans PLAN
        If UKG is wrong:     correct it there, and the plan goes away.
        If it is right:      rollcall approve PLAN --why "..."
                             and the next run of offboarding carries out these steps and no others.
        If it must not be:   rollcall reject PLAN --why "..."
    "#]].assert_eq(&plain(&told[0], &reports[0]));

    // Nor do they slip through one by one.
    let plan = &reports[0].held[0].plan;
    let alone = Request {
        people: [PersonId::from(leavers[0].as_str())].into(),
        ..world.request(Flow::Offboarding)
    };
    let report = flows::run(&world.office, &alone).await.expect("both can be reached");
    assert_eq!(report.held.iter().map(|it| &it.plan).collect::<Vec<_>>(), [plan], "{report}");
    assert_eq!(world.okta(&leavers[0]).status, Status::Active);

    // Approved, used once, and nothing is left to do.
    let now: Timestamp = (world.office.clock)();
    let until = now + 1.hours();
    let ledger = &world.office.ledger;
    ledger.approve_plan(plan, "dana", "a real lay-off", now, until).await.expect("it waits");
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.ending(), Ending::Done, "{report}");
    assert!(leavers.iter().all(|it| world.okta(it).status == Status::Suspended));
    world.assert_converged().await;
}

/// hr-case 50.
#[tokio::test]
async fn two_runs_of_one_flow_never_overlap() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    let (first, second) =
        tokio::join!(world.try_run(Flow::ProfileSync), world.try_run(Flow::ProfileSync));
    let busy = [first, second].into_iter().filter(Result::is_err).count();
    assert_eq!(busy, 1, "one of them works, the other says who does");
    assert_eq!(world.profile(&person, "lastName"), "Okafor");
    world.assert_converged().await;
}
