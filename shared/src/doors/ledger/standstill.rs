//! How a flow found everything when it had nothing to do, so that a poll without news costs four
//! reads and no write.
//!
//! What a run decides comes from HR, the policy, the clock and this ledger. A standstill names all
//! four: a digest of HR's answer and the policy, the instants between which time changes nothing,
//! and the [`Marks`] of everything in here that could have changed a decision.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::Format,
    error::Error,
    lease::{LEASE, LeaseBody},
    store::{Expect, Key, Write},
};
use crate::words::{
    finding::{Finding, FindingCode, Severity, Subject},
    ids::RunId,
};

const STANDSTILL: Format = Format::v1("standstill");
const BY_HAND: Format = Format::v1("by-hand");

/// Findings that are remembered with a standstill. With more, every poll is a whole run.
const MOST_FINDINGS: usize = 500;

/// How far the ledger has come, as far as decisions go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Words that people gave on the command line, counted.
    by_hand: u64,
    /// By flow: the number of the last run that changed what is remembered.
    changed: BTreeMap<String, u64>,
}

/// A flow that had nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standstill {
    /// The run that found it.
    pub run: RunId,
    /// A digest of what HR said and of the policy.
    pub found: String,
    /// How far the ledger had come when the run began.
    pub marks: Marks,
    /// For which instant was decided.
    pub from: Timestamp,
    /// When time alone may change something.
    pub until: Timestamp,
    /// How many people were in the roster.
    pub seen: usize,
    /// What the run had to say of people.
    pub findings: Vec<Finding>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    run: RunId,
    found: String,
    marks: Marks,
    from: Timestamp,
    until: Timestamp,
    seen: usize,
    findings: Vec<Told>,
}

#[derive(Serialize, Deserialize)]
struct Told {
    about: String,
    id: String,
    code: String,
    severity: String,
    detail: String,
}

impl Told {
    fn of(finding: &Finding) -> Self {
        let Finding { subject, code, severity, detail } = finding;
        let (about, id) = match subject {
            Subject::Person(it) => ("person", it.to_string()),
            Subject::Employee(it) => ("employee", it.to_string()),
            Subject::Row(it) => ("row", it.to_string()),
            Subject::User(it) => ("user", it.to_string()),
            Subject::Group(it) => ("group", it.to_string()),
            Subject::Named(it) => ("named", it.clone()),
            Subject::Run => ("run", String::new()),
        };
        let (about, code) = (about.to_owned(), code.to_string());
        Self { about, id, code, severity: severity.to_string(), detail: detail.clone() }
    }

    /// `None` for what another version of the program wrote and this one does not know.
    fn finding(self) -> Option<Finding> {
        let Self { about, id, code, severity, detail } = self;
        let subject = match &*about {
            "person" => Subject::Person(id.into()),
            "employee" => Subject::Employee(id.into()),
            "row" => Subject::Row(id.parse().ok()?),
            "user" => Subject::User(id.into()),
            "group" => Subject::Group(id.into()),
            "named" => Subject::Named(id),
            "run" => Subject::Run,
            _ => return None,
        };
        let code = FindingCode::ALL.iter().copied().find(|it| it.as_str() == code)?;
        let all = [Severity::Note, Severity::Warning, Severity::Held];
        let severity = all.into_iter().find(|it| it.to_string() == severity)?;
        Some(Finding { subject, code, severity, detail })
    }
}

/// Records that no decision is made from: who is at work, what was told, evidence. Whatever else a
/// run writes is news to the other flows.
const ASIDE: [&str; 10] = [
    "lease",
    "fence",
    "run",
    "writer",
    "notice",
    "notice-unsent",
    "census",
    "census-part",
    "held-people",
    "standstill",
];

fn is_news(write: &Write) -> bool {
    let pk = write.key().pk.split('#').next().unwrap_or_default();
    let is_aside = ASIDE.contains(&pk) || pk.starts_with("audit");
    !is_aside && !matches!(write, Write::Check(..))
}

/// Counts what this process has written that is news.
#[derive(Debug, Default)]
pub(super) struct News(AtomicU64);

impl News {
    pub(super) fn note(&self, writes: &[Write]) {
        if writes.iter().any(is_news) {
            self.note_one();
        }
    }

    pub(super) fn note_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn key(flow: &str) -> Key {
    Key::new("standstill", flow)
}

fn by_hand_key() -> Key {
    Key::new("by-hand", "words")
}

/// Goes with every word that somebody gives: it may change what flows decide.
pub(super) fn by_hand() -> Write {
    BY_HAND.put(by_hand_key(), &serde_json::json!({}), Expect::Any)
}

impl Ledger {
    /// How far the ledger has come; `None` while a run other than those of `except` is at work, or
    /// was cut off and nobody has taken up its work. Two reads.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn marks(&self, except: Option<&str>) -> Result<Option<Marks>, Error> {
        let by_hand = self.store.get(&by_hand_key()).await?.map_or(0, |it| it.rev);
        let mut changed = BTreeMap::new();
        for record in self.records("lease", None, None).await? {
            let flow = record.key.sk.clone();
            let lease: LeaseBody = LEASE.decode(&record)?;
            if lease.until.is_some() && except != Some(flow.as_str()) {
                return Ok(None);
            }
            changed.insert(flow, lease.changed);
        }
        Ok(Some(Marks { by_hand, changed }))
    }

    /// How the flow was found by its last run that had nothing to do. One read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn standstill(&self, flow: &str) -> Result<Option<Standstill>, Error> {
        let Some((body, _)) = self.read::<Body>(STANDSTILL, &key(flow)).await? else {
            return Ok(None);
        };
        let Body { run, found, marks, from, until, seen, findings } = body;
        let findings: Option<Vec<Finding>> = findings.into_iter().map(Told::finding).collect();
        Ok(findings.map(|findings| Standstill { run, found, marks, from, until, seen, findings }))
    }

    /// Remembers that the flow had nothing to do.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the run was overtaken; or when the store fails.
    pub async fn note_standstill(
        &self,
        fence: &Fence,
        flow: &str,
        standstill: Standstill,
    ) -> Result<(), Error> {
        let Standstill { run, found, marks, from, until, seen, findings } = standstill;
        if findings.len() > MOST_FINDINGS {
            return Ok(());
        }
        let findings = findings.iter().map(Told::of).collect();
        let body = Body { run, found, marks, from, until, seen, findings };
        self.fenced(fence, vec![STANDSTILL.put(key(flow), &body, Expect::Any)]).await
    }
}
