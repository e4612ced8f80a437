//! Counts what the policy wants of the groups that somebody leaves.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Error, look::Lens};
use crate::{
    deciders::{
        guard::{Census, Destination, Limit},
        plan::{Directory, Plan},
    },
    doors::okta::{self, Reader, Refused},
    words::{
        action::ActionKind,
        ids::{GroupId, PersonId},
    },
};

/// Looks up which apps go with the groups in which nobody would be left.
pub(super) async fn find_apps(reader: &Reader, census: &mut Census) -> Result<(), Error> {
    let emptying: Vec<GroupId> = census.emptying().cloned().collect();
    for group in emptying {
        let apps = match reader.apps_of_group(&group).await {
            Ok(apps) => apps,
            // Deleted since it was listed: nobody has anything by it.
            Err(okta::Error::Refused { why: Refused::NotFound, .. }) => continue,
            Err(other) => return Err(other.into()),
        };
        let labels: Vec<Arc<str>> =
            apps.into_iter().filter(|it| it.is_active).map(|it| it.label).collect();
        if !labels.is_empty() {
            census.bears.insert(group, labels);
        }
    }
    Ok(())
}

/// It is asked about everybody in HR, since a flow that looks at few would see every group shrink
/// to nothing. Where people go is asked only of groups that lose more than `limit` allows,
/// or everybody.
pub(super) fn census(plan: &Plan, lens: &Lens<'_>, directory: &Directory, limit: Limit) -> Census {
    let mut leaving: BTreeMap<GroupId, BTreeSet<&PersonId>> = BTreeMap::new();
    for (part, action) in plan.actions().filter(|(part, _)| !part.is_urgent()) {
        if let ActionKind::LeaveGroup(group) = &action.kind {
            leaving.entry(group.id.clone()).or_default().insert(&part.person);
        }
    }
    let mut res = Census::default();
    res.staying.extend(leaving.keys().map(|it| (it.clone(), 0)));
    if leaving.is_empty() {
        return res;
    }
    for_everybody(lens, |_, names| {
        for id in directory.ids_of(names.iter()) {
            if let Some(count) = res.staying.get_mut(&id) {
                *count += 1;
            }
        }
    });
    leaving.retain(|group, people| {
        let staying = res.staying[group];
        staying == 0 || limit.allowed(people.len() + staying) < people.len()
    });
    let shrinking = leaving.iter().filter_map(|(group, people)| {
        let pattern = directory.pattern_of(group)?;
        Some(Shrinking { group, people, pattern, tally: BTreeMap::new() })
    });
    let mut shrinking: Vec<Shrinking<'_>> = shrinking.collect();
    if shrinking.is_empty() {
        return res;
    }
    let kinds = lens.policy.owned_groups(&lens.hr.catalog);
    for_everybody(lens, |person, names| {
        for name in names {
            let Some(kind) = kinds.get(name) else { continue };
            for it in &mut shrinking {
                if kind.keys.iter().any(|key| key.pattern() == it.pattern) {
                    it.count(person, name);
                }
            }
        }
    });
    res.into.extend(shrinking.into_iter().filter_map(Shrinking::destination));
    res
}

fn for_everybody(lens: &Lens<'_>, mut tell: impl FnMut(&PersonId, &BTreeSet<Arc<str>>)) {
    for person in lens.hr.roster.persons() {
        let desired = lens.look(&person, None).ok().and_then(|it| it.desired);
        if let Some(desired) = desired {
            tell(&person.id, &desired.groups.into_keys().collect());
        }
    }
}

/// A group that loses many, and where people belong among the groups of the same rule.
struct Shrinking<'a> {
    group: &'a GroupId,
    people: &'a BTreeSet<&'a PersonId>,
    pattern: &'a str,
    /// By name: how many of those who leave, and of the others.
    tally: BTreeMap<Arc<str>, (usize, usize)>,
}

impl Shrinking<'_> {
    fn count(&mut self, person: &PersonId, name: &Arc<str>) {
        let (joining, others) = self.tally.entry(name.clone()).or_default();
        *(if self.people.contains(person) { joining } else { others }) += 1;
    }

    fn destination(self) -> Option<(GroupId, Destination)> {
        // Of a unit and the one above it, the smaller one says more.
        let (name, (joining, others)) = self
            .tally
            .into_iter()
            .filter(|(_, (joining, _))| *joining > 0)
            .max_by_key(|(_, (joining, others))| (*joining, Reverse(*others)))?;
        Some((self.group.clone(), Destination { name, joining, others }))
    }
}
