//! What happened, for people who were not there: from the events of the audit log to populations,
//! times, exports and the report.
//!
//! Everything here is drawn from the log alone, so that an auditor who has the log can draw it
//! again. It asks neither UKG nor Okta, and it decides nothing about anybody.

pub mod calendar;
pub mod csv;
pub mod event;
pub mod figures;
pub mod ocsf;
mod people;
mod record;
pub mod review;

pub use people::{Joiner, Leaver, Mover, joiners, leavers, movers};
pub use record::{Deed, Record, Step, gather};
