//! Forgetting: a person's data on request, and events that are old enough.
//!
//! Both leave the chain as it is. The log says that it was done, so that verifying tells what was
//! erased from what somebody took away.

use jiff::{Span, Timestamp};
use serde_json::json;

use super::{
    super::{
        Ledger,
        archive::archives_of,
        error::Error,
        store::{Expect, MAX_WRITES, Write},
        undo::packs_of,
    },
    SealedLog, facts_key, facts_of, partition,
    trail::speaks_of_facts,
};
use crate::words::ids::{PersonId, RunId};

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Events whose personal data are gone.
    pub facts: usize,
    /// Undo packs and archives that are gone.
    pub copies: usize,
}

impl Ledger {
    /// Erases the personal data beside a person's audit events, and the copies of the account
    /// that an undo or an archive kept. `run` is the run whose log says so, and says it first:
    /// whoever finds data missing must be able to find out why.
    ///
    /// # Errors
    /// When the store fails. Repeating it is harmless.
    pub async fn erase_person(
        &self,
        run: &RunId,
        person: &PersonId,
        by: &str,
        why: &str,
        at: Timestamp,
    ) -> Result<Erased, Error> {
        let event = json!({
            "v": 1,
            "what": "erased",
            "at": at.to_string(),
            "run": run.as_str(),
            "person": person.as_str(),
            "by": by,
            "why": why,
        });
        self.append_audit(run, &[event.into()]).await?;
        let facts = self.records(&facts_of(person), None, None).await?;
        let mut copies = self.records(&packs_of(person), None, None).await?;
        copies.extend(self.records(&archives_of(person), None, None).await?);
        let res = Erased { facts: facts.len(), copies: copies.len() };
        let gone = facts.into_iter().chain(copies).map(|it| Write::Delete(it.key, Expect::Any));
        self.in_parts(gone.collect()).await?;
        Ok(res)
    }

    /// Drops the events of logs that were sealed more than `days` ago, with their personal data.
    /// The seals stay, and `run`'s log says up to which of them events may be missing. Returns how
    /// many logs were emptied.
    ///
    /// # Errors
    /// When the store fails. Repeating it goes on.
    pub async fn expire_audit(
        &self,
        run: &RunId,
        days: u16,
        at: Timestamp,
    ) -> Result<usize, Error> {
        let Ok(until) = at.checked_sub(Span::new().hours(24 * i64::from(days))) else {
            return Ok(0);
        };
        let old = self.trail(None, Some(until)).await?;
        let full = |it: &&SealedLog| it.seal.is_some() && !it.entries.is_empty();
        let old: Vec<&SealedLog> = old.logs.iter().filter(full).collect();
        let Some(last) = old.last().and_then(|it| it.seal.as_ref()) else { return Ok(0) };
        let event = json!({
            "v": 1,
            "what": "expired",
            "at": at.to_string(),
            "run": run.as_str(),
            "days": days,
            "segment": last.segment,
            "number": last.number,
        });
        self.append_audit(run, &[event.into()]).await?;
        for log in &old {
            let mut writes = Vec::new();
            for record in self.records(&partition(&log.log), None, None).await? {
                writes.push(Write::Delete(record.key, Expect::Any));
            }
            for (entry, _) in log.events() {
                let person = speaks_of_facts(entry).map(|it| it.0);
                let key = person.map(|it| facts_key(&it, &log.log, entry.seq));
                writes.extend(key.map(|it| Write::Delete(it, Expect::Any)));
            }
            self.in_parts(writes).await?;
        }
        Ok(old.len())
    }

    async fn in_parts(&self, writes: Vec<Write>) -> Result<(), Error> {
        let mut rest = writes.into_iter();
        loop {
            let part: Vec<_> = rest.by_ref().take(MAX_WRITES).collect();
            if part.is_empty() {
                return Ok(());
            }
            self.store.transact(part).await?;
        }
    }
}
