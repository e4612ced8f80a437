//! The arithmetic of Okta's rate limits: may this call go now, and if not, when?
//!
//! Pure: the time is an argument, nothing waits here. [`super::governor`] does the waiting.
//!
//! **What a share means.** Okta shows a limit to each token or app; by default it is half of the
//! org's bucket (reference/okta.md, section 6.2). Our share is a percentage *of the limit shown*.
//! As all our flows use one token, what counts as used is what Okta says is used (limit less
//! remaining), by whichever process, plus our own calls on their way. Ordinary calls leave
//! (100 - share) % of the limit untouched; urgent ones may use it up.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use super::bucket::Bucket;

/// How badly a call must go out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Keeps to the share.
    Ordinary,
    /// A leaver's call: may use whatever is left of the bucket.
    Urgent,
}

/// Okta's windows are 60 seconds long, but not aligned to the minutes of any clock (section 6.3).
const WINDOW: Duration = Duration::from_secs(60);
/// No honest reset is further away than two windows; what says so is a broken clock.
const FARTHEST_RESET: Duration = Duration::from_secs(120);
/// Okta's own SDKs wait until the reset, by the server's `Date`, and one second more (section 6.4).
const AFTER_RESET: Duration = Duration::from_secs(1);

/// What an answer's headers say about its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// `X-Rate-Limit-Limit`
    pub(super) limit: u32,
    /// `X-Rate-Limit-Remaining`
    pub(super) remaining: u32,
    /// `X-Rate-Limit-Reset`, seconds since 1970: tells one window from the next.
    pub(super) reset: i64,
    /// The reset less the server's `Date`: no clock of ours is involved.
    pub(super) resets_in: Duration,
}

/// What one bucket allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The bucket.
    pub bucket: Bucket,
    /// Calls a minute that Okta shows to this token or app.
    pub limit: u32,
    /// Of these, the calls that ordinary work may use; leavers may use all.
    pub ours: u32,
}

/// Whether a call may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Now. It has been counted as on its way.
    Go,
    /// Ask again then, or when another call has been answered.
    Wait(Instant),
}

#[derive(Debug)]
struct Window {
    limit: u32,
    remaining: u32,
    reset: i64,
    ends: Instant,
    /// What we sent in it ourselves.
    ours: u32,
}

#[derive(Debug, Default)]
struct Pool {
    window: Option<Window>,
    on_their_way: u32,
    blocked_until: Option<Instant>,
}

/// What is known of every bucket.
#[derive(Debug)]
pub(super) struct Budget {
    share_percent: u32,
    pools: BTreeMap<Bucket, Pool>,
    writes_paused_until: Option<Instant>,
}

impl Budget {
    pub(super) fn new(share_percent: u8) -> Self {
        Self {
            share_percent: u32::from(share_percent).clamp(1, 100),
            pools: BTreeMap::new(),
            writes_paused_until: None,
        }
    }

    /// May this call go now? A [`Decision::Go`] must be followed by [`Self::answered`].
    pub(super) fn ask(
        &mut self,
        bucket: Bucket,
        priority: Priority,
        is_write: bool,
        now: Instant,
    ) -> Decision {
        if is_write && let Some(until) = self.writes_paused_until.filter(|it| *it > now) {
            return Decision::Wait(until);
        }
        let share = self.share_percent;
        let pool = self.pools.entry(bucket).or_default();
        if let Some(until) = pool.blocked_until.filter(|it| *it > now) {
            return Decision::Wait(until);
        }
        if let Some(window) = &mut pool.window {
            if window.ends <= now {
                // The old window's limit is the best guess for the new one, until an answer says.
                window.remaining = window.limit;
                window.ours = pool.on_their_way;
                window.ends = now + WINDOW;
            }
            if !window.has_room(share, priority, pool.on_their_way) {
                return Decision::Wait(window.ends);
            }
            window.ours += 1;
        }
        pool.on_their_way += 1;
        Decision::Go
    }

