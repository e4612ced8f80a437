//! Groups that lose people who stay in the company: what a split, a merge or a new code of a
//! department looks like from here (hr-case 28).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use super::Limit;
use crate::{
    deciders::plan::{ADDED_BY_HAND, PersonPlan},
    words::{
        action::{Action, ActionKind, GroupRef},
        ids::{GroupId, PersonId},
    },
};

/// What the policy wants of the groups that somebody leaves, asked about everybody in HR.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// How many people it wants in each.
    pub staying: BTreeMap<GroupId, usize>,
    /// Where it wants most of those who leave, among the groups of the same rule.
    pub into: BTreeMap<GroupId, Destination>,
    /// The apps given by each group in which nobody would be left.
    pub bears: BTreeMap<GroupId, Vec<Arc<str>>>,
}

impl Census {
    /// The groups in which the policy wants nobody to stay.
    pub fn emptying(&self) -> impl Iterator<Item = &GroupId> {
        self.staying.iter().filter(|(_, staying)| **staying == 0).map(|(id, _)| id)
    }
}

/// Where people go who leave a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// What the group is called, or will be.
    pub name: Arc<str>,
    /// How many of those who leave belong there now.
    pub joining: usize,
    /// How many others do.
    pub others: usize,
}

/// A group that would lose many people at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrinkage {
    /// The group.
    pub group: GroupRef,
    /// Who would leave it.
    pub leaving: BTreeSet<PersonId>,
    /// How many the policy wants to stay.
    pub staying: usize,
    /// Whether none of those who would leave was put there by a rule.
    pub by_hand: bool,
    /// Where most of those who leave belong instead.
    pub into: Option<Destination>,
    /// The apps that it gives, when nobody would be left in it: an app that nobody has any more is
    /// hardly ever what somebody meant, however few they are.
    pub bears: Vec<Arc<str>>,
}

impl Shrinkage {
    /// Whether it concerns this part of a plan.
    pub(super) fn concerns(&self, part: &PersonPlan) -> bool {
        self.leaving.contains(&part.person)
    }

    /// Whether this very step waits.
    pub(super) fn holds(&self, action: &Action) -> bool {
        matches!(&action.kind, ActionKind::LeaveGroup(group) if group.id == self.group.id)
    }
}

impl fmt::Display for Shrinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, leaving, staying, by_hand, into, bears } = self;
        let leaving = leaving.len();
        let name = &group.name;
        write!(f, "group {name:?} would lose {leaving} of its {} people", leaving + staying)?;
        match into {
            _ if *by_hand => f.write_str(", whom somebody added by hand and no rule puts there")?,
            None => f.write_str(
                ", to whom no rule gives it any more: HR seems to have moved them, or to have \
                 given their unit a code that the policy does not name",
            )?,
            Some(Destination { name, joining, others }) => {
                let all = *joining >= leaving;
                let who = if all { "all of them".to_owned() } else { format!("{joining} of them") };
                let what = match (*staying == 0, all, *others == 0) {
                    (true, true, true) => {
                        "where nobody else is: HR seems to have given the unit a new code"
                    }
                    (true, true, false) => {
                        "where others are: HR seems to have merged the two units"
                    }
                    (true, false, _) => "and others elsewhere: HR seems to have dissolved the unit",
                    (false, _, true) => "where nobody else is: HR seems to have split the unit",
                    (false, _, false) => {
                        "where others are: HR seems to have moved a part of the unit"
                    }
                };
                write!(f, ", {who} to {name:?}, {what}")?;
            }
        }
        if !bears.is_empty() {
            let bears: Vec<String> = bears.iter().map(|it| format!("{it:?}")).collect();
            write!(f, ". Nobody would be left in it, and it gives {}", bears.join(", "))?;
        }
        f.write_str(". They keep it until somebody approves")
    }
}

/// Every group that would lose more people than it may, or the last of those who have its apps, among people whose access goes on.
pub(super) fn shrinking(
    parts: &[&PersonPlan],
    leaves: impl Fn(&PersonPlan, &Action) -> bool,
    census: &Census,
    limit: Limit,
) -> Vec<Shrinkage> {
    let mut by_group: BTreeMap<&GroupRef, Vec<(&PersonId, &Action)>> = BTreeMap::new();
    // Whoever is on the way out loses everything, and is counted by other limits.
    for part in parts.iter().filter(|it| !it.is_urgent()) {
        for action in &part.actions {
            if let ActionKind::LeaveGroup(group) = &action.kind
                && leaves(part, action)
            {
                by_group.entry(group).or_default().push((&part.person, action));
            }
        }
    }
    let mut res = Vec::new();
    for (group, leavers) in by_group {
        let staying = census.staying.get(&group.id).copied().unwrap_or(0);
        let bears = census.bears.get(&group.id).cloned().unwrap_or_default();
        if leavers.len() <= limit.allowed(leavers.len() + staying) && bears.is_empty() {
            continue;
        }
        res.push(Shrinkage {
            group: group.clone(),
            leaving: leavers.iter().map(|(person, _)| (*person).clone()).collect(),
            staying,
            by_hand: leavers.iter().all(|(_, it)| &*it.cause == ADDED_BY_HAND),
            into: census.into.get(&group.id).cloned(),
            bears,
        });
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(staying: usize, into: Option<(usize, usize)>, tells: &str) {
        let shrinkage = Shrinkage {
            group: GroupRef { id: "00g1".into(), name: "Old".into() },
            leaving: ["1", "2", "3", "4"].map(PersonId::from).into(),
            staying,
            by_hand: false,
            into: into.map(|(joining, others)| Destination { name: "New".into(), joining, others }),
            bears: Vec::new(),
        };
        let text = shrinkage.to_string();
        assert!(text.contains(tells), "{text}");
    }

    #[test]
    fn sentence_names_what_hr_seems_to_have_done() {
        check(0, Some((4, 0)), "4 of its 4 people, all of them to \"New\", where nobody else is");
        check(0, Some((4, 0)), "given the unit a new code");
        check(0, Some((4, 7)), "merged the two units");
        check(
            0,
            Some((2, 0)),
            "2 of them to \"New\", and others elsewhere: HR seems to have dissolved",
        );
        check(6, Some((4, 0)), "4 of its 10 people, all of them to \"New\", where nobody else is");
        check(6, Some((4, 0)), "split the unit");
        check(
            6,
            Some((3, 5)),
            "3 of them to \"New\", where others are: HR seems to have moved a part",
        );
        check(0, None, "to whom no rule gives it any more");
    }
}
