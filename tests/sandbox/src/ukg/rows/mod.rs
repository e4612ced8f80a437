//! The rows of the people endpoints, field by field under their wire names.

mod change;
mod contract;
mod history;
mod newer;
mod older;
mod person;
mod supervisor;

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};

use super::{options::Options, query};
use crate::company::{Company, Employment, Flaw, Person, Status, codes};

pub use {
    change::Change, contract::ContractRow, history::HistoryRow, newer::Newer, older::Older,
    person::PersonRow, supervisor::Supervisor,
};

/// Writes the fields of a row: wire name, value.
macro_rules! fields {
    ($map:ident, $($name:literal: $value:expr,)+) => {
        $($map.serialize_entry($name, &$value)?;)+
    };
}
use fields;

/// Nothing, as the people endpoints write it.
const NONE: Option<&str> = None;

/// Everything a row is rendered against.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The truth.
    pub company: &'a Company,
    /// The switches.
    pub options: &'a Options,
}

/// One employment and whose it is: what most rows are about.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The surroundings.
    pub view: View<'a>,
    /// The person.
    pub person: &'a Person,
    /// The employment.
    pub employment: &'a Employment,
}

impl<'a> View<'a> {
    /// Every employment of everyone, but for those the instance hides.
    pub fn rows(self) -> impl Iterator<Item = Row<'a>> {
        let options = self.options;
        let people = self.company.people();
        let count = people.len();
        let backwards = options.lists_backwards;
        let people = (0..count).map(move |it| &people[if backwards { count - 1 - it } else { it }]);
        people.filter(|it| !options.hidden_people.contains(&it.person_id)).flat_map(move |person| {
            person
                .employments
                .iter()
                .filter(|it| !options.hidden_companies.contains(&it.company_id))
                .map(move |employment| Row { view: self, person, employment })
        })
    }

    /// A code, padded to its column when the instance does that.
    fn fixed(self, text: &'a str, width: usize) -> Cow<'a, str> {
        if self.options.is_padded {
            Cow::Owned(format!("{text:<width$}"))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// A day as a date-time without a zone.
    pub fn day(self, date: Date) -> String {
        format!("{date}T00:00:00")
    }

    /// An instant by the instance's clock, with as many digits as it has milliseconds.
    fn stamp(self, at: Timestamp) -> String {
        let local = query::local(self.company, at);
        let millis = local.subsec_nanosecond() / 1_000_000;
        let whole = local.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        if millis == 0 {
            return whole;
        }
        format!("{whole}.{millis:03}").trim_end_matches('0').to_owned()
    }
}

impl<'a> Row<'a> {
    fn company_id(&self) -> Cow<'a, str> {
        self.view.fixed(&self.employment.company_id, 5)
    }

    /// The employeeId as served: a flawed record has lost its end.
    pub fn employee_id(&self) -> Cow<'a, str> {
        let id = self.employment.employee_id.as_str();
        if self.employment.flaw == Some(Flaw::ShortEmployeeId) {
            return Cow::Borrowed(&id[..10]);
        }
        self.view.fixed(id, 12)
    }

    fn employee_number(&self) -> Option<Cow<'a, str>> {
        if self.employment.flaw == Some(Flaw::NoEmployeeNumber) {
            return None;
        }
        Some(self.view.fixed(&self.employment.employee_number, 9))
    }

    fn person_id(&self) -> Option<&'a str> {
        (self.employment.flaw != Some(Flaw::NoPersonId)).then_some(self.person.person_id.as_str())
    }

    /// The status as served: a termination ahead may show before its day.
    pub fn status(&self) -> Status {
        let is_over = self.employment.has_ended_by(self.view.company.today());
        let is_announced = self.employment.termination.is_some() && self.view.options.early_t;
        if is_over || is_announced { Status::Terminated } else { self.employment.status }
    }

    /// The status as the text of the column.
    fn status_code(&self) -> String {
        self.status().letter().to_string()
    }

    fn status_since(&self) -> Date {
        match (&self.employment.termination, self.status()) {
            (Some(it), Status::Terminated) => it.date,
            (Some(_) | None, _) => self.employment.status_since,
        }
    }

    /// The termination date; of an earlier spell too, when the instance keeps that.
    pub fn end(&self) -> Option<Date> {
        let earlier = self.employment.earlier_end.filter(|_| self.view.options.keeps_earlier_end);
        self.employment.termination.as_ref().map(|it| it.date).or(earlier)
    }

    fn last_hire(&self) -> String {
        if self.employment.flaw == Some(Flaw::HireDateIsText) {
            return "TBD".to_owned();
        }
        self.view.day(self.employment.last_hire)
    }

    fn reason(&self) -> Option<Cow<'a, str>> {
        let termination = self.employment.termination.as_ref()?;
        Some(self.view.fixed(&termination.reason, 6))
    }

    fn reason_entry(&self) -> Option<&'static (&'static str, &'static str, &'static str)> {
        let reason = &self.employment.termination.as_ref()?.reason;
        codes::TERM_REASONS.iter().find(|it| it.0 == reason)
    }

    fn ok_to_rehire(&self) -> &'static str {
        let is_ok = self.employment.termination.as_ref().is_none_or(|it| it.ok_to_rehire);
        yes(is_ok)
    }

    /// The supervisor, wherever he works now.
    pub fn supervisor(&self) -> Option<Row<'a>> {
        let id = self.employment.supervisor.as_deref()?;
        let person = self.view.company.person_of(id)?;
        let employment = person
            .employments
            .iter()
            .rev()
            .find(|it| it.employee_id == id)
            .or_else(|| person.employment_on(self.view.company.today()))?;
        Some(Row { view: self.view, person, employment })
    }

    fn full_time(&self) -> &'static str {
        if self.employment.employee_type == "PRT" { "P" } else { "F" }
    }

    fn salaried(&self) -> &'static str {
        if self.employment.employee_type == "REG" { "S" } else { "H" }
    }

    fn job_title_of_table(&self) -> Option<&'a str> {
        self.view.company.job(&self.employment.job).map(|it| it.title.as_str())
    }

    /// A planted salary: the whole part is always the same, the rest tells people apart.
    fn salary(&self) -> f64 {
        31_337.0 + f64::from(self.person.serial % 100) / 100.0
    }

    fn country(&self) -> &'static str {
        component(&self.employment.company_id).map_or("USA", |it| it.country)
    }
}

/// The component company of that id.
pub fn component(id: &str) -> Option<&'static crate::company::codes::ComponentCompany> {
    codes::COMPANIES.iter().find(|it| it.id == id)
}

/// Yes or no as the older services write it.
fn yes(is: bool) -> &'static str {
    if is { "Y" } else { "N" }
}
