//! Who reports to whom, with circles broken and holes named.

use std::collections::{BTreeMap, BTreeSet};

use super::Roster;
use crate::words::{
    finding::{Finding, FindingCode, Subject},
    ids::PersonId,
    person::{Person, Presence},
};

/// What HR says about one person's manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manager {
    /// HR names nobody: the head of the company, or a gap. Clears what Okta has.
    Nobody,
    /// This person.
    Is(PersonId),
    /// Somebody who cannot be written (unknown, gone, or part of a circle): Okta keeps what it has.
    Keep,
}

/// The manager of every person in the roster.
///
/// Each person reports to at most one other, so every circle is found by walking up once. It is
/// broken at its smallest person id: the same edge in every run (hr-case 32).
pub fn resolve(roster: &Roster) -> (BTreeMap<PersonId, Manager>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut managers: BTreeMap<PersonId, Manager> = roster
        .persons
        .iter()
        .filter(|it| it.presence.is_live())
        .map(|it| (it.id.clone(), named_manager(it, roster, &mut findings)))
        .collect();
    for circle in circles(&managers) {
        let head = circle.first().expect("a circle has at least one person").clone();
        let path: Vec<_> = circle.iter().chain([&head]).map(PersonId::as_str).collect();
        findings.push(Finding::warning(
            Subject::Person(head.clone()),
            FindingCode::ManagerCycle,
            format!("the supervisors form a circle: {}; correct it in UKG", path.join(" -> ")),
        ));
        managers.insert(head, Manager::Keep);
    }
    findings.sort();
    (managers, findings)
}

fn named_manager(person: &Person, roster: &Roster, findings: &mut Vec<Finding>) -> Manager {
    let Some(supervisor) = &person.primary().row.supervisor else { return Manager::Nobody };
    let why = match roster.by_employee(supervisor) {
        Some(it) => match &it.presence {
            Presence::NotYet(_) | Presence::Here { .. } | Presence::Away { .. } => {
                return Manager::Is(it.id.clone());
            }
            Presence::Gone(_) => "has left",
        },
        None => "is not in the roster",
    };
    findings.push(Finding::warning(
        Subject::Person(person.id.clone()),
        FindingCode::ManagerUnresolved,
        format!("supervisor {supervisor} {why}; the manager in Okta stays as it is"),
    ));
    Manager::Keep
}

/// Every circle, each beginning with its smallest person.
fn circles(managers: &BTreeMap<PersonId, Manager>) -> Vec<Vec<PersonId>> {
    let mut settled: BTreeSet<&PersonId> = BTreeSet::new();
    let mut res = Vec::new();
    for start in managers.keys() {
        let mut walk: Vec<&PersonId> = Vec::new();
        let mut at = Some(start);
        while let Some(person) = at {
            if settled.contains(person) {
                break;
            }
            if let Some(entry) = walk.iter().position(|it| *it == person) {
                let mut circle: Vec<PersonId> = walk[entry..].iter().copied().cloned().collect();
                let smallest = circle.iter().enumerate().min_by_key(|(_, it)| *it);
                let turn = smallest.map_or(0, |(at, _)| at);
                circle.rotate_left(turn);
                res.push(circle);
                break;
            }
            walk.push(person);
            at = match managers.get(person) {
                Some(Manager::Is(above)) => Some(above),
                Some(Manager::Nobody | Manager::Keep) | None => None,
            };
        }
        settled.extend(walk);
    }
    res
}
