//! Why UKG could not be read. Every case ends the whole read: half an answer is no answer.
//!
//! A text here names the endpoint and the page, never a value, a query or a body: serde's own
//! messages repeat the text they stumbled over, which may be a social security number, so only
//! the place and the kind of a JSON error are kept.

use std::time::Duration;

use reqwest::StatusCode;

use super::Endpoint;
use crate::doors::{Verdict, http::TransportError};

/// What went wrong between us and UKG.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A credential contains what no HTTP header can carry.
    #[error("the ukg {field} contains a character that cannot be sent")]
    UnusableCredentials {
        /// The key in the credentials.
        field: &'static str,
    },
    /// The HTTP client could not be made.
    #[error("failed to start an http client for ukg")]
    NoClient {
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// An id or a table's name that UKG cannot have issued. Nothing was sent.
    #[error("the id given for {endpoint} is not one that ukg issues")]
    NotAnId {
        /// What was to be asked.
        endpoint: Endpoint,
    },
    /// 401.
    #[error("ukg does not know the credentials, asked for {endpoint}")]
    Unauthorized {
        /// What was asked.
        endpoint: Endpoint,
    },
    /// 403.
    #[error("ukg refuses {endpoint}: the account lacks View on \"{grant}\"", grant = endpoint.grant())]
    Forbidden {
        /// What was asked.
        endpoint: Endpoint,
    },
    /// 404 where it cannot mean "no rows".
    #[error("ukg has no {endpoint}")]
    NotFound {
        /// What was asked.
        endpoint: Endpoint,
    },
    /// 429, for longer than we were ready to wait.
    #[error("ukg asked us to slow down on {endpoint}")]
    RateLimited {
        /// What was asked.
        endpoint: Endpoint,
        /// `Retry-After`, which UKG does not send today.
        retry_after: Option<Duration>,
    },
    /// 5xx or 408, for longer than we were ready to wait.
    #[error("ukg answered {endpoint} with {status}")]
    Unavailable {
        /// What was asked.
        endpoint: Endpoint,
        /// The answer.
        status: StatusCode,
    },
    /// Any other status: a request UKG does not take, or a redirect, which is never followed.
    #[error("ukg answered {endpoint} with {status}")]
    Unexpected {
        /// What was asked.
        endpoint: Endpoint,
        /// The answer.
        status: StatusCode,
    },
    /// No complete answer.
    #[error("failed to read {endpoint} from ukg")]
    Transport {
        /// What was asked.
        endpoint: Endpoint,
        /// Why.
        #[source]
        source: TransportError,
    },
    /// HTML or XML: a sign-in page, a proxy, a maintenance notice.
    #[error("ukg answered {endpoint} with something that is not json")]
    NotJson {
        /// What was asked.
        endpoint: Endpoint,
    },
    /// A body that ends too early.
    #[error("page {page} of {endpoint} ends in the middle")]
    CutOff {
        /// What was asked.
        endpoint: Endpoint,
        /// Which page, from 1.
        page: u32,
    },
    /// A body that is not an array of objects.
    #[error("page {page} of {endpoint} is not an array of objects, at line {line} column {column}")]
    NotRows {
        /// What was asked.
        endpoint: Endpoint,
        /// Which page, from 1.
        page: u32,
        /// Where.
        line: usize,
        /// Where.
        column: usize,
    },
    /// `Link: next` leads to another host. Following it would send the credentials there.
    #[error("{endpoint} continues on another host, which is refused")]
    ForeignLink {
        /// What was asked.
        endpoint: Endpoint,
    },
    /// A page came twice: the server ignores the page number, or its links form a circle.
    #[error("page {page} of {endpoint} came again")]
    RepeatedPage {
        /// What was asked.
        endpoint: Endpoint,
        /// The page that was no news.
        page: u32,
    },
    /// The answer announces another number of pages or rows than it has.
    #[error("{endpoint} announces {announced} {unit} and has {read}")]
    Incomplete {
        /// What was asked.
        endpoint: Endpoint,
        /// `pages` or `rows`.
        unit: &'static str,
        /// By `Link: last` or `X-Total-Count`.
        announced: u64,
        /// What came.
        read: u64,
    },
    /// More rows than any customer has.
    #[error("{endpoint} has more than {limit} rows")]
    TooManyRows {
        /// What was asked.
        endpoint: Endpoint,
        /// [`Settings::max_rows`](super::Settings::max_rows).
        limit: usize,
    },
    /// One employee was asked for, and another one's rows came.
    #[error("{endpoint} does not heed the filter by employee")]
    FilterIgnored {
        /// What was asked.
        endpoint: Endpoint,
    },
}

