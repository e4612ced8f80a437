//! Enrollment policies: read whole, put right, and never for everybody.

use super::*;
use crate::doors::Verdict;

/// A policy as Okta sends one.
fn policy_json() -> Json {
    json!({
        "id": "00p1", "type": "MFA_ENROLL", "status": "ACTIVE", "name": "Strong",
        "description": "Keys only", "priority": 2, "system": false,
        "created": "2020-01-01T00:00:00.000Z", "lastUpdated": "2026-01-01T00:00:00.000Z",
        "conditions": {
            "people": { "users": null, "groups": { "include": ["00g1"], "note": "kept" } },
            "network": { "connection": "ANYWHERE" },
        },
        "settings": { "type": "AUTHENTICATORS", "authenticators": [
            { "key": "webauthn", "enroll": { "self": "REQUIRED" }, "constraints": null },
        ] },
        "_links": { "self": { "href": "…" } }, "_embedded": { "rules": [] },
    })
}

async fn stage_with(policy: Json) -> Stage {
    Stage::play(move |_, _| Say::json(200, &policy)).await
}

/// What `change` makes of the policy: what is sent, or why nothing is.
async fn put(policy: Json, change: MfaPolicyChange) -> Result<Json, Refused> {
    let stage = stage_with(policy).await;
    let writer = stage.client().writer();
    let document = writer.reader().mfa_policy("00p1").await.unwrap().unwrap();
    match writer.put_mfa_policy(&document, &change).await {
        Ok(_) => {
            let heard = stage.heard();
            assert_eq!(heard[1].line(), "PUT /api/v1/policies/00p1");
            Ok(heard[1].json())
        }
        Err(Error::Refused { why, .. }) => {
            assert_eq!(stage.heard().len(), 1, "nothing was written");
            Err(why)
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn only_the_groups_and_the_priority_of_a_policy_change() {
    let groups = Some(vec!["00g7".into(), "00g8".into()]);
    let sent = put(policy_json(), MfaPolicyChange { groups, priority: Some(1) }).await.unwrap();
    let mut expected = policy_json();
    for name in ["id", "created", "lastUpdated", "_links", "_embedded"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    expected["priority"] = 1.into();
    expected["conditions"]["people"]["groups"]["include"] = json!(["00g7", "00g8"]);
    assert_eq!(sent, expected);

    let sent = put(policy_json(), MfaPolicyChange { groups: None, priority: Some(1) }).await;
    assert_eq!(sent.unwrap()["conditions"], policy_json()["conditions"]);
}

#[tokio::test]
async fn a_policy_that_named_nobody_is_given_its_group() {
    for conditions in [Json::Null, json!({}), json!({ "people": null }), json!({ "people": {} })] {
        let mut policy = policy_json();
        policy["conditions"] = conditions;
        let groups = Some(vec!["00g7".into()]);
        let sent = put(policy, MfaPolicyChange { groups, priority: None }).await.unwrap();
        assert_eq!(sent["conditions"]["people"]["groups"]["include"], json!(["00g7"]));
    }
}

#[tokio::test]
async fn no_policy_is_ever_made_one_for_everyone() {
    let nobody = MfaPolicyChange { groups: Some(Vec::new()), priority: None };
    assert_eq!(put(policy_json(), nobody).await, Err(Refused::ForEveryone));

    let mut policy = policy_json();
    policy["conditions"] = Json::Null;
    let moved = MfaPolicyChange { groups: None, priority: Some(1) };
    assert_eq!(put(policy, moved).await, Err(Refused::ForEveryone));
}

#[tokio::test]
async fn the_default_policy_is_never_written() {
    let mut policy = policy_json();
    policy["system"] = true.into();
    let groups = Some(vec!["00g7".into()]);
    let refused = put(policy.clone(), MfaPolicyChange { groups, priority: None }).await;
    assert_eq!(refused, Err(Refused::DefaultPolicy));

    let stage = stage_with(policy).await;
    let writer = stage.client().writer();
    let document = writer.reader().mfa_policy("00p1").await.unwrap().unwrap();
    let error = writer.activate_mfa_policy(document.policy()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "okta refused to activate an enrollment policy (policy 00p1): it is the default policy"
    );
    assert_eq!(error.verdict(), Verdict::Refuse);
    assert_eq!(stage.heard().len(), 1);
}

#[tokio::test]
async fn what_is_no_enrollment_policy_is_not_found() {
    let mut policy = policy_json();
    policy["type"] = "ACCESS_POLICY".into();
    let stage = stage_with(policy).await;
    assert_eq!(stage.client().reader().mfa_policy("00p1").await.unwrap(), None);
    let stage = Stage::play(|_, _| Say::error(404, "E0000007", "")).await;
    assert_eq!(stage.client().reader().mfa_policy("00p1").await.unwrap(), None);
}

#[tokio::test]
async fn priorities_under_reconciliation_are_waited_for_and_not_for_ever() {
    let busy = || Say::error(423, "E0000239", "");
    let stage = Stage::play(move |_, number| match number {
        1 | 2 => busy(),
        _ => Say::json(200, &policy_json()),
    })
    .await;
    let writer = stage.client().writer();
    let document = writer.reader().mfa_policy("00p1").await.unwrap().unwrap();
    let change = MfaPolicyChange { groups: None, priority: Some(1) };
    let written = writer.put_mfa_policy(&document, &change).await.unwrap();
    // Okta may choose another place than the one asked for, and says which.
    assert_eq!(written.value.priority, Some(2));
    assert_eq!(stage.heard().len(), 4);

    let stage = Stage::play(move |_, _| busy()).await;
    let error = stage.client().writer().put_mfa_policy(&document, &change).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert!(matches!(error.verdict(), Verdict::Retry { .. }));
    assert_eq!(stage.heard().len(), 6);
}

#[tokio::test]
async fn a_policy_acts_once_it_is_active_and_one_of_its_rules_is() {
    let stage = Stage::play(|it, _| match it.path.as_str() {
        "/api/v1/policies/00p1" => Say::json(200, &policy_json()),
        "/api/v1/policies/00p1/rules" => Say::json(
            200,
            &json!([{ "id": "0pr1", "name": "Old", "status": "INACTIVE" },
                    { "id": "0pr2", "name": "Ask", "status": "ACTIVE", "system": false }]),
        ),
        _ => Say::empty(204),
    })
    .await;
    let writer = stage.client().writer();
    let document = writer.reader().mfa_policy("00p1").await.unwrap().unwrap();
    let rules = writer.reader().mfa_policy_rules("00p1").await.unwrap();
    let rules: Vec<_> = rules.iter().map(|it| (&*it.id, it.is_active)).collect();
    assert_eq!(rules, [("0pr1", false), ("0pr2", true)]);
    writer.activate_mfa_policy(document.policy()).await.unwrap();
    assert_eq!(stage.lines()[2], "POST /api/v1/policies/00p1/lifecycle/activate");
    assert!(!format!("{document:?}").contains("webauthn"), "what it demands is opaque");
}

#[tokio::test]
async fn without_the_scope_for_policies_somebody_has_to_look() {
    let stage = Stage::play(|_, _| Say::error(403, "E0000006", "")).await;
    let error = stage.client().reader().mfa_policy("00p1").await.unwrap_err();
    assert!(matches!(error, Error::Forbidden { .. }), "{error}");
    assert_eq!(error.verdict(), Verdict::Page);
}
