//! Asking again. UKG is only ever read, so every question may be repeated.
//!
//! UKG's quota is per minute and of unknown size, and a 429 carries no `Retry-After` today; its
//! advice is to wait a second and back off (reference/ukg.md, section 1).

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::time::{Instant, sleep};

use super::Error;

/// How long to go on asking before an error is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often one question is repeated at most.
    pub repeats: usize,
    /// The first wait; each later one is twice as long, plus a random part of the first.
    pub first_wait: Duration,
    /// No single wait of our own choosing is longer.
    pub longest_wait: Duration,
    /// No new attempt at one question begins later than this after its first.
    pub budget: Duration,
}

/// How often a connection that was never made is tried again. A wrong address stays wrong, and the
/// person who typed it is waiting; a short outage is the next run's business.
const CONNECTS: usize = 3;

impl Default for Patience {
    /// Outlasts one window of the quota (a minute) and a restart, and still leaves a Lambda most
    /// of its fifteen minutes.
    fn default() -> Self {
        Self {
            repeats: 7,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
            budget: Duration::from_secs(120),
        }
    }
}

impl Patience {
    fn waits(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::new()
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .with_max_times(self.repeats)
            .with_jitter()
            .build()
    }
}

/// Asks until there is an answer, an error that will not pass, or no patience left.
///
/// # Errors
/// The last error of `ask`.
pub(super) async fn patiently<T, F>(
    patience: &Patience,
    mut ask: impl FnMut() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let begun = Instant::now();
    let mut waits = patience.waits();
    let mut tries = 0;
    loop {
        let error = match ask().await {
            Ok(it) => return Ok(it),
            Err(error) if !error.is_passing() => return Err(error),
            Err(error) => error,
        };
        tries += 1;
        if error.never_connected() && tries > CONNECTS {
            return Err(error);
        }
        let Some(own_wait) = waits.next() else { return Err(error) };
        // The server knows better than we do when its window ends.
        let wait = error.term().unwrap_or(own_wait);
        if begun.elapsed().saturating_add(wait) > patience.budget {
            return Err(error);
        }
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(wait_ms, "asking ukg again: {error}");
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use reqwest::StatusCode;

    use super::*;
    use crate::doors::ukg::Endpoint;

    fn limited(retry_after: Option<u64>) -> Error {
        let retry_after = retry_after.map(Duration::from_secs);
        Error::RateLimited { endpoint: Endpoint::Jobs, retry_after }
    }

    fn down() -> Error {
        Error::Unavailable { endpoint: Endpoint::Jobs, status: StatusCode::BAD_GATEWAY }
    }

    /// Fails `times` times, then answers; tells the tries and the seconds that passed.
    async fn play(times: usize, error: fn() -> Error) -> (bool, usize, f64) {
        let (begun, tries) = (Instant::now(), Cell::new(0));
        let patience = Patience::default();
        let answer = patiently(&patience, || {
            tries.set(tries.get() + 1);
            let answer = if tries.get() > times { Ok(()) } else { Err(error()) };
            std::future::ready(answer)
        });
        let is_ok = answer.await.is_ok();
        (is_ok, tries.get(), begun.elapsed().as_secs_f64())
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_without_a_term_is_waited_out_for_a_second_or_two() {
        let (is_ok, tries, seconds) = play(1, || limited(None)).await;
        assert!(is_ok && tries == 2);
        assert!((1.0..2.1).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_with_a_term_is_waited_out_to_the_second() {
        let (is_ok, tries, seconds) = play(2, || limited(Some(7))).await;
        assert!(is_ok && tries == 3);
        assert!((14.0..14.1).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_term_beyond_the_budget_is_not_waited_for() {
        assert_eq!(play(1, || limited(Some(600))).await, (false, 1, 0.0));
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_given_up_in_time() {
        let (is_ok, tries, seconds) = play(usize::MAX, down).await;
        assert!(!is_ok && tries <= 8 && seconds <= 120.0, "{tries} tries in {seconds} s");
    }

    #[tokio::test(start_paused = true)]
    async fn a_missing_grant_is_not_asked_for_twice() {
        let forbidden = || Error::Forbidden { endpoint: Endpoint::Jobs };
        assert_eq!(play(9, forbidden).await, (false, 1, 0.0));
    }
}
