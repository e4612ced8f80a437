//! The fields of `worker` and `manager`, by name: one table for expressions, docs and schema.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::words::{
    hr::{Catalog, EmploymentRow},
    ids::Code,
    person::{Absence, Person, Presence},
};

/// Which part an org level plays at this customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `division`
    Division,
    /// `business_unit`
    BusinessUnit,
    /// `department`
    Department,
    /// `team`
    Team,
    /// `cost_center`
    CostCenter,
}

impl Part {
    /// Every part there is.
    pub const ALL: [Self; 5] =
        [Self::Division, Self::BusinessUnit, Self::Department, Self::Team, Self::CostCenter];

    /// The part as the policy writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Division => "division",
            Self::BusinessUnit => "business_unit",
            Self::Department => "department",
            Self::Team => "team",
            Self::CostCenter => "cost_center",
        }
    }
}

/// Where a part comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An org level, 1 to 4.
    OrgLevel(u8),
    /// The primary project.
    Project,
}

/// The policy's `hr.org_levels`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrgLevels([Option<Origin>; 5]);

impl OrgLevels {
    /// Says where a part comes from.
    pub fn set(&mut self, part: Part, origin: Origin) {
        self.0[part as usize] = Some(origin);
    }

    /// Where a part comes from, if it is used at all.
    pub fn get(&self, part: Part) -> Option<Origin> {
        self.0[part as usize]
    }
}

/// What a field holds. A field without a value holds the empty text, so that an expression over
/// a blank HR field is false or empty instead of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    Text(Cow<'a, str>),
    Flag(bool),
}

impl<'a> Cell<'a> {
    pub(crate) const BLANK: Self = Self::Text(Cow::Borrowed(""));

    fn text(raw: Option<&'a str>) -> Self {
        Self::Text(Cow::Borrowed(raw.unwrap_or("")))
    }

    fn code(raw: Option<&'a Code>) -> Self {
        Self::text(raw.map(Code::as_str))
    }

    fn date(raw: Option<Date>) -> Self {
        raw.map_or(Self::BLANK, |it| Self::Text(Cow::Owned(it.to_string())))
    }
}

macro_rules! fields {
    ($($name:ident $text:literal $doc:literal,)*) => {
        /// A field of a worker.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub(crate) enum Field { $($name,)* }

        impl Field {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name after `worker.`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it is, in a clause.
            pub(crate) fn doc(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }
            }
        }
    };
}

fields! {
    PersonId "person_id" "UKG's personId: one human, whatever the employments",
    EmployeeId "employee_id" "UKG's employee id (EEID)",
    EmployeeNumber "employee_number" "the employee number; HR may change it",
    CompanyId "company_id" "component company, by id",
    CompanyCode "company_code" "component company, by code",
    CompanyName "company_name" "component company, by name",
    FirstName "first_name" "legal first name",
    MiddleName "middle_name" "middle name",
    LastName "last_name" "legal last name",
    PreferredName "preferred_name" "preferred first name",
    FormerName "former_name" "former name",
    Prefix "prefix" "name prefix code",
    Suffix "suffix" "name suffix code",
    Email "email" "e-mail address in HR; often nothing before day one",
    AlternateEmail "alternate_email" "usually the personal address",
    UserName "user_name" "the UKG login",
    Status "status" "employee status code",
    EmployeeType "employee_type" "employee type code",
    FullOrPartTime "full_or_part_time" "F or P",
    JobCode "job_code" "primary job, by code",
    JobTitle "job_title" "the person's own title, else the job's",
    JobFamily "job_family" "job family code of the job",
    JobGroup "job_group" "job group code",
    OrgLevel1 "org_level_1" "org level 1, by code",
    OrgLevel2 "org_level_2" "org level 2, by code",
    OrgLevel3 "org_level_3" "org level 3, by code",
    OrgLevel4 "org_level_4" "org level 4, by code",
    OrgLevel1Name "org_level_1_name" "org level 1, by name",
    OrgLevel2Name "org_level_2_name" "org level 2, by name",
    OrgLevel3Name "org_level_3_name" "org level 3, by name",
    OrgLevel4Name "org_level_4_name" "org level 4, by name",
    Division "division" "division, by code (hr.org_levels)",
    DivisionName "division_name" "division, by name",
    BusinessUnit "business_unit" "business unit, by code (hr.org_levels)",
    BusinessUnitName "business_unit_name" "business unit, by name",
    Department "department" "department, by code (hr.org_levels)",
    DepartmentName "department_name" "department, by name",
    Team "team" "team, by code (hr.org_levels)",
    TeamName "team_name" "team, by name",
    CostCenter "cost_center" "cost center, by code (hr.org_levels)",
    CostCenterName "cost_center_name" "cost center, by name",
    Location "location" "work location, by code",
    LocationName "location_name" "work location, by name",
    City "city" "city of the work location",
    State "state" "state of the work location",
    Country "country" "country of the work location, three letters (USA)",
    Country2 "country_2" "country of the work location, two letters (US)",
    TimeZone "time_zone" "IANA time zone whose midnight counts",
    HireDate "hire_date" "last hire date, as 2026-03-31",
    OriginalHireDate "original_hire_date" "first hire date",
    StartDate "start_date" "first day of the employment: the last hire, else the first",
    LastDay "last_day" "last day with access, once HR knows it",
    WorkPhone "work_phone" "work phone",
    WorkPhoneExtension "work_phone_extension" "work phone extension",
    Mailstop "mailstop" "mailstop",
    Project "project" "primary project code",
    SupervisorEmployeeId "supervisor_employee_id" "the supervisor's employee id",
    IsContractor "is_contractor" "true for the contingent employee types",
    IsOnLeave "is_on_leave" "true during a leave of absence",
    Level "level" "what `level:` of the policy says",
}

