//! What Okta has: users, statuses, groups.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{AppId, GroupId, Login, OktaUserId};
pub use super::profile::Profile;

/// An Okta user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Okta's id.
    pub id: OktaUserId,
    /// The status, "as of the last login or lifecycle event".
    pub status: Status,
    /// The status an asynchronous change is moving to, while it runs.
    pub transitioning_to: Option<Status>,
    /// The login, as compared (lower case).
    pub login: Login,
    /// Every profile attribute that is not null, `login` included.
    pub profile: Profile,
    /// Where the password is checked: tells accounts mastered by a directory.
    pub provider: Provider,
    /// When the account was created.
    pub created: Option<Timestamp>,
    /// When its status last changed.
    pub status_changed: Option<Timestamp>,
    /// When its user last signed in.
    pub last_login: Option<Timestamp>,
    /// When it last changed.
    pub last_updated: Option<Timestamp>,
}

/// The status of an Okta user (reference/okta.md, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Created, never activated.
    Staged,
    /// Activated, waiting for its user to set a password.
    Provisioned,
    /// In use.
    Active,
    /// A password reset is under way.
    Recovery,
    /// In use, but the password is too old.
    PasswordExpired,
    /// In use, but locked after failed sign-ins.
    LockedOut,
    /// Closed for now; groups and apps are kept.
    Suspended,
    /// Deactivated. Hidden from plain lists; still owns its login and its groups.
    Deprovisioned,
}

impl Status {
    /// Okta's own spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "STAGED",
            Self::Provisioned => "PROVISIONED",
            Self::Active => "ACTIVE",
            Self::Recovery => "RECOVERY",
            Self::PasswordExpired => "PASSWORD_EXPIRED",
            Self::LockedOut => "LOCKED_OUT",
            Self::Suspended => "SUSPENDED",
            Self::Deprovisioned => "DEPROVISIONED",
        }
    }

    /// Reads Okta's spelling.
    pub fn parse(raw: &str) -> Option<Self> {
        [
            Self::Staged,
            Self::Provisioned,
            Self::Active,
            Self::Recovery,
            Self::PasswordExpired,
            Self::LockedOut,
            Self::Suspended,
            Self::Deprovisioned,
        ]
        .into_iter()
        .find(|it| it.as_str() == raw)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `credentials.provider.type`: who checks the password.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Provider {
    /// Okta itself.
    Okta,
    /// Another identity provider by federation or social sign-in: still Okta's own profile.
    Federation,
    /// A directory or another source that masters the profile (`ACTIVE_DIRECTORY`, `LDAP`, `IMPORT`).
    Elsewhere(Arc<str>),
}

/// What kind of group (reference/okta.md, section 3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// `OKTA_GROUP`: the only kind anybody may write to.
    Okta,
    /// `APP_GROUP`: imported, managed in the app.
    App,
    /// `BUILT_IN`: for example Everyone.
    BuiltIn,
    /// A kind this program does not know; never written to.
    Unknown(Arc<str>),
}

/// An Okta group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Okta's id.
    pub id: GroupId,
    /// `profile.name`
    pub name: Arc<str>,
    /// `profile.description`
    pub description: Option<Arc<str>>,
    /// `type`
    pub kind: GroupKind,
    /// When its membership last changed.
    pub last_membership_updated: Option<Timestamp>,
}

/// A group rule: who is put into which groups by Okta itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule {
    /// Okta's id of the rule.
    pub id: Arc<str>,
    /// The rule's name.
    pub name: Arc<str>,
    /// Whether it acts at present (`status` is `ACTIVE`).
    pub is_active: bool,
    /// The groups it puts people into.
    pub targets: Vec<GroupId>,
}

/// An Okta application instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Okta's id.
    pub id: AppId,
    /// `label`: the name people know it by.
    pub label: Arc<str>,
    /// Whether its status is `ACTIVE`.
    pub is_active: bool,
}

/// An authenticator enrollment policy (`MFA_ENROLL`), as far as its order and its people go
/// (reference/okta.md, section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollmentPolicy {
    /// Okta's id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it acts at present.
    pub is_active: bool,
    /// Whether it has a rule that acts: without one Okta passes the policy over.
    pub has_active_rule: bool,
    /// 1 is asked first; the first that includes the user wins.
    pub priority: Option<u32>,
    /// The default policy: always last, for Everyone.
    pub is_system: bool,
    /// The groups it is for.
    pub groups: Vec<GroupId>,
}
