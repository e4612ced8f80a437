//! employee-contract-details.

use jiff::civil::Date;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{NONE, Row, fields, yes};
use crate::company::{Contract, markers};

/// A contract; a person may have several.
#[derive(Debug)]
pub struct ContractRow<'a> {
    /// Whose.
    pub row: Row<'a>,
    /// The contract.
    pub contract: &'a Contract,
}

impl ContractRow<'_> {
    /// A contract's dates carry the time of day at which HR typed them, which means nothing.
    fn typed(&self, date: Date) -> String {
        let stamp = self.row.view.stamp(self.contract.created);
        format!("{date}{}", &stamp[10..])
    }
}

impl Serialize for ContractRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (row, it) = (&self.row, self.contract);
        let mut map = serializer.serialize_map(None)?;
        fields!(map,
            "amendmentDate": NONE,
            "companyId": row.company_id(),
            "contractEndDate": it.end.map(|it| self.typed(it)),
            "contractNumber": it.number,
            "contractReason": "EXWORKFORCE",
            "contractStartDate": self.typed(it.start),
            "contractTypeCode": "FIXED",
            "contractTypeDescription": "Fixed Term",
            "dateTimeCreated": row.view.stamp(it.created),
            "durationDays": 0.0,
            "durationMonths": 0.0,
            "durationWeeks": 0.0,
            "durationYears": 0.0,
            "employeeId": row.employee_id(),
            "employmentContractId": f64::from(row.person.serial),
            "fteContractHours": 40.0,
            "isAmendment": "N",
            "isRenewal": yes(it.is_renewal),
            "notes": markers::NOTES,
            "noticePeriodDays": 30.0,
            "probationaryDays": 0.0,
            "renewalContractId": 0.0,
            "rowLastChanged": row.view.stamp(it.changed),
        );
        map.end()
    }
}
