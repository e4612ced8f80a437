//! What one person should have: every rule in turn, and what it comes to.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Answer, App, Attribute, Blanks, Expression, Extent, Facts, GroupName, Mapping, Memo, Place,
    Slot, TierRule, UnknownJob, WhenBlank,
    each::{self, Entry},
    field, memo, okta,
};
use crate::words::{
    desired::{Desired, Rule, Tier, Unclear, Wish},
    finding::{Finding, FindingCode, Subject},
};

impl Mapping {
    pub(crate) fn desired(&self, facts: &Facts<'_>, memo: &Memo) -> Result<Desired, Vec<Finding>> {
        let mut memo = memo.of(&self.policy, self.bundles.len());
        let mut sheet = Sheet {
            mapping: self,
            facts,
            answers: self.answers(facts, &mut memo),
            attributes: BTreeMap::new(),
            groups: BTreeMap::new(),
            apps: BTreeMap::new(),
            unclear: Unclear::default(),
            findings: Vec::new(),
        };
        sheet.fill_attributes();
        sheet.fill_apps();
        sheet.fill_groups(&mut memo);
        let tier = sheet.tier();
        sheet.finish(tier)
    }

    fn answers(&self, facts: &Facts<'_>, memo: &mut memo::Inner) -> Vec<Arc<[Answer]>> {
        self.with_row(facts, |row| {
            let bundles = self.bundles.iter().enumerate().map(|(i, bundle)| {
                let expressions = bundle.expressions.iter();
                let compute = || expressions.map(|it| it.answer(&self.engine, row)).collect();
                match bundle.is_personal {
                    true => compute(),
                    false => memo.answers(i, &bundle.reads, row, compute),
                }
            });
            bundles.collect()
        })
    }
}

/// What the rules come to for one person, as far as they were looked at.
struct Sheet<'a> {
    mapping: &'a Mapping,
    facts: &'a Facts<'a>,
    answers: Vec<Arc<[Answer]>>,
    attributes: BTreeMap<Arc<str>, Wish>,
    groups: BTreeMap<Arc<str>, Rule>,
    apps: BTreeMap<Arc<str>, Rule>,
    unclear: Unclear,
    findings: Vec<Finding>,
}

