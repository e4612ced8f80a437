//! One run of one flow, from the lease to the last message.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Error, Office, Progress, Request,
    belief::{self, Belief},
    contract_ends, foresee,
    held::Desk,
    holds,
    hr_side::{self, HrSide},
    keep::Keeper,
    lease, leaver_ends,
    look::Lens,
    memory::Memory,
    pass::Passes,
    standstill::{self, Beginning, Glance},
    tell,
    untold::Untold,
    witness::Witness,
};
use crate::{
    deciders::{guard, mapping::Memo, report::Report},
    doors::ledger::{Exit, Lease},
    words::{
        finding::{Finding, FindingCode, Subject},
        flow::Flow,
        ids::{PersonId, RunId},
    },
};

/// A second pass writes managers who got their account in the first; a third finds nothing.
const PASSES: usize = 2;

/// Runs one flow once.
///
/// # Guarantees
/// * Nothing is planned from a read that [`guard`] does not believe.
/// * Every step is in the ledger before it is taken, and its outcome after it.
/// * Run again with nothing changed, it does nothing.
///
/// # Errors
/// When UKG, Okta or the ledger cannot be worked with at all. What was done until then is in the
/// ledger, and the next run goes on from what it finds.
pub async fn run(office: &Office, request: &Request) -> Result<Report, Error> {
    let asked = match standstill::glance(office, request).await? {
        Glance::Nothing(report) => {
            tracing::info!(
                run.id = report.run.as_str(),
                flow = report.flow.as_str(),
                duration_ms = report.duration_ms,
                people.seen = report.seen,
                people.held = report.held_people(),
                calls.ukg = report.calls.ukg,
                "nothing is new"
            );
            return Ok(report);
        }
        Glance::News(asked) => asked,
    };
    let began = (office.clock)();
    let calls = (office.ukg.calls(), office.okta.calls().made);
    let mut lease = if request.dry_run {
        None
    } else {
        Some(lease::take(office, request.flow.as_str(), &request.holder).await?)
    };
    let run = lease
        .as_ref()
        .map_or_else(|| RunId::from(format!("{}-dry", request.flow)), |it| it.run().clone());
    let mut report = Report::new(run, request.flow, request.as_of, &office.policy.hash);
    report.dry_run = request.dry_run;
    let held = lease.clone();
    let going = Run {
        office,
        request,
        lease: held.as_ref(),
        report: &mut report,
        held: BTreeSet::new(),
        untold: Untold::default(),
    }
    .go(asked.answer(held.as_ref()));
    let outcome = tokio::select! {
        outcome = going => outcome,
        // Ends only when another run has taken over; going on would mean two at work.
        lost = lease::keep_alive(office, lease.as_mut()) => Err(lost),
        late = lease::run_out(office, request) => Err(late),
    };
    let ended = (office.clock)();
    report.calls.ukg = office.ukg.calls() - calls.0;
    report.calls.okta = office.okta.calls().made - calls.1;
    report.duration_ms = u64::try_from(ended.duration_since(began).as_millis()).unwrap_or(0);
    log_end(&report, outcome.as_ref().err());
    if let Some(lease) = lease {
        let witness = Witness::of(office, &lease, request.as_of);
        let sealed = witness.seal(request.flow.as_str()).await;
        let status = if outcome.is_ok() { report.ending().exit_status() } else { 1 };
        let mut counts = counts(&report);
        let allowances = office.okta.reader().allowances();
        let allowed: u64 = allowances.iter().map(|it| u64::from(it.ours)).sum();
        counts.extend((allowed > 0).then(|| ("okta_budget".to_owned(), allowed)));
        let exit = Exit { at: ended, status, counts };
        let finished = office.ledger.finish_run(lease, exit).await;
        // What went wrong first is what a person must hear.
        outcome?;
        sealed?;
        finished?;
        return Ok(report);
    }
    outcome.map(|()| report)
}

