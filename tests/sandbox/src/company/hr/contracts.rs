//! Contractors' paper.

use jiff::civil::Date;

use super::{Act, HrEvent};
use crate::company::{Company, Contract, days_after};

/// A contract that runs longer: a renewal row beside the old one, as HR keeps them.
pub fn extend_contract(company: &mut Company, person_id: &str, to: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let (now, today) = (company.now, company.today);
    let row = &mut company.people[person].employments[employment];
    let start = row.contracts.last().and_then(|it| it.end).map_or(today, |it| days_after(it, 1));
    row.contracts.push(Contract {
        number: format!("LK{}-{}", row.employee_number, row.contracts.len() + 1),
        start,
        end: Some(to),
        is_renewal: true,
        created: now,
        changed: now,
    });
    let text = format!("the contract of {} runs until {to}", company.name_of(person));
    company.enter(Act::ExtendContract, Some(person), to, text)
}

/// A contract that ends early.
pub fn end_contract_early(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let person = set_end(company, person_id, Some(on));
    let text = format!("the contract of {} ends early on {on}", company.name_of(person));
    company.enter(Act::EndContractEarly, Some(person), on, text)
}

/// A contract whose end date got lost.
pub fn lose_contract_end(company: &mut Company, person_id: &str) -> HrEvent {
    let person = set_end(company, person_id, None);
    let text = format!("the contract of {} has no end date any more", company.name_of(person));
    let today = company.today;
    company.enter(Act::LoseContractEnd, Some(person), today, text)
}

/// The end date in a field of the customer's own: for companies that keep no contracts in UKG.
///
/// No stamp of the person or the employment moves. Whether UKG moves one is not known, and this is
/// the case in which only a read of everybody finds it.
pub fn set_custom_end(company: &mut Company, person_id: &str, end: Option<Date>) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let row = &mut company.people[person].employments[employment];
    let before = std::mem::replace(&mut row.custom_end, end);
    let (name, today) = (company.name_of(person), company.today);
    let (act, effective, text) = match end {
        None => (Act::LoseContractEnd, today, format!("{name} has no end date any more")),
        Some(it) if before.is_some_and(|before| it < before) => {
            (Act::EndContractEarly, it, format!("{name} ends early on {it}"))
        }
        Some(it) => (Act::ExtendContract, it, format!("{name} is to work until {it}")),
    };
    company.enter(act, Some(person), effective, text)
}

fn set_end(company: &mut Company, person_id: &str, end: Option<Date>) -> usize {
    let (person, employment) = company.find(person_id);
    let now = company.now;
    let contracts = &mut company.people[person].employments[employment].contracts;
    let contract = contracts.last_mut().expect("only somebody with a contract can change it");
    contract.end = end;
    contract.changed = now;
    person
}