    /// A call came back, with or without the headers, or was lost.
    pub(super) fn answered(&mut self, bucket: Bucket, seen: Option<Seen>, now: Instant) {
        let pool = self.pools.entry(bucket).or_default();
        pool.on_their_way = pool.on_their_way.saturating_sub(1);
        let Some(seen) = seen else {
            // Okta counts calls whose answers we never get.
            if let Some(window) = &mut pool.window {
                window.remaining = window.remaining.saturating_sub(1);
            }
            return;
        };
        let ends = now + seen.resets_in.min(FARTHEST_RESET) + AFTER_RESET;
        match &mut pool.window {
            // Answers overtake each other: within a window the smallest number is the latest.
            Some(window) if window.reset == seen.reset => {
                window.limit = seen.limit;
                window.remaining = window.remaining.min(seen.remaining);
                window.ends = ends;
            }
            // A late answer of an earlier window; but not if the server's clock was set back.
            Some(window) if seen.reset < window.reset && !is_long_before(&seen, window) => {}
            Some(_) | None => {
                pool.window = Some(Window {
                    limit: seen.limit,
                    remaining: seen.remaining,
                    reset: seen.reset,
                    ends,
                    ours: pool.on_their_way + 1,
                });
            }
        }
    }

    /// Okta said 429 for this bucket: nothing goes before `until`.
    pub(super) fn block(&mut self, bucket: Bucket, until: Instant) {
        let pool = self.pools.entry(bucket).or_default();
        pool.blocked_until = pool.blocked_until.max(Some(until));
    }

    /// When the bucket is full again, as far as is known.
    pub(super) fn full_at(&self, bucket: Bucket) -> Option<Instant> {
        let pool = self.pools.get(&bucket)?;
        pool.window.as_ref().map(|it| it.ends)
    }

    /// What is known of each bucket's limit, and how much of it ordinary calls may use.
    pub(super) fn allowances(&self) -> Vec<Allowance> {
        let known = self.pools.iter().filter_map(|(bucket, pool)| {
            let limit = pool.window.as_ref()?.limit;
            Some(Allowance { bucket: *bucket, limit, ours: allowance(limit, self.share_percent) })
        });
        known.collect()
    }

    /// Okta is read-only: no write goes before `until`, in no bucket.
    pub(super) fn pause_writes(&mut self, until: Instant) {
        self.writes_paused_until = self.writes_paused_until.max(Some(until));
    }
}

fn allowance(limit: u32, share_percent: u32) -> u32 {
    (limit.saturating_mul(share_percent) / 100).max(1)
}

fn is_long_before(seen: &Seen, window: &Window) -> bool {
    seen.reset.saturating_add(FARTHEST_RESET.as_secs().cast_signed()) < window.reset
}

