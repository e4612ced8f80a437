//! Which flow a person belongs to at this moment. Everybody belongs to at most one, so two flows
//! never plan for the same person from the same state.

use crate::{
    deciders::lifecycle::{Standing, StandingKind},
    words::flow::Flow,
};

/// The flow that looks after a person.
///
/// `has_account` says that the ledger links an account; `is_settled_in` that this account was
/// adopted, or has been open and verified once.
pub(super) fn flow_of(
    standing: &Standing,
    before: Option<StandingKind>,
    has_account: bool,
    was_adopted: bool,
) -> Option<Flow> {
    let is_arriving = match before {
        None => !has_account || !was_adopted,
        Some(StandingKind::TooEarly | StandingKind::Preboard | StandingKind::Out) => true,
        Some(StandingKind::Open | StandingKind::Paused) => false,
    };
    match standing {
        Standing::TooEarly => None,
        Standing::Preboard | Standing::Open if is_arriving => Some(Flow::NewHire),
        Standing::Paused(_) if !has_account => None,
        Standing::Preboard | Standing::Open | Standing::Paused(_) => Some(Flow::ProfileSync),
        Standing::Out { .. } => Some(Flow::Offboarding),
    }
}
