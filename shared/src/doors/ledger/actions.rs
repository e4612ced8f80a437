//! What we were about to do, written before; what became of it, written after.
//!
//! A crash between the two leaves an intent without an outcome. The next run finds it, looks at
//! Okta, and settles it with what it sees. The intents of one person are written in one
//! transaction, with a marker that says "something is open here" and a pointer from the person;
//! the marker goes with the last outcome.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Ledger, Writer,
    codec::{Format, named},
    error::Error,
    sortable, sortable_instant,
    store::{Expect, Key, MAX_WRITES, Write},
};
use crate::words::{
    action::{Kind, Outcome},
    ids::{OktaUserId, PersonId, RunId},
};

/// Version 2 knows the kinds from `link-manager` on.
const ACTION: Format = Format::version("action", 2);
const BATCH: Format = Format::v1("action-batch");

/// Intents in one transaction, beside the fence, the marker and the pointer.
const INTENTS_AT_ONCE: usize = MAX_WRITES - 3;
/// Outcomes in one transaction, beside at most as many markers.
const OUTCOMES_AT_ONCE: usize = MAX_WRITES / 2;

/// Something we are about to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The run.
    pub run: RunId,
    /// Its number in the run; one person's are consecutive.
    pub seq: u32,
    /// For whom.
    pub person: PersonId,
    /// On which account; `None` when it is about to be created.
    pub user: Option<OktaUserId>,
    /// What.
    #[serde(rename = "does", with = "named::Kind")]
    pub kind: Kind,
    /// Aimed at what besides the user.
    pub target: Option<String>,
    /// Why.
    pub cause: String,
    /// The plan it is part of.
    pub plan_hash: String,
    /// When it was written down.
    pub at: Timestamp,
}

/// What became of an intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// In one word.
    #[serde(with = "named::Outcome")]
    pub outcome: Outcome,
    /// Okta's id of the request (`x-okta-request-id`).
    pub request_id: Option<String>,
    /// When it was known.
    pub at: Timestamp,
    /// Anything worth adding; without personal data.
    pub detail: Option<String>,
}

/// An intent with its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// What we were about to do.
    pub intent: Intent,
    /// What became of it; `None` while it is open.
    pub settled: Option<Settlement>,
}

#[derive(Serialize, Deserialize)]
struct ActionBody {
    #[serde(flatten)]
    deed: Deed,
    batch: Batch,
}

/// Intents that were written together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Batch {
    run: RunId,
    first: u32,
    last: u32,
}

impl Batch {
    fn marker(&self) -> Key {
        Key::new("open-intents", format!("{}#{}", self.run, sortable(self.first.into())))
    }
}

fn actions_of(run: &RunId) -> String {
    format!("action#{run}")
}

fn action_key(run: &RunId, seq: u32) -> Key {
    Key::new(actions_of(run), sortable(seq.into()))
}

