//! The audit log as the ledger keeps it: appended to, never changed, chained within each run,
//! and each run's end sealed into a chain of its own ([`seal`]).
//!
//! An event is kept as the very text that was hashed, so that a verifier need not agree with us
//! on how JSON is written. Personal data are no part of it: they are *facts*, kept beside the
//! chain by person, of which the event holds a salted digest. So they can be erased, and the
//! chain still proves itself ([`mod@verify`]).
//!
//! A log that somebody tore is not written over: the run goes on in a new log (`RUN~2`) that
//! says what it follows, and both are sealed.

mod erase;
mod export;
mod key;
mod seal;
mod trail;
mod verify;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Fingerprint, Ledger,
    codec::Format,
    error::Error,
    hex, sha256, sortable,
    store::{Expect, Key, MAX_WRITES},
};
use crate::words::ids::{PersonId, RunId};

pub use erase::Erased;
pub use key::{PublicKey, Signer, Unusable};
pub use seal::Seal;
pub use trail::{SealedLog, Trail};
pub use verify::{Break, Damage, Place, Verified, verify};

pub(super) const ENTRY: Format = Format::v1("audit");
/// Version 2 knows that a log can be closed.
pub(super) const HEAD: Format = Format::version("audit-head", 2);
pub(super) const FACTS: Format = Format::v1("audit-facts");
const OPEN: Format = Format::v1("audit-open");

/// Events in one transaction, each perhaps with its facts, beside the head of the log and the mark
/// that says that it is open.
const EVENTS_AT_ONCE: usize = (MAX_WRITES - 2) / 2;
/// Logs that one run goes on in before it gives up: somebody is tearing them as they are written.
const MOST_LOGS: u32 = 20;

/// Something to be written into the log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEvent {
    /// What happened, as a JSON object without personal data.
    pub event: Value,
    /// The personal data that belong to it: whose they are, and what.
    pub facts: Option<(PersonId, Value)>,
}

impl From<Value> for AuditEvent {
    fn from(event: Value) -> Self {
        Self { event, facts: None }
    }
}

/// One event of a run's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number in the log, from 1.
    pub seq: u64,
    /// The hash of the entry before; for the first, of the log's name.
    pub previous: Fingerprint,
    /// SHA-256 of the previous hash, the number (8 bytes, big-endian) and the event's text.
    pub hash: Fingerprint,
    /// The event: JSON, as it was hashed.
    pub event: String,
}

impl AuditEntry {
    /// The event as JSON; `null` when it is none, which only tampering brings about.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.event).unwrap_or_default()
    }
}

/// Personal data beside an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whose.
    pub person: PersonId,
    /// Which log the event is in.
    pub log: String,
    /// Which event.
    pub seq: u64,
    /// 32 random bytes in hex, so that nobody can guess erased data and try the digest.
    salt: String,
    /// The data: JSON, as they were hashed.
    values: String,
}

impl Facts {
    fn digest(&self) -> Fingerprint {
        Fingerprint(sha256(&[b"rollcall facts ", self.salt.as_bytes(), self.values.as_bytes()]))
    }

    /// The data as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.values).unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) seq: u64,
    pub(super) hash: Fingerprint,
    /// Whether it is sealed: whoever still has something to say begins another log.
    #[serde(default)]
    pub(super) closed: bool,
}

/// The chain is tied to its log from the first link: a log cannot be passed off as another's.
pub(super) fn genesis(log: &str) -> Fingerprint {
    Fingerprint(sha256(&[b"rollcall audit ", log.as_bytes()]))
}

pub(super) fn chained(previous: Fingerprint, seq: u64, event: &str) -> Fingerprint {
    Fingerprint(sha256(&[&previous.0, &seq.to_be_bytes(), event.as_bytes()]))
}

pub(super) fn head_key(log: &str) -> Key {
    Key::new("audit-head", log)
}

pub(super) fn partition(log: &str) -> String {
    format!("audit#{log}")
}

pub(super) fn facts_key(person: &PersonId, log: &str, seq: u64) -> Key {
    Key::new(facts_of(person), format!("{log}#{}", sortable(seq)))
}

pub(super) fn facts_of(person: &PersonId) -> String {
    format!("audit-facts#{person}")
}

pub(super) fn open_key(log: &str) -> Key {
    Key::new("audit-open", log)
}

/// The run whose log this is, and the how-manieth of the run's logs it is.
pub(super) fn run_of(log: &str) -> (&str, u32) {
    match log.rsplit_once('~') {
        Some((run, number)) => (run, number.parse().unwrap_or(1)),
        None => (log, 1),
    }
}

fn log_of(run: &RunId, number: u32) -> String {
    if number == 1 { run.to_string() } else { format!("{run}~{number}") }
}

