//! One pass of a run: look, plan, ask, apply, remember.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Error, Office, Progress,
    aim::Aims,
    apply::{self, Site},
    by_group,
    candidates::Candidates,
    census,
    draft::Draft,
    held::{self, Desk},
    holds,
    hr_side::HrSide,
    keep::{self, Keeper},
    look::Lens,
    memory::Memory,
    okta_side::{OktaSide, Ours},
    org,
    pipeline::Run,
    protection,
    toll::{self, Toll},
};
use crate::{
    deciders::{
        guard::{self, Measure, Parted},
        mapping::Memo,
        plan::{PersonPlan, Plan},
        report::Taken,
        tiers,
    },
    doors::ledger::Lease,
    words::{
        action::{Action, Outcome},
        flow::{Flow, Shard},
        ids::{GroupKey, PersonId},
    },
};

/// What passes hand on to each other.
#[derive(Default)]
pub(super) struct Passes {
    okta: Option<OktaSide>,
    pub(super) desk: Desk,
    /// People for whom something was done and verified.
    pub(super) touched: BTreeSet<PersonId>,
    pub(super) looked_at: BTreeSet<PersonId>,
    /// Steps that wait: a later pass, which looks at fewer people, must not find them few enough.
    waiting: BTreeSet<(PersonId, String)>,
}

impl Passes {
    /// Before the first pass.
    pub(super) fn new(desk: Desk) -> Self {
        Self { desk, ..Self::default() }
    }
}

/// A step as [`Passes::waiting`] knows it, whatever the account's status is by then.
fn known_by(action: &Action) -> (PersonId, String) {
    (action.person.clone(), format!("{:?}", action.kind))
}

