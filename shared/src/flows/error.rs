//! What stops a whole run.

use jiff::Timestamp;

use crate::{
    doors::{ledger, okta, outbox, ukg},
    words::ids::RunId,
};

/// Why a run could not go on. What it had done before is in the ledger.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// UKG could not be read.
    #[error("failed to read UKG")]
    Ukg(#[from] ukg::Error),
    /// Okta could not be read, or refused everything.
    #[error("failed to work with Okta")]
    Okta(#[from] okta::Error),
    /// The ledger failed.
    #[error("failed to use the ledger")]
    Ledger(#[from] ledger::Error),
    /// The same flow is running elsewhere.
    #[error("{flow} is already running as {by} (its lease ends at {until})")]
    Busy {
        /// The flow, or `undo`.
        flow: &'static str,
        /// The run that has the lease.
        by: RunId,
        /// Until when.
        until: Timestamp,
    },
    /// Somebody did not answer before [`Request::give_up_at`](super::Request::give_up_at).
    #[error("the time was over before the run was")]
    OutOfTime,
    /// A message could not be delivered.
    #[error("failed to deliver a message")]
    Outbox(#[from] outbox::Error),
}

impl Error {
    /// One sentence on what to check, for the person who reads the error.
    pub fn advice(&self) -> String {
        match self {
            Self::Ukg(error) => error.advice(),
            Self::Okta(error) => error
                .advice()
                .unwrap_or("wait and run again; nothing that was done is lost")
                .to_owned(),
            Self::Ledger(_) => {
                "check that the ledger can be reached and written: a file needs room \
                                on its disk, a table the right to use it"
                    .to_owned()
            }
            Self::Busy { .. } => "wait for it to end, or for its lease to run out".to_owned(),
            Self::OutOfTime => "nothing that was done is lost, and the next run goes on".to_owned(),
            Self::Outbox(outbox::Error::Folder(_)) => {
                "check that the folder for messages can be written".to_owned()
            }
            Self::Outbox(outbox::Error::Mail { .. }) => {
                "check the sender's identity in SES and the right to send in its name; the letter \
                 waits in the ledger for the next run"
                    .to_owned()
            }
            Self::Outbox(outbox::Error::Topic { .. }) => {
                "check the topic and the right to publish to it; the message waits in the ledger \
                 for the next run"
                    .to_owned()
            }
        }
    }

    /// Whether other credentials might help: one of the vendors does not know ours.
    pub fn is_about_credentials(&self) -> bool {
        matches!(
            self,
            Self::Ukg(ukg::Error::Unauthorized { .. })
                | Self::Okta(okta::Error::Unauthorized { .. } | okta::Error::NoToken { .. })
        )
    }
}
