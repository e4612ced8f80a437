//! Turns a text into a checked [`Expression`], or into problems with positions.

use cel::{
    IdedExpr, Program,
    common::ast::{EntryExpr, Expr, LiteralValue, SourceInfo},
};
use std::{collections::BTreeSet, sync::Arc};

use super::{
    depth::depth,
    expression::{Expression, Slot},
    field::{Field, OrgLevels},
    functions::{FUNCTIONS, MACROS, STANDARD, Tables},
};
use crate::deciders::policy::error::did_you_mean;

/// Longer expressions want to be a lookup table.
const MAX_CHARS: usize = 2000;

/// The parser is recursive, and so are we: a chain of a hundred `+` was once the end of the stack.
const MAX_DEPTH: usize = 40;
/// `map`, `filter` and their like inside each other: each multiplies the time by the length of its
/// list, and a run evaluates for everybody.
const MAX_LOOPS: usize = 2;

/// The hint for a field that resembles none of ours.
const FIELDS: &str = "there are employee_number, job_title, department, location, hire_date and \
                      many more; the JSON Schema lists them all";

/// What may be named in an expression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope(pub(crate) &'static [&'static str]);

impl Scope {
    /// Where everything about the person is known.
    pub(crate) const PERSON: Self = Self(&["worker", "manager", "login", "now"]);
    /// Before there is a login.
    pub(crate) const WORKER: Self = Self(&["worker", "manager", "now"]);
    /// Where `worker.level` itself comes from.
    pub(crate) const LEVEL: Self = Self(&["worker", "now"]);
    /// An entry of a `for_each`.
    pub(crate) const IT: Self = Self(&["it"]);
}

/// Something wrong inside an expression; line and column count from 0 there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// Compiles expressions and remembers what they use.
#[derive(Debug)]
pub(crate) struct Compiler<'c> {
    pub(crate) levels: &'c OrgLevels,
    pub(crate) has_level: bool,
    pub(crate) tables: Tables,
    pub(crate) used_lookups: BTreeSet<String>,
}

impl Compiler<'_> {
    /// Checks everything that can be known without a person.
    pub(crate) fn compile(
        &mut self,
        text: &str,
        scope: Scope,
        place: Arc<str>,
    ) -> Result<Expression, Vec<Problem>> {
        let problem = |message: String, hint: &str| {
            Err(vec![Problem { line: 0, column: 0, message, hint: Some(hint.to_owned()) }])
        };
        if text.chars().count() > MAX_CHARS {
            let message = format!("the expression is longer than {MAX_CHARS} characters");
            return problem(message, "a table under `lookups` is easier to read");
        }
        if depth(text) > MAX_DEPTH {
            let message = "too many brackets inside each other, or operators in a row";
            return problem(message.into(), "make it simpler");
        }
        let program = Program::compile(text).map_err(|errors| {
            let first = errors.errors.into_iter().next();
            vec![first.map_or_else(
                || unreadable(text, (1, 0), ""),
                |it| unreadable(text, it.pos, &it.msg),
            )]
        })?;
        let mut tree = program.expression().clone();
        let mut walk = Walk {
            compiler: self,
            scope,
            source: program.source_info(),
            text,
            bound: Vec::new(),
            loops: 0,
            reads: Vec::new(),
            problems: Vec::new(),
        };
        walk.visit(&mut tree);
        let Walk { reads, problems, .. } = walk;
        if problems.is_empty() { Ok(Expression::new(place, reads, tree)) } else { Err(problems) }
    }
}

/// The parser's error in words that help somebody who has never seen its grammar.
fn unreadable(text: &str, (line, column): (isize, isize), raw: &str) -> Problem {
    let place = |it: isize| u32::try_from(it).unwrap_or(0);
    let raw = raw.lines().next().unwrap_or("").trim_start_matches("Syntax error: ");
    let what = raw.split(" expecting ").next().unwrap_or("").trim();
    let is_cut_off = what.contains("<EOF>");
    let message = match text.trim() {
        "" => "the expression is empty".to_owned(),
        _ if is_cut_off => "the expression ends too early".to_owned(),
        _ => format!("this is not an expression: {what}"),
    };
    let words: BTreeSet<_> = text.split(|it: char| !it.is_alphanumeric()).collect();
    let mut rest = text.to_owned();
    for operator in ["==", "!=", ">=", "<="] {
        rest = rest.replace(operator, "");
    }
    let hint = if rest.contains('=') {
        "write `==` to compare"
    } else if ["and", "or", "not"].iter().any(|it| words.contains(it)) {
        "write `&&` for and, `||` for or, `!` for not"
    } else if is_cut_off {
        "something is missing at the end: a value, a quote or a bracket"
    } else {
        "a fixed text needs quotes inside the quotes: \"'like this'\""
    };
    Problem { line: place(line - 1), column: place(column), message, hint: Some(hint.to_owned()) }
}

