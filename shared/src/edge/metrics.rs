//! Figures for CloudWatch, as lines of the log in its embedded metric format: no call, no
//! permission. A run's own figures are [`Report::to_emf`]; here is what else alarms listen for.

use serde_json::{Value, json};

use super::failure::Failure;
use crate::{
    deciders::report::{Ending, NAMESPACE, Report},
    shell::clock,
};

/// Tells what became of an event of a function: of its runs, or of the failure. `GoodRun` is 1 when
/// they were no rehearsal and did not stop; the dead man's alarm of a flow listens for the one
/// under the flow's name.
pub(super) fn tell_ending(function: &str, outcome: Result<&[Report], &Failure>) {
    let (is_good, has_failed) = match outcome {
        Ok(reports) => {
            let has_stopped = reports.iter().any(|it| it.ending() == Ending::Failed);
            (!has_stopped && !reports.iter().any(|it| it.dry_run), has_stopped)
        }
        Err(_) => (false, true),
    };
    println!("{}", line(function, &[("GoodRun", is_good), ("FailedRun", has_failed)]));
}

/// Tells the figures of a run under the name of its flow, whichever function it ran in.
pub(super) fn tell_figures(report: &Report) {
    if !report.dry_run {
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
