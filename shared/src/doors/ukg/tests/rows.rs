use expect_test::{Expect, expect};

use super::*;
use crate::doors::ukg::{
    page::{self, BadPage},
    table::{Row, Table},
};

pub(super) fn parse<R: Row>(json: &[u8]) -> Result<(Vec<R>, Vec<Finding>), BadPage> {
    let mut table = Table::<R>::new("sample", Settings::default().placeholder_codes);
    page::read(json, &mut table)?;
    Ok((table.rows, table.findings))
}

/// Rows without their empty columns, then findings, compared as text.
#[track_caller]
fn check<R: Row + std::fmt::Debug>(json: &str, expected: Expect) {
    let (rows, findings) = parse::<R>(json.as_bytes()).unwrap();
    let mut res = String::new();
    for row in rows {
        // A value a line: Some( x, ) over three lines is hard to read.
        for line in format!("{row:#?}").lines().filter(|it| !it.ends_with(": None,")) {
            match line.trim() {
                ")," => {}
                line if line.ends_with("Some(") => res.push_str(line.trim_end_matches("Some(")),
                line if line.ends_with('[') || line == "None," => res.push_str(line),
                line => {
                    res.push_str(line);
                    res.push('\n');
                }
            }
        }
    }
    for finding in findings {
        res.push_str(&format!("{finding}\n"));
    }
    expected.assert_eq(&res);
}

