//! The door against rows as UKG writes them, and against servers that misbehave as UKG, its
//! gateways and the internet do (reference/ukg.md, sections 1 and 2).

mod asking;
mod fields;
mod hostile;
mod paging;
mod rows;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, Response, StatusCode, Uri},
};

use super::*;
use crate::doors::http::BaseUrl;

/// A server that answers from a closure, and the client that talks to it.
struct Stage {
    client: Client,
    heard: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

impl Stage {
    /// Path and query of all requests, in order.
    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|(it, _)| it.clone()).collect()
    }
}

/// Waits too short to notice: what the real ones are is tested beside [`Patience`].
fn settings() -> Settings {
    let patience = Patience {
        repeats: 3,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(2),
        budget: Duration::from_secs(30),
    };
    Settings { patience, ..Settings::default() }
}

/// Opens a server. `answer` is given the number of the request, from 0, and its address.
async fn stage(
    settings: Settings,
    answer: impl Fn(usize, &Uri) -> Response<Body> + Clone + Send + Sync + 'static,
) -> Stage {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = heard.clone();
    let app = Router::new().fallback(async move |request: Request| {
        let (head, _) = request.into_parts();
        let number = {
            let mut log = log.lock().unwrap();
            log.push((head.uri.to_string(), head.headers));
            log.len() - 1
        };
        answer(number, &head.uri)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let credentials = Credentials {
        base_url: BaseUrl::parse(&origin).unwrap(),
        username: "rollcall".to_owned(),
        password: "opensesame".into(),
        customer_api_key: "3SKPV".into(),
    };
    Stage { client: Client::new(credentials, settings).unwrap(), heard }
}

fn ok(json: impl Into<String>) -> Response<Body> {
    status(200, json)
}

fn status(status: u16, body: impl Into<String>) -> Response<Body> {
    let response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    response.header("content-type", "application/json").body(Body::from(body.into())).unwrap()
}

fn with(mut response: Response<Body>, name: &'static str, value: &str) -> Response<Body> {
    response.headers_mut().append(name, value.parse().unwrap());
    response
}

/// The page that was asked for.
fn page_of(uri: &Uri) -> usize {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs.filter_map(|it| it.strip_prefix("page=")).next().map_or(1, |it| it.parse().unwrap())
}

/// Employments `E{from}` to `E{to - 1}`, as a page.
fn employments(from: usize, to: usize) -> String {
    let rows: Vec<String> =
        (from..to).map(|it| format!(r#"{{"companyID":"6Y4NV","employeeID":"E{it}"}}"#)).collect();
    format!("[{}]", rows.join(","))
}

/// The employee ids that were read, or the error and its verdict.
fn told(read: &Result<Read<Vec<EmploymentRow>>, Error>) -> String {
    match read {
        Ok(read) => {
            let ids: Vec<&str> = read.rows.iter().map(|it| it.employee.as_str()).collect();
            let mut res = format!("{} in {} pages", ids.join(" "), read.pages);
            for finding in &read.findings {
                res.push_str(&format!("\n{finding}"));
            }
            res
        }
        Err(error) => format!("{error} ({:?})", error.verdict()),
    }
}
