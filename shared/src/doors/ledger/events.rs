//! Events that came in and were taken: each once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    codec::Format,
    error::Error,
    store::{Draft, Expect, Key},
};

const EVENT: Format = Format::v1("event");

#[derive(Serialize, Deserialize)]
struct EventBody {
    at: Timestamp,
}

fn event_key(id: &str) -> Key {
    Key::new("event", id)
}

impl Ledger {
    /// Whether an event with this id was taken and is not forgotten by `now`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn has_event(&self, id: &str, now: Timestamp) -> Result<bool, Error> {
        let record = self.store.get(&event_key(id)).await?;
        Ok(record.is_some_and(|it| it.expires.is_none_or(|it| now < it)))
    }

    /// The event was taken; it is remembered until `forget_at`. Repeating it is harmless.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_event(
        &self,
        id: &str,
        at: Timestamp,
        forget_at: Timestamp,
    ) -> Result<(), Error> {
        let draft = EVENT.draft(event_key(id), &EventBody { at });
        self.store.put(Draft { expires: Some(forget_at), ..draft }, Expect::Any).await?;
        Ok(())
    }
}
