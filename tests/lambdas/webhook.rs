//! UKG's webhooks: who may call, what a call does, and what it cannot do.

use aws_lc_rs::hmac;
use jiff::{Timestamp, civil::date};
use rollcall_sandbox::okta::Status;
use serde_json::{Value, json};

use crate::{
    runtime::Function,
    stage::{Stage, TODAY},
};

const SECRET: &str = "twenty-four-characters-or-more";

fn sign(body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|it| format!("{it:02x}")).collect()
}

/// UKG's employee id of a person.
fn employee(stage: &Stage, person: &str) -> String {
    stage.town.ukg.hr(|company| {
        let found = company.people_here_on(TODAY).find(|it| it.person_id == person);
        found.map(|it| it.employee_id.to_owned()).unwrap()
    })
}

/// An event of UKG, as it shows one.
fn event(stage: &Stage, id: u32, person: &str, at: Timestamp) -> Value {
    json!({
        "EventId": id,
        "EventTime": at.to_string().trim_end_matches('Z'),
        "EventType": "EmployeePersonNameChangeEvent",
        "Operation": "Update",
        "Payload":
            { "CoId": "LARKS", "EeId": employee(stage, person), "IntegrationRecordId": null },
        "Tenant": "G0311",
    })
}

/// A call over the HTTP API (payload format 2.0).
fn call(body: &str, signature: &str, key: &str) -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/",
        "headers": { "x-example-signature": signature, "x-rollcall-key": key },
        "requestContext": { "http": { "method": "POST", "path": "/", "sourceIp": "192.0.2.1" } },
        "body": body,
        "isBase64Encoded": false,
    })
}

async fn post(function: &mut Function, body: &Value) -> i64 {
    let body = body.to_string();
    let answer = function.invoke(call(&body, &sign(&body), "sesame")).await.done();
    answer["statusCode"].as_i64().unwrap()
}

/// Hands the queue to the function as SQS does; the messages that have to come back.
async fn work(stage: &Stage, function: &mut Function) -> Vec<Value> {
    let messages = stage.aws.take_queued();
    let records: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(number, body)| {
            json!({ "messageId": format!("m-{number}"), "eventSource": "aws:sqs", "body": body })
        })
        .collect();
    let answer = function.invoke(json!({ "Records": records })).await.done();
    answer["batchItemFailures"].as_array().unwrap().clone()
}

