//! Writes: done, refused, or unknown; never done twice.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::{
    doors::Verdict,
    words::{
        account::Status,
        ids::{GroupId, Login},
        value::Value,
    },
};

fn new_user() -> NewUser {
    NewUser {
        login: Login::parse("Ada@acme.example").unwrap(),
        profile: [("firstName".into(), Value::text("Ada").unwrap())].into(),
        groups: vec!["00g1".into()],
    }
}

#[tokio::test]
async fn a_user_is_created_staged_with_groups_and_a_receipt() {
    let stage = Stage::play(|_, _| Say::json(200, &user_json("00uNew", "STAGED"))).await;
    let made = stage.client().writer().create(&new_user()).await.unwrap();
    assert_eq!(made.value.status, Status::Staged);
    assert_eq!(made.receipt.request_id.as_deref(), Some("req-0"));
    assert_eq!(made.receipt.at, machine_clock());
    assert_eq!(stage.lines(), ["POST /api/v1/users?activate=false"]);
    assert_eq!(
        stage.heard()[0].json(),
        json!({ "profile": { "login": "ada@acme.example", "firstName": "Ada" },
                "groupIds": ["00g1"] })
    );
}

#[tokio::test]
async fn a_taken_login_is_a_fact_about_this_person() {
    let cause = "login: An object with this field already exists in the current organization";
    let stage = Stage::play(move |_, _| Say::error(400, "E0000001", cause)).await;
    let error = stage.client().writer().create(&new_user()).await.unwrap_err();
    assert!(matches!(error, Error::LoginTaken { .. }), "{error}");
    assert_eq!(error.verdict(), Verdict::Refuse);
    assert_eq!(stage.heard().len(), 1);
    assert_discreet(&error);
}

#[tokio::test]
async fn a_write_whose_effect_is_unknown_is_never_sent_again() {
    for status in [500, 502, 503, 504] {
        let stage = Stage::play(move |_, _| Say::error(status, "E0000009", "")).await;
        let error = stage.client().writer().create(&new_user()).await.unwrap_err();
        assert!(matches!(error, Error::UnknownOutcome { .. }), "{error}");
        assert_eq!(stage.heard().len(), 1);
    }
    // It worked, but we cannot read what it made.
    let stage = Stage::play(|_, _| Say::text(200, "application/json", "{\"id\":\"00u")).await;
    let error = stage.client().writer().create(&new_user()).await.unwrap_err();
    assert!(matches!(error, Error::UnknownOutcome { status: Some(200), .. }), "{error}");
}

/// A server that hangs up in the middle: after the request, or within the body.
async fn hangs_up(answer: &'static str) -> (Stage, Arc<Mutex<usize>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let count: Arc<Mutex<usize>> = Arc::default();
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let _ = socket.read(&mut buffer).await;
            *counter.lock().unwrap() += 1;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (Stage { origin, heard: Arc::default() }, count)
}

