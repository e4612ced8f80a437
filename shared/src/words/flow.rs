//! The flows: each chooses whom to look at and whom to tell. Nothing else differs.

use std::{fmt, str::FromStr};

use super::ids::PersonId;

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

/// One of several equal parts of everybody, so that a large plan can be carried out in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u16,
    of: u16,
}

/// Not a part of anything.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a shard is a number from 0 to one less than how many there are")]
pub struct NoShard;

impl Shard {
    /// The part `index`, counted from 0, of `of` parts.
    ///
    /// # Errors
    /// When there is no such part.
    pub fn new(index: u16, of: u16) -> Result<Self, NoShard> {
        if index < of { Ok(Self { index, of }) } else { Err(NoShard) }
    }

    /// Whether this is the first part, which looks after what belongs to nobody.
    pub fn is_first(self) -> bool {
        self.index == 0
    }

    /// Whether somebody is in this part. Every program says the same, always: a run that counts
    /// differently from the last one would leave people out.
    pub fn holds(self, person: &PersonId) -> bool {
        // FNV-1a, <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>.
        let hash = person.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, it| {
            (hash ^ u64::from(it)).wrapping_mul(0x0100_0000_01b3)
        });
        hash % u64::from(self.of) == u64::from(self.index)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_in_exactly_one_shard() {
        let shards: Vec<Shard> = (0..4).map(|it| Shard::new(it, 4).unwrap()).collect();
        let mut sizes = [0; 4];
        for number in 0..1000 {
            let person = PersonId::from(format!("P-{number}"));
            let held: Vec<usize> = (0..4).filter(|it| shards[*it].holds(&person)).collect();
            assert_eq!(held.len(), 1);
            sizes[held[0]] += 1;
        }
        assert!(sizes.iter().all(|it| (200..300).contains(it)), "{sizes:?}");
        assert_eq!(Shard::new(4, 4), Err(NoShard));
    }
}