impl Sheet<'_> {
    fn fill_attributes(&mut self) {
        let mapping = self.mapping;
        for (attribute, at) in mapping.rules.attributes.iter().zip(&mapping.attributes) {
            if let Some(wish) = self.wish(attribute, *at) {
                self.attributes.insert(attribute.name.clone(), wish);
            }
        }
    }

    fn wish(&mut self, attribute: &Attribute, at: Place) -> Option<Wish> {
        let place = &attribute.value.place;
        match &self.answers[at.0][at.1] {
            Answer::Value(value) => match okta::fit(&attribute.name, value) {
                Ok(value) => Some(Wish::Set(value)),
                Err(why) => {
                    self.refuse(FindingCode::MissingAttribute, format!("{place}: {why}"));
                    None
                }
            },
            Answer::Blank => match attribute.when_blank {
                WhenBlank::Keep => Some(Wish::Keep),
                WhenBlank::Clear => Some(Wish::Clear),
                WhenBlank::Hold if self.is_borne() && self.is_unclear(&attribute.value) => {
                    self.unclear.borne.insert(Rule(place.clone()));
                    Some(Wish::Keep)
                }
                WhenBlank::Hold => {
                    let detail = format!("{place} is blank; complete the record in HR");
                    self.refuse(FindingCode::MissingAttribute, detail);
                    None
                }
            },
            Answer::Failed => {
                self.refuse(FindingCode::ExpressionFailed, format!("{place} failed"));
                None
            }
        }
    }

    fn fill_apps(&mut self) {
        let mapping = self.mapping;
        for (app, at) in mapping.rules.apps.iter().zip(&mapping.apps) {
            let App { label, when, rule, while_restricted } = app;
            if !self.is_given(*while_restricted) {
                continue;
            }
            if self.applies(when.as_ref(), *at) {
                self.apps.entry(label.clone()).or_insert_with(|| rule.clone());
            } else if when.as_deref().is_some_and(|it| self.is_unclear(it)) {
                self.unclear.apps.insert(label.clone());
            }
        }
    }

    fn fill_groups(&mut self, memo: &mut memo::Inner) {
        let mapping = self.mapping;
        // A group with a name of its own is given by the rule that names it.
        let mut repeated = Vec::new();
        for (i, (group, at)) in mapping.rules.groups.iter().zip(&mapping.groups).enumerate() {
            if !self.is_given(group.while_restricted) {
                continue;
            }
            let applies = self.applies(group.when.as_ref(), *at);
            let is_unclear = || group.when.as_deref().is_some_and(|it| self.is_unclear(it));
            match &group.name {
                GroupName::Fixed(name) if applies => {
                    self.groups.entry(name.clone()).or_insert_with(|| group.rule.clone());
                }
                GroupName::Each { .. } if applies => repeated.push(i),
                GroupName::Fixed(name) if is_unclear() => {
                    self.unclear.groups.insert(name.clone());
                }
                GroupName::Each { pattern, .. } if is_unclear() => {
                    self.unclear.patterns.insert(pattern.clone());
                }
                GroupName::Fixed(_) | GroupName::Each { .. } => {}
            }
        }
        for i in repeated {
            self.fill_each(i, memo);
        }
    }

    /// The group of the person's own unit, and those above it.
    fn fill_each(&mut self, rule_at: usize, memo: &mut memo::Inner) {
        let (mapping, catalog) = (self.mapping, self.facts.catalog);
        let group = &mapping.rules.groups[rule_at];
        let GroupName::Each { each, name: template, holds_blank, parents, pattern } = &group.name
        else {
            return;
        };
        let missing = FindingCode::MissingAttribute;
        let entry = match each.of(self.facts.person, catalog) {
            Entry::Of(code, name) => (code, name),
            Entry::Blank if !holds_blank => {
                // Somebody without an office may have none; a blank unit says nothing.
                if each.is_unit() {
                    self.unclear.patterns.insert(pattern.clone());
                }
                return;
            }
            Entry::Blank | Entry::Unknown if self.is_borne() => {
                self.unclear.patterns.insert(pattern.clone());
                self.unclear.borne.insert(group.rule.clone());
                return;
            }
            Entry::Blank => {
                let what = "the code is blank; complete the record in HR";
                return self.refuse(missing, format!("{}: {what}", group.rule.0));
            }
            Entry::Unknown => {
                let what = "the code is not in HR's own table";
                return self.refuse(missing, format!("{}: {what}", group.rule.0));
            }
        };
        let mut give = |entry: (&str, &str)| {
            let name = memo.name(rule_at, entry, || template.name(&mapping.engine, entry));
            let is_named = name.is_some();
            if let Some(name) = name {
                self.groups.entry(name).or_insert_with(|| group.rule.clone());
            }
            is_named
        };
        if !give(entry) {
            return self.refuse(missing, format!("{}: the name came out blank", group.rule.0));
        }
        for above in each::above(entry.0, parents.as_ref()) {
            // A code above that HR does not have names no group.
            if let Some(entry) = each.entry(above, catalog) {
                give(entry);
            }
        }
    }

    /// The last tier whose rule holds; `None` where the policy has none.
    fn tier(&mut self) -> Option<Tier> {
        let mapping = self.mapping;
        let rules = &mapping.rules.tiers;
        let mut rank = rules.tiers.first().map(|_| 0);
        for (nth, (it, at)) in rules.tiers.iter().zip(&mapping.tiers).enumerate() {
            if it.when.is_some() && self.applies(it.when.as_ref(), *at) {
                rank = Some(nth);
            }
        }
        let job = self.facts.person.primary().row.job.as_ref();
        let is_known = job.is_some_and(|it| self.facts.catalog.jobs.contains_key(it));
        if !is_known {
            rank = rank.map(|_| rules.unknown_job);
        }
        if let (Some(job), UnknownJob::Hold, false) = (job, mapping.rules.unknown_job, is_known) {
            let detail = format!("job {job} is not in UKG's table of jobs; correct the record");
            self.refuse(FindingCode::UnknownJob, detail);
        }
        let rank = rank?;
        let TierRule { name, group, when: _, rule } = &rules.tiers[rank];
        Some(Tier { rank, name: name.clone(), group: group.clone(), rule: rule.clone() })
    }

    fn finish(mut self, tier: Option<Tier>) -> Result<Desired, Vec<Finding>> {
        if !self.findings.is_empty() {
            self.findings.sort();
            return Err(self.findings);
        }
        let Self { facts, attributes, groups, apps, mut unclear, .. } = self;
        // What another rule gives is clear.
        unclear.groups.retain(|it| !groups.contains_key(it));
        unclear.apps.retain(|it| !apps.contains_key(it));
        Ok(Desired { person: facts.person.id.clone(), attributes, groups, apps, unclear, tier })
    }

    /// Whether a rule holds for the person; one without a condition does.
    fn applies(&mut self, when: Option<&Arc<Expression>>, at: Option<Place>) -> bool {
        let (Some(when), Some(at)) = (when, at) else { return true };
        self.answers[at.0][at.1].holds().unwrap_or_else(|| {
            self.refuse(FindingCode::ExpressionFailed, format!("{} failed", when.place));
            false
        })
    }

    fn is_given(&self, while_restricted: bool) -> bool {
        match self.facts.extent {
            Extent::Full => true,
            Extent::Restricted => while_restricted,
        }
    }

    fn is_borne(&self) -> bool {
        self.facts.blanks == Blanks::Borne
    }

    /// Whether a rule reads a unit (department, cost center) that HR left blank: that it does not
    /// hold then says nothing about the person.
    fn is_unclear(&self, rule: &Expression) -> bool {
        let Facts { person, catalog, .. } = self.facts;
        let levels = &self.mapping.rules.levels;
        rule.reads.iter().any(|it| {
            matches!(it, Slot::Worker(field) if field.is_unit()
                && field.read(person, catalog, levels) == field::Cell::BLANK)
        })
    }

    /// Holds the person.
    fn refuse(&mut self, code: FindingCode, detail: String) {
        let subject = Subject::Person(self.facts.person.id.clone());
        self.findings.push(Finding::held(subject, code, detail));
    }
}
