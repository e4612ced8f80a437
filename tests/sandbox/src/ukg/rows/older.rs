//! employment-details: the older shape.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{NONE, Row, component, fields, yes};

/// An employment as employment-details shows it: booleans are letters, the company and the
/// supervisor are resolved.
#[derive(Debug)]
pub struct Older<'a>(pub Row<'a>);

impl Serialize for Older<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let it = row.employment;
        let view = row.view;
        let company = component(&it.company_id);
        let boss = row.supervisor();
        let boss_company = boss.as_ref().and_then(|it| component(&it.employment.company_id));
        let end = row.end();
        let mut map = serializer.serialize_map(None)?;
        fields!(map,
            "companyID": row.company_id(),
            "companyCode": company.map(|it| view.fixed(it.code, 5)),
            "companyName": company.map(|it| it.name),
            "employeeID": row.employee_id(),
            "jobDescription": row.job_title_of_table(),
            "payGroupDescription": "Monthly",
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
            "primaryProjectCode": "Z",
            "workPhoneNumber": NONE,
            "workPhoneExtension": NONE,
            "workPhoneCountry": row.country(),
            "dateInJob": view.day(it.in_job_since),
            "dateLastWorked": it.termination.as_ref().map(|it| view.day(it.last_worked)),
            "dateOfBenefitSeniority": view.day(it.original_hire),
            "dateOfSeniority": view.day(it.original_hire),
            "deductionGroupCode": "STD",
            "earningGroupCode": "STD",
            "employeeTypeCode": it.employee_type,
            "employeeStatusCode": row.status_code(),
            "employeeNumber": row.employee_number(),
            "jobChangeReasonCode": it.history.last().map(|it| it.reason),
            "jobTitle": it.job_title,
            "leaveReasonCode": it.leave_reason,
            "supervisorID": it.supervisor.as_deref().map(|it| view.fixed(it, 12)),
            "supervisorFirstName": boss.as_ref().map(|it| it.person.first_name.as_str()),
            "supervisorLastName": boss.as_ref().map(|it| it.person.last_name.as_str()),
            "autoAllocate": "N",
            "clockCode": NONE,
            "dateLastPayDatePaid": NONE,
            "dateOfEarlyRetirement": NONE,
            "dateOfLocalUnion": NONE,
            "dateOfNationalUnion": NONE,
            "dateOfRetirement": NONE,
            "dateOfSuspension": NONE,
            "dateOfTermination": end.map(|it| view.day(it)),
            "datePaidThru":
                it.termination.as_ref().and_then(|it| it.paid_through).map(|it| view.day(it)),
            "statusStartDate": view.day(row.status_since()),
            "hireSource": "WEB",
            "isAutoAllocated": "N",
            "isAutopaid": yes(row.salaried() == "S"),
            "isMultipleJob": "N",
            "jobGroupCode": NONE,
            "mailstop": NONE,
            "okToRehire": row.ok_to_rehire(),
            "payGroup": "MONTH",
            "payPeriod": "M",
            "plannedLeaveReason": NONE,
            "positionCode": NONE,
            "salaryOrHourly": row.salaried(),
            "scheduledAnnualHrs": 2_080.0,
            "scheduledFTE": if row.full_time() == "F" { 1.0 } else { 0.5 },
            "scheduledWorkHrs": 40.0,
            "shift": "Z",
            "shiftGroup": "Z",
            "termReason": row.reason(),
            "terminationReasonDescription": row.reason_entry().map(|it| it.1),
            "termType": row.reason_entry().map(|it| it.2),
            "timeclockID": NONE,
            "unionLocal": NONE,
            "unionNational": NONE,
            "weeklyHours": 0.0,
            "dateTimeCreated": view.stamp(it.created),
            "dateTimeChanged": view.stamp(it.changed),
            "supervisorEmployeeNumber": boss.as_ref().and_then(Row::employee_number),
            "supervisorCOID": boss.as_ref().map(Row::company_id),
            "supervisorCompanyCode": boss_company.map(|it| view.fixed(it.code, 5)),
            "companyGLSegment": NONE,
            "locationGLSegment": NONE,
        );
        map.end()
    }
}
