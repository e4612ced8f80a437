//! A CEL expression that has been checked: which fields it reads is known, and evaluating it
//! touches nothing else.
//!
//! Checking replaces every `worker.department` by a slot that is resolved when it is asked for,
//! so that nobody builds a map of sixty fields to compare one of them.

use std::sync::Arc;

use cel::{
    Context, ExecutionError, IdedExpr,
    common::{
        types::{CelBool, CelString},
        value::{CowVal, Val},
    },
    context::VariableResolver,
};

use super::{
    field::{Cell, Field, OrgLevels},
    functions::{self, Tables},
};
use crate::words::{hr::Catalog, ids::Login, person::Person, value::Value};

/// Something that an expression can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Slot {
    Worker(Field),
    Manager(Field),
    ManagerLogin,
    Login,
    Now,
    ItCode,
    ItName,
}

impl Slot {
    /// The name the checked expression uses. It begins with a character that no CEL identifier
    /// has, so nothing that somebody writes can shadow it.
    pub(crate) fn ident(self, is_test: bool) -> String {
        let (tag, index) = match self {
            Self::Worker(it) => ('w', it as u8),
            Self::Manager(it) => ('m', it as u8),
            Self::ManagerLogin => ('g', 0),
            Self::Login => ('l', 0),
            Self::Now => ('n', 0),
            Self::ItCode => ('c', 0),
            Self::ItName => ('i', 0),
        };
        let tag = if is_test { tag.to_ascii_uppercase() } else { tag };
        ['\u{1}', tag, char::from(b' ' + index)].iter().collect()
    }

    fn of(ident: &str) -> Option<(Self, bool)> {
        let [1, tag, index] = ident.as_bytes() else { return None };
        let field = || Field::ALL.get(usize::from(index.checked_sub(b' ')?)).copied();
        let slot = match tag.to_ascii_lowercase() {
            b'w' => Self::Worker(field()?),
            b'm' => Self::Manager(field()?),
            b'g' => Self::ManagerLogin,
            b'l' => Self::Login,
            b'n' => Self::Now,
            b'c' => Self::ItCode,
            b'i' => Self::ItName,
            _ => return None,
        };
        Some((slot, tag.is_ascii_uppercase()))
    }

    /// Whether results are hardly ever needed twice.
    pub(crate) fn is_personal(self) -> bool {
        match self {
            Self::Worker(field) => field.is_personal(),
            Self::Login => true,
            // A manager has a handful of reports, and they come by the thousand.
            Self::Manager(_) | Self::ManagerLogin | Self::Now | Self::ItCode | Self::ItName => {
                false
            }
        }
    }
}

/// What expressions are evaluated over: one person, or one entry of a `for_each`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) person: Option<&'a Person>,
    pub(crate) manager: Option<&'a Person>,
    pub(crate) manager_login: Option<&'a Login>,
    pub(crate) login: Option<&'a Login>,
    pub(crate) catalog: &'a Catalog,
    pub(crate) levels: &'a OrgLevels,
    pub(crate) now: &'a str,
    pub(crate) level: &'a str,
    pub(crate) manager_level: &'a str,
    pub(crate) it: (&'a str, &'a str),
}

impl<'a> Row<'a> {
    /// The value of a slot; blank when there is none.
    pub(crate) fn read(&self, slot: Slot) -> Cell<'a> {
        let text = |it: &'a str| Cell::Text(it.into());
        let login = |it: Option<&'a Login>| text(it.map_or("", Login::as_str));
        match slot {
            Slot::Worker(Field::Level) => text(self.level),
            Slot::Manager(Field::Level) => text(self.manager_level),
            Slot::Worker(field) => self.field(self.person, field),
            Slot::Manager(field) => self.field(self.manager, field),
            Slot::ManagerLogin => login(self.manager_login),
            Slot::Login => login(self.login),
            Slot::Now => text(self.now),
            Slot::ItCode => text(self.it.0),
            Slot::ItName => text(self.it.1),
        }
    }

    fn field(&self, person: Option<&'a Person>, field: Field) -> Cell<'a> {
        match person {
            Some(person) => field.read(person, self.catalog, self.levels),
            None if matches!(field, Field::IsContractor | Field::IsOnLeave) => Cell::Flag(false),
            None => Cell::BLANK,
        }
    }
}

