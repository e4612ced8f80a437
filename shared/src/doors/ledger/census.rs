//! How everybody in HR stood at the last full comparison: the list behind the counts of the log.
//!
//! Only the last list is kept. The log has the digest of every one, so that this one can be proved
//! to be the one that was counted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Fingerprint, Ledger,
    codec::Format,
    error::Error,
    plans::split,
    sortable,
    store::{Expect, Key, Write},
};
use crate::words::ids::RunId;

const CENSUS: Format = Format::v1("census");
const PART: Format = Format::v1("census-part");

/// The last full comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// The run that compared.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
    /// Everybody, in order.
    #[serde(skip)]
    pub people: Vec<Standing>,
}

/// How one person, or one employment that the policy excludes, stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// UKG's personId, or the employeeId of an excluded employment.
    pub id: String,
    /// Done, unchanged, held, failed, excluded, open.
    pub state: String,
    /// Why.
    pub reason: String,
}

#[derive(Serialize, Deserialize)]
struct Head {
    #[serde(flatten)]
    census: Census,
    parts: u64,
}

#[derive(Serialize, Deserialize)]
struct Part {
    text: String,
}

impl Census {
    fn text(&self) -> String {
        let rows: Vec<[&str; 3]> = self
            .people
            .iter()
            .map(|it| [it.id.as_str(), it.state.as_str(), it.reason.as_str()])
            .collect();
        serde_json::to_string(&rows).expect("texts always have a JSON form")
    }

    /// The digest of the list.
    pub fn digest(&self) -> Fingerprint {
        Fingerprint::of(self.text().as_bytes())
    }
}

impl Ledger {
    /// Keeps the list of the last full comparison in place of the one before.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the run was overtaken; or when the store fails.
    pub async fn put_census(&self, fence: &Fence, census: &Census) -> Result<(), Error> {
        let text = census.text();
        let parts = split(&text);
        let mut writes: Vec<Write> = (0..)
            .zip(&parts)
            .map(|(number, text)| {
                let part = Part { text: (*text).to_owned() };
                PART.put(Key::new("census-part", sortable(number)), &part, Expect::Any)
            })
            .collect();
        let parts = u64::try_from(parts.len()).unwrap_or(u64::MAX);
        let head = Head { census: census.clone(), parts };
        writes.push(CENSUS.put(Key::new("census", "last"), &head, Expect::Any));
        self.fenced_in_parts(fence, writes).await
    }

    /// The list of the last full comparison.
    ///
    /// # Errors
    /// When the store fails, or the list is torn.
    pub async fn census(&self) -> Result<Option<Census>, Error> {
        let key = Key::new("census", "last");
        let Some((Head { mut census, parts }, _)) = self.read::<Head>(CENSUS, &key).await? else {
            return Ok(None);
        };
        let mut text = String::new();
        let last = sortable(parts.saturating_sub(1));
        for record in self.records("census-part", None, Some(last)).await? {
            text.push_str(&PART.decode::<Part>(&record)?.text);
        }
        let rows: Vec<[String; 3]> =
            serde_json::from_str(&text).map_err(|_| Error::Corrupt { key })?;
        let standing = |[id, state, reason]: [String; 3]| Standing { id, state, reason };
        census.people = rows.into_iter().map(standing).collect();
        Ok(Some(census))
    }
}
