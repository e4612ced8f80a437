//! People who come, and those who come again.

use jiff::civil::Date;
use rand::{Rng, RngExt};

use super::{Act, HrEvent};
use crate::company::{
    Company, Contract, Employment, Person, Status, Termination, codes, days_after,
    generate::component,
    names::{self, Name},
};

/// What HR types for somebody new.
#[derive(Clone, Debug, PartialEq)]
pub struct NewHire {
    /// The name.
    pub name: Name,
    /// The first day.
    pub start: Date,
    /// The component company.
    pub company_id: String,
    /// Division, department, cost center, team.
    pub org: [Option<String>; 4],
    /// The job.
    pub job: String,
    /// The location.
    pub location: String,
    /// The employee type.
    pub employee_type: String,
    /// The supervisor's personId.
    pub supervisor: Option<String>,
    /// The work e-mail, if HR typed something already.
    pub email: Option<String>,
    /// The personal e-mail.
    pub alternate_email: Option<String>,
    /// The end of the contract; a contract row is written when there is one.
    pub contract_end: Option<Date>,
}

impl NewHire {
    /// An ordinary hire: a drawn name, an individual contributor's job under some manager.
    pub fn plausible(company: &Company, start: Date, rng: &mut impl Rng) -> Self {
        let name = names::draw(rng);
        let (code, _, division, cost_center, ..) =
            codes::DEPARTMENTS[rng.random_range(0..codes::DEPARTMENTS.len())];
        // Seattle is the largest place.
        let location = codes::LOCATIONS[rng.random_range(0..12_usize).saturating_sub(4)].code;
        let kind = rng.random_range(0..100);
        let (employee_type, job) = match kind {
            0..8 => (codes::CONTRACTOR, format!("{code}1")),
            8..11 => ("INT", format!("{code}I")),
            11..15 => ("PRT", format!("{code}1")),
            _ => ("REG", format!("{code}{}", 1 + kind % 2)),
        };
        let contract_end = (employee_type == codes::CONTRACTOR)
            .then(|| days_after(start, rng.random_range(60..360)));
        let mailbox: String = name.plain.chars().filter(|it| *it != '.').collect();
        let alternate_email =
            Some(format!("{mailbox}{}@personal.example", rng.random_range(10..99)));
        // Now and then HR types the personal address where the work address belongs.
        let email = rng.random_ratio(1, 8).then(|| alternate_email.clone()).flatten();
        Self {
            name,
            start,
            company_id: component(location, code).to_owned(),
            org: [Some(division), Some(code), Some(cost_center), None]
                .map(|it| it.map(ToOwned::to_owned)),
            job,
            location: location.to_owned(),
            employee_type: employee_type.to_owned(),
            supervisor: company.a_manager(rng),
            email,
            alternate_email,
            contract_end,
        }
    }
}

impl Company {
    /// The personId of a manager who works here today, if there is anybody yet.
    fn a_manager(&self, rng: &mut impl Rng) -> Option<String> {
        // The tree grows eightfold, so the first eighth are the ones with reports.
        let managers = (self.people.len() / 9).max(1).min(self.people.len());
        if managers == 0 {
            return None;
        }
        let from = rng.random_range(0..managers);
        (0..managers)
            .map(|it| &self.people[(from + it) % managers])
            .find(|it| it.employment_on(self.today).is_some_and(|it| it.is_live_on(self.today)))
            .map(|it| it.person_id.clone())
    }
}

/// Writes a new person with one employment, without an event.
pub(in crate::company) fn enroll(company: &mut Company, hire: NewHire) -> usize {
    let supervisor = hire.supervisor.as_deref().map(|it| {
        let (person, employment) = company.find(it);
        company.people[person].employments[employment].employee_id.clone()
    });
    let now = company.now;
    let serial = u32::try_from(company.people.len()).expect("a hundred thousand people at most");
    let mut employment = Employment {
        company_id: hire.company_id,
        employee_id: company.new_employee_id(),
        employee_number: company.new_employee_number(),
        record_id: company.new_guid(),
        org: hire.org,
        job: hire.job,
        job_title: None,
        location: hire.location,
        employee_type: hire.employee_type,
        status: Status::Active,
        status_since: hire.start,
        status_until: None,
        leave_reason: None,
        original_hire: hire.start,
        last_hire: hire.start,
        termination: None,
        earlier_end: None,
        supervisor,
        is_home: true,
        in_job_since: hire.start,
        contracts: Vec::new(),
        custom_end: None,
        history: Vec::new(),
        flaw: None,
        created: now,
        changed: now,
    };
    employment.write_history(hire.start, "100", now);
    if let Some(end) = hire.contract_end {
        employment.contracts.push(Contract {
            number: format!("LK{}", &employment.employee_number[3..]),
            start: hire.start,
            end: Some(end),
            is_renewal: false,
            created: now,
            changed: now,
        });
    }
    let person = Person {
        person_id: company.new_guid(),
        first_name: hire.name.first,
        middle_name: None,
        last_name: hire.name.last,
        preferred_name: hire.name.preferred,
        former_name: None,
        user_name: None,
        email: hire.email,
        alternate_email: hire.alternate_email,
        manual_login: Some(hire.name.plain),
        deceased: None,
        serial,
        created: now,
        changed: now,
        employments: vec![employment],
    };
    company.add_person(person)
}

