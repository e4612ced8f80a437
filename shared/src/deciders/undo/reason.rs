//! Why there is nothing to take back, or why it is not done.

use std::fmt;

use jiff::{Timestamp, civil::Date};

use crate::words::ids::OktaUserId;

/// Why there is nothing to take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// No departure was ever carried out.
    NeverLeft,
    /// HR says so, and nothing was taken yet.
    NotCarriedOut {
        /// HR's last day.
        last_day: Date,
    },
    /// It was undone, or the person came back, before.
    AlreadyUndone {
        /// When.
        at: Timestamp,
        /// How long a hold keeps the departure from being carried out again.
        held_until: Option<Timestamp>,
    },
    /// What was saved is from an earlier spell of work.
    HiredAgain {
        /// The earlier departure.
        departure: Date,
        /// The hire since then.
        hired: Timestamp,
    },
    /// HR says that the person works here, and the account is open.
    BackAlready {
        /// The departure that is over.
        departure: Date,
    },
}

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nothing to undo: ")?;
        match self {
            Self::NeverLeft => {
                f.write_str("Rollcall never carried out a departure of this person.")
            }
            Self::NotCarriedOut { last_day } => write!(
                f,
                "UKG says that the person left on {last_day}, and Rollcall has taken nothing away \
                 yet. If UKG is wrong, correct it there; until that is done, `rollcall hold add \
                 PERSON --kind vip --why \"...\"` makes the departure wait for approval."
            ),
            Self::AlreadyUndone { at, held_until: Some(until) } => write!(
                f,
                "the departure was taken back at {at:.0}. A hold keeps it from being carried out \
                 again until {until:.0}; correct the record in UKG by then."
            ),
            Self::AlreadyUndone { at, held_until: None } => write!(
                f,
                "everything that was saved for this person was used or had served its time at \
                 {at:.0}."
            ),
            Self::HiredAgain { departure, hired } => write!(
                f,
                "what was saved is from the departure of {departure}, and the person was hired \
                 again at {hired:.0}. Access follows the new job."
            ),
            Self::BackAlready { departure } => write!(
                f,
                "UKG says that the person works here, and the account is open: the departure of \
                 {departure} is over."
            ),
        }
    }
}

/// Why a departure is not taken back although it was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Security decided that the account stays closed.
    SecurityHold {
        /// Who.
        owner: String,
    },
    /// Okta does not have the account any more.
    NoAccount {
        /// Which.
        user: OktaUserId,
        /// The attribute that says whose account it is.
        attribute: String,
    },
    /// The account is not this person's any more.
    NotOurs {
        /// Which.
        user: OktaUserId,
        /// The attribute that would say so.
        attribute: String,
    },
    /// `okta.protected` names it.
    Protected {
        /// Which.
        user: OktaUserId,
    },
    /// Okta is still at work on it.
    StillChanging {
        /// Which.
        user: OktaUserId,
    },
    /// The account was prepared and never opened.
    NeverOpened,
    /// Somebody else had closed the account before the departure.
    WasClosed,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Not undone: ")?;
        match self {
            Self::SecurityHold { owner } => write!(
                f,
                "a security hold by {owner} keeps the account closed. Ask {owner}; then `rollcall \
                 hold remove PERSON --kind security --why \"...\"`, and undo again."
            ),
            Self::NoAccount { user, attribute } => write!(
                f,
                "user {user} is not in Okta any more, and a deleted user cannot be brought back. \
                 Create one by hand and write the personId into {attribute}: Rollcall looks after \
                 it from then on."
            ),
            Self::NotOurs { user, attribute } => write!(
                f,
                "user {user} does not carry this person's id in {attribute} any more. Find out in \
                 Okta's System Log who changed it."
            ),
            Self::Protected { user } => write!(
                f,
                "user {user} is protected by okta.protected in the policy. Do it by hand in Okta."
            ),
            Self::StillChanging { user } => write!(
                f,
                "Okta is still changing the status of user {user}. Wait a minute and undo again."
            ),
            Self::NeverOpened => f.write_str(
                "the account was prepared and never opened, and Okta cannot bring it back to that. \
                 When UKG says that the person works here, it is opened on the first day.",
            ),
            Self::WasClosed => f.write_str(
                "somebody else had closed the account before the departure, and Okta cannot bring \
                 it back closed. Open it in Okta if the reason is gone.",
            ),
        }
    }
}
