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

/// A message for each such finding. Whoever stays found is not looked at in every run, so that one
/// message of several findings would be a new one whenever another set of them was seen.
pub(super) fn notices(report: &Report, names: &Names) -> Vec<Notice> {
    let told = report.findings.iter().flat_map(|it| audiences(it).iter().map(move |to| (it, *to)));
    told.map(|(finding, to)| notice(finding, to, names)).collect()
}

/// Who has to hear of a finding by a message of its own. Whoever is held is told to IT anyhow.
fn audiences(finding: &Finding) -> &'static [Audience] {
    match finding.code {
        // Whether access ends by a guess or the person is held: only HR knows the true end.
        FindingCode::NoEndDate | FindingCode::EndTooFar | FindingCode::EndLongPast => {
            &[Audience::Hr]
        }
        FindingCode::NoFreeLogin if finding.severity == Severity::Held => &[],
        FindingCode::StartMoved => &[Audience::It, Audience::Hr],
        FindingCode::NoFreeLogin => &[Audience::It],
        FindingCode::MalformedRow
        | FindingCode::OrphanRow
        | FindingCode::ConflictingRows
        | FindingCode::UnknownStatus
        | FindingCode::UnknownType
        | FindingCode::UnknownReason
        | FindingCode::NoTerminationDate
        | FindingCode::NoStartDate
        | FindingCode::ContradictingDates
        | FindingCode::TransferWithoutArrival
        | FindingCode::UnknownZone
        | FindingCode::NotEligibleForRehire
        | FindingCode::MissingAttribute
        | FindingCode::ExpressionFailed
        | FindingCode::BadLogin
        | FindingCode::AdoptionCandidate
        | FindingCode::TwoAccounts
        | FindingCode::MasteredElsewhere
        | FindingCode::Protected
        | FindingCode::MissingGroup
        | FindingCode::AmbiguousGroup
        | FindingCode::MissingApp
        | FindingCode::ForeignGroup
        | FindingCode::RuleManagedMember
        | FindingCode::ManagerUnresolved
        | FindingCode::ManagerCycle
        | FindingCode::MissingFromRoster
        | FindingCode::StuckStatus
        | FindingCode::Drift
        | FindingCode::UnknownJob
        | FindingCode::OnHold
        | FindingCode::StrangersInGroup
        | FindingCode::AddedByHand
        | FindingCode::AppByGroup
        | FindingCode::MfaPolicy
        | FindingCode::Refused
        | FindingCode::NotVerified => &[],
    }
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