impl VariableResolver for Row<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let (slot, is_test) = Slot::of(variable)?;
        Some(match self.read(slot) {
            Cell::Text(it) if is_test => CowVal::owned(CelBool::from(!it.is_empty())),
            Cell::Flag(_) if is_test => CowVal::owned(CelBool::from(true)),
            Cell::Text(it) => match it {
                std::borrow::Cow::Borrowed(it) => CowVal::owned(CelString::from(it)),
                std::borrow::Cow::Owned(it) => CowVal::owned(CelString::from(it)),
            },
            Cell::Flag(it) => CowVal::owned(CelBool::from(it)),
        })
    }
}

/// Evaluates expressions: CEL's own functions, ours, and the policy's lookup tables.
pub(crate) struct Engine {
    root: Context<'static, 'static>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { root: functions::context(tables) }
    }
}

/// A checked expression.
#[derive(Debug)]
pub(crate) struct Expression {
    /// How findings name it: `profile title (line 40)`.
    pub(crate) place: Arc<str>,
    /// Everything it reads, sorted.
    pub(crate) reads: Vec<Slot>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    /// `worker.x` and nothing else: no CEL needed.
    Slot(Slot),
    Program(IdedExpr),
}

/// What came out of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Value(Value),
    Blank,
    Failed,
}

impl Answer {
    /// Whether a condition holds; `None` when it failed.
    pub(crate) fn holds(&self) -> Option<bool> {
        match self {
            Self::Value(Value::Bool(it)) => Some(*it),
            Self::Value(Value::Text(_) | Value::Number(_) | Value::List(_))
            | Self::Blank
            | Self::Failed => None,
        }
    }

    fn text(raw: &str) -> Self {
        Value::text(raw).map_or(Self::Blank, Self::Value)
    }
}

impl Expression {
    pub(crate) fn new(place: Arc<str>, mut reads: Vec<Slot>, program: IdedExpr) -> Self {
        reads.sort();
        reads.dedup();
        let plain = if let cel::common::ast::Expr::Ident(it) = &program.expr {
            Slot::of(it).filter(|(_, is_test)| !is_test)
        } else {
            None
        };
        let body = plain.map_or(Body::Program(program), |(slot, _)| Body::Slot(slot));
        Self { place, reads, body }
    }

    /// The result. Why it failed is for [`Self::attempt`]: reasons repeat values, and findings
    /// must not.
    pub(crate) fn answer(&self, engine: &Engine, row: &Row<'_>) -> Answer {
        self.attempt(engine, row).unwrap_or(Answer::Failed)
    }

    /// The result, or what CEL says about it. For made-up persons only.
    pub(crate) fn attempt(&self, engine: &Engine, row: &Row<'_>) -> Result<Answer, ExecutionError> {
        let program = match &self.body {
            Body::Slot(slot) => {
                return Ok(match row.read(*slot) {
                    Cell::Text(it) => Answer::text(&it),
                    Cell::Flag(it) => Answer::Value(Value::Bool(it)),
                });
            }
            Body::Program(it) => it,
        };
        let mut scope = engine.root.new_inner_scope();
        scope.set_variable_resolver(row);
        let result = cel::Value::resolve_val(program, &scope)?;
        let result: &dyn Val = &*result;
        if let Some(it) = result.downcast_ref::<CelString<'_>>() {
            return Ok(Answer::text(it.inner()));
        }
        Ok(value(&cel::Value::try_from(result)?)?.map_or(Answer::Blank, Answer::Value))
    }
}

fn value(raw: &cel::Value) -> Result<Option<Value>, ExecutionError> {
    use cel::Value as Cel;
    Ok(match raw {
        Cel::String(it) => Value::text(it),
        Cel::Bool(it) => Some(Value::Bool(*it)),
        Cel::Int(it) => Some(Value::Number((*it).into())),
        Cel::UInt(it) => Some(Value::Number((*it).into())),
        Cel::Float(it) => serde_json::Number::from_f64(*it).map(Value::Number),
        Cel::Null => None,
        Cel::List(items) => {
            let mut list = Vec::new();
            for it in items.iter() {
                list.extend(value(it)?);
            }
            (!list.is_empty()).then_some(Value::List(list))
        }
        Cel::Map(_) | Cel::Function(..) | Cel::Bytes(_) | Cel::Opaque(_) | Cel::Struct(_) => {
            return Err(ExecutionError::UnexpectedType {
                got: raw.type_of().to_string(),
                want: "text, a boolean, a number or a list".to_owned(),
            });
        }
    })
}
