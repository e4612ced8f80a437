//! Stories of runs: leases, plans, intents and what is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::json;

use super::{day, lease, writer};
use crate::{
    doors::ledger::{
        Claim, Error, Exit, Intent, Lease, Ledger, Notice, Plan, PlanState, Settlement, Writer,
        store::Store,
    },
    words::{
        action::{Kind, Outcome},
        ids::{OktaUserId, PersonId, PlanId, PolicyHash, RunId},
    },
};

pub(super) async fn check(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    let ledger = async || Ledger::new(fresh().await);
    one_run_of_a_flow_at_a_time(&ledger().await).await;
    a_slow_run_is_fenced_off(&ledger().await).await;
    one_run_at_a_person_at_a_time(&ledger().await).await;
    runs_are_found_by_time(&ledger().await).await;
    a_crash_between_intent_and_outcome_is_found(&ledger().await).await;
    an_outcome_is_written_once(&ledger().await).await;
    many_intents_are_many_transactions(&ledger().await).await;
    an_approval_is_for_one_plan_once(&ledger().await).await;
    time_ends_plans_and_approvals(&ledger().await).await;
    a_large_plan_is_kept_whole(&ledger().await).await;
    a_notice_is_told_once(&ledger().await).await;
    what_was_touched_is_counted_once(&ledger().await).await;
}

fn exit(number: i64) -> Exit {
    Exit { at: day(number), status: 0, counts: BTreeMap::from([("actions".to_owned(), 3)]) }
}

async fn one_run_of_a_flow_at_a_time(ledger: &Ledger) {
    let first = lease(ledger, "offboarding", 1).await;
    assert_eq!(first.run().as_str(), "offboarding-1");
    let policy = PolicyHash::from("policy");
    let start = async |number| {
        ledger.start_run("offboarding", "b", &policy, day(number), day(number + 1)).await
    };
    let held = Claim::Held { by: first.run().clone(), until: day(2) };
    assert_eq!(start(1).await.expect("start"), held);
    // Another flow is another lease.
    assert_eq!(lease(ledger, "new-hire", 1).await.run().as_str(), "new-hire-1");

    let id = first.run().clone();
    ledger.finish_run(first, exit(1)).await.expect("finish");
    let run = ledger.run(&id).await.expect("run").expect("is there");
    assert_eq!((run.started, run.exit), (day(1), Some(exit(1))));
    assert_eq!(lease(ledger, "offboarding", 1).await.run().as_str(), "offboarding-2");

    let (one, two) = futures::join!(start(5), start(5));
    let won = [one, two].into_iter().filter(|it| matches!(it, Ok(Claim::Won(_)))).count();
    assert_eq!(won, 1, "of two that start exactly one wins");
}

