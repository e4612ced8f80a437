//! What of AWS the functions call, on this machine: DynamoDB in process, and just enough of
//! Secrets Manager, SNS, SES and SQS to say what was asked of them.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The name of the table in every test.
pub const TABLE: &str = "rollcall";
/// The name of the secret in every test.
pub const SECRET: &str = "rollcall/credentials";

/// A message that SNS took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The topic, without what stands before its name.
    pub topic: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub message: String,
    /// The attributes, by name.
    pub attributes: Vec<(String, String)>,
}

impl Published {
    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| it == name).map(|(_, value)| &**value)
    }
}

/// A letter that SES took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// In whose name.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// AWS on this machine.
#[derive(Debug)]
pub struct Aws {
    /// Where DynamoDB is.
    pub dynamodb: String,
    /// Where everything else is.
    pub others: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    secret: Option<String>,
    secret_reads: usize,
    published: Vec<Published>,
    letters: Vec<Letter>,
    rejects_letters: bool,
    queued: Vec<String>,
    refuses: Option<&'static str>,
}

impl Aws {
    /// With an empty table and a secret.
    pub async fn start(secret: &Value) -> Self {
        let (listener, dynamodb) = listen().await;
        tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
        let state = Arc::new(Mutex::new(State::default()));
        let (listener, others) = listen().await;
        let shared = Arc::clone(&state);
        let app = Router::new().fallback(move |uri: Uri, headers, body| async move {
            answer(&shared, uri.path(), &headers, &body)
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        let res = Self { dynamodb, others, state };
        res.put_secret(Some(secret));
        res.create_table().await;
        res
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Puts another value into the secret, or none.
    pub fn put_secret(&self, secret: Option<&Value>) {
        self.state().secret = secret.map(Value::to_string);
    }

    /// How often the secret was read.
    pub fn secret_reads(&self) -> usize {
        self.state().secret_reads
    }

    /// What SNS took so far.
    pub fn published(&self) -> Vec<Published> {
        self.state().published.clone()
    }

    /// What SES took so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.state().letters.clone()
    }

    /// Lets SES reject every letter, as it does when an address is not verified.
    pub fn reject_letters(&self) {
        self.state().rejects_letters = true;
    }

    /// Takes everything out of the queue.
    pub fn take_queued(&self) -> Vec<String> {
        std::mem::take(&mut self.state().queued)
    }

    /// Lets every call to a service fail for want of a right, or none any more.
    pub fn refuse(&self, service: Option<&'static str>) {
        self.state().refuses = service;
    }

    /// The table as `infra/table.tf` makes it, by another hand than the product's.
    async fn create_table(&self) {
        self.dynamodb(
            "CreateTable",
            json!({
                "TableName": TABLE,
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    { "AttributeName": "pk", "AttributeType": "S" },
                    { "AttributeName": "sk", "AttributeType": "S" },
                    { "AttributeName": "due_list", "AttributeType": "S" },
                    { "AttributeName": "due", "AttributeType": "N" },
                ],
                "KeySchema": [
                    { "AttributeName": "pk", "KeyType": "HASH" },
                    { "AttributeName": "sk", "KeyType": "RANGE" },
                ],
                "GlobalSecondaryIndexes": [{
                    "IndexName": "due",
                    "KeySchema": [
                        { "AttributeName": "due_list", "KeyType": "HASH" },
                        { "AttributeName": "due", "KeyType": "RANGE" },
                    ],
                    "Projection": { "ProjectionType": "ALL" },
                }],
            }),
        )
        .await;
    }

    /// One call to DynamoDB.
    pub async fn dynamodb(&self, operation: &str, body: Value) -> Value {
        let answer = reqwest::Client::new()
            .post(&self.dynamodb)
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header(CONTENT_TYPE, "application/x-amz-json-1.0")
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
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{operation}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Every item of the table, as bodies by key.
    pub async fn items(&self) -> Vec<(String, Value)> {
        let mut res = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut ask = json!({ "TableName": TABLE });
            if !start.is_null() {
                ask["ExclusiveStartKey"] = start;
            }
            let mut page = self.dynamodb("Scan", ask).await;
            for it in page["Items"].as_array().unwrap() {
                let text = |name: &str| it[name]["S"].as_str().unwrap_or_default();
                let key = format!("{}/{}", text("pk"), text("sk"));
                res.push((key, serde_json::from_str(text("body")).unwrap()));
            }
            start = page["LastEvaluatedKey"].take();
            if start.is_null() {
                res.sort_by(|one, other| one.0.cmp(&other.0));
                return res;
            }
        }
    }

    /// The item with this key.
    pub async fn item(&self, key: &str) -> Value {
        let found = self.items().await.into_iter().find(|(it, _)| it == key);
        found.map(|(_, body)| body).unwrap_or_else(|| panic!("there is no {key}"))
    }

    /// Lets five minutes pass for every lease and every person's writer: what a killed process
    /// held is free again.
    pub async fn let_leases_run_out(&self) {
        for (key, mut body) in self.items().await {
            let (pk, sk) = key.split_once('/').unwrap();
            if ["lease", "writer"].contains(&pk) {
                body["until"] = Value::Null;
                let update = json!({
                    "TableName": TABLE,
                    "Key": { "pk": { "S": pk }, "sk": { "S": sk } },
                    "UpdateExpression": "SET body = :body",
                    "ExpressionAttributeValues": { ":body": { "S": body.to_string() } },
                });
                self.dynamodb("UpdateItem", update).await;
            }
        }
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Where SES takes letters (API version 2).
const LETTERS: &str = "/v2/email/outbound-emails";

fn answer(state: &Mutex<State>, path: &str, headers: &HeaderMap, body: &Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let mut state = state.lock().unwrap();
    let service = match target.split('.').next() {
        _ if path == LETTERS => "ses",
        Some("") | None => "sns",
        Some(service) => service,
    };
    if state.refuses == Some(service) {
        let text = json!({ "__type": "AccessDeniedException", "message": "no right" }).to_string();
        let xml = "<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no right\
                   </Message></Error></ErrorResponse>";
        let text = if service == "sns" { xml.to_owned() } else { text };
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    if service == "ses" {
        if state.rejects_letters {
            let said = "Email address is not verified. The following identities failed the check";
            let text = json!({ "__type": "MessageRejected", "message": said });
            return (StatusCode::BAD_REQUEST, axum::Json(text)).into_response();
        }
        state.letters.push(letter(body));
        return axum::Json(json!({ "MessageId": "1" })).into_response();
    }
    match target {
        "secretsmanager.GetSecretValue" => {
            let ask: Value = serde_json::from_slice(body).unwrap();
            state.secret_reads += 1;
            match &state.secret {
                Some(text) if ask["SecretId"] == SECRET => axum::Json(json!({
                    "Name": SECRET, "SecretString": text, "VersionId": "1",
                }))
                .into_response(),
                Some(_) | None => {
                    let text =
                        json!({ "__type": "ResourceNotFoundException", "message": "no value" });
                    (StatusCode::BAD_REQUEST, axum::Json(text)).into_response()
                }
            }
        }
        "AmazonSQS.SendMessage" => {
            let ask: Value = serde_json::from_slice(body).unwrap();
            state.queued.push(ask["MessageBody"].as_str().unwrap().to_owned());
            axum::Json(json!({ "MessageId": "1" })).into_response()
        }
        _ => {
            state.published.push(published(body));
            "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult>\
             </PublishResponse>"
                .into_response()
        }
    }
}

fn letter(body: &[u8]) -> Letter {
    let ask: Value = serde_json::from_slice(body).unwrap();
    let text = |path: &str| ask.pointer(path).and_then(Value::as_str).unwrap().to_owned();
    let to = ask["Destination"]["ToAddresses"].as_array().unwrap();
    Letter {
        from: text("/FromEmailAddress"),
        to: to.iter().map(|it| it.as_str().unwrap().to_owned()).collect(),
        subject: text("/Content/Simple/Subject/Data"),
        body: text("/Content/Simple/Body/Text/Data"),
    }
}

fn published(form: &[u8]) -> Published {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(form).into_owned().collect();
    let field = |name: &str| {
        let found = fields.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.clone())
    };
    assert_eq!(field("Action").as_deref(), Some("Publish"), "nothing else is asked of SNS");
    let attributes = (1..)
        .map_while(|number| {
            let entry = format!("MessageAttributes.entry.{number}");
            Some((field(&format!("{entry}.Name"))?, field(&format!("{entry}.Value.StringValue"))?))
        })
        .collect();
    let arn = field("TopicArn").unwrap();
    Published {
        topic: arn.rsplit(':').next().unwrap().to_owned(),
        subject: field("Subject").unwrap(),
        message: field("Message").unwrap(),
        attributes,
    }
}
