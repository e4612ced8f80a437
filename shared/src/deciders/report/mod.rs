//! What a run did, for the person who reads it and for the program that parses it.

mod metrics;
mod text;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

pub use metrics::NAMESPACE;

use super::guard::{Doubt, Objection, Rejection, SwitchedOff};
use crate::words::{
    action::{Kind, Outcome},
    finding::{Finding, Severity, Subject},
    flow::Flow,
    ids::{Login, OktaUserId, PersonId, PlanId, PolicyHash, RunId},
};

/// What one run of one flow did, or would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The run.
    pub run: RunId,
    /// The flow.
    pub flow: Flow,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The instant for which it was decided.
    pub as_of: Timestamp,
    /// The policy it was decided by.
    pub policy: PolicyHash,
    /// How many people were in the roster.
    pub seen: usize,
    /// What was done to the org itself: groups and policies.
    pub org_steps: Vec<OrgTaken>,
    /// Every step and what became of it, in order.
    pub steps: Vec<Taken>,
    /// What is wrong with whom.
    pub findings: Vec<Finding>,
    /// What waits for approval.
    pub held: Vec<HeldPlan>,
    /// What would be done if the policy had not switched it off.
    pub off: Vec<SwitchedOff>,
    /// Why nothing was planned at all.
    pub doubts: Vec<Doubt>,
    /// What was not believed, and who was left alone for it.
    pub reservations: Vec<Reservation>,
    /// Calls spent.
    pub calls: Calls,
    /// People whose part was planned and not finished, and groups and policies whose turn did not
    /// come: the next run takes them up.
    pub remaining: usize,
    /// Of each leaver who was cut off: minutes from when access had to end, and HR had said so.
    pub minutes_to_revoke: Vec<u64>,
    /// How long it took.
    pub duration_ms: u64,
}

impl Report {
    /// The report of a run that has done and found nothing yet.
    pub fn new(run: RunId, flow: Flow, as_of: Timestamp, policy: &PolicyHash) -> Self {
        Self {
            run,
            flow,
            dry_run: false,
            as_of,
            policy: policy.clone(),
            seen: 0,
            org_steps: Vec::new(),
            steps: Vec::new(),
            findings: Vec::new(),
            held: Vec::new(),
            off: Vec::new(),
            doubts: Vec::new(),
            reservations: Vec::new(),
            calls: Calls::default(),
            remaining: 0,
            minutes_to_revoke: Vec::new(),
            duration_ms: 0,
        }
    }
}

/// One step and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// For whom.
    pub person: PersonId,
    /// On which account, once there is one.
    pub user: Option<OktaUserId>,
    /// Its login, for the reader.
    pub login: Option<Login>,
    /// What.
    pub kind: Kind,
    /// Which group, app or attributes.
    pub target: Option<String>,
    /// Why.
    pub cause: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Okta's `x-okta-request-id`.
    pub request_id: Option<String>,
}

/// One step on the org and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgTaken {
    /// What.
    pub kind: Kind,
    /// Which group or policy.
    pub target: String,
    /// Why.
    pub cause: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Okta's `x-okta-request-id`.
    pub request_id: Option<String>,
}

/// Part of a plan that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPlan {
    /// Its short name.
    pub plan: PlanId,
    /// Why it waits.
    pub objection: Objection,
    /// Who said no to it, if somebody did: then it waits for nobody but HR.
    pub rejected: Option<Rejection>,
    /// Who is in it; nobody when it is about groups or policies.
    pub people: Vec<PersonId>,
    /// The steps in it, as a person reads them.
    pub steps: Vec<String>,
    /// A line for each person, or else for each group or policy, the most telling first.
    pub examples: Vec<String>,
}

impl HeldPlan {
    /// How many people, or else groups and policies, are in it.
    pub fn size(&self) -> usize {
        if self.people.is_empty() { self.steps.len() } else { self.people.len() }
    }
}

/// A part of HR's answer that is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Why not.
    pub doubt: Doubt,
    /// Who is left alone because of it.
    pub people: BTreeSet<PersonId>,
}

