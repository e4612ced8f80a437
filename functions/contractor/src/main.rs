//! Looks after contractors: warns before a contract ends, and ends access with it.
//!
//! Safe to run again at any time: a warning is sent once.

use rollcall::{edge, words::flow::Flow};

#[tokio::main]
async fn main() -> Result<(), edge::Error> {
    edge::serve(Flow::Contractor).await // a bad setting fails here, by name, before the first event
}
