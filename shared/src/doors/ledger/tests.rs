//! The contract, run on SQLite, and what only SQLite or only the stored format promises.

mod copying;
#[cfg(feature = "dynamodb")]
mod dynamodb;
mod format;
mod tamper;

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt, sync::Arc};

use expect_test::expect;
use jiff::Timestamp;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    codec::Format,
    store::{Draft, Expect, Key, Query, Record, Store},
    *,
};
use crate::{
    doors::Verdict,
    words::{
        account::Status,
        action::{Kind, Outcome},
        ids::{PersonId, PolicyHash},
    },
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2031-06-01T12:00:00Z")
}

fn block_on<T>(it: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(it)
}

#[tokio::test]
async fn sqlite_in_memory_keeps_the_contract() {
    contract::check(async || Arc::new(Sqlite::memory().unwrap()) as Arc<dyn Store>).await;
}

#[tokio::test]
async fn sqlite_in_a_file_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    contract::check(async || {
        number.set(number.get() + 1);
        let path = folder.path().join(format!("{}.db", number.get()));
        Arc::new(Sqlite::open(&path).unwrap()) as Arc<dyn Store>
    })
    .await;
}

#[tokio::test]
async fn a_reopened_file_remembers_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let policy = PolicyHash::from("policy");
    let start = async || {
        let ledger = Ledger::new(Arc::new(Sqlite::open(&path).unwrap()));
        ledger.start_run("org-sync", "a", &policy, noon(), at("2031-06-01T13:00:00Z")).await
    };
    let Claim::Won(lease) = start().await.unwrap() else { panic!("the first wins") };
    let Claim::Held { by, .. } = start().await.unwrap() else { panic!("the lease is kept") };
    assert_eq!(by, *lease.run());
}

#[test]
fn a_ledger_file_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mode =
        |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
    let store = Sqlite::open(&path).unwrap();
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    drop(store);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(Sqlite::open(&path).unwrap());
    assert_eq!(mode("ledger.db"), 0o600, "what others could read is closed");
}

#[test]
fn of_many_processes_at_one_file_one_wins_the_lease() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    for round in 1..=5_i32 {
        let now = noon() + jiff::SignedDuration::from_hours(round.into());
        let until = now + jiff::SignedDuration::from_mins(5);
        let wins = std::thread::scope(|scope| {
            let start = || {
                let ledger = Ledger::new(Arc::new(Sqlite::open(&path).unwrap()));
                block_on(ledger.start_run("org-sync", "a", &"p".into(), now, until)).unwrap()
            };
            let all: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            all.into_iter().map(|it| it.join().unwrap()).filter(is_won).count()
        });
        assert_eq!(wins, 1);
    }
}

fn is_won(claim: &Claim<Lease>) -> bool {
    matches!(claim, Claim::Won(_))
}

#[test]
fn a_file_of_a_newer_program_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(Sqlite::open(&path).unwrap());
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute("UPDATE meta SET value = 7", []).unwrap();
    let error = Sqlite::open(&path).unwrap_err();
    expect!["this ledger was written by a newer rollcall (ledger v7, this program knows v1)"]
        .assert_eq(&error.to_string());
    assert_eq!(error.verdict(), Verdict::Page);
}

