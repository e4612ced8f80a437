//! The flows: each chooses whom to look at and whom to tell. Nothing else differs.

use std::{fmt, str::FromStr};

/// A flow (design, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Takes access away from people whose employment has ended.
    Offboarding,
    /// Gives accounts to people who start, and back to people who return.
    NewHire,
    /// Keeps profiles, groups and apps in line with HR's record.
    ProfileSync,
    /// Looks after contractors: warns before a contract ends, and ends access with it.
    Contractor,
    /// Compares everybody and every group with HR: makes and renames groups, finds what others
    /// changed, and accounts for every difference.
    OrgSync,
    /// Keeps everybody in exactly one MFA tier, and the enrollment policies in order.
    MfaPolicy,
}

impl Flow {
    /// Every flow in the order in which `run all` runs them: leavers first.
    pub const ALL: [Self; 6] = [
        Self::Offboarding,
        Self::Contractor,
        Self::NewHire,
        Self::ProfileSync,
        Self::OrgSync,
        Self::MfaPolicy,
    ];

    /// The name on the command line, in the ledger and in AWS.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offboarding => "offboarding",
            Self::NewHire => "new-hire",
            Self::ProfileSync => "profile-sync",
            Self::Contractor => "contractor",
            Self::OrgSync => "org-sync",
            Self::MfaPolicy => "mfa-policy",
        }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Not the name of a flow.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no such flow; the flows are offboarding, contractor, new-hire, profile-sync, \
     org-sync and mfa-policy"
)]
pub struct UnknownFlow;

impl FromStr for Flow {
    type Err = UnknownFlow;

    fn from_str(raw: &str) -> Result<Self, UnknownFlow> {
        Self::ALL.into_iter().find(|it| it.as_str() == raw).ok_or(UnknownFlow)
    }
}
