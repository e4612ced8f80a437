//! Limits: what is too many for one run, for a day, for a company, for an attribute. Each story
//! tells of a line that is crossed and of one that is not, and what was written to Okta.

use expect_test::expect;
use jiff::civil::date;
use rollcall::{
    deciders::report::{Ending, Report},
    words::flow::Flow,
};
use rollcall_sandbox::{company::hr, okta::Status, town::Options};
use rollcall_tests::{FIRST_DAY, World, steps};

use crate::{
    hires::{hire, resigns, several},
    hq::{approve, edited, settled_with},
};

#[track_caller]
fn reasons(report: &Report) -> String {
    report.held.iter().map(|it| format!("{}\n", it.objection)).collect()
}

/// Whoever is suspended already is a leaver like the others, though nobody has to be suspended.
#[tokio::test]
async fn leavers_who_were_away_are_held_with_the_others() {
    let world = World::settled().await;
    let people = several(&world, 4);
    let (away, others) = people.split_first().expect("there are four");
    world.at("2026-03-03T18:00:00Z");
    world.hr(|it| hr::suspend(it, away, date(2026, 3, 3)));
    world.run_all().await;
    assert_eq!(world.okta(away).status, Status::Suspended);
    let groups = world.okta(away).groups;

    world.at("2026-03-06T18:00:00Z");
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 4)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    expect![[r#"
        4 people would lose their access as leavers; one run may touch 3, so all 4 wait
    "#]]
    .assert_eq(&reasons(&report));
    assert_eq!(report.held[0].people.len(), 4, "{report}");
    assert_eq!(world.okta(away).groups, groups, "nothing is taken from the one who was away");
    expect![[r#""#]].assert_eq(&world.write_log());

    approve(&world, &report).await;
    world.run(Flow::Offboarding).await;
    expect![[r#"
        5 x DELETE apps/APP/users/USER
        26 x DELETE groups/GROUP/users/USER
        4 x DELETE users/USER/grants
        4 x DELETE users/USER/sessions
        3 x POST users/USER/lifecycle/suspend
    "#]]
    .assert_eq(&world.write_log());
    assert!(others.iter().chain([away]).all(|it| world.okta(it).status == Status::Suspended));
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 38.
#[tokio::test]
async fn four_hundred_terminations_at_once_take_nothing_from_anybody() {
    let world = World::settled_with(Options::new(460, 7, FIRST_DAY), |policy| policy).await;
    world.at("2026-03-06T18:00:00Z");
    let people: Vec<String> = world.hr(|company| {
        let here = company.people_here_on(company.today());
        let mut ids: Vec<String> = here.map(|it| it.person_id.to_owned()).collect();
        ids.sort();
        ids.dedup();
        ids.truncate(400);
        ids
    });
    let mover = world.pick(|it| !people.iter().any(|known| known == it.person_id));
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 4)));
    world.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    expect![[r#"
        392 people would lose their access as leavers; one run may touch 20, so all 392 wait
    "#]]
    .assert_eq(&reasons(&report));
    // Some have a second employment, and stay.
    let leavers = &report.held[0].people;
    world.run(Flow::ProfileSync).await;
    let written = world.written_about();
    assert!(written.contains(&mover), "the others go on");
    assert!(leavers.iter().all(|it| !written.contains(it.as_str())), "nothing happened to them");
    expect![[r#"
        3 x POST users/USER
    "#]]
    .assert_eq(&world.write_log());

    // HR takes its import back, and nothing ever happened.
    for it in &people {
        world.hr(|company| hr::rescind_termination(company, it));
    }
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn small_runs_of_a_day_cannot_do_together_what_one_big_run_may_not() {
    let world = World::settled().await;
    let people = several(&world, 5);
    for (hour, it) in (10..).zip(&people[..3]) {
        world.at(&format!("2026-03-06T{hour}:00:00Z"));
        resigns(&world, it, date(2026, 3, 4));
        let report = world.run(Flow::Offboarding).await;
        assert_eq!(report.ending(), Ending::Done, "three in a day are nothing special: {report}");
    }
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &people[3], date(2026, 3, 4));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    expect![[r#"
        1 person would lose their access as leavers; 3 more were in the last 24 hours, and all runs of 24 hours together may touch 3, so this waits
    "#]].assert_eq(&reasons(&report));
    assert_eq!(world.write_log(), "");

    // What was looked at does not count: the next one is the fourth of the day again.
    approve(&world, &report).await;
    world.run(Flow::Offboarding).await;
    assert_eq!(world.written_about(), [people[3].clone()].into());
    resigns(&world, &people[4], date(2026, 3, 4));
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(report.held[0].people.len(), 1, "{report}");
    assert_eq!(world.okta(&people[4]).status, Status::Active);

    // Another day, another count.
    world.at("2026-03-07T12:00:01Z");
    world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&people[4]).status, Status::Suspended);
    world.run_all().await;
    world.assert_converged().await;
}

/// A run that is repeated, and a step that is tried again, count once.
#[tokio::test]
async fn whoever_is_taken_up_again_counts_once() {
    use rollcall_sandbox::{Effect, Fault};
    let world = World::settled().await;
    let people = several(&world, 3);
    world.at("2026-03-06T10:00:00Z");
    people.iter().for_each(|it| resigns(&world, it, date(2026, 3, 4)));
    world.town.okta.wire().inject(Fault {
        method: Some("POST".parse().expect("a method")),
        path_contains: "/lifecycle/suspend".to_owned(),
        skip: 1,
        times: 2,
        effect: Effect::Answer(403, r#"{"errorCode":"E0000006"}"#.to_owned()),
    });
    world.try_run(Flow::Offboarding).await.ok();
    world.town.okta.wire().heal();
    let report = world.run(Flow::Offboarding).await;
    assert!(report.held.is_empty(), "{report}");
    assert!(people.iter().all(|it| world.okta(it).status == Status::Suspended));
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 40.
#[tokio::test]
async fn test_people_who_arrive_in_small_numbers_all_day_wait_when_they_are_too_many() {
    let world = World::settled().await;
    world.at("2026-03-04T10:00:00Z");
    let early: Vec<String> = (0..6).map(|_| hire(&world, date(2026, 3, 4), "NYC1")).collect();
    let report = world.run(Flow::NewHire).await;
    assert!(report.held.is_empty(), "{report}");
    assert!(early.iter().all(|it| world.find(it).is_some()));

    world.at("2026-03-04T14:00:00Z");
    let late: Vec<String> = (0..6).map(|_| hire(&world, date(2026, 3, 4), "NYC1")).collect();
    world.town.okta.wire().forget();
    let report = world.run(Flow::NewHire).await;
    expect![[r#"
        6 people would be touched by create; 6 more were in the last 24 hours, and all runs of 24 hours together may touch 10, so all 6 wait
    "#]].assert_eq(&reasons(&report));
    assert!(late.iter().all(|it| world.find(it).is_none()));
    assert_eq!(world.write_log(), "");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn company_that_loses_many_waits_and_the_others_go_on() {
    let edit = [(
        "departures: {most: 20, percent: 5, floor: 3}",
        "departures: {most: 20, percent: 20, floor: 1}",
    )];
    let world = World::settled_with(Options::new(60, 7, FIRST_DAY), |it| edited(it, &edit)).await;
    world.at("2026-03-06T18:00:00Z");
    let small = several(&world, 40).into_iter().filter(|it| company(&world, it) == "4HFLD");
    let small: Vec<String> = small.take(5).collect();
    let other = world.pick(|it| it.company_id == "9QLKS" && !it.is_contractor);
    small.iter().chain([&other]).for_each(|it| resigns(&world, it, date(2026, 3, 4)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::Offboarding).await;
    expect![[r#"
        5 people would lose their access as leavers in company 4HFLD; one run may touch 2, so all 5 wait
    "#]].assert_eq(&reasons(&report));
    assert_eq!(world.written_about(), [other].into());

    approve(&world, &report).await;
    world.run(Flow::Offboarding).await;
    assert!(small.iter().all(|it| world.okta(it).status == Status::Suspended));
    world.run_all().await;
    world.assert_converged().await;
}

fn company(world: &World, person: &str) -> String {
    world.hr(|it| {
        let mut here = it.people_here_on(it.today());
        let here = here.find(|it| it.person_id == person);
        here.map(|it| it.company_id.to_owned()).expect("the person is at work")
    })
}

/// hr-case 40.
#[tokio::test]
async fn attribute_that_changes_for_too_many_waits_alone_and_is_counted_by_itself() {
    let two = "limits:\n  attributes:\n    department: {most: 300, percent: 5, floor: 2}\n";
    let world = settled_with(&[("limits:\n", two), ("rename: approve", "rename: off")]).await;
    let people = crate::hq::people_in(&world, "OPTIC");
    let before = world.profile(&people[0], "department");
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| {
        hr::rename_department(it, "OPTIC", "Light");
        hr::change_name(it, &people[0], "Nia", "Okafor");
    });
    world.town.okta.wire().forget();
    let report = world.run(Flow::ProfileSync).await;
    expect![[r#"
        attribute "department" would change for 3 people; one run may touch 2, so it stays as it is; their other changes go on
    "#]].assert_eq(&reasons(&report));
    assert_eq!(world.profile(&people[0], "lastName"), "Okafor");
    assert_eq!(world.profile(&people[0], "department"), before);
    assert_eq!(world.written_about(), [people[0].clone()].into());
    expect![[r#"
        update held
        update verified"#]]
    .assert_eq(&steps(&report, &people[0]).join("\n"));

    // Another change of the same people goes on, and what was approved goes with it.
    world.hr(|it| hr::change_name(it, &people[1], "Ada", "Field"));
    approve(&world, &report).await;
    world.town.okta.wire().forget();
    let report = world.run(Flow::ProfileSync).await;
    assert!(report.held.is_empty(), "{report}");
    assert!(people.iter().all(|it| world.profile(it, "department") == "Light"));
    assert_eq!(world.profile(&people[1], "lastName"), "Field");
    expect![[r#"
        3 x POST users/USER
    "#]]
    .assert_eq(&world.write_log());
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn attribute_that_changes_for_a_few_passes_at_once() {
    let world = World::settled().await;
    let people = crate::hq::people_in(&world, "OPTIC");
    world.at("2026-03-04T18:00:00Z");
    world.hr(|it| hr::rename_department(it, "OPTIC", "Light"));
    let report = world.run(Flow::ProfileSync).await;
    assert!(report.held.is_empty(), "{report}");
    assert!(people.iter().all(|it| world.profile(it, "department") == "Light"));
    world.run_all().await;
    world.assert_converged().await;
}
