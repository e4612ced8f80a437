//! Groups, rules, applications, policies, and who may touch them.

use rollcall_sandbox::okta::{GroupKind, Options, SeedUser, Status};
use serde_json::{Value, json};

use super::{Bed, ada};

#[tokio::test]
async fn membership_can_be_written_twice() {
    let bed = Bed::new().await;
    let (group, user) = {
        let mut org = bed.okta.org();
        let group = org.add_group("Finance", GroupKind::Okta);
        (group, org.add_user(SeedUser::active("ada.lind@brightfield.example")))
    };
    let path = format!("/groups/{group}/users/{user}");
    for method in ["PUT", "PUT", "DELETE", "DELETE"] {
        let reply = bed.call(method, &path).await;
        assert_eq!(reply.status, 204);
        assert_eq!(reply.headers.get("content-type"), None);
    }
}

#[tokio::test]
async fn imported_and_built_in_groups_are_read_only() {
    let bed = Bed::new().await;
    let (imported, everyone, user) = {
        let mut org = bed.okta.org();
        let user = org.add_user(SeedUser::active("ada.lind@brightfield.example"));
        (org.add_group("Imported", GroupKind::App), org.everyone().clone(), user)
    };
    for group in [imported, everyone] {
        let reply = bed.call("PUT", &format!("/groups/{group}/users/{user}")).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (403, "E0000006"));
    }
}

#[tokio::test]
async fn removing_a_rules_member_succeeds_and_excludes_them_for_good() {
    let bed = Bed::new().await;
    let (group, user, rule) = {
        let mut org = bed.okta.org();
        let group = org.add_group("Finance", GroupKind::Okta);
        let rule =
            org.add_rule("finance", r#"user.department=="Finance""#, std::slice::from_ref(&group));
        let seed = SeedUser::active("ada.lind@brightfield.example").with("department", "Finance");
        (group, org.add_user(seed), rule)
    };
    assert_eq!(bed.okta.org().members_of("Finance").len(), 1);
    let reply = bed.call("DELETE", &format!("/groups/{group}/users/{user}")).await;
    assert_eq!(reply.status, 204);
    assert!(bed.okta.org().rule(&rule).unwrap().excluded.contains(&user));
    // Moving away and back does not help any more.
    for department in ["Sales", "Finance"] {
        let body = json!({"profile": {"department": department}});
        bed.post(&format!("/users/{user}"), body).await;
    }
    assert!(bed.okta.org().members_of("Finance").is_empty());
    let events = bed.call("GET", "/logs").await;
    let kinds = events.body.as_array().unwrap().iter();
    assert!(
        kinds.map(|it| &it["eventType"]).any(|it| it == "group.user_membership.rule.add_exclusion")
    );
}

#[tokio::test]
async fn rules_follow_the_profile() {
    let bed = Bed::new().await;
    let group = bed.okta.org().add_group("Finance", GroupKind::Okta);
    let rule = json!({
        "type": "group_rule", "name": "finance",
        "conditions": {"expression": {"type": "urn:okta:expression:1.0",
            "value": "user.department == \"Finance\" AND !(user.userType == \"Contractor\")"}},
        "actions": {"assignUserToGroups": {"groupIds": [&*group]}},
    });
    let reply = bed.post("/groups/rules", rule).await;
    assert_eq!(reply.body["status"], "INACTIVE");
    let rule = reply.body["id"].as_str().unwrap().to_owned();
    let seed = SeedUser::active("ada.lind@brightfield.example").with("department", "Finance");
    let user = bed.okta.org().add_user(seed);
    assert!(bed.okta.org().members_of("Finance").is_empty());
    bed.call("POST", &format!("/groups/rules/{rule}/lifecycle/activate")).await;
    assert_eq!(bed.okta.org().members_of("Finance").len(), 1);
    let body = json!({"profile": {"userType": "Contractor"}});
    bed.post(&format!("/users/{user}"), body).await;
    assert!(bed.okta.org().members_of("Finance").is_empty());
}

#[tokio::test]
async fn app_that_a_group_gives_cannot_be_taken_from_one_user() {
    let bed = Bed::new().await;
    let (app, group, user) = {
        let mut org = bed.okta.org();
        let (app, group) = (org.add_app("Ledger"), org.add_group("Finance", GroupKind::Okta));
        org.assign_app_group(&app, &group);
        let user = org.add_user(SeedUser::active("ada.lind@brightfield.example"));
        org.add_to_group(&group, &user);
        (app, group, user)
    };
    let path = format!("/apps/{app}/users/{user}");
    assert_eq!(bed.call("GET", &path).await.body["scope"], "GROUP");
    let reply = bed.call("DELETE", &path).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (403, "E0000046"));
    bed.call("DELETE", &format!("/groups/{group}/users/{user}")).await;
    assert!(bed.okta.org().apps_of(&user).is_empty());
    let reply = bed.post(&format!("/apps/{app}/users"), json!({"id": &*user})).await;
    assert_eq!(reply.body["scope"], "USER");
    let reply = bed.post(&format!("/apps/{app}/users"), json!({"id": &*user})).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (409, "E0000062"));
    assert_eq!(bed.call("DELETE", &path).await.status, 204);
}

