//! A call of the webhook, as an HTTP API hands it over (payload format 2.0).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp, ToSpan};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{
    NAME,
    event::Event,
    message,
    signature::{Headers, is_genuine},
};
use crate::{
    doors::queue::Queue,
    edge::{desk::Desk, failure::Failure, metrics},
    shell::credentials::{Credentials, Webhook},
};

/// Bytes of a body. An event of UKG has about two hundred.
const LARGEST: usize = 16 * 1024;
/// How often a wrong signature may make us read the secret again: callers must not be able to
/// have us ask Secrets Manager as often as they like.
const REREAD_MINUTES: i64 = 5;

/// What calls are checked by, and where events go.
pub(super) struct Hook {
    queue: Queue,
    checks: Mutex<Checks>,
}

struct Checks {
    webhook: Webhook,
    read_at: Timestamp,
}

/// Why a call is refused; the caller is not told which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    NotGenuine,
    NotAnEvent,
    OtherTenant,
    OutsideOfWindow,
}

impl Hook {
    /// With the settings that the secret has now.
    ///
    /// # Errors
    /// When the secret says nothing of webhooks.
    pub(super) async fn open(desk: &Desk, queue: Queue) -> Result<Self, Failure> {
        let webhook = settings(desk).await?;
        let checks = Checks { webhook, read_at: Timestamp::MIN };
        Ok(Self { queue, checks: Mutex::new(checks) })
    }

    /// Answers a call: 202 when the event is safe in the queue, also when it was before; 401 to
    /// everybody who is not who he should be; 413 to a body that is no event of UKG's.
    ///
    /// # Errors
    /// When the queue or the ledger cannot be used: the caller may try again.
    pub(super) async fn answer(
        &self,
        desk: &Desk,
        call: &Value,
        now: Timestamp,
    ) -> Result<Value, Failure> {
        let Some(body) = body(call) else {
            metrics::count(NAME, "WebhooksRefused");
            return Ok(reply(413, "too large"));
        };
        let headers = headers(call);
        let mut checked = self.check(&headers, &body, now).await;
        if checked == Err(Refusal::NotGenuine) && self.reread(desk, now).await? {
            checked = self.check(&headers, &body, now).await;
        }
        let event = match checked {
            Ok(event) => event,
            Err(why) => {
                tracing::warn!(?why, "refused a webhook");
                metrics::count(NAME, "WebhooksRefused");
                return Ok(reply(401, "not accepted"));
            }
        };
        let id = &event.hint.id;
        let failed = |it| Failure::ledger(&it);
        if desk.ledger().has_event(id, now).await.map_err(failed)? {
            metrics::count(NAME, "WebhooksRepeated");
            return Ok(reply(202, "accepted"));
        }
        // The queue first: an event that is kept and not queued would be lost for good, and one
        // that is queued twice is looked at once.
        self.queue.send(&message(&event.hint)).await.map_err(|it| Failure::queue(&it))?;
        let window = i64::from(self.checks.lock().await.webhook.window_hours);
        // An event that is older than the window is refused anyway; so is one from the future.
        let forget_at = now.checked_add((2 * window).hours()).unwrap_or(Timestamp::MAX);
        desk.ledger().keep_event(id, now, forget_at).await.map_err(failed)?;
        metrics::count(NAME, "WebhooksTaken");
        Ok(reply(202, "accepted"))
    }

    async fn check(
        &self,
        headers: &Headers,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Event, Refusal> {
        let checks = self.checks.lock().await;
        let webhook = &checks.webhook;
        if !is_genuine(webhook, headers, body) {
            return Err(Refusal::NotGenuine);
        }
        let event = Event::read(body).ok_or(Refusal::NotAnEvent)?;
        if event.tenant != webhook.tenant {
            return Err(Refusal::OtherTenant);
        }
        let window = SignedDuration::from_hours(i64::from(webhook.window_hours));
        if window < now.duration_since(event.at).abs() {
            return Err(Refusal::OutsideOfWindow);
        }
        Ok(event)
    }

    /// Reads the secret again, in case it was rotated; whether there is anything new to try.
    async fn reread(&self, desk: &Desk, now: Timestamp) -> Result<bool, Failure> {
        let mut checks = self.checks.lock().await;
        let next = checks.read_at.checked_add(REREAD_MINUTES.minutes()).unwrap_or(Timestamp::MIN);
        if now < next {
            return Ok(false);
        }
        checks.read_at = now;
        if !desk.reopen().await? {
            return Ok(false);
        }
        checks.webhook = settings(desk).await?;
        Ok(true)
    }
}

async fn settings(desk: &Desk) -> Result<Webhook, Failure> {
    let wrong = |it: String| Failure::settings(vec![format!("ROLLCALL_SECRET_ID: {it}")]);
    let text = desk.secret().await;
    let credentials =
        Credentials::parse(text.expose_secret()).map_err(|it| wrong(it.to_string()))?;
    credentials.webhook.ok_or_else(|| {
        wrong("credentials: \"webhook\" is missing, and hr-event lives by it".to_owned())
    })
}

/// The body as it was sent; `None` when it is too large.
fn body(call: &Value) -> Option<Vec<u8>> {
    let text = call.get("body").and_then(Value::as_str).unwrap_or_default();
    if text.len() > 2 * LARGEST {
        return None;
    }
    let bytes = match call.get("isBase64Encoded").and_then(Value::as_bool) {
        Some(true) => STANDARD.decode(text).unwrap_or_default(),
        Some(false) | None => text.as_bytes().to_vec(),
    };
    (bytes.len() <= LARGEST).then_some(bytes)
}

fn headers(call: &Value) -> Headers {
    let headers = call.get("headers").and_then(Value::as_object);
    headers
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())))
        .collect()
}

fn reply(status: u16, message: &str) -> Value {
    json!({
        "statusCode": status,
        "headers": { "content-type": "application/json" },
        "body": json!({ "message": message }).to_string(),
    })
}
