//! Compares everybody and every group with HR, and accounts for every difference.
//!
//! Safe to run again at any time, and in shards: the next run goes on where one stopped.

use rollcall::{edge, words::flow::Flow};

#[tokio::main]
async fn main() -> Result<(), edge::Error> {
    edge::serve(Flow::OrgSync).await // a bad setting fails here, by name, before the first event
}
