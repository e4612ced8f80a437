//! Folds UKG's rows into persons and decides who works here.
//!
//! It knows neither UKG's wire nor Okta. A row it cannot understand becomes a [`Finding`] about
//! its person, who is then held; everybody else goes on. Who reports to whom is settled in
//! [`managers`].

mod contingent;
mod employment;
pub mod managers;
mod rehire;
mod rules;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, hash_map::Entry},
};

use jiff::{Span, Timestamp};

use contingent::FieldEnd;

pub use rules::{ContingentRules, NoEnd, Rules, StatusMeaning, TooFar, Zones};

use crate::words::{
    finding::{Finding, FindingCode, Subject},
    hr::{ContractRow, EmploymentRow, PeopleRows, PersonRow, UdfRow},
    ids::{CompanyId, EmployeeId, PersonId},
    person::{Departure, Employment, Name, Person, Presence},
};

/// Everybody HR knows, by person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    /// Persons in the order of their ids.
    pub persons: Vec<Person>,
    /// Employments read per company, excluded ones not counted: what the next read is held against.
    pub counts: BTreeMap<CompanyId, usize>,
    /// Employments left out because the policy excludes them, each with what excludes it.
    pub excluded: Vec<(EmployeeId, &'static str)>,
    by_employee: HashMap<EmployeeId, usize>,
}

impl Roster {
    /// The person with this id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.persons.binary_search_by(|it| it.id.cmp(id)).ok().map(|at| &self.persons[at])
    }

    /// The person who holds this employee id.
    pub fn by_employee(&self, id: &EmployeeId) -> Option<&Person> {
        self.by_employee.get(id).map(|at| &self.persons[*at])
    }

    /// Employments in all companies together.
    pub fn total(&self) -> usize {
        self.counts.values().sum()
    }
}

/// Folds rows into persons as of `now`.
///
/// # Guarantees
/// * The order of the rows does not matter.
/// * A person is [`Presence::Gone`] only when no employment of his or hers is live.
/// * A person with a [`Severity::Held`](crate::words::finding::Severity::Held) finding is still
///   in the roster, so that being held is never confused with being absent.
pub fn fold(rows: PeopleRows, rules: &Rules, now: Timestamp) -> (Roster, Vec<Finding>) {
    let PeopleRows { employments, persons, contracts, udf_ends } = rows;
    let mut findings = Vec::new();
    let mut identities = index_identities(persons, &mut findings);
    let mut contracts_of: HashMap<(EmployeeId, CompanyId), Vec<ContractRow>> = HashMap::new();
    for it in contracts {
        contracts_of.entry((it.employee.clone(), it.company.clone())).or_default().push(it);
    }

    let mut fields_of: HashMap<EmployeeId, Vec<UdfRow>> = HashMap::new();
    for it in udf_ends {
        fields_of.entry(it.employee.clone()).or_default().push(it);
    }

    let mut roster = Roster::default();
    let mut files: BTreeMap<PersonId, Vec<Employment>> = BTreeMap::new();
    for row in employments {
        if let Some(by) = excluded_by(&row, rules) {
            roster.excluded.push((row.employee, by));
            continue;
        }
        *roster.counts.entry(row.company.clone()).or_default() += 1;
        let Some(identity) = identities.get(&row.employee) else {
            findings.push(Finding::held(
                Subject::Employee(row.employee.clone()),
                FindingCode::OrphanRow,
                "has an employment but no person-details row; nothing is changed until both are there",
            ));
            continue;
        };
        let contracts = contracts_of.remove(&(row.employee.clone(), row.company.clone()));
        let file = files.entry(identity.person.clone()).or_default();
        // Nearly everybody has one, and room for four in advance would be most of the roster.
        file.reserve_exact(1);
        let field_end = FieldEnd::of(fields_of.get(&row.employee), &row.company);
        match employment::read(row, contracts.unwrap_or_default(), field_end, rules, now) {
            Ok((employment, notes)) => {
                file.push(employment);
                findings.extend(notes.into_iter().map(|note| note.about(&identity.person)));
            }
            Err(problems) => {
                findings.extend(problems.problems.into_iter().map(|it| it.about(&identity.person)));
                file.push(problems.as_read);
            }
        }
    }
    roster.persons.reserve_exact(files.len());
    for (id, employments) in files {
        let (person, problem) = close(id, employments, &mut identities, rules);
        findings.extend(problem);
        findings.extend(rehire::objection(&person, rules).map(|it| it.about(&person.id)));
        let at = roster.persons.len();
        for it in &person.employments {
            roster.by_employee.insert(it.row.employee.clone(), at);
        }
        roster.persons.push(person);
    }
    roster.excluded.sort();
    findings.sort();
    findings.dedup();
    (roster, findings)
}

/// A problem before it is known whose it is.
#[derive(Debug)]
struct Problem {
    code: FindingCode,
    holds: bool,
    detail: String,
}

impl Problem {
    fn held(code: FindingCode, detail: impl Into<String>) -> Self {
        Self { code, holds: true, detail: detail.into() }
    }

    fn about(self, person: &PersonId) -> Finding {
        let subject = Subject::Person(person.clone());
        if self.holds {
            Finding::held(subject, self.code, self.detail)
        } else {
            Finding::warning(subject, self.code, self.detail)
        }
    }
}

