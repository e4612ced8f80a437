//! Logins when names change.

use jiff::{Timestamp, ToSpan, civil::date};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::{
    deciders::report::Report,
    words::{
        flow::Flow,
        ids::{Login, PlanId},
    },
};
use rollcall_sandbox::{
    company::{
        hr::{self, NewHire},
        names::Name,
    },
    okta::{SeedUser, Status},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, findings, steps};

const OLD: &str = "nia.okafor@larkspur.example";
const NEW: &str = "nia.lindqvist@larkspur.example";

async fn settled(rename: &str) -> World {
    let edit = |it: String| it.replacen("rename: approve", &format!("rename: {rename}"), 1);
    World::settled_with(Options::new(30, 7, FIRST_DAY), edit).await
}

/// Nia Okafor, who joins today.
async fn nia(world: &World) -> String {
    world.at("2026-03-04T18:00:00Z");
    let person = hire(world);
    world.run_all().await;
    assert_eq!(world.okta(&person).login, OLD);
    world.assert_converged().await;
    person
}

fn hire(world: &World) -> String {
    let mut random = ChaCha12Rng::seed_from_u64(42);
    world.hr(|company| {
        let (first, last) = ("Nia".to_owned(), "Okafor".to_owned());
        let hire = NewHire {
            name: Name { first, last, preferred: None, plain: "nia.okafor".to_owned() },
            location: "NYC1".to_owned(),
            employee_type: "REG".to_owned(),
            contract_end: None,
            ..NewHire::plausible(company, date(2026, 3, 4), &mut random)
        };
        World::who(&hr::hire(company, hire))
    })
}

fn marries(world: &World, person: &str) {
    world.hr(|it| hr::change_name(it, person, "Nia", "Lindqvist"));
}

async fn approve(world: &World, plan: &PlanId) {
    // Approvals live by the clock on the wall.
    let now: Timestamp = (world.office.clock)();
    let ledger = &world.office.ledger;
    let approved =
        ledger.approve_plan(plan, "dana", "she asked for it", now, now + 24.hours()).await;
    approved.expect("it waits");
}

fn only_plan(report: &Report) -> PlanId {
    assert_eq!(report.held.len(), 1, "{report}");
    report.held[0].plan.clone()
}

#[tokio::test]
async fn new_name_changes_no_login_when_renaming_is_off() {
    let world = settled("'off'").await;
    let person = nia(&world).await;
    marries(&world, &person);
    world.run_all().await;
    assert_eq!(world.profile(&person, "lastName"), "Lindqvist");
    assert_eq!((&*world.okta(&person).login, &*world.profile(&person, "email")), (OLD, OLD));
    world.assert_converged().await;
}

/// hr-case 5.
#[tokio::test]
async fn new_login_waits_for_a_word_while_the_rest_goes_on_and_is_given_once() {
    let world = settled("approve").await;
    let person = nia(&world).await;
    marries(&world, &person);
    let report = world.run(Flow::ProfileSync).await;
    let plan = only_plan(&report);
    assert_eq!(report.held[0].steps.len(), 1, "{report}");
    assert!(steps(&report, &person).contains(&"update verified".to_owned()), "{report}");
    assert_eq!(world.profile(&person, "lastName"), "Lindqvist");
    assert_eq!(world.okta(&person).login, OLD);
    let asked = || world.mail().iter().filter(|it| it.contains("holds back rename-login")).count();
    assert_eq!(asked(), 1);
    world.run_all().await;
    assert_eq!(asked(), 1, "other flows wait for the same word");
    world.assert_converged().await;

    approve(&world, &plan).await;
    let report = world.run(Flow::ProfileSync).await;
    assert!(report.held.is_empty(), "{report}");
    assert_eq!(steps(&report, &person), ["rename-login verified", "update verified"]);
    assert_eq!((&*world.okta(&person).login, &*world.profile(&person, "email")), (NEW, NEW));
    world.run_all().await;
    world.assert_converged().await;

    // The word was for that change, and for no other.
    world.hr(|it| hr::change_name(it, &person, "Nia", "Okafor"));
    let report = world.run(Flow::ProfileSync).await;
    assert_ne!(only_plan(&report), plan);
    assert_eq!(world.okta(&person).login, NEW);
    world.assert_converged().await;
}

