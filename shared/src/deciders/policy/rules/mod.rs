//! Compiles the expressions of the policy and tries each on made-up people.

mod groups;

use std::{collections::BTreeSet, sync::Arc};

use super::{
    error::{Position, Report},
    settings::HrSettings,
    tree::Node,
};
use crate::{
    deciders::mapping::{
        Answer, Attribute, Compiler, Engine, Expression, Fallback, Logins, Lookup, Mapping, Rules,
        Scope, Tables, UnknownJob, WhenBlank, samples,
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
