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
    collections::{BTreeMap, HashMap},
};

use jiff::{Span, Timestamp};

use contingent::FieldEnd;

pub use rules::{ContingentRules, NoEnd, Rules, StatusMeaning, TooFar, Zones};

use crate::words::{
    finding::{Finding, FindingCode, Subject},
    hr::{ContractRow, EmploymentRow, PeopleRows, PersonRow, UdfRow},
    ids::{CompanyId, EmployeeId, PersonId},
    person::{Departure, Employment, Name, Person, Presence},
    shelf::{Places, Shelf},
};

/// Everybody HR knows, by person.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    persons: Shelf<Person>,
    /// Of each person in the same place, in order.
    ids: Vec<PersonId>,
    /// Employments read per company, excluded ones not counted: what the next read is held against.
    pub counts: BTreeMap<CompanyId, usize>,
    /// Employments left out because the policy excludes them, each with what excludes it.
    pub excluded: Vec<(EmployeeId, &'static str)>,
    by_employee: Places,
}

impl Roster {
    /// Every person, in the order of their ids.
    pub fn persons(&self) -> impl ExactSizeIterator<Item = Person> {
        (0..self.ids.len()).map(|at| self.at(at))
    }

    /// The person in this place, with the id that the roster has: it lies in memory once, however
    /// many hold on to it.
    fn at(&self, at: usize) -> Person {
        Person { id: self.ids[at].clone(), ..self.persons.get(at) }
    }

    /// The id of every person, in order.
    pub fn ids(&self) -> &[PersonId] {
        &self.ids
    }

    /// The person with this id.
    pub fn person(&self, id: &PersonId) -> Option<Person> {
        self.ids.binary_search(id).ok().map(|at| self.at(at))
    }

    /// Whether HR knows a person with this id.
    pub fn has(&self, id: &PersonId) -> bool {
        self.ids.binary_search(id).is_ok()
    }

    /// The person who holds this employee id.
    pub fn by_employee(&self, id: &EmployeeId) -> Option<Person> {
        let mut persons = self.persons.under(&self.by_employee, id);
        let holds = |it: &Person| it.employments.iter().any(|it| it.row.employee == *id);
        let (at, person) = persons.find(|(_, it)| holds(it))?;
        Some(Person { id: self.ids[at].clone(), ..person })
    }

    fn push(&mut self, person: &Person) {
        let at = self.persons.push(person);
        for it in &person.employments {
            self.by_employee.insert(&it.row.employee, at);
        }
        self.ids.push(person.id.clone());
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
    let identities = Identities::of(persons, &mut findings);
    let mut contracts_of: HashMap<(EmployeeId, CompanyId), Vec<ContractRow>> = HashMap::new();
    for it in contracts {
        contracts_of.entry((it.employee.clone(), it.company.clone())).or_default().push(it);
    }

    let mut fields_of: HashMap<EmployeeId, Vec<UdfRow>> = HashMap::new();
    for it in udf_ends {
        fields_of.entry(it.employee.clone()).or_default().push(it);
    }

    let mut roster = Roster::default();
    let mut read = |row: EmploymentRow, person: &PersonId, findings: &mut Vec<Finding>| {
        let contracts = contracts_of.remove(&(row.employee.clone(), row.company.clone()));
        let field_end = FieldEnd::of(fields_of.get(&row.employee), &row.company);
        match employment::read(row, contracts.unwrap_or_default(), field_end, rules, now) {
            Ok((employment, notes)) => {
                findings.extend(notes.into_iter().map(|note| note.about(person)));
                employment
            }
            Err(problems) => {
                findings.extend(problems.problems.into_iter().map(|it| it.about(person)));
                problems.as_read
            }
        }
    };
    // One person after another: the whole company at once would be there twice.
    let mut places: Vec<(Option<PersonId>, usize)> = Vec::with_capacity(employments.len());
    for (at, row) in employments.iter().enumerate() {
        places.push((identities.of_employee(&row.employee).map(|it| it.person), at));
    }
    places.sort();
    for together in places.chunk_by(|a, b| a.0 == b.0) {
        let mut file: Vec<Employment> = Vec::new();
        for (person, at) in together {
            let row = employments.get(*at);
            if let Some(by) = excluded_by(&row, rules) {
                roster.excluded.push((row.employee, by));
                continue;
            }
            *roster.counts.entry(row.company.clone()).or_default() += 1;
            match person {
                Some(person) => file.push(read(row, person, &mut findings)),
                None => findings.push(Finding::held(
                    Subject::Employee(row.employee),
                    FindingCode::OrphanRow,
                    "has an employment but no person-details row; nothing is changed until both \
                     are there",
                )),
            }
        }
        if !file.is_empty() {
            let (person, problem) = close(file, &identities, rules);
            findings.extend(problem);
            findings.extend(rehire::objection(&person, rules).map(|it| it.about(&person.id)));
            roster.push(&person);
        }
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

/// Who the employees are.
struct Identities {
    rows: Shelf<PersonRow>,
    of: Places,
}

impl Identities {
    /// The same employee id for two persons is a contradiction that only HR can solve, so both are
    /// held.
    fn of(rows: Shelf<PersonRow>, findings: &mut Vec<Finding>) -> Self {
        let mut res = Self { rows, of: Places::default() };
        res.of.reserve(res.rows.len());
        for at in 0..res.rows.len() {
            let row = res.rows.get(at);
            let Some((known_at, known)) = res.find(&row.employee) else {
                res.of.insert(&row.employee, at);
                continue;
            };
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
            if identity_rank(&row) < identity_rank(&known) {
                res.of.remove(&row.employee, known_at);
                res.of.insert(&row.employee, at);
            }
        }
        res
    }

    fn find(&self, id: &EmployeeId) -> Option<(usize, PersonRow)> {
        self.rows.under(&self.of, id).find(|(_, it)| it.employee == *id)
    }

    fn of_employee(&self, id: &EmployeeId) -> Option<PersonRow> {
        self.find(id).map(|(_, it)| it)
    }
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
    mut employments: Vec<Employment>,
    identities: &Identities,
    rules: &Rules,
) -> (Person, Option<Finding>) {
    employments.sort_by_cached_key(employment_rank);
    let speaks = &employments.first().expect("files begin with a row").row.employee;
    let identity = identities.of_employee(speaks).expect("rows without an identity are not filed");
    let (presence, problem) = presence_of(&employments, rules);
    let problem = problem.map(|it| it.about(&identity.person));
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
        id: identity.person,
    };
    (person, problem)
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
