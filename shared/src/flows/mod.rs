//! The one pipeline, and the flows that differ only in whom they look at and whom they tell.
//!
//! ```text
//! read HR -> fold -> doubt? -> who needs a look -> read Okta -> doubt? -> plan -> objections?
//!         -> apply -> verify -> remember -> tell
//! ```
//!
//! Everything up to the plan holds a [`Reader`](crate::doors::okta::Reader) only; [`apply`] and
//! [`org_apply`] alone are handed a [`Writer`](crate::doors::okta::Writer), and a dry run never
//! makes one. (The check makes one too, when it is asked to add attributes to the user profile.)

mod act;
mod aim;
mod apply;
mod archive;
mod ask;
mod belief;
mod by_group;
mod candidates;
mod census;
mod check;
mod contract_ends;
mod draft;
mod error;
mod evidence;
mod explain;
mod explain_text;
mod foresee;
mod held;
mod holds;
mod hr_side;
mod keep;
mod lease;
mod leaver_ends;
mod letters;
mod look;
mod memory;
mod okta_side;
mod org;
mod org_apply;
mod pass;
mod pipeline;
mod protection;
mod scope;
mod standstill;
mod tally;
mod tell;
mod toll;
mod undo;
mod untold;
mod verify;
mod who;
mod witness;

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

pub use check::{Repair, check};
pub use error::Error;
pub use evidence::{Erasure, calendar, erase, sources, span};
pub use explain::{Due, Explanation, Grant, Held, Job, Mapped, explain};
pub use pipeline::run;
pub use undo::{Deed, UndoEnding, UndoRequest, Undone, undo};
pub use who::{Found, find_linked, find_person};

use crate::{
    deciders::{policy::Policy, report::Report},
    doors::{
        ledger::{Ledger, Signer},
        okta,
        outbox::Outbox,
        ukg,
    },
    words::{
        flow::{Flow, Shard},
        ids::PersonId,
    },
};

/// Everything a flow works with: made once, used for every run.
pub struct Office {
    /// The customer's rules.
    pub policy: Policy,
    /// The door to UKG.
    pub ukg: ukg::Client,
    /// The door to Okta.
    pub okta: okta::Client,
    /// What we remember.
    pub ledger: Ledger,
    /// Where messages go.
    pub outbox: Outbox,
    /// Signs the seals of the audit log; without one they are chained and not signed.
    pub signer: Option<Signer>,
    /// The machine's clock, for stamps of what happened; decisions use [`Request::as_of`].
    pub clock: fn() -> Timestamp,
}

/// One run that somebody or some schedule asked for.
#[derive(Clone)]
pub struct Request {
    /// Which flow.
    pub flow: Flow,
    /// Whether to plan only. Nothing is written then: not to Okta, not to the ledger, no mail.
    pub dry_run: bool,
    /// Whom to look at; empty for everybody the flow is for.
    pub people: BTreeSet<PersonId>,
    /// The instant for which is decided.
    pub as_of: Timestamp,
    /// How closely to look.
    pub depth: Depth,
    /// What a person has looked at and overruled, for this run only, in the words that a
    /// [`Doubt`](crate::deciders::guard::Doubt) gives.
    pub accepted: BTreeSet<String>,
    /// The part of everybody to change; everybody is read and planned for all the same, so that
    /// the guard sees the whole plan.
    pub shard: Option<Shard>,
    /// When to stop between two steps and leave the rest to the next run.
    pub stop_at: Option<Timestamp>,
    /// When to give up even in the middle of something: the run gives its lease back while there
    /// is still time for it, and fails. For callers whose process ends by itself.
    pub give_up_at: Option<Timestamp>,
    /// What runs it, for whoever finds the flow's lease taken and looks into the ledger.
    pub holder: String,
    /// Hears how far the run is.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
}

/// How closely a run looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// At people whose HR record or standing changed since Okta was last verified to match.
    Changed,
    /// At everybody the flow is for, whether or not HR changed: finds what was changed in Okta.
    Everyone,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Reading from UKG.
    ReadingHr,
    /// Reading from Okta, for so many people.
    ReadingOkta(usize),
    /// Applying, for so many people.
    Applying(usize),
    /// One more person is done.
    Applied,
}

impl Request {
    /// A run for everybody whose record changed, as a schedule would ask for it.
    pub fn new(flow: Flow, as_of: Timestamp) -> Self {
        Self {
            flow,
            dry_run: false,
            people: BTreeSet::new(),
            as_of,
            depth: Depth::Changed,
            accepted: BTreeSet::new(),
            shard: None,
            stop_at: None,
            give_up_at: None,
            holder: lease::LOCAL.to_owned(),
            progress: Arc::new(|_| {}),
        }
    }

    /// Whether the time is up for beginning anything.
    fn is_late(&self, now: Timestamp) -> bool {
        self.stop_at.is_some_and(|it| it <= now)
    }
}

/// Runs every flow, leavers first.
///
/// # Errors
/// As [`run`]; flows that ran before the error have had their effect and are in the ledger.
pub async fn run_all(office: &Office, request: &Request) -> Result<Vec<Report>, Error> {
    let mut res = Vec::new();
    for flow in Flow::ALL {
        res.push(run(office, &Request { flow, ..request.clone() }).await?);
    }
    Ok(res)
}
