//! Draws evidence from the ledger, and forgets whom it has to forget. It asks neither UKG nor Okta.

use jiff::{Span, Timestamp};
use serde_json::Value;

use super::{Error, lease, memory::State, who};
use crate::{
    deciders::{
        evidence::{
            calendar::Entry,
            csv::{HeldPlan, RunFigures, Sources},
            event::{Event, PersonalFacts},
            gather,
        },
        lifecycle::StandingKind,
    },
    doors::ledger::{Claim, Erased, Exit, Ledger, PlanState, Run, SealedLog, Signer, Trail},
    words::{
        flow::Flow,
        ids::{PersonId, PolicyHash},
    },
};

/// Everything that the ledger tells of `[from, to)`, of the log as it was read.
///
/// # Errors
/// When the ledger fails.
pub async fn sources(
    ledger: &Ledger,
    trail: &Trail,
    from: Timestamp,
    to: Timestamp,
    now: Timestamp,
) -> Result<Sources, Error> {
    let is_in = |at: Timestamp| from <= at && at < to;
    let events = trail.logs.iter().flat_map(SealedLog::events).filter_map(|(entry, facts)| {
        let event = Event::of(&entry.json())?;
        // What became of something is told with it, however late it was found out.
        let belongs = matches!(event, Event::Settled(_)) || is_in(event.at());
        belongs.then(|| (event, facts.map(|it| PersonalFacts::of(&it.json()))))
    });
    let record = gather(events);
    let mut runs = Vec::new();
    for flow in Flow::ALL {
        let all = ledger.runs_between(flow.as_str(), from, to).await?;
        runs.extend(all.iter().filter_map(figures));
    }
    let mut plans = Vec::new();
    for plan in ledger.plans(now).await?.into_iter().filter(|it| is_in(it.created)) {
        let body = ledger.plan_body(&plan.id).await?;
        let (by, why) = match &plan.state {
            PlanState::Approved { by, why, .. } | PlanState::Rejected { by, why, .. } => {
                (by.clone(), why.clone())
            }
            PlanState::Applied { by, .. } => (by.clone(), String::new()),
            PlanState::Held | PlanState::Expired => (String::new(), String::new()),
        };
        plans.push(HeldPlan {
            plan: plan.id.to_string(),
            flow: plan.flow.clone(),
            state: plan.state.as_str().to_owned(),
            reason: body["reason"].as_str().unwrap_or_default().to_owned(),
            steps: body["steps"].as_array().map_or(0, Vec::len),
            at: plan.created,
            by,
            why,
        });
    }
    plans.sort_by(|a, b| (a.at, &a.plan).cmp(&(b.at, &b.plan)));
    let holds = ledger.hold_words().await?.into_iter().filter(|it| is_in(it.at)).collect();
    let census = ledger.census().await?.filter(|it| is_in(it.at));
    let census = census.map(|it| {
        let rows = it.people.into_iter().map(|it| [it.id, it.state, it.reason]);
        (it.at, rows.collect())
    });
    Ok(Sources { record, plans, holds, census, runs })
}

fn figures(run: &Run) -> Option<RunFigures> {
    let counts = &run.exit.as_ref()?.counts;
    let count = |name: &str| counts.get(name).copied().unwrap_or_default();
    Some(RunFigures {
        at: run.started,
        flow: run.flow.clone(),
        okta: count("okta_calls"),
        okta_minimum: count("okta_minimum"),
        okta_budget: counts.get("okta_budget").copied(),
        ukg: count("ukg_calls"),
    })
}

/// Who starts and who leaves in the days after `now`, as HR has announced it, the soonest first.
///
/// # Errors
/// When the ledger fails.
pub async fn calendar(ledger: &Ledger, now: Timestamp, days: u16) -> Result<Vec<Entry>, Error> {
    let until = now.checked_add(Span::new().hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
    let mut res = Vec::new();
    for it in ledger.all_foreseen().await?.into_iter().filter(|it| now < it.at && it.at <= until) {
        let link = ledger.link_of_person(&it.person).await?;
        res.push(Entry {
            person: it.person,
            login: link.map(|it| it.login),
            coming: it.coming,
            day: it.day,
            at: it.at,
            seen: it.seen,
            is_contingent: it.is_contingent,
        });
    }
    res.sort_by(|a, b| (a.at, &a.person).cmp(&(b.at, &b.person)));
    Ok(res)
}

/// What came of a request to forget somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// It was done.
    Done(Erased),
    /// The person's account is in use: what is erased today would be written again tomorrow.
    AtWork,
}

/// Erases the personal data that evidence holds of somebody who has left. The chain of the log
/// stays whole, and says that it was done, by whom and why. `None` when nobody is called that.
///
/// # Errors
/// When the ledger fails, or another erasure is under way.
pub async fn erase(
    ledger: &Ledger,
    signer: Option<&Signer>,
    name: &str,
    (by, why): (&str, &str),
    now: Timestamp,
) -> Result<Option<(PersonId, Erasure)>, Error> {
    let links = ledger.all_links().await?;
    let linked = who::linked(name, links.into_iter()).map(|it| it.person);
    let person = match linked {
        Some(person) => person,
        // The account may be gone from Okta and the link with it; the log remembers longer.
        None if !ledger.deeds_of_person(&name.into()).await?.is_empty() => name.into(),
        None => return Ok(None),
    };
    let snapshot = ledger.snapshot(&person).await?;
    let standing = snapshot.and_then(|it| State::of(&it.fields).before).map(|it| it.standing);
    if standing.is_some_and(|it| it != StandingKind::Out) {
        return Ok(Some((person, Erasure::AtWork)));
    }
    let until = lease::lease_end(now);
    let policy = PolicyHash::from("");
    let lease = match ledger.start_run(ERASURES, lease::LOCAL, &policy, now, until).await? {
        Claim::Won(lease) => lease,
        Claim::Held { by, until } => return Err(Error::Busy { flow: ERASURES, by, until }),
    };
    let erased = ledger.erase_person(lease.run(), &person, by, why, now).await?;
    ledger.seal_logs(ERASURES, signer, now).await?;
    let exit = Exit { at: now, status: 0, counts: [].into() };
    ledger.finish_run(lease, exit).await?;
    Ok(Some((person, Erasure::Done(erased))))
}

/// The name under which erasures take their lease.
const ERASURES: &str = "audit-erase";

/// When the log begins and ends, as far as events say; `None` for an empty one.
pub fn span(trail: &Trail) -> Option<(Timestamp, Timestamp)> {
    let events = trail.logs.iter().flat_map(SealedLog::events);
    let times = events.filter_map(|(it, _)| match it.json()["at"] {
        Value::String(ref at) => at.parse::<Timestamp>().ok(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    });
    times.fold(None, |span, at| {
        Some(span.map_or((at, at), |(a, b): (Timestamp, Timestamp)| (a.min(at), b.max(at))))
    })
}
