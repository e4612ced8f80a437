//! Creating, updating, listing, searching: what is there, what is hidden, what is refused.

use rollcall_sandbox::okta::{Options, SeedUser, Status};
use serde_json::json;

use super::{Bed, ada};

fn seed(bed: &Bed, count: usize) {
    let mut org = bed.okta.org();
    for at in 0..count {
        org.add_user(SeedUser::active(&format!("user.{at:03}@brightfield.example")));
    }
}

#[tokio::test]
async fn pages_come_with_two_link_lines_until_the_end() {
    let bed = Bed::new().await;
    seed(&bed, 5);
    let first = bed.call("GET", "/users?limit=2").await;
    let links = first.links();
    assert_eq!(links.len(), 2, "two lines, not one with a comma");
    assert_eq!(links[0], format!("<{}/api/v1/users?limit=2>; rel=\"self\"", bed.okta.base_url()));
    let mut seen = first.logins().len();
    let mut next = first.next();
    while let Some(url) = next {
        let page = bed.call("GET", &url).await;
        seen += page.logins().len();
        next = page.next();
    }
    assert_eq!(seen, 5);
    assert_eq!(bed.call("GET", "/users?limit=5").await.links().len(), 1);
    assert_eq!(bed.call("GET", "/users?limit=none").await.code(), "E0000029");
}

#[tokio::test]
async fn deactivated_users_are_left_out_of_plain_lists() {
    let bed = Bed::new().await;
    let gone = SeedUser::active("ada.lind@brightfield.example").with_status(Status::Deprovisioned);
    bed.okta.org().add_user(gone);
    assert!(bed.call("GET", "/users").await.logins().is_empty());
    assert!(bed.call("GET", "/users?q=ada").await.logins().is_empty());
    for query in [
        r#"filter=status eq "DEPROVISIONED""#,
        r#"search=profile.login eq "ADA.LIND@brightfield.example""#,
        r#"search=(status eq "DEPROVISIONED" and profile.firstName co "D") or id eq "x""#,
    ] {
        assert_eq!(bed.call("GET", &format!("/users?{query}")).await.logins().len(), 1, "{query}");
    }
    let reply = bed.post("/users?activate=false", json!({"profile": ada()})).await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.body["errorSummary"], "Api validation failed: login");
    assert_eq!(
        reply.cause(),
        "login: An object with this field already exists in the current organization"
    );
}

#[tokio::test]
async fn logins_that_differ_by_case_or_accent_are_one() {
    let bed = Bed::new().await;
    bed.okta.org().add_user(SeedUser::active("rené.ode@brightfield.example"));
    let mut profile = ada();
    profile["login"] = json!("Rene.Ode@Brightfield.example");
    let reply = bed.post("/users", json!({"profile": profile})).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000001"));
}

#[tokio::test]
async fn refusals_name_the_attribute() {
    let bed = Bed::new().await;
    let mut profile = ada();
    profile["notValid"] = json!("x");
    let reply = bed.post("/users", json!({"profile": profile})).await;
    assert_eq!(reply.body["errorSummary"], "Api validation failed: newUser");
    assert_eq!(reply.cause(), "Property name 'notValid' is not defined in profile");
    let mut fields: Vec<&String> = reply.body.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(fields, ["errorCauses", "errorCode", "errorId", "errorLink", "errorSummary"]);
    for (name, value) in [
        ("countryCode", json!("USA")),
        ("locale", json!("english")),
        ("timezone", json!("Mars/Olympus")),
        ("firstName", json!("x".repeat(51))),
        ("email", json!("nobody")),
        ("title", json!(7)),
    ] {
        let mut profile = ada();
        profile[name] = value;
        let reply = bed.post("/users", json!({"profile": profile})).await;
        assert_eq!(reply.body["errorSummary"], format!("Api validation failed: {name}"));
    }
}

#[tokio::test]
async fn post_keeps_and_put_drops_what_is_not_named() {
    let bed = Bed::new().await;
    let seed = SeedUser::active("ada.lind@brightfield.example")
        .with("title", "Clerk")
        .with("department", "Finance")
        .with("mobilePhone", "555-0100");
    let id = bed.okta.org().add_user(seed);
    let path = format!("/users/{id}");
    let reply = bed.post(&path, json!({"profile": {"title": null, "city": "Oslo"}})).await;
    assert_eq!(reply.body["profile"].get("title"), None);
    assert_eq!(reply.body["profile"]["department"], "Finance");
    let reply = bed.put(&path, json!({"profile": ada()})).await;
    assert_eq!(reply.body["profile"].get("department"), None);
    // Nulls are left out, except for these two.
    assert_eq!(reply.body["profile"]["mobilePhone"], json!(null));
    assert!(reply.body["profile"].as_object().unwrap().contains_key("secondEmail"));
}

