//! Accounts for everybody in HR after a full comparison: done, unchanged, held, failed, excluded.
//! Nobody is left over without a word, or the count says so.

use std::collections::{BTreeMap, BTreeSet};

use super::{Error, hr_side::HrSide, memory::Memory, pipeline::Run, witness::Witness};
use crate::{
    deciders::{
        evidence::event::{Counted, Event},
        mapping::Memo,
    },
    doors::ledger::{Census, Lease, Standing},
    words::{
        action::Outcome,
        finding::{Severity, Subject},
        ids::PersonId,
    },
};

/// Findings in one count; with more, something is wrong with all of them at once, and the mail
/// says so. With [`MOST_DETAIL`] it keeps the event well below what one record takes.
const MOST_FINDINGS: usize = 400;
/// People that one flow is remembered to hold: 60 bytes each, in one record.
const MOST_HELD: usize = 4000;
/// Characters of what a finding says, in a count.
const MOST_DETAIL: usize = 300;

impl Run<'_> {
    /// Counts everybody, writes the counts into the log and the list beside it, and drops what is
    /// older than the policy keeps.
    pub(super) async fn count_everybody(
        &self,
        lease: &Lease,
        hr: &HrSide,
        memory: &Memory,
        looked_at: &BTreeSet<PersonId>,
    ) -> Result<(), Error> {
        let witness = Witness::of(self.office, lease, self.request.as_of);
        let at = witness.now();
        let run = lease.run().clone();
        let elsewhere = self.office.ledger.held_people().await?;
        let people = self.standings(hr, memory, looked_at, &elsewhere);
        let census = Census { run: run.clone(), at, people };
        let count = |state: &str| {
            let all = census.people.iter().filter(|it| it.state == state).count();
            u64::try_from(all).unwrap_or(u64::MAX)
        };
        let findings = self.report.findings.iter().filter(|it| it.severity != Severity::Note);
        let findings = findings.take(MOST_FINDINGS).map(|it| {
            let subject = match &it.subject {
                Subject::Person(id) => id.to_string(),
                other @ (Subject::Employee(_)
                | Subject::Row(_)
                | Subject::User(_)
                | Subject::Group(_)
                | Subject::Named(_)
                | Subject::Run) => other.to_string(),
            };
            let detail = it.detail.chars().take(MOST_DETAIL).collect();
            [subject, it.code.as_str().to_owned(), it.severity.to_string(), detail]
        });
        let counted = Counted {
            at,
            run: Some(run.clone()),
            in_hr: u64::try_from(census.people.len()).unwrap_or(u64::MAX),
            done: count("done"),
            unchanged: count("unchanged"),
            held: count("held"),
            failed: count("failed"),
            excluded: count("excluded"),
            open: count("open"),
            list: census.digest().to_string(),
            findings: findings.collect(),
        };
        let ledger = &self.office.ledger;
        ledger.put_census(lease.fence(), &census).await?;
        witness.say(vec![Event::Counted(counted)]).await?;
        let days = self.office.policy.audit.retention_days;
        ledger.expire_audit(&run, days, at).await?;
        Ok(())
    }

    /// Remembers whom this run holds: the next count needs the word of every flow.
    pub(super) async fn note_held(&self, lease: &Lease) -> Result<(), Error> {
        let findings = self.report.findings.iter();
        let held =
            findings.filter_map(|it| Some((it.holds()?.clone(), it.code.as_str().to_owned())));
        let held: BTreeMap<PersonId, String> = held.take(MOST_HELD).collect();
        let flow = self.request.flow.as_str();
        Ok(self.office.ledger.note_held(lease.fence(), flow, &held).await?)
    }

    fn standings(
        &self,
        hr: &HrSide,
        memory: &Memory,
        looked_at: &BTreeSet<PersonId>,
        elsewhere: &BTreeMap<PersonId, String>,
    ) -> Vec<Standing> {
        let memo = Memo::default();
        let lens = self.lens(hr, memory, &memo);
        let mut held: BTreeMap<&PersonId, String> = BTreeMap::new();
        for it in &self.report.held {
            let plan = format!("plan {} waits for approval", it.plan);
            held.extend(it.people.iter().map(|person| (person, plan.clone())));
        }
        for it in &self.report.findings {
            held.extend(it.holds().map(|person| (person, it.code.as_str().to_owned())));
        }
        let mut steps: BTreeMap<&PersonId, Vec<(Outcome, &'static str)>> = BTreeMap::new();
        for it in &self.report.steps {
            steps.entry(&it.person).or_default().push((it.outcome, it.kind.as_str()));
        }
        let standing = |id: &str, state: &str, reason: String| Standing {
            id: id.to_owned(),
            state: state.to_owned(),
            reason,
        };
        let mut res = Vec::new();
        for person in hr.roster.persons() {
            let steps = steps.get(&person.id).map(Vec::as_slice).unwrap_or_default();
            let mut kinds: Vec<&str> = steps.iter().map(|it| it.1).collect();
            kinds.dedup();
            let is_done = |it: &(Outcome, &str)| it.0 == Outcome::Verified;
            let (state, reason) = if let Some(why) = held.get(&person.id) {
                ("held", why.clone())
            } else if !steps.is_empty() {
                (if steps.iter().all(is_done) { "done" } else { "failed" }, kinds.join(", "))
            } else if looked_at.contains(&person.id) {
                ("unchanged", lens.standing(&person).kind().as_str().to_owned())
            } else if !memory.is_linked(&person.id) && lens.needs_none(&person) {
                ("unchanged", "no account is due".to_owned())
            } else if let Some(why) = elsewhere.get(&person.id) {
                // Whoever has no account of ours yet is the new-hire flow's to look at.
                ("held", why.clone())
            } else {
                ("open", "was not compared".to_owned())
            };
            res.push(standing(person.id.as_str(), state, reason));
        }
        for (employee, by) in &hr.roster.excluded {
            res.push(standing(employee.as_str(), "excluded", (*by).to_owned()));
        }
        // Rows that could be folded into nobody.
        for it in self.report.findings.iter().filter(|it| it.severity == Severity::Held) {
            if let subject @ (Subject::Employee(_) | Subject::Row(_)) = &it.subject {
                res.push(standing(&subject.to_string(), "held", it.code.as_str().to_owned()));
            }
        }
        res
    }
}
