//! Carrying a whole ledger from one store to another: from a file to AWS, and back.

use std::sync::Arc;

use futures::{StreamExt, stream};
use jiff::Timestamp;

use super::{
    error::Error,
    lease::{LEASE, LeaseBody},
    store::{Key, Query, Record, Store},
};

/// Records read at once.
const PAGE: usize = 500;
/// Records handled at once.
const AT_ONCE: usize = 16;

/// What was carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Records that are there now.
    pub records: usize,
    /// How many of them were there before: an earlier copy that was interrupted.
    pub found: usize,
}

/// Why nothing was carried, or not everything.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A run could write while we read.
    #[error("{flow} is at work on {side}, its lease ends at {until}")]
    AtWork {
        /// The source or the destination.
        side: &'static str,
        /// The flow that runs.
        flow: String,
        /// When its lease ends.
        until: Timestamp,
    },
    /// The destination is somebody's ledger.
    #[error("the destination holds {key}, which the source does not hold in this form")]
    NotEmpty {
        /// The first record that is different.
        key: Key,
    },
    /// A record came or went while we read.
    #[error("the source changed while it was copied")]
    Changed,
    /// One of the stores failed.
    #[error("failed to use {side}")]
    Ledger {
        /// The source or the destination.
        side: &'static str,
        /// What it said.
        #[source]
        source: Error,
    },
}

const SOURCE: &str = "the source";
const DESTINATION: &str = "the destination";

fn on(side: &'static str) -> impl FnOnce(Error) -> CopyError {
    move |source| CopyError::Ledger { side, source }
}

/// Copies every record, revisions included: fences are conditions on them.
///
/// # Guarantees
/// * Nothing that the destination holds is written over. A copy that was interrupted goes on.
/// * The source is not written.
///
/// # Errors
/// When somebody is at work on either side, when the destination holds anything else, or when a
/// store fails.
pub async fn copy(
    from: &Arc<dyn Store>,
    to: &Arc<dyn Store>,
    now: Timestamp,
) -> Result<Copied, CopyError> {
    for (side, store) in [(SOURCE, from), (DESTINATION, to)] {
        nobody_is_at_work(side, store, now).await?;
    }
    let found =
        each(DESTINATION, to, async |it| match from.get(&it.key).await.map_err(on(SOURCE))? {
            Some(same) if same == it => Ok(()),
            Some(_) | None => Err(CopyError::NotEmpty { key: it.key }),
        })
        .await?;
    let restore = async |it| to.restore(&it).await.map_err(on(DESTINATION));
    let records = each(SOURCE, from, restore).await?;
    let count = async |_| Ok(());
    let (after, there) = (each(SOURCE, from, count).await?, each(DESTINATION, to, count).await?);
    if (after, there) != (records, records) {
        return Err(CopyError::Changed);
    }
    Ok(Copied { records, found })
}

async fn nobody_is_at_work(
    side: &'static str,
    store: &Arc<dyn Store>,
    now: Timestamp,
) -> Result<(), CopyError> {
    // There is a lease a flow, so one page holds them all.
    let query = Query { pk: "lease".to_owned(), from: None, to: None, after: None, limit: PAGE };
    for it in store.query(&query).await.map_err(on(side))?.items {
        let lease: LeaseBody = LEASE.decode(&it).map_err(on(side))?;
        if let Some(until) = lease.until.filter(|it| now < *it) {
            return Err(CopyError::AtWork { side, flow: it.key.sk, until });
        }
    }
    Ok(())
}

/// Does something with every record of a store, some of them at once; returns how many.
async fn each(
    side: &'static str,
    store: &Arc<dyn Store>,
    act: impl AsyncFn(Record) -> Result<(), CopyError>,
) -> Result<usize, CopyError> {
    let mut res = 0;
    let mut after = None;
    loop {
        let (records, next) = store.scan(after.as_ref(), PAGE).await.map_err(on(side))?;
        res += records.len();
        let mut work = stream::iter(records).map(|it| act(it)).buffer_unordered(AT_ONCE);
        while let Some(done) = work.next().await {
            done?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(res),
        }
    }
}