#[tokio::test]
async fn create_takes_twenty_groups_and_not_one_more() {
    let bed = Bed::new().await;
    let groups: Vec<String> = {
        let mut org = bed.okta.org();
        (0..21)
            .map(|at| org.add_group(&format!("Team {at}"), GroupKind::Okta).to_string())
            .collect()
    };
    let create = |count: usize| json!({"profile": ada(), "groupIds": &groups[..count]});
    let reply = bed.post("/users?activate=false", create(21)).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000093"));
    let reply = bed.post("/users?activate=false", create(20)).await;
    let id = reply.body["id"].as_str().unwrap();
    assert_eq!(bed.okta.org().groups_of(id).len(), 20);
    let listed = bed.call("GET", &format!("/users/{id}/groups")).await;
    assert_eq!(listed.body.as_array().unwrap().len(), 21, "Everyone is one of them");
}

#[tokio::test]
async fn deactivated_users_can_leave_groups_and_not_join_them() {
    let bed = Bed::new().await;
    let (group, user) = {
        let mut org = bed.okta.org();
        let group = org.add_group("Finance", GroupKind::Okta);
        let gone = SeedUser::active("ada.lind@brightfield.example");
        let user = org.add_user(gone.with_status(Status::Deprovisioned));
        org.add_to_group(&group, &user);
        (group, user)
    };
    let path = format!("/groups/{group}/users/{user}");
    assert_eq!(bed.call("DELETE", &path).await.status, 204);
    assert_eq!(bed.call("PUT", &path).await.status, 403);
}

