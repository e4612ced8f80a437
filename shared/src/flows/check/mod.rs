//! A look at the setup before the first run: everything that a run would read, and nothing that
//! it would write. The one thing that can be asked for is to add missing attributes to Okta's
//! user profile ([`mend`]).
//!
//! Never fails: what goes wrong becomes a line of the [`Checkup`]. One mistake must not hide the
//! next, so it goes on as far as the answers allow.

mod limits;
mod mend;
mod mfa;
mod org;
mod schema;
mod tenant;

use std::error::Error as StdError;

use jiff::Timestamp;

use super::{Office, belief};
use crate::{
    deciders::{
        checkup::Checkup,
        guard::{Tenants, doubt_tenants},
    },
    doors::{okta, ukg},
};

/// What a check may put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Nothing.
    Nothing,
    /// Attributes that the policy writes and Okta's user profile lacks are added.
    Schema,
}

/// Looks at policy, ledger, UKG and Okta with the credentials of this office, as of an instant.
pub async fn check(office: &Office, as_of: Timestamp, repair: Repair) -> Checkup {
    let mut checkup = Checkup::default();
    papers(&mut checkup, office).await;
    let catalog = tenant::check(&mut checkup, office, as_of).await;
    let reader = office.okta.reader();
    let policy = &office.policy;
    if org::is_admitted(&mut checkup, &reader, policy).await {
        org::canaries(&mut checkup, &reader, policy).await;
        schema::check(&mut checkup, office, &reader, repair).await;
        if let Some(directory) = org::directory(&mut checkup, &reader, policy, &catalog).await {
            mfa::check(&mut checkup, &reader, policy, &directory).await;
        }
        org::admins(&mut checkup, &reader).await;
        limits::check(&mut checkup, &reader, policy);
        limits::clocks(&mut checkup, &reader);
    }
    checkup
}

/// What is at hand before anything is called.
async fn papers(checkup: &mut Checkup, office: &Office) {
    let Office { policy, okta, ledger, .. } = office;
    let hash: String = policy.hash.as_str().chars().take(12).collect();
    checkup.ok("policy", format!("{}, hash {hash}", policy.name));
    for it in policy.warnings() {
        let advice = it.hint.as_deref().unwrap_or("look at this line of the policy");
        checkup.warn("policy", format!("line {}: {}", it.at.line, it.message), advice);
    }
    let (ukg, okta) = (office.ukg.origin(), okta.reader().org_url());
    checkup.ok("credentials", format!("well-formed, for {ukg} and {okta}"));
    match ledger.roster_count().await {
        Ok(None) => checkup.ok("ledger", "can be read; no run has been made yet"),
        Ok(Some(last)) => {
            checkup.ok("ledger", format!("can be read; the last good run was {}", last.run));
            let last = last.tenants.map(|(ukg, okta)| Tenants { ukg, okta });
            let doubts = last.map_or(Vec::new(), |it| doubt_tenants(&belief::tenants(office), &it));
            for it in doubts {
                let advice = "use the ledger of this tenant (--ledger), or begin a new one";
                checkup.wrong("ledger", it.to_string(), advice);
            }
        }
        Err(error) => checkup.wrong(
            "ledger",
            told(&error),
            "check that the ledger's file can be read and was not made by a newer Rollcall",
        ),
    }
}

fn wrong_in_ukg(checkup: &mut Checkup, name: &'static str, error: &ukg::Error) {
    checkup.wrong(name, told(error), error.advice());
}

fn wrong_in_okta(checkup: &mut Checkup, name: &'static str, error: &okta::Error) {
    let advice = error.advice().unwrap_or("wait a little and check again");
    checkup.wrong(name, told(error), advice);
}

/// An error with what caused it: our errors never print their source themselves.
fn told(error: &dyn StdError) -> String {
    let mut res = error.to_string();
    let mut source = error.source();
    while let Some(it) = source {
        res.push_str(&format!(": {it}"));
        source = it.source();
    }
    res
}
