//! Compiles what the policy gives people: groups, apps, MFA tiers.

use std::collections::BTreeMap;

use regex::Regex;

use super::{Reader, Wanted, rule};
use crate::deciders::{
    mapping::{
        App, Each, Group, GroupName, Origin, Part, Piece, Scope, Slot, Template, TierRule,
        TierRules,
    },
    policy::{
        error::{Position, did_you_mean},
        tree::{Node, Scalar},
    },
};

impl Reader<'_, '_> {
    pub(super) fn groups(&mut self, root: &Node) -> Vec<Group> {
        let mut res = Vec::new();
        for (i, node) in root.part("groups").items().iter().enumerate() {
            let name = node.part("name");
            let rule = rule("groups", i, name);
            let when = self.condition(node, &format!("groups[{i}] when"));
            let Some(scalar) = name.scalar() else { continue };
            if scalar.text.trim().is_empty() {
                self.report.error(name.at, "a group needs a name", None);
            }
            let name = match node.get("for_each") {
                None => {
                    if scalar.text.contains(['{', '}']) {
                        let hint =
                            "add `for_each: department`, for example; only then there is an `it`";
                        self.report.error(
                            name.at,
                            "a name with braces needs `for_each`",
                            Some(hint.into()),
                        );
                    }
                    GroupName::Fixed(scalar.text.trim().into())
                }
                Some(of) => {
                    let Some(each) = self.each(of) else { continue };
                    let Some(name) = self.template(scalar, name.at, i) else { continue };
                    let holds_blank = node.part("when_blank").text() != "skip";
                    let pattern = scalar.text.trim().into();
                    let parents = self.parents(node);
                    GroupName::Each { each, name, holds_blank, parents, pattern }
                }
            };
            if let (GroupName::Fixed(_), Some(it)) = (&name, node.get("parents")) {
                let hint = "a group of its own has nothing above it; remove `parents`";
                self.report.error(it.at, "`parents` needs `for_each`", Some(hint.into()));
            }
            let while_restricted = node.flag("while_restricted");
            res.push(Group { name, when, rule, while_restricted });
        }
        res
    }

    /// The table of codes above codes that a rule names.
    fn parents(&mut self, node: &Node) -> Option<BTreeMap<String, String>> {
        let named = node.get("parents")?;
        let name = named.text().trim();
        let Some(table) = self.compiler.tables.lookups.get(name) else {
            let known: Vec<&str> =
                self.compiler.tables.lookups.keys().map(String::as_str).collect();
            let hint = did_you_mean(name, known.iter().copied())
                .unwrap_or_else(|| format!("add a table `{name}` to `lookups`"));
            self.report.error(named.at, format!("there is no lookup table `{name}`"), Some(hint));
            return None;
        };
        let values = table.values.clone();
        self.compiler.used_lookups.insert(name.to_owned());
        Some(values)
    }

    fn each(&mut self, node: &Node) -> Option<Each> {
        Some(match node.text() {
            "location" => Each::Location,
            "company" => Each::Company,
            "job_family" => Each::JobFamily,
            name => {
                let part = Part::ALL.into_iter().find(|it| it.as_str() == name)?;
                match self.compiler.levels.get(part) {
                    Some(Origin::OrgLevel(level)) => Each::OrgLevel(level),
                    Some(Origin::Project) => {
                        let hint =
                            "UKG has no list of projects, so an empty group could not be found";
                        let message =
                            format!("`{name}` is the project, and there is no list of those");
                        self.report.error(node.at, message, Some(hint.into()));
                        return None;
                    }
                    None => {
                        let message = format!("nothing says which org level is the {name}");
                        let hint = format!("add `{name}: 2` (or 1, 3, 4) to `hr.org_levels`");
                        self.report.error(node.at, message, Some(hint));
                        return None;
                    }
                }
            }
        })
    }

