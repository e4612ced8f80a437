//! Opens the doors that a policy and credentials ask for.

use super::{
    clock,
    credentials::{BadCredentials, Credentials},
};
use crate::{
    deciders::policy::{Endpoints, Policy},
    doors::{ledger::Ledger, okta, outbox::Outbox, ukg},
    flows::Office,
};

/// The credentials are well-formed and cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(BadCredentials);

/// Everything a flow works with. Nothing is called yet.
///
/// # Errors
/// When a key or a header made of the credentials cannot be used.
pub fn office(
    policy: Policy,
    credentials: Credentials,
    ledger: Ledger,
    outbox: Outbox,
) -> Result<Office, Unusable> {
    let Credentials { ukg, okta, signer, webhook: _ } = credentials;
    let settings = ukg::Settings {
        shape: match policy.hr.endpoints {
            Endpoints::Old => ukg::Shape::Old,
            Endpoints::New => ukg::Shape::New,
        },
        page_size: policy.hr.page_size,
        placeholder_codes: policy.hr.placeholder_codes.iter().map(ToString::to_string).collect(),
        reads_contracts: policy.hr.wants_contracts(),
        end_field: policy.hr.end_field.as_ref().map(ToString::to_string),
        ..ukg::Settings::default()
    };
    let unusable = |it: String| Unusable(BadCredentials(vec![it]));
    let ukg = ukg::Client::new(ukg, settings).map_err(|it| unusable(it.to_string()))?;
    let mut attributes = policy.owned_attributes();
    attributes.extend(policy.okta.match_on.iter().cloned());
    let settings = okta::Settings {
        share_percent: policy.okta.budget_share,
        attributes: Some(attributes),
        ..okta::Settings::default()
    };
    let okta = okta::Client::new(okta, settings, clock::now).map_err(|it| {
        unusable(it.advice().map_or(it.to_string(), |advice| format!("{it}; {advice}")))
    })?;
    Ok(Office { policy, ukg, okta, ledger, outbox, signer, clock: clock::now })
}
