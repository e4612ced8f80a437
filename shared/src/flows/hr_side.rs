//! Reads HR and folds it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::{Error, memory::Memory};
use crate::{
    deciders::{
        policy::Policy,
        roster::{
            self, Roster,
            managers::{self, Manager},
        },
    },
    doors::ukg::{self, Scope},
    words::{
        finding::{Finding, FindingCode, Subject},
        hr::{Catalog, PeopleRows},
        ids::{EmployeeId, PersonId},
        person::{Person, Presence},
    },
};

/// What HR says, folded.
#[derive(Debug)]
pub(super) struct HrSide {
    pub(super) roster: Roster,
    pub(super) catalog: Catalog,
    pub(super) managers: BTreeMap<PersonId, Manager>,
    /// What was wrong with rows and persons.
    pub(super) findings: Vec<Finding>,
}

/// What HR says, as it was read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) people: PeopleRows,
    pub(super) catalog: Catalog,
    /// What was wrong with rows.
    pub(super) findings: Vec<Finding>,
}

/// Asks for everybody, and what the codes mean.
pub(super) async fn ask(ukg: &ukg::Client) -> Result<Answer, Error> {
    let people = ukg.people(&Scope::Everyone).await?;
    let catalog = ukg.catalog().await?;
    let mut findings = people.findings;
    findings.extend(catalog.findings);
    Ok(Answer { people: people.rows, catalog: catalog.rows, findings })
}

/// Reads everybody, and folds.
pub(super) async fn read(
    ukg: &ukg::Client,
    policy: &Policy,
    as_of: Timestamp,
) -> Result<HrSide, Error> {
    Ok(HrSide::of(ask(ukg).await?, policy, as_of))
}

impl HrSide {
    /// Folds what was read.
    pub(super) fn of(answer: Answer, policy: &Policy, as_of: Timestamp) -> Self {
        let Answer { people, catalog, mut findings } = answer;
        let (roster, problems) = roster::fold(people, &policy.roster, as_of);
        findings.extend(problems);
        let skip_level = policy.manager.as_ref().and_then(|it| it.skip_level_after_days);
        let (managers, problems) = managers::resolve(&roster, skip_level, as_of);
        findings.extend(problems);
        Self { roster, catalog, managers, findings }
    }

    /// Linked people who are not in the roster: a state of its own, never a departure.
    pub(super) fn missing(&self, memory: &Memory) -> Vec<Finding> {
        let missing = memory.links().map(|it| it.person).filter(|it| !self.roster.has(it));
        missing
            .map(|it| {
                Finding::warning(
                    Subject::Person(it),
                    FindingCode::MissingFromRoster,
                    "has an account and is not in UKG any more; nothing is changed. End the \
                     employment in UKG, or deactivate the account in Okta",
                )
            })
            .collect()
    }

    /// Holds the people behind rows of which only the employee could be read.
    pub(super) fn nameless(&self, memory: &Memory) -> Vec<Finding> {
        let people = self.findings.iter().filter_map(|it| match &it.subject {
            Subject::Employee(employee) => {
                let known = self.roster.by_employee(employee).map(|it| it.id);
                let person = known.or_else(|| memory.by_employee(employee))?;
                Some(Finding::held(Subject::Person(person), it.code, it.detail.clone()))
            }
            Subject::Person(_)
            | Subject::Row(_)
            | Subject::User(_)
            | Subject::Group(_)
            | Subject::Named(_)
            | Subject::Run => None,
        });
        people.collect()
    }

    /// Every employee id of a person, in order.
    pub(super) fn employees(&self, person: &PersonId) -> Box<[EmployeeId]> {
        self.roster.person(person).map_or_else(Box::default, |it| employees(&it))
    }

    /// The last day of somebody who has left.
    pub(super) fn departure(&self, person: &PersonId) -> Option<Date> {
        let departure = match self.roster.person(person)?.presence {
            Presence::Gone(departure) => departure,
            Presence::NotYet(arrival) => arrival.after?,
            Presence::Here { .. } | Presence::Away { .. } => return None,
        };
        Some(departure.last_day)
    }
}

/// Every employee id of a person, in order.
pub(super) fn employees(person: &Person) -> Box<[EmployeeId]> {
    let ids: BTreeSet<_> = person.employments.iter().map(|it| it.row.employee.clone()).collect();
    ids.into_iter().collect()
}
