//! UKG's rows, read and typed, before anybody has an opinion about them.
//!
//! Only the columns that a mapping can need exist here: social security numbers, birth dates,
//! health, home addresses and pay have no field to be in (design, section 5.7). All texts are
//! trimmed; null, `""` and the placeholder codes are `None`. Dates are plain dates in the
//! customer's own calendar, as UKG writes them without a zone (reference/ukg.md, section 7.6).

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::{
    ids::{Code, CompanyId, EmployeeId, EmployeeNumber, PersonId},
    shelf::Shelf,
};

/// A row of `employment-details` or `employee-employment-details`: one employment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EmploymentRow {
    /// `employeeID`
    pub employee: EmployeeId,
    /// `companyID`
    pub company: CompanyId,
    /// `employeeNumber`
    pub number: Option<EmployeeNumber>,
    /// `employeeStatusCode`: A, L, O, R, S, T, or something the customer invented.
    pub status: Option<Code>,
    /// `employeeStatusStartDate` / `statusStartDate`
    pub status_since: Option<Date>,
    /// `employeeStatusExpectedEndDate`, only in the newer shape: when a leave should end.
    pub status_until: Option<Date>,
    /// `employeeTypeCode`
    pub type_code: Option<Code>,
    /// `isHomeCompany`, only in the newer shape.
    pub is_home_company: Option<bool>,
    /// `primaryJobCode`
    pub job: Option<Code>,
    /// `jobGroupCode`
    pub job_group: Option<Code>,
    /// `jobTitle`: the person's own title, normally empty.
    pub own_title: Option<Arc<str>>,
    /// `jobDescription`, only in the older shape: the job's title.
    pub job_description: Option<Arc<str>>,
    /// `orgLevel1Code` to `orgLevel4Code`
    pub org_levels: [Option<Code>; 4],
    /// `primaryWorkLocationCode`
    pub location: Option<Code>,
    /// `primaryProjectCode`
    pub project: Option<Code>,
    /// `originalHireDate`
    pub original_hire: Option<Date>,
    /// `lastHireDate`
    pub last_hire: Option<Date>,
    /// `dateLastWorked`
    pub last_worked: Option<Date>,
    /// `terminationDate` / `dateOfTermination`: the last day employed.
    pub terminated: Option<Date>,
    /// `terminationReasonCode` / `termReason`
    pub termination_reason: Option<Code>,
    /// `leaveReasonCode`
    pub leave_reason: Option<Code>,
    /// `okToRehire`
    pub ok_to_rehire: Option<bool>,
    /// `fullTimeOrPartTimeCode`: F or P
    pub full_or_part_time: Option<Code>,
    /// `supervisorID`: the supervisor's employee id.
    pub supervisor: Option<EmployeeId>,
    /// `workPhoneNumber`
    pub work_phone: Option<Arc<str>>,
    /// `workPhoneExtension`
    pub work_phone_extension: Option<Arc<str>>,
    /// `mailstop`
    pub mailstop: Option<Arc<str>>,
    /// `dateTimeCreated`, in the instance's own unnamed zone.
    pub created: Option<DateTime>,
    /// `dateTimeChanged`, in the instance's own unnamed zone.
    pub changed: Option<DateTime>,
}

/// The identity part of a row of `person-details`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonRow {
    /// `personId`
    pub person: PersonId,
    /// `employeeId`
    pub employee: EmployeeId,
    /// `companyId`
    pub company: Option<CompanyId>,
    /// `firstName`
    pub first_name: Option<Arc<str>>,
    /// `middleName`
    pub middle_name: Option<Arc<str>>,
    /// `lastName`
    pub last_name: Option<Arc<str>>,
    /// `preferredName`
    pub preferred_name: Option<Arc<str>>,
    /// `formerName`
    pub former_name: Option<Arc<str>>,
    /// `namePrefixCode`
    pub prefix: Option<Code>,
    /// `nameSufixCode` (UKG's spelling) or `nameSuffixCode`
    pub suffix: Option<Code>,
    /// `emailAddress`
    pub email: Option<Arc<str>>,
    /// `emailAddressAlternate`: usually the personal address.
    pub alternate_email: Option<Arc<str>>,
    /// `userName`: the UKG login.
    pub user_name: Option<Arc<str>>,
    /// `datetimeChanged` (UKG's spelling), in the instance's own unnamed zone.
    pub changed: Option<DateTime>,
}

