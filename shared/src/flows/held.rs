//! What waits for a person: stored whole, and let go step by step once it is approved.
//!
//! An approval is for the steps that were seen and for no other. A later run carries out those of
//! them that it plans itself: what has become moot meanwhile falls away, and nothing is added.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::{Error, Office, pass::taken};
use crate::{
    deciders::{
        evidence::event::Approval,
        guard::{self, Objection, Rejection},
        plan::{self, PersonPlan, Plan},
        report::{HeldPlan, Report, Taken},
    },
    doors::ledger::{self, Lease, Plan as StoredPlan, PlanState},
    words::{action::Outcome, ids::PlanId},
};

/// How long a held plan waits before it is forgotten.
const HELD_DAYS: i64 = 7;

/// Plans that wait for a word, and those that have got one and were not used yet, of all flows: a
/// step that one flow was stopped at may be another one's to take.
#[derive(Debug, Default)]
pub(super) struct Desk {
    waiting: BTreeMap<PlanId, BTreeSet<String>>,
    /// Plans that somebody said no to, as long as that lasts.
    rejected: BTreeMap<PlanId, (Rejection, BTreeSet<String>)>,
    approved: BTreeMap<PlanId, Word>,
    /// The words that this run has used up, with the steps that it did not pass on.
    used: Vec<Word>,
    approved_steps: BTreeSet<String>,
    /// Who said yes to which step.
    approvals: BTreeMap<String, Approval>,
}

/// Somebody's yes to the steps of a plan.
#[derive(Clone, Debug)]
struct Word {
    plan: StoredPlan,
    /// The steps as a person reads them, by digest.
    steps: BTreeMap<String, String>,
}

impl Desk {
    /// Everything that lies on it now.
    pub(super) async fn load(office: &Office) -> Result<Self, Error> {
        let now = (office.clock)();
        let mut res = Self::default();
        for plan in office.ledger.plans(now).await? {
            if let PlanState::Applied { .. } | PlanState::Expired = plan.state {
                continue;
            }
            let body = office.ledger.plan_body(&plan.id).await?;
            let steps = by_digest(&body);
            let digests: BTreeSet<String> = steps.keys().cloned().collect();
            match &plan.state {
                PlanState::Held => {
                    res.waiting.insert(plan.id, digests);
                }
                PlanState::Approved { by, .. } => {
                    let word = Approval { plan: plan.id.clone(), by: by.clone() };
                    res.approvals.extend(digests.iter().map(|it| (it.clone(), word.clone())));
                    res.approved_steps.extend(digests);
                    res.approved.insert(plan.id.clone(), Word { plan, steps });
                }
                PlanState::Rejected { by, at, .. } if now < plan.expires => {
                    let rejection = Rejection { by: by.clone(), at: *at, until: plan.expires };
                    res.rejected.insert(plan.id, (rejection, digests));
                }
                PlanState::Rejected { .. } | PlanState::Applied { .. } | PlanState::Expired => {}
            }
        }
        Ok(res)
    }

    /// Every plan that waits or was rejected, with its steps.
    fn undone(&self) -> impl Iterator<Item = (&PlanId, Option<&Rejection>, &BTreeSet<String>)> {
        let waiting = self.waiting.iter().map(|(id, it)| (id, None, it));
        waiting.chain(self.rejected.iter().map(|(id, (no, it))| (id, Some(no), it)))
    }

    /// The plan with all of these steps that waits or was rejected, if there is one: people need
    /// not decide on the same steps twice because two flows came by them.
    fn with_all(&self, digests: &BTreeSet<String>) -> Option<Filed> {
        let (plan, rejected, _) = self.undone().find(|(_, _, it)| digests.is_subset(it))?;
        Some(Filed { plan: plan.clone(), rejected: rejected.cloned() })
    }

    /// An objection to each of `parts` of which a step waits already, for a run that looks at a few
    /// people: what is too much for all would be few enough in it.
    pub(super) fn objections(&self, parts: &[PersonPlan]) -> Vec<Objection> {
        let objection = |part: &PersonPlan| {
            part.actions.iter().find_map(|action| {
                let digest = part.digest(action);
                let (plan, rejected, _) = self.undone().find(|(_, _, it)| it.contains(&digest))?;
                let (plan, rejected) = (plan.clone(), rejected.cloned());
                let (person, kind) = (part.person.clone(), action.kind.kind());
                Some(Objection::WaitsAlready { person, plan, kind, rejected })
            })
        };
        parts.iter().filter_map(objection).collect()
    }

    /// Who said yes to which step, by its digest.
    pub(super) fn approvals(&self) -> &BTreeMap<String, Approval> {
        &self.approvals
    }

    /// The digests of every approved step.
    pub(super) fn steps(&self) -> &BTreeSet<String> {
        &self.approved_steps
    }

    /// Uses up the approvals of which this run carries something out, before it does. Another run
    /// that was faster has used them, and its steps are planned no more.
    pub(super) async fn use_up(
        &mut self,
        office: &Office,
        lease: &Lease,
        digests: &BTreeSet<String>,
    ) -> Result<(), Error> {
        let now = (office.clock)();
        let used: Vec<PlanId> = self
            .approved
            .iter()
            .filter(|(_, word)| word.steps.keys().any(|it| digests.contains(it)))
            .map(|(id, _)| id.clone())
            .collect();
        for id in used {
            if let Some(word) = self.approved.remove(&id) {
                match office.ledger.use_approval(&id, &word.plan.hash, lease.run(), now).await {
                    Ok(_) => self.used.push(word),
                    Err(ledger::Error::WrongState { .. }) => {}
                    Err(other) => return Err(other.into()),
                }
            }
        }
        Ok(())
    }

