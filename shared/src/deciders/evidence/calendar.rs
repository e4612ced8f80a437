//! Who starts and who leaves in the next weeks.

use jiff::{Timestamp, civil::Date};

use crate::words::{
    coming::Coming,
    ids::{Login, PersonId},
};

/// A start or an end that HR has announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose.
    pub person: PersonId,
    /// The login of the account, if there is one.
    pub login: Option<Login>,
    /// Which of the two.
    pub coming: Coming,
    /// The first or the last day.
    pub day: Date,
    /// The instant at which it counts in the person's zone.
    pub at: Timestamp,
    /// When a run saw it first.
    pub seen: Timestamp,
    /// Whether the person is a contractor.
    pub is_contingent: bool,
}

impl Entry {
    /// What happens, as people say it.
    pub fn what(&self) -> &'static str {
        match (self.coming, self.is_contingent) {
            (Coming::Start, false) => "starts",
            (Coming::Start, true) => "starts (contractor)",
            (Coming::End, false) => "leaves",
            (Coming::End, true) => "contract ends",
        }
    }
}
