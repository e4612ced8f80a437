//! employee-employment-details: the newer shape.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{NONE, Row, fields};
use crate::company::Status;

/// An employment as employee-employment-details shows it: other names, real booleans, the
/// expected end of a leave, and pay that nobody asked for.
#[derive(Debug)]
pub struct Newer<'a>(pub Row<'a>);

impl Serialize for Newer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let it = row.employment;
        let view = row.view;
        let home = row.person.employments.iter().find(|it| it.is_home).unwrap_or(it);
        let home_country =
            super::component(&home.company_id).map_or("USA", |company| company.country);
        let leads =
            view.company.job(&it.job).is_some_and(|it| it.family == "MGMT" || it.family == "EXEC");
        let suspended = (it.status == Status::Suspended).then(|| view.day(it.status_since));
        let mut map = serializer.serialize_map(None)?;
        fields!(map,
            "companyID": row.company_id(),
            "employeeID": row.employee_id(),
            "homeCompany": view.fixed(&home.company_id, 5),
            "isHomeCompany": it.is_home,
            "isSupervisor": leads,
            "primaryJobCode": it.job,
            "orgLevel1Code": it.org[0],
            "orgLevel2Code": it.org[1],
            "orgLevel3Code": it.org[2],
            "orgLevel4Code": it.org[3],
            "originalHireDate": view.day(it.original_hire),
            "lastHireDate": row.last_hire(),
            "fullTimeOrPartTimeCode": row.full_time(),
            "primaryWorkLocationCode": it.location,
            "languageCode": "EN",
            "primaryProjectCode": NONE,
            "workPhoneNumber": NONE,
            "workPhoneExtension": NONE,
            "workPhoneCountry": row.country(),
            "dateInJob": view.day(it.in_job_since),
            "dateLastWorked": it.termination.as_ref().map(|it| view.day(it.last_worked)),
            "benefitSeniorityDate": view.day(it.original_hire),
            "seniorityDate": view.day(it.original_hire),
            "deductionGroupCode": "STD",
            "earningGroupCode": "STD",
            "jobChangeReasonCode": it.history.last().map(|it| it.reason),
            "jobTitle": it.job_title,
            "employeeTypeCode": it.employee_type,
            "employeeStatusCode": row.status_code(),
            "employeeNumber": row.employee_number(),
            "leaveReasonCode": it.leave_reason,
            "supervisorID": it.supervisor.as_deref().map(|it| view.fixed(it, 12)),
            "autoAllocate": "N",
            "clockCode": NONE,
            "dateLastPayDatePaid": NONE,
            "earlyRetirementDate": NONE,
            "retirementDate": NONE,
            "suspensionDate": suspended,
            "terminationDate": row.end().map(|it| view.day(it)),
            "payGroupCode": "MONTH",
            "payPeriod": "M",
            "paidThruDate":
                it.termination.as_ref().and_then(|it| it.paid_through).map(|it| view.day(it)),
            "employeeStatusStartDate": view.day(row.status_since()),
            "hireSource": "WEB",
            "isAutoAllocated": false,
            "isAutoPaid": row.salaried() == "S",
            "isHighlyCompensated": false,
            "isMultipleJob": false,
            "jobCode": it.job,
            "jobGroupCode": NONE,
            "annualSalary": row.salary(),
            "mailstop": NONE,
            "okToRehire": row.ok_to_rehire(),
            "plannedLeaveReason": NONE,
            "positionCode": NONE,
            "salaryOrHourly": row.salaried(),
            "scheduledAnnualHours": 2_080.0,
            "scheduledFTE": if row.full_time() == "F" { 1.0 } else { 0.5 },
            "scheduledWorkHours": 40.0,
            "shift": "Z",
            "shiftGroup": "Z",
            "terminationReasonCode": row.reason(),
            "terminationDescription": row.reason_entry().map(|it| it.1),
            "termType": row.reason_entry().map(|it| it.2),
            "timeClockID": NONE,
            "weeklyHours": 0.0,
            "dateTimeCreated": view.stamp(it.created),
            "dateTimeChanged": view.stamp(it.changed),
            "employeeStatusExpectedEndDate": it.status_until.map(|it| view.day(it)),
            "integrationRecordId": it.record_id,
            "currentCompanyCountryCode": row.country(),
            "homeCompanyCountryCode": home_country,
            "isKeyEmployee": false,
            "hourlyPayRate": row.salary(),
            "salaryEffectiveDate": view.day(it.in_job_since),
            "unionLocalCode": NONE,
            "unionNationalCode": NONE,
        );
        map.end()
    }
}
