//! Remembers what expressions came to, within one run.
//!
//! A company of ten thousand has a few hundred combinations of department, location and job:
//! each is evaluated once. Results depend on nothing but the key, so that remembering them can
//! change how long a run takes and never what it decides.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::expression::{Answer, Row, Slot};
use super::field::Cell;
use crate::words::ids::PolicyHash;

/// How many combinations are kept per set of fields. Beyond it results are computed anew: slower,
/// and within the memory of a small Lambda.
const MAX_ENTRIES: usize = 20_000;

/// Results that are kept within a run. Create one per run and pass it to every call.
#[derive(Debug, Default)]
pub struct Memo(Mutex<Inner>);

/// Answers by what the fields of a bundle say.
type Known = HashMap<Box<[u8]>, Arc<[Answer]>>;

/// A group rule, and the code and name it is applied to.
type Entry = (usize, Box<str>, Box<str>);

#[derive(Debug, Default)]
pub(super) struct Inner {
    policy: Option<PolicyHash>,
    bundles: Vec<Known>,
    names: HashMap<Entry, Option<Arc<str>>>,
    key: Vec<u8>,
}

impl Memo {
    /// The results for one policy. Those of another policy are forgotten.
    pub(super) fn of(&self, policy: &PolicyHash, bundles: usize) -> MutexGuard<'_, Inner> {
        // A panic elsewhere cannot leave half a result behind: entries are inserted whole.
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.policy.as_ref() != Some(policy) {
            *inner = Inner {
                policy: Some(policy.clone()),
                bundles: vec![HashMap::new(); bundles],
                ..Inner::default()
            };
        }
        inner
    }
}

impl Inner {
    /// The answers for what a row says in these slots.
    pub(super) fn answers(
        &mut self,
        bundle: usize,
        slots: &[Slot],
        row: &Row<'_>,
        compute: impl FnOnce() -> Arc<[Answer]>,
    ) -> Arc<[Answer]> {
        self.key.clear();
        for slot in slots {
            match row.read(*slot) {
                Cell::Text(it) => self.key.extend_from_slice(it.as_bytes()),
                Cell::Flag(it) => self.key.push(u8::from(it)),
            }
            // No UTF-8 text contains this byte, so "ab", "c" and "a", "bc" stay apart.
            self.key.push(0xff);
        }
        let known = &mut self.bundles[bundle];
        if let Some(answers) = known.get(self.key.as_slice()) {
            return answers.clone();
        }
        let answers = compute();
        if known.len() < MAX_ENTRIES {
            known.insert(self.key.as_slice().into(), answers.clone());
        }
        answers
    }

    /// The name of the group that a rule makes of an entry.
    pub(super) fn name(
        &mut self,
        rule: usize,
        entry: (&str, &str),
        compute: impl FnOnce() -> Option<Arc<str>>,
    ) -> Option<Arc<str>> {
        let key = (rule, Box::from(entry.0), Box::from(entry.1));
        self.names.entry(key).or_insert_with(compute).clone()
    }
}
