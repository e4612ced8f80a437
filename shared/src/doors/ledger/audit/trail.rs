//! The whole log in its order: each seal with the log that it seals, then the logs that are still
//! open. Read from the ledger as it is, with what cannot be read marked and not left out.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    super::{Ledger, codec::Format, error::Error, sortable, store::Record},
    AuditEntry, ENTRY, FACTS, Facts, HEAD, Head, Seal, facts_key, head_key, partition,
    seal::{SEAL, Sealed, SealsHead, seals_of},
};
use crate::words::ids::PersonId;

/// The log in its order.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// Each sealed log in the order of the seals, then the open ones.
    pub logs: Vec<SealedLog>,
    /// Where the seals end, as the ledger says; a file does not say it.
    pub(super) head: Option<SealsHead>,
    /// Whether this is the ledger: it has every seal from the first.
    pub(super) is_ledger: bool,
    /// Lines of a file that are none of ours.
    pub(super) unreadable: Vec<usize>,
    /// Whether a file ends as it was written: `None` for the ledger.
    pub(super) ends: Option<bool>,
}

/// One log with its seal.
#[derive(Clone, Debug, Default)]
pub struct SealedLog {
    /// The log's name: the run, or `RUN~2` for what a run went on in.
    pub log: String,
    pub(super) seal: Option<FoundSeal>,
    pub(super) entries: Vec<FoundEntry>,
    pub(super) facts: Vec<FoundFacts>,
    /// Where an open log ends, as the ledger says.
    pub(super) open_head: Option<Head>,
}

/// A seal and where it was found.
#[derive(Clone, Debug)]
pub(super) struct FoundSeal {
    pub(super) segment: u32,
    pub(super) number: u64,
    /// `None` when it cannot be read.
    pub(super) sealed: Option<Sealed>,
}

impl FoundSeal {
    pub(super) fn seal(&self) -> Option<Seal> {
        let text = &self.sealed.as_ref()?.text;
        let seal: Seal = serde_json::from_str(text).ok()?;
        (seal.text() == *text).then_some(seal)
    }
}

/// An event and where it was found.
#[derive(Clone, Debug)]
pub(super) struct FoundEntry {
    /// The number that its place has; in a file, its own.
    pub(super) at: u64,
    /// `None` when it cannot be read.
    pub(super) entry: Option<AuditEntry>,
}

/// Facts that an event speaks of.
#[derive(Clone, Debug)]
pub(super) struct FoundFacts {
    pub(super) seq: u64,
    pub(super) person: PersonId,
    /// `None` when there are none (erased, perhaps), or when they cannot be read.
    pub(super) facts: Option<Facts>,
    pub(super) is_there: bool,
}

impl SealedLog {
    /// When it was sealed; `None` while it is open.
    pub fn sealed_at(&self) -> Option<Timestamp> {
        Some(self.seal.as_ref()?.seal()?.at)
    }

    /// The events that can be read, each with its personal data unless they are erased.
    pub fn events(&self) -> impl Iterator<Item = (&AuditEntry, Option<&Facts>)> {
        let entries = self.entries.iter().filter_map(|it| it.entry.as_ref());
        entries.map(|it| {
            let facts = self.facts.iter().find(|facts| facts.seq == it.seq);
            (it, facts.and_then(|it| it.facts.as_ref()))
        })
    }
}

/// The value of a record, if the record is byte for byte what we would write for it.
fn exact<T: serde::Serialize + serde::de::DeserializeOwned>(
    format: Format,
    record: &Record,
) -> Option<T> {
    let value: T = format.decode(record).ok()?;
    (format.encode(&value) == record.body).then_some(value)
}

impl Ledger {
    /// The log: everything sealed in `[from, to)`, and what is open. `None` is no bound.
    ///
    /// # Errors
    /// When the store fails. What cannot be read is in the trail, and no error.
    pub async fn trail(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Trail, Error> {
        let head = self.seals_head().await?.as_ref().and_then(Self::read_seals_head);
        let mut res = Trail { head, is_ledger: from.is_none() && to.is_none(), ..Trail::default() };
        let mut segment = 1;
        let last = head.map_or(1, |it| it.segment);
        while segment <= last || self.has_seals(segment).await? {
            for record in self.records(&seals_of(segment), None, None).await? {
                let number = record.key.sk.parse().unwrap_or(0);
                let found = FoundSeal { segment, number, sealed: exact(SEAL, &record) };
                let seal = found.seal();
                let at = seal.as_ref().map(|it| it.at);
                let is_before = at.is_some_and(|at| from.is_some_and(|it| at < it));
                let is_after = at.is_some_and(|at| to.is_some_and(|it| it <= at));
                if is_before || is_after {
                    continue;
                }
                let mut log = match seal {
                    Some(seal) => self.log(&seal.log).await?,
                    None => SealedLog::default(),
                };
                log.seal = Some(found);
                res.logs.push(log);
            }
            segment += 1;
        }
        for log in self.open_logs().await? {
            let head = self.store.get(&head_key(&log)).await?;
            let open_head = head.and_then(|it| exact(HEAD, &it));
            res.logs.push(SealedLog { open_head, ..self.log(&log).await? });
        }
        Ok(res)
    }

    pub(super) async fn log(&self, log: &str) -> Result<SealedLog, Error> {
        let mut res = SealedLog { log: log.to_owned(), ..SealedLog::default() };
        for record in self.records(&partition(log), None, None).await? {
            let entry: Option<AuditEntry> = exact(ENTRY, &record);
            let at = record.key.sk.parse().unwrap_or(0);
            let at = if sortable(at) == record.key.sk { at } else { 0 };
            if let Some((person, _)) = entry.as_ref().and_then(speaks_of_facts) {
                let record = self.store.get(&facts_key(&person, log, at)).await?;
                res.facts.push(FoundFacts {
                    seq: at,
                    person,
                    is_there: record.is_some(),
                    facts: record.and_then(|it| exact(FACTS, &it)),
                });
            }
            res.entries.push(FoundEntry { at, entry });
        }
        Ok(res)
    }
}

/// Whose facts belong to an event, and their digest.
pub(super) fn speaks_of_facts(entry: &AuditEntry) -> Option<(PersonId, String)> {
    let event = entry.json();
    let digest = event.get("facts")?.as_str()?.to_owned();
    Some((event.get("person")?.as_str()?.into(), digest))
}

impl Trail {
    /// Everybody of whom a log says that the personal data were erased.
    pub(super) fn erased(&self) -> BTreeSet<PersonId> {
        let events = self.logs.iter().flat_map(SealedLog::events).map(|(it, _)| it.json());
        let erasures = events.filter(|it| it["what"] == "erased");
        erasures.filter_map(|it| Some(it["person"].as_str()?.into())).collect()
    }

    /// Up to which seal events were dropped because they were old enough.
    pub(super) fn expired(&self) -> Option<(u32, u64)> {
        let events = self.logs.iter().flat_map(SealedLog::events).map(|(it, _)| it.json());
        let expired = events.filter(|it| it["what"] == "expired").filter_map(|it| {
            let segment = u32::try_from(it["segment"].as_u64()?).ok()?;
            Some((segment, it["number"].as_u64()?))
        });
        expired.max()
    }
}
