//! The report as a person reads it.

use std::{collections::BTreeMap, fmt};

use super::{Report, Taken};
use crate::deciders::guard::Counted;
use crate::words::{
    action::{Kind, Outcome},
    finding::{FindingCode, Severity},
};

/// Findings of one code that are shown one by one; the rest are counted.
const FINDINGS_SHOWN: usize = 10;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dry = if self.dry_run { " (dry run: nothing was written)" } else { "" };
        writeln!(f, "{} as of {}{dry}", self.flow, self.as_of)?;
        if !self.doubts.is_empty() {
            writeln!(f, "Stopped before planning:")?;
            for it in &self.doubts {
                writeln!(f, "  {it}.")?;
            }
            return Ok(());
        }
        for it in &self.reservations {
            writeln!(f, "Not believed: {}.", it.doubt)?;
        }
        let is_quiet = self.steps.is_empty() && self.org_steps.is_empty() && self.held.is_empty();
        if is_quiet && self.off.is_empty() {
            writeln!(f, "Nothing to do for {} people.", self.seen)?;
        }
        for it in &self.org_steps {
            writeln!(f, "{:<9} {}: {} [{}]", it.outcome, it.kind, it.target, it.cause)?;
        }
        self.write_people(f)?;
        self.write_held(f)?;
        self.write_off(f)?;
        self.write_findings(f)?;
        self.write_totals(f)
    }
}

impl Report {
    fn write_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before: Option<&Taken> = None;
        for it in &self.steps {
            if before.is_none_or(|before| before.person != it.person) {
                write!(f, "person {}", it.person)?;
                match (&it.login, &it.user) {
                    (Some(login), Some(user)) => write!(f, " ({login}, {user})")?,
                    (Some(login), None) => write!(f, " ({login})")?,
                    (None, Some(user)) => write!(f, " ({user})")?,
                    (None, None) => {}
                }
                writeln!(f, ": {}", it.cause)?;
            }
            write!(f, "  {:<9} {}", it.outcome, it.kind)?;
            match &it.target {
                Some(target) => writeln!(f, ": {target}")?,
                None => writeln!(f)?,
            }
            before = Some(it);
        }
        Ok(())
    }

    fn write_held(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.held {
            match &it.rejected {
                None => writeln!(f, "held as plan {}: {}.", it.plan, it.objection)?,
                Some(no) => writeln!(
                    f,
                    "plan {} was {no} and is not carried out: {}. Correct UKG; what it still says \
                     on {} is asked about anew.",
                    it.plan,
                    it.objection,
                    no.until.strftime("%Y-%m-%d"),
                )?,
            }
            let people: Vec<String> = it.people.iter().map(|it| format!("person {it}")).collect();
            let lines = if people.is_empty() { &it.steps } else { &people };
            for line in lines.iter().take(FINDINGS_SHOWN) {
                writeln!(f, "  {line}")?;
            }
            if lines.len() > FINDINGS_SHOWN {
                writeln!(f, "  and {} more", lines.len() - FINDINGS_SHOWN)?;
            }
        }
        Ok(())
    }

    /// What the policy has switched off, by what it is; some of the people it is for.
    fn write_off(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut by_what: BTreeMap<&Counted, Vec<String>> = BTreeMap::new();
        for it in &self.off {
            let whom = it.person.as_ref().map(|it| format!("person {it}"));
            let parts: Vec<String> = whom.into_iter().chain(it.target.clone()).collect();
            by_what.entry(&it.what).or_default().push(parts.join(": "));
        }
        for (what, lines) in by_what {
            writeln!(f, "not done, since the policy has switched off {what} (modes):")?;
            for line in lines.iter().take(FINDINGS_SHOWN) {
                writeln!(f, "  {line}")?;
            }
            if lines.len() > FINDINGS_SHOWN {
                writeln!(f, "  and {} more", lines.len() - FINDINGS_SHOWN)?;
            }
        }
        Ok(())
    }

    fn write_findings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown: BTreeMap<(Severity, FindingCode), usize> = BTreeMap::new();
        for it in &self.findings {
            let count = shown.entry((it.severity, it.code)).or_default();
            *count += 1;
            if *count <= FINDINGS_SHOWN {
                writeln!(f, "{it}")?;
            }
        }
        for ((severity, code), count) in shown {
            if count > FINDINGS_SHOWN {
                writeln!(f, "{severity} {code}: and {} more", count - FINDINGS_SHOWN)?;
            }
        }
        Ok(())
    }

    fn write_totals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds: BTreeMap<(Kind, Outcome), usize> = BTreeMap::new();
        for it in &self.steps {
            *kinds.entry((it.kind, it.outcome)).or_default() += 1;
        }
        for ((kind, outcome), count) in kinds {
            writeln!(f, "{count:>6} {kind} {outcome}")?;
        }
        writeln!(
            f,
            "{} people seen, {} changed, {} held, {} failed; calls: {} UKG, {} Okta (the changes \
             alone need {})",
            self.seen,
            self.changed_people(),
            self.held_people(),
            self.failed_people(),
            self.calls.ukg,
            self.calls.okta,
            self.calls.okta_minimum,
        )?;
        if self.remaining > 0 {
            writeln!(
                f,
                "no time was left for {} people, groups or policies; run again to go on",
                self.remaining
            )?;
        }
        Ok(())
    }
}
