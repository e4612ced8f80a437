//! Who is told that a hold ends soon, while there is time to place it anew.

use std::collections::BTreeMap;

use jiff::{Span, Timestamp};

use super::Holds;
use crate::words::{
    hold::{Hold, HoldKind},
    ids::{Login, PersonId},
    notice::{Audience, Notice},
};

/// A week is enough to find the person who placed it.
const DAYS_BEFORE: i64 = 7;
/// A departure that was taken back is held for a week by default, and the end was told on the
/// first day. What counts is that HR hears of it again before the account is closed.
const DAYS_BEFORE_UNDONE: i64 = 2;

/// A message for each audience about each hold that ends soon. Its key holds the end, so that a
/// hold that is placed anew is announced anew, and everything else once.
pub fn ending(holds: &Holds, now: Timestamp, logins: &BTreeMap<PersonId, Login>) -> Vec<Notice> {
    let mut res = Vec::new();
    for hold in holds.standing(now) {
        let days = match hold.kind {
            HoldKind::Undone => DAYS_BEFORE_UNDONE,
            HoldKind::Security | HoldKind::Legal | HoldKind::Vip => DAYS_BEFORE,
        };
        let Some(until) = hold.until else { continue };
        let opens = until.checked_sub(Span::new().hours(24 * days)).unwrap_or(Timestamp::MIN);
        if opens <= now {
            let told = audiences(hold.kind).iter();
            res.extend(told.map(|it| notice(hold, until, *it, logins.get(&hold.person))));
        }
    }
    res
}

fn audiences(kind: HoldKind) -> &'static [Audience] {
    match kind {
        HoldKind::Security | HoldKind::Legal | HoldKind::Vip => &[Audience::It, Audience::Security],
        HoldKind::Undone => &[Audience::It, Audience::Hr, Audience::Security],
    }
}

fn notice(hold: &Hold, until: Timestamp, audience: Audience, login: Option<&Login>) -> Notice {
    let Hold { person, kind, owner, since, departure, .. } = hold;
    let login = login.map_or("no account".to_owned(), ToString::to_string);
    let then = match kind {
        HoldKind::Security => {
            "From then on, if UKG says that the person works here, Rollcall opens the account \
             again and gives it its groups and apps."
        }
        HoldKind::Legal => {
            "From then on, if UKG says that the person has left, Rollcall takes groups and apps \
             away and deactivates the account."
        }
        HoldKind::Vip => "From then on, Rollcall changes the account without asking first.",
        HoldKind::Undone => {
            "From then on, unless UKG says by then that the person works here, Rollcall suspends \
             the account again and takes its groups and apps away."
        }
    };
    let what = match departure {
        Some(departure) => format!(
            "The departure of {departure} was taken back by hand, and UKG still shows it. It is \
             not carried out again until {until:.0}."
        ),
        None => format!("The {kind} hold on this person ends at {until:.0}."),
    };
    let advice = match kind {
        HoldKind::Security | HoldKind::Legal | HoldKind::Vip => format!(
            "To keep it longer:  rollcall hold add {person} --kind {kind} --days 30 --why \"...\"\n\
             To end it now:      rollcall hold remove {person} --kind {kind} --why \"...\"\n"
        ),
        HoldKind::Undone => format!(
            "If the person works here:    correct the record in UKG. Nothing else is needed.\n\
             If the person has left:      nothing to do, or at once:\n\
             \x20                            rollcall hold remove {person} --kind {kind} --why \"...\"\n"
        ),
    };
    Notice {
        key: format!("hold-ending/{person}/{kind}/{until:.0}/{}", audience.as_str()),
        audience,
        to: None,
        subject: format!("Rollcall: the {kind} hold on person {person} ends soon"),
        body: format!(
            "Person {person}, {login}.\n\n{what}\nPlaced by {owner} at {since:.0}.\n{then}\n\n{advice}"
        ),
    }
}
