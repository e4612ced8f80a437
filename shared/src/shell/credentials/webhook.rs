//! How a webhook of UKG proves where it comes from.
//!
//! UKG lets the customer choose: an HMAC of the body, a header of one's own, or both. Neither the
//! header's name nor the algorithm nor the encoding of the HMAC is documented for everybody
//! (reference/ukg.md, section 5), so each is a setting.

use secrecy::SecretString;
use serde_json::Value;

use super::{Form, Object};

/// What a webhook must carry.
#[derive(Debug)]
pub struct Webhook {
    /// `Tenant` of the events: those of another customer are refused.
    pub tenant: String,
    /// The body is signed.
    pub hmac: Option<Hmac>,
    /// A header says a secret word.
    pub header: Option<SecretHeader>,
    /// How old an event may be. UKG's times carry no zone, so this should be more than a day.
    pub window_hours: u16,
}

/// How the body is signed.
#[derive(Debug)]
pub struct Hmac {
    /// The header that holds the signature, in lower case.
    pub header: String,
    /// The hash.
    pub algorithm: Algorithm,
    /// How the signature is written.
    pub encoding: Encoding,
    /// What stands before it, such as `sha256=`.
    pub prefix: String,
    /// The key.
    pub secret: SecretString,
}

/// A hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1, for those who have no better one.
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-512
    Sha512,
}

/// A way to write bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Hexadecimal, in either case.
    Hex,
    /// Base64.
    Base64,
}

/// A header that says a secret word.
#[derive(Debug)]
pub struct SecretHeader {
    /// Its name, in lower case.
    pub name: String,
    /// The word.
    pub value: SecretString,
}

/// Two days: a day of zones, and a day of trouble.
const WINDOW_HOURS: u16 = 48;
/// UKG keeps events for 14 days.
const LONGEST_WINDOW: u64 = 14 * 24;

pub(super) fn read(form: &mut Form, json: &Value) -> Option<Webhook> {
    let keys = ["tenant", "hmac", "header", "window_hours"];
    let webhook = form.object(json, "webhook", &keys);
    let tenant = form.text(webhook, "webhook.tenant");
    let fields = webhook?;
    let hmac = fields.get("hmac").map(|it| read_hmac(form, it));
    let header = fields.get("header").map(|it| read_header(form, it));
    if hmac.is_none() && header.is_none() {
        form.problems.push(
            "\"webhook\" must have \"hmac\" or \"header\", or anybody could send events".to_owned(),
        );
    }
    let hours = match fields.get("window_hours") {
        None => Some(WINDOW_HOURS),
        Some(it) => it
            .as_u64()
            .filter(|it| (1..=LONGEST_WINDOW).contains(it))
            .and_then(|it| u16::try_from(it).ok()),
    };
    if hours.is_none() {
        form.problems.push(format!("\"webhook.window_hours\" must be 1 to {LONGEST_WINDOW}"));
    }
    Some(Webhook {
        tenant: tenant?.to_owned(),
        hmac: hmac.flatten(),
        header: header.flatten(),
        window_hours: hours?,
    })
}

fn read_hmac(form: &mut Form, json: &Value) -> Option<Hmac> {
    let keys = ["header", "algorithm", "encoding", "prefix", "secret"];
    let hmac = form.object(json, "webhook.hmac", &keys);
    let header = form.text(hmac, "webhook.hmac.header").map(str::to_lowercase);
    let secret = form.text(hmac, "webhook.hmac.secret");
    let fields = hmac?;
    let word = |name: &str| fields.get(name).map(|it| it.as_str().unwrap_or_default());
    let algorithm = match word("algorithm") {
        None | Some("sha256") => Some(Algorithm::Sha256),
        Some("sha1") => Some(Algorithm::Sha1),
        Some("sha512") => Some(Algorithm::Sha512),
        Some(_) => None,
    };
    let encoding = match word("encoding") {
        None | Some("hex") => Some(Encoding::Hex),
        Some("base64") => Some(Encoding::Base64),
        Some(_) => None,
    };
    if algorithm.is_none() {
        form.problems.push("\"webhook.hmac.algorithm\" must be sha256, sha512 or sha1".to_owned());
    }
    if encoding.is_none() {
        form.problems.push("\"webhook.hmac.encoding\" must be hex or base64".to_owned());
    }
    Some(Hmac {
        header: header?,
        algorithm: algorithm?,
        encoding: encoding?,
        prefix: word("prefix").unwrap_or_default().to_owned(),
        secret: SecretString::from(secret?),
    })
}

fn read_header(form: &mut Form, json: &Value) -> Option<SecretHeader> {
    let header: Object<'_> = form.object(json, "webhook.header", &["name", "value"]);
    let name = form.text(header, "webhook.header.name").map(str::to_lowercase);
    let value = form.text(header, "webhook.header.value");
    Some(SecretHeader { name: name?, value: SecretString::from(value?) })
}
