//! `rollcall.yaml`: read, checked as a whole and compiled once.
//!
//! A [`Policy`] is a value: no file, no clock, no Okta. What it says about a person it says
//! through [`super::mapping`]; the settings for the other deciders are plain fields. A policy that
//! compiled can still be wrong about Okta (a group that is not there): `rollcall check` asks.

pub mod error;
mod rules;
mod sections;
mod settings;
mod shape;
mod tree;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    deciders::{
        digest::digest_of,
        guard::{self, Counted},
        lifecycle,
        mapping::{FUNCTIONS, Facts, Field, ManagerView, Mapping, Memo, OwnedGroup},
        plan, roster,
        tiers::{Lowering, MfaRules},
    },
    words::{
        action::Kind,
        desired::{Desired, Rule},
        finding::Finding,
        hr::Catalog,
        ids::{Login, PolicyHash},
        person::Person,
        value::Value,
    },
};
use error::Report;
use shape::Shape;

pub use error::{PolicyError, PolicyErrors, Position};
pub use settings::{
    AuditSettings, Contractors, Endpoints, HrSettings, LoginRules, ManagerRules, ManagerValue,
    Notices, OktaSettings, Rename,
};

/// The commented policy of a fictional company: what `rollcall demo` runs on.
pub const EXAMPLE: &str = include_str!("../../../policy/rollcall.yaml");

/// A checked policy.
#[derive(Debug)]
pub struct Policy {
    /// SHA-256 of the file. It is in every plan and every audit event.
    pub hash: PolicyHash,
    /// What the company is called in reports.
    pub name: String,
    /// How UKG is read.
    pub hr: HrSettings,
    /// How HR's rows become persons.
    pub roster: roster::Rules,
    /// The days around a start, an absence and an end.
    pub lifecycle: lifecycle::Rules,
    /// What may be done before a person has to approve it.
    pub limits: guard::Limits,
    /// What is done by itself, with a person's word, or not at all.
    pub modes: guard::Modes,
    /// How people and accounts find each other, and what is out of bounds.
    pub okta: OktaSettings,
    /// What the flows must know about logins.
    pub login: LoginRules,
    /// How an account names its manager; `None` leaves managers alone.
    pub manager: Option<ManagerRules>,
    /// What is done around the end of a contractor.
    pub contractors: Contractors,
    /// What is done about groups.
    pub reconcile: plan::Reconcile,
    /// The MFA tiers; `None` when nobody is moved between any.
    pub mfa: Option<MfaRules>,
    /// Who is told.
    pub notices: Notices,
    /// How long evidence is kept.
    pub audit: AuditSettings,
    mapping: Mapping,
    warnings: Vec<PolicyError>,
}

