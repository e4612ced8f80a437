//! Whatever is done to a log or to an export of it is found: as a property, for changes that nobody
//! thought of. What each kind of change is called is the contract's to hold.

use std::sync::Arc;

use proptest::{prelude::*, sample::Index};
use serde_json::json;

use super::{block_on, noon};
use crate::{
    doors::ledger::{
        store::{Draft, Expect, Query, Record, Store},
        *,
    },
    words::ids::RunId,
};

struct Kept {
    store: Arc<dyn Store>,
    ledger: Ledger,
    keys: [PublicKey; 1],
    records: Vec<Record>,
}

/// Two sealed runs with events and personal data.
async fn kept() -> Kept {
    let store: Arc<dyn Store> = Arc::new(Sqlite::memory().unwrap());
    let ledger = Ledger::new(store.clone());
    let (signer, _) = Signer::generate().unwrap();
    for run in ["offboarding-1", "offboarding-2"] {
        let event = |n: u32| AuditEvent {
            event: json!({"what": "settled", "person": "P-ADA", "n": n}),
            facts: Some(("P-ADA".into(), json!({"name": "Ada Byron", "n": n}))),
        };
        let events = [event(1), json!({"what": "counted"}).into(), event(2)];
        ledger.append_audit(&RunId::from(run), &events).await.unwrap();
        ledger.seal_logs("offboarding", Some(&signer), noon()).await.unwrap();
    }
    let mut records = Vec::new();
    for pk in ["audit#offboarding-1", "audit#offboarding-2", "audit-facts#P-ADA", "audit-seal#1"] {
        let query = Query { pk: pk.to_owned(), from: None, to: None, after: None, limit: 100 };
        records.extend(store.query(&query).await.unwrap().items);
    }
    assert_eq!(records.len(), 6 + 4 + 2);
    Kept { store, ledger, keys: [signer.public()], records }
}

async fn is_found(kept: &Kept) -> bool {
    let trail = kept.ledger.trail(None, None).await.unwrap();
    !verify(&trail, &kept.keys).breaks.is_empty()
}

/// Another character at a place.
fn altered(text: &str, at: Index, with: char) -> Option<String> {
    let at = at.index(text.len());
    let changed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
    (changed != text).then_some(changed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_other_character_in_any_record_is_found(
        which in any::<Index>(), at in any::<Index>(), with in "[ -~]",
    ) {
        let found: Result<(), TestCaseError> = block_on(async {
            let kept = kept().await;
            prop_assert!(!is_found(&kept).await);
            let record = which.get(&kept.records);
            let Some(body) = altered(&record.body, at, with.chars().next().unwrap()) else {
                return Ok(());
            };
            let draft = Draft { key: record.key.clone(), body, due: None, expires: None };
            kept.store.put(draft, Expect::Any).await.unwrap();
            prop_assert!(is_found(&kept).await, "{}", record.key);
            Ok(())
        });
        found?;
    }

    #[test]
    fn any_record_that_is_gone_or_in_the_place_of_another_is_found(
        which in any::<Index>(), other in any::<Index>(),
    ) {
        let found: Result<(), TestCaseError> = block_on(async {
            let kept = kept().await;
            let (record, other) = (which.get(&kept.records), other.get(&kept.records));
            if record.key == other.key {
                kept.store.delete(&record.key, Expect::Any).await.unwrap();
            } else {
                for (key, body) in [(&record.key, &other.body), (&other.key, &record.body)] {
                    let draft =
                        Draft { key: key.clone(), body: body.clone(), due: None, expires: None };
                    kept.store.put(draft, Expect::Any).await.unwrap();
                }
            }
            prop_assert!(is_found(&kept).await, "{} {}", record.key, other.key);
            Ok(())
        });
        found?;
    }

    #[test]
    fn any_change_of_an_exported_file_is_found(
        at in any::<Index>(), with in "[ -~]", cut in any::<Index>(), length in 1..400_usize,
    ) {
        let found: Result<(), TestCaseError> = block_on(async {
            let kept = kept().await;
            let file = kept.ledger.trail(None, None).await.unwrap().to_jsonl();
            let look = |text: &str| verify(&Trail::from_jsonl(text), &kept.keys).breaks;
            prop_assert_eq!(look(&file), []);
            if let Some(changed) = altered(&file, at, with.chars().next().unwrap()) {
                prop_assert_ne!(look(&changed), []);
            }
            let from = cut.index(file.len());
            let to = (from + length).min(file.len());
            let without = format!("{}{}", &file[..from], &file[to..]);
            prop_assert_ne!(look(&without), [], "without {}..{}", from, to);
            let twice = format!("{}{}", &file[..to], &file[from..]);
            prop_assert_ne!(look(&twice), [], "{}..{} twice", from, to);
            Ok(())
        });
        found?;
    }
}
