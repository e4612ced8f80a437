//! Carries out what has to be done to groups and policies, one thing after the other: written
//! down, done, read back, written down.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    Error,
    org::{Room, taken},
    witness::Witness,
};
use crate::{
    deciders::{plan, report::OrgTaken},
    doors::{
        Verdict,
        ledger::{Lease, OrgDeed, Settlement},
        okta::{self, MfaPolicyChange, Writer},
    },
    words::{
        action::{OrgAction, OrgActionKind, Outcome, PolicyRepair},
        finding::{Finding, FindingCode, Subject},
    },
};

/// What groups made by Rollcall are described as, so that an admin knows whose they are.
const DESCRIPTION: &str = "Kept in line with UKG by Rollcall; members follow HR.";

impl Room<'_> {
    /// Does all of it, as far as there is time; whether anything was changed.
    pub(super) async fn apply(
        &mut self,
        lease: &Lease,
        actions: &[OrgAction],
    ) -> Result<bool, Error> {
        let writer = self.office.okta.writer();
        let hash = plan::org_hash(actions, &self.office.policy.hash);
        let mut has_changed = false;
        let mut left = BTreeSet::new();
        for action in actions {
            if self.request.is_late(self.now()) {
                self.report.org_steps.push(taken(action, Outcome::Skipped));
                self.report.remaining += 1;
                left.insert(plan::org_digest(action));
                continue;
            }
            let step = self.one(lease, &writer, &hash, action).await?;
            has_changed |= step.outcome == Outcome::Verified;
            self.report.org_steps.push(step);
        }
        self.desk.pass_on(self.office, &left).await?;
        Ok(has_changed)
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
        let witness = Witness::of(self.office, lease, self.request.as_of);
        witness.org(&deed).await?;
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
                    // People go on: what is missing is the right to work on groups or policies.
                    _ if matches!(error, okta::Error::Forbidden { .. }) => {
                        (Outcome::Failed, None, detail)
                    }
                    Verdict::Page => return Err(error.into()),
                    Verdict::Refuse | Verdict::Retry { .. } => (Outcome::Failed, None, detail),
                }
            }
        };
        deed.settled =
            Some(Settlement { outcome, request_id: request_id.clone(), at: self.now(), detail });
        witness.org(&deed).await?;
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
