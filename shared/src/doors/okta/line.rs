//! Sends calls and decides what is sent again.
//!
//! **What is repeated.** Reads, after anything that may pass. Writes only where Okta surely did
//! nothing: 429, read-only mode, 423, 401, and a connection that never came about. After any
//! other failure of a write its effect is unknown, and the caller has to look
//! ([`Error::UnknownOutcome`]): Okta knows no idempotency key, and a second create is a second
//! person.
//!
//! A loop of our own and no retry crate: each wait depends on what the last answer said, a
//! repeat carries headers of the first, and the place in flight is free while we wait.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};
use url::Url;

use super::{
    answer,
    bucket::Bucket,
    budget::Priority,
    clock::ServerClock,
    error::{Attempt, Error, Oddity},
    governor::{Governor, TooLate, jitter},
    token::Desk,
};
use crate::doors::http::{self, Answer, BaseUrl, TransportError};

/// How long we bear with Okta before an error is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The first wait; each further one is twice as long.
    pub first: Duration,
    /// The longest wait between two tries.
    pub longest: Duration,
    /// How often a call is repeated after a server error or a lost connection.
    pub repeats: u32,
    /// How often a call is repeated after a 429. Each costs up to a minute, and others may be
    /// eating the same bucket.
    pub rate_limit_repeats: u32,
    /// The first pause of all writes in read-only mode.
    pub read_only: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(20),
            repeats: 5, // with the waits above about 15 s: a failover passes, an outage does not
            rate_limit_repeats: 10,
            read_only: Duration::from_secs(15),
        }
    }
}

/// A call to be made.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) attempt: Attempt,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<serde_json::Value>,
    /// Failures that mean that it is so already.
    pub(super) also_done: Option<(u16, &'static str)>,
    /// `Prefer: respond-async`
    pub(super) is_async: bool,
    /// The `limit` of a list: a big one is made smaller rather than repeated too often.
    pub(super) page_size: Option<u32>,
}

/// Okta's answer to a big list that takes too long is 500 E0000009; a page of this size is not
/// made smaller any more.
pub(super) const SMALLEST_PAGE: u32 = 50;

/// The connection to one org.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) http: reqwest::Client,
    pub(super) base: BaseUrl,
    pub(super) clock: ServerClock,
    pub(super) governor: Governor,
    pub(super) desk: Desk,
    pub(super) patience: Patience,
    pub(super) limits: http::Limits,
    pub(super) most_pages: usize,
}

/// How often this call was repeated, and for whom.
#[derive(Default)]
struct Repeats {
    failures: u32,
    rate_limits: u32,
    pass_was_renewed: bool,
    /// The request id of the first answer, for `X-Okta-Retry-For`.
    first: Option<String>,
}

/// What comes after an answer.
enum Next {
    Done,
    Fail,
    Renew,
    Wait(Duration),
    /// The bucket or all writes are held by the governor.
    AskAgain,
}

impl Line {
    /// Makes a call, with as many repeats as it deserves. An `Ok` is a success of Okta's own.
    pub(super) async fn perform(&self, call: &Call, priority: Priority) -> Result<Answer, Error> {
        let attempt = &call.attempt;
        let is_write = http::is_write(&call.method);
        let bucket = Bucket::of(&call.method, call.url.path());
        let mut repeats = Repeats::default();
        loop {
            let pass = self.desk.pass(self).await?;
            let build = || {
                let request = self.request(call, &repeats);
                self.desk.stamp(self, &pass, &call.method, &call.url, request)
            };
            let answer = match self.exchange(attempt, bucket, priority, is_write, build).await? {
                Ok(answer) => answer,
                Err(error) => {
                    self.after_lost(call, is_write, error, &mut repeats).await?;
                    continue;
                }
            };
            match self.next(call, is_write, bucket, &answer, &mut repeats) {
                Next::Done => {
                    answer::expect_okta(attempt, &answer)?;
                    return Ok(answer);
                }
                Next::Fail => {
                    let full_in = self.governor.full_in(bucket);
                    return Err(answer::failure(attempt.clone(), is_write, &answer, full_in));
                }
                Next::Renew => {
                    if repeats.pass_was_renewed || !self.desk.drop_pass(&pass, &answer).await {
                        return Err(Error::Unauthorized { attempt: attempt.clone() });
                    }
                    repeats.pass_was_renewed = true;
                }
                Next::Wait(wait) => self.pause(attempt, wait).await?,
                Next::AskAgain => {}
            }
            self.governor.count_retry();
            if repeats.first.is_none() {
                repeats.first = request_id(&answer);
            }
        }
    }

    /// One exchange within the limits. `build` runs after all waiting, so that what it signs is
    /// fresh.
    pub(super) async fn exchange(
        &self,
        attempt: &Attempt,
        bucket: Bucket,
        priority: Priority,
        is_write: bool,
        build: impl FnOnce() -> Result<RequestBuilder, Error>,
    ) -> Result<Result<Answer, TransportError>, Error> {
        let slot = self
            .governor
            .enter(bucket, priority, is_write)
            .await
            .map_err(|TooLate| Error::OutOfTime { attempt: attempt.clone() })?;
        let mut request = build()?;
        // A read is not worth waiting for beyond the deadline. A write is: cut off, its effect
        // would be unknown.
        if let Some(left) = self.governor.time_left().filter(|it| !is_write && *it < MINUTE) {
            request = request.timeout(left);
        }
        let sent = http::send(request, self.limits).await;
        if let Ok(answer) = &sent {
            let date = self.clock.learn(answer);
            let seen = answer::seen(answer, date.unwrap_or_else(|| self.clock.now()));
            // A concurrency 429 shows a limit of 0 and says nothing about the bucket.
            slot.answered(seen.filter(|it| it.limit > 0));
        }
        Ok(sent)
    }

