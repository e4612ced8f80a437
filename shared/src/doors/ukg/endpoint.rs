//! What can be asked of UKG: the endpoints, the grant each one needs, and the filters' syntax.
//!
//! Everything here is from reference/ukg.md, sections 1, 2.1 and 2.3; nothing here sends anything.

use std::fmt;

use jiff::{Timestamp, civil::Date};

use super::{Error, Shape};
use crate::words::ids::EmployeeId;

/// An endpoint that Rollcall reads. There is no other, and none that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Employments, older shape.
    EmploymentDetails,
    /// Employments, newer shape, with the expected end of a leave.
    EmployeeEmploymentDetails,
    /// Identities.
    PersonDetails,
    /// Contracts, for the end date of a contractor.
    ContractDetails,
    /// The customer's own fields, one of which may hold a contractor's end date.
    UserDefinedFields,
    /// Supervisors, resolved.
    SupervisorDetails,
    /// Who changed; at most every three hours.
    EmployeeChanges,
    /// Departments, cost centers, divisions.
    OrgLevels,
    /// The job table.
    Jobs,
    /// Work locations.
    Locations,
    /// Component companies.
    CompanyDetails,
    /// One of the customer's code tables.
    CodeTables,
}

impl Endpoint {
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::EmploymentDetails => "/personnel/v1/employment-details",
            Self::EmployeeEmploymentDetails => "/personnel/v1/employee-employment-details",
            Self::PersonDetails => "/personnel/v1/person-details",
            Self::ContractDetails => "/personnel/v1/employee-contract-details",
            Self::UserDefinedFields => "/personnel/v1/user-defined-fields",
            Self::SupervisorDetails => "/personnel/v1/employee-supervisor-details",
            Self::EmployeeChanges => "/personnel/v1/employee-changes",
            Self::OrgLevels => "/configuration/v1/org-levels",
            Self::Jobs => "/configuration/v1/jobs",
            Self::Locations => "/configuration/v1/locations",
            Self::CompanyDetails => "/configuration/v1/company-details",
            Self::CodeTables => "/configuration/v1/code-tables",
        }
    }

    /// The web service that the account must be granted View on, as UKG's security page calls it
    /// (reference/ukg.md, section 1).
    pub fn grant(self) -> &'static str {
        match self {
            Self::EmploymentDetails
            | Self::EmployeeEmploymentDetails
            | Self::ContractDetails
            | Self::UserDefinedFields
            | Self::SupervisorDetails => "Personnel Integration",
            Self::PersonDetails => "Employee Person Details",
            Self::EmployeeChanges => "Employee Export",
            Self::OrgLevels
            | Self::Jobs
            | Self::Locations
            | Self::CompanyDetails
            | Self::CodeTables => "Company Configuration Integration",
        }
    }

    /// How the endpoint is paged, when it is.
    fn paging(self) -> Paging {
        match self {
            Self::EmploymentDetails
            | Self::EmployeeEmploymentDetails
            | Self::PersonDetails
            | Self::ContractDetails
            | Self::UserDefinedFields
            | Self::SupervisorDetails
            | Self::CompanyDetails => Paging::Numbered { size: "per_Page", cap: u32::MAX },
            // The maximum that connector manuals and working clients agree on.
            Self::EmployeeChanges => Paging::Numbered { size: "per_page", cap: 200 },
            Self::OrgLevels | Self::Jobs | Self::Locations | Self::CodeTables => Paging::Whole,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.path().rsplit('/').next().unwrap_or_default())
    }
}

/// How an answer comes in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    /// `page=1..` and a page size under this name, which the endpoint caps.
    Numbered { size: &'static str, cap: u32 },
    /// All at once; a `Link: next` is followed all the same.
    Whole,
}

/// What a 404 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotFound {
    /// The endpoint is not there.
    IsAnError,
    /// There is no row: `employee-supervisor-details` and questions about one employee.
    MeansNoRows,
}

/// One question: an endpoint, perhaps a part of it, and filters.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) endpoint: Endpoint,
    pub(super) part: Option<String>,
    pub(super) filters: Vec<(&'static str, String)>,
    pub(super) paging: Paging,
    pub(super) not_found: NotFound,
    /// Of the customer's own fields, the one that is wanted.
    pub(super) member: Option<String>,
}

impl Question {
    pub(super) fn all(endpoint: Endpoint) -> Self {
        let not_found = match endpoint {
            Endpoint::SupervisorDetails => NotFound::MeansNoRows,
            Endpoint::EmploymentDetails
            | Endpoint::EmployeeEmploymentDetails
            | Endpoint::PersonDetails
            | Endpoint::ContractDetails
            | Endpoint::UserDefinedFields
            | Endpoint::EmployeeChanges
            | Endpoint::OrgLevels
            | Endpoint::Jobs
            | Endpoint::Locations
            | Endpoint::CompanyDetails
            | Endpoint::CodeTables => NotFound::IsAnError,
        };
        let paging = endpoint.paging();
        Self { endpoint, part: None, filters: Vec::new(), paging, not_found, member: None }
    }