#[tokio::test]
async fn a_connection_lost_is_repeated_for_reads_and_unknown_for_writes() {
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n[{";
    for answer in ["", half] {
        let (stage, count) = hangs_up(answer).await;
        let client = stage.client();
        let error = client.writer().create(&new_user()).await.unwrap_err();
        assert!(matches!(error, Error::UnknownOutcome { status: None, .. }), "{error}");
        assert_eq!(*count.lock().unwrap(), 1);
        let error = client.reader().users().await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error}");
        assert_eq!(*count.lock().unwrap(), 7);
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn writes_wait_for_read_only_mode_to_end() {
    let stage = Stage::play(|_, number| match number {
        0 => Say::error(503, "E0000010", ""),
        _ => Say::json(200, &json!({})),
    })
    .await;
    stage.client().writer().suspend(&ada()).await.unwrap();
    assert_eq!(stage.heard().len(), 2);

    let stage = Stage::play(|_, _| Say::error(503, "E0000010", "")).await;
    let error = stage.client().writer().suspend(&ada()).await.unwrap_err();
    assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
}

#[tokio::test]
async fn a_profile_is_changed_in_part_and_never_put() {
    let stage = Stage::play(|_, _| Say::json(200, &user_json("00uAda", "ACTIVE"))).await;
    let changes =
        BTreeMap::from([("title".into(), Value::text("Director")), ("manager".into(), None)]);
    let writer = stage.client().writer();
    writer.update_profile(&ada(), &changes).await.unwrap();
    writer.rename_login(&ada(), &Login::parse("ada.new@acme.example").unwrap()).await.unwrap();
    assert_eq!(stage.lines(), ["POST /api/v1/users/00uAda", "POST /api/v1/users/00uAda"]);
    let bodies: Vec<_> = stage.heard().iter().map(Heard::json).collect();
    assert_eq!(bodies[0], json!({ "profile": { "title": "Director", "manager": null } }));
    assert_eq!(bodies[1], json!({ "profile": { "login": "ada.new@acme.example" } }));
}

#[tokio::test]
async fn a_leavers_calls_are_what_okta_wants() {
    let stage = Stage::play(|it, _| match it.method {
        Method::POST => Say::json(200, &json!({})),
        _ => Say::empty(204),
    })
    .await;
    let (writer, user, group) = (stage.client().writer(), ada(), GroupId::new("00g1"));
    writer.suspend(&user).await.unwrap();
    writer.end_sessions(&user).await.unwrap();
    writer.revoke_grants(&user).await.unwrap();
    writer.revoke_tokens(&user, "0oa1").await.unwrap();
    writer.leave_group(&user, &group).await.unwrap();
    writer.unassign_app(&user, &"0oa1".into()).await.unwrap();
    writer.deactivate(&user).await.unwrap();
    writer.reactivate_deprovisioned(&user, Mail::Spare).await.unwrap();
    writer.join_group(&user, &group).await.unwrap();
    expect_test::expect![[r#"
        POST /api/v1/users/00uAda/lifecycle/suspend
        DELETE /api/v1/users/00uAda/sessions?oauthTokens=true&forgetDevices=true
        DELETE /api/v1/users/00uAda/grants
        DELETE /api/v1/users/00uAda/clients/0oa1/tokens
        DELETE /api/v1/groups/00g1/users/00uAda
        DELETE /api/v1/apps/0oa1/users/00uAda?sendEmail=false
        POST /api/v1/users/00uAda/lifecycle/deactivate?sendEmail=false
        POST /api/v1/users/00uAda/lifecycle/activate?sendEmail=false
        PUT /api/v1/groups/00g1/users/00uAda"#]]
    .assert_eq(&stage.lines().join("\n"));
    assert_eq!(stage.heard()[6].header("prefer"), Some("respond-async"));
}

#[tokio::test]
async fn refusals_are_told_apart() {
    use Refused::*;
    let cases: Vec<(u16, &str, &str, Refused)> = vec![
        (400, "E0000001", "Cannot suspend a user that is not active", WrongStatus),
        (400, "E0000028", "Cannot suspend a user that is not active", WrongStatus),
        (400, "E0000001", "Cannot unsuspend a user that is not suspended", WrongStatus),
        (400, "E0000001", "Property name 'x' is not defined in profile", UnknownAttribute),
        (
            400,
            "E0000001",
            "lastName: The field cannot be left blank",
            Invalid { attributes: vec!["lastName".into()] },
        ),
        (400, "E0000001", "Ada Example has a problem: no", Invalid { attributes: vec![] }),
        (400, "E0000093", "", TooManyGroups),
        (403, "E0000006", "", NotPermitted),
        (403, "E0000016", "", AlreadyActive),
        (403, "E0000023", "", MasteredElsewhere),
        (403, "E0000032", "The user is not locked out.", WrongStatus),
        (403, "E0000038", "", WrongStatus),
        (403, "E0000046", "", ByGroup),
        (403, "E0000075", "", ReadOnlyAttribute),
        (404, "E0000007", "", NotFound),
        (409, "E0000055", "", NameTaken),
        (501, "E0000060", "", ReadOnlyGroup),
    ];
    for (status, code, cause, expected) in cases {
        let (code_, cause_) = (code.to_owned(), cause.to_owned());
        let stage = Stage::play(move |_, _| Say::error(status, &code_, &cause_)).await;
        let error = stage.client().writer().suspend(&ada()).await.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Refuse, "{error}");
        assert_discreet(&error);
        let Error::Refused { why, .. } = error else { panic!("{error}") };
        assert_eq!(why, expected, "{code} {cause}");
        assert_eq!(stage.heard().len(), 1);
    }
}

#[tokio::test]
async fn what_is_so_already_is_done() {
    let stage = Stage::play(|it, _| match it.method {
        Method::POST => Say::error(409, "E0000062", ""),
        _ => Say::error(404, "E0000007", ""),
    })
    .await;
    let writer = stage.client().writer();
    writer.assign_app(&ada(), &"0oa1".into()).await.unwrap();
    writer.unassign_app(&ada(), &"0oa1".into()).await.unwrap();
    writer.leave_group(&ada(), &"00g1".into()).await.unwrap();
    // But joining a group that is not there is not done.
    assert!(writer.join_group(&ada(), &"00g1".into()).await.is_err());
}

#[tokio::test]
async fn a_user_still_changing_is_waited_for_by_the_caller() {
    let stage = Stage::play(|it, number| match it.method {
        Method::POST => Say::error(409, "E0000112", ""),
        _ if number < 3 => {
            let mut user = user_json("00uAda", "ACTIVE");
            user["transitioningToStatus"] = "DEPROVISIONED".into();
            Say::json(200, &user)
        }
        _ => Say::json(200, &user_json("00uAda", "DEPROVISIONED")),
    })
    .await;
    let writer = stage.client().writer();
    let error = writer.rename_login(&ada(), &Login::parse("a@acme.example").unwrap()).await;
    assert!(matches!(error, Err(Error::StillChanging { .. })));
    let settled = writer.reader().settle(&ada()).await.unwrap();
    assert_eq!(settled.status, Status::Deprovisioned);
    assert_eq!(stage.heard().len(), 4);
}

#[tokio::test]
async fn a_new_key_attribute_is_unique_and_not_its_users_own() {
    let stage = Stage::play(|_, _| Say::json(200, &json!({}))).await;
    let new = NewAttribute {
        name: "hrKey".into(),
        title: "HR key".into(),
        type_: "string".into(),
        is_unique: true,
    };
    stage.client().writer().add_schema_attribute(&new).await.unwrap();
    let body = stage.heard()[0].json();
    let attribute = &body["definitions"]["custom"]["properties"]["hrKey"];
    assert_eq!(attribute["unique"], "UNIQUE_VALIDATED");
    assert_eq!(attribute["permissions"][0]["action"], "READ_ONLY");
}
