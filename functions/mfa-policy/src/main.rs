//! Keeps everybody in one MFA tier, and the enrollment policies in order.
//!
//! Safe to run again at any time: whoever is in the right tier stays there.

use rollcall::{edge, words::flow::Flow};

#[tokio::main]
async fn main() -> Result<(), edge::Error> {
    edge::serve(Flow::MfaPolicy).await // a bad setting fails here, by name, before the first event
}
