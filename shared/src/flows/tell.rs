//! Tells people what a run did, each thing once.

use serde_json::{Value, json};

use super::{Error, Office, hr_side::HrSide};
use crate::{
    deciders::{notices, report::Report},
    doors::ledger,
    words::{
        ids::PersonId,
        notice::{Audience, Notice},
    },
};

/// Sends every message that the report asks for and that was not sent before, and those that an
/// earlier run wrote down and could not send any more.
///
/// A message is written down first, sent, then ticked off: a crash between the last two sends it
/// again under the same name rather than never.
pub(super) async fn tell(office: &Office, report: &Report, hr: &HrSide) -> Result<(), Error> {
    for notice in notices::compose(report, &names(hr)) {
        let Notice { key, audience, subject, body } = notice;
        let body = json!({ "audience": audience.as_str(), "subject": subject, "body": body });
        let at = (office.clock)();
        office.ledger.notice_once(&ledger::Notice { key, body, at }, None).await?;
    }
    for stored in office.ledger.unsent_notices().await? {
        if let Some(notice) = read(&stored) {
            office.outbox.deliver(&notice)?;
        }
        office.ledger.mark_sent(&stored.key, (office.clock)()).await?;
    }
    Ok(())
}

pub(super) fn read(stored: &ledger::Notice) -> Option<Notice> {
    let text = |key: &str| stored.body.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Notice {
        key: stored.key.clone(),
        audience: Audience::parse(&text("audience")?)?,
        subject: text("subject")?,
        body: text("body")?,
    })
}

fn names(hr: &HrSide) -> notices::Names {
    let named = hr.roster.persons.iter().filter_map(|it| {
        let first = it.name.preferred.as_ref().or(it.name.first.as_ref())?;
        let last = it.name.last.as_deref().unwrap_or_default();
        Some((PersonId::clone(&it.id), format!("{first} {last}").trim().into()))
    });
    named.collect()
}
