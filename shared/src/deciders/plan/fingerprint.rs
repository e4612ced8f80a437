//! One short value that changes exactly when a person needs another look.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{LinkedManager, ManagerWish};
use crate::{
    deciders::lifecycle::Standing,
    words::desired::{Desired, Unclear, Wish},
};

/// Everything that a person's part of a plan is made from, except what Okta has.
#[derive(Clone, Copy, Debug)]
pub struct Aspects<'a> {
    /// What the account should be.
    pub standing: &'a Standing,
    /// What the policy wants.
    pub desired: Option<&'a Desired>,
    /// The manager.
    pub manager: &'a ManagerWish,
    /// Whether a less strict MFA tier waits.
    pub lowers_later: bool,
    /// The digest of the name, where a new name gives a new login.
    pub name: Option<&'a str>,
}

/// The fingerprint of what one person's account should be: SHA-256 over [`Aspects`].
///
/// When it equals the one that Okta was last verified to match, and nobody asks for a full
/// comparison, the person needs no call at all.
pub fn fingerprint(aspects: &Aspects<'_>) -> [u8; 32] {
    let Aspects { standing, desired, manager, lowers_later, name } = *aspects;
    let ManagerWish { person: _, attributes: manager, linked } = manager;
    let mut text = String::with_capacity(512);
    // Writing to a String cannot fail.
    let _ = match standing {
        Standing::TooEarly | Standing::Preboard | Standing::Open => {
            write!(text, "{}", standing.kind().as_str())
        }
        Standing::Paused(absence) => write!(text, "paused {absence}"),
        Standing::Restricted(_) => write!(text, "{}", standing.kind().as_str()),
        Standing::Out { departure, is_final } => {
            write!(text, "out {} {is_final}", departure.last_day)
        }
    };
    // Rules are left out: another line number for the same group changes nothing in Okta.
    if let Some(Desired { person: _, attributes, groups, apps, unclear, tier }) = desired {
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
        // When HR fills the blank in, what was kept for it may have to go.
        let Unclear { groups, patterns, apps, borne } = unclear;
        for name in groups.iter().chain(apps) {
            let _ = write!(text, "\u{b}{name}");
        }
        for name in patterns {
            let _ = write!(text, "\u{e}{name}");
        }
        // Since when a blank is borne has to be remembered once.
        if !borne.is_empty() {
            text.push('\u{f}');
        }
        if let Some(tier) = tier {
            let _ = write!(text, "\u{5}{}", tier.group);
        }
    }
    // A less strict tier that waits has to be remembered once, and its beginning with it.
    if lowers_later {
        text.push('\u{6}');
    }
    for (name, value) in manager {
        let _ = match value {
            Some(value) => write!(text, "\u{4}{name}={value}"),
            None => write!(text, "\u{4}{name}-"),
        };
    }
    if let Some(LinkedManager { relation, manager }) = linked {
        let manager = manager.as_ref().map_or("-", |it| it.as_str());
        let _ = write!(text, "\u{7}{relation}={manager}");
    }
    if let Some(name) = name {
        let _ = write!(text, "\u{8}{name}");
    }
    Sha256::digest(text.as_bytes()).into()
}
