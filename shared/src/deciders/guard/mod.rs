//! Gives reasons not to believe a read and not to run a plan.
//!
//! It never picks "the first N": over a limit, everybody whom the limited kind touches is held,
//! and the others go on. What can wait by itself (leaving a group, a less strict tier, a new
//! login, one attribute of the profile) is held alone, so that the rest of a person's changes
//! need not wait for it.
//!
//! A limit is for one run and for all runs of 24 hours together, so that twenty small runs cannot
//! do what one big one may not. What somebody approved does not count: a person has looked at it.

mod doubt;
mod limits;
mod modes;
mod objection;
mod shield;
mod shrink;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use doubt::{
    Columns, Doubt, LastRoster, Side, Sight, Tenants, doubt_columns, doubt_okta, doubt_roster,
    doubt_tenants,
};
pub use limits::{Counted, Limit, Limits, Staff, Tally};
pub use modes::{Modes, SwitchedOff};
pub use objection::{Objection, Rejection};
pub use shield::Shield;
pub use shrink::{Census, Destination, Shrinkage};

use super::plan::{PersonPlan, Plan};
use crate::words::{
    action::{Action, ActionKind, Kind},
    finding::{Finding, Subject},
    ids::PersonId,
};
use objection::Reach;

/// What a plan is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// What the policy allows.
    pub limits: &'a Limits,
    /// People in the roster.
    pub roster: usize,
    /// The same by company, where each is measured by itself.
    pub companies: &'a [Staff],
    /// People whose account was verified before. Bringing the others in line for the first time
    /// is what an installation is for, so steps that only add do not count for them.
    pub known: &'a BTreeSet<PersonId>,
    /// Who was touched by what in the last 24 hours, approved steps left out.
    pub done: &'a Tally,
    /// What was wrong with what was read.
    pub findings: &'a [Finding],
    /// What the policy wants of the groups that somebody leaves.
    pub census: &'a Census,
    /// What always waits for a person's word.
    pub supervised: &'a BTreeSet<Counted>,
    /// Steps that somebody has approved, by their digest.
    pub approved: &'a BTreeSet<String>,
}

impl Measure<'_> {
    fn is_approved(&self, part: &PersonPlan, action: &Action) -> bool {
        !self.approved.is_empty() && self.approved.contains(&part.digest(action))
    }

    fn is_wholly_approved(&self, part: &PersonPlan) -> bool {
        part.actions.iter().all(|it| self.is_approved(part, it))
    }

    /// Whether this is the first time that Rollcall does anything of the kind for the person.
    fn is_first_touch(&self, what: &Counted, part: &PersonPlan) -> bool {
        !self.known.contains(&part.person) && is_first_touch(what, self.known)
    }

    /// Everything that `whom` being touched by `what` is too many for: all companies together, or
    /// else single ones.
    fn objections(&self, what: &Counted, whom: &BTreeSet<&str>) -> Vec<Objection> {
        let before = self.done.besides(what, whom);
        let all = self.limits.objection(what, whom.len(), before, self.roster);
        if all.is_some() {
            return all.into_iter().collect();
        }
        let within = |staff: &Staff| {
            let is_there = |it: &&str| staff.has(&PersonId::from(*it));
            let planned = whom.iter().filter(|it| is_there(it)).count();
            let others = self.done.of(what).filter(|it| !whom.contains(it));
            let before = others.filter(is_there).count();
            let mut res = self.limits.objection(what, planned, before, staff.people.len())?;
            if let Objection::TooMany { staff: place, .. } = &mut res {
                *place = Some(staff.clone());
            }
            Some(res)
        };
        self.companies.iter().filter_map(within).collect()
    }
}

/// Every objection to a plan. An empty list is permission to apply it. What somebody has approved
/// is not objected to again, and what one objection holds does not count for the next.
pub fn review(plan: &Plan, measure: Measure<'_>) -> Vec<Objection> {
    let rest: Vec<&PersonPlan> =
        plan.people.iter().filter(|it| !measure.is_wholly_approved(it)).collect();
    let moving: Vec<&PersonPlan> =
        rest.iter().copied().filter(|it| measure.known.contains(&it.person)).collect();
    let leaves = |it: &PersonPlan, action: &Action| !measure.is_approved(it, action);
    // First, since it says most about what has happened.
    let shrinks = measure.limits.group_shrinks;
    let shrinking = shrink::shrinking(&moving, leaves, measure.census, shrinks);
    let mut res: Vec<Objection> = shrinking.into_iter().map(Objection::GroupShrinks).collect();
    let touched = |what: &Counted, res: &[Objection]| {
        let is_touched = |part: &&PersonPlan| {
            !measure.is_first_touch(what, part)
                && part.actions.iter().any(|it| {
                    what.includes(part, it)
                        && !measure.is_approved(part, it)
                        && !res.iter().any(|objection| objection.stops(part, it))
                })
        };
        let parts = rest.iter().copied().filter(is_touched);
        parts.map(|it| it.person.as_str()).collect::<BTreeSet<&str>>()
    };
    let attributes = attributes_of(&rest).map(Counted::Attribute);
    for what in std::iter::once(Counted::Departure).chain(attributes) {
        let more = measure.objections(&what, &touched(&what, &res));
        res.extend(more);
    }
    let supervised =
        measure.supervised.iter().filter(|it| rest.iter().any(|part| it.concerns(part)));
    res.extend(supervised.map(|it| Objection::Supervised { what: it.clone() }));
    for kind in measure.limits.kinds.keys().map(|it| Counted::Kind(*it)) {
        let more = measure.objections(&kind, &touched(&kind, &res));
        res.extend(more);
    }
    let rows = measure.findings.iter().filter(|it| matches!(it.subject, Subject::Row(_))).count();
    if rows > 0 {
        res.push(Objection::UnreadableRows { rows });
    }
    res
}

