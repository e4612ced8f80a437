//! `rollcall check`: each thing that can be missing, provoked and told.

use std::sync::Arc;

use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};
use rollcall::{
    deciders::checkup::{Checkup, Health},
    doors::okta,
    flows::{self, Repair},
    shell::credentials::Credentials,
};
use rollcall_sandbox::{
    company::codes,
    okta::{AdminRole, GroupKind, Limits},
    town::{Accounts, Options},
    ukg::Grant,
    wire::{Effect, Fault},
};
use rollcall_tests::{FIRST_DAY, World};

use crate::oauth;

async fn world() -> World {
    World::untouched(Options::new(30, 7, FIRST_DAY), |policy| policy).await
}

async fn checked(world: &World, repair: Repair) -> Checkup {
    world.town.okta.wire().forget();
    let checkup = flows::check(&world.office, world.town.clock.now(), repair).await;
    if repair == Repair::Nothing {
        assert_eq!(world.town.okta.wire().writes(), [], "checking wrote to Okta");
    }
    checkup
}

/// What was printed, without what differs from machine to machine.
fn told(world: &World, checkup: &Checkup) -> String {
    let text = checkup
        .to_string()
        .replace(world.town.ukg.base_url(), "UKG")
        .replace(world.town.okta.base_url(), "OKTA")
        .replace(&world.office.policy.hash.as_str()[..12], "HASH");
    let skew = |it: &str| it.contains("clock ") && it.contains("within");
    let lines = text.lines().map(|it| if skew(it) { "ok       clock" } else { it });
    lines.collect::<Vec<_>>().join("\n")
}

