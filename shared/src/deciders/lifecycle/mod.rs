//! Which steps an account needs, given whether its person works here.
//!
//! It decides about statuses only. What a profile or a group should say is [`super::mapping`]'s;
//! turning steps into actions is [`super::plan`]'s.

mod due;
mod steps;

use std::collections::BTreeMap;

use jiff::{Span, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::words::{
    ids::Code,
    person::{Absence, Departure, Employment, Person, Presence},
};

pub use due::{Milestone, due};
pub use steps::{Before, Concern, Drift, Found, Response, Step, is_suspended_by_others, steps};

/// What the policy says about the days around a start, an absence and an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many days before the first day the account is created (in the worker's zone).
    pub preboard_days: u16,
    /// How many hours before the first day begins the account is activated.
    pub activate_hours_before: u16,
    /// Whether Okta mails the activation link to the new user.
    pub send_activation_email: bool,
    /// Days between suspension and deactivation of a leaver; 0 deactivates in the same run.
    pub grace_days: u16,
    /// What happens during each kind of absence, unless its leave reason says otherwise.
    pub absences: BTreeMap<Absence, Treatment>,
    /// What happens by leave reason code.
    pub leave_reasons: BTreeMap<Code, Treatment>,
    /// What happens to an open account whose start HR has moved away, as long as nobody has
    /// signed in to it.
    pub start_moved: Treatment,
    /// What is done about what others did to an account.
    pub drift: Drift,
}

/// What happens to the account of somebody who is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Nothing.
    Keep,
    /// Kept open with little in it once the absence has lasted this many days; everything is
    /// back on return.
    RestrictAfter {
        /// Days after the absence began; 0 is at once.
        days: u16,
    },
    /// Suspended once the absence has lasted this many days, unsuspended on return.
    SuspendAfter {
        /// Days after the absence began; 0 is at once.
        days: u16,
    },
}

/// What an account should be at this instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The first day is too far ahead for an account.
    TooEarly,
    /// The account is prepared, not open.
    Preboard,
    /// The account is open.
    Open,
    /// The account is open with little in it until the person is back.
    Restricted(Absence),
    /// The account is closed until the person is back.
    Paused(Absence),
    /// The person has left.
    Out {
        /// The departure that decided.
        departure: Departure,
        /// Whether the days of grace are over.
        is_final: bool,
    },
}

impl Standing {
    /// The standing without its particulars, as the ledger keeps it.
    pub fn kind(&self) -> StandingKind {
        match self {
            Self::TooEarly => StandingKind::TooEarly,
            Self::Preboard => StandingKind::Preboard,
            Self::Open => StandingKind::Open,
            Self::Restricted(_) => StandingKind::Restricted,
            Self::Paused(_) => StandingKind::Paused,
            Self::Out { .. } => StandingKind::Out,
        }
    }
}

/// A [`Standing`] without its particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StandingKind {
    /// [`Standing::TooEarly`]
    TooEarly,
    /// [`Standing::Preboard`]
    Preboard,
    /// [`Standing::Open`]
    Open,
    /// [`Standing::Restricted`]
    Restricted,
    /// [`Standing::Paused`]
    Paused,
    /// [`Standing::Out`]
    Out,
}

impl StandingKind {
    /// The word the ledger writes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooEarly => "too-early",
            Self::Preboard => "preboard",
            Self::Open => "open",
            Self::Restricted => "restricted",
            Self::Paused => "paused",
            Self::Out => "out",
        }
    }

    /// Reads the ledger's word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::TooEarly, Self::Preboard, Self::Open, Self::Restricted, Self::Paused, Self::Out]
            .into_iter()
            .find(|it| it.as_str() == raw)
    }
}

