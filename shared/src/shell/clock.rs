//! The only place that reads the clock.

use jiff::Timestamp;

/// The machine's clock, for tokens, signatures, rate limits and stamps of what happened.
///
/// Decisions never call it: they are made for an instant that was handed to them.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
