//! What runs that were cut off had done and told nobody of.
//!
//! A step is settled in the ledger as soon as it is verified, and people are told at the end of
//! the run. A process that is killed in between leaves steps that no later run takes again: they
//! are told by the next run of the flow.

use super::{Error, Office, memory::Memory, witness::Witness};
use crate::{
    deciders::report::{OrgTaken, Report, Taken},
    doors::ledger::{Deed, Lease, Ledger, OrgDeed, Settlement},
    words::{action::Outcome, flow::Flow, ids::RunId},
};

/// How many runs in a row may have been cut off, or in doubt. Each of them takes a lease and minutes.
const MOST: u64 = 20;

/// What is left to tell of earlier runs.
#[derive(Debug, Default)]
pub(super) struct Untold {
    /// The run that had begun to tell, with everything it had to tell.
    begun: Option<(RunId, Steps)>,
    /// What nobody has heard of.
    steps: Steps,
    /// Groups and policies at which a run was cut off before it knew whether it had changed them.
    open: Vec<OrgDeed>,
}

#[derive(Clone, Debug, Default)]
struct Steps {
    people: Vec<Taken>,
    org: Vec<OrgTaken>,
}

impl Steps {
    /// What a run did, as far as it is known to have done it.
    async fn of(
        ledger: &Ledger,
        run: &RunId,
        org: Vec<OrgDeed>,
        memory: &Memory,
    ) -> Result<Self, Error> {
        let people = ledger.deeds_of_run(run).await?;
        Ok(Self {
            people: people.into_iter().filter_map(|it| taken(it, memory)).collect(),
            org: org.into_iter().filter_map(taken_on_org).collect(),
        })
    }

    /// These, after those of an earlier run.
    fn after(self, mut earlier: Self) -> Self {
        earlier.people.extend(self.people);
        earlier.org.extend(self.org);
        earlier
    }

    /// A report in which these come before its own.
    fn before(&self, report: &Report) -> Report {
        let mut res = report.clone();
        res.steps = [&*self.people, &*report.steps].concat();
        res.org_steps = [&*self.org, &*report.org_steps].concat();
        res
    }
}

fn taken(Deed { intent, settled }: Deed, memory: &Memory) -> Option<Taken> {
    // What is open is settled, and told, by this run.
    let settled = settled.filter(|it| it.outcome != Outcome::Skipped)?;
    let link = memory.link(&intent.person);
    Some(Taken {
        user: intent.user.or(link.as_ref().map(|it| it.user.clone())),
        login: link.map(|it| it.login),
        person: intent.person,
        kind: intent.kind,
        target: intent.target,
        cause: intent.cause,
        outcome: settled.outcome,
        request_id: settled.request_id,
    })
}

fn taken_on_org(deed: OrgDeed) -> Option<OrgTaken> {
    let OrgDeed { kind, target, cause, settled, .. } = deed;
    let settled = settled?;
    let (outcome, request_id) = (settled.outcome, settled.request_id);
    Some(OrgTaken { kind, target, cause, outcome, request_id })
}

impl Untold {
    /// Looks for runs of the lease's flow that never ended, from the newest to the last that did,
    /// and further back for groups and policies of which nobody knows yet: a run that stopped in
    /// doubt did not look at these.
    ///
    /// # Errors
    /// When the ledger fails.
    pub(super) async fn load(
        ledger: &Ledger,
        lease: &Lease,
        flow: Flow,
        memory: &Memory,
    ) -> Result<Self, Error> {
        let changes_org = match flow {
            Flow::OrgSync | Flow::MfaPolicy => true,
            Flow::Offboarding | Flow::NewHire | Flow::ProfileSync | Flow::Contractor => false,
        };
        let mut runs = ledger.last_runs(lease.flow(), MOST).await?;
        runs.retain(|it| it.id != *lease.run());
        let mut res = Self::default();
        let mut is_told = false;
        for run in runs.into_iter().rev() {
            is_told |= run.exit.is_some();
            // A leaver does not wait for what was done to groups in twenty runs.
            if is_told && !changes_org {
                break;
            }
            let org = ledger.org_deeds_of_run(&run.id).await?;
            res.open.extend(org.iter().filter(|it| it.settled.is_none()).cloned());
            if is_told {
                continue;
            }
            let steps = Steps::of(ledger, &run.id, org, memory).await?;
            match &mut res.begun {
                // What was cut off before it was told by the run that had begun to tell.
                Some((_, told)) => *told = std::mem::take(told).after(steps),
                None if ledger.has_told(&run.id).await? => res.begun = Some((run.id, steps)),
                None => res.steps = std::mem::take(&mut res.steps).after(steps),
            }
        }
        Ok(res)
    }

    /// Closes the book on groups and policies at which a run was cut off, and returns what turned
    /// out to have been done, so that it is told: what this run, which looked at them, did not have
    /// to plan again.
    pub(super) async fn settle(
        &mut self,
        office: &Office,
        lease: &Lease,
        report: &Report,
    ) -> Result<Vec<OrgTaken>, Error> {
        let mut done = Vec::new();
        for mut deed in std::mem::take(&mut self.open) {
            let is_planned = report
                .org_steps
                .iter()
                .any(|it| (it.kind, &it.target) == (deed.kind, &deed.target));
            // What waits for a word is not done either.
            let is_again = is_planned || report.held.iter().any(|it| it.people.is_empty());
            let (outcome, what) = match is_again {
                true => {
                    (Outcome::Skipped, "interrupted, and taken up anew where it is still needed")
                }
                false => (Outcome::Verified, "interrupted, and found done"),
            };
            deed.settled = Some(Settlement {
                outcome,
                request_id: None,
                at: (office.clock)(),
                detail: Some(format!("{what} by {}", lease.run())),
            });
            Witness::of(office, lease, report.as_of).org(&deed).await?;
            office.ledger.note_org_deed(lease.fence(), &deed).await?;
            if !is_again {
                deed.cause =
                    format!("{} (begun by {}, which was interrupted)", deed.cause, deed.run);
                done.extend(taken_on_org(deed));
            }
        }
        Ok(done)
    }

    /// The reports that people are told from: that of the run that had begun to tell, and this
    /// run's with what nobody has heard of.
    pub(super) fn reports(&self, report: &Report) -> Vec<Report> {
        let begun = self.begun.as_ref().map(|(run, steps)| Report {
            run: run.clone(),
            steps: steps.people.clone(),
            org_steps: steps.org.clone(),
            findings: Vec::new(),
            held: Vec::new(),
            doubts: Vec::new(),
            ..report.clone()
        });
        begun.into_iter().chain([self.steps.before(report)]).collect()
    }
}