/// Identities by employee. The same employee id for two persons is a contradiction that only HR
/// can solve, so both are held.
fn index_identities(
    rows: Vec<PersonRow>,
    findings: &mut Vec<Finding>,
) -> HashMap<EmployeeId, PersonRow> {
    let mut res: HashMap<EmployeeId, PersonRow> = HashMap::with_capacity(rows.len());
    for row in rows {
        match res.entry(row.employee.clone()) {
            Entry::Vacant(free) => {
                free.insert(row);
            }
            Entry::Occupied(mut taken) => {
                let known = taken.get_mut();
                if known.person != row.person {
                    for person in [&known.person, &row.person] {
                        findings.push(Finding::held(
                            Subject::Person(person.clone()),
                            FindingCode::ConflictingRows,
                            format!("employee {} belongs to two person ids", row.employee),
                        ));
                    }
                }
                // One row per company of the same person: the smallest wins, whatever the order.
                if identity_rank(&row) < identity_rank(known) {
                    *known = row;
                }
            }
        }
    }
    res
}

/// The most recently changed identity speaks; ties are settled by id so that order never matters.
fn identity_rank(row: &PersonRow) -> impl Ord + use<> {
    (Reverse(row.changed), row.person.clone(), row.company.clone())
}

/// Which key of the policy excludes an employment.
fn excluded_by(row: &EmploymentRow, rules: &Rules) -> Option<&'static str> {
    if rules.excluded_companies.contains(&row.company) {
        return Some("excluded company");
    }
    let number = row.number.as_ref();
    number
        .is_some_and(|it| rules.excluded_employee_numbers.contains(it))
        .then_some("excluded number")
}

/// Makes a person of the employments on file.
fn close(
    id: PersonId,
    mut employments: Vec<Employment>,
    identities: &mut HashMap<EmployeeId, PersonRow>,
    rules: &Rules,
) -> (Person, Option<Finding>) {
    employments.sort_by_cached_key(employment_rank);
    let speaks = &employments.first().expect("files begin with a row").row.employee;
    let identity = identities.remove(speaks).expect("rows without an identity are not filed");
    let (presence, problem) = presence_of(&employments, rules);
    let person = Person {
        name: Name {
            first: identity.first_name,
            middle: identity.middle_name,
            last: identity.last_name,
            preferred: identity.preferred_name,
            former: identity.former_name,
            prefix: identity.prefix,
            suffix: identity.suffix,
        },
        email: identity.email,
        alternate_email: identity.alternate_email,
        user_name: identity.user_name,
        employments,
        presence,
        id: id.clone(),
    };
    (person, problem.map(|it| it.about(&id)))
}

/// Which employment speaks for a person, smallest first: at work before away before to come
/// before gone; an employee record before a contingent one; the home company; the latest hire;
/// then the lowest company id (hr-cases 23 and 25).
fn employment_rank(it: &Employment) -> impl Ord + use<> {
    let presence = match &it.presence {
        Presence::Here { .. } => 0,
        Presence::Away { .. } => 1,
        Presence::NotYet(_) => 2,
        Presence::Gone(_) => 3,
    };
    let ended = match &it.presence {
        Presence::Gone(departure) => Some(Reverse(departure.at)),
        Presence::Here { .. } | Presence::Away { .. } | Presence::NotYet(_) => None,
    };
    (
        presence,
        ended,
        it.is_contingent,
        it.row.is_home_company == Some(false),
        Reverse(it.row.last_hire),
        it.row.company.clone(),
        it.row.employee.clone(),
    )
}

/// The shortest break between two employments that counts as having left. A transfer over a
/// weekend or a public holiday must not cost anybody their access.
const BREAK_THAT_COUNTS_DAYS: i64 = 4;

/// The presence of a person from that of all employments, the primary one first.
fn presence_of(employments: &[Employment], rules: &Rules) -> (Presence, Option<Problem>) {
    let primary = employments.first().expect("files begin with a row");
    let last_departure = employments
        .iter()
        .filter_map(|it| match &it.presence {
            Presence::Gone(departure) => Some(departure),
            Presence::NotYet(_) | Presence::Here { .. } | Presence::Away { .. } => None,
        })
        .max_by_key(|it| (it.at, it.reason.clone()));
    match primary.presence.clone() {
        Presence::Here { .. } => (Presence::Here { until: last_end(employments) }, None),
        Presence::Away { absence, since, back, .. } => {
            (Presence::Away { absence, since, back, until: last_end(employments) }, None)
        }
        Presence::NotYet(mut arrival) => {
            arrival.after = last_departure
                .filter(|left| {
                    let back_soon = left
                        .at
                        .checked_add(Span::new().hours(24 * BREAK_THAT_COUNTS_DAYS))
                        .is_ok_and(|until| arrival.at <= until);
                    !back_soon && !is_transfer(left, rules)
                })
                .cloned();
            (Presence::NotYet(arrival), None)
        }
        Presence::Gone(departure) => {
            let problem = is_transfer(&departure, rules).then(|| {
                Problem::held(
                    FindingCode::TransferWithoutArrival,
                    format!(
                        "left company {} by a transfer, but no other company has the person yet",
                        primary.row.company
                    ),
                )
            });
            (Presence::Gone(departure), problem)
        }
    }
}

fn is_transfer(departure: &Departure, rules: &Rules) -> bool {
    departure.reason.as_ref().is_some_and(|it| rules.transfer_reasons.contains(it))
}

/// When the last live employment ends, if every live one has an end on record.
fn last_end(employments: &[Employment]) -> Option<Departure> {
    let mut last: Option<&Departure> = None;
    for it in employments {
        let until = match &it.presence {
            Presence::Here { until } | Presence::Away { until, .. } => until.as_ref()?,
            Presence::NotYet(_) => return None,
            Presence::Gone(_) => continue,
        };
        if last.is_none_or(|known| known.at < until.at) {
            last = Some(until);
        }
    }
    last.cloned()
}

#[cfg(test)]
mod tests;
