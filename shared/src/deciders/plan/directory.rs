//! The groups and apps that the policy names, as Okta has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::words::{
    account::{App, Group, GroupKind, GroupRule},
    action::{AppRef, GroupRef},
    finding::{Finding, FindingCode, Subject},
    ids::{AppId, GroupId},
};

/// What a name of the policy stands for in Okta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<T> {
    /// Exactly one, and ours to write.
    One(T),
    /// Nothing has this name.
    Missing,
    /// Several have this name.
    Ambiguous,
    /// It exists and cannot be written: an imported or built-in group, an inactive app.
    NotWritable,
}

/// The groups and apps that the policy names, looked up once per run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    groups: BTreeMap<Arc<str>, Named<GroupRef>>,
    apps: BTreeMap<Arc<str>, Named<AppRef>>,
    owned_groups: BTreeSet<GroupId>,
    owned_apps: BTreeSet<AppId>,
    rule_groups: BTreeSet<GroupId>,
}

impl Directory {
    /// Looks up every name that the policy can give.
    ///
    /// # Assumptions
    /// `groups` and `apps` are complete lists.
    pub fn new(
        group_names: &BTreeSet<Arc<str>>,
        app_labels: &BTreeSet<Arc<str>>,
        groups: &[Group],
        rules: &[GroupRule],
        apps: &[App],
    ) -> Self {
        let groups: BTreeMap<_, _> = group_names
            .iter()
            .map(|name| {
                let same = groups.iter().filter(|it| it.name == *name).map(|it| {
                    let writable = it.kind == GroupKind::Okta;
                    (GroupRef { id: it.id.clone(), name: it.name.clone() }, writable)
                });
                (name.clone(), only(same))
            })
            .collect();
        let apps: BTreeMap<_, _> = app_labels
            .iter()
            .map(|label| {
                let same = apps.iter().filter(|it| it.label == *label).map(|it| {
                    (AppRef { id: it.id.clone(), label: it.label.clone() }, it.is_active)
                });
                (label.clone(), only(same))
            })
            .collect();
        Self {
            owned_groups: found(&groups).map(|it| it.id.clone()).collect(),
            owned_apps: found(&apps).map(|it| it.id.clone()).collect(),
            rule_groups: rules
                .iter()
                .filter(|it| it.is_active)
                .flat_map(|it| it.targets.iter().cloned())
                .collect(),
            groups,
            apps,
        }
    }

    /// The group of this name.
    pub fn group(&self, name: &str) -> &Named<GroupRef> {
        self.groups.get(name).unwrap_or(&Named::Missing)
    }

    /// The app of this label.
    pub fn app(&self, label: &str) -> &Named<AppRef> {
        self.apps.get(label).unwrap_or(&Named::Missing)
    }

    /// Every group that is ours, by name.
    pub fn owned_groups(&self) -> impl Iterator<Item = &GroupRef> {
        found(&self.groups)
    }

    /// Every app that is ours, by label.
    pub fn owned_apps(&self) -> impl Iterator<Item = &AppRef> {
        found(&self.apps)
    }

    /// Whether membership of this group follows the policy.
    pub fn owns_group(&self, id: &GroupId) -> bool {
        self.owned_groups.contains(id)
    }

    /// Whether direct assignment of this app follows the policy.
    pub fn owns_app(&self, id: &AppId) -> bool {
        self.owned_apps.contains(id)
    }

    /// Whether a group rule fills this group: removing a member by hand would put him or her on
    /// the rule's exclusion list for good (reference/okta.md, item 4).
    pub fn is_filled_by_rule(&self, id: &GroupId) -> bool {
        self.rule_groups.contains(id)
    }

    /// What is wrong with the names of the policy.
    pub fn findings(&self) -> Vec<Finding> {
        let groups = self.groups.iter().filter_map(|(name, it)| {
            let (code, what) = match it {
                Named::One(_) => return None,
                Named::Missing => (FindingCode::MissingGroup, "does not exist in Okta; create it"),
                Named::Ambiguous => (
                    FindingCode::AmbiguousGroup,
                    "exists more than once in Okta; rename the others",
                ),
                Named::NotWritable => (
                    FindingCode::ForeignGroup,
                    "is an imported or built-in group, so nobody can write its members; name \
                     another one",
                ),
            };
            Some((format!("group {name:?}"), code, what))
        });
        let apps = self.apps.iter().filter_map(|(label, it)| {
            let what = match it {
                Named::One(_) => return None,
                Named::Missing => "does not exist in Okta",
                Named::Ambiguous => "exists more than once in Okta; rename the others",
                Named::NotWritable => "is inactive in Okta; activate it",
            };
            Some((format!("app {label:?}"), FindingCode::MissingApp, what))
        });
        groups
            .chain(apps)
            .map(|(name, code, what)| Finding::warning(Subject::Named(name), code, what))
            .collect()
    }
}

fn only<T>(mut same: impl Iterator<Item = (T, bool)>) -> Named<T> {
    match (same.next(), same.next()) {
        (None, _) => Named::Missing,
        (Some((it, true)), None) => Named::One(it),
        (Some((_, false)), None) => Named::NotWritable,
        (Some(_), Some(_)) => Named::Ambiguous,
    }
}

fn found<T>(named: &BTreeMap<Arc<str>, Named<T>>) -> impl Iterator<Item = &T> {
    named.values().filter_map(|it| match it {
        Named::One(it) => Some(it),
        Named::Missing | Named::Ambiguous | Named::NotWritable => None,
    })
}
