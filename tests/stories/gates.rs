//! Reads that are believed in part or not at all, and who overrules that: each gate in both
//! directions, with what was written to Okta.

use expect_test::expect;
use jiff::civil::date;
use rollcall::{
    deciders::report::{Ending, Report},
    flows::{self, Request},
    words::flow::Flow,
};
use rollcall_sandbox::{
    company::hr,
    okta::{SeedUser, Status},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use crate::{
    hires::{hire, resigns},
    hq::{mail_about, settled_with},
};

/// Runs every flow with something overruled.
async fn run_accepting(world: &World, token: &str) -> Vec<Report> {
    let mut res = Vec::new();
    for flow in Flow::ALL {
        let request = Request { accepted: [token.to_owned()].into(), ..world.request(flow) };
        res.push(flows::run(&world.office, &request).await.expect("the run can be made"));
    }
    res
}

fn not_believed(report: &Report) -> String {
    let partly = report.reservations.iter().map(|it| format!("{}.\n", it.doubt));
    report.doubts.iter().map(|it| format!("{it}.\n")).chain(partly).collect()
}

/// Somebody at work whose only employment is in a company.
fn someone_of(world: &World, company: &str) -> String {
    let doubles: Vec<String> = world.hr(|it| {
        let people = it.people().iter().filter(|it| it.employments.len() > 1);
        people.map(|it| it.person_id.clone()).collect()
    });
    let is_single = |id: &str| doubles.iter().all(|it| it != id);
    world.pick(|it| it.company_id == company && !it.is_contractor && is_single(it.person_id))
}

/// hr-case 35.
#[tokio::test]
async fn company_that_is_missing_is_left_alone_and_the_others_go_on() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let (mover, leaver) = (someone_of(&world, "9QLKS"), someone_of(&world, "E2RNK"));
    let lost = someone_of(&world, "4HFLD");
    let joiner = hire(&world, date(2026, 3, 6), "SEA1");
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    resigns(&world, &leaver, date(2026, 3, 4));
    world.town.ukg.set(|it| it.hidden_companies = ["4HFLD".to_owned()].into());
    let (before, mail) = (world.okta(&lost), world.mail());
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    expect![[r#"
        UKG gave 0 employments for company 4HFLD; the last good read had 4. Less than 90 % is not believed, so nothing is changed for its people, and nobody of any company is taken for a leaver: the missing rows may say that they still work there. Everything else goes on. Check the account's access to this company in UKG; if it really shrank, run once with --accept company:4HFLD=0.
    "#]].assert_eq(&not_believed(&reports[0]));
    assert!(reports.iter().all(|it| it.ending() != Ending::Done), "nobody takes it for whole");
    assert_eq!(world.profile(&mover, "lastName"), "Okafor", "the others go on");
    assert!(world.find(&joiner).is_some());
    assert_eq!(world.okta(&lost), before);
    assert_eq!(world.okta(&leaver).status, Status::Active, "a missing row may keep the leaver");
    expect![[r#"
        1 x POST apps/APP/users
        1 x POST users
        1 x POST users/USER
        2 x POST users/USER/lifecycle/activate
    "#]]
    .assert_eq(&world.write_log());
    let told = mail_about(&world, &mail, "is not believed");
    assert_eq!(told.len(), 1, "once a day, whatever the flow");
    world.assert_converged().await;

    // The company was sold: somebody says so. Its people are missing, which is no departure.
    let reports = run_accepting(&world, "company:4HFLD=0").await;
    assert!(reports.iter().all(|it| it.reservations.is_empty()), "{}", reports[0]);
    assert_eq!(world.okta(&leaver).status, Status::Suspended);
    assert_eq!(world.okta(&lost), before);
    // It is the last good read from now on.
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| it.reservations.is_empty()), "{}", reports[0]);
    world.assert_converged().await;
}

/// hr-case 35.
#[tokio::test]
async fn roster_that_lost_most_of_its_rows_stops_everything() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let (mover, leaver) = (someone_of(&world, "4HFLD"), someone_of(&world, "4HFLD"));
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    resigns(&world, &leaver, date(2026, 3, 4));
    world.town.ukg.set(|it| it.hidden_companies = ["9QLKS".to_owned(), "E2RNK".to_owned()].into());
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| it.ending() == Ending::Failed));
    expect![[r#"
        UKG gave 4 employments; the last good read had 36 (company 9QLKS 0 of 20, company E2RNK 0 of 12). Less than 90 % is not believed, so nothing was planned. Check the account's access to companies in UKG; if HR really shrank, run once with --accept roster=4.
    "#]].assert_eq(&not_believed(&reports[0]));
    assert_eq!(world.town.okta.wire().calls(), [], "nobody even asked Okta");

    // What somebody has seen is not what comes after it.
    let reports = run_accepting(&world, "roster=999").await;
    assert!(reports.iter().all(|it| it.ending() == Ending::Failed));
    assert_eq!(world.write_log(), "");
    world.town.ukg.set(|it| it.hidden_companies.clear());
    world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended, "nothing was lost");
    world.assert_converged().await;
}

/// hr-case 35.
#[tokio::test]
async fn roster_of_seventy_percent_is_believed_when_a_person_says_so() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let mover = world.someone();
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    let everybody: Vec<String> =
        world.hr(|it| it.people().iter().map(|it| it.person_id.clone()).collect());
    let hidden = everybody.iter().enumerate().filter(|(at, it)| at % 10 < 3 && **it != mover);
    let hidden = hidden.map(|(_, it)| it.clone()).collect();
    world.town.ukg.set(|it| it.hidden_people = hidden);
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| it.ending() == Ending::Failed));
    assert_eq!(world.write_log(), "");
    let text = not_believed(&reports[0]);
    let token = text.split("--accept ").nth(1).and_then(|it| it.split('.').next());
    run_accepting(&world, token.expect("it says how to overrule it")).await;
    assert_eq!(world.written_about(), [mover].into(), "and nobody who is missing has left");
    world.assert_converged().await;
}

