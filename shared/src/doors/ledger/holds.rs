//! Human decisions that the sync must not undo.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    codec::Format,
    error::Error,
    store::{Expect, Key},
};
use crate::words::ids::PersonId;

const HOLD: Format = Format::v1("hold");

/// What a hold forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldKind {
    /// The account must not be opened again.
    Security,
    /// Nothing may be destroyed.
    Legal,
    /// Ask first, whatever it is.
    Vip,
}

impl HoldKind {
    /// The kind as the command line and the ledger write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Legal => "legal",
            Self::Vip => "vip",
        }
    }
}

impl fmt::Display for HoldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A human decision about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Whom it protects.
    pub person: PersonId,
    /// From what.
    #[serde(rename = "hold")]
    pub kind: HoldKind,
    /// Who decided.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` until it is removed.
    pub until: Option<Timestamp>,
}

impl Hold {
    /// Whether it still counts.
    pub fn is_standing(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|it| now < it)
    }
}

/// All holds are one partition: they are few, and a run wants them all in one query.
fn hold_key(person: &PersonId, kind: HoldKind) -> Key {
    Key::new("hold", format!("{person}#{kind}"))
}

impl Ledger {
    /// Puts a hold, or replaces the one of its kind. The last word of a person counts, so there
    /// is no condition.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_hold(&self, hold: &Hold) -> Result<(), Error> {
        let draft = HOLD.draft(hold_key(&hold.person, hold.kind), hold);
        self.store.put(draft, Expect::Any).await.map(drop)
    }

    /// Removes a hold. Repeating it is harmless.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_hold(&self, person: &PersonId, kind: HoldKind) -> Result<(), Error> {
        self.store.delete(&hold_key(person, kind), Expect::Any).await
    }

    /// Every hold that stands at `now`, by person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holds(&self, now: Timestamp) -> Result<Vec<Hold>, Error> {
        let mut res: Vec<Hold> = self.all(HOLD, "hold").await?;
        res.retain(|it| it.is_standing(now));
        Ok(res)
    }

    /// The holds on one person that stand at `now`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holds_of(&self, person: &PersonId, now: Timestamp) -> Result<Vec<Hold>, Error> {
        let mut res = Vec::new();
        for kind in [HoldKind::Security, HoldKind::Legal, HoldKind::Vip] {
            let found = self.read::<Hold>(HOLD, &hold_key(person, kind)).await?;
            res.extend(found.map(|(it, _)| it).filter(|it| it.is_standing(now)));
        }
        Ok(res)
    }
}
