//! One short value that changes exactly when a person needs another look.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use sha2::{Digest, Sha256};

use crate::{
    deciders::lifecycle::Standing,
    words::{
        desired::{Desired, Wish},
        value::Value,
    },
};

/// The fingerprint of what one person's account should be: SHA-256 over everything that a plan is
/// made from, except what Okta has.
///
/// When it equals the one that Okta was last verified to match, and nobody asks for a full
/// comparison, the person needs no call at all.
pub fn fingerprint(
    standing: &Standing,
    desired: Option<&Desired>,
    manager: &BTreeMap<Arc<str>, Option<Value>>,
) -> [u8; 32] {
    let mut text = String::with_capacity(512);
    // Writing to a String cannot fail.
    let _ = match standing {
        Standing::TooEarly | Standing::Preboard | Standing::Open => {
            write!(text, "{}", standing.kind().as_str())
        }
        Standing::Paused(absence) => write!(text, "paused {absence}"),
        Standing::Out { departure, is_final } => {
            write!(text, "out {} {is_final}", departure.last_day)
        }
    };
    // Rules are left out: another line number for the same group changes nothing in Okta.
    if let Some(Desired { person: _, attributes, groups, apps }) = desired {
        for (name, wish) in attributes {
            let _ = match wish {
                Wish::Set(value) => write!(text, "\u{1}{name}={value}"),
                Wish::Clear => write!(text, "\u{1}{name}-"),
                Wish::Keep => Ok(()),
            };
        }
        for name in groups.keys() {
            let _ = write!(text, "\u{2}{name}");
        }
        for label in apps.keys() {
            let _ = write!(text, "\u{3}{label}");
        }
    }
    for (name, value) in manager {
        let _ = match value {
            Some(value) => write!(text, "\u{4}{name}={value}"),
            None => write!(text, "\u{4}{name}-"),
        };
    }
    Sha256::digest(text.as_bytes()).into()
}
