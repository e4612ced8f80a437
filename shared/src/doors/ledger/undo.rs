//! What a leaver had, so that a wrong departure can be taken back.

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
    action::{AppRef, GroupRef},
    ids::{OktaUserId, PersonId, RunId},
    value::Value,
};

const UNDO: Format = Format::v1("undo");

/// What an account had before its user's departure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoPack {
    /// The person.
    pub person: PersonId,
    /// The user.
    pub user: OktaUserId,
    /// The last day of the departure that this was saved for.
    pub departure: Date,
    /// The status the account had.
    #[serde(with = "named::Status")]
    pub status: Status,
    /// The groups it was in.
    #[serde(with = "named::groups")]
    pub groups: Vec<GroupRef>,
    /// The apps it was assigned to directly.
    #[serde(with = "named::apps")]
    pub apps: Vec<AppRef>,
    /// The attributes that Rollcall writes, as they were.
    #[serde(with = "named::profile")]
    pub profile: BTreeMap<Arc<str>, Value>,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// By which run.
    pub run: RunId,
    /// When it was used, or had served its time because the person came back.
    pub used_at: Option<Timestamp>,
}

/// Whether a pack was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It was.
    New,
    /// There is one of this departure, and the first is the fullest: it was kept.
    Kept,
}

pub(super) fn packs_of(person: &PersonId) -> String {
    format!("undo#{person}")
}

fn pack_key(person: &PersonId, departure: Date) -> Key {
    Key::new(packs_of(person), departure.to_string())
}

/// Whether the account was open when the pack was saved. One saved later in a departure whose
/// date HR has moved sees it closed, and perhaps without its groups.
fn saw_it_open(pack: &UndoPack) -> bool {
    match pack.status {
        Status::Staged
        | Status::Provisioned
        | Status::Active
        | Status::Recovery
        | Status::PasswordExpired
        | Status::LockedOut => true,
        Status::Suspended | Status::Deprovisioned => false,
    }
}

impl Ledger {
    /// Saves what a leaver has, unless it was saved for this departure before: on the second
    /// try the groups may be gone already. A pack that was used makes way: the departure was
    /// taken back, HR did not correct its record, and what is saved now is what came back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn save_undo(&self, fence: &Fence, pack: &UndoPack) -> Result<Saved, Error> {
        let key = pack_key(&pack.person, pack.departure);
        let expect = match self.read::<UndoPack>(UNDO, &key).await? {
            None => Expect::Absent,
            Some((before, _)) if before.used_at.is_none() => return Ok(Saved::Kept),
            Some((_, rev)) => Expect::Rev(rev),
        };
        match self.fenced(fence, vec![UNDO.put(key, pack, expect)]).await {
            Ok(()) => Ok(Saved::New),
            Err(Error::Conflict { .. }) => Ok(Saved::Kept),
            Err(other) => Err(other),
        }
    }

    /// Every pack of a person, the earliest departure first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn undo_packs(&self, person: &PersonId) -> Result<Vec<UndoPack>, Error> {
        self.all(UNDO, &packs_of(person)).await
    }

    /// The pack to undo a person's departure with: the last unused one that saw the account
    /// open, else the last unused one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn undo_pack(&self, person: &PersonId) -> Result<Option<UndoPack>, Error> {
        let packs = self.undo_packs(person).await?;
        let unused = || packs.iter().rev().filter(|it| it.used_at.is_none());
        Ok(unused().find(|it| saw_it_open(it)).or_else(|| unused().next()).cloned())
    }

    /// Every pack of a person has served: it was used, or the person came back. Must be called
    /// for a rehire too, or an undo years later could bring back what the person had in an old job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close_undo(
        &self,
        fence: &Fence,
        person: &PersonId,
        at: Timestamp,
    ) -> Result<(), Error> {
        let mut writes = Vec::new();
        for record in self.records(&packs_of(person), None, None).await? {
            let pack: UndoPack = UNDO.decode(&record)?;
            if pack.used_at.is_none() {
                let pack = UndoPack { used_at: Some(at), ..pack };
                writes.push(UNDO.put(record.key, &pack, Expect::Rev(record.rev)));
            }
        }
        self.fenced_in_parts(fence, writes).await
    }
}
