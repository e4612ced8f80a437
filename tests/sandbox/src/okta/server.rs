//! From HTTP to handlers and back: routing, callers, limits, and the headers every answer has.

use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    ask::{Answer, Ask, decode},
    error::Problem,
    http::{self, Route},
    limits::{Bucket, Budget},
    model::AdminRole,
    options::Limits,
    org::{Actor, Org},
};
use crate::{Clock, Wire, wire};

/// What the server's tasks share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub org: Arc<Mutex<Org>>,
    pub wire: Wire,
    pub base: String,
    pub under_way: Arc<AtomicUsize>,
}

impl Shared {
    pub fn org(&self) -> MutexGuard<'_, Org> {
        self.org.lock().expect("nobody panics while holding the org")
    }
}

/// Larger bodies than any the API takes.
const LARGEST_BODY: usize = 4 << 20;

pub(crate) fn router(shared: Shared) -> Router {
    let wire = shared.wire.clone();
    Router::new()
        .fallback(serve)
        .with_state(shared)
        .layer(middleware::from_fn_with_state(wire, wire::middleware))
}

async fn serve(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    // Whoever calls us `localhost` gets links, audiences and DPoP URLs with that name.
    let host = parts.headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let base = host.map_or_else(|| shared.base.clone(), |it| format!("http://{it}"));
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let query = url::form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect();
    let mut ask = Ask {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        raw_query,
        query,
        params: Vec::new(),
        headers: parts.headers,
        body,
        base,
    };
    if ask.path.starts_with("/_sandbox/") {
        return dress(http::admin::answer(&shared, &ask));
    }
    let latency = shared.org().options.latency;
    let at_once = shared.under_way.fetch_add(1, Ordering::SeqCst) + 1;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let answer = respond(&mut shared.org(), &mut ask, at_once);
    shared.under_way.fetch_sub(1, Ordering::SeqCst);
    dress(answer)
}

fn respond(org: &mut Org, ask: &mut Ask, at_once: usize) -> Answer {
    org.calls += 1;
    let request = org.ids.word(27);
    let found = find(ask);
    let bucket = found.as_ref().map_or(Bucket::Rest, |it| it.bucket());
    let crowded = match org.options.limits {
        Limits::Off => false,
        Limits::WorkforcePercent(_) | Limits::Custom(_) => at_once > org.options.concurrency,
    };
    let (answer, budget) = if org.congested > 0 || crowded {
        org.congested = org.congested.saturating_sub(1);
        // Limit 0 and remaining 0 say "too many at once"; the reset is only a suggestion.
        let reset = Clock::machine().as_second() + 1;
        (refuse(org, too_many()), Budget { limit: 0, remaining: 0, reset })
    } else {
        answer(org, ask, found, bucket, &request)
    };
    answer
        .header("x-rate-limit-limit", budget.limit.to_string())
        .header("x-rate-limit-remaining", budget.remaining.to_string())
        .header("x-rate-limit-reset", budget.reset.to_string())
        .header("x-okta-request-id", request)
}

fn answer(
    org: &mut Org,
    ask: &Ask,
    found: Result<Found, Problem>,
    bucket: Bucket,
    request: &str,
) -> (Answer, Budget) {
    let options = org.options.clone();
    let caller = match found {
        Ok(Found::Token) => None,
        Ok(Found::Route(_)) | Err(_) => Some(org.authenticate(ask)),
    };
    let name = match &caller {
        Some(Ok(it)) => it.name.as_str(),
        Some(Err(_)) | None => "nobody",
    };
    let budget = match org.meter.count(&options, bucket, name) {
        Ok(it) => it,
        Err(budget) => return (refuse(org, too_many()), budget),
    };
    let route = match found {
        Ok(Found::Token) => return (org.issue_token(ask), budget),
        Ok(Found::Route(route)) => Ok(route),
        Err(problem) => Err(problem),
    };
    let caller = match caller {
        Some(Ok(it)) => it,
        Some(Err(problem)) => return (refuse(org, problem), budget),
        None => return (refuse(org, Problem::forbidden()), budget),
    };
    let route = match route {
        Ok(it) => it,
        Err(problem) => return (refuse(org, problem), budget),
    };
    if !caller.has_scope(route.scope) {
        return (refuse(org, Problem::forbidden()), budget);
    }
    if org.is_read_only && route.method != "GET" {
        let summary = "Service is in read only mode";
        return (refuse(org, Problem::new(503, "E0000010", summary)), budget);
    }
    if let Some(answer) = limits_of_role(org, ask, route, caller.role) {
        return (answer, budget);
    }
    org.actor = Some(Actor { name: caller.name, request: request.to_owned() });
    let res = (route.handler)(org, ask);
    org.actor = None;
    (res.unwrap_or_else(|problem| refuse(org, problem)), budget)
}

