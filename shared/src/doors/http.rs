//! The hinge both HTTP doors hang on: one client, capped bodies, no foreign hosts.
//!
//! It knows nothing of UKG or Okta. Redirects are never followed and `http://` is refused except
//! on loopback (design, section 5.8).

use std::{fmt, time::Duration};

use reqwest::{Client, Method, Response, StatusCode, header::HeaderMap};
use url::{Host, Url};

/// The origin of a vendor's API. Requests go there and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url); // Invariant: https, or http on loopback; no user, query or fragment.

/// Why an address cannot be an API's origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBaseUrl {
    /// Not an absolute URL.
    #[error("is not a URL such as https://acme.okta.com")]
    NotAUrl,
    /// Plain http to another machine.
    #[error("must begin with https:// (http:// is allowed on this machine's loopback only)")]
    NotSecure,
    /// Contains a user, a query or a fragment.
    #[error("must be an origin only, without user, query or fragment")]
    NotAnOrigin,
}

impl BaseUrl {
    /// Reads the address from the credentials.
    ///
    /// # Errors
    /// When it is no URL, is not secure, or is more than an origin.
    pub fn parse(raw: &str) -> Result<Self, BadBaseUrl> {
        let url = Url::parse(raw.trim()).map_err(|_| BadBaseUrl::NotAUrl)?;
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(BadBaseUrl::NotAUrl),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            _ => return Err(BadBaseUrl::NotSecure),
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(BadBaseUrl::NotAnOrigin);
        }
        Ok(Self(url))
    }

    /// The address of `path` (which begins with `/`, query allowed) under this origin.
    pub fn join(&self, path: &str) -> Url {
        self.0.join(path).expect("our own paths are valid references")
    }

    /// Whether `url` is on this very origin: a `Link: next` that is not gets refused.
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }

    /// The origin as text, without a trailing slash.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

/// The body of an answer was not to be had.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection: name, route, refused, TLS.
    #[error("no connection")]
    Connect(#[source] reqwest::Error),
    /// No answer in time. The request may have had its effect.
    #[error("no answer in time")]
    Timeout(#[source] reqwest::Error),
    /// The connection broke off. The request may have had its effect.
    #[error("the connection broke off")]
    Broken(#[source] reqwest::Error),
    /// The body is larger than any honest answer.
    #[error("an answer of more than {limit} bytes")]
    TooLarge {
        /// The cap.
        limit: usize,
    },
}

impl TransportError {
    /// Whether the request surely had no effect, so that even a create can be sent again.
    pub fn surely_had_no_effect(&self) -> bool {
        match self {
            Self::Connect(_) => true,
            Self::Timeout(_) | Self::Broken(_) | Self::TooLarge { .. } => false,
        }
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The URL can carry a login or a name in its query, and this error reaches the logs.
        let error = error.without_url();
        if error.is_connect() {
            Self::Connect(error)
        } else if error.is_timeout() {
            Self::Timeout(error)
        } else {
            Self::Broken(error)
        }
    }
}

/// A whole answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers, repeated ones kept apart.
    pub headers: HeaderMap,
    /// The body, at most as long as the cap.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header as text, when it is there and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What an honest answer keeps to. Whoever goes beyond it is not waited for, nor read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest wait for a connection.
    pub connect: Duration,
    /// The longest wait for one answer, to the last byte of its body.
    pub answer: Duration,
    /// The longest body, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            // UKG pages of 10,000 rows are slow; a hung socket is slower.
            answer: Duration::from_secs(60),
            // A UKG page of 10,000 rows with 100 columns is about 30 MB.
            body: 128 * 1024 * 1024,
        }
    }
}

/// A client that follows no redirect and gives up in time.
///
/// # Errors
/// When the TLS library cannot be started.
pub fn client(limits: Limits) -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(limits.connect)
        .timeout(limits.answer)
        .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Sends a request and reads the whole answer, up to [`Limits::body`].
///
/// # Errors
/// When there was no complete answer. An HTTP status of any kind is not an error here.
pub async fn send(
    request: reqwest::RequestBuilder,
    limits: Limits,
) -> Result<Answer, TransportError> {
    let limit = limits.body;
    let mut response: Response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::with_capacity(
        response.content_length().and_then(|it| usize::try_from(it).ok()).unwrap_or(0).min(limit),
    );
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(TransportError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

/// The targets of the `rel="next"` links among the `Link` headers, in order.
///
/// Understands both several `Link` lines (Okta) and one comma-joined line (UKG), as RFC 8288
/// allows. Anything unreadable is left out.
pub fn next_links(headers: &HeaderMap) -> Vec<String> {
    links(headers, "next")
}

/// The targets of the links of one relation (`next`, `last`), in order.
pub fn links(headers: &HeaderMap, relation: &str) -> Vec<String> {
    headers
        .get_all(reqwest::header::LINK)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(links_of_line)
        .filter(|(_, params)| is_relation(params, relation))
        .map(|(target, _)| target)
        .collect()
}

/// The `<target>; params` pairs of one line. Commas and semicolons inside `<…>` are part of the URL.
fn links_of_line(line: &str) -> Vec<(String, String)> {
    let mut res = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.find('<') {
        let Some(close) = rest[open..].find('>').map(|it| open + it) else { break };
        let target = rest[open + 1..close].to_owned();
        let after = &rest[close + 1..];
        let end = after.find(",<").or_else(|| after.find(", <")).unwrap_or(after.len());
        res.push((target, after[..end].to_owned()));
        rest = &after[end..];
    }
    res
}

fn is_relation(params: &str, relation: &str) -> bool {
    params.split(';').any(|it| {
        it.trim().split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .trim()
                    .trim_matches('"')
                    .split(' ')
                    .any(|it| it.eq_ignore_ascii_case(relation))
        })
    })
}

/// Whether a method changes something.
pub fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_https_or_on_this_machine() {
        assert!(BaseUrl::parse("https://acme.okta.com").is_ok());
        assert!(BaseUrl::parse("http://127.0.0.1:4000/").is_ok());
        assert_eq!(BaseUrl::parse("http://acme.okta.com"), Err(BadBaseUrl::NotSecure));
        assert_eq!(BaseUrl::parse("http://localhost.evil.io"), Err(BadBaseUrl::NotSecure));
        assert_eq!(BaseUrl::parse("https://u:p@acme.okta.com"), Err(BadBaseUrl::NotAnOrigin));
        assert_eq!(BaseUrl::parse("acme.okta.com"), Err(BadBaseUrl::NotAUrl));
    }

    #[test]
    fn next_links_are_found_in_both_spellings() {
        let mut okta = HeaderMap::new();
        okta.append("link", r#"<https://x.io/a?limit=1>; rel="self""#.parse().unwrap());
        okta.append("link", r#"<https://x.io/a?after=1,2;3>; rel="next""#.parse().unwrap());
        assert_eq!(next_links(&okta), ["https://x.io/a?after=1,2;3"]);

        let mut ukg = HeaderMap::new();
        let line = r#"<https://x.io/b?page=2>; rel="next", <https://x.io/b?page=9>; rel="last""#;
        ukg.append("link", line.parse().unwrap());
        assert_eq!(next_links(&ukg), ["https://x.io/b?page=2"]);
        assert_eq!(links(&ukg, "last"), ["https://x.io/b?page=9"]);

        assert!(next_links(&HeaderMap::new()).is_empty());
    }
}
