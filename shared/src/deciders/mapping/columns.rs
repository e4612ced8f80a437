//! Which of HR's columns the rules read, and which of them are filled in for somebody.

use std::collections::BTreeSet;

use super::{
    Each, GroupName, Mapping, Part, Rules, Slot,
    field::{Cell, Field, Origin},
};
use crate::words::{hr::Catalog, person::Person};

impl Mapping {
    /// The columns that the rules read, by the names of the policy.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|it| it.name())
    }

    /// The columns that the rules read and that are not blank for this person, by the names of
    /// the policy.
    pub(crate) fn filled<'a>(
        &'a self,
        person: &'a Person,
        catalog: &'a Catalog,
    ) -> impl Iterator<Item = &'static str> + use<'a> {
        let read = self
            .columns
            .iter()
            .filter(move |it| it.read(person, catalog, &self.rules.levels) != Cell::BLANK);
        read.map(|it| it.name())
    }
}

/// Every column that the rules read. The supervisor is among them always.
pub(super) fn columns(rules: &Rules, slots: impl Iterator<Item = Slot>) -> BTreeSet<Field> {
    let mut res: BTreeSet<Field> = slots
        .filter_map(|it| match it {
            Slot::Worker(field) => Some(field),
            Slot::Manager(_)
            | Slot::ManagerLogin
            | Slot::Login
            | Slot::Now
            | Slot::ItCode
            | Slot::ItName => None,
        })
        .collect();
    for group in &rules.groups {
        if let GroupName::Each { each, .. } = &group.name {
            res.extend(column_of(*each, rules));
        }
    }
    res.insert(Field::SupervisorEmployeeId);
    res.retain(|it| !is_never_blank(*it));
    res
}

/// The column with the code of a `for_each`.
fn column_of(each: Each, rules: &Rules) -> Option<Field> {
    match each {
        Each::OrgLevel(level) => Part::ALL
            .into_iter()
            .find(|it| rules.levels.get(*it) == Some(Origin::OrgLevel(level)))
            .and_then(|it| Field::parse(it.as_str())),
        Each::Location => Some(Field::Location),
        Each::JobFamily => Some(Field::JobFamily),
        Each::Company => None,
    }
}

/// Keys and whatever is made up rather than read: they say nothing about a column.
fn is_never_blank(field: Field) -> bool {
    matches!(
        field,
        Field::PersonId
            | Field::EmployeeId
            | Field::CompanyId
            | Field::Status
            | Field::TimeZone
            | Field::LastDay
            | Field::IsContractor
            | Field::IsOnLeave
            | Field::Level
    )
}
