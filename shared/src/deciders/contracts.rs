//! Contracts that are about to end: whom to tell, and when.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::words::{
    ids::{Login, PersonId},
    notice::{Audience, Notice},
    person::{Departure, EndSource, Person, Presence},
};

/// A contract that ends soon.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// Whose.
    pub person: Person,
    /// How it ends.
    pub departure: Departure,
    /// Days from today to the last day; 0 is today.
    pub days: i32,
    /// The warning that is due: the least of the policy's days that is not below [`Self::days`].
    pub warning: u16,
}

/// Everybody whose contract ends within the longest of `warn_days`, as of `now` in each one's own
/// zone.
pub fn ending(
    people: impl Iterator<Item = Person>,
    warn_days: &BTreeSet<u16>,
    now: Timestamp,
) -> Vec<Ending> {
    let ending = people.filter_map(|person| {
        let departure = end_ahead(&person)?.clone();
        let (days, warning) = due_warning(&person, &departure, warn_days, now)?;
        Some(Ending { person, departure, days, warning })
    });
    ending.collect()
}

/// Days from today to the last day, by the person's own zone, and the warning that is due: the
/// least of `warn_days` that is not below them. `None` when the day is past, or too far ahead.
pub(super) fn due_warning(
    person: &Person,
    departure: &Departure,
    warn_days: &BTreeSet<u16>,
    now: Timestamp,
) -> Option<(i32, u16)> {
    let today: Date = now.to_zoned_datetime(person.primary().zone.clone()).date();
    let days = today.until(departure.last_day).ok()?.get_days();
    let warning = *warn_days.iter().find(|it| i32::from(**it) >= days)?;
    (days >= 0).then_some((days, warning))
}

/// `today`, `tomorrow`, `in 7 days`.
pub(super) fn in_days(days: i32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

/// When each of the warnings that are still to come is due, the first one first: with the day on
/// which so many days are left.
pub fn warnings(
    person: &Person,
    warn_days: &BTreeSet<u16>,
    now: Timestamp,
) -> Vec<(Timestamp, u16)> {
    let Some(departure) = end_ahead(person) else { return Vec::new() };
    let zone = &person.primary().zone;
    let due = warn_days.iter().rev().filter_map(|days| {
        let day = departure.last_day.checked_sub(i32::from(*days).days()).ok()?;
        let at = day.to_zoned_datetime(zone.clone()).ok()?.timestamp();
        (now < at).then_some((at, *days))
    });
    due.collect()
}

/// The end of a contractor at work that has not come yet.
pub fn end_ahead(person: &Person) -> Option<&Departure> {
    match &person.presence {
        Presence::Here { until } | Presence::Away { until, .. } => {
            until.as_ref().filter(|_| person.primary().is_contingent)
        }
        Presence::NotYet(_) | Presence::Gone(_) => None,
    }
}

/// The message about one ending. `manager` is the login of whoever decides about the contract;
/// without one HR is told instead.
///
/// The key has the date in it, and how often the end has moved since it was first announced: an
/// end that moves is announced anew (design, section 4), even when it moves back.
pub fn notice(
    ending: &Ending,
    moves: u32,
    name: &str,
    login: Option<&Login>,
    manager: Option<&Login>,
) -> Notice {
    let Ending { person, departure, days, warning } = ending;
    let Departure { last_day, at, source, .. } = departure;
    let id: &PersonId = &person.id;
    let when = in_days(*days);
    let by = match source {
        EndSource::Contract => "as the contract in UKG says",
        EndSource::Field => "as the end date in UKG says",
        EndSource::Termination | EndSource::LastDayWorked => "as the termination in UKG says",
        EndSource::Cap => "by our policy, since UKG gives no end that can be believed",
    };
    let zone = &person.primary().zone;
    let local = at.to_zoned_datetime(zone.clone()).strftime("%A, %-d %B %Y, at %H:%M");
    let place = zone.iana_name().unwrap_or("UTC");
    let account = login.map_or(String::new(), |it| format!(" ({it})"));
    let again = if moves == 0 { String::new() } else { format!("/moved-{moves}") };
    let nobody: Arc<str> = match manager {
        Some(_) => "".into(),
        None => "Nobody in Okta is known to be the manager, so this goes to HR.\n\n".into(),
    };
    Notice {
        key: format!("contract-ends/{id}/{last_day}/{warning}{again}"),
        audience: if manager.is_some() { Audience::Manager } else { Audience::Hr },
        to: manager.map(ToString::to_string),
        subject: format!("The contract of {name} ends {when}, on {last_day}"),
        body: format!(
            "{nobody}{name}{account} works here until {last_day}, {by}.\n\
             All access ends by itself on {local} ({place}).\n\n\
             If that is right, there is nothing to do.\n\
             If the contract goes on, ask HR to enter the new end date in UKG before then; access \
             then goes on without a gap.\n"
        ),
    }
}
