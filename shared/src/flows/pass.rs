//! One pass of a run: look, plan, ask, apply, remember.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Error, Progress,
    aim::Aims,
    apply::{self, Site},
    ask, by_group,
    candidates::Candidates,
    draft::Draft,
    held::{self, Desk},
    holds,
    hr_side::HrSide,
    keep::{self, Keeper},
    look::Lens,
    memory::Memory,
    okta_side::{OktaSide, Ours, Wanted},
    org,
    pipeline::Run,
};
use crate::{
    deciders::{
        guard::{self, Parted},
        mapping::Memo,
        plan::{PersonPlan, Plan},
        report::Taken,
        tiers,
    },
    words::{
        action::{Action, Outcome},
        flow::{Flow, Shard},
        ids::{GroupKey, PersonId},
        person::Person,
        shelf::Shelf,
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

impl<'r> Run<'r> {
    /// Plans and applies once. The first pass is for everybody who needs a look, the second for
    /// those whom the first touched.
    pub(super) async fn pass(
        &mut self,
        hr: &HrSide,
        memory: &mut Memory,
        state: &mut Passes,
        pass: usize,
    ) -> Result<(), Error> {
        let memo = Memo::default();
        let touched = (pass > 0).then_some(&state.touched);
        let Candidates { wanted, people, groups, back, findings } =
            self.candidates(&self.lens(hr, memory, &memo), touched);
        self.report.findings.extend(findings);
        if wanted.is_empty() {
            return Ok(());
        }
        state.looked_at.extend(people);
        let ours = Ours::of(self.request.flow, &self.office.policy, &hr.catalog);
        let mut side = match state.okta.take() {
            Some(side) => side,
            None => self.read_okta(&self.lens(hr, memory, &memo), &ours, &wanted).await?,
        };
        if !self.report.doubts.is_empty() {
            return Ok(());
        }
        if pass == 0 && self.request.shard.is_none_or(Shard::is_first) {
            self.tend_org(&mut side, &ours, memory, &mut state.desk, &groups).await?;
        }
        let draft = self.draft(&self.lens(hr, memory, &memo), &side, wanted, &back).await?;
        let Draft { parts, settled, found, findings, mut aims, tiers, blanks, .. } = draft;
        let told = &mut self.report.findings;
        told.extend(findings);
        let as_of = self.request.as_of;
        let (mut parts, asks) = holds::uphold(parts, &mut aims, told, memory, hr, as_of);
        self.withhold(&mut parts, &mut aims, &state.waiting);
        if let Some(lease) = self.lease {
            let keeper = Keeper { office: self.office, request: self.request, lease, hr };
            keeper.link_groups(memory, &side.directory).await?;
            keeper.link(memory, &side, &found).await?;
            keeper.remember(memory, &aims, &settled).await?;
            keeper.remember_blanks(memory, &blanks).await?;
        }
        let lens = self.lens(hr, memory, &memo);
        let Parted { free: plan, held, partly } =
            self.ask(&lens, &side.directory, &state.desk, Plan::new(parts), asks).await?;
        let waiting = held.iter().flat_map(|(_, it)| it.actions());
        state.waiting.extend(waiting.map(|(_, it)| ask::known_by(it)));
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
        let keeper = Keeper { office: self.office, request: self.request, lease, hr };
        self.apply(&keeper, plan, memory, &mut side, state, &aims).await?;
        state.okta = Some(side);
        let in_tier = in_tier.into_iter().chain(state.touched.iter().cloned()).collect();
        match self.request.flow {
            Flow::MfaPolicy => keeper.remember_tiers(memory, &tiers, &in_tier).await,
            Flow::Offboarding
            | Flow::NewHire
            | Flow::ProfileSync
            | Flow::Contractor
            | Flow::OrgSync => Ok(()),
        }
    }

    /// How this run looks at people.
    pub(super) fn lens<'l>(&self, hr: &'l HrSide, memory: &'l Memory, memo: &'l Memo) -> Lens<'l>
    where
        'r: 'l,
    {
        Lens { policy: &self.office.policy, hr, memory, as_of: self.request.as_of, memo }
    }

    fn candidates(&self, lens: &Lens<'_>, touched: Option<&BTreeSet<PersonId>>) -> Candidates {
        let mut held = guard::held_people(&self.report.findings);
        held.extend(self.held.iter().cloned());
        let mut res = Candidates::of(self.request, lens, &held, touched);
        res.findings.retain(|it| self.is_ours_to_tell(it, lens));
        res
    }

    /// Reads Okta, and notes what there is to doubt about it.
    async fn read_okta(
        &mut self,
        lens: &Lens<'_>,
        ours: &Ours,
        wanted: &Shelf<Wanted>,
    ) -> Result<OktaSide, Error> {
        (self.request.progress)(Progress::ReadingOkta(wanted.len()));
        let reader = self.office.okta.reader();
        let sweeps = self.request.flow == Flow::OrgSync && self.request.people.is_empty();
        let side = OktaSide::read(&reader, lens.policy, ours, lens, wanted, sweeps).await?;
        let mut doubts = side.doubts(&reader, lens.policy, lens.memory, wanted).await?;
        doubts.retain(|it| !it.is_accepted(&self.request.accepted));
        self.report.doubts = doubts;
        Ok(side)
    }

    /// Puts right what is not anybody's: the groups themselves, or the enrollment policies.
    async fn tend_org(
        &mut self,
        side: &mut OktaSide,
        ours: &Ours,
        memory: &Memory,
        desk: &mut Desk,
        names: &BTreeSet<Arc<str>>,
    ) -> Result<(), Error> {
        let room = org::Room {
            office: self.office,
            request: self.request,
            lease: self.lease,
            report: self.report,
            desk,
            known_patterns: memory.group_links.keys().map(GroupKey::pattern).collect(),
        };
        let has_changed = match self.request.flow {
            Flow::OrgSync => room.groups(side, names).await?,
            Flow::MfaPolicy => room.policies(&side.directory).await?,
            Flow::Offboarding | Flow::NewHire | Flow::ProfileSync | Flow::Contractor => false,
        };
        if let Some(lease) = self.lease {
            let found_done = self.untold.settle(self.office, lease, self.report).await?;
            self.report.org_steps.extend(found_done);
        }
        if has_changed {
            side.reopen_directory(&self.office.okta.reader(), ours, memory).await?;
        }
        self.report.findings.extend(side.directory.findings(names));
        self.report.findings.append(&mut side.findings);
        if self.request.flow == Flow::OrgSync {
            let key = &self.office.policy.okta.key_attribute;
            self.report.findings.extend(side.strangers(key));
        }
        Ok(())
    }

    /// Compares what everybody should have with what Okta shows.
    async fn draft(
        &self,
        lens: &Lens<'_>,
        side: &OktaSide,
        wanted: Shelf<Wanted>,
        back: &[Person],
    ) -> Result<Draft, Error> {
        let ledger = &self.office.ledger;
        let mut draft = Draft::new(side, &wanted, keep::recall(ledger, back).await?);
        draft.ours = keep::forgotten_suspensions(ledger, lens, &wanted, side).await?;
        draft.is_of_tiers = self.request.flow == Flow::MfaPolicy;
        let tombs = keep::tombstones(ledger, &wanted, side, lens.as_of).await?;
        for wanted in wanted.iter() {
            let person = lens.hr.roster.person(&wanted.person);
            let person = person.expect("candidates are people of the roster");
            draft.add(lens, &person, &wanted, side, &tombs);
        }
        // What found an account has served: the plan takes its room.
        drop(wanted);
        by_group::spare(&self.office.okta.reader(), &mut draft).await?;
        Ok(draft)
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
        keeper: &Keeper<'_>,
        plan: Plan,
        memory: &mut Memory,
        side: &mut OktaSide,
        state: &mut Passes,
        aims: &Aims,
    ) -> Result<(), Error> {
        if plan.is_empty() {
            return Ok(());
        }
        (self.request.progress)(Progress::Applying(plan.people.len()));
        let site = Site {
            office: self.office,
            request: self.request,
            lease: keeper.lease,
            plan_hash: plan.hash(&self.office.policy.hash),
            first_seq: u32::try_from(self.report.steps.len()).unwrap_or(u32::MAX),
            re_read: side.is_from_lists,
            hr: keeper.hr,
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