/// hr-case 37.
#[tokio::test]
async fn column_that_is_suddenly_blank_holds_whoever_lost_it_and_no_leaver() {
    let world = World::settled_with(Options::new(60, 7, FIRST_DAY), |policy| policy).await;
    world.at("2026-03-06T18:00:00Z");
    let (mover, leaver) = (world.someone_at("SEA1"), world.someone_at("NYC1"));
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    resigns(&world, &leaver, date(2026, 3, 4));
    world.town.ukg.set(|it| it.blank_columns = ["primaryWorkLocationCode".to_owned()].into());
    let (before, mail) = (world.okta(&mover), world.mail());
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    expect![[r#"
        worker.city, worker.country_2, worker.location are filled in for 0 of 100 people; at the last good read it was for 100. The 59 people without are left alone, except for leavers; everybody else goes on. Ask HR what became of it, and whether the web service account may still view it; if it is meant to be blank, run once with --accept blank:city,country_2,location=59.
    "#]].assert_eq(&not_believed(&reports[0]));
    assert_eq!(world.okta(&mover), before);
    assert_eq!(world.okta(&leaver).status, Status::Suspended, "leavers go all the same");
    assert_eq!(world.written_about(), [leaver].into(), "nobody is moved out of a site");
    assert_eq!(mail_about(&world, &mail, "is not believed").len(), 1);
    world.assert_converged().await;

    // The column is back, and everything goes on.
    world.town.ukg.set(|it| it.blank_columns.clear());
    world.run_all().await;
    assert_eq!(world.profile(&mover, "lastName"), "Okafor");
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 37.
#[tokio::test]
async fn column_that_is_meant_to_be_blank_is_so_when_a_person_says_so() {
    let clears = "costCenter: {value: worker.cost_center, when_blank: clear}";
    let world = settled_with(&[("costCenter: worker.cost_center", clears)]).await;
    world.at("2026-03-04T18:00:00Z");
    world.town.ukg.set(|it| it.blank_columns = ["orgLevel3Code".to_owned()].into());
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    let text = not_believed(&reports[0]);
    assert_eq!(world.write_log(), "", "nobody's cost centre is emptied: {text}");
    let token = text.split("--accept ").nth(1).and_then(|it| it.split('.').next());
    run_accepting(&world, token.expect("it says how to overrule it")).await;
    // Believed, it is still a change of one attribute for too many people at once.
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| it.reservations.is_empty()), "{}", reports[0]);
    let why: String =
        reports.iter().flat_map(|it| &it.held).map(|it| it.objection.to_string()).collect();
    assert!(why.contains("attribute \"costCenter\""), "{why}");
    // Those whom other flows look after are few.
    expect![[r#"
        3 x POST users/USER
    "#]]
    .assert_eq(&world.write_log());
    crate::hq::approve_all(&world).await;
    world.run_all().await;
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 37.
#[tokio::test]
async fn column_that_a_few_lose_is_an_ordinary_change() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    world.hr(|company| hr::blank_department(company, &person));
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| it.reservations.is_empty()), "{}", reports[0]);
    world.assert_converged().await;
}

/// hr-case 40.
#[tokio::test]
async fn ledger_of_one_tenant_is_not_used_for_another() {
    let mut world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let mover = world.someone();
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    let credentials = world.town.credentials().to_string();
    // The same org by another name, as a test tenant would have it.
    let other = credentials.replace(
        &format!("\"org_url\":\"{}\"", world.town.okta.base_url()),
        &format!(
            "\"org_url\":\"{}\"",
            world.town.okta.base_url().replace("127.0.0.1", "localhost")
        ),
    );
    assert_ne!(other, credentials);
    world.restart(&other);
    world.town.okta.wire().forget();
    let reports = world.run_all().await;
    assert!(reports.iter().all(|it| it.ending() == Ending::Failed));
    let text = not_believed(&reports[0]);
    assert!(text.contains("this is another Okta org than last time"), "{text}");
    assert_eq!(world.town.okta.wire().calls(), [], "nobody even asked Okta");

    let checkup = flows::check(&world.office, world.now(), flows::Repair::Nothing).await;
    let is_told = checkup.lines.iter().any(|it| it.detail.contains("another Okta org"));
    assert!(is_told, "{checkup}");

    let token = text.split("--accept ").nth(1).map(|it| it.trim_end_matches(".\n"));
    run_accepting(&world, token.expect("it says how to overrule it")).await;
    assert_eq!(world.profile(&mover, "lastName"), "Okafor");
    world.assert_converged().await;
}

/// hr-case 41.
#[tokio::test]
async fn okta_that_is_doubted_is_believed_once_when_a_person_says_so() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let mover = world.someone();
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    world.town.okta.org().delete_user("canary@larkspur.example");
    world.town.okta.wire().forget();
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(report.ending(), Ending::Failed, "{report}");
    assert_eq!(world.write_log(), "");
    let wrong =
        Request { accepted: ["canary=2".to_owned()].into(), ..world.request(Flow::ProfileSync) };
    let report = flows::run(&world.office, &wrong).await.expect("the run can be made");
    assert_eq!(report.ending(), Ending::Failed, "another canary was meant: {report}");
    run_accepting(&world, "canary=1").await;
    assert_eq!(world.written_about(), [mover].into());
    world.town.okta.org().add_user(SeedUser::active("canary@larkspur.example"));
    world.assert_converged().await;
}
