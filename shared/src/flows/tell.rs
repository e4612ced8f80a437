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
    let wording = &office.policy.notices.wording;
    let mut notices = Vec::new();
    for report in reports {
        let people = people_of(report, hr);
        let named = people.iter().filter_map(|it| Some((it.id.clone(), name_of(it)?.into())));
        let deceased = people.iter().filter(|it| has_died(it, &office.policy));
        let deceased = deceased.map(|it| it.id.clone()).collect();
        let composed = notices::compose(report, &named.collect(), &deceased, wording);
        let companies = people.iter().map(|it| it.primary().row.company.to_string());
        let companies = companies.collect::<BTreeSet<_>>().into_iter().collect();
        let about = About { flow: report.flow.to_string(), companies };
        notices.extend(composed.into_iter().map(|it| (it, about.clone())));
    }
    notices.extend(ahead);
    notices.retain(|(it, _)| is_told(it.audience, &office.policy));
    letters::write(office, notices).await?;
    letters::send(office).await
}

/// Everybody for whom something was done, planned or found.
fn people_of(report: &Report, hr: &HrSide) -> Vec<Person> {
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
    let people: BTreeSet<&PersonId> = people.collect();
    people.into_iter().filter_map(|it| hr.roster.person(it)).collect()
}

/// Whether HR says that somebody has died.
fn has_died(person: &Person, policy: &Policy) -> bool {
    match &person.presence {
        Presence::Gone(departure) => {
            let reason = departure.reason.as_ref();
            reason.is_some_and(|it| policy.roster.deceased_reasons.contains(it))
        }
        Presence::NotYet(_) | Presence::Here { .. } | Presence::Away { .. } => false,
    }
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
