//! Opens the doors that a policy and credentials ask for.

use jiff::Timestamp;

use super::{
    clock,
    credentials::{BadCredentials, Credentials},
};
use crate::{
    deciders::policy::{Endpoints, Policy},
    doors::{http, ledger::Ledger, okta, outbox::Outbox, ukg},
    flows::Office,
};

/// The credentials are well-formed and cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(BadCredentials);

/// The machine that runs are made on: what time it thinks it is, and how long it bears with
/// others. Only tests have another than the default one.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its clock, which may be wrong.
    pub clock: fn() -> Timestamp,
    /// What every answer must keep to.
    pub limits: http::Limits,
    /// How long it goes on asking UKG.
    pub ukg: ukg::Patience,
    /// How long it goes on asking Okta.
    pub okta: okta::Patience,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            clock: clock::now,
            limits: http::Limits::default(),
            ukg: ukg::Patience::default(),
            okta: okta::Patience::default(),
        }
    }
}

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
    office_on(Machine::default(), policy, credentials, ledger, outbox)
}

/// The same on a certain machine.
///
/// # Errors
/// As [`office`].
pub fn office_on(
    machine: Machine,
    policy: Policy,
    credentials: Credentials,
    ledger: Ledger,
    outbox: Outbox,
) -> Result<Office, Unusable> {
    let Machine { clock, limits, ukg: ukg_patience, okta: okta_patience } = machine;
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
        patience: ukg_patience,
        limits,
        ..ukg::Settings::default()
    };
    let unusable = |it: String| Unusable(BadCredentials(vec![it]));
    let ukg = ukg::Client::new(ukg, settings).map_err(|it| unusable(it.to_string()))?;
    let mut attributes = policy.owned_attributes();
    attributes.extend(policy.okta.match_on.iter().cloned());
    let settings = okta::Settings {
        share_percent: policy.okta.budget_share,
        attributes: Some(attributes),
        patience: okta_patience,
        limits,
        ..okta::Settings::default()
    };
    let okta = okta::Client::new(okta, settings, clock).map_err(|it| {
        unusable(it.advice().map_or(it.to_string(), |advice| format!("{it}; {advice}")))
    })?;
    Ok(Office { policy, ukg, okta, ledger, outbox, signer, clock })
}
