//! Movers.

use expect_test::expect;
use jiff::civil::date;
use rollcall::{
    deciders::report::Report,
    words::{finding::Subject, flow::Flow, ids::PersonId},
};
use rollcall_sandbox::company::hr;
use rollcall_tests::{World, findings, steps};

use crate::hq::{people_in, plain, settled_with};

#[tokio::test]
async fn mover_changes_department_groups_and_nothing_else() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone();
    let before = world.okta(&person);
    let to = world.hr(|company| {
        let now = company.person(&person).and_then(|it| it.employments[0].org[1].clone());
        let to = if now.as_deref() == Some("LEGAL") { "FIN" } else { "LEGAL" };
        hr::change_department(company, &person, to, date(2026, 3, 4));
        to
    });
    let report = world.run(Flow::ProfileSync).await;
    let others = report.steps.iter().filter(|it| it.person.as_str() != person).count();
    assert_eq!(others, 0, "nobody else moved:\n{report}");
    let name = if to == "LEGAL" { "Department Legal" } else { "Department Finance" };
    let after = world.okta(&person);
    assert!(after.groups.contains(&name.to_owned()), "{after:?}");
    let lost = before.groups.iter().filter(|it| !after.groups.contains(it));
    assert!(lost.clone().any(|it| it.starts_with("Department ")), "{report}");
    assert!(lost.clone().all(|it| it.starts_with("Department ") || it.starts_with("App ")));
    assert_eq!(after.status, before.status);
    world.assert_converged().await;
}

#[tokio::test]
async fn new_title_costs_one_write() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    // The job codes of ordinary work end with the level: ENG1, ENG2.
    let workers: Vec<(String, String)> = world.hr(|company| {
        let jobs = company.people().iter().map(|it| (it.person_id.clone(), &it.employments[0].job));
        let ordinary = jobs.filter_map(|(id, job)| Some((id, job.strip_suffix('1')?.to_owned())));
        ordinary.collect()
    });
    let person = world.pick(|it| workers.iter().any(|(id, _)| id == it.person_id));
    let stem = workers.iter().find(|(id, _)| *id == person).map(|(_, stem)| stem.clone());
    let job = format!("{}2", stem.expect("the person was picked from these"));
    world.hr(|company| hr::change_job(company, &person, &job, date(2026, 3, 4)));
    world.town.okta.wire().forget();
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(steps(&report, &person)[0], "update verified", "{report}");
    let writes = world.town.okta.wire().writes();
    let profile = writes.iter().filter(|it| it.method == "POST").count();
    assert_eq!(profile, 1, "{writes:?}");
    assert!(writes.iter().all(|it| it.method != "PUT" || it.path.contains("/groups/")));
    world.assert_converged().await;
}

/// hr-case 5.
#[tokio::test]
async fn new_manager_name_and_site_follow() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone_at("SEA1");
    let boss = world.pick(|it| it.person_id != person);
    world.hr(|company| {
        hr::change_supervisor(company, &person, Some(&boss), date(2026, 3, 4));
        hr::change_name(company, &person, "Nia", "Okafor");
        hr::change_location(company, &person, "DEN1", date(2026, 3, 4));
    });
    let login = world.okta(&person).login;
    world.run(Flow::ProfileSync).await;
    assert_eq!(world.profile(&person, "managerId"), world.okta(&boss).login);
    assert_eq!(world.profile(&person, "lastName"), "Okafor");
    assert_eq!(world.profile(&person, "timezone"), "America/Denver");
    assert_eq!(world.okta(&person).login, login, "a new name changes no login by itself");
    let groups = world.okta(&person).groups;
    assert!(groups.contains(&"Location DEN1".to_owned()));
    assert!(!groups.contains(&"Location SEA1".to_owned()));
    world.assert_converged().await;
}

