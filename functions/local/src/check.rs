//! `rollcall check`: whether a run could begin.
//!
//! Policy and credentials come first and all at once; then it asks UKG and Okta. It writes
//! nothing.

use anyhow::Result;
use rollcall::{deciders::checkup::Health, flows, shell::clock};

use crate::{args::CheckArgs, ending::Ending, office, progress};

/// Checks the setup and prints what was found.
///
/// # Errors
/// [`BadSetup`](crate::ending::BadSetup) before anything is called.
pub async fn run(args: CheckArgs) -> Result<Ending> {
    let CheckArgs { json, places } = args;
    let office = office::open(&places)?;
    let bar = progress::bar(0, "asking UKG and Okta");
    let checkup = flows::check(&office, clock::now()).await;
    bar.finish_and_clear();
    if json {
        println!("{:#}", checkup.to_json());
    } else {
        println!("{:<8} {:<18} {}", Health::Ok, "policy", places.policy.display());
        println!("{checkup}");
    }
    Ok(match checkup.health() {
        Health::Ok | Health::Warning => Ending::Done,
        Health::Wrong => Ending::Failed,
    })
}