async fn a_slow_run_is_fenced_off(ledger: &Ledger) {
    let ada = PersonId::from("P-ADA");
    let mut slow = lease(ledger, "offboarding", 1).await;
    let slow_writer = writer(ledger, &slow, &ada, 1).await;
    // Late, but nobody has taken over: it may go on, and renewing does not bring its fence down.
    ledger.renew(&mut slow, day(3)).await.expect("renew");
    assert_eq!(slow.until(), day(3));
    ledger.clear_due(slow.fence(), &ada).await.expect("still in its right");
    ledger.note_missing(slow.fence(), &[ada.clone()].into(), slow.run(), day(2)).await.expect("so");

    let next = lease(ledger, "offboarding", 4).await;
    let refused = ledger.note_missing(slow.fence(), &[].into(), slow.run(), day(4)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    let refused = ledger.renew(&mut slow, day(9)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    let refused = ledger.take_person(&slow, &PersonId::from("P-BOB"), day(4), day(5)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");

    let refused = ledger.extend_person(&slow, slow_writer.clone(), day(9)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");

    // It can still write about the person it took, until the next run takes the person too.
    let next_writer = writer(ledger, &next, &ada, 4).await;
    let refused = ledger.intend(&slow_writer, &[intent(&slow_writer, 1)]).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    ledger.intend(&next_writer, &[intent(&next_writer, 1)]).await.expect("the one in its right");
    ledger.release_person(&slow, slow_writer).await.expect("has no effect");
    ledger.intend(&next_writer, &[intent(&next_writer, 2)]).await.expect("still in its right");
    let refused = ledger.finish_run(slow, exit(4)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    ledger.finish_run(next, exit(4)).await.expect("finish");
}

async fn one_run_at_a_person_at_a_time(ledger: &Ledger) {
    let ada = PersonId::from("P-ADA");
    let leaver = lease(ledger, "offboarding", 1).await;
    let nightly = lease(ledger, "org-sync", 1).await;
    let at_work = writer(ledger, &leaver, &ada, 1).await;
    let other = ledger.take_person(&nightly, &ada, day(1), day(2)).await.expect("take");
    assert_eq!(other, Claim::Held { by: leaver.run().clone(), until: day(2) });
    // Later than its right lasts it is still there, as long as nobody has taken the person.
    let before = at_work.clone();
    let at_work = ledger.extend_person(&leaver, at_work, day(4)).await.expect("extend");
    assert_eq!(at_work.until(), day(4));
    let refused = ledger.extend_person(&leaver, before, day(9)).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    let other = ledger.take_person(&nightly, &ada, day(3), day(5)).await.expect("take");
    assert_eq!(other, Claim::Held { by: leaver.run().clone(), until: day(4) });
    ledger.release_person(&leaver, at_work.clone()).await.expect("release");
    let now = writer(ledger, &nightly, &ada, 1).await;
    let refused = ledger.intend(&at_work, &[intent(&at_work, 1)]).await;
    assert!(matches!(refused, Err(Error::Fenced { .. })), "{refused:?}");
    ledger.intend(&now, &[intent(&now, 1)]).await.expect("the one in its right");
}

async fn runs_are_found_by_time(ledger: &Ledger) {
    for number in 1..=9 {
        let lease = lease(ledger, "org-sync", number).await;
        ledger.finish_run(lease, exit(number)).await.expect("finish");
    }
    let names = |runs: Vec<crate::doors::ledger::Run>| {
        runs.iter().map(|it| it.id.to_string()).collect::<Vec<_>>().join(" ")
    };
    let found = ledger.runs_between("org-sync", day(3), day(6)).await.expect("runs");
    assert_eq!(names(found), "org-sync-3 org-sync-4 org-sync-5");
    let none = ledger.runs_between("org-sync", day(20), day(30)).await.expect("runs");
    assert_eq!(names(none), "");
    assert_eq!(
        names(ledger.last_runs("org-sync", 2).await.expect("runs")),
        "org-sync-8 org-sync-9"
    );
    assert_eq!(names(ledger.last_runs("contractor", 2).await.expect("runs")), "");
}

fn intent(writer: &Writer, seq: u32) -> Intent {
    Intent {
        run: writer.run().clone(),
        seq,
        person: writer.person().clone(),
        user: Some(OktaUserId::from("00uada")),
        kind: Kind::LeaveGroup,
        target: Some("Sales EMEA".to_owned()),
        cause: "termination date 2031-05-31".to_owned(),
        plan_hash: "f00d".to_owned(),
        at: day(1),
    }
}

fn settlement(outcome: Outcome) -> Settlement {
    Settlement { outcome, request_id: Some("req-1".to_owned()), at: day(1), detail: None }
}

async fn a_crash_between_intent_and_outcome_is_found(ledger: &Ledger) {
    let ada = PersonId::from("P-ADA");
    let crashed = lease(ledger, "offboarding", 1).await;
    let at_work = writer(ledger, &crashed, &ada, 1).await;
    let intents: Vec<_> = (1..=3).map(|seq| intent(&at_work, seq)).collect();
    ledger.intend(&at_work, &intents).await.expect("intend");
    ledger.intend(&at_work, &intents).await.expect("repeating it is harmless");
    let run = crashed.run().clone();
    ledger.settle(&run, 1, settlement(Outcome::Done)).await.expect("settle");
    // Here the process dies. The next run asks what was left open.
    let next = lease(ledger, "offboarding", 3).await;
    assert_eq!(ledger.open_intents().await.expect("open"), intents[1..]);
    ledger.settle(&run, 2, settlement(Outcome::Verified)).await.expect("settle");
    ledger.settle(&run, 3, settlement(Outcome::Skipped)).await.expect("settle");
    assert_eq!(ledger.open_intents().await.expect("open"), []);

    // Settled in another order, or all at once, nothing stays open either.
    let at_work = writer(ledger, &next, &ada, 3).await;
    let more: Vec<_> = (1..=3).map(|seq| intent(&at_work, seq)).collect();
    ledger.intend(&at_work, &more).await.expect("intend");
    ledger.settle(next.run(), 3, settlement(Outcome::Done)).await.expect("settle");
    assert_eq!(ledger.open_intents().await.expect("open"), more[..2]);
    let rest = BTreeMap::from([1, 2].map(|seq| (seq, settlement(Outcome::Failed))));
    ledger.settle_all(next.run(), &rest).await.expect("settle");
    assert_eq!(ledger.open_intents().await.expect("open"), []);
    let all = ledger.deeds_of_person(&ada).await.expect("deeds");
    let told: Vec<_> =
        all.iter().map(|it| it.settled.as_ref().map_or("open", |it| it.outcome.as_str())).collect();
    assert_eq!(told, ["done", "verified", "skipped", "failed", "failed", "done"]);
}

async fn an_outcome_is_written_once(ledger: &Ledger) {
    let lease = lease(ledger, "offboarding", 1).await;
    let at_work = writer(ledger, &lease, &PersonId::from("P-ADA"), 1).await;
    ledger.intend(&at_work, &[intent(&at_work, 1)]).await.expect("intend");
    let run = lease.run();
    ledger.settle(run, 1, settlement(Outcome::Done)).await.expect("settle");
    ledger.settle(run, 1, settlement(Outcome::Done)).await.expect("repeating it is harmless");
    let refused = ledger.settle(run, 1, settlement(Outcome::Failed)).await;
    assert!(matches!(refused, Err(Error::AlreadySettled { seq: 1, .. })), "{refused:?}");
    let refused = ledger.settle(run, 2, settlement(Outcome::Done)).await;
    assert!(matches!(refused, Err(Error::NoSuch { .. })), "{refused:?}");
    let taken = Intent { kind: Kind::Suspend, ..intent(&at_work, 1) };
    let refused = ledger.intend(&at_work, &[taken]).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
}

async fn many_intents_are_many_transactions(ledger: &Ledger) {
    let lease = lease(ledger, "org-sync", 1).await;
    let ada = PersonId::from("P-ADA");
    let at_work = writer(ledger, &lease, &ada, 1).await;
    let intents: Vec<_> = (1..=250).map(|seq| intent(&at_work, seq)).collect();
    ledger.intend(&at_work, &intents).await.expect("intend");
    assert_eq!(ledger.open_intents().await.expect("open"), intents);
    let all = (1..=250).map(|seq| (seq, settlement(Outcome::Verified))).collect();
    ledger.settle_all(lease.run(), &all).await.expect("settle");
    assert_eq!(ledger.open_intents().await.expect("open"), []);
    assert_eq!(ledger.deeds_of_run(lease.run()).await.expect("deeds").len(), 250);
    assert_eq!(ledger.deeds_of_person(&ada).await.expect("deeds").len(), 250);
}

fn plan(created: i64) -> Plan {
    Plan {
        id: PlanId::from("feedfacecafe"),
        flow: "offboarding".to_owned(),
        hash: "feedfacecafe0123".to_owned(),
        state: PlanState::Held,
        created: day(created),
        expires: day(created + 7),
    }
}

async fn an_approval_is_for_one_plan_once(ledger: &Ledger) {
    let (id, run, body) = (plan(1).id, RunId::from("offboarding-7"), json!({"actions": [1, 2]}));
    let hash = plan(1).hash;
    let state = |it: Result<Plan, Error>| it.map(|it| it.state.as_str());
    assert_eq!(state(ledger.hold_plan(&plan(1), &body, day(1)).await).expect("hold"), "held");
    assert_eq!(ledger.plan_body(&id).await.expect("body"), body);
    let refused = ledger.use_approval(&id, &hash, &run, day(2)).await;
    assert!(matches!(refused, Err(Error::WrongState { state: "held", .. })), "{refused:?}");
    let approved = ledger.approve_plan(&id, "grace", "real lay-off", day(2), day(4)).await;
    assert_eq!(state(approved).expect("approve"), "approved");
    // The next run makes the same plan again; the approval stands.
    assert_eq!(state(ledger.hold_plan(&plan(2), &body, day(2)).await).expect("hold"), "approved");

    let refused = ledger.use_approval(&id, "another hash", &run, day(3)).await;
    assert!(matches!(refused, Err(Error::WrongState { .. })), "{refused:?}");
    let use_it = || ledger.use_approval(&id, &hash, &run, day(3));
    let (one, two) = futures::join!(use_it(), use_it());
    assert_ne!(one.is_ok(), two.is_ok(), "an approval is used once");
    let refused = use_it().await;
    assert!(matches!(refused, Err(Error::WrongState { state: "applied", .. })), "{refused:?}");

    // Made once more after it was applied, the plan asks anew; and no stays no.
    assert_eq!(state(ledger.hold_plan(&plan(3), &body, day(3)).await).expect("hold"), "held");
    ledger.reject_plan(&id, "grace", "no", day(3)).await.expect("reject");
    assert_eq!(state(ledger.hold_plan(&plan(4), &body, day(4)).await).expect("hold"), "rejected");
    let plans = ledger.plans(day(4)).await.expect("plans");
    assert_eq!(plans.len(), 1);
    let none = ledger.approve_plan(&PlanId::from("none"), "grace", "", day(4), day(5)).await;
    assert!(matches!(none, Err(Error::NoSuch { .. })), "{none:?}");
}

async fn time_ends_plans_and_approvals(ledger: &Ledger) {
    let id = plan(1).id;
    let state = async |number| {
        let found = ledger.plan(&id, day(number)).await.expect("plan");
        found.map(|it| it.state.as_str())
    };
    ledger.hold_plan(&plan(1), &json!({}), day(1)).await.expect("hold");
    assert_eq!(state(7).await, Some("held"));
    assert_eq!(state(8).await, Some("expired"));
    let refused = ledger.approve_plan(&id, "grace", "late", day(8), day(9)).await;
    assert!(matches!(refused, Err(Error::WrongState { state: "expired", .. })), "{refused:?}");
    ledger.approve_plan(&id, "grace", "yes", day(2), day(3)).await.expect("approve");
    let refused = ledger.use_approval(&id, &plan(1).hash, &RunId::from("r-1"), day(3)).await;
    assert!(matches!(refused, Err(Error::WrongState { state: "expired", .. })), "{refused:?}");
    ledger.hold_plan(&plan(3), &json!({}), day(3)).await.expect("hold");
    assert_eq!(state(3).await, Some("held"), "what has expired can be held anew");
}

async fn a_large_plan_is_kept_whole(ledger: &Ledger) {
    let actions: Vec<_> = (0..8000)
        .map(|n| json!({"person": format!("P-{n}"), "why": "\"é🦊\" \\ ends today, says HR"}))
        .collect();
    let body = json!({ "actions": actions });
    assert!(body.to_string().len() > 400_000, "more than a record takes");
    ledger.hold_plan(&plan(1), &body, day(1)).await.expect("hold");
    assert_eq!(ledger.plan_body(&plan(1).id).await.expect("body"), body);
}

async fn a_notice_is_told_once(ledger: &Ledger) {
    let notice = |number| Notice {
        key: "contract-ends#P-ADA#2031-06-30".to_owned(),
        body: json!({"to": "manager"}),
        at: day(number),
    };
    assert!(ledger.notice_once(&notice(1), Some(day(90))).await.expect("notice"));
    assert!(!ledger.notice_once(&notice(2), Some(day(90))).await.expect("notice"));
    assert_eq!(ledger.unsent_notices().await.expect("unsent"), [notice(1)]);
    ledger.mark_sent(&notice(1).key, day(2)).await.expect("sent");
    ledger.mark_sent(&notice(1).key, day(3)).await.expect("repeating it is harmless");
    assert_eq!(ledger.unsent_notices().await.expect("unsent"), []);
    assert!(!ledger.notice_once(&notice(3), Some(day(90))).await.expect("notice"));
    assert!(ledger.notice_once(&notice(90), None).await.expect("notice"), "forgotten by now");
    let refused = ledger.mark_sent("never", day(3)).await;
    assert!(matches!(refused, Err(Error::NoSuch { .. })), "{refused:?}");
}

async fn what_was_touched_is_counted_once(ledger: &Ledger) {
    let counts = |names: &[&str]| {
        let names: BTreeSet<String> = names.iter().map(|it| (*it).to_owned()).collect();
        BTreeMap::from([("suspend".to_owned(), names)])
    };
    let touched = async |from| ledger.touched_since(day(from)).await.expect("it can be read");
    let one = lease(ledger, "offboarding", 1).await;
    let two = lease(ledger, "org-sync", 1).await;
    let seen = touched(1).await;
    assert_eq!(seen.counts, BTreeMap::new());
    let note = async |lease: &Lease, seen, number, names: &[&str]| {
        ledger.note_touched(lease.fence(), seen, lease.run(), day(number), &counts(names)).await
    };
    assert!(note(&one, &seen, 1, &["P-ADA", "P-BOB"]).await.expect("it can be written"));
    let late = note(&two, &seen, 1, &["P-CYD"]).await.expect("it can be tried");
    assert!(!late, "it counted without what the other was about to do");
    assert_eq!(touched(1).await.counts, counts(&["P-ADA", "P-BOB"]));

    let seen = touched(1).await;
    assert!(note(&two, &seen, 2, &["P-BOB", "P-CYD"]).await.expect("it can be written"));
    assert_eq!(touched(1).await.counts, counts(&["P-ADA", "P-BOB", "P-CYD"]), "each once");
    assert_eq!(touched(2).await.counts, counts(&["P-BOB", "P-CYD"]), "the first day is over");
    assert!(note(&one, &seen, 2, &[]).await.expect("nothing is no news"));

    let many: Vec<String> = (0..7000).map(|it| format!("P-{it}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let seen = touched(3).await;
    assert!(note(&one, &seen, 3, &many).await.expect("it can be written"));
    assert_eq!(touched(3).await.counts, counts(&many), "none is lost between records");
}
