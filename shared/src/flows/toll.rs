//! What was done in the last 24 hours, and what a run is about to add to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::SignedDuration;

use super::{Error, Office, Request, hr_side::HrSide};
use crate::{
    deciders::guard::{Staff, Tally},
    doors::ledger::{Lease, Touched},
    words::ids::{CompanyId, PersonId},
};

/// How far back limits look.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What was done in the last 24 hours.
#[derive(Default)]
pub(super) struct Toll {
    pub(super) tally: Tally,
    touched: Touched,
}

impl Toll {
    /// As it stands now.
    pub(super) async fn read(office: &Office, request: &Request) -> Result<Self, Error> {
        let from = request.as_of.checked_sub(DAY).unwrap_or(request.as_of);
        let touched = office.ledger.touched_since(from).await?;
        Ok(Self { tally: Tally::new(touched.counts.clone()), touched })
    }

    /// Writes down what is about to be done. Not so (`false`) when another run has written
    /// something down meanwhile: then the past has to be read and the plan measured again.
    pub(super) async fn add(
        &self,
        office: &Office,
        request: &Request,
        lease: &Lease,
        tally: &Tally,
    ) -> Result<bool, Error> {
        let (fence, run, at) = (lease.fence(), lease.run(), request.as_of);
        Ok(office.ledger.note_touched(fence, &self.touched, run, at, tally.counts()).await?)
    }
}

/// The people of each company; nobody when there is but one, or the policy does not want it.
pub(super) fn staffs(office: &Office, hr: &HrSide) -> Vec<Staff> {
    if !office.policy.limits.per_company {
        return Vec::new();
    }
    let mut people: BTreeMap<CompanyId, BTreeSet<PersonId>> = BTreeMap::new();
    for it in hr.roster.persons() {
        people.entry(it.primary().row.company.clone()).or_default().insert(it.id);
    }
    if people.len() < 2 {
        return Vec::new();
    }
    let staffs = people.into_iter();
    staffs.map(|(id, people)| Staff { company: id, people: Arc::new(people) }).collect()
}