/// Calls spent on a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// To UKG.
    pub ukg: u64,
    /// To Okta, reading included.
    pub okta: u64,
    /// The fewest Okta calls that could have made the same changes.
    pub okta_minimum: u64,
}

/// How a run ended, in the order of what a person must know first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Everything is done, or there was nothing to do.
    Done,
    /// Done, but some people failed or are held by findings.
    Partly,
    /// Something is held and waits for approval.
    Waiting,
    /// Nothing was done because something looked wrong.
    Failed,
}

impl Ending {
    /// The exit status of the command (design, section 9).
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Waiting => 3,
            Self::Partly => 4,
        }
    }
}

impl Report {
    /// How the run ended.
    pub fn ending(&self) -> Ending {
        if !self.doubts.is_empty() {
            Ending::Failed
        } else if self.held.iter().any(|it| it.rejected.is_none()) {
            Ending::Waiting
        } else if self.failed_people() > 0
            || self.held_people() > 0
            || self.remaining > 0
            || !self.reservations.is_empty()
            || self.has_failed_org_step()
        {
            Ending::Partly
        } else {
            Ending::Done
        }
    }

    /// Whether people are missing from the roster because a part of it was not given.
    pub fn is_partial(&self) -> bool {
        self.reservations.iter().any(|it| matches!(it.doubt, Doubt::ShortCompany { .. }))
    }

    /// Whether anything was done, planned or left waiting.
    pub fn is_silent(&self) -> bool {
        self.steps.is_empty()
            && self.org_steps.is_empty()
            && self.held.is_empty()
            && self.doubts.is_empty()
            && self.reservations.is_empty()
    }

    /// Whether a step on the org failed.
    fn has_failed_org_step(&self) -> bool {
        self.org_steps.iter().any(|it| it.outcome == Outcome::Failed)
    }

    fn people_with(&self, wanted: &[Outcome]) -> usize {
        let mut people: Vec<_> = self
            .steps
            .iter()
            .filter(|it| wanted.contains(&it.outcome))
            .map(|it| &it.person)
            .collect();
        people.sort();
        people.dedup();
        people.len()
    }

    /// People with at least one step that was done.
    pub fn changed_people(&self) -> usize {
        self.people_with(&[Outcome::Done, Outcome::Verified, Outcome::Planned])
    }

    /// People with at least one step that failed, or that Okta does not show: it may have answered
    /// yes, or not at all, and nobody knows whether a leaver is out.
    pub fn failed_people(&self) -> usize {
        self.people_with(&[Outcome::Failed, Outcome::Done])
    }

    /// People who are left alone because of a finding or a held plan.
    pub fn held_people(&self) -> usize {
        let mut people: Vec<&PersonId> = self.findings.iter().filter_map(Finding::holds).collect();
        people.extend(self.held.iter().flat_map(|it| &it.people));
        people.extend(self.reservations.iter().flat_map(|it| &it.people));
        people.sort();
        people.dedup();
        let nameless = self.findings.iter().filter(|it| {
            it.severity == Severity::Held
                && matches!(it.subject, Subject::Employee(_) | Subject::Row(_))
        });
        people.len() + nameless.count()
    }

    /// The one JSON object of `run --json` and of the Lambda answer (design, section 9).
    pub fn to_json(&self) -> Value {
        json!({
            "run_id": self.run.as_str(),
            "flow": self.flow.as_str(),
            "dry_run": self.dry_run,
            "as_of": self.as_of.to_string(),
            "policy_hash": self.policy.as_str(),
            "ending": match self.ending() {
                Ending::Done => "done",
                Ending::Partly => "partly",
                Ending::Waiting => "waiting",
                Ending::Failed => "failed",
            },
            "people": {
                "seen": self.seen,
                "changed": self.changed_people(),
                "held": self.held_people(),
                "failed": self.failed_people(),
            },
            "actions": self
                .org_steps
                .iter()
                .map(OrgTaken::to_json)
                .chain(self.steps.iter().map(Taken::to_json))
                .chain(self.off.iter().map(off_json))
                .collect::<Vec<_>>(),
            "findings": self.findings.iter().map(finding_json).collect::<Vec<_>>(),
            "held": self.held.iter().map(|it| json!({
                "plan_id": it.plan.as_str(),
                "kind": it.objection.kind().as_str(),
                "what": it.objection.what(),
                "count": it.size(),
                "reason": it.objection.to_string(),
                "rejected": it.rejected.as_ref().map(|it| json!({
                    "by": it.by,
                    "at": it.at.to_string(),
                    "until": it.until.to_string(),
                })),
            })).collect::<Vec<_>>(),
            "doubts": self.doubts.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "reservations": self.reservations.iter().map(|it| json!({
                "count": it.people.len(),
                "reason": it.doubt.to_string(),
            })).collect::<Vec<_>>(),
            "calls": {
                "ukg": self.calls.ukg,
                "okta": self.calls.okta,
                "okta_minimum": self.calls.okta_minimum,
            },
            "remaining": self.remaining,
            "minutes_to_revoke": self.minutes_to_revoke,
            "duration_ms": self.duration_ms,
        })
    }
}

