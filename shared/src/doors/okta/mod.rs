//! Okta's door: a typed client of the part of Okta's management API that Rollcall needs.
//!
//! A [`Client`] is made once and hands out [`Reader`]s, which look, and a [`Writer`], which alone
//! can change anything. Both keep to Okta's rate limits together (`governor`, `budget`), get in by
//! API token or as an OAuth service app (`token`, `jwt`), and say what went wrong as [`Error`].
//!
//! It decides nothing about people: what to do after a refusal, an unknown outcome or an empty
//! list is the business of those who call it. The facts are in reference/okta.md.

mod answer;
mod bucket;
mod budget;
mod clock;
mod error;
mod governor;
mod groups;
mod jwt;
mod line;
mod links;
mod org;
mod pages;
mod policies;
mod reader;
mod shapes;
mod spelling;
#[cfg(test)]
mod tests;
mod token;
mod writer;

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time::Instant;

pub use self::{
    bucket::Bucket,
    budget::{Allowance, Priority},
    error::{Attempt, Error, Oddity, Refused, Subject},
    governor::Calls,
    line::Patience,
    links::{LinkedObject, Side},
    org::{Attribute, Grant, OAuthClient, Role, Schema},
    policies::{MfaPolicy, MfaPolicyChange, MfaPolicyDocument, MfaPolicyRule},
    reader::{MembersPage, Reader, Which},
    shapes::{AppAssignment, AppLink, AppScope},
    writer::{Mail, NewAttribute, NewUser, Receipt, Writer, Written},
};
use self::{clock::ServerClock, governor::Governor, line::Line, shapes::Projection, token::Desk};
use crate::doors::http::{self, BaseUrl};

/// The scopes that the flows and `check` use (reference/okta.md, section 7.4): what is asked for
/// when the credentials name none.
///
/// What only some policies need is not among them, for Okta may refuse the whole token for one
/// scope that nobody granted (`invalid_scope`, section 7.2): `okta.policies.read` where MFA tiers
/// name enrollment policies, `okta.policies.manage` where these are put right, and
/// `okta.linkedObjects.read` for archives that are to have the names of all relations.
pub const DEFAULT_SCOPES: [&str; 5] = [
    "okta.users.manage",
    "okta.groups.manage",
    "okta.apps.manage",
    "okta.schemas.read",
    "okta.roles.read",
];

/// Where the org is and who we are there.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `https://acme.okta.com`, not the `-admin` address.
    pub org_url: BaseUrl,
    /// Who we are.
    pub auth: Auth,
}

/// Who we are at Okta (reference/okta.md, section 7). `Debug` shows no secret.
#[derive(Clone, Debug)]
pub enum Auth {
    /// An SSWS API token: its creator's rights, as long as he is active.
    Token(SecretString),
    /// An API Services app with `private_key_jwt`. DPoP is used when the app requires it.
    PrivateKey {
        /// The app's client id.
        client_id: String,
        /// The `kid` under which the public key is registered.
        key_id: Option<String>,
        /// The private key: RSA, or EC P-256 in PKCS#8.
        private_key_pem: SecretString,
        /// `okta.users.manage`, …
        scopes: Vec<String>,
    },
}

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much of the rate limit *that Okta shows us* ordinary calls may use, in percent. What
    /// other processes with the same token use counts too.
    pub share_percent: u8,
    /// How many calls may be on their way at once. Okta allows 75 for the whole org (35 in a free
    /// one); a handful already empties every bucket.
    pub max_in_flight: usize,
    /// When the run must be over. A wait that would end later is [`Error::OutOfTime`] at once.
    pub deadline: Option<Instant>,
    /// The profile attributes to keep in memory, besides `login`, `email`, `firstName` and
    /// `lastName`; all of them when `None`.
    pub attributes: Option<BTreeSet<Arc<str>>>,
    /// How long to bear with Okta before an error is one.
    pub patience: Patience,
    /// What one answer must keep to.
    pub limits: http::Limits,
    /// A list with more pages than this is refused: each says that there is a next one, and none
    /// is the last.
    pub most_pages: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            share_percent: 50,
            max_in_flight: 8,
            deadline: None,
            attributes: None,
            patience: Patience::default(),
            limits: http::Limits::default(),
            // Of 200 users each: twice the largest company in mind.
            most_pages: 10_000,
        }
    }
}

/// One org, as one process sees it.
#[derive(Debug)]
pub struct Client(Door);

/// What readers and writers have in common.
#[derive(Clone, Debug)]
struct Door {
    line: Arc<Line>,
    projection: Arc<Projection>,
    priority: Priority,
}

impl Door {
    fn with(&self, priority: Priority) -> Self {
        Self { priority, ..self.clone() }
    }
}

impl Client {
    /// Opens the door. Nothing is sent yet.
    ///
    /// `clock` reads the machine's real clock, whatever day the decisions are made for: Okta
    /// checks the times in signatures.
    ///
    /// # Errors
    /// [`Error::BadKey`] when the private key is none; [`Error::Unreachable`] when TLS cannot be
    /// started on this machine.
    pub fn new(
        credentials: Credentials,
        settings: Settings,
        clock: fn() -> Timestamp,
    ) -> Result<Self, Error> {
        let Credentials { org_url, auth } = credentials;
        let Settings {
            share_percent,
            max_in_flight,
            deadline,
            attributes,
            patience,
            limits,
            most_pages,
        } = settings;
        let http = http::client(limits).map_err(|error| Error::Unreachable {
            attempt: Attempt { operation: "start TLS", subject: Subject::Org },
            source: error.into(),
        })?;
        let line = Line {
            http,
            base: org_url,
            clock: ServerClock::new(clock),
            governor: Governor::new(share_percent, max_in_flight, deadline),
            desk: Desk::new(auth)?,
            patience,
            limits,
            most_pages,
        };
        Ok(Self(Door {
            line: Arc::new(line),
            projection: Arc::new(Projection::new(attributes)),
            priority: Priority::Ordinary,
        }))
    }

    /// The same client with every call at this priority: `Urgent` for a run about leavers.
    pub fn with_priority(&self, priority: Priority) -> Self {
        Self(self.0.with(priority))
    }

    /// For looking.
    pub fn reader(&self) -> Reader {
        Reader(self.0.clone())
    }

    /// For changing. Make one only where a plan is applied.
    pub fn writer(&self) -> Writer {
        Writer(self.0.clone())
    }

    /// A new deadline for the next run of the same process: a warm Lambda keeps its token, its
    /// DPoP key and what it knows of the buckets.
    pub fn set_deadline(&self, deadline: Option<Instant>) {
        self.0.line.governor.set_deadline(deadline);
    }

    /// What was spent so far.
    pub fn calls(&self) -> Calls {
        self.0.line.governor.calls()
    }
}
