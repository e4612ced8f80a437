//! What Okta should say about one person, by the policy.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{ids::PersonId, value::Value};

/// What the policy wants for one person, with the rule that wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Whom it is for.
    pub person: PersonId,
    /// Profile attributes that the policy maps, `login` and the manager's attributes excluded.
    pub attributes: BTreeMap<Arc<str>, Wish>,
    /// Groups by name, each with the rule that gives it.
    pub groups: BTreeMap<Arc<str>, Rule>,
    /// Apps assigned directly, by label, each with the rule that gives it.
    pub apps: BTreeMap<Arc<str>, Rule>,
    /// Groups and apps of which nobody can say whether the person should have them, because HR left
    /// the unit blank that their rule reads: whoever has one keeps it, and nobody gets it.
    pub unclear: Unclear,
    /// The MFA tier, when the policy has tiers.
    pub tier: Option<Tier>,
}

/// What a blank unit leaves open (hr-case 29).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unclear {
    /// Groups by name.
    pub groups: BTreeSet<Arc<str>>,
    /// Groups of units by the name that the policy gives to all of them: `Department {it.name}`.
    pub patterns: BTreeSet<Arc<str>>,
    /// Apps by label.
    pub apps: BTreeSet<Arc<str>>,
    /// Rules that hold the person if HR does not fill the blank in within the days of grace.
    pub borne: BTreeSet<Rule>,
}

/// The MFA tier that the policy wants for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Its place among the policy's tiers: the higher, the stricter.
    pub rank: usize,
    /// Its name.
    pub name: Arc<str>,
    /// The name of its group.
    pub group: Arc<str>,
    /// The rule that gives it.
    pub rule: Rule,
}

/// What an attribute should become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// This value.
    Set(Value),
    /// Nothing: clear it.
    Clear,
    /// Whatever it is: the source is blank and the policy keeps.
    Keep,
}

/// The rule of the policy that gave something, as `explain` shows it: for example
/// `groups[3] "Sales EMEA" (line 84)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(pub Arc<str>);
