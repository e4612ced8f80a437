//! Polls without news: they ask HR, compare, and end.
//!
//! Most polls find nothing. Such a poll takes no lease, loads nothing about anybody and asks Okta
//! nothing: it sees that everything the last whole run decided from is as it was then.

use jiff::Timestamp;

use super::{Depth, Error, Office, Progress, Request, belief, hr_side, look::Lens};
use crate::{
    deciders::{
        report::{Calls, Report},
        standstill,
    },
    doors::ledger::{self, Lease, Marks},
    words::{flow::Flow, ids::RunId},
};

/// What a poll saw before it took its lease.
pub(super) enum Glance {
    /// Nothing can have changed: this is what a whole run would report.
    Nothing(Report),
    /// Something may have changed.
    News(Asked),
}

/// What HR said before the lease was taken.
#[derive(Default)]
pub(super) struct Asked {
    /// The last run that had nothing to do, and HR's answer since.
    answer: Option<(RunId, Result<hr_side::Answer, Error>)>,
}

impl Asked {
    /// The answer, unless another run of the flow may have known more since.
    pub(super) fn answer(self, lease: Option<&Lease>) -> Option<Result<hr_side::Answer, Error>> {
        let (run, answer) = self.answer?;
        lease.is_some_and(|it| it.follows(&run)).then_some(answer)
    }
}

/// Looks whether anything can have changed since the flow had nothing to do.
///
/// # Errors
/// When the ledger fails. What UKG has to say is for the run.
pub(super) async fn glance(office: &Office, request: &Request) -> Result<Glance, Error> {
    let flow = request.flow.as_str();
    if !may_stand_still(request) {
        return Ok(Glance::News(Asked::default()));
    }
    let known = office.ledger.standstill(flow).await?;
    let known = known.filter(|it| it.from <= request.as_of && request.as_of < it.until);
    let Some(known) = known else { return Ok(Glance::News(Asked::default())) };
    let has_moved = office.ledger.marks(None).await?.is_none_or(|it| it != known.marks);
    // Messages that could not be sent are tried again by every run.
    if has_moved || !office.ledger.unsent_notices().await?.is_empty() {
        return Ok(Glance::News(Asked::default()));
    }
    let began = (office.clock)();
    let calls = office.ukg.calls();
    (request.progress)(Progress::ReadingHr);
    let answer = match hr_side::ask(&office.ukg).await {
        Ok(answer) => answer,
        Err(error) => {
            let answer = Some((known.run, Err(error)));
            return Ok(Glance::News(Asked { answer }));
        }
    };
    if known.found != found(office, &answer) {
        return Ok(Glance::News(Asked { answer: Some((known.run, Ok(answer))) }));
    }
    let lasted = (office.clock)().duration_since(began).as_millis();
    let mut report = Report::new(known.run, request.flow, request.as_of, &office.policy.hash);
    report.seen = known.seen;
    report.findings = known.findings;
    report.calls = Calls { ukg: office.ukg.calls() - calls, ..Calls::default() };
    report.duration_ms = u64::try_from(lasted).unwrap_or(0);
    Ok(Glance::Nothing(report))
}

/// Whether a run is a poll: for everybody, now, as closely as usual. Flows that compare everybody
/// with Okta find what others did there, so none of theirs is in vain.
fn may_stand_still(request: &Request) -> bool {
    let Request { flow, dry_run, people, depth, accepted, shard, .. } = request;
    let is_poll = match flow {
        Flow::Offboarding | Flow::NewHire | Flow::ProfileSync | Flow::Contractor => true,
        Flow::OrgSync | Flow::MfaPolicy => false,
    };
    is_poll
        && !dry_run
        && people.is_empty()
        && *depth == Depth::Changed
        && accepted.is_empty()
        && shard.is_none()
}

fn found(office: &Office, answer: &hr_side::Answer) -> String {
    let hr_side::Answer { people, catalog, findings } = answer;
    let tenants = belief::tenants(office);
    standstill::found(&office.policy.hash, &tenants, people, catalog, findings)
}

/// What a run knows at its beginning of the standstill that it may find.
pub(super) struct Beginning {
    found: String,
    marks: Marks,
}

impl Beginning {
    /// `None` where polls do not stand still, or another run is at work.
    pub(super) async fn of(
        office: &Office,
        request: &Request,
        answer: &hr_side::Answer,
    ) -> Result<Option<Self>, Error> {
        if !may_stand_still(request) {
            return Ok(None);
        }
        let marks = office.ledger.marks(Some(request.flow.as_str())).await?;
        Ok(marks.map(|marks| Self { found: found(office, answer), marks }))
    }

    /// Remembers that there was nothing to do, if there was nothing: whoever had to be looked at
    /// in Okta is looked at again by the next poll.
    pub(super) async fn remember(
        self,
        office: &Office,
        lease: &Lease,
        report: &Report,
        lens: &Lens<'_>,
        okta_calls: u64,
    ) -> Result<(), Error> {
        let Report { steps, org_steps, held, off, doubts, reservations, remaining, .. } = report;
        let had_nothing_to_do = steps.is_empty()
            && org_steps.is_empty()
            && held.is_empty()
            && off.is_empty()
            && doubts.is_empty()
            && reservations.is_empty()
            && *remaining == 0
            && okta_calls == 0;
        if !had_nothing_to_do {
            return Ok(());
        }
        let Self { found, marks } = self;
        let standstill = ledger::Standstill {
            run: report.run.clone(),
            found,
            marks,
            from: report.as_of,
            until: lasts_until(lens),
            seen: report.seen,
            findings: report.findings.clone(),
        };
        let flow = report.flow.as_str();
        Ok(office.ledger.note_standstill(lease.fence(), flow, standstill).await?)
    }
}

fn lasts_until(lens: &Lens<'_>) -> Timestamp {
    let Lens { policy, hr, memory, as_of, memo: _ } = lens;
    let persons = hr.roster.persons().map(|it| {
        let before = memory.before(&it.id);
        (it, before)
    });
    let rules = &policy.lifecycle;
    let states = hr.roster.ids().iter().filter_map(|it| memory.state(it));
    let later = states.flat_map(|it| {
        let since = it.tier.as_ref().and_then(|it| it.lower_since);
        let lowers = since.and_then(|it| policy.mfa.as_ref()?.lowers_at(it));
        let blank = it.blank_since.map(|it| policy.hr.blanks_borne_until(it));
        [lowers, blank].into_iter().flatten()
    });
    let later = later.filter(|it| as_of < it);
    later.fold(standstill::lasts_until(persons, rules, *as_of), Timestamp::min)
}