/// hr-case 50.
///
/// The company lives in March 2026 and the function today: the events are of today, and the
/// departures, seen from today, are over.
#[tokio::test(flavor = "multi_thread")]
async fn leaver_whom_a_webhook_names_is_cut_off_at_once_and_only_once() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    let mut function = stage.function("hr-event").await;
    let now = rollcall::shell::clock::now();
    let body = event(&stage, 459_469_162, &person, now);
    assert_eq!(post(&mut function, &body).await, 202);
    assert_eq!(stage.status(&person), Some(Status::Active), "a call only puts it into the queue");
    // Twice more, as UKG may: the same event, and another about the same person.
    assert_eq!(post(&mut function, &body).await, 202);
    assert_eq!(post(&mut function, &event(&stage, 459_469_163, &person, now)).await, 202);

    stage.town.ukg.wire().forget();
    assert_eq!(work(&stage, &mut function).await, Vec::<Value>::new());
    assert_eq!(stage.status(&person), Some(Status::Suspended));
    let told = stage.aws.published();
    assert_eq!(told.iter().filter(|it| it.subject.contains("lost access")).count(), 2, "{told:?}");

    // Late and out of order: what HR says counts, not what the event was.
    let late = event(&stage, 1, &person, now);
    assert_eq!(post(&mut function, &late).await, 202);
    stage.town.okta.wire().forget();
    work(&stage, &mut function).await;
    assert_eq!(stage.town.okta.wire().writes(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_a_webhook_are_its_flows_and_its_good_runs_are_its_own() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    let mut function = stage.function("hr-event").await;
    let body = event(&stage, 1, &person, rollcall::shell::clock::now());
    assert_eq!(post(&mut function, &body).await, 202);
    work(&stage, &mut function).await;
    let metrics = function.metrics().await;
    let of = |flow: &str, name: &str| -> Vec<&Value> {
        let lines = metrics.iter().filter(|it| it["Flow"] == flow);
        lines.filter_map(|it| it.get(name)).collect()
    };
    assert_eq!(of("offboarding", "Leavers"), [&json!(1)], "{metrics:#?}");
    assert_eq!(of("offboarding", "MinutesToRevoke").len(), 1, "the promise is measured");
    assert_eq!(of("profile-sync", "PeopleSeen").len(), 1);
    assert_eq!(of("hr-event", "GoodRun"), [&json!(1)]);
    assert_eq!(of("hr-event", "FailedRun"), [&json!(0)]);
    // The dead man's alarm must hear when the schedule of offboarding is silent.
    assert_eq!(of("offboarding", "GoodRun"), Vec::<&Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn call_that_proves_nothing_is_refused_without_a_hint() {
    let stage = Stage::untouched().await;
    let person = stage.town.ukg.hr(|company| {
        let first = company.people_here_on(TODAY).next();
        first.map(|it| it.person_id.to_owned()).unwrap()
    });
    let now = rollcall::shell::clock::now();
    let good = event(&stage, 1, &person, now).to_string();
    let with = |name: &str, value: Value| {
        let mut it = event(&stage, 1, &person, now);
        it[name] = value;
        it.to_string()
    };
    let old = now.checked_sub(jiff::SignedDuration::from_hours(72)).unwrap().to_string();
    let tenant = with("Tenant", json!("G9999"));
    let stale = with("EventTime", json!(old));
    let mut function = stage.function("hr-event").await;
    let mut answers = Vec::new();
    for it in [
        call(&good, "", "sesame"),
        call(&good, &sign(&good), "sesam"),
        call(&good, &sign("{}"), "sesame"),
        call(&tenant, &sign(&tenant), "sesame"),
        call(&stale, &sign(&stale), "sesame"),
        call("nonsense", &sign("nonsense"), "sesame"),
        call("", "", ""),
    ] {
        answers.push(function.invoke(it).await.done());
    }
    assert!(answers.iter().all(|it| *it == answers[0]), "all alike: {answers:?}");
    assert_eq!(answers[0]["statusCode"], 401);
    let large = "x".repeat(20_000);
    let answer = function.invoke(call(&large, &sign(&large), "sesame")).await.done();
    assert_eq!(answer["statusCode"], 413);
    assert_eq!(stage.aws.take_queued(), Vec::<String>::new());
    assert_eq!(stage.town.ukg.wire().calls(), []);
}

/// hr-case 50.
#[tokio::test(flavor = "multi_thread")]
async fn event_is_not_lost_when_the_queue_or_a_vendor_is_down() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    let mut function = stage.function("hr-event").await;
    let body = event(&stage, 7, &person, rollcall::shell::clock::now());
    let text = body.to_string();
    stage.aws.refuse(Some("AmazonSQS"));
    let (kind, message) = function.invoke(call(&text, &sign(&text), "sesame")).await.failed();
    assert_eq!(kind, "Queue", "{message}");
    stage.aws.refuse(None);
    assert_eq!(post(&mut function, &body).await, 202, "the same event, sent again, is taken");

    let queued = stage.aws.take_queued();
    let record = json!({ "messageId": "m-1", "eventSource": "aws:sqs", "body": queued[0] });
    stage.town.ukg.wire().inject(rollcall_sandbox::wire::Fault {
        method: None,
        path_contains: "/personnel".to_owned(),
        skip: 0,
        times: usize::MAX,
        effect: rollcall_sandbox::wire::Effect::Answer(403, "{}".to_owned()),
    });
    let answer = function.invoke(json!({ "Records": [record] })).await.done();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "m-1" }] }));
    stage.town.ukg.wire().heal();
    let answer = function.invoke(json!({ "Records": [record] })).await.done();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(stage.status(&person), Some(Status::Suspended));
}

#[tokio::test(flavor = "multi_thread")]
async fn person_can_be_brought_forward_by_hand() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    let mut function = stage.function("hr-event").await;
    let report = function.invoke(json!({ "people": [person], "dry_run": true })).await.done();
    assert_eq!(report["dry_run"], true);
    assert!(report["people"]["changed"].as_u64() > Some(0), "{report:#}");
    assert_eq!(stage.status(&person), Some(Status::Active));
    let (kind, message) = function.invoke(json!({})).await.failed();
    assert_eq!(kind, "BadPayload", "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn function_without_proof_to_ask_for_or_a_queue_does_not_begin() {
    let stage = Stage::untouched().await;
    stage.aws.put_secret(Some(&stage.town.credentials()));
    let (kind, message) = stage.function("hr-event").await.invoke(json!({})).await.failed();
    assert_eq!(kind, "BadSettings");
    assert!(message.contains("\"webhook\" is missing"), "{message}");
    let mut function =
        stage.function_with("hr-event", |it| drop(it.remove("ROLLCALL_EVENT_QUEUE"))).await;
    let (kind, message) = function.invoke(json!({})).await.failed();
    assert_eq!(kind, "BadSettings");
    assert!(message.contains("ROLLCALL_EVENT_QUEUE is not set"), "{message}");
}