impl Field {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }

    /// Whether nearly everybody has a value of his own, so that remembering results by it only
    /// costs memory.
    pub(crate) fn is_personal(self) -> bool {
        matches!(
            self,
            Self::PersonId
                | Self::EmployeeId
                | Self::EmployeeNumber
                | Self::FirstName
                | Self::LastName
                | Self::PreferredName
                | Self::MiddleName
                | Self::FormerName
                | Self::Email
                | Self::AlternateEmail
                | Self::UserName
                | Self::WorkPhone
                | Self::WorkPhoneExtension
        )
    }

    /// Whether it says which unit somebody belongs to.
    pub(crate) fn is_unit(self) -> bool {
        let levels = [Self::OrgLevel1, Self::OrgLevel2, Self::OrgLevel3, Self::OrgLevel4];
        self.part().is_some() || levels.contains(&self)
    }

    /// The part of `hr.org_levels` that must be written for the field to mean something.
    pub(crate) fn part(self) -> Option<Part> {
        let name = self.name();
        let stem = name.strip_suffix("_name").unwrap_or(name);
        Part::ALL.into_iter().find(|it| it.as_str() == stem)
    }

    /// What the field holds for a person. `Level` is the caller's to know.
    pub(crate) fn read<'a>(
        self,
        person: &'a Person,
        catalog: &'a Catalog,
        levels: &OrgLevels,
    ) -> Cell<'a> {
        let employment = person.primary();
        let row = &employment.row;
        let location = || row.location.as_ref().and_then(|it| catalog.locations.get(it));
        let company = || catalog.companies.get(&row.company);
        let job = || row.job.as_ref().and_then(|it| catalog.jobs.get(it));
        let name = &person.name;
        match self {
            Self::PersonId => Cell::text(Some(person.id.as_str())),
            Self::EmployeeId => Cell::text(Some(row.employee.as_str())),
            Self::EmployeeNumber => Cell::text(row.number.as_ref().map(|it| it.as_str())),
            Self::CompanyId => Cell::text(Some(row.company.as_str())),
            Self::CompanyCode => Cell::code(company().and_then(|it| it.code.as_ref())),
            Self::CompanyName => Cell::text(company().and_then(|it| it.name.as_deref())),
            Self::FirstName => Cell::text(name.first.as_deref()),
            Self::MiddleName => Cell::text(name.middle.as_deref()),
            Self::LastName => Cell::text(name.last.as_deref()),
            Self::PreferredName => Cell::text(name.preferred.as_deref()),
            Self::FormerName => Cell::text(name.former.as_deref()),
            Self::Prefix => Cell::code(name.prefix.as_ref()),
            Self::Suffix => Cell::code(name.suffix.as_ref()),
            Self::Email => Cell::text(person.email.as_deref()),
            Self::AlternateEmail => Cell::text(person.alternate_email.as_deref()),
            Self::UserName => Cell::text(person.user_name.as_deref()),
            Self::Status => Cell::code(row.status.as_ref()),
            Self::EmployeeType => Cell::code(row.type_code.as_ref()),
            Self::FullOrPartTime => Cell::code(row.full_or_part_time.as_ref()),
            Self::JobCode => Cell::code(row.job.as_ref()),
            Self::JobTitle => Cell::text(
                row.own_title
                    .as_deref()
                    .or(row.job_description.as_deref())
                    .or_else(|| job().and_then(|it| it.title.as_deref())),
            ),
            Self::JobFamily => Cell::code(job().and_then(|it| it.family.as_ref())),
            Self::JobGroup => Cell::code(
                row.job_group.as_ref().or_else(|| job().and_then(|it| it.group.as_ref())),
            ),
            Self::OrgLevel1 => Cell::code(row.org_levels[0].as_ref()),
            Self::OrgLevel2 => Cell::code(row.org_levels[1].as_ref()),
            Self::OrgLevel3 => Cell::code(row.org_levels[2].as_ref()),
            Self::OrgLevel4 => Cell::code(row.org_levels[3].as_ref()),
            Self::OrgLevel1Name => level_name(row, catalog, 1),
            Self::OrgLevel2Name => level_name(row, catalog, 2),
            Self::OrgLevel3Name => level_name(row, catalog, 3),
            Self::OrgLevel4Name => level_name(row, catalog, 4),
            Self::Division
            | Self::BusinessUnit
            | Self::Department
            | Self::Team
            | Self::CostCenter => match self.part().and_then(|it| levels.get(it)) {
                Some(Origin::OrgLevel(level)) => Cell::code(level_code(row, level)),
                Some(Origin::Project) => Cell::code(row.project.as_ref()),
                None => Cell::BLANK,
            },
            Self::DivisionName
            | Self::BusinessUnitName
            | Self::DepartmentName
            | Self::TeamName
            | Self::CostCenterName => match self.part().and_then(|it| levels.get(it)) {
                Some(Origin::OrgLevel(level)) => level_name(row, catalog, level),
                // UKG has no table of projects for us to read.
                Some(Origin::Project) => Cell::code(row.project.as_ref()),
                None => Cell::BLANK,
            },
            Self::Location => Cell::code(row.location.as_ref()),
            Self::LocationName => Cell::text(location().and_then(|it| it.description.as_deref())),
            Self::City => Cell::text(location().and_then(|it| it.city.as_deref())),
            Self::State => Cell::code(location().and_then(|it| it.state.as_ref())),
            Self::Country => Cell::code(location().and_then(|it| it.country.as_ref())),
            Self::Country2 => Cell::text(
                location()
                    .and_then(|it| it.country.as_ref())
                    .and_then(|it| super::country::two_letters(it.as_str())),
            ),
            Self::TimeZone => Cell::text(employment.zone.iana_name()),
            Self::HireDate => Cell::date(row.last_hire),
            Self::OriginalHireDate => Cell::date(row.original_hire),
            Self::StartDate => Cell::date(row.last_hire.or(row.original_hire)),
            Self::LastDay => Cell::date(last_day(&person.presence)),
            Self::WorkPhone => Cell::text(row.work_phone.as_deref()),
            Self::WorkPhoneExtension => Cell::text(row.work_phone_extension.as_deref()),
            Self::Mailstop => Cell::text(row.mailstop.as_deref()),
            Self::Project => Cell::code(row.project.as_ref()),
            Self::SupervisorEmployeeId => Cell::text(row.supervisor.as_ref().map(|it| it.as_str())),
            Self::IsContractor => Cell::Flag(employment.is_contingent),
            Self::IsOnLeave => Cell::Flag(matches!(
                person.presence,
                Presence::Away { absence: Absence::Leave, .. }
            )),
            Self::Level => Cell::BLANK,
        }
    }
}

/// The code a row has at an org level.
pub(crate) fn level_code(row: &EmploymentRow, level: u8) -> Option<&Code> {
    row.org_levels.get(usize::from(level).checked_sub(1)?)?.as_ref()
}

fn level_name<'a>(row: &'a EmploymentRow, catalog: &'a Catalog, level: u8) -> Cell<'a> {
    let Some(code) = level_code(row, level) else { return Cell::BLANK };
    // Codes are unique only within their level; the tuple key wants an owned code, which is one
    // reference count.
    let known = catalog.org_levels.get(&(level, code.clone()));
    Cell::text(known.and_then(|it| it.description.as_deref()))
}

fn last_day(presence: &Presence) -> Option<Date> {
    match presence {
        Presence::NotYet(_) => None,
        Presence::Here { until } | Presence::Away { until, .. } => {
            until.as_ref().map(|it| it.last_day)
        }
        Presence::Gone(departure) => Some(departure.last_day),
    }
}
