//! The parts of the policy that are settings, and how they are read from the checked file.
//!
//! Every function here reads a tree that has been checked and completed: a key that is missing or
//! wrong has been reported, so the values made up in its place are never used.

mod hr;
mod safety;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Span, Timestamp};

use super::tree::Node;
use crate::deciders::{mapping::OrgLevels, notices::Wording};

pub(super) use hr::{hr, roster};
pub(super) use safety::{audit, contractors, lifecycle, limits, mfa, modes, notices, reconcile};

/// Which employment endpoint the tenant has (reference/ukg.md, section 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoints {
    /// `employment-details`
    Old,
    /// `employee-employment-details`
    New,
}

/// How UKG is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HrSettings {
    /// Which employment endpoint to ask.
    pub endpoints: Endpoints,
    /// Rows per page.
    pub page_size: u32,
    /// Codes that mean "nothing".
    pub placeholder_codes: BTreeSet<Arc<str>>,
    /// Days for which a blank unit is borne before it holds the person.
    pub blank_grace_days: u16,
    /// Which org level plays which part.
    pub org_levels: OrgLevels,
    pub(super) contracts_end_access: bool,
    /// The user-defined field that holds a contractor's last day, when one does.
    pub end_field: Option<Arc<str>>,
}

impl HrSettings {
    /// When a unit that HR left blank at `since` begins to hold the person.
    pub fn blanks_borne_until(&self, since: Timestamp) -> Timestamp {
        let days = Span::new().hours(24 * i64::from(self.blank_grace_days));
        since.checked_add(days).unwrap_or(Timestamp::MAX)
    }

    /// Whether contracts have to be read at all: they cost a full listing.
    pub fn wants_contracts(&self) -> bool {
        self.contracts_end_access
    }
}

/// How people and accounts find each other, and what is out of bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OktaSettings {
    /// The profile attribute that holds UKG's personId.
    pub key_attribute: Arc<str>,
    /// Attributes that prove a match; the values come from [`super::Policy::match_values`].
    pub match_on: Vec<Arc<str>>,
    /// How many percent of Okta's rate limits may be used.
    pub budget_share: u8,
    /// Logins or ids that are never touched without approval.
    pub protected_users: BTreeSet<Arc<str>>,
    /// Group names or ids whose members are never touched without approval.
    pub protected_groups: BTreeSet<Arc<str>>,
    /// Logins that every complete read of Okta contains.
    pub canaries: BTreeSet<Arc<str>>,
}

/// What a change of name does to the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rename {
    /// Nothing.
    Off,
    /// It waits for approval.
    Approve,
    /// It is made.
    Auto,
}

/// What the flows must know about logins; how they are made is the mapping's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginRules {
    /// What a change of name does.
    pub rename: Rename,
}

/// What identifies a manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagerValue {
    /// The login.
    Login,
    /// The Okta id.
    OktaId,
    /// The employee number.
    EmployeeNumber,
    /// The e-mail address in HR.
    Email,
}

/// How an account names its manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagerRules {
    /// The attribute that identifies the manager.
    pub attribute: Arc<str>,
    /// With what.
    pub value: ManagerValue,
    /// The attribute that people read, if it is written.
    pub display_attribute: Option<Arc<str>>,
    /// The linked object to set as well, by its primary name.
    pub linked_object: Option<Arc<str>>,
    /// Days after a manager has left at which the manager's own manager takes the place.
    pub skip_level_after_days: Option<u16>,
}

/// Who is told, and in what words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notices {
    /// IT.
    pub it: bool,
    /// HR.
    pub hr: bool,
    /// Security.
    pub security: bool,
    /// Managers.
    pub manager: bool,
    /// Days before an employee's last day at which the manager is told.
    pub leaver_days: BTreeSet<u16>,
    /// How messages begin, and how long they are.
    pub wording: Wording,
}

/// What is done around the end of a contractor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contractors {
    /// Days before the end at which the hiring manager is told, each once.
    pub warn_days: BTreeSet<u16>,
    /// Whether everything Okta knows about a contractor who leaves is kept.
    pub archives: bool,
}

/// How long evidence is kept, and what it is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// Days that events are kept.
    pub retention_days: u16,
    /// Minutes within which a leaver's access must be gone.
    pub revoke_minutes: u32,
    /// Minutes within which a joiner must have access.
    pub provision_minutes: u32,
}

impl Node {
    /// The value of a key that the check has made sure of.
    pub(super) fn part(&self, key: &str) -> &Self {
        static NOTHING: Node = Node::NOTHING;
        self.get(key).unwrap_or(&NOTHING)
    }

    pub(super) fn count(&self, key: &str) -> u32 {
        self.part(key).text().parse().unwrap_or_default()
    }

    pub(super) fn days(&self, key: &str) -> u16 {
        self.part(key).text().parse().unwrap_or_default()
    }

    pub(super) fn percent(&self, key: &str) -> u8 {
        self.part(key).text().parse().unwrap_or_default()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.part(key).scalar().and_then(|it| it.as_bool()).unwrap_or_default()
    }

    /// A list of words that the check has made sure of.
    pub(super) fn words(&self, key: &str) -> BTreeSet<&str> {
        self.part(key).items().iter().map(Self::text).collect()
    }

    pub(super) fn texts<T: From<String> + Ord>(&self, key: &str) -> BTreeSet<T> {
        self.part(key).items().iter().map(|it| it.text().trim().to_owned().into()).collect()
    }

    pub(super) fn map<K: From<String> + Ord, V>(
        &self,
        key: &str,
        value: impl Fn(&Self) -> V,
    ) -> BTreeMap<K, V> {
        let entries = self.part(key).entries().iter();
        entries.map(|(word, it)| (word.text.trim().to_owned().into(), value(it))).collect()
    }
}

pub(super) fn okta(root: &Node) -> OktaSettings {
    let okta = root.part("okta");
    let protected = okta.part("protected");
    let matches = okta.part("match_on").items().iter();
    OktaSettings {
        key_attribute: okta.part("key_attribute").text().into(),
        match_on: matches.map(|it| it.part("attribute").text().into()).collect(),
        budget_share: okta.percent("budget_share"),
        protected_users: protected.texts("users"),
        protected_groups: protected.texts("groups"),
        canaries: protected.texts("canaries"),
    }
}

pub(super) fn login(root: &Node) -> LoginRules {
    LoginRules {
        rename: match root.part("login").part("rename").text() {
            "auto" => Rename::Auto,
            "approve" => Rename::Approve,
            _ => Rename::Off,
        },
    }
}

pub(super) fn manager(root: &Node) -> Option<ManagerRules> {
    let manager = root.get("manager")?;
    Some(ManagerRules {
        attribute: manager.part("attribute").text().into(),
        value: match manager.part("value").text() {
            "okta_id" => ManagerValue::OktaId,
            "employee_number" => ManagerValue::EmployeeNumber,
            "email" => ManagerValue::Email,
            _ => ManagerValue::Login,
        },
        display_attribute: manager
            .get("display")
            .map(|_| manager.part("display_attribute").text().into()),
        linked_object: manager.get("linked_object").map(|it| it.text().trim().into()),
        skip_level_after_days: manager
            .get("skip_level_after_days")
            .map(|_| manager.days("skip_level_after_days")),
    })
}
