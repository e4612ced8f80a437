//! What a backend of the ledger must do: a few operations on one table.
//!
//! The table is shaped so that DynamoDB and SQLite can both be it: a partition key, a sort key,
//! a revision that every write bumps, a JSON text, and two optional instants. The store knows
//! nothing of persons or runs; that is the [`Ledger`](super::Ledger)'s part. What exactly each
//! operation promises is held by [`contract`](super::contract).

use std::{collections::BTreeSet, fmt};

use async_trait::async_trait;
use jiff::Timestamp;

use super::error::Error;

/// The most writes in one transaction (DynamoDB's limit).
pub const MAX_WRITES: usize = 100;
/// The most bytes in one transaction. DynamoDB takes 4 MB, names of attributes included.
pub const MAX_TRANSACTION: usize = 3_900_000;
/// The longest body. DynamoDB takes items of 400 KB, names and keys included.
pub const MAX_BODY: usize = 380_000;
/// The longest partition key, in bytes (DynamoDB's limit).
const MAX_PK: usize = 2048;
/// The longest sort key, in bytes (DynamoDB's limit).
const MAX_SK: usize = 1024;

/// Where a record is. Made of ids and hashes only, since it appears in errors and logs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The partition.
    pub pk: String,
    /// The place within the partition; sorted as bytes.
    pub sk: String,
}

impl Key {
    /// The record `sk` of the partition `pk`.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.pk, self.sk)
    }
}

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it is.
    pub key: Key,
    /// 1 when created, one more with each write.
    pub rev: u64,
    /// JSON text.
    pub body: String,
    /// The instant under which the due index lists it, to the microsecond.
    pub due: Option<Timestamp>,
    /// When it may be forgotten, to the second.
    pub expires: Option<Timestamp>,
}

/// A record to be written, with everything but its revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Where to.
    pub key: Key,
    /// JSON text.
    pub body: String,
    /// List it in the due index under this instant.
    pub due: Option<Timestamp>,
    /// It may be forgotten after this instant.
    pub expires: Option<Timestamp>,
}

/// What must be true of a record for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Any,
    /// There is no such record.
    Absent,
    /// It has this revision.
    Rev(u64),
}

/// One part of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Write a record.
    Put(Draft, Expect),
    /// Remove a record.
    Delete(Key, Expect),
    /// Write nothing, but let the transaction fail unless this holds.
    Check(Key, Expect),
}

impl Write {
    /// The record it is about.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put(draft, _) => &draft.key,
            Self::Delete(key, _) | Self::Check(key, _) => key,
        }
    }

    /// How much of a transaction it takes, in bytes.
    pub fn size(&self) -> usize {
        /// Names of attributes, numbers and conditions, generously.
        const REST: usize = 300;
        let Key { pk, sk } = self.key();
        let body = match self {
            Self::Put(draft, _) => draft.body.len(),
            Self::Delete(..) | Self::Check(..) => 0,
        };
        pk.len() + sk.len() + body + REST
    }
}

/// Part of a partition, in the order of the sort keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The partition.
    pub pk: String,
    /// The first sort key, inclusive.
    pub from: Option<String>,
    /// The last sort key, inclusive.
    pub to: Option<String>,
    /// Go on behind this sort key: the [`Page::next`] of the page before.
    pub after: Option<String>,
    /// At most this many.
    pub limit: usize,
}

/// Some of the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The answers; possibly fewer than asked for even when there are more.
    pub items: Vec<Record>,
    /// Where to go on; `None` when there is nothing more.
    pub next: Option<String>,
}

/// A table that remembers.
///
/// # Guarantees
/// * What was written is there for every later `get` and `query`, from any process, even after
///   a crash.
/// * Conditions and writes happen at one instant; a transaction happens whole or not at all.
/// * [`Error::Conflict`] means that a condition did not hold, and names the first such record.
///   Contention of any other kind (two transactions at the same record) is retried inside.
///
/// # Assumptions
/// * Expired records may go at any time after their instant, or stay for days: whoever reads one
///   checks. A record that fences others must not expire, since a new record begins at
///   revision 1 again.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// The record, as last written.
    async fn get(&self, key: &Key) -> Result<Option<Record>, Error>;

    /// Writes one record; returns its new revision.
    async fn put(&self, draft: Draft, expect: Expect) -> Result<u64, Error>;

    /// Removes one record. Nothing to remove is no error with [`Expect::Any`].
    async fn delete(&self, key: &Key, expect: Expect) -> Result<(), Error>;

    /// Records of one partition, by sort key as bytes.
    async fn query(&self, query: &Query) -> Result<Page, Error>;

    /// Up to [`MAX_WRITES`] writes at different keys, all or nothing.
    async fn transact(&self, writes: Vec<Write>) -> Result<(), Error>;

    /// Records that are due at `until` or before, the earliest first, going on behind `after`.
    /// Fewer than `limit` means that there are no more. The index may lag behind the table for a
    /// moment, so a record can be listed that has just changed.
    async fn due(
        &self,
        until: Timestamp,
        after: Option<&Record>,
        limit: usize,
    ) -> Result<Vec<Record>, Error>;

    /// Some of all records, in any order, going on behind `after`; and where to go on, `None` at
    /// the end. For copying: nobody else should be at work.
    async fn scan(
        &self,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<(Vec<Record>, Option<Key>), Error>;

    /// Writes a record as it was in another store, revision included. One that is there already
    /// just so is no error, and any other one is an [`Error::Conflict`].
    async fn restore(&self, record: &Record) -> Result<(), Error>;

    /// Removes records that have expired, where the backend does not do so by itself. Returns
    /// how many.
    async fn sweep(&self, _now: Timestamp) -> Result<u64, Error> {
        Ok(0)
    }
}

/// Refuses what one of the backends could not take, so that none takes what another refuses.
///
/// # Errors
/// [`Error::Unfit`]
pub fn check_draft(draft: &Draft) -> Result<(), Error> {
    let unfit = |reason| Err(Error::Unfit { key: draft.key.clone(), reason });
    if draft.key.pk.is_empty() || draft.key.sk.is_empty() {
        return unfit("an empty key");
    }
    if draft.key.pk.len() > MAX_PK || draft.key.sk.len() > MAX_SK {
        return unfit("a key that is too long");
    }
    if draft.body.len() > MAX_BODY {
        return unfit("a body that is too large for one record");
    }
    Ok(())
}

/// As [`check_draft`], for a transaction.
///
/// # Errors
/// [`Error::Unfit`]
pub fn check_writes(writes: &[Write]) -> Result<(), Error> {
    let mut keys = BTreeSet::new();
    let mut size = 0;
    for it in writes {
        let unfit = |reason| Err(Error::Unfit { key: it.key().clone(), reason });
        size += it.size();
        if size > MAX_TRANSACTION {
            return unfit("more bytes than a transaction takes");
        }
        if !keys.insert(it.key()) {
            return unfit("two writes at one key in a transaction");
        }
        if keys.len() > MAX_WRITES {
            return unfit("more writes than a transaction takes");
        }
        if let Write::Put(draft, _) = it {
            check_draft(draft)?;
        }
    }
    Ok(())
}
