//! How everybody in HR stood at the last full comparison: the list behind the counts of the log.
//!
//! Only the last list is kept. The log has the digest of every one, so that this one can be proved
//! to be the one that was counted.

use std::collections::BTreeMap;

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
use crate::words::ids::{PersonId, RunId};

const CENSUS: Format = Format::v1("census");
const PART: Format = Format::v1("census-part");
const HELD: Format = Format::v1("held-people");

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

/// Whom one flow's last run held, and the code of the finding that does.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct HeldPeople {
    people: BTreeMap<PersonId, String>,
}

impl Ledger {
    /// Remembers whom the last run of a flow held, and why. What is so already costs a read and
    /// no write.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the run was overtaken; or when the store fails.
    pub async fn note_held(
        &self,
        fence: &Fence,
        flow: &str,
        people: &BTreeMap<PersonId, String>,
    ) -> Result<(), Error> {
        let key = Key::new("held-people", flow);
        let after = HeldPeople { people: people.clone() };
        let before = self.read::<HeldPeople>(HELD, &key).await?.map(|it| it.0);
        let is_known = match before {
            Some(before) => before == after,
            None => people.is_empty(),
        };
        if is_known {
            return Ok(());
        }
        self.fenced(fence, vec![HELD.put(key, &after, Expect::Any)]).await
    }

    /// Everybody whom the last run of any flow held, and why.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn held_people(&self) -> Result<BTreeMap<PersonId, String>, Error> {
        let all: Vec<HeldPeople> = self.all(HELD, "held-people").await?;
        Ok(all.into_iter().flat_map(|it| it.people).collect())
    }

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
