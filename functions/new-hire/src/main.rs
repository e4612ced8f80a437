//! Gives accounts to people who start, and back to people who return.
//!
//! Safe to run again at any time: whoever has an account keeps it, and nobody gets two.

use rollcall::{edge, words::flow::Flow};

#[tokio::main]
async fn main() -> Result<(), edge::Error> {
    edge::serve(Flow::NewHire).await // a bad setting fails here, by name, before the first event
}
