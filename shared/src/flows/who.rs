//! Finding the person whom somebody at a keyboard means.

use jiff::Timestamp;

use super::{
    Error, Office,
    hr_side::{self, HrSide},
    memory::Memory,
};
use crate::{
    doors::ledger::{Ledger, Link},
    words::{
        ids::{Login, PersonId},
        person::Person,
    },
};

/// Who answers to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// Exactly one person.
    One(T),
    /// Several: an employee number is unique within a company only.
    Several(Vec<PersonId>),
    /// Nobody.
    Nobody,
}

/// Finds somebody by a person id, an employee id, or the login of an account that Rollcall looks
/// after: as far as the ledger knows. Neither UKG nor Okta is asked.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn find_linked(ledger: &Ledger, who: &str) -> Result<Option<PersonId>, Error> {
    let links = ledger.all_links().await?;
    Ok(linked(who, links.into_iter()).map(|it| it.person))
}

/// Finds somebody as [`explain`](super::explain()) does, by asking UKG. Nothing is written.
///
/// # Errors
/// When UKG or the ledger cannot be read.
pub async fn find_person(
    office: &Office,
    who: &str,
    as_of: Timestamp,
) -> Result<Found<PersonId>, Error> {
    let memory = Memory::load(&office.ledger).await?;
    let hr = hr_side::read(&office.ukg, &office.policy, as_of).await?;
    Ok(only(candidates(who, &hr, &memory).into_iter().map(|it| it.id).collect()))
}

/// Everybody whom `who` can mean: a person id, else an employee id, else an employee number, else
/// the login of a linked account.
pub(super) fn candidates(who: &str, hr: &HrSide, memory: &Memory) -> Vec<Person> {
    let who = who.trim();
    let known = hr.roster.person(&who.into()).or_else(|| hr.roster.by_employee(&who.into()));
    if let Some(person) = known {
        return vec![person];
    }
    let has_number = |it: &Person| {
        it.employments.iter().any(|it| it.row.number.as_ref().is_some_and(|it| it.as_str() == who))
    };
    let by_number: Vec<Person> = hr.roster.persons().filter(has_number).collect();
    if !by_number.is_empty() {
        return by_number;
    }
    let link = linked(who, memory.links());
    link.and_then(|it| hr.roster.person(&it.person)).into_iter().collect()
}

/// The link that `who` names.
pub(super) fn linked(who: &str, links: impl Iterator<Item = Link>) -> Option<Link> {
    let (who, login) = (who.trim(), Login::kept_by_okta(&who.into()));
    let mut found = links.filter(|it| {
        it.person.as_str() == who
            || it.employees.iter().any(|it| it.as_str() == who)
            || login.as_ref() == Some(&it.login)
    });
    found.next()
}

/// One person or none, but not any of several.
pub(super) fn only(mut all: Vec<PersonId>) -> Found<PersonId> {
    match all.len() {
        0 => Found::Nobody,
        1 => Found::One(all.remove(0)),
        _ => Found::Several(all),
    }
}