#[test]
fn a_row_of_the_newer_shape_is_read() {
    check::<EmploymentRow>(
        NEW,
        expect![[r#"
            EmploymentRow {
            employee: EmployeeId(EQKKKU000020),
            company: CompanyId(6Y4NV),
            number: EmployeeNumber(000012444),
            status: Code(A),
            status_since: 2021-09-20,
            status_until: 2023-05-01,
            type_code: Code(REG),
            is_home_company: true,
            job: Code(CAADMIN),
            job_group: Code(ADMN),
            org_levels: [Code(ADMIN),
            Code(CSTSVR),
            Code(CAN),
            None,],
            location: Code(CAHQ1),
            original_hire: 2021-09-20,
            last_hire: 2021-09-20,
            ok_to_rehire: false,
            full_or_part_time: Code(F),
            supervisor: EmployeeId(96ZZ520000K0),
            work_phone: "9056263314",
            work_phone_extension: "1437",
            created: 2023-03-29T08:24:30.16,
            changed: 2023-03-29T11:43:28.927,
            }
        "#]],
    );
}

#[test]
fn a_row_of_the_older_shape_is_read_under_its_older_names() {
    check::<EmploymentRow>(
        OLD,
        expect![[r#"
            EmploymentRow {
            employee: EmployeeId(1HHZIT000080),
            company: CompanyId(HDLBX),
            number: EmployeeNumber(104),
            status: Code(T),
            status_since: 2026-03-06,
            type_code: Code(REG),
            job: Code(TECH1),
            job_description: "Technician",
            org_levels: [Code(SOFT),
            None,None,None,],
            location: Code(SEAL),
            original_hire: 1996-01-01,
            last_hire: 1997-01-01,
            last_worked: 2026-03-04,
            terminated: 2026-03-06,
            termination_reason: Code(TRO),
            ok_to_rehire: true,
            changed: 2026-02-20T09:00:00,
            }
        "#]],
    );
}

#[test]
fn a_person_is_read_without_what_is_nobodys_business() {
    check::<PersonRow>(
        PERSON,
        expect![[r#"
            PersonRow {
            person: PersonId(7edf43b3-9a91-5668-9a80-9463067fcf0b),
            employee: EmployeeId(1HHZIT000080),
            company: CompanyId(HDLBX),
            first_name: "Marion",
            middle_name: "M.",
            last_name: "Kent",
            preferred_name: "Z",
            prefix: Code(MR),
            email: "marion.kent@example.com",
            user_name: "mkent",
            changed: 2026-02-20T09:00:00.5,
            }
        "#]],
    );
}

#[test]
fn a_contract_is_read() {
    check::<ContractRow>(
        r#"[{"amendmentDate":null,"companyId":"6Y4NV","contractEndDate":"2025-04-09T14:26:14.763",
            "contractNumber":"FGB2388","contractReason":"EXWORKFORCE",
            "contractStartDate":"2022-04-09T14:26:14.763","contractTypeCode":"FIXED",
            "employeeId":"9704HG0010K0","employmentContractId":5.0,"isAmendment":"N",
            "rowLastChanged":"2022-05-09T14:26:14.763"},
            {"companyId":"6Y4NV","contractEndDate":"2026-04-09T14:26:14.763",
            "contractNumber":"FGB2388","contractStartDate":"2022-04-09T14:26:14.763",
            "employeeId":"9704HG0010K0","employmentContractId":6.0,"isAmendment":"Y"}]"#,
        expect![[r#"
            ContractRow {
            employee: EmployeeId(9704HG0010K0),
            company: CompanyId(6Y4NV),
            number: "FGB2388",
            type_code: Code(FIXED),
            starts: 2022-04-09,
            ends: 2025-04-09,
            changed: 2022-05-09T14:26:14.763,
            }
            ContractRow {
            employee: EmployeeId(9704HG0010K0),
            company: CompanyId(6Y4NV),
            number: "FGB2388",
            starts: 2022-04-09,
            ends: 2026-04-09,
            }
        "#]],
    );
}

#[test]
fn a_change_is_read_from_the_us_text_endpoint() {
    check::<ChangeRow>(
        r#"[{"firstName":"Marion","employeeNumber":104,"employeeId":"1HHZIT000080",
            "personId":"7edf43b3-9a91-5668-9a80-9463067fcf0b","companyId":"HDLBX",
            "hireDate":"1/1/1996 12:00:00 AM","terminationDate":""}]"#,
        expect![[r#"
            ChangeRow {
            person: PersonId(7edf43b3-9a91-5668-9a80-9463067fcf0b),
            employee: EmployeeId(1HHZIT000080),
            company: CompanyId(HDLBX),
            }
        "#]],
    );
}

#[test]
fn lookups_are_read() {
    check::<OrgLevelRow>(
        r#"[{"level":1,"code":"ENG","description":"Engineering","isActive":true},
            {"level":"2","code":"0","description":"None","glSegment":"100"},
            {"level":1.0,"code":"OPS"}, {"level":"two","code":"X"}, {"code":"Y"}]"#,
        expect![[r#"
            OrgLevelRow {
            level: 1,
            code: Code(ENG),
            description: "Engineering",
            is_active: true,
            }
            OrgLevelRow {
            level: 2,
            code: Code(0),
            description: "None",
            gl_segment: Code(100),
            }
            OrgLevelRow {
            level: 1,
            code: Code(OPS),
            }
            warning row 3 (malformed-row): sample: level is not a small number; correct it in UKG
            warning row 4 (malformed-row): sample: level is missing; correct it in UKG
        "#]],
    );
    check::<JobRow>(
        r#"[{"jobCode":"DEV","title":"Developer","countryCode":"USA","isActive":"Y"},
            {"code":"DEV","title":"Développeur","countryCode":"FRA","isActive":"maybe"}]"#,
        expect![[r#"
            JobRow {
            code: Code(DEV),
            title: "Developer",
            is_active: true,
            }
            JobRow {
            code: Code(DEV),
            title: "Développeur",
            }
            warning row 1 (malformed-row): sample: isActive is neither yes nor no; correct it in UKG
        "#]],
    );
    check::<LocationRow>(
        r#"[{"locationCode":"ALBUQ","description":"Albuquerque, NM","isActive":true,"state":"NM",
            "city":"Albuquerque","countryCode":"USA"}, {"description":"nowhere"}]"#,
        expect![[r#"
            LocationRow {
            code: Code(ALBUQ),
            description: "Albuquerque, NM",
            city: "Albuquerque",
            state: Code(NM),
            country: Code(USA),
            is_active: true,
            }
            warning row 1 (malformed-row): sample: locationCode is missing; correct it in UKG
        "#]],
    );
    check::<CompanyRow>(
        r#"[{"companyID":"6Y4NV","companyCode":"ACME","companyName":"Acme","federalTaxId":"12-3",
            "isMasterCompany":"true"}]"#,
        expect![[r#"
            CompanyRow {
            company: CompanyId(6Y4NV),
            code: Code(ACME),
            name: "Acme",
            is_master: true,
            }
        "#]],
    );
}

#[test]
fn values_are_trimmed_and_placeholders_are_nothing_for_codes_alone() {
    check::<EmploymentRow>(
        r#"[{"EMPLOYEEID":"EQKKKU000020  ","companyid":" 6Y4NV","primaryProjectCode":"Z     ",
            "leaveReasonCode":"0","jobTitle":"Z","employeeNumber":"000012444","orgLevel1Code":"z",
            "jobDescription":"Caf\u00e9 \"lead\"","dateLastWorked":"  ","okToRehire":"n"}]"#,
        expect![[r#"
            EmploymentRow {
            employee: EmployeeId(EQKKKU000020),
            company: CompanyId(6Y4NV),
            number: EmployeeNumber(000012444),
            own_title: "Z",
            job_description: "Café \"lead\"",
            org_levels: [Code(z),
            None,None,None,],
            ok_to_rehire: false,
            }
        "#]],
    );
}

#[test]
fn what_cannot_be_read_holds_its_subject_and_nobody_else() {
    check::<EmploymentRow>(
        r#"[{"employeeID":"E1","companyID":"C","terminationDate":"soon","okToRehire":"perhaps"},
            {"employeeID":"E2"},
            {"companyID":"C","supervisorID":"E1"},
            {"employeeID":"E3","companyID":"C","employeeStatusCode":{"code":"A"}},
            {"employeeID":"E4","companyID":"C","terminationDate":"2026-03-06T00:00:00",
             "dateOfTermination":"2026-03-07T00:00:00"},
            {"employeeID":"E5","companyID":"C","termReason":"","terminationReasonCode":"202"},
            {}]"#,
        expect![[r#"
            EmploymentRow {
            employee: EmployeeId(E1),
            company: CompanyId(C),
            org_levels: [None,None,None,None,],
            }
            EmploymentRow {
            employee: EmployeeId(E3),
            company: CompanyId(C),
            org_levels: [None,None,None,None,],
            }
            EmploymentRow {
            employee: EmployeeId(E4),
            company: CompanyId(C),
            org_levels: [None,None,None,None,],
            }
            EmploymentRow {
            employee: EmployeeId(E5),
            company: CompanyId(C),
            org_levels: [None,None,None,None,],
            termination_reason: Code(202),
            }
            held employee E1 (malformed-row): sample: terminationDate is not a date; correct it in UKG
            warning employee E1 (malformed-row): sample: okToRehire is neither yes nor no; correct it in UKG
            held employee E2 (malformed-row): sample: companyID is missing; correct it in UKG
            held row 2 (malformed-row): sample: employeeID is missing; correct it in UKG
            held employee E3 (malformed-row): sample: employeeStatusCode is not a plain value; correct it in UKG
            held employee E4 (malformed-row): sample: terminationDate is given twice, differently; correct it in UKG
            held row 6 (malformed-row): sample: employeeID is missing; correct it in UKG
            held row 6 (malformed-row): sample: companyID is missing; correct it in UKG
        "#]],
    );
    check::<PersonRow>(
        r#"[{"personId":"P1","employeeId":"E1","datetimeChanged":"yesterday"},
            {"personId":"P2"}, {"employeeId":"E3"}, {"lastName":"Kent"}]"#,
        expect![[r#"
            PersonRow {
            person: PersonId(P1),
            employee: EmployeeId(E1),
            }
            held person P1 (malformed-row): sample: datetimeChanged is not a date; correct it in UKG
            held person P2 (malformed-row): sample: employeeId is missing; correct it in UKG
            held employee E3 (malformed-row): sample: personId is missing; correct it in UKG
            held row 3 (malformed-row): sample: personId is missing; correct it in UKG
            held row 3 (malformed-row): sample: employeeId is missing; correct it in UKG
        "#]],
    );
}

#[test]
fn a_byte_order_mark_is_no_row() {
    assert_eq!(parse::<JobRow>(b"\xEF\xBB\xBF[]").unwrap().0.len(), 0);
}

/// UKG's published example, shortened (ukg-data/employee-employment-details.sample.json).
const NEW: &str = r#"[{
  "companyID": "6Y4NV", "employeeID": "EQKKKU000020", "homeCompany": "6Y4NV",
  "isHomeCompany": true, "isSupervisor": false, "primaryJobCode": "CAADMIN",
  "orgLevel1Code": "ADMIN", "orgLevel2Code": "CSTSVR", "orgLevel3Code": "CAN",
  "orgLevel4Code": null, "originalHireDate": "2021-09-20T00:00:00",
  "lastHireDate": "2021-09-20T00:00:00", "fullTimeOrPartTimeCode": "F",
  "primaryWorkLocationCode": "CAHQ1", "languageCode": "EN", "primaryProjectCode": null,
  "workPhoneNumber": "9056263314", "workPhoneExtension": "1437", "dateLastWorked": null,
  "jobTitle": null, "employeeTypeCode": "REG", "employeeStatusCode": "A",
  "employeeNumber": "000012444", "leaveReasonCode": null, "supervisorID": "96ZZ520000K0",
  "terminationDate": null, "employeeStatusStartDate": "2021-09-20T00:00:00",
  "jobCode": "CAADMIN", "jobGroupCode": "ADMN", "annualSalary": 58240.0, "mailstop": null,
  "okToRehire": "N", "shift": "Z", "terminationReasonCode": null,
  "dateTimeCreated": "2023-03-29T08:24:30.16", "dateTimeChanged": "2023-03-29T11:43:28.927",
  "employeeStatusExpectedEndDate": "2023-05-01T00:00:00", "hourlyPayRate": 28.0
}]"#;

/// The same kind of row under the older names (reference/ukg.md, section 2.4).
const OLD: &str = r#"[{
  "companyID": "HDLBX", "companyName": "Eastwood", "employeeID": "1HHZIT000080",
  "jobDescription": "Technician", "primaryJobCode": "TECH1", "orgLevel1Code": "SOFT",
  "orgLevel2Code": "", "originalHireDate": "1996-01-01T00:00:00",
  "lastHireDate": "1997-01-01T00:00:00", "primaryWorkLocationCode": "SEAL",
  "primaryProjectCode": "Z", "dateLastWorked": "2026-03-04T00:00:00", "employeeTypeCode": "REG",
  "employeeStatusCode": "T", "employeeNumber": 104, "supervisorID": null,
  "dateOfTermination": "2026-03-06T00:00:00", "statusStartDate": "2026-03-06T00:00:00",
  "isAutopaid": "Y", "okToRehire": "Y", "termReason": "TRO   ",
  "terminationReasonDescription": "Transfer out", "scheduledFTE": 1.0,
  "dateTimeChanged": "2026-02-20T09:00:00"
}]"#;

const PERSON: &str = r#"[{
  "additionalName1": null, "dateOfCobraEvent": null, "datetimeChanged": "2026-02-20T09:00:00.5",
  "formerName": "", "healthBloodType": "AB", "i9AlienNumber": "A123", "isSmoker": false,
  "personId": "7edf43b3-9a91-5668-9a80-9463067fcf0b", "employeeId": "1HHZIT000080",
  "companyId": "HDLBX", "userName": "mkent", "firstName": "Marion", "middleName": "M.",
  "lastName": "Kent", "preferredName": "Z", "namePrefixCode": "MR", "nameSufixCode": "Z",
  "emailAddress": "marion.kent@example.com", "emailAddressAlternate": null,
  "dateOfBirth": "1970-01-01T00:00:00", "ssn": "078-05-1120", "gender": "M"
}]"#;
