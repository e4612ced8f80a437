//! A run as one line of `CloudWatch`'s embedded metric format: numbers and the flow's name, nobody's
//! data (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use serde_json::{Value, json};

use super::Report;

/// The namespace of the metrics.
pub const NAMESPACE: &str = "Rollcall";

/// Values of one metric in a line, at most (the specification's limit).
const MOST_VALUES: usize = 100;

/// Every metric with its unit.
const METRICS: [(&str, &str); 13] = [
    ("PeopleSeen", "Count"),
    ("PeopleChanged", "Count"),
    ("PeopleHeld", "Count"),
    ("PeopleFailed", "Count"),
    ("PeopleRemaining", "Count"),
    ("PlansHeld", "Count"),
    ("Doubts", "Count"),
    ("Leavers", "Count"),
    ("MinutesToRevoke", "None"),
    ("OktaCalls", "Count"),
    ("OktaCallsMinimum", "Count"),
    ("UkgCalls", "Count"),
    ("Duration", "Milliseconds"),
];

impl Report {
    /// The line. `CloudWatch` makes metrics of it when it stands alone in a log; one dimension, the
    /// flow.
    pub fn to_emf(&self) -> Value {
        let metrics = METRICS.iter().filter(|(name, _)| {
            // Nobody left: no time, rather than a time of nothing.
            *name != "MinutesToRevoke" || !self.minutes_to_revoke.is_empty()
        });
        let metrics: Vec<Value> =
            metrics.map(|(name, unit)| json!({ "Name": name, "Unit": unit })).collect();
        let minutes = &self.minutes_to_revoke;
        let mut res = json!({
            "_aws": {
                "Timestamp": self.as_of.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Flow"]],
                    "Metrics": metrics,
                }],
            },
            "Flow": self.flow.as_str(),
            "RunId": self.run.as_str(),
            "PeopleSeen": self.seen,
            "PeopleChanged": self.changed_people(),
            "PeopleHeld": self.held_people(),
            "PeopleFailed": self.failed_people(),
            "PeopleRemaining": self.remaining,
            "PlansHeld": self.held.len(),
            "Doubts": self.doubts.len(),
            "Leavers": minutes.len(),
            "OktaCalls": self.calls.okta,
            "OktaCallsMinimum": self.calls.okta_minimum,
            "UkgCalls": self.calls.ukg,
            "Duration": self.duration_ms,
        });
        if !minutes.is_empty() {
            // Of more than a hundred the slowest are told: they are what an alarm is for.
            let mut slowest = minutes.clone();
            slowest.sort_unstable_by(|a, b| b.cmp(a));
            slowest.truncate(MOST_VALUES);
            res["MinutesToRevoke"] = slowest.into();
        }
        res
    }
}
