//! `rollcall plans`, `rollcall approve` and `rollcall reject`: a person's word on what was held.
//!
//! They use the ledger alone. Nothing is carried out here: that is for the next run, which takes
//! those of the approved steps that are still right.

use anyhow::{Context, Result};
use jiff::{Timestamp, ToSpan};
use rollcall::{
    deciders::plan,
    doors::ledger::{self, Ledger, Plan, PlanState},
    shell::clock,
};

use crate::{
    args::{ApproveArgs, PlansArgs, RejectArgs, Word},
    ending::{BadSetup, Ending},
    office,
};

/// The variable that names the user of this machine.
const USER_VARIABLE: &str = "USER";

/// Lists the plans, or shows one.
///
/// # Errors
/// [`BadSetup`] when there is no such plan; other errors when the ledger fails.
pub async fn show(args: PlansArgs) -> Result<Ending> {
    let ledger = office::open_ledger(&args.place.ledger).await?;
    let now = clock::now();
    let Some(id) = args.plan else {
        let plans = all(&ledger, now).await?;
        if plans.is_empty() {
            say!("No plan was ever held.");
        }
        for it in &plans {
            say!("{}", line_of(it));
        }
        return Ok(Ending::Done);
    };
    let plan = find(&ledger, &id, now).await?;
    say!("{}", line_of(&plan));
    let body = ledger.plan_body(&plan.id).await.context("failed to read the plan")?;
    if let Some(reason) = body["reason"].as_str() {
        say!("\nHeld because: {reason}");
    }
    say!("");
    for step in body["steps"].as_array().into_iter().flatten().filter_map(|it| it.as_str()) {
        say!("  {step}");
    }
    if plan.state == PlanState::Held {
        say!("\nTo let it be carried out: rollcall approve {} --why \"…\"", plan.id);
    }
    Ok(Ending::Done)
}

/// Lets a held plan be carried out by the next run of its flow.
///
/// # Errors
/// [`BadSetup`] when there is no such plan or it does not wait; other errors when the ledger
/// fails.
pub async fn approve(args: ApproveArgs) -> Result<Ending> {
    let ledger = office::open_ledger(&args.place.ledger).await?;
    let now = clock::now();
    let plan = find(&ledger, &args.plan, now).await?;
    let (by, why) = signed(args.word)?;
    let until = now.checked_add(i64::from(args.hours).hours()).unwrap_or(plan.expires);
    // A plan that is too old to be applied takes its approval with it.
    let until = until.min(plan.expires);
    let plan =
        ledger.approve_plan(&plan.id, &by, &why, now, until).await.map_err(in_wrong_state)?;
    say!(
        "Approved until {until:.0}: {} (hash {}).\nThe next run of {} carries out those of its steps \
         that are still right by then, once. Whatever else it plans is held again.",
        plan.id,
        plan.hash,
        plan.flow
    );
    Ok(Ending::Done)
}

/// Says no to a plan.
///
/// # Errors
/// [`BadSetup`] when there is no such plan or it is too late; other errors when the ledger
/// fails.
pub async fn reject(args: RejectArgs) -> Result<Ending> {
    let ledger = office::open_ledger(&args.place.ledger).await?;
    let now = clock::now();
    let plan = find(&ledger, &args.plan, now).await?;
    let (by, why) = signed(args.word)?;
    let plan = ledger.reject_plan(&plan.id, &by, &why, now).await.map_err(in_wrong_state)?;
    say!(
        "Rejected. No run of {} carries it out; made again, it stays rejected until {:.0}.",
        plan.flow,
        plan.expires
    );
    Ok(Ending::Done)
}

async fn all(ledger: &Ledger, now: Timestamp) -> Result<Vec<Plan>> {
    let mut plans = ledger.plans(now).await.context("failed to read the plans")?;
    plans.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok(plans)
}

/// A plan by its id, or by its whole hash for whoever wants to be exact.
async fn find(ledger: &Ledger, id: &str, now: Timestamp) -> Result<Plan> {
    let short = plan::Plan::id_of(id);
    let plan = ledger.plan(&short, now).await.context("failed to read the plan")?;
    if let Some(plan) = plan.filter(|it| it.id.as_str() == id || it.hash == id) {
        return Ok(plan);
    }
    let plans = all(ledger, now).await?;
    if plans.is_empty() {
        return Err(BadSetup(format!("there is no plan {id}; none was ever held")).into());
    }
    let lines: Vec<String> = plans.iter().map(|it| format!("\n  {}", line_of(it))).collect();
    Err(BadSetup(format!("there is no plan {id}; the plans are{}", lines.concat())).into())
}

fn in_wrong_state(error: ledger::Error) -> anyhow::Error {
    if let ledger::Error::WrongState { state, .. } = &error {
        return BadSetup(format!("the plan is {state} already")).into();
    }
    anyhow::Error::new(error).context("failed to write the decision down")
}

/// Who decides and why. A decision without a name or a reason is worth nothing to whoever asks
/// later.
///
/// # Errors
/// [`BadSetup`] when one of them is empty.
pub fn signed(word: Word) -> Result<(String, String)> {
    let Word { why, by } = word;
    let by = by.or_else(user_of_machine).unwrap_or_default();
    for (option, text) in [("--by", &by), ("--why", &why)] {
        if text.trim().is_empty() {
            return Err(BadSetup(format!("{option} must not be empty")).into());
        }
    }
    Ok((by, why))
}

#[expect(clippy::disallowed_methods, reason = "the command line is where settings are read")]
fn user_of_machine() -> Option<String> {
    std::env::var(USER_VARIABLE).ok()
}

fn line_of(plan: &Plan) -> String {
    let Plan { id, flow, hash: _, state, created, expires } = plan;
    let word = state.as_str();
    let more = match state {
        PlanState::Held => format!("until {expires:.0}"),
        PlanState::Approved { by, why, at: _, until } => {
            format!("by {by} until {until:.0}: {why}")
        }
        PlanState::Applied { by, run, at } => format!("at {at:.0} by run {run}, allowed by {by}"),
        PlanState::Rejected { by, why, at: _ } => format!("by {by}: {why}"),
        PlanState::Expired => format!("since {expires:.0} at the latest"),
    };
    format!("{id}  {flow:<12} held {created:.0}, {word} {more}")
}