impl Error {
    /// What the caller should do. Retrying within a call has been done already.
    pub fn verdict(&self) -> Verdict {
        match self {
            // A quota's window is "normally 1 minute" (reference/ukg.md, section 1).
            Self::RateLimited { retry_after, .. } => {
                Verdict::Retry { after: retry_after.unwrap_or(Duration::from_secs(60)) }
            }
            // Rows that move while we turn pages, and broken connections, pass by themselves.
            Self::Unavailable { .. } | Self::CutOff { .. } | Self::Incomplete { .. } => {
                Verdict::Retry { after: Duration::from_secs(60) }
            }
            Self::Transport { source, .. } => match source {
                TransportError::Connect(_)
                | TransportError::Timeout(_)
                | TransportError::Broken(_) => Verdict::Retry { after: Duration::from_secs(60) },
                TransportError::TooLarge { .. } => Verdict::Page,
            },
            Self::NotAnId { .. } => Verdict::Refuse,
            Self::UnusableCredentials { .. }
            | Self::NoClient { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Unexpected { .. }
            | Self::NotJson { .. }
            | Self::NotRows { .. }
            | Self::ForeignLink { .. }
            | Self::RepeatedPage { .. }
            | Self::TooManyRows { .. }
            | Self::FilterIgnored { .. } => Verdict::Page,
        }
    }

    /// One sentence for the administrator: what to check.
    pub fn advice(&self) -> String {
        match self {
            Self::UnusableCredentials { field } => {
                format!("Enter the UKG {field} again: it contains a line break or a colon.")
            }
            Self::NoClient { .. } => {
                "Check the certificates and the TLS setup of this machine.".to_owned()
            }
            Self::NotAnId { .. } => {
                "Give an employee id as UKG shows it: letters and digits only.".to_owned()
            }
            Self::Unauthorized { .. } => {
                "Check user name, password and customer API key, and that the web service account \
                 is not suspended (System Configuration > Security > Web Services)."
                    .to_owned()
            }
            Self::Forbidden { endpoint } => format!(
                "Grant the web service account View on \"{}\" (System Configuration > Security > \
                 Web Services).",
                endpoint.grant()
            ),
            Self::NotFound { .. } | Self::Unexpected { .. } => {
                "Check that base_url is the host shown under System Configuration > Security > \
                 Web Services, and that the tenant offers this endpoint."
                    .to_owned()
            }
            Self::RateLimited { .. } => {
                "Nothing to do unless it lasts: then run less often, or find out what else uses \
                 the tenant's API quota."
                    .to_owned()
            }
            Self::Unavailable { .. } | Self::CutOff { .. } => {
                "Nothing to do unless it lasts: then look at UKG's status page.".to_owned()
            }
            Self::Transport { source, .. } => match source {
                TransportError::Connect(_) => {
                    "Check base_url and that this machine may reach it (DNS, firewall, proxy)."
                }
                TransportError::Timeout(_) | TransportError::Broken(_) => {
                    "Nothing to do unless it lasts: then set a smaller page size."
                }
                TransportError::TooLarge { .. } => "Set a smaller page size.",
            }
            .to_owned(),
            Self::NotJson { .. } => {
                "Check that base_url is UKG's web service host, not its sign-in page, and that no \
                 proxy answers in its place."
                    .to_owned()
            }
            Self::NotRows { .. } | Self::ForeignLink { .. } | Self::FilterIgnored { .. } => {
                "Check that base_url is UKG's web service host; if it is, UKG has changed its \
                 answers and Rollcall needs an update."
                    .to_owned()
            }
            Self::RepeatedPage { .. } | Self::Incomplete { .. } => {
                "Run again; if it lasts, set a smaller page size and ask UKG's support about this \
                 endpoint's paging."
                    .to_owned()
            }
            Self::TooManyRows { .. } => {
                "Raise the row limit if the company really has that many records.".to_owned()
            }
        }
    }

    /// The wait that UKG itself asked for.
    pub(super) fn term(&self) -> Option<Duration> {
        if let Self::RateLimited { retry_after, .. } = self { *retry_after } else { None }
    }

    /// Whether there was not even a connection.
    pub(super) fn never_connected(&self) -> bool {
        matches!(self, Self::Transport { source: TransportError::Connect(_), .. })
    }

    /// Whether asking the same again in a moment may help.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } => true,
            Self::Transport { source, .. } => match source {
                TransportError::Connect(_)
                | TransportError::Timeout(_)
                | TransportError::Broken(_) => true,
                TransportError::TooLarge { .. } => false,
            },
            Self::UnusableCredentials { .. }
            | Self::NoClient { .. }
            | Self::NotAnId { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Unexpected { .. }
            | Self::NotJson { .. }
            | Self::CutOff { .. }
            | Self::NotRows { .. }
            | Self::ForeignLink { .. }
            | Self::RepeatedPage { .. }
            | Self::Incomplete { .. }
            | Self::TooManyRows { .. }
            | Self::FilterIgnored { .. } => false,
        }
    }
}
