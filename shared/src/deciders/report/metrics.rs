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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{deciders::report::Calls, words::flow::Flow};

    fn report(minutes: Vec<u64>) -> Report {
        let as_of = "2031-06-01T12:00:00Z".parse().unwrap();
        Report {
            seen: 100,
            calls: Calls { ukg: 11, okta: 40, okta_minimum: 20 },
            minutes_to_revoke: minutes,
            duration_ms: 900,
            ..Report::new("offboarding-7".into(), Flow::Offboarding, as_of, &"".into())
        }
    }

    /// The metrics that a line announces.
    fn announced(line: &Value) -> Vec<&str> {
        let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
        metrics.iter().map(|it| it["Name"].as_str().unwrap()).collect()
    }

    #[test]
    fn every_announced_metric_is_a_number_at_the_top_and_every_dimension_a_text() {
        for minutes in [vec![], vec![5], (0..500).collect()] {
            let line = report(minutes).to_emf();
            for name in announced(&line) {
                let value = &line[name];
                let values = value.as_array().map_or(1, Vec::len);
                assert!(value.is_u64() || (1..=100).contains(&values), "{name}: {value}");
            }
            assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["Flow"]]));
            assert_eq!(line["Flow"], "offboarding");
            assert_eq!(line["_aws"]["Timestamp"], 1_938_081_600_000_i64);
        }
    }

    #[test]
    fn nobody_who_left_is_no_time_and_the_slowest_of_many_are_told() {
        assert!(!announced(&report(vec![]).to_emf()).contains(&"MinutesToRevoke"));
        let line = report((0..500).collect()).to_emf();
        assert_eq!(line["MinutesToRevoke"][0], 499);
        assert_eq!(line["Leavers"], 500);
    }
}
