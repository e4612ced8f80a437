use expect_test::{Expect, expect};
use jiff::civil::date;

use super::{managers::Manager, *};
use crate::words::{
    ids::{Code, EmployeeNumber},
    person::Absence,
};

mod returns;

fn rules() -> Rules {
    let codes = |all: &[&str]| all.iter().map(|it| Code::from(*it)).collect();
    let zone = |name: &str| jiff::tz::TimeZone::get(name).unwrap();
    Rules {
        statuses: [
            ("A", StatusMeaning::Working),
            ("L", StatusMeaning::Away(Absence::Leave)),
            ("T", StatusMeaning::Terminated),
        ]
        .map(|(code, meaning)| (Code::from(code), meaning))
        .into(),
        contingent_types: codes(&["CON"]),
        employee_types: codes(&["REG"]),
        transfer_reasons: codes(&["TRO"]),
        immediate_reasons: codes(&["203"]),
        excluded_companies: [CompanyId::from("ZTEST")].into(),
        excluded_employee_numbers: [EmployeeNumber::from("999999")].into(),
        termination_reasons: codes(&[]),
        deceased_reasons: codes(&[]),
        contingent: ContingentRules {
            by_contract: true,
            by_field: false,
            no_end: NoEnd::Allow,
            too_far: TooFar::Cap,
            longest_days: 3650,
            cap_days: 180,
            long_past_days: None,
        },
        zones: Zones {
            default: zone("UTC"),
            stamps: zone("UTC"),
            by_location: [
                (Code::from("SYD"), zone("Australia/Sydney")),
                (Code::from("LAX"), zone("America/Los_Angeles")),
            ]
            .into(),
            by_company: BTreeMap::new(),
        },
    }
}

/// A row of somebody hired long ago, at work in company C1.
fn row(employee: &str) -> EmploymentRow {
    EmploymentRow {
        employee: employee.into(),
        company: "C1".into(),
        number: None,
        status: Some("A".into()),
        status_since: None,
        status_until: None,
        type_code: Some("REG".into()),
        is_home_company: None,
        job: None,
        job_group: None,
        own_title: None,
        job_description: None,
        org_levels: [None, None, None, None],
        location: None,
        project: None,
        original_hire: None,
        last_hire: Some(date(2020, 1, 6)),
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
    }
}

fn identity(person: &str, employee: &str) -> PersonRow {
    PersonRow {
        person: person.into(),
        employee: employee.into(),
        company: None,
        first_name: Some("Ada".into()),
        middle_name: None,
        last_name: None,
        preferred_name: None,
        former_name: None,
        prefix: None,
        suffix: None,
        email: None,
        alternate_email: None,
        user_name: None,
        changed: None,
    }
}

/// Tells what the roster makes of one person's rows at an instant.
#[track_caller]
fn check(rows: Vec<EmploymentRow>, now: &str, expected: Expect) {
    check_with(rows, Vec::new(), now, expected);
}

#[track_caller]
fn check_with(rows: Vec<EmploymentRow>, contracts: Vec<ContractRow>, now: &str, expected: Expect) {
    let persons = rows.iter().map(|it| identity("P1", it.employee.as_str())).collect();
    let employments = rows.into_iter().collect();
    let people = PeopleRows { employments, persons, contracts, ..PeopleRows::default() };
    let (roster, findings) = fold(people, &rules(), now.parse().unwrap());
    let mut told: Vec<String> =
        roster.persons.iter().map(|it| tell(&it.presence, it.primary())).collect();
    told.extend(findings.iter().map(ToString::to_string));
    expected.assert_eq(&told.join("\n"));
}

fn tell(presence: &Presence, primary: &Employment) -> String {
    let until = |it: &Option<Departure>| {
        it.as_ref().map_or(String::new(), |it| format!(" until {} ({})", it.at, it.source))
    };
    let what = match presence {
        Presence::NotYet(it) => {
            let after = it.after.as_ref().map_or(String::new(), |it| format!(", left {}", it.at));
            format!("not yet, from {}{after}", it.at)
        }
        Presence::Here { until: it } => format!("here{}", until(it)),
        Presence::Away { absence, until: it, .. } => format!("away ({absence}){}", until(it)),
        Presence::Gone(it) => format!("gone since {} ({})", it.at, it.source),
    };
    format!("{what}; {} {}", primary.row.company, primary.row.employee)
}

