//! What the product remembers: who is who, what was planned, intended and done, what is due.
//!
//! A [`Store`] is one table and all that a backend implements; the [`Ledger`] is everything the
//! flows ask of it, written once. Bodies of records are this door's own JSON, versioned (see
//! `codec`). The ledger knows no clock: times are arguments. It decides nothing: it remembers,
//! and refuses what contradicts what it remembers.
//!
//! Three things keep two runs from working against each other. A flow's [`Lease`] lets one run
//! of the flow work at a time; a [`Writer`] lets one run of any flow work on a person; both give
//! a [`Fence`], without which nothing about a person is written. A run that was slow and lost
//! its lease finds its fence down, and its late writes are refused.

mod actions;
mod archive;
mod audit;
mod census;
mod codec;
pub mod contract;
mod contract_ends;
mod copy;
mod due;
#[cfg(feature = "dynamodb")]
mod dynamodb;
mod error;
mod events;
mod foreseen;
mod holds;
mod lease;
mod links;
mod notices;
mod org;
mod plans;
mod roster;
mod runs;
mod snapshots;
mod sqlite;
mod standstill;
pub mod store;
#[cfg(test)]
mod tests;
mod touched;
mod undo;

use std::{fmt::Write as _, sync::Arc};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

pub use actions::{Deed, Intent, Settlement};
pub use archive::Archive;
pub use audit::{
    AuditEntry, AuditEvent, Break, Damage, Erased, Facts, Place, PublicKey, Seal, SealedLog,
    Signer, Trail, Unusable, Verified, verify,
};
pub use census::{Census, Standing};
pub use contract_ends::ContractEnd;
pub use copy::{Copied, CopyError, copy};
pub use due::{Due, DueKind};
#[cfg(feature = "dynamodb")]
pub use dynamodb::DynamoDb;
pub use error::{Cause, Error};
pub use foreseen::Foreseen;
pub use lease::{Claim, Fence, Lease, Writer};
pub use links::{Link, Tombstone};
pub use notices::Notice;
pub use org::{GroupLink, OrgDeed};
pub use plans::{Plan, PlanState};
pub use roster::{Missing, RosterCount};
pub use runs::{Exit, Run};
pub use snapshots::{Fingerprint, Snapshot};
pub use sqlite::Sqlite;
pub use standstill::{Marks, Standstill};
pub use touched::{Counts, Touched};
pub use undo::{Saved, UndoPack};

use codec::Format;
use standstill::News;
use store::{Key, MAX_TRANSACTION, MAX_WRITES, Page, Query, Record, Store, Write};

/// What the product remembers, whatever keeps it.
#[derive(Clone, Debug)]
pub struct Ledger {
    store: Arc<dyn Store>,
    news: Arc<News>,
}

/// Records asked for at once when all are wanted.
const PAGE: usize = 1000;

impl Ledger {
    /// The ledger in a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, news: Arc::default() }
    }

    /// Removes what has expired, where the store does not do so by itself. Returns how many
    /// records went.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, Error> {
        self.store.sweep(now).await
    }

    /// The value at a key, with the revision to expect when it is written back.
    async fn read<T: DeserializeOwned>(
        &self,
        format: Format,
        key: &Key,
    ) -> Result<Option<(T, u64)>, Error> {
        match self.store.get(key).await? {
            Some(record) => Ok(Some((format.decode(&record)?, record.rev))),
            None => Ok(None),
        }
    }

    /// Hands out every value of a partition, one page of them in memory at a time.
    async fn each<T: DeserializeOwned>(
        &self,
        format: Format,
        pk: &str,
        mut take: impl FnMut(T),
    ) -> Result<(), Error> {
        let mut query = Query { pk: pk.to_owned(), from: None, to: None, after: None, limit: PAGE };
        loop {
            let Page { items, next } = self.store.query(&query).await?;
            for it in &items {
                take(format.decode(it)?);
            }
            match next {
                Some(next) => query.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Every record of part of a partition.
    async fn records(
        &self,
        pk: &str,
        from: Option<String>,
        to: Option<String>,
    ) -> Result<Vec<Record>, Error> {
        let mut query = Query { pk: pk.to_owned(), from, to, after: None, limit: PAGE };
        let mut res = Vec::new();
        loop {
            let Page { items, next } = self.store.query(&query).await?;
            res.extend(items);
            match next {
                Some(next) => query.after = Some(next),
                None => return Ok(res),
            }
        }
    }

    /// Every value of a partition.
    async fn all<T: DeserializeOwned>(&self, format: Format, pk: &str) -> Result<Vec<T>, Error> {
        let mut res = Vec::new();
        self.each(format, pk, |it| res.push(it)).await?;
        Ok(res)
    }

    /// Writes all or nothing, and nothing when the fence is down.
    async fn fenced(&self, fence: &Fence, writes: Vec<Write>) -> Result<(), Error> {
        if writes.is_empty() {
            return Ok(());
        }
        self.news.note(&writes);
        let writes = std::iter::once(fence.check()).chain(writes).collect();
        self.store.transact(writes).await.map_err(|error| fence.explain(error))
    }

    /// As [`Self::fenced`], for any number of writes: all or nothing holds for each part, and a
    /// part is what one transaction takes.
    async fn fenced_in_parts(&self, fence: &Fence, writes: Vec<Write>) -> Result<(), Error> {
        let room = MAX_TRANSACTION - fence.check().size();
        let (mut part, mut size) = (Vec::new(), 0);
        for it in writes {
            if part.len() == MAX_WRITES - 1 || size + it.size() > room {
                self.fenced(fence, std::mem::take(&mut part)).await?;
                size = 0;
            }
            size += it.size();
            part.push(it);
        }
        self.fenced(fence, part).await
    }
}

/// A number as part of a sort key: sorts as it counts.
fn sortable(number: u64) -> String {
    format!("{number:020}")
}

/// An instant as part of a sort key: always nine digits of a second, so that it sorts as time.
fn sortable_instant(at: Timestamp) -> String {
    format!("{at:.9}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut res, it| {
        write!(res, "{it:02x}").expect("writing to a string cannot fail");
        res
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for it in parts {
        hash.update(it);
    }
    hash.finalize().into()
}