/// One line for each run: shared/observing.md names the fields.
fn log_end(report: &Report, error: Option<&Error>) {
    let (run, flow) = (report.run.as_str(), report.flow.as_str());
    let (changed, held) = (report.changed_people(), report.held_people());
    let failed = report.failed_people();
    let duration_ms = report.duration_ms;
    if let Some(error) = error {
        let advice = error.advice();
        tracing::error!(run.id = run, flow, duration_ms, advice, "run failed: {error}");
    } else if !report.doubts.is_empty() {
        let doubts = report.doubts.len();
        tracing::error!(run.id = run, flow, duration_ms, doubts, "run stopped before planning");
    } else {
        tracing::info!(
            run.id = run,
            flow,
            duration_ms,
            people.seen = report.seen,
            people.changed = changed,
            people.held = held,
            people.failed = failed,
            people.remaining = report.remaining,
            calls.okta = report.calls.okta,
            calls.ukg = report.calls.ukg,
            "run ended"
        );
    }
}

fn counts(report: &Report) -> BTreeMap<String, u64> {
    let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
    BTreeMap::from([
        ("seen".to_owned(), count(report.seen)),
        ("changed".to_owned(), count(report.changed_people())),
        ("held".to_owned(), count(report.held_people())),
        ("failed".to_owned(), count(report.failed_people())),
        ("okta_calls".to_owned(), report.calls.okta),
        ("okta_minimum".to_owned(), report.calls.okta_minimum),
        ("ukg_calls".to_owned(), report.calls.ukg),
    ])
}

/// A run under way.
pub(super) struct Run<'a> {
    pub(super) office: &'a Office,
    pub(super) request: &'a Request,
    pub(super) lease: Option<&'a Lease>,
    pub(super) report: &'a mut Report,
    /// Everybody whom what HR's rows say holds back, whichever flow tells it.
    pub(super) held: BTreeSet<PersonId>,
    /// What earlier runs did and told nobody of.
    pub(super) untold: Untold,
}

