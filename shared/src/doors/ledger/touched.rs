//! Who was touched by what in the last hours, so that many small runs cannot do together what one
//! big one may not.
//!
//! A run writes down whom it is about to touch, before it does; each person is counted once,
//! however often a step is tried again. One record, which every such note moves on, lets of two
//! runs that have counted the same past only one go on; the other counts anew.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::Format,
    error::Error,
    sortable, sortable_instant,
    store::{Draft, Expect, Key, Write},
};
use crate::words::ids::RunId;

const TOUCHED: Format = Format::v1("touched");
const HEAD: Format = Format::v1("touched-head");

/// How long a note is kept: longer than anybody looks back.
const KEPT: SignedDuration = SignedDuration::from_hours(72);
/// Names in one record. An id has 36 characters, so a record is 120 KB long.
const NAMES: usize = 3000;
/// Records in one transaction: DynamoDB takes 4 MB at once.
const AT_ONCE: usize = 20;

/// What was touched, by what it was touched with: ids of people, names of groups.
pub type Counts = BTreeMap<String, BTreeSet<String>>;

/// What was touched lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// By what, and who.
    pub counts: Counts,
    head: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Note {
    run: RunId,
    counts: Counts,
}

fn head_key() -> Key {
    Key::new("touched-head", "head")
}

impl Ledger {
    /// What was touched at `from` or later.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn touched_since(&self, from: Timestamp) -> Result<Touched, Error> {
        // The head first: a note that is written in between makes the next write fail.
        let head = self.read::<serde_json::Value>(HEAD, &head_key()).await?.map(|(_, rev)| rev);
        let mut counts = Counts::new();
        for record in self.records("touched", Some(sortable_instant(from)), None).await? {
            for (what, whom) in TOUCHED.decode::<Note>(&record)?.counts {
                counts.entry(what).or_default().extend(whom);
            }
        }
        Ok(Touched { counts, head })
    }

    /// Writes down what a run is about to touch; `seen` is what it has counted. Whether it may go
    /// on: another run may have written something down meanwhile, and then nothing is written.
    ///
    /// # Errors
    /// When the fence is down, or the store fails.
    pub async fn note_touched(
        &self,
        fence: &Fence,
        seen: &Touched,
        run: &RunId,
        at: Timestamp,
        counts: &Counts,
    ) -> Result<bool, Error> {
        if counts.values().all(BTreeSet::is_empty) {
            return Ok(true);
        }
        let number = seen.head.map_or(1, |it| it + 1);
        let expect = seen.head.map_or(Expect::Absent, Expect::Rev);
        let head = HEAD.put(head_key(), &serde_json::json!({ "run": run }), expect);
        let expires = Some(at.checked_add(KEPT).unwrap_or(Timestamp::MAX));
        let notes = parts(counts).into_iter().enumerate().map(|(part, counts)| {
            let place = format!("{}#{}#{part}", sortable_instant(at), sortable(number));
            let note = Note { run: run.clone(), counts };
            let draft = TOUCHED.draft(Key::new("touched", place), &note);
            Write::Put(Draft { expires, ..draft }, Expect::Any)
        });
        let mut notes = notes;
        let first = std::iter::once(head).chain(notes.by_ref().take(AT_ONCE)).collect();
        match self.fenced(fence, first).await {
            Ok(()) => {}
            Err(Error::Conflict { key }) if key == head_key() => return Ok(false),
            Err(other) => return Err(other),
        }
        loop {
            let more: Vec<Write> = notes.by_ref().take(AT_ONCE).collect();
            if more.is_empty() {
                return Ok(true);
            }
            self.fenced(fence, more).await?;
        }
    }
}

/// The same in parts that are small enough for a record.
fn parts(counts: &Counts) -> Vec<Counts> {
    let mut res = vec![Counts::new()];
    let mut room = NAMES;
    for (what, whom) in counts {
        for it in whom {
            if room == 0 {
                res.push(Counts::new());
                room = NAMES;
            }
            room -= 1;
            let part = res.last_mut().expect("it begins with one");
            part.entry(what.clone()).or_default().insert(it.clone());
        }
    }
    res
}
