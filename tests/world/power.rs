//! Processes that are killed: a ledger whose writes pass through a fuse, and life after the cut.

use std::{cell::Cell, collections::BTreeSet};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rollcall::{
    deciders::report::Report,
    doors::ledger::{
        Error, Sqlite,
        store::{Draft, Expect, Key, Page, Query, Record, Store, Write},
    },
    shell::{Machine, clock},
};
use rollcall_sandbox::Fuse;

use crate::World;

/// Longer than a lease lasts that nobody renews.
const UNTIL_LEASES_END: SignedDuration = SignedDuration::from_mins(6);

thread_local! {
    /// How far the machine's clock has moved on in the story on this thread.
    static LATE: Cell<SignedDuration> = const { Cell::new(SignedDuration::ZERO) };
    /// Reads from the ledger in the story on this thread, and writes to it.
    static CALLS: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// When that clock was first looked at.
    static START: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

fn count_read() {
    CALLS.with(|it| it.set((it.get().0 + 1, it.get().1)));
}

fn count_write() {
    CALLS.with(|it| it.set((it.get().0, it.get().1 + 1)));
}

/// Stands still but for what a story lets pass: how fast a machine is decides nothing.
fn late() -> Timestamp {
    let start = START.get().unwrap_or_else(clock::now);
    START.set(Some(start));
    start + LATE.get()
}

impl World {
    /// Reads from the ledger so far, and writes to it.
    pub fn ledger_calls(&self) -> (usize, usize) {
        CALLS.get()
    }

    /// Runs every flow; `None` when the power went in the middle. Nothing of the process is left
    /// then but what it wrote.
    pub async fn run_until_the_power_goes(&self) -> Option<Vec<Report>> {
        tokio::select! {
            biased;
            () = self.fuse.cut() => None,
            reports = self.run_all() => Some(reports),
        }
    }

    /// The power is back, and a new process begins when the lease of the old one has ended.
    pub fn power_on(&mut self) {
        self.fuse.mend();
        self.let_leases_end();
        self.restart_on(machine(), &self.town.credentials().to_string());
    }
}

/// So much time passes on every [`machine`] of the story on this thread.
pub fn let_pass(by: SignedDuration) {
    LATE.set(LATE.get() + by);
}

/// A machine whose clock moves on with [`let_pass`].
pub fn machine() -> Machine {
    Machine { clock: late, ..Machine::default() }
}

impl World {
    /// Everything that the ledger holds, in order.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn records(&self) -> Vec<Record> {
        let mut res = Vec::new();
        let mut after = None;
        loop {
            let page = self.store().scan(after.as_ref(), 500).await;
            let (records, next) = page.expect("the ledger can be read");
            res.extend(records);
            match next {
                Some(next) => after = Some(next),
                None => return res,
            }
        }
    }

    /// So much time passes on every such machine that no lease lasts that was not renewed.
    pub fn let_leases_end(&self) {
        let_pass(UNTIL_LEASES_END);
    }
}

/// What a record is about, without saying which.
fn kind(key: &Key) -> &str {
    key.pk.split('#').next().unwrap_or_default()
}

fn kinds(writes: &[Write]) -> String {
    let kinds: BTreeSet<&str> = writes.iter().map(|it| kind(it.key())).collect();
    kinds.into_iter().collect::<Vec<_>>().join(" + ")
}

/// A ledger whose writes pass through a fuse.
#[derive(Debug)]
pub(crate) struct Powered {
    pub(crate) store: Sqlite,
    pub(crate) fuse: Fuse,
}

#[async_trait]
impl Store for Powered {
    async fn get(&self, key: &Key) -> Result<Option<Record>, Error> {
        count_read();
        self.store.get(key).await
    }

    async fn put(&self, draft: Draft, expect: Expect) -> Result<u64, Error> {
        count_write();
        let what = format!("ledger: put {}", kind(&draft.key));
        self.fuse.around(what, self.store.put(draft, expect)).await
    }

    async fn delete(&self, key: &Key, expect: Expect) -> Result<(), Error> {
        count_write();
        let what = format!("ledger: delete {}", kind(key));
        self.fuse.around(what, self.store.delete(key, expect)).await
    }

    async fn query(&self, query: &Query) -> Result<Page, Error> {
        count_read();
        self.store.query(query).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        count_write();
        let what = format!("ledger: transact {}", kinds(&writes));
        self.fuse.around(what, self.store.transact(writes)).await
    }

    async fn due(
        &self,
        until: Timestamp,
        after: Option<&Record>,
        limit: usize,
    ) -> Result<Vec<Record>, Error> {
        self.store.due(until, after, limit).await
    }

    async fn scan(
        &self,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<(Vec<Record>, Option<Key>), Error> {
        self.store.scan(after, limit).await
    }

    async fn restore(&self, record: &Record) -> Result<(), Error> {
        let what = format!("ledger: restore {}", kind(&record.key));
        self.fuse.around(what, self.store.restore(record)).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, Error> {
        self.store.sweep(now).await
    }
}
