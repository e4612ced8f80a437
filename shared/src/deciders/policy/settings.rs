//! The parts of the policy that are settings, and how they are read from the checked file.
//!
//! Every function here reads a tree that has been checked and completed: a key that is missing or
//! wrong has been reported, so the values made up in its place are never used.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::tz::TimeZone;

use super::tree::Node;
use crate::{
    deciders::{
        guard::{Limit, Limits},
        lifecycle::{self, Treatment},
        mapping::{OrgLevels, Origin, Part},
        roster::{self, StatusMeaning, Zones},
    },
    words::{action::Kind, ids::Code, person::Absence},
};

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
    /// Which org level plays which part.
    pub org_levels: OrgLevels,
    pub(super) contracts_end_access: bool,
}

impl HrSettings {
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
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notices {
    /// IT.
    pub it: bool,
    /// HR.
    pub hr: bool,
    /// Security.
    pub security: bool,
    /// Managers of contractors.
    pub manager: bool,
    /// Days before the end of a contract at which its manager is told.
    pub contract_warn_days: u16,
}

/// How long evidence is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// In days.
    pub retention_days: u16,
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

    pub(super) fn texts<T: From<String> + Ord>(&self, key: &str) -> BTreeSet<T> {
        self.part(key).items().iter().map(|it| it.text().trim().to_owned().into()).collect()
    }

    fn map<K: From<String> + Ord, V>(
        &self,
        key: &str,
        value: impl Fn(&Self) -> V,
    ) -> BTreeMap<K, V> {
        let entries = self.part(key).entries().iter();
        entries.map(|(word, it)| (word.text.trim().to_owned().into(), value(it))).collect()
    }
}

pub(super) fn hr(root: &Node) -> HrSettings {
    let hr = root.part("hr");
    let mut org_levels = OrgLevels::default();
    for part in Part::ALL {
        match hr.part("org_levels").part(part.as_str()).text() {
            "project" => org_levels.set(part, Origin::Project),
            level => {
                // A level that is written but wrong has been reported; every use of it as well
                // would only bury that.
                if !level.is_empty() {
                    org_levels.set(part, Origin::OrgLevel(level.parse().unwrap_or(1)));
                }
            }
        }
    }
    HrSettings {
        endpoints: if hr.part("endpoints").text() == "old" {
            Endpoints::Old
        } else {
            Endpoints::New
        },
        page_size: hr.count("page_size"),
        placeholder_codes: hr.texts("placeholder_codes"),
        org_levels,
        contracts_end_access: hr.flag("contracts_end_access"),
    }
}

pub(super) fn roster(root: &Node) -> roster::Rules {
    let hr = root.part("hr");
    let zone = |it: &Node| TimeZone::get(it.text()).unwrap_or(TimeZone::UTC);
    let zones = hr.part("time_zones");
    // UKG's own codes (reference/ukg.md, section 2.4); a customer can add to them.
    let mut statuses: BTreeMap<Code, StatusMeaning> = [
        ("A", "working"),
        ("L", "leave"),
        ("O", "strike"),
        ("R", "laid-off"),
        ("S", "suspended"),
        ("T", "terminated"),
    ]
    .into_iter()
    .map(|(code, word)| (code.into(), status(word)))
    .collect();
    statuses.extend(hr.map::<Code, _>("statuses", |it| status(it.text())));
    roster::Rules {
        statuses,
        contingent_types: hr.texts("contingent_types"),
        employee_types: hr.texts("employee_types"),
        transfer_reasons: hr.texts("transfer_reasons"),
        immediate_reasons: hr.texts("immediate_reasons"),
        excluded_companies: hr.part("exclude").texts("companies"),
        excluded_employee_numbers: hr.part("exclude").texts("employee_numbers"),
        contracts_end_access: hr.flag("contracts_end_access"),
        zones: Zones {
            default: zone(zones.part("default")),
            by_location: zones.map("locations", zone),
            by_company: zones.map("companies", zone),
        },
    }
}

fn status(word: &str) -> StatusMeaning {
    match word {
        "working" => StatusMeaning::Working,
        "leave" => StatusMeaning::Away(Absence::Leave),
        "strike" => StatusMeaning::Away(Absence::Strike),
        "laid-off" => StatusMeaning::Away(Absence::LaidOff),
        "suspended" => StatusMeaning::Away(Absence::Suspended),
        _ => StatusMeaning::Terminated,
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
    })
}

pub(super) fn lifecycle(root: &Node) -> lifecycle::Rules {
    let lifecycle = root.part("lifecycle");
    let absences = lifecycle.part("absences");
    let absences = [
        (Absence::Leave, "leave"),
        (Absence::Strike, "strike"),
        (Absence::LaidOff, "laid-off"),
        (Absence::Suspended, "suspended"),
    ]
    .map(|(absence, key)| (absence, treatment(absences.part(key))));
    lifecycle::Rules {
        preboard_days: lifecycle.days("preboard_days"),
        activate_hours_before: lifecycle.days("activate_hours_before"),
        send_activation_email: lifecycle.flag("send_activation_email"),
        grace_days: lifecycle.days("grace_days"),
        absences: absences.into(),
        leave_reasons: lifecycle.map("leave_reasons", treatment),
    }
}

fn treatment(node: &Node) -> Treatment {
    match node.text() {
        "keep" => Treatment::Keep,
        "suspend" => Treatment::SuspendAfter { days: 0 },
        _ => Treatment::SuspendAfter { days: node.days("suspend_after_days") },
    }
}

/// The kinds of actions that can be limited: all of them.
const KINDS: [Kind; 16] = [
    Kind::Create,
    Kind::Adopt,
    Kind::Activate,
    Kind::Reactivate,
    Kind::Suspend,
    Kind::Unsuspend,
    Kind::EndSessions,
    Kind::RevokeGrants,
    Kind::SaveUndo,
    Kind::JoinGroup,
    Kind::LeaveGroup,
    Kind::AssignApp,
    Kind::UnassignApp,
    Kind::Deactivate,
    Kind::Update,
    Kind::SetManager,
];

pub(super) fn limits(root: &Node) -> Limits {
    let limits = root.part("limits");
    let limit = |kind: Kind| {
        let it = limits.part(kind.as_str());
        Limit { most: it.count("most"), percent: it.percent("percent"), floor: it.count("floor") }
    };
    Limits {
        kinds: KINDS.into_iter().map(|it| (it, limit(it))).collect(),
        roster_min_percent: limits.percent("roster_min_percent"),
        okta_min_percent: limits.percent("okta_min_percent"),
    }
}

pub(super) fn notices(root: &Node) -> Notices {
    let notices = root.part("notices");
    Notices {
        it: notices.flag("it"),
        hr: notices.flag("hr"),
        security: notices.flag("security"),
        manager: notices.flag("manager"),
        contract_warn_days: notices.days("contract_warn_days"),
    }
}

pub(super) fn audit(root: &Node) -> AuditSettings {
    AuditSettings { retention_days: root.part("audit").days("retention_days") }
}