/// hr-case 5.
#[tokio::test]
async fn new_login_comes_by_itself_where_the_policy_lets_it_and_the_old_one_stays_hers() {
    let world = settled("auto").await;
    let person = nia(&world).await;
    marries(&world, &person);
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(steps(&report, &person)[0], "rename-login verified", "{report}");
    assert_eq!((&*world.okta(&person).login, &*world.profile(&person, "email")), (NEW, NEW));
    world.run_all().await;
    world.assert_converged().await;
    let tomb =
        world.office.ledger.tombstone(&Login::parse(OLD).expect("a login"), world.now()).await;
    let tomb = tomb.expect("the ledger can be read").expect("the old login is kept");
    assert_eq!(tomb.person.as_str(), person);

    let namesake = hire(&world);
    world.run_all().await;
    assert_eq!(world.okta(&namesake).login, "nia.okafor2@larkspur.example");
    world.assert_converged().await;

    // Her own old name is hers to take again.
    world.hr(|it| hr::change_name(it, &person, "Nia", "Okafor"));
    world.run_all().await;
    assert_eq!(world.okta(&person).login, OLD);
    world.assert_converged().await;
}

#[tokio::test]
async fn managers_new_login_reaches_the_reports() {
    let world = settled("auto").await;
    let boss = nia(&world).await;
    let person = world.someone_at("SEA1");
    world.hr(|it| hr::change_supervisor(it, &person, Some(&boss), date(2026, 3, 4)));
    world.run_all().await;
    assert_eq!(world.profile(&person, "managerId"), OLD);
    marries(&world, &boss);
    world.run(Flow::ProfileSync).await;
    world.run(Flow::ProfileSync).await;
    assert_eq!(world.profile(&person, "managerId"), NEW);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn login_that_somebody_once_typed_is_not_ours_to_rename() {
    let world = settled("auto").await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire(&world);
    let number = world.hr(|it| {
        let person = it.person(&person).expect("just hired");
        person.employments[0].employee_number.clone()
    });
    let typed = "nokafor@larkspur.example";
    world.town.okta.org().add_user(
        SeedUser::active(typed).with("employeeNumber", number).with("lastName", "Okafor"),
    );
    world.run_all().await;
    world.run_all().await;
    assert_eq!(world.okta(&person).login, typed);
    world.assert_converged().await;
    marries(&world, &person);
    world.run_all().await;
    assert_eq!(world.profile(&person, "lastName"), "Lindqvist");
    assert_eq!(world.okta(&person).login, typed);
    world.assert_converged().await;
}

/// hr-case 5.
#[tokio::test]
async fn new_login_passes_by_those_that_closed_accounts_and_others_have() {
    let world = settled("auto").await;
    {
        let mut org = world.town.okta.org();
        org.add_user(SeedUser::active(NEW).with_status(Status::Deprovisioned));
        org.add_user(SeedUser::active("nia.lindqvist2@larkspur.example"));
    }
    let person = nia(&world).await;
    marries(&world, &person);
    world.run_all().await;
    assert_eq!(world.okta(&person).login, "nia.lindqvist3@larkspur.example");
    world.assert_converged().await;
}

#[tokio::test]
async fn login_stays_and_somebody_is_told_when_all_others_are_taken() {
    let edit = |policy: String| {
        let policy = policy.replacen("rename: approve", "rename: auto", 1);
        policy.replacen("tries: 20", "tries: 2", 1)
    };
    let world = World::settled_with(Options::new(30, 7, FIRST_DAY), edit).await;
    {
        let mut org = world.town.okta.org();
        org.add_user(SeedUser::active(NEW));
        org.add_user(SeedUser::active("nia.lindqvist2@larkspur.example"));
    }
    let person = nia(&world).await;
    marries(&world, &person);
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(findings(&report, &person), ["no-free-login"]);
    assert_eq!(world.okta(&person).login, OLD);
    assert_eq!(world.profile(&person, "lastName"), "Lindqvist");
    world.run_all().await;
    let told = world.mail().into_iter().filter(|it| it.contains("(no-free-login)")).count();
    assert_eq!(told, 1);
    world.assert_converged().await;
}
