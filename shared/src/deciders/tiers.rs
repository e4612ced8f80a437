//! MFA tiers: which one counts when HR wants somebody in a less strict one, and whether the
//! enrollment policies stand as the tiers need them.
//!
//! Raising is never waited for. Lowering can wait some days, so that a job change by mistake
//! does not open a door that an attacker would like open (hr-case 33).

use std::sync::Arc;

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::plan::{Directory, Named};
use crate::words::{
    account::EnrollmentPolicy,
    action::{OrgAction, OrgActionKind, PolicyRepair},
    desired::Tier,
    finding::{Finding, FindingCode, Subject},
};

/// What the policy says about tiers, besides who is in which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MfaRules {
    /// The tiers, the strictest last.
    pub tiers: Vec<TierRules>,
    /// How people get into a less strict one.
    pub lower: Lowering,
    /// Whether policies are put right or only told.
    pub manage_policies: bool,
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierRules {
    /// What it is called.
    pub name: Arc<str>,
    /// The name of its group.
    pub group: Arc<str>,
    /// The name of its enrollment policy.
    pub policy: Option<Arc<str>>,
}

/// How people get into a less strict tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lowering {
    /// So many days after the reason for the stricter one is gone.
    After {
        /// Days; 0 is at once.
        days: u16,
    },
    /// When somebody has approved it.
    Approve,
}

/// What is remembered of somebody's tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The tier that Okta was last verified to have.
    pub tier: Arc<str>,
    /// Since when HR has wanted a less strict one.
    pub lower_since: Option<Timestamp>,
}

/// The tier that counts now, and since when a less strict one waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counting {
    /// The tier.
    pub tier: Tier,
    /// Since when HR has wanted a less strict one, while it waits.
    pub lower_since: Option<Timestamp>,
}

impl MfaRules {
    /// The tier that counts for somebody for whom the rules want `wanted`.
    pub fn counting(&self, wanted: &Tier, known: Option<&Known>, now: Timestamp) -> Counting {
        let at_once = Counting { tier: wanted.clone(), lower_since: None };
        let Some(known) = known else { return at_once };
        let Some(rank) = self.tiers.iter().position(|it| it.name == known.tier) else {
            return at_once;
        };
        match self.lower {
            Lowering::After { days } if days > 0 && wanted.rank < rank => {
                let since = known.lower_since.unwrap_or(now);
                let is_over = due(since, days).is_some_and(|it| it <= now);
                if is_over {
                    return at_once;
                }
                let tier = Tier {
                    rank,
                    name: known.tier.clone(),
                    group: self.tiers[rank].group.clone(),
                    rule: wanted.rule.clone(),
                };
                Counting { tier, lower_since: Some(since) }
            }
            Lowering::After { .. } | Lowering::Approve => at_once,
        }
    }

    /// When the less strict tier that waits since `since` comes.
    pub fn lowers_at(&self, since: Timestamp) -> Option<Timestamp> {
        match self.lower {
            Lowering::After { days } => due(since, days),
            Lowering::Approve => None,
        }
    }
}

fn due(since: Timestamp, days: u16) -> Option<Timestamp> {
    since.checked_add(Span::new().hours(24 * i64::from(days))).ok()
}