impl Window {
    fn has_room(&self, share_percent: u32, priority: Priority, on_their_way: u32) -> bool {
        let left = self.remaining.saturating_sub(on_their_way);
        if left == 0 {
            return false;
        }
        match priority {
            Priority::Urgent => true,
            Priority::Ordinary => {
                let allowance = allowance(self.limit, share_percent);
                let reserve = self.limit - allowance.min(self.limit);
                // A tenth of our share is ours in any case: another program that holds the bucket
                // low for hours must slow us down, not stop us for good.
                let floor = (allowance / 10).max(1);
                left > reserve || self.ours < floor
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_800_000_000;

    fn seen(limit: u32, remaining: u32, resets_in: u64) -> Option<Seen> {
        let reset = T + i64::try_from(resets_in).unwrap();
        Some(Seen { limit, remaining, reset, resets_in: Duration::from_secs(resets_in) })
    }

    /// How many calls of a kind go at once, without an answer in between.
    fn burst(budget: &mut Budget, priority: Priority, now: Instant) -> usize {
        (0..1000)
            .take_while(|_| budget.ask(Bucket::Users, priority, false, now) == Decision::Go)
            .count()
    }

    fn learned(share: u8, remaining: u32) -> (Budget, Instant) {
        let now = Instant::now();
        let mut budget = Budget::new(share);
        assert_eq!(budget.ask(Bucket::Users, Priority::Ordinary, false, now), Decision::Go);
        budget.answered(Bucket::Users, seen(100, remaining, 30), now);
        (budget, now)
    }

    #[test]
    fn ordinary_calls_keep_to_the_share_and_leavers_may_use_the_rest() {
        let (mut budget, now) = learned(50, 99);
        assert_eq!(burst(&mut budget, Priority::Ordinary, now), 49);
        assert_eq!(burst(&mut budget, Priority::Urgent, now), 50);
        assert_eq!(burst(&mut budget, Priority::Urgent, now), 0);
    }

    #[test]
    fn what_others_used_counts_against_the_share_but_a_tenth_of_it_is_ours() {
        let (mut budget, now) = learned(50, 20);
        assert_eq!(burst(&mut budget, Priority::Ordinary, now), 4, "with the one before: 5 of 50");
    }

    #[test]
    fn a_full_bucket_is_waited_for_until_the_reset_and_a_second() {
        let (mut budget, now) = learned(50, 0);
        let full = now + Duration::from_secs(31);
        let ask =
            |budget: &mut Budget, now| budget.ask(Bucket::Users, Priority::Urgent, false, now);
        assert_eq!(ask(&mut budget, now), Decision::Wait(full));
        assert_eq!(ask(&mut budget, full), Decision::Go);
        // Other buckets do not care.
        assert_eq!(budget.ask(Bucket::Groups, Priority::Ordinary, false, now), Decision::Go);
    }

    #[test]
    fn answers_that_overtake_each_other_do_not_refill_the_bucket() {
        let (mut budget, now) = learned(100, 2);
        budget.answered(Bucket::Users, seen(100, 50, 30), now);
        assert_eq!(burst(&mut budget, Priority::Ordinary, now), 2);
        // An answer of an earlier window says nothing about this one.
        budget.answered(Bucket::Users, seen(100, 90, 10), now);
        assert_eq!(burst(&mut budget, Priority::Ordinary, now), 1, "one came back");
    }

    #[test]
    fn a_new_window_is_believed_and_a_reset_in_an_hour_is_not() {
        let (mut budget, now) = learned(100, 0);
        budget.answered(Bucket::Users, seen(100, 10, 3600), now);
        assert_eq!(burst(&mut budget, Priority::Ordinary, now), 10);
        assert_eq!(
            budget.ask(Bucket::Users, Priority::Ordinary, false, now),
            Decision::Wait(now + FARTHEST_RESET + AFTER_RESET)
        );
    }

    #[test]
    fn lost_answers_count() {
        let (mut budget, now) = learned(100, 3);
        assert_eq!(budget.ask(Bucket::Users, Priority::Ordinary, false, now), Decision::Go);
        budget.answered(Bucket::Users, None, now);
        assert_eq!(burst(&mut budget, Priority::Ordinary, now), 2);
    }

    #[test]
    fn a_block_holds_everyone_and_read_only_mode_holds_writes() {
        let now = Instant::now();
        let later = now + Duration::from_secs(5);
        let mut budget = Budget::new(50);
        budget.block(Bucket::Users, later);
        assert_eq!(budget.ask(Bucket::Users, Priority::Urgent, false, now), Decision::Wait(later));
        budget.pause_writes(later);
        assert_eq!(budget.ask(Bucket::Apps, Priority::Urgent, true, now), Decision::Wait(later));
        assert_eq!(budget.ask(Bucket::Apps, Priority::Urgent, false, now), Decision::Go);
        assert_eq!(budget.ask(Bucket::Apps, Priority::Urgent, true, later), Decision::Go);
    }
}
