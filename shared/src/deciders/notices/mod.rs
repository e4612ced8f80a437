//! Who is told what after a run, in plain sentences.
//!
//! One message per run and audience, however many people are in it. The key says when two
//! messages are the same one, so that a finding which stays for a week is mailed once.

pub mod ahead;
mod bounds;
mod once;
mod reconciliation;
mod tiers;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

use super::{
    digest,
    report::{Report, Taken},
};
use crate::words::{
    action::{Kind, Outcome},
    finding::{FindingCode, Severity},
    flow::Flow,
    ids::{Login, PersonId},
    notice::{Audience, Notice},
};

/// What people call somebody.
pub type Names = BTreeMap<PersonId, Arc<str>>;

/// How messages begin, and how many people one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// People that one message names; the others are counted.
    pub most_people: usize,
    /// Of leavers. `{people}` stands for how many, here and below.
    pub left: Arc<str>,
    /// Of joiners.
    pub provisioned: Arc<str>,
    /// Of changed access.
    pub changed: Arc<str>,
    /// Of changed tiers.
    pub tiers: Arc<str>,
}

/// Everything that has to be told after a run. A dry run tells nobody. `deceased` are people who
/// HR says have died: they are in no ordinary message (hr-case 19).
pub fn compose(
    report: &Report,
    names: &Names,
    deceased: &BTreeSet<PersonId>,
    wording: &Wording,
) -> Vec<Notice> {
    let most = wording.most_people;
    if report.dry_run {
        return Vec::new();
    }
    let mut res = Vec::new();
    res.extend(doubts(report));
    res.extend(reservations(report));
    let mut people = by_person(report);
    res.extend(condolences(report, &people, names, deceased));
    people.retain(|it, _| !deceased.contains(*it));
    let (left, others): (Vec<_>, Vec<_>) = people.iter().partition(|(_, it)| is_leaver(it));
    let arrived = [Kind::Create, Kind::Activate, Kind::Reactivate];
    let (came, stayed): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|(_, steps)| has_done(steps, &arrived));

    let body = list(&left, names, &[Kind::Suspend, Kind::Deactivate, Kind::LeaveGroup]);
    for audience in [Audience::Security, Audience::Hr] {
        res.extend(digest(report, audience, "lost access", (&wording.left, most), &body));
    }
    let body = list(&left, names, &[Kind::Archive]);
    for audience in [Audience::It, Audience::Hr] {
        res.extend(final_report(report, audience, &body));
    }
    let body = list(&came, names, &arrived);
    for audience in [Audience::It, Audience::Hr] {
        res.extend(digest(report, audience, "got access", (&wording.provisioned, most), &body));
    }
    let tiers = [Kind::RaiseTier, Kind::LowerTier];
    let body = list(&stayed, names, &tiers);
    res.extend(digest(
        report,
        Audience::Security,
        "changed MFA tier",
        (&wording.tiers, most),
        &body,
    ));
    res.extend(tiers::policies(report));
    match report.flow {
        Flow::OrgSync => res.extend(reconciliation::notice(report, names)),
        Flow::Offboarding
        | Flow::NewHire
        | Flow::ProfileSync
        | Flow::Contractor
        | Flow::MfaPolicy => {
            let bearing = [
                Kind::JoinGroup,
                Kind::LeaveGroup,
                Kind::AssignApp,
                Kind::UnassignApp,
                Kind::Suspend,
                Kind::Unsuspend,
                Kind::RenameLogin,
            ];
            let body = list(&stayed, names, &bearing);
            res.extend(digest(
                report,
                Audience::It,
                "changed access",
                (&wording.changed, most),
                &body,
            ));
            res.extend(trouble(report));
        }
    }
    res.extend(once::notices(report, names));
    res.extend(drift(report));
    res.extend(missing(report));
    res.extend(waiting(report));
    res.into_iter().map(bounds::bounded).collect()
}

type Lines<'a> = BTreeMap<&'a PersonId, Vec<&'a Taken>>;

fn by_person(report: &Report) -> Lines<'_> {
    let mut res = Lines::new();
    for it in &report.steps {
        res.entry(&it.person).or_default().push(it);
    }
    res
}

/// Whether somebody has to hear of a step that came out like this.
fn was_taken(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Done | Outcome::Verified | Outcome::Failed | Outcome::Skipped => true,
        Outcome::Planned | Outcome::Held => false,
    }
}

/// Whether these are steps of the leaver sequence.
fn is_leaver(steps: &[&Taken]) -> bool {
    let closing = [Kind::SaveUndo, Kind::Deactivate];
    let opening = [Kind::Create, Kind::Activate, Kind::Reactivate];
    has_done(steps, &closing) && !has_done(steps, &opening)
}

