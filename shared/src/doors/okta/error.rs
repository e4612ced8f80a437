//! What can go wrong at Okta's door, told apart by what the caller does about it.
//!
//! No text here holds a login, an address or a body: ids, codes and attribute names only. How an
//! answer becomes one of these is in [`super::answer`].

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    doors::{Verdict, http::TransportError},
    words::ids::{AppId, GroupId, OktaUserId},
};

/// Whom or what a call was about: ids only, so that it may be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Everyone: a list, or a setting of the whole org.
    Org,
    /// Somebody who has no id yet, or whose id is what we asked for.
    Someone,
    /// One user.
    User(OktaUserId),
    /// One group.
    Group(GroupId),
    /// One user in one group.
    Member(OktaUserId, GroupId),
    /// One user at one app.
    Access(OktaUserId, AppId),
    /// One enrollment policy.
    Policy(Arc<str>),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Org => write!(f, "the org"),
            Self::Someone => write!(f, "someone without a known id"),
            Self::User(user) => write!(f, "user {user}"),
            Self::Group(group) => write!(f, "group {group}"),
            Self::Member(user, group) => write!(f, "user {user} in group {group}"),
            Self::Access(user, app) => write!(f, "user {user} at app {app}"),
            Self::Policy(policy) => write!(f, "policy {policy}"),
        }
    }
}

/// A call in words: what was tried, and on whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// A verb phrase: `suspend`, `list users`.
    pub operation: &'static str,
    /// On whom.
    pub subject: Subject,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Subject::Org => f.write_str(self.operation),
            Subject::Someone
            | Subject::User(_)
            | Subject::Group(_)
            | Subject::Member(..)
            | Subject::Access(..)
            | Subject::Policy(_) => write!(f, "{} ({})", self.operation, self.subject),
        }
    }
}

/// Why Okta will not do this one thing, however often it is asked (reference/okta.md, section 10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The user's status does not allow it: E0000038, E0000032, and the E0000001 causes of suspend
    /// and unsuspend. Read the user again and plan again.
    WrongStatus,
    /// E0000016: activation of an active user. Done, once a read confirms it.
    AlreadyActive,
    /// 404 E0000007: no such thing; to `deactivate` it also means that the user is DEPROVISIONED
    /// already.
    NotFound,
    /// E0000023: another system owns the profile.
    MasteredElsewhere,
    /// E0000006: the rights of our role end here (an admin, a group of another kind).
    NotPermitted,
    /// E0000046: the app comes from a group; leaving the group is the only way.
    ByGroup,
    /// E0000060: the group is managed in an app, or built in.
    ReadOnlyGroup,
    /// E0000075, 77, 78, 81: the attribute is mapped, read-only, immutable or reserved.
    ReadOnlyAttribute,
    /// E0000001 with "is not defined in profile". Okta raised it now and then for attributes that
    /// do exist until 2026.08.2: once more, after reading the schema, is right.
    UnknownAttribute,
    /// E0000055, or E0000001 on the name: another group, or another relationship, has it.
    NameTaken,
    /// The default policy is for everybody whom no other policy fits. This program never writes
    /// it; nothing was sent.
    DefaultPolicy,
    /// The policy would be left without a group, and Okta makes such a policy one for Everyone.
    /// Nothing was sent.
    ForEveryone,
    /// E0000093: more than 20 groups in a create call.
    TooManyGroups,
    /// E0000001: these attributes are not acceptable. Names of attributes, never their values.
    Invalid {
        /// As far as Okta named them.
        attributes: Vec<Arc<str>>,
    },
    /// A refusal for which this program has no special answer.
    Code {
        /// The HTTP status.
        status: u16,
        /// Okta's code, when it gave one.
        code: Option<Arc<str>>,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongStatus => write!(f, "the user's status does not allow it"),
            Self::AlreadyActive => write!(f, "the user is active already"),
            Self::NotFound => write!(f, "not found"),
            Self::MasteredElsewhere => write!(f, "another system masters the profile"),
            Self::NotPermitted => write!(f, "our role does not permit it"),
            Self::ByGroup => write!(f, "a group grants the app"),
            Self::ReadOnlyGroup => write!(f, "the group is not Okta's own"),
            Self::ReadOnlyAttribute => write!(f, "an attribute cannot be written"),
            Self::UnknownAttribute => write!(f, "an attribute is not in the schema"),
            Self::NameTaken => write!(f, "the name is taken"),
            Self::DefaultPolicy => write!(f, "it is the default policy"),
            Self::ForEveryone => write!(f, "without a group the policy would be for everyone"),
            Self::TooManyGroups => write!(f, "too many groups in one call"),
            Self::Invalid { attributes } if attributes.is_empty() => write!(f, "not acceptable"),
            Self::Invalid { attributes } => write!(f, "not acceptable: {}", attributes.join(", ")),
            Self::Code { status, code: None } => write!(f, "status {status}"),
            Self::Code { status, code: Some(code) } => write!(f, "status {status}, {code}"),
        }
    }
}