    /// One table or one employee by its own route, unpaged.
    fn part(endpoint: Endpoint, part: &str) -> Result<Self, Error> {
        let part = Some(plain(part, endpoint)?.to_owned());
        Ok(Self { part, paging: Paging::Whole, ..Self::all(endpoint) })
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.filters.push((name, value));
        self
    }

    fn of_employee(self, name: &'static str, employee: &EmployeeId) -> Result<Self, Error> {
        let id = plain(employee.as_str(), self.endpoint)?.to_owned();
        Ok(Self { not_found: NotFound::MeansNoRows, ..self.with(name, id) })
    }

    /// Of the customer's own fields, keeps the one of this name: `personnelUDField05`, or what
    /// the customer calls it.
    pub(super) fn keeping(self, member: &str) -> Self {
        Self { member: Some(member.trim().to_owned()), ..self }
    }

    pub(super) fn code_table(name: &str) -> Result<Self, Error> {
        Self::part(Endpoint::CodeTables, name)
    }

    /// Both ends are always sent: what UKG answers without them is not documented
    /// (reference/ukg.md, section 2.3).
    pub(super) fn changes(start: Timestamp, end: Timestamp) -> Self {
        let text = |it: Timestamp| it.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self::all(Endpoint::EmployeeChanges)
            .with("startDate", text(start))
            .with("endDate", text(end))
    }
}

/// An id or a table's name may come from a webhook, that is, from anybody: `*`, `[A,B]` and `<`
/// are operators in UKG's filters, and `..` is another path.
fn plain(raw: &str, endpoint: Endpoint) -> Result<&str, Error> {
    let is_plain = (1..=64).contains(&raw.len())
        && raw.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'-');
    if is_plain { Ok(raw) } else { Err(Error::NotAnId { endpoint }) }
}

/// "On or after `day`" as UKG writes it: an operator before `MM-DD-YYYY`.
///
/// Whether `>` includes its own day is nowhere said, and a termination stands at midnight: a
/// strict reading would lose exactly the leavers of `day`. One more day of rows costs less.
fn since(day: Date) -> String {
    let before = day.yesterday().unwrap_or(day);
    format!(">{:02}-{:02}-{:04}", before.month(), before.day(), before.year())
}

/// Which employments to read. All dates are days of the instance's own calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmploymentFilter {
    /// Every employment.
    Everyone,
    /// All employments of one employee id, in whichever company.
    Employee(EmployeeId),
    /// `dateTimeChanged` on or after the day.
    ChangedSince(Date),
    /// `dateOfTermination` on or after the day, future terminations included.
    TerminatedSince(Date),
    /// `lastHireDate` on or after the day, future hires included.
    HiredSince(Date),
}

impl EmploymentFilter {
    pub(super) fn question(&self, shape: Shape) -> Result<Question, Error> {
        let (endpoint, id) = match shape {
            Shape::Old => (Endpoint::EmploymentDetails, "employeeId"),
            Shape::New => (Endpoint::EmployeeEmploymentDetails, "employeeID"),
        };
        let all = Question::all(endpoint);
        Ok(match self {
            Self::Everyone => all,
            Self::Employee(employee) => all.of_employee(id, employee)?,
            Self::ChangedSince(day) => all.with("dateTimeChanged", since(*day)),
            // The filter keeps the old name in both shapes, although the newer column is called
            // terminationDate (ukg-data/official-spec-endpoints-2024-03.json).
            Self::TerminatedSince(day) => all.with("dateOfTermination", since(*day)),
            Self::HiredSince(day) => all.with("lastHireDate", since(*day)),
        })
    }
}

/// Which identities to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonFilter {
    /// Every person row.
    Everyone,
    /// The rows of one employee id, by its own route.
    Employee(EmployeeId),
    /// `dateTimeChanged` on or after the day; a stamp of its own, which an employment's change
    /// does not move.
    ChangedSince(Date),
}

impl PersonFilter {
    pub(super) fn question(&self) -> Result<Question, Error> {
        Ok(match self {
            Self::Everyone => Question::all(Endpoint::PersonDetails),
            Self::Employee(employee) => {
                let question = Question::part(Endpoint::PersonDetails, employee.as_str())?;
                Question { not_found: NotFound::MeansNoRows, ..question }
            }
            Self::ChangedSince(day) => {
                Question::all(Endpoint::PersonDetails).with("dateTimeChanged", since(*day))
            }
        })
    }
}

/// Whose contracts, own fields or supervisors to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmployeeFilter {
    /// Everyone's.
    Everyone,
    /// One employee's.
    Employee(EmployeeId),
}

impl EmployeeFilter {
    pub(super) fn question(&self, endpoint: Endpoint) -> Result<Question, Error> {
        let all = Question::all(endpoint);
        match self {
            Self::Everyone => Ok(all),
            Self::Employee(employee) => all.of_employee("employeeId", employee),
        }
    }
}
