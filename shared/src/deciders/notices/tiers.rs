//! The enrollment policies behind the MFA tiers: what was put right, and what is wrong.

use super::{digest_of, org_lines, was_taken};
use crate::{
    deciders::report::Report,
    words::{
        finding::FindingCode,
        flow::Flow,
        notice::{Audience, Notice},
    },
};

/// A tier means what its policy demands, so security hears of both; IT, who can change it in Okta,
/// of what is wrong.
pub(super) fn policies(report: &Report) -> Vec<Notice> {
    let mut res = Vec::new();
    let is_done = report.org_steps.iter().any(|it| was_taken(it.outcome));
    if report.flow == Flow::MfaPolicy && is_done {
        res.push(Notice {
            key: format!("{}/security/mfa-policies", report.run),
            audience: Audience::Security,
            to: None,
            subject: "Rollcall: MFA policies put right".to_owned(),
            body: format!(
                "Enrollment policies in Okta were not as the tiers need them. What they demand of \
                 people was not touched. Run {}, {}.\n\n{}\n",
                report.run,
                report.as_of,
                org_lines(report).join("\n")
            ),
        });
    }
    let wrong = report.findings.iter().filter(|it| it.code == FindingCode::MfaPolicy);
    let lines: Vec<String> = wrong.map(|it| format!("- {}: {}.", it.subject, it.detail)).collect();
    if lines.is_empty() {
        return res;
    }
    let notice = |audience: Audience| Notice {
        key: format!("mfa-policy/{}/{}", audience.as_str(), digest_of(&lines)),
        audience,
        to: None,
        subject: "Rollcall: MFA policies need a look".to_owned(),
        body: format!(
            "As long as this stands, people may not be asked for the factors of their tier. They \
             are moved between the tiers' groups all the same.\n\n{}\n",
            lines.join("\n")
        ),
    };
    res.extend([Audience::Security, Audience::It].map(notice));
    res
}
