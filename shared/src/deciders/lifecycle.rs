//! Which steps an account needs, given whether its person works here.

use std::collections::BTreeMap;

use crate::words::{ids::Code, person::Absence};

/// What the policy says about the days around a start, an absence and an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many days before the first day the account is created (in the worker's zone).
    pub preboard_days: u16,
    /// How many hours before the first day begins the account is activated.
    pub activate_hours_before: u16,
    /// Whether Okta mails the activation link to the new user.
    pub send_activation_email: bool,
    /// Days between suspension and deactivation of a leaver; 0 deactivates in the same run.
    pub grace_days: u16,
    /// What happens during each kind of absence, unless its leave reason says otherwise.
    pub absences: BTreeMap<Absence, Treatment>,
    /// What happens by leave reason code.
    pub leave_reasons: BTreeMap<Code, Treatment>,
}

/// What happens to the account of somebody who is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Nothing.
    Keep,
    /// Suspended once the absence has lasted this many days, unsuspended on return.
    SuspendAfter {
        /// Days after the absence began; 0 is at once.
        days: u16,
    },
}
