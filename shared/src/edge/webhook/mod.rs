//! UKG's webhooks: a call that says whom to look at, and never what to do.
//!
//! The function is called in three ways. Over an HTTP API it checks who is calling, puts the event
//! into a queue and answers, within UKG's patience. From the queue it runs the pipeline for the
//! people whom a batch of events names, each once however many events there were. And by hand it
//! takes the same payload as every flow. A webhook that is lost costs minutes: the schedules find
//! the same people.

mod call;
mod event;
#[cfg(test)]
mod fuzz;
mod signature;
mod work;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

use self::{call::Hook, event::Hint};
use super::{
    Error, desk::Desk, failure::Failure, invocation::Invocation, payload::Payload, settings, start,
};
use crate::{doors::queue::Queue, edge::settings::Settings, words::flow::Flow};

/// The function's name, in metrics.
const NAME: &str = "hr-event";

/// Answers webhooks, works on the queue, and takes payloads, until Lambda ends the process.
///
/// # Errors
/// As [`serve`](super::serve); also when the secret says nothing of webhooks, or no queue is set.
pub async fn serve() -> Result<(), Error> {
    start::log();
    let (desk, hook) = &start::or_tell(open().await).await?;
    let answer = |event: LambdaEvent<Value>| async move {
        answer(desk, hook, &event).await.inspect_err(Failure::log)
    };
    lambda_runtime::run(service_fn(answer)).await
}

async fn open() -> Result<(Desk, Hook), Failure> {
    let settings = Settings::read(&settings::environment()).map_err(Failure::settings)?;
    let Some(url) = settings.queue.clone() else {
        let text = "ROLLCALL_EVENT_QUEUE is not set: the URL of the queue in which events wait";
        return Err(Failure::settings(vec![text.to_owned()]));
    };
    let desk = Desk::open(settings).await?;
    let hook = Hook::open(&desk, Queue::new(desk.sdk(), &url)).await?;
    Ok((desk, hook))
}

async fn answer(desk: &Desk, hook: &Hook, event: &LambdaEvent<Value>) -> Result<Value, Failure> {
    let invocation = Invocation::of(&event.context);
    let payload = &event.payload;
    if payload.pointer("/requestContext/http").is_some() {
        return hook.answer(desk, payload, invocation.now).await;
    }
    if let Some(records) = payload.get("Records").and_then(Value::as_array) {
        return work::batch(desk, records, &invocation).await;
    }
    // The flow named here only says that there are no shards.
    let payload = Payload::read(payload, Flow::Offboarding).map_err(Failure::payload)?;
    work::by_hand(desk, payload, &invocation).await
}

/// What stands in the queue.
fn message(hint: &Hint) -> String {
    let Hint { id, employee, company } = hint;
    json!({ "v": 1, "event": id, "employee": employee, "company": company }).to_string()
}