/// What the account of `person` should be at `now`.
pub fn standing(person: &Person, rules: &Rules, now: Timestamp) -> Standing {
    let primary = person.primary();
    match &person.presence {
        Presence::NotYet(arrival) => {
            if is_due(arrival.at, -i64::from(rules.activate_hours_before), now) {
                return Standing::Open;
            }
            if let Some(departure) = &arrival.after {
                return out(departure, rules, now);
            }
            let today = today_at(primary, now);
            let opens = arrival.starts.checked_sub(i32::from(rules.preboard_days).days());
            if opens.is_ok_and(|it| it <= today) { Standing::Preboard } else { Standing::TooEarly }
        }
        Presence::Here { .. } => Standing::Open,
        Presence::Away { absence, since, .. } => {
            let lasts = |days: u16| match (days, since) {
                (0, _) => true,
                // Without a beginning nobody can count days: access is kept.
                (_, None) => false,
                (days, Some(since)) => since
                    .checked_add(i32::from(days).days())
                    .is_ok_and(|due| due <= today_at(primary, now)),
            };
            match treatment_of(person, *absence, rules) {
                Treatment::SuspendAfter { days } if lasts(days) => Standing::Paused(*absence),
                Treatment::RestrictAfter { days } if lasts(days) => Standing::Restricted(*absence),
                Treatment::Keep
                | Treatment::SuspendAfter { .. }
                | Treatment::RestrictAfter { .. } => Standing::Open,
            }
        }
        Presence::Gone(departure) => out(departure, rules, now),
    }
}

/// What happens during an absence: by its reason, else by its kind.
fn treatment_of(person: &Person, absence: Absence, rules: &Rules) -> Treatment {
    let reason = person.primary().row.leave_reason.as_ref();
    let by_reason = reason.and_then(|it| rules.leave_reasons.get(it));
    by_reason.or_else(|| rules.absences.get(&absence)).copied().unwrap_or(Treatment::Keep)
}

fn out(departure: &Departure, rules: &Rules, now: Timestamp) -> Standing {
    let is_final = is_due(departure.at, 24 * i64::from(rules.grace_days), now);
    Standing::Out { departure: departure.clone(), is_final }
}

fn is_due(at: Timestamp, hours_later: i64, now: Timestamp) -> bool {
    // An instant that is off the calendar is never due: nothing happens, which is the safe side.
    at.checked_add(Span::new().hours(hours_later)).is_ok_and(|it| it <= now)
}

fn today_at(employment: &Employment, now: Timestamp) -> Date {
    now.to_zoned_datetime(employment.zone.clone()).date()
}

/// The standing of somebody whose account was opened before HR moved the start away: kept as it
/// is, or closed until the new start (hr-case 10). Somebody who worked here until now and starts
/// anew after a weekend has no start that moved: that is a transfer or a conversion.
pub fn with_start_moved(
    standing: Standing,
    person: &Person,
    before: Option<Before>,
    rules: &Rules,
) -> Standing {
    if person.employments.iter().any(|it| matches!(it.presence, Presence::Gone(_))) {
        return standing;
    }
    let was_opened = before.is_some_and(|it| match it.standing {
        StandingKind::Open | StandingKind::Restricted | StandingKind::Paused => true,
        StandingKind::TooEarly | StandingKind::Preboard | StandingKind::Out => false,
    });
    match (&standing, rules.start_moved) {
        (Standing::TooEarly | Standing::Preboard, Treatment::SuspendAfter { .. }) if was_opened => {
            Standing::Paused(Absence::StartMoved)
        }
        (
            Standing::TooEarly
            | Standing::Preboard
            | Standing::Open
            | Standing::Restricted(_)
            | Standing::Paused(_)
            | Standing::Out { .. },
            Treatment::Keep | Treatment::RestrictAfter { .. } | Treatment::SuspendAfter { .. },
        ) => standing,
    }
}

/// The standing of a leaver with the days of grace counted from the day the account was closed,
/// when that was later than the last day: HR enters departures too late, and makes mistakes then
/// as well (hr-case 17).
pub fn with_grace(
    standing: Standing,
    before: Option<Before>,
    rules: &Rules,
    now: Timestamp,
) -> Standing {
    let Standing::Out { departure, is_final } = standing else { return standing };
    let closed = before.filter(|it| it.standing == StandingKind::Out);
    // Remembered before this was kept: the last day has to do.
    let since = closed.map(|it| it.out_since.unwrap_or(departure.at));
    let is_over = match since {
        Some(since) => is_due(since, 24 * i64::from(rules.grace_days), now),
        None => rules.grace_days == 0,
    };
    Standing::Out { departure, is_final: is_final && is_over }
}
