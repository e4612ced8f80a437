//! Compiles the expressions of the policy and tries each on made-up people.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use regex::Regex;

use super::{
    error::{Position, Report, did_you_mean},
    settings::HrSettings,
    tree::{Node, Scalar},
};
use crate::{
    deciders::mapping::{
        Answer, App, Attribute, Compiler, Each, Engine, Expression, Fallback, Group, GroupName,
        Logins, Lookup, Mapping, Origin, Part, Piece, Rules, Scope, Slot, Tables, Template,
        TierRule, TierRules, UnknownJob, WhenBlank, samples,
    },
    words::{desired::Rule, ids::PolicyHash, value::Value},
};

/// What an expression has to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Condition,
    Text,
    /// A text that ends with a domain of its own.
    Address,
    Anything,
}

/// Compiles everything that is an expression. The mapping is only used if nothing was reported.
pub(super) fn compile(
    root: &Node,
    hr: &HrSettings,
    hash: PolicyHash,
    report: &mut Report,
) -> Mapping {
    let lookups = root.part("lookups").entries().iter().map(|(word, node)| {
        let values = node.part("values").entries().iter();
        let values = values.map(|(word, it)| (word.text.clone(), it.text().to_owned())).collect();
        (word.text.clone(), Lookup { values, default: node.part("default").text().to_owned() })
    });
    let tables = Tables { lookups: lookups.collect(), ..Tables::default() };
    let mut reader = Reader {
        compiler: Compiler {
            levels: &hr.org_levels,
            has_level: root.get("level").is_some(),
            tables,
            used_lookups: BTreeSet::new(),
        },
        report,
        tried: Vec::new(),
    };

    let level = root
        .get("level")
        .and_then(|it| reader.expression(it, Scope::LEVEL, "level", Wanted::Anything));
    let attributes = reader.attributes(root);
    let groups = reader.groups(root);
    let apps = reader.apps(root);
    let tiers = reader.tiers(root);
    let logins = reader.logins(root.part("login"));
    let matches = reader.matches(root);
    let manager_display = root
        .get("manager")
        .and_then(|it| it.get("display"))
        .and_then(|it| reader.expression(it, Scope::PERSON, "manager.display", Wanted::Text));

    let Reader { compiler, report, tried } = reader;
    for (word, _) in root.part("lookups").entries() {
        if !compiler.used_lookups.contains(&word.text) {
            let message = format!("the lookup table `{}` is not used", word.text);
            report.warning(
                word.at,
                message,
                "remove it, or check the name where it should be used",
            );
        }
    }
    let engine = Engine::new(compiler.tables);
    for (expression, wanted, at) in &tried {
        try_out(expression, *wanted, *at, &engine, hr, report);
    }
    let rules = Rules {
        levels: hr.org_levels.clone(),
        level,
        attributes,
        groups,
        apps,
        tiers,
        unknown_job: match root.part("hr").part("unknown_job").text() {
            "strictest_tier" => UnknownJob::StrictestTier,
            _ => UnknownJob::Hold,
        },
        logins,
        matches,
        manager_display,
    };
    Mapping::new(hash, engine, rules)
}

/// Evaluates an expression for each made-up person and reports the first thing that is wrong.
fn try_out(
    expression: &Expression,
    wanted: Wanted,
    at: Position,
    engine: &Engine,
    hr: &HrSettings,
    report: &mut Report,
) {
    let problem = samples(&hr.org_levels, |who, row| match expression.attempt(engine, row) {
        // The people are made up, so that CEL may say what it stumbled over.
        Err(error) => Some((format!("fails for {who}: {error}"), FAILS)),
        Ok(Answer::Value(Value::Bool(_) | Value::Number(_) | Value::List(_)))
            if matches!(wanted, Wanted::Text | Wanted::Address) =>
        {
            Some(("does not come to a text".to_owned(), TEXT))
        }
        Ok(Answer::Value(Value::Text(text)))
            if wanted == Wanted::Address && !text.contains('@') =>
        {
            Some(("does not end with a domain".to_owned(), DOMAIN))
        }
        Ok(Answer::Value(Value::Text(_) | Value::Number(_) | Value::List(_)) | Answer::Blank)
            if wanted == Wanted::Condition =>
        {
            Some(("does not come to true or false".to_owned(), CONDITION))
        }
        Ok(Answer::Value(_) | Answer::Blank | Answer::Failed) => None,
    });
    if let Some((what, hint)) = problem {
        report.error(at, format!("{} {what}", expression.place), Some(hint.to_owned()));
    }
}

const FAILS: &str = "a blank HR field is the empty text \"\", and numbers need `int(…)` around text that may not be blank";
const DOMAIN: &str = "add `domain: larkspur.example` to `login`";
const TEXT: &str = "`string(…)` makes text of anything";
const CONDITION: &str = "compare with something, for example `worker.location == \"SEA\"`";

struct Reader<'r, 'c> {
    compiler: Compiler<'c>,
    report: &'r mut Report,
    tried: Vec<(Arc<Expression>, Wanted, Position)>,
}

