//! The reconciliation report: every change, every skip with its reason, and the totals.

use std::{collections::BTreeMap, fmt::Write};

use super::{Names, by_person, counted, digest_of, list, org_lines, troubles, was_taken};
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

/// What nobody hears of otherwise, so that it is a reason to write even when nothing was changed.
const WORTH_A_MESSAGE: [FindingCode; 7] = [
    FindingCode::AddedByHand,
    FindingCode::StrangersInGroup,
    FindingCode::MissingGroup,
    FindingCode::AmbiguousGroup,
    FindingCode::ForeignGroup,
    FindingCode::MissingApp,
    FindingCode::ManagerCycle,
];

/// The report to IT. When nothing was changed, what has to be told all the same is told once:
/// nobody needs the same list every morning.
pub(super) fn notice(report: &Report, names: &Names) -> Option<Notice> {
    let groups = report.org_steps.iter().filter(|it| was_taken(it.outcome)).count();
    let has_changed = groups > 0 || report.steps.iter().any(|it| was_taken(it.outcome));
    let news = report.findings.iter().filter(|it| WORTH_A_MESSAGE.contains(&it.code));
    let news: Vec<String> = news.map(|it| format!("{}: {}", it.subject, it.detail)).collect();
    let what = match (has_changed, groups) {
        (false, _) if news.is_empty() => return None,
        (false, _) => "changed nothing".to_owned(),
        (true, 0) => format!("changed {}", counted(report.changed_people())),
        (true, 1) => format!("changed {} and 1 group", counted(report.changed_people())),
        (true, _) => format!("changed {} and {groups} groups", counted(report.changed_people())),
    };
    let key = match has_changed {
        true => format!("{}/it/reconciliation", report.run),
        false => format!("reconciliation/{}", digest_of(&news)),
    };
    let mut body = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        body,
        "Everybody in UKG was compared with Okta: {} seen, {} changed, {} held, {} failed. Run {}, \
         {}.\n",
        counted(report.seen),
        report.changed_people(),
        report.held_people(),
        report.failed_people(),
        report.run,
        report.as_of,
    );
    section(&mut body, "Groups", &org_lines(report));
    section(&mut body, "Totals", &totals(report));
    let people = by_person(report);
    let people: Vec<_> = people.iter().collect();
    section(&mut body, "People", &list(&people, names, &Kind::ALL));
    section(&mut body, "Held, until somebody has looked", &troubles(report));
    section(&mut body, "Left as it is, and why", &skips(report));
    Some(Notice {
        key,
        audience: Audience::It,
        to: None,
        subject: format!("Rollcall: reconciliation {what}"),
        body,
    })
}

fn section(body: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(body, "{title}\n{}\n", lines.join("\n"));
    }
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
