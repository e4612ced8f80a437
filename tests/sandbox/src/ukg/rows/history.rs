//! employee-job-history-details, the part of it that a reader could want.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{NONE, Row, fields};
use crate::company::JobRow;

/// A dated row of the job history. Empty codes are "0" and "Z" here.
#[derive(Debug)]
pub struct HistoryRow<'a> {
    /// Whose.
    pub row: Row<'a>,
    /// The row.
    pub job: &'a JobRow,
    /// Its number within the employment.
    pub nth: usize,
}

impl HistoryRow<'_> {
    /// The row's own id, 12 characters.
    pub fn system_id(&self) -> String {
        format!("{}{:03}0K0", &self.row.employment.employee_id[..6], self.nth % 1_000)
    }

    /// Whether the row tells of a change of job.
    pub fn is_job_change(&self) -> bool {
        self.job.reason.starts_with('2')
    }

    /// Whether the row tells of a change of org levels.
    pub fn is_org_change(&self) -> bool {
        self.job.reason == "300"
    }
}

impl Serialize for HistoryRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (row, it) = (&self.row, self.job);
        let employment = row.employment;
        let boss = row.supervisor();
        let title = row.view.company.job(&it.job).map(|it| it.title.as_str());
        let mut map = serializer.serialize_map(None)?;
        fields!(map,
            "annualSalary": row.salary(),
            "companyId": row.company_id(),
            "dateTimeCreated": row.view.stamp(it.created),
            "employeeId": row.employee_id(),
            "employeeType": employment.employee_type,
            "employeeStatus": row.status_code(),
            "flsaCategory": NONE,
            "fullTimeOrPartTime": row.full_time(),
            "hourlyPayRate": 0.0,
            "isJobChange": self.is_job_change(),
            "isOrgchange": self.is_org_change(),
            "isPromotion": false,
            "isRateChange": false,
            "isSystem": true,
            "isTransfer": it.reason == "102",
            "jobCode": it.job,
            "jobDescription": title,
            "jobEffectiveDate": row.view.day(it.effective),
            "jobGroupCode": NONE,
            "locationCode": it.location,
            "orgLevel1Code": it.org[0],
            "orgLevel2Code": it.org[1],
            "orgLevel3Code": it.org[2],
            "orgLevel4Code": it.org[3],
            "payGroupCode": "0",
            "reasonCode": it.reason,
            "salaryGrade": "0",
            "salaryOrHourly": row.salaried(),
            "shiftCode": "0",
            "shiftGroupCode": "Z",
            "supervisorId": employment.supervisor,
            "supervisorNameFirst": boss.as_ref().map(|it| it.person.first_name.as_str()),
            "supervisorNameLast": boss.as_ref().map(|it| it.person.last_name.as_str()),
            "supervisorNotInList": employment.supervisor.is_some() && boss.is_none(),
            "systemId": self.system_id(),
            "homeCompanyId": row.company_id(),
            "integrationEffectiveDate": row.view.day(it.effective),
            "projectCode": NONE,
            "isViewableByEmployee": true,
            "createdByUserId": 0.0,
            "jobTitle": employment.job_title,
        );
        map.end()
    }
}
