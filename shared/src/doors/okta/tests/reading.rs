//! Reads: whole, or an error.

use super::*;
use crate::{doors::Verdict, words::account::Status};

fn link(origin: &str, path: &str, rel: &str) -> String {
    format!("<{origin}{path}>; rel=\"{rel}\"")
}

#[tokio::test]
async fn a_list_is_followed_over_two_link_lines_to_its_end() {
    let stage = Stage::play(|it, _| {
        let origin = format!("http://{}", it.header("host").unwrap());
        let page = Say::json(200, &json!([user_json("00u1", "ACTIVE")]))
            .with("link", link(&origin, "/api/v1/users?limit=200", "self"));
        match it.query.as_str() {
            "limit=200" => {
                page.with("link", link(&origin, "/api/v1/users?after=00u1&limit=200", "next"))
            }
            "after=00u1&limit=200" => Say::json(200, &json!([user_json("00u2", "STAGED")])),
            other => panic!("{other}"),
        }
    })
    .await;
    let users = stage.client().reader().users().await.unwrap();
    let users: Vec<_> = users.iter().map(|it| (it.id.as_str(), it.status)).collect();
    assert_eq!(users, [("00u1", Status::Active), ("00u2", Status::Staged)]);
    assert_eq!(stage.heard()[0].header("authorization"), Some("SSWS s3cret-t0ken"));
}

#[tokio::test]
async fn the_next_page_is_never_fetched_from_another_host_or_twice() {
    for (next, is_foreign) in [
        ("http://127.0.0.1:1/api/v1/users?after=1", true),
        ("https://evil.example/api/v1/users", true),
        ("/api/v1/users?limit=200", false),
    ] {
        let stage = Stage::play(move |_, _| {
            Say::json(200, &json!([user_json("00u1", "ACTIVE")]))
                .with("link", format!("<{next}>; rel=\"next\""))
        })
        .await;
        let error = stage.client().reader().users().await.unwrap_err();
        assert_eq!(matches!(error, Error::ForeignHost { .. }), is_foreign, "{error}");
        assert_eq!(matches!(error, Error::PageLoop { .. }), !is_foreign, "{error}");
        assert_eq!(stage.heard().len(), 1);
    }
}

#[tokio::test]
async fn a_list_that_goes_on_and_on_is_given_up() {
    let stage = Stage::play(|it, number| {
        let origin = format!("http://{}", it.header("host").unwrap());
        Say::json(200, &json!([user_json("00u1", "ACTIVE")]))
            .with("link", link(&origin, &format!("/api/v1/users?after={number}"), "next"))
    })
    .await;
    let settings = Settings { most_pages: 20, ..Settings::default() };
    let client = stage.client_with(Auth::Token("s3cret-t0ken".into()), settings);
    let error = client.reader().users().await.unwrap_err();
    assert!(matches!(error, Error::PageLoop { .. }), "{error}");
    assert_eq!(stage.heard().len(), 20);
}

