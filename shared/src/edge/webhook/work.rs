//! The pipeline for the people whom events name.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::NAME;
use crate::{
    deciders::report::{self, Report},
    edge::{desk::Desk, failure::Failure, invocation::Invocation, metrics, payload::Payload},
    flows::{self, Found, Request},
    words::{flow::Flow, ids::PersonId},
};

/// The flows that look after single people, leavers first. The reconciliation and the daily look
/// at MFA policies are about everybody.
const FLOWS: [Flow; 4] = [Flow::Offboarding, Flow::Contractor, Flow::NewHire, Flow::ProfileSync];

/// Works on a batch of the queue; answers with the messages that have to come back.
///
/// # Errors
/// Never for what the messages say; when the time is over, all of them come back.
pub(super) async fn batch(
    desk: &Desk,
    records: &[Value],
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let employees: BTreeSet<String> = records.iter().filter_map(employee).collect();
    let work = async {
        let people = people(desk, &employees, invocation.now).await?;
        if people.is_empty() {
            return Ok(Vec::new());
        }
        // The flow named here is replaced by each of those that look after people.
        let request = Request { people, ..invocation.request(Flow::Offboarding) };
        run(desk, &request).await
    };
    let outcome = invocation.deadline.hold(work).await.flatten();
    metrics::tell_ending(NAME, outcome.as_deref());
    let Err(failure) = outcome else { return Ok(json!({ "batchItemFailures": [] })) };
    failure.log();
    let again = records.iter().filter_map(|it| it.get("messageId"));
    let again: Vec<Value> = again.map(|it| json!({ "itemIdentifier": it })).collect();
    Ok(json!({ "batchItemFailures": again }))
}

/// Runs the pipeline for the people of a payload.
///
/// # Errors
/// When it names nobody, or a run could not go on.
pub(super) async fn by_hand(
    desk: &Desk,
    payload: Payload,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let travels = payload.as_of.is_some() && !payload.dry_run && !desk.settings().may_travel;
    if !payload.names_people() || payload.approve.is_some() || travels {
        let text = "this function takes \"people\", \"dry_run\" and, for a dry run, \"as_of\": \
                    for everybody, or to approve, invoke the function of the flow";
        return Err(Failure::payload(vec![text.to_owned()]));
    }
    let request = payload.request(Flow::Offboarding, invocation);
    let outcome = invocation.deadline.hold(run(desk, &request)).await.flatten();
    metrics::tell_ending(NAME, outcome.as_deref());
    outcome.map(|it| report::together(&it))
}

/// Runs every flow that looks after people. What was done is told at once, under the flow's name: a
/// leaver who is cut off counts, whatever becomes of the flows after. That the flow itself ran well
/// is not: a webhook must not hide from the dead man's alarm that a schedule is silent.
async fn run(desk: &Desk, request: &Request) -> Result<Vec<Report>, Failure> {
    let mut res = Vec::new();
    for flow in FLOWS {
        let report = desk.run(&Request { flow, ..request.clone() }).await?;
        metrics::tell_figures(&report);
        res.push(report);
    }
    Ok(res)
}

/// The employee whom a message of the queue names.
fn employee(record: &Value) -> Option<String> {
    let body: Value = serde_json::from_str(record.get("body")?.as_str()?).ok()?;
    Some(body.get("employee")?.as_str()?.to_owned())
}

async fn people(
    desk: &Desk,
    employees: &BTreeSet<String>,
    now: Timestamp,
) -> Result<BTreeSet<PersonId>, Failure> {
    let office = desk.office().await;
    let mut res = BTreeSet::new();
    for it in employees {
        match flows::find_person(&office, it, now).await.map_err(|it| Failure::run(&it))? {
            Found::One(person) => {
                res.insert(person);
            }
            // UKG may not show yet what it has told: the schedules look again.
            Found::Several(_) | Found::Nobody => metrics::count(NAME, "WebhooksAboutNobody"),
        }
    }
    Ok(res)
}
