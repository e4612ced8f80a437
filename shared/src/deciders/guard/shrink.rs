//! Groups that lose people who stay in the company: what a split, a merge or a new code of a
//! department looks like from here (hr-case 28).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use super::Limit;
use crate::{
    deciders::plan::PersonPlan,
    words::{
        action::{Action, ActionKind, GroupRef},
        ids::{GroupId, PersonId},
    },
};

/// A group that would lose many people at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrinkage {
    /// The group.
    pub group: GroupRef,
    /// Who would leave it.
    pub leaving: BTreeSet<PersonId>,
    /// How many the policy wants to stay.
    pub staying: usize,
    /// The group that most of those who leave join, and how many do.
    pub into: Option<(Arc<str>, usize)>,
}

impl Shrinkage {
    /// Whether it concerns this part of a plan.
    pub(super) fn concerns(&self, part: &PersonPlan) -> bool {
        self.leaving.contains(&part.person)
    }
}

impl fmt::Display for Shrinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, leaving, staying, into } = self;
        let leaving = leaving.len();
        write!(
            f,
            "group {:?} would lose {leaving} of its {} people",
            group.name,
            leaving + staying
        )?;
        match (into, staying) {
            (Some((name, all)), 0) if *all == leaving => write!(
                f,
                ", all of them to {name:?}: HR seems to have merged the two or given the unit a \
                 new code"
            )?,
            (Some((name, some)), 0) => write!(
                f,
                ", {some} of them to {name:?}: HR seems to have dissolved or split the unit"
            )?,
            (Some((name, some)), _) => {
                write!(f, ", {some} of them to {name:?}: HR seems to have split the unit")?;
            }
            (None, _) => f.write_str(" to no other group")?,
        }
        f.write_str(". They got their new groups, and keep this one until somebody approves")
    }
}

/// Every group that would lose more people than it may, among people whose access goes on.
pub(super) fn shrinking(
    parts: &[&PersonPlan],
    leaves: impl Fn(&PersonPlan, &Action) -> bool,
    staying: &BTreeMap<GroupId, usize>,
    limit: Limit,
) -> Vec<Shrinkage> {
    let mut by_group: BTreeMap<&GroupRef, Vec<&PersonPlan>> = BTreeMap::new();
    // Whoever is on the way out loses everything, and is counted by other limits.
    for part in parts.iter().filter(|it| !it.is_urgent()) {
        for action in &part.actions {
            if let ActionKind::LeaveGroup(group) = &action.kind
                && leaves(part, action)
            {
                by_group.entry(group).or_default().push(part);
            }
        }
    }
    let mut res = Vec::new();
    for (group, parts) in by_group {
        let staying = staying.get(&group.id).copied().unwrap_or(0);
        if parts.len() <= limit.allowed(parts.len() + staying) {
            continue;
        }
        let mut joined: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
        for action in parts.iter().flat_map(|it| &it.actions) {
            if let ActionKind::JoinGroup(to) = &action.kind {
                *joined.entry(&to.name).or_default() += 1;
            }
        }
        let into = joined.into_iter().max_by_key(|(_, count)| *count);
        res.push(Shrinkage {
            group: group.clone(),
            leaving: parts.iter().map(|it| it.person.clone()).collect(),
            staying,
            into: into.map(|(name, count)| (name.clone(), count)),
        });
    }
    res
}
