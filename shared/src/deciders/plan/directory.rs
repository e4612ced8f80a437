//! The groups and apps that the policy names, as Okta has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    deciders::mapping::OwnedGroup,
    words::{
        account::{App, Group, GroupKind, GroupRule},
        action::{AppRef, GroupRef},
        finding::{Finding, FindingCode, Subject},
        ids::{AppId, GroupId, GroupKey},
    },
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
    /// Every group of Okta's, ours or not.
    everything: BTreeMap<GroupId, GroupRef>,
    groups: BTreeMap<Arc<str>, Named<GroupRef>>,
    apps: BTreeMap<Arc<str>, Named<AppRef>>,
    owned_groups: BTreeMap<GroupId, GroupRef>,
    owned_apps: BTreeSet<AppId>,
    tier_groups: BTreeMap<GroupId, usize>,
    rule_groups: BTreeSet<GroupId>,
    links: BTreeMap<GroupKey, GroupId>,
    renames: Vec<(GroupRef, Arc<str>)>,
    unmade: BTreeMap<Arc<str>, BTreeSet<GroupKey>>,
}

/// What a [`Directory`] is made of.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// Every group the policy can give, by name.
    pub owned: &'a BTreeMap<Arc<str>, OwnedGroup>,
    /// Every app the policy can give, by label.
    pub labels: &'a BTreeSet<Arc<str>>,
    /// Which group is known to stand for which of HR's units.
    pub links: &'a BTreeMap<GroupKey, GroupId>,
    /// Okta's groups, all of them.
    pub groups: &'a [Group],
    /// Okta's group rules.
    pub rules: &'a [GroupRule],
    /// Okta's apps, all of them when there are labels.
    pub apps: &'a [App],
}

impl Directory {
    /// Looks up every name that the policy can give.
    ///
    /// A group that is known to stand for a unit of HR's is that unit's whatever either is called
    /// now: a department that gets a new name keeps its group and its members (hr-case 27).
    pub fn new(listing: Listing<'_>) -> Self {
        let Listing { owned, labels, links, groups, rules, apps } = listing;
        let refer = |it: &Group| GroupRef { id: it.id.clone(), name: it.name.clone() };
        let by_id: BTreeMap<&GroupId, &Group> = groups.iter().map(|it| (&it.id, it)).collect();
        let mut by_name: BTreeMap<&str, Vec<&Group>> = BTreeMap::new();
        for it in groups {
            by_name.entry(&it.name).or_default().push(it);
        }
        let heirs = heirs(owned, links, &by_id);
        let mut res = Self {
            everything: groups.iter().map(|it| (it.id.clone(), refer(it))).collect(),
            ..Self::default()
        };
        for (name, group) in owned {
            let linked = group.keys.iter().filter_map(|it| by_id.get(links.get(it)?));
            let mine = linked.filter(|it| heirs.get(&it.id) == Some(&name));
            // Of several units with one name, one of which is known by another, the name decides.
            let mine: Vec<&&Group> = mine.collect();
            let linked = mine.iter().find(|it| it.name == *name).or(mine.first());
            let named = match linked {
                Some(it) if it.kind == GroupKind::Okta => Named::One(refer(it)),
                Some(_) => Named::NotWritable,
                None => {
                    let same = by_name.get(&**name).into_iter().flatten();
                    // A group that stands for another unit is not this one's, only called like it.
                    let same = same.filter(|it| !heirs.contains_key(&it.id));
                    only(same.map(|it| (refer(it), it.kind == GroupKind::Okta)))
                }
            };
            match &named {
                Named::One(it) => {
                    res.links.extend(group.keys.iter().map(|key| (key.clone(), it.id.clone())));
                    if it.name != *name {
                        res.renames.push((it.clone(), name.clone()));
                    }
                    if let Some(rank) = group.tier {
                        res.tier_groups.insert(it.id.clone(), rank);
                    }
                }
                Named::Missing if !group.keys.is_empty() => {
                    res.unmade.insert(name.clone(), group.keys.clone());
                }
                Named::Missing | Named::Ambiguous | Named::NotWritable => {}
            }
            res.groups.insert(name.clone(), named);
        }
        for label in labels {
            let same = apps
                .iter()
                .filter(|it| it.label == *label)
                .map(|it| (AppRef { id: it.id.clone(), label: it.label.clone() }, it.is_active));
            res.apps.insert(label.clone(), only(same));
        }
        res.owned_groups = found(&res.groups).map(|it| (it.id.clone(), it.clone())).collect();
        // A unit that HR struck from its table still has its group, which empties as people move.
        let patterns: BTreeSet<&str> =
            owned.values().flat_map(|it| &it.keys).map(GroupKey::pattern).collect();
        for (key, id) in links.iter().filter(|(key, _)| patterns.contains(key.pattern())) {
            if let Some(group) = by_id.get(id).filter(|it| it.kind == GroupKind::Okta) {
                res.links.entry(key.clone()).or_insert_with(|| id.clone());
                res.owned_groups.entry(id.clone()).or_insert_with(|| refer(group));
            }
        }
        res.owned_apps = found(&res.apps).map(|it| it.id.clone()).collect();
        let active = rules.iter().filter(|it| it.is_active);
        res.rule_groups = active.flat_map(|it| it.targets.iter().cloned()).collect();
        res
    }

