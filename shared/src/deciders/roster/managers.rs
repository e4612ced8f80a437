//! Who reports to whom, with circles broken and holes named.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, Timestamp};

use super::Roster;
use crate::words::{
    finding::{Finding, FindingCode, Subject},
    ids::PersonId,
    person::{Departure, Person, Presence},
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
///
/// `skip_level_after_days` says how long after a manager's departure the manager's own manager
/// takes the place; without it Okta keeps the old one (hr-case 30).
pub fn resolve(
    roster: &Roster,
    skip_level_after_days: Option<u16>,
    now: Timestamp,
) -> (BTreeMap<PersonId, Manager>, Vec<Finding>) {
    let skip = Skip { roster, after_days: skip_level_after_days, now };
    let mut findings = Vec::new();
    let live = roster.persons().filter(|it| it.presence.is_live());
    let mut managers: BTreeMap<PersonId, Manager> =
        live.map(|it| (it.id.clone(), skip.named_manager(&it, &mut findings))).collect();
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

/// Who stands in for a manager who has left.
struct Skip<'a> {
    roster: &'a Roster,
    after_days: Option<u16>,
    now: Timestamp,
}

/// A chain of departed managers longer than this is a record gone wrong.
const LONGEST_CHAIN: usize = 20;

impl Skip<'_> {
    fn named_manager(&self, person: &Person, findings: &mut Vec<Finding>) -> Manager {
        let Some(supervisor) = &person.primary().row.supervisor else { return Manager::Nobody };
        let mut tell = |detail: String| {
            findings.push(Finding::warning(
                Subject::Person(person.id.clone()),
                FindingCode::ManagerUnresolved,
                detail,
            ));
        };
        let Some(named) = self.roster.by_employee(supervisor) else {
            tell(format!(
                "supervisor {supervisor} is not in the roster; the manager in Okta stays as it is"
            ));
            return Manager::Keep;
        };
        let Some(left) = departure(&named) else { return Manager::Is(named.id) };
        match self.after_days {
            Some(days) if is_over(left, days, self.now) => {}
            Some(_) | None => {
                tell(format!(
                    "supervisor {supervisor} has left; the manager in Okta stays as it is until \
                     UKG names another"
                ));
                return Manager::Keep;
            }
        }
        match self.above(&named) {
            Some(stand_in) if stand_in.id != person.id => {
                tell(format!(
                    "supervisor {supervisor} has left; person {} above is written as the manager \
                     until UKG names another",
                    stand_in.id
                ));
                Manager::Is(stand_in.id)
            }
            Some(_) | None => {
                tell(format!(
                    "supervisor {supervisor} has left, and nobody above is at work; the manager \
                     in Okta stays as it is"
                ));
                Manager::Keep
            }
        }
    }

    /// The nearest person above a departed manager who is employed.
    fn above(&self, departed: &Person) -> Option<Person> {
        let mut supervisor = departed.primary().row.supervisor.clone();
        for _ in 0..LONGEST_CHAIN {
            let person = self.roster.by_employee(&supervisor?)?;
            if departure(&person).is_none() {
                return Some(person);
            }
            supervisor = person.primary().row.supervisor.clone();
        }
        None
    }
}

fn departure(person: &Person) -> Option<&Departure> {
    match &person.presence {
        Presence::NotYet(_) | Presence::Here { .. } | Presence::Away { .. } => None,
        Presence::Gone(departure) => Some(departure),
    }
}

fn is_over(left: &Departure, days: u16, now: Timestamp) -> bool {
    left.at.checked_add(Span::new().hours(24 * i64::from(days))).is_ok_and(|it| it <= now)
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
