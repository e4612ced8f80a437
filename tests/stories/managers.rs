//! Who reports to whom, as Okta is told.

use jiff::civil::{Date, date};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::words::{finding::FindingCode, flow::Flow};
use rollcall_sandbox::{
    company::{
        Company,
        hr::{self, Leaving, NewHire},
    },
    okta::Status,
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, findings, steps};
use serde_json::json;

use crate::hq::{self, ask_okta, found, settled_with};

const TODAY: Date = date(2026, 3, 4);

fn supervise(world: &World, person: &str, by: Option<&str>) {
    world.hr(|company| hr::change_supervisor(company, person, by, TODAY));
}

/// People who lead nobody, in the order of their ids.
fn some(world: &World, count: usize) -> Vec<String> {
    let mut res: Vec<String> = Vec::new();
    for _ in 0..count {
        let next = world.pick(|it| !it.is_contractor && !res.iter().any(|id| id == it.person_id));
        res.push(next);
    }
    res
}

#[tokio::test]
async fn manager_is_written_as_the_policy_maps_it() {
    for (value, attribute) in
        [("value: login", "login"), ("value: employee_number", "employeeNumber")]
    {
        let world =
            settled_with(&[("  value: login\n  display", &format!("  {value}\n  display"))]).await;
        world.at("2026-03-04T18:00:00Z");
        let [person, boss] = <[String; 2]>::try_from(some(&world, 2)).expect("two people");
        supervise(&world, &person, Some(&boss));
        let report = world.run(Flow::ProfileSync).await;
        assert_eq!(steps(&report, &person), ["set-manager verified"]);
        assert_eq!(world.profile(&person, "managerId"), world.profile(&boss, attribute));
        assert_eq!(world.profile(&person, "manager"), world.profile(&boss, "displayName"));
        world.assert_converged().await;
    }
}

async fn define_links(world: &World) {
    let side = |name: &str| json!({"name": name, "title": name, "description": "", "type": "USER"});
    let body = json!({"primary": side("boss"), "associated": side("report")});
    ask_okta(world, "POST", "/api/v1/meta/schemas/user/linkedObjects", Some(body)).await;
}

fn with_links(policy: String) -> String {
    hq::edited(
        policy,
        &[("  attribute: managerId\n", "  attribute: managerId\n  linked_object: boss\n")],
    )
}

#[tokio::test]
async fn linked_objects_follow_the_supervisor_and_go_with_him() {
    let world = World::untouched(Options::new(30, 7, FIRST_DAY), with_links).await;
    define_links(&world).await;
    for _ in 0..3 {
        world.run_all().await;
    }
    world.assert_converged().await;
    let linked = |person: &str| {
        let user = world.user(person);
        world.town.okta.org().linked_primary(&user, "boss").map(ToString::to_string)
    };
    let [person, boss, other] = <[String; 3]>::try_from(some(&world, 3)).expect("three people");
    assert!(linked(&person).is_some(), "everybody but the head has one");
    world.at("2026-03-04T18:00:00Z");
    supervise(&world, &person, Some(&boss));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(steps(&report, &person), ["set-manager verified", "link-manager verified"]);
    assert_eq!(linked(&person), Some(world.user(&boss)));
    world.assert_converged().await;

    // Somebody links it otherwise by hand: the reconciliation puts it right.
    let path =
        format!("/api/v1/users/{}/linkedObjects/boss/{}", world.user(&person), world.user(&other));
    ask_okta(&world, "PUT", &path, None).await;
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(steps(&report, &person), ["link-manager verified"]);
    assert_eq!(linked(&person), Some(world.user(&boss)));

    supervise(&world, &person, None);
    world.run(Flow::ProfileSync).await;
    assert_eq!(linked(&person), None);
    assert_eq!(world.profile(&person, "managerId"), "");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn linked_object_that_okta_does_not_have_is_told_and_the_rest_goes_on() {
    let world = World::untouched(Options::new(30, 7, FIRST_DAY), with_links).await;
    for _ in 0..3 {
        world.run_all().await;
    }
    let report = world.run(Flow::OrgSync).await;
    let told = found(&report, FindingCode::ManagerUnresolved);
    assert!(told.iter().any(|it| it.starts_with("linked object \"boss\": ")), "{told:?}");
    assert_ne!(world.profile(&some(&world, 1)[0], "managerId"), "");
    world.assert_converged().await;
}

/// hr-case 31.
#[tokio::test]
async fn manager_who_starts_the_same_day_is_written_in_the_same_run() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let (boss, person) = world.hr(|company| {
        let mut random = ChaCha12Rng::seed_from_u64(99);
        let mut hire = |supervisor: Option<String>| {
            let hire = NewHire {
                location: "NYC1".to_owned(),
                employee_type: "REG".to_owned(),
                contract_end: None,
                ..NewHire::plausible(company, TODAY, &mut random)
            };
            let supervisor = supervisor.or(hire.supervisor.clone());
            World::who(&hr::hire(company, NewHire { supervisor, ..hire }))
        };
        let boss = hire(None);
        let person = hire(Some(boss.clone()));
        (boss, person)
    });
    let report = world.run(Flow::NewHire).await;
    assert_eq!(world.profile(&person, "managerId"), world.okta(&boss).login, "{report}");
    assert!(steps(&report, &person).contains(&"create verified".to_owned()));
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 32.
#[tokio::test]
async fn supervisors_in_a_circle_are_told_with_the_way_round_and_written_but_for_one() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let [a, b, c] = <[String; 3]>::try_from(some(&world, 3)).expect("three people");
    let kept = world.profile(&a, "managerId");
    supervise(&world, &a, Some(&b));
    supervise(&world, &b, Some(&c));
    supervise(&world, &c, Some(&a));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(
        found(&report, FindingCode::ManagerCycle),
        [format!(
            "person {a}: the supervisors form a circle: {a} -> {b} -> {c} -> {a}; correct it in UKG"
        )]
    );
    assert_eq!(world.profile(&a, "managerId"), kept, "the closing edge is not written");
    assert_eq!(world.profile(&b, "managerId"), world.okta(&c).login);
    assert_eq!(world.profile(&c, "managerId"), world.okta(&a).login);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn whoever_is_his_own_supervisor_keeps_the_last_one() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    let kept = world.profile(&person, "managerId");
    supervise(&world, &person, Some(&person));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["manager-cycle"]);
    assert_eq!(world.profile(&person, "managerId"), kept);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn supervisor_whom_the_roster_does_not_have_is_told_and_the_last_one_stays() {
    let company = Company::generate(30, 7, FIRST_DAY);
    // The first vice president is a system record here.
    let number = company.people()[1].employments[0].employee_number.clone();
    let (boss, person) = (
        company.people()[1].employments[0].employee_id.clone(),
        company.people()[9].person_id.clone(),
    );
    let excluded = format!("employee_numbers: [\"999999\", \"{number}\"]");
    let world = settled_with(&[("employee_numbers: [\"999999\"]", &excluded)]).await;
    let report = world.run(Flow::OrgSync).await;
    let told = found(&report, FindingCode::ManagerUnresolved);
    let text = format!(
        "person {person}: supervisor {boss} is not in the roster; the manager in Okta stays as it is"
    );
    assert!(told.contains(&text), "{told:?}");
    assert_eq!(world.profile(&person, "managerId"), "");
    world.assert_converged().await;
}

