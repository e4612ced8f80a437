//! Made-up people on whom every expression is tried when the policy is compiled, so that a rule
//! that compares text with a number fails at the admin's desk and not at 3 a.m.

use jiff::{civil::date, tz::TimeZone};

use super::{expression::Row, field::OrgLevels};
use crate::words::{
    hr::{Catalog, CompanyRow, EmploymentRow, JobRow, LocationRow, OrgLevelRow},
    ids::{Code, Login},
    person::{Absence, Employment, Name, Person, Presence},
};

/// A complete record, a record with nothing optional in it, and a contractor on leave.
pub(crate) fn samples<T>(
    levels: &OrgLevels,
    mut run: impl FnMut(&str, &Row<'_>) -> Option<T>,
) -> Option<T> {
    let catalog = catalog();
    let logins =
        ["casey.holm@example.com", "robin.ash@example.com"].map(|it| Login::parse(it).ok());
    let boss = full("S-2", "Robin", "Ash");
    let row = Row {
        person: None,
        manager: Some(&boss),
        manager_login: logins[1].as_ref(),
        login: logins[0].as_ref(),
        catalog: &catalog,
        levels,
        now: "2026-03-31",
        level: "4",
        manager_level: "5",
        it: ("CODE", "Name"),
    };
    let casey = full("S-1", "Casey", "Holm");
    let mut away = full("S-3", "Şule", "Öz");
    away.employments.iter_mut().for_each(|it| it.is_contingent = true);
    away.presence =
        Presence::Away { absence: Absence::Leave, since: None, back: None, until: None };
    let blank = blank("S-4");
    let none = Row {
        manager: None,
        manager_login: None,
        login: None,
        level: "",
        manager_level: "",
        it: ("CODE", "CODE"),
        ..row
    };
    run("a worker with every field", &Row { person: Some(&casey), ..row })
        .or_else(|| run("a contractor on leave", &Row { person: Some(&away), ..row }))
        .or_else(|| {
            run("a worker without any optional field", &Row { person: Some(&blank), ..none })
        })
}

pub(super) fn blank(id: &str) -> Person {
    let row = EmploymentRow {
        employee: format!("E{id}").into(),
        company: "SAMPL".into(),
        number: None,
        status: None,
        status_since: None,
        status_until: None,
        type_code: None,
        is_home_company: None,
        job: None,
        job_group: None,
        own_title: None,
        job_description: None,
        org_levels: [None, None, None, None],
        location: None,
        project: None,
        original_hire: None,
        last_hire: None,
        last_worked: None,
        terminated: None,
        termination_reason: None,
        leave_reason: None,
        ok_to_rehire: None,
        full_or_part_time: None,
        supervisor: None,
        work_phone: None,
        work_phone_extension: None,
        mailstop: None,
        created: None,
        changed: None,
    };
    let employment = Employment {
        row,
        contract_ends: None,
        is_contingent: false,
        zone: TimeZone::UTC,
        presence: Presence::Here { until: None },
    };
    Person {
        id: id.into(),
        name: Name::default(),
        email: None,
        alternate_email: None,
        user_name: None,
        employments: vec![employment],
        presence: Presence::Here { until: None },
    }
}

pub(super) fn full(id: &str, first: &str, last: &str) -> Person {
    let mut person = blank(id);
    let code = |it: &str| Some(Code::from(it));
    person.name = Name {
        first: Some(first.into()),
        middle: Some("Quinn".into()),
        last: Some(last.into()),
        preferred: Some(first.into()),
        former: Some("Birch".into()),
        prefix: code("DR"),
        suffix: code("JR"),
    };
    let address = format!("{}@example.com", id.to_lowercase());
    person.email = Some(address.as_str().into());
    person.alternate_email = Some(address.as_str().into());
    person.user_name = Some(first.into());
    for Employment { row, .. } in &mut person.employments {
        row.number = Some("000000104".into());
        row.status = code("A");
        row.type_code = code("REG");
        row.job = code("JOB");
        row.job_group = code("4");
        row.own_title = Some("Engineer".into());
        row.org_levels = [code("L1"), code("L2"), code("L3"), code("L4")];
        row.location = code("LOC");
        row.project = code("PRJ");
        row.original_hire = Some(date(2020, 2, 29));
        row.last_hire = Some(date(2024, 1, 8));
        row.full_or_part_time = code("F");
        row.supervisor = Some("E2".into());
        row.work_phone = Some("+1 555 0100".into());
        row.work_phone_extension = Some("104".into());
        row.mailstop = Some("M1".into());
    }
    person
}

pub(super) fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    let code = |it: &str| Code::from(it);
    for level in 1..=4 {
        let name = code(&format!("L{level}"));
        let row = OrgLevelRow {
            level,
            code: name.clone(),
            description: Some(format!("Level {level}").as_str().into()),
            gl_segment: None,
            is_active: Some(true),
        };
        catalog.org_levels.insert((level, name), row);
    }
    let job = JobRow {
        code: code("JOB"),
        title: Some("Engineer".into()),
        family: Some(code("ENG")),
        group: Some(code("4")),
        is_active: Some(true),
    };
    catalog.jobs.insert(code("JOB"), job);
    let location = LocationRow {
        code: code("LOC"),
        description: Some("Head office".into()),
        city: Some("Seattle".into()),
        state: Some(code("WA")),
        country: Some(code("USA")),
        is_active: Some(true),
    };
    catalog.locations.insert(code("LOC"), location);
    let company = CompanyRow {
        company: "SAMPL".into(),
        code: Some(code("SMPL")),
        name: Some("Sample".into()),
        is_master: Some(true),
    };
    catalog.companies.insert("SAMPL".into(), company);
    catalog
}
