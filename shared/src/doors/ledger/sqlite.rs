//! The ledger in one SQLite file, for one machine without a cloud account, and for tests.
//!
//! Durable to the last transaction (WAL, `synchronous = FULL`), readable by its owner alone.
//! Statements run on the caller's thread under a lock: each takes well under a millisecond, less
//! than handing it to another thread would.

use std::{
    fs, io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use backon::{BlockingRetryable, ConstantBuilder};
use jiff::Timestamp;
use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Row, Transaction, TransactionBehavior, params,
};

use super::{
    error::Error,
    store::{Draft, Expect, Key, Page, Query, Record, Store, Write, check_draft, check_writes},
};

/// How long to wait for another process that is writing. Its transactions take milliseconds;
/// one that takes longer than this hangs.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two tries where SQLite does not wait by itself.
const PAUSE: Duration = Duration::from_millis(10);

/// Each step brings the layout from its own number to the next. Steps are only ever appended:
/// a ledger of any age walks through the ones it lacks.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE records (
        pk      TEXT NOT NULL,
        sk      TEXT NOT NULL,
        rev     INTEGER NOT NULL,
        body    TEXT NOT NULL,
        due     INTEGER, -- microseconds since 1970, as is expires
        expires INTEGER,
        PRIMARY KEY (pk, sk)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX records_due ON records (due, pk, sk) WHERE due IS NOT NULL;
    CREATE INDEX records_expires ON records (expires) WHERE expires IS NOT NULL;
"];

/// A ledger file, or one in memory.
#[derive(Debug)]
pub struct Sqlite(Mutex<Connection>);

impl Sqlite {
    /// Opens the ledger in a file, creating it when there is none.
    ///
    /// # Errors
    /// When the file cannot be opened, is no ledger, or was written by a newer program.
    pub fn open(path: &Path) -> Result<Self, Error> {
        keep_private(path).map_err(|it| Error::Unavailable(it.into()))?;
        let conn = Connection::open(path).map_err(trouble)?;
        Self::prepare(conn)
    }

    /// A ledger that is gone with the process.
    ///
    /// # Errors
    /// When SQLite cannot even do that.
    pub fn memory() -> Result<Self, Error> {
        Self::prepare(Connection::open_in_memory().map_err(trouble)?)
    }

    fn prepare(mut conn: Connection) -> Result<Self, Error> {
        conn.busy_timeout(BUSY_TIMEOUT).map_err(trouble)?;
        write_ahead(&conn)?;
        // NORMAL would lose the last transactions with the power, and with them an intent whose
        // action Okta has already carried out.
        conn.pragma_update(None, "synchronous", "FULL").map_err(trouble)?;
        migrate(&mut conn)?;
        Ok(Self(Mutex::new(conn)))
    }

    /// A panic elsewhere cannot leave a transaction half done: it was rolled back on the way.
    fn conn(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Creates the file for its owner alone, and takes other people's access to an existing one
/// away: it holds names and logins. SQLite gives its side files the same permissions.
fn keep_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600);
        let file = options.open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    options.open(path)?;
    Ok(())
}

fn migrate(conn: &mut Connection) -> Result<(), Error> {
    let tx = begin(conn)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;",
    )
    .map_err(trouble)?;
    let version: u32 = tx
        .query_row("SELECT value FROM meta WHERE name = 'schema'", [], |row| row.get(0))
        .optional()
        .map_err(trouble)?
        .unwrap_or(0);
    let known = u32::try_from(MIGRATIONS.len()).expect("there are few migrations");
    if version > known {
        return Err(Error::NewerLedger { version, known });
    }
    if version < known {
        for step in MIGRATIONS.iter().skip(version as usize) {
            tx.execute_batch(step).map_err(trouble)?;
        }
        tx.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('schema', ?1)", [known])
            .map_err(trouble)?;
    }
    tx.commit().map_err(trouble)
}

/// Takes the write lock at once: a transaction that reads first and then wants to write could
/// find the ledger changed under it, and SQLite would not wait.
fn begin(conn: &mut Connection) -> Result<Transaction<'_>, Error> {
    conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(trouble)
}

