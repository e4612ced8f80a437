//! The time as Okta sees it: the machine's clock, corrected by the `Date` of the last answer.
//!
//! Okta refuses signatures from the future and DPoP proofs older than five minutes
//! (reference/okta.md, section 7.3); a machine whose clock is off must still get in.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};

use crate::doors::http::Answer;

#[derive(Debug)]
pub(super) struct ServerClock {
    machine: fn() -> Timestamp,
    last: Mutex<Last>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Last {
    date: Option<Timestamp>,
    skew: SignedDuration,
}

impl ServerClock {
    pub(super) fn new(machine: fn() -> Timestamp) -> Self {
        Self { machine, last: Mutex::default() }
    }

    /// Now, by Okta's clock.
    pub(super) fn now(&self) -> Timestamp {
        let machine = (self.machine)();
        machine.checked_add(self.skew()).unwrap_or(machine)
    }

    /// Takes note of an answer's `Date` and returns it.
    pub(super) fn learn(&self, answer: &Answer) -> Option<Timestamp> {
        let date = DateTimeParser::new().parse_timestamp(answer.header("date")?).ok()?;
        let skew = date.duration_since((self.machine)());
        *self.last() = Last { date: Some(date), skew };
        Some(date)
    }

    /// The `Date` of the last answer.
    pub(super) fn last_date(&self) -> Option<Timestamp> {
        self.last().date
    }

    /// Okta's clock less the machine's.
    pub(super) fn skew(&self) -> SignedDuration {
        self.last().skew
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
