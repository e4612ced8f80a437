//! What waits for a person: stored whole, and let go once it is approved.

use jiff::{Span, Timestamp};

use super::{Error, Office, pipeline::taken};
use crate::{
    deciders::{
        guard,
        plan::Plan,
        report::{HeldPlan, Report, Taken},
    },
    doors::ledger::{Lease, Plan as StoredPlan, PlanState},
    words::action::Outcome,
};

/// How long a held plan waits before it is forgotten.
const HELD_DAYS: i64 = 7;
/// Stores what waits, and gives back what may go on: `free`, and every held plan that
/// somebody approved since. An approval is for the very plan that was seen, and is used up.
pub(super) async fn hold(
    office: &Office,
    lease: Option<&Lease>,
    report: &mut Report,
    free: Plan,
    held: Vec<(guard::Objection, Plan)>,
) -> Result<Plan, Error> {
    let mut may_go = free.people;
    for (objection, plan) in held {
        let hash = plan.hash(&office.policy.hash);
        let id = Plan::id_of(&hash);
        let now = (office.clock)();
        if let Some(lease) = lease {
            let stored = office.ledger.plan(&id, now).await?;
            if stored.is_some_and(|it| matches!(it.state, PlanState::Approved { .. })) {
                office.ledger.use_approval(&id, &hash, lease.run(), now).await?;
                may_go.extend(plan.people);
                continue;
            }
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
            let steps: Vec<String> =
                plan.actions().map(|(_, it)| format!("{}: {it}", it.person)).collect();
            let body = serde_json::json!({ "reason": objection.to_string(), "steps": steps });
            office.ledger.hold_plan(&stored, &body, now).await?;
        }
        report.steps.extend(as_planned(&plan, Outcome::Held));
        let people = plan.people.iter().map(|it| it.person.clone()).collect();
        report.held.push(HeldPlan { plan: id, objection, people });
    }
    Ok(Plan::new(may_go))
}

/// Every step of a plan with the outcome it has without being taken.
pub(super) fn as_planned(plan: &Plan, outcome: Outcome) -> Vec<Taken> {
    plan.actions().map(|(part, action)| taken(part, action, outcome)).collect()
}