/// What a caller without the right role gets to see.
fn limits_of_role(org: &mut Org, ask: &Ask, route: &Route, role: AdminRole) -> Option<Answer> {
    let is_read = route.method == "GET";
    match role {
        AdminRole::Super => None,
        // The trap: a service app with the scope and no role sees an empty company.
        AdminRole::None if is_read && matches!(route.pattern, "/api/v1/users" | "/api/v1/apps") => {
            Some(Answer::list(ask, Vec::new()))
        }
        AdminRole::None => Some(refuse(org, Problem::forbidden())),
        AdminRole::Limited => {
            // Some lesser roles may suspend a super admin; which ones is not known, so none may.
            let is_on_user = !is_read && route.pattern.starts_with("/api/v1/users/{}");
            let target = is_on_user.then(|| org.find(ask.param(0)).ok())??;
            let is_admin = org.roles.get(&target).is_some_and(|it| !it.is_empty());
            is_admin.then(|| refuse(org, Problem::forbidden()))
        }
    }
}

fn too_many() -> Problem {
    Problem::new(429, "E0000047", "API call exceeded rate limit due to too many requests.")
}

/// An error body has all five fields, always.
pub(crate) fn refuse(org: &mut Org, problem: Problem) -> Answer {
    let Problem { status, code, summary, causes } = problem;
    let causes: Vec<Value> = causes.into_iter().map(|it| json!({"errorSummary": it})).collect();
    let error_id = format!("oae{}", org.ids.word(22));
    let res = Answer::ok(json!({
        "errorCode": code, "errorSummary": summary, "errorLink": code,
        "errorId": error_id, "errorCauses": causes,
    }))
    .status(status);
    match (status, code) {
        (401, "E0000011") => res.header("www-authenticate", "Bearer error=\"invalid_token\""),
        (_, "invalid_dpop_proof" | "dpop_proof_required_for_token") => res.header(
            "www-authenticate",
            format!("DPoP error=\"{code}\", error_description=\"{summary}\""),
        ),
        _ => res,
    }
}

/// Where a path leads.
enum Found {
    Token,
    Route(&'static Route),
}

impl Found {
    fn bucket(&self) -> Bucket {
        match self {
            Self::Token => Bucket::Token,
            Self::Route(it) => it.bucket,
        }
    }
}

fn find(ask: &mut Ask) -> Result<Found, Problem> {
    if ask.path == "/oauth2/v1/token" && ask.method == "POST" {
        return Ok(Found::Token);
    }
    let segments: Vec<&str> = ask.path.split('/').skip(1).collect();
    let mut is_path = false;
    for route in http::routes() {
        let Some(params) = captures(route.pattern, &segments) else { continue };
        is_path = true;
        if ask.method == route.method {
            ask.params = params;
            return Ok(Found::Route(route));
        }
    }
    if is_path {
        let summary = "The endpoint does not support the provided HTTP method";
        Err(Problem::new(405, "E0000022", summary))
    } else {
        Err(Problem::new(404, "E0000008", "The requested path was not found"))
    }
}

fn captures(pattern: &str, segments: &[&str]) -> Option<Vec<String>> {
    let mut params = Vec::new();
    let mut rest = segments.iter();
    for wanted in pattern.split('/').skip(1) {
        let here = *rest.next()?;
        if wanted == "{}" {
            params.push(decode(here));
        } else if wanted != here {
            return None;
        }
    }
    rest.next().is_none().then_some(params)
}

fn dress(answer: Answer) -> Response {
    let Answer { status, body, headers } = answer;
    let mut res = match body {
        Some(body) => {
            let mut res = Response::new(Body::from(body.to_string()));
            let json = HeaderValue::from_static("application/json");
            res.headers_mut().insert(header::CONTENT_TYPE, json);
            res
        }
        None => Response::new(Body::empty()),
    };
    *res.status_mut() = status.try_into().expect("handlers answer real HTTP statuses");
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            res.headers_mut().append(name, value);
        }
    }
    // Okta's own clock is what a client must measure the reset against.
    let date = Clock::machine().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        res.headers_mut().insert(header::DATE, date);
    }
    res
}
