//! Keeps profiles, managers, groups and apps in line with HR's record.
//!
//! Safe to run again at any time: what says the same already is not written.

use rollcall::{edge, words::flow::Flow};

#[tokio::main]
async fn main() -> Result<(), edge::Error> {
    edge::serve(Flow::ProfileSync).await // a bad setting fails here, by name, before the first event
}
