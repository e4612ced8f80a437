//! What went over the wire, and what goes wrong on it when a story asks for it.
//!
//! One [`Wire`] per simulator. Its [`middleware`] writes every call down and injects faults;
//! the simulators' handlers know nothing of either.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::fuse::Fuse;

/// One call that reached a simulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The HTTP method.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query as sent, still percent-encoded.
    pub query: String,
    /// The status of the answer (what the caller saw; 0 when the connection was dropped).
    pub status: u16,
}

impl Call {
    /// Whether the call could have changed anything.
    pub fn is_write(&self) -> bool {
        is_write(&self.method, &self.path)
    }
}

fn is_write(method: &str, path: &str) -> bool {
    !matches!(method, "GET" | "HEAD" | "OPTIONS") && !path.starts_with("/oauth2/")
}

/// Something that goes wrong.
#[derive(Clone, Debug)]
pub enum Effect {
    /// This status and JSON body instead of the answer; the request has no effect.
    Answer(u16, String),
    /// The request has its effect, then this status and body are answered.
    AnswerAfter(u16, String),
    /// The connection drops before the request has its effect.
    DropBefore,
    /// The request has its effect, then the connection drops without an answer.
    DropAfter,
    /// The answer comes after this delay.
    Delay(Duration),
    /// Only the first `n` bytes of the real body, under its full content length or none.
    Truncate(usize),
    /// The real status, with an HTML page for a body.
    Html,
    /// The real answer with this header in the place of its own: a name in lower case, a value.
    Header(&'static str, String),
    /// A redirect to this address; the request has no effect.
    Redirect(String),
}

/// When something goes wrong: on the calls after the first `skip` that match, `times` times.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The HTTP method, or `None` for any.
    pub method: Option<Method>,
    /// A part of the path (and query) that must occur.
    pub path_contains: String,
    /// How many matching calls pass first.
    pub skip: usize,
    /// How many matching calls are hit.
    pub times: usize,
    /// What happens to them.
    pub effect: Effect,
}

/// The shared state of a simulator's wire.
#[derive(Clone, Debug, Default)]
pub struct Wire(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    calls: Vec<Call>,
    faults: Vec<Fault>,
    fuse: Fuse,
}

impl Wire {
    fn state(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().expect("nobody panics while holding the wire")
    }

    /// Everything called so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// The calls that could have changed anything.
    pub fn writes(&self) -> Vec<Call> {
        self.state().calls.iter().filter(|it| it.is_write()).cloned().collect()
    }

    /// Forgets the calls so far.
    pub fn forget(&self) {
        self.state().calls.clear();
    }

    /// Adds a fault. Faults are tried in the order they were added; the first that matches wins.
    pub fn inject(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Removes every fault.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// Lets every write pass through a fuse.
    pub fn protect(&self, fuse: Fuse) {
        self.state().fuse = fuse;
    }

    fn effect_on(&self, method: &Method, target: &str) -> Option<Effect> {
        let mut state = self.state();
        let fault = state.faults.iter_mut().find(|it| {
            it.times > 0
                && it.method.as_ref().is_none_or(|wanted| wanted == method)
                && target.contains(&it.path_contains)
        })?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        fault.times -= 1;
        Some(fault.effect.clone())
    }
}

/// Writes the call down and lets its fault happen.
/// Use with `axum::middleware::from_fn_with_state(wire, wire::middleware)` as the outermost layer.
pub async fn middleware(State(wire): State<Wire>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    // The sandbox's own pages are not the vendor's: they are neither logged nor broken.
    if path.starts_with("/_sandbox") {
        return next.run(request).await;
    }
    let effect = wire.effect_on(&method, &format!("{path}?{query}"));
    let (response, seen) = match effect {
        None => {
            let answer = next.run(request);
            let response = if is_write(method.as_str(), &path) {
                let fuse = wire.state().fuse.clone();
                fuse.around(answer).await
            } else {
                answer.await
            };
            let status = response.status().as_u16();
            (response, status)
        }
        Some(effect) => suffer(effect, request, next).await,
    };
    wire.state().calls.push(Call { method: method.to_string(), path, query, status: seen });
    response
}

async fn suffer(effect: Effect, request: Request, next: Next) -> (Response, u16) {
    match effect {
        Effect::Answer(status, body) => (json(status, body), status),
        Effect::AnswerAfter(status, body) => {
            next.run(request).await;
            (json(status, body), status)
        }
        Effect::DropBefore => (dropped(), 0),
        Effect::DropAfter => {
            next.run(request).await;
            (dropped(), 0)
        }
        Effect::Delay(by) => {
            tokio::time::sleep(by).await;
            let response = next.run(request).await;
            let status = response.status().as_u16();
            (response, status)
        }
        Effect::Truncate(bytes) => {
            let (mut parts, body) = next.run(request).await.into_parts();
            let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
            parts.headers.remove(header::CONTENT_LENGTH);
            let status = parts.status.as_u16();
            let cut = whole.slice(..bytes.min(whole.len()));
            (Response::from_parts(parts, Body::from(cut)), status)
        }
        Effect::Header(name, value) => {
            let mut response = next.run(request).await;
            let value = header::HeaderValue::from_str(&value).expect("faults use plain headers");
            response.headers_mut().insert(name, value);
            let status = response.status().as_u16();
            (response, status)
        }
        Effect::Redirect(to) => {
            let status = StatusCode::TEMPORARY_REDIRECT;
            ((status, [(header::LOCATION, to)]).into_response(), status.as_u16())
        }
        Effect::Html => {
            let (mut parts, _) = next.run(request).await.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.insert(
                header::CONTENT_TYPE,
                header::HeaderValue::from_static("text/html; charset=utf-8"),
            );
            let status = parts.status.as_u16();
            let page = "<!doctype html><title>Sign in</title><h1>Sign in</h1>";
            (Response::from_parts(parts, Body::from(page)), status)
        }
    }
}

fn json(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("faults name real HTTP statuses");
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// An answer whose body fails at once: the server closes the connection, the client sees it break off.
fn dropped() -> Response {
    let broken: Result<&[u8], std::io::Error> = Err(std::io::ErrorKind::ConnectionReset.into());
    let mut response = Response::new(Body::from_stream(Broken(Some(broken))));
    response.headers_mut().insert(header::CONTENT_LENGTH, header::HeaderValue::from_static("64"));
    response
}

struct Broken(Option<Result<&'static [u8], std::io::Error>>);

impl futures::Stream for Broken {
    type Item = Result<&'static [u8], std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take())
    }
}