#[tokio::test]
async fn deactivated_profiles_cannot_be_edited() {
    let bed = Bed::new().await;
    let gone = SeedUser::active("ada.lind@brightfield.example").with_status(Status::Deprovisioned);
    let id = bed.okta.org().add_user(gone);
    let reply = bed.post(&format!("/users/{id}"), json!({"profile": {"title": "Clerk"}})).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (403, "E0000038"));
}

#[tokio::test]
async fn stale_etag_is_refused() {
    let bed = Bed::new().await;
    let id = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let path = format!("/users/{id}");
    let etag = bed.call("GET", &path).await.headers["etag"].clone();
    for expected in [200, 412] {
        let body = json!({"profile": {"title": "Clerk"}});
        let request = bed.request("POST", &path).header("if-match", &etag).json(&body);
        assert_eq!(bed.send(request).await.status, expected);
    }
}

#[tokio::test]
async fn search_lags_behind_and_a_read_by_id_does_not() {
    let bed = Bed::with(Options { search_lag_calls: 2, ..Options::default() }).await;
    let id = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    bed.post(&format!("/users/{id}"), json!({"profile": {"title": "Clerk"}})).await;
    let search = r#"/users?search=profile.title eq "Clerk""#;
    assert_eq!(bed.call("GET", search).await.logins().len(), 0);
    assert_eq!(bed.call("GET", &format!("/users/{id}")).await.body["profile"]["title"], "Clerk");
    assert_eq!(bed.call("GET", search).await.logins().len(), 1);
}

#[tokio::test]
async fn search_and_filter_refuse_what_okta_refuses() {
    let bed = Bed::new().await;
    for query in [
        r#"search=status ne "ACTIVE""#,
        r#"search=profile.shoeSize eq "44""#,
        r#"search=profile.title co "x""#,
        r#"search=status eq"#,
        r#"filter=profile.title eq "Clerk""#,
        r#"filter=status gt "ACTIVE""#,
    ] {
        let reply = bed.call("GET", &format!("/users?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (400, "E0000031"), "{query}");
    }
    let recent = r#"/users?filter=lastUpdated gt "2000-01-01T00:00:00.000Z""#;
    seed(&bed, 1);
    assert_eq!(bed.call("GET", recent).await.logins().len(), 1);
}

#[tokio::test]
async fn unique_attributes_clash_and_defaults_come_back() {
    let bed = Bed::new().await;
    let custom = json!({
        "personId": {"title": "Person", "type": "string", "unique": "UNIQUE_VALIDATED"},
        "badge": {"title": "Badge", "type": "string", "default": "none"},
    });
    let schema = json!({"definitions": {"custom": {"properties": custom}}});
    let reply = bed.post("/meta/schemas/user/default", schema).await;
    let custom = &reply.body["definitions"]["custom"]["properties"];
    assert_eq!(custom["personId"]["unique"], "UNIQUE_VALIDATED");
    let seed = SeedUser::active("bo.marsh@brightfield.example").with("personId", "P1");
    let id = bed.okta.org().add_user(seed);
    let mut profile = ada();
    profile["personId"] = json!("P1");
    let reply = bed.post("/users", json!({"profile": profile})).await;
    assert!(reply.cause().starts_with("personId: An object with this field already exists"));
    let reply = bed.post(&format!("/users/{id}"), json!({"profile": {"badge": null}})).await;
    assert_eq!(reply.body["profile"]["badge"], "none");
    let found = bed.call("GET", r#"/users?search=profile.personId eq "P1""#).await;
    assert_eq!(found.logins(), ["bo.marsh@brightfield.example"]);
}

#[tokio::test]
async fn paths_are_told_apart_from_methods() {
    let bed = Bed::new().await;
    assert_eq!(bed.call("GET", "/nothing").await.code(), "E0000008");
    assert_eq!(bed.call("DELETE", "/users").await.code(), "E0000022");
    bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    assert_eq!(bed.call("GET", "/users/ada.lind%40brightfield.example").await.status, 200);
    assert_eq!(bed.call("GET", "/users/ada.lind").await.status, 200);
}
