//! What tests let happen to an org while it is at work: lost credentials, full buckets, slowness.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    limits::Bucket,
    model::AdminRole,
    options::{Limits, Transitions},
    org::Org,
};

impl Org {
    /// Ends every access token of service apps at once, as a revocation would.
    pub fn revoke_access_tokens(&mut self) {
        self.access_tokens.clear();
    }

    /// Every access token that is out there is over its hour.
    pub fn expire_access_tokens(&mut self) {
        let now = Instant::now();
        self.access_tokens.values_mut().for_each(|it| it.expires = now);
    }

    /// A new nonce for DPoP proofs; those that were given out are of no use any more.
    pub fn forget_nonces(&mut self) {
        self.nonce = None;
    }

    /// Changes what a service app may do.
    pub fn set_role(&mut self, client: &str, role: AdminRole) {
        let client = self.clients.get_mut(client).expect("the test names a client that exists");
        client.role = role;
    }

    /// Takes an API token's rights away.
    pub fn revoke_token(&mut self, token: &str) {
        self.api_tokens.remove(token);
    }

    /// Others use a bucket up, for so long.
    pub fn exhaust(&mut self, bucket: Bucket, window: Duration) {
        self.meter.exhaust(bucket, window);
    }

    /// Puts the org into read-only mode, as Okta does while it moves to another region, or ends it.
    pub fn set_read_only(&mut self, is_read_only: bool) {
        self.is_read_only = is_read_only;
    }

    /// From now on these limits hold, in windows of this length.
    pub fn limit(&mut self, limits: Limits, window: Duration) {
        self.options.limits = limits;
        self.options.window = window;
    }

    /// The most calls that one caller made of each bucket in any window, and how many it may.
    pub fn peaks(&self) -> &BTreeMap<Bucket, (u32, u32)> {
        &self.meter.peaks
    }

    /// From now on `search` is this many calls behind.
    pub fn lag_search(&mut self, calls: usize) {
        self.options.search_lag_calls = calls;
    }

    /// From now on lists of members, and of a user's groups, are this many calls behind.
    pub fn lag_members(&mut self, calls: usize) {
        self.options.member_lag_calls = calls;
    }

    /// Lists of members are up to date again.
    pub fn show_members(&mut self) {
        self.options.member_lag_calls = 0;
        self.unseen_members.clear();
    }

    /// Users whom group rules leave alone for good, because somebody took them out by hand.
    pub fn exclusions(&self) -> usize {
        self.rules.values().map(|it| it.excluded.len()).sum()
    }

    /// From now on every activation and deactivation is over after this many reads of the user.
    pub fn take_time(&mut self, polls: usize) {
        self.options.transitions = Transitions::Always;
        self.options.transition_polls = polls;
        if polls == 0 {
            // Whoever is under way arrives with the next read.
            for user in self.users.values_mut() {
                user.transition.iter_mut().for_each(|it| it.polls = 0);
            }
        }
    }

    /// The next `calls` calls are refused as too many at once.
    pub fn congest(&mut self, calls: usize) {
        self.congested = calls;
    }

    /// The next `calls` changes of group rules, or replacements of policies, are answered with 423.
    pub fn reconcile_priorities(&mut self, calls: usize) {
        self.reconciling = calls;
    }
}
