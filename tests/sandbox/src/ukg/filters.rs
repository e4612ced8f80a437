//! What the filters of the employment and person endpoints compare with.

use super::{
    query::{self, Field, Filter, Kind},
    rows::Row,
};
use crate::company::codes;

/// The filters of both employment endpoints.
pub(super) const EMPLOYMENT_FILTERS: [(&str, Kind); 22] = [
    ("companyId", Kind::Code),
    ("employeeId", Kind::Code),
    ("primaryJobCode", Kind::Code),
    ("jobTitle", Kind::Code),
    ("fullTimeOrPartTimeCode", Kind::Code),
    ("primaryWorkLocationCode", Kind::Code),
    ("primaryProjectCode", Kind::Code),
    ("deductionGroupCode", Kind::Code),
    ("earningGroupCode", Kind::Code),
    ("employeeTypeCode", Kind::Code),
    ("employeeStatusCode", Kind::Code),
    ("employeeNumber", Kind::Code),
    ("supervisorId", Kind::Code),
    ("payGroup", Kind::Code),
    ("originalHireDate", Kind::Day),
    ("lastHireDate", Kind::Day),
    ("dateOfTermination", Kind::Day),
    ("dateOfRetirement", Kind::Day),
    ("dateTimeCreated", Kind::Day),
    ("dateTimeChanged", Kind::Day),
    ("dateLastPayDatePaid", Kind::Day),
    ("isHomeCompany", Kind::Flag),
];

/// Whether an employment passes them.
pub(super) fn passes_employment(row: &Row<'_>, filters: &[Filter]) -> bool {
    if filters.is_empty() {
        return true;
    }
    let it = row.employment;
    let local = |at| Some(query::local(row.view.company, at));
    let mut status = [0; 4];
    let status: &str = row.status().letter().encode_utf8(&mut status);
    filters.iter().all(|filter| {
        filter.accepts(match filter.name {
            "companyId" => Field::Code(Some(&it.company_id)),
            "employeeId" => Field::Code(Some(&it.employee_id)),
            "primaryJobCode" => Field::Code(Some(&it.job)),
            "jobTitle" => Field::Code(it.job_title.as_deref()),
            "fullTimeOrPartTimeCode" => {
                Field::Code(Some(if it.employee_type == "PRT" { "P" } else { "F" }))
            }
            "primaryWorkLocationCode" => Field::Code(Some(&it.location)),
            "primaryProjectCode" => Field::Code(Some("Z")),
            "deductionGroupCode" | "earningGroupCode" => Field::Code(Some("STD")),
            "employeeTypeCode" => Field::Code(Some(&it.employee_type)),
            "employeeStatusCode" => Field::Code(Some(status)),
            "employeeNumber" => Field::Code(Some(&it.employee_number)),
            "supervisorId" => Field::Code(it.supervisor.as_deref()),
            "payGroup" => Field::Code(Some("MONTH")),
            "originalHireDate" => Field::day(Some(it.original_hire)),
            "lastHireDate" => Field::day(Some(it.last_hire)),
            "dateOfTermination" => Field::day(row.end()),
            "dateTimeCreated" => Field::At(local(it.created)),
            "dateTimeChanged" => Field::At(local(it.changed)),
            "isHomeCompany" => Field::Flag(it.is_home),
            // Retirement and pay dates are blank throughout.
            _ => Field::At(None),
        })
    })
}

/// The filters of person-details.
pub(super) const PERSON_FILTERS: [(&str, Kind); 9] = [
    ("companyId", Kind::Code),
    ("employeeId", Kind::Code),
    ("lastName", Kind::Code),
    ("emailAddress", Kind::Code),
    ("addressState", Kind::Code),
    ("addressCountry", Kind::Code),
    ("dateTimeCreated", Kind::Day),
    ("dateTimeChanged", Kind::Day),
    ("cobraIsActive", Kind::Flag),
];

/// Whether a person's row passes them.
pub(super) fn passes_person(row: &Row<'_>, filters: &[Filter]) -> bool {
    let it = row.person;
    let local = |at| Some(query::local(row.view.company, at));
    let place = codes::LOCATIONS.iter().find(|it| it.code == row.employment.location);
    filters.iter().all(|filter| {
        filter.accepts(match filter.name {
            "companyId" => Field::Code(Some(&row.employment.company_id)),
            "employeeId" => Field::Code(Some(&row.employment.employee_id)),
            "lastName" => Field::Code(Some(&it.last_name)),
            "emailAddress" => Field::Code(it.email.as_deref()),
            "addressState" => Field::Code(place.map(|it| it.state)),
            "addressCountry" => Field::Code(place.map(|it| it.country)),
            "dateTimeCreated" => Field::At(local(it.created)),
            "dateTimeChanged" => Field::At(local(it.changed)),
            _ => Field::Flag(false),
        })
    })
}
