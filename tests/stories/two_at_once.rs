//! Two processes at work at the same time.
//!
//! One of them is held up: its call to Okta waits at a gate until the other has done whatever it
//! can. So each story has one order of events, and it is the worst.

use futures::join;
use jiff::civil::date;
use rollcall::{
    deciders::report::Ending,
    doors::ledger,
    flows::{self, Error, Office, Request},
    words::{action::Outcome, flow::Flow, ids::PersonId},
};
use rollcall_sandbox::{
    Effect, Fault, Gate,
    company::hr::{self, Leaving},
    fuse::Side,
    okta::Status,
};
use rollcall_tests::{World, findings, machine, steps};

use crate::hq::mail_about;

/// A settled company, a process whose clock moves with the story, and somebody who left.
async fn world_with_a_leaver() -> (World, String) {
    let mut world = World::settled().await;
    let credentials = world.town.credentials().to_string();
    world.restart_on(machine(), &credentials);
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone_at("NYC1");
    world.hr(|it| hr::terminate(it, &leaver, Leaving::resigned(date(2026, 3, 4))));
    (world, leaver)
}

/// Holds the next call to a place up, before its effect or after it.
fn gate_at(world: &World, method: &str, path: &str, side: Side) -> Gate {
    let gate = Gate::closed(side);
    world.town.okta.wire().inject(Fault::once(method, path, Effect::Gate(gate.clone())));
    gate
}

/// What came of a run that was held up, and of what others did meanwhile.
async fn meanwhile<T>(
    world: &World,
    flow: Flow,
    gate: &Gate,
    others: impl Future<Output = T>,
) -> (Result<rollcall::deciders::report::Report, Error>, T) {
    join!(world.try_run(flow), async {
        gate.arrival().await;
        let res = others.await;
        gate.open();
        res
    })
}

async fn run_at(
    office: &Office,
    request: Request,
) -> Result<rollcall::deciders::report::Report, Error> {
    flows::run(office, &request).await
}

/// The messages to an audience that name a person.
fn told(world: &World, before: &[String], audience: &str, person: &str) -> Vec<String> {
    let login = world.okta(person).login;
    let mut about = mail_about(world, before, &login);
    about.retain(|it| it.starts_with(&format!("To: {audience}")));
    about
}

/// Whether the leaver has nothing left, everybody was told once, and nothing remains to be done.
async fn assert_left_once(world: &World, before: &[String], leaver: &str) {
    let gone = world.okta(leaver);
    assert_eq!(gone.status, Status::Suspended);
    assert_eq!((gone.sessions, gone.tokens, gone.grants), (0, 0, 0));
    assert_eq!(gone.groups, Vec::<String>::new());
    world.run_all().await;
    let told = told(world, before, "security", leaver);
    assert_eq!(told.len(), 1, "{told:#?}");
    let open = world.office.ledger.open_intents().await.expect("the ledger can be read");
    assert!(open.is_empty(), "{open:?}");
    world.assert_converged().await;
}

#[tokio::test]
async fn second_start_of_a_flow_says_who_is_at_work_and_changes_nothing() {
    let (world, leaver) = world_with_a_leaver().await;
    let before = world.mail();
    let second = world.second_office(machine());
    let gate = gate_at(&world, "POST", "/lifecycle/suspend", Side::Before);
    let (first, refused) = meanwhile(&world, Flow::Offboarding, &gate, async {
        let again = run_at(&second, world.request(Flow::Offboarding)).await;
        // Nor does it help to name the person.
        let people = [PersonId::from(leaver.as_str())].into();
        let named = Request { people, ..world.request(Flow::Offboarding) };
        [again, run_at(&second, named).await]
    })
    .await;
    let first = first.expect("nobody disturbed it");
    assert_eq!(first.ending(), Ending::Done, "{first}");
    for it in refused {
        let Err(Error::Busy { flow, by, .. }) = it else { panic!("{it:?}") };
        assert_eq!((flow, by), ("offboarding", first.run.clone()));
    }
    assert_left_once(&world, &before, &leaver).await;
}

#[tokio::test]
async fn rerun_by_hand_after_the_schedule_has_nothing_left_to_do() {
    let (world, leaver) = world_with_a_leaver().await;
    let before = world.mail();
    let second = world.second_office(machine());
    let gate = gate_at(&world, "POST", "/lifecycle/suspend", Side::After);
    let people = [PersonId::from(leaver.as_str())].into();
    let by_hand = Request { people, ..world.request(Flow::Offboarding) };
    let (_, shown) = meanwhile(&world, Flow::Offboarding, &gate, async {
        // Looking is always possible, and takes nothing from whoever is at work.
        run_at(&second, Request { dry_run: true, ..by_hand.clone() }).await
    })
    .await;
    let shown = shown.expect("a dry run needs no lease");
    assert!(shown.steps.iter().all(|it| it.outcome == Outcome::Planned), "{shown}");
    world.town.okta.wire().forget();
    let again = run_at(&second, by_hand).await.expect("the schedule's run is over");
    assert_eq!(steps(&again, &leaver), Vec::<String>::new());
    assert_eq!(world.town.okta.wire().writes(), []);
    assert_left_once(&world, &before, &leaver).await;
}