#[test]
fn a_file_that_is_no_ledger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "shopping list ".repeat(100)).unwrap();
    assert!(matches!(Sqlite::open(&path), Err(Error::NotALedger(_))));
    let missing = Sqlite::open(&folder.path().join("no/such/folder.db"));
    assert!(matches!(missing, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn what_has_expired_is_swept_away() {
    let store = Sqlite::memory().unwrap();
    let draft = |sk: &str, expires| Draft {
        key: Key::new("a", sk),
        body: "{}".to_owned(),
        due: None,
        expires,
    };
    store.put(draft("1", Some(noon())), Expect::Any).await.unwrap();
    store.put(draft("2", Some(at("2031-06-02T12:00:00Z"))), Expect::Any).await.unwrap();
    store.put(draft("3", None), Expect::Any).await.unwrap();
    assert_eq!(store.sweep(noon()).await.unwrap(), 1);
    assert_eq!(store.sweep(noon()).await.unwrap(), 0);
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Old {
    title: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct New {
    title: String,
    #[serde(default)]
    tier: u8,
}

const OLD: Format = Format { kind: "snapshot", version: 2 };
const NEW: Format = Format { kind: "snapshot", version: 3 };

fn record(body: impl Into<String>) -> Record {
    Record { key: Key::new("snapshot", "P-1"), rev: 1, body: body.into(), due: None, expires: None }
}

#[test]
fn an_old_record_is_read_by_a_new_program() {
    let old = record(OLD.encode(&Old { title: "Lead".to_owned() }));
    let read: New = NEW.decode(&old).unwrap();
    assert_eq!(read, New { title: "Lead".to_owned(), tier: 0 });
}

#[test]
fn a_new_record_is_refused_by_an_old_program_by_name() {
    let new = record(NEW.encode(&New { title: "Lead".to_owned(), tier: 2 }));
    let error = OLD.decode::<Old>(&new).unwrap_err();
    expect!["this ledger was written by a newer rollcall (snapshot v3, this program knows v2)"]
        .assert_eq(&error.to_string());
    assert_eq!(error.verdict(), Verdict::Page);
    // Even when the old program could make nothing of the rest.
    let error = OLD.decode::<Old>(&record(r#"{"v":3,"kind":"snapshot","titles":[]}"#)).unwrap_err();
    assert!(matches!(error, Error::NewerRecord { version: 3, .. }));
}

#[test]
fn unknown_fields_of_a_known_version_are_tolerated() {
    let body = r#"{"v":2,"kind":"snapshot","title":"Lead","shoe_size":9}"#;
    assert_eq!(OLD.decode::<Old>(&record(body)).unwrap().title, "Lead");
}

#[test]
fn a_damaged_record_is_named_and_not_quoted() {
    for body in [
        "{\"v\":2,",
        r#"{"v":2,"kind":"link","title":"Lead"}"#,
        r#"{"v":2,"kind":"snapshot","title":["Ada"]}"#,
    ] {
        let error = OLD.decode::<Old>(&record(body)).unwrap_err();
        expect!["record snapshot/P-1 cannot be read"].assert_eq(&error.to_string());
        assert!(std::error::Error::source(&error).is_none());
    }
}

/// The stored words are the words of reports and policies: nobody has to learn two spellings.
#[test]
fn words_are_stored_as_they_are_written_elsewhere() {
    #[derive(Serialize)]
    struct Words(
        #[serde(with = "codec::named::Kind")] Kind,
        #[serde(with = "codec::named::Outcome")] Outcome,
        #[serde(with = "codec::named::Status")] Status,
    );
    let kinds = [
        Kind::Create,
        Kind::Adopt,
        Kind::Activate,
        Kind::Reactivate,
        Kind::Suspend,
        Kind::Unsuspend,
        Kind::EndSessions,
        Kind::RevokeGrants,
        Kind::SaveUndo,
        Kind::JoinGroup,
        Kind::LeaveGroup,
        Kind::AssignApp,
        Kind::UnassignApp,
        Kind::Deactivate,
        Kind::Update,
        Kind::SetManager,
    ];
    for kind in kinds {
        for status in [Status::Active, Status::PasswordExpired, Status::LockedOut] {
            let outcome = Outcome::Verified;
            let stored = serde_json::to_value(Words(kind, outcome, status)).unwrap();
            let written = [kind.as_str(), outcome.as_str(), status.as_str()];
            assert_eq!(stored, serde_json::json!(written));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn paging_through_a_range_reads_a_sorted_set(
        keys in prop::collection::btree_set("[a-cé#]{1,3}", 0..40),
        from in prop::option::of("[a-cé#]{1,2}"),
        to in prop::option::of("[a-cé#]{1,2}"),
        limit in 1..9_usize,
    ) {
        let read = block_on(async {
            let store = Sqlite::memory().unwrap();
            for sk in &keys {
                for pk in ["o", "p", "q"] {
                    let key = Key::new(pk, sk.as_str());
                    let draft = Draft { key, body: "{}".to_owned(), due: None, expires: None };
                    store.put(draft, Expect::Absent).await.unwrap();
                }
            }
            let pk = "p".to_owned();
            let mut query = Query { pk, from: from.clone(), to: to.clone(), after: None, limit };
            let mut res = Vec::new();
            loop {
                let page = store.query(&query).await.unwrap();
                res.extend(page.items.into_iter().map(|it| it.key.sk));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break res,
                }
            }
        });
        let is_inside = |it: &&String| {
            from.as_ref().is_none_or(|from| *it >= from) && to.as_ref().is_none_or(|to| *it <= to)
        };
        let model: BTreeSet<_> = keys.iter().filter(is_inside).cloned().collect();
        prop_assert_eq!(read, model.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn instants_sort_as_text(a in 0..4_000_000_000_000_000_i64, b in 0..4_000_000_000_000_000_i64) {
        let (a, b) = (a, a / 1_000_000 * 1_000_000 + b % 1_000_000); // often within a second
        let text = |it| sortable_instant(Timestamp::from_microsecond(it).unwrap());
        prop_assert_eq!(a.cmp(&b), text(a).cmp(&text(b)));
    }
}
