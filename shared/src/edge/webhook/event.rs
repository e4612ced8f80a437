//! The one thing that is believed of an event: whom to look at.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// Whom an event names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// `EventId`
    pub(super) id: String,
    /// `Payload.EeId`
    pub(super) employee: String,
    /// `Payload.CoId`
    pub(super) company: Option<String>,
}

/// An event as UKG sends it (reference/ukg.md, section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) hint: Hint,
    /// `Tenant`
    pub(super) tenant: String,
    /// `EventTime`, taken for UTC: it carries no zone.
    pub(super) at: Timestamp,
}

/// UKG's ids are short; nothing longer is put into keys or messages.
const LONGEST_ID: usize = 64;

impl Event {
    /// Reads the body; `None` when it is no event.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(body).ok()?;
        let id = match json.get("EventId")? {
            Value::Number(it) => it.to_string(),
            Value::String(it) => it.clone(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        let text = |path: &str| json.pointer(path).and_then(Value::as_str).map(str::trim);
        let is_id = |it: &str| !it.is_empty() && it.len() <= LONGEST_ID && it.is_ascii();
        let employee = text("/Payload/EeId").filter(|it| is_id(it))?.to_owned();
        let company = text("/Payload/CoId").filter(|it| is_id(it)).map(str::to_owned);
        let tenant = text("/Tenant")?.to_owned();
        let at = instant(text("/EventTime")?)?;
        let is_fit = is_id(id.trim());
        is_fit.then_some(Self { hint: Hint { id, employee, company }, tenant, at })
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(it) = text.parse() {
        return Some(it);
    }
    let civil: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_ukg_shows_it() {
        let body = br#"{"EventId":459469162,"EventTime":"2024-04-16T15:51:52.64",
            "EventType":"EmployeeAddressChangeEvent","Operation":"Update",
            "Payload":{"CoId":"UWLN6","EeId":"4W7QK90000K0","IntegrationRecordId":null},
            "Tenant":"G0311"}"#;
        let hint = Hint {
            id: "459469162".to_owned(),
            employee: "4W7QK90000K0".to_owned(),
            company: Some("UWLN6".to_owned()),
        };
        let at = "2024-04-16T15:51:52.64Z".parse().unwrap();
        assert_eq!(Event::read(body), Some(Event { hint, tenant: "G0311".to_owned(), at }));
    }

    #[test]
    fn what_names_nobody_is_no_event() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"EventId":1,"EventTime":"2024-04-16T15:51:52","Payload":{"EeId":""},"Tenant":"G"}"#,
            r#"{"EventId":1,"EventTime":"yesterday","Payload":{"EeId":"E"},"Tenant":"G"}"#,
            r#"{"EventId":{},"EventTime":"2024-04-16T15:51:52","Payload":{"EeId":"E"},"Tenant":"G"}"#,
        ] {
            assert_eq!(Event::read(body.as_bytes()), None, "{body}");
        }
    }
}
