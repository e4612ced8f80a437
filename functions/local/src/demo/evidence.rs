//! What an auditor would find in the ledger of a demo, and the files for him.

use std::{fmt, fs};

use anyhow::{Context, Result};
use rollcall::{
    deciders::evidence::{
        figures::{Times, span},
        leavers, ocsf,
    },
    doors::ledger::{self, Verified},
};
use serde_json::{Value, json};

use super::Demo;
use crate::{args::Days, audit, report};

/// What the ledger alone tells.
pub struct Evidence {
    verified: Verified,
    revoke: Times,
}

impl Evidence {
    /// Whether the log is as it was written.
    pub fn is_proved(&self) -> bool {
        self.verified.breaks.is_empty()
    }

    /// The same facts for a program.
    pub fn to_json(&self) -> Value {
        json!({
            "verified": self.is_proved(),
            "events": self.verified.events,
            "seals": self.verified.seals,
            "signed": self.verified.signed,
            "minutes_to_revoke": {
                "leavers": self.revoke.minutes.len(),
                "p50": self.revoke.at_percent(50),
                "p95": self.revoke.at_percent(95),
                "worst": self.revoke.worst(),
            },
            "in_time": self.revoke.in_time,
            "late": self.revoke.late,
        })
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verified { breaks, seals, signed, events, .. } = &self.verified;
        match breaks.first() {
            Some(first) => write!(f, "NOT PROVED: {first}.")?,
            None => write!(
                f,
                "Evidence: {events} events under {seals} seals, {signed} of them signed: the chain \
                 is whole."
            )?,
        }
        let shown = |it: Option<u64>| it.map_or_else(|| "-".to_owned(), span);
        write!(
            f,
            " By the ledger alone, half of {} leavers were cut off within {}, 95 % within {}.",
            self.revoke.minutes.len(),
            shown(self.revoke.at_percent(50)),
            shown(self.revoke.at_percent(95)),
        )
    }
}

/// Reads the ledger as an auditor would, and leaves the files where the demo keeps any.
pub async fn gather(demo: &Demo) -> Result<Evidence> {
    let ledger = &demo.office.ledger;
    let key = demo.office.signer.as_ref().map(|it| it.public());
    let trail = ledger.trail(None, None).await.context("failed to read the log")?;
    let keys: Vec<_> = key.into_iter().collect();
    let verified = ledger::verify(&trail, &keys);
    let sources = audit::sources(ledger, &trail, None, None).await?;
    let revoke = Times::to_revoke(&leavers(&sources.record));
    if let Some(folder) = demo.place.kept() {
        let files = folder.join("evidence");
        audit::write_tables(&sources, &files)?;
        let mut texts = vec![
            (files.join("audit.jsonl"), trail.to_jsonl()),
            (files.join("ocsf.jsonl"), ocsf::lines(&sources.record)),
        ];
        texts.extend(key.map(|it| (files.join("audit-public-key.pem"), it.pem())));
        for (path, text) in texts {
            fs::write(&path, text)
                .with_context(|| format!("failed to write {}", path.display()))?;
        }
        let days = Days { from: None, to: None };
        let review = report::review(ledger, days, key, (demo.office.clock)()).await?;
        report::write(&review, &folder.join("report.html"))?;
    }
    Ok(Evidence { verified, revoke })
}
