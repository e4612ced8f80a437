//! How the command ends.

use std::process::ExitCode;

use rollcall::deciders::report;

/// The exit statuses of the command (design, section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// 0: done, or nothing to do.
    Done,
    /// 1: failed.
    Failed,
    /// 2: the command line, the policy or the credentials are wrong; nothing was called.
    BadSetup,
    /// 3: something is held and waits for approval.
    Waiting,
    /// 4: done, but some people failed or are held by findings.
    Partly,
}

/// Something is wrong with what the command was given. Nothing was called.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadSetup(pub String);

impl Ending {
    /// The ending that an error means.
    pub fn of(error: &anyhow::Error) -> Self {
        if error.downcast_ref::<BadSetup>().is_some() { Self::BadSetup } else { Self::Failed }
    }

    /// The ending of several runs: the one that a person must know first.
    pub fn of_all(endings: impl Iterator<Item = report::Ending>) -> Self {
        match endings.max().unwrap_or(report::Ending::Done) {
            report::Ending::Done => Self::Done,
            report::Ending::Partly => Self::Partly,
            report::Ending::Waiting => Self::Waiting,
            report::Ending::Failed => Self::Failed,
        }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Done => 0,
            Ending::Failed => 1,
            Ending::BadSetup => 2,
            Ending::Waiting => 3,
            Ending::Partly => 4,
        })
    }
}
