//! Says what Okta should hold for a person, by the policy's rules.
//!
//! The only place where HR's vocabulary becomes Okta's. It knows neither YAML (that is
//! [`super::policy`]) nor what Okta holds at present (that is the plan's business). A rule that
//! cannot be applied to a person is a finding that holds the person, and names the rule and its
//! line, never a value.

mod columns;
mod compiler;
mod country;
mod depth;
mod desired;
mod each;
mod expression;
mod field;
mod functions;
mod login;
mod memo;
mod okta;
mod rules;
mod sample;
mod text;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};

use crate::words::{
    desired::Rule,
    finding::Finding,
    hr::Catalog,
    ids::{GroupKey, Login, OktaUserId, PolicyHash},
    person::Person,
    value::Value,
};

pub use field::{OrgLevels, Origin, Part};
pub use memo::Memo;

pub(crate) use {
    compiler::{Compiler, Scope},
    each::{Each, Piece, Template},
    expression::{Answer, Engine, Expression, Slot},
    field::Field,
    functions::{FUNCTIONS, Lookup, Tables},
    login::{Fallback, Logins},
    rules::{App, Attribute, Group, GroupName, Rules, TierRule, TierRules, UnknownJob, WhenBlank},
    sample::samples,
};

use expression::Row;

/// Everything that the mapping may look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Whom it is for.
    pub person: &'a Person,
    /// The supervisor, if HR names one and he or she was found.
    pub manager: Option<&'a Person>,
    /// The supervisor's login, if there is one yet.
    pub manager_login: Option<&'a Login>,
    /// The person's login, once it is settled.
    pub login: Option<&'a Login>,
    /// What the codes mean.
    pub catalog: &'a Catalog,
    /// The person's own date.
    pub today: Date,
    /// How much of what the rules give is given.
    pub extent: Extent,
    /// What becomes of whom HR leaves without a unit that a rule needs.
    pub blanks: Blanks,
}

impl<'a> Facts<'a> {
    /// What HR says of a person at an instant; nothing about managers and logins, and nothing left
    /// out.
    pub fn of(person: &'a Person, catalog: &'a Catalog, as_of: Timestamp) -> Self {
        Self {
            person,
            manager: None,
            manager_login: None,
            login: None,
            catalog,
            today: as_of.to_zoned_datetime(person.primary().zone.clone()).date(),
            extent: Extent::Full,
            blanks: Blanks::Held,
        }
    }
}

/// What becomes of whom HR leaves without a unit (a department, a cost center) that a rule needs, or
/// with one that HR's own tables do not have (hr-case 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blanks {
    /// What the unit gave stays as it is, and the rest goes on: the days of grace.
    Borne,
    /// The person is held.
    Held,
}

/// How much of what the rules give is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Full,
    /// Groups and apps only as far as the policy marks them `while_restricted`.
    Restricted,
}

/// A group that is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedGroup {
    /// What it stands for: HR's units that give it its name. Empty for a name that is fixed.
    pub keys: BTreeSet<GroupKey>,
    /// The rank of the MFA tier it belongs to, when it does.
    pub tier: Option<usize>,
}

/// A manager with an account.
#[derive(Clone, Copy, Debug)]
pub struct ManagerView<'a> {
    /// The manager's login.
    pub login: &'a Login,
    /// The manager's Okta id.
    pub okta_id: &'a OktaUserId,
    /// Who it is.
    pub person: &'a Person,
}

/// Expressions that read the same fields, and so are remembered together.
#[derive(Debug)]
struct Bundle {
    reads: Vec<Slot>,
    is_personal: bool,
    expressions: Vec<Arc<Expression>>,
}

/// Where the answer of an expression is found.
type Place = (usize, usize);

/// The compiled rules.
#[derive(Debug)]
pub(crate) struct Mapping {
    policy: PolicyHash,
    engine: Engine,
    rules: Rules,
    bundles: Vec<Bundle>,
    attributes: Vec<Place>,
    groups: Vec<Option<Place>>,
    apps: Vec<Option<Place>>,
    tiers: Vec<Option<Place>>,
    reads_manager_level: bool,
    /// The columns of HR's that any of the rules reads.
    columns: BTreeSet<Field>,
}

