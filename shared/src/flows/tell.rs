//! Tells people what a run did, each thing once.

use std::collections::BTreeSet;

use super::{Error, Office, Request, hr_side::HrSide, letters, memory::Memory};
use crate::{
    deciders::{
        lifecycle::StandingKind, notices, policy::Policy, report::Report, roster::managers::Manager,
    },
    doors::outbox::About,
    words::{
        finding::Subject,
        ids::{Login, PersonId},
        notice::{Audience, Notice},
        person::{Person, Presence},
    },
};

/// Sends every message that the reports ask for and that was not sent before, those `ahead` of an
/// end among them, and those that an earlier run wrote down and could not send any more.
pub(super) async fn tell(
    office: &Office,
    reports: &[Report],
    hr: &HrSide,
    ahead: Vec<(Notice, About)>,
) -> Result<(), Error> {
    let (names, deceased) = (names(hr), deceased(hr, &office.policy));
    let wording = &office.policy.notices.wording;
    let mut notices = Vec::new();
    for report in reports {
        let about = About { flow: report.flow.to_string(), companies: companies(report, hr) };
        let composed = notices::compose(report, &names, &deceased, wording).into_iter();
        notices.extend(composed.map(|it| (it, about.clone())));
    }
    notices.extend(ahead);
    notices.retain(|(it, _)| is_told(it.audience, &office.policy));
    letters::write(office, notices).await?;
    letters::send(office).await
}

/// The companies of everybody for whom something was done, planned or found.
fn companies(report: &Report, hr: &HrSide) -> Vec<String> {
    let found = report.findings.iter().filter_map(|it| match &it.subject {
        Subject::Person(person) => Some(person),
        Subject::Employee(_)
        | Subject::Row(_)
        | Subject::User(_)
        | Subject::Group(_)
        | Subject::Named(_)
        | Subject::Run => None,
    });
    let held = report.held.iter().flat_map(|it| &it.people);
    let people = report.steps.iter().map(|it| &it.person).chain(found).chain(held);
    let companies: BTreeSet<String> = people
        .filter_map(|it| Some(hr.roster.person(it)?.primary().row.company.to_string()))
        .collect();
    companies.into_iter().collect()
}

/// Everybody who HR says has died.
fn deceased(hr: &HrSide, policy: &Policy) -> BTreeSet<PersonId> {
    let reasons = &policy.roster.deceased_reasons;
    let gone = hr.roster.persons().filter(|it| match &it.presence {
        Presence::Gone(departure) => {
            departure.reason.as_ref().is_some_and(|it| reasons.contains(it))
        }
        Presence::NotYet(_) | Presence::Here { .. } | Presence::Away { .. } => false,
    });
    gone.map(|it| it.id).collect()
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
    let named = hr.roster.persons().filter_map(|it| Some((name_of(&it)?.into(), it.id)));
    named.map(|(name, id)| (id, name)).collect()
}

/// What people call somebody.
pub(super) fn name_of(person: &Person) -> Option<String> {
    let first = person.name.preferred.as_ref().or(person.name.first.as_ref())?;
    let last = person.name.last.as_deref().unwrap_or_default();
    Some(format!("{first} {last}").trim().to_owned())
}

/// Whom to tell of a person as the manager.
pub(super) fn manager_of(person: &Person, hr: &HrSide, memory: &Memory) -> Option<Login> {
    match hr.managers.get(&person.id) {
        // Nobody reads the mail of an account that we closed.
        Some(Manager::Is(id)) if memory.standing(id) == Some(StandingKind::Out) => None,
        Some(Manager::Is(id)) => memory.link(id).map(|it| it.login),
        Some(Manager::Nobody | Manager::Keep) | None => None,
    }
}

/// What a message about one person is about.
pub(super) fn about(request: &Request, person: &Person) -> About {
    let companies = vec![person.primary().row.company.to_string()];
    About { flow: request.flow.to_string(), companies }
}
