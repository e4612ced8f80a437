//! Departments and other units of HR's as groups.

use jiff::{Timestamp, civil::date};
use rollcall::{
    deciders::report::Ending,
    flows::{self, Request},
    words::{finding::FindingCode, flow::Flow},
};
use rollcall_sandbox::{company::hr, fuse::Side, okta::GroupKind};
use rollcall_tests::{World, steps};

use crate::hq::{
    self, ask_okta, found, group_id, members, open_department, org_steps, people_in, settled_with,
};

/// Every company that employs somebody.
const COMPANIES: [&str; 3] = ["4HFLD", "9QLKS", "E2RNK"];

/// hr-case 27.
#[tokio::test]
async fn renamed_department_keeps_its_group_and_everybody_in_it() {
    let world = World::settled().await;
    let (id, before) =
        (group_id(&world, "Department Engineering"), members(&world, "Department Engineering"));
    assert!(!before.is_empty());
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::rename_department(it, "ENG", "Engineering & Design"));
    world.town.okta.wire().forget();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        org_steps(&report),
        ["rename-group verified: Department Engineering -> Department Engineering & Design"]
    );
    assert_eq!(hq::writes(&world, "PUT", "/groups/"), 1, "the group and no member");
    assert_eq!(hq::writes(&world, "PUT", &format!("/groups/{id}")), 1);
    assert_eq!(hq::writes(&world, "DELETE", "/groups/"), 0);
    assert_eq!(group_id(&world, "Department Engineering & Design"), id);
    assert_eq!(members(&world, "Department Engineering & Design"), before);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 27.
#[tokio::test]
async fn rename_seen_by_another_flow_first_moves_nobody() {
    let world = World::settled().await;
    let before = members(&world, "Department Engineering");
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::rename_department(it, "ENG", "Engineering & Design"));
    world.town.okta.wire().forget();
    world.run(Flow::ProfileSync).await;
    assert_eq!(hq::writes(&world, "PUT", "/groups/"), 0);
    assert_eq!(members(&world, "Department Engineering"), before);
    world.run_all().await;
    assert_eq!(members(&world, "Department Engineering & Design"), before);
    world.assert_converged().await;
}

#[tokio::test]
async fn two_departments_that_swap_names_swap_the_names_of_their_groups() {
    let world = World::settled().await;
    let (engineering, firmware) =
        (group_id(&world, "Department Engineering"), group_id(&world, "Department Firmware"));
    let engineers = members(&world, "Department Engineering");
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| {
        hr::rename_department(it, "ENG", "Firmware");
        hr::rename_department(it, "FIRMW", "Engineering");
    });
    world.town.okta.wire().forget();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        org_steps(&report),
        [
            "rename-group verified: Department Firmware -> Department Engineering (being renamed)",
            "rename-group verified: Department Engineering -> Department Firmware",
            "rename-group verified: Department Engineering (being renamed) -> Department Engineering",
        ]
    );
    assert_eq!(group_id(&world, "Department Firmware"), engineering);
    assert_eq!(group_id(&world, "Department Engineering"), firmware);
    assert_eq!(members(&world, "Department Firmware"), engineers);
    assert_eq!(hq::writes(&world, "PUT", "/users/"), 0, "no member was touched");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn name_that_another_group_has_is_told_and_the_rest_goes_on() {
    let world = World::settled().await;
    let squatter = world.town.okta.org().add_group("Department Design", GroupKind::Okta);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| {
        hr::rename_department(it, "ENG", "Design");
        hr::rename_department(it, "QA", "Quality");
    });
    world.town.okta.wire().forget();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        org_steps(&report),
        ["rename-group verified: Department Quality Assurance -> Department Quality"]
    );
    assert_eq!(
        found(&report, FindingCode::AmbiguousGroup),
        ["group \"Department Engineering\": should be called \"Department Design\" like its unit \
          in UKG, but another group has that name; rename or delete one of the two in Okta"]
    );
    assert!(members(&world, "Department Design").is_empty());
    assert!(!members(&world, "Department Engineering").is_empty());
    world.run_all().await;
    world.assert_converged().await;

    // Once the name is free, the group gets it.
    ask_okta(&world, "DELETE", &format!("/api/v1/groups/{squatter}"), None).await;
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        org_steps(&report),
        ["rename-group verified: Department Engineering -> Department Design"]
    );
    world.assert_converged().await;
}