impl Mapping {
    pub(crate) fn new(policy: PolicyHash, engine: Engine, rules: Rules) -> Self {
        let mut bundles: BTreeMap<Vec<Slot>, usize> = BTreeMap::new();
        let mut all: Vec<Bundle> = Vec::new();
        let mut place = |expression: &Arc<Expression>| -> Place {
            let at = *bundles.entry(expression.reads.clone()).or_insert_with(|| {
                let reads = expression.reads.clone();
                let is_personal = reads.iter().any(|it| it.is_personal());
                all.push(Bundle { reads, is_personal, expressions: Vec::new() });
                all.len() - 1
            });
            all[at].expressions.push(expression.clone());
            (at, all[at].expressions.len() - 1)
        };
        let attributes = rules.attributes.iter().map(|it| place(&it.value)).collect();
        let groups = rules.groups.iter().map(|it| it.when.as_ref().map(&mut place)).collect();
        let apps = rules.apps.iter().map(|it| it.when.as_ref().map(&mut place)).collect();
        let tiers = rules.tiers.tiers.iter().map(|it| it.when.as_ref().map(&mut place)).collect();
        let is_manager_level =
            |it: &Arc<Expression>| it.reads.contains(&Slot::Manager(Field::Level));
        let reads_manager_level = all.iter().flat_map(|it| &it.expressions).any(is_manager_level)
            || rules.manager_display.iter().any(is_manager_level)
            || rules.logins.candidates.iter().any(is_manager_level);
        let matches = rules.matches.iter().map(|(_, it)| it);
        let others = rules.logins.candidates.iter().chain(&rules.level).chain(matches);
        let others = others.flat_map(|it| it.reads.iter().copied());
        let slots = all.iter().flat_map(|it| it.reads.iter().copied()).chain(others);
        let columns = columns::columns(&rules, slots);
        Self {
            policy,
            engine,
            rules,
            columns,
            bundles: all,
            attributes,
            groups,
            apps,
            tiers,
            reads_manager_level,
        }
    }

    pub(crate) fn logins(&self, facts: &Facts<'_>) -> Result<Vec<Login>, Finding> {
        self.with_row(facts, |row| self.rules.logins.of(&self.engine, row, facts.person))
    }

    pub(crate) fn match_values(&self, facts: &Facts<'_>) -> Vec<(Arc<str>, Value)> {
        self.with_row(facts, |row| {
            let values = self.rules.matches.iter().map(|(attribute, expression)| {
                match expression.answer(&self.engine, row) {
                    Answer::Value(it) => Some((attribute.clone(), it)),
                    // Nothing to match on is no match, whyever.
                    Answer::Blank | Answer::Failed => None,
                }
            });
            values.flatten().collect()
        })
    }

    /// What people read as the manager's name.
    pub(crate) fn manager_display(&self, facts: &Facts<'_>) -> Option<Value> {
        let display = self.rules.manager_display.as_ref()?;
        match self.with_row(facts, |row| display.answer(&self.engine, row)) {
            Answer::Value(it) => Some(it),
            Answer::Blank | Answer::Failed => None,
        }
    }

    pub(crate) fn owned_groups(&self, catalog: &Catalog) -> BTreeMap<Arc<str>, OwnedGroup> {
        let mut res: BTreeMap<Arc<str>, OwnedGroup> = BTreeMap::new();
        for group in &self.rules.groups {
            match &group.name {
                GroupName::Fixed(name) => {
                    res.entry(name.clone()).or_default();
                }
                GroupName::Each { each, name, pattern, holds_blank: _, parents: _ } => {
                    for (code, description) in each.entries(catalog) {
                        if let Some(name) = name.name(&self.engine, (code, description)) {
                            let key = GroupKey::from(format!("{pattern}/{code}"));
                            res.entry(name).or_default().keys.insert(key);
                        }
                    }
                }
            }
        }
        for (rank, it) in self.rules.tiers.tiers.iter().enumerate() {
            res.entry(it.group.clone()).or_default().tier = Some(rank);
        }
        res
    }

    pub(crate) fn owned_apps(&self) -> BTreeSet<Arc<str>> {
        self.rules.apps.iter().map(|it| it.label.clone()).collect()
    }

    pub(crate) fn attribute_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.rules.attributes.iter().map(|it| &it.name)
    }

    /// The rule that gives an attribute.
    pub(crate) fn attribute_rule(&self, name: &str) -> Option<Rule> {
        let attribute = self.rules.attributes.iter().find(|it| &*it.name == name)?;
        Some(Rule(attribute.value.place.clone()))
    }

    fn with_row<T>(&self, facts: &Facts<'_>, run: impl FnOnce(&Row<'_>) -> T) -> T {
        let Facts { person, manager, manager_login, login, catalog, today, extent: _, blanks: _ } =
            *facts;
        let now = today.to_string();
        let row = Row {
            person: Some(person),
            manager,
            manager_login,
            login,
            catalog,
            levels: &self.rules.levels,
            now: &now,
            level: "",
            manager_level: "",
            it: ("", ""),
        };
        let Some(level) = &self.rules.level else { return run(&row) };
        let text = |row: &Row<'_>| match level.answer(&self.engine, row) {
            Answer::Value(it) => it.to_string(),
            // Blank, so that rules about a level do not apply: less access, never more.
            Answer::Blank | Answer::Failed => String::new(),
        };
        let own = text(&row);
        let of_manager = match manager {
            Some(manager) if self.reads_manager_level => {
                text(&Row { person: Some(manager), ..row })
            }
            Some(_) | None => String::new(),
        };
        run(&Row { level: &own, manager_level: &of_manager, ..row })
    }
}
