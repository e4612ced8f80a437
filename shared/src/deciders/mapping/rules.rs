//! The rules, as the policy hands them over.

use std::{collections::BTreeMap, sync::Arc};

use super::{Each, Expression, Logins, OrgLevels, Template};
use crate::words::desired::Rule;

/// What a job means that UKG's own table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownJob {
    Hold,
    StrictestTier,
}

/// What a blank value does to an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenBlank {
    Keep,
    Clear,
    Hold,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Arc<str>,
    pub(crate) value: Arc<Expression>,
    pub(crate) when_blank: WhenBlank,
}

#[derive(Debug)]
pub(crate) enum GroupName {
    Fixed(Arc<str>),
    Each {
        each: Each,
        name: Template,
        holds_blank: bool,
        /// The code above each code.
        parents: Option<BTreeMap<String, String>>,
        /// The name as the policy writes it: half of the key of each group.
        pattern: Arc<str>,
    },
}

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: GroupName,
    pub(crate) when: Option<Arc<Expression>>,
    pub(crate) rule: Rule,
    pub(crate) while_restricted: bool,
}

/// The rule of an MFA tier.
#[derive(Debug)]
pub(crate) struct TierRule {
    pub(crate) name: Arc<str>,
    pub(crate) group: Arc<str>,
    pub(crate) when: Option<Arc<Expression>>,
    pub(crate) rule: Rule,
}

/// The rules of the MFA tiers, the strictest last.
#[derive(Debug, Default)]
pub(crate) struct TierRules {
    pub(crate) tiers: Vec<TierRule>,
    /// The tier of those whose job is unknown.
    pub(crate) unknown_job: usize,
}

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) label: Arc<str>,
    pub(crate) when: Option<Arc<Expression>>,
    pub(crate) rule: Rule,
    pub(crate) while_restricted: bool,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) levels: OrgLevels,
    pub(crate) level: Option<Arc<Expression>>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) groups: Vec<Group>,
    pub(crate) apps: Vec<App>,
    pub(crate) tiers: TierRules,
    pub(crate) unknown_job: UnknownJob,
    pub(crate) logins: Logins,
    pub(crate) matches: Vec<(Arc<str>, Arc<Expression>)>,
    pub(crate) manager_display: Option<Arc<Expression>>,
}
