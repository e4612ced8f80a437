//! Everything that talks to the outside. A door never sees another door; [`http`] is the
//! hinge that the HTTP doors share, and [`Verdict`] the one answer they owe about an error.

use std::time::Duration;

pub mod http;
pub mod okta;

/// What the caller should do about an error. There is no fourth answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may pass by itself: try again.
    Retry {
        /// Not before this long from now.
        after: Duration,
    },
    /// A fact about this one person: record it, carry on with the rest.
    Refuse,
    /// A fact about us: wake somebody.
    Page,
}