/// A row of `employee-contract-details`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContractRow {
    /// `employeeId`
    pub employee: EmployeeId,
    /// `companyId`
    pub company: CompanyId,
    /// `contractNumber`
    pub number: Option<Arc<str>>,
    /// `contractTypeCode`
    pub type_code: Option<Code>,
    /// `contractStartDate`
    pub starts: Option<Date>,
    /// `contractEndDate`
    pub ends: Option<Date>,
    /// `rowLastChanged`
    pub changed: Option<DateTime>,
}

/// What one of the customer's user-defined fields holds for one employee.
///
/// UKG's row names the employee and no company (its specification of March 2024), so the value
/// is about the employee id in whichever company, unless the row says more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UdfRow {
    /// `employeeId`
    pub employee: EmployeeId,
    /// `companyId`, should UKG send one.
    pub company: Option<CompanyId>,
    /// The field's value; `None` when it is blank or the employee has no such field.
    pub value: Option<UdfValue>,
}

/// The value of a user-defined field: UKG has slots for texts, numbers and dates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UdfValue {
    /// A date, from a date slot or written into a text slot in one of UKG's two ways.
    Date(Date),
    /// Anything else, numbers included: never a date in another spelling that somebody guessed.
    Text(Arc<str>),
}

/// A row of `employee-supervisor-details`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupervisorRow {
    /// `employeeID`
    pub employee: EmployeeId,
    /// `companyID`
    pub company: CompanyId,
    /// `supervisorEmployeeID`
    pub supervisor: Option<EmployeeId>,
    /// `supervisorCompanyID`
    pub supervisor_company: Option<CompanyId>,
    /// `supervisorPersonId`
    pub supervisor_person: Option<PersonId>,
}

/// A row of `employee-changes`: somebody changed, not what (reference/ukg.md, section 2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// `personId`
    pub person: PersonId,
    /// `employeeId`
    pub employee: EmployeeId,
    /// `companyId`
    pub company: CompanyId,
}

/// An org level, key (level, code): codes are unique only within their level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrgLevelRow {
    /// `level`, 1 to 4
    pub level: u8,
    /// `code`
    pub code: Code,
    /// `description`
    pub description: Option<Arc<str>>,
    /// `glSegment`
    pub gl_segment: Option<Code>,
    /// `isActive`
    pub is_active: Option<bool>,
}

/// A job of the job table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JobRow {
    /// `code` or `jobCode`
    pub code: Code,
    /// `title`
    pub title: Option<Arc<str>>,
    /// `jobFamilyCode`
    pub family: Option<Code>,
    /// `jobGroup` (v2 only)
    pub group: Option<Code>,
    /// `isActive`
    pub is_active: Option<bool>,
}

/// A work location.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LocationRow {
    /// `locationCode`
    pub code: Code,
    /// `description`
    pub description: Option<Arc<str>>,
    /// `city`
    pub city: Option<Arc<str>>,
    /// `state`
    pub state: Option<Code>,
    /// `countryCode`, ISO 3166 alpha-3
    pub country: Option<Code>,
    /// `isActive`
    pub is_active: Option<bool>,
}

/// A component company.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CompanyRow {
    /// `companyId`
    pub company: CompanyId,
    /// `companyCode`
    pub code: Option<Code>,
    /// `companyName`
    pub name: Option<Arc<str>>,
    /// `isMasterCompany`
    pub is_master: Option<bool>,
}

/// A row of one of the customer's code tables, such as `JOBFAMILY` or `EMPTYPE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// `code`
    pub code: Code,
    /// `description`
    pub description: Option<Arc<str>>,
}

/// The people side of a read: everything needed to fold rows into persons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleRows {
    /// Employments.
    pub employments: Shelf<EmploymentRow>,
    /// Identities.
    pub persons: Shelf<PersonRow>,
    /// Contracts; empty when the policy takes no end date from contracts.
    pub contracts: Vec<ContractRow>,
    /// The user-defined field that holds a contractor's end; empty when the policy names none.
    pub udf_ends: Vec<UdfRow>,
}

/// The lookup side of a read: what the codes mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Org levels by (level, code).
    pub org_levels: BTreeMap<(u8, Code), OrgLevelRow>,
    /// Jobs by code.
    pub jobs: BTreeMap<Code, JobRow>,
    /// Locations by code.
    pub locations: BTreeMap<Code, LocationRow>,
    /// Component companies by id.
    pub companies: BTreeMap<CompanyId, CompanyRow>,
}
