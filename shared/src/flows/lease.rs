//! One run per flow: taking the lease and keeping it.

use std::time::Duration;

use jiff::{Span, Timestamp};

use super::{Error, Office, Request};
use crate::doors::ledger::{Claim, Lease};

/// How long a lease lasts without being renewed: a run that was killed blocks its flow no longer.
const LEASE_MINUTES: i64 = 5;
/// How often it is renewed while the run lives.
const RENEW_EVERY: Duration = Duration::from_secs(60);
/// Who holds the leases of a command on somebody's machine.
pub(super) const LOCAL: &str = "local";

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

/// Waits until the run has to give up, if it ever has to.
pub(super) async fn run_out(office: &Office, request: &Request) -> Error {
    let Some(end) = request.give_up_at else { return std::future::pending().await };
    let left = end.duration_since((office.clock)());
    tokio::time::sleep(left.try_into().unwrap_or_default()).await;
    Error::OutOfTime
}

/// Takes the lease of a flow (or of `undo`), or says who has it. `holder` names the process, for
/// whoever looks into the ledger.
pub(super) async fn take(
    office: &Office,
    flow: &'static str,
    holder: &str,
) -> Result<Lease, Error> {
    let now = (office.clock)();
    let until = lease_end(now);
    match office.ledger.start_run(flow, holder, &office.policy.hash, now, until).await? {
        Claim::Won(lease) => Ok(lease),
        Claim::Held { by, until } => Err(Error::Busy { flow, by, until }),
    }
}
