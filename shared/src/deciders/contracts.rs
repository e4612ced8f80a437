//! Contracts that are about to end: whom to tell, and when.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{Timestamp, civil::Date};

use crate::words::{
    ids::{Login, PersonId},
    notice::{Audience, Notice},
    person::{Departure, Person, Presence},
};

/// A contract that ends soon.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending<'a> {
    /// Whose.
    pub person: &'a Person,
    /// How it ends.
    pub departure: &'a Departure,
    /// Days from today to the last day; 0 is today.
    pub days: i32,
    /// The warning that is due: the least of the policy's days that is not below [`Self::days`].
    pub warning: u16,
}

/// Everybody whose contract ends within the longest of `warn_days`, as of `now` in each one's own
/// zone.
pub fn ending<'a>(
    people: impl Iterator<Item = &'a Person>,
    warn_days: &BTreeSet<u16>,
    now: Timestamp,
) -> Vec<Ending<'a>> {
    let ending = people.filter(|it| it.primary().is_contingent).filter_map(|person| {
        let departure = match &person.presence {
            Presence::Here { until } | Presence::Away { until, .. } => until.as_ref()?,
            Presence::NotYet(_) | Presence::Gone(_) => return None,
        };
        let today: Date = now.to_zoned_datetime(person.primary().zone.clone()).date();
        let days = today.until(departure.last_day).ok()?.get_days();
        let warning = *warn_days.iter().find(|it| i32::from(**it) >= days)?;
        (days >= 0).then_some(Ending { person, departure, days, warning })
    });
    ending.collect()
}

/// The message about one ending. `manager` is the login of whoever decides about the contract;
/// without one HR is told instead.
///
/// The key has the date in it: an end that moves is announced anew (design, section 4).
pub fn notice(
    ending: &Ending<'_>,
    name: &str,
    login: Option<&Login>,
    manager: Option<&Login>,
) -> Notice {
    let Ending { person, departure, days, warning } = ending;
    let Departure { last_day, at, source, .. } = departure;
    let id: &PersonId = &person.id;
    let when = match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    };
    let zone = &person.primary().zone;
    let local = at.to_zoned_datetime(zone.clone()).strftime("%A, %-d %B %Y, %H:%M");
    let place = zone.iana_name().unwrap_or("UTC");
    let account = login.map_or(String::new(), |it| format!(" ({it})"));
    let nobody: Arc<str> = match manager {
        Some(_) => "".into(),
        None => "Nobody in Okta is known to be the manager, so this goes to HR.\n\n".into(),
    };
    Notice {
        key: format!("contract-ends/{id}/{last_day}/{warning}"),
        audience: if manager.is_some() { Audience::Manager } else { Audience::Hr },
        to: manager.map(ToString::to_string),
        subject: format!("The contract of {name} ends {when}, on {last_day}"),
        body: format!(
            "{nobody}{name}{account} works with you until {last_day}, by the {source} in UKG.\n\
             All access ends by itself at the end of that day: {local} ({place}).\n\n\
             If that is right, there is nothing to do.\n\
             If the contract goes on, ask HR to enter the new end date in UKG before then; access \
             then goes on without a gap.\n"
        ),
    }
}
