//! Gives reasons not to run a plan.

use std::collections::BTreeMap;

use crate::words::action::Kind;

/// What the policy allows a single run to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The limit of each kind of action. A kind without one is not limited.
    pub kinds: BTreeMap<Kind, Limit>,
    /// A roster below this percentage of the last good one is not believed.
    pub roster_min_percent: u8,
    /// An Okta read below this percentage of the accounts known to be linked is not believed.
    pub okta_min_percent: u8,
}

/// How many people one kind of action may touch in one run. The strictest of `most` and
/// `percent` counts, but never less than `floor`, so that small companies can live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// At most this many.
    pub most: u32,
    /// At most this percentage of the people in the roster.
    pub percent: u8,
    /// This many are always allowed.
    pub floor: u32,
}
