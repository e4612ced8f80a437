//! What Okta takes for its own attributes (reference/okta.md, section 2.5). A value it does not
//! take would have the whole update refused, every run, with the person's other changes in it.

use crate::words::value::Value;

/// The value as Okta takes it, or why it does not.
pub(super) fn fit(attribute: &str, value: &Value) -> Result<Value, &'static str> {
    let Value::Text(text) = value else { return Ok(value.clone()) };
    match attribute {
        // Cutting is harmless here, and the next run cuts alike.
        "firstName" | "lastName" if text.len() > 50 && text.chars().count() > 50 => {
            let cut: String = text.chars().take(50).collect();
            Ok(Value::Text(cut.trim_end().into()))
        }
        "email" | "secondEmail" => {
            let is_address = text.split_once('@').is_some_and(|(user, host)| {
                !user.is_empty() && host.contains('.') && !host.contains('@')
            });
            match text.chars().count() {
                5..=100 if is_address && !text.contains(char::is_whitespace) => Ok(value.clone()),
                _ => Err("Okta wants an address of 5 to 100 characters"),
            }
        }
        "countryCode" if text.len() != 2 => Err("Okta wants two letters; see `worker.country_2`"),
        _ => Ok(value.clone()),
    }
}