/// hr-case 30.
#[tokio::test]
async fn reports_of_a_departed_manager_get_the_next_one_up_after_two_weeks() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let [person, boss, upper, top] = <[String; 4]>::try_from(some(&world, 4)).expect("four people");
    supervise(&world, &person, Some(&boss));
    supervise(&world, &boss, Some(&upper));
    supervise(&world, &upper, Some(&top));
    world.run_all().await;
    let login = |it: &str| world.okta(it).login;
    let (boss_login, top_login) = (login(&boss), login(&top));
    assert_eq!(world.profile(&person, "managerId"), boss_login);

    // Both above leave: the chain of departed managers is walked up.
    for it in [&boss, &upper] {
        world.hr(|company| hr::terminate(company, it, Leaving::resigned(date(2026, 3, 4))));
    }
    world.at("2026-03-06T18:00:00Z");
    let reports = world.run_all().await;
    let sync = reports.iter().find(|it| it.flow == Flow::ProfileSync).expect("it ran");
    assert_eq!(findings(sync, &person), ["manager-unresolved"]);
    assert_eq!(world.profile(&person, "managerId"), boss_login, "kept for now");
    world.assert_converged().await;

    world.at("2026-03-18T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.profile(&person, "managerId"), boss_login, "13 days and some hours");
    world.at("2026-03-19T18:00:00Z");
    let reports = world.run_all().await;
    let sync = reports.iter().find(|it| it.flow == Flow::ProfileSync).expect("it ran");
    assert_eq!(world.profile(&person, "managerId"), top_login);
    let told = found(sync, FindingCode::ManagerUnresolved);
    assert!(
        told.iter().any(|it| it.contains(&format!("person {top} above is written"))),
        "{told:?}"
    );
    world.assert_converged().await;
}

/// hr-case 30.
#[tokio::test]
async fn account_of_a_manager_that_was_closed_is_never_written() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let [person, boss, quiet] = <[String; 3]>::try_from(some(&world, 3)).expect("three people");
    let kept = world.profile(&person, "managerId");
    // Somebody closed it by hand; HR says at work.
    world.by_hand(&boss, Status::Deprovisioned);
    supervise(&world, &person, Some(&boss));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["manager-unresolved"]);
    assert_eq!(world.profile(&person, "managerId"), kept);
    world.run_all().await;
    world.assert_converged().await;

    // Closed by us: HR says gone.
    world.hr(|company| hr::terminate(company, &quiet, Leaving::resigned(date(2026, 3, 3))));
    world.run(Flow::Offboarding).await;
    supervise(&world, &person, Some(&quiet));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["manager-unresolved"]);
    assert_eq!(world.profile(&person, "managerId"), kept);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn head_of_the_company_has_no_manager_whatever_somebody_typed() {
    let world = World::settled().await;
    let head = world.hr(|company| company.people()[0].person_id.clone());
    assert_eq!(world.profile(&head, "managerId"), "");
    let user = world.user(&head);
    for (name, value) in [("managerId", "the.board@larkspur.example"), ("manager", "The Board")] {
        world.town.okta.org().force_attribute(&user, name, value);
    }
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(steps(&report, &head), ["set-manager verified"]);
    assert_eq!(world.profile(&head, "managerId"), "");
    assert_eq!(world.profile(&head, "manager"), "");
    world.assert_converged().await;
}
