//! What an org consists of.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{expression::Expression, ids::Id};

/// A user's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Created, never activated.
    Staged,
    /// Activated, has no password yet.
    Provisioned,
    /// Can sign in.
    Active,
    /// Is resetting the password.
    Recovery,
    /// Has to change the password.
    PasswordExpired,
    /// Too many failed sign-ins.
    LockedOut,
    /// Cannot sign in until unsuspended.
    Suspended,
    /// Deactivated.
    Deprovisioned,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Staged,
        Self::Provisioned,
        Self::Active,
        Self::Recovery,
        Self::PasswordExpired,
        Self::LockedOut,
        Self::Suspended,
        Self::Deprovisioned,
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
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

    /// Whether group-based applications are assigned. Reconciliation happens on activation.
    pub(crate) fn has_apps(self) -> bool {
        !matches!(self, Self::Staged | Self::Deprovisioned)
    }
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// `00u…`
    pub id: Id,
    /// The status. During an asynchronous transition: still the old one.
    pub status: Status,
    /// The profile; a cleared attribute is absent.
    pub profile: Map<String, Value>,
    /// Groups, `Everyone` included.
    pub groups: BTreeSet<Id>,
    /// Whether a password (or a federation) lets the user in without enrolling.
    pub has_credentials: bool,
    /// `OKTA` or `FEDERATION`; anything else masters the profile.
    pub provider: &'static str,
    /// When the user was created.
    pub created: Timestamp,
    /// When the user was last activated.
    pub activated: Option<Timestamp>,
    /// When the status last changed.
    pub status_changed: Option<Timestamp>,
    /// When somebody last signed in.
    pub last_login: Option<Timestamp>,
    /// When profile or status last changed.
    pub last_updated: Timestamp,
    pub(crate) transition: Option<Transition>,
    pub(crate) revision: u64,
    pub(crate) hidden: Option<Hidden>,
}

/// An activation or deactivation that is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transition {
    /// The status it leads to.
    pub to: Status,
    /// How many reads it survives.
    pub polls: usize,
}

/// What `search` still believes about a user.
#[derive(Clone, Debug)]
pub(crate) struct Hidden {
    /// The number of the call from which on the truth is visible.
    pub until: u64,
    /// The last visible self, or `None` when the user is new.
    pub before: Option<Box<User>>,
}

/// What kind of group it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// Managed in Okta.
    Okta,
    /// Imported from an application; its members cannot be changed here.
    App,
    /// `Everyone` and its like.
    BuiltIn,
}

impl GroupKind {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Okta => "OKTA_GROUP",
            Self::App => "APP_GROUP",
            Self::BuiltIn => "BUILT_IN",
        }
    }
}

/// Why a user is in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Someone put them there.
    Direct,
    /// These rules did. Never empty.
    Rules(BTreeSet<Id>),
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// `00g…`
    pub id: Id,
    /// What kind it is.
    pub kind: GroupKind,
    /// Name, description and custom attributes.
    pub profile: Map<String, Value>,
    /// The members and why they are.
    pub members: BTreeMap<Id, Source>,
    /// The applications it gives.
    pub apps: BTreeSet<Id>,
    /// When it was created.
    pub created: Timestamp,
    /// When its profile last changed.
    pub last_updated: Timestamp,
    /// When a member last came or went.
    pub last_membership_updated: Timestamp,
}

impl Group {
    /// The group's name.
    pub fn name(&self) -> &str {
        self.profile.get("name").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A group rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `0pr…`
    pub id: Id,
    /// The name.
    pub name: String,
    /// The condition, in Okta's expression language.
    pub expression: String,
    pub(crate) condition: Expression,
    /// The groups it fills.
    pub groups: Vec<Id>,
    /// The users it leaves alone, for good.
    pub excluded: BTreeSet<Id>,
    /// Whether it acts.
    pub is_active: bool,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub last_updated: Timestamp,
}

/// An application.
#[derive(Clone, Debug)]
pub struct App {
    /// `0oa…`
    pub id: Id,
    /// The label people see.
    pub label: String,
    /// Whether it is ACTIVE.
    pub is_active: bool,
    /// The groups that give it, with their priority.
    pub groups: BTreeMap<Id, AppGroup>,
    /// Who has it.
    pub users: BTreeMap<Id, AppUser>,
    /// When it was created.
    pub created: Timestamp,
}

/// A group's assignment to an application.
#[derive(Clone, Debug)]
pub struct AppGroup {
    /// Which group's profile wins; lower wins.
    pub priority: u64,
    /// When it was assigned.
    pub last_updated: Timestamp,
}

/// A user's assignment to an application.
#[derive(Clone, Debug)]
pub struct AppUser {
    /// Whether a person or a group gave it.
    pub scope: Scope,
    /// The application's profile of the user.
    pub profile: Value,
    /// When it was assigned.
    pub created: Timestamp,
}

/// Who gave a user an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It was assigned directly.
    User,
    /// A group gave it.
    Group,
}

impl Scope {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Group => "GROUP",
        }
    }
}

/// A policy. Its conditions and settings are kept as they came.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `00p…`
    pub id: Id,
    /// `MFA_ENROLL` and others.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// Whether it is ACTIVE.
    pub is_active: bool,
    /// Whether it is the default one: always last, never deleted.
    pub is_system: bool,
    /// 1 is looked at first.
    pub priority: usize,
    /// Whom it is for.
    pub conditions: Value,
    /// What it asks for.
    pub settings: Value,
    /// Its rules in order of priority.
    pub rules: Vec<PolicyRule>,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub last_updated: Timestamp,
}

/// A rule of a policy.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    /// `0pr…`
    pub id: Id,
    /// The name.
    pub name: String,
    /// Whether it is ACTIVE.
    pub is_active: bool,
    /// Whether it is the default policy's own.
    pub is_system: bool,
    /// When it applies.
    pub conditions: Value,
    /// What happens then.
    pub actions: Value,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub last_updated: Timestamp,
}

/// A refresh token a user's client holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserToken {
    /// `oar…`
    pub id: Id,
    /// The client that holds it.
    pub client: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// When it was issued.
    pub created: Timestamp,
}

/// A consent a user gave a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// `oag…`
    pub id: Id,
    /// The client.
    pub client: String,
    /// What was consented to.
    pub scope: String,
    /// When.
    pub created: Timestamp,
}

/// An admin role a user holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The assignment's id.
    pub id: Id,
    /// `SUPER_ADMIN`, `ORG_ADMIN`, …
    pub kind: String,
    /// When it was assigned.
    pub created: Timestamp,
}

/// A mail the org sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The user it is about.
    pub user: Id,
    /// Why it was sent.
    pub reason: MailReason,
}

/// Why a mail was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailReason {
    /// A one-time activation link, to the person.
    Activation,
    /// A password reset, to the person.
    PasswordReset,
    /// A deactivation, to the admin.
    Deactivation,
}

/// An entry of the System Log.
#[derive(Clone, Debug)]
pub struct Event {
    /// When it was written.
    pub published: Timestamp,
    /// `user.lifecycle.suspend` and its relatives.
    pub kind: &'static str,
    /// Who did it: a client id, or the owner of an API token.
    pub actor: String,
    /// The `x-okta-request-id` of the call that did it.
    pub request: String,
    /// What it was done to: type and id.
    pub targets: Vec<(&'static str, Id)>,
}

/// What a service app may do beyond its scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdminRole {
    /// Everything.
    #[default]
    Super,
    /// Everything except acting on people who hold an admin role themselves.
    Limited,
    /// No role at all: lists of users and apps come back empty, the rest is refused.
    None,
}
