//! Everything that talks to the outside. A door never sees another door; [`http`] is the
//! hinge that the HTTP doors share, and `aws` the one of the doors to AWS.

use std::time::Duration;

#[cfg(feature = "dynamodb")]
pub mod aws;
pub mod http;
pub mod ledger;
pub mod okta;
pub mod outbox;
#[cfg(feature = "lambda")]
pub mod queue;
#[cfg(feature = "lambda")]
pub mod secret;
pub mod ukg;

/// What the caller should do about an error. There is no fourth answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Try the same again, after a while.
    Retry {
        /// How long to wait at least.
        after: Duration,
    },
    /// A fact about this one person or record: write it down, carry on with the rest.
    Refuse,
    /// A fact about us: wake somebody.
    Page,
}
