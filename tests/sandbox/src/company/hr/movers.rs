//! People who change: department, job, place, boss, name, type, company.

use jiff::civil::Date;

use super::{Act, HrEvent};
use crate::company::{
    Change, Company, Contract, Employment, Status, Termination, codes, days_after,
};

/// Another department, with its division and cost center; the team is left behind.
pub fn change_department(company: &mut Company, person_id: &str, code: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let known = codes::DEPARTMENTS.iter().find(|it| it.0 == code);
    let old = &company.people[person].employments[employment].org;
    let (division, cost_center) = match known {
        Some((_, _, division, cost_center, ..)) => {
            (Some((*division).to_owned()), Some((*cost_center).to_owned()))
        }
        None => (old[0].clone(), old[2].clone()),
    };
    let org = [division, Some(code.to_owned()), cost_center, None];
    company.change_on(person, employment, Change::Org(org), on);
    let text = format!("{} moves to department {code} as of {on}", company.name_of(person));
    company.enter(Act::ChangeDepartment, Some(person), on, text)
}

/// Another job.
pub fn change_job(company: &mut Company, person_id: &str, code: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    company.change_on(person, employment, Change::Job(code.to_owned()), on);
    let text = format!("{} becomes {code} as of {on}", company.name_of(person));
    company.enter(Act::ChangeJob, Some(person), on, text)
}

/// Another location; the component company stays.
pub fn change_location(company: &mut Company, person_id: &str, code: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    company.change_on(person, employment, Change::Location(code.to_owned()), on);
    let text = format!("{} works at {code} as of {on}", company.name_of(person));
    company.enter(Act::ChangeLocation, Some(person), on, text)
}

/// Another supervisor (a personId), or none.
pub fn change_supervisor(
    company: &mut Company,
    person_id: &str,
    supervisor: Option<&str>,
    on: Date,
) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let (employee_id, name) = match supervisor {
        Some(it) => {
            let (boss, row) = company.find(it);
            let id = company.people[boss].employments[row].employee_id.clone();
            (Some(id), company.name_of(boss))
        }
        None => (None, "nobody".to_owned()),
    };
    company.change_on(person, employment, Change::Supervisor(employee_id), on);
    let text = format!("{} reports to {name} as of {on}", company.name_of(person));
    company.enter(Act::ChangeSupervisor, Some(person), on, text)
}

/// Another legal name. Only the person's row is stamped.
pub fn change_name(company: &mut Company, person_id: &str, first: &str, last: &str) -> HrEvent {
    let (person, _) = company.find(person_id);
    let (now, today) = (company.now, company.today);
    let before = company.name_of(person);
    let it = &mut company.people[person];
    it.former_name = Some(std::mem::replace(&mut it.last_name, last.to_owned()));
    it.first_name = first.to_owned();
    it.changed = now;
    let text = format!("{before} is now called {first} {last}");
    company.enter(Act::ChangeName, Some(person), today, text)
}

/// Another preferred name, or none. Only the person's row is stamped.
pub fn change_preferred_name(
    company: &mut Company,
    person_id: &str,
    preferred: Option<&str>,
) -> HrEvent {
    let (person, _) = company.find(person_id);
    let (now, today) = (company.now, company.today);
    let before = company.name_of(person);
    let it = &mut company.people[person];
    it.preferred_name = preferred.map(ToOwned::to_owned);
    it.changed = now;
    let text = format!("{before} wants to be called {}", company.name_of(person));
    company.enter(Act::ChangePreferredName, Some(person), today, text)
}

/// Another employee type on the same record: contractor to employee, or back.
pub fn convert(company: &mut Company, person_id: &str, code: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    company.change_on(person, employment, Change::EmployeeType(code.to_owned()), on);
    let text = format!("{} becomes {code} as of {on}", company.name_of(person));
    company.enter(Act::Convert, Some(person), on, text)
}

