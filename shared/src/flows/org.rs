//! Carries out what has to be done to the org itself: groups that are missing or misnamed,
//! enrollment policies that are not as the tiers need them.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use super::{
    Error, Office, Request,
    held::{Desk, Waiting},
    okta_side::OktaSide,
};
use crate::{
    deciders::{
        guard::Objection,
        plan::{self, Directory, hex},
        report::{HeldPlan, OrgTaken, Report},
        tiers,
    },
    doors::{
        Verdict,
        ledger::{Lease, OrgDeed, Settlement},
        okta::{self, MfaPolicyChange, Reader, Writer},
    },
    words::{
        account::EnrollmentPolicy,
        action::{Kind, OrgAction, OrgActionKind, Outcome, PolicyRepair},
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
    /// Whether no group of ours was ever linked: what an installation makes is what it is for.
    pub(super) is_installation: bool,
}

/// What groups made by Rollcall are described as, so that an admin knows whose they are.
const DESCRIPTION: &str = "Kept in line with UKG by Rollcall; members follow HR.";

impl Room<'_> {
    /// Makes and renames groups; whether anything was changed.
    pub(super) async fn groups(
        self,
        side: &OktaSide,
        wanted: &BTreeSet<Arc<str>>,
    ) -> Result<bool, Error> {
        let actions = plan::org_actions(&side.directory, wanted, self.office.policy.reconcile);
        let ours = side.directory.owned_groups().count();
        self.carry_out(actions, ours).await
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
        self.carry_out(actions, count).await
    }

    async fn carry_out(mut self, actions: Vec<OrgAction>, ours: usize) -> Result<bool, Error> {
        let actions = self.hold_back(actions, ours).await?;
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
        let digests: BTreeSet<String> = actions.iter().map(digest).collect();
        self.desk.use_up(self.office, lease, &digests).await?;
        let writer = self.office.okta.writer();
        let hash = plan::org_hash(&actions, &self.office.policy.hash);
        let mut has_changed = false;
        for action in actions {
            let step = self.one(lease, &writer, &hash, &action).await?;
            has_changed |= step.outcome == Outcome::Verified;
            self.report.org_steps.push(step);
        }
        Ok(has_changed)
    }

    /// Over the limit of a kind, all of the kind waits.
    async fn hold_back(
        &mut self,
        actions: Vec<OrgAction>,
        ours: usize,
    ) -> Result<Vec<OrgAction>, Error> {
        let mut free = Vec::new();
        for kind in [Kind::RenameGroup, Kind::CreateGroup, Kind::RepairPolicy] {
            let of_kind: Vec<OrgAction> =
                actions.iter().filter(|it| it.kind.kind() == kind).cloned().collect();
            let approved = self.desk.steps();
            let (approved, rest): (Vec<_>, Vec<_>) =
                of_kind.into_iter().partition(|it| approved.contains(&digest(it)));
            free.extend(approved);
            let limit = self.office.policy.limits.kinds.get(&kind);
            let allowed = limit.map_or(usize::MAX, |it| it.allowed(ours));
            let is_setup = kind == Kind::CreateGroup && self.is_installation;
            if rest.len() <= allowed || is_setup {
                free.extend(rest);
                continue;
            }
            let planned = rest.len();
            let objection = Objection::TooMany { kind, planned, allowed };
            let waiting = Waiting {
                hash: plan::org_hash(&rest, &self.office.policy.hash),
                steps: rest.iter().map(|it| format!("{}: {}", kind, it.kind.target())).collect(),
                digests: rest.iter().map(digest).collect(),
            };
            let plan =
                waiting.store(self.office, self.lease, self.report, self.desk, &objection).await?;
            self.report.org_steps.extend(rest.iter().map(|it| taken(it, Outcome::Held)));
            let steps = waiting.steps;
            self.report.held.push(HeldPlan { plan, objection, people: Vec::new(), steps });
        }
        Ok(free)
    }

    async fn one(
        &mut self,
        lease: &Lease,
        writer: &Writer,
        plan_hash: &str,
        action: &OrgAction,
    ) -> Result<OrgTaken, Error> {
        let ledger = &self.office.ledger;
        let seq = u32::try_from(self.report.org_steps.len()).unwrap_or(u32::MAX);
        let mut deed = OrgDeed {
            run: lease.run().clone(),
            seq,
            kind: action.kind.kind(),
            target: action.kind.target(),
            cause: action.cause.to_string(),
            plan_hash: plan_hash.to_owned(),
            at: self.now(),
            settled: None,
        };
        ledger.note_org_deed(lease.fence(), &deed).await?;
        let (outcome, request_id, detail) = match write(writer, &action.kind).await {
            Ok(Done { request_id, shows: true }) => (Outcome::Verified, request_id, None),
            Ok(Done { request_id, shows: false }) => (
                Outcome::Done,
                request_id,
                Some("okta accepted it, and reading back shows something else".to_owned()),
            ),
            Err(error) => {
                let subject = Subject::Named(action.kind.target());
                let finding = Finding::warning(subject, FindingCode::Refused, error.to_string());
                self.report.findings.push(finding);
                let detail = Some(error.to_string());
                match error.verdict() {
                    Verdict::Page => return Err(error.into()),
                    Verdict::Refuse | Verdict::Retry { .. } => (Outcome::Failed, None, detail),
                }
            }
        };
        deed.settled =
            Some(Settlement { outcome, request_id: request_id.clone(), at: self.now(), detail });
        ledger.note_org_deed(lease.fence(), &deed).await?;
        Ok(OrgTaken { request_id, ..taken(action, outcome) })
    }

    fn now(&self) -> Timestamp {
        (self.office.clock)()
    }
}

