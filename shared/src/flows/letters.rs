//! Messages on their way: written down once, then sent, then ticked off.

use serde_json::{Value, json};

use super::{Error, Office};
use crate::{
    doors::ledger,
    words::notice::{self, Audience, Notice},
};

/// Writes messages down, each once by its key. They wait until [`send`] or the end of a run.
pub(super) async fn write(office: &Office, letters: Vec<Notice>) -> Result<(), Error> {
    for it in letters {
        let notice::Notice { key, audience, to, subject, body } = it;
        let body = json!({
            "audience": audience.as_str(),
            "to": to,
            "subject": subject,
            "body": body,
        });
        let at = (office.clock)();
        office.ledger.notice_once(&ledger::Notice { key, body, at }, None).await?;
    }
    Ok(())
}

/// Sends everything that waits, and ticks it off.
pub(super) async fn send(office: &Office) -> Result<(), Error> {
    for stored in office.ledger.unsent_notices().await? {
        if let Some(letter) = read(&stored) {
            office.outbox.deliver(&letter)?;
        }
        office.ledger.mark_sent(&stored.key, (office.clock)()).await?;
    }
    Ok(())
}

fn read(stored: &ledger::Notice) -> Option<Notice> {
    let text = |key: &str| stored.body.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Notice {
        key: stored.key.clone(),
        audience: Audience::parse(&text("audience")?)?,
        to: text("to"),
        subject: text("subject")?,
        body: text("body")?,
    })
}
