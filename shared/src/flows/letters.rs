//! Messages on their way: written down once, sent, then ticked off.
//!
//! A crash between the last two sends a message again under the same key rather than never.

use serde_json::{Value, json};

use super::{Error, Office};
use crate::{
    doors::{ledger, outbox::About},
    words::notice::{Audience, Notice},
};

/// Writes messages down, each once by its key. They wait until [`send`] or the end of a run.
pub(super) async fn write(
    office: &Office,
    letters: impl IntoIterator<Item = (Notice, About)>,
) -> Result<(), Error> {
    for (notice, about) in letters {
        let Notice { key, audience, to, subject, body } = notice;
        let body = json!({
            "audience": audience.as_str(),
            "to": to,
            "subject": subject,
            "body": body,
            "flow": about.flow,
            "companies": about.companies,
        });
        let at = (office.clock)();
        office.ledger.notice_once(&ledger::Notice { key, body, at }, None).await?;
    }
    Ok(())
}

/// Sends everything that waits, and ticks it off.
pub(super) async fn send(office: &Office) -> Result<(), Error> {
    for stored in office.ledger.unsent_notices().await? {
        if let Some((letter, about)) = read(&stored) {
            office.outbox.deliver(&letter, &about).await?;
        }
        office.ledger.mark_sent(&stored.key, (office.clock)()).await?;
    }
    Ok(())
}

fn read(stored: &ledger::Notice) -> Option<(Notice, About)> {
    let text = |key: &str| stored.body.get(key).and_then(Value::as_str).map(str::to_owned);
    let notice = Notice {
        key: stored.key.clone(),
        audience: Audience::parse(&text("audience")?)?,
        to: text("to"),
        subject: text("subject")?,
        body: text("body")?,
    };
    // Older messages do not say what they are about.
    let companies = stored.body.get("companies").and_then(Value::as_array);
    let companies = companies.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let about = About { flow: text("flow").unwrap_or_default(), companies: companies.collect() };
    Some((notice, about))
}
