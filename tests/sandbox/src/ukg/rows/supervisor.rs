//! employee-supervisor-details.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{NONE, Row, component, fields};

/// An employment with its supervisor resolved. Only employments that have one are served.
#[derive(Debug)]
pub struct Supervisor<'a>(pub Row<'a>);

impl Serialize for Supervisor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let view = row.view;
        let boss = row.supervisor();
        let boss = boss.as_ref();
        let company = boss.and_then(|it| component(&it.employment.company_id));
        let supervisor_id = row.employment.supervisor.as_deref();
        let mut map = serializer.serialize_map(None)?;
        fields!(map,
            "employeeID": row.employee_id(),
            "companyID": row.company_id(),
            "employeeNumber": row.employee_number(),
            "supervisorEmployeeID": supervisor_id.map(|it| view.fixed(it, 12)),
            "supervisorFirstName": boss.map(|it| it.person.first_name.as_str()),
            "supervisorLastName": boss.map(|it| it.person.last_name.as_str()),
            "supervisorEmployeeNumber": boss.and_then(Row::employee_number),
            "supervisorCompanyID": boss.map(Row::company_id),
            "supervisorCompanyCode": company.map(|it| view.fixed(it.code, 5)),
            "supervisorStatusCode": boss.map(Row::status_code),
            "supervisorJobCode": boss.map(|it| it.employment.job.as_str()),
            "supervisorPositionCode": NONE,
            "supervisorEmail": boss.and_then(|it| it.person.email.as_deref()),
            "supervisorWorkPhone": NONE,
            "supervisorPersonId": boss.and_then(Row::person_id),
        );
        map.end()
    }
}
