//! One run of one flow, from the lease to the last message.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Depth, Error, Office, Progress, Request,
    apply::{self, Site},
    by_group,
    draft::{Aim, Draft},
    held::{self, Desk},
    holds,
    hr_side::{self, HrSide},
    keep::{self, Keeper},
    lease,
    look::{Lens, Look},
    memory::Memory,
    okta_side::{OktaSide, Ours, Wanted},
    org, protection, tell,
};
use crate::{
    deciders::{
        guard::{self, Measure, Parted},
        mapping::Memo,
        plan::{Directory, PersonPlan, Plan},
        report::{Calls, Report, Taken},
        tiers,
    },
    doors::ledger::{Exit, Lease},
    words::{
        action::{Action, ActionKind, Outcome},
        finding::{Finding, FindingCode, Subject},
        flow::Flow,
        ids::{GroupId, PersonId, RunId},
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
    let began = (office.clock)();
    let calls = (office.ukg.calls(), office.okta.calls().made);
    let mut lease = if request.dry_run {
        None
    } else {
        Some(lease::take(office, request.flow.as_str()).await?)
    };
    let run = lease
        .as_ref()
        .map_or_else(|| RunId::from(format!("{}-dry", request.flow)), |it| it.run().clone());
    let mut report = Report {
        run,
        flow: request.flow,
        dry_run: request.dry_run,
        as_of: request.as_of,
        policy: office.policy.hash.clone(),
        seen: 0,
        org_steps: Vec::new(),
        steps: Vec::new(),
        findings: Vec::new(),
        held: Vec::new(),
        doubts: Vec::new(),
        calls: Calls::default(),
        remaining: 0,
        duration_ms: 0,
    };
    let held = lease.clone();
    let going =
        Run { office, request, lease: held.as_ref(), report: &mut report, held: BTreeSet::new() }
            .go();
    let outcome = tokio::select! {
        outcome = going => outcome,
        // Ends only when another run has taken over; going on would mean two at work.
        lost = lease::keep_alive(office, lease.as_mut()) => Err(lost),
    };
    let ended = (office.clock)();
    report.calls.ukg = office.ukg.calls() - calls.0;
    report.calls.okta = office.okta.calls().made - calls.1;
    report.duration_ms = u64::try_from(ended.duration_since(began).as_millis()).unwrap_or(0);
    if let Some(lease) = lease {
        let status = if outcome.is_ok() { report.ending().exit_status() } else { 1 };
        let exit = Exit { at: ended, status, counts: counts(&report) };
        let finished = office.ledger.finish_run(lease, exit).await;
        // What went wrong first is what a person must hear.
        outcome?;
        finished?;
        return Ok(report);
    }
    outcome.map(|()| report)
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

/// What passes hand on to each other.
#[derive(Default)]
struct Passes {
    okta: Option<OktaSide>,
    desk: Desk,
    /// People for whom something was done and verified.
    touched: BTreeSet<PersonId>,
    looked_at: BTreeSet<PersonId>,
}

/// A run under way.
struct Run<'a> {
    office: &'a Office,
    request: &'a Request,
    lease: Option<&'a Lease>,
    report: &'a mut Report,
    /// Everybody whom what HR's rows say holds back, whichever flow tells it.
    held: BTreeSet<PersonId>,
}

impl Run<'_> {
    async fn go(mut self) -> Result<(), Error> {
        let Office { policy, ledger, .. } = self.office;
        (self.request.progress)(Progress::ReadingHr);
        let mut memory = Memory::load(ledger).await?;
        let hr = hr_side::read(&self.office.ukg, policy, self.request.as_of).await?;
        self.report.seen = hr.roster.persons.len();
        self.report.findings = hr.findings.clone();
        self.report.findings.extend(hr.missing(&memory));
        self.report.findings.extend(hr.nameless(&memory));
        self.held = guard::held_people(&self.report.findings);
        self.keep_our_findings(&hr, &memory);
        let strangers = self.request.people.iter().filter(|it| hr.roster.person(it).is_none());
        self.report.findings.extend(strangers.map(|it| {
            Finding::warning(
                Subject::Person(it.clone()),
                FindingCode::MissingFromRoster,
                "was asked for and is not in UKG; a person is named by UKG's personId",
            )
        }));
        self.report.doubts = guard::doubt_roster(
            &hr.roster.counts,
            memory.last_roster.as_ref(),
            &policy.limits,
            self.request.accept_roster,
        );
        if self.report.doubts.is_empty() {
            let outcome = self.passes(&hr, &mut memory).await;
            if let (Some(lease), []) = (self.lease, &*self.report.doubts) {
                let keeper = Keeper { office: self.office, request: self.request, lease, hr: &hr };
                let looked_at = outcome.as_ref().ok().cloned().unwrap_or_default();
                let found_done =
                    keeper.settle_interrupted(&memory, &looked_at, &self.report.steps).await?;
                self.report.steps.extend(found_done);
                keeper.roster(&memory).await?;
                if self.request.flow == Flow::OrgSync {
                    let long_missing = keeper.missing(&memory).await?;
                    self.report.findings.extend(long_missing);
                }
                holds::tend(self.office, &memory, &hr, self.request.as_of).await?;
            }
            self.tidy_findings();
            // What was done is told even when the run could not go on.
            self.tell(&hr, &memory).await?;
            return outcome.map(|_| ());
        }
        self.tidy_findings();
        self.tell(&hr, &memory).await
    }

    async fn tell(&self, hr: &HrSide, memory: &Memory) -> Result<(), Error> {
        if self.request.dry_run {
            return Ok(());
        }
        tell::tell(self.office, self.request, self.report, hr, memory).await
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
        let mut state = Passes { desk, ..Passes::default() };
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
    fn is_ours_to_tell(&self, finding: &Finding, lens: &Lens<'_>) -> bool {
        let flow = self.request.flow;
        match &finding.subject {
            Subject::Person(id) => {
                let person = lens.hr.roster.person(id);
                let everyday = person
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
        let Office { policy, .. } = self.office;
        let memo = Memo::default();
        let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
        let mut findings = std::mem::take(&mut self.report.findings);
        findings.retain(|it| self.is_ours_to_tell(it, &lens));
        self.report.findings = findings;
    }

    /// Plans and applies once. The first pass is for everybody who needs a look, the second for
    /// those whom the first touched.
    async fn pass(
        &mut self,
        hr: &HrSide,
        memory: &mut Memory,
        state: &mut Passes,
        pass: usize,
    ) -> Result<(), Error> {
        let Office { policy, .. } = self.office;
        let memo = Memo::default();
        let mut held = guard::held_people(&self.report.findings);
        held.extend(self.held.iter().cloned());
        let (looks, wanted, problems) = {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            let (looks, wanted, mut problems) =
                self.who_needs_a_look(&lens, &held, &state.touched, pass);
            problems.retain(|it| self.is_ours_to_tell(it, &lens));
            (looks, wanted, problems)
        };
        self.report.findings.extend(problems);
        if looks.is_empty() {
            return Ok(());
        }
        state.looked_at.extend(looks.iter().map(|it| it.person.id.clone()));
        let reader = self.office.okta.reader();
        let flow = self.request.flow;
        let ours = Ours::of(flow, policy, &hr.catalog);
        if state.okta.is_none() {
            (self.request.progress)(Progress::ReadingOkta(looks.len()));
            let side = OktaSide::read(&reader, policy, &ours, memory, &wanted).await?;
            self.report.doubts = side.doubts(&reader, policy, memory, &wanted).await?;
            state.okta = Some(side);
        }
        let Some(side) = state.okta.as_mut().filter(|_| self.report.doubts.is_empty()) else {
            return Ok(());
        };
        let names = wanted_names(&looks);
        if pass == 0 {
            let room = org::Room {
                office: self.office,
                request: self.request,
                lease: self.lease,
                report: self.report,
                desk: &mut state.desk,
                is_installation: memory.group_links.is_empty(),
            };
            let has_changed = match flow {
                Flow::OrgSync => room.groups(side, &names).await?,
                Flow::MfaPolicy => room.policies(&side.directory).await?,
                Flow::Offboarding | Flow::NewHire | Flow::ProfileSync | Flow::Contractor => false,
            };
            if has_changed {
                side.reopen_directory(&reader, &ours, memory).await?;
            }
            self.report.findings.extend(side.directory.findings(&names));
        }
        let kept = keep::recall(&self.office.ledger, &looks).await?;
        let tombs =
            keep::tombstones(&self.office.ledger, &wanted, side, self.request.as_of).await?;

        let mut draft = Draft::new(side, &wanted, kept);
        {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            for (look, wanted) in looks.iter().zip(&wanted) {
                draft.add(&lens, look, wanted, side, &tombs);
            }
        }
        if flow == Flow::MfaPolicy {
            draft.keep_tiers_only();
        }
        by_group::spare(&reader, &mut draft).await?;
        let Draft { parts, settled, found, findings, mut aims, tiers, .. } = draft;
        let told = &mut self.report.findings;
        told.extend(findings);
        let as_of = self.request.as_of;
        let (parts, asks) = holds::uphold(parts, &mut aims, told, memory, hr, as_of);
        if let Some(lease) = self.lease {
            let keeper = Keeper { office: self.office, request: self.request, lease, hr };
            keeper.link_groups(memory, &side.directory).await?;
            keeper.link(memory, side, &found).await?;
            keeper.remember(memory, &aims, &settled).await?;
        }
        let plan = Plan::new(parts);
        let staying = {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            census(&plan, &lens, &side.directory)
        };
        let told = &mut self.report.findings;
        let protected =
            protection::objections(&reader, policy, &side.directory, &plan, told).await?;
        let known = memory.verified_people();
        let measure = Measure {
            roster: hr.roster.persons.len(),
            known: &known,
            findings: &self.report.findings,
            staying: &staying,
            supervised: &policy.supervised(),
            approved: state.desk.steps(),
        };
        let reviewed = guard::review(&plan, &policy.limits, measure);
        let objections = [asks, protected, reviewed].concat();
        let Parted { free: plan, held, partly } =
            guard::part(plan, &objections, state.desk.steps());
        held::hold(self.office, self.lease, self.report, &mut state.desk, held).await?;
        // Somebody of whom a step waits is not in line yet.
        aims.retain(|it, _| !partly.contains(it));
        self.report.calls.okta_minimum += plan.minimum_calls();
        if self.request.dry_run {
            self.report.steps.extend(held::as_planned(&plan, Outcome::Planned));
            return Ok(());
        }
        let Some(lease) = self.lease else { return Ok(()) };
        let digests = plan.actions().map(|(part, it)| part.digest(it)).collect();
        state.desk.use_up(self.office, lease, &digests).await?;
        let in_tier = self.in_tier(&tiers, &plan, &partly);
        self.apply(lease, plan, hr, memory, state, &aims).await?;
        let keeper = Keeper { office: self.office, request: self.request, lease, hr };
        let in_tier = in_tier.into_iter().chain(state.touched.iter().cloned()).collect();
        match flow {
            Flow::MfaPolicy => keeper.remember_tiers(memory, &tiers, &in_tier).await,
            Flow::Offboarding
            | Flow::NewHire
            | Flow::ProfileSync
            | Flow::Contractor
            | Flow::OrgSync => Ok(()),
        }
    }

    /// Whose tier needs no change.
    fn in_tier(
        &self,
        tiers: &BTreeMap<PersonId, tiers::Known>,
        plan: &Plan,
        partly: &BTreeSet<PersonId>,
    ) -> BTreeSet<PersonId> {
        let held = self.report.held.iter().flat_map(|it| &it.people);
        let changing: BTreeSet<&PersonId> =
            plan.people.iter().map(|it| &it.person).chain(held).chain(partly).collect();
        tiers.keys().filter(|it| !changing.contains(*it)).cloned().collect()
    }

    /// Everybody whom this flow looks after and whose account is not known to be right.
    fn who_needs_a_look<'p>(
        &self,
        lens: &Lens<'p>,
        held: &BTreeSet<PersonId>,
        touched: &BTreeSet<PersonId>,
        pass: usize,
    ) -> (Vec<Look<'p>>, Vec<Wanted>, Vec<Finding>) {
        let (mut looks, mut wanted, mut findings) = (Vec::new(), Vec::new(), Vec::new());
        let interrupted = lens.memory.interrupted_people();
        for person in &lens.hr.roster.persons {
            let is_asked_for =
                self.request.people.is_empty() || self.request.people.contains(&person.id);
            if !is_asked_for || held.contains(&person.id) {
                continue;
            }
            let is_candidate = match pass {
                0 => lens.is_looked_at_by(self.request.flow, person),
                _ => touched.contains(&person.id),
            };
            if !is_candidate {
                continue;
            }
            let look = match lens.look(person, None) {
                Ok(look) => look,
                Err(problems) => {
                    findings.extend(problems);
                    continue;
                }
            };
            let sweeps = match self.request.flow {
                Flow::OrgSync | Flow::MfaPolicy => true,
                Flow::Offboarding | Flow::NewHire | Flow::ProfileSync | Flow::Contractor => {
                    self.request.depth == Depth::Everyone
                }
            };
            let must_look = pass == 0 && (sweeps || interrupted.contains(&person.id));
            if !must_look && lens.memory.is_verified(&person.id, &look.fingerprint) {
                continue;
            }
            let strong = lens.policy.match_values(&lens.facts(person, None));
            wanted.push(Wanted::new(&look, lens.memory, strong));
            looks.push(look);
        }
        (looks, wanted, findings)
    }

    async fn apply(
        &mut self,
        lease: &Lease,
        plan: Plan,
        hr: &HrSide,
        memory: &mut Memory,
        state: &mut Passes,
        aims: &BTreeMap<PersonId, Aim>,
    ) -> Result<(), Error> {
        let Some(side) = state.okta.as_mut().filter(|_| !plan.is_empty()) else {
            return Ok(());
        };
        (self.request.progress)(Progress::Applying(plan.people.len()));
        let site = Site {
            office: self.office,
            request: self.request,
            lease,
            plan_hash: plan.hash(&self.office.policy.hash),
            first_seq: u32::try_from(self.report.steps.len()).unwrap_or(u32::MAX),
            re_read: side.is_from_lists,
            hr,
        };
        let applied = apply::apply(&site, &plan, side).await?;
        let mut verified = Vec::new();
        for it in applied.people {
            if it.is_verified {
                verified.push(it.person.clone());
                state.touched.insert(it.person.clone());
            }
            if let Some(link) = it.link {
                memory.put_link(link);
            }
            if let Some(seen) = it.seen {
                side.put(seen);
            }
            self.report.steps.extend(it.steps);
            self.report.findings.extend(it.findings);
        }
        self.report.remaining += applied.remaining;
        let keeper = Keeper { office: self.office, request: self.request, lease, hr };
        // A login that was changed is the login that the rest of the profile is made from.
        let found: Vec<_> = verified
            .iter()
            .filter_map(|it| Some((it.clone(), memory.link(it)?.user.clone())))
            .collect();
        keeper.link(memory, side, &found).await?;
        keeper.remember(memory, aims, &verified).await?;
        match applied.stopped_by {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// The names of every group that somebody should be in.
fn wanted_names(looks: &[Look<'_>]) -> BTreeSet<Arc<str>> {
    let desired = looks.iter().filter_map(|it| it.desired.as_ref());
    desired
        .flat_map(|it| it.groups.keys().chain(it.tier.as_ref().map(|it| &it.group)))
        .cloned()
        .collect()
}

/// How many people the policy wants in each of the groups that somebody leaves. It is asked about
/// everybody in HR, since a flow that looks at few would see every group shrink to nothing.
fn census(plan: &Plan, lens: &Lens<'_>, directory: &Directory) -> BTreeMap<GroupId, usize> {
    let mut res = BTreeMap::new();
    for (_, action) in plan.actions() {
        if let ActionKind::LeaveGroup(group) = &action.kind {
            res.insert(group.id.clone(), 0);
        }
    }
    if res.is_empty() {
        return res;
    }
    for person in &lens.hr.roster.persons {
        let Ok(look) = lens.look(person, None) else { continue };
        let Some(desired) = look.desired else { continue };
        for id in directory.ids_of(desired.groups.keys()) {
            if let Some(count) = res.get_mut(&id) {
                *count += 1;
            }
        }
    }
    res
}

/// A step with its outcome, as the report shows it.
pub(super) fn taken(part: &PersonPlan, action: &Action, outcome: Outcome) -> Taken {
    let cause =
        if action.cause.is_empty() { part.because.clone() } else { action.cause.to_string() };
    Taken {
        person: action.person.clone(),
        user: action.user.clone(),
        login: part.login.clone(),
        kind: action.kind.kind(),
        target: action.kind.target(),
        cause,
        outcome,
        request_id: None,
    }
}