/// A hire: today, ahead of time, or entered too late, by its start.
pub fn hire(company: &mut Company, hire: NewHire) -> HrEvent {
    let start = hire.start;
    let kind = match start.cmp(&company.today) {
        std::cmp::Ordering::Less => Act::HireLate,
        std::cmp::Ordering::Equal => Act::HireToday,
        std::cmp::Ordering::Greater => Act::HireFuture,
    };
    let person = enroll(company, hire);
    // Only the process of the years before the sync gave logins by hand.
    company.people[person].manual_login = None;
    let text = format!("{} is hired as of {start}", company.name_of(person));
    company.enter(kind, Some(person), start, text)
}

/// How a hire who will not come is entered. What UKG shows of deleted rows is unconfirmed, so
/// both exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rescission {
    /// The row disappears without a trace.
    RowDeleted,
    /// The row is terminated as of the day of the hire.
    NoShow,
}

/// A hire who will not come.
pub fn rescind_hire(company: &mut Company, person_id: &str, how: Rescission) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let now = company.now;
    let start = company.people[person].employments[employment].last_hire;
    let text = format!("{} will not start on {start} ({how:?})", company.name_of(person));
    match how {
        Rescission::RowDeleted => {
            company.people[person].employments.remove(employment);
        }
        Rescission::NoShow => {
            let row = &mut company.people[person].employments[employment];
            row.changed = now;
            row.termination = Some(Termination {
                date: start,
                last_worked: start,
                paid_through: None,
                reason: codes::NO_SHOW.to_owned(),
                ok_to_rehire: true,
            });
        }
    }
    company.enter(Act::RescindHire, Some(person), start, text)
}

/// A start date moved to another day.
pub fn move_start(company: &mut Company, person_id: &str, to: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let now = company.now;
    let row = &mut company.people[person].employments[employment];
    let from = row.last_hire;
    if row.original_hire == from {
        row.original_hire = to;
    }
    row.last_hire = to;
    row.status_since = to;
    row.in_job_since = to;
    row.changed = now;
    let text = format!("{} starts on {to} instead of {from}", company.name_of(person));
    company.enter(Act::MoveStart, Some(person), to, text)
}

/// A rehire on the old record: the last hire moves, the original hire stays.
pub fn rehire(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let now = company.now;
    let row = &mut company.people[person].employments[employment];
    row.earlier_end = row.termination.take().map(|it| it.date);
    row.last_hire = on;
    row.status = Status::Active;
    row.status_since = on;
    row.status_until = None;
    row.leave_reason = None;
    row.is_home = true;
    row.changed = now;
    row.write_history(on, "101", now);
    let text = format!("{} is rehired as of {on}", company.name_of(person));
    company.enter(Act::RehireSameNumber, Some(person), on, text)
}

/// A rehire of the same person under a new employee number and employeeId; the old row stays T.
pub fn rehire_with_new_number(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let mut row = company.fresh_row(person, employment, on);
    row.employee_id = company.new_employee_id();
    company.by_employee.insert(row.employee_id.clone(), person);
    company.people[person].employments[employment].is_home = false;
    company.people[person].employments.push(row);
    let text = format!("{} is rehired as of {on} with a new number", company.name_of(person));
    company.enter(Act::RehireNewNumber, Some(person), on, text)
}

/// A rehire entered as a new person: nothing but the name and the personal mail tells.
pub fn rehire_as_duplicate(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let copy = company.copy_person(person_id, on);
    let text = format!("{} is rehired as of {on} as a new person", company.name_of(copy));
    company.enter(Act::RehireAsDuplicate, Some(copy), on, text)
}

/// HR changes its mind about somebody it would not have taken back: the box "OK to rehire" is
/// ticked on every record that has ended. No event: it is not about anybody's work.
pub fn clear_for_rehire(company: &mut Company, person_id: &str) {
    let (person, _) = company.find(person_id);
    let now = company.now;
    for row in &mut company.people[person].employments {
        if let Some(termination) = &mut row.termination {
            termination.ok_to_rehire = true;
            row.changed = now;
        }
    }
}

impl Company {
    /// A new row like an old one, starting that day.
    pub(super) fn fresh_row(&mut self, person: usize, employment: usize, on: Date) -> Employment {
        let now = self.now;
        let mut row = self.people[person].employments[employment].clone();
        row.employee_number = self.new_employee_number();
        row.record_id = self.new_guid();
        row.status = Status::Active;
        row.status_since = on;
        row.status_until = None;
        row.leave_reason = None;
        row.original_hire = on;
        row.last_hire = on;
        row.in_job_since = on;
        row.termination = None;
        row.earlier_end = None;
        row.is_home = true;
        row.contracts.clear();
        row.custom_end = None;
        row.history.clear();
        row.flaw = None;
        row.created = now;
        row.changed = now;
        row.write_history(on, "100", now);
        row
    }

    /// The same human as a second person of the tenant, with one employment from that day.
    pub(super) fn copy_person(&mut self, person_id: &str, on: Date) -> usize {
        let (person, employment) = self.find(person_id);
        let mut row = self.fresh_row(person, employment, on);
        row.employee_id = self.new_employee_id();
        let mut copy = self.people[person].clone();
        copy.person_id = self.new_guid();
        copy.serial = u32::try_from(self.people.len()).expect("a hundred thousand people at most");
        copy.user_name = None;
        copy.email = None;
        copy.manual_login = None;
        copy.created = self.now;
        copy.changed = self.now;
        copy.employments = vec![row];
        self.add_person(copy)
    }
}
