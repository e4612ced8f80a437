//! The last HR record of each person that Okta was verified to match.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::Format,
    error::Error,
    hex, sha256,
    store::{Expect, Key, Write},
    unhex,
};
use crate::words::ids::{PersonId, RunId};

const SNAPSHOT: Format = Format::v1("snapshot");

/// SHA-256 of an HR record: two that are equal need no second look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(&[bytes]))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl From<Fingerprint> for String {
    fn from(it: Fingerprint) -> Self {
        it.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = unhex(&text).and_then(|it| it.try_into().ok());
        bytes.map(Self).ok_or("a fingerprint is 64 hex digits")
    }
}

/// What HR said about a person when Okta was last verified to say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The person.
    pub person: PersonId,
    /// Of the HR record.
    pub fingerprint: Fingerprint,
    /// The mapped fields, and no others.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// When Okta was read back.
    pub verified_at: Timestamp,
    /// By which run.
    pub run: RunId,
}

fn snapshot_key(person: &PersonId) -> Key {
    Key::new("snapshot", person.as_str())
}

impl Ledger {
    /// Remembers what was verified, in transactions of a hundred. Each person at most once.
    ///
    /// # Errors
    /// When the store fails. Some of the hundreds may have been written then; writing them again
    /// is harmless.
    pub async fn put_snapshots(&self, fence: &Fence, all: &[Snapshot]) -> Result<(), Error> {
        // No condition beside the fence: it says that this run is the last to have looked.
        let writes =
            all.iter().map(|it| SNAPSHOT.put(snapshot_key(&it.person), it, Expect::Any)).collect();
        self.fenced_in_parts(fence, writes).await
    }

    /// What was last verified for a person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn snapshot(&self, person: &PersonId) -> Result<Option<Snapshot>, Error> {
        Ok(self.read(SNAPSHOT, &snapshot_key(person)).await?.map(|(it, _)| it))
    }

    /// Hands out every snapshot, by person.
    ///
    /// # Errors
    /// When the store fails; some may have been handed out by then.
    pub async fn each_snapshot(&self, take: impl FnMut(Snapshot)) -> Result<(), Error> {
        self.each(SNAPSHOT, "snapshot", take).await
    }

    /// Forgets what was verified, so that the person is looked at anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_snapshot(&self, fence: &Fence, person: &PersonId) -> Result<(), Error> {
        self.fenced(fence, vec![Write::Delete(snapshot_key(person), Expect::Any)]).await
    }
}