/// What trying to append came to.
enum Appended {
    Entries(Vec<AuditEntry>),
    /// Another task was faster; again.
    Again,
    /// The log is not as it was left, or is closed: go on in the next.
    Torn(&'static str),
}

impl Ledger {
    /// Appends events to a run's log, in their order; returns the entries. All or nothing up to
    /// 49 events.
    ///
    /// # Errors
    /// When the store fails. If an answer was lost on the way, repeating it writes the events a
    /// second time: an auditor would rather see one twice than miss it.
    pub async fn append_audit(
        &self,
        run: &RunId,
        events: &[AuditEvent],
    ) -> Result<Vec<AuditEntry>, Error> {
        let mut res = Vec::new();
        let (mut number, mut reason) = (1, "");
        for part in events.chunks(EVENTS_AT_ONCE) {
            loop {
                let log = log_of(run, number);
                match self.append_part(&log, run, number, reason, part).await? {
                    Appended::Entries(entries) => break res.extend(entries),
                    // Each turn, one of the tasks that append at the same time has got through.
                    Appended::Again => {}
                    Appended::Torn(_) if number == MOST_LOGS => {
                        return Err(Error::Corrupt { key: head_key(&log) });
                    }
                    Appended::Torn(why) => (number, reason) = (number + 1, why),
                }
            }
        }
        Ok(res)
    }

    async fn append_part(
        &self,
        log: &str,
        run: &RunId,
        number: u32,
        reason: &str,
        events: &[AuditEvent],
    ) -> Result<Appended, Error> {
        let key = head_key(log);
        let head = match self.store.get(&key).await? {
            Some(record) => match HEAD.decode::<Head>(&record) {
                Ok(head) => Some((head, record.rev)),
                Err(Error::Corrupt { .. }) => {
                    return Ok(Appended::Torn("the end of the log before it cannot be read"));
                }
                Err(other) => return Err(other),
            },
            None => None,
        };
        let mut links: Vec<AuditEvent> = Vec::new();
        let (mut head, expect) = match head {
            Some((head, _)) if head.closed => {
                return Ok(Appended::Torn("the log before it was sealed"));
            }
            Some((head, rev)) => (head, Expect::Rev(rev)),
            None => {
                if number > 1 {
                    let follows = log_of(run, number - 1);
                    let link = json!({"v": 1, "what": "log", "follows": follows, "why": reason});
                    links.push(link.into());
                }
                (Head { seq: 0, hash: genesis(log), closed: false }, Expect::Absent)
            }
        };
        let mut writes = Vec::new();
        let mut entries = Vec::new();
        for AuditEvent { event, facts } in links.iter().chain(events) {
            let (seq, previous) = (head.seq + 1, head.hash);
            let mut event = event.clone();
            if let Some((person, values)) = facts {
                let facts = Facts {
                    person: person.clone(),
                    log: log.to_owned(),
                    seq,
                    salt: hex(&key::random()?),
                    values: values.to_string(),
                };
                event["facts"] = facts.digest().to_string().into();
                writes.push(FACTS.put(facts_key(person, log, seq), &facts, Expect::Absent));
            }
            let event = event.to_string();
            head = Head { seq, hash: chained(previous, seq, &event), ..head };
            let entry = AuditEntry { seq, previous, hash: head.hash, event };
            writes.push(ENTRY.put(Key::new(partition(log), sortable(seq)), &entry, Expect::Absent));
            entries.push(entry);
        }
        writes.push(HEAD.put(key.clone(), &head, expect));
        if matches!(expect, Expect::Absent) {
            writes.push(OPEN.put(open_key(log), &json!({ "log": log }), Expect::Any));
        }
        match self.store.transact(writes).await {
            Ok(()) => Ok(Appended::Entries(entries.split_off(links.len()))),
            Err(Error::Conflict { key: changed }) if changed == key => Ok(Appended::Again),
            // An entry is where the head says that there is none: somebody moved one of the two.
            Err(Error::Conflict { .. }) => {
                // Unless another task wrote both since we looked.
                let now = self.store.get(&key).await?.map(|it| it.rev);
                let is_as_seen = match expect {
                    Expect::Rev(rev) => now == Some(rev),
                    Expect::Absent | Expect::Any => now.is_none(),
                };
                Ok(match is_as_seen {
                    true => Appended::Torn("the log before it does not end where it was left"),
                    false => Appended::Again,
                })
            }
            Err(other) => Err(other),
        }
    }

    /// A run's log, in order, with whatever it went on in.
    ///
    /// # Errors
    /// When the store fails, or an entry cannot be read.
    pub async fn audit(&self, run: &RunId) -> Result<Vec<AuditEntry>, Error> {
        let mut res = Vec::new();
        for number in 1..=MOST_LOGS {
            let part = self.all(ENTRY, &partition(&log_of(run, number))).await?;
            if part.is_empty() {
                break;
            }
            res.extend(part);
        }
        Ok(res)
    }
}