#[tokio::test]
async fn new_department_gets_a_group_with_its_first_person_and_none_before() {
    let world = World::settled().await;
    let person = world.someone();
    world.at("2026-03-04T18:00:00Z");
    open_department(&world, "LAB", "Laboratory");
    open_department(&world, "GHOST", "Ghosts");
    world.hr(|it| hr::change_department(it, &person, "LAB", date(2026, 3, 4)));
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(org_steps(&report), ["create-group verified: Department Laboratory"]);
    assert!(steps(&report, &person).contains(&"join-group verified".to_owned()), "{report}");
    assert_eq!(members(&world, "Department Laboratory"), [world.okta(&person).login].into());
    assert_eq!(group_id(&world, "Department Ghosts"), "");
    let action = report.to_json()["actions"][0].clone();
    assert_eq!(action["kind"], "create-group");
    assert!(action["person_id"].is_null() && action["okta_user_id"].is_null(), "{action}");
    world.assert_converged().await;

    // Its last person moves on: the group stays, empty.
    world.hr(|it| hr::change_department(it, &person, "LEGAL", date(2026, 3, 4)));
    world.run_all().await;
    assert!(members(&world, "Department Laboratory").is_empty());
    assert_ne!(group_id(&world, "Department Laboratory"), "");
    world.assert_converged().await;
}

#[tokio::test]
async fn policy_that_makes_and_renames_no_groups_is_obeyed() {
    let world = settled_with(&[(
        "reconcile:\n",
        "reconcile:\n  create_groups: false\n  rename_groups: false\n",
    )])
    .await;
    let person = people_in(&world, "OPTIC").remove(0);
    let engineers = members(&world, "Department Engineering");
    world.at("2026-03-04T18:00:00Z");
    open_department(&world, "LAB", "Laboratory");
    world.hr(|it| {
        hr::change_department(it, &person, "LAB", date(2026, 3, 4));
        hr::rename_department(it, "ENG", "Design");
    });
    let reports = world.run_all().await;
    let report = reports.iter().find(|it| it.flow == Flow::OrgSync).expect("it ran");
    assert_eq!(org_steps(report), Vec::<String>::new());
    assert_eq!(
        found(report, FindingCode::MissingGroup),
        ["group \"Department Laboratory\": does not exist in Okta; the next org-sync makes it, \
          unless reconcile.create_groups is off"]
    );
    assert_eq!(members(&world, "Department Engineering"), engineers);
    world.assert_converged().await;
}

