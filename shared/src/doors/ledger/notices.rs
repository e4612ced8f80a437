//! What people are to be told: each thing once, and not forgotten when the mail is down.
//!
//! The body waits in the outbox and is dropped once it is sent; only the key and the times stay,
//! so that nobody is told twice.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Ledger,
    codec::Format,
    error::Error,
    store::{Draft, Expect, Key, Write},
};
use crate::words::ids::RunId;

const NOTICE: Format = Format::v1("notice");
const UNSENT: Format = Format::v1("notice-unsent");

/// A message that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What makes it the same notice, made of ids: who is told about what of whom.
    pub key: String,
    /// The message.
    pub body: Value,
    /// When it was written.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Told {
    at: Timestamp,
    sent: Option<Timestamp>,
}

fn told_key(key: &str) -> Key {
    Key::new("notice", key)
}

fn unsent_key(key: &str) -> Key {
    Key::new("notice-unsent", key)
}

impl Ledger {
    /// Puts a notice into the outbox, unless one with its key ever was. Returns whether it is
    /// new. The key may be used again after `forget_at`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notice_once(
        &self,
        notice: &Notice,
        forget_at: Option<Timestamp>,
    ) -> Result<bool, Error> {
        let key = told_key(&notice.key);
        let expect = match self.store.get(&key).await? {
            Some(old) if old.expires.is_none_or(|it| notice.at < it) => return Ok(false),
            Some(old) => Expect::Rev(old.rev),
            None => Expect::Absent,
        };
        let told = Told { at: notice.at, sent: None };
        let draft = Draft { expires: forget_at, ..NOTICE.draft(key, &told) };
        let writes = vec![
            Write::Put(draft, expect),
            UNSENT.put(unsent_key(&notice.key), notice, Expect::Any),
        ];
        match self.store.transact(writes).await {
            Ok(()) => Ok(true),
            Err(Error::Conflict { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Whether a run wrote down anything that people are told in its name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn has_told(&self, run: &RunId) -> Result<bool, Error> {
        let (from, to) = (format!("{run}/"), format!("{run}/\u{10FFFF}"));
        Ok(!self.records("notice", Some(from), Some(to)).await?.is_empty())
    }

    /// What waits to be sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unsent_notices(&self) -> Result<Vec<Notice>, Error> {
        self.all(UNSENT, "notice-unsent").await
    }

    /// The notice has been sent, and its body is dropped. Repeating it is harmless.
    ///
    /// # Errors
    /// [`Error::NoSuch`] when there never was one with this key; or when the store fails.
    pub async fn mark_sent(&self, key: &str, at: Timestamp) -> Result<(), Error> {
        let told = told_key(key);
        let Some(record) = self.store.get(&told).await? else {
            return Err(Error::NoSuch { key: told });
        };
        let before: Told = NOTICE.decode(&record)?;
        if before.sent.is_some() {
            return Ok(());
        }
        let after = Told { sent: Some(at), ..before };
        let draft = Draft { expires: record.expires, ..NOTICE.draft(told, &after) };
        self.store
            .transact(vec![
                Write::Put(draft, Expect::Rev(record.rev)),
                Write::Delete(unsent_key(key), Expect::Any),
            ])
            .await
    }
}
