//! When time alone will change something: the list that lets a poll ask "whom, now?" in one query.
//!
//! A person has one record with every instant known, listed in the due index under the earliest.
//! The index says whom to look at, never what to do: what is due is worked out anew each time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger, PAGE,
    codec::Format,
    error::Error,
    store::{Draft, Expect, Key, Record, Write},
};
use crate::words::ids::PersonId;

const DUE: Format = Format::v1("due");

/// What time brings. Variants are only appended; a new one raises the version of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueKind {
    /// Preboarding begins: the account is to be created.
    Start,
    /// The first day begins: the account opens.
    Activate,
    /// The last day is over.
    End,
    /// An end is near enough to tell somebody.
    Notice,
    /// The days between suspension and deactivation are over.
    Grace,
    /// A leave should be over.
    LeaveReturn,
    /// A contract ends.
    ContractEnd,
    /// A dated change in HR takes effect.
    Effective,
    /// A hold ends.
    HoldEnd,
}

/// An instant at which something changes for a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub person: PersonId,
    /// What.
    pub what: DueKind,
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct DueBody {
    instants: BTreeSet<(Timestamp, DueKind)>,
}

fn due_key(person: &PersonId) -> Key {
    Key::new("due", person.as_str())
}

impl Ledger {
    /// Replaces everything that is due for a person. What is so already costs a read and no write.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody else replaced it meanwhile; or when the store fails.
    pub async fn set_due(
        &self,
        fence: &Fence,
        person: &PersonId,
        instants: &BTreeSet<(Timestamp, DueKind)>,
    ) -> Result<(), Error> {
        let (key, after) = (due_key(person), DueBody { instants: instants.clone() });
        let before = self.read::<DueBody>(DUE, &key).await?;
        let write = match (before, instants.first()) {
            (Some((before, _)), _) if before == after => return Ok(()),
            (None, None) => return Ok(()),
            (Some((_, rev)), None) => Write::Delete(key, Expect::Rev(rev)),
            (before, Some((earliest, _))) => {
                let draft = Draft { due: Some(*earliest), ..DUE.draft(key, &after) };
                Write::Put(draft, before.map_or(Expect::Absent, |(_, rev)| Expect::Rev(rev)))
            }
        };
        self.fenced(fence, vec![write]).await
    }

    /// Nothing is due for the person any more.
    ///
    /// # Errors
    /// As [`Self::set_due`].
    pub async fn clear_due(&self, fence: &Fence, person: &PersonId) -> Result<(), Error> {
        self.set_due(fence, person, &BTreeSet::new()).await
    }

    /// Everything that is known to be due for a person, past and future.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn due_of(&self, person: &PersonId) -> Result<Vec<Due>, Error> {
        match self.store.get(&due_key(person)).await? {
            Some(record) => decode(&record),
            None => Ok(Vec::new()),
        }
    }

    /// What is due at `until` or before, the earliest first. One query when little is due.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn due_until(&self, until: Timestamp) -> Result<Vec<Due>, Error> {
        let mut res = Vec::new();
        let mut last: Option<Record> = None;
        loop {
            let mut records = self.store.due(until, last.as_ref(), PAGE).await?;
            for it in &records {
                res.extend(decode(it)?.into_iter().filter(|it| it.at <= until));
            }
            if records.len() < PAGE {
                res.sort();
                return Ok(res);
            }
            last = records.pop();
        }
    }
}

fn decode(record: &Record) -> Result<Vec<Due>, Error> {
    let body: DueBody = DUE.decode(record)?;
    let person = PersonId::from(record.key.sk.as_str());
    Ok(body
        .instants
        .into_iter()
        .map(|(at, what)| Due { at, person: person.clone(), what })
        .collect())
}