#[tokio::test]
async fn department_below_another_is_in_the_group_above_too() {
    let world = World::settled().await;
    let person = people_in(&world, "FIRMW").remove(0);
    let groups = |world: &World| {
        let groups = world.okta(&person).groups.into_iter();
        groups.filter(|it| it.starts_with("Department")).collect::<Vec<_>>()
    };
    assert_eq!(groups(&world), ["Department Engineering", "Department Firmware"]);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::change_department(it, &person, "QA", date(2026, 3, 4)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(groups(&world), ["Department Engineering", "Department Quality Assurance"]);
    let moves = hq::taken(&report);
    assert!(!moves.iter().any(|it| it.contains("Department Engineering")), "{moves:?}");
    world.hr(|it| hr::change_department(it, &person, "LEGAL", date(2026, 3, 4)));
    world.run(Flow::ProfileSync).await;
    assert_eq!(groups(&world), ["Department Legal"]);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn every_level_of_the_organization_can_have_groups() {
    let world = settled_with(&[(
        "  - name: People managers\n",
        "  - name: \"Cost center {it.code}\"\n    for_each: cost_center\n\
         \x20 - name: \"Division {it.name}\"\n    for_each: division\n\
         \x20 - name: \"Company {it.code}\"\n    for_each: company\n\
         \x20 - name: \"Job family {it.code}\"\n    for_each: job_family\n\
         \x20 - name: People managers\n",
    )])
    .await;
    let person = people_in(&world, "ENG").remove(0);
    let groups = world.okta(&person).groups;
    for group in ["Cost center 4100", "Division Technology"] {
        assert!(groups.contains(&group.to_owned()), "{groups:?}");
    }
    assert!(groups.iter().any(|it| it.starts_with("Company LK")), "{groups:?}");
    assert!(groups.iter().any(|it| it.starts_with("Job family ")), "{groups:?}");
    // Nobody works for cost center 6120, so there is no group for it.
    assert_eq!(group_id(&world, "Cost center 6120"), "");
}

#[tokio::test]
async fn two_units_of_one_name_share_a_group_until_one_of_them_is_renamed() {
    let world = World::settled().await;
    let id = group_id(&world, "Department Engineering");
    let person = people_in(&world, "ENG").remove(0);
    world.at("2026-03-04T18:00:00Z");
    open_department(&world, "ENGE", "Engineering");
    world.hr(|it| hr::change_department(it, &person, "ENGE", date(2026, 3, 4)));
    world.run_all().await;
    let login = world.okta(&person).login;
    assert!(members(&world, "Department Engineering").contains(&login));
    world.assert_converged().await;

    world.hr(|it| hr::rename_department(it, "ENGE", "Engineering East"));
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(org_steps(&report), ["create-group verified: Department Engineering East"]);
    assert_eq!(members(&world, "Department Engineering East"), [login.clone()].into());
    assert_eq!(group_id(&world, "Department Engineering"), id);
    assert!(!members(&world, "Department Engineering").contains(&login));
    world.assert_converged().await;
}

#[tokio::test]
async fn more_new_groups_or_new_names_than_a_run_may_make_wait_for_approval() {
    let none = "limits:\n  create-group: {most: 0, percent: 0, floor: 0}\n  \
                rename-group: {most: 0, percent: 0, floor: 0}\n";
    let world = settled_with(&[("limits:\n", none)]).await;
    let person = people_in(&world, "QA").remove(0);
    world.at("2026-03-04T18:00:00Z");
    open_department(&world, "LAB", "Laboratory");
    world.hr(|it| {
        hr::rename_department(it, "ENG", "Design");
        hr::change_department(it, &person, "LAB", date(2026, 3, 4));
    });
    let before = world.mail();
    world.run(Flow::ProfileSync).await;
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        org_steps(&report),
        [
            "rename-group held: Department Engineering -> Department Design",
            "create-group held: Department Laboratory"
        ]
    );
    assert_eq!(report.held.len(), 2, "{report}");
    assert_eq!(hq::mail_about(&world, &before, "holds back").len(), 2);
    world.run_all().await;
    world.assert_converged().await;

    hq::approve(&world, &report).await;
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        org_steps(&report),
        [
            "rename-group verified: Department Engineering -> Department Design",
            "create-group verified: Department Laboratory"
        ]
    );
    assert_eq!(members(&world, "Department Laboratory"), [world.okta(&person).login].into());
    world.assert_converged().await;
}

