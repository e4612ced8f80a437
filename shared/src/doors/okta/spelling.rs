//! How values are spelled in Okta's addresses, so that none can be taken for something else.

use jiff::Timestamp;

/// A value inside a filter or search expression: quotes and backslashes are escaped, or a name
/// with a quote in it would be an expression of its own.
pub(super) fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// One query parameter, encoded.
pub(super) fn query(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// A path segment. Ids need nothing, logins do.
pub(super) fn segment(raw: &str) -> String {
    // `.` and `..` would be taken for directories, even percent-encoded.
    let mut res = String::with_capacity(raw.len());
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~@+".contains(&byte) {
            res.push(char::from(byte));
        } else {
            res.push_str(&format!("%{byte:02X}"));
        }
    }
    if res.chars().all(|it| it == '.') { format!("{res}%20") } else { res }
}

/// Okta's own spelling of a time: milliseconds and Z.
pub(super) fn okta_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        assert_eq!(quoted(r#"O"Brien\"#), r#""O\"Brien\\""#);
    }

    #[test]
    fn a_login_cannot_leave_its_segment() {
        assert_eq!(segment("ada.l+x@acme.io"), "ada.l+x@acme.io");
        assert_eq!(segment("a/../b?c#d%"), "a%2F..%2Fb%3Fc%23d%25");
        assert_eq!(segment(".."), "..%20");
    }

    #[test]
    fn times_are_spelled_as_okta_does() {
        let at: Timestamp = "2027-01-02T03:04:05.6789Z".parse().unwrap();
        assert_eq!(okta_time(at), "2027-01-02T03:04:05.678Z");
    }
}