    /// Waits before the `n`th repeat: twice as long each time, half of it at random.
    pub(super) async fn back_off(&self, attempt: &Attempt, n: u32) -> Result<(), Error> {
        self.pause(attempt, self.wait_before(n)).await
    }

    /// Waits, unless the deadline comes first.
    pub(super) async fn pause(&self, attempt: &Attempt, wait: Duration) -> Result<(), Error> {
        let paused = self.governor.pause(wait).await;
        paused.map_err(|TooLate| Error::OutOfTime { attempt: attempt.clone() })
    }

    /// Okta's clock, for receipts and the report.
    pub(super) fn date(&self) -> Timestamp {
        self.clock.last_date().unwrap_or_else(|| self.clock.now())
    }

    fn wait_before(&self, n: u32) -> Duration {
        let whole = self.patience.first.saturating_mul(1 << n.min(16)).min(self.patience.longest);
        whole / 2 + jitter(whole / 2)
    }

    fn request(&self, call: &Call, repeats: &Repeats) -> RequestBuilder {
        let mut request = self
            .http
            .request(call.method.clone(), call.url.clone())
            .header("accept", "application/json");
        if call.is_async {
            request = request.header("prefer", "respond-async");
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let count = repeats.failures + repeats.rate_limits;
        if let Some(first) = repeats.first.as_ref().filter(|_| count > 0) {
            request = request.header("x-okta-retry-for", first).header("x-okta-retry-count", count);
        }
        request
    }

    /// What to do about an answer: the rules in the head of this file.
    fn next(
        &self,
        call: &Call,
        is_write: bool,
        bucket: Bucket,
        answer: &Answer,
        repeats: &mut Repeats,
    ) -> Next {
        let status = answer.status.as_u16();
        if answer.status.is_success() {
            return Next::Done;
        }
        let code = answer::code(answer);
        let code = code.as_deref().unwrap_or("");
        if call.also_done == Some((status, code)) {
            return Next::Done;
        }
        let is_pass_refused = status == 401
            || status == 400 && answer::oauth_problem(answer).is_some_and(|it| it.contains("dpop"));
        if is_pass_refused {
            return Next::Renew;
        }
        if status == 429 {
            repeats.rate_limits += 1;
            if repeats.rate_limits > self.patience.rate_limit_repeats {
                return Next::Fail;
            }
            // Too many at once, or a proxy's 429: no bucket is empty, so only this call waits.
            if answer::seen(answer, self.date()).is_none_or(|it| it.limit == 0) {
                return Next::Wait(self.wait_before(repeats.rate_limits));
            }
            self.governor.block(bucket, self.governor.full_in(bucket).unwrap_or(MINUTE));
            return Next::AskAgain;
        }
        let is_read_only = is_write && status == 503 && code == "E0000010";
        let may_pass = match status {
            500 | 502 | 503 | 504 => !is_write || is_read_only,
            423 => true,
            _ => code == "E0000239",
        };
        if !may_pass || repeats.failures >= self.patience.repeats {
            return Next::Fail;
        }
        let is_too_big = status == 500
            && code == "E0000009"
            && call.page_size.is_some_and(|it| it > SMALLEST_PAGE);
        if is_too_big && repeats.failures >= 1 {
            return Next::Fail;
        }
        repeats.failures += 1;
        if is_read_only {
            // The org is read-only, not this call: every write waits, not one after the other.
            let wait = self.patience.read_only.saturating_mul(1 << repeats.failures.min(3));
            self.governor.pause_writes(wait);
            return Next::AskAgain;
        }
        Next::Wait(self.wait_before(repeats.failures - 1))
    }

    /// No answer: waits before the repeat, or says why there is none.
    async fn after_lost(
        &self,
        call: &Call,
        is_write: bool,
        source: TransportError,
        repeats: &mut Repeats,
    ) -> Result<(), Error> {
        let attempt = call.attempt.clone();
        if is_write && !source.surely_had_no_effect() {
            return Err(Error::UnknownOutcome { attempt, status: None, source: Some(source) });
        }
        if self.governor.time_left() == Some(Duration::ZERO) {
            return Err(Error::OutOfTime { attempt });
        }
        let is_hopeless = matches!(source, TransportError::TooLarge { .. });
        if is_hopeless || repeats.failures >= self.patience.repeats {
            return Err(Error::Unreachable { attempt, source });
        }
        repeats.failures += 1;
        self.governor.count_retry();
        self.back_off(&attempt, repeats.failures - 1).await
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// Okta's name of an exchange: the join key to its System Log.
pub(super) fn request_id(answer: &Answer) -> Option<String> {
    answer.header("x-okta-request-id").map(str::to_owned)
}

/// Whether a read was cut off in the middle of its body: worth one more try.
pub(super) fn is_truncated(error: &Error) -> bool {
    matches!(error, Error::OddAnswer { oddity: Oddity::Truncated, .. })
}
