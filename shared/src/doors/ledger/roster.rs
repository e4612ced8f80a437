//! How large the last good rosters were, and who was missing from them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::Format,
    error::Error,
    store::{Expect, Key, Write},
};
use crate::words::ids::{CompanyId, PersonId, RunId};

const ROSTER: Format = Format::v1("roster-count");
const MISSING: Format = Format::v1("missing");

/// The size of the last good full read of both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterCount {
    /// When it was read.
    pub at: Timestamp,
    /// By which run.
    pub run: RunId,
    /// Persons in HR.
    pub persons: u64,
    /// Employments in HR, by company.
    pub companies: BTreeMap<CompanyId, u64>,
    /// Users in Okta.
    pub okta_users: u64,
    /// How many people have something in each of HR's columns that the policy reads.
    #[serde(default)]
    pub columns: BTreeMap<String, u64>,
    /// How many people these are counted among.
    #[serde(default)]
    pub counted: u64,
    /// Which tenants were read: UKG's and Okta's.
    #[serde(default)]
    pub tenants: Option<(String, String)>,
}

/// A person whom HR used to have, and whom the last full rosters did not mention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The person.
    pub person: PersonId,
    /// In how many full rosters in a row.
    pub count: u32,
    /// When it was first noticed.
    pub since: Timestamp,
    /// The last run that noticed; so a run that is repeated does not count twice.
    pub run: RunId,
}

fn count_key() -> Key {
    Key::new("roster", "last-good")
}

impl Ledger {
    /// The size of the last good full read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn roster_count(&self) -> Result<Option<RosterCount>, Error> {
        Ok(self.read(ROSTER, &count_key()).await?.map(|(it, _)| it))
    }

    /// Remembers the size of a good full read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_roster_count(&self, fence: &Fence, count: &RosterCount) -> Result<(), Error> {
        self.fenced(fence, vec![ROSTER.put(count_key(), count, Expect::Any)]).await
    }

    /// Everybody who was missing from the last full roster.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn missing(&self) -> Result<Vec<Missing>, Error> {
        self.all(MISSING, "missing").await
    }

    /// Remembers who is missing from a full roster, and forgets who is back. Returns everybody
    /// missing. Repeating it within a run is harmless.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_missing(
        &self,
        fence: &Fence,
        people: &BTreeSet<PersonId>,
        run: &RunId,
        now: Timestamp,
    ) -> Result<Vec<Missing>, Error> {
        let before: BTreeMap<PersonId, Missing> =
            self.missing().await?.into_iter().map(|it| (it.person.clone(), it)).collect();
        let key = |person: &PersonId| Key::new("missing", person.as_str());

        let mut writes: Vec<Write> = before
            .keys()
            .filter(|it| !people.contains(*it))
            .map(|it| Write::Delete(key(it), Expect::Any))
            .collect();
        let mut res = Vec::new();
        for person in people {
            let (count, since) = match before.get(person) {
                Some(it) if it.run == *run => {
                    res.push(it.clone());
                    continue;
                }
                Some(it) => (it.count + 1, it.since),
                None => (1, now),
            };
            let it = Missing { person: person.clone(), count, since, run: run.clone() };
            writes.push(MISSING.put(key(person), &it, Expect::Any));
            res.push(it);
        }
        self.fenced_in_parts(fence, writes).await?;
        Ok(res)
    }
}