impl Run<'_> {
    /// `answer` is what HR said a moment ago, if it was asked.
    async fn go(mut self, answer: Option<Result<hr_side::Answer, Error>>) -> Result<(), Error> {
        let Office { policy, ledger, .. } = self.office;
        let calls = self.office.okta.calls().made;
        (self.request.progress)(Progress::ReadingHr);
        let answer = match answer {
            Some(answer) => answer?,
            None => hr_side::ask(&self.office.ukg).await?,
        };
        // Before anything is loaded: what others write from here on is news.
        let beginning = Beginning::of(self.office, self.request, &answer).await?;
        let mut memory = Memory::load(ledger).await?;
        if let Some(lease) = self.lease {
            self.untold = Untold::load(ledger, lease, self.request.flow, &memory).await?;
        }
        let hr = HrSide::of(answer, policy, self.request.as_of);
        self.report.seen = hr.roster.ids().len();
        self.report.findings = hr.findings.clone();
        self.report.findings.extend(hr.missing(&memory));
        self.report.findings.extend(hr.nameless(&memory));
        self.held = guard::held_people(&self.report.findings);
        self.keep_our_findings(&hr, &memory);
        let strangers = self.request.people.iter().filter(|it| !hr.roster.has(it));
        self.report.findings.extend(strangers.map(|it| {
            Finding::warning(
                Subject::Person(it.clone()),
                FindingCode::MissingFromRoster,
                "was asked for and is not in UKG; a person is named by UKG's personId",
            )
        }));
        let Belief { doubts, reservations, alone } =
            belief::judge(self.office, self.request, &hr, &memory);
        self.report.doubts = doubts;
        self.report.reservations = reservations;
        self.held.extend(alone);
        let is_partial = self.report.is_partial();
        if is_partial {
            // Nobody is missing from a read that was not whole.
            self.report.findings.retain(|it| it.code != FindingCode::MissingFromRoster);
        }
        if self.report.doubts.is_empty() {
            if let Some(lease) = self.lease {
                let as_of = self.request.as_of;
                foresee::foresee(self.office, lease, &hr, &mut memory, as_of).await?;
            }
            let outcome = self.passes(&hr, &mut memory).await;
            if let (Some(lease), []) = (self.lease, &*self.report.doubts) {
                let keeper = Keeper { office: self.office, request: self.request, lease, hr: &hr };
                let looked_at = outcome.as_ref().ok().cloned().unwrap_or_default();
                let found_done =
                    keeper.settle_interrupted(&memory, &looked_at, &self.report.steps).await?;
                self.report.steps.extend(found_done);
                keeper.roster(&memory, &self.report.reservations).await?;
                if self.request.flow == Flow::OrgSync && !is_partial {
                    let long_missing = keeper.missing(&memory).await?;
                    self.report.findings.extend(long_missing);
                }
                holds::tend(self.office, &memory, &hr, self.request.as_of).await?;
                if self.request.people.is_empty() {
                    self.note_held(lease).await?;
                }
                let is_full = !is_partial
                    && self.request.flow == Flow::OrgSync
                    && self.request.people.is_empty();
                if let (true, Ok(looked_at)) = (is_full, &outcome) {
                    self.count_everybody(lease, &hr, &memory, looked_at).await?;
                }
            }
            self.tidy_findings();
            // What was done is told even when the run could not go on.
            self.tell(&hr, &memory).await?;
            if let (Some(beginning), Some(lease), Ok(_)) = (beginning, self.lease, &outcome) {
                let memo = Memo::default();
                let lens = self.lens(&hr, &memory, &memo);
                let calls = self.office.okta.calls().made - calls;
                beginning.remember(self.office, lease, self.report, &lens, calls).await?;
            }
            return outcome.map(|_| ());
        }
        self.tidy_findings();
        self.tell(&hr, &memory).await
    }

    async fn tell(&self, hr: &HrSide, memory: &Memory) -> Result<(), Error> {
        if self.request.dry_run {
            return Ok(());
        }
        let is_believed = self.report.doubts.is_empty();
        let ahead = match (self.lease, self.request.flow) {
            (Some(lease), Flow::Contractor) if is_believed => {
                contract_ends::notices(self.office, self.request, lease, hr, memory).await?
            }
            (Some(_), Flow::Offboarding) if is_believed => {
                leaver_ends::notices(self.office, self.request, hr, memory)
            }
            (Some(_) | None, _) => Vec::new(),
        };
        tell::tell(self.office, &self.untold.reports(self.report), hr, ahead).await
    }

    fn tidy_findings(&mut self) {
        self.report.findings.sort();
        self.report.findings.dedup();
    }

    /// Plans and applies until nothing follows from what was done; returns who was looked at.
    async fn passes(
        &mut self,
        hr: &HrSide,
        memory: &mut Memory,
    ) -> Result<BTreeSet<PersonId>, Error> {
        let desk = Desk::load(self.office).await?;
        self.report.findings.extend(desk.findings());
        let mut state = Passes::new(desk);
        for pass in 0..PASSES {
            let before = state.touched.len();
            self.pass(hr, memory, &mut state, pass).await?;
            let is_over = !self.report.doubts.is_empty() || self.request.dry_run;
            if is_over || state.touched.len() == before {
                break;
            }
        }
        Ok(state.looked_at)
    }

    /// Leaves out what another flow tells: each person's findings are told by the everyday flow
    /// that looks after the person, a contractor's by the contractors' flow as well, and all of
    /// them by the reconciliation.
    pub(super) fn is_ours_to_tell(&self, finding: &Finding, lens: &Lens<'_>) -> bool {
        let flow = self.request.flow;
        match &finding.subject {
            Subject::Person(id) => {
                let person = lens.hr.roster.person(id);
                let everyday = person
                    .as_ref()
                    .map_or(Flow::Offboarding, |it| lens.flow_of(it).unwrap_or(Flow::NewHire));
                match flow {
                    Flow::Offboarding | Flow::NewHire | Flow::ProfileSync => flow == everyday,
                    Flow::Contractor => person.is_some_and(|it| it.primary().is_contingent),
                    Flow::OrgSync => true,
                    Flow::MfaPolicy => false,
                }
            }
            // Unreadable rows hold leavers back, so every flow must see them.
            Subject::Row(_) => true,
            Subject::Employee(_)
            | Subject::User(_)
            | Subject::Group(_)
            | Subject::Named(_)
            | Subject::Run => matches!(flow, Flow::ProfileSync | Flow::OrgSync),
        }
    }

    fn keep_our_findings(&mut self, hr: &HrSide, memory: &Memory) {
        let memo = Memo::default();
        let lens = self.lens(hr, memory, &memo);
        let mut findings = std::mem::take(&mut self.report.findings);
        findings.retain(|it| self.is_ours_to_tell(it, &lens));
        self.report.findings = findings;
    }
}