#[tokio::test]
async fn names_that_cannot_be_used_are_told_and_the_rest_goes_on() {
    let world = settled_with(&[(
        "  - name: People managers\n",
        "  - name: Everyone\n  - name: Imported people\n  - name: Nowhere\n\
         \x20 - name: People managers\n",
    )])
    .await;
    let person = people_in(&world, "ENG").remove(0);
    let apps = ask_okta(&world, "GET", "/api/v1/apps", None).await;
    let app = apps.as_array().into_iter().flatten().find(|it| it["label"] == "Board portal");
    let app = app.and_then(|it| it["id"].as_str()).expect("it is there");
    {
        let mut org = world.town.okta.org();
        org.add_group("Imported people", GroupKind::App);
        org.add_group("Contractors", GroupKind::Okta);
        org.turn_app_off(app);
    }
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::change_department(it, &person, "LEGAL", date(2026, 3, 4)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::OrgSync).await;
    assert!(world.okta(&person).groups.contains(&"Department Legal".to_owned()));
    let foreign = found(&report, FindingCode::ForeignGroup);
    assert_eq!(foreign.len(), 2, "{foreign:?}");
    assert!(foreign[0].starts_with("group \"Everyone\": is an imported or built-in group"));
    assert!(foreign[1].starts_with("group \"Imported people\": "), "{foreign:?}");
    assert_eq!(
        found(&report, FindingCode::MissingGroup),
        ["group \"Nowhere\": does not exist in Okta; create it"]
    );
    assert_eq!(
        found(&report, FindingCode::AmbiguousGroup),
        ["group \"Contractors\": exists more than once in Okta; rename the others"]
    );
    assert_eq!(
        found(&report, FindingCode::MissingApp),
        ["app \"Board portal\": is inactive in Okta; activate it"]
    );
    assert!(members(&world, "Imported people").is_empty());
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn group_whose_turn_does_not_come_in_time_is_left_to_the_next_run() {
    let world = World::settled().await;
    world.drop_group("Location SYD1");
    world.town.okta.wire().forget();
    let late = Request { stop_at: Some(Timestamp::UNIX_EPOCH), ..world.request(Flow::OrgSync) };
    let report = flows::run(&world.office, &late).await.expect("it runs");
    assert_eq!(org_steps(&report), ["create-group skipped: Location SYD1"], "{report}");
    assert_eq!((report.remaining, report.ending()), (1, Ending::Partly), "{report}");
    assert!(report.to_string().contains("run again to go on"), "{report}");
    assert_eq!(world.write_log(), "");
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(org_steps(&report), ["create-group verified: Location SYD1"], "{report}");
    assert_eq!(report.remaining, 0, "{report}");
    world.run_all().await;
    world.assert_converged().await;
}

/// The run that looks next comes to no group, because nothing that HR says is believed.
#[tokio::test]
async fn rename_at_which_the_power_went_is_told_by_the_run_that_looks_at_groups_again() {
    let begin = async || {
        let world = World::settled().await;
        world.at("2026-03-04T18:00:00Z");
        world.hr(|it| hr::rename_department(it, "ENG", "Engineering & Design"));
        world
    };
    let rehearsal = begin().await;
    rehearsal.run(Flow::OrgSync).await;
    let effects = rehearsal.fuse.kinds();
    let rename = *effects["Okta: PUT /api/v1/groups/{id}"].last().expect("the group is renamed");

    let mut world = begin().await;
    world.fuse.cut_at(rename, Side::After);
    tokio::select! {
        biased;
        () = world.fuse.cut() => {}
        report = world.run(Flow::OrgSync) => panic!("the power never went: {report}"),
    }
    world.power_on();
    world.town.ukg.set(|it| it.hidden_companies = COMPANIES.map(str::to_owned).into());
    let report = world.run(Flow::OrgSync).await;
    assert_eq!((report.ending(), org_steps(&report)), (Ending::Failed, Vec::new()), "{report}");
    world.town.ukg.set(|it| it.hidden_companies.clear());
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        org_steps(&report),
        ["rename-group verified: Department Engineering -> Department Engineering & Design"],
        "found done, and told: {report}"
    );
    let report = world.run(Flow::OrgSync).await;
    assert!(org_steps(&report).is_empty(), "once: {report}");
    world.run_all().await;
    world.assert_converged().await;
}
