//! Who is told what after a run, in plain sentences.
//!
//! One message per run and audience, however many people are in it. The key says when two
//! messages are the same one, so that a finding which stays for a week is mailed once.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use sha2::{Digest, Sha256};

use super::{
    plan::hex,
    report::{Report, Taken},
};
use crate::words::{
    action::{Kind, Outcome},
    finding::Severity,
    flow::Flow,
    ids::{Login, PersonId},
    notice::{Audience, Notice},
};

/// What people call somebody.
pub type Names = BTreeMap<PersonId, Arc<str>>;

/// Everything that has to be told after a run. A dry run tells nobody.
pub fn compose(report: &Report, names: &Names) -> Vec<Notice> {
    if report.dry_run {
        return Vec::new();
    }
    let mut res = Vec::new();
    res.extend(doubts(report));
    let people = by_person(report);
    match report.flow {
        Flow::Offboarding => {
            let body = list(&people, names, &[Kind::Suspend, Kind::Deactivate]);
            for audience in [Audience::Security, Audience::Hr] {
                res.extend(digest(report, audience, "lost access", &body));
            }
        }
        Flow::NewHire => {
            let body = list(&people, names, &[Kind::Create, Kind::Activate, Kind::Reactivate]);
            for audience in [Audience::It, Audience::Hr] {
                res.extend(digest(report, audience, "got access", &body));
            }
        }
        Flow::ProfileSync | Flow::Contractor | Flow::OrgSync | Flow::MfaPolicy => {
            let bearing = [
                Kind::JoinGroup,
                Kind::LeaveGroup,
                Kind::AssignApp,
                Kind::UnassignApp,
                Kind::Suspend,
                Kind::Unsuspend,
            ];
            let body = list(&people, names, &bearing);
            res.extend(digest(report, Audience::It, "changed access", &body));
        }
    }
    res.extend(waiting(report));
    res.extend(trouble(report));
    res
}

type Lines<'a> = BTreeMap<&'a PersonId, Vec<&'a Taken>>;

fn by_person(report: &Report) -> Lines<'_> {
    let mut res = Lines::new();
    for it in &report.steps {
        res.entry(&it.person).or_default().push(it);
    }
    res
}

/// A paragraph for each person to whom one of `kinds` happened.
fn list(people: &Lines<'_>, names: &Names, kinds: &[Kind]) -> Vec<String> {
    let touched = people.iter().filter(|(_, steps)| {
        steps.iter().any(|it| kinds.contains(&it.kind) && is_done(it.outcome))
    });
    touched
        .map(|(person, steps)| {
            let login = steps.iter().find_map(|it| it.login.as_ref()).map(Login::as_str);
            let name = names.get(*person).map_or("(no name in HR)", |it| &**it);
            let cause = steps.first().map_or("", |it| it.cause.as_str());
            let mut text = format!("{name}, {}: {cause}\n", login.unwrap_or("no account"));
            for it in steps {
                let target = it.target.as_ref().map_or(String::new(), |it| format!(": {it}"));
                // Writing to a String cannot fail.
                let _ = writeln!(text, "  {} {}{target}", it.kind, it.outcome);
            }
            text
        })
        .collect()
}

fn is_done(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Done | Outcome::Verified => true,
        Outcome::Planned | Outcome::Held | Outcome::Skipped | Outcome::Failed => false,
    }
}

fn digest(report: &Report, audience: Audience, what: &str, people: &[String]) -> Option<Notice> {
    let count = people.len();
    let noun = if count == 1 { "person" } else { "people" };
    (count > 0).then(|| Notice {
        key: format!("{}/{}/{what}", report.run, audience.as_str()),
        audience,
        subject: format!("Rollcall: {count} {noun} {what}"),
        body: format!(
            "{count} {noun} {what} in Okta, as UKG says. Run {}, {}.\n\n{}",
            report.run,
            report.as_of,
            people.join("\n"),
        ),
    })
}

fn doubts(report: &Report) -> Option<Notice> {
    if report.doubts.is_empty() {
        return None;
    }
    let reasons: Vec<_> = report.doubts.iter().map(|it| format!("- {it}.")).collect();
    Some(Notice {
        key: format!("doubt/{}", digest_of(&reasons)),
        audience: Audience::It,
        subject: format!("Rollcall stopped: {} did not believe what it read", report.flow),
        body: format!(
            "Run {}, {}. Nobody was changed.\n\n{}\n",
            report.run,
            report.as_of,
            reasons.join("\n")
        ),
    })
}

fn waiting(report: &Report) -> Vec<Notice> {
    let notices = report.held.iter().map(|it| {
        let people: Vec<_> = it.people.iter().take(10).map(|it| format!("- person {it}")).collect();
        let more = it.people.len().saturating_sub(people.len());
        let more = if more > 0 { format!("- and {more} more\n") } else { String::new() };
        Notice {
            key: format!("held/{}", it.plan),
            audience: Audience::It,
            subject: format!(
                "Rollcall holds back {} for {} people",
                it.objection.kind(),
                it.people.len()
            ),
            body: format!(
                "{}.\n\nNothing in this plan has been done, everything else goes on.\n\n{}\n{more}\n\
                 To see all of it:    rollcall plans {plan}\n\
                 If UKG is wrong:     correct it there, and the plan goes away.\n\
                 If it is right:      rollcall approve {plan} --why \"...\"\n\
                 \x20                    and the next run of {} carries out exactly this plan.\n",
                it.objection,
                people.join("\n"),
                report.flow,
                plan = it.plan,
            ),
        }
    });
    notices.collect()
}

fn trouble(report: &Report) -> Option<Notice> {
    let lines: Vec<String> = report
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Held)
        .map(|it| format!("- {it}."))
        .chain(report.steps.iter().filter(|it| it.outcome == Outcome::Failed).map(|it| {
            let target = it.target.as_ref().map_or(String::new(), |it| format!(" {it}"));
            format!("- person {}: {}{target} failed.", it.person, it.kind)
        }))
        .collect();
    (!lines.is_empty()).then(|| Notice {
        key: format!("trouble/{}/{}", report.flow, digest_of(&lines)),
        audience: Audience::It,
        subject: format!("Rollcall: {} people need a look ({})", lines.len(), report.flow),
        body: format!(
            "Nothing was changed for those who are held; everybody else goes on.\n\n{}\n",
            lines.join("\n")
        ),
    })
}

fn digest_of(lines: &[String]) -> String {
    hex(&Sha256::digest(lines.join("\n").as_bytes()))[..16].to_owned()
}
