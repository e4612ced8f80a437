//! How fast deciding is: rows to persons, persons to wishes, wishes to a plan. No I/O.
//!
//! `cargo bench -p rollcall-tests` prints the median time for 10,000 and 100,000 people. Compare
//! the figures of one run with each other: machines differ, and so do their other tenants.

use std::sync::Arc;

use divan::{Bencher, counter::ItemsCount};
use jiff::{Timestamp, civil::date};
use rollcall::{
    deciders::{
        lifecycle,
        mapping::{Facts, Memo},
        plan::{self, Case, Directory, ManagerWish, Plan},
        policy::{self, Policy},
        roster::{self, Roster},
    },
    words::{
        hr::{Catalog, EmploymentRow, OrgLevelRow, PeopleRows, PersonRow},
        ids::{Code, Login},
    },
};

const PEOPLE: [usize; 2] = [10_000, 100_000];

fn main() {
    divan::main();
}

fn now() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("an instant")
}

fn policy() -> Policy {
    Policy::compile("rollcall.yaml", policy::EXAMPLE).expect("the example is right")
}

/// A company with 200 departments and 8 sites; every twentieth person has left.
fn rows(people: usize) -> PeopleRows {
    let code = |text: String| Some(Code::from(text));
    let sites = ["SEA1", "DEN1", "CHI1", "NYC1", "LON1", "BER1", "SIN1", "SYD1"];
    let employments = (0..people).map(|i| EmploymentRow {
        employee: format!("E{i:011}").into(),
        company: "9QLKS".into(),
        number: Some(format!("{i:09}").into()),
        status: Some(if i % 20 == 7 { "T" } else { "A" }.into()),
        status_since: None,
        status_until: None,
        type_code: Some(if i % 12 == 5 { "CON" } else { "REG" }.into()),
        is_home_company: Some(true),
        job: code(format!("ENG{}", i % 3)),
        job_group: None,
        own_title: Some(format!("Engineer {}", i % 40).into()),
        job_description: None,
        org_levels: [code("TECH".into()), code(format!("D{}", i % 200)), code("4100".into()), None],
        location: Some(sites[i % 8].into()),
        project: None,
        original_hire: Some(date(2020, 1, 6)),
        last_hire: Some(date(2020, 1, 6)),
        last_worked: None,
        terminated: (i % 20 == 7).then_some(date(2026, 2, 27)),
        termination_reason: None,
        leave_reason: None,
        ok_to_rehire: None,
        full_or_part_time: Some("F".into()),
        supervisor: (i > 0).then(|| format!("E{:011}", i / 9).into()),
        work_phone: None,
        work_phone_extension: None,
        mailstop: None,
        created: None,
        changed: None,
    });
    let persons = (0..people).map(|i| PersonRow {
        person: format!("P{i:011}").into(),
        employee: format!("E{i:011}").into(),
        company: None,
        first_name: Some(format!("First{}", i % 900).into()),
        middle_name: None,
        last_name: Some(format!("Last{i}").into()),
        preferred_name: None,
        former_name: None,
        prefix: None,
        suffix: None,
        email: None,
        alternate_email: None,
        user_name: None,
        changed: None,
    });
    PeopleRows {
        employments: employments.collect(),
        persons: persons.collect(),
        ..PeopleRows::default()
    }
}

fn catalog() -> Catalog {
    let mut res = Catalog::default();
    for i in 0..200 {
        let code = Code::from(format!("D{i}"));
        let row = OrgLevelRow {
            level: 2,
            code: code.clone(),
            description: Some(format!("Department number {i}").into()),
            gl_segment: None,
            is_active: Some(true),
        };
        res.org_levels.insert((2, code), row);
    }
    res
}

fn roster(people: usize, policy: &Policy) -> Roster {
    roster::fold(rows(people), &policy.roster, now()).0
}

#[divan::bench(args = PEOPLE, sample_count = 5, sample_size = 1)]
fn fold_rows_into_persons(bencher: Bencher<'_, '_>, people: usize) {
    let policy = policy();
    bencher
        .counter(ItemsCount::new(people))
        .with_inputs(|| rows(people))
        .bench_values(|rows| roster::fold(rows, &policy.roster, now()));
}

#[divan::bench(args = PEOPLE, sample_count = 5, sample_size = 1)]
fn map_persons_by_the_example_policy(bencher: Bencher<'_, '_>, people: usize) {
    let (policy, catalog) = (policy(), catalog());
    let roster = roster(people, &policy);
    let login = Login::parse("first.last@larkspur.example").expect("a login");
    bencher.counter(ItemsCount::new(people)).bench_local(|| {
        let memo = Memo::default();
        let wishes = roster.persons().filter_map(|person| {
            let facts = facts(&person, &login, &catalog);
            policy.desired(&facts, &memo).ok()
        });
        wishes.count()
    });
}

#[divan::bench(args = PEOPLE, sample_count = 3, sample_size = 1)]
fn decide_everything_for_a_company_without_accounts(bencher: Bencher<'_, '_>, people: usize) {
    let (policy, catalog) = (policy(), catalog());
    let key: Arc<str> = "ukgPersonId".into();
    let login = Login::parse("first.last@larkspur.example").expect("a login");
    bencher.counter(ItemsCount::new(people)).with_inputs(|| rows(people)).bench_local_values(
        |rows| {
            let memo = Memo::default();
            let (roster, _) = roster::fold(rows, &policy.roster, now());
            let (directory, manager) = (Directory::default(), ManagerWish::default());
            let parts = roster.persons().filter_map(|person| {
                let standing = lifecycle::standing(&person, &policy.lifecycle, now());
                let desired = policy.desired(&facts(&person, &login, &catalog), &memo).ok()?;
                let case = Case {
                    person: &person,
                    standing: &standing,
                    seen: None,
                    before: None,
                    desired: Some(&desired),
                    manager: &manager,
                    free_login: Some(&login),
                    rename_to: None,
                    given: None,
                    key_attribute: &key,
                    kept: None,
                    drift: policy.lifecycle.drift,
                    reconcile: policy.reconcile,
                    archives: policy.contractors.archives,
                };
                Some(plan::plan(&case, &directory).0)
            });
            Plan::new(parts.collect())
        },
    );
}

fn facts<'a>(
    person: &'a rollcall::words::person::Person,
    login: &'a Login,
    catalog: &'a Catalog,
) -> Facts<'a> {
    Facts { login: Some(login), ..Facts::of(person, catalog, now()) }
}