/// Several runs as one object: the same fields, summed and joined, with each run beside them.
pub fn together(reports: &[Report]) -> Value {
    let all: Vec<Value> = reports.iter().map(Report::to_json).collect();
    let sum = |path: &str| all.iter().filter_map(|it| it.pointer(path)?.as_u64()).sum::<u64>();
    let join = |key: &str| -> Vec<Value> {
        all.iter().filter_map(|it| it[key].as_array()).flatten().cloned().collect()
    };
    let first = |key: &str| all.first().map_or(Value::Null, |it| it[key].clone());
    json!({
        "run_id": reports.iter().map(|it| it.run.as_str()).collect::<Vec<_>>().join(" "),
        "flow": "all",
        "dry_run": first("dry_run"),
        "as_of": first("as_of"),
        "policy_hash": first("policy_hash"),
        "people": {
            "seen": reports.iter().map(|it| it.seen).max().unwrap_or(0),
            "changed": sum("/people/changed"),
            "held": sum("/people/held"),
            "failed": sum("/people/failed"),
        },
        "actions": join("actions"),
        "findings": join("findings"),
        "held": join("held"),
        "doubts": join("doubts"),
        "reservations": join("reservations"),
        "calls": {
            "ukg": sum("/calls/ukg"),
            "okta": sum("/calls/okta"),
            "okta_minimum": sum("/calls/okta_minimum"),
        },
        "remaining": sum("/remaining"),
        "minutes_to_revoke": join("minutes_to_revoke"),
        "duration_ms": sum("/duration_ms"),
        "runs": all,
    })
}

impl Taken {
    fn to_json(&self) -> Value {
        json!({
            "person_id": self.person.as_str(),
            "okta_user_id": self.user.as_ref().map(OktaUserId::as_str),
            "kind": self.kind.as_str(),
            "target": self.target,
            "cause": self.cause,
            "outcome": self.outcome.as_str(),
            "request_id": self.request_id,
        })
    }
}

impl OrgTaken {
    fn to_json(&self) -> Value {
        json!({
            "person_id": null,
            "okta_user_id": null,
            "kind": self.kind.as_str(),
            "target": self.target,
            "cause": self.cause,
            "outcome": self.outcome.as_str(),
            "request_id": self.request_id,
        })
    }
}

fn off_json(it: &SwitchedOff) -> Value {
    json!({
        "person_id": it.person.as_ref().map(PersonId::as_str),
        "okta_user_id": it.user.as_ref().map(OktaUserId::as_str),
        "kind": it.what.kind().as_str(),
        "target": it.target,
        "cause": format!("the policy has switched off {}", it.what),
        "outcome": "off",
        "request_id": null,
    })
}

fn finding_json(finding: &Finding) -> Value {
    let person = match &finding.subject {
        Subject::Person(person) => Some(person.as_str()),
        Subject::Employee(_)
        | Subject::Row(_)
        | Subject::User(_)
        | Subject::Group(_)
        | Subject::Named(_)
        | Subject::Run => None,
    };
    json!({
        "person_id": person,
        "subject": finding.subject.to_string(),
        "code": finding.code.as_str(),
        "severity": finding.severity.to_string(),
        "detail": finding.detail,
    })
}