/// What Okta's answer to a write shows.
struct Done {
    request_id: Option<String>,
    shows: bool,
}

async fn write(writer: &Writer, kind: &OrgActionKind) -> Result<Done, okta::Error> {
    match kind {
        OrgActionKind::CreateGroup { name } => {
            let made = writer.create_group(name, DESCRIPTION).await?;
            let shows = made.value.name == *name;
            Ok(Done { request_id: made.receipt.request_id, shows })
        }
        OrgActionKind::RenameGroup { group, to } => {
            let made = writer.rename_group(&group.id, to, None).await?;
            let shows = made.value.name == *to;
            Ok(Done { request_id: made.receipt.request_id, shows })
        }
        OrgActionKind::RepairPolicy(repair) => repair_policy(writer, repair).await,
    }
}

/// Read, change, write whole: Okta has no smaller way (reference/okta.md, section 5).
async fn repair_policy(writer: &Writer, repair: &PolicyRepair) -> Result<Done, okta::Error> {
    let PolicyRepair { policy: id, name: _, include, priority, activate } = repair;
    let reader = writer.reader();
    let gone = || Done { request_id: None, shows: false };
    let Some(document) = reader.mfa_policy(id).await? else { return Ok(gone()) };
    let mut request_id = None;
    if include.is_some() || priority.is_some() {
        let groups = include.as_ref().map(|it| {
            let mut groups = document.policy().groups.clone();
            groups.push(it.id.clone());
            groups
        });
        let change = MfaPolicyChange { groups, priority: *priority };
        request_id = writer.put_mfa_policy(&document, &change).await?.receipt.request_id;
    }
    if *activate {
        request_id = writer.activate_mfa_policy(document.policy()).await?.request_id;
    }
    let Some(after) = reader.mfa_policy(id).await? else { return Ok(gone()) };
    let after = after.policy();
    // Okta changes a place that it does not like without a word.
    let shows = include.as_ref().is_none_or(|it| after.groups.contains(&it.id))
        && priority.is_none_or(|it| after.priority == Some(it))
        && (!activate || after.is_active);
    Ok(Done { request_id, shows })
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

fn digest(action: &OrgAction) -> String {
    use sha2::{Digest, Sha256};
    hex(&Sha256::digest(format!("{:?}", action.kind).as_bytes()))[..32].to_owned()
}

fn taken(action: &OrgAction, outcome: Outcome) -> OrgTaken {
    OrgTaken {
        kind: action.kind.kind(),
        target: action.kind.target(),
        cause: action.cause.to_string(),
        outcome,
        request_id: None,
    }
}
