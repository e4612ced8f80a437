//! The payload: every field, alone and wrong.

use jiff::civil::date;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
};
use serde_json::{Value, json};

use crate::stage::{Stage, TODAY, kinds};

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_says_what_would_be_and_writes_nothing() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    let (before, items) = (stage.aws.published().len(), stage.aws.items().await);
    stage.town.okta.wire().forget();
    let payload = json!({ "dry_run": true, "as_of": "2026-03-05T18:00:00Z" });
    let report = stage.function("offboarding").await.invoke(payload).await.done();
    assert_eq!(report["dry_run"], true);
    assert_eq!(report["as_of"], "2026-03-05T18:00:00Z");
    assert!(kinds(&report).contains(&"suspend".to_owned()), "{report:#}");
    assert_eq!(stage.status(&person), Some(Status::Active));
    assert_eq!(stage.town.okta.wire().writes(), []);
    assert_eq!((stage.aws.published().len(), stage.aws.items().await), (before, items));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_the_only_ones_who_are_looked_at() {
    let stage = Stage::settled().await;
    let (one, other) = (stage.leaver(date(2026, 3, 4)), stage.leaver(date(2026, 3, 4)));
    stage.at("2026-03-05T18:00:00Z");
    let report = stage.invoke("offboarding", json!({ "people": [one] })).await.done();
    assert_eq!(report["people"]["changed"], 1, "{report:#}");
    assert_eq!(stage.status(&one), Some(Status::Suspended));
    assert_eq!(stage.status(&other), Some(Status::Active));
}

#[tokio::test(flavor = "multi_thread")]
async fn clock_is_moved_for_dry_runs_and_rehearsals_only() {
    let stage = Stage::untouched().await;
    let mut function =
        stage.function_with("offboarding", |it| drop(it.remove("ROLLCALL_TIME_TRAVEL"))).await;
    let (kind, message) = function.invoke(stage.payload(json!({}))).await.failed();
    assert_eq!(kind, "BadPayload");
    assert!(message.contains("ROLLCALL_TIME_TRAVEL=1"), "{message}");
    function.invoke(stage.payload(json!({ "dry_run": true }))).await.done();
    assert_eq!(stage.aws.items().await.len(), 1, "but for the table's own layout");
}

#[tokio::test(flavor = "multi_thread")]
async fn payload_that_is_wrong_is_refused_by_name_and_the_function_lives_on() {
    let stage = Stage::untouched().await;
    let mut function = stage.function("offboarding").await;
    let wrong = [
        (json!({ "dryrun": true }), "unknown field \"dryrun\"; did you mean \"dry_run\"?"),
        (json!({ "dry_run": "true" }), "\"dry_run\" must be true or false"),
        (json!({ "people": "P-1" }), "\"people\" must be a list"),
        (json!({ "people": [] }), "\"people\" must be a list"),
        (json!({ "as_of": "tomorrow" }), "\"as_of\" must be an instant"),
        (json!({ "approve": 7 }), "\"approve\" must be a text"),
        (json!({ "shard": 0, "of": 2 }), "are for org-sync"),
        (json!(["dry_run"]), "must be an object"),
    ];
    for (payload, text) in wrong {
        let (kind, message) = function.invoke(payload.clone()).await.failed();
        assert_eq!(kind, "BadPayload", "{payload}: {message}");
        assert!(message.contains(text), "{payload}: {message}");
    }
    let payload = json!({ "approve": "no-such-plan" });
    let (kind, message) = function.invoke(payload).await.failed();
    assert_eq!((&*kind, message.contains("not in the ledger")), ("BadPlan", true), "{message}");
    assert_eq!(stage.town.okta.wire().calls(), [], "nobody was asked");
    function.invoke(stage.payload(json!({ "dry_run": true }))).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_that_waits_is_approved_by_payload_and_used_once() {
    let stage = Stage::settled().await;
    let leavers: Vec<String> = stage.town.ukg.hr(|company| {
        let mut ids: Vec<String> = company
            .people_here_on(TODAY)
            .filter(|it| !it.is_contractor)
            .map(|it| it.person_id.to_owned())
            .collect();
        ids.sort();
        ids.truncate(10);
        for it in &ids {
            hr::terminate(company, it, Leaving::resigned(date(2026, 3, 4)));
        }
        ids
    });
    stage.at("2026-03-05T18:00:00Z");
    let report = stage.run("offboarding").await;
    let plans: Vec<Value> = report["held"].as_array().unwrap().clone();
    let plan = plans.iter().find(|it| it["kind"] == "suspend").expect("it is held");
    let id = plan["plan_id"].as_str().unwrap();
    let open = |stage: &Stage| {
        leavers.iter().filter(|it| stage.status(it) == Some(Status::Active)).count()
    };
    let before = open(&stage);
    assert!(before > 3, "a mass departure");

    let (kind, message) = stage.invoke("new-hire", json!({ "approve": id })).await.failed();
    assert_eq!(kind, "BadPlan", "{message}");
    let mut report = Value::Null;
    for it in &plans {
        report = stage.invoke("offboarding", json!({ "approve": it["plan_id"] })).await.done();
    }
    let closed = u64::try_from(before - open(&stage)).unwrap();
    assert_eq!(Some(closed), plan["count"].as_u64(), "{report:#}");
    let (kind, message) = stage.invoke("offboarding", json!({ "approve": id })).await.failed();
    assert_eq!(kind, "BadPlan", "{message}");
    assert!(message.contains("applied already"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_together_do_what_one_run_does() {
    let stage = Stage::untouched().await;
    stage.run("new-hire").await; // links everybody and does no more
    let everybody = stage.invoke("org-sync", json!({ "dry_run": true })).await.done();
    let mut changed = 0;
    for shard in 0..3 {
        let report = stage.invoke("org-sync", json!({ "shard": shard, "of": 3 })).await.done();
        let part = report["people"]["changed"].as_u64().unwrap();
        assert!(part > 0, "shard {shard} has its part: {report:#}");
        assert_eq!(report["remaining"], 0);
        changed += part;
    }
    assert_eq!(Some(changed), everybody["people"]["changed"].as_u64());
}
