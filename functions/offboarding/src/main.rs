//! Takes access away from people whose employment has ended.
//!
//! Safe to run again at any time: a leaver who is already out is a no-op.

use rollcall::{edge, words::flow::Flow};

#[tokio::main]
async fn main() -> Result<(), edge::Error> {
    edge::serve(Flow::Offboarding).await // a bad setting fails here, by name, before the first event
}
