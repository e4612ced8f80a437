//! The report of the nightly comparison, in its three forms.

use expect_test::expect;
use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr,
    okta::{SeedUser, Status},
};
use rollcall_tests::World;

use crate::hq::{self, open_department, people_in, plain};

#[tokio::test]
async fn every_change_and_every_skip_is_in_the_report() {
    let world = World::settled().await;
    let mover = people_in(&world, "OPTIC").remove(0);
    let [by_hand, suspended] =
        <[String; 2]>::try_from(people_in(&world, "ENG").into_iter().take(2).collect::<Vec<_>>())
            .expect("two people");
    world.at("2026-03-04T18:00:00Z");
    open_department(&world, "LAB", "Laboratory");
    world.hr(|it| {
        hr::rename_department(it, "QA", "Quality");
        hr::change_department(it, &mover, "LAB", date(2026, 3, 4));
        let blank = it.people()[13].person_id.clone();
        hr::blank_department(it, &blank)
    });
    world.put_in_group(&by_hand, "Department Legal");
    world.by_hand(&suspended, Status::Suspended);
    {
        let mut org = world.town.okta.org();
        let robot = org.add_user(SeedUser::active("robot.one@larkspur.example"));
        let group = org.group_by_name("Executives").expect("it is there").id.clone();
        org.add_to_group(&group, &robot);
    }
    let before = world.mail();
    let report = world.run(Flow::OrgSync).await;
    expect![[r#"
        org-sync as of 2026-03-04T18:00:00Z
        verified  rename-group: Department Quality Assurance -> Department Quality [the unit it stands for has another name in UKG]
        verified  create-group: Department Laboratory [UKG has people in a unit that has no group]
        person 0f04b3d4-be3d-4578-9e0d-65d46a5f8d65 (chris.obrien@larkspur.example, 00u000021GrCKvUkxe2f): at work since 2018-09-27
          verified  update: department
        person 30b0d688-d900-4a64-9b27-e1a2acc9e5fc (maria.ibanez@larkspur.example, 00u00002HY8umylmHLHX): at work since 2020-11-04
          verified  update: department
          verified  leave-group: Department Optics & Photonics
          verified  join-group: Department Laboratory
        person ced98d47-bd69-4dff-a9f1-9d9b0ca88728 (alex.morgan3@larkspur.example, 00u00001pPEQC3S72ThL): at work since 2020-03-11
          verified  update: department
        warning person 2f4fcaf2-24d7-4730-97e6-00191bc11448 (added-by-hand): is in group "Department Legal", where no rule puts the person; somebody added him or her by hand. Write a rule for it, or take the person out in Okta
        warning person 513a4d2b-b4a0-457b-b6dc-7b38b106062d (drift): HR says at work, but somebody else suspended the account (2026-03-04T18:00:00Z); it stays suspended until a person unsuspends it in Okta
        warning person 9588f809-912f-463b-92fe-782241f09904 (missing-attribute): groups[3] "Department {it.name}" (line N): HR leaves the unit blank, or names one that its own tables do not have; what it gave is kept until 2026-03-11, and then nothing of this person is touched; complete the record in HR
        note group "Executives" (strangers-in-group): accounts in it that are not Rollcall's to change, having no ukgPersonId: 1. They stay; whoever does not belong there has to be taken out in Okta
             1 join-group verified
             1 leave-group verified
             3 update verified
        34 people seen, 3 changed, 0 held, 0 failed; calls: 11 UKG, 74 Okta (the changes alone need 7)
    "#]].assert_eq(&plain(&report.to_string(), &report));
    let told = hq::mail_about(&world, &before, "Rollcall: reconciliation");
    assert_eq!(told.len(), 1);
    expect![[r#"
        To: it
        Subject: Rollcall: reconciliation changed 3 people and 2 groups

        Everybody in UKG was compared with Okta: 34 people seen, 3 changed, 0 held, 0 failed. Run RUN, 2026-03-04T18:00:00Z.

        Groups
        - rename-group verified: Department Quality Assurance -> Department Quality (the unit it stands for has another name in UKG)
        - create-group verified: Department Laboratory (UKG has people in a unit that has no group)

        Totals
             1 join-group verified
             1 leave-group verified
             3 update verified

        People
        Chris O'Brien, chris.obrien@larkspur.example: at work since 2018-09-27
          update verified: department

        Pepa Ibáñez de la Peña, maria.ibanez@larkspur.example: at work since 2020-11-04
          update verified: department
          leave-group verified: Department Optics & Photonics
          join-group verified: Department Laboratory

        Lex Morgan, alex.morgan3@larkspur.example: at work since 2020-03-11
          update verified: department


        Left as it is, and why
        - person 9588f809-912f-463b-92fe-782241f09904: groups[3] "Department {it.name}" (line N): HR leaves the unit blank, or names one that its own tables do not have; what it gave is kept until 2026-03-11, and then nothing of this person is touched; complete the record in HR
        - person 513a4d2b-b4a0-457b-b6dc-7b38b106062d: HR says at work, but somebody else suspended the account (2026-03-04T18:00:00Z); it stays suspended until a person unsuspends it in Okta
        - person 2f4fcaf2-24d7-4730-97e6-00191bc11448: is in group "Department Legal", where no rule puts the person; somebody added him or her by hand. Write a rule for it, or take the person out in Okta
        - group "Executives": accounts in it that are not Rollcall's to change, having no ukgPersonId: 1. They stay; whoever does not belong there has to be taken out in Okta

    "#]].assert_eq(&plain(&told[0], &report));
    let json = report.to_json();
    let groups = json["actions"].as_array().into_iter().flatten();
    let groups = groups.filter(|it| it["person_id"].is_null());
    let groups: Vec<String> =
        groups.map(|it| format!("{} {} {}", it["kind"], it["outcome"], it["target"])).collect();
    expect![[r#"
        "rename-group" "verified" "Department Quality Assurance -> Department Quality"
        "create-group" "verified" "Department Laboratory""#]]
    .assert_eq(&groups.join("\n"));
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn what_is_left_as_it_is_is_told_once_and_again_when_it_changes() {
    let world = World::settled().await;
    let [one, two] =
        <[String; 2]>::try_from(people_in(&world, "ENG").into_iter().take(2).collect::<Vec<_>>())
            .expect("two people");
    for (nth, person) in [one, two].iter().enumerate() {
        world.put_in_group(person, "Department Legal");
        let before = world.mail();
        world.run(Flow::OrgSync).await;
        world.run(Flow::OrgSync).await;
        let told = hq::mail_about(&world, &before, "Rollcall: reconciliation changed nothing");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].matches("added him or her by hand").count(), nth + 1);
        world.assert_converged().await;
    }
}
