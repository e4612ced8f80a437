//! Holds during a run: obeyed when the plan is made, announced before they end, and forgotten
//! when HR has overtaken them. What they mean is in [`crate::deciders::holds`].

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Error, Office, aim::Aims, hr_side::HrSide, letters, memory::Memory};
use crate::{
    deciders::{
        guard::Objection,
        holds::{self, Upheld},
        plan::PersonPlan,
    },
    doors::outbox::About,
    words::{action::Kind, finding::Finding, hold::HoldKind, ids::PersonId},
};

/// Takes out of the parts what holds keep back, and returns what may go on with the objections
/// of those who want to be asked.
///
/// Somebody whose account will not be what HR says is not remembered as verified, and so is looked
/// at in every run; the standing alone is, so that what was done is not done again.
pub(super) fn uphold(
    parts: Vec<PersonPlan>,
    aims: &mut Aims,
    findings: &mut Vec<Finding>,
    memory: &Memory,
    hr: &HrSide,
    as_of: Timestamp,
) -> (Vec<PersonPlan>, Vec<Objection>) {
    let opens = |it: &&PersonPlan| OPENING.iter().any(|kind| it.has(*kind));
    let opening: BTreeSet<PersonId> =
        parts.iter().filter(opens).map(|it| it.person.clone()).collect();
    let upheld = holds::uphold(parts, &memory.holds, |it| hr.departure(it), as_of);
    let Upheld { parts, findings: told, asks, unfinished } = upheld;
    findings.extend(told);
    let still: BTreeSet<&PersonId> = parts.iter().filter(opens).map(|it| &it.person).collect();
    // What is kept closed is remembered as what it was, or nobody would know who closed it.
    aims.retain(|it| !opening.contains(it) || still.contains(it));
    for it in &unfinished {
        aims.watch(it);
    }
    (parts, asks)
}

/// Steps that open an account.
const OPENING: [Kind; 4] = [Kind::Create, Kind::Activate, Kind::Reactivate, Kind::Unsuspend];

/// Writes down who is to be told of holds that end soon, and removes those that keep a departure
/// from being carried out which HR itself has taken back. The messages go out with the run's own.
pub(super) async fn tend(
    office: &Office,
    memory: &Memory,
    hr: &HrSide,
    as_of: Timestamp,
) -> Result<(), Error> {
    let held = memory.holds.standing(as_of).map(|it| &it.person);
    let logins = held.filter_map(|it| Some((it.clone(), memory.link(it)?.login))).collect();
    let about = About { flow: "hold".to_owned(), companies: Vec::new() };
    let letters = holds::ending(&memory.holds, as_of, &logins).into_iter();
    letters::write(office, letters.map(|it| (it, about.clone()))).await?;
    for hold in memory.holds.standing(as_of).filter(|it| it.kind == HoldKind::Undone) {
        let is_back = hr.roster.person(&hold.person).is_some();
        if is_back && hr.departure(&hold.person).is_none() {
            let why = "UKG says that the person works here";
            let ledger = &office.ledger;
            ledger.remove_hold(&hold.person, hold.kind, "rollcall", why, as_of).await?;
        }
    }
    Ok(())
}