fn order(policies: &Value) -> Vec<String> {
    let them = policies.as_array().unwrap().iter();
    them.map(|it| format!("{} {}", it["priority"], it["name"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn policies_keep_an_order_with_the_default_last() {
    let bed = Bed::new().await;
    let group = bed.okta.org().add_group("Tier 1", GroupKind::Okta);
    let policy = |name: &str, priority: Option<u64>| {
        let mut it = json!({"type": "MFA_ENROLL", "name": name,
            "conditions": {"people": {"groups": {"include": [&*group]}}}});
        if let Some(priority) = priority {
            it["priority"] = json!(priority);
        }
        it
    };
    bed.post("/policies", policy("High", None)).await;
    bed.post("/policies", policy("Low", None)).await;
    let top = bed.post("/policies", policy("Top", Some(1))).await;
    let far = bed.post("/policies", policy("Far", Some(99))).await;
    assert_eq!(far.body["priority"], 4, "a wish beyond the end is cut, silently");
    let listed = bed.call("GET", "/policies?type=MFA_ENROLL").await;
    assert_eq!(order(&listed.body), ["1 Top", "2 High", "3 Low", "4 Far", "5 Default Policy"]);
    assert!(top.body["settings"]["authenticators"].as_array().unwrap().len() > 1);

    let mut nobody = policy("Nobody", None);
    nobody["conditions"] = json!({"people": {"groups": {"include": []}}});
    let reply = bed.post("/policies", nobody).await;
    let everyone = bed.okta.org().everyone().to_string();
    assert_eq!(reply.body["conditions"]["people"]["groups"]["include"], json!([everyone]));

    let default = listed.body[4]["id"].as_str().unwrap();
    assert_eq!(bed.call("DELETE", &format!("/policies/{default}")).await.status, 403);
    assert_eq!(bed.call("GET", "/policies").await.status, 400);
}

#[tokio::test]
async fn a_policy_is_replaced_once_priorities_are_at_rest() {
    let bed = Bed::new().await;
    let group = bed.okta.org().add_group("Tier 1", GroupKind::Okta);
    let policy = bed.okta.org().add_policy("Strong", &[group]);
    let path = format!("/policies/{policy}");
    let document = bed.call("GET", &path).await.body;
    bed.okta.org().reconcile_priorities(1);
    let busy = bed.put(&path, document.clone()).await;
    assert_eq!((busy.status.as_u16(), busy.code()), (423, "E0000239"));
    assert_eq!(bed.put(&path, document).await.status, 200);
}

#[tokio::test]
async fn a_taken_group_name_is_refused_in_either_of_two_ways() {
    let mut options = Options::default();
    for (is_invalid, expected) in [(false, (409, "E0000055")), (true, (400, "E0000001"))] {
        options.unconfirmed.duplicate_group_is_invalid = is_invalid;
        let bed = Bed::with(options.clone()).await;
        let group = {
            let mut org = bed.okta.org();
            org.add_group("Sales", GroupKind::Okta);
            org.add_group("Finance", GroupKind::Okta)
        };
        let taken = json!({"profile": {"name": "Sales"}});
        let created = bed.post("/groups", taken.clone()).await;
        assert_eq!((created.status.as_u16(), created.code()), expected);
        let renamed = bed.put(&format!("/groups/{group}"), taken).await;
        assert_eq!((renamed.status.as_u16(), renamed.code()), expected);
    }
}

#[tokio::test]
async fn tokens_and_grants_are_listed_and_go_separately() {
    let bed = Bed::new().await;
    let user = {
        let mut org = bed.okta.org();
        let user = org.add_user(SeedUser::active("ada.lind@brightfield.example"));
        org.grant_token(&user, "0oaphone");
        org.grant_consent(&user, "0oaphone", "okta.users.read.self");
        org.grant_consent(&user, "0oawatch", "okta.users.read.self");
        user
    };
    let path = format!("/users/{user}");
    let clients = bed.call("GET", &format!("{path}/clients")).await;
    assert_eq!(clients.body.as_array().unwrap().len(), 2);
    assert_eq!(bed.call("DELETE", &format!("{path}/clients/0oaphone/tokens")).await.status, 204);
    assert!(bed.okta.org().tokens_of(&user).is_empty());
    assert_eq!(bed.call("GET", &format!("{path}/grants")).await.body.as_array().unwrap().len(), 2);
    assert_eq!(bed.call("DELETE", &format!("{path}/grants")).await.status, 204);
    assert!(bed.okta.org().grants_of(&user).is_empty());
}

#[tokio::test]
async fn manager_can_be_linked() {
    let bed = Bed::new().await;
    let (ada, bo) = {
        let mut org = bed.okta.org();
        let ada = org.add_user(SeedUser::active("ada.lind@brightfield.example"));
        (ada, org.add_user(SeedUser::active("bo.marsh@brightfield.example")))
    };
    let definition = json!({
        "primary": {"name": "manager", "title": "manager", "type": "USER"},
        "associated": {"name": "subordinate", "title": "subordinate", "type": "USER"},
    });
    let reply = bed.post("/meta/schemas/user/linkedObjects", definition).await;
    assert_eq!(reply.status, 201);
    assert_eq!(
        bed.call("PUT", &format!("/users/{ada}/linkedObjects/manager/{bo}")).await.status,
        204
    );
    assert_eq!(bed.okta.org().linked_primary(&ada, "manager"), Some(&bo));
    let below = bed.call("GET", &format!("/users/{bo}/linkedObjects/subordinate")).await;
    assert_eq!(below.body.as_array().unwrap().len(), 1);
    assert_eq!(
        bed.call("DELETE", &format!("/users/{ada}/linkedObjects/manager")).await.status,
        204
    );
    assert_eq!(bed.okta.org().linked_primary(&ada, "manager"), None);
}

#[tokio::test]
async fn snapshot_shows_changes_and_no_stamps() {
    let bed = Bed::new().await;
    let user = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let before = bed.okta.org().snapshot();
    bed.call("GET", &format!("/users/{user}")).await;
    bed.post(&format!("/users/{user}"), json!({"profile": {"lastName": "lind"}})).await;
    assert_eq!(before, bed.okta.org().snapshot());
    bed.post(&format!("/users/{user}"), json!({"profile": {"lastName": "Lind"}})).await;
    assert_ne!(before, bed.okta.org().snapshot());
}
