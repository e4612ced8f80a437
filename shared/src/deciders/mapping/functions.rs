//! The functions that expressions can use, beside CEL's own.

use std::collections::BTreeMap;

use cel::{Context, ExecutionError, FunctionContext, Value};
use regex::Regex;

use super::text;

/// A lookup table of the policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookup {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) default: String,
}

/// What functions need besides their arguments.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) lookups: BTreeMap<String, Lookup>,
    /// Every pattern of the policy, compiled once.
    pub(crate) patterns: BTreeMap<String, Regex>,
}

type Result<T> = std::result::Result<T, ExecutionError>;

/// A function of ours. `x.lower()` and `lower(x)` are the same.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// How many arguments it takes, at least and at most, what stands before the dot included.
    pub(crate) arguments: (usize, usize),
    /// How it is written.
    pub(crate) usage: &'static str,
    call: fn(&Tables, &Arguments<'_>) -> Result<Value>,
}

/// Every function of ours.
pub(crate) static FUNCTIONS: &[Function] = &[
    Function {
        name: "lower",
        arguments: (1, 1),
        usage: "lower(text)",
        call: |_, it| Ok(it.text(0)?.to_lowercase().into()),
    },
    Function {
        name: "upper",
        arguments: (1, 1),
        usage: "upper(text)",
        call: |_, it| Ok(it.text(0)?.to_uppercase().into()),
    },
    Function {
        name: "trim",
        arguments: (1, 1),
        usage: "trim(text)",
        call: |_, it| Ok(it.text(0)?.trim().into()),
    },
    Function {
        name: "title",
        arguments: (1, 1),
        usage: "title(text)",
        call: |_, it| Ok(text::title(it.text(0)?).into()),
    },
    Function {
        name: "ascii",
        arguments: (1, 1),
        usage: "ascii(text)",
        call: |_, it| Ok(text::ascii(it.text(0)?).into()),
    },
    Function {
        name: "slug",
        arguments: (1, 1),
        usage: "slug(text)",
        call: |_, it| Ok(text::slug(it.text(0)?).into()),
    },
    Function {
        name: "initials",
        arguments: (1, 1),
        usage: "initials(text)",
        call: |_, it| Ok(text::initials(it.text(0)?).into()),
    },
    Function {
        name: "first",
        arguments: (1, 1),
        usage: "first(text)",
        call: |_, it| Ok(text::first(it.text(0)?).into()),
    },
    Function {
        name: "coalesce",
        arguments: (1, 8),
        usage: "coalesce(text, text, …)",
        call: |_, it| {
            for i in 0..it.0.len() {
                let text = it.text(i)?;
                if !text.trim().is_empty() {
                    return Ok(text.into());
                }
            }
            Ok("".into())
        },
    },
    Function {
        name: "words",
        arguments: (1, 8),
        usage: "words(text, text, …)",
        call: |_, it| {
            let mut words = Vec::new();
            for i in 0..it.0.len() {
                words.extend(it.text(i)?.split_whitespace());
            }
            Ok(words.join(" ").into())
        },
    },
    Function {
        name: "substring",
        arguments: (2, 3),
        usage: "substring(text, from[, to])",
        call: |_, it| {
            let to = if it.0.len() > 2 { Some(it.count(2)?) } else { None };
            Ok(text::substring(it.text(0)?, it.count(1)?, to).into())
        },
    },
    Function {
        name: "regex_replace",
        arguments: (3, 3),
        usage: "regex_replace(text, \"pattern\", replacement)",
        call: |tables, it| {
            let pattern = it.text(1)?;
            let regex = tables.patterns.get(pattern).ok_or_else(|| it.error("unknown pattern"))?;
            Ok(regex.replace_all(it.text(0)?, it.text(2)?).into_owned().into())
        },
    },
    Function {
        name: "format_date",
        arguments: (2, 2),
        usage: "format_date(date, \"%d.%m.%Y\")",
        call: |_, it| Ok(text::format_date(it.text(0)?, it.text(1)?).into()),
    },
    Function {
        name: "lookup",
        arguments: (2, 3),
        usage: "lookup(\"table\", key[, default])",
        call: |tables, it| {
            let table = tables.lookups.get(it.text(0)?).ok_or_else(|| it.error("unknown table"))?;
            let found = table.values.get(it.text(1)?).map(String::as_str);
            let default = if it.0.len() > 2 { it.text(2)? } else { &table.default };
            Ok(found.unwrap_or(default).into())
        },
    },
];

/// CEL's own functions, with how many arguments each takes, what stands before the dot included.
pub(crate) const STANDARD: &[(&str, usize)] = &[
    ("size", 1),
    ("contains", 2),
    ("startsWith", 2),
    ("endsWith", 2),
    ("matches", 2),
    ("string", 1),
    ("int", 1),
    ("double", 1),
    ("bool", 1),
];

/// The words that CEL expands before anything is evaluated.
pub(crate) const MACROS: &[&str] = &["has", "all", "exists", "exists_one", "map", "filter"];

struct Arguments<'a>(Vec<Value>, &'a str);

impl Arguments<'_> {
    fn text(&self, index: usize) -> Result<&str> {
        match self.0.get(index) {
            Some(Value::String(it)) => Ok(it),
            Some(_) => Err(self.error("wants text; string(…) makes text of anything")),
            None => Err(self.error("is missing an argument")),
        }
    }

    fn count(&self, index: usize) -> Result<usize> {
        match self.0.get(index) {
            Some(Value::Int(it)) if *it >= 0 => Ok(usize::try_from(*it).unwrap_or(usize::MAX)),
            Some(_) | None => Err(self.error("wants a position from 0 on")),
        }
    }

    fn error(&self, message: &str) -> ExecutionError {
        ExecutionError::function_error(self.1, message)
    }
}

/// The names and functions that every expression starts with.
pub(crate) fn context(tables: Tables) -> Context<'static, 'static> {
    let mut context = Context::default();
    let tables = std::sync::Arc::new(tables);
    for function in FUNCTIONS {
        let tables = tables.clone();
        let call = move |it: &FunctionContext<'_, '_>| -> Result<Value> {
            let mut arguments = Vec::with_capacity(it.args.len() + 1);
            for value in it.this.iter().chain(&it.args) {
                arguments.push(Value::try_from(&**value)?);
            }
            (function.call)(&tables, &Arguments(arguments, function.name))
        };
        context
            .add_function(function.name, call)
            .expect("none of our functions is called like one of CEL's");
    }
    context
}
