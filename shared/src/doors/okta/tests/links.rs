//! Linked objects, and the archive of a leaver.

use super::*;
use crate::words::value::Value;

fn side(name: &str) -> Side {
    Side { name: name.into(), title: name.to_uppercase().into(), description: "".into() }
}

fn management() -> LinkedObject {
    LinkedObject { primary: side("manager"), associated: side("subordinate") }
}

fn link_json(user: &str) -> Json {
    json!({ "_links": { "self": { "href": format!("https://acme.okta.com/api/v1/users/{user}") } } })
}

#[tokio::test]
async fn a_relationship_is_defined_as_okta_wants_it_and_read_back() {
    let definition = json!({
        "primary": { "name": "manager", "title": "MANAGER", "description": "", "type": "USER" },
        "associated":
            { "name": "subordinate", "title": "SUBORDINATE", "description": "", "type": "USER" },
    });
    let sent = definition.clone();
    let stage = Stage::play(move |it, _| match it.method {
        Method::POST => Say::json(201, &definition),
        _ => Say::json(200, &json!([definition])),
    })
    .await;
    let writer = stage.client().writer();
    let made = writer.define_linked_object(&management()).await.unwrap();
    assert_eq!(made.value, management());
    assert_eq!(writer.reader().linked_object_definitions().await.unwrap(), [management()]);
    assert_eq!(
        stage.lines(),
        [
            "POST /api/v1/meta/schemas/user/linkedObjects",
            "GET /api/v1/meta/schemas/user/linkedObjects",
        ]
    );
    assert_eq!(stage.heard()[0].json(), sent);
}

#[tokio::test]
async fn what_is_no_name_of_a_relationship_is_not_sent() {
    let stage = Stage::play(|_, _| {
        Say::error(400, "E0000001", "name: An object with this field already exists")
    })
    .await;
    let writer = stage.client().writer();
    for name in ["", "2nd", "line manager", "../x"] {
        let new = LinkedObject { associated: side(name), ..management() };
        let error = writer.define_linked_object(&new).await.unwrap_err();
        assert!(matches!(error, Error::Refused { why: Refused::Invalid { .. }, .. }), "{error}");
    }
    assert!(stage.heard().is_empty());
    let error = writer.define_linked_object(&management()).await.unwrap_err();
    assert!(matches!(error, Error::Refused { why: Refused::NameTaken, .. }), "{error}");
}

#[tokio::test]
async fn a_manager_is_set_read_and_taken_away() {
    let stage = Stage::play(|it, _| match (it.method.clone(), it.path.as_str()) {
        (Method::GET, path) if path.ends_with("/manager") => {
            Say::json(200, &json!([link_json("00uBoss")]))
        }
        (Method::GET, path) if path.ends_with("/subordinate") => Say::json(200, &json!([])),
        (Method::GET, _) => Say::error(404, "E0000007", ""),
        _ => Say::empty(204),
    })
    .await;
    let (writer, boss) = (stage.client().writer(), OktaUserId::new("00uBoss"));
    writer.set_linked_object(&ada(), "manager", &boss).await.unwrap();
    let reader = writer.reader();
    assert_eq!(reader.linked_objects(&ada(), "manager").await.unwrap(), [boss]);
    assert_eq!(reader.linked_objects(&ada(), "subordinate").await.unwrap(), []);
    let error = reader.linked_objects(&ada(), "mother").await.unwrap_err();
    assert!(matches!(error, Error::Refused { why: Refused::NotFound, .. }), "{error}");
    writer.clear_linked_object(&ada(), "manager").await.unwrap();
    let lines = stage.lines();
    assert_eq!(lines[0], "PUT /api/v1/users/00uAda/linkedObjects/manager/00uBoss");
    assert_eq!(lines[4], "DELETE /api/v1/users/00uAda/linkedObjects/manager");
}

#[tokio::test]
async fn a_link_to_nobody_in_particular_voids_the_list() {
    for link in [
        json!({}),
        json!({ "_links": {} }),
        link_json(""),
        link_json("00u1/groups"),
        json!({ "_links": { "self": { "href": "https://acme.okta.com/api/v1/groups/00g1" } } }),
    ] {
        let stage = Stage::play(move |_, _| Say::json(200, &json!([link]))).await;
        let error = stage.client().reader().linked_objects(&ada(), "manager").await.unwrap_err();
        assert!(matches!(error, Error::IncompleteRecord { missing: "_links.self", .. }), "{error}");
    }
}

#[tokio::test]
async fn whole_user_has_what_is_dropped_otherwise() {
    let stage = Stage::play(|_, _| Say::json(200, &user_json("00uAda", "ACTIVE"))).await;
    let settings = Settings { attributes: Some(BTreeSet::new()), ..Settings::default() };
    let client = stage.client_with(Auth::Token("t".into()), settings);
    let reader = client.reader();
    let title = Value::text("Engineer").unwrap();
    let whole = reader.whole_user(&ada()).await.unwrap().unwrap();
    assert_eq!(whole.profile.get("title"), Some(&title));
    assert_eq!(reader.user(&ada()).await.unwrap().unwrap().profile.get("title"), None);
}
