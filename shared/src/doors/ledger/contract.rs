//! What every backend of the ledger must do, as a suite that each one is run through.
//!
//! A backend's own tests call [`check`] with a way to make empty stores. The suite panics with a
//! sentence when a promise is broken. It is ordinary code rather than a test, so that a backend
//! in any crate, on any emulator, can be held to it.

mod audit;
mod people;
mod work;

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Claim, Error, Lease, Ledger, Writer,
    store::{Draft, Expect, Key, MAX_BODY, Page, Query, Store, Write},
};
use crate::words::ids::{PersonId, PolicyHash};

/// Runs a backend through every promise of [`Store`], and the [`Ledger`] upon it through the
/// stories it is for. `fresh` makes an empty store.
///
/// # Panics
/// When the backend breaks a promise.
pub async fn check(fresh: impl AsyncFn() -> Arc<dyn Store>) {
    records_are_as_written(&*fresh().await).await;
    conditions_hold(&*fresh().await).await;
    partitions_are_read_in_order(&*fresh().await).await;
    transactions_are_whole(&*fresh().await).await;
    the_due_index_follows_the_records(&*fresh().await).await;
    what_another_backend_could_not_take_is_refused(&*fresh().await).await;
    of_two_that_create_one_wins(&*fresh().await).await;
    everything_can_be_carried_elsewhere(&fresh).await;
    people::check(&fresh).await;
    work::check(&fresh).await;
    audit::check(&fresh).await;
}

/// Noon on a day of June 2031.
fn day(number: i64) -> Timestamp {
    let june: Timestamp = "2031-06-01T12:00:00Z".parse().expect("a timestamp");
    Timestamp::from_second(june.as_second() + (number - 1) * 86_400).expect("a near day")
}

/// A lease of a flow for the day.
async fn lease(ledger: &Ledger, flow: &str, number: i64) -> Lease {
    let policy = PolicyHash::from("policy");
    match ledger.start_run(flow, "a test", &policy, day(number), day(number + 1)).await {
        Ok(Claim::Won(lease)) => lease,
        other => panic!("the lease of {flow} should be free: {other:?}"),
    }
}

/// A person for the day.
async fn writer(ledger: &Ledger, lease: &Lease, person: &PersonId, number: i64) -> Writer {
    match ledger.take_person(lease, person, day(number), day(number + 1)).await {
        Ok(Claim::Won(writer)) => writer,
        other => panic!("{person} should be free: {other:?}"),
    }
}

fn draft(pk: &str, sk: &str, body: &str) -> Draft {
    Draft { key: Key::new(pk, sk), body: body.to_owned(), due: None, expires: None }
}

#[track_caller]
fn assert_conflict<T: std::fmt::Debug>(result: Result<T, Error>, key: &Key) {
    match result {
        Err(Error::Conflict { key: named }) if named == *key => {}
        other => panic!("expected a conflict at {key}, got {other:?}"),
    }
}

#[track_caller]
fn assert_unfit<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::Unfit { .. })), "should be unfit: {result:?}");
}

