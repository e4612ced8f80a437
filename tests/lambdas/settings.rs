//! A function that cannot begin says why, by name, before its first event.

use serde_json::{Value, json};

use crate::stage::Stage;

/// What Lambda is told when the function starts in an environment changed like this.
async fn told(stage: &Stage, name: &str, value: Option<&str>) -> (String, String) {
    let mut function = stage
        .function_with("offboarding", |it| match value {
            Some(value) => drop(it.insert(name.to_owned(), value.to_owned())),
            None => drop(it.remove(name)),
        })
        .await;
    let answer = function.invoke(json!({})).await.failed();
    let log = function.log().await;
    let line: Value = log.lines().find_map(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    assert_eq!(
        (&line["level"], &line["error.type_"]),
        (&json!("ERROR"), &json!(answer.0)),
        "{log}"
    );
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_that_is_missing_or_leads_nowhere_is_named() {
    let stage = Stage::untouched().await;
    for name in [
        "ROLLCALL_SECRET_ID",
        "ROLLCALL_TABLE",
        "ROLLCALL_POLICY",
        "ROLLCALL_TOPIC_IT",
        "ROLLCALL_TOPIC_HR",
        "ROLLCALL_TOPIC_SECURITY",
        "ROLLCALL_TOPIC_MANAGER",
    ] {
        let (kind, message) = told(&stage, name, None).await;
        assert_eq!(kind, "BadSettings", "{name}: {message}");
        assert!(message.contains(&format!("{name} is not set")), "{name}: {message}");
    }
    for (name, expected, text) in [
        ("ROLLCALL_SECRET_ID", "Secret", "failed to read secret elsewhere"),
        ("ROLLCALL_TABLE", "Ledger", "not a ledger"),
        ("ROLLCALL_POLICY", "BadSettings", "ROLLCALL_POLICY: elsewhere cannot be read"),
    ] {
        let (kind, message) = told(&stage, name, Some("elsewhere")).await;
        assert_eq!(kind, expected, "{name}: {message}");
        assert!(message.contains(text), "{name}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn policy_and_secret_are_checked_before_the_first_event() {
    let stage = Stage::untouched().await;
    stage.write_policy("profile: {title: worker.nonsense}\n");
    let (kind, message) = told(&stage, "AWS_REGION", Some("eu-west-1")).await;
    assert_eq!(kind, "BadSettings");
    assert!(message.contains("rollcall.yaml:1:"), "with line and column: {message}");

    stage.write_policy(rollcall::deciders::policy::EXAMPLE);
    let mut secret = stage.town.credentials();
    secret["ukg"]["pasword"] = json!("hunter2");
    stage.aws.put_secret(Some(&secret));
    let (kind, message) = told(&stage, "AWS_REGION", Some("eu-west-1")).await;
    assert_eq!(kind, "BadSettings");
    assert!(message.contains("unknown key \"ukg.pasword\""), "{message}");
    assert!(!message.contains("hunter2"), "{message}");

    stage.aws.put_secret(None);
    let (kind, message) = told(&stage, "AWS_REGION", Some("eu-west-1")).await;
    assert_eq!(kind, "Secret", "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn table_that_a_newer_program_made_is_refused_by_name() {
    let stage = Stage::untouched().await;
    stage.invoke("offboarding", json!({ "dry_run": true })).await.done();
    stage
        .aws
        .dynamodb(
            "UpdateItem",
            json!({
                "TableName": crate::aws::TABLE,
                "Key": { "pk": { "S": "layout" }, "sk": { "S": "layout" } },
                "UpdateExpression": "SET body = :body",
                "ExpressionAttributeValues":
                    { ":body": { "S": r#"{"v":1,"kind":"layout","version":9}"# } },
            }),
        )
        .await;
    let (kind, message) = told(&stage, "AWS_REGION", Some("eu-west-1")).await;
    assert_eq!(kind, "Ledger");
    assert!(message.contains("written by a newer rollcall"), "{message}");
}