/// What is wrong with the tiers' enrollment policies, and what would put it right.
///
/// The stricter tier's policy has to be asked before the less strict one's, and none may be asked
/// for a group of ours that is not its own: the first policy that includes a person wins.
pub fn review(
    rules: &MfaRules,
    directory: &Directory,
    policies: &[EnrollmentPolicy],
) -> (Vec<Finding>, Vec<OrgAction>) {
    let (mut findings, mut actions) = (Vec::new(), Vec::new());
    let mut tell = |name: &str, what: String| {
        let subject = Subject::Named(format!("MFA policy {name:?}"));
        findings.push(Finding::warning(subject, FindingCode::MfaPolicy, what));
    };
    let mut stand: Vec<(&TierRules, &EnrollmentPolicy)> = Vec::new();
    for tier in &rules.tiers {
        let Some(name) = &tier.policy else { continue };
        let mut same = policies.iter().filter(|it| it.name == *name && !it.is_system);
        match (same.next(), same.next()) {
            (Some(policy), None) => stand.push((tier, policy)),
            (None, _) => tell(
                name,
                format!(
                    "does not exist in Okta; make it under Security, Authenticators, Enrollment, \
                     for group {:?}, and say there which factors tier {} must have",
                    tier.group, tier.name
                ),
            ),
            (Some(_), Some(_)) => {
                tell(name, "exists more than once in Okta; rename the others".to_owned());
            }
        }
    }
    // The strictest first: how Okta has to ask them.
    stand.reverse();
    let mut order = Order::of(policies, stand.iter().map(|(_, it)| *it));
    for (at, (tier, policy)) in stand.iter().enumerate() {
        let group = match directory.group(&tier.group) {
            Named::One(it) => Some(it),
            Named::Missing | Named::Ambiguous | Named::NotWritable => None,
        };
        if !policy.has_active_rule {
            tell(
                &policy.name,
                "has no active rule, so Okta passes it over; switch a rule on, or add one"
                    .to_owned(),
            );
        }
        let earlier = stand[..at].iter().map(|(_, it)| &it.id).collect::<Vec<_>>();
        let repair = PolicyRepair {
            policy: policy.id.clone(),
            name: policy.name.clone(),
            include: group.filter(|it| !policy.groups.contains(&it.id)).cloned(),
            priority: order.settle(at, policy),
            activate: !policy.is_active,
        };
        // The first policy that includes a person wins, whatever it asks for.
        let in_the_way = policies.iter().filter(|it| {
            let is_before = earlier.contains(&&it.id)
                || (!stand.iter().any(|(_, tiers)| tiers.id == it.id)
                    && it.priority < policy.priority);
            let is_for_them = group.is_some_and(|group| it.groups.contains(&group.id));
            it.is_active && !it.is_system && is_before && is_for_them
        });
        for it in in_the_way {
            tell(
                &policy.name,
                format!(
                    "is not asked for tier {}: policy {:?} comes before it and is for group {:?} \
                     too; take the group out of that policy",
                    tier.name, it.name, tier.group
                ),
            );
        }
        let what = repair.in_words();
        if what.is_empty() {
            continue;
        }
        if rules.manage_policies {
            let cause = format!("tier {} (mfa.manage_policies)", tier.name);
            actions
                .push(OrgAction { kind: OrgActionKind::RepairPolicy(repair), cause: cause.into() });
        } else {
            tell(
                &policy.name,
                format!(
                    "is not as tier {} needs it: {what}. Do so in Okta, or let Rollcall do it \
                     with mfa.manage_policies",
                    tier.name
                ),
            );
        }
    }
    findings.sort();
    (findings, actions)
}

/// The policies in the order in which Okta asks them, as they will be after each repair.
///
/// Moving one shifts those in between, so only what is out of place by then has to be moved.
struct Order<'a> {
    ids: Vec<&'a Arc<str>>,
    /// The numbers that the places have.
    numbers: Vec<u32>,
    /// The places, from 0, that belong to the tiers.
    places: Vec<usize>,
}

impl<'a> Order<'a> {
    fn of(
        policies: &'a [EnrollmentPolicy],
        tiers: impl Iterator<Item = &'a EnrollmentPolicy>,
    ) -> Self {
        let mut numbered: Vec<(u32, &Arc<str>)> = policies
            .iter()
            .filter(|it| !it.is_system)
            .filter_map(|it| Some((it.priority?, &it.id)))
            .collect();
        numbered.sort_unstable();
        let (numbers, ids): (Vec<u32>, Vec<&Arc<str>>) = numbered.into_iter().unzip();
        let mut places: Vec<usize> =
            tiers.filter_map(|it| ids.iter().position(|id| **id == it.id)).collect();
        places.sort_unstable();
        Self { ids, numbers, places }
    }