    /// `Department {it.name}`: text, and expressions over `it` in braces.
    fn template(&mut self, scalar: &Scalar, at: Position, index: usize) -> Option<Template> {
        let pattern = Regex::new(r"\{([^{}]*)\}").expect("this pattern is well-formed");
        let (mut pieces, mut end, mut is_complete) = (Vec::new(), 0, true);
        let text = &scalar.text;
        let mut reads_it = false;
        for found in pattern.find_iter(text) {
            pieces.push(Piece::Text(text[end..found.start()].to_owned()));
            end = found.end();
            let inside = &text[found.start() + 1..found.end() - 1];
            let before = u32::try_from(text[..=found.start()].chars().count()).unwrap_or_default();
            let name = format!("groups[{index}] name");
            let place = |line: u32, column: u32| scalar.place(line, before + column);
            match self.compile(inside, Scope::IT, &name, Wanted::Text, at, place) {
                Some(it) => {
                    reads_it |= it.reads.iter().any(|it| matches!(it, Slot::ItCode | Slot::ItName));
                    pieces.push(Piece::Cel(it));
                }
                None => is_complete = false,
            }
        }
        pieces.push(Piece::Text(text[end..].to_owned()));
        if is_complete && !reads_it {
            let hint = "add `{it.name}` or `{it.code}`, or remove `for_each`";
            self.report.error(
                at,
                "every group of this rule would have the same name",
                Some(hint.into()),
            );
        }
        is_complete.then_some(Template(pieces))
    }

    pub(super) fn apps(&mut self, root: &Node) -> Vec<App> {
        let mut res = Vec::new();
        for (i, node) in root.part("apps").items().iter().enumerate() {
            let label = node.part("label");
            let when = self.condition(node, &format!("apps[{i}] when"));
            res.push(App {
                label: label.text().trim().into(),
                when,
                rule: rule("apps", i, label),
                while_restricted: node.flag("while_restricted"),
            });
        }
        res
    }

    /// The MFA tiers. Every one but the first needs a condition, or those below it would be empty.
    pub(super) fn tiers(&mut self, root: &Node) -> TierRules {
        let Some(mfa) = root.get("mfa") else { return TierRules::default() };
        let items = mfa.part("tiers").items();
        if items.is_empty() {
            let hint = "add `- {name: standard, group: MFA standard}`, or remove `mfa`";
            self.report.error(mfa.at, "there are no MFA tiers", Some(hint.into()));
        }
        let mut tiers: Vec<TierRule> = Vec::new();
        for (i, node) in items.iter().enumerate() {
            let when = self.condition(node, &format!("mfa.tiers[{i}] when"));
            if i > 0 && node.get("when").is_none() {
                let hint = "say who is in it: `when: worker.level == '5'`, for example";
                self.report.error(
                    node.at,
                    "every tier but the first needs `when`",
                    Some(hint.into()),
                );
            }
            let (name, group) = (node.part("name"), node.part("group"));
            for (key, it) in [("name", name), ("group", group)] {
                let text = it.text().trim();
                let is_double = tiers.iter().any(|it| match key {
                    "name" => &*it.name == text,
                    _ => &*it.group == text,
                });
                if is_double {
                    let message = format!("two tiers have the same {key}");
                    self.report.error(it.at, message, Some("keep the tiers apart".into()));
                }
            }
            tiers.push(TierRule {
                name: name.text().trim().into(),
                group: group.text().trim().into(),
                when,
                rule: rule("mfa.tiers", i, name),
            });
        }
        let strictest = tiers.len().saturating_sub(1);
        let unknown_job = match mfa.get("unknown_job") {
            None => strictest,
            Some(it) => {
                let at = tiers.iter().position(|tier| *tier.name == *it.text().trim());
                if at.is_none() {
                    let names = tiers.iter().map(|it| &*it.name);
                    let hint = did_you_mean(it.text(), names);
                    let message = format!("there is no tier `{}`", it.text());
                    self.report.error(it.at, message, hint);
                }
                at.unwrap_or(strictest)
            }
        };
        TierRules { tiers, unknown_job }
    }
}