/// Turns write-ahead logging on. An in-memory ledger answers "memory" here, which is as good.
///
/// In a new file this needs the file alone, and of several processes that open it at once SQLite
/// answers the later ones "locked" without waiting, whatever the busy timeout.
fn write_ahead(conn: &Connection) -> Result<(), Error> {
    let most = usize::try_from(BUSY_TIMEOUT.as_millis() / PAUSE.as_millis()).unwrap_or(usize::MAX);
    let switch = || conn.pragma_update(None, "journal_mode", "WAL").map_err(trouble);
    switch
        .retry(ConstantBuilder::default().with_delay(PAUSE).with_max_times(most))
        .when(|it| matches!(it, Error::Locked(_)))
        .call()
}

fn trouble(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Locked(error.into()),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            Error::NotALedger(error.into())
        }
        Some(_) | None => Error::Unavailable(error.into()),
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let instant = |column| -> rusqlite::Result<Option<Timestamp>> {
        let micros: Option<i64> = row.get(column)?;
        // What we wrote came from a timestamp, so it is in range.
        Ok(micros.and_then(|it| Timestamp::from_microsecond(it).ok()))
    };
    Ok(Record {
        key: Key { pk: row.get(0)?, sk: row.get(1)? },
        rev: rev(row, 2)?,
        body: row.get(3)?,
        due: instant(4)?,
        expires: instant(5)?,
    })
}

