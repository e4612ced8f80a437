//! The rows about people: which columns they have, under which names, and what they mean.
//!
//! Column names and renamings are from reference/ukg.md, section 2.4, and UKG's specification.

use jiff::civil::Date;

use super::{
    date,
    line::{Line, Names, columns},
    table::Row,
};
use crate::words::{
    finding::Subject,
    hr::{ChangeRow, ContractRow, EmploymentRow, PersonRow, SupervisorRow, UdfRow, UdfValue},
    ids::{CompanyId, EmployeeId, EmployeeNumber, PersonId},
};

columns! {
    /// `employment-details` and `employee-employment-details`, the newer name first.
    Employment {
        Employee: "employeeID",
        Company: "companyID",
        Number: "employeeNumber",
        Status: "employeeStatusCode",
        StatusSince: "employeeStatusStartDate" | "statusStartDate",
        StatusUntil: "employeeStatusExpectedEndDate",
        Type: "employeeTypeCode",
        IsHomeCompany: "isHomeCompany",
        Job: "primaryJobCode",
        JobGroup: "jobGroupCode",
        OwnTitle: "jobTitle",
        JobDescription: "jobDescription",
        OrgLevel1: "orgLevel1Code",
        OrgLevel2: "orgLevel2Code",
        OrgLevel3: "orgLevel3Code",
        OrgLevel4: "orgLevel4Code",
        Location: "primaryWorkLocationCode",
        Project: "primaryProjectCode",
        OriginalHire: "originalHireDate",
        LastHire: "lastHireDate",
        LastWorked: "dateLastWorked",
        Terminated: "terminationDate" | "dateOfTermination",
        TerminationReason: "terminationReasonCode" | "termReason",
        LeaveReason: "leaveReasonCode",
        OkToRehire: "okToRehire",
        FullOrPartTime: "fullTimeOrPartTimeCode",
        Supervisor: "supervisorID",
        WorkPhone: "workPhoneNumber",
        WorkPhoneExtension: "workPhoneExtension",
        Mailstop: "mailstop",
        Created: "dateTimeCreated",
        Changed: "dateTimeChanged",
    }
}

impl Row for EmploymentRow {
    type Key = (EmployeeId, CompanyId);
    const NAMES: Names = Employment::NAMES;

    fn subject(line: &Line<'_, '_>) -> Option<Subject> {
        line.peek(Employment::Employee).map(|it| Subject::Employee(it.into()))
    }

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Employment as C;
        let employee = line.required(C::Employee).map(EmployeeId::new);
        let company = line.required(C::Company).map(CompanyId::new);
        let row = Self {
            employee: employee?,
            company: company?,
            number: line.text(C::Number).map(EmployeeNumber::new),
            status: line.code(C::Status),
            status_since: line.date(C::StatusSince),
            status_until: line.date(C::StatusUntil),
            type_code: line.code(C::Type),
            is_home_company: line.flag(C::IsHomeCompany),
            job: line.code(C::Job),
            job_group: line.code(C::JobGroup),
            own_title: line.common(C::OwnTitle),
            job_description: line.common(C::JobDescription),
            org_levels: [C::OrgLevel1, C::OrgLevel2, C::OrgLevel3, C::OrgLevel4]
                .map(|level| line.code(level)),
            location: line.code(C::Location),
            project: line.code(C::Project),
            original_hire: line.date(C::OriginalHire),
            last_hire: line.date(C::LastHire),
            last_worked: line.date(C::LastWorked),
            terminated: line.date(C::Terminated),
            termination_reason: line.code(C::TerminationReason),
            leave_reason: line.code(C::LeaveReason),
            ok_to_rehire: line.flag(C::OkToRehire),
            full_or_part_time: line.code(C::FullOrPartTime),
            supervisor: line.common(C::Supervisor).map(EmployeeId::new),
            work_phone: line.text(C::WorkPhone),
            work_phone_extension: line.text(C::WorkPhoneExtension),
            mailstop: line.common(C::Mailstop),
            created: line.datetime(C::Created),
            changed: line.datetime(C::Changed),
        };
        Some(((row.employee.clone(), row.company.clone()), row))
    }
}

columns! {
    /// `person-details`: a tenth of what it has.
    Person {
        Id: "personId",
        Employee: "employeeId",
        Company: "companyId",
        FirstName: "firstName",
        MiddleName: "middleName",
        LastName: "lastName",
        PreferredName: "preferredName",
        FormerName: "formerName",
        Prefix: "namePrefixCode",
        Suffix: "nameSufixCode" | "nameSuffixCode",
        Email: "emailAddress",
        AlternateEmail: "emailAddressAlternate",
        UserName: "userName",
        Changed: "datetimeChanged",
    }
}

impl Row for PersonRow {
    type Key = (PersonId, EmployeeId, Option<CompanyId>);
    const NAMES: Names = Person::NAMES;

    fn subject(line: &Line<'_, '_>) -> Option<Subject> {
        person_or_employee(line.peek(Person::Id), line.peek(Person::Employee))
    }

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Person as C;
        let person = line.required(C::Id).map(PersonId::new);
        let employee = line.required(C::Employee).map(EmployeeId::new);
        let row = Self {
            person: person?,
            employee: employee?,
            company: line.common(C::Company).map(CompanyId::new),
            first_name: line.text(C::FirstName),
            middle_name: line.text(C::MiddleName),
            last_name: line.text(C::LastName),
            preferred_name: line.text(C::PreferredName),
            former_name: line.text(C::FormerName),
            prefix: line.code(C::Prefix),
            suffix: line.code(C::Suffix),
            email: line.text(C::Email),
            alternate_email: line.text(C::AlternateEmail),
            user_name: line.text(C::UserName),
            changed: line.datetime(C::Changed),
        };
        Some(((row.person.clone(), row.employee.clone(), row.company.clone()), row))
    }
}