    /// Lets the words that were used up go on counting for steps that were planned and are not
    /// this run's to begin: another shard's, and those for which no time is left. A reorganization
    /// that takes ten runs is one decision, and nobody is asked ten times.
    pub(super) async fn pass_on(
        &mut self,
        office: &Office,
        left: &BTreeSet<String>,
    ) -> Result<(), Error> {
        for word in &mut self.used {
            let steps = std::mem::take(&mut word.steps);
            let (rest, ours) = steps.into_iter().partition(|(digest, _)| left.contains(digest));
            word.steps = ours;
            let rest: BTreeMap<String, String> = rest;
            if rest.is_empty() {
                continue;
            }
            let hash = plan::hash_of_rest(&word.plan.hash, rest.keys());
            let plan = StoredPlan { id: Plan::id_of(&hash), hash, ..word.plan.clone() };
            let body = json!({
                "reason": format!("the rest of plan {}, which has not been begun", word.plan.id),
                "steps": rest.values().collect::<Vec<_>>(),
                "digests": rest.keys().collect::<Vec<_>>(),
            });
            office.ledger.hold_plan(&plan, &body, (office.clock)()).await?;
        }
        Ok(())
    }
}

/// The steps of a stored plan, as [`Waiting::store`] writes them.
fn by_digest(body: &Value) -> BTreeMap<String, String> {
    let texts = |name: &str| {
        let list = body[name].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    texts("digests").into_iter().zip(texts("steps")).collect()
}

/// Stores what waits and tells it in the report.
pub(super) async fn hold(
    office: &Office,
    lease: Option<&Lease>,
    report: &mut Report,
    desk: &mut Desk,
    held: Vec<(guard::Objection, Plan)>,
) -> Result<(), Error> {
    for (objection, plan) in held {
        let hash = plan.hash(&office.policy.hash);
        let waiting = Waiting {
            hash,
            steps: plan.actions().map(|(_, it)| format!("{}: {it}", it.person)).collect(),
            digests: plan.actions().map(|(part, it)| part.digest(it)).collect(),
        };
        let Filed { plan: id, rejected } =
            waiting.store(office, lease, report, desk, &objection).await?;
        // A second pass comes by what the first one left waiting.
        let is_told = report
            .held
            .iter()
            .any(|it| it.plan == id && waiting.steps.iter().all(|step| it.steps.contains(step)));
        if is_told {
            continue;
        }
        report.steps.extend(as_planned(&plan, Outcome::Held));
        // Whoever loses or gets most says most.
        let mut parts: Vec<&PersonPlan> = plan.people.iter().collect();
        parts.sort_by_key(|it| (Reverse(it.actions.len()), &it.person));
        let brief = |it: &PersonPlan| format!("person {}: {}", it.person, it.in_brief());
        report.held.push(HeldPlan {
            plan: id,
            objection,
            rejected,
            people: plan.people.iter().map(|it| it.person.clone()).collect(),
            steps: waiting.steps,
            examples: parts.into_iter().map(brief).collect(),
        });
    }
    Ok(())
}

/// Where steps are kept that are not taken.
pub(super) struct Filed {
    pub(super) plan: PlanId,
    /// Who said no to it, if somebody did.
    pub(super) rejected: Option<Rejection>,
}

/// Steps that wait.
pub(super) struct Waiting {
    pub(super) hash: String,
    /// As a person reads them.
    pub(super) steps: Vec<String>,
    /// What an approval is for.
    pub(super) digests: Vec<String>,
}

impl Waiting {
    /// Stores it under its short name, unless a plan has all of it already. A dry run stores
    /// nothing.
    pub(super) async fn store(
        &self,
        office: &Office,
        lease: Option<&Lease>,
        report: &Report,
        desk: &mut Desk,
        objection: &guard::Objection,
    ) -> Result<Filed, Error> {
        let digests: BTreeSet<String> = self.digests.iter().cloned().collect();
        if let Some(kept) = desk.with_all(&digests) {
            return Ok(kept);
        }
        let id = Plan::id_of(&self.hash);
        if lease.is_some() {
            let now = (office.clock)();
            let stored = StoredPlan {
                id: id.clone(),
                flow: report.flow.as_str().to_owned(),
                hash: self.hash.clone(),
                state: PlanState::Held,
                created: now,
                expires: now
                    .checked_add(Span::new().hours(24 * HELD_DAYS))
                    .unwrap_or(Timestamp::MAX),
            };
            let body = json!({
                "reason": objection.to_string(),
                "steps": self.steps,
                "digests": self.digests,
            });
            office.ledger.hold_plan(&stored, &body, now).await?;
            desk.waiting.insert(id.clone(), digests);
        }
        Ok(Filed { plan: id, rejected: None })
    }
}

/// Every step of a plan with the outcome it has without being taken.
pub(super) fn as_planned(plan: &Plan, outcome: Outcome) -> Vec<Taken> {
    plan.actions().map(|(part, action)| taken(part, action, outcome)).collect()
}
