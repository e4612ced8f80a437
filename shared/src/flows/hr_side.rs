//! Reads HR and folds it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Error;
use crate::{
    deciders::{
        policy::Policy,
        roster::{
            self, Roster,
            managers::{self, Manager},
        },
    },
    doors::ukg::{self, Scope},
    words::{finding::Finding, hr::Catalog, ids::PersonId},
};

/// What HR says, folded.
#[derive(Debug)]
pub(super) struct HrSide {
    pub(super) roster: Roster,
    pub(super) catalog: Catalog,
    pub(super) managers: BTreeMap<PersonId, Manager>,
    /// What was wrong with rows and persons.
    pub(super) findings: Vec<Finding>,
}

/// Reads everybody, and what the codes mean.
pub(super) async fn read(
    ukg: &ukg::Client,
    policy: &Policy,
    as_of: Timestamp,
) -> Result<HrSide, Error> {
    let people = ukg.people(&Scope::Everyone).await?;
    let catalog = ukg.catalog().await?;
    let mut findings = people.findings;
    findings.extend(catalog.findings);
    let (roster, problems) = roster::fold(people.rows, &policy.roster, as_of);
    findings.extend(problems);
    let (managers, problems) = managers::resolve(&roster);
    findings.extend(problems);
    Ok(HrSide { roster, catalog: catalog.rows, managers, findings })
}
