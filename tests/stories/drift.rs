//! What others did to accounts against what HR says (hr-cases 46 and 47).

use expect_test::expect;
use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
};
use rollcall_tests::{World, findings, steps};

use crate::hq::{self, settled_with};

async fn with_a_leaver(world: &World) -> String {
    let person = world.someone_at("NYC1");
    world.at("2026-03-05T18:00:00Z");
    world.hr(|it| hr::terminate(it, &person, Leaving::resigned(date(2026, 3, 4))));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Suspended);
    person
}

/// hr-case 46.
#[tokio::test]
async fn leaver_whom_somebody_let_in_again_is_closed_again_and_security_told_each_time() {
    let world = World::settled().await;
    let person = with_a_leaver(&world).await;
    for (nth, hour) in [(1, "19:00"), (2, "20:00")] {
        world.at(&format!("2026-03-05T{hour}:00Z"));
        world.by_hand(&person, Status::Active);
        world.put_in_group(&person, "Secret project");
        let before = world.mail();
        let report = world.run(Flow::OrgSync).await;
        assert_eq!(findings(&report, &person), ["drift"], "{report}");
        let seen = world.okta(&person);
        assert_eq!((seen.status, seen.groups), (Status::Suspended, vec![]));
        let told = hq::mail_about(&world, &before, "changed outside of HR");
        assert_eq!(told.len(), 1, "time {nth}");
        if nth == 1 {
            expect![[r#"
                To: security
                Subject: Rollcall: 1 account changed outside of HR

                Somebody changed 1 account in Okta against what UKG says. Okta's System Log says who and when.

                - person d0190e18-bdea-4e7b-b4ca-fb83f0e22e83: has left, and somebody else opened the account again (2026-03-05T19:00:00Z); it is closed again. Find out who did it in Okta's System Log, and correct UKG if the person works here.
            "#]].assert_eq(&told[0]);
        }
        world.run_all().await;
        world.assert_converged().await;
    }

    // Also when the account had been closed for good.
    world.at("2026-03-20T18:00:00Z");
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Deprovisioned);
    world.by_hand(&person, Status::Active);
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(findings(&report, &person), ["drift"]);
    assert!(steps(&report, &person).contains(&"deactivate verified".to_owned()), "{report}");
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn leaver_whom_somebody_let_in_again_stays_in_where_the_policy_only_tells() {
    let world = settled_with(&[("reopened_leaver: repair", "reopened_leaver: report")]).await;
    let person = with_a_leaver(&world).await;
    world.by_hand(&person, Status::Active);
    let before = world.mail();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(findings(&report, &person), ["drift"]);
    assert_eq!(steps(&report, &person), Vec::<String>::new());
    assert_eq!(world.okta(&person).status, Status::Active);
    assert_eq!(hq::mail_about(&world, &before, "changed outside of HR").len(), 1);
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 47.
#[tokio::test]
async fn worker_whom_somebody_suspended_stays_so_and_security_is_told_each_time() {
    let world = World::settled().await;
    let person = world.someone();
    for (nth, hour) in [(1, "19:00"), (2, "20:00")] {
        world.at(&format!("2026-03-02T{hour}:00Z"));
        world.by_hand(&person, Status::Suspended);
        let before = world.mail();
        let report = world.run(Flow::OrgSync).await;
        assert_eq!(findings(&report, &person), ["drift"]);
        assert_eq!(steps(&report, &person), Vec::<String>::new());
        assert_eq!(world.okta(&person).status, Status::Suspended);
        let told = hq::mail_about(&world, &before, "changed outside of HR");
        assert_eq!(told.len(), 1, "time {nth}");
        if nth == 1 {
            expect![[r#"
                To: security
                Subject: Rollcall: 1 account changed outside of HR

                Somebody changed 1 account in Okta against what UKG says. Okta's System Log says who and when.

                - person 07c7695c-3014-49c9-8a81-291f895ffa3b: HR says at work, but somebody else suspended the account (2026-03-02T19:00:00Z); it stays suspended until a person unsuspends it in Okta.
            "#]].assert_eq(&told[0]);
        }
        world.run_all().await;
        world.assert_converged().await;
        world.by_hand(&person, Status::Active);
        world.run_all().await;
    }
    world.assert_converged().await;
}

#[tokio::test]
async fn worker_whom_somebody_suspended_is_let_in_again_where_the_policy_says_so() {
    let world = settled_with(&[("suspended_worker: report", "suspended_worker: repair")]).await;
    let person = world.someone();
    world.by_hand(&person, Status::Suspended);
    let before = world.mail();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(findings(&report, &person), ["drift"]);
    assert_eq!(steps(&report, &person), ["unsuspend verified"]);
    assert_eq!(world.okta(&person).status, Status::Active);
    assert_eq!(hq::mail_about(&world, &before, "changed outside of HR").len(), 1);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn worker_whom_somebody_deactivated_stays_so_and_is_told() {
    let world = World::settled().await;
    let person = world.someone();
    world.by_hand(&person, Status::Deprovisioned);
    let before = world.mail();
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(findings(&report, &person), ["drift"]);
    assert_eq!(steps(&report, &person), Vec::<String>::new());
    assert_eq!(hq::mail_about(&world, &before, "changed outside of HR").len(), 1);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn groups_and_profile_that_somebody_changed_are_put_right() {
    let world = World::settled().await;
    let person = world.someone_at("SEA1");
    let before = world.okta(&person);
    let user = world.user(&person);
    world.take_out_of_group(&person, "Employees");
    world.take_out_of_group(&person, "Location SEA1");
    world.town.okta.org().force_attribute(&user, "title", "Emperor");
    let report = world.run(Flow::OrgSync).await;
    assert_eq!(
        steps(&report, &person),
        ["update verified", "join-group verified", "join-group verified"]
    );
    assert_eq!(world.okta(&person), before);
    assert_ne!(world.profile(&person, "title"), "Emperor");
    world.assert_converged().await;
}
