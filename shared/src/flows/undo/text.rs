//! Puts what came of an undo into words and into JSON. It decides nothing.

use std::fmt;

use serde_json::{Value as Json, json};

use super::{Deed, UndoEnding, Undone};
use crate::{deciders::report::Taken, words::ids::RunId};

/// A step and what became of it.
pub(super) fn step(it: &Taken) -> String {
    let target = it.target.as_ref().map_or(String::new(), |it| format!(": {it}"));
    format!("{:<9} {}{target}", it.outcome, it.kind)
}

impl Deed {
    /// The exit status of the command (design, section 9).
    pub fn exit_status(&self) -> u8 {
        if self.is_verified { 0 } else { 4 }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { departure, left_by, undo, steps, findings, hold, .. } = self;
        writeln!(f, "The departure of {departure}, carried out by run {left_by}, is taken back:")?;
        if steps.is_empty() {
            writeln!(f, "  nothing to do in Okta: the account has everything again")?;
        }
        for it in steps {
            writeln!(f, "  {}", step(it))?;
        }
        for it in findings {
            writeln!(f, "{it}")?;
        }
        writeln!(f, "What Okta cannot give back:")?;
        for it in &undo.losses {
            writeln!(f, "  - {it}")?;
        }
        if let (Some(until), Some(departure)) =
            (hold.as_ref().and_then(|it| it.until), undo.to_hold)
        {
            let keeps = if self.run.is_some() { "keeps" } else { "would keep" };
            writeln!(
                f,
                "UKG does not say that the person works here. A hold {keeps} runs from carrying \
                 the departure of {departure} out again until {until:.0}.\nCorrect the record in UKG \
                 by then, or the account is closed again. Once UKG says that the person works \
                 here, the hold means nothing."
            )?;
        }
        if self.run.is_some() && !self.is_verified {
            writeln!(
                f,
                "Not everything is done. Run the same command again: it goes on from here."
            )?;
        }
        Ok(())
    }

    fn to_json(&self) -> Json {
        let steps = self.steps.iter().map(|it| {
            json!({
                "kind": it.kind.as_str(),
                "target": it.target,
                "outcome": it.outcome.as_str(),
                "request_id": it.request_id,
            })
        });
        let findings = self.findings.iter().map(|it| {
            json!({
                "code": it.code.as_str(),
                "severity": it.severity.to_string(),
                "detail": it.detail,
            })
        });
        json!({
            "run_id": self.run.as_ref().map(RunId::as_str),
            "departure": self.departure.to_string(),
            "actions": steps.collect::<Vec<_>>(),
            "findings": findings.collect::<Vec<_>>(),
            "lost": self.undo.losses.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "hold": self.hold.as_ref().map(|it| json!({
                "kind": it.kind.as_str(),
                "owner": it.owner,
                "reason": it.reason,
                "until": it.until.map(|it| it.to_string()),
                "departure": it.departure.map(|it| it.to_string()),
            })),
        })
    }
}

impl Undone {
    /// The exit status of the command: 0 done or nothing to do, 1 refused, 4 done in part.
    pub fn exit_status(&self) -> u8 {
        match &self.ending {
            UndoEnding::Nothing(_) => 0,
            UndoEnding::Refused(_) => 1,
            UndoEnding::Done(_) if self.dry_run => 0,
            UndoEnding::Done(deed) => deed.exit_status(),
        }
    }

    /// The outcome as one JSON object.
    pub fn to_json(&self) -> Json {
        let mut json = json!({
            "person_id": self.person.as_str(),
            "as_of": self.as_of.to_string(),
            "dry_run": self.dry_run,
            "ending": match &self.ending {
                UndoEnding::Nothing(_) => "nothing",
                UndoEnding::Refused(_) => "refused",
                UndoEnding::Done(_) if self.dry_run => "planned",
                UndoEnding::Done(deed) if deed.is_verified => "done",
                UndoEnding::Done(_) => "partly",
            },
        });
        match &self.ending {
            UndoEnding::Nothing(why) => json["reason"] = why.to_string().into(),
            UndoEnding::Refused(why) => json["reason"] = why.to_string().into(),
            UndoEnding::Done(deed) => {
                if let (Json::Object(all), Json::Object(more)) = (&mut json, deed.to_json()) {
                    all.extend(more);
                }
            }
        }
        json
    }
}

impl fmt::Display for Undone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "undo of person {}", self.person)?;
        if let UndoEnding::Done(deed) = &self.ending
            && let Some(login) = &deed.login
        {
            write!(f, " ({login})")?;
        }
        let dry = if self.dry_run { " (dry run: nothing was written)" } else { "" };
        writeln!(f, " as of {}{dry}", self.as_of)?;
        match &self.ending {
            UndoEnding::Nothing(why) => writeln!(f, "{why}"),
            UndoEnding::Refused(why) => writeln!(f, "{why}"),
            UndoEnding::Done(deed) => deed.write(f),
        }
    }
}
