//! The Okta simulator over real HTTP: the facts a sync has to live with.

#![expect(clippy::unwrap_used, reason = "a test that cannot ask has failed")]

mod access;
mod dpop;
mod lifecycle;
mod limits;
mod lists;

use reqwest::{Method, StatusCode, header::HeaderMap};
use rollcall_sandbox::okta::{Okta, Options};
use serde_json::{Value, json};

const TOKEN: &str = "00token-of-the-tests";

/// One answer, read to the end.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Reply {
    fn code(&self) -> &str {
        self.body["errorCode"].as_str().unwrap_or_default()
    }

    fn cause(&self) -> &str {
        self.body["errorCauses"][0]["errorSummary"].as_str().unwrap_or_default()
    }

    /// The `Link` lines, one by one as they were sent.
    fn links(&self) -> Vec<&str> {
        self.headers.get_all("link").iter().map(|it| it.to_str().unwrap()).collect()
    }

    fn next(&self) -> Option<String> {
        let next = self.links().into_iter().find(|it| it.ends_with("rel=\"next\""))?;
        Some(next.split(['<', '>']).nth(1).unwrap().to_owned())
    }

    /// The last parts of the logins on a page.
    fn logins(&self) -> Vec<&str> {
        let users = self.body.as_array().unwrap().iter();
        users.map(|it| it["profile"]["login"].as_str().unwrap()).collect()
    }
}

/// A simulator and somebody with an API token.
struct Bed {
    okta: Okta,
    http: reqwest::Client,
}

impl Bed {
    async fn with(options: Options) -> Self {
        let okta = Okta::start(options).await.unwrap();
        okta.org().allow_token(TOKEN, None);
        Self { okta, http: reqwest::Client::new() }
    }

    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/api/v1{path}", self.okta.base_url())
        };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, url).header("authorization", format!("SSWS {TOKEN}"))
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let reply = request.send().await.unwrap();
        let (status, headers) = (reply.status(), reply.headers().clone());
        let text = reply.text().await.unwrap();
        Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    async fn call(&self, method: &str, path: &str) -> Reply {
        self.send(self.request(method, path)).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.request("POST", path).json(&body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(self.request("PUT", path).json(&body)).await
    }
}

/// A joiner's profile.
fn ada() -> Value {
    json!({"login": "ada.lind@brightfield.example", "email": "ada.lind@brightfield.example",
           "firstName": "Ada", "lastName": "Lind"})
}
