//! What a group rule can be repeated for, and what it is called each time.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    expression::{Answer, Engine, Expression, Row},
    field::{OrgLevels, level_code},
};
use crate::words::{hr::Catalog, person::Person, value::Value};

/// What a group rule is repeated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Each {
    OrgLevel(u8),
    Location,
    Company,
    JobFamily,
}

/// Where a person belongs among the entries.
pub(super) enum Entry<'a> {
    /// Here: code and name.
    Of(&'a str, &'a str),
    /// HR left it blank.
    Blank,
    /// HR names one that its own tables do not have.
    Unknown,
}

impl Each {
    /// Every entry of HR's tables: code and name, inactive ones included, so that closing a
    /// department empties its group.
    pub(super) fn entries(self, catalog: &Catalog) -> BTreeMap<&str, &str> {
        match self {
            Self::OrgLevel(level) => {
                let rows = catalog.org_levels.values().filter(|it| it.level == level);
                rows.map(|it| or_code(it.code.as_str(), it.description.as_ref())).collect()
            }
            Self::Location => {
                let rows = catalog.locations.values();
                rows.map(|it| or_code(it.code.as_str(), it.description.as_ref())).collect()
            }
            Self::Company => {
                let rows = catalog.companies.values();
                rows.map(|it| {
                    let id = it.company.as_str();
                    or_code(it.code.as_ref().map_or(id, |it| it.as_str()), it.name.as_ref())
                })
                .collect()
            }
            Self::JobFamily => {
                let families = catalog.jobs.values().filter_map(|it| it.family.as_ref());
                families.map(|it| (it.as_str(), it.as_str())).collect()
            }
        }
    }

    /// Whether the entries are units of the organization, as departments and cost centers are.
    pub(super) fn is_unit(self) -> bool {
        match self {
            Self::OrgLevel(_) => true,
            Self::Location | Self::Company | Self::JobFamily => false,
        }
    }

    /// One entry of HR's tables.
    pub(super) fn entry<'a>(self, code: &str, catalog: &'a Catalog) -> Option<(&'a str, &'a str)> {
        match self {
            Self::OrgLevel(level) => {
                let it = catalog.org_levels.get(&(level, code.into()))?;
                Some(or_code(it.code.as_str(), it.description.as_ref()))
            }
            Self::Location => {
                let it = catalog.locations.get(&code.into())?;
                Some(or_code(it.code.as_str(), it.description.as_ref()))
            }
            Self::Company | Self::JobFamily => {
                self.entries(catalog).into_iter().find(|(it, _)| *it == code)
            }
        }
    }

    /// Where a person belongs.
    pub(super) fn of<'a>(self, person: &'a Person, catalog: &'a Catalog) -> Entry<'a> {
        let row = &person.primary().row;
        let entry =
            |code: &'a str, name: Option<&'a Arc<str>>| Entry::Of(code, name.map_or(code, |it| it));
        match self {
            Self::OrgLevel(level) => {
                let Some(code) = level_code(row, level) else { return Entry::Blank };
                match catalog.org_levels.get(&(level, code.clone())) {
                    Some(it) => entry(it.code.as_str(), it.description.as_ref()),
                    None => Entry::Unknown,
                }
            }
            Self::Location => {
                let Some(code) = &row.location else { return Entry::Blank };
                match catalog.locations.get(code) {
                    Some(it) => entry(it.code.as_str(), it.description.as_ref()),
                    None => Entry::Unknown,
                }
            }
            Self::Company => match catalog.companies.get(&row.company) {
                Some(it) => {
                    let id = it.company.as_str();
                    entry(it.code.as_ref().map_or(id, |it| it.as_str()), it.name.as_ref())
                }
                None => Entry::Unknown,
            },
            Self::JobFamily => {
                let Some(job) = &row.job else { return Entry::Blank };
                match catalog.jobs.get(job).map(|it| &it.family) {
                    Some(Some(family)) => Entry::Of(family.as_str(), family.as_str()),
                    Some(None) => Entry::Blank,
                    None => Entry::Unknown,
                }
            }
        }
    }
}

/// The codes above a code, the nearest first. A circle in the policy's table ends where it closes.
pub(super) fn above<'p>(code: &str, parents: Option<&'p BTreeMap<String, String>>) -> Vec<&'p str> {
    let Some(parents) = parents else { return Vec::new() };
    let mut res: Vec<&str> = Vec::new();
    let mut at = code;
    while let Some(parent) = parents.get(at).filter(|it| !it.is_empty()) {
        if parent == code || res.contains(&parent.as_str()) {
            break;
        }
        res.push(parent);
        at = parent;
    }
    res
}

fn or_code<'a>(code: &'a str, name: Option<&'a Arc<str>>) -> (&'a str, &'a str) {
    (code, name.map_or(code, |it| it))
}

/// A name with expressions over `it` in braces.
#[derive(Debug)]
pub(crate) struct Template(pub(crate) Vec<Piece>);

#[derive(Debug)]
pub(crate) enum Piece {
    Text(String),
    Cel(Arc<Expression>),
}

impl Template {
    /// The name of one entry; none when nothing but blanks comes out.
    pub(super) fn name(&self, engine: &Engine, entry: (&str, &str)) -> Option<Arc<str>> {
        let (catalog, levels) = (Catalog::default(), OrgLevels::default());
        let row = Row {
            person: None,
            manager: None,
            manager_login: None,
            login: None,
            catalog: &catalog,
            levels: &levels,
            now: "",
            level: "",
            manager_level: "",
            it: entry,
        };
        let mut name = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(it) => name.push_str(it),
                Piece::Cel(it) => match it.answer(engine, &row) {
                    Answer::Value(Value::Text(it)) => name.push_str(&it),
                    Answer::Value(it @ (Value::Bool(_) | Value::Number(_) | Value::List(_))) => {
                        name.push_str(&it.to_string());
                    }
                    Answer::Blank => {}
                    Answer::Failed => return None,
                },
            }
        }
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        // Okta's limit for a group's name.
        let name: String = name.chars().take(255).collect();
        (!name.is_empty()).then(|| name.into())
    }
}
