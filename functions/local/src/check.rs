//! `rollcall check`: whether a run could begin.
//!
//! Policy and credentials come first and all at once; then it asks UKG and Okta. It writes
//! nothing unless it is asked to add attributes to Okta's user profile.

use anyhow::Result;
use rollcall::{
    deciders::checkup::Health,
    flows::{self, Repair},
    shell::clock,
};

use crate::{
    args::CheckArgs,
    ending::{BadSetup, Ending},
    office, progress,
};

/// Checks the setup and prints what was found.
///
/// # Errors
/// [`BadSetup`] before anything is called.
pub async fn run(args: CheckArgs) -> Result<Ending> {
    let CheckArgs { fix_schema, policy_only, json, places } = args;
    if policy_only {
        let policy = office::read_policy(&places.policy).map_err(BadSetup)?;
        say!("{} can be used (policy {})", places.policy.display(), policy.hash);
        return Ok(Ending::Done);
    }
    let repair = if fix_schema { Repair::Schema } else { Repair::Nothing };
    let office = office::open(&places).await?;
    let bar = progress::bar(0, "asking UKG and Okta");
    let checkup = flows::check(&office, clock::now(), repair).await;
    bar.finish_and_clear();
    if json {
        say!("{:#}", checkup.to_json());
    } else {
        say!("{checkup}");
    }
    Ok(match checkup.health() {
        Health::Ok | Health::Warning => Ending::Done,
        Health::Wrong => Ending::Failed,
    })
}
