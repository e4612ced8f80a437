//! Names and logins.

use jiff::civil::date;
use rollcall::{deciders::report::Ending, words::flow::Flow};
use rollcall_sandbox::{
    company::hr::{self, NewHire},
    okta::{SeedUser, Status},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World, findings};

use crate::hires::{hire_as, hire_called, named, resigns};

/// Somebody else's account, which has the login that a Nia Okafor would like.
fn holds(world: &World, login: &str, status: Status) {
    let login = format!("{login}@larkspur.example");
    let user = SeedUser::active(&login).with("ukgPersonId", login.as_str()).with_status(status);
    world.town.okta.org().add_user(user);
}

/// hr-case 5.
#[tokio::test]
async fn new_name_changes_the_profile_and_not_the_login_even_if_a_namesake_has_it() {
    let off = |policy: String| policy.replace("rename: approve", "rename: off");
    let world = World::settled_with(Options::new(30, 7, FIRST_DAY), off).await;
    world.at("2026-03-04T18:00:00Z");
    let namesake = hire_called(&world, date(2026, 3, 4), "Nia", "Okafor");
    world.run_all().await;
    let (person, other) = (world.someone_at("SEA1"), world.someone_at("NYC1"));
    let (before, email) = (world.okta(&person), world.profile(&person, "email"));
    world.hr(|company| {
        hr::change_name(company, &person, "Nia", "Okafor");
        hr::change_preferred_name(company, &person, None);
        hr::change_name(company, &other, "Nia", "Okafor-Abt");
    });
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(report.ending(), Ending::Done, "{report}");
    assert_eq!(world.okta(&person), before);
    assert_eq!(world.profile(&person, "email"), email);
    assert_eq!(world.profile(&person, "displayName"), "Nia Okafor");
    assert_eq!(world.profile(&person, "lastName"), "Okafor");
    assert_eq!(world.profile(&other, "lastName"), "Okafor-Abt");
    assert_eq!(world.okta(&namesake).login, "nia.okafor@larkspur.example");
    world.assert_converged().await;
}

/// hr-case 6.
#[tokio::test]
async fn preferred_name_is_what_okta_knows_and_the_legal_one_only_when_there_is_no_other() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = hire_as(&world, date(2026, 3, 4), "NYC1", |it| {
        let mut name = named("Chukwunonso", "Okafor");
        name.preferred = Some("Nonso".to_owned());
        NewHire { name, ..it }
    });
    world.run_all().await;
    assert_eq!(world.okta(&person).login, "nonso.okafor@larkspur.example");
    assert_eq!(world.profile(&person, "firstName"), "Nonso");
    assert_eq!(world.profile(&person, "displayName"), "Nonso Okafor");
    let user = world.user(&person);
    let profile = world.town.okta.org().user(&user).map(|it| it.profile.clone());
    let profile = serde_json::Value::Object(profile.expect("the account is there")).to_string();
    assert!(!profile.contains("Chukwunonso"), "the legal name stays out: {profile}");
    world.assert_converged().await;

    world.hr(|company| hr::change_preferred_name(company, &person, None));
    world.run_all().await;
    assert_eq!(world.profile(&person, "displayName"), "Chukwunonso Okafor");
    assert_eq!(world.okta(&person).login, "nonso.okafor@larkspur.example");
    world.assert_converged().await;
}

/// hr-case 7.
#[tokio::test]
async fn login_is_nobodys_whatever_the_status_of_its_holder() {
    let world = World::settled().await;
    holds(&world, "nia.okafor", Status::Active);
    holds(&world, "nia.okafor2", Status::Suspended);
    holds(&world, "nia.okafor3", Status::Deprovisioned);
    holds(&world, "nia.okafor4", Status::Staged);
    world.at("2026-03-04T18:00:00Z");
    let person = hire_called(&world, date(2026, 3, 4), "Nia", "Okafor");
    world.run_all().await;
    assert_eq!(world.okta(&person).login, "nia.okafor5@larkspur.example");
    for login in ["nia.okafor", "nia.okafor2", "nia.okafor3", "nia.okafor4"] {
        let login = format!("{login}@larkspur.example");
        let org = world.town.okta.org();
        let user = org.user_by_login(&login).expect("the holder is there");
        let key = user.profile.get("ukgPersonId").and_then(|it| it.as_str());
        assert_eq!(key, Some(login.as_str()), "taken over");
    }
    world.assert_converged().await;
}

