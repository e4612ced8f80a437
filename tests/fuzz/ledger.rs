//! Records of the ledger that somebody, or a disk, has spoiled.
//!
//! A ledger that cannot be read is an error that names the record; what reads it must not fall
//! over. The audit log is read as text too, by people who are told to distrust it.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use jiff::{Timestamp, civil::date};
use proptest::prelude::any;
use rollcall::{
    doors::ledger::{
        Error, Ledger, Sqlite, Trail,
        store::{Draft, Expect, Key, Page, Query, Record, Store, Write},
        verify,
    },
    flows::{self, Request},
    words::flow::Flow,
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use crate::{runner, spoil::spoiled};

/// A ledger of which one record in so many is spoiled whenever it is read.
#[derive(Debug)]
struct Spoiling {
    store: Sqlite,
    seed: u64,
    read: AtomicU64,
}

/// One record in so many.
const ONE_OF: u64 = 40;

impl Spoiling {
    fn spoil(&self, mut record: Record) -> Record {
        let nth = self.read.fetch_add(1, Ordering::Relaxed);
        if (self.seed.wrapping_add(nth)).is_multiple_of(ONE_OF) {
            let body = spoiled(record.body.as_bytes(), self.seed.wrapping_add(nth));
            record.body = String::from_utf8_lossy(&body).into_owned();
        }
        record
    }

    fn spoil_all(&self, records: Vec<Record>) -> Vec<Record> {
        records.into_iter().map(|it| self.spoil(it)).collect()
    }
}

#[async_trait]
impl Store for Spoiling {
    async fn get(&self, key: &Key) -> Result<Option<Record>, Error> {
        Ok(self.store.get(key).await?.map(|it| self.spoil(it)))
    }

    async fn put(&self, draft: Draft, expect: Expect) -> Result<u64, Error> {
        self.store.put(draft, expect).await
    }

    async fn delete(&self, key: &Key, expect: Expect) -> Result<(), Error> {
        self.store.delete(key, expect).await
    }

    async fn query(&self, query: &Query) -> Result<Page, Error> {
        let page = self.store.query(query).await?;
        Ok(Page { items: self.spoil_all(page.items), ..page })
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        self.store.transact(writes).await
    }

    async fn due(
        &self,
        until: Timestamp,
        after: Option<&Record>,
        limit: usize,
    ) -> Result<Vec<Record>, Error> {
        Ok(self.spoil_all(self.store.due(until, after, limit).await?))
    }

    async fn scan(
        &self,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<(Vec<Record>, Option<Key>), Error> {
        let (records, next) = self.store.scan(after, limit).await?;
        Ok((self.spoil_all(records), next))
    }

    async fn restore(&self, record: &Record) -> Result<(), Error> {
        self.store.restore(record).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, Error> {
        self.store.sweep(now).await
    }
}

/// A company whose ledger has something of everything: people who came, went and were held.
async fn company() -> World {
    let world = World::in_line(Options::new(14, 7, FIRST_DAY), |it| it).await;
    let leaver = world.someone();
    world.at("2026-03-06T18:00:00Z");
    world.hr(|it| hr::terminate(it, &leaver, Leaving::resigned(date(2026, 3, 4))));
    world.joins(date(2026, 3, 6), "SEA1");
    world.run_all().await;
    world
}

#[test]
fn record_that_is_spoiled_is_named_or_passed_over() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be had");
    let world = runtime.block_on(company());
    let person = world.hr(|it| it.people()[0].person_id.clone());
    world.town.okta.wire().forget();
    let tried = runner(40).run(&any::<u64>(), |seed| {
        let store = Spoiling { store: world.store(), seed, read: AtomicU64::new(0) };
        let ledger = Ledger::new(Arc::new(store));
        runtime.block_on(async {
            drop(ledger.plans(world.now()).await);
            drop(ledger.hold_words().await);
            drop(ledger.census().await);
            drop(ledger.due_until(Timestamp::MAX).await);
            drop(ledger.trail(None, None).await.map(|it| verify(&it, &[])));
            drop(ledger.deeds_of_person(&person.as_str().into()).await);
        });
        Ok(())
    });
    tried.expect("a spoiled record is borne with");
    // The flows read the rest.
    let tried = runner(12).run(&any::<u64>(), |seed| {
        let store = Spoiling { store: world.store(), seed, read: AtomicU64::new(0) };
        let ledger = Ledger::new(Arc::new(store));
        let mut office = world.second_office(rollcall::shell::Machine::default());
        office.ledger = ledger;
        runtime.block_on(async {
            for flow in [Flow::Offboarding, Flow::OrgSync] {
                let request = Request { dry_run: true, ..world.request(flow) };
                drop(flows::run(&office, &request).await);
            }
        });
        Ok(())
    });
    tried.expect("a spoiled record is borne with");
    assert_eq!(world.town.okta.wire().writes(), []);
}

#[test]
fn exported_log_that_is_spoiled_is_told_from_a_whole_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be had");
    let world = runtime.block_on(company());
    let trail =
        runtime.block_on(world.office.ledger.trail(None, None)).expect("the ledger can be read");
    let whole = trail.to_jsonl();
    assert!(verify(&Trail::from_jsonl(&whole), &[]).breaks.is_empty());
    let tried = runner(150).run(&any::<u64>(), |seed| {
        let text = String::from_utf8_lossy(&spoiled(whole.as_bytes(), seed)).into_owned();
        drop(verify(&Trail::from_jsonl(&text), &[]));
        Ok(())
    });
    tried.expect("whatever is read is judged");
}