/// The lines that are not well, and the last one.
#[track_caller]
fn assert_troubles(world: &World, checkup: &Checkup, expected: Expect) {
    let text = told(world, checkup);
    let trouble = |it: &&str| !it.starts_with("ok ");
    expected.assert_eq(&text.lines().filter(trouble).collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn good_setup_is_well_and_says_what_was_looked_at() {
    let mut options = Options::new(30, 7, FIRST_DAY);
    options.okta.limits = Limits::WorkforcePercent(100);
    let world = World::untouched(options, |policy| policy).await;
    let checkup = checked(&world, Repair::Nothing).await;
    assert_eq!(checkup.health(), Health::Ok);
    expect![[r#"
        ok       policy             Larkspur Instruments, hash HASH
        ok       credentials        well-formed, for UKG and OKTA
        ok       ledger             can be read; no run has been made yet
        ok       UKG grants         may read employee-employment-details, person-details, employee-contract-details, org-levels, jobs, locations, company-details
        ok       UKG people         34 people with 36 employments, 30 of them employed now
        ok       UKG codes          3 companies, 58 org levels, 101 jobs, 9 locations
        ok       Okta scopes        an API token has none; its creator's rights count
        ok       Okta users         32 users
        ok       Okta canaries      1 of 1 are there
        ok       Okta attributes    all 18 that the policy writes are there
        ok       Okta groups, apps  47 groups and 2 apps of the policy
        ok       Okta MFA policies  all 3 of the tiers are there, active and in order
        ok       Okta admins        administrators can be told apart: 1
        ok       Okta rate limits   /api/v1/users: 300 a minute, 150 of them ours (50 %)
        ok       Okta rate limits   GET /api/v1/users/{id}: 1000 a minute, 500 of them ours (50 %)
        ok       Okta rate limits   /api/v1/groups: 250 a minute, 125 of them ours (50 %)
        ok       Okta rate limits   /api/v1/apps: 50 a minute, 25 of them ours (50 %)
        ok       Okta rate limits   /api/v1: 600 a minute, 300 of them ours (50 %)
        ok       clock

        Everything is well. Nothing was changed."#]].assert_eq(&told(&world, &checkup));
}

#[tokio::test]
async fn each_right_that_ukg_lacks_is_named() {
    let world = world().await;
    world.town.ukg.set(|it| {
        it.grants.remove(&Grant::EmployeePersonDetails);
        it.grants.remove(&Grant::CompanyConfiguration);
    });
    let checkup = checked(&world, Repair::Nothing).await;
    assert_eq!(checkup.health(), Health::Wrong);
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
            wrong    UKG grants         UKG refuses org-levels, jobs, locations, company-details: the account lacks View on "Company Configuration Integration"
                                        -> grant the web service account View on "Company Configuration Integration" (System Configuration, Security, Web Services)
            wrong    UKG grants         UKG refuses person-details: the account lacks View on "Employee Person Details"
                                        -> grant the web service account View on "Employee Person Details" (System Configuration, Security, Web Services)

            Not ready: 2 to put right, 0 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn ukg_without_anybody_is_told() {
    let world = world().await;
    // Test companies, too: whatever the code table has.
    let companies = codes::COMPANIES.iter().map(|it| it.id.to_owned());
    world.town.ukg.set(|it| it.hidden_companies.extend(companies));
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        wrong    UKG people         UKG answers with an empty list
                                    -> check that the web service account may see the employees of every company

        Not ready: 1 to put right, 0 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn refused_logins_are_told_once_for_each_door() {
    let mut world = world().await;
    let mut credentials = world.town.credentials();
    credentials["ukg"]["password"] = "wrong".into();
    credentials["okta"]["api_token"] = "00wrong".into();
    world.restart(&credentials.to_string());
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        wrong    UKG login          ukg does not know the credentials, asked for employee-employment-details
                                    -> Check user name, password and customer API key, and that the web service account is not suspended (System Configuration > Security > Web Services).
        wrong    Okta users         okta answered 401 to list users
                                    -> okta answered 401: the API token was revoked or expired, or its creator was deactivated; create a new one and put it into the credentials

        Not ready: 2 to put right, 0 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn what_stands_in_the_way_of_either_door_is_told() {
    let world = world().await;
    for wire in [world.town.ukg.wire(), world.town.okta.wire()] {
        wire.inject(Fault {
            method: None,
            path_contains: "/".to_owned(),
            skip: 0,
            times: 100,
            effect: Effect::Html,
        });
    }
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        wrong    UKG login          ukg answered employee-employment-details with something that is not json
                                    -> Check that base_url is UKG's web service host, not its sign-in page, and that no proxy answers in its place.
        wrong    Okta users         okta answered list users with a web page (status 200)
                                    -> something between here and okta answered in its place: check org_url (not the -admin address) and proxies

        Not ready: 2 to put right, 0 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn each_flow_says_which_scope_it_lacks() {
    let mut world = world().await;
    let granted = ["okta.users.manage", "okta.groups.read"];
    let credentials = oauth::service_app(&world, &granted, &granted, AdminRole::Super);
    world.restart(&credentials);
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
            wrong    Okta scopes        offboarding: not granted: okta.groups.manage, okta.apps.manage
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta scopes        contractor: not granted: okta.groups.manage, okta.apps.manage
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta scopes        new-hire: not granted: okta.groups.manage, okta.apps.manage
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta scopes        profile-sync: not granted: okta.groups.manage, okta.apps.manage
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta scopes        org-sync: not granted: okta.groups.manage, okta.apps.manage
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta scopes        mfa-policy: not granted: okta.groups.manage, okta.policies.read
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            warning  Okta scopes        this check: not granted: okta.schemas.read
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            warning  Okta scopes        protecting administrators: not granted: okta.roles.read
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta attributes    okta does not let us read the user schema
                                        -> okta answered 403: besides the scope, the app or the token's creator needs an admin role that covers these users and groups
            wrong    Okta groups, apps  okta does not let us list apps
                                        -> okta answered 403: besides the scope, the app or the token's creator needs an admin role that covers these users and groups
            warning  Okta admins        okta does not let us list administrators
                                        -> grant okta.roles.read; without it, name every administrator under okta, protected

            Not ready: 8 to put right, 3 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn scopes_without_an_admin_role_are_no_access() {
    let mut world = world().await;
    let credentials =
        oauth::service_app(&world, &okta::DEFAULT_SCOPES, &okta::DEFAULT_SCOPES, AdminRole::None);
    world.restart(&credentials);
    let checkup = checked(&world, Repair::Nothing).await;
    assert_eq!(checkup.health(), Health::Wrong);
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
            wrong    Okta scopes        mfa-policy: not granted: okta.policies.read
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta users         Okta answers with an empty list: the client has its scopes but no admin role
                                        -> give it an admin role that covers every user and group that Rollcall looks after, under Applications, the app, Admin roles
            wrong    Okta canaries      okta does not let us read a user by login (someone without a known id)
                                        -> okta answered 403: besides the scope, the app or the token's creator needs an admin role that covers these users and groups
            wrong    Okta attributes    okta does not let us read the user schema
                                        -> okta answered 403: besides the scope, the app or the token's creator needs an admin role that covers these users and groups
            wrong    Okta groups, apps  okta does not let us list groups
                                        -> okta answered 403: besides the scope, the app or the token's creator needs an admin role that covers these users and groups
            warning  Okta admins        okta does not let us list administrators
                                        -> grant okta.roles.read; without it, name every administrator under okta, protected

            Not ready: 5 to put right, 1 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn scope_that_was_never_granted_gives_no_token() {
    let mut world = world().await;
    let credentials =
        oauth::service_app(&world, &["okta.users.read"], &okta::DEFAULT_SCOPES, AdminRole::Super);
    world.restart(&credentials);
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        wrong    Okta token         okta gives us no access token: invalid_scope
                                    -> a scope is not granted to the app: a super admin grants it under Applications, the app, Okta API Scopes

        Not ready: 1 to put right, 0 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn what_the_policy_names_and_okta_lacks_is_told() {
    let edit = |policy: String| {
        policy
            .replacen("canaries: [canary@", "canaries: [nobody@", 1)
            .replacen("- name: Executives", "- name: Nobodies", 1)
            .replacen("- name: People managers", "- name: Imported", 1)
            .replacen("- label: Board portal", "- label: Bored portal", 1)
    };
    let world = World::untouched(Options::new(30, 7, FIRST_DAY), edit).await;
    world.town.okta.org().add_group("Imported", GroupKind::App);
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        wrong    Okta canaries      Okta does not return number 1 of the policy's list
                                    -> correct the list, or widen the admin role until it covers them; until then every run stops before it does anything
        warning  Okta groups, apps  group "Imported" is an imported or built-in group, so nobody can write its members
                                    -> name another one
        warning  Okta groups, apps  group "Nobodies" does not exist in Okta
                                    -> create it
        warning  Okta groups, apps  app "Bored portal" does not exist in Okta
                                    -> add it in Okta, or correct its name in the policy

        Not ready: 1 to put right, 3 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn missing_attributes_are_added_when_that_is_asked_for_and_once() {
    let edit = |policy: String| {
        policy.replacen("key_attribute: ukgPersonId", "key_attribute: workdayId", 1).replacen(
            "  title: worker.job_title",
            "  title: worker.job_title\n  badgeNumber: worker.employee_number\n  citty: \
             worker.city",
            1,
        )
    };
    let world = World::untouched(Options::new(30, 7, FIRST_DAY), edit).await;
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        wrong    Okta attributes    the user profile has no badgeNumber
                                    -> `rollcall check --fix-schema` adds it; or add a custom string attribute badgeNumber in Profile Editor
        wrong    Okta attributes    the user profile has no citty
                                    -> if city is meant, correct the policy; else add a custom string attribute citty in Profile Editor
        wrong    Okta attributes    the user profile has no workdayId
                                    -> `rollcall check --fix-schema` adds it; or add a custom string attribute workdayId in Profile Editor

        Not ready: 3 to put right, 0 to know about. Nothing was changed."#]],
    );

    let checkup = checked(&world, Repair::Schema).await;
    assert_eq!(checkup.added, ["badgeNumber", "workdayId"].map(Arc::from));
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        wrong    Okta attributes    the user profile has no citty
                                    -> if city is meant, correct the policy; else add a custom string attribute citty in Profile Editor

        Not ready: 1 to put right, 0 to know about. Added to Okta's user profile: badgeNumber, workdayId. Nothing else was changed."#]],
    );
    assert!(world.town.okta.wire().writes().iter().all(|it| it.path.contains("/meta/schemas/")));

    let checkup = checked(&world, Repair::Schema).await;
    assert!(checkup.added.is_empty());
    assert_eq!(world.town.okta.wire().writes(), [], "a second repair has nothing to do");
}

#[tokio::test]
async fn repair_that_okta_does_not_allow_says_which_scope_it_needs() {
    let edit = |policy: String| {
        policy.replacen("key_attribute: ukgPersonId", "key_attribute: workdayId", 1)
    };
    let mut world = World::untouched(Options::new(30, 7, FIRST_DAY), edit).await;
    let scopes = okta::DEFAULT_SCOPES;
    let credentials = oauth::service_app(&world, &scopes, &scopes, AdminRole::Super);
    world.restart_with(&credentials, edit);
    let checkup = checked(&world, Repair::Schema).await;
    assert!(checkup.added.is_empty());
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
            wrong    Okta scopes        mfa-policy: not granted: okta.policies.read
                                        -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
            wrong    Okta attributes    workdayId was not added: okta does not let us add an attribute
                                        -> grant okta.schemas.manage (and name it in `scopes` of the credentials) for as long as this takes; or add the attribute in Profile Editor
            wrong    Okta MFA policies  okta does not let us list enrollment policies
                                        -> okta answered 403: besides the scope, the app or the token's creator needs an admin role that covers these users and groups

            Not ready: 3 to put right, 0 to know about. Nothing was changed."#]],
    );
}

#[tokio::test]
async fn small_share_of_the_rate_limit_is_a_warning() {
    let mut options = Options::new(30, 7, FIRST_DAY);
    options.okta.limits = Limits::WorkforcePercent(10);
    let edit = |policy: String| policy.replacen("budget_share: 50", "budget_share: 90", 1);
    let world = World::untouched(options, edit).await;
    let checkup = checked(&world, Repair::Nothing).await;
    assert_troubles(
        &world,
        &checkup,
        expect![[r#"
        warning  Okta rate limits   /api/v1/apps: 5 a minute, 4 of them ours (90 %)
                                    -> raise okta.budget_share in the policy, or this token's or app's share of the rate limit in Okta (Security, API, Tokens; for an app: Applications, the app, Application rate limits)

        Ready, with 1 to know about. Nothing was changed."#]],
    );
}

/// The clock of a machine that nobody has set for a while.
fn fast_clock() -> Timestamp {
    let now = rollcall::shell::clock::now();
    now.checked_add(SignedDuration::from_mins(10)).expect("it is not that late")
}

#[tokio::test]
async fn clock_that_is_off_is_told() {
    let mut world = world().await;
    let credentials = world.town.credentials().to_string();
    let credentials = Credentials::parse(&credentials).expect("the town's are right");
    world.office.okta = okta::Client::new(credentials.okta, okta::Settings::default(), fast_clock)
        .expect("the token can be used");
    let checkup = checked(&world, Repair::Nothing).await;
    let line = checkup.lines.iter().find(|it| it.name == "clock").expect("the clock was looked at");
    assert_eq!(line.health, Health::Warning);
    let text = line.to_string();
    assert!(text.contains("s ahead of Okta\n"), "{text}");
    assert!(text.contains("let this machine set its clock"), "{text}");
}

#[tokio::test]
async fn org_with_nobody_in_it_but_the_canary_is_well() {
    let mut options = Options::new(30, 7, FIRST_DAY);
    options.accounts = Accounts::None;
    let world = World::untouched(options, |policy| policy).await;
    assert_eq!(checked(&world, Repair::Nothing).await.health(), Health::Ok);
}
