//! People who are away and still employed: leave, suspension, strike, lay-off.

use jiff::civil::Date;

use super::{Act, HrEvent};
use crate::company::{Change, Company, Status};

/// The start of a leave (L), for a reason of the leave table, until about that day.
pub fn start_leave(
    company: &mut Company,
    person_id: &str,
    reason: &str,
    on: Date,
    until: Option<Date>,
) -> HrEvent {
    let change = Change::Status(Status::Leave, Some(reason.to_owned()), until);
    set(company, person_id, Act::StartLeave, change, on, &format!("goes on leave {reason}"))
}

/// The return from a leave.
pub fn return_from_leave(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    set(company, person_id, Act::ReturnFromLeave, active(), on, "is back from leave")
}

/// A suspension by the employer (S).
pub fn suspend(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let change = Change::Status(Status::Suspended, None, None);
    set(company, person_id, Act::Suspend, change, on, "is suspended")
}

/// A strike (O).
pub fn strike(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let change = Change::Status(Status::Strike, None, None);
    set(company, person_id, Act::Strike, change, on, "is on strike")
}

/// A lay-off with recall rights (R: released).
pub fn lay_off(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    let change = Change::Status(Status::Released, None, None);
    set(company, person_id, Act::LayOff, change, on, "is laid off")
}

/// The end of a suspension, a strike or a lay-off.
pub fn back_to_work(company: &mut Company, person_id: &str, on: Date) -> HrEvent {
    set(company, person_id, Act::BackToWork, active(), on, "is back at work")
}

fn active() -> Change {
    Change::Status(Status::Active, None, None)
}

fn set(
    company: &mut Company,
    person_id: &str,
    kind: Act,
    change: Change,
    on: Date,
    what: &str,
) -> HrEvent {
    let (person, employment) = company.find(person_id);
    company.change_on(person, employment, change, on);
    let text = format!("{} {what} as of {on}", company.name_of(person));
    company.enter(kind, Some(person), on, text)
}