impl Reader<'_, '_> {
    fn expression(
        &mut self,
        node: &Node,
        scope: Scope,
        name: &str,
        wanted: Wanted,
    ) -> Option<Arc<Expression>> {
        let scalar = node.scalar().filter(|it| !it.is_null())?;
        self.compile(&scalar.text, scope, name, wanted, node.at, |line, column| {
            scalar.place(line, column)
        })
    }

    fn compile(
        &mut self,
        text: &str,
        scope: Scope,
        name: &str,
        wanted: Wanted,
        at: Position,
        place: impl Fn(u32, u32) -> Position,
    ) -> Option<Arc<Expression>> {
        let label: Arc<str> = format!("{name} (line {})", at.line).into();
        match self.compiler.compile(text, scope, label) {
            Ok(expression) => {
                let expression = Arc::new(expression);
                self.tried.push((expression.clone(), wanted, at));
                Some(expression)
            }
            Err(problems) => {
                for it in problems {
                    self.report.error(place(it.line, it.column), it.message, it.hint);
                }
                None
            }
        }
    }

    fn attributes(&mut self, root: &Node) -> Vec<Attribute> {
        let mut res = Vec::new();
        let key_attribute = root.part("okta").part("key_attribute").text();
        for (word, node) in root.part("profile").entries() {
            let elsewhere = match word.text.as_str() {
                "login" => Some("`login:` makes it"),
                it if it == key_attribute => {
                    Some("it is `okta.key_attribute`, which Rollcall writes itself")
                }
                it if root.get("manager").is_some_and(|manager| {
                    it == manager.part("attribute").text()
                        || manager.get("display").is_some()
                            && it == manager.part("display_attribute").text()
                }) =>
                {
                    Some("`manager:` writes it")
                }
                _ => None,
            };
            if let Some(hint) = elsewhere {
                let message = format!("`{}` cannot be mapped in `profile`", word.text);
                self.report.error(word.at, message, Some(hint.to_owned()));
            }
            let source = if node.scalar().is_some() { node } else { node.part("value") };
            let is_required = node.flag("required");
            let when_blank = match node.get("when_blank").map(Node::text) {
                None if is_required => WhenBlank::Hold,
                Some("hold") => WhenBlank::Hold,
                Some("clear") => WhenBlank::Clear,
                Some(_) | None => WhenBlank::Keep,
            };
            if is_required && when_blank != WhenBlank::Hold {
                let hint = "write only one of the two".to_owned();
                self.report.error(
                    word.at,
                    format!("`{}` is required, and its blanks are not held", word.text),
                    Some(hint),
                );
            }
            let name = format!("profile {}", word.text);
            if let Some(value) = self.expression(source, Scope::PERSON, &name, Wanted::Anything) {
                res.push(Attribute { name: word.text.as_str().into(), value, when_blank });
            }
        }
        res.sort_by(|a, b| a.name.cmp(&b.name));
        res
    }

    fn groups(&mut self, root: &Node) -> Vec<Group> {
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

    fn apps(&mut self, root: &Node) -> Vec<App> {
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
    fn tiers(&mut self, root: &Node) -> TierRules {
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

    fn condition(&mut self, node: &Node, name: &str) -> Option<Arc<Expression>> {
        self.expression(node.get("when")?, Scope::PERSON, name, Wanted::Condition)
    }

    fn logins(&mut self, node: &Node) -> Logins {
        let candidates = node.part("candidates");
        if node.get("candidates").is_some() && candidates.items().is_empty() {
            let hint = "for example `- slug(worker.first_name) + \".\" + slug(worker.last_name)`";
            self.report.error(
                candidates.at,
                "a login needs at least one candidate",
                Some(hint.into()),
            );
        }
        let wanted = if node.get("domain").is_some() { Wanted::Text } else { Wanted::Address };
        let expressions = candidates.items().iter().enumerate();
        let expressions = expressions.filter_map(|(i, it)| {
            self.expression(it, Scope::WORKER, &format!("login candidate {}", i + 1), wanted)
        });
        let candidates = expressions.collect();
        let domain = node.get("domain").map(|it| it.text().trim().to_lowercase());
        if let Some(it) = domain.as_ref().filter(|it| !it.contains('.') || it.contains(['@', ' ']))
        {
            let message = format!("`{it}` is not a domain");
            self.report.error(
                node.part("domain").at,
                message,
                Some("for example `larkspur.example`".into()),
            );
        }
        let fallback = match node.part("fallback").text() {
            "none" => Fallback::None,
            _ => Fallback::EmployeeNumber,
        };
        let tries = if node.part("suffix").text() == "none" { 1 } else { node.count("tries") };
        Logins { candidates, domain, tries, fallback }
    }

    fn matches(&mut self, root: &Node) -> Vec<(Arc<str>, Arc<Expression>)> {
        let mut res = Vec::new();
        for (i, node) in root.part("okta").part("match_on").items().iter().enumerate() {
            let name = format!("match_on[{i}]");
            if let Some(it) =
                self.expression(node.part("value"), Scope::WORKER, &name, Wanted::Anything)
            {
                res.push((node.part("attribute").text().into(), it));
            }
        }
        res
    }
}

fn rule(list: &str, index: usize, name: &Node) -> Rule {
    Rule(format!("{list}[{index}] \"{}\" (line {})", name.text().trim(), name.at.line).into())
}