impl Policy {
    /// Reads a policy. `file` is what errors call it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn compile(file: &str, text: &str) -> Result<Self, PolicyErrors> {
        let mut report = Report::new(file);
        let hash = hash(text);
        let mut root = tree::parse(text, &mut report).unwrap_or(tree::Node::NOTHING);
        if report.is_clean() {
            shape::check(&mut root, "", &Shape::Section(&sections::ROOT), &mut report);
        }
        let hr = settings::hr(&root);
        let mapping = rules::compile(&root, &hr, hash.clone(), &mut report);
        let zones = root.part("hr").part("time_zones");
        if zones.part("locations").entries().is_empty() && zones.part("default").text() == "UTC" {
            let hint =
                "a leaver's access ends at midnight of this zone; write `hr.time_zones.default`";
            report.warning(root.part("hr").at, "every worker is in the time zone UTC", hint);
        }
        let warnings = report.finish()?;
        Ok(Self {
            hash,
            name: root.part("name").text().to_owned(),
            roster: settings::roster(&root),
            lifecycle: settings::lifecycle(&root),
            limits: settings::limits(&root),
            modes: settings::modes(&root),
            okta: settings::okta(&root),
            login: settings::login(&root),
            manager: settings::manager(&root),
            contractors: settings::contractors(&root),
            reconcile: settings::reconcile(&root),
            mfa: settings::mfa(&root),
            notices: settings::notices(&root),
            audit: settings::audit(&root),
            hr,
            mapping,
            warnings,
        })
    }

    /// What is probably not what was meant, though it can be done.
    pub fn warnings(&self) -> &[PolicyError] {
        &self.warnings
    }

    /// What always waits for a person's word.
    pub fn supervised(&self) -> BTreeSet<Counted> {
        let mut res = self.modes.approve.clone();
        if self.login.rename == Rename::Approve {
            res.insert(Counted::Kind(Kind::RenameLogin));
        }
        if self.mfa.as_ref().is_some_and(|it| it.lower == Lowering::Approve) {
            res.insert(Counted::Kind(Kind::LowerTier));
        }
        res
    }

    /// The logins a person could have, best first. The first that nobody has or had is taken.
    ///
    /// # Errors
    ///
    /// A finding that holds the person, when nothing gives a login.
    pub fn logins(&self, facts: &Facts<'_>, _memo: &Memo) -> Result<Vec<Login>, Finding> {
        self.mapping.logins(facts)
    }

    /// What Okta should hold for a person. The key attribute, the login and the manager's
    /// attributes are not in it: they are written by steps of their own.
    ///
    /// # Errors
    ///
    /// Every finding about the person, each of which holds him or her.
    pub fn desired(&self, facts: &Facts<'_>, memo: &Memo) -> Result<Desired, Vec<Finding>> {
        self.mapping.desired(facts, memo)
    }

    /// The attributes that name the manager; `None` as a value clears the attribute. Without a
    /// manager both are cleared: ask only when HR names nobody, not when nobody was found.
    pub fn manager_attributes(
        &self,
        facts: &Facts<'_>,
        manager: Option<&ManagerView<'_>>,
    ) -> BTreeMap<Arc<str>, Option<Value>> {
        let Some(rules) = &self.manager else { return BTreeMap::new() };
        let value = manager.and_then(|it| match rules.value {
            ManagerValue::Login => Value::text(it.login.as_str()),
            ManagerValue::OktaId => Value::text(it.okta_id.as_str()),
            ManagerValue::EmployeeNumber => {
                it.person.primary().row.number.as_ref().and_then(|it| Value::text(it.as_str()))
            }
            ManagerValue::Email => it.person.email.as_deref().and_then(Value::text),
        });
        let mut attributes = BTreeMap::from([(rules.attribute.clone(), value)]);
        if let Some(display) = &rules.display_attribute {
            let value = manager.and_then(|it| {
                let facts =
                    Facts { manager: Some(it.person), manager_login: Some(it.login), ..*facts };
                self.mapping.manager_display(&facts)
            });
            attributes.insert(display.clone(), value);
        }
        attributes
    }

    /// The columns of HR's that the policy reads, by name.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.mapping.columns()
    }

    /// The columns that the policy reads and that are not blank for this person, by name.
    pub fn filled<'a>(
        &'a self,
        person: &'a Person,
        catalog: &'a Catalog,
    ) -> impl Iterator<Item = &'static str> + use<'a> {
        self.mapping.filled(person, catalog)
    }

    /// What proves that an account without the key is this person's: attribute and value.
    pub fn match_values(&self, facts: &Facts<'_>) -> Vec<(Arc<str>, Value)> {
        self.mapping.match_values(facts)
    }

    /// Every group that the policy can give, by name, so that a group whose last member left is
    /// looked at too. The groups of the MFA tiers are among them.
    pub fn owned_groups(&self, catalog: &Catalog) -> BTreeMap<Arc<str>, OwnedGroup> {
        self.mapping.owned_groups(catalog)
    }

    /// Every app that the policy can assign, by label.
    pub fn owned_apps(&self) -> BTreeSet<Arc<str>> {
        self.mapping.owned_apps()
    }

    /// The rule that gives a profile attribute, if `profile` maps it.
    pub fn attribute_rule(&self, name: &str) -> Option<Rule> {
        self.mapping.attribute_rule(name)
    }

    /// Every profile attribute that Rollcall writes, the key and the manager's included.
    pub fn owned_attributes(&self) -> BTreeSet<Arc<str>> {
        let mut names: BTreeSet<_> = self.mapping.attribute_names().cloned().collect();
        names.insert(self.okta.key_attribute.clone());
        if let Some(manager) = &self.manager {
            names.insert(manager.attribute.clone());
            names.extend(manager.display_attribute.clone());
        }
        names
    }

    /// The format as JSON Schema, for editors. Made of the tables that the check uses.
    pub fn json_schema() -> serde_json::Value {
        let mut schema = sections::ROOT.json_schema();
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        schema["title"] = "Rollcall policy".into();
        let fields = Field::ALL.iter().map(|it| (it.name().to_owned(), it.doc().into()));
        let fields: serde_json::Map<String, serde_json::Value> = fields.collect();
        // No keyword of JSON Schema, and editors ignore it: it is where the manual comes from.
        schema["x-worker-fields"] = fields.into();
        schema["x-functions"] = FUNCTIONS.iter().map(|it| it.usage).collect();
        schema
    }
}

fn hash(text: &str) -> PolicyHash {
    digest_of(text).into()
}
