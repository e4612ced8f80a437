//! Human decisions that the sync must not undo, and every word that was ever said about one.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    codec::{Format, named},
    error::Error,
    sortable_instant,
    standstill::by_hand,
    store::{Expect, Key, Write},
};
use crate::words::{
    hold::{self, Hold, HoldAct, HoldKind, HoldWord},
    ids::PersonId,
};

/// Version 2 knows the kind `undone`. A program that does not know it would take access away
/// from somebody whose departure was taken back, so it must refuse the record by name.
const HOLD: Format = Format { kind: "hold", version: 2 };
const WORD: Format = Format::v1("hold-word");

#[derive(Serialize, Deserialize)]
#[serde(remote = "hold::Hold")]
struct HoldBody {
    person: PersonId,
    #[serde(rename = "hold", with = "named::HoldKind")]
    kind: HoldKind,
    owner: String,
    reason: String,
    since: Timestamp,
    until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    departure: Option<Date>,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct StoredHold(#[serde(with = "HoldBody")] Hold);

#[derive(Serialize, Deserialize)]
struct WordBody {
    person: PersonId,
    #[serde(with = "named::HoldKind")]
    hold: HoldKind,
    /// Whether it was placed; else it was removed.
    placed: bool,
    until: Option<Timestamp>,
    by: String,
    why: String,
    at: Timestamp,
}

impl WordBody {
    fn word(self) -> HoldWord {
        let Self { person, hold: kind, placed, until, by, why, at } = self;
        let act = if placed { HoldAct::Placed { until } } else { HoldAct::Removed };
        HoldWord { person, kind, act, by, why, at }
    }

    fn write(self) -> Write {
        let sort = format!("{}#{}#{}", sortable_instant(self.at), self.person, self.hold);
        WORD.put(Key::new("hold-word", sort), &self, Expect::Any)
    }
}

/// All holds are one partition: they are few, and a run wants them all in one query.
fn hold_key(person: &PersonId, kind: HoldKind) -> Key {
    Key::new("hold", format!("{person}#{kind}"))
}

impl Ledger {
    /// Places a hold, or replaces the one of its kind. The last word of a person counts, so there
    /// is no condition.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_hold(&self, hold: &Hold) -> Result<(), Error> {
        let Hold { person, kind, owner, reason, since, until, departure: _ } = hold.clone();
        let word =
            WordBody { person, hold: kind, placed: true, until, by: owner, why: reason, at: since };
        let key = hold_key(&hold.person, kind);
        let hold = HOLD.put(key, &StoredHold(hold.clone()), Expect::Any);
        self.store.transact(vec![hold, word.write(), by_hand()]).await
    }

    /// Removes a hold and returns whether there was one. Repeating it is harmless.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_hold(
        &self,
        person: &PersonId,
        kind: HoldKind,
        by: &str,
        why: &str,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let key = hold_key(person, kind);
        if self.store.get(&key).await?.is_none() {
            return Ok(false);
        }
        let (by, why) = (by.to_owned(), why.to_owned());
        let person = person.clone();
        let word = WordBody { person, hold: kind, placed: false, until: None, by, why, at };
        let gone = Write::Delete(key, Expect::Any);
        self.store.transact(vec![gone, word.write(), by_hand()]).await?;
        Ok(true)
    }

    /// Every hold, ended ones included, by person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all_holds(&self) -> Result<Vec<Hold>, Error> {
        let all: Vec<StoredHold> = self.all(HOLD, "hold").await?;
        Ok(all.into_iter().map(|it| it.0).collect())
    }

    /// Every hold that stands at `now`, by person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holds(&self, now: Timestamp) -> Result<Vec<Hold>, Error> {
        let mut res = self.all_holds().await?;
        res.retain(|it| it.is_standing(now));
        Ok(res)
    }

    /// The holds on one person that stand at `now`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holds_of(&self, person: &PersonId, now: Timestamp) -> Result<Vec<Hold>, Error> {
        let mut res = Vec::new();
        for kind in HoldKind::ALL {
            let found = self.read::<StoredHold>(HOLD, &hold_key(person, kind)).await?;
            res.extend(found.map(|(it, _)| it.0).filter(|it| it.is_standing(now)));
        }
        Ok(res)
    }

    /// Every word about every hold, the oldest first: for whoever asks later.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn hold_words(&self) -> Result<Vec<HoldWord>, Error> {
        let all: Vec<WordBody> = self.all(WORD, "hold-word").await?;
        Ok(all.into_iter().map(WordBody::word).collect())
    }
}