/// What is odd about an answer that no working Okta gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// A web page: a proxy, a portal, a maintenance page.
    WebPage,
    /// Neither JSON nor a web page.
    NotJson,
    /// A redirect. We follow none.
    Redirect,
    /// A status that this call never has.
    Status,
    /// The JSON ends in the middle.
    Truncated,
    /// JSON, but not of this shape.
    Shape {
        /// Where in its (single) line.
        column: usize,
    },
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WebPage => write!(f, "a web page"),
            Self::NotJson => write!(f, "something other than JSON"),
            Self::Redirect => write!(f, "a redirect"),
            Self::Status => write!(f, "a status this call never has"),
            Self::Truncated => write!(f, "half an answer"),
            Self::Shape { column } => write!(f, "JSON of another shape (column {column})"),
        }
    }
}

/// Everything that can go wrong at Okta's door.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The run's deadline comes before Okta would let us go on. Nothing was sent.
    #[error("no time left to {attempt}")]
    OutOfTime {
        /// What was tried.
        attempt: Attempt,
    },
    /// Okta kept saying 429.
    #[error("okta asked us to slow down before we could {attempt}")]
    RateLimited {
        /// What was tried.
        attempt: Attempt,
        /// When its bucket is full again.
        after: Duration,
    },
    /// No complete answer. What was tried surely had no effect, or was a read.
    #[error("failed to reach okta to {attempt}")]
    Unreachable {
        /// What was tried.
        attempt: Attempt,
        /// How it failed.
        #[source]
        source: TransportError,
    },
    /// A read was answered with a server error until we gave up.
    #[error("okta cannot {attempt} at the moment: status {status}")]
    Unavailable {
        /// What was tried.
        attempt: Attempt,
        /// The last status.
        status: u16,
        /// Okta's code, when it gave one.
        code: Option<Arc<str>>,
    },
    /// A write whose effect is not known: **read the subject again** before anything else.
    #[error("unknown whether okta did {attempt}")]
    UnknownOutcome {
        /// What was tried.
        attempt: Attempt,
        /// The status, when there was an answer.
        status: Option<u16>,
        /// How the connection failed, when it did.
        #[source]
        source: Option<TransportError>,
    },
    /// E0000010: Okta is in read-only mode, for every write.
    #[error("okta is in read-only mode and would not {attempt}")]
    ReadOnly {
        /// What was tried.
        attempt: Attempt,
    },
    /// E0000239 or 423: Okta is busy with itself and did nothing.
    #[error("okta is busy and would not {attempt}")]
    Busy {
        /// What was tried.
        attempt: Attempt,
    },
    /// E0000112, or [`transitioning_to`](crate::words::account::Account::transitioning_to) does
    /// not come to rest.
    #[error("user {user} is still changing in okta")]
    StillChanging {
        /// Who.
        user: OktaUserId,
    },
    /// Another user, perhaps a deactivated one, has the login.
    #[error("the login is taken in okta")]
    LoginTaken {
        /// What was tried.
        attempt: Attempt,
    },
    /// Okta will not do it.
    #[error("okta refused to {attempt}: {why}")]
    Refused {
        /// What was tried.
        attempt: Attempt,
        /// Why not.
        why: Refused,
    },
    /// 401, with a fresh token too.
    #[error("okta answered 401 to {attempt}")]
    Unauthorized {
        /// What was tried.
        attempt: Attempt,
    },
    /// The token endpoint gives us no token.
    #[error("okta gives us no access token: {problem}")]
    NoToken {
        /// OAuth's code: `invalid_client`, `invalid_scope`, …
        problem: Arc<str>,
    },
    /// The private key in the credentials cannot be used.
    #[error(
        "the private key for okta is not a usable PEM key (RSA of 2048 bits or more, or EC P-256 in PKCS#8)"
    )]
    BadKey,
    /// 403 to something that concerns the whole org: a scope or a role is missing.
    #[error("okta does not let us {attempt}")]
    Forbidden {
        /// What was tried.
        attempt: Attempt,
    },
    /// Okta does not understand us: our bug, or a changed API.
    #[error("okta does not understand our call to {attempt}: status {status}")]
    NotUnderstood {
        /// What was tried.
        attempt: Attempt,
        /// The status.
        status: u16,
        /// Okta's code, when it gave one.
        code: Option<Arc<str>>,
    },
    /// An answer that no working Okta gives.
    #[error("okta answered {attempt} with {oddity} (status {status})")]
    OddAnswer {
        /// What was tried.
        attempt: Attempt,
        /// The status.
        status: u16,
        /// What is odd.
        oddity: Oddity,
    },
    /// A record lacks what it must have. The whole read is void, never one record shorter.
    #[error("okta's answer to {attempt} holds a record without {missing}")]
    IncompleteRecord {
        /// What was tried.
        attempt: Attempt,
        /// The missing field.
        missing: &'static str,
    },
    /// A user's status is a word this program does not know.
    #[error("user {user} has status {status}, which this program does not know")]
    UnknownStatus {
        /// Who.
        user: OktaUserId,
        /// Okta's word.
        status: Arc<str>,
    },
    /// The next page is at another host. Our token does not go there.
    #[error("okta's next page for {attempt} is at another host")]
    ForeignHost {
        /// What was tried.
        attempt: Attempt,
    },
    /// The next page is one we have had, or there are more pages than any list has.
    #[error("okta's pages for {attempt} do not come to an end")]
    PageLoop {
        /// What was tried.
        attempt: Attempt,
    },
}

