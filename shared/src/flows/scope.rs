//! Which flows a person belongs to at this moment.
//!
//! Everybody belongs to one flow of the everyday kind at most (leavers, joiners, everybody else),
//! which tells what is wrong with the person. The others come on top: contractors have a flow of
//! their own, org-sync compares everybody with an account, mfa-policy looks at tiers alone. Flows
//! run one after the other and each remembers what it verified, so that none undoes another.

use crate::{
    deciders::lifecycle::{Standing, StandingKind},
    words::flow::Flow,
};

/// The everyday flow that looks after a person.
///
/// `has_account` says that the ledger links an account; `was_adopted` that somebody else made it.
pub(super) fn flow_of(
    standing: &Standing,
    before: Option<StandingKind>,
    has_account: bool,
    was_adopted: bool,
) -> Option<Flow> {
    let is_arriving = match before {
        None => !has_account || !was_adopted,
        Some(StandingKind::TooEarly | StandingKind::Preboard | StandingKind::Out) => true,
        Some(StandingKind::Open | StandingKind::Restricted | StandingKind::Paused) => !has_account,
    };
    match standing {
        Standing::TooEarly => None,
        Standing::Preboard | Standing::Open if is_arriving => Some(Flow::NewHire),
        Standing::Preboard | Standing::Open | Standing::Restricted(_) | Standing::Paused(_) => {
            Some(Flow::ProfileSync)
        }
        Standing::Out { .. } => Some(Flow::Offboarding),
    }
}

/// Whether `flow` looks at somebody of whom this is known.
pub(super) fn looks_at(
    flow: Flow,
    everyday: Option<Flow>,
    standing: &Standing,
    is_contractor: bool,
    has_account: bool,
) -> bool {
    match flow {
        Flow::Offboarding | Flow::NewHire | Flow::ProfileSync => everyday == Some(flow),
        Flow::Contractor => is_contractor && everyday.is_some(),
        // Whoever has no account yet is for new-hire.
        Flow::OrgSync => has_account && everyday.is_some(),
        Flow::MfaPolicy => match standing {
            Standing::Preboard | Standing::Open | Standing::Restricted(_) => has_account,
            Standing::TooEarly | Standing::Paused(_) | Standing::Out { .. } => false,
        },
    }
}
