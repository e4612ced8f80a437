//! Keeps us within Okta's limits: waits for a bucket, for one of the places in flight, or gives
//! up when the deadline comes first. What may go is decided in [`super::budget`].

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::{
    bucket::Bucket,
    budget::{Allowance, Budget, Decision, Priority, Seen},
};

/// What was spent so far: for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// API calls sent, repeats included, token calls not.
    pub made: u64,
    /// How many of them were repeats.
    pub retried: u64,
    /// Calls to the token endpoint.
    pub token: u64,
    /// How often a call had to wait for its bucket, or before a repeat.
    pub waits: u64,
    /// How long, added up over all calls.
    pub waited: Duration,
    /// API and token calls per bucket.
    pub by_bucket: BTreeMap<Bucket, u64>,
}

/// The deadline comes first.
#[derive(Debug)]
pub(super) struct TooLate;

#[derive(Debug)]
pub(super) struct Governor {
    budget: Mutex<Budget>,
    calls: Mutex<Calls>,
    places: Arc<Semaphore>,
    answered: Notify,
    deadline: Mutex<Option<Instant>>,
}

/// The right to one call. Dropping it without [`Slot::answered`] counts the call as lost.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    governor: &'a Governor,
    bucket: Bucket,
    seen: Option<Seen>,
    _place: OwnedSemaphorePermit,
}

impl Governor {
    pub(super) fn new(share_percent: u8, in_flight: usize, deadline: Option<Instant>) -> Self {
        Self {
            budget: Mutex::new(Budget::new(share_percent)),
            calls: Mutex::default(),
            places: Arc::new(Semaphore::new(in_flight.max(1))),
            answered: Notify::new(),
            deadline: Mutex::new(deadline),
        }
    }

