//! What the flows do is told by the stories; here, that each does it as a function on AWS.

use jiff::civil::date;
use rollcall_sandbox::{company::hr, okta::Status};
use serde_json::{Value, json};

use crate::stage::{Stage, kinds};

/// The actions on one person of an answer.
fn about(report: &Value, person: &str) -> Vec<String> {
    let actions = report["actions"].as_array().unwrap().iter();
    let about = actions.filter(|it| it["person_id"] == person);
    about
        .map(|it| format!("{} {}", it["kind"].as_str().unwrap(), it["outcome"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn leaver_is_cut_off_told_of_and_written_down() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    stage.at("2026-03-05T18:00:00Z");
    let report = stage.run("offboarding").await;
    let done = about(&report, &person);
    assert_eq!(
        done[..4],
        [
            "save-undo verified",
            "suspend verified",
            "end-sessions verified",
            "revoke-grants verified"
        ]
    );
    assert_eq!(stage.status(&person), Some(Status::Suspended));

    let told = stage.aws.published();
    let told =
        told.iter().find(|it| it.topic == "rollcall-hr" && it.subject.contains("lost access"));
    let told = told.expect("HR is told");
    assert_eq!(told.attribute("audience"), Some("hr"));
    assert_eq!(told.attribute("flow"), Some("offboarding"));
    assert!(told.attribute("company").is_some_and(|it| it.starts_with("[\"")), "{told:?}");
    assert!(stage.aws.published().iter().any(|it| it.topic == "rollcall-security"));

    let items = stage.aws.items().await;
    let suspended = items.iter().filter(|(key, body)| {
        key.starts_with("action")
            && body["kind"] == "action"
            && body.to_string().contains("suspend")
    });
    assert!(suspended.count() > 0, "the step is in the table");
    stage.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn joiner_mover_and_contractor_are_looked_after_each_by_a_function() {
    let stage = Stage::settled().await;
    let joiner = stage.joiner();
    let contractor = stage.contractor_until(date(2026, 3, 9));
    let mover = stage.someone();
    stage.town.ukg.hr(|company| hr::change_name(company, &mover, "Nia", "Okafor"));

    let report = stage.run("new-hire").await;
    assert_eq!(about(&report, &joiner).first().map(String::as_str), Some("create verified"));
    assert!(stage.status(&joiner).is_some());
    let report = stage.run("profile-sync").await;
    assert!(about(&report, &mover).contains(&"update verified".to_owned()), "{report:#}");
    for flow in ["contractor", "profile-sync", "org-sync", "mfa-policy"] {
        stage.run(flow).await;
    }
    let warned = stage.aws.published().into_iter().filter(|it| it.topic == "rollcall-manager");
    let warned: Vec<_> = warned.collect();
    assert!(warned.iter().all(|it| it.attribute("manager").is_some()), "{warned:?}");
    assert!(!warned.is_empty(), "a contract that ends in seven days is announced");

    stage.at("2026-03-10T18:00:00Z");
    let report = stage.run("contractor").await;
    let done = about(&report, &contractor);
    assert!(done.iter().any(|it| it.starts_with("archive ")), "{report:#}");
    assert_eq!(stage.status(&contractor), Some(Status::Deprovisioned), "{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_tiers_are_repaired_by_their_functions() {
    let stage = Stage::settled().await;
    let (group, member) = {
        let mut org = stage.town.okta.org();
        let tier = org.group_by_name("MFA standard").unwrap().id.clone();
        let member = org.users().find(|it| org.groups_of(&it.id).contains("MFA standard"));
        let member = member.map(|it| it.id.clone()).unwrap();
        org.remove_from_group(&tier, &member);
        let group = org.group_by_name("Location SYD1").unwrap().id.clone();
        org.delete_group(&group);
        (group, member)
    };
    let report = stage.run("mfa-policy").await;
    assert_eq!(report["people"]["changed"], 1, "{report:#}");
    assert!(stage.town.okta.org().groups_of(&member).contains("MFA standard"));
    let report = stage.run("org-sync").await;
    assert!(kinds(&report).contains(&"create-group".to_owned()), "{report:#}");
    assert_ne!(
        stage.town.okta.org().group_by_name("Location SYD1").map(|it| it.id.clone()),
        Some(group)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn process_that_is_killed_is_followed_by_one_that_goes_on() {
    let stage = Stage::settled().await;
    let person = stage.leaver(date(2026, 3, 4));
    stage.at("2026-03-05T18:00:00Z");
    // Okta does not answer to one of the steps, and the power goes meanwhile.
    let wire = stage.town.okta.wire();
    wire.inject(rollcall_sandbox::wire::Fault {
        method: None,
        path_contains: "/sessions".to_owned(),
        skip: 0,
        times: 1,
        effect: rollcall_sandbox::wire::Effect::Delay(std::time::Duration::from_secs(60)),
    });
    let mut function = stage.function("offboarding").await;
    let answer = function.send(stage.payload(json!({})), i64::MAX / 2).await;
    while stage.status(&person) != Some(Status::Suspended) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    function.kill().await;
    drop(answer);
    let lease = stage.aws.item("lease/offboarding").await;
    let holder = lease["holder"].as_str().unwrap();
    assert!(holder.starts_with("rollcall, request request-"), "who is it? {lease}");

    let (kind, message) = stage.invoke("offboarding", json!({})).await.failed();
    assert_eq!(kind, "Busy", "the lease of the killed one still stands: {message}");
    stage.aws.let_leases_run_out().await;
    let report = stage.run("offboarding").await;
    assert!(about(&report, &person).contains(&"end-sessions verified".to_owned()), "{report:#}");
    assert_eq!(stage.status(&person), Some(Status::Suspended));
    stage.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vendor_that_is_down_and_a_right_that_is_missing_are_told_by_type() {
    let stage = Stage::settled().await;
    stage.leaver(date(2026, 3, 4));
    stage.at("2026-03-05T18:00:00Z");
    stage.aws.refuse(Some("sns"));
    let (kind, message) = stage.invoke("offboarding", json!({})).await.failed();
    assert_eq!(kind, "Outbox", "{message}");
    assert!(message.contains("no right"), "{message}");
    stage.aws.refuse(None);
    assert_eq!(
        stage.aws.published().iter().filter(|it| it.subject.contains("lost access")).count(),
        0
    );
    stage.run("offboarding").await;
    let told = stage.aws.published();
    assert!(told.iter().any(|it| it.subject.contains("lost access")), "nothing is forgotten");

    let down = rollcall_sandbox::wire::Effect::Answer(403, "{}".to_owned());
    stage.town.ukg.wire().inject(rollcall_sandbox::wire::Fault {
        method: None,
        path_contains: "/personnel".to_owned(),
        skip: 0,
        times: usize::MAX,
        effect: down,
    });
    let (kind, message) = stage.invoke("new-hire", json!({})).await.failed();
    assert_eq!(kind, "Ukg", "{message}");
    assert!(message.contains("lacks View"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secret_is_read_once_and_again_when_a_vendor_does_not_know_it() {
    let stage = Stage::untouched().await;
    let right = stage.town.credentials();
    let mut wrong = right.clone();
    wrong["okta"]["api_token"] = json!("00of-yesterday");
    stage.aws.put_secret(Some(&wrong));
    let mut function = stage.function("new-hire").await;
    let (kind, message) = function.invoke(stage.payload(json!({ "dry_run": true }))).await.failed();
    assert_eq!(kind, "Okta", "{message}");
    assert!(!message.contains("00of-yesterday"), "{message}");
    assert_eq!(stage.aws.secret_reads(), 2, "at the start, and after the 401");

    stage.aws.put_secret(Some(&right));
    let report = function.invoke(stage.payload(json!({ "dry_run": true }))).await.done();
    assert!(report["people"]["changed"].as_u64() > Some(0), "{report:#}");
    function.invoke(stage.payload(json!({ "dry_run": true }))).await.done();
    assert_eq!(stage.aws.secret_reads(), 3, "no oftener than needed");
}
