//! A simulator of the parts of Okta that an HR sync touches.
//!
//! It follows Okta's documents and recorded exchanges, also where they are inconvenient: lists
//! that leave deactivated users out, removals that silently exclude people from a rule, budgets
//! shared by unrelated calls. What no document settles is a switch in [`Unconfirmed`].
//!
//! The handlers are synchronous functions from the [`Org`] and a request to an answer; HTTP,
//! callers and limits are in `server`.

mod apps;
mod ask;
mod auth;
mod credentials;
mod error;
mod expression;
mod filter;
mod groups;
mod http;
mod ids;
mod jose;
mod lifecycle;
mod limits;
mod model;
mod options;
mod org;
mod policies;
mod schema;
mod seed;
mod server;
mod snapshot;
mod token;
mod trouble;
mod users;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, atomic::AtomicUsize},
};

pub use credentials::SeedClient;
pub use ids::Id;
pub use limits::Bucket;
pub use model::{
    AdminRole, App, AppGroup, AppUser, Event, Grant, Group, GroupKind, Mail, MailReason, Policy,
    PolicyRule, Role, Rule, Scope, Source, Status, User, UserToken,
};
pub use options::{Limits, Options, Transitions, Unconfirmed};
pub use org::Org;
pub use schema::Schema;
pub use seed::{Password, SeedUser};

use self::server::Shared;
use crate::{Clock, Deed, Wire};

/// A running simulator. It stops when this is dropped.
#[derive(Debug)]
pub struct Okta {
    shared: Shared,
    clock: Clock,
    server: tokio::task::JoinHandle<()>,
}

impl Okta {
    /// Starts a simulator on the current tokio runtime.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let clock = options.clock.clone();
        let shared = Shared {
            org: Arc::new(Mutex::new(Org::new(options))),
            wire: Wire::default(),
            base,
            under_way: Arc::new(AtomicUsize::new(0)),
        };
        let router = server::router(shared.clone());
        let server = tokio::spawn(async move {
            // Serving ends with an error only when the listener does; there is nobody to tell.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self { shared, clock, server })
    }

    /// The org's URL, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.shared.base
    }

    /// The call log and the faults.
    pub fn wire(&self) -> &Wire {
        &self.shared.wire
    }

    /// The simulated time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Something that happens to the org at the moment of a call.
    pub fn deed(&self, deed: impl Fn(&mut Org) + Send + Sync + 'static) -> Deed {
        let shared = self.shared.clone();
        Deed::new(move || deed(&mut shared.org()))
    }

    /// The org's state. The simulator answers nobody while it is held: never across an await.
    pub fn org(&self) -> MutexGuard<'_, Org> {
        self.shared.org()
    }
}

impl Drop for Okta {
    fn drop(&mut self) {
        self.server.abort();
    }
}
