//! What waits for a person: stored whole, and let go step by step once it is approved.
//!
//! An approval is for the hash of what was seen, which is over every step with its precondition. A
//! later run carries out those of the steps that it plans itself: what has become moot meanwhile
//! falls away, and nothing is added. A plan that is no longer what its hash says allows nothing.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::{Error, Office, pass::taken};
use crate::{
    deciders::{
        digest::digest_of,
        evidence::event::Approval,
        guard::{self, Objection, Rejection},
        plan::{PersonPlan, Plan},
        report::{HeldPlan, Report, Taken},
    },
    doors::ledger::{self, Lease, Plan as StoredPlan, PlanState},
    words::{
        action::Outcome,
        finding::{Finding, FindingCode, Subject},
        ids::PlanId,
    },
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
    /// Plans that are not what their hash says.
    altered: Vec<PlanId>,
}

/// Somebody's yes to the steps of a plan.
#[derive(Clone, Debug)]
struct Word {
    plan: StoredPlan,
    /// The steps.
    kept: Kept,
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
            let kept = Kept::of(&office.ledger.plan_body(&plan.id).await?);
            if kept.hash() != plan.hash {
                if let PlanState::Held | PlanState::Approved { .. } = plan.state {
                    res.altered.push(plan.id);
                }
                continue;
            }
            let digests: BTreeSet<String> = kept.digests.iter().cloned().collect();
            match &plan.state {
                PlanState::Held => {
                    res.waiting.insert(plan.id, digests);
                }
                PlanState::Approved { by, .. } => {
                    let hash = Some(kept.approved_hash());
                    let word = Approval { plan: plan.id.clone(), hash, by: by.clone() };
                    res.approvals.extend(digests.iter().map(|it| (it.clone(), word.clone())));
                    res.approved_steps.extend(digests);
                    res.approved.insert(plan.id.clone(), Word { plan, kept });
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

    /// What is wrong with what lies on it.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.altered.iter().map(|id| {
            Finding::warning(
                Subject::Named(format!("plan {id}")),
                FindingCode::AlteredPlan,
                "is not what its hash says: somebody has changed it in the ledger, or an older \
                 version has written it. Nothing of it counts as approved; steps that are still \
                 right are held anew",
            )
        })
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
            .filter(|(_, word)| word.kept.digests.iter().any(|it| digests.contains(it)))
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
            let rest = word.kept.split_off(left);
            if rest.digests.is_empty() {
                continue;
            }
            let hash = rest.hash();
            let plan = StoredPlan { id: Plan::id_of(&hash), hash, ..word.plan.clone() };
            let reason = format!("the rest of plan {}, which has not been begun", word.plan.id);
            office.ledger.hold_plan(&plan, &rest.to_body(&reason), (office.clock)()).await?;
        }
        Ok(())
    }
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
        let waiting = Waiting {
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
        let kept = Kept {
            policy: office.policy.hash.to_string(),
            part_of: None,
            steps: self.steps.clone(),
            digests: self.digests.clone(),
        };
        let hash = kept.hash();
        let id = Plan::id_of(&hash);
        if lease.is_some() {
            let now = (office.clock)();
            let stored = StoredPlan {
                id: id.clone(),
                flow: report.flow.as_str().to_owned(),
                hash,
                state: PlanState::Held,
                created: now,
                expires: now
                    .checked_add(Span::new().hours(24 * HELD_DAYS))
                    .unwrap_or(Timestamp::MAX),
            };
            office.ledger.hold_plan(&stored, &kept.to_body(&objection.to_string()), now).await?;
            desk.waiting.insert(id.clone(), digests);
        }
        Ok(Filed { plan: id, rejected: None })
    }
}

/// What the ledger keeps of the steps of a plan.
#[derive(Clone, Debug)]
struct Kept {
    policy: String,
    /// The hash of the plan of which this is the rest, if it is one.
    part_of: Option<String>,
    /// As a person reads them.
    steps: Vec<String>,
    /// In the same order.
    digests: Vec<String>,
}

impl Kept {
    fn hash(&self) -> String {
        let Self { policy, part_of, steps, digests } = self;
        let part_of = part_of.as_deref().unwrap_or_default();
        let lines = steps.iter().chain(digests).map(|it| format!("\n{it}"));
        digest_of(&format!("{policy} {part_of} {}{}", digests.len(), lines.collect::<String>()))
    }

    /// The hash that a person's word was for.
    fn approved_hash(&self) -> String {
        self.part_of.clone().unwrap_or_else(|| self.hash())
    }

    /// Takes the steps with these digests out.
    fn split_off(&mut self, digests: &BTreeSet<String>) -> Self {
        let part_of = Some(self.approved_hash());
        let pairs =
            std::mem::take(&mut self.steps).into_iter().zip(std::mem::take(&mut self.digests));
        let (rest, ours): (Vec<_>, Vec<_>) = pairs.partition(|(_, it)| digests.contains(it));
        (self.steps, self.digests) = ours.into_iter().unzip();
        let (steps, digests) = rest.into_iter().unzip();
        Self { policy: self.policy.clone(), part_of, steps, digests }
    }

    fn to_body(&self, reason: &str) -> Value {
        let Self { policy, part_of, steps, digests } = self;
        json!({
            "reason": reason,
            "policy": policy,
            "part_of": part_of,
            "steps": steps,
            "digests": digests,
        })
    }

    fn of(body: &Value) -> Self {
        let text = |key: &str| body[key].as_str().map(str::to_owned);
        let texts = |key: &str| {
            let all = body[key].as_array().into_iter().flatten();
            all.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let policy = text("policy").unwrap_or_default();
        Self { policy, part_of: text("part_of"), steps: texts("steps"), digests: texts("digests") }
    }
}

/// Every step of a plan with the outcome it has without being taken.
pub(super) fn as_planned(plan: &Plan, outcome: Outcome) -> Vec<Taken> {
    plan.actions().map(|(part, action)| taken(part, action, outcome)).collect()
}
