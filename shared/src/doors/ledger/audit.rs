//! The audit log as the ledger keeps it: appended to, never changed, chained within each run.
//!
//! An event is kept as the very text that was hashed, so that a verifier need not agree with us
//! on how JSON is written.

use serde::{Deserialize, Serialize};

use super::{
    Fingerprint, Ledger,
    codec::Format,
    error::Error,
    sha256, sortable,
    store::{Expect, Key, MAX_WRITES},
};
use crate::words::ids::RunId;

const ENTRY: Format = Format::v1("audit");
const HEAD: Format = Format::v1("audit-head");

/// Events in one transaction, beside the head of the chain.
const EVENTS_AT_ONCE: usize = MAX_WRITES - 1;

/// One event of a run's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number in the run, from 1.
    pub seq: u64,
    /// The hash of the entry before; for the first, of the run's id.
    pub previous: Fingerprint,
    /// SHA-256 of the previous hash, the number (8 bytes, big-endian) and the event's text.
    pub hash: Fingerprint,
    /// The event: JSON, as it was hashed.
    pub event: String,
}

/// A log that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit log of run {run} is broken at entry {seq}")]
pub struct BrokenChain {
    /// The run.
    pub run: RunId,
    /// The first entry that does not follow from the one before.
    pub seq: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    seq: u64,
    hash: Fingerprint,
}

/// The chain is tied to its run from the first link: a log cannot be passed off as another's.
fn genesis(run: &RunId) -> Fingerprint {
    Fingerprint(sha256(&[b"rollcall audit ", run.as_str().as_bytes()]))
}

fn chained(previous: Fingerprint, seq: u64, event: &str) -> Fingerprint {
    Fingerprint(sha256(&[&previous.0, &seq.to_be_bytes(), event.as_bytes()]))
}

fn head_key(run: &RunId) -> Key {
    Key::new("audit-head", run.as_str())
}

fn log_of(run: &RunId) -> String {
    format!("audit#{run}")
}

/// Checks that a run's entries follow from one another and from the run.
///
/// # Errors
/// With the first entry that does not.
pub fn verify_chain(run: &RunId, entries: &[AuditEntry]) -> Result<(), BrokenChain> {
    let mut previous = genesis(run);
    for (seq, it) in (1..).zip(entries) {
        let AuditEntry { event, .. } = it;
        if it.seq != seq || it.previous != previous || it.hash != chained(previous, seq, event) {
            return Err(BrokenChain { run: run.clone(), seq });
        }
        previous = it.hash;
    }
    Ok(())
}

impl Ledger {
    /// Appends events to a run's log, in their order; returns the entries. All or nothing up to
    /// 99 events.
    ///
    /// # Errors
    /// When the store fails. If an answer was lost on the way, repeating it writes the events a
    /// second time: an auditor would rather see one twice than miss it.
    pub async fn append_audit(
        &self,
        run: &RunId,
        events: &[serde_json::Value],
    ) -> Result<Vec<AuditEntry>, Error> {
        let mut res = Vec::new();
        for part in events.chunks(EVENTS_AT_ONCE) {
            // Each turn of this loop, one of the tasks that append at the same time has got through.
            loop {
                match self.append_part(run, part).await {
                    Ok(entries) => break res.extend(entries),
                    Err(Error::Conflict { key }) if key == head_key(run) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(res)
    }

    async fn append_part(
        &self,
        run: &RunId,
        events: &[serde_json::Value],
    ) -> Result<Vec<AuditEntry>, Error> {
        let (mut head, expect) = match self.read::<Head>(HEAD, &head_key(run)).await? {
            Some((head, rev)) => (head, Expect::Rev(rev)),
            None => (Head { seq: 0, hash: genesis(run) }, Expect::Absent),
        };
        let mut entries = Vec::new();
        for it in events {
            let (seq, previous, event) = (head.seq + 1, head.hash, it.to_string());
            head = Head { seq, hash: chained(previous, seq, &event) };
            entries.push(AuditEntry { seq, previous, hash: head.hash, event });
        }
        let mut writes = vec![HEAD.put(head_key(run), &head, expect)];
        writes.extend(
            entries
                .iter()
                .map(|it| ENTRY.put(Key::new(log_of(run), sortable(it.seq)), it, Expect::Absent)),
        );
        self.store.transact(writes).await?;
        Ok(entries)
    }

    /// A run's log, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit(&self, run: &RunId) -> Result<Vec<AuditEntry>, Error> {
        self.all(ENTRY, &log_of(run)).await
    }
}
