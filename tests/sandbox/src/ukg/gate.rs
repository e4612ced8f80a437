//! Who may ask what, and how often.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Server, answer,
    options::{CUSTOMER_KEY, Grant, PASSWORD, USER},
    query::Query,
};
use crate::Clock;

/// A request as the handlers want it.
#[derive(Debug)]
pub struct Asked {
    /// The host the caller used, for links.
    pub host: String,
    /// The path.
    pub path: String,
    /// The query.
    pub query: Query,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let host = parts.headers.get(header::HOST).and_then(|it| it.to_str().ok());
        Ok(Self {
            host: host.unwrap_or("127.0.0.1").to_owned(),
            path: parts.uri.path().to_owned(),
            query: Query::parse(parts.uri.query().unwrap_or_default()),
        })
    }
}

/// Lets a request through, or refuses it as UKG's gateway would.
pub async fn middleware(State(server): State<Server>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/_sandbox") {
        return next.run(request).await;
    }
    if !is_known(request.headers()) {
        return answer::problem(
            StatusCode::UNAUTHORIZED,
            "Authorization has been denied for this request.",
        );
    }
    let options = server.options();
    if let Some(quota) = options.quota
        && !server.meters().takes(quota)
    {
        let mut response = answer::empty(StatusCode::TOO_MANY_REQUESTS);
        if let Some(seconds) = options.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        return response;
    }
    if grant(path).is_some_and(|it| !options.grants.contains(&it)) {
        return answer::problem(
            StatusCode::FORBIDDEN,
            "The web service account is not permitted to view this service.",
        );
    }
    server.roll();
    next.run(request).await
}

fn is_known(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let account = text("authorization")
        .and_then(|it| it.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, rest)| STANDARD.decode(rest.trim()).ok());
    account.is_some_and(|it| it == format!("{USER}:{PASSWORD}").as_bytes())
        && text("us-customer-api-key") == Some(CUSTOMER_KEY)
}

fn grant(path: &str) -> Option<Grant> {
    if path.starts_with("/configuration/") {
        return Some(Grant::CompanyConfiguration);
    }
    if !path.starts_with("/personnel/") {
        return None;
    }
    Some(if path.contains("/employee-changes") {
        Grant::EmployeeExport
    } else if path.contains("/person-details") {
        Grant::EmployeePersonDetails
    } else if path.contains("/employee-job-history-details") {
        Grant::EmployeeJobHistoryDetails
    } else {
        Grant::PersonnelIntegration
    })
}

/// What the gateway counts.
#[derive(Debug, Default)]
pub struct Meters {
    /// The machine's minute, and the requests in it.
    minute: (i64, u32),
    /// When employee-changes was asked, by the simulated clock.
    pub changes: Vec<jiff::Timestamp>,
}

impl Meters {
    /// Counts a request; false when it is one too many. Quotas are told by the machine's clock.
    fn takes(&mut self, quota: u32) -> bool {
        let minute = Clock::machine().as_second() / 60;
        if self.minute.0 != minute {
            self.minute = (minute, 0);
        }
        self.minute.1 += 1;
        self.minute.1 <= quota
    }
}
