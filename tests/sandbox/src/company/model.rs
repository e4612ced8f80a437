//! What is true about the people, as the HR department knows it.
//!
//! Nothing in here knows how UKG Pro would show it; see [`crate::ukg`] for that.

use jiff::{Timestamp, civil::Date};

use super::codes;

/// One human being.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// UKG's personId, a GUID.
    pub person_id: String,
    /// The legal first name, as typed.
    pub first_name: String,
    /// The middle name, if there is one.
    pub middle_name: Option<String>,
    /// The legal last name, as typed.
    pub last_name: String,
    /// What colleagues call the person.
    pub preferred_name: Option<String>,
    /// A former last name, after a change.
    pub former_name: Option<String>,
    /// UKG's own user name; absent for people who start tomorrow.
    pub user_name: Option<String>,
    /// Whatever HR typed as e-mail; usually absent before the first day.
    pub email: Option<String>,
    /// The personal e-mail.
    pub alternate_email: Option<String>,
    /// The login the manual process gave in the years before; absent for people hired later.
    pub manual_login: Option<String>,
    /// The day of death, if HR entered one.
    pub deceased: Option<Date>,
    /// Runs through the people; the planted private values carry it.
    pub serial: u32,
    /// When the person's row was entered.
    pub created: Timestamp,
    /// When the person's row was last touched. The employments have stamps of their own.
    pub changed: Timestamp,
    /// Every employment this person ever had with us.
    pub employments: Vec<Employment>,
}

/// One employment of one person with one component company.
#[derive(Clone, Debug, PartialEq)]
pub struct Employment {
    /// The component company, 5 characters.
    pub company_id: String,
    /// The employee in the tenant, 12 characters. A transfer may keep it.
    pub employee_id: String,
    /// At most 9 digits with leading zeros; unique per company at best, and HR can change it.
    pub employee_number: String,
    /// GUID of the record.
    pub record_id: String,
    /// Division, department, cost center, team.
    pub org: [Option<String>; 4],
    /// The job.
    pub job: String,
    /// A title of the person's own, normally absent.
    pub job_title: Option<String>,
    /// The work location.
    pub location: String,
    /// REG, PRT, INT, CON, or something nobody announced.
    pub employee_type: String,
    /// The status as it was before any termination.
    pub status: Status,
    /// Since when.
    pub status_since: Date,
    /// Until when, as far as HR knows (leaves).
    pub status_until: Option<Date>,
    /// Why the person is on leave.
    pub leave_reason: Option<String>,
    /// The first time this person was hired by this company.
    pub original_hire: Date,
    /// The hire that counts.
    pub last_hire: Date,
    /// The end, once HR has entered it.
    pub termination: Option<Termination>,
    /// The end of an earlier spell, after a rehire on the same record.
    pub earlier_end: Option<Date>,
    /// The supervisor's employeeId. May point to somebody who left.
    pub supervisor: Option<String>,
    /// Whether this is the person's home company.
    pub is_home: bool,
    /// Since when the person has had this job.
    pub in_job_since: Date,
    /// Contracts, the latest last.
    pub contracts: Vec<Contract>,
    /// When the employment is to end, where HR keeps that in a field of the customer's own instead
    /// of in contracts.
    pub custom_end: Option<Date>,
    /// Dated rows of the job history, the latest last.
    pub history: Vec<JobRow>,
    /// What HR's typing did to the record.
    pub flaw: Option<Flaw>,
    /// When the row was entered.
    pub created: Timestamp,
    /// When the row was last touched.
    pub changed: Timestamp,
}

/// How an employment ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Termination {
    /// The last day of employment.
    pub date: Date,
    /// The last day at work; may lie before [`Termination::date`].
    pub last_worked: Date,
    /// Until when the person is paid; may lie after it.
    pub paid_through: Option<Date>,
    /// A code of [`codes::TERM_REASONS`].
    pub reason: String,
    /// Whether HR would take the person back.
    pub ok_to_rehire: bool,
}

/// UKG's employment statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A.
    Active,
    /// L: leave of absence.
    Leave,
    /// O: on strike.
    Strike,
    /// R: released, laid off. Not retired.
    Released,
    /// S: suspended.
    Suspended,
    /// T: terminated.
    Terminated,
    /// A code that UKG's documentation does not list.
    Unheard(char),
}

impl Status {
    /// UKG's letter for it.
    pub fn letter(self) -> char {
        match self {
            Self::Active => 'A',
            Self::Leave => 'L',
            Self::Strike => 'O',
            Self::Released => 'R',
            Self::Suspended => 'S',
            Self::Terminated => 'T',
            Self::Unheard(letter) => letter,
        }
    }
}

/// A contract of a contractor, or of anybody with a fixed term.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// The number on the paper.
    pub number: String,
    /// When it starts.
    pub start: Date,
    /// When it ends. HR forgets it now and then.
    pub end: Option<Date>,
    /// Whether it renews the one before.
    pub is_renewal: bool,
    /// When the row was entered.
    pub created: Timestamp,
    /// When the row was last touched.
    pub changed: Timestamp,
}

/// One row of the job history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// From when it holds.
    pub effective: Date,
    /// UKG's change reason; 100 is a hire.
    pub reason: &'static str,
    /// The job then.
    pub job: String,
    /// The org levels then.
    pub org: [Option<String>; 4],
    /// The location then.
    pub location: String,
    /// When the row was entered.
    pub created: Timestamp,
}

/// A record that HR, or an import, got wrong in a way a reader stumbles over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The employeeId lost its last characters.
    ShortEmployeeId,
    /// The hire date is text that is no date.
    HireDateIsText,
    /// There is no employee number.
    NoEmployeeNumber,
    /// The personId is null.
    NoPersonId,
}

impl Employment {
    /// Whether the person has started and not ended on that day.
    pub fn is_live_on(&self, date: Date) -> bool {
        self.last_hire <= date && !self.has_ended_by(date)
    }

    /// Whether the last day lies before that day.
    pub fn has_ended_by(&self, date: Date) -> bool {
        self.termination.as_ref().is_some_and(|it| it.date < date)
    }

    /// Whether it ended, or will, by a transfer to another component company.
    pub fn is_transferred(&self) -> bool {
        self.termination.as_ref().is_some_and(|it| it.reason == codes::TRANSFER_OUT)
    }

    /// Whether the type is the contractors'.
    pub fn is_contractor(&self) -> bool {
        self.employee_type == codes::CONTRACTOR
    }
}

impl Person {
    /// The employment that counts on that day: live before future before past, home before
    /// others, the latest hire first. `None` when HR deleted every row.
    pub fn employment_on(&self, date: Date) -> Option<&Employment> {
        self.primary_on(date).map(|it| &self.employments[it])
    }

    pub(super) fn primary_on(&self, date: Date) -> Option<usize> {
        (0..self.employments.len()).max_by_key(|&it| {
            let it = &self.employments[it];
            (it.is_live_on(date), !it.has_ended_by(date), it.is_home, it.last_hire)
        })
    }

    /// The name colleagues would say.
    pub fn display_name(&self) -> String {
        format!("{} {}", self.preferred_name.as_deref().unwrap_or(&self.first_name), self.last_name)
    }
}
