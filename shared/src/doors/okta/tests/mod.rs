//! Okta as it behaves on bad days, and what the door makes of it.
//!
//! Each test has a small server of its own that says what a script tells it. Times are fixed: the
//! machine's clock stands still and the server's `Date` says what the test wants.

mod getting_in;
mod groups;
mod limits;
mod links;
mod policies;
mod reading;
mod writing;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method, Response, Uri},
};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::*;
use crate::words::ids::OktaUserId;

/// 2027-01-15 08:00:00 UTC: what the machine's clock shows, always.
const NOW: i64 = 1_800_000_000;

fn machine_clock() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// Waits that a test can wait for.
const HASTY: Patience = Patience {
    first: Duration::from_millis(2),
    longest: Duration::from_millis(10),
    repeats: 5,
    rate_limit_repeats: 3,
    read_only: Duration::from_millis(2),
};

/// A request as the server heard it.
#[derive(Clone, Debug)]
struct Heard {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: String,
}

impl Heard {
    fn line(&self) -> String {
        let query = if self.query.is_empty() { "" } else { "?" };
        format!("{} {}{query}{}", self.method, self.path, self.query)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap()
    }

    fn form(&self, name: &str) -> String {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }
}

/// An answer to give.
#[derive(Clone, Debug)]
struct Say {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Say {
    fn json(status: u16, body: &Json) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string() }
    }

    fn text(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self { status, headers, body: body.to_owned() }
    }

    fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// An error of Okta's own form.
    fn error(status: u16, code: &str, cause: &str) -> Self {
        let causes = if cause.is_empty() { json!([]) } else { json!([{ "errorSummary": cause }]) };
        let body = json!({
            "errorCode": code, "errorSummary": "Api validation failed", "errorLink": code,
            "errorId": "oaeTest", "errorCauses": causes,
        });
        Self::json(status, &body)
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn rate(self, limit: u32, remaining: u32, resets_in: i64) -> Self {
        self.with("x-rate-limit-limit", limit)
            .with("x-rate-limit-remaining", remaining)
            .with("x-rate-limit-reset", NOW + resets_in)
    }
}

/// A server and what it heard.
struct Stage {
    origin: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Stage {
    /// Plays a script: the request and its number (from 0) give the answer.
    async fn play(script: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (log, script) = (Arc::clone(&heard), Arc::new(script));
        let app = Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                let (log, script) = (Arc::clone(&log), Arc::clone(&script));
                async move {
                    let it = Heard {
                        method,
                        path: uri.path().to_owned(),
                        query: uri.query().unwrap_or("").to_owned(),
                        headers,
                        body: String::from_utf8(body.to_vec()).unwrap(),
                    };
                    let number = {
                        let mut log = log.lock().unwrap();
                        log.push(it.clone());
                        log.len() - 1
                    };
                    respond(script(&it, number), number)
                }
            },
        );
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { origin, heard }
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    fn lines(&self) -> Vec<String> {
        self.heard().iter().map(Heard::line).collect()
    }

    fn client(&self) -> Client {
        self.client_with(Auth::Token("s3cret-t0ken".into()), Settings::default())
    }

    fn client_with(&self, auth: Auth, settings: Settings) -> Client {
        let org_url = BaseUrl::parse(&self.origin).unwrap();
        let credentials = Credentials { org_url, auth };
        let settings = Settings { patience: HASTY, ..settings };
        Client::new(credentials, settings, machine_clock).unwrap()
    }
}

fn respond(say: Say, number: usize) -> Response<Body> {
    let mut res =
        Response::builder().status(say.status).header("x-okta-request-id", format!("req-{number}"));
    if !say.headers.iter().any(|(name, _)| *name == "date") {
        res = res.header("date", http_date(NOW));
    }
    for (name, value) in say.headers {
        res = res.header(name, value);
    }
    res.body(Body::from(say.body)).unwrap()
}

fn http_date(second: i64) -> String {
    let at = Timestamp::from_second(second).unwrap();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap()
}

fn ada() -> OktaUserId {
    OktaUserId::new("00uAda")
}

/// A user as Okta sends one.
fn user_json(id: &str, status: &str) -> Json {
    json!({
        "id": id, "status": status, "created": "2020-01-01T00:00:00.000Z", "activated": null,
        "lastUpdated": "2026-01-01T00:00:00.000Z", "type": { "id": "oty1" },
        "profile": {
            "login": format!("{id}@Acme.example"), "email": format!("{id}@acme.example"),
            "firstName": "Ada", "lastName": "Example", "mobilePhone": null, "title": "Engineer",
        },
        "credentials": { "provider": { "type": "OKTA", "name": "OKTA" } },
        "_links": { "self": { "href": "…" } },
    })
}

/// Nothing that a log might show contains what must not be there.
#[track_caller]
fn assert_discreet(error: &Error) {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(it) = source {
        text.push_str(&format!(" {it} {it:?}"));
        source = it.source();
    }
    for secret in ["s3cret", "Ada@", "acme.example", "Acme.example", "Example", "PRIVATE KEY"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