struct Walk<'w, 'c> {
    compiler: &'w mut Compiler<'c>,
    scope: Scope,
    source: &'w SourceInfo,
    text: &'w str,
    /// Variables of `map`, `filter` and their like.
    bound: Vec<String>,
    /// How many of these we are inside of.
    loops: usize,
    reads: Vec<Slot>,
    problems: Vec<Problem>,
}

impl Walk<'_, '_> {
    fn problem(&mut self, id: u64, message: String, hint: Option<String>) {
        let start = self.source.offset_for(id).map_or(0, |(start, _)| start as usize);
        let before: String = self.text.chars().take(start).collect();
        let line = before.matches('\n').count();
        let column = before.chars().rev().take_while(|it| *it != '\n').count();
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        self.problems.push(Problem { line: number(line), column: number(column), message, hint });
    }

    fn visit(&mut self, node: &mut IdedExpr) {
        let id = node.id;
        match &mut node.expr {
            Expr::Ident(name) => {
                let name = name.clone();
                if let Some(slot) = self.variable(id, &name) {
                    node.expr = Expr::Ident(slot.ident(false));
                }
            }
            Expr::Select(select) => {
                let Some(root) = ident(&select.operand).filter(|it| !self.bound.contains(it))
                else {
                    return self.visit(&mut select.operand);
                };
                let (field, is_test) = (select.field.clone(), select.test);
                if let Some(slot) = self.field(select.operand.id, &root, &field) {
                    node.expr = Expr::Ident(slot.ident(is_test));
                }
            }
            Expr::Call(call) => {
                let is_operator = !call.func_name.starts_with(|it: char| it.is_alphabetic());
                if !is_operator {
                    let count = call.args.len() + usize::from(call.target.is_some());
                    let arguments: Vec<_> =
                        call.target.iter().map(|it| &**it).chain(&call.args).map(literal).collect();
                    self.function(id, &call.func_name, count, &arguments);
                }
                for it in call.target.iter_mut().map(|it| &mut **it).chain(&mut call.args) {
                    self.visit(it);
                }
            }
            Expr::List(list) => list.elements.iter_mut().for_each(|it| self.visit(it)),
            Expr::Map(map) => {
                for entry in &mut map.entries {
                    match &mut entry.expr {
                        EntryExpr::MapEntry(it) => {
                            self.visit(&mut it.key);
                            self.visit(&mut it.value);
                        }
                        EntryExpr::StructField(it) => self.visit(&mut it.value),
                    }
                }
            }
            Expr::Struct(_) => {
                self.problem(id, "structures cannot be built here".into(), None);
            }
            Expr::Comprehension(it) => {
                self.visit(&mut it.iter_range);
                let names = [Some(&it.iter_var), it.iter_var2.as_ref(), Some(&it.accu_var)];
                let names: Vec<_> = names.into_iter().flatten().cloned().collect();
                for name in &names {
                    if self.scope.0.contains(&name.as_str()) {
                        let message = format!("`{name}` already means something here");
                        self.problem(id, message, Some("use another name".into()));
                    }
                }
                if self.loops == MAX_LOOPS {
                    let message = "there are too many lists inside each other here".to_owned();
                    self.problem(id, message, Some("use a lookup table".into()));
                }
                let count = self.bound.len();
                self.bound.extend(names);
                self.loops += 1;
                for inner in
                    [&mut it.accu_init, &mut it.loop_cond, &mut it.loop_step, &mut it.result]
                {
                    self.visit(inner);
                }
                self.loops -= 1;
                self.bound.truncate(count);
            }
            Expr::Literal(_) | Expr::Unspecified => {}
        }
    }

    /// A name that stands alone.
    fn variable(&mut self, id: u64, name: &str) -> Option<Slot> {
        if self.bound.iter().any(|it| it == name) {
            return None;
        }
        let is_known = self.scope.0.contains(&name);
        let slot = match name {
            "login" if is_known => Slot::Login,
            "now" if is_known => Slot::Now,
            "worker" | "manager" | "it" if is_known => {
                let hint = if name == "it" { "it.name" } else { "worker.first_name" };
                let message = format!("`{name}` needs a field");
                self.problem(id, message, Some(format!("for example `{hint}`")));
                return None;
            }
            _ => {
                let hint = self.unknown_variable(name);
                self.problem(id, format!("unknown variable `{name}`"), Some(hint));
                return None;
            }
        };
        self.reads.push(slot);
        Some(slot)
    }

    fn unknown_variable(&self, name: &str) -> String {
        let known = self.scope.0;
        if ["worker", "manager", "login", "now", "it"].contains(&name) {
            return format!("only {} can be used here", known.join(", "));
        }
        if Field::parse(name).is_some() && known.contains(&"worker") {
            return format!("did you mean `worker.{name}`?");
        }
        did_you_mean(name, known.iter().copied())
            .unwrap_or_else(|| format!("a fixed text needs quotes inside the quotes: \"'{name}'\""))
    }