#[test]
fn a_worker_is_here() {
    check(vec![row("E1")], "2026-03-04T12:00:00Z", expect!["here; C1 E1"]);
}

#[test]
fn a_leaver_keeps_access_through_the_last_day_of_his_own_zone() {
    let leaver = |location: &str| EmploymentRow {
        location: Some(location.into()),
        status: Some("T".into()), // UKG shows it early
        terminated: Some(date(2026, 3, 4)),
        ..row("E1")
    };
    check(
        vec![leaver("SYD")],
        "2026-03-04T12:59:59Z",
        expect!["here until 2026-03-04T13:00:00Z (termination date); C1 E1"],
    );
    check(
        vec![leaver("SYD")],
        "2026-03-04T13:00:00Z",
        expect!["gone since 2026-03-04T13:00:00Z (termination date); C1 E1"],
    );
    check(
        vec![leaver("LAX")],
        "2026-03-04T13:00:00Z",
        expect!["here until 2026-03-05T08:00:00Z (termination date); C1 E1"],
    );
}

#[test]
fn the_earlier_of_last_day_worked_and_termination_counts() {
    let leaver = EmploymentRow {
        terminated: Some(date(2026, 3, 31)),
        last_worked: Some(date(2026, 3, 13)),
        ..row("E1")
    };
    check(
        vec![leaver],
        "2026-03-20T00:00:00Z",
        expect!["gone since 2026-03-14T00:00:00Z (last day worked); C1 E1"],
    );
}

#[test]
fn the_last_day_worked_of_somebody_on_leave_is_no_departure() {
    let on_leave = EmploymentRow {
        status: Some("L".into()),
        last_worked: Some(date(2026, 2, 1)),
        ..row("E1")
    };
    check(vec![on_leave], "2026-03-20T00:00:00Z", expect!["away (leave); C1 E1"]);
}

#[test]
fn an_immediate_reason_ends_access_when_its_day_begins() {
    let leaver = EmploymentRow {
        location: Some("LAX".into()),
        terminated: Some(date(2026, 3, 4)),
        termination_reason: Some("203".into()),
        ..row("E1")
    };
    check(
        vec![leaver],
        "2026-03-04T09:00:00Z",
        expect!["gone since 2026-03-04T08:00:00Z (termination date); C1 E1"],
    );
}

