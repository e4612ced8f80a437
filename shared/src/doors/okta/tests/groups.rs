//! Groups: named, renamed, and asked which rule holds whom.

use super::*;
use crate::words::{account::GroupKind, ids::GroupId};

fn group_json(kind: &str) -> Json {
    json!({
        "id": "00g1", "type": kind, "created": "2020-01-01T00:00:00.000Z",
        "profile": { "name": "Sales", "description": null, "costCode": "4711", "isOwned": true },
        "_links": { "users": { "href": "…" } },
    })
}

fn sales() -> GroupId {
    GroupId::new("00g1")
}

#[tokio::test]
async fn a_renamed_group_keeps_every_attribute_that_the_org_gave_it() {
    let stage = Stage::play(|_, _| Say::json(200, &group_json("OKTA_GROUP"))).await;
    let writer = stage.client().writer();
    let renamed = writer.rename_group(&sales(), "Sales EMEA", None).await.unwrap();
    assert_eq!(renamed.receipt.request_id.as_deref(), Some("req-1"));
    writer.rename_group(&sales(), "Sales", Some("Since 1 March")).await.unwrap();
    assert_eq!(
        stage.lines(),
        [
            "GET /api/v1/groups/00g1",
            "PUT /api/v1/groups/00g1",
            "GET /api/v1/groups/00g1",
            "PUT /api/v1/groups/00g1",
        ]
    );
    let heard = stage.heard();
    assert_eq!(
        heard[1].json(),
        json!({ "profile": { "name": "Sales EMEA", "description": null, "costCode": "4711",
                             "isOwned": true } })
    );
    assert_eq!(
        heard[3].json(),
        json!({ "profile": { "name": "Sales", "description": "Since 1 March",
                             "costCode": "4711", "isOwned": true } })
    );
}

#[tokio::test]
async fn only_groups_of_oktas_own_are_renamed() {
    for kind in ["APP_GROUP", "BUILT_IN", "SOMETHING_NEW"] {
        let stage = Stage::play(move |_, _| Say::json(200, &group_json(kind))).await;
        let error = stage.client().writer().rename_group(&sales(), "X", None).await.unwrap_err();
        assert!(matches!(error, Error::Refused { why: Refused::ReadOnlyGroup, .. }), "{error}");
        assert_eq!(stage.heard().len(), 1, "nothing was written");
    }
    let stage = Stage::play(|_, _| Say::error(404, "E0000007", "")).await;
    let error = stage.client().writer().rename_group(&sales(), "X", None).await.unwrap_err();
    assert!(matches!(error, Error::Refused { why: Refused::NotFound, .. }), "{error}");
}

#[tokio::test]
async fn a_taken_name_is_one_refusal_however_okta_words_it() {
    let exists = "An object with this field already exists in the current organization";
    let by_summary = json!({
        "errorCode": "E0000001", "errorSummary": "Api validation failed: name",
        "errorCauses": [{ "errorSummary": exists }],
    });
    for taken in [
        Say::error(409, "E0000055", ""),
        Say::error(400, "E0000001", &format!("name: {exists}")),
        Say::error(400, "E0000001", "name: An object with this field already exists"),
        Say::json(400, &by_summary),
    ] {
        let stage = Stage::play(move |it, _| match it.method {
            Method::GET => Say::json(200, &group_json("OKTA_GROUP")),
            _ => taken.clone(),
        })
        .await;
        let writer = stage.client().writer();
        let created = writer.create_group("Sales", "").await.unwrap_err();
        let renamed = writer.rename_group(&sales(), "Sales", None).await.unwrap_err();
        for error in [created, renamed] {
            assert!(matches!(error, Error::Refused { why: Refused::NameTaken, .. }), "{error}");
            assert_discreet(&error);
        }
    }
}

#[tokio::test]
async fn one_group_is_read_or_is_not_there() {
    let stage = Stage::play(|it, _| match it.path.as_str() {
        "/api/v1/groups/00g1" => Say::json(200, &group_json("OKTA_GROUP")),
        _ => Say::error(404, "E0000007", ""),
    })
    .await;
    let reader = stage.client().reader();
    let found = reader.group(&sales()).await.unwrap().unwrap();
    assert_eq!((&*found.name, found.kind), ("Sales", GroupKind::Okta));
    assert_eq!(reader.group(&"00gGone".into()).await.unwrap(), None);
}

#[tokio::test]
async fn whether_a_rule_holds_a_member_is_known_unknown_or_an_error() {
    let cases: Vec<(Say, Option<Option<bool>>)> = vec![
        (Say::json(200, &json!([{ "id": "0pr1", "status": "ACTIVE" }])), Some(Some(true))),
        (Say::json(200, &json!([])), Some(Some(false))),
        (Say::error(404, "E0000008", ""), Some(None)),
        (Say::error(404, "E0000007", ""), Some(None)),
        (Say::error(405, "E0000022", ""), Some(None)),
        (Say::empty(405), Some(None)),
        (Say::json(200, &json!({ "rules": [] })), Some(None)),
        (Say::error(403, "E0000006", ""), None),
        (Say::text(404, "text/html", "<html>no such page</html>"), None),
        (Say::error(500, "E0000009", ""), None),
    ];
    for (say, expected) in cases {
        let told = format!("{} {}", say.status, say.body);
        let stage = Stage::play(move |_, _| say.clone()).await;
        let held = stage.client().reader().rules_holding(&sales(), &ada()).await;
        assert_eq!(held.ok(), expected, "{told}");
        assert_eq!(stage.lines()[0], "GET /api/v1/groups/00g1/users/00uAda/group-rules");
    }
}
