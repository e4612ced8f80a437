//! Departments that are split, merged and given new codes (hr-case 28).

use expect_test::expect;
use jiff::{Timestamp, civil::date};
use rollcall::{
    flows::{self, Request},
    words::{
        action::Kind,
        flow::{Flow, Shard},
    },
};
use rollcall_sandbox::company::hr::{self, Leaving};
use rollcall_tests::steps;

use crate::hq::{self, BY_CODE, TIGHT, group_id, members, people_in, settled_with};

/// The steps out of a group, taken or held.
fn leaving<'a>(report: &'a rollcall::deciders::report::Report, group: &str) -> Vec<&'a str> {
    let steps = report.steps.iter().filter(|it| it.kind == Kind::LeaveGroup);
    let steps = steps.filter(|it| it.target.as_deref() == Some(group));
    steps.map(|it| it.outcome.as_str()).collect()
}

/// hr-case 28.
#[tokio::test]
async fn new_code_fills_the_new_group_and_empties_the_old_one_when_somebody_approves() {
    let world = settled_with(&[TIGHT, BY_CODE]).await;
    let people = people_in(&world, "OPTIC");
    let before = members(&world, "Department OPTIC");
    assert!(people.len() > 1);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    let mail = world.mail();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(hq::org_steps(&report), ["create-group verified: Department PHOTO"]);
    assert_eq!(members(&world, "Department PHOTO"), before, "the new group is filled at once");
    assert_eq!(members(&world, "Department OPTIC"), before, "the old one waits");
    assert_eq!(report.held.len(), 1, "{report}");
    let told = hq::mail_about(&world, &mail, "holds back");
    assert_eq!(told.len(), 1);
    expect![[r#"
        To: it
        Subject: Rollcall holds back leave-group for 3 people

        Why: group "Department OPTIC" would lose 3 of its 3 people, all of them to "Department PHOTO", where nobody else is: HR seems to have given the unit a new code. They keep it until somebody approves.

        Nothing in this plan has been done; everything else goes on. In it, the most telling first:

        - person 30b0d688-d900-4a64-9b27-e1a2acc9e5fc: leave-group Department OPTIC
        - person af3276c2-7d1e-434e-970f-8adcaef9bc1e: leave-group Department OPTIC
        - person f5ed10a2-33cc-4018-8d97-fc8e876085d7: leave-group Department OPTIC

        To see all of it:    rollcall plans PLAN
        If UKG is wrong:     correct it there, and the plan goes away.
        If it is right:      rollcall approve PLAN --why "..."
                             and the next run of org-sync carries out these steps and no others.
        If it must not be:   rollcall reject PLAN --why "..."
    "#]].assert_eq(&hq::plain(&told[0], &report));
    world.run_all().await;
    world.assert_converged().await;

    hq::approve(&world, &report).await;
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(leaving(&report, "Department OPTIC"), vec!["verified"; before.len()]);
    assert_eq!(report.steps.len(), before.len(), "these steps and no others:\n{report}");
    assert!(members(&world, "Department OPTIC").is_empty());
    assert_ne!(group_id(&world, "Department OPTIC"), "", "no group is ever deleted");
    assert_eq!(members(&world, "Department PHOTO"), before);
    world.assert_converged().await;
}

/// hr-case 28.
#[tokio::test]
async fn what_was_approved_shrinks_with_a_leaver_and_does_not_grow_with_a_newcomer() {
    let world = settled_with(&[TIGHT, BY_CODE]).await;
    let before = members(&world, "Department OPTIC").len();
    let people = people_in(&world, "OPTIC");
    let newcomer = people_in(&world, "DATA").remove(0);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    let held = world.run(Flow::OrgSync).await;
    world.run_all().await;

    world.at("2026-03-05T18:00:00Z");
    world.hr(|company| {
        hr::terminate(company, &people[0], Leaving::resigned(date(2026, 3, 4)));
        hr::change_department(company, &newcomer, "PHOTO", date(2026, 3, 5));
    });
    world.run(Flow::Offboarding).await;
    hq::approve(&world, &held).await;
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(leaving(&report, "Department OPTIC"), vec!["verified"; before - 1]);
    assert!(steps(&report, &newcomer).contains(&"join-group verified".to_owned()), "{report}");
    assert!(members(&world, "Department OPTIC").is_empty());
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn approval_is_for_those_who_were_in_it_and_for_nobody_else() {
    let world = settled_with(&[TIGHT, BY_CODE]).await;
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    let held = world.run(Flow::OrgSync).await;
    world.run_all().await;
    // Another department goes the same way before anybody has decided.
    world.hr(|it| hr::recode_department(it, "RSRCH", "PHOTO", date(2026, 3, 4)));
    let others = members(&world, "Department RSRCH");
    assert!(others.len() > 1);
    hq::approve(&world, &held).await;
    let report = world.run(Flow::OrgSync).await;
    assert!(members(&world, "Department OPTIC").is_empty());
    assert_eq!(members(&world, "Department RSRCH"), others, "{report}");
    let why: Vec<String> = report.held.iter().map(|it| it.objection.to_string()).collect();
    assert_eq!(
        why,
        [format!(
            "group \"Department RSRCH\" would lose {0} of its {0} people, all of them to \
             \"Department PHOTO\", where others are: HR seems to have merged the two units. They \
             keep it until somebody approves",
            others.len()
        )]
    );
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn what_waits_does_not_slip_through_with_one_person_who_changes_otherwise() {
    let world = settled_with(&[TIGHT, BY_CODE]).await;
    let before = members(&world, "Department OPTIC");
    let person = people_in(&world, "OPTIC").remove(0);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    world.run_all().await;
    for flow in [Flow::ProfileSync, Flow::OrgSync] {
        let preferred = format!("Nia {flow}");
        world.hr(|it| hr::change_preferred_name(it, &person, Some(&preferred)));
        let report = world.run(flow).await;
        assert!(steps(&report, &person).contains(&"update verified".to_owned()), "{report}");
        assert_eq!(members(&world, "Department OPTIC"), before);
        assert_eq!(leaving(&report, "Department OPTIC"), vec!["held"; before.len()], "told once");
    }
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn new_code_seen_by_another_flow_first_is_told_as_what_it_is() {
    let world = settled_with(&[TIGHT, BY_CODE]).await;
    let before = members(&world, "Department OPTIC");
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    let mail = world.mail();
    let report = world.run(Flow::ProfileSync).await;
    let why: Vec<String> = report.held.iter().map(|it| it.objection.to_string()).collect();
    assert_eq!(
        why,
        [format!(
            "group \"Department OPTIC\" would lose {0} of its {0} people, all of them to \
             \"Department PHOTO\", where nobody else is: HR seems to have given the unit a new \
             code. They keep it until somebody approves",
            before.len()
        )]
    );
    let again = world.run(Flow::OrgSync).await;
    assert_eq!(again.held[0].plan, report.held[0].plan, "one thing to decide, not two");
    assert_eq!(hq::mail_about(&world, &mail, "holds back").len(), 1);
    assert_eq!(members(&world, "Department PHOTO"), before);
    hq::approve(&world, &again).await;
    world.run(Flow::ProfileSync).await;
    assert!(members(&world, "Department OPTIC").is_empty());
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 28.
#[tokio::test]
async fn split_and_move_of_a_part_wait_and_are_told_apart() {
    let world = settled_with(&[(
        "group-shrinks: {percent: 30, floor: 3}",
        "group-shrinks: {most: 0, percent: 0, floor: 0}",
    )])
    .await;
    let engineers = members(&world, "Department Engineering").len();
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| {
        hr::split_department(it, "OPTIC", "PHOTO", "Photonics", date(2026, 3, 4));
        hr::split_department(it, "RSRCH", "LEGAL", "Legal", date(2026, 3, 4));
        hr::split_department(it, "DATA", "RSRCH", "Applied Research", date(2026, 3, 4));
    });
    let report = world.run(Flow::OrgSync).await;
    let why: Vec<String> = report.held.iter().map(|it| it.objection.to_string()).collect();
    let why: Vec<&String> = why.iter().filter(|it| it.contains("\"Department ")).collect();
    expect![[r#"
        [
            "group \"Department Optics & Photonics\" would lose 1 of its 3 people, all of them to \"Department Photonics\", where nobody else is: HR seems to have split the unit. They keep it until somebody approves",
            "group \"Department Applied Research\" would lose 1 of its 3 people, all of them to \"Department Legal\", where nobody else is: HR seems to have split the unit. They keep it until somebody approves",
            "group \"Department Data & Analytics\" would lose 1 of its 3 people, all of them to \"Department Applied Research\", where others are: HR seems to have moved a part of the unit. They keep it until somebody approves",
        ]"#]].assert_eq(&format!("{why:#?}"));
    assert_eq!(members(&world, "Department Engineering").len(), engineers);
    hq::approve(&world, &report).await;
    world.run(Flow::OrgSync).await;
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn small_move_passes_at_once() {
    let world = settled_with(&[TIGHT, BY_CODE]).await;
    let person = people_in(&world, "OPTIC").remove(0);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::change_department(it, &person, "DATA", date(2026, 3, 4)));
    let report = world.run(Flow::ProfileSync).await;
    assert!(report.held.is_empty(), "{report}");
    let groups = world.okta(&person).groups;
    assert!(groups.contains(&"Department DATA".to_owned()), "{groups:?}");
    assert!(!groups.contains(&"Department OPTIC".to_owned()), "{groups:?}");
    world.run_all().await;
    world.assert_converged().await;
}

/// With the group called like the department, a new code is no news to the group; the app that
/// the policy gives by code is.
#[tokio::test]
async fn new_code_of_a_department_of_the_same_name_moves_nobody_and_takes_no_app_away() {
    let world = settled_with(&[TIGHT]).await;
    let engineers = members(&world, "Department Engineering");
    let apps = members(&world, "App Source control");
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::recode_department(it, "DATA", "DATA2", date(2026, 3, 4)));
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(hq::org_steps(&report), Vec::<String>::new());
    assert_eq!(members(&world, "Department Engineering"), engineers);
    assert_eq!(members(&world, "App Source control"), apps);
    let why: Vec<String> = report.held.iter().map(|it| it.objection.to_string()).collect();
    expect![[r#"
        [
            "group \"App Source control\" would lose 3 of its 11 people, to whom no rule gives it any more: HR seems to have moved them, or to have given their unit a code that the policy does not name. They keep it until somebody approves",
        ]"#]].assert_eq(&format!("{why:#?}"));
    world.run_all().await;
    world.assert_converged().await;

    // HR takes it back: nothing waits any more.
    world.hr(|it| {
        for it in it.org_units.iter_mut().filter(|it| it.code == "DATA") {
            it.is_active = true;
        }
        hr::recode_department(it, "DATA2", "DATA", date(2026, 3, 4))
    });
    world.run_all().await;
    assert!(world.run(Flow::OrgSync).await.held.is_empty());
    world.assert_converged().await;
}

/// More moves than the limit of leaving groups allows: the new groups are filled all the same.
#[tokio::test]
async fn limit_of_leaving_groups_holds_just_that() {
    let world = settled_with(&[
        BY_CODE,
        ("leave-group: {most: 100}", "leave-group: {most: 0, percent: 0, floor: 0}"),
    ])
    .await;
    let person = people_in(&world, "OPTIC").remove(0);
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::change_department(it, &person, "DATA", date(2026, 3, 4)));
    let report = world.run(Flow::ProfileSync).await;
    let groups = world.okta(&person).groups;
    assert!(groups.contains(&"Department DATA".to_owned()), "{groups:?}");
    assert!(groups.contains(&"Department OPTIC".to_owned()), "{groups:?}");
    assert_eq!(report.held.len(), 1);
    hq::approve(&world, &report).await;
    world.run(Flow::ProfileSync).await;
    assert!(!world.okta(&person).groups.contains(&"Department OPTIC".to_owned()));
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 28.
#[tokio::test]
async fn last_people_of_a_group_that_gives_an_app_keep_it_until_somebody_approves() {
    let world = settled_with(&[BY_CODE]).await;
    {
        let mut org = world.town.okta.org();
        let app = org.add_app("Lens design");
        let group = org.group_by_name("Department OPTIC").map(|it| it.id.clone());
        org.assign_app_group(&app, &group.expect("the group exists"));
    }
    let people = people_in(&world, "OPTIC");
    let (before, apps) = (members(&world, "Department OPTIC"), world.okta(&people[0]).apps);
    assert!(apps.contains(&"Lens design".to_owned()));
    world.at("2026-03-04T18:00:00Z");
    // Three people may leave a group at once, as long as somebody is left.
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::OrgSync).await;
    let why: Vec<String> = report.held.iter().map(|it| it.objection.to_string()).collect();
    expect![[r#"group "Department OPTIC" would lose 3 of its 3 people, all of them to "Department PHOTO", where nobody else is: HR seems to have given the unit a new code. Nobody would be left in it, and it gives "Lens design". They keep it until somebody approves"#]].assert_eq(&why.join("\n"));
    assert_eq!(members(&world, "Department OPTIC"), before);
    expect![[r#"
        1 x POST groups
        3 x PUT groups/GROUP/users/USER
    "#]]
    .assert_eq(&world.write_log());
    assert!(people.iter().all(|it| world.okta(it).apps.contains(&"Lens design".to_owned())));
    world.run_all().await;
    world.assert_converged().await;

    hq::approve(&world, &report).await;
    world.town.okta.wire().forget();
    world.run(Flow::OrgSync).await;
    expect![[r#"
        3 x DELETE groups/GROUP/users/USER
    "#]]
    .assert_eq(&world.write_log());
    assert!(members(&world, "Department OPTIC").is_empty());
    world.assert_converged().await;
}

#[tokio::test]
async fn approved_reorganization_that_takes_several_runs_is_asked_about_once() {
    let world = settled_with(&[TIGHT, BY_CODE]).await;
    let count = members(&world, "Department OPTIC").len();
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::recode_department(it, "OPTIC", "PHOTO", date(2026, 3, 4)));
    let held = world.run(Flow::OrgSync).await;
    world.run_all().await;
    hq::approve(&world, &held).await;

    // The first run has no time for anything.
    let late = Request { stop_at: Some(Timestamp::UNIX_EPOCH), ..world.request(Flow::OrgSync) };
    let report = flows::run(&world.office, &late).await.expect("it runs");
    assert_eq!((report.remaining, report.steps.len()), (count, 0), "{report}");
    assert!(report.held.is_empty(), "nobody is asked again: {report}");

    // And then each shard does its part.
    let mut left = 0;
    for index in 0..4 {
        let shard = Some(Shard::new(index, 4).expect("there are four"));
        let request = Request { shard, ..world.request(Flow::OrgSync) };
        let report = flows::run(&world.office, &request).await.expect("it runs");
        assert!(report.held.is_empty(), "shard {index}: {report}");
        left += leaving(&report, "Department OPTIC").len();
    }
    assert_eq!(left, count, "each once");
    assert!(members(&world, "Department OPTIC").is_empty());
    world.run_all().await;
    world.assert_converged().await;
}
