//! What may stand where in the policy: the tables' own language.
//!
//! One table per section (see [`super::sections`]) drives the check, the defaults and the JSON
//! Schema, so that the three cannot drift apart.

use std::{collections::BTreeSet, fmt::Write as _};

use jiff::tz::TimeZone;
use serde_json::json;

use super::{
    error::{Position, Report, did_you_mean},
    tree::{Kind, Node, Scalar, Word, parse},
};

/// What a value must look like.
#[derive(Debug)]
pub(super) enum Shape {
    /// Any text; codes that look like numbers included.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds, both included.
    Count(u32, u32),
    /// One of these words, each with its meaning.
    Word(&'static [(&'static str, &'static str)]),
    /// An IANA time zone.
    Zone,
    /// A CEL expression. Its inside is checked when it is compiled.
    Cel,
    /// A list of one shape.
    List(&'static Shape),
    /// Keys of the customer's own, all with one shape.
    Map(&'static Shape),
    /// Keys of ours.
    Section(&'static Section),
    /// A short form (a scalar) or a long form (a section).
    Either(&'static Shape, &'static Section),
}

/// A section and the keys it knows.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) doc: &'static str,
    pub(super) keys: &'static [Key],
}

/// A key of a section.
#[derive(Debug)]
pub(super) struct Key {
    name: &'static str,
    shape: &'static Shape,
    doc: &'static str,
    presence: Presence,
}

#[derive(Debug)]
enum Presence {
    Required,
    Optional,
    /// What it is when nothing is written, as YAML.
    Default(&'static str),
}

impl Key {
    /// A key that must be there.
    pub(super) const fn required(
        name: &'static str,
        shape: &'static Shape,
        doc: &'static str,
    ) -> Self {
        Self { name, shape, doc, presence: Presence::Required }
    }

    /// A key that may be missing, which means something of its own.
    pub(super) const fn optional(
        name: &'static str,
        shape: &'static Shape,
        doc: &'static str,
    ) -> Self {
        Self { name, shape, doc, presence: Presence::Optional }
    }

    /// The same key with a default.
    pub(super) const fn or(self, yaml: &'static str) -> Self {
        Self { presence: Presence::Default(yaml), ..self }
    }

    fn default(&self) -> Option<Node> {
        match self.presence {
            Presence::Default(yaml) => parse(yaml, &mut Report::new("default")),
            Presence::Required | Presence::Optional => None,
        }
    }
}

impl Section {
    /// Whether the table has this key: reading another one is a mistake of ours.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|it| it.name == key)
    }
}

/// Reports everything in `node` that does not have the shape, and fills in the defaults.
pub(super) fn check(node: &mut Node, name: &str, shape: &Shape, report: &mut Report) {
    let at = node.at;
    if node.scalar().is_some_and(Scalar::is_null) {
        let hint = format!("write {}, or remove the key", shape.in_words());
        report.error(at, format!("`{name}` has no value"), Some(hint));
        return;
    }
    match (shape, &mut node.kind) {
        (Shape::Text | Shape::Cel, Kind::Scalar(_)) => {}
        (Shape::Flag, Kind::Scalar(it)) if it.as_bool().is_some() => {}
        (Shape::Count(least, most), Kind::Scalar(it))
            if it.text.parse::<u32>().is_ok_and(|it| (*least..=*most).contains(&it)) => {}
        (Shape::Word(words), Kind::Scalar(it))
            if words.iter().any(|(word, _)| *word == it.text) => {}
        (Shape::Zone, Kind::Scalar(it)) if TimeZone::get(&it.text).is_ok() => {}
        (Shape::List(of), Kind::List(items)) => {
            for item in items {
                check(item, name, of, report);
            }
        }
        (Shape::Map(of), Kind::Map(entries)) => {
            report_duplicates(entries, report);
            for (word, value) in entries {
                check(value, &word.text, of, report);
            }
        }
        (Shape::Either(short, _), Kind::Scalar(_)) => check(node, name, short, report),
        (Shape::Section(section) | Shape::Either(_, section), Kind::Map(entries)) => {
            check_section(at, entries, name, section, report);
        }
        (
            Shape::Text
            | Shape::Cel
            | Shape::Flag
            | Shape::Count(..)
            | Shape::Word(_)
            | Shape::Zone
            | Shape::List(_)
            | Shape::Map(_)
            | Shape::Section(_)
            | Shape::Either(..),
            Kind::Scalar(_) | Kind::List(_) | Kind::Map(_),
        ) => {
            let message = format!("`{name}` must be {}{}", shape.in_words(), found(node));
            report.error(at, message, shape.hint(node));
        }
    }
}

fn check_section(
    at: Position,
    entries: &mut Vec<(Word, Node)>,
    name: &str,
    section: &Section,
    report: &mut Report,
) {
    report_duplicates(entries, report);
    for (word, _) in &*entries {
        if !section.has(&word.text) {
            let known = section.keys.iter().map(|it| it.name);
            let hint = did_you_mean(&word.text, known).unwrap_or_else(|| section.known_keys());
            report.error(
                word.at,
                format!("unknown key `{}`{}", word.text, within(name)),
                Some(hint),
            );
        }
    }
    for key in section.keys {
        match entries.iter_mut().find(|(word, _)| word.text == key.name) {
            Some((_, value)) => {
                // Whoever changes one number of a limit keeps the others.
                if let (Shape::Section(_), Some(default)) = (key.shape, key.default()) {
                    fill(value, default);
                }
                check(value, key.name, key.shape, report);
            }
            None => match &key.presence {
                Presence::Optional => {}
                Presence::Required => {
                    let message = format!("`{}` is missing{}", key.name, within(name));
                    report.error(at, message, Some(format!("{}: {}", key.name, key.doc)));
                }
                Presence::Default(_) => {
                    if let Some(mut value) = key.default() {
                        value.settle(at);
                        check(&mut value, key.name, key.shape, report);
                        entries.push((Word { at, text: key.name.to_owned() }, value));
                    }
                }
            },
        }
    }
}

/// Adds the keys that only the default has.
fn fill(value: &mut Node, default: Node) {
    let at = value.at;
    if let (Kind::Map(entries), Kind::Map(defaults)) = (&mut value.kind, default.kind) {
        for (word, mut node) in defaults {
            if !entries.iter().any(|(it, _)| it.text == word.text) {
                node.settle(at);
                entries.push((word, node));
            }
        }
    }
}

fn report_duplicates(entries: &[(Word, Node)], report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (word, _) in entries {
        if !seen.insert(&word.text) {
            let hint = "keep one of the two; only the first would count".to_owned();
            report.error(word.at, format!("the key `{}` is here twice", word.text), Some(hint));
        }
    }
}

fn within(section: &str) -> String {
    if section.is_empty() { String::new() } else { format!(" in `{section}`") }
}

fn found(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar(it) if it.text.chars().count() <= 40 => format!(", not `{}`", it.text),
        Kind::Scalar(_) => ", not a long text".to_owned(),
        Kind::List(_) => ", not a list".to_owned(),
        Kind::Map(_) => ", not a section".to_owned(),
    }
}

impl Section {
    fn known_keys(&self) -> String {
        let names: Vec<_> = self.keys.iter().map(|it| it.name).collect();
        format!("known here: {}", names.join(", "))
    }

    /// The section as JSON Schema.
    pub(super) fn json_schema(&self) -> serde_json::Value {
        let properties: serde_json::Map<_, _> =
            self.keys.iter().map(|it| (it.name.to_owned(), it.json_schema())).collect();
        let required: Vec<_> = self
            .keys
            .iter()
            .filter(|it| matches!(it.presence, Presence::Required))
            .map(|it| it.name)
            .collect();
        json!({
            "type": "object",
            "description": self.doc,
            "additionalProperties": false,
            "properties": properties,
            "required": required,
        })
    }
}

impl Key {
    fn json_schema(&self) -> serde_json::Value {
        let mut schema = self.shape.json_schema();
        schema["description"] = self.doc.into();
        if let Some(default) = self.default() {
            schema["default"] = default.to_json();
        }
        schema
    }
}

impl Shape {
    /// The shape as an error names it.
    fn in_words(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Count(least, most) => format!("a whole number from {least} to {most}"),
            Self::Word(words) => {
                let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
                format!("one of {}", words.join(", "))
            }
            Self::Zone => "an IANA time zone".to_owned(),
            Self::Cel => "an expression".to_owned(),
            Self::List(of) => format!("a list (`- …`) of which each is {}", of.in_words()),
            Self::Map(_) | Self::Section(_) => "a section (`key: value`)".to_owned(),
            Self::Either(short, _) => format!("{} or a section", short.in_words()),
        }
    }

    fn hint(&self, node: &Node) -> Option<String> {
        match self {
            Self::Word(words) => did_you_mean(node.text(), words.iter().map(|it| it.0)),
            Self::Zone => {
                let names: Vec<String> =
                    jiff::tz::db().available().map(|it| it.to_string()).collect();
                did_you_mean(node.text(), names.iter().map(String::as_str))
                    .or_else(|| Some("for example `Europe/London`".to_owned()))
            }
            Self::List(_) if node.scalar().is_some() => {
                Some(format!("a list of one is written `[{}]`", node.text()))
            }
            Self::Text
            | Self::Flag
            | Self::Count(..)
            | Self::Cel
            | Self::List(_)
            | Self::Map(_)
            | Self::Section(_)
            | Self::Either(..) => None,
        }
    }

    fn json_schema(&self) -> serde_json::Value {
        match self {
            Self::Text | Self::Cel => json!({"type": ["string", "number", "boolean"]}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Count(least, most) => {
                json!({"type": "integer", "minimum": least, "maximum": most})
            }
            Self::Word(words) => {
                let mut meaning = String::new();
                for (word, doc) in *words {
                    let _infallible = write!(meaning, "{word}: {doc}. ");
                }
                // Numbers too: nobody writes an org level in quotes.
                let mut allowed: Vec<serde_json::Value> = Vec::new();
                for (word, _) in *words {
                    allowed.push((*word).into());
                    allowed.extend(word.parse::<u32>().ok().map(serde_json::Value::from));
                }
                json!({"enum": allowed, "markdownDescription": meaning.trim_end()})
            }
            Self::Zone => json!({"type": "string", "examples": ["Europe/London"]}),
            Self::List(of) => json!({"type": "array", "items": of.json_schema()}),
            Self::Map(of) => json!({"type": "object", "additionalProperties": of.json_schema()}),
            Self::Section(section) => section.json_schema(),
            Self::Either(short, long) => {
                json!({"anyOf": [short.json_schema(), long.json_schema()]})
            }
        }
    }
}

impl Node {
    /// Moves a default to where it stands in for something that was not written.
    fn settle(&mut self, at: Position) {
        self.at = at;
        match &mut self.kind {
            Kind::Scalar(_) => {}
            Kind::List(items) => items.iter_mut().for_each(|it| it.settle(at)),
            Kind::Map(entries) => entries.iter_mut().for_each(|(word, it)| {
                word.at = at;
                it.settle(at);
            }),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::Scalar(it) if it.is_plain => it
                .as_bool()
                .map(Into::into)
                .or_else(|| it.text.parse::<u32>().ok().map(Into::into))
                .unwrap_or_else(|| it.text.as_str().into()),
            Kind::Scalar(it) => it.text.as_str().into(),
            Kind::List(items) => items.iter().map(Self::to_json).collect(),
            Kind::Map(entries) => {
                entries.iter().map(|(word, it)| (word.text.clone(), it.to_json())).collect()
            }
        }
    }
}
