//! Events that nobody sends: whatever a caller or a schedule says is read or refused in words.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::payload::Payload;
use crate::words::flow::Flow;

/// JSON of any form, in which these names occur more often than others.
pub(super) fn any_json(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("2026-03-02T09:00:00Z")),
        Just(json!("-262143-12-31T99:00:00Z")),
        Just(json!("x".repeat(40_000))),
    ];
    let name = prop_oneof![3 => prop::sample::select(names).prop_map(str::to_owned), 1 => ".*"];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|it| Value::Object(it.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn any_event_is_read_or_refused_in_words(
        event in any_json(&["dry_run", "people", "as_of", "approve", "shard", "of", "dry-run"]),
    ) {
        if let Err(problems) = Payload::read(&event, Flow::OrgSync) {
            prop_assert!(!problems.is_empty() && problems.iter().all(|it| !it.is_empty()));
        }
    }
}