    /// Waits until a call may go.
    pub(super) async fn enter(
        &self,
        bucket: Bucket,
        priority: Priority,
        is_write: bool,
    ) -> Result<Slot<'_>, TooLate> {
        let mut waiting_since = None;
        loop {
            // The place is given back before waiting: a dry bucket must not hold up the others.
            let place = Arc::clone(&self.places).acquire_owned();
            let place = self.in_time(place).await?.expect("the semaphore is never closed");
            // Listening begins before asking, so that no answer in between is missed.
            let mut answered = std::pin::pin!(self.answered.notified());
            answered.as_mut().enable();
            let now = Instant::now();
            if self.deadline().is_some_and(|it| it <= now) {
                return Err(TooLate);
            }
            let decision = self.budget().ask(bucket, priority, is_write, now);
            match decision {
                Decision::Go => {
                    if let Some(since) = waiting_since {
                        self.count_wait(since);
                    }
                    let mut calls = self.calls_mut();
                    if bucket == Bucket::Token {
                        calls.token += 1;
                    } else {
                        calls.made += 1;
                    }
                    *calls.by_bucket.entry(bucket).or_default() += 1;
                    return Ok(Slot { governor: self, bucket, seen: None, _place: place });
                }
                Decision::Wait(until) => {
                    drop(place);
                    waiting_since = waiting_since.or(Some(now));
                    // Several workers share the bucket: those in a hurry wake first, the others
                    // not all in the same instant.
                    let until = match priority {
                        Priority::Urgent => until,
                        Priority::Ordinary => until + jitter(Duration::from_secs(1)),
                    };
                    if self.deadline().is_some_and(|it| it <= until) && self.nobody_is_in_flight() {
                        return Err(TooLate);
                    }
                    tokio::select! {
                        () = self.sleep_until(until) => {}
                        () = answered => {}
                    }
                }
            }
        }
    }

    /// Waits before a repeat.
    pub(super) async fn pause(&self, wait: Duration) -> Result<(), TooLate> {
        let now = Instant::now();
        if self.deadline().is_some_and(|it| it <= now + wait) {
            return Err(TooLate);
        }
        tokio::time::sleep(wait).await;
        self.count_wait(now);
        Ok(())
    }

    /// Blocks a bucket after a 429.
    pub(super) fn block(&self, bucket: Bucket, wait: Duration) {
        self.budget().block(bucket, Instant::now() + wait);
    }

    /// Stops all writes for a while.
    pub(super) fn pause_writes(&self, wait: Duration) {
        self.budget().pause_writes(Instant::now() + wait);
    }

    /// How long until the bucket is full again, as far as is known.
    pub(super) fn full_in(&self, bucket: Bucket) -> Option<Duration> {
        let full_at = self.budget().full_at(bucket)?;
        Some(full_at.saturating_duration_since(Instant::now()))
    }

    /// When the run must be over.
    pub(super) fn set_deadline(&self, deadline: Option<Instant>) {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) = deadline;
    }

    fn deadline(&self) -> Option<Instant> {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long until the deadline.
    pub(super) fn time_left(&self) -> Option<Duration> {
        self.deadline().map(|it| it.saturating_duration_since(Instant::now()))
    }

    pub(super) fn count_retry(&self) {
        self.calls_mut().retried += 1;
    }

    pub(super) fn allowances(&self) -> Vec<Allowance> {
        self.budget().allowances()
    }

    pub(super) fn calls(&self) -> Calls {
        self.calls_mut().clone()
    }

    async fn in_time<T>(&self, it: impl Future<Output = T>) -> Result<T, TooLate> {
        match self.deadline() {
            Some(deadline) => tokio::time::timeout_at(deadline, it).await.map_err(|_| TooLate),
            None => Ok(it.await),
        }
    }

    async fn sleep_until(&self, until: Instant) {
        tokio::time::sleep_until(self.deadline().map_or(until, |it| until.min(it))).await;
    }

    /// Whether no answer is to be expected that could make room earlier than the reset.
    fn nobody_is_in_flight(&self) -> bool {
        Arc::strong_count(&self.places) == 1
    }

    fn count_wait(&self, since: Instant) {
        let mut calls = self.calls_mut();
        calls.waits += 1;
        calls.waited += since.elapsed();
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        // Nothing here panics while it holds the lock; if it ever does, the numbers are still good.
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls_mut(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot<'_> {
    /// The call was answered, and this is what the headers said.
    pub(super) fn answered(mut self, seen: Option<Seen>) {
        self.seen = seen;
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.governor.budget().answered(self.bucket, self.seen, Instant::now());
        self.governor.answered.notify_waiters();
    }
}

/// A random part of `most`, so that many workers do not come back in the same instant.
pub(super) fn jitter(most: Duration) -> Duration {
    let mut byte = [0_u8; 2];
    // Without randomness the workers come back together: slower, not wrong.
    let _ = aws_lc_rs::rand::fill(&mut byte);
    most * u32::from(u16::from_le_bytes(byte)) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(resets_in: u64) -> Option<Seen> {
        Some(Seen {
            limit: 10,
            remaining: 0,
            reset: 1_800_000_000,
            resets_in: Duration::from_secs(resets_in),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_bucket_is_waited_for() {
        let governor = Governor::new(50, 8, None);
        let enter = || governor.enter(Bucket::Users, Priority::Urgent, false);
        enter().await.unwrap().answered(full(20));
        let before = Instant::now();
        enter().await.unwrap().answered(None);
        assert_eq!(before.elapsed().as_secs(), 21);
        let calls = governor.calls();
        assert_eq!((calls.made, calls.waits, calls.waited.as_secs()), (2, 1, 21));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_before_the_reset_is_out_of_time_at_once() {
        let deadline = Instant::now() + Duration::from_secs(10);
        let governor = Governor::new(50, 8, Some(deadline));
        let enter = || governor.enter(Bucket::Users, Priority::Ordinary, false);
        enter().await.unwrap().answered(full(20));
        let before = Instant::now();
        assert!(enter().await.is_err());
        assert_eq!(before.elapsed(), Duration::ZERO);
        assert!(governor.pause(Duration::from_secs(11)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_calls_are_in_flight_than_allowed() {
        let governor = Governor::new(50, 2, Some(Instant::now() + Duration::from_secs(5)));
        let enter = || governor.enter(Bucket::Users, Priority::Ordinary, false);
        let (first, _second) = (enter().await.unwrap(), enter().await.unwrap());
        assert!(
            tokio::time::timeout(Duration::from_secs(1), enter()).await.is_err(),
            "the third one waits"
        );
        first.answered(None);
        assert!(enter().await.is_ok());
    }
}
