//! Tells people what a run did, each thing once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Error, Office, Request, hr_side::HrSide, memory::Memory};
use crate::{
    deciders::{
        contracts, lifecycle::StandingKind, notices, policy::Policy, report::Report,
        roster::managers::Manager,
    },
    doors::ledger,
    words::{
        flow::Flow,
        ids::{Login, PersonId},
        notice::{Audience, Notice},
        person::Presence,
    },
};

/// Sends every message that the report asks for and that was not sent before, and those that an
/// earlier run wrote down and could not send any more.
///
/// A message is written down first, sent, then ticked off: a crash between the last two sends it
/// again under the same name rather than never.
pub(super) async fn tell(
    office: &Office,
    request: &Request,
    report: &Report,
    hr: &HrSide,
    memory: &Memory,
) -> Result<(), Error> {
    let deceased = deceased(hr, &office.policy);
    let mut notices = notices::compose(report, &names(hr), &deceased);
    if request.flow == Flow::Contractor && report.doubts.is_empty() {
        notices.extend(contracts_that_end(office, request, hr, memory));
    }
    notices.retain(|it| is_told(it.audience, &office.policy));
    for notice in notices {
        let Notice { key, audience, to, subject, body } = notice;
        let body = json!({
            "audience": audience.as_str(),
            "to": to,
            "subject": subject,
            "body": body,
        });
        let at = (office.clock)();
        office.ledger.notice_once(&ledger::Notice { key, body, at }, None).await?;
    }
    for stored in office.ledger.unsent_notices().await? {
        if let Some(notice) = read(&stored) {
            office.outbox.deliver(&notice)?;
        }
        office.ledger.mark_sent(&stored.key, (office.clock)()).await?;
    }
    Ok(())
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

/// A message to the manager of everybody whose contract ends soon.
fn contracts_that_end(
    office: &Office,
    request: &Request,
    hr: &HrSide,
    memory: &Memory,
) -> Vec<Notice> {
    let people = hr
        .roster
        .persons
        .iter()
        .filter(|it| request.people.is_empty() || request.people.contains(&it.id));
    let days: &BTreeSet<u16> = &office.policy.contractors.warn_days;
    let ending = contracts::ending(people, days, request.as_of);
    let login = |it: &PersonId| memory.link(it).map(|it| &it.login);
    let names = names(hr);
    let notices = ending.iter().map(|it| {
        let manager = match hr.managers.get(&it.person.id) {
            // Nobody reads the mail of an account that we closed.
            Some(Manager::Is(id)) if memory.standing(id) == Some(StandingKind::Out) => None,
            Some(Manager::Is(id)) => login(id),
            Some(Manager::Nobody | Manager::Keep) | None => None,
        };
        let name = names.get(&it.person.id).map_or("Somebody without a name in HR", |it| &**it);
        let login: Option<&Login> = login(&it.person.id);
        contracts::notice(it, name, login, manager)
    });
    notices.collect()
}

pub(super) fn read(stored: &ledger::Notice) -> Option<Notice> {
    let text = |key: &str| stored.body.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Notice {
        key: stored.key.clone(),
        audience: Audience::parse(&text("audience")?)?,
        to: text("to"),
        subject: text("subject")?,
        body: text("body")?,
    })
}

fn names(hr: &HrSide) -> notices::Names {
    let named = hr.roster.persons.iter().filter_map(|it| {
        let first = it.name.preferred.as_ref().or(it.name.first.as_ref())?;
        let last = it.name.last.as_deref().unwrap_or_default();
        Some((PersonId::clone(&it.id), format!("{first} {last}").trim().into()))
    });
    named.collect()
}
