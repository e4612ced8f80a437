//! Who may become what, and what goes along with it.

use expect_test::{Expect, expect};
use rollcall_sandbox::okta::{
    GroupKind, MailReason, Options, Password, SeedUser, Status, Transitions, Unconfirmed,
};
use serde_json::json;

use super::{Bed, ada};

/// Tries one operation in every status and tells what came of it.
async fn check(operation: &str, expected: Expect) {
    let bed = Bed::new().await;
    let mut told = String::new();
    for (at, status) in Status::ALL.into_iter().enumerate() {
        let login = format!("user.{at}@brightfield.example");
        let id = bed.okta.org().add_user(SeedUser::active(&login).with_status(status));
        let reply = bed.call("POST", &format!("/users/{id}/lifecycle/{operation}")).await;
        let now = bed.okta.org().user(&id).unwrap().status;
        let outcome = format!("{} {}", reply.status.as_u16(), reply.code());
        told += &format!("{} -> {}: {}\n", status.word(), now.word(), outcome.trim());
    }
    expected.assert_eq(&told);
}

#[tokio::test]
async fn activation_is_for_the_staged_and_the_deactivated() {
    check(
        "activate?sendEmail=false",
        expect![[r#"
            STAGED -> ACTIVE: 200
            PROVISIONED -> PROVISIONED: 403 E0000016
            ACTIVE -> ACTIVE: 403 E0000016
            RECOVERY -> RECOVERY: 403 E0000016
            PASSWORD_EXPIRED -> PASSWORD_EXPIRED: 403 E0000016
            LOCKED_OUT -> LOCKED_OUT: 403 E0000016
            SUSPENDED -> SUSPENDED: 403 E0000016
            DEPROVISIONED -> ACTIVE: 200
        "#]],
    )
    .await;
}

#[tokio::test]
async fn only_active_users_can_be_suspended() {
    check(
        "suspend",
        expect![[r#"
        STAGED -> STAGED: 400 E0000001
        PROVISIONED -> PROVISIONED: 400 E0000001
        ACTIVE -> SUSPENDED: 200
        RECOVERY -> RECOVERY: 400 E0000001
        PASSWORD_EXPIRED -> PASSWORD_EXPIRED: 400 E0000001
        LOCKED_OUT -> LOCKED_OUT: 400 E0000001
        SUSPENDED -> SUSPENDED: 400 E0000001
        DEPROVISIONED -> DEPROVISIONED: 400 E0000001
    "#]],
    )
    .await;
}

#[tokio::test]
async fn deactivation_is_for_everybody_once() {
    check(
        "deactivate",
        expect![[r#"
        STAGED -> DEPROVISIONED: 200
        PROVISIONED -> DEPROVISIONED: 200
        ACTIVE -> DEPROVISIONED: 200
        RECOVERY -> DEPROVISIONED: 200
        PASSWORD_EXPIRED -> DEPROVISIONED: 200
        LOCKED_OUT -> DEPROVISIONED: 200
        SUSPENDED -> DEPROVISIONED: 200
        DEPROVISIONED -> DEPROVISIONED: 404 E0000007
    "#]],
    )
    .await;
}

#[tokio::test]
async fn reactivation_is_for_those_who_never_enrolled() {
    check(
        "reactivate",
        expect![[r#"
        STAGED -> STAGED: 403 E0000038
        PROVISIONED -> PROVISIONED: 200
        ACTIVE -> ACTIVE: 403 E0000038
        RECOVERY -> PROVISIONED: 200
        PASSWORD_EXPIRED -> PASSWORD_EXPIRED: 403 E0000038
        LOCKED_OUT -> LOCKED_OUT: 403 E0000038
        SUSPENDED -> SUSPENDED: 403 E0000038
        DEPROVISIONED -> DEPROVISIONED: 403 E0000038
    "#]],
    )
    .await;
}

#[tokio::test]
async fn unlocking_says_why_not() {
    let bed = Bed::new().await;
    let id = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let reply = bed.call("POST", &format!("/users/{id}/lifecycle/unlock")).await;
    assert_eq!((reply.code(), reply.cause()), ("E0000032", "The user is not locked out."));
    let reply = bed.call("POST", &format!("/users/{id}/lifecycle/unsuspend")).await;
    assert_eq!(reply.body["errorSummary"], "Api validation failed: suspendUser");
    assert_eq!(reply.cause(), "Cannot unsuspend a user that is not suspended");
}

#[tokio::test]
async fn joiner_gets_a_mail_unless_the_sync_prevents_it() {
    let bed = Bed::new().await;
    let reply = bed.post("/users?activate=false", json!({"profile": ada()})).await;
    assert_eq!(reply.body["status"], "STAGED");
    let id = reply.body["id"].as_str().unwrap().to_owned();
    let quiet = bed.call("POST", &format!("/users/{id}/lifecycle/activate?sendEmail=false")).await;
    assert!(quiet.body["activationToken"].is_string());
    assert!(bed.okta.org().mails().is_empty());
    assert_eq!(bed.okta.org().user(&id).unwrap().status, Status::Provisioned);

    let mut loud = ada();
    loud["login"] = json!("bo.marsh@brightfield.example");
    bed.post("/users", json!({"profile": loud})).await;
    assert_eq!(bed.okta.org().mails()[0].reason, MailReason::Activation);
}

#[tokio::test]
async fn leaver_keeps_groups_and_a_rehire_gets_their_apps_back() {
    let bed = Bed::new().await;
    let id = {
        let mut org = bed.okta.org();
        let id = org.add_user(SeedUser::active("ada.lind@brightfield.example"));
        let group = org.add_group("Finance", GroupKind::Okta);
        let (by_group, direct) = (org.add_app("Ledger"), org.add_app("Wiki"));
        org.assign_app_group(&by_group, &group);
        org.add_to_group(&group, &id);
        org.assign_app_user(&direct, &id);
        org.open_session(&id);
        org.grant_token(&id, "0oaphone");
        org.grant_consent(&id, "0oaphone", "okta.users.read.self");
        id
    };
    bed.call("POST", &format!("/users/{id}/lifecycle/deactivate")).await;
    {
        let org = bed.okta.org();
        assert_eq!(org.groups_of(&id), ["Finance".to_owned()].into());
        assert!(org.apps_of(&id).is_empty());
        assert!(org.tokens_of(&id).is_empty());
        // Not documented, so not given away: whoever wants them ended has to end them.
        assert_eq!((org.sessions_of(&id), org.grants_of(&id).len()), (1, 1));
    }
    bed.call("POST", &format!("/users/{id}/lifecycle/activate?sendEmail=false")).await;
    let org = bed.okta.org();
    assert_eq!(org.apps_of(&id), ["Ledger".to_owned()].into());
    assert_eq!(org.user(&id).unwrap().status, Status::Provisioned);
}

#[tokio::test]
async fn suspension_ends_sessions_and_nothing_else() {
    let bed = Bed::new().await;
    let id = {
        let mut org = bed.okta.org();
        let id = org.add_user(SeedUser::active("ada.lind@brightfield.example"));
        let group = org.add_group("Finance", GroupKind::Okta);
        org.add_to_group(&group, &id);
        org.open_session(&id);
        org.grant_token(&id, "0oaphone");
        id
    };
    bed.call("POST", &format!("/users/{id}/lifecycle/suspend")).await;
    assert_eq!(bed.okta.org().sessions_of(&id), 0);
    assert_eq!(bed.okta.org().tokens_of(&id).len(), 1);
    let reply = bed.call("DELETE", &format!("/users/{id}/sessions?oauthTokens=true")).await;
    assert_eq!(reply.status, 204);
    assert_eq!(bed.okta.org().tokens_of(&id).len(), 0);
    assert_eq!(bed.okta.org().groups_of(&id).len(), 1);
}

#[tokio::test]
async fn transition_takes_as_many_reads_as_it_was_told_to() {
    let options = Options {
        transition_polls: 2,
        transitions: Transitions::WhenPreferred,
        ..Options::default()
    };
    let bed = Bed::with(options).await;
    let id = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let path = format!("/users/{id}/lifecycle/deactivate");
    let request = bed.request("POST", &path).header("prefer", "respond-async");
    assert_eq!(bed.send(request).await.status, 200);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let user = bed.call("GET", &format!("/users/{id}")).await.body;
        seen.push(format!("{} {}", user["status"], user["transitioningToStatus"]));
    }
    assert_eq!(
        seen,
        [r#""ACTIVE" "DEPROVISIONED""#, r#""ACTIVE" "DEPROVISIONED""#, r#""DEPROVISIONED" null"#]
    );
}

#[tokio::test]
async fn nothing_can_be_changed_while_okta_activates() {
    let options =
        Options { transition_polls: 1, transitions: Transitions::Always, ..Options::default() };
    let bed = Bed::with(options).await;
    let seed = SeedUser {
        password: Password::Unset,
        ..SeedUser::active("ada.lind@brightfield.example").with_status(Status::Staged)
    };
    let id = bed.okta.org().add_user(seed);
    bed.call("POST", &format!("/users/{id}/lifecycle/activate?sendEmail=false")).await;
    let reply = bed.post(&format!("/users/{id}"), json!({"profile": {"title": "Clerk"}})).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (409, "E0000112"));
    bed.call("GET", &format!("/users/{id}")).await;
    bed.call("GET", &format!("/users/{id}")).await;
    let reply = bed.post(&format!("/users/{id}"), json!({"profile": {"title": "Clerk"}})).await;
    assert_eq!(reply.body["status"], "PROVISIONED");
}

#[tokio::test]
async fn second_delete_is_the_one_that_deletes() {
    let bed = Bed::new().await;
    let id = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    assert_eq!(bed.call("DELETE", &format!("/users/{id}")).await.status, 204);
    assert_eq!(bed.okta.org().user(&id).unwrap().status, Status::Deprovisioned);
    assert_eq!(bed.call("DELETE", &format!("/users/{id}")).await.status, 204);
    assert_eq!(bed.call("GET", &format!("/users/{id}")).await.code(), "E0000007");
}

#[tokio::test]
async fn undocumented_behavior_can_be_had_both_ways() {
    let unconfirmed = Unconfirmed {
        suspend_follows_links: true,
        password_survives_deactivation: true,
        deactivation_ends_sessions: true,
        ..Unconfirmed::default()
    };
    let bed = Bed::with(Options { unconfirmed, ..Options::default() }).await;
    let seed = SeedUser::active("ada.lind@brightfield.example").with_status(Status::Provisioned);
    let id = bed.okta.org().add_user(seed);
    bed.okta.org().open_session(&id);
    for step in ["suspend", "deactivate", "activate?sendEmail=false"] {
        let reply = bed.call("POST", &format!("/users/{id}/lifecycle/{step}")).await;
        assert_eq!(reply.status, 200, "{step}");
    }
    let org = bed.okta.org();
    assert_eq!((org.user(&id).unwrap().status, org.sessions_of(&id)), (Status::Active, 0));
}
