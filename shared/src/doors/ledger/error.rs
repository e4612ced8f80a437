//! What can go wrong with the ledger, and what to do about it.

use std::time::Duration;

use super::store::Key;
use crate::{doors::Verdict, words::ids::RunId};

/// The cause that a backend gives for its trouble.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the ledger could not do what was asked. Texts name keys, and keys are made of ids only.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else wrote the record since we read it; nothing was written.
    #[error("record {key} changed since it was read")]
    Conflict {
        /// The first record whose condition did not hold.
        key: Key,
    },
    /// A later run has taken over; nothing was written, and this run has no business going on.
    #[error("a later run has taken over {key}")]
    Fenced {
        /// The fence that no longer stands as it did.
        key: Key,
    },
    /// The person has another user, or the user another person.
    #[error("{key} is linked already")]
    AlreadyLinked {
        /// The side that is taken.
        key: Key,
    },
    /// The action has an outcome, and a different one was offered.
    #[error("action {seq} of run {run} is settled already")]
    AlreadySettled {
        /// The run that intended it.
        run: RunId,
        /// Its number in the run.
        seq: u32,
    },
    /// The record is not in a state that allows this.
    #[error("{key} is {state}")]
    WrongState {
        /// Which record.
        key: Key,
        /// The state it is in.
        state: &'static str,
    },
    /// Asked to change what is not there.
    #[error("the ledger has no {key}")]
    NoSuch {
        /// What was looked for.
        key: Key,
    },
    /// A record that only a newer program understands. Guessing could undo what it did.
    #[error(
        "this ledger was written by a newer rollcall ({kind} v{version}, this program knows v{known})"
    )]
    NewerRecord {
        /// The kind of record.
        kind: &'static str,
        /// Its version.
        version: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The whole ledger has a layout that only a newer program understands.
    #[error(
        "this ledger was written by a newer rollcall (ledger v{version}, this program knows v{known})"
    )]
    NewerLedger {
        /// The version of the layout.
        version: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A record that does not read as what its key promises. The parser's own message is left
    /// out: it quotes the record, and the record may name a person.
    #[error("record {key} cannot be read")]
    Corrupt {
        /// Which record.
        key: Key,
    },
    /// A write that no backend would take: our own mistake.
    #[error("a write at {key} is not possible: {reason}")]
    Unfit {
        /// The first record concerned.
        key: Key,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Another process holds the ledger's file for longer than we wait.
    #[error("the ledger is locked by another process")]
    Locked(#[source] Cause),
    /// The ledger did not answer. A write may have had its effect.
    #[error("the ledger is not available")]
    Unavailable(#[source] Cause),
    /// Whoever runs this may not use the table.
    #[error("AWS does not let us use the ledger's table")]
    Denied(#[source] Cause),
    /// The file or table is something else, or is damaged.
    #[error("this is not a ledger, or it is damaged")]
    NotALedger(#[source] Cause),
}

impl Error {
    /// Says what a conflict means here; every other error stays as it is.
    pub(super) fn on_conflict(self, meaning: impl FnOnce(Key) -> Self) -> Self {
        if let Self::Conflict { key } = self { meaning(key) } else { self }
    }

    /// What the caller should do about it.
    pub fn verdict(&self) -> Verdict {
        match self {
            // Reading again gives the new state at once; the second is for the other writer to finish.
            Self::Conflict { .. } => Verdict::Retry { after: Duration::from_secs(1) },
            Self::Locked(_) | Self::Unavailable(_) => {
                Verdict::Retry { after: Duration::from_secs(5) }
            }
            // Fenced is no alarm: the later run does the work that this one wanted to do.
            Self::Fenced { .. }
            | Self::AlreadyLinked { .. }
            | Self::AlreadySettled { .. }
            | Self::WrongState { .. }
            | Self::NoSuch { .. } => Verdict::Refuse,
            Self::NewerRecord { .. }
            | Self::NewerLedger { .. }
            | Self::Corrupt { .. }
            | Self::Unfit { .. }
            | Self::Denied(_)
            | Self::NotALedger(_) => Verdict::Page,
        }
    }
}
