//! Brings forward the people whom UKG's webhooks name.
//!
//! Safe to call again at any time: an event says whom to look at, and never what to do.

use rollcall::edge;

#[tokio::main]
async fn main() -> Result<(), edge::Error> {
    edge::webhook::serve().await // a bad setting fails here, by name, before the first event
}
