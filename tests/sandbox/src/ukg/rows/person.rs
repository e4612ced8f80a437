//! person-details: names and e-mail, and everything a reader must not keep.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{NONE, Row, fields};
use crate::company::{codes, markers};

/// A person as person-details shows one, once an employeeId.
#[derive(Debug)]
pub struct PersonRow<'a>(pub Row<'a>);

impl Serialize for PersonRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let it = row.person;
        let view = row.view;
        let place = codes::LOCATIONS.iter().find(|it| it.code == row.employment.location);
        let country = place.map_or("USA", |it| it.country);
        let serial = it.serial;
        let (month, day) = (1 + serial % 12, 1 + serial % 28);
        let birth = format!("{}{month:02}-{day:02}T00:00:00", markers::BIRTH_YEAR);
        let health = Some(markers::HEALTH);
        let mut map = serializer.serialize_map(None)?;
        fields!(map,
            "personId": row.person_id(),
            "employeeId": row.employee_id(),
            "companyId": row.company_id(),
            "userName": it.user_name,
            "firstName": it.first_name,
            "middleName": it.middle_name,
            "lastName": it.last_name,
            "preferredName": it.preferred_name,
            "namePrefixCode": NONE,
            // The vendor's spelling; "Z" is the table's code for no suffix.
            "nameSufixCode": "Z",
            "formerName": it.former_name,
            "emailAddress": it.email,
            "emailAddressAlternate": it.alternate_email,
            "homePhone": format!("{}{:03}", markers::HOME_PHONE, serial % 1_000),
            "homePhoneCountry": country,
            "homePhoneIsPrivate": true,
            "addressLine1": format!("{}{serial} Hollow Lane", markers::HOME_ADDRESS),
            "addressLine2": "",
            "addressCity": place.map(|it| it.city),
            "addressState": place.map(|it| it.state),
            "addressZipCode": "00000",
            "addressCountry": country,
            "addressCounty": NONE,
            "nationalId": format!("{}{serial:06}", markers::NATIONAL_ID),
            "nationalIdCountry": country,
            "ssn": format!("{}{serial:06}", markers::SSN),
            "ssnIsSuppressed": false,
            "previousSSN": NONE,
            "dateOfBirth": birth,
            "dateDeceased": it.deceased.map(|it| view.day(it)),
            "gender": NONE,
            "ethnicIDCode": "Z",
            "ethnicDescription": markers::ETHNICITY,
            "maritalStatusCode": "Z",
            "disabilityType": health,
            "isDisabled": false,
            "isSmoker": false,
            "healthBloodType": health,
            "healthEyes": health,
            "healthHair": health,
            "healthHeightFeet": health,
            "healthHeightInches": health,
            "healthLastDonateDate": NONE,
            "healthWeight": NONE,
            "i9AlienNumber": NONE,
            "i9DocA": "Z",
            "i9Verified": true,
            "i9VisaType": "Z",
            "i9WorkAuth": "0",
            "militaryService": false,
            "militaryBranchServed": "Z",
            "cobraIsActive": false,
            "w2IsDeceased": it.deceased.is_some(),
            "nationality1": "Z",
            "datetimeCreated": view.stamp(it.created),
            "datetimeChanged": view.stamp(it.changed),
        );
        map.end()
    }
}
