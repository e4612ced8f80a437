//! The runs of each flow: what began, by which policy, and how it ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Ledger, PAGE,
    codec::Format,
    error::Error,
    lease::{LEASE, LeaseBody},
    sortable,
    store::{Key, Query},
};
use crate::words::ids::{PolicyHash, RunId};

pub(super) const RUN: Format = Format::v1("run");

/// One run of one flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id: the flow and its number.
    pub id: RunId,
    /// The flow.
    pub flow: String,
    /// When it began.
    pub started: Timestamp,
    /// The policy it ran by.
    pub policy: PolicyHash,
    /// How it ended; `None` while it runs, and for ever when it crashed.
    pub exit: Option<Exit>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// When.
    pub at: Timestamp,
    /// The exit status of the command (design, section 9).
    pub status: u8,
    /// Whatever was counted, by name.
    pub counts: BTreeMap<String, u64>,
}

/// Runs of one flow are one partition, so that the latest can be found without an index.
pub(super) fn run_key(run: &RunId) -> Key {
    match run.as_str().rsplit_once('-') {
        Some((flow, number)) if let Ok(number) = number.parse::<u64>() => {
            Key::new(format!("run#{flow}"), sortable(number))
        }
        // Not an id of ours: a place where nothing ever is.
        Some(_) | None => Key::new("run#", run.as_str()),
    }
}

impl Ledger {
    /// A run.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn run(&self, id: &RunId) -> Result<Option<Run>, Error> {
        Ok(self.read(RUN, &run_key(id)).await?.map(|(run, _)| run))
    }

    /// The last runs of a flow, at most `most`, the oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn last_runs(&self, flow: &str, most: u64) -> Result<Vec<Run>, Error> {
        let Some((last, _)) = self.read::<LeaseBody>(LEASE, &Key::new("lease", flow)).await? else {
            return Ok(Vec::new());
        };
        let from = sortable((last.number + 1).saturating_sub(most));
        let records = self.records(&format!("run#{flow}"), Some(from), None).await?;
        records.iter().map(|it| RUN.decode(it)).collect()
    }

    /// The runs of a flow that began in `[from, to)`, the oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn runs_between(
        &self,
        flow: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Run>, Error> {
        // Numbers grow with time, so a search by halves finds the first: a year of polls is
        // 100,000 runs, and a report asks for a month.
        let pk = format!("run#{flow}");
        let last = self.read::<LeaseBody>(LEASE, &Key::new("lease", flow)).await?;
        let (mut low, mut high) = (1, last.map_or(1, |(body, _)| body.number + 1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.read::<Run>(RUN, &Key::new(pk.as_str(), sortable(middle))).await? {
                Some((run, _)) if run.started >= from => high = middle,
                Some(_) | None => low = middle + 1,
            }
        }
        let mut query = Query { pk, from: Some(sortable(low)), to: None, after: None, limit: PAGE };
        let mut res = Vec::new();
        loop {
            let page = self.store.query(&query).await?;
            for it in &page.items {
                let run: Run = RUN.decode(it)?;
                if run.started >= to {
                    return Ok(res);
                }
                res.push(run);
            }
            query.after = match page.next {
                Some(next) => Some(next),
                None => return Ok(res),
            };
        }
    }
}
