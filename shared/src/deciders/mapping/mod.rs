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
mod each;
mod expression;
mod field;
mod functions;
mod login;
mod memo;
mod okta;
mod sample;
mod text;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;

use crate::words::{
    desired::{Desired, Rule, Tier, Unclear, Wish},
    finding::{Finding, FindingCode, Subject},
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
    sample::samples,
};

use each::Entry;
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

/// What a job means that UKG's own table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownJob {
    Hold,
    StrictestTier,
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

/// The rules, as the policy hands them over.
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

    pub(crate) fn desired(&self, facts: &Facts<'_>, memo: &Memo) -> Result<Desired, Vec<Finding>> {
        let mut memo = memo.of(&self.policy, self.bundles.len());
        let answers = self.with_row(facts, |row| {
            let compute = |bundle: &Bundle| -> Arc<[Answer]> {
                bundle.expressions.iter().map(|it| it.answer(&self.engine, row)).collect()
            };
            let bundles = self.bundles.iter().enumerate();
            bundles
                .map(|(i, bundle)| match bundle.is_personal {
                    true => compute(bundle),
                    false => memo.answers(i, &bundle.reads, row, || compute(bundle)),
                })
                .collect::<Vec<_>>()
        });
        let mut findings = Vec::new();
        let mut unclear = Unclear::default();
        let is_unclear = |it: &Expression| self.reads_blank_unit(it, facts);
        let is_borne = facts.blanks == Blanks::Borne;
        let bears = |it: &Expression| is_borne && is_unclear(it);
        let subject = || Subject::Person(facts.person.id.clone());
        let mut hold = |code, detail: String| findings.push(Finding::held(subject(), code, detail));

        let mut attributes = BTreeMap::new();
        for (attribute, at) in self.rules.attributes.iter().zip(&self.attributes) {
            let place = &attribute.value.place;
            let wish = match &answers[at.0][at.1] {
                Answer::Value(value) => match okta::fit(&attribute.name, value) {
                    Ok(value) => Wish::Set(value),
                    Err(why) => {
                        hold(FindingCode::MissingAttribute, format!("{place}: {why}"));
                        continue;
                    }
                },
                Answer::Blank => match attribute.when_blank {
                    WhenBlank::Keep => Wish::Keep,
                    WhenBlank::Clear => Wish::Clear,
                    WhenBlank::Hold if bears(&attribute.value) => {
                        unclear.borne.insert(Rule(place.clone()));
                        Wish::Keep
                    }
                    WhenBlank::Hold => {
                        let detail = format!("{place} is blank; complete the record in HR");
                        hold(FindingCode::MissingAttribute, detail);
                        continue;
                    }
                },
                Answer::Failed => {
                    hold(FindingCode::ExpressionFailed, format!("{place} failed"));
                    continue;
                }
            };
            attributes.insert(attribute.name.clone(), wish);
        }

        let mut applies = |when: Option<&Arc<Expression>>, at: Option<Place>| -> bool {
            let (Some(when), Some(at)) = (when, at) else { return true };
            answers[at.0][at.1].holds().unwrap_or_else(|| {
                let detail = format!("{} failed", when.place);
                findings.push(Finding::held(subject(), FindingCode::ExpressionFailed, detail));
                false
            })
        };
        let is_given = |while_restricted: bool| match facts.extent {
            Extent::Full => true,
            Extent::Restricted => while_restricted,
        };
        let mut apps = BTreeMap::new();
        for (app, at) in self.rules.apps.iter().zip(&self.apps) {
            if !is_given(app.while_restricted) {
                continue;
            }
            if applies(app.when.as_ref(), *at) {
                apps.entry(app.label.clone()).or_insert_with(|| app.rule.clone());
            } else if app.when.as_deref().is_some_and(is_unclear) {
                unclear.apps.insert(app.label.clone());
            }
        }
        let mut groups = BTreeMap::new();
        let mut each = Vec::new();
        for (i, (group, at)) in self.rules.groups.iter().zip(&self.groups).enumerate() {
            if !is_given(group.while_restricted) {
                continue;
            }
            if applies(group.when.as_ref(), *at) {
                match &group.name {
                    GroupName::Fixed(name) => {
                        groups.entry(name.clone()).or_insert_with(|| group.rule.clone());
                    }
                    GroupName::Each { each: of, name, holds_blank, parents, pattern } => {
                        each.push((i, of, name, *holds_blank, parents.as_ref(), pattern));
                    }
                }
            } else if group.when.as_deref().is_some_and(is_unclear) {
                match &group.name {
                    GroupName::Fixed(name) => unclear.groups.insert(name.clone()),
                    GroupName::Each { pattern, .. } => unclear.patterns.insert(pattern.clone()),
                };
            }
        }
        let mut tier = self.rules.tiers.tiers.first().map(|_| 0);
        for (rank, (it, at)) in self.rules.tiers.tiers.iter().zip(&self.tiers).enumerate() {
            if it.when.is_some() && applies(it.when.as_ref(), *at) {
                tier = Some(rank);
            }
        }
        let job = facts.person.primary().row.job.as_ref();
        if job.is_none_or(|it| !facts.catalog.jobs.contains_key(it)) {
            tier = tier.map(|_| self.rules.tiers.unknown_job);
        }
        let tier = tier.map(|rank| self.tier(rank));
        if let (Some(job), UnknownJob::Hold) = (job, self.rules.unknown_job)
            && !facts.catalog.jobs.contains_key(job)
        {
            let detail = format!("job {job} is not in UKG's table of jobs; correct the record");
            findings.push(Finding::held(subject(), FindingCode::UnknownJob, detail));
        }
        for (i, each, template, holds_blank, parents, pattern) in each {
            let rule = &self.rules.groups[i].rule;
            let mut hold = |what: &str| {
                let detail = format!("{}: {what}", rule.0);
                findings.push(Finding::held(subject(), FindingCode::MissingAttribute, detail));
            };
            let entry = match each.of(facts.person, facts.catalog) {
                Entry::Of(code, name) => (code, name),
                Entry::Blank if !holds_blank => {
                    // Somebody without an office may have none; a blank unit says nothing.
                    if each.is_unit() {
                        unclear.patterns.insert(pattern.clone());
                    }
                    continue;
                }
                Entry::Blank | Entry::Unknown if is_borne => {
                    unclear.patterns.insert(pattern.clone());
                    unclear.borne.insert(rule.clone());
                    continue;
                }
                Entry::Blank => {
                    hold("the code is blank; complete the record in HR");
                    continue;
                }
                Entry::Unknown => {
                    hold("the code is not in HR's own table");
                    continue;
                }
            };
            let mut give = |entry: (&str, &str)| {
                let name = memo.name(i, entry, || template.name(&self.engine, entry));
                let is_named = name.is_some();
                if let Some(name) = name {
                    groups.entry(name).or_insert_with(|| rule.clone());
                }
                is_named
            };
            if !give(entry) {
                hold("the name came out blank");
                continue;
            }
            for above in each::above(entry.0, parents) {
                // A code above that HR does not have names no group.
                if let Some(entry) = each.entry(above, facts.catalog) {
                    give(entry);
                }
            }
        }
        if !findings.is_empty() {
            findings.sort();
            return Err(findings);
        }
        // What another rule gives is clear.
        unclear.groups.retain(|it| !groups.contains_key(it));
        unclear.apps.retain(|it| !apps.contains_key(it));
        Ok(Desired { person: facts.person.id.clone(), attributes, groups, apps, unclear, tier })
    }

    /// Whether a rule reads a unit (department, cost center) that HR left blank: that it does not
    /// hold then says nothing about the person.
    fn reads_blank_unit(&self, rule: &Expression, facts: &Facts<'_>) -> bool {
        let is_blank = |it: &Slot| {
            matches!(it, Slot::Worker(field) if field.is_unit()
                && field.read(facts.person, facts.catalog, &self.rules.levels)
                    == field::Cell::BLANK)
        };
        rule.reads.iter().any(is_blank)
    }

    fn tier(&self, rank: usize) -> Tier {
        let TierRule { name, group, when: _, rule } = &self.rules.tiers.tiers[rank];
        Tier { rank, name: name.clone(), group: group.clone(), rule: rule.clone() }
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