async fn records_are_as_written(store: &dyn Store) {
    let written = Draft {
        due: Some("2031-06-01T12:00:00.123456Z".parse().expect("a timestamp")),
        expires: Some(day(9)),
        ..draft("a", "Ünïcode#1", r#"{"name":"Zoë \"Z\" 🦊"}"#)
    };
    assert_eq!(store.put(written.clone(), Expect::Any).await.expect("put"), 1);
    let read = store.get(&written.key).await.expect("get").expect("is there");
    assert_eq!((read.key, read.rev, read.body), (written.key.clone(), 1, written.body));
    assert_eq!((read.due, read.expires), (written.due, written.expires));

    let plain = draft("a", "Ünïcode#1", "{}");
    assert_eq!(store.put(plain, Expect::Any).await.expect("put"), 2);
    let read = store.get(&written.key).await.expect("get").expect("is there");
    assert_eq!((read.due, read.expires), (None, None), "a put replaces the whole record");

    store.delete(&written.key, Expect::Any).await.expect("delete");
    assert_eq!(store.get(&written.key).await.expect("get"), None);
    store.delete(&written.key, Expect::Any).await.expect("deleting nothing is harmless");
    assert_eq!(store.put(draft("a", "Ünïcode#1", "{}"), Expect::Any).await.expect("put"), 1);
}

async fn conditions_hold(store: &dyn Store) {
    let it = draft("a", "1", "{}");
    let key = it.key.clone();
    assert_conflict(store.put(it.clone(), Expect::Rev(1)).await, &key);
    assert_conflict(store.delete(&key, Expect::Rev(1)).await, &key);
    assert_eq!(store.put(it.clone(), Expect::Absent).await.expect("put"), 1);
    assert_conflict(store.put(it.clone(), Expect::Absent).await, &key);
    assert_eq!(store.put(it.clone(), Expect::Rev(1)).await.expect("put"), 2);
    assert_conflict(store.put(it.clone(), Expect::Rev(1)).await, &key);
    assert_conflict(store.delete(&key, Expect::Rev(1)).await, &key);
    assert_eq!(store.get(&key).await.expect("get").map(|it| it.rev), Some(2));
    store.delete(&key, Expect::Rev(2)).await.expect("delete");
    assert_eq!(store.get(&key).await.expect("get"), None);
}

async fn keys(store: &dyn Store, from: Option<&str>, to: Option<&str>, limit: usize) -> String {
    let (from, to) = (from.map(str::to_owned), to.map(str::to_owned));
    let mut query = Query { pk: "p".to_owned(), from, to, after: None, limit };
    let mut res = Vec::new();
    loop {
        let Page { items, next } = store.query(&query).await.expect("query");
        assert!(items.len() <= limit, "a page is not longer than asked for");
        res.extend(items.into_iter().map(|it| it.key.sk));
        match next {
            Some(next) => query.after = Some(next),
            None => return res.join(" "),
        }
    }
}

async fn partitions_are_read_in_order(store: &dyn Store) {
    for sk in ["b", "a", "é", "a#2", "B", "a#10", "🦊", "~"] {
        store.put(draft("p", sk, "{}"), Expect::Absent).await.expect("put");
    }
    store.put(draft("q", "a", "{}"), Expect::Absent).await.expect("put");
    // As bytes: upper case first, "a#10" before "a#2", everything else after ASCII.
    let all = "B a a#10 a#2 b ~ é 🦊";
    for limit in [1, 2, 3, 8, 100] {
        assert_eq!(keys(store, None, None, limit).await, all);
        assert_eq!(keys(store, Some("a#"), Some("b"), limit).await, "a#10 a#2 b");
        assert_eq!(keys(store, Some("a#2"), None, limit).await, "a#2 b ~ é 🦊");
        assert_eq!(keys(store, None, Some("a"), limit).await, "B a");
        assert_eq!(keys(store, Some("z"), Some("a"), limit).await, "", "an empty range");
    }
}

async fn transactions_are_whole(store: &dyn Store) {
    let key = |sk| Key::new("a", sk);
    store.put(draft("a", "1", "{}"), Expect::Absent).await.expect("put");
    let refused = store
        .transact(vec![
            Write::Put(draft("a", "2", "{}"), Expect::Absent),
            Write::Delete(key("1"), Expect::Rev(1)),
            Write::Check(key("3"), Expect::Rev(7)),
            Write::Check(key("4"), Expect::Rev(1)),
        ])
        .await;
    assert_conflict(refused, &key("3"));
    assert_eq!(store.get(&key("2")).await.expect("get"), None, "nothing was written");
    assert!(store.get(&key("1")).await.expect("get").is_some(), "nothing was removed");

    let writes = vec![
        Write::Put(draft("a", "2", "{}"), Expect::Absent),
        Write::Put(draft("b", "1", "{}"), Expect::Any),
        Write::Check(key("1"), Expect::Rev(1)),
        Write::Check(key("3"), Expect::Absent),
    ];
    store.transact(writes).await.expect("every condition holds");
    let checked = store.get(&key("1")).await.expect("get").map(|it| it.rev);
    assert_eq!(checked, Some(1), "a check writes nothing");
    let writes = vec![
        Write::Put(draft("a", "2", "{}"), Expect::Rev(1)),
        Write::Put(draft("b", "1", "{}"), Expect::Any),
        Write::Delete(key("1"), Expect::Rev(1)),
    ];
    store.transact(writes).await.expect("every condition holds");
    for it in [key("2"), Key::new("b", "1")] {
        let rev = store.get(&it).await.expect("get").map(|it| it.rev);
        assert_eq!(rev, Some(2), "a transaction counts revisions like a put");
    }
    assert_eq!(store.get(&key("1")).await.expect("get"), None);

    let hundred = |pk: &str, more: usize| {
        let it = |n| Write::Put(draft(pk, &format!("{n:03}"), "{}"), Expect::Absent);
        (0..100 + more).map(it).collect::<Vec<_>>()
    };
    store.transact(hundred("c", 0)).await.expect("a hundred fit");
    assert_unfit(store.transact(hundred("d", 1)).await);
    let heavy = |pk: &str, count: usize| {
        let body = format!("\"{}\"", "x".repeat(MAX_BODY - 2));
        let it = |n| Write::Put(draft(pk, &format!("{n:03}"), &body), Expect::Absent);
        (0..count).map(it).collect::<Vec<_>>()
    };
    store.transact(heavy("f", 10)).await.expect("nearly four megabytes fit");
    assert_unfit(store.transact(heavy("g", 11)).await);
    let twice = vec![
        Write::Put(draft("e", "1", "{}"), Expect::Any),
        Write::Check(Key::new("e", "1"), Expect::Any),
    ];
    assert_unfit(store.transact(twice).await);
}

async fn the_due_index_follows_the_records(store: &dyn Store) {
    let due = |sk: &str, number| Draft { due: Some(day(number)), ..draft("due", sk, "{}") };
    for (sk, number) in [("c", 3), ("a", 5), ("b", 1), ("d", 3)] {
        store.put(due(sk, number), Expect::Absent).await.expect("put");
    }
    store.put(draft("due", "never", "{}"), Expect::Absent).await.expect("put");
    let listed = async |until| -> Vec<String> {
        let all = store.due(until, None, 100).await.expect("due");
        all.into_iter().map(|it| it.key.sk).collect()
    };
    assert_eq!(listed(day(2)).await, ["b"]);
    assert_eq!(listed(day(3)).await.len(), 3, "the instant itself counts");

    let mut paged = Vec::new();
    let mut after = None;
    while let Some(it) = store.due(day(9), after.as_ref(), 1).await.expect("due").pop() {
        paged.push(it.key.sk.clone());
        after = Some(it);
    }
    paged[1..3].sort(); // of two at the same instant either may come first
    assert_eq!(paged, ["b", "c", "d", "a"]);

    store.put(due("b", 8), Expect::Rev(1)).await.expect("put");
    store.put(draft("due", "c", "{}"), Expect::Rev(1)).await.expect("put");
    store.delete(&Key::new("due", "d"), Expect::Any).await.expect("delete");
    assert_eq!(listed(day(9)).await, ["a", "b"]);
}

async fn what_another_backend_could_not_take_is_refused(store: &dyn Store) {
    assert_unfit(store.put(draft("", "1", "{}"), Expect::Any).await);
    assert_unfit(store.put(draft("a", "", "{}"), Expect::Any).await);
    assert_unfit(store.put(draft("a", &"x".repeat(1025), "{}"), Expect::Any).await);
    let large = format!("\"{}\"", "x".repeat(MAX_BODY - 2));
    store.put(draft("a", "1", &large), Expect::Any).await.expect("just fits");
    assert_unfit(store.put(draft("a", "1", &format!("{large} ")), Expect::Any).await);
}

async fn of_two_that_create_one_wins(store: &dyn Store) {
    for round in 0..10 {
        let it = draft("a", &format!("{round}"), "{}");
        let (one, two) = futures::join!(
            store.put(it.clone(), Expect::Absent),
            store.transact(vec![Write::Put(it.clone(), Expect::Absent)]),
        );
        assert_ne!(one.is_ok(), two.is_ok(), "exactly one creates");
        let read = store.get(&it.key).await.expect("get").expect("is there");
        assert_eq!(read.rev, 1);
    }
}

async fn everything_can_be_carried_elsewhere(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    let (one, other) = (fresh().await, fresh().await);
    let mut written = Vec::new();
    for number in 0..7 {
        let plain = draft(&format!("p{}", number % 3), &format!("{number}"), "{}");
        let dated = Draft { due: Some(day(number)), expires: Some(day(9)), ..plain.clone() };
        for it in [plain, dated].into_iter().take(1 + usize::from(number % 2 == 0)) {
            one.put(it, Expect::Any).await.expect("put");
        }
        written.push(Key::new(format!("p{}", number % 3), format!("{number}")));
    }
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let (records, next) = one.scan(after.as_ref(), 3).await.expect("scan");
        for it in records {
            other.restore(&it).await.expect("restore");
            other.restore(&it).await.expect("what is there just so may be restored again");
            assert_eq!(other.get(&it.key).await.expect("get"), Some(it.clone()));
            seen.push(it.key);
        }
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    seen.sort();
    written.sort();
    assert_eq!(seen, written, "a scan tells every record once");
    other.put(draft("p0", "0", "{}"), Expect::Rev(2)).await.expect("the revision came along");
    let record = one.get(&Key::new("p0", "0")).await.expect("get").expect("is there");
    assert_conflict(other.restore(&record).await, &record.key);
    assert_eq!(other.due(day(99), None, 99).await.expect("due").len(), 3, "as is what is due");
}