#[test]
fn a_transfer_is_no_leaver() {
    let old = EmploymentRow {
        status: Some("T".into()),
        terminated: Some(date(2026, 3, 1)),
        termination_reason: Some("TRO".into()),
        ..row("E1")
    };
    let new =
        EmploymentRow { company: "C2".into(), last_hire: Some(date(2026, 3, 2)), ..row("E2") };
    check(vec![old.clone(), new], "2026-03-04T00:00:00Z", expect!["here; C2 E2"]);
    check(
        vec![old],
        "2026-03-04T00:00:00Z",
        expect![[r#"
            gone since 2026-03-02T00:00:00Z (termination date); C1 E1
            held person P1 (transfer-without-arrival): left company C1 by a transfer, but no other company has the person yet"#]],
    );
}

#[test]
fn one_of_two_employments_may_end() {
    let ended = EmploymentRow {
        status: Some("T".into()),
        terminated: Some(date(2026, 3, 1)),
        company: "C0".into(),
        ..row("E1")
    };
    check(vec![ended, row("E2")], "2026-03-04T00:00:00Z", expect!["here; C1 E2"]);
}

#[test]
fn a_rehire_counts_from_the_last_hire() {
    let rehire = EmploymentRow {
        original_hire: Some(date(2010, 1, 4)),
        last_hire: Some(date(2026, 4, 1)),
        terminated: Some(date(2019, 5, 31)),
        ..row("E1")
    };
    check(
        vec![rehire],
        "2026-03-04T00:00:00Z",
        expect!["not yet, from 2026-04-01T00:00:00Z; C1 E1"],
    );
}

#[test]
fn somebody_who_comes_back_later_has_left_until_then() {
    let ended = EmploymentRow {
        status: Some("T".into()),
        terminated: Some(date(2026, 1, 31)),
        ..row("E1")
    };
    let back = EmploymentRow { last_hire: Some(date(2026, 6, 1)), ..row("E2") };
    check(
        vec![ended, back],
        "2026-03-04T00:00:00Z",
        expect!["not yet, from 2026-06-01T00:00:00Z, left 2026-02-01T00:00:00Z; C1 E2"],
    );
}

#[test]
fn a_contractor_ends_with_the_last_contract() {
    let contractor = EmploymentRow { type_code: Some("CON".into()), ..row("E1") };
    let contract = |ends| ContractRow {
        employee: "E1".into(),
        company: "C1".into(),
        number: None,
        type_code: None,
        starts: None,
        ends,
        changed: None,
    };
    check_with(
        vec![contractor],
        vec![contract(Some(date(2026, 2, 28))), contract(Some(date(2026, 6, 30)))],
        "2026-03-04T00:00:00Z",
        expect!["here until 2026-07-01T00:00:00Z (contract end); C1 E1"],
    );
}

#[test]
fn what_cannot_be_understood_holds_its_person_and_names_the_code() {
    let odd = EmploymentRow {
        status: Some("X".into()),
        type_code: Some("VOL".into()),
        last_hire: None,
        ..row("E1")
    };
    check(
        vec![odd],
        "2026-03-04T00:00:00Z",
        expect![[r#"
            here; C1 E1
            held person P1 (unknown-status): employee status X is not in hr.statuses
            held person P1 (unknown-type): employee type VOL is neither in hr.employee_types nor in hr.contingent_types
            held person P1 (no-start-date): company C1 gives no hire date"#]],
    );
    let undated = EmploymentRow { status: Some("T".into()), ..row("E1") };
    check(
        vec![undated],
        "2026-03-04T00:00:00Z",
        expect![[r#"
            here; C1 E1
            held person P1 (no-termination-date): company C1 says terminated without a date"#]],
    );
}

#[test]
fn an_employment_without_a_person_is_told_by_its_employee() {
    let rows =
        PeopleRows { employments: [row("E9")].into_iter().collect(), ..PeopleRows::default() };
    let (roster, findings) = fold(rows, &rules(), "2026-03-04T00:00:00Z".parse().unwrap());
    assert!(roster.persons.is_empty());
    assert_eq!(findings[0].code, FindingCode::OrphanRow);
    assert_eq!(findings[0].subject, Subject::Employee("E9".into()));
}

#[test]
fn a_circle_of_supervisors_is_broken_at_the_same_place_every_time() {
    let report =
        |employee: &str, to: &str| EmploymentRow { supervisor: Some(to.into()), ..row(employee) };
    let rows = vec![report("E1", "E3"), report("E2", "E1"), report("E3", "E2"), report("E4", "E2")];
    let persons = rows
        .iter()
        .map(|it| identity(&it.employee.as_str().replace('E', "P"), it.employee.as_str()))
        .collect();
    let employments = rows.into_iter().collect();
    let people = PeopleRows { employments, persons, ..PeopleRows::default() };
    let (roster, _) = fold(people, &rules(), "2026-03-04T00:00:00Z".parse().unwrap());
    let (managers, findings) =
        managers::resolve(&roster, None, "2026-03-04T00:00:00Z".parse().unwrap());
    assert_eq!(managers[&PersonId::from("P1")], Manager::Keep);
    assert_eq!(managers[&PersonId::from("P2")], Manager::Is("P1".into()));
    assert_eq!(managers[&PersonId::from("P4")], Manager::Is("P2".into()));
    expect!["warning person P1 (manager-cycle): the supervisors form a circle: P1 -> P3 -> P2 -> P1; correct it in UKG"]
        .assert_eq(&findings[0].to_string());
}
