//! What goes wrong at a keyboard.

use super::{Act, HrEvent};
use crate::company::{Change, Company, Flaw, Status};

/// A job code that is not in the table (yet).
pub fn unknown_job(company: &mut Company, person_id: &str, code: &str) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let today = company.today;
    company.change_on(person, employment, Change::Job(code.to_owned()), today);
    let text = format!("{} has the unknown job {code}", company.name_of(person));
    company.enter(Act::UnknownCode, Some(person), today, text)
}

/// A status letter that UKG's documentation does not list.
pub fn unheard_status(company: &mut Company, person_id: &str, letter: char) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let today = company.today;
    let change = Change::Status(Status::Unheard(letter), None, None);
    company.change_on(person, employment, change, today);
    let text = format!("{} has the unknown status {letter}", company.name_of(person));
    company.enter(Act::UnknownCode, Some(person), today, text)
}

/// A blank department; the other levels stay.
pub fn blank_department(company: &mut Company, person_id: &str) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let today = company.today;
    let mut org = company.people[person].employments[employment].org.clone();
    org[1] = None;
    company.change_on(person, employment, Change::Org(org), today);
    let text = format!("{} has no department any more", company.name_of(person));
    company.enter(Act::BlankDepartment, Some(person), today, text)
}

/// Another employee number on the same record.
pub fn change_number(company: &mut Company, person_id: &str) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let (now, today) = (company.now, company.today);
    let number = company.new_employee_number();
    let row = &mut company.people[person].employments[employment];
    let before = std::mem::replace(&mut row.employee_number, number.clone());
    row.changed = now;
    let text = format!("{} has number {number} instead of {before}", company.name_of(person));
    company.enter(Act::ChangeNumber, Some(person), today, text)
}

/// A record gone wrong.
pub fn malform(company: &mut Company, person_id: &str, flaw: Flaw) -> HrEvent {
    let person = set_flaw(company, person_id, Some(flaw));
    let today = company.today;
    let text = format!("the record of {} went wrong: {flaw:?}", company.name_of(person));
    company.enter(Act::Malform, Some(person), today, text)
}

/// A record put right.
pub fn repair(company: &mut Company, person_id: &str) -> HrEvent {
    let person = set_flaw(company, person_id, None);
    let today = company.today;
    let text = format!("the record of {} is right again", company.name_of(person));
    company.enter(Act::Repair, Some(person), today, text)
}

fn set_flaw(company: &mut Company, person_id: &str, flaw: Option<Flaw>) -> usize {
    let (person, employment) = company.find(person_id);
    let now = company.now;
    let row = &mut company.people[person].employments[employment];
    row.flaw = flaw;
    row.changed = now;
    person
}

/// The same person entered twice: a second personId, both live. Returns the event of the copy.
pub fn duplicate(company: &mut Company, person_id: &str) -> HrEvent {
    let today = company.today;
    let copy = company.copy_person(person_id, today);
    let text = format!("{} is entered a second time", company.name_of(copy));
    company.enter(Act::Duplicate, Some(copy), today, text)
}
