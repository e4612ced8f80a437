//! Contractors who become employees, and the other way round. Their access has no gap.

use jiff::civil::date;
use rollcall_sandbox::company::hr;
use rollcall_tests::World;

/// Runs everything at each of these instants.
async fn live_through(world: &World, instants: &[&str]) {
    for now in instants {
        world.at(now);
        world.run_all().await;
    }
}

/// Nobody closed, opened or emptied the account on the way.
#[track_caller]
fn assert_no_gap(world: &World, person: &str) {
    let writes = world.writes_about(person);
    let gap = writes.iter().find(|it| it.contains("/lifecycle/") || it.contains("/sessions"));
    assert_eq!(gap, None, "{writes:?}");
}

fn contractor(world: &World) -> String {
    world.pick(|it| it.is_contractor)
}

#[track_caller]
fn assert_employee(world: &World, person: &str) {
    let groups = world.okta(person).groups;
    assert!(groups.contains(&"Employees".to_owned()), "{groups:?}");
    assert!(!groups.contains(&"Contractors".to_owned()), "{groups:?}");
    assert_eq!(world.profile(person, "userType"), "Employee");
}

/// The nights around Monday, 9 March, in every zone of the company.
const AROUND: [&str; 6] = [
    "2026-03-08T12:55:00Z",
    "2026-03-08T14:05:00Z",
    "2026-03-08T23:30:00Z",
    "2026-03-09T05:05:00Z",
    "2026-03-09T09:00:00Z",
    "2026-03-10T18:00:00Z",
];

/// hr-case 23.
#[tokio::test]
async fn contractor_who_becomes_an_employee_on_the_same_record_has_no_gap() {
    let world = World::settled().await;
    let person = contractor(&world);
    let (before, user) = (world.okta(&person), world.user(&person));
    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| hr::convert(company, &person, "REG", date(2026, 3, 9)));
    world.town.okta.wire().forget();
    live_through(&world, &AROUND).await;
    assert_employee(&world, &person);
    assert_no_gap(&world, &person);
    let after = world.okta(&person);
    assert_eq!((world.user(&person), after.login), (user, before.login));
    assert_eq!((after.sessions, after.tokens), (before.sessions, before.tokens));
    world.assert_converged().await;
}

/// hr-case 23.
#[tokio::test]
async fn contractor_who_becomes_an_employee_by_a_new_record_has_no_gap() {
    let world = World::settled().await;
    let person = contractor(&world);
    let (before, user) = (world.okta(&person), world.user(&person));
    let number = world.profile(&person, "employeeNumber");
    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| hr::convert_by_new_record(company, &person, date(2026, 3, 9)));
    world.town.okta.wire().forget();
    live_through(&world, &AROUND).await;
    assert_employee(&world, &person);
    assert_no_gap(&world, &person);
    assert_ne!(world.profile(&person, "employeeNumber"), number);
    let after = world.okta(&person);
    assert_eq!((world.user(&person), after.login), (user, before.login));
    assert_eq!((after.sessions, after.tokens), (before.sessions, before.tokens));
    world.assert_converged().await;
}

/// hr-case 23.
#[tokio::test]
async fn weekend_between_contract_and_employment_is_no_gap() {
    let world = World::settled().await;
    let person = contractor(&world);
    let before = world.okta(&person);
    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| {
        hr::convert_by_new_record(company, &person, date(2026, 3, 9));
        hr::move_termination(company, &person, date(2026, 3, 6)); // the old record's Friday
    });
    world.town.okta.wire().forget();
    live_through(&world, &["2026-03-06T18:00:00Z", "2026-03-07T12:00:00Z"]).await;
    live_through(&world, &AROUND).await;
    assert_employee(&world, &person);
    assert_no_gap(&world, &person);
    assert_eq!(world.okta(&person).sessions, before.sessions);
    world.assert_converged().await;
}

/// hr-case 23.
#[tokio::test]
async fn employee_record_speaks_when_hr_leaves_the_contractors_record_open() {
    let world = World::settled().await;
    let person = contractor(&world);
    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| {
        hr::convert_by_new_record(company, &person, date(2026, 3, 9));
        // HR forgot the end of the old record: it goes on beside the new one.
        hr::rescind_termination(company, &person);
    });
    world.town.okta.wire().forget();
    live_through(&world, &AROUND).await;
    assert_employee(&world, &person);
    assert_no_gap(&world, &person);
    world.assert_converged().await;
}

/// hr-case 23.
#[tokio::test]
async fn employee_who_becomes_a_contractor_keeps_the_account_and_changes_groups() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let user = world.user(&person);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| {
        hr::convert(company, &person, "CON", date(2026, 3, 4));
        // Without an end date the person would be held.
        hr::extend_contract(company, &person, date(2026, 12, 31));
    });
    world.town.okta.wire().forget();
    world.run_all().await;
    let seen = world.okta(&person);
    assert!(seen.groups.contains(&"Contractors".to_owned()), "{:?}", seen.groups);
    assert!(!seen.groups.contains(&"Employees".to_owned()), "{:?}", seen.groups);
    assert!(!seen.apps.contains(&"Expense reports".to_owned()), "{:?}", seen.apps);
    assert_eq!(world.profile(&person, "userType"), "Contractor");
    assert_eq!(world.user(&person), user);
    assert_no_gap(&world, &person);
    world.assert_converged().await;
}
