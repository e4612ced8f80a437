//! Figures for CloudWatch, as lines of the log in its embedded metric format: no call, no
//! permission. A run's own figures are [`Report::to_emf`]; here is what else alarms listen for.

use serde_json::{Value, json};

use super::failure::Failure;
use crate::{
    deciders::report::{Ending, NAMESPACE, Report},
    shell::clock,
    words::flow::Flow,
};

/// Tells what became of a run. `GoodRun` is 1 when the run was no rehearsal and did not stop; the
/// dead man's alarm listens for it.
pub(super) fn tell(flow: Flow, outcome: &Result<Report, Failure>) {
    let (is_good, has_failed) = match outcome {
        Ok(report) => {
            let has_stopped = report.ending() == Ending::Failed;
            (!report.dry_run && !has_stopped, has_stopped)
        }
        Err(_) => (false, true),
    };
    println!("{}", line(flow.as_str(), &[("GoodRun", is_good), ("FailedRun", has_failed)]));
    if let Ok(report) = outcome
        && !report.dry_run
    {
        println!("{}", report.to_emf());
    }
}

/// Tells that something happened in a function that is no flow.
pub(super) fn count(function: &str, what: &'static str) {
    println!("{}", line(function, &[(what, true)]));
}

fn line(flow: &str, figures: &[(&'static str, bool)]) -> Value {
    let names: Vec<Value> =
        figures.iter().map(|(name, _)| json!({ "Name": name, "Unit": "Count" })).collect();
    let mut res = json!({
        "_aws": {
            "Timestamp": clock::now().as_millisecond(),
            "CloudWatchMetrics":
                [{ "Namespace": NAMESPACE, "Dimensions": [["Flow"]], "Metrics": names }],
        },
        "Flow": flow,
    });
    for (name, value) in figures {
        res[name] = json!(u8::from(*value));
    }
    res
}
