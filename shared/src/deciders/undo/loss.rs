//! What Okta cannot give back, and what a person can do about it.

use std::{fmt, sync::Arc};

use crate::words::account::Status;

/// Something that a departure took and an undo does not bring back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Somebody else had closed the account before the departure.
    StaysClosed {
        /// Its status then.
        status: Status,
    },
    /// The account had another open status.
    Status {
        /// Which.
        before: Status,
    },
    /// The group was deleted.
    GroupGone {
        /// Its name then.
        name: Arc<str>,
        /// Whether another group has the name now.
        is_replaced: bool,
    },
    /// A group rule decides who is in it.
    GroupByRule {
        /// Its name.
        name: Arc<str>,
    },
    /// The group has become one that nobody may write to.
    GroupNotWritable {
        /// Its name.
        name: Arc<str>,
    },
    /// The app was deleted or is inactive.
    AppGone {
        /// Its label then.
        label: Arc<str>,
    },
    /// Another system owns the profile.
    MasteredElsewhere {
        /// Which.
        source: Arc<str>,
    },
    /// The policy no longer writes the attribute.
    Attribute {
        /// Which.
        name: Arc<str>,
    },
    /// Sessions, tokens and consents.
    SignIns,
    /// Deactivation takes password and factors.
    Enrolments,
    /// Deactivation takes every app, also those that nobody wrote down.
    OtherApps,
    /// What the account was inside its apps.
    AppProfiles,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StaysClosed { status } => write!(
                f,
                "the account was {status} before the departure, by somebody else: it stays closed \
                 until a person opens it in Okta"
            ),
            Self::Status { before } => write!(
                f,
                "the status {before}, which the account had: it comes back open, so look at it in \
                 Okta"
            ),
            Self::GroupGone { name, is_replaced: false } => {
                write!(f, "group {name:?}: it was deleted in Okta")
            }
            Self::GroupGone { name, is_replaced: true } => write!(
                f,
                "group {name:?}: it was deleted in Okta. Another group has the name now; if it is \
                 meant, add the person by hand"
            ),
            Self::GroupByRule { name } => write!(
                f,
                "group {name:?}, which an Okta group rule fills: the person is in it again as soon \
                 as the rule applies"
            ),
            Self::GroupNotWritable { name } => {
                write!(f, "group {name:?}: it is managed outside of Okta now")
            }
            Self::AppGone { label } => {
                write!(f, "app {label:?}: it was deleted in Okta or is inactive")
            }
            Self::MasteredElsewhere { source } => {
                write!(f, "attributes of the profile, which {source} masters: change them there")
            }
            Self::Attribute { name } => {
                write!(f, "attribute {name}, which the policy no longer writes")
            }
            Self::SignIns => f.write_str(
                "sessions, tokens and consents: the person signs in again everywhere, and apps \
                 ask for consent again",
            ),
            Self::Enrolments => f.write_str(
                "password and MFA enrolments, which deactivation may have taken: in Okta, open \
                 the person and send the activation or password mail, and expect a new enrolment",
            ),
            Self::OtherApps => f.write_str(
                "apps that were assigned directly and that the policy does not name: deactivation \
                 took them, so ask the person what is missing",
            ),
            Self::AppProfiles => f.write_str(
                "what was set inside apps that are assigned again (roles, licences, user names): \
                 look at them in the apps",
            ),
        }
    }
}
