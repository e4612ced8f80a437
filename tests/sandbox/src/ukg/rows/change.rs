//! employee-changes: one flat row an employment, in American text.

use jiff::civil::Date;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Row, component, fields};
use crate::company::{Status, codes, markers};

/// An employment as employee-changes shows it: no change type, no stamp, "" for nothing.
#[derive(Debug)]
pub struct Change<'a>(pub Row<'a>);

/// `1/31/2025 12:00:00 AM`.
fn american(date: Date) -> String {
    format!("{}/{}/{} 12:00:00 AM", date.month(), date.day(), date.year())
}

/// Nothing is "" here.
fn text<T: AsRef<str>>(it: Option<&T>) -> &str {
    it.map(AsRef::as_ref).unwrap_or_default()
}

impl Serialize for Change<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let (person, it) = (row.person, row.employment);
        let view = row.view;
        let place = codes::LOCATIONS.iter().find(|place| place.code == it.location);
        let boss =
            row.supervisor().map(|it| format!("{} {}", it.person.first_name, it.person.last_name));
        let mut map = serializer.serialize_map(None)?;
        fields!(map,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "preferredName": text(person.preferred_name.as_ref()),
            "emailAddress": text(person.email.as_ref()),
            "countryCode": row.country(),
            "languageCode": "en-us",
            "employeeNumber": row.employee_number().unwrap_or_default(),
            "employeeId": row.employee_id(),
            "personId": row.person_id().unwrap_or_default(),
            "userIntegrationKey": "",
            "companyName": component(&it.company_id).map_or("", |it| it.name),
            "companyId": row.company_id(),
            "supervisorId": it.supervisor.as_deref().map(|it| view.fixed(it, 12)).unwrap_or_default(),
            "salaryOrHourly": row.salaried(),
            "fullTimeOrPartTime": row.full_time(),
            "isActive": row.status() != Status::Terminated,
            // The specification says workLocation, the sample workLocationCode.
            "workLocationCode": it.location,
            "jobCode": it.job,
            "projectCode": "Z",
            "orgLevel1Code": text(it.org[0].as_ref()),
            "orgLevel2Code": text(it.org[1].as_ref()),
            "orgLevel3Code": text(it.org[2].as_ref()),
            "orgLevel4Code": text(it.org[3].as_ref()),
            "middleName": text(person.middle_name.as_ref()),
            "workPhone": "",
            "homePhone": format!("{}{:03}", markers::HOME_PHONE, person.serial % 1_000),
            "employeeAddress1": format!("{}{} Hollow Lane", markers::HOME_ADDRESS, person.serial),
            "employeeAddress2": "",
            "city": place.map_or("", |it| it.city),
            "state": place.map_or("", |it| it.state),
            "zipCode": "00000",
            "terminationDate": row.end().map(american).unwrap_or_default(),
            "hireDate": american(it.original_hire),
            "supervisorName": boss.unwrap_or_default(),
            "suffix": "",
            "prefix": "",
            "alternateEmailAddress": text(person.alternate_email.as_ref()),
            "gender": "",
            "employeeStatus": row.status_code(),
            "employeeType": it.employee_type,
            "emplStatusStartDate": american(row.status_since()),
            "dateInJob": american(it.in_job_since),
            "dateOfLastHire": american(it.last_hire),
            "jobGroupCode": "",
            "alternateJobTitle": text(it.job_title.as_ref()),
        );
        map.end()
    }
}