/// hr-case 29.
#[tokio::test]
async fn blank_department_is_borne_for_days_and_holds_the_person_after_them() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let person = world.someone_at("SEA1");
    let before = world.okta(&person);
    world.hr(|company| hr::blank_department(company, &person));
    let report = world.run(Flow::ProfileSync).await;
    expect![[r#"
        warning (missing-attribute): groups[3] "Department {it.name}" (line N): HR leaves the unit blank, or names one that its own tables do not have; what it gave is kept until 2026-03-11, and then nothing of this person is touched; complete the record in HR
    "#]]
    .assert_eq(&told(&report, &person));
    assert_eq!(world.okta(&person), before, "blank is not \"remove all\"");
    world.assert_converged().await;

    // Everything else goes on meanwhile, and the days are not counted anew.
    world.at("2026-03-09T18:00:00Z");
    world.hr(|company| hr::change_name(company, &person, "Nia", "Okafor"));
    world.run_all().await;
    assert_eq!(world.profile(&person, "lastName"), "Okafor");
    assert_eq!(world.okta(&person).groups, before.groups);
    world.assert_converged().await;

    world.at("2026-03-11T18:00:00Z");
    world.hr(|company| hr::change_name(company, &person, "Nia", "Vance"));
    let report = world.run(Flow::ProfileSync).await;
    expect![[r#"
        held (missing-attribute): groups[3] "Department {it.name}" (line N): the code is blank; complete the record in HR
    "#]]
    .assert_eq(&told(&report, &person));
    world.run_all().await;
    assert_eq!(world.profile(&person, "lastName"), "Okafor", "nothing is touched");
    assert_eq!(world.okta(&person).groups, before.groups, "and nothing is taken");
    world.assert_converged().await;

    // Once HR has completed the record, all of it goes on, and the next blank has its own days.
    world.hr(|company| hr::change_department(company, &person, "LEGAL", date(2026, 3, 11)));
    world.run_all().await;
    assert_eq!(world.profile(&person, "lastName"), "Vance");
    assert!(world.okta(&person).groups.contains(&"Department Legal".to_owned()));
    world.assert_converged().await;
    world.at("2026-03-20T18:00:00Z");
    world.hr(|company| hr::blank_department(company, &person));
    let report = world.run(Flow::ProfileSync).await;
    assert!(told(&report, &person).contains("kept until 2026-03-27"), "{report}");
    world.run_all().await;
    world.assert_converged().await;
}

/// What a report says of a person; the lines of the policy may move.
fn told(report: &Report, person: &str) -> String {
    let person = PersonId::from(person);
    let of_person =
        report.findings.iter().filter(|it| it.subject == Subject::Person(person.clone()));
    let lines = of_person.map(|it| format!("{} ({}): {}\n", it.severity, it.code, it.detail));
    plain(&lines.collect::<String>(), report)
}

/// hr-case 21.
#[tokio::test]
async fn leave_beyond_its_days_suspends_and_the_return_restores_exactly() {
    let world = World::settled().await;
    let person = world.someone();
    let before = world.okta(&person);
    world.at("2026-03-03T18:00:00Z");
    world.hr(|company| {
        hr::start_leave(company, &person, "SABB", date(2026, 3, 3), Some(date(2026, 3, 20)));
    });
    world.run_all().await;
    assert_eq!(world.okta(&person).status, before.status, "three days are not over");

    world.at("2026-03-07T18:00:00Z");
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(steps(&report, &person), ["suspend verified", "end-sessions verified"]);
    world.run(Flow::NewHire).await; // for somebody else, who starts that week
    world.assert_converged().await;

    world.at("2026-03-20T18:00:00Z");
    world.hr(|company| hr::return_from_leave(company, &person, date(2026, 3, 20)));
    let report = world.run(Flow::ProfileSync).await;
    assert_eq!(steps(&report, &person), ["unsuspend verified"]);
    let after = world.okta(&person);
    assert_eq!((after.status, &after.groups), (before.status, &before.groups));
    world.assert_converged().await;
}

/// hr-case 29.
#[tokio::test]
async fn blank_department_takes_nobody_out_of_a_group_whose_rule_reads_it() {
    let skips = "parents: departments_above\n    when_blank: skip";
    let world = settled_with(&[("parents: departments_above", skips)]).await;
    let person = people_in(&world, "DATA").remove(0);
    let source = "App Source control".to_owned();
    assert!(world.okta(&person).groups.contains(&source));
    world.at("2026-03-04T18:00:00Z");
    world.hr(|company| hr::blank_department(company, &person));
    let report = world.run(Flow::ProfileSync).await;
    let groups = world.okta(&person).groups;
    assert!(groups.contains(&source), "nobody knows whether it should go");
    assert!(groups.iter().any(|it| it.starts_with("Department ")), "a blank takes nothing");
    assert!(findings(&report, &person).iter().all(|it| *it == "missing-attribute"));
    world.run_all().await;
    world.assert_converged().await;

    // HR fills it in with another department: now it is clear.
    world.hr(|company| hr::change_department(company, &person, "LEGAL", date(2026, 3, 4)));
    world.run_all().await;
    assert!(!world.okta(&person).groups.contains(&source));
    world.assert_converged().await;
}