/// hr-case 7.
#[tokio::test]
async fn joiner_for_whom_no_login_is_left_waits_alone() {
    let few = |policy: String| policy.replace("tries: 20", "tries: 3");
    let world = World::settled_with(Options::new(30, 7, FIRST_DAY), few).await;
    for login in ["nia.okafor", "nia.okafor2", "nia.okafor3"] {
        holds(&world, login, Status::Active);
    }
    world.at("2026-03-04T18:00:00Z");
    let person = hire_called(&world, date(2026, 3, 4), "Nia", "Okafor");
    let other = hire_called(&world, date(2026, 3, 4), "Zelda", "Quux");
    let report = world.run(Flow::NewHire).await;
    assert_eq!(findings(&report, &person), ["no-free-login"]);
    assert_eq!(report.ending(), Ending::Partly);
    assert_eq!(world.find(&person), None);
    assert_eq!(world.okta(&other).status, Status::Provisioned);
    world.assert_converged().await;
}

/// hr-case 8.
#[tokio::test]
async fn name_in_any_script_becomes_a_plain_login_and_stays_itself_on_display() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let names = [
        ("Søren", "Weiß", "soren.weiss"),
        ("Łukasz", "Ćwikła", "lukasz.cwikla"),
        ("秀英", "王", "xiuying.wang"),
        ("Анна", "Щукина", "anna.shchukina"),
        ("Mary  Kate", "O'Neil", "marykate.oneil"),
        ("J..", ".R.", "j.r"),
    ];
    for (first, last, login) in names {
        let person = hire_called(&world, date(2026, 3, 4), first, last);
        world.run(Flow::NewHire).await;
        assert_eq!(world.okta(&person).login, format!("{login}@larkspur.example"));
        let display = world.profile(&person, "displayName");
        let words = |it: &str| it.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&display), words(&format!("{first} {last}")));
    }
    world.assert_converged().await;
}

/// hr-case 8.
#[tokio::test]
async fn name_of_which_nothing_is_left_gives_way_to_the_number_and_a_long_one_is_cut() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let nameless = hire_called(&world, date(2026, 3, 4), "...", "!");
    let long = hire_called(&world, date(2026, 3, 4), &"Ab".repeat(25), &"Cd".repeat(25));
    world.run(Flow::NewHire).await;
    let number = world.profile(&nameless, "employeeNumber");
    assert_eq!(world.okta(&nameless).login, format!("{number}@larkspur.example"));
    assert_eq!(world.okta(&long).login.len(), 100, "Okta's most");
    world.assert_converged().await;

    // Okta wants a first name, and what to write for a mononym is for the policy to say.
    let mononym = hire_called(&world, date(2026, 3, 4), "", "Suharto");
    let report = world.run(Flow::NewHire).await;
    assert_eq!(findings(&report, &mononym), ["missing-attribute"]);
    assert_eq!(world.find(&mononym), None);
    world.assert_converged().await;
}

/// hr-case 53.
#[tokio::test]
async fn login_of_a_leaver_stays_his_own_even_when_okta_forgets_him() {
    let world = World::settled().await;
    world.at("2026-03-03T18:00:00Z");
    let person = hire_called(&world, date(2026, 3, 3), "Nia", "Okafor");
    world.run_all().await;
    let user = world.user(&person);
    resigns(&world, &person, date(2026, 3, 4));
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    world.town.okta.org().delete_user(&user);
    world.run_full(Flow::Offboarding).await; // tells that the account is gone

    let namesake = hire_called(&world, date(2026, 3, 16), "Nia", "Okafor");
    world.run_all().await;
    assert_eq!(world.okta(&namesake).login, "nia.okafor2@larkspur.example");
    assert_eq!(world.profile(&namesake, "email"), "nia.okafor2@larkspur.example");
    world.assert_converged().await;
}
