//! The rate limits: shared buckets per org, and the part of each that one caller may use.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use super::options::{Limits, Options};
use crate::Clock;

/// A group of endpoints that draws on one budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// `/api/v1/users`: lists, creates, lifecycle, sessions, groups and grants of users.
    Users,
    /// GET `/api/v1/users/{id}`.
    UserRead,
    /// POST, PUT, DELETE `/api/v1/users/{id}`.
    UserWrite,
    /// `/api/v1/groups`: lists, creates, members, rules.
    Groups,
    /// `/api/v1/groups/{id}`.
    Group,
    /// `/api/v1/apps` and everything below one app.
    Apps,
    /// `/api/v1/apps/{id}`.
    App,
    /// `/api/v1/logs`.
    Logs,
    /// Everything else below `/api/v1`.
    Rest,
    /// `/oauth2/v1/token`.
    Token,
}

impl Bucket {
    /// The last figure Okta published for a Workforce org, in calls a minute.
    pub fn workforce(self) -> u32 {
        match self {
            Self::Users | Self::UserWrite => 600,
            Self::UserRead | Self::Token => 2_000,
            Self::Groups | Self::App => 500,
            Self::Group => 1_000,
            Self::Apps => 100,
            Self::Logs => 120,
            Self::Rest => 1_200,
        }
    }
}

/// What the rate-limit headers of one answer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// Calls allowed per window.
    pub limit: u32,
    /// Calls left in this window.
    pub remaining: u32,
    /// When the window ends, in seconds of the epoch.
    pub reset: i64,
}

/// All windows that are open.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    windows: HashMap<(Bucket, String), Window>,
    /// Buckets that others have used up.
    exhausted: HashMap<Bucket, Window>,
    /// The most that one caller used of a bucket in any window, and what it was shown.
    pub peaks: BTreeMap<Bucket, (u32, u32)>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    ends: Instant,
    reset: i64,
    used: u32,
}

/// The name the org's own window goes by: no caller can have it.
const WHOLE_ORG: &str = "";
/// Far more than any story spends, so that a caller who learns its budget is never slowed down.
const UNLIMITED: u32 = 1_000_000;

impl Meter {
    /// Counts one call of `principal`. `Err` is a refusal; both carry what the headers say.
    pub fn count(
        &mut self,
        options: &Options,
        bucket: Bucket,
        principal: &str,
    ) -> Result<Budget, Budget> {
        if let Some(it) = self.exhausted.get(&bucket).filter(|it| Instant::now() < it.ends) {
            let limit = (bucket.workforce() * options.share_percent / 100).max(1);
            return Err(Budget { limit, remaining: 0, reset: it.reset });
        }
        let whole = match &options.limits {
            Limits::Off => {
                let reset = end_of(options.window);
                return Ok(Budget { limit: UNLIMITED, remaining: UNLIMITED - 1, reset });
            }
            Limits::WorkforcePercent(percent) => (bucket.workforce() * percent / 100).max(1),
            Limits::Custom(figures) => {
                figures.get(&bucket).copied().unwrap_or_else(|| bucket.workforce())
            }
        };
        let share = (whole * options.share_percent / 100).max(1);
        let org = *self.window(bucket, WHOLE_ORG, options.window);
        let own = *self.window(bucket, principal, options.window);
        if own.used >= share || org.used >= whole {
            let reset = if own.used >= share { own.reset } else { org.reset };
            return Err(Budget { limit: share, remaining: 0, reset });
        }
        self.window(bucket, WHOLE_ORG, options.window).used += 1;
        let used = &mut self.window(bucket, principal, options.window).used;
        *used += 1;
        let used = *used;
        let peak = self.peaks.entry(bucket).or_default();
        *peak = (used, share).max(*peak);
        let remaining = (share - own.used - 1).min(whole - org.used - 1);
        Ok(Budget { limit: share, remaining, reset: own.reset })
    }

    /// Nothing is left of a bucket for so long.
    pub fn exhaust(&mut self, bucket: Bucket, length: Duration) {
        let ends = Instant::now() + length;
        self.exhausted.insert(bucket, Window { ends, reset: end_of(length), used: 0 });
    }

    /// Windows begin with the first call, not with the minute of the clock on the wall.
    fn window(&mut self, bucket: Bucket, principal: &str, length: Duration) -> &mut Window {
        let now = Instant::now();
        let fresh = Window { ends: now + length, reset: end_of(length), used: 0 };
        let window = self.windows.entry((bucket, principal.to_owned())).or_insert(fresh);
        if window.ends <= now {
            *window = fresh;
        }
        window
    }
}

/// The second in which a window that starts now is surely over.
fn end_of(length: Duration) -> i64 {
    let now = Clock::machine().as_millisecond();
    let ends = now + i64::try_from(length.as_millis()).unwrap_or(i64::MAX / 2);
    ends / 1_000 + i64::from(ends % 1_000 != 0)
}