#[tokio::test]
async fn a_user_without_id_or_status_voids_the_whole_list() {
    for missing in ["id", "status", "profile"] {
        let stage = Stage::play(move |_, _| {
            let mut broken = user_json("00u2", "ACTIVE");
            broken.as_object_mut().unwrap().remove(missing);
            Say::json(200, &json!([user_json("00u1", "ACTIVE"), broken]))
        })
        .await;
        let error = stage.client().reader().users().await.unwrap_err();
        assert!(
            matches!(error, Error::IncompleteRecord { missing: it, .. } if it == missing),
            "{error}"
        );
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn an_unknown_status_is_named() {
    let stage =
        Stage::play(|_, _| Say::json(200, &json!([user_json("00u9", "HIBERNATING")]))).await;
    let error = stage.client().reader().users().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "user 00u9 has status HIBERNATING, which this program does not know"
    );
    assert_eq!(error.verdict(), Verdict::Page);
}

#[tokio::test]
async fn only_okta_can_say_that_somebody_is_not_there() {
    let stage = Stage::play(|it, _| match it.path.as_str() {
        "/api/v1/users/00uGone" => Say::error(404, "E0000007", ""),
        _ => Say::text(404, "text/html", "<html>no such page</html>"),
    })
    .await;
    let reader = stage.client().reader();
    assert_eq!(reader.user(&OktaUserId::new("00uGone")).await.unwrap(), None);
    let error = reader.user(&ada()).await.unwrap_err();
    assert!(matches!(error, Error::OddAnswer { oddity: Oddity::WebPage, .. }), "{error}");
}

#[tokio::test]
async fn web_pages_redirects_and_other_shapes_are_no_answers() {
    let cases = [
        (Say::text(200, "text/html; charset=utf-8", "<!doctype html>"), Oddity::WebPage),
        (Say::text(200, "application/json", " <html>"), Oddity::WebPage),
        (Say::text(200, "text/plain", "[]"), Oddity::NotJson),
        (Say::empty(302).with("location", "https://login.example/"), Oddity::Redirect),
        (Say::text(200, "application/json", "{\"id\":1}"), Oddity::Shape { column: 0 }),
        (Say::text(200, "application/json", "[{\"id\":\"00uAda\",\"pro"), Oddity::Truncated),
    ];
    for (say, expected) in cases {
        let stage = Stage::play(move |_, _| say.clone()).await;
        let error = stage.client().reader().users().await.unwrap_err();
        let Error::OddAnswer { oddity, .. } = &error else { panic!("{error}") };
        assert_eq!(*oddity, expected);
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn a_read_survives_server_errors_and_broken_connections() {
    let stage = Stage::play(|_, number| match number {
        0 => Say::error(500, "E0000009", ""),
        1 => Say::text(502, "text/html", "<html>bad gateway</html>"),
        2 => Say::text(200, "application/json", "{\"id\":"),
        _ => Say::json(200, &user_json("00uAda", "ACTIVE")),
    })
    .await;
    let client = stage.client();
    let found = client.reader().user(&ada()).await.unwrap().unwrap();
    assert_eq!(found.login.as_str(), "00uada@acme.example");
    assert_eq!(found.profile.get("mobilePhone"), None, "null and absent are the same");
    assert_eq!((client.calls().made, client.calls().retried), (4, 2));
    let heard = stage.heard();
    assert_eq!(heard[0].header("x-okta-retry-for"), None);
    assert_eq!(heard[1].header("x-okta-retry-for"), Some("req-0"));
    assert_eq!(heard[2].header("x-okta-retry-count"), Some("2"));
}

#[tokio::test]
async fn a_list_too_big_for_okta_is_read_in_smaller_pages() {
    let stage = Stage::play(|it, _| {
        if it.query == "limit=50" {
            Say::json(200, &json!([{ "id": "00u1", "scope": "USER", "status": "ACTIVE" }]))
        } else {
            Say::error(500, "E0000009", "")
        }
    })
    .await;
    let reader = stage.client().reader();
    for page in [MembersPage::Recommended, MembersPage::Longest] {
        let members = reader.group_members(&"00g1".into(), page).await.unwrap();
        assert_eq!(members, [OktaUserId::new("00u1")]);
    }
    let sizes: Vec<_> = stage.heard().iter().map(|it| it.query.replace("limit=", "")).collect();
    let (short, long) = sizes.split_at(5);
    assert_eq!(short, ["200", "200", "100", "100", "50"]);
    assert_eq!(long, ["1000", "1000", "500", "500", "250", "250", "125", "125", "62", "62", "50"]);

    let assigned = reader.directly_assigned(&"0oa1".into()).await.unwrap();
    assert_eq!(assigned, [OktaUserId::new("00u1")]);
    assert_eq!(stage.heard()[sizes.len()].query, "limit=500");
}

#[tokio::test]
async fn an_outage_ends_in_an_error_that_says_how_long_to_wait() {
    let stage = Stage::play(|_, _| Say::error(503, "E0000009", "")).await;
    let error = stage.client().reader().user(&ada()).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { status: 503, .. }), "{error}");
    assert!(matches!(error.verdict(), Verdict::Retry { .. }));
    assert_eq!(stage.heard().len(), 6);
}

#[tokio::test]
async fn names_in_filters_are_escaped() {
    let stage = Stage::play(|_, _| Say::json(200, &json!([]))).await;
    let reader = stage.client().reader();
    reader.find_users("employeeNumber", r#"7" or status eq "ACTIVE"#).await.unwrap();
    let query = stage.heard()[0].query.clone();
    let search = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "search")
        .map(|(_, it)| it.into_owned());
    assert_eq!(search.as_deref(), Some(r#"profile.employeeNumber eq "7\" or status eq \"ACTIVE""#));
    assert!(reader.find_users("a eq b or c", "x").await.is_err());
    reader.users_changed_since(machine_clock()).await.unwrap();
    assert!(stage.heard()[1].query.contains("lastUpdated+gt+%222027-01-15T08%3A00%3A00.000Z%22"));
}

#[tokio::test]
async fn only_the_attributes_that_are_asked_for_are_kept() {
    let stage = Stage::play(|_, _| Say::json(200, &user_json("00uAda", "ACTIVE"))).await;
    let attributes = Some(BTreeSet::from(["department".into()]));
    let settings = Settings { attributes, ..Settings::default() };
    let client = stage.client_with(Auth::Token("t".into()), settings);
    let found = client.reader().user(&ada()).await.unwrap().unwrap();
    let names: Vec<_> = found.profile.keys().map(|it| &**it).collect();
    assert_eq!(names, ["email", "firstName", "lastName", "login"]);
}

#[tokio::test]
async fn administrators_are_listed_over_the_envelopes_own_links() {
    let stage = Stage::play(|it, _| {
        let origin = format!("http://{}", it.header("host").unwrap());
        if it.query.is_empty() {
            let next = format!("{origin}/api/v1/iam/assignees/users?after=x");
            let links = json!({ "next": { "href": next } });
            Say::json(200, &json!({ "value": [{ "id": "00u1" }], "_links": links }))
        } else {
            Say::json(200, &json!({ "value": [{ "id": "00u2" }], "_links": {} }))
        }
    })
    .await;
    assert_eq!(stage.client().reader().admins().await.unwrap().len(), 2);

    let stage = Stage::play(|_, _| Say::error(403, "E0000006", "")).await;
    let error = stage.client().reader().admins().await.unwrap_err();
    assert!(matches!(error, Error::Forbidden { .. }), "{error}");
    assert!(error.advice().unwrap().contains("admin role"));
}

#[tokio::test]
async fn settings_are_read_as_okta_spells_them() {
    let stage = Stage::play(|it, _| match it.path.as_str() {
        "/api/v1/meta/schemas/user/default" => Say::json(
            200,
            &json!({ "definitions": {
                "base": { "properties": { "login": { "title": "Username", "type": "string",
                    "required": true, "mutability": "READ_WRITE" } }, "required": ["email"] },
                "custom": { "properties": { "hrKey": { "title": "HR key", "type": "string",
                    "unique": "UNIQUE_VALIDATED", "mutability": "READ_WRITE" } } },
            } }),
        ),
        "/api/v1/policies" => Say::json(
            200,
            &json!([{ "id": "00p1", "name": "Strong", "status": "ACTIVE", "priority": 1,
                "system": false,
                "conditions": { "people": { "groups": { "include": ["00g1"] } } } }]),
        ),
        other => panic!("{other}"),
    })
    .await;
    let reader = stage.client().reader();
    let schema = reader.user_schema().await.unwrap();
    assert!(schema.attributes["login"].is_required && !schema.attributes["login"].is_unique);
    assert!(schema.attributes["hrKey"].is_unique && schema.attributes["hrKey"].is_custom);
    let policies = reader.mfa_policies().await.unwrap();
    assert_eq!((policies[0].priority, policies[0].groups.len()), (Some(1), 1));
}

#[tokio::test]
async fn nobody_at_the_other_end_is_unreachable() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let stage = Stage { origin: format!("http://{port}"), heard: Arc::default() };
    let client = stage.client();
    let error = client.reader().user(&ada()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_discreet(&error);
    // The connection never came about, so even a create was safe to repeat, and had no effect.
    let new = NewUser {
        login: crate::words::ids::Login::parse("ada@acme.example").unwrap(),
        profile: Default::default(),
        groups: Vec::new(),
    };
    let error = client.writer().create(&new).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(client.calls().made, 12);
}
