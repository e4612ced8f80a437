//! Forgetting: a person's data on request, and events that are old enough.
//!
//! Both leave the chain as it is. The log says that it was done, so that verifying tells what was
//! erased from what somebody took away.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        Ledger,
        archive::archives_of,
        codec::Format,
        error::Error,
        sortable,
        store::{Expect, Key, MAX_WRITES, Query, Write},
        undo::packs_of,
    },
    Seal, facts_key, facts_of, partition,
    seal::{SEAL, Sealed, seals_of},
    trail::speaks_of_facts,
};
use crate::words::ids::{PersonId, RunId};

const EXPIRED: Format = Format::v1("audit-expired");

/// The last seal whose events were dropped.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Expired {
    segment: u32,
    number: u64,
}

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
        let key = Key::new("audit-expired", "last");
        let before = self.read::<Expired>(EXPIRED, &key).await?.map(|it| it.0);
        let (old, last) = self.sealed_before(until, before).await?;
        let Some(last) = last else { return Ok(0) };
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
            let log = self.log(log).await?;
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
        self.store.put(EXPIRED.draft(key, &last), Expect::Any).await?;
        Ok(old.len())
    }

    /// The logs that were sealed before an instant and after what was dropped before, and the last
    /// of their seals. Reads no more seals than it returns, and a page.
    async fn sealed_before(
        &self,
        until: Timestamp,
        before: Option<Expired>,
    ) -> Result<(Vec<String>, Option<Expired>), Error> {
        let Expired { mut segment, number } = before.unwrap_or(Expired { segment: 1, number: 0 });
        let (mut from, mut logs, mut last) = (Some(sortable(number + 1)), Vec::new(), None);
        loop {
            let mut after = None;
            loop {
                let (pk, from) = (seals_of(segment), from.clone());
                let query = Query { pk, from, to: None, after, limit: 100 };
                let page = self.store.query(&query).await?;
                for record in &page.items {
                    // One that cannot be read is verify's to tell.
                    let Ok(sealed) = SEAL.decode::<Sealed>(record) else { continue };
                    let Ok(seal) = serde_json::from_str::<Seal>(&sealed.text) else { continue };
                    if until <= seal.at {
                        return Ok((logs, last));
                    }
                    last = Some(Expired { segment, number: seal.number });
                    logs.push(seal.log);
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            if !self.has_seals(segment + 1).await? {
                return Ok((logs, last));
            }
            (segment, from) = (segment + 1, None);
        }
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
