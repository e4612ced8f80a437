//! The time the simulated companies live in.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;

/// A clock that can be set: stories and the demo move it by days.
///
/// Unset, it is the machine's clock. Signatures, tokens and rate limits never use this one:
/// they stay on the machine's clock (see [`Clock::machine`]), as they would in reality.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Mutex<Option<Timestamp>>>);

impl Clock {
    /// A clock that stands at `now` until it is moved.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Some(now))))
    }

    /// Moves the clock.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().expect("nobody panics while holding the clock") = Some(now);
    }

    /// The simulated instant.
    pub fn now(&self) -> Timestamp {
        self.0.lock().expect("nobody panics while holding the clock").unwrap_or_else(Self::machine)
    }

    /// The machine's instant, for signatures, tokens and rate-limit windows.
    #[expect(
        clippy::disallowed_methods,
        reason = "the simulators are the outside world: this is their clock"
    )]
    pub fn machine() -> Timestamp {
        Timestamp::now()
    }
}
