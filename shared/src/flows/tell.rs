//! Tells people what a run did, each thing once.

use std::collections::BTreeSet;

use super::{Error, Office, hr_side::HrSide, letters};
use crate::{
    deciders::{notices, policy::Policy, report::Report},
    words::{
        ids::PersonId,
        notice::{Audience, Notice},
        person::{Person, Presence},
    },
};

/// Sends every message that the reports ask for and that was not sent before, those `ahead` of an
/// end among them, and those that an earlier run wrote down and could not send any more.
///
/// A message is written down first, sent, then ticked off: a crash between the last two sends it
/// again under the same name rather than never.
pub(super) async fn tell(
    office: &Office,
    reports: &[Report],
    hr: &HrSide,
    ahead: Vec<Notice>,
) -> Result<(), Error> {
    let (names, deceased) = (names(hr), deceased(hr, &office.policy));
    let wording = &office.policy.notices.wording;
    let composed = reports.iter().flat_map(|it| notices::compose(it, &names, &deceased, wording));
    let mut notices: Vec<Notice> = composed.collect();
    notices.extend(ahead);
    notices.retain(|it| is_told(it.audience, &office.policy));
    letters::write(office, notices).await?;
    letters::send(office).await
}

/// Everybody who HR says has died.
fn deceased(hr: &HrSide, policy: &Policy) -> BTreeSet<PersonId> {
    let reasons = &policy.roster.deceased_reasons;
    let gone = hr.roster.persons.iter().filter(|it| match &it.presence {
        Presence::Gone(departure) => {
            departure.reason.as_ref().is_some_and(|it| reasons.contains(it))
        }
        Presence::NotYet(_) | Presence::Here { .. } | Presence::Away { .. } => false,
    });
    gone.map(|it| it.id.clone()).collect()
}

fn is_told(audience: Audience, policy: &Policy) -> bool {
    let notices = &policy.notices;
    match audience {
        Audience::It => notices.it,
        Audience::Hr => notices.hr,
        Audience::Security => notices.security,
        Audience::Manager => notices.manager,
    }
}

pub(super) fn names(hr: &HrSide) -> notices::Names {
    let named = hr.roster.persons.iter();
    named.filter_map(|it| Some((it.id.clone(), name_of(it)?.into()))).collect()
}

/// What people call somebody.
pub(super) fn name_of(person: &Person) -> Option<String> {
    let first = person.name.preferred.as_ref().or(person.name.first.as_ref())?;
    let last = person.name.last.as_deref().unwrap_or_default();
    Some(format!("{first} {last}").trim().to_owned())
}