fn has_done(steps: &[&Taken], kinds: &[Kind]) -> bool {
    steps.iter().any(|it| kinds.contains(&it.kind) && is_done(it.outcome))
}

/// A paragraph for each person to whom one of `kinds` happened.
fn list(people: &[(&&PersonId, &Vec<&Taken>)], names: &Names, kinds: &[Kind]) -> Vec<String> {
    let touched = people.iter().filter(|(_, steps)| has_done(steps, kinds));
    touched
        .map(|(person, steps)| {
            let login = steps.iter().find_map(|it| it.login.as_ref()).map(Login::as_str);
            let name = names.get(**person).map_or("(no name in HR)", |it| &**it);
            let cause = steps.first().map_or("", |it| it.cause.as_str());
            let mut text = format!("{name}, {}: {cause}\n", login.unwrap_or("no account"));
            for it in steps.iter() {
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

/// `1 person`, `2 people`.
fn counted(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

fn digest(
    report: &Report,
    audience: Audience,
    what: &str,
    (text, most): (&str, usize),
    people: &[String],
) -> Option<Notice> {
    let who = counted(people.len());
    let shown = &people[..people.len().min(most)];
    let more = match people.len() - shown.len() {
        0 => String::new(),
        more => {
            format!("\nand {} more: `rollcall report` and the ledger have all.\n", counted(more))
        }
    };
    (!people.is_empty()).then(|| Notice {
        key: format!("{}/{}/{what}", report.run, audience.as_str()),
        audience,
        to: None,
        subject: format!("Rollcall: {who} {what}"),
        body: format!(
            "{} Run {}, {}.\n\n{}{more}",
            text.replace("{people}", &who),
            report.run,
            report.as_of,
            shown.join("\n"),
        ),
    })
}

/// A word to HR about people who have died.
fn condolences(
    report: &Report,
    people: &Lines<'_>,
    names: &Names,
    deceased: &BTreeSet<PersonId>,
) -> Vec<Notice> {
    let closed = people.iter().filter(|(person, steps)| {
        deceased.contains(**person) && has_done(steps, &[Kind::Suspend, Kind::Deactivate])
    });
    let notices = closed.map(|(person, _)| {
        let name = names.get(*person).map_or("somebody", |it| &**it);
        Notice {
            key: format!("{}/hr/deceased/{person}", report.run),
            audience: Audience::Hr,
            to: None,
            subject: format!("Rollcall: the account of {name} is closed"),
            body: format!(
                "UKG says that {name} has died. The account in Okta is closed, quietly: no mail \
                 was sent to it, and nobody but you was told by Rollcall.\n\n\
                 If that is a mistake, correct UKG and ask IT to run: rollcall undo {person}\n"
            ),
        }
    });
    notices.collect()
}

/// What is left to know about contractors who have gone.
fn final_report(report: &Report, audience: Audience, people: &[String]) -> Option<Notice> {
    let who = counted(people.len());
    (!people.is_empty()).then(|| Notice {
        key: format!("{}/{}/final-report", report.run, audience.as_str()),
        audience,
        to: None,
        subject: format!("Rollcall: final report on {who} whose contract has ended"),
        body: format!(
            "The contract of {who} has ended, and with it all access to Okta. Everything Okta \
             knew of them (profile, groups, apps, roles, links) is kept in the ledger.\n\
             Accounts in apps that Okta does not provision are not closed by this: look at the \
             apps below.\n\
             Run {}, {}.\n\n{}",
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
        to: None,
        subject: format!("Rollcall stopped: {} did not believe what it read", report.flow),
        body: format!(
            "Run {}, {}. Nobody was changed.\n\n{}\n",
            report.run,
            report.as_of,
            reasons.join("\n")
        ),
    })
}

/// A part of HR's answer that is not believed: told every day until somebody has looked.
fn reservations(report: &Report) -> Option<Notice> {
    let tokens: Vec<String> = report.reservations.iter().map(|it| it.doubt.token()).collect();
    let names: Vec<String> =
        tokens.iter().map(|it| it.split('=').next().unwrap_or_default().to_owned()).collect();
    let lines: Vec<String> =
        report.reservations.iter().map(|it| format!("- {}.", it.doubt)).collect();
    let day = report.as_of.strftime("%Y-%m-%d");
    (!lines.is_empty()).then(|| Notice {
        key: format!("reservation/{day}/{}", digest_of(&names)),
        audience: Audience::It,
        to: None,
        subject: "Rollcall leaves people alone: a part of what UKG said is not believed".to_owned(),
        body: format!("Run {}, {}.\n\n{}\n", report.run, report.as_of, lines.join("\n")),
    })
}

/// What others did to accounts against what HR says: a matter for security.
fn drift(report: &Report) -> Option<Notice> {
    let found = report.findings.iter().filter(|it| it.code == FindingCode::Drift);
    let lines: Vec<String> = found.map(|it| format!("- {}: {}.", it.subject, it.detail)).collect();
    (!lines.is_empty()).then(|| Notice {
        key: format!("drift/{}", digest_of(&lines)),
        audience: Audience::Security,
        to: None,
        subject: format!("Rollcall: {} changed outside of HR", accounts(lines.len())),
        body: format!(
            "Somebody changed {} in Okta against what UKG says. Okta's System Log says who and \
             when.\n\n{}\n",
            accounts(lines.len()),
            lines.join("\n")
        ),
    })
}

/// People whom UKG has lost for longer than one read: only HR can say what became of them.
fn missing(report: &Report) -> Vec<Notice> {
    let gone = report
        .findings
        .iter()
        .filter(|it| it.code == FindingCode::MissingFromRoster && it.severity == Severity::Held);
    let (people, lines): (Vec<String>, Vec<String>) = gone
        .map(|it| (it.subject.to_string(), format!("- {}: {}.", it.subject, it.detail)))
        .unzip();
    if people.is_empty() {
        return Vec::new();
    }
    let notice = |audience: Audience| Notice {
        key: format!("missing/{}/{}", audience.as_str(), digest_of(&people)),
        audience,
        to: None,
        subject: format!("Rollcall: {} missing from UKG", counted(people.len())),
        body: format!(
            "UKG does not mention these people any more, and nobody ended their employment. \
             Nothing is changed in Okta: absence is no departure.\n\n{}\n",
            lines.join("\n")
        ),
    };
    [Audience::Hr, Audience::It].map(notice).into()
}

/// What was done to groups and policies, a line each.
fn org_lines(report: &Report) -> Vec<String> {
    let lines = report.org_steps.iter();
    lines.map(|it| format!("- {} {}: {} ({})", it.kind, it.outcome, it.target, it.cause)).collect()
}

fn accounts(count: usize) -> String {
    if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") }
}

/// Examples that a message about a held plan shows.
const EXAMPLES: usize = 10;

fn waiting(report: &Report) -> Vec<Notice> {
    // Whoever said no knows.
    let held = report.held.iter().filter(|it| it.rejected.is_none());
    let notices = held.map(|it| {
        let lines: Vec<_> = it.examples.iter().take(EXAMPLES).map(|it| format!("- {it}")).collect();
        let more = it.examples.len().saturating_sub(lines.len());
        let more = if more > 0 { format!("- and {more} more\n") } else { String::new() };
        let who = match it.people.len() {
            0 => format!("{} times", it.steps.len()),
            people => format!("for {}", counted(people)),
        };
        Notice {
            key: format!("held/{}", it.plan),
            audience: Audience::It,
            to: None,
            subject: format!("Rollcall holds back {} {who}", it.objection.what()),
            body: format!(
                "Why: {}.\n\nNothing in this plan has been done; everything else goes on. In \
                 it, the most telling first:\n\n{}\n{more}\n\
                 To see all of it:    rollcall plans {plan}\n\
                 If UKG is wrong:     correct it there, and the plan goes away.\n\
                 If it is right:      rollcall approve {plan} --why \"...\"\n\
                 \x20                    and the next run of {} carries out these steps and no others.\n\
                 If it must not be:   rollcall reject {plan} --why \"...\"\n",
                it.objection,
                lines.join("\n"),
                report.flow,
                plan = it.plan,
            ),
        }
    });
    notices.collect()
}

fn trouble(report: &Report) -> Option<Notice> {
    let lines = troubles(report);
    (!lines.is_empty()).then(|| Notice {
        key: format!("trouble/{}", digest_of(&lines)),
        audience: Audience::It,
        to: None,
        subject: format!("Rollcall: {} need a look ({})", counted(lines.len()), report.flow),
        body: format!(
            "Nothing was changed for those who are held; everybody else goes on.\n\n{}\n",
            lines.join("\n")
        ),
    })
}

/// A line for everybody who is held by a finding, and for every step that failed.
fn troubles(report: &Report) -> Vec<String> {
    let held = report.findings.iter().filter(|it| it.severity == Severity::Held);
    let failed = report.steps.iter().filter_map(|it| {
        let what = match it.outcome {
            Outcome::Failed => "failed",
            Outcome::Done => "is not to be seen in Okta yet; the next run looks again",
            Outcome::Planned | Outcome::Held | Outcome::Skipped | Outcome::Verified => return None,
        };
        let target = it.target.as_ref().map_or(String::new(), |it| format!(" {it}"));
        Some(format!("- person {}: {}{target} {what}.", it.person, it.kind))
    });
    held.map(|it| format!("- {it}.")).chain(failed).collect()
}

/// Says when two messages of the same lines are the same one.
pub fn digest_of(lines: &[String]) -> String {
    digest::digest_of(&lines.join("\n"))[..16].to_owned()
}
