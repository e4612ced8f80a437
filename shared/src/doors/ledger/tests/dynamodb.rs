//! The contract, run on DynamoDB in process, and what only DynamoDB can do to us.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType,
    },
};
use axum::{Json, Router, http::StatusCode, response::IntoResponse};
use serde_json::json;

use super::*;
use crate::doors::ledger::DynamoDb;

/// A client that speaks with this machine.
fn client(port: u16) -> Client {
    client_of(&format!("http://127.0.0.1:{port}"))
}

fn client_of(url: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(url)
        .build();
    Client::from_conf(config)
}

/// Another DynamoDB than the one in this process: tests/stack/run.py names its emulator, and looks
/// at the tables that are left there.
#[expect(clippy::disallowed_methods, reason = "a test that is started for one emulator")]
fn elsewhere() -> Option<Client> {
    std::env::var("ROLLCALL_DYNAMODB_ENDPOINT").ok().map(|it| client_of(&it))
}

/// DynamoDB in this process.
async fn dynamodb() -> Client {
    client(dynamodb_port().await)
}

async fn dynamodb_port() -> u16 {
    let (listener, port) = listen().await;
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
    port
}

async fn listen() -> (tokio::net::TcpListener, u16) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// An empty table, as `infra/table.tf` makes it.
async fn create(client: &Client, table: &str) -> DynamoDb {
    let attribute = |name: &str, kind| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
    };
    let part = |name: &str, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name("due")
        .key_schema(part("due_list", KeyType::Hash))
        .key_schema(part("due", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::All).build());
    client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", ScalarAttributeType::S))
        .attribute_definitions(attribute("sk", ScalarAttributeType::S))
        .attribute_definitions(attribute("due_list", ScalarAttributeType::S))
        .attribute_definitions(attribute("due", ScalarAttributeType::N))
        .key_schema(part("pk", KeyType::Hash))
        .key_schema(part("sk", KeyType::Range))
        .global_secondary_indexes(index.build().unwrap())
        .send()
        .await
        .unwrap();
    DynamoDb::with(client.clone(), table).await.unwrap()
}

#[tokio::test]
async fn dynamodb_keeps_the_contract() {
    let client = match elsewhere() {
        Some(client) => client,
        None => dynamodb().await,
    };
    let number = AtomicU32::new(0);
    contract::check(async || {
        let table = format!("contract-{}", number.fetch_add(1, Ordering::Relaxed));
        Arc::new(create(&client, &table).await) as Arc<dyn Store>
    })
    .await;
}

#[tokio::test]
async fn a_table_that_is_missing_or_newer_is_refused_by_name() {
    let client = dynamodb().await;
    let missing = DynamoDb::with(client.clone(), "nowhere").await;
    assert!(matches!(missing, Err(Error::NotALedger(_))), "{missing:?}");

    let store = create(&client, "ledger").await;
    let body = r#"{"v":1,"kind":"layout","version":7}"#.to_owned();
    let key = Key::new("layout", "layout");
    store.put(Draft { key, body, due: None, expires: None }, Expect::Rev(1)).await.unwrap();
    let newer = DynamoDb::with(client, "ledger").await;
    expect!["this ledger was written by a newer rollcall (ledger v7, this program knows v1)"]
        .assert_eq(&newer.unwrap_err().to_string());
}

#[tokio::test]
async fn a_file_becomes_a_table_and_a_table_a_file() {
    let file: Arc<dyn Store> = Arc::new(Sqlite::memory().unwrap());
    for number in 0..1200 {
        let key = Key::new(format!("p{}", number % 7), format!("{number}"));
        let draft = Draft { key, body: "{}".to_owned(), due: Some(noon()), expires: None };
        file.put(draft, Expect::Absent).await.unwrap();
    }
    let table: Arc<dyn Store> = Arc::new(create(&dynamodb().await, "ledger").await);
    let back: Arc<dyn Store> = Arc::new(Sqlite::memory().unwrap());
    for (from, to) in [(&file, &table), (&table, &back)] {
        assert_eq!(copy(from, to, noon()).await.unwrap(), Copied { records: 1200, found: 0 });
    }
    assert_eq!(back.scan(None, 5000).await.unwrap(), file.scan(None, 5000).await.unwrap());
}