    /// Which group stands for which of HR's units, as far as there is one.
    pub fn links(&self) -> &BTreeMap<GroupKey, GroupId> {
        &self.links
    }

    /// Groups whose unit is called otherwise now, with the name they should get.
    pub fn renames(&self) -> &[(GroupRef, Arc<str>)] {
        &self.renames
    }

    /// Names of groups of HR's units that Okta does not have, each with the units.
    pub fn unmade(&self) -> &BTreeMap<Arc<str>, BTreeSet<GroupKey>> {
        &self.unmade
    }

    /// The groups of this name, ours or not.
    pub fn called(&self, name: &str) -> impl Iterator<Item = &GroupId> {
        self.everything.values().filter(move |it| *it.name == *name).map(|it| &it.id)
    }

    /// The rule of the policy whose group this is, when it stands for a unit of HR's: the name as
    /// the policy writes it.
    pub fn pattern_of(&self, id: &GroupId) -> Option<&str> {
        self.links.iter().find(|(_, it)| *it == id).map(|(key, _)| key.pattern())
    }

    /// Whether the group stands for a unit of HR's by one of these rules.
    pub fn stands_for(&self, id: &GroupId, patterns: &BTreeSet<Arc<str>>) -> bool {
        self.links.iter().any(|(key, it)| it == id && patterns.contains(key.pattern()))
    }

    /// The rank of the MFA tier whose group this is.
    pub fn tier_of(&self, id: &GroupId) -> Option<usize> {
        self.tier_groups.get(id).copied()
    }

    /// The group of this name.
    pub fn group(&self, name: &str) -> &Named<GroupRef> {
        self.groups.get(name).unwrap_or(&Named::Missing)
    }

    /// The ids of the groups of these names, as far as there is exactly one.
    pub fn ids_of<'n>(&self, names: impl Iterator<Item = &'n Arc<str>>) -> BTreeSet<GroupId> {
        let found = names.filter_map(|it| match self.group(it) {
            Named::One(it) => Some(it.id.clone()),
            Named::Missing | Named::Ambiguous | Named::NotWritable => None,
        });
        found.collect()
    }

    /// The app of this label.
    pub fn app(&self, label: &str) -> &Named<AppRef> {
        self.apps.get(label).unwrap_or(&Named::Missing)
    }

    /// Every group that is ours, by id.
    pub fn owned_groups(&self) -> impl Iterator<Item = &GroupRef> {
        self.owned_groups.values()
    }

    /// Every app that is ours, by label.
    pub fn owned_apps(&self) -> impl Iterator<Item = &AppRef> {
        found(&self.apps)
    }

    /// The groups of any kind that are called or numbered like this.
    pub fn meant_by(&self, names: &BTreeSet<Arc<str>>) -> Vec<GroupRef> {
        let is_named = |it: &&GroupRef| names.contains(&it.name) || names.contains(it.id.as_str());
        self.everything.values().filter(is_named).cloned().collect()
    }

    /// Whether Okta has this group.
    pub fn has_group(&self, id: &GroupId) -> bool {
        self.everything.contains_key(id)
    }

    /// Whether membership of this group follows the policy.
    pub fn owns_group(&self, id: &GroupId) -> bool {
        self.owned_groups.contains_key(id)
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

    /// What is wrong with the names of the policy, as far as somebody should be in them.
    pub fn findings(&self, wanted: &BTreeSet<Arc<str>>) -> Vec<Finding> {
        let groups = self.groups.iter().filter_map(|(name, it)| {
            let (code, what) = match it {
                Named::One(_) => return None,
                // Nobody is in the groups of units that were closed years ago.
                Named::Missing if self.unmade.contains_key(name) && !wanted.contains(name) => {
                    return None;
                }
                Named::Missing if self.unmade.contains_key(name) => (
                    FindingCode::MissingGroup,
                    "does not exist in Okta; the next org-sync makes it, unless \
                     reconcile.create_groups is off",
                ),
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

/// Which name each known group goes by from now on.
///
/// Units that are called alike share a group; when one of them gets another name, the group stays
/// with those who keep it, and the renamed unit gets a group of its own.
fn heirs<'a>(
    owned: &'a BTreeMap<Arc<str>, OwnedGroup>,
    links: &'a BTreeMap<GroupKey, GroupId>,
    by_id: &BTreeMap<&GroupId, &'a Group>,
) -> BTreeMap<&'a GroupId, &'a Arc<str>> {
    let mut res: BTreeMap<&GroupId, &Arc<str>> = BTreeMap::new();
    for (name, group) in owned {
        let known = group.keys.iter().filter_map(|it| by_id.get(links.get(it)?));
        for it in known {
            let heir = res.entry(&it.id).or_insert(name);
            if it.name == *name {
                *heir = name;
            }
        }
    }
    res
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