impl Run<'_> {
    /// Plans and applies once. The first pass is for everybody who needs a look, the second for
    /// those whom the first touched.
    pub(super) async fn pass(
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
        let Candidates { wanted, people, groups: names, back, findings } = {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            let after = (pass > 0).then_some(&state.touched);
            let mut candidates = Candidates::of(self.request, hr, &lens, &held, after);
            candidates.findings.retain(|it| self.is_ours_to_tell(it, &lens));
            candidates
        };
        self.report.findings.extend(findings);
        if wanted.is_empty() {
            return Ok(());
        }
        state.looked_at.extend(people);
        let reader = self.office.okta.reader();
        let flow = self.request.flow;
        let ours = Ours::of(flow, policy, &hr.catalog);
        if state.okta.is_none() {
            (self.request.progress)(Progress::ReadingOkta(wanted.len()));
            let sweeps = flow == Flow::OrgSync && self.request.people.is_empty();
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            let side = OktaSide::read(&reader, policy, &ours, &lens, &wanted, sweeps).await?;
            let mut doubts = side.doubts(&reader, policy, memory, &wanted).await?;
            doubts.retain(|it| !it.is_accepted(&self.request.accepted));
            self.report.doubts = doubts;
            state.okta = Some(side);
        }
        let Some(side) = state.okta.as_mut().filter(|_| self.report.doubts.is_empty()) else {
            return Ok(());
        };
        if pass == 0 && self.request.shard.is_none_or(Shard::is_first) {
            let room = org::Room {
                office: self.office,
                request: self.request,
                lease: self.lease,
                report: self.report,
                desk: &mut state.desk,
                known_patterns: memory.group_links.keys().map(GroupKey::pattern).collect(),
            };
            let has_changed = match flow {
                Flow::OrgSync => room.groups(side, &names).await?,
                Flow::MfaPolicy => room.policies(&side.directory).await?,
                Flow::Offboarding | Flow::NewHire | Flow::ProfileSync | Flow::Contractor => false,
            };
            if let Some(lease) = self.lease {
                let found_done = self.untold.settle(self.office, lease, self.report).await?;
                self.report.org_steps.extend(found_done);
            }
            if has_changed {
                side.reopen_directory(&reader, &ours, memory).await?;
            }
            self.report.findings.extend(side.directory.findings(&names));
            self.report.findings.append(&mut side.findings);
            if flow == Flow::OrgSync {
                self.report.findings.extend(side.strangers(&policy.okta.key_attribute));
            }
        }
        let ledger = &self.office.ledger;
        let kept = keep::recall(ledger, &back).await?;
        let ours = {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            keep::forgotten_suspensions(ledger, &lens, &wanted, side).await?
        };
        let tombs =
            keep::tombstones(&self.office.ledger, &wanted, side, self.request.as_of).await?;

        let mut draft = Draft::new(side, &wanted, kept);
        draft.ours = ours;
        draft.is_of_tiers = flow == Flow::MfaPolicy;
        {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            for wanted in wanted.iter() {
                let person = hr.roster.person(&wanted.person);
                let person = person.expect("candidates are people of the roster");
                draft.add(&lens, &person, &wanted, side, &tombs);
            }
        }
        // What found an account has served: the plan takes its room.
        drop(wanted);
        by_group::spare(&reader, &mut draft).await?;
        let Draft { parts, settled, found, findings, mut aims, tiers, blanks, .. } = draft;
        let told = &mut self.report.findings;
        told.extend(findings);
        let as_of = self.request.as_of;
        let (mut parts, asks) = holds::uphold(parts, &mut aims, told, memory, hr, as_of);
        let mut waits = BTreeSet::new();
        for part in &mut parts {
            let before = part.actions.len();
            part.actions.retain(|it| !state.waiting.contains(&known_by(it)));
            if part.actions.len() < before {
                waits.insert(part.person.clone());
            }
        }
        aims.retain(|it| !waits.contains(it));
        for it in policy.modes.withhold(&mut parts) {
            // Somebody of whom a step is switched off is not in line.
            aims.retain(|person| Some(person) != it.person.as_ref());
            if !self.report.off.contains(&it) {
                self.report.off.push(it);
            }
        }
        if let Some(lease) = self.lease {
            let keeper = Keeper { office: self.office, request: self.request, lease, hr };
            keeper.link_groups(memory, &side.directory).await?;
            keeper.link(memory, side, &found).await?;
            keeper.remember(memory, &aims, &settled).await?;
            keeper.remember_blanks(memory, &blanks).await?;
        }
        let mut plan = Plan::new(parts);
        let mut census = {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            census::census(&plan, &lens, &side.directory, policy.limits.group_shrinks)
        };
        census::find_apps(&reader, &mut census).await?;
        let told = &mut self.report.findings;
        let protected =
            protection::objections(&reader, policy, &side.directory, &plan, told).await?;
        let waiting = match self.request.people.is_empty() {
            true => Vec::new(),
            false => state.desk.objections(&plan.people),
        };
        let (known, companies) = match plan.is_empty() {
            true => Default::default(),
            false => (memory.verified_people(), toll::staffs(self.office, hr)),
        };
        let supervised = policy.supervised();
        let Parted { free: plan, held, partly } = loop {
            let toll = match plan.is_empty() {
                true => Toll::default(),
                false => Toll::read(self.office, self.request).await?,
            };
            let measure = Measure {
                limits: &policy.limits,
                roster: hr.roster.ids().len(),
                companies: &companies,
                known: &known,
                done: &toll.tally,
                findings: &self.report.findings,
                census: &census,
                supervised: &supervised,
                approved: state.desk.steps(),
            };
            guard::separate(&mut plan, measure);
            let reviewed = guard::review(&plan, measure);
            let objections = [asks.clone(), protected.clone(), reviewed, waiting.clone()].concat();
            let tally = guard::tally(&plan, &objections, measure);
            // Another run was faster: what it is about to do counts for us, too.
            if let Some(lease) = self.lease
                && !toll.add(self.office, self.request, lease, &tally).await?
            {
                continue;
            }
            break guard::part(plan, &objections, state.desk.steps());
        };
        state
            .waiting
            .extend(held.iter().flat_map(|(_, it)| it.actions()).map(|(_, it)| known_by(it)));
        held::hold(self.office, self.lease, self.report, &mut state.desk, held).await?;
        // Somebody of whom a step waits is not in line yet.
        aims.retain(|it| !partly.contains(it));
        let everybodys = plan.digests();
        let plan = self.own_part(plan);
        self.report.calls.okta_minimum += plan.minimum_calls();
        if self.request.dry_run {
            self.report.steps.extend(held::as_planned(&plan, Outcome::Planned));
            return Ok(());
        }
        let Some(lease) = self.lease else { return Ok(()) };
        let ours = plan.digests();
        state.desk.use_up(self.office, lease, &ours).await?;
        state.desk.pass_on(self.office, &(&everybodys - &ours)).await?;
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

    /// What of the plan this run is to carry out.
    fn own_part(&self, mut plan: Plan) -> Plan {
        if let Some(shard) = self.request.shard {
            plan.people.retain(|it| shard.holds(&it.person));
        }
        plan
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

    async fn apply(
        &mut self,
        lease: &Lease,
        plan: Plan,
        hr: &HrSide,
        memory: &mut Memory,
        state: &mut Passes,
        aims: &Aims,
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
            memory,
            approvals: state.desk.approvals(),
        };
        let applied = apply::apply(&site, &plan, side).await?;
        let left = applied.left(&plan);
        let mut verified = Vec::new();
        for it in applied.people {
            self.report.remaining += usize::from(it.is_cut_short);
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
            self.report.minutes_to_revoke.extend(it.minutes_to_revoke);
            self.report.steps.extend(it.steps);
            self.report.findings.extend(it.findings);
        }
        self.report.remaining += applied.remaining;
        state.desk.pass_on(self.office, &left).await?;
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