/// A table that answers like this, in turn, and then as if all were well.
async fn moody(moods: Vec<serde_json::Value>) -> DynamoDb {
    let turn = Arc::new(AtomicU32::new(0));
    let answer = move |headers: axum::http::HeaderMap| {
        let turn = usize::try_from(turn.fetch_add(1, Ordering::Relaxed)).unwrap();
        let asks = headers["x-amz-target"].to_str().unwrap().to_owned();
        let mood = moods.get(turn).cloned();
        async move {
            match mood {
                Some(mood) if !mood.is_null() => {
                    (StatusCode::BAD_REQUEST, Json(mood)).into_response()
                }
                Some(_) | None if asks.ends_with("UpdateItem") => {
                    Json(json!({ "Attributes": { "rev": { "N": "1" } } })).into_response()
                }
                Some(_) | None => Json(json!({})).into_response(),
            }
        }
    };
    let app = Router::new().fallback(axum::routing::any(answer));
    let (listener, port) = listen().await;
    tokio::spawn(async move { axum::serve(listener, app).await });
    DynamoDb::with(client(port), "ledger").await.unwrap()
}

fn canceled(reasons: &[&str]) -> serde_json::Value {
    let reasons: Vec<_> = reasons.iter().map(|it| json!({ "Code": it })).collect();
    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "CancellationReasons": reasons,
    })
}

fn error(code: &str) -> serde_json::Value {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "said so" })
}

/// The opening of a table asks for its layout and signs it.
fn after_opening(moods: &[serde_json::Value]) -> Vec<serde_json::Value> {
    [&[json!(null), json!(null)], moods].concat()
}

fn writes() -> Vec<Write> {
    ["1", "2", "3"]
        .map(|sk| {
            let draft =
                Draft { key: Key::new("a", sk), body: "{}".to_owned(), due: None, expires: None };
            Write::Put(draft, Expect::Absent)
        })
        .to_vec()
}

#[tokio::test]
async fn what_dynamodb_asks_to_have_repeated_is_repeated() {
    let moods = [
        canceled(&["None", "TransactionConflict", "None"]),
        canceled(&["ThrottlingError", "None", "None"]),
        error("TransactionInProgressException"),
        error("ProvisionedThroughputExceededException"),
    ];
    moody(after_opening(&moods)).await.transact(writes()).await.unwrap();

    let moods = [error("TransactionConflictException"), error("ThrottlingException")];
    let Some(Write::Put(draft, expect)) = writes().pop() else { unreachable!() };
    moody(after_opening(&moods)).await.put(draft, expect).await.unwrap();
}

#[tokio::test]
async fn a_condition_that_failed_is_a_conflict_even_beside_contention() {
    let moods = [canceled(&["None", "ConditionalCheckFailed", "TransactionConflict"])];
    let refused = moody(after_opening(&moods)).await.transact(writes()).await;
    let Err(Error::Conflict { key }) = refused else { panic!("{refused:?}") };
    assert_eq!(key, Key::new("a", "2"));
}

#[tokio::test]
async fn contention_without_end_is_told_as_trouble() {
    let moods = vec![canceled(&["TransactionConflict", "None", "None"]); 20];
    let refused = moody(after_opening(&moods)).await.transact(writes()).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_role_without_the_right_is_told_and_nothing_is_tried_again() {
    let moods = after_opening(&[error("AccessDeniedException")]);
    let refused = moody(moods).await.transact(writes()).await;
    let Err(denied @ Error::Denied(_)) = refused else { panic!("{refused:?}") };
    assert_eq!(denied.verdict(), Verdict::Page);
    let cause = std::error::Error::source(&denied).unwrap().to_string();
    expect!["AccessDeniedException: said so"].assert_eq(&cause);
}

/// The answer to the first try is lost on the way, so that the client asks again.
#[tokio::test]
async fn a_write_whose_answer_was_lost_is_not_taken_for_somebody_elses() {
    let port = dynamodb_port().await;
    create(&client(port), "ledger").await;
    let lost = Arc::new(AtomicU32::new(0));
    let pass = move |request: axum::extract::Request| {
        let lost = Arc::clone(&lost);
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let is_write = parts.headers["x-amz-target"].to_str().unwrap().ends_with("UpdateItem");
            let answer = reqwest::Client::new()
                .post(format!("http://127.0.0.1:{port}/"))
                .headers(parts.headers)
                .body(body)
                .send()
                .await
                .unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            if is_write && lost.fetch_add(1, Ordering::Relaxed) == 0 {
                return (StatusCode::BAD_GATEWAY, String::new());
            }
            (status, text)
        }
    };
    let (listener, outer) = listen().await;
    let app = Router::new().fallback(axum::routing::any(pass));
    tokio::spawn(async move { axum::serve(listener, app).await });

    let store = DynamoDb::with(client(outer), "ledger").await.unwrap();
    let Some(Write::Put(draft, _)) = writes().pop() else { unreachable!() };
    assert_eq!(store.put(draft.clone(), Expect::Absent).await.unwrap(), 1, "it is ours");
    let refused = store.put(draft, Expect::Absent).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
}
