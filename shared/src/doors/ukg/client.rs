//! The connection: who we are, how we ask, and what a status means.
//!
//! It reads and has nothing to write with. What is asked is in [`super::endpoint`], when an
//! answer is complete in [`super::paging`].

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use jiff::fmt::rfc2822;
use reqwest::{
    StatusCode,
    header::{ACCEPT, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    Error, Patience,
    endpoint::{Endpoint, Paging, Question},
    retry::patiently,
};
use crate::doors::http::{self, Answer, BaseUrl};

/// A web service account of the customer's UKG tenant. Web users do not work for REST
/// (reference/ukg.md, section 1).
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The service host, which differs per data center: System Configuration > Security > Web
    /// Services shows it.
    pub base_url: BaseUrl,
    /// The account.
    pub username: String,
    /// Its password, shown once by UKG.
    pub password: SecretString,
    /// The five characters that name the tenant.
    pub customer_api_key: SecretString,
}

/// Which of UKG's two employment endpoints to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// `employment-details`: has the job's description.
    Old,
    /// `employee-employment-details`: has the expected end of a leave and the home company.
    #[default]
    New,
}

/// What differs between customers and between machines.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The employment endpoint.
    pub shape: Shape,
    /// Rows per page to ask for. `employee-changes` gets at most 200.
    pub page_size: u32,
    /// Codes that UKG writes for "none" (reference/ukg.md, section 7.8).
    pub placeholder_codes: BTreeSet<String>,
    /// Whether contracts are read with the people: only where the policy takes an end date from
    /// them, since the endpoint needs a feature that is switched on per company.
    pub reads_contracts: bool,
    /// The user-defined field that is read with the people, by its slot (`personnelUDField05`) or
    /// by what the customer calls it: only where the policy takes an end date from one.
    pub end_field: Option<String>,
    /// An answer with more rows is refused.
    pub max_rows: usize,
    /// How long to go on asking.
    pub patience: Patience,
    /// What one answer must keep to.
    pub limits: http::Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shape: Shape::default(),
            // Default and maximum since January 2022 (reference/ukg.md, section 2.2).
            page_size: 10_000,
            placeholder_codes: ["Z", "0"].map(str::to_owned).into(),
            reads_contracts: false,
            end_field: None,
            // A company of a million, with everybody who has left it: kept packed, a gigabyte.
            max_rows: 5_000_000,
            patience: Patience::default(),
            limits: http::Limits::default(),
        }
    }
}

/// Reads UKG. There is no counterpart that writes.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    credentials: Credentials,
    api_key: HeaderValue,
    settings: Settings,
    calls: AtomicU64,
}

/// Bytes of the key's hash that say which tenant it is: enough to tell one from another, and too
/// few to find the key by trying.
const KEY_MARK: usize = 2;

const API_KEY: HeaderName = HeaderName::from_static("us-customer-api-key");

impl Client {
    /// Which tenant this is: the host, and a mark of the customer API key that does not give it
    /// away.
    pub fn tenant(&self) -> String {
        let Credentials { base_url, customer_api_key, .. } = &self.credentials;
        let hash = Sha256::digest(format!("rollcall {}", customer_api_key.expose_secret()));
        let mark = hash.iter().take(KEY_MARK).map(|it| format!("{it:02x}"));
        format!("{}#{}", base_url.origin(), mark.collect::<String>())
    }

    /// A client for one tenant. Nothing is sent yet.
    ///
    /// # Errors
    /// When the user name or the API key cannot be sent, or TLS cannot be started.
    pub fn new(credentials: Credentials, settings: Settings) -> Result<Self, Error> {
        let http = http::client(settings.limits).map_err(|source| Error::NoClient { source })?;
        // Basic authentication ends the user at the first colon, and UKG would answer 401.
        if credentials.username.contains(':') {
            return Err(Error::UnusableCredentials { field: "username" });
        }
        let key = credentials.customer_api_key.expose_secret().trim();
        let mut api_key = HeaderValue::from_str(key)
            .map_err(|_| Error::UnusableCredentials { field: "customer_api_key" })?;
        api_key.set_sensitive(true);
        Ok(Self { http, credentials, api_key, settings, calls: AtomicU64::new(0) })
    }

    /// Requests sent so far, repeated ones included.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn base_url(&self) -> &BaseUrl {
        &self.credentials.base_url
    }

    /// The address of the first page.
    pub(super) fn url(&self, question: &Question) -> Url {
        let mut url = self.base_url().join(question.endpoint.path());
        if let Some(part) = &question.part {
            url.path_segments_mut().expect("an http address has a path").push(part);
        }
        if !question.filters.is_empty() {
            url.query_pairs_mut().extend_pairs(&question.filters);
        }
        if let Paging::Numbered { size, cap } = question.paging {
            let rows = self.settings.page_size.min(cap).max(1).to_string();
            url.query_pairs_mut().append_pair("page", "1").append_pair(size, &rows);
        }
        url
    }

    /// Asks until there is an answer with rows in it.
    pub(super) async fn ask(&self, endpoint: Endpoint, url: &Url) -> Result<Answer, Error> {
        patiently(&self.settings.patience, || self.ask_once(endpoint, url)).await
    }

    async fn ask_once(&self, endpoint: Endpoint, url: &Url) -> Result<Answer, Error> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let Credentials { base_url: _, username, password, customer_api_key: _ } =
            &self.credentials;
        let request = self
            .http
            .get(url.clone())
            .basic_auth(username, Some(password.expose_secret()))
            .header(API_KEY, self.api_key.clone())
            .header(ACCEPT, "application/json");
        let answer = http::send(request, self.settings.limits)
            .await
            .map_err(|source| Error::Transport { endpoint, source })?;
        judge(endpoint, answer)
    }
}