impl Error {
    /// What the caller should do about it.
    pub fn verdict(&self) -> Verdict {
        let retry = |seconds| Verdict::Retry { after: Duration::from_secs(seconds) };
        match self {
            Self::RateLimited { after, .. } => Verdict::Retry { after: *after },
            Self::UnknownOutcome { .. } | Self::Unreachable { .. } | Self::Busy { .. } => retry(5),
            Self::Unavailable { .. } | Self::OutOfTime { .. } => retry(60),
            // "Please try again in a few minutes."
            Self::StillChanging { .. } => retry(120),
            // Read-only mode is Okta's own maintenance: minutes, not seconds.
            Self::ReadOnly { .. } => retry(300),
            Self::LoginTaken { .. } | Self::Refused { .. } => Verdict::Refuse,
            Self::Unauthorized { .. }
            | Self::NoToken { .. }
            | Self::BadKey
            | Self::Forbidden { .. }
            | Self::NotUnderstood { .. }
            | Self::OddAnswer { .. }
            | Self::IncompleteRecord { .. }
            | Self::UnknownStatus { .. }
            | Self::ForeignHost { .. }
            | Self::PageLoop { .. } => Verdict::Page,
        }
    }

    /// One sentence for the administrator about what to check, where there is something to check.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Unauthorized { .. } => Some(
                "okta answered 401: the API token was revoked or expired, or its creator was \
                 deactivated; create a new one and put it into the credentials",
            ),
            Self::NoToken { problem } => Some(match &**problem {
                "invalid_client" => {
                    "okta does not accept our signature: check client_id and key_id, that the \
                     public half of the key is registered with the app, and this machine's clock"
                }
                "invalid_scope" | "access_denied" => {
                    "a scope is not granted to the app: a super admin grants it under \
                     Applications, the app, Okta API Scopes"
                }
                _ => {
                    "okta gives the app no token: check that it is an API Services app, active, \
                     with client_credentials and private_key_jwt"
                }
            }),
            Self::BadKey => Some(
                "put the app's private key into the credentials as PEM, beginning with \
                 -----BEGIN PRIVATE KEY-----",
            ),
            Self::Forbidden { .. } | Self::Refused { why: Refused::NotPermitted, .. } => Some(
                "okta answered 403: besides the scope, the app or the token's creator needs an \
                 admin role that covers these users and groups",
            ),
            Self::Unreachable { .. } => Some(
                "okta was not reachable: check org_url, the network, proxies and whether TLS is \
                 intercepted",
            ),
            Self::OddAnswer { .. } => Some(
                "something between here and okta answered in its place: check org_url (not the \
                 -admin address) and proxies",
            ),
            Self::OutOfTime { .. }
            | Self::RateLimited { .. }
            | Self::Unavailable { .. }
            | Self::UnknownOutcome { .. }
            | Self::ReadOnly { .. }
            | Self::Busy { .. }
            | Self::StillChanging { .. }
            | Self::LoginTaken { .. }
            | Self::Refused { .. }
            | Self::NotUnderstood { .. }
            | Self::IncompleteRecord { .. }
            | Self::UnknownStatus { .. }
            | Self::ForeignHost { .. }
            | Self::PageLoop { .. } => None,
        }
    }
}
