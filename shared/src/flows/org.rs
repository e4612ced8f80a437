//! What has to be done to the org itself: groups that are missing or misnamed, enrollment policies
//! that are not as the tiers need them.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Error, Office, Request,
    held::{Desk, Filed, Waiting},
    okta_side::OktaSide,
    toll::Toll,
};
use crate::{
    deciders::{
        guard::{Counted, Objection, SwitchedOff, Tally},
        plan::{self, Directory, org_digest},
        report::{HeldPlan, OrgTaken, Report},
        tiers,
    },
    doors::{
        ledger::Lease,
        okta::{self, Reader},
    },
    words::{
        account::EnrollmentPolicy,
        action::{Kind, OrgAction, OrgActionKind, Outcome},
        finding::{Finding, FindingCode, Subject},
    },
};

/// What is needed to work on the org.
pub(super) struct Room<'a> {
    pub(super) office: &'a Office,
    pub(super) request: &'a Request,
    pub(super) lease: Option<&'a Lease>,
    pub(super) report: &'a mut Report,
    pub(super) desk: &'a mut Desk,
    /// The rules of which some group is known. The first groups of a rule are what a new rule, or
    /// an installation, is for, so they are not counted.
    pub(super) known_patterns: BTreeSet<&'a str>,
}

impl Room<'_> {
    /// Makes and renames groups; whether anything was changed.
    pub(super) async fn groups(
        self,
        side: &OktaSide,
        wanted: &BTreeSet<Arc<str>>,
    ) -> Result<bool, Error> {
        let rules = self.office.policy.reconcile;
        let (actions, findings) = plan::org_actions(&side.directory, wanted, rules);
        self.report.findings.extend(findings);
        let units = side.directory.unmade().iter();
        let firsts = units
            .filter(|(_, keys)| !keys.iter().any(|it| self.known_patterns.contains(it.pattern())));
        let firsts: BTreeSet<Arc<str>> = firsts.map(|(name, _)| name.clone()).collect();
        let ours = side.directory.owned_groups().count();
        self.carry_out(actions, ours, &firsts).await
    }

    /// Looks at the enrollment policies and puts them right where the policy says so.
    pub(super) async fn policies(self, directory: &Directory) -> Result<bool, Error> {
        let Some(rules) = &self.office.policy.mfa else { return Ok(false) };
        let names: BTreeSet<Arc<str>> =
            rules.tiers.iter().filter_map(|it| it.policy.clone()).collect();
        if names.is_empty() {
            return Ok(false);
        }
        let policies = match enrollment_policies(&self.office.okta.reader(), &names).await {
            Ok(policies) => policies,
            // People are moved between tiers all the same: that is what keeps them safe.
            Err(okta::Error::Forbidden { .. }) => {
                self.report.findings.push(Finding::warning(
                    Subject::Run,
                    FindingCode::MfaPolicy,
                    "the enrollment policies cannot be read, so nobody knows whether the tiers \
                     mean anything; grant okta.policies.read",
                ));
                return Ok(false);
            }
            Err(other) => return Err(other.into()),
        };
        let (findings, actions) = tiers::review(rules, directory, &policies);
        self.report.findings.extend(findings);
        let count = policies.len();
        self.carry_out(actions, count, &BTreeSet::new()).await
    }

    async fn carry_out(
        mut self,
        actions: Vec<OrgAction>,
        ours: usize,
        firsts: &BTreeSet<Arc<str>>,
    ) -> Result<bool, Error> {
        let modes = &self.office.policy.modes;
        let is_off = |it: &OrgAction| modes.off.contains(&Counted::Kind(it.kind.kind()));
        let (off, actions): (Vec<_>, Vec<_>) = actions.into_iter().partition(is_off);
        self.report.off.extend(off.iter().map(|it| SwitchedOff {
            person: None,
            user: None,
            what: Counted::Kind(it.kind.kind()),
            target: Some(it.kind.target()),
        }));
        let actions = self.hold_back(actions, ours, firsts).await?;
        let calls = actions.iter().map(|it| match &it.kind {
            OrgActionKind::CreateGroup { .. } | OrgActionKind::RenameGroup { .. } => 1,
            OrgActionKind::RepairPolicy(it) => {
                u64::from(it.include.is_some() || it.priority.is_some()) + u64::from(it.activate)
            }
        });
        self.report.calls.okta_minimum += calls.sum::<u64>();
        let Some(lease) = self.lease.filter(|_| !self.request.dry_run) else {
            self.report.org_steps.extend(actions.iter().map(|it| taken(it, Outcome::Planned)));
            return Ok(false);
        };
        let digests: BTreeSet<String> = actions.iter().map(org_digest).collect();
        self.desk.use_up(self.office, lease, &digests).await?;
        self.apply(lease, &actions).await
    }

    /// Over the limit of a kind, or where the policy wants to be asked, all of the kind waits.
    async fn hold_back(
        &mut self,
        actions: Vec<OrgAction>,
        ours: usize,
        firsts: &BTreeSet<Arc<str>>,
    ) -> Result<Vec<OrgAction>, Error> {
        let is_first = |it: &OrgAction| match &it.kind {
            OrgActionKind::CreateGroup { name } => firsts.contains(name),
            OrgActionKind::RenameGroup { .. } | OrgActionKind::RepairPolicy(_) => false,
        };
        let mut free: Vec<OrgAction> = Vec::new();
        let mut held = Vec::new();
        let approved = self.desk.steps();
        let supervised = &self.office.policy.modes.approve;
        let is_supervised = |it: &OrgAction| supervised.contains(&Counted::Kind(it.kind.kind()));
        let (goes, actions): (Vec<_>, Vec<_>) = actions.into_iter().partition(|it| {
            approved.contains(&org_digest(it)) || (is_first(it) && !is_supervised(it))
        });
        if actions.is_empty() {
            return Ok(goes);
        }
        loop {
            free.clear();
            held.clear();
            let toll = Toll::read(self.office, self.request).await?;
            let mut tally = Tally::default();
            for kind in [Kind::RenameGroup, Kind::CreateGroup, Kind::RepairPolicy] {
                let rest: Vec<OrgAction> =
                    actions.iter().filter(|it| it.kind.kind() == kind).cloned().collect();
                let what = Counted::Kind(kind);
                let targets: Vec<String> = rest.iter().map(|it| it.kind.target()).collect();
                let names = targets.iter().map(String::as_str).collect();
                let before = toll.tally.besides(&what, &names);
                let limits = &self.office.policy.limits;
                let asks = supervised.contains(&what) && !rest.is_empty();
                let objection = match asks {
                    true => Some(Objection::Supervised { what: what.clone() }),
                    false => limits.objection(&what, rest.len(), before, ours),
                };
                match objection {
                    Some(objection) => held.push((objection, rest)),
                    None => {
                        targets.iter().for_each(|it| tally.add(&what, it));
                        free.extend(rest);
                    }
                }
            }
            match self.lease {
                Some(lease) if !toll.add(self.office, self.request, lease, &tally).await? => {}
                Some(_) | None => break,
            }
        }
        for (objection, rest) in held {
            let kind = objection.kind();
            let waiting = Waiting {
                steps: rest.iter().map(|it| format!("{}: {}", kind, it.kind.target())).collect(),
                digests: rest.iter().map(org_digest).collect(),
            };
            let Filed { plan, rejected } =
                waiting.store(self.office, self.lease, self.report, self.desk, &objection).await?;
            self.report.org_steps.extend(rest.iter().map(|it| taken(it, Outcome::Held)));
            let steps = waiting.steps;
            let people = Vec::new();
            let examples = steps.clone();
            let held = HeldPlan { plan, objection, rejected, people, steps, examples };
            self.report.held.push(held);
        }
        free.extend(goes);
        // Renames first: a name that one unit gives up can be the next one's.
        free.sort_by_key(|it| it.kind.kind() != Kind::RenameGroup);
        Ok(free)
    }
}

/// Okta's enrollment policies; the rules of those that tiers name are looked at too.
pub(super) async fn enrollment_policies(
    reader: &Reader,
    names: &BTreeSet<Arc<str>>,
) -> Result<Vec<EnrollmentPolicy>, okta::Error> {
    let mut res = Vec::new();
    for it in reader.mfa_policies().await? {
        let okta::MfaPolicy { id, name, is_active, priority, is_system, groups } = it;
        let has_active_rule = if names.contains(&name) {
            reader.mfa_policy_rules(&id).await?.iter().any(|it| it.is_active)
        } else {
            true
        };
        res.push(EnrollmentPolicy {
            id,
            name,
            is_active,
            has_active_rule,
            priority,
            is_system,
            groups,
        });
    }
    Ok(res)
}

pub(super) fn taken(action: &OrgAction, outcome: Outcome) -> OrgTaken {
    OrgTaken {
        kind: action.kind.kind(),
        target: action.kind.target(),
        cause: action.cause.to_string(),
        outcome,
        request_id: None,
    }
}