    /// A name, a dot and a field.
    fn field(&mut self, id: u64, root: &str, name: &str) -> Option<Slot> {
        let slot = match root {
            "worker" | "manager" | "it" if !self.scope.0.contains(&root) => {
                self.variable(id, root)?
            }
            "it" => match name {
                "code" => Slot::ItCode,
                "name" => Slot::ItName,
                _ => {
                    let message = format!("unknown field `it.{name}`");
                    self.problem(id, message, Some("it has `it.code` and `it.name`".into()));
                    return None;
                }
            },
            "manager" if name == "login" => Slot::ManagerLogin,
            "worker" | "manager" => {
                let Some(field) = Field::parse(name) else {
                    let known = Field::ALL.iter().map(|it| it.name());
                    let hint = did_you_mean(name, known).unwrap_or_else(|| FIELDS.to_owned());
                    self.problem(id, format!("unknown {root} field `{name}`"), Some(hint));
                    return None;
                };
                self.usable(id, field)?;
                if root == "worker" { Slot::Worker(field) } else { Slot::Manager(field) }
            }
            _ => self.variable(id, root)?,
        };
        self.reads.push(slot);
        Some(slot)
    }

    /// Whether the policy says where a field comes from, for those that depend on it.
    fn usable(&mut self, id: u64, field: Field) -> Option<()> {
        if let Some(part) = field.part().filter(|it| self.compiler.levels.get(*it).is_none()) {
            let (name, part) = (field.name(), part.as_str());
            let hint = format!("add `{part}: 2` (or 1, 3, 4, project) to `hr.org_levels`");
            self.problem(
                id,
                format!("`{name}` is used, but nothing says which org level is the {part}"),
                Some(hint),
            );
            return None;
        }
        if field == Field::Level && (!self.compiler.has_level || !self.scope.0.contains(&"manager"))
        {
            let message = "`level` is used where nothing says what it is".to_owned();
            self.problem(id, message, Some("add `level: …` at the top of the policy".into()));
            return None;
        }
        Some(())
    }

    fn function(&mut self, id: u64, name: &str, count: usize, literals: &[Option<String>]) {
        let ours = FUNCTIONS.iter().find(|it| it.name == name);
        let standard = STANDARD.iter().find(|it| it.0 == name);
        let (least, most, usage) = match (ours, standard) {
            (Some(it), _) => (it.arguments.0, it.arguments.1, it.usage.to_owned()),
            (None, Some((_, count))) => (*count, *count, format!("it takes {count}")),
            (None, None) => {
                let known = FUNCTIONS.iter().map(|it| it.name);
                let known =
                    known.chain(STANDARD.iter().map(|it| it.0)).chain(MACROS.iter().copied());
                let hint = did_you_mean(name, known);
                return self.problem(id, format!("unknown function `{name}`"), hint);
            }
        };
        if !(least..=most).contains(&count) {
            let message = format!("`{name}` does not take {count} arguments");
            return self.problem(id, message, Some(usage));
        }
        match (name, literals) {
            ("lookup", [Some(table), ..]) => {
                if self.compiler.tables.lookups.contains_key(table) {
                    self.compiler.used_lookups.insert(table.clone());
                } else {
                    let hint = did_you_mean(
                        table,
                        self.compiler.tables.lookups.keys().map(String::as_str),
                    );
                    let hint = hint.unwrap_or_else(|| "add it under `lookups`".to_owned());
                    self.problem(id, format!("unknown lookup table `{table}`"), Some(hint));
                }
            }
            ("regex_replace" | "matches", [_, Some(pattern), ..]) => {
                match regex::RegexBuilder::new(pattern).size_limit(1 << 20).build() {
                    Ok(regex) => {
                        self.compiler.tables.patterns.insert(pattern.clone(), regex);
                    }
                    Err(_) => {
                        self.problem(id, format!("`{pattern}` is not a regular expression"), None)
                    }
                }
            }
            ("lookup" | "regex_replace" | "matches", _) => {
                let what = if name == "lookup" { "table" } else { "pattern" };
                let hint = format!("write the {what} as a text in quotes");
                self.problem(
                    id,
                    format!("the {what} of `{name}` must be known beforehand"),
                    Some(hint),
                );
            }
            _ => {}
        }
    }
}

fn literal(node: &IdedExpr) -> Option<String> {
    if let Expr::Literal(LiteralValue::String(it)) = &node.expr {
        return Some(it.inner().to_owned());
    }
    None
}

fn ident(node: &IdedExpr) -> Option<String> {
    if let Expr::Ident(it) = &node.expr { Some(it.clone()) } else { None }
}