/// Contractor to regular employee by a new record with a new number; the contractor's record
/// ends the day before.
pub fn convert_by_new_record(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let mut row = company.fresh_row(person, employment, on);
    row.employee_id = company.new_employee_id();
    row.employee_type = "REG".to_owned();
    let last = days_after(on, -1);
    let now = company.now;
    let old = &mut company.people[person].employments[employment];
    old.is_home = false;
    old.changed = now;
    old.termination = Some(ended(last, codes::CONTRACT_ENDED));
    company.by_employee.insert(row.employee_id.clone(), person);
    company.people[person].employments.push(row);
    let text = format!("{} becomes an employee as of {on}, new record", company.name_of(person));
    company.enter(Act::ConvertByNewRecord, Some(person), on, text)
}

/// To another component company: the old row ends with TRO, a new row with the same employeeId
/// and another number begins.
pub fn transfer(company: &mut Company, person_id: &str, to: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let number = company.new_employee_number();
    let now = company.now;
    let old = &mut company.people[person].employments[employment];
    let mut row = transfer_row(old, to, number, on);
    row.created = now;
    row.changed = now;
    row.write_history(on, "102", now);
    old.is_home = false;
    old.changed = now;
    old.termination = Some(ended(days_after(on, -1), codes::TRANSFER_OUT));
    row.record_id = company.new_guid();
    company.put_row(person, row);
    let text = format!("{} moves to company {to} as of {on}", company.name_of(person));
    company.enter(Act::Transfer, Some(person), on, text)
}

/// A row like the one given, in another component company.
pub(in crate::company) fn transfer_row(
    old: &Employment,
    company_id: &str,
    employee_number: String,
    on: Date,
) -> Employment {
    Employment {
        company_id: company_id.to_owned(),
        employee_number,
        status: Status::Active,
        status_since: on,
        status_until: None,
        leave_reason: None,
        last_hire: on,
        in_job_since: on,
        termination: None,
        earlier_end: None,
        is_home: true,
        contracts: old.contracts.iter().map(|it| Contract { start: on, ..it.clone() }).collect(),
        history: Vec::new(),
        flaw: None,
        ..old.clone()
    }
}

impl Company {
    /// Adds a row. Who comes back to a company finds the old row there, since the key of a row is
    /// (employeeId, companyId): it is taken up again, with its first hire.
    fn put_row(&mut self, person: usize, mut row: Employment) {
        let rows = &mut self.people[person].employments;
        let old = rows
            .iter_mut()
            .find(|it| it.employee_id == row.employee_id && it.company_id == row.company_id);
        match old {
            Some(old) => {
                row.original_hire = row.original_hire.min(old.original_hire);
                row.created = old.created;
                row.earlier_end = old.termination.as_ref().map(|it| it.date);
                *old = row;
            }
            None => rows.push(row),
        }
    }
}

fn ended(date: Date, reason: &str) -> Termination {
    Termination {
        date,
        last_worked: date,
        paid_through: None,
        reason: reason.to_owned(),
        ok_to_rehire: true,
    }
}

/// A second employment with another component company, beside the first.
pub fn add_employment(
    company: &mut Company,
    person_id: &str,
    company_id: &str,
    on: Date,
) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let mut row = company.fresh_row(person, employment, on);
    row.company_id = company_id.to_owned();
    row.is_home = false;
    company.put_row(person, row);
    let text =
        format!("{} also works for company {company_id} as of {on}", company.name_of(person));
    company.enter(Act::AddEmployment, Some(person), on, text)
}

/// The end of one of two employments: the one that is not the home company's.
pub fn end_one_of_two(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let person = company.index_of(person_id);
    let (now, today) = (company.now, company.today);
    let row = company.people[person]
        .employments
        .iter_mut()
        .find(|it| !it.is_home && it.is_live_on(today) && it.termination.is_none())
        .expect("only somebody with two employments can lose one");
    row.changed = now;
    row.termination = Some(ended(on, codes::RESIGNED));
    let where_ = row.company_id.clone();
    let text = format!("{} stops working for company {where_} on {on}", company.name_of(person));
    company.enter(Act::EndOneOfTwo, Some(person), on, text)
}
