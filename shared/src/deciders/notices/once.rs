//! Findings about one person that somebody besides IT has to hear of, or that hold nobody back and
//! must be heard of all the same: each once.

use super::{Names, digest_of};
use crate::{
    deciders::report::Report,
    words::{
        finding::{Finding, FindingCode, Severity, Subject},
        notice::{Audience, Notice},
    },
};

/// Which findings, and who has to hear of them. Whoever is held is told to IT anyhow.
const TOLD: &[(FindingCode, &[Audience])] = &[
    // Whether access ends by a guess or the person is held: only HR knows the true end.
    (FindingCode::NoEndDate, &[Audience::Hr]),
    (FindingCode::EndTooFar, &[Audience::Hr]),
    (FindingCode::EndLongPast, &[Audience::Hr]),
    (FindingCode::StartMoved, &[Audience::It, Audience::Hr]),
    (FindingCode::NoFreeLogin, &[Audience::It]),
];

/// A message for each such finding. Whoever stays found is not looked at in every run, so that one
/// message of several findings would be a new one whenever another set of them was seen.
pub(super) fn notices(report: &Report, names: &Names) -> Vec<Notice> {
    let told = report.findings.iter().flat_map(|finding| {
        let known = TOLD.iter().filter(|(code, _)| *code == finding.code);
        // Who is held for want of a login is among those who need a look.
        let is_told =
            finding.code == FindingCode::NoFreeLogin && finding.severity == Severity::Held;
        let audiences = known.filter(move |_| !is_told).flat_map(|(_, audiences)| *audiences);
        audiences.map(move |to| notice(finding, *to, names))
    });
    told.collect()
}

fn notice(finding: &Finding, audience: Audience, names: &Names) -> Notice {
    let Finding { subject, code, severity: _, detail } = finding;
    let name = match subject {
        Subject::Person(id) => names.get(id),
        Subject::Employee(_)
        | Subject::Row(_)
        | Subject::User(_)
        | Subject::Group(_)
        | Subject::Named(_)
        | Subject::Run => None,
    };
    let who = match name {
        Some(name) => format!("{name} ({subject})"),
        None => subject.to_string(),
    };
    let line = format!("{subject}: {detail}");
    Notice {
        key: format!("once/{code}/{}/{}", audience.as_str(), digest_of(&[line])),
        audience,
        to: None,
        subject: format!("Rollcall: {} needs a look ({code})", name.map_or("somebody", |it| it)),
        body: format!("{who}: {detail}.\n"),
    }
}
