//! Everything Okta knew about somebody who left, for the day somebody asks.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::{Format, named},
    error::Error,
    store::{Expect, Key},
};
use crate::words::{
    account::Status,
    ids::{OktaUserId, PersonId, RunId},
    value::Value,
};

const ARCHIVE: Format = Format::v1("archive");

/// What Okta knew about a user on the way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// The person.
    pub person: PersonId,
    /// The user.
    pub user: OktaUserId,
    /// The last day of the departure that this was saved for.
    pub departure: Date,
    /// The status the account had.
    #[serde(with = "named::Status")]
    pub status: Status,
    /// Every attribute.
    #[serde(with = "named::profile")]
    pub profile: BTreeMap<Arc<str>, Value>,
    /// The names of all groups.
    pub groups: Vec<String>,
    /// The labels of all apps, however they were assigned.
    pub apps: Vec<String>,
    /// Admin roles.
    pub roles: Vec<String>,
    /// Linked objects: the relation, and the users at its other end.
    pub links: BTreeMap<String, Vec<OktaUserId>>,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// By which run.
    pub run: RunId,
}

pub(super) fn archives_of(person: &PersonId) -> String {
    format!("archive#{person}")
}

impl Ledger {
    /// Saves what is known, unless it was saved for this departure before: on the second try the
    /// groups may be gone already.
    ///
    /// # Errors
    /// When the fence is down, or the store fails.
    pub async fn save_archive(&self, fence: &Fence, archive: &Archive) -> Result<(), Error> {
        let key = Key::new(archives_of(&archive.person), archive.departure.to_string());
        match self.fenced(fence, vec![ARCHIVE.put(key, archive, Expect::Absent)]).await {
            Ok(()) | Err(Error::Conflict { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// Every archive of a person, the earliest departure first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn archives(&self, person: &PersonId) -> Result<Vec<Archive>, Error> {
        self.all(ARCHIVE, &archives_of(person)).await
    }
}