/// SQLite counts in `i64`; a revision begins at 1 and only grows.
fn rev(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

const COLUMNS: &str = "pk, sk, rev, body, due, expires";

fn rev_of(conn: &Connection, key: &Key) -> Result<Option<u64>, Error> {
    conn.prepare_cached("SELECT rev FROM records WHERE pk = ?1 AND sk = ?2")
        .and_then(|mut it| it.query_row([&key.pk, &key.sk], |row| rev(row, 0)).optional())
        .map_err(trouble)
}

/// Whether a record is as expected; must run in the transaction of the write.
fn check(conn: &Connection, key: &Key, expect: Expect) -> Result<(), Error> {
    let holds = match expect {
        Expect::Any => true,
        Expect::Absent => rev_of(conn, key)?.is_none(),
        Expect::Rev(rev) => rev_of(conn, key)? == Some(rev),
    };
    if holds { Ok(()) } else { Err(Error::Conflict { key: key.clone() }) }
}

fn put(conn: &Connection, draft: &Draft, expect: Expect) -> Result<u64, Error> {
    check(conn, &draft.key, expect)?;
    let sql = "INSERT INTO records (pk, sk, rev, body, due, expires) VALUES (?1, ?2, 1, ?3, ?4, ?5)
               ON CONFLICT (pk, sk) DO UPDATE SET rev = rev + 1, body = excluded.body,
                   due = excluded.due, expires = excluded.expires
               RETURNING rev";
    let params = params![
        draft.key.pk,
        draft.key.sk,
        draft.body,
        draft.due.map(Timestamp::as_microsecond),
        draft.expires.map(Timestamp::as_microsecond),
    ];
    conn.prepare_cached(sql)
        .and_then(|mut it| it.query_row(params, |row| rev(row, 0)))
        .map_err(trouble)
}

fn delete(conn: &Connection, key: &Key, expect: Expect) -> Result<(), Error> {
    check(conn, key, expect)?;
    conn.prepare_cached("DELETE FROM records WHERE pk = ?1 AND sk = ?2")
        .and_then(|mut it| it.execute([&key.pk, &key.sk]))
        .map_err(trouble)?;
    Ok(())
}

/// SQLite counts in `i64`; no limit of ours comes near.
fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl Store for Sqlite {
    async fn get(&self, key: &Key) -> Result<Option<Record>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE pk = ?1 AND sk = ?2");
        self.conn()
            .prepare_cached(&sql)
            .and_then(|mut it| it.query_row([&key.pk, &key.sk], record).optional())
            .map_err(trouble)
    }

    async fn put(&self, draft: Draft, expect: Expect) -> Result<u64, Error> {
        check_draft(&draft)?;
        let mut conn = self.conn();
        let tx = begin(&mut conn)?;
        let rev = put(&tx, &draft, expect)?;
        tx.commit().map_err(trouble)?;
        Ok(rev)
    }

    async fn delete(&self, key: &Key, expect: Expect) -> Result<(), Error> {
        let mut conn = self.conn();
        let tx = begin(&mut conn)?;
        delete(&tx, key, expect)?;
        tx.commit().map_err(trouble)
    }

    async fn query(&self, query: &Query) -> Result<Page, Error> {
        let Query { pk, from, to, after, limit } = query;
        // One lower bound, the larger of both, keeps a later page as cheap as the first. No sort
        // key is empty, so the empty one is before them all; every blob is behind every text.
        let (lower, floor) = match (from, after) {
            (Some(from), Some(after)) if after < from => (">=", from.as_str()),
            (_, Some(after)) => (">", after.as_str()),
            (Some(from), None) => (">=", from.as_str()),
            (None, None) => (">", ""),
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM records WHERE pk = ?1 AND sk {lower} ?2
             AND sk <= coalesce(?3, x'FF') ORDER BY sk LIMIT ?4"
        );
        // One more than asked for tells whether there is a next page.
        let more = count(*limit).saturating_add(1);
        let conn = self.conn();
        let mut statement = conn.prepare_cached(&sql).map_err(trouble)?;
        let mut items = statement
            .query_map(params![pk, floor, to, more], record)
            .and_then(Iterator::collect::<Result<Vec<Record>, _>>)
            .map_err(trouble)?;
        let has_more = items.len() > *limit;
        items.truncate(*limit);
        let next = items.last().filter(|_| has_more).map(|it| it.key.sk.clone());
        Ok(Page { items, next })
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        check_writes(&writes)?;
        let mut conn = self.conn();
        let tx = begin(&mut conn)?;
        for it in &writes {
            match it {
                Write::Put(draft, expect) => {
                    put(&tx, draft, *expect)?;
                }
                Write::Delete(key, expect) => delete(&tx, key, *expect)?,
                Write::Check(key, expect) => check(&tx, key, *expect)?,
            }
        }
        tx.commit().map_err(trouble)
    }

    async fn due(
        &self,
        until: Timestamp,
        after: Option<&Record>,
        limit: usize,
    ) -> Result<Vec<Record>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM records WHERE due <= ?1 AND (due, pk, sk) > (?2, ?3, ?4)
             ORDER BY due, pk, sk LIMIT ?5"
        );
        let (at, pk, sk) = after.map_or((i64::MIN, "", ""), |it| {
            let at = it.due.map_or(i64::MIN, Timestamp::as_microsecond);
            (at, &it.key.pk, &it.key.sk)
        });
        let conn = self.conn();
        let mut statement = conn.prepare_cached(&sql).map_err(trouble)?;
        statement
            .query_map(params![until.as_microsecond(), at, pk, sk, count(limit)], record)
            .and_then(Iterator::collect)
            .map_err(trouble)
    }

    async fn scan(
        &self,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<(Vec<Record>, Option<Key>), Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM records WHERE (pk, sk) > (?1, ?2) ORDER BY pk, sk LIMIT ?3"
        );
        let (pk, sk) = after.map_or(("", ""), |it| (&it.pk, &it.sk));
        let conn = self.conn();
        let mut statement = conn.prepare_cached(&sql).map_err(trouble)?;
        let records: Vec<Record> = statement
            .query_map(params![pk, sk, count(limit)], record)
            .and_then(Iterator::collect)
            .map_err(trouble)?;
        let next = records.last().filter(|_| records.len() == limit).map(|it| it.key.clone());
        Ok((records, next))
    }

    async fn restore(&self, record: &Record) -> Result<(), Error> {
        let Record { key, rev, body, due, expires } = record;
        let it = Draft { key: key.clone(), body: body.clone(), due: *due, expires: *expires };
        check_draft(&it)?;
        let is_there = self.get(key).await?.is_some_and(|it| it == *record);
        if is_there {
            return Ok(());
        }
        let mut conn = self.conn();
        let tx = begin(&mut conn)?;
        put(&tx, &it, Expect::Absent)?;
        tx.prepare_cached("UPDATE records SET rev = ?3 WHERE pk = ?1 AND sk = ?2")
            .and_then(|mut it| it.execute(params![key.pk, key.sk, i64::try_from(*rev).ok()]))
            .map_err(trouble)?;
        tx.commit().map_err(trouble)
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, Error> {
        let gone = self
            .conn()
            .prepare_cached("DELETE FROM records WHERE expires <= ?1")
            .and_then(|mut it| it.execute([now.as_microsecond()]))
            .map_err(trouble)?;
        Ok(gone as u64)
    }
}
