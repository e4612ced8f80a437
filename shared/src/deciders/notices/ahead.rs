//! Employees who are about to leave: their managers hear of it ahead (hr-case 13).
//!
//! Contractors have messages of their own, by [`crate::deciders::contracts`].

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    deciders::contracts,
    words::{
        ids::Login,
        notice::{Audience, Notice},
        person::{Departure, Person, Presence},
    },
};

/// Somebody who leaves soon.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaving {
    /// Who.
    pub person: Person,
    /// How.
    pub departure: Departure,
    /// Days from today to the last day; 0 is today.
    pub days: i32,
    /// The warning that is due: the least of the policy's days that is not below [`Self::days`].
    pub warning: u16,
}

/// Every employee who leaves within the longest of `warn_days`, as of `now` in each one's own
/// zone. Whoever is dismissed for a reason that ends access at once is nobody's to know ahead.
pub fn leaving(
    people: impl Iterator<Item = Person>,
    warn_days: &BTreeSet<u16>,
    now: Timestamp,
) -> Vec<Leaving> {
    let leaving = people.filter_map(|person| {
        let departure = match &person.presence {
            Presence::Here { until } | Presence::Away { until, .. } => until.clone()?,
            Presence::NotYet(_) | Presence::Gone(_) => return None,
        };
        if person.primary().is_contingent || departure.is_immediate {
            return None;
        }
        let (days, warning) = contracts::due_warning(&person, &departure, warn_days, now)?;
        Some(Leaving { person, departure, days, warning })
    });
    leaving.collect()
}

/// The message about one of them. Without a known manager HR is told instead. `seen` is when this
/// end was first seen: an end that moves away and back is told anew.
pub fn message(
    leaving: &Leaving,
    seen: Timestamp,
    name: &str,
    login: Option<&Login>,
    manager: Option<&Login>,
) -> Notice {
    let Leaving { person, departure, days, warning } = leaving;
    let Departure { last_day, at, .. } = departure;
    let when = contracts::in_days(*days);
    let zone = &person.primary().zone;
    let local = at.to_zoned_datetime(zone.clone()).strftime("%A, %-d %B %Y, at %H:%M");
    let place = zone.iana_name().unwrap_or("UTC");
    let account = login.map_or(String::new(), |it| format!(" ({it})"));
    let nobody = match manager {
        Some(_) => "",
        None => "Nobody in Okta is known to be the manager, so this goes to HR.\n\n",
    };
    Notice {
        key: format!("leaves/{}/{last_day}/{}/{warning}", person.id, seen.as_second()),
        audience: if manager.is_some() { Audience::Manager } else { Audience::Hr },
        to: manager.map(ToString::to_string),
        subject: format!("{name} leaves {when}, on {last_day}"),
        body: format!(
            "{nobody}{name}{account} leaves on {last_day}, as UKG says.\n\
             All access ends by itself on {local} ({place}); until then nothing changes.\n\n\
             Before then: hand over what only {name} has, files, mail and passwords of teams among \
             it.\n\
             If that is not right, ask HR to correct UKG before then.\n"
        ),
    }
}
