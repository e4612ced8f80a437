//! One run per flow: taking the lease and keeping it.

use std::time::Duration;

use jiff::{Span, Timestamp};

use super::{Error, Office};
use crate::doors::ledger::{Claim, Lease};

/// How long a lease lasts without being renewed: a run that was killed blocks its flow no longer.
const LEASE_MINUTES: i64 = 5;
/// How often it is renewed while the run lives.
const RENEW_EVERY: Duration = Duration::from_secs(60);
/// Renews the lease for as long as it is ours.
pub(super) async fn keep_alive(office: &Office, lease: Option<&mut Lease>) -> Error {
    let Some(lease) = lease else { return std::future::pending().await };
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        if let Err(error) = office.ledger.renew(lease, lease_end((office.clock)())).await {
            return error.into();
        }
    }
}

pub(super) fn lease_end(now: Timestamp) -> Timestamp {
    now.checked_add(Span::new().minutes(LEASE_MINUTES)).unwrap_or(Timestamp::MAX)
}

/// Takes the lease of a flow (or of `undo`), or says who has it.
pub(super) async fn take(office: &Office, flow: &'static str) -> Result<Lease, Error> {
    let now = (office.clock)();
    let until = lease_end(now);
    match office.ledger.start_run(flow, "local", &office.policy.hash, now, until).await? {
        Claim::Won(lease) => Ok(lease),
        Claim::Held { by, until } => Err(Error::Busy { flow, by, until }),
    }
}
