//! When time alone changes something next.

use std::fmt;

use jiff::{Span, Timestamp, ToSpan, civil::Date};

use super::{Before, Rules, Treatment, treatment_of};
use crate::words::person::{Departure, Person, Presence};

/// What happens at an instant by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    /// The account is made.
    AccountMade,
    /// The account opens.
    AccessBegins,
    /// The first day begins.
    Starts,
    /// Little is left in the account until the return.
    Restricted,
    /// The account is closed until the return.
    Suspended,
    /// Access ends.
    AccessEnds,
    /// The days of grace are over: the account is deactivated.
    GraceOver,
}

impl fmt::Display for Milestone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccountMade => "the account is made",
            Self::AccessBegins => "the account opens",
            Self::Starts => "the first day begins",
            Self::Restricted => "access is restricted until the return",
            Self::Suspended => "the account is suspended until the return",
            Self::AccessEnds => "access ends",
            Self::GraceOver => "the account is deactivated",
        })
    }
}

/// The instants after `now` at which time alone changes this person's standing, soonest first.
///
/// `before` is what was last verified: the days of grace count from the day the account was closed.
pub fn due(
    person: &Person,
    before: Option<Before>,
    rules: &Rules,
    now: Timestamp,
) -> Vec<(Timestamp, Milestone)> {
    let primary = person.primary();
    let day =
        |date: Date| date.to_zoned_datetime(primary.zone.clone()).ok().map(|it| it.timestamp());
    let later = |at: Timestamp, hours: i64| at.checked_add(Span::new().hours(hours)).ok();
    let end = |it: &Departure| {
        [
            (Some(it.at), Milestone::AccessEnds),
            (later(it.at, 24 * i64::from(rules.grace_days)), Milestone::GraceOver),
        ]
    };
    let mut res: Vec<(Option<Timestamp>, Milestone)> = Vec::new();
    match &person.presence {
        Presence::NotYet(arrival) => {
            let made = arrival.starts.checked_sub(i32::from(rules.preboard_days).days());
            let opens = later(arrival.at, -i64::from(rules.activate_hours_before));
            res.push((made.ok().and_then(day), Milestone::AccountMade));
            res.push((opens, Milestone::AccessBegins));
            res.push((Some(arrival.at), Milestone::Starts));
            res.extend(arrival.after.iter().flat_map(end));
        }
        Presence::Here { until } => res.extend(until.iter().flat_map(end)),
        Presence::Away { absence, since, back: _, until } => {
            res.extend(until.iter().flat_map(end));
            let lasts = |days: u16| since.as_ref()?.checked_add(i32::from(days).days()).ok();
            res.extend(match treatment_of(person, *absence, rules) {
                Treatment::Keep => None,
                Treatment::RestrictAfter { days } => {
                    Some((lasts(days).and_then(day), Milestone::Restricted))
                }
                Treatment::SuspendAfter { days } => {
                    Some((lasts(days).and_then(day), Milestone::Suspended))
                }
            });
        }
        Presence::Gone(departure) => {
            let closed = before.and_then(|it| it.out_since).unwrap_or(departure.at);
            let [ends, _] = end(departure);
            res.push(ends);
            res.push((later(closed, 24 * i64::from(rules.grace_days)), Milestone::GraceOver));
        }
    }
    let future = res.into_iter().filter_map(|(at, what)| Some((at?, what)));
    let mut res: Vec<(Timestamp, Milestone)> = future.filter(|(at, _)| now < *at).collect();
    res.sort();
    res.dedup();
    res
}