/// What a status means (reference/ukg.md, section 1). The body of an error is not read: its shape
/// is not known, and what it says may be about a person.
fn judge(endpoint: Endpoint, answer: Answer) -> Result<Answer, Error> {
    match answer.status {
        StatusCode::OK if is_markup(&answer) => Err(Error::NotJson { endpoint }),
        StatusCode::OK => Ok(answer),
        StatusCode::UNAUTHORIZED => Err(Error::Unauthorized { endpoint }),
        StatusCode::FORBIDDEN => Err(Error::Forbidden { endpoint }),
        // A web server's own 404 page knows nothing of employees: it must not say "no rows".
        StatusCode::NOT_FOUND if is_markup(&answer) => Err(Error::NotJson { endpoint }),
        StatusCode::NOT_FOUND => Err(Error::NotFound { endpoint }),
        StatusCode::TOO_MANY_REQUESTS => {
            Err(Error::RateLimited { endpoint, retry_after: retry_after(&answer) })
        }
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            Err(Error::Unavailable { endpoint, status })
        }
        status => Err(Error::Unexpected { endpoint, status }),
    }
}

fn is_markup(answer: &Answer) -> bool {
    let kind = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    kind.contains("html")
        || kind.contains("xml")
        || answer.body.iter().find(|it| !it.is_ascii_whitespace()) == Some(&b'<')
}

/// UKG's quota is normally per minute, so a longer term is a gateway's fancy. A queue that trusted
/// it would leave a leaver's access open until next week.
const LONGEST_TERM: Duration = Duration::from_secs(3_600);

/// Seconds, or a date, which is measured against the server's own clock and not against ours.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let told = answer.header("retry-after")?.trim();
    if let Ok(seconds) = told.parse() {
        return Some(Duration::from_secs(seconds).min(LONGEST_TERM));
    }
    let told = rfc2822::parse(told).ok()?.timestamp();
    let now = rfc2822::parse(answer.header("date")?).ok()?.timestamp();
    // A term that is already over comes out negative, and is no term.
    Some(Duration::try_from(told.duration_since(now)).unwrap_or(Duration::ZERO).min(LONGEST_TERM))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    #[test]
    fn a_term_is_read_in_both_forms() {
        let term = |headers: &[(&'static str, &'static str)]| {
            let pairs = headers.iter().map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            });
            let headers = HeaderMap::from_iter(pairs);
            let status = StatusCode::TOO_MANY_REQUESTS;
            retry_after(&Answer { status, headers, body: Vec::new() }).map(|it| it.as_secs())
        };
        let (at, now) = ("Fri, 06 Mar 2026 10:00:30 GMT", "Fri, 06 Mar 2026 10:00:00 GMT");
        assert_eq!(term(&[("retry-after", "5")]), Some(5));
        assert_eq!(term(&[("retry-after", at), ("date", now)]), Some(30));
        assert_eq!(term(&[("retry-after", now), ("date", at)]), Some(0));
        assert_eq!(term(&[("retry-after", at)]), None);
        assert_eq!(term(&[("retry-after", "18446744073709551615")]), Some(3_600));
        assert_eq!(term(&[("retry-after", "soon")]), None);
        assert_eq!(term(&[]), None);
    }

    fn credentials(username: &str, key: &str) -> Credentials {
        Credentials {
            base_url: BaseUrl::parse("https://service5.ultipro.com").unwrap(),
            username: username.to_owned(),
            password: "hunter2".into(),
            customer_api_key: key.into(),
        }
    }

    #[test]
    fn credentials_that_cannot_be_sent_are_refused_by_name() {
        let refusal = |username, key| {
            let client = Client::new(credentials(username, key), Settings::default());
            client.unwrap_err().to_string()
        };
        assert_eq!(
            refusal("roll:call", "3SKPV"),
            "the ukg username contains a character that cannot be sent"
        );
        assert_eq!(
            refusal("rollcall", "3S\nKPV"),
            "the ukg customer_api_key contains a character that cannot be sent"
        );
    }

    #[test]
    fn no_secret_is_shown() {
        let credentials = credentials("rollcall", "3SKPV\n");
        let client = Client::new(credentials.clone(), Settings::default()).unwrap();
        let shown = format!("{credentials:?} {client:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("3SKPV"), "{shown}");
    }
}
