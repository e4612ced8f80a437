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
    /// Every termination reason in use; empty when any is believed.
    pub termination_reasons: BTreeSet<Code>,
    /// Termination reasons that say a person has died.
    pub deceased_reasons: BTreeSet<Code>,
    /// When contingent workers end.
    pub contingent: ContingentRules,
    /// Whose midnight counts.
    pub zones: Zones,
}

/// When contingent workers end besides by a termination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContingentRules {
    /// Whether the end of the contract ends access.
    pub by_contract: bool,
    /// Whether a user-defined field of UKG ends access.
    pub by_field: bool,
    /// What no end at all means.
    pub no_end: NoEnd,
    /// What an end further ahead than [`Self::longest_days`] means.
    pub too_far: TooFar,
    /// The furthest end that is believed, in days from now.
    pub longest_days: u16,
    /// How long access lasts when it is capped: days after HR last touched the record.
    pub cap_days: u16,
    /// After so many days an end that passed holds the person instead of ending access;
    /// `None` for never.
    pub long_past_days: Option<u16>,
}

/// What a contractor without an end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEnd {
    /// Access without an end.
    Allow,
    /// The person is held.
    Hold,
    /// Access ends by the cap.
    Cap,
}

/// What an end too far ahead means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooFar {
    /// The person is held.
    Hold,
    /// Access ends by the cap.
    Cap,
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
    /// That of UKG's stamps, which do not say it. It measures HR's latency, and decides nothing.
    pub stamps: TimeZone,
    /// By work location code.
    pub by_location: BTreeMap<Code, TimeZone>,
    /// By component company.
    pub by_company: BTreeMap<CompanyId, TimeZone>,
}