/// The names of every attribute that changes for somebody.
fn attributes_of(parts: &[&PersonPlan]) -> impl Iterator<Item = Arc<str>> + use<> {
    let mut res = BTreeSet::new();
    for action in parts.iter().flat_map(|it| &it.actions) {
        if let ActionKind::Update(changes) = &action.kind {
            res.extend(changes.keys().cloned());
        }
    }
    res.into_iter()
}

/// Puts changes of attributes that change for too many people, and changes that somebody approved
/// by themselves, into steps of their own: they wait, or go, without the rest of the profile.
pub fn separate(plan: &mut Plan, measure: Measure<'_>) {
    let mut too_many = BTreeSet::new();
    for objection in review(plan, measure) {
        if let Objection::TooMany { what: Counted::Attribute(name), .. } = objection {
            too_many.insert(name);
        }
    }
    for part in &mut plan.people {
        let mut actions = Vec::with_capacity(part.actions.len());
        for action in std::mem::take(&mut part.actions) {
            let ActionKind::Update(changes) = &action.kind else {
                actions.push(action);
                continue;
            };
            let alone = |name: &Arc<str>| {
                let change =
                    changes.get_key_value(name).map(|(name, it)| (name.clone(), it.clone()));
                Action { kind: ActionKind::Update(change.into_iter().collect()), ..action.clone() }
            };
            let (apart, together): (Vec<&Arc<str>>, Vec<&Arc<str>>) = changes
                .keys()
                .partition(|it| too_many.contains(*it) || measure.is_approved(part, &alone(it)));
            let together: BTreeMap<_, _> =
                together.into_iter().map(|it| (it.clone(), changes[it].clone())).collect();
            if !together.is_empty() {
                actions.push(Action { kind: ActionKind::Update(together), ..action.clone() });
            }
            actions.extend(apart.into_iter().map(alone));
        }
        part.actions = actions;
    }
}

/// Whether this does not count for somebody who was never verified. Creating counts, except on the
/// very first run, when nobody was.
fn is_first_touch(what: &Counted, known: &BTreeSet<PersonId>) -> bool {
    let kind = match what {
        Counted::Departure => return false,
        Counted::Attribute(_) => return true,
        Counted::Kind(kind) => kind,
    };
    match kind {
        Kind::Create => known.is_empty(),
        Kind::Adopt
        | Kind::Activate
        | Kind::JoinGroup
        | Kind::AssignApp
        | Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RaiseTier
        | Kind::SaveUndo
        | Kind::Archive => true,
        Kind::Reactivate
        | Kind::Suspend
        | Kind::Unsuspend
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::LeaveGroup
        | Kind::UnassignApp
        | Kind::Deactivate
        | Kind::RenameLogin
        | Kind::LowerTier
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy => false,
    }
}

/// What counts against the limits of the next 24 hours when everything that `objections` lets pass
/// is done. What was approved does not.
pub fn tally(plan: &Plan, objections: &[Objection], measure: Measure<'_>) -> Tally {
    let mut res = Tally::default();
    for part in &plan.people {
        for action in &part.actions {
            let waits = objections.iter().any(|it| it.stops(part, action));
            if waits || measure.is_approved(part, action) {
                continue;
            }
            for what in Counted::all_of(part, action) {
                if !measure.is_first_touch(&what, part) {
                    res.add(&what, part.person.as_str());
                }
            }
        }
    }
    res
}

/// A plan in two: what may go on, and what waits with the objection that holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parted {
    /// What may go on.
    pub free: Plan,
    /// What waits.
    pub held: Vec<(Objection, Plan)>,
    /// People of whom only some steps wait: they are not in line when the others are done.
    pub partly: BTreeSet<PersonId>,
}

/// Parts a plan into what may go on and what waits. `approved` are digests of steps that go on
/// whatever is objected.
pub fn part(plan: Plan, objections: &[Objection], approved: &BTreeSet<String>) -> Parted {
    let mut held: Vec<(Objection, Vec<PersonPlan>)> =
        objections.iter().map(|it| (it.clone(), Vec::new())).collect();
    let (mut free, mut partly) = (Vec::new(), BTreeSet::new());
    for mut part in plan.people {
        let is_approved = |part: &PersonPlan, it: &Action| approved.contains(&part.digest(it));
        if part.actions.iter().all(|it| is_approved(&part, it)) {
            free.push(part);
            continue;
        }
        if let Some((_, waiting)) = held.iter_mut().find(|it| it.0.reach(&part) == Reach::All) {
            waiting.push(part);
            continue;
        }
        for (objection, waiting) in &mut held {
            if objection.reach(&part) != Reach::Some {
                continue;
            }
            let (wait, go): (Vec<Action>, Vec<Action>) = part
                .actions
                .iter()
                .cloned()
                .partition(|it| objection.holds(&part, it) && !is_approved(&part, it));
            if !wait.is_empty() {
                partly.insert(part.person.clone());
                waiting.push(PersonPlan { actions: wait, ..part.clone() });
                part.actions = go;
            }
        }
        free.push(part);
    }
    let held = held.into_iter().filter(|(_, it)| !it.is_empty());
    let held = held.map(|(why, it)| (why, Plan::new(it))).collect();
    Parted { free: Plan::new(free), held, partly }
}

/// Everybody who must be left alone because of a finding.
pub fn held_people(findings: &[Finding]) -> BTreeSet<PersonId> {
    findings.iter().filter_map(Finding::holds).cloned().collect()
}

#[cfg(test)]
mod tests;
