//! The edge to AWS Lambda: settings, payload, deadline, answer.
//!
//! A function's `main` is one call of [`serve`]. Everything is opened before the first event, so
//! that a wrong setting fails at start, by name, and not at three in the morning. What a flow
//! does is in [`flows`](crate::flows); in here nothing is decided about people.
//!
//! ```text
//! event -> payload -> (approve) -> flow -> answer
//!                                  401? -> read the secret again, once
//! ```

mod deadline;
mod desk;
mod failure;
#[cfg(test)]
mod fuzz;
mod invocation;
mod metrics;
mod payload;
mod settings;
mod start;
pub mod webhook;

use std::slice;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

pub use failure::Failure;
/// What ends a function's process.
pub use lambda_runtime::Error;

use self::{desk::Desk, invocation::Invocation, payload::Payload, settings::Settings};
use crate::{deciders::report::Report, words::flow::Flow};

/// Answers the events of one flow until Lambda ends the process.
///
/// # Errors
/// When a setting, the policy, the secret or the table cannot be used: by name, to Lambda and to
/// the log, before the first event.
pub async fn serve(flow: Flow) -> Result<(), Error> {
    start::log();
    let desk = start::or_tell(open().await).await?;
    let desk = &desk;
    let answer = |event: LambdaEvent<Value>| async move {
        let outcome = answer(desk, flow, &event).await;
        metrics::tell_ending(flow.as_str(), outcome.as_ref().map(slice::from_ref));
        outcome.iter().for_each(metrics::tell_figures);
        outcome.map(|it| it.to_json()).inspect_err(Failure::log)
    };
    lambda_runtime::run(service_fn(answer)).await
}

async fn open() -> Result<Desk, Failure> {
    let settings = Settings::read(&settings::environment()).map_err(Failure::settings)?;
    Desk::open(settings).await
}

async fn answer(desk: &Desk, flow: Flow, event: &LambdaEvent<Value>) -> Result<Report, Failure> {
    let payload = Payload::read(&event.payload, flow).map_err(Failure::payload)?;
    let invocation = Invocation::of(&event.context);
    if payload.as_of.is_some() && !payload.dry_run && !desk.settings().may_travel {
        return Err(Failure::payload(vec![
            "\"as_of\" moves the clock of the decisions: use it with \"dry_run\": true, or set \
             ROLLCALL_TIME_TRAVEL=1 in a rehearsal"
                .to_owned(),
        ]));
    }
    if let Some(plan) = &payload.approve {
        let by = format!("payload of request {}", event.context.request_id);
        desk.approve(plan, flow, &by, invocation.now).await?;
    }
    let request = payload.request(flow, &invocation);
    invocation.deadline.hold(desk.run(&request)).await?
}
