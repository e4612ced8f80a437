//! The ledger as a whole: in a table of DynamoDB, and carried from one place to another.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use std::{fs, process::Command};

use jiff::civil::date;
use rollcall::deciders::policy;
use rollcall_sandbox::{Town, town};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// DynamoDB in this process, with an empty table.
async fn dynamodb(table: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
    let attribute =
        |name: &str, kind: &str| json!({ "AttributeName": name, "AttributeType": kind });
    let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let body = json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            attribute("pk", "S"), attribute("sk", "S"), attribute("due_list", "S"), attribute("due", "N"),
        ],
        "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "due",
            "KeySchema": [key("due_list", "HASH"), key("due", "RANGE")],
            "Projection": { "ProjectionType": "ALL" },
        }],
    });
    let made = reqwest::Client::new()
        .post(&url)
        .header("x-amz-target", "DynamoDB_20120810.CreateTable")
        .header("content-type", "application/x-amz-json-1.0")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260302/eu-west-1/dynamodb/aws4_request, \
             SignedHeaders=host, Signature=00",
        )
        .header("x-amz-date", "20260302T060000Z")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert!(made.status().is_success(), "{}", made.text().await.unwrap());
    url
}

struct Desk {
    town: Town,
    folder: TempDir,
    dynamodb: String,
}

impl Desk {
    async fn new() -> Self {
        let town = Town::start(town::Options::new(20, 7, date(2026, 3, 2))).await.unwrap();
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("credentials.json"), town.credentials().to_string()).unwrap();
        fs::write(folder.path().join("rollcall.yaml"), policy::EXAMPLE).unwrap();
        Self { town, folder, dynamodb: dynamodb("rollcall").await }
    }

    /// Calls the command; its status, and all that it said.
    async fn rollcall(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("ROLLCALL_TIME_TRAVEL", "1")
            .env("AWS_ENDPOINT_URL", &self.dynamodb)
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |it: Vec<u8>| String::from_utf8(it).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    async fn run(&self, ledger: &str) -> Value {
        let now = self.town.clock.now().to_string();
        let args = ["run", "all", "--as-of", &now, "--json", "--ledger", ledger];
        let (_, out, err) = self.rollcall(&args).await;
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ledger_in_a_table_serves_as_a_file_does_and_becomes_one() {
    let desk = Desk::new().await;
    for _ in 0..2 {
        desk.run("dynamodb:rollcall").await;
    }
    let third = desk.run("dynamodb:rollcall").await;
    assert_eq!(third["actions"], json!([]), "nothing is left to do");

    let copy = ["ledger", "copy", "dynamodb:rollcall", "sqlite:copy.sqlite"];
    let (status, out, err) = desk.rollcall(&copy).await;
    assert_eq!(status, 0, "{err}");
    assert!(out.starts_with("sqlite:copy.sqlite holds all "), "{out}");
    let fourth = desk.run("sqlite:copy.sqlite").await;
    assert_eq!(fourth["actions"], json!([]), "the copy knows everything");

    let (status, _, err) = desk.rollcall(&copy).await;
    assert_eq!(status, 1, "the copy was used meanwhile: {err}");
    assert!(err.contains("the source does not hold in this form"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn place_that_is_none_is_told_and_nothing_is_made() {
    let desk = Desk::new().await;
    for (args, wanted, text) in [
        (["ledger", "copy", "sqlite:typo.sqlite", "dynamodb:rollcall"], 2, "there is no file"),
        (["ledger", "copy", "dynamodb:rollcall", "dynamodb:rollcall"], 2, "to itself"),
        (["ledger", "copy", "dynamodb:", "sqlite:copy.sqlite"], 2, "must be sqlite:FILE or"),
        (["ledger", "copy", "dynamodb:elsewhere", "sqlite:copy.sqlite"], 1, "not a ledger"),
    ] {
        let (status, _, err) = desk.rollcall(&args).await;
        assert_eq!(status, wanted, "{args:?}: {err}");
        assert!(err.contains(text), "{args:?}: {err}");
    }
    assert!(!desk.folder.path().join("typo.sqlite").exists());
}
