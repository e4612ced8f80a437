//! How long a function may work on one event.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::failure::Failure;

/// The longest that Lambda lets a function work
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>), and a minute for
/// clocks that differ.
const LONGEST: SignedDuration = SignedDuration::from_secs(16 * 60);
/// What is assumed where the deadline makes no sense: `cargo lambda watch` sends 600000 as if it
/// were 1970, and a run that believed it would never begin. Short, since the truth is unknown and
/// the next run goes on.
const ASSUMED: SignedDuration = SignedDuration::from_secs(5 * 60);
/// The most that is kept for finishing a step, reading back and telling.
const LONGEST_MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// What it takes to say that the time is over when nothing else is possible any more.
const LAST_WORD: SignedDuration = SignedDuration::from_millis(100);

/// When to stop beginning anything, and when to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deadline {
    /// From here on no step is begun: what is under way is finished, read back and told.
    pub(super) stop_at: Timestamp,
    /// From here on a run waits for nobody any more, and gives its lease back.
    pub(super) give_up_at: Timestamp,
    /// Until Lambda ends the process, less a moment for saying so.
    left: Duration,
}

impl Deadline {
    /// From Lambda's deadline, in milliseconds since 1970.
    pub(super) fn new(deadline_ms: u64, now: Timestamp) -> Self {
        let deadline =
            i64::try_from(deadline_ms).ok().and_then(|it| Timestamp::from_millisecond(it).ok());
        let left = deadline
            .map(|it| it.duration_since(now))
            .filter(|it| it.is_positive() && *it <= LONGEST)
            .unwrap_or(ASSUMED);
        let margin = (left / 5).min(LONGEST_MARGIN);
        let after = |it| now.checked_add(it).unwrap_or(now);
        let (stop_at, give_up_at) = (after(left - margin), after(left - margin / 4));
        let left = (left - LAST_WORD).try_into().unwrap_or_default();
        Self { stop_at, give_up_at, left }
    }

    /// Waits for work, but no longer than until Lambda would end the process without a word.
    ///
    /// # Errors
    /// When the time is over. Whatever was under way is found again by the next run.
    pub(super) async fn hold<T>(self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::time::timeout(self.left, work).await.map_err(|_| Failure::out_of_time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The milliseconds until no step is begun, until a run gives up, and until the very end.
    fn check(deadline_ms: u64, expected: [i128; 3]) {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let it = Deadline::new(deadline_ms, now);
        let after = |it: Timestamp| it.duration_since(now).as_millis();
        let left = i128::try_from(it.left.as_millis()).unwrap();
        assert_eq!([after(it.stop_at), after(it.give_up_at), left], expected, "{deadline_ms}");
    }

    #[test]
    fn a_margin_is_kept_and_a_deadline_that_makes_no_sense_is_not_believed() {
        let now = 1_772_442_000_000;
        check(now + 900_000, [840_000, 885_000, 899_900]);
        check(now + 10_000, [8_000, 9_500, 9_900]);
        // As `cargo lambda watch` sends it; in the past; in the far future; no number of ours.
        for absurd in [600_000, now - 1, now + 86_400_000, u64::MAX, 0] {
            check(absurd, [240_000, 285_000, 299_900]);
        }
    }
}