columns! {
    /// `employee-contract-details`.
    Contract {
        Employee: "employeeId",
        Company: "companyId",
        Id: "employmentContractId",
        Number: "contractNumber",
        Type: "contractTypeCode",
        Starts: "contractStartDate",
        Ends: "contractEndDate",
        Changed: "rowLastChanged",
    }
}

impl Row for ContractRow {
    /// Renewals and amendments are rows of their own, perhaps with the number of the contract
    /// they amend: `employmentContractId` tells them apart, and number and start where it lacks.
    type Key = (EmployeeId, CompanyId, Option<String>, Option<String>, Option<Date>);
    const NAMES: Names = Contract::NAMES;

    fn subject(line: &Line<'_, '_>) -> Option<Subject> {
        line.peek(Contract::Employee).map(|it| Subject::Employee(it.into()))
    }

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Contract as C;
        let employee = line.required(C::Employee).map(EmployeeId::new);
        let company = line.required(C::Company).map(CompanyId::new);
        let row = Self {
            employee: employee?,
            company: company?,
            number: line.text(C::Number),
            type_code: line.code(C::Type),
            starts: line.date(C::Starts),
            ends: line.date(C::Ends),
            changed: line.datetime(C::Changed),
        };
        let id = line.peek(C::Id).map(str::to_owned);
        let number = row.number.as_deref().map(str::to_owned);
        Some(((row.employee.clone(), row.company.clone(), id, number, row.starts), row))
    }
}

columns! {
    /// `user-defined-fields`: two objects of fourteen slots each, `personnelUDField01` and so on,
    /// each a `{"field": "what the customer calls it", "value": ...}` of text, number or date
    /// (UKG's specification of March 2024; that a slot is a plain value was never seen, and is
    /// read too). The one field that is wanted stands in one of them.
    UserDefined {
        Employee: "employeeId",
        Company: "companyId",
        Value: "personnelUserDefinedFields" | "internationalUserDefinedFields",
    }
}

impl Row for UdfRow {
    type Key = (EmployeeId, Option<CompanyId>);
    const NAMES: Names = UserDefined::NAMES;
    const HOLDER: Option<usize> = Some(UserDefined::Value as usize);

    fn subject(line: &Line<'_, '_>) -> Option<Subject> {
        line.peek(UserDefined::Employee).map(|it| Subject::Employee(it.into()))
    }

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use UserDefined as C;
        let row = Self {
            employee: line.required(C::Employee).map(EmployeeId::new)?,
            company: line.common(C::Company).map(CompanyId::new),
            value: line.text(C::Value).map(|text| match date::parse(&text) {
                Some(it) => UdfValue::Date(it.date()),
                None => UdfValue::Text(text),
            }),
        };
        Some(((row.employee.clone(), row.company.clone()), row))
    }
}

columns! {
    /// `employee-supervisor-details`.
    Supervision {
        Employee: "employeeID",
        Company: "companyID",
        Supervisor: "supervisorEmployeeID",
        SupervisorCompany: "supervisorCompanyID",
        SupervisorPerson: "supervisorPersonId",
    }
}

impl Row for SupervisorRow {
    type Key = (EmployeeId, CompanyId);
    const NAMES: Names = Supervision::NAMES;

    fn subject(line: &Line<'_, '_>) -> Option<Subject> {
        line.peek(Supervision::Employee).map(|it| Subject::Employee(it.into()))
    }

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Supervision as C;
        let employee = line.required(C::Employee).map(EmployeeId::new);
        let company = line.required(C::Company).map(CompanyId::new);
        let row = Self {
            employee: employee?,
            company: company?,
            supervisor: line.common(C::Supervisor).map(EmployeeId::new),
            supervisor_company: line.common(C::SupervisorCompany).map(CompanyId::new),
            supervisor_person: line.common(C::SupervisorPerson).map(PersonId::new),
        };
        Some(((row.employee.clone(), row.company.clone()), row))
    }
}

columns! {
    /// `employee-changes`: who, and nothing else. It is not a diff, so its other forty columns
    /// say less than a read of the person does.
    Change {
        Person: "personId",
        Employee: "employeeId",
        Company: "companyId",
    }
}

impl Row for ChangeRow {
    type Key = (EmployeeId, CompanyId);
    const NAMES: Names = Change::NAMES;

    fn subject(line: &Line<'_, '_>) -> Option<Subject> {
        person_or_employee(line.peek(Change::Person), line.peek(Change::Employee))
    }

    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)> {
        use Change as C;
        let person = line.required(C::Person).map(PersonId::new);
        let employee = line.required(C::Employee).map(EmployeeId::new);
        let company = line.required(C::Company).map(CompanyId::new);
        let row = Self { person: person?, employee: employee?, company: company? };
        Some(((row.employee.clone(), row.company.clone()), row))
    }
}

/// The person, if known: only a finding about a person holds somebody without further search.
fn person_or_employee(person: Option<&str>, employee: Option<&str>) -> Option<Subject> {
    let person = person.map(|it| Subject::Person(it.into()));
    person.or_else(|| employee.map(|it| Subject::Employee(it.into())))
}
