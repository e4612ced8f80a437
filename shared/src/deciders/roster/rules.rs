//! What the policy says about reading HR's rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use crate::words::{
    ids::{Code, CompanyId, EmployeeNumber},
    person::Absence,
};

/// What the policy says about reading HR's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// What each employee status code means. A code that is not here holds its person.
    pub statuses: BTreeMap<Code, StatusMeaning>,
    /// Employee types that are contingent (contractors).
    pub contingent_types: BTreeSet<Code>,
    /// Employee types that are employees. A type in neither list holds its person.
    pub employee_types: BTreeSet<Code>,
    /// Termination reasons that are transfers to another company, never departures.
    pub transfer_reasons: BTreeSet<Code>,
    /// Termination reasons that end access at the beginning of their date instead of its end.
    pub immediate_reasons: BTreeSet<Code>,
    /// Companies that are not ours to look at.
    pub excluded_companies: BTreeSet<CompanyId>,
    /// Test and system people that are not ours to look at.
    pub excluded_employee_numbers: BTreeSet<EmployeeNumber>,
    /// Whether contract end dates end the employment of contingent workers.
    pub contracts_end_access: bool,
    /// Whose midnight counts.
    pub zones: Zones,
}

/// What an employee status code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusMeaning {
    /// At work.
    Working,
    /// Employed and away.
    Away(Absence),
    /// Ended or about to end: the dates decide.
    Terminated,
}

/// Time zones by location, else by company, else the default.
#[derive(Clone, Debug, PartialEq)]
pub struct Zones {
    /// When nothing more precise is known.
    pub default: TimeZone,
    /// By work location code.
    pub by_location: BTreeMap<Code, TimeZone>,
    /// By component company.
    pub by_company: BTreeMap<CompanyId, TimeZone>,
}
