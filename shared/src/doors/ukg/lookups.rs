//! The rows about codes: what a department, a job, a location, a company is called.
//!
//! Column names are from reference/ukg.md, section 2.4. A lookup's own code is taken as it
//! stands, since a table may well list the placeholder itself; a lookup that cannot be read is a
//! warning, because the people who carry its code are still whole.

use super::{
    line::{Line, Names, columns},
    table::Row,
};
use crate::words::{
    finding::Severity,
    hr::{CodeRow, CompanyRow, JobRow, LocationRow, OrgLevelRow},
    ids::{Code, CompanyId},
};

columns! {
    /// `org-levels`.
    OrgLevel {
        Level: "level",
        Code: "code",
        Description: "description",
        GlSegment: "glSegment",
        IsActive: "isActive",
    }
}

impl Row for OrgLevelRow {
    /// Codes are unique within their level only (reference/ukg.md, section 7.11).
    type Key = (u8, Code);
    const NAMES: Names = OrgLevel::NAMES;
    const SEVERITY: Severity = Severity::Warning;

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use OrgLevel as C;
        let row = Self {
            level: line.small(C::Level)?,
            code: line.required(C::Code).map(Code::new)?,
            description: line.text(C::Description),
            gl_segment: line.code(C::GlSegment),
            is_active: line.flag(C::IsActive),
        };
        Some(((row.level, row.code.clone()), row))
    }
}

columns! {
    /// `jobs`.
    Job {
        Code: "code" | "jobCode",
        Country: "countryCode",
        Title: "title",
        Family: "jobFamilyCode",
        Group: "jobGroup" | "jobGroupCode",
        IsActive: "isActive",
    }
}

impl Row for JobRow {
    /// The table has a country beside the code, so one code may stand there once per country.
    type Key = (Code, Option<String>);
    const NAMES: Names = Job::NAMES;
    const SEVERITY: Severity = Severity::Warning;

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Job as C;
        let row = Self {
            code: line.required(C::Code).map(Code::new)?,
            title: line.text(C::Title),
            family: line.code(C::Family),
            group: line.code(C::Group),
            is_active: line.flag(C::IsActive),
        };
        Some(((row.code.clone(), line.peek(C::Country).map(str::to_owned)), row))
    }
}

columns! {
    /// `locations`.
    Location {
        Code: "locationCode",
        Description: "description",
        City: "city",
        State: "state",
        Country: "countryCode",
        IsActive: "isActive",
    }
}

impl Row for LocationRow {
    type Key = Code;
    const NAMES: Names = Location::NAMES;
    const SEVERITY: Severity = Severity::Warning;

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Location as C;
        let row = Self {
            code: line.required(C::Code).map(Code::new)?,
            description: line.text(C::Description),
            city: line.common(C::City),
            state: line.code(C::State),
            country: line.code(C::Country),
            is_active: line.flag(C::IsActive),
        };
        Some((row.code.clone(), row))
    }
}

columns! {
    /// `company-details`, without the tax number.
    Company {
        Id: "companyID",
        Code: "companyCode",
        Name: "companyName",
        IsMaster: "isMasterCompany",
    }
}

impl Row for CompanyRow {
    type Key = CompanyId;
    const NAMES: Names = Company::NAMES;
    const SEVERITY: Severity = Severity::Warning;

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Company as C;
        let row = Self {
            company: line.required(C::Id).map(CompanyId::new)?,
            code: line.code(C::Code),
            name: line.text(C::Name),
            is_master: line.flag(C::IsMaster),
        };
        Some((row.company.clone(), row))
    }
}

/// The name of one of the customer's code tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableName(pub(super) Code);

columns! {
    /// `code-tables`, without the address, which is the name once more.
    CodeTables {
        Name: "codeTable",
    }
}

impl Row for TableName {
    type Key = Code;
    const NAMES: Names = CodeTables::NAMES;
    const SEVERITY: Severity = Severity::Warning;

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        let name = line.required(CodeTables::Name).map(Code::new)?;
        Some((name.clone(), Self(name)))
    }
}

columns! {
    /// `code-tables/{name}`.
    CodeTable {
        Code: "code",
        Description: "description",
    }
}

impl Row for CodeRow {
    type Key = Code;
    const NAMES: Names = CodeTable::NAMES;
    const SEVERITY: Severity = Severity::Warning;

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use CodeTable as C;
        let code = line.required(C::Code).map(Code::new)?;
        Some((code.clone(), Self { code, description: line.text(C::Description) }))
    }
}
