//! What went over the wire, and what goes wrong on it when a story asks for it.
//!
//! One [`Wire`] per simulator. Its [`middleware`] writes every call down and injects faults;
//! the simulators' handlers know nothing of either. What can go wrong is in `effect`.

mod effect;
mod gate;

use std::sync::{Arc, Mutex};

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};

pub use self::{
    effect::{Deed, Effect, Rewrite},
    gate::Gate,
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

    /// Method and path without what names one user, group or app: `GET /api/v1/users/{id}`.
    pub fn kind(&self) -> String {
        kind(&self.method, &self.path)
    }
}

fn kind(method: &str, path: &str) -> String {
    let names_one = |it: &str| {
        let is_id = it.len() == 20 && it.contains(|it: char| it.is_ascii_digit());
        is_id || it.contains('@') || it.contains("%40")
    };
    let parts = path.split('/').map(|it| if names_one(it) { "{id}" } else { it });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

fn is_write(method: &str, path: &str) -> bool {
    !matches!(method, "GET" | "HEAD" | "OPTIONS") && !path.starts_with("/oauth2/")
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

impl Fault {
    /// On the first call of this method whose path contains this part, once.
    ///
    /// # Panics
    /// When it is no method of HTTP.
    pub fn once(method: &str, path_contains: &str, effect: Effect) -> Self {
        Self {
            method: Some(method.parse().expect("stories name methods of HTTP")),
            path_contains: path_contains.to_owned(),
            skip: 0,
            times: 1,
            effect,
        }
    }
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

    fn note(&self, method: &Method, path: String, query: String, status: u16) {
        self.state().calls.push(Call { method: method.to_string(), path, query, status });
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
                fuse.around(format!("Okta: {}", kind(method.as_str(), &path)), answer).await
            } else {
                answer.await
            };
            let status = response.status().as_u16();
            (response, status)
        }
        Some(effect) => {
            let silence = effect.is_silence();
            let (response, status) = effect.suffer(request, next).await;
            if silence {
                // The caller goes away, and with it whatever would be done after this line.
                wire.note(&method, path, query, status);
                return std::future::pending().await;
            }
            (response, status)
        }
    };
    wire.note(&method, path, query, seen);
    response
}
