//! What kind of org is simulated: its limits, its delays, and the choices Okta does not document.

use std::{collections::BTreeMap, time::Duration};

use super::limits::Bucket;
use crate::Clock;

/// How the simulated org is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port to listen on at 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The time of resource stamps. Tokens, signatures and rate limits keep the machine's.
    pub clock: Clock,
    /// The rate limits.
    pub limits: Limits,
    /// The percentage of a bucket that one token or app may use. Okta's default is 50.
    pub share_percent: u32,
    /// The length of a rate-limit window. Okta's is 60 seconds; tests want less.
    pub window: Duration,
    /// How many requests may be under way at once (Workforce: 75).
    pub concurrency: usize,
    /// How long each call takes. Zero unless concurrency is what a test is about.
    pub latency: Duration,
    /// A changed user shows its new self in `search=` only after this many further calls.
    /// Okta says "eventually consistent" and publishes no figure.
    pub search_lag_calls: usize,
    /// Lists of members and of a user's groups show a change only after this many further calls
    /// (Terraform's provider waits up to ten seconds for them).
    pub member_lag_calls: usize,
    /// An asynchronous activation or deactivation is over after this many reads of the user.
    pub transition_polls: usize,
    /// Which transitions are asynchronous (when `transition_polls` is not 0).
    pub transitions: Transitions,
    /// The seed of all generated ids.
    pub seed: u64,
    /// The switches for what Okta leaves open.
    pub unconfirmed: Unconfirmed,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            clock: Clock::default(),
            limits: Limits::Off,
            share_percent: 50,
            window: Duration::from_secs(60),
            concurrency: 75,
            latency: Duration::ZERO,
            search_lag_calls: 0,
            member_lag_calls: 0,
            transition_polls: 0,
            transitions: Transitions::WhenPreferred,
            seed: 1,
            unconfirmed: Unconfirmed::default(),
        }
    }
}

/// Which activations and deactivations take their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transitions {
    /// Those that were asked to, with `Prefer: respond-async`.
    WhenPreferred,
    /// All of them.
    Always,
}

/// The org's rate limits, in calls per window.
#[derive(Clone, Debug)]
pub enum Limits {
    /// No call is refused. The headers then tell of a budget nobody exhausts.
    Off,
    /// The last published figures for a Workforce org, times this percentage.
    WorkforcePercent(u32),
    /// These figures; a bucket that is not named has the Workforce figure.
    Custom(BTreeMap<Bucket, u32>),
}

/// Behaviour that Okta's documents leave open, with the value we chose for each.
///
/// None of these is a claim about Okta. A product that depends on one of them should be tested
/// under both values.
#[derive(Clone, Debug)]
pub struct Unconfirmed {
    /// Whether deactivation ends the user's Okta sessions. Off: the caller has to do it.
    pub deactivation_ends_sessions: bool,
    /// Whether group rules act on STAGED users. A recording of 2020 says yes, older help says no.
    pub rules_act_on_staged: bool,
    /// Whether `suspend` also works on PROVISIONED and `PASSWORD_EXPIRED` users, whose links offer it.
    pub suspend_follows_links: bool,
    /// Whether a scope that was not granted is dropped from the token instead of `invalid_scope`.
    pub ungranted_scopes_are_dropped: bool,
    /// Whether sessions can only be cleared for users who can sign in (the console says so).
    pub sessions_need_active_user: bool,
    /// Whether a reactivated leaver still has the old password, and so comes back ACTIVE.
    pub password_survives_deactivation: bool,
    /// Whether member lists leave DEPROVISIONED users out.
    pub member_lists_hide_deprovisioned: bool,
    /// Whether a group's name that is taken is 400 E0000001 instead of 409 E0000055.
    pub duplicate_group_is_invalid: bool,
    /// Whether a super admin has allowed profile updates of deactivated users.
    /// This one is documented (off by default) and a setting of the org.
    pub deactivated_profiles_are_editable: bool,
}

impl Default for Unconfirmed {
    fn default() -> Self {
        Self {
            deactivation_ends_sessions: false,
            rules_act_on_staged: true,
            suspend_follows_links: false,
            ungranted_scopes_are_dropped: false,
            sessions_need_active_user: false,
            password_survives_deactivation: false,
            member_lists_hide_deprovisioned: false,
            duplicate_group_is_invalid: false,
            deactivated_profiles_are_editable: false,
        }
    }
}
