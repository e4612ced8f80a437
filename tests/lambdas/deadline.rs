//! The time that Lambda gives.

use std::time::Duration;

use jiff::civil::date;
use rollcall::shell::clock;
use rollcall_sandbox::{
    okta::Status,
    wire::{Effect, Fault},
};
use serde_json::json;

use crate::stage::Stage;

fn slow(path: &str, by: Duration) -> Fault {
    Fault {
        method: None,
        path_contains: path.to_owned(),
        skip: 0,
        times: usize::MAX,
        effect: Effect::Delay(by),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn run_that_meets_its_deadline_stops_between_steps_and_the_next_goes_on() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    stage.at("2026-03-05T18:00:00Z");
    // Ten seconds, of which the last two are kept for finishing; the first step takes all others.
    stage.town.okta.wire().inject(slow("/lifecycle/suspend", Duration::from_secs(8)));
    let mut function = stage.function("offboarding").await;
    let deadline = clock::now().as_millisecond() + 10_000;
    let report = function.invoke_until(stage.payload(json!({})), deadline).await.done();
    assert_eq!(report["remaining"], 1, "{report:#}");
    assert_eq!(report["ending"], "partly");
    assert_eq!(stage.status(&person), Some(Status::Suspended), "what was begun was finished");
    let outcomes: Vec<_> =
        report["actions"].as_array().unwrap().iter().map(|it| it["outcome"].clone()).collect();
    assert!(outcomes.contains(&json!("skipped")), "{report:#}");

    stage.town.okta.wire().heal();
    let report = stage.run("offboarding").await;
    assert_eq!(
        (&report["remaining"], &report["ending"]),
        (&json!(0), &json!("done")),
        "{report:#}"
    );
    stage.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vendor_that_never_answers_does_not_take_the_function_down_without_a_word() {
    let stage = Stage::settled().await;
    stage.town.ukg.wire().inject(slow("/personnel", Duration::from_secs(60)));
    let mut function = stage.function("offboarding").await;
    let deadline = clock::now().as_millisecond() + 12_000;
    let (kind, message) = function.invoke_until(stage.payload(json!({})), deadline).await.failed();
    assert_eq!(kind, "OutOfTime", "{message}");
    stage.town.ukg.wire().heal();
    // It gave its lease back: the next run need not wait until that runs out.
    stage.run("offboarding").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deadline_that_makes_no_sense_is_not_believed() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    stage.at("2026-03-05T18:00:00Z");
    let mut function = stage.function("offboarding").await;
    let report = function.invoke_until(stage.payload(json!({})), 600_000).await.done();
    assert_eq!(report["remaining"], 0, "{report:#}");
    assert_eq!(stage.status(&person), Some(Status::Suspended));
}
