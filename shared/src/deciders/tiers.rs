//! MFA tiers: which one counts when HR wants somebody in a less strict one, and whether the
//! enrollment policies stand as the tiers need them.
//!
//! Raising is never waited for. Lowering can wait some days, so that a job change by mistake
//! does not open a door that an attacker would like open (hr-case 33).

use std::sync::Arc;

use jiff::{Span, Timestamp};

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    // The places the policies have now, given out anew with the strictest tier first.
    let mut places: Vec<u32> = stand.iter().filter_map(|(_, it)| it.priority).collect();
    places.sort_unstable();
    for ((tier, policy), place) in stand.iter().rev().zip(places) {
        let group = match directory.group(&tier.group) {
            Named::One(it) => Some(it),
            Named::Missing | Named::Ambiguous | Named::NotWritable => None,
        };
        let include = group.filter(|it| !policy.groups.contains(&it.id)).cloned();
        let priority = (policy.priority != Some(place)).then_some(place);
        let activate = !policy.is_active;
        if !policy.has_active_rule {
            tell(
                &policy.name,
                "has no active rule, so Okta passes it over; switch a rule on, or add one"
                    .to_owned(),
            );
        }
        let repair = PolicyRepair {
            policy: policy.id.clone(),
            name: policy.name.clone(),
            include,
            priority,
            activate,
        };
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