#[tokio::test]
async fn second_flow_leaves_a_person_alone_who_is_in_the_hands_of_the_first() {
    let (world, leaver) = world_with_a_leaver().await;
    let before = world.mail();
    let second = world.second_office(machine());
    let gate = gate_at(&world, "POST", "/lifecycle/suspend", Side::Before);
    let (first, other) = meanwhile(&world, Flow::Offboarding, &gate, async {
        world.town.okta.wire().forget();
        let other = run_at(&second, world.request(Flow::OrgSync)).await;
        (other, world.written_about())
    })
    .await;
    let first = first.expect("nobody disturbed it");
    assert_eq!(first.ending(), Ending::Done, "{first}");
    let (other, written) = other;
    let other = other.expect("one person is no reason to stop");
    assert!(!written.contains(&leaver), "two were at work on one person");
    assert_eq!(steps(&other, &leaver), Vec::<String>::new());
    assert!(findings(&other, &leaver).contains(&"refused"), "{other}");
    let told = other.findings.iter().find(|it| it.detail.contains("is at work"));
    let told = told.map(|it| it.detail.as_str());
    let expected = format!("run {} is at work on this person; the next run looks again", first.run);
    assert_eq!(told, Some(expected.as_str()));
    assert_left_once(&world, &before, &leaver).await;
}

#[tokio::test]
async fn slow_run_whose_lease_has_ended_stops_as_soon_as_it_knows() {
    for side in [Side::Before, Side::After] {
        let (world, leaver) = world_with_a_leaver().await;
        let before = world.mail();
        let second = world.second_office(machine());
        let gate = gate_at(&world, "POST", "/lifecycle/suspend", side);
        let mut records = Vec::new();
        let (slow, follower) = meanwhile(&world, Flow::Offboarding, &gate, async {
            world.let_leases_end();
            let follower = run_at(&second, world.request(Flow::Offboarding)).await;
            world.town.okta.wire().forget();
            records = world.records().await;
            follower
        })
        .await;
        let follower = follower.expect("the lease has ended");
        assert_eq!(follower.ending(), Ending::Done, "{follower}");
        let Err(Error::Ledger(ledger::Error::Fenced { .. })) = slow else { panic!("{slow:?}") };
        // The one call that was under way came to an end; there was none after it.
        let late: Vec<String> = world.writes_about(&leaver);
        assert!(
            late.iter().all(|it| it == "POST /api/v1/users/USER/lifecycle/suspend"),
            "{side:?}: {late:?}"
        );
        assert_eq!(world.records().await, records, "{side:?}: it wrote to the ledger all the same");
        assert_left_once(&world, &before, &leaver).await;
    }
}

#[tokio::test]
async fn account_that_a_slow_run_makes_is_not_made_again_by_its_follower() {
    let mut world = World::settled().await;
    let credentials = world.town.credentials().to_string();
    world.restart_on(machine(), &credentials);
    world.at("2026-03-06T18:00:00Z");
    let joiner = world.joins(date(2026, 3, 6), "SEA1");
    let before = world.mail();
    let second = world.second_office(machine());
    // Made in Okta, and the answer is still on its way.
    let gate = gate_at(&world, "POST", "/api/v1/users?", Side::After);
    let (slow, follower) = meanwhile(&world, Flow::NewHire, &gate, async {
        world.let_leases_end();
        run_at(&second, world.request(Flow::NewHire)).await
    })
    .await;
    follower.expect("the lease has ended");
    let Err(Error::Ledger(ledger::Error::Fenced { .. })) = slow else { panic!("{slow:?}") };
    world.run_all().await;
    let accounts = {
        let org = world.town.okta.org();
        let key = serde_json::Value::from(joiner.as_str());
        org.users().filter(|it| it.profile.get("ukgPersonId") == Some(&key)).count()
    };
    assert_eq!(accounts, 1);
    assert_eq!(world.okta(&joiner).status, Status::Provisioned);
    let told = told(&world, &before, "it", &joiner);
    assert_eq!(told.len(), 1, "{told:#?}");
    world.assert_converged().await;
}
