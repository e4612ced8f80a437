//! Brings an open account in line: profile, manager, login, groups, tier, apps.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Named,
    person::{ByHand, Draft, Seen},
};
use crate::words::{
    account::{Account, Provider},
    action::{ActionKind, AppRef, Change, Direction, GroupRef, TierChange},
    desired::{Desired, Rule, Unclear, Wish},
    finding::{Finding, FindingCode},
    value::Value,
};

impl Draft<'_> {
    /// Everything that an open account should have and does not, or has and should not.
    pub(super) fn tend(&mut self) {
        let (Some(desired), Some(seen)) = (self.case.desired, self.case.seen) else { return };
        if let Provider::Elsewhere(source) = &seen.account.provider {
            let finding = Finding::warning(
                self.subject(),
                FindingCode::MasteredElsewhere,
                format!("the profile is mastered by {source}, so it is changed there, not here"),
            );
            self.findings.push(finding);
        } else {
            if let Some(to) = self.case.rename_to {
                let from = seen.account.login.clone();
                self.push(ActionKind::RenameLogin { from, to: to.clone() }, "name in UKG");
            }
            self.tend_profile(desired, &seen.account);
        }
        self.tend_link(seen);
        let (groups, apps) = self.held_by_then(seen);
        self.tend_tier(desired, &groups);
        self.tend_groups(desired, &groups);
        self.tend_apps(desired, &apps);
    }

    /// The groups the policy wants and Okta has; what is wrong with the others is told once per
    /// run by [`Directory::findings`](super::Directory::findings).
    pub(super) fn wanted_groups(&self, desired: &Desired) -> Vec<(GroupRef, Rule)> {
        let named = desired.groups.iter().map(|(name, rule)| (self.directory.group(name), rule));
        let mut res: Vec<(GroupRef, Rule)> =
            named.filter_map(|(it, rule)| Some((one(it)?.clone(), rule.clone()))).collect();
        // Two units of HR's can share a group.
        let mut seen = BTreeSet::new();
        res.retain(|(it, _)| seen.insert(it.id.clone()));
        res
    }

    /// The group of the tier the policy wants, if Okta has it.
    pub(super) fn tier_group(&self, desired: &Desired) -> Option<(GroupRef, Rule)> {
        let tier = desired.tier.as_ref()?;
        Some((one(self.directory.group(&tier.group))?.clone(), tier.rule.clone()))
    }

    pub(super) fn wanted_apps(&self, desired: &Desired) -> Vec<(AppRef, Rule)> {
        let named = desired.apps.iter().map(|(label, rule)| (self.directory.app(label), rule));
        named.filter_map(|(it, rule)| Some((one(it)?.clone(), rule.clone()))).collect()
    }

    /// The groups and apps that are left when the steps before this one have been taken: what a
    /// rehire is stripped of first must be given again, and not taken a second time.
    fn held_by_then(&self, seen: &Seen) -> (BTreeSet<GroupRef>, BTreeSet<AppRef>) {
        if !self.is_stripped {
            return (seen.groups.clone(), seen.apps.clone());
        }
        let stays = |it: &&GroupRef| self.directory.is_filled_by_rule(&it.id);
        (seen.groups.iter().filter(stays).cloned().collect(), BTreeSet::new())
    }

    fn tend_profile(&mut self, desired: &Desired, account: &Account) {
        let wishes = desired.attributes.iter().filter_map(|(name, wish)| match wish {
            Wish::Set(value) => Some((name, Some(value.clone()))),
            Wish::Clear => Some((name, None)),
            Wish::Keep => None,
        });
        let changes = changes(wishes, account);
        if !changes.is_empty() {
            self.push(ActionKind::Update(changes), "");
        }
        let manager = self.case.manager;
        let written = manager.attributes.iter().map(|(name, it)| (name, it.clone()));
        let changes = self::changes(written, account);
        if !changes.is_empty() {
            let kind = ActionKind::SetManager { manager: manager.person.clone(), changes };
            self.push(kind, "supervisor in UKG");
        }
    }

    fn tend_link(&mut self, seen: &Seen) {
        let manager = self.case.manager;
        let (Some(wish), Some(has)) = (&manager.linked, &seen.linked_manager) else { return };
        if wish.manager != *has {
            let to = manager.person.clone().zip(wish.manager.clone());
            let kind = ActionKind::LinkManager { relation: wish.relation.clone(), manager: to };
            self.push(kind, "supervisor in UKG");
        }
    }

    /// Exactly one tier: into the wanted group, and out of every other tier's.
    fn tend_tier(&mut self, desired: &Desired, held: &BTreeSet<GroupRef>) {
        let Some(tier) = &desired.tier else { return };
        let Some((to, rule)) = self.tier_group(desired) else { return };
        let others = held.iter().filter(|it| it.id != to.id);
        let others = others.filter(|it| self.directory.tier_of(&it.id).is_some());
        let (by_rule, from): (Vec<GroupRef>, Vec<GroupRef>) =
            others.cloned().partition(|it| self.directory.is_filled_by_rule(&it.id));
        for it in &by_rule {
            self.tell_by_rule(it);
        }
        let joins = !held.iter().any(|it| it.id == to.id);
        if !joins && from.is_empty() {
            return;
        }
        let highest = from.iter().filter_map(|it| self.directory.tier_of(&it.id)).max();
        let direction = match highest {
            Some(rank) if rank > tier.rank => Direction::Down,
            Some(_) | None => Direction::Up,
        };
        let change = TierChange { tier: tier.name.clone(), to, joins, from, direction };
        self.push(ActionKind::SetTier(change), rule.0);
    }

    fn tend_groups(&mut self, desired: &Desired, held: &BTreeSet<GroupRef>) {
        let wanted = self.wanted_groups(desired);
        let is_wanted = |it: &&GroupRef| wanted.iter().any(|(wanted, _)| wanted.id == it.id);
        let surplus: Vec<GroupRef> = held
            .iter()
            .filter(|it| self.directory.owns_group(&it.id) && !is_wanted(it))
            .filter(|it| self.directory.tier_of(&it.id).is_none())
            .cloned()
            .collect();
        for group in surplus {
            let Unclear { groups, patterns, apps: _, borne } = &desired.unclear;
            if groups.contains(&group.name) || self.directory.stands_for(&group.id, patterns) {
                // While a blank is borne, one message says it for all of its groups.
                if borne.is_empty() {
                    self.tell_unclear(&format!("group {:?}", group.name));
                }
                continue;
            }
            let is_by_hand = self.case.given.is_some_and(|given| !given.contains(&group.id));
            match self.case.reconcile.added_by_hand {
                ByHand::Warn | ByHand::Keep if is_by_hand => self.tell_by_hand(&group),
                ByHand::Remove | ByHand::Warn | ByHand::Keep => {
                    let cause = if is_by_hand { ADDED_BY_HAND } else { GIVEN_BY_NONE };
                    self.leave(group, cause);
                }
            }
        }
        for (group, rule) in wanted {
            if !held.iter().any(|it| it.id == group.id) {
                self.push(ActionKind::JoinGroup(group), rule.0);
            }
        }
    }

    /// A blank is not "remove all" (hr-case 29).
    fn tell_unclear(&mut self, what: &str) {
        let finding = Finding::warning(
            self.subject(),
            FindingCode::MissingAttribute,
            format!(
                "keeps {what}, since HR left the unit blank that its rule reads; complete the \
                 record in HR"
            ),
        );
        self.findings.push(finding);
    }

    fn tell_by_hand(&mut self, group: &GroupRef) {
        if self.case.reconcile.added_by_hand != ByHand::Warn {
            return;
        }
        let finding = Finding::warning(
            self.subject(),
            FindingCode::AddedByHand,
            format!(
                "is in group {:?}, where no rule puts the person; somebody added him or her by \
                 hand. Write a rule for it, or take the person out in Okta",
                group.name
            ),
        );
        self.findings.push(finding);
    }

    fn tend_apps(&mut self, desired: &Desired, held: &BTreeSet<AppRef>) {
        let wanted = self.wanted_apps(desired);
        for app in held {
            if self.directory.owns_app(&app.id) && !wanted.iter().any(|(it, _)| it.id == app.id) {
                if desired.unclear.apps.contains(&app.label) {
                    self.tell_unclear(&format!("app {:?}", app.label));
                    continue;
                }
                self.push(ActionKind::UnassignApp(app.clone()), GIVEN_BY_NONE);
            }
        }
        for (app, rule) in wanted {
            if !held.iter().any(|it| it.id == app.id) {
                self.push(ActionKind::AssignApp(app), rule.0);
            }
        }
    }
}

/// The cause of taking away what no rule ever gave.
pub const ADDED_BY_HAND: &str = "added by hand, and no rule gives it";
/// The cause of taking away what a rule gave once.
const GIVEN_BY_NONE: &str = "no rule gives it";

fn one<T>(named: &Named<T>) -> Option<&T> {
    match named {
        Named::One(it) => Some(it),
        Named::Missing | Named::Ambiguous | Named::NotWritable => None,
    }
}

fn changes<'a>(
    wishes: impl Iterator<Item = (&'a Arc<str>, Option<Value>)>,
    account: &Account,
) -> BTreeMap<Arc<str>, Change> {
    wishes
        .filter_map(|(name, after)| {
            let before = account.profile.get(name).cloned();
            (before != after).then(|| (name.clone(), Change { before, after }))
        })
        .collect()
}
