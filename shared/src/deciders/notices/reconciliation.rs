//! The reconciliation report: every change, every skip with its reason, and the totals.

use std::{collections::BTreeMap, fmt::Write};

use super::{Names, by_person, counted, list, troubles};
use crate::{
    deciders::report::Report,
    words::{
        action::{Kind, Outcome},
        finding::{FindingCode, Severity},
        notice::{Audience, Notice},
    },
};

/// Findings of one kind that are shown one by one; the rest are counted.
const SHOWN: usize = 20;

/// The report to IT, when something was changed. What is merely still wrong has been told by the
/// flow that looks after it.
pub(super) fn notice(report: &Report, names: &Names) -> Option<Notice> {
    let was_taken = |it: Outcome| match it {
        Outcome::Done | Outcome::Verified | Outcome::Failed | Outcome::Skipped => true,
        Outcome::Planned | Outcome::Held => false,
    };
    let has_changed = report.steps.iter().any(|it| was_taken(it.outcome))
        || report.org_steps.iter().any(|it| was_taken(it.outcome));
    if !has_changed {
        return None;
    }
    let mut body = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        body,
        "Everybody in UKG was compared with Okta: {} seen, {} changed, {} held, {} failed. Run {}, \
         {}.\n",
        counted(report.seen),
        counted(report.changed_people()),
        counted(report.held_people()),
        counted(report.failed_people()),
        report.run,
        report.as_of,
    );
    section(&mut body, "Groups and policies", &org_lines(report));
    section(&mut body, "Totals", &totals(report));
    let people = by_person(report);
    let people: Vec<_> = people.iter().collect();
    section(&mut body, "People", &list(&people, names, &Kind::ALL));
    section(&mut body, "Held, until somebody has looked", &troubles(report));
    section(&mut body, "Left as it is, and why", &skips(report));
    Some(Notice {
        key: format!("{}/it/reconciliation", report.run),
        audience: Audience::It,
        to: None,
        subject: format!("Rollcall: reconciliation changed {}", counted(report.changed_people())),
        body,
    })
}

fn section(body: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(body, "{title}\n{}\n", lines.join("\n"));
    }
}

fn org_lines(report: &Report) -> Vec<String> {
    let lines = report.org_steps.iter();
    lines.map(|it| format!("- {} {}: {} ({})", it.kind, it.outcome, it.target, it.cause)).collect()
}

fn totals(report: &Report) -> Vec<String> {
    let mut kinds: BTreeMap<(Kind, Outcome), usize> = BTreeMap::new();
    for it in &report.steps {
        *kinds.entry((it.kind, it.outcome)).or_default() += 1;
    }
    let lines = kinds.into_iter();
    lines.map(|((kind, outcome), count)| format!("{count:>6} {kind} {outcome}")).collect()
}

fn skips(report: &Report) -> Vec<String> {
    let mut by_code: BTreeMap<FindingCode, Vec<String>> = BTreeMap::new();
    for it in report.findings.iter().filter(|it| it.severity != Severity::Held) {
        by_code.entry(it.code).or_default().push(format!("- {}: {}", it.subject, it.detail));
    }
    let mut res = Vec::new();
    for (code, lines) in by_code {
        let more = lines.len().saturating_sub(SHOWN);
        res.extend(lines.into_iter().take(SHOWN));
        if more > 0 {
            res.push(format!("- and {more} more of {code}"));
        }
    }
    res
}
