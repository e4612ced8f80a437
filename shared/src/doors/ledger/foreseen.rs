//! Starts and ends that HR has announced, and when we first saw it: what the calendar is made of,
//! and how an auditor knows that nothing was seen too late.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::{Format, named},
    error::Error,
    store::{Expect, Key, Write},
};
use crate::words::{coming::Coming, ids::PersonId};

const FORESEEN: Format = Format::v1("foreseen");

/// A start or an end that is on record in HR and not carried out yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    /// Whose.
    pub person: PersonId,
    /// Which of the two.
    #[serde(with = "named::Coming")]
    pub coming: Coming,
    /// The first or the last day.
    pub day: Date,
    /// The instant at which it counts in the person's zone.
    pub at: Timestamp,
    /// When a run saw it first.
    pub seen: Timestamp,
    /// When HR had last touched the record by then.
    #[serde(default)]
    pub entered: Option<Timestamp>,
    /// Whether the person is a contractor.
    pub is_contingent: bool,
}

fn key(person: &PersonId, coming: Coming) -> Key {
    Key::new("foreseen", format!("{person}#{}", coming.as_str()))
}

impl Ledger {
    /// Everything that is announced. One query.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all_foreseen(&self) -> Result<Vec<Foreseen>, Error> {
        self.all(FORESEEN, "foreseen").await
    }

    /// Remembers what is announced now, and forgets what is not any more or was carried out.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the run was overtaken; or when the store fails.
    pub async fn note_foreseen(
        &self,
        fence: &Fence,
        news: &[Foreseen],
        over: &[(PersonId, Coming)],
    ) -> Result<(), Error> {
        let put = news.iter().map(|it| FORESEEN.put(key(&it.person, it.coming), it, Expect::Any));
        let gone = over.iter().map(|(person, it)| Write::Delete(key(person, *it), Expect::Any));
        self.fenced_in_parts(fence, put.chain(gone).collect()).await
    }
}
