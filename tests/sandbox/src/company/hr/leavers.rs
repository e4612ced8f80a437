//! People who go.

use jiff::civil::Date;

use super::{Act, HrEvent};
use crate::company::{Company, Termination, codes, days_after};

/// What HR types for somebody who goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// The last day of employment.
    pub date: Date,
    /// The last day at work, when it is an earlier one.
    pub last_worked: Option<Date>,
    /// Until when the person is paid, when that is later.
    pub paid_through: Option<Date>,
    /// A code of [`codes::TERM_REASONS`].
    pub reason: &'static str,
}

impl Leaving {
    /// An ordinary resignation.
    pub fn resigned(date: Date) -> Self {
        Self::because(date, codes::RESIGNED)
    }

    /// For that reason, worked until the end.
    pub fn because(date: Date, reason: &'static str) -> Self {
        Self { date, last_worked: None, paid_through: None, reason }
    }
}

/// A termination: ahead, on the day, too late, at once, or by death, by its date and reason.
///
/// Whether a future one shows T at once is the UKG simulator's `early_t`.
pub fn terminate(company: &mut Company, person_id: &str, leaving: Leaving) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let Leaving { date, last_worked, paid_through, reason } = leaving;
    let is_immediate = codes::IMMEDIATE_REASONS.contains(&reason);
    let kind = if reason == codes::DECEASED {
        Act::Decease
    } else if is_immediate {
        Act::TerminateImmediate
    } else {
        match date.cmp(&company.today) {
            std::cmp::Ordering::Less => Act::TerminateBackdated,
            std::cmp::Ordering::Equal => Act::Terminate,
            std::cmp::Ordering::Greater => Act::TerminateFuture,
        }
    };
    let now = company.now;
    let it = &mut company.people[person];
    if kind == Act::Decease {
        it.deceased = Some(date);
        it.changed = now;
    }
    let row = &mut it.employments[employment];
    row.changed = now;
    row.termination = Some(Termination {
        date,
        last_worked: last_worked.unwrap_or(date),
        paid_through,
        reason: reason.to_owned(),
        ok_to_rehire: !is_immediate && kind != Act::Decease,
    });
    row.write_history(days_after(date, 1), "500", now);
    let text = format!("{} leaves, last day {date}, reason {reason}", company.name_of(person));
    company.enter(kind, Some(person), date, text)
}

/// A termination taken back, before or after its day. The row is as if nothing had been.
pub fn rescind_termination(company: &mut Company, person_id: &str) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let (now, today) = (company.now, company.today);
    let row = &mut company.people[person].employments[employment];
    let kind = if row.has_ended_by(today) {
        Act::RescindTerminationAfter
    } else {
        Act::RescindTerminationBefore
    };
    row.termination = None;
    row.changed = now;
    let text = format!("{} stays after all", company.name_of(person));
    company.enter(kind, Some(person), today, text)
}

/// A termination date moved to another day.
pub fn move_termination(company: &mut Company, person_id: &str, to: Date) -> HrEvent {
    let (person, employment) = company.find(person_id);
    let now = company.now;
    let row = &mut company.people[person].employments[employment];
    let termination = row.termination.as_mut().expect("only an entered termination can move");
    // Who meant to work until the end still does; vacation days taken before it stay where they are.
    let until_the_end = termination.last_worked == termination.date;
    termination.date = to;
    termination.last_worked = if until_the_end { to } else { termination.last_worked.min(to) };
    row.changed = now;
    let text = format!("{} leaves on {to} instead", company.name_of(person));
    company.enter(Act::MoveTermination, Some(person), to, text)
}
