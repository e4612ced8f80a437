//! What is remembered of the org itself: which group stands for which unit of HR's, and what was
//! done to groups and policies.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger, Settlement,
    codec::{Format, named},
    error::Error,
    sortable,
    store::{Expect, Key},
};
use crate::words::{
    action::Kind,
    ids::{GroupId, GroupKey, RunId},
};

const GROUP: Format = Format::v1("group");
const ORG_ACTION: Format = Format::v1("org-action");

/// That a group stands for one of HR's units: a unit that gets another name keeps its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLink {
    /// What it stands for.
    pub key: GroupKey,
    /// The group.
    pub group: GroupId,
}

/// Something we are about to do to the org, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgDeed {
    /// The run.
    pub run: RunId,
    /// Its number among the run's deeds on the org.
    pub seq: u32,
    /// What.
    #[serde(rename = "does", with = "named::Kind")]
    pub kind: Kind,
    /// Aimed at which group or policy.
    pub target: String,
    /// Why.
    pub cause: String,
    /// The plan it is part of.
    pub plan_hash: String,
    /// When it was written down.
    pub at: Timestamp,
    /// What became of it; `None` while it is open.
    pub settled: Option<Settlement>,
}

fn deeds_of(run: &RunId) -> String {
    format!("org-action#{run}")
}

impl Ledger {
    /// Every group that stands for one of HR's units.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn group_links(&self) -> Result<Vec<GroupLink>, Error> {
        self.all(GROUP, "group").await
    }

    /// Remembers which groups stand for which units. The last word counts.
    ///
    /// # Errors
    /// When the fence is down, or the store fails.
    pub async fn link_groups(&self, fence: &Fence, links: &[GroupLink]) -> Result<(), Error> {
        let writes =
            links.iter().map(|it| GROUP.put(Key::new("group", it.key.as_str()), it, Expect::Any));
        self.fenced_in_parts(fence, writes.collect()).await
    }

    /// Writes a deed on the org down: before it is done without an outcome, after it with one.
    ///
    /// # Errors
    /// When the fence is down, or the store fails.
    pub async fn note_org_deed(&self, fence: &Fence, deed: &OrgDeed) -> Result<(), Error> {
        let key = Key::new(deeds_of(&deed.run), sortable(deed.seq.into()));
        self.fenced(fence, vec![ORG_ACTION.put(key, deed, Expect::Any)]).await
    }

    /// What a run did to the org, in its order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn org_deeds_of_run(&self, run: &RunId) -> Result<Vec<OrgDeed>, Error> {
        self.all(ORG_ACTION, &deeds_of(run)).await
    }
}
