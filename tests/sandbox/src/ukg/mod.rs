//! A UKG Pro instance that serves [`crate::company`] over HTTP.
//!
//! It follows the vendor's documentation and what clients have seen of it, also where that is
//! inconvenient: two shapes for the same rows, three spellings of nothing, pages without a total.
//! Where nobody knows, [`Options`] has a switch that says so.

mod admin;
mod answer;
mod changes;
mod configuration;
mod filters;
mod gate;
pub mod options;
mod page;
mod personnel;
mod query;
mod rows;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{Router, http::StatusCode, middleware};
use tokio::{net::TcpListener, task::JoinHandle};

pub use options::{CUSTOMER_KEY, Cadence, Grant, Options, PASSWORD, USER};

use crate::{
    Clock, Deed, Wire,
    company::{Company, SharedCompany},
    wire,
};

/// What all handlers share.
#[derive(Clone, Debug)]
struct Server {
    company: SharedCompany,
    options: Arc<Mutex<Options>>,
    meters: Arc<Mutex<gate::Meters>>,
    clock: Clock,
}

impl Server {
    fn company(&self) -> MutexGuard<'_, Company> {
        self.company.lock().expect("nobody panics while holding the company")
    }

    fn options(&self) -> Options {
        self.options.lock().expect("nobody panics while holding the options").clone()
    }

    fn set(&self, change: impl FnOnce(&mut Options)) {
        let mut options = self.options.lock().expect("nobody panics holding the options");
        change(&mut options);
        self.company().set_offset(options.offset);
    }

    fn meters(&self) -> MutexGuard<'_, gate::Meters> {
        self.meters.lock().expect("nobody panics while holding the meters")
    }

    /// Lets the company's days pass up to the simulated one.
    fn roll(&self) {
        let now = self.clock.now();
        let mut company = self.company();
        let now = now.max(company.now());
        company.set_now(now);
    }
}

/// A running UKG Pro simulator. It stops when dropped.
#[derive(Debug)]
pub struct Ukg {
    server: Server,
    wire: Wire,
    base_url: String,
    task: JoinHandle<()>,
}

impl Ukg {
    /// Starts serving the company on the current runtime.
    ///
    /// # Errors
    ///
    /// When the port cannot be had.
    pub async fn start(options: Options, company: SharedCompany) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let clock = options.clock.clone();
        let server = Server {
            company,
            options: Arc::new(Mutex::new(options)),
            meters: Arc::default(),
            clock,
        };
        let offset = server.options().offset;
        server.company().set_offset(offset);
        let wire = Wire::default();
        let app = router(server.clone(), wire.clone());
        let task = tokio::spawn(async move {
            // Serving ends with the task; there is nobody left to tell.
            let _ended = axum::serve(listener, app).await;
        });
        Ok(Self { server, wire, base_url, task })
    }

    /// `http://127.0.0.1:port`, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The calls, and the faults to inject.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// The simulated time.
    pub fn clock(&self) -> &Clock {
        &self.server.clock
    }

    /// The company, to share.
    pub fn company(&self) -> SharedCompany {
        self.server.company.clone()
    }

    /// Lets HR do something now, by the simulated clock.
    pub fn hr<T>(&self, act: impl FnOnce(&mut Company) -> T) -> T {
        self.server.roll();
        act(&mut self.server.company())
    }

    /// Changes switches while it runs. The port and the clock stay as they were.
    pub fn set(&self, change: impl FnOnce(&mut Options)) {
        self.server.set(change);
    }

    /// A switch that is changed at the moment of a call.
    pub fn deed(&self, change: impl Fn(&mut Options) + Send + Sync + 'static) -> Deed {
        let server = self.server.clone();
        Deed::new(move || server.set(&change))
    }
}

impl Drop for Ukg {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn router(server: Server, wire: Wire) -> Router {
    Router::new()
        .merge(personnel::routes())
        .merge(configuration::routes())
        .nest("/_sandbox/ukg", admin::routes())
        .fallback(|| async { answer::empty(StatusCode::NOT_FOUND) })
        .layer(middleware::from_fn_with_state(server.clone(), gate::middleware))
        .layer(middleware::from_fn_with_state(wire, wire::middleware))
        .with_state(server)
}
