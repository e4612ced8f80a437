//! Members of our groups whom no rule of ours put there.

use jiff::civil::date;
use rollcall::words::{finding::FindingCode, flow::Flow};
use rollcall_sandbox::{company::hr, okta::SeedUser, town::Options};
use rollcall_tests::{FIRST_DAY, World, findings, steps};

use crate::hq::{self, found, members, people_in, settled_with};

/// hr-case 54.
#[tokio::test]
async fn accounts_that_are_not_ours_stay_in_our_groups_and_are_counted() {
    let world = World::settled().await;
    {
        let mut org = world.town.okta.org();
        for login in ["robot.one@larkspur.example", "robot.two@larkspur.example"] {
            let user = org.add_user(SeedUser::active(login));
            for group in ["Department Engineering", "MFA standard"] {
                let group = org.group_by_name(group).expect("it is there").id.clone();
                org.add_to_group(&group, &user);
            }
        }
    }
    let report = world.run(Flow::OrgSync).await;
    assert!(report.steps.is_empty(), "{report}");
    let text = "accounts in it that are not Rollcall's to change, having no ukgPersonId: 2. They \
                stay; whoever does not belong there has to be taken out in Okta";
    assert_eq!(
        found(&report, FindingCode::StrangersInGroup),
        [
            format!("group \"Department Engineering\": {text}"),
            format!("group \"MFA standard\": {text}")
        ]
    );
    assert!(members(&world, "MFA standard").contains("robot.two@larkspur.example"));
    world.assert_converged().await;
}

/// hr-case 54.
#[tokio::test]
async fn member_added_by_hand_is_taken_out_told_or_kept() {
    for word in ["remove", "warn", "keep"] {
        let by_hand = format!("added_by_hand: {word}");
        let world = settled_with(&[("added_by_hand: warn", &by_hand)]).await;
        let person = people_in(&world, "ENG").remove(0);
        world.put_in_group(&person, "Department Legal");
        let report = world.run(Flow::OrgSync).await;
        let is_in = world.okta(&person).groups.contains(&"Department Legal".to_owned());
        match word {
            "remove" => {
                assert_eq!(steps(&report, &person), ["leave-group verified"]);
                assert!(!is_in);
            }
            "warn" => {
                assert_eq!(steps(&report, &person), Vec::<String>::new());
                assert_eq!(findings(&report, &person), ["added-by-hand"]);
                assert_eq!(hq::mail_about(&world, &[], "added him or her by hand").len(), 1);
                assert!(is_in);
            }
            _ => {
                assert_eq!(steps(&report, &person), Vec::<String>::new());
                assert_eq!(findings(&report, &person), Vec::<&str>::new());
                assert!(is_in);
            }
        }
        // What a rule gave is taken away when the rule does not give it any more, whatever the word.
        world.hr(|it| hr::change_department(it, &person, "FIN", date(2026, 3, 2)));
        world.run_all().await;
        let groups = world.okta(&person).groups;
        assert!(!groups.contains(&"Department Engineering".to_owned()), "{groups:?}");
        world.assert_converged().await;
    }
}

#[tokio::test]
async fn members_that_somebody_had_put_there_before_the_first_run_are_told_not_taken_out() {
    let world = World::untouched(Options::new(30, 7, FIRST_DAY), |policy| policy).await;
    let login = {
        let mut org = world.town.okta.org();
        let user = org.users().find(|it| it.profile.contains_key("employeeNumber"));
        let user = user.expect("everybody at work has an account").clone();
        let group = org.group_by_name("Department Legal").expect("it is there").id.clone();
        org.add_to_group(&group, &user.id);
        user.profile["login"].as_str().unwrap_or_default().to_owned()
    };
    world.run_all().await;
    world.run_all().await;
    assert!(members(&world, "Department Legal").contains(&login));
    assert_eq!(hq::mail_about(&world, &[], "added him or her by hand").len(), 1);
    world.assert_converged().await;
}

#[tokio::test]
async fn member_whom_an_okta_rule_put_there_is_told_and_never_excluded_from_the_rule() {
    let world = settled_with(&[("added_by_hand: warn", "added_by_hand: remove")]).await;
    let person = people_in(&world, "ENG").remove(0);
    let number = world.profile(&person, "employeeNumber");
    let rule = {
        let mut org = world.town.okta.org();
        let group = org.group_by_name("App Payroll").expect("it is there").id.clone();
        org.add_rule("Payroll pilots", &format!("user.employeeNumber==\"{number}\""), &[group])
    };
    assert!(world.okta(&person).groups.contains(&"App Payroll".to_owned()));
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(steps(&report, &person), Vec::<String>::new());
    assert_eq!(findings(&report, &person), ["rule-managed-member"]);
    assert!(world.okta(&person).groups.contains(&"App Payroll".to_owned()));
    let excluded = world.town.okta.org().rule(&rule).map(|it| it.excluded.len());
    assert_eq!(excluded, Some(0));
    world.assert_converged().await;
}
