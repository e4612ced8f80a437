//! Whether a call comes from where the secret is. Both proofs are compared in constant time.

use std::collections::BTreeMap;

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;

use crate::shell::credentials::{Algorithm, Encoding, Hmac, SecretHeader, Webhook};

/// Headers by name, in lower case.
pub(super) type Headers = BTreeMap<String, String>;

/// Whether every proof that the settings ask for is there and right.
pub(super) fn is_genuine(webhook: &Webhook, headers: &Headers, body: &[u8]) -> bool {
    let signed = webhook.hmac.as_ref().is_none_or(|it| is_signed(it, headers, body));
    let said = webhook.header.as_ref().is_none_or(|it| is_said(it, headers));
    // Without any proof, anybody is genuine: such settings are not read in the first place.
    let asks = webhook.hmac.is_some() || webhook.header.is_some();
    asks && signed && said
}

fn is_signed(hmac: &Hmac, headers: &Headers, body: &[u8]) -> bool {
    let Some(text) = headers.get(&hmac.header) else { return false };
    let Some(text) = text.trim().strip_prefix(&hmac.prefix) else { return false };
    let tag = match hmac.encoding {
        Encoding::Hex => unhex(text),
        Encoding::Base64 => STANDARD.decode(text).ok(),
    };
    let algorithm = match hmac.algorithm {
        Algorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => hmac::HMAC_SHA256,
        Algorithm::Sha512 => hmac::HMAC_SHA512,
    };
    let key = hmac::Key::new(algorithm, hmac.secret.expose_secret().as_bytes());
    tag.is_some_and(|it| hmac::verify(&key, body, &it).is_ok())
}

fn is_said(header: &SecretHeader, headers: &Headers) -> bool {
    let word = header.value.expose_secret().as_bytes();
    headers.get(&header.name).is_some_and(|it| verify_slices_are_equal(it.as_bytes(), word).is_ok())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::credentials::Credentials;

    /// RFC 4231, test case 2.
    const KEY: &str = "Jefe";
    const BODY: &[u8] = b"what do ya want for nothing?";
    const HEX: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const BASE64: &str = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";

    fn webhook(settings: &str) -> Webhook {
        let text = format!(
            r#"{{"ukg": {{"base_url": "https://service5.ultipro.com", "username": "u",
                "password": "p", "customer_api_key": "k"}},
                "okta": {{"org_url": "https://acme.okta.com", "api_token": "t"}},
                "webhook": {{"tenant": "G0311", {settings}}}}}"#
        );
        Credentials::parse(&text).unwrap().webhook.unwrap()
    }

    fn headers(pairs: &[(&str, &str)]) -> Headers {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_signature_is_checked_as_the_settings_say() {
        let hex = webhook(&format!(r#""hmac": {{"header": "X-Signature", "secret": "{KEY}"}}"#));
        let upper = HEX.to_uppercase();
        for (text, expected) in [(HEX, true), (&upper, true), (BASE64, false), ("", false)] {
            assert_eq!(is_genuine(&hex, &headers(&[("x-signature", text)]), BODY), expected);
        }
        assert!(!is_genuine(&hex, &headers(&[("x-signature", HEX)]), b"something else"));
        assert!(!is_genuine(&hex, &headers(&[]), BODY));

        let base64 = webhook(&format!(
            r#""hmac": {{"header": "X-Signature", "encoding": "base64", "prefix": "sha256=", "secret": "{KEY}"}}"#
        ));
        let text = format!("sha256={BASE64}");
        assert!(is_genuine(&base64, &headers(&[("x-signature", &text)]), BODY));
        assert!(!is_genuine(&base64, &headers(&[("x-signature", BASE64)]), BODY));
    }

    #[test]
    fn where_both_proofs_are_asked_for_one_is_not_enough() {
        let both = webhook(&format!(
            r#""hmac": {{"header": "X-Signature", "secret": "{KEY}"}},
               "header": {{"name": "X-Rollcall", "value": "sesame"}}"#
        ));
        let (signed, said) = (("x-signature", HEX), ("x-rollcall", "sesame"));
        assert!(is_genuine(&both, &headers(&[signed, said]), BODY));
        assert!(!is_genuine(&both, &headers(&[signed]), BODY));
        assert!(!is_genuine(&both, &headers(&[said]), BODY));
        assert!(!is_genuine(&both, &headers(&[signed, ("x-rollcall", "sesam")]), BODY));
    }
}