impl Ledger {
    /// Writes down what is about to be done for one person, before any of it is done. All or
    /// nothing up to 97 intents. Repeating it is harmless.
    ///
    /// # Assumptions
    /// The intents are the writer's own, of its person, with consecutive numbers not used yet.
    ///
    /// # Errors
    /// [`Error::Fenced`] when another run is at work on the person: then do nothing.
    /// [`Error::Conflict`] when a number is taken. Or when the store fails.
    pub async fn intend(&self, writer: &Writer, intents: &[Intent]) -> Result<(), Error> {
        for part in intents.chunks(INTENTS_AT_ONCE) {
            let ours = |it: &Intent| it.person == *writer.person() && it.run == *writer.run();
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            if !part.iter().all(ours) {
                let key = action_key(&first.run, first.seq);
                return Err(Error::Unfit { key, reason: "an intent of another run or person" });
            }
            let batch = Batch { run: first.run.clone(), first: first.seq, last: last.seq };
            let pointer = Key::new(
                format!("actions-of#{}", writer.person()),
                format!(
                    "{}#{}#{}",
                    sortable_instant(first.at),
                    batch.run,
                    sortable(first.seq.into())
                ),
            );
            let mut writes = vec![
                BATCH.put(batch.marker(), &batch, Expect::Any),
                BATCH.put(pointer, &batch, Expect::Any),
            ];
            writes.extend(part.iter().map(|it| {
                let deed = Deed { intent: it.clone(), settled: None };
                let body = ActionBody { deed, batch: batch.clone() };
                ACTION.put(action_key(&it.run, it.seq), &body, Expect::Absent)
            }));
            match self.fenced(writer.fence(), writes).await {
                Ok(()) => {}
                // The answer to our first try may have been lost on the way.
                Err(Error::Conflict { .. }) if self.is_written(&batch, part).await? => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn is_written(&self, batch: &Batch, intents: &[Intent]) -> Result<bool, Error> {
        let written = self.batch(batch).await?;
        Ok(written.len() == intents.len()
            && written
                .iter()
                .zip(intents)
                .all(|((body, _), it)| body.deed.intent == *it && body.deed.settled.is_none()))
    }

    /// Writes down what became of one intent.
    ///
    /// # Errors
    /// As [`Self::settle_all`].
    pub async fn settle(&self, run: &RunId, seq: u32, settlement: Settlement) -> Result<(), Error> {
        self.settle_all(run, &BTreeMap::from([(seq, settlement)])).await
    }

    /// Writes down what became of several intents of a run. Repeating it is harmless.
    ///
    /// There is no fence here on purpose: an outcome is a fact, and the run that saw it may tell
    /// even when it has been overtaken. The first to settle an intent is believed.
    ///
    /// # Errors
    /// [`Error::AlreadySettled`] when an intent has a different outcome; [`Error::NoSuch`] when
    /// there is no such intent; [`Error::Conflict`] when somebody else settled it this moment;
    /// or when the store fails.
    pub async fn settle_all(
        &self,
        run: &RunId,
        settlements: &BTreeMap<u32, Settlement>,
    ) -> Result<(), Error> {
        let all: Vec<_> = settlements.iter().collect();
        for part in all.chunks(OUTCOMES_AT_ONCE) {
            let (Some((first, _)), Some((last, _))) = (part.first(), part.last()) else { continue };
            let part: BTreeMap<u32, &Settlement> =
                part.iter().map(|(seq, it)| (**seq, *it)).collect();
            self.settle_part(run, **first, **last, &part).await?;
        }
        Ok(())
    }

    async fn settle_part(
        &self,
        run: &RunId,
        first: u32,
        last: u32,
        part: &BTreeMap<u32, &Settlement>,
    ) -> Result<(), Error> {
        let mut known: BTreeMap<u32, (ActionBody, u64)> = self
            .batch(&Batch { run: run.clone(), first, last })
            .await?
            .into_iter()
            .map(|(body, rev)| (body.deed.intent.seq, (body, rev)))
            .collect();
        let mut writes = Vec::new();
        let mut ending = Vec::new();
        for (seq, settlement) in part {
            let Some((body, rev)) = known.get_mut(seq) else {
                return Err(Error::NoSuch { key: action_key(run, *seq) });
            };
            if body.batch.last == *seq {
                ending.push(body.batch.clone());
            }
            match &body.deed.settled {
                Some(before) if before == *settlement => continue,
                Some(_) => return Err(Error::AlreadySettled { run: run.clone(), seq: *seq }),
                None => body.deed.settled = Some((*settlement).clone()),
            }
            writes.push(ACTION.put(action_key(run, *seq), body, Expect::Rev(*rev)));
        }
        // Actions are done in their order, so the last one of a batch is the time to look whether
        // the batch is through. If it is not, the marker stays, and `open_intents` clears it up.
        for batch in ending {
            if batch.first < first {
                let before = Batch { last: first - 1, ..batch.clone() };
                known.extend(
                    self.batch(&before).await?.into_iter().map(|it| (it.0.deed.intent.seq, it)),
                );
            }
            let is_settled = |seq| known.get(&seq).is_some_and(|(it, _)| it.deed.settled.is_some());
            if (batch.first..=batch.last).all(is_settled) {
                writes.push(Write::Delete(batch.marker(), Expect::Any));
            }
        }
        if writes.is_empty() { Ok(()) } else { self.store.transact(writes).await }
    }

    /// The actions of a batch with their revisions, in order.
    async fn batch(&self, batch: &Batch) -> Result<Vec<(ActionBody, u64)>, Error> {
        let (from, to) = (sortable(batch.first.into()), sortable(batch.last.into()));
        let records = self.records(&actions_of(&batch.run), Some(from), Some(to)).await?;
        records.iter().map(|it| Ok((ACTION.decode(it)?, it.rev))).collect()
    }

    /// Every intent without an outcome, of every run. Those of a run that still has its lease
    /// are simply not done yet; the others were cut off by a crash. One query when there are none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_intents(&self) -> Result<Vec<Intent>, Error> {
        let mut res = Vec::new();
        for marker in self.records("open-intents", None, None).await? {
            let actions = self.batch(&BATCH.decode(&marker)?).await?;
            let before = res.len();
            res.extend(
                actions
                    .into_iter()
                    .filter(|(it, _)| it.deed.settled.is_none())
                    .map(|(it, _)| it.deed.intent),
            );
            if res.len() == before {
                self.store.delete(&marker.key, Expect::Any).await?;
            }
        }
        Ok(res)
    }

    /// What a run did, in its order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn deeds_of_run(&self, run: &RunId) -> Result<Vec<Deed>, Error> {
        let all: Vec<ActionBody> = self.all(ACTION, &actions_of(run)).await?;
        Ok(all.into_iter().map(|it| it.deed).collect())
    }

    /// What was done for a person, the oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn deeds_of_person(&self, person: &PersonId) -> Result<Vec<Deed>, Error> {
        let mut res = Vec::new();
        for batch in self.all::<Batch>(BATCH, &format!("actions-of#{person}")).await? {
            res.extend(self.batch(&batch).await?.into_iter().map(|(it, _)| it.deed));
        }
        Ok(res)
    }
}
