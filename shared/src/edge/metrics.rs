//! Figures for CloudWatch, as lines of the log in its embedded metric format
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>):
//! no call, no permission.

use serde_json::{Value, json};

use super::failure::Failure;
use crate::{shell::clock, words::flow::Flow};

/// The namespace of every figure.
const NAMESPACE: &str = "Rollcall";

/// Tells what became of a run. `GoodRun` is 1 when the run was no rehearsal and did not stop; the
/// dead-man alarm listens for it.
pub(super) fn tell(flow: Flow, outcome: &Result<Value, Failure>) {
    let mut figures = vec![("GoodRun", "Count", 0), ("FailedRun", "Count", 1)];
    if let Ok(report) = outcome {
        let count = |path: &str| report.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        let is_rehearsal = report["dry_run"] == true;
        let stopped = report["ending"] == "failed";
        let waiting = report["held"].as_array().map_or(0, Vec::len);
        figures = vec![
            ("GoodRun", "Count", u64::from(!is_rehearsal && !stopped)),
            ("FailedRun", "Count", u64::from(stopped)),
            ("PeopleSeen", "Count", count("/people/seen")),
            ("PeopleChanged", "Count", count("/people/changed")),
            ("PeopleHeld", "Count", count("/people/held")),
            ("PeopleFailed", "Count", count("/people/failed")),
            ("PlansWaiting", "Count", u64::try_from(waiting).unwrap_or(u64::MAX)),
            ("Remaining", "Count", count("/remaining")),
            ("OktaCalls", "Count", count("/calls/okta")),
            ("UkgCalls", "Count", count("/calls/ukg")),
            ("Duration", "Milliseconds", count("/duration_ms")),
        ];
    }
    println!("{}", line(flow.as_str(), &figures));
}

/// Tells how often something happened in a function that is no flow.
pub(super) fn count(function: &str, what: &'static str) {
    println!("{}", line(function, &[(what, "Count", 1)]));
}

fn line(flow: &str, figures: &[(&'static str, &'static str, u64)]) -> Value {
    let names: Vec<Value> =
        figures.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit })).collect();
    let mut res = json!({
        "_aws": {
            "Timestamp": clock::now().as_millisecond(),
            "CloudWatchMetrics": [
                { "Namespace": NAMESPACE, "Dimensions": [["flow"]], "Metrics": names },
            ],
        },
        "flow": flow,
    });
    for (name, _, value) in figures {
        res[name] = json!(value);
    }
    res
}