    /// The number that the tier which comes `at`-th has to move to, if it is not there by then.
    fn settle(&mut self, at: usize, policy: &EnrollmentPolicy) -> Option<u32> {
        let place = *self.places.get(at)?;
        let has = self.ids.iter().position(|it| **it == policy.id)?;
        if has == place {
            return None;
        }
        let id = self.ids.remove(has);
        self.ids.insert(place, id);
        Some(self.numbers[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::desired::Rule;

    fn rules(lower: Lowering) -> MfaRules {
        let tier = |name: &str| TierRules {
            name: name.into(),
            group: format!("MFA {name}").into(),
            policy: None,
        };
        let tiers = ["standard", "elevated", "executive"].map(tier).into();
        MfaRules { tiers, lower, manage_policies: false }
    }

    fn wanted(rank: usize) -> Tier {
        let name = ["standard", "elevated", "executive"][rank];
        Tier {
            rank,
            name: name.into(),
            group: format!("MFA {name}").into(),
            rule: Rule("mfa.tiers".into()),
        }
    }

    fn at(day: i8) -> Timestamp {
        format!("2026-03-{day:02}T12:00:00Z").parse().unwrap()
    }

    #[track_caller]
    fn check(lower: Lowering, want: usize, known: Option<(&str, Option<i8>)>, tells: &str) {
        let known =
            known.map(|(tier, since)| Known { tier: tier.into(), lower_since: since.map(at) });
        let Counting { tier, lower_since } =
            rules(lower).counting(&wanted(want), known.as_ref(), at(20));
        let since = lower_since.map_or(String::new(), |it| format!(" since {}", it.strftime("%d")));
        assert_eq!(format!("{}{since}", tier.name), tells);
    }

    #[test]
    fn policies_are_put_in_order_by_as_few_moves_as_that_takes() {
        let check = |now: &[&str], wanted: &[&str], moves: &[(&str, u32)]| {
            let policy = |(at, name): (usize, &&str)| EnrollmentPolicy {
                id: (*name).into(),
                name: (*name).into(),
                is_active: true,
                has_active_rule: true,
                priority: u32::try_from(at + 1).ok(),
                is_system: false,
                groups: Vec::new(),
            };
            let policies: Vec<EnrollmentPolicy> = now.iter().enumerate().map(policy).collect();
            let wanted: Vec<&EnrollmentPolicy> = wanted
                .iter()
                .map(|name| policies.iter().find(|it| &*it.name == *name).unwrap())
                .collect();
            let mut order = Order::of(&policies, wanted.iter().copied());
            let settle = |(at, it): (usize, &&EnrollmentPolicy)| Some((at, order.settle(at, it)?));
            let found: Vec<(usize, u32)> = wanted.iter().enumerate().filter_map(settle).collect();
            let found: Vec<(&str, u32)> =
                found.into_iter().map(|(at, to)| (&*wanted[at].name, to)).collect();
            assert_eq!(found, moves);
        };
        check(&["a", "b", "c"], &["a", "b", "c"], &[]);
        check(&["a", "b", "c"], &["c", "b", "a"], &[("c", 1), ("b", 2)]);
        check(&["a", "b", "c"], &["b", "a", "c"], &[("b", 1)]);
        // Policies of others keep their places.
        check(&["a", "x", "c"], &["c", "a"], &[("c", 1), ("a", 3)]);
        check(&["x", "a", "b"], &["b", "a"], &[("b", 2)]);
        check(
            &["a", "b", "c", "d", "e"],
            &["c", "b", "e", "d", "a"],
            &[("c", 1), ("b", 2), ("e", 3), ("d", 4)],
        );
    }

    #[test]
    fn stricter_tiers_come_at_once_and_less_strict_ones_wait() {
        let week = Lowering::After { days: 7 };
        check(week, 2, Some(("standard", None)), "executive");
        check(week, 0, Some(("executive", None)), "executive since 20");
        check(week, 0, Some(("executive", Some(14))), "executive since 14");
        check(week, 0, Some(("executive", Some(13))), "standard");
        // Wanted again in the meantime: the waiting begins anew the next time.
        check(week, 2, Some(("executive", Some(14))), "executive");
        check(week, 0, None, "standard");
        check(Lowering::After { days: 0 }, 0, Some(("executive", None)), "standard");
        check(Lowering::Approve, 0, Some(("executive", None)), "standard");
        // A tier that the policy no longer has is nothing to wait in.
        check(week, 0, Some(("former", None)), "standard");
    }
}
