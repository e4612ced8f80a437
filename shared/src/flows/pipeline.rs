//! One run of one flow, from the lease to the last message.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, Timestamp};

use super::{
    Depth, Error, Office, Progress, Request,
    apply::{self, Site},
    hr_side::{self, HrSide},
    look::{Lens, Look},
    memory::{self, Memory},
    okta_side::{OktaSide, Wanted},
};
use crate::{
    deciders::{
        accounts::Match,
        guard::{self, Doubt, Measure},
        mapping::Memo,
        notices,
        plan::{self, Case, PersonPlan, Plan},
        report::{Calls, HeldPlan, Report, Taken},
    },
    doors::ledger::{
        self, Claim, Exit, Fingerprint, Lease, Link, Plan as StoredPlan, PlanState, Snapshot,
    },
    words::{
        action::{Action, ActionKind, Outcome},
        finding::{Finding, FindingCode, Subject},
        flow::Flow,
        ids::{Login, OktaUserId, PersonId, RunId},
    },
};

/// How long a run may hold its flow's lease: a Lambda's longest life and a margin.
const LEASE_MINUTES: i64 = 20;
/// How long a held plan waits before it is forgotten.
const HELD_DAYS: i64 = 7;
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
    let lease = if request.dry_run { None } else { Some(take_lease(office, request).await?) };
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
        steps: Vec::new(),
        findings: Vec::new(),
        held: Vec::new(),
        doubts: Vec::new(),
        calls: Calls::default(),
        remaining: 0,
        duration_ms: 0,
    };
    let outcome = Run { office, request, lease: lease.as_ref(), report: &mut report }.go().await;
    let ended = (office.clock)();
    report.calls.ukg = office.ukg.calls() - calls.0;
    report.calls.okta = office.okta.calls().made - calls.1;
    report.duration_ms = u64::try_from(ended.duration_since(began).as_millis()).unwrap_or(0);
    if let Some(lease) = lease {
        let status = if outcome.is_ok() { report.ending().exit_status() } else { 1 };
        let exit = Exit { at: ended, status, counts: counts(&report) };
        office.ledger.finish_run(lease, exit).await?;
    }
    outcome.map(|()| report)
}

async fn take_lease(office: &Office, request: &Request) -> Result<Lease, Error> {
    let now = (office.clock)();
    let until = now.checked_add(Span::new().minutes(LEASE_MINUTES)).unwrap_or(Timestamp::MAX);
    let flow = request.flow.as_str();
    match office.ledger.start_run(flow, "local", &office.policy.hash, now, until).await? {
        Claim::Won(lease) => Ok(lease),
        Claim::Held { by, until } => Err(Error::Busy { flow: request.flow, by, until }),
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
struct Run<'a> {
    office: &'a Office,
    request: &'a Request,
    lease: Option<&'a Lease>,
    report: &'a mut Report,
}

impl Run<'_> {
    async fn go(mut self) -> Result<(), Error> {
        let Office { policy, ledger, .. } = self.office;
        (self.request.progress)(Progress::ReadingHr);
        let mut memory = Memory::load(ledger).await?;
        let hr = hr_side::read(&self.office.ukg, policy, self.request.as_of).await?;
        self.report.seen = hr.roster.persons.len();
        self.report.findings = hr.findings.clone();
        self.report.findings.extend(missing(&hr, &memory));
        self.report.findings.extend(nameless(&hr, &memory));
        self.keep_our_findings(&hr, &memory);
        self.report.doubts = guard::doubt_roster(
            &hr.roster.counts,
            memory.last_roster.as_ref(),
            &policy.limits,
            self.request.accept_roster,
        );
        if self.report.doubts.is_empty() {
            let interrupted = memory.interrupted_people();
            let mut touched = BTreeSet::new();
            let mut okta = None;
            for pass in 0..PASSES {
                let before = touched.len();
                self.pass(&hr, &mut memory, &mut okta, &mut touched, pass).await?;
                if !self.report.doubts.is_empty() || self.request.dry_run || touched.len() == before
                {
                    break;
                }
            }
            if let (Some(lease), []) = (self.lease, &*self.report.doubts) {
                self.settle_interrupted(lease, &memory, &interrupted).await?;
                self.remember_roster(lease, &hr, &memory).await?;
            }
        }
        self.report.findings.sort();
        self.report.findings.dedup();
        self.tell(&hr).await
    }

    /// Leaves out what another flow tells: each person's findings are told by the flow that looks
    /// after the person, and once.
    fn keep_our_findings(&mut self, hr: &HrSide, memory: &Memory) {
        let Office { policy, .. } = self.office;
        let memo = Memo::default();
        let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
        let flow = self.request.flow;
        self.report.findings.retain(|it| match &it.subject {
            Subject::Person(id) => {
                let person = hr.roster.person(id);
                flow == person
                    .map_or(Flow::Offboarding, |it| lens.flow_of(it).unwrap_or(Flow::NewHire))
            }
            // Unreadable rows hold leavers back, so every flow must see them.
            Subject::Row(_) => true,
            Subject::Employee(_)
            | Subject::User(_)
            | Subject::Group(_)
            | Subject::Named(_)
            | Subject::Run => flow == Flow::ProfileSync,
        });
    }

    /// Plans and applies once. The first pass is for everybody who needs a look, the second for
    /// those whom the first touched.
    async fn pass(
        &mut self,
        hr: &HrSide,
        memory: &mut Memory,
        okta: &mut Option<OktaSide>,
        touched: &mut BTreeSet<PersonId>,
        pass: usize,
    ) -> Result<(), Error> {
        let Office { policy, .. } = self.office;
        let memo = Memo::default();
        let held = guard::held_people(&self.report.findings);
        let (looks, wanted, problems) = {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            self.who_needs_a_look(&lens, &held, touched, pass)
        };
        self.report.findings.extend(problems);
        if looks.is_empty() {
            return Ok(());
        }
        let reader = self.office.okta.reader();
        if okta.is_none() {
            (self.request.progress)(Progress::ReadingOkta(looks.len()));
            let side = OktaSide::read(&reader, policy, &hr.catalog, memory, &wanted).await?;
            self.report.doubts = doubt(&reader, policy, &side, memory, &wanted).await?;
            self.report.findings.extend(side.directory.findings());
            *okta = Some(side);
        }
        let Some(side) = okta.as_mut().filter(|_| self.report.doubts.is_empty()) else {
            return Ok(());
        };
        let tombs = tombstones(&self.office.ledger, &wanted, side, self.request.as_of).await?;

        let mut draft = Draft { claimed: claimed(side, &wanted), ..Draft::default() };
        {
            let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
            for (look, wanted) in looks.iter().zip(&wanted) {
                draft.add(&lens, look, wanted, side, &tombs);
            }
        }
        let Draft { parts, settled, found, findings, chosen: _, claimed: _ } = draft;
        self.report.findings.extend(findings);
        if let Some(lease) = self.lease {
            self.link_found(lease, hr, memory, side, &found).await?;
            self.remember(lease, hr, memory, &settled).await?;
        }
        let plan = Plan::new(parts);
        let known = memory.verified_people();
        let measure = Measure {
            roster: hr.roster.persons.len(),
            known: &known,
            findings: &self.report.findings,
        };
        let objections = guard::review(&plan, &policy.limits, measure);
        let (plan, held) = guard::part(plan, &objections);
        let plan = self.hold(plan, held).await?;
        self.report.calls.okta_minimum += plan.minimum_calls();
        if self.request.dry_run {
            self.report.steps.extend(as_planned(&plan, Outcome::Planned));
            return Ok(());
        }
        let Some(lease) = self.lease else { return Ok(()) };
        self.apply(lease, plan, hr, memory, side, touched).await
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
                0 => lens.flow_of(person) == Some(self.request.flow),
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
            let must_look = pass == 0
                && (self.request.depth == Depth::Everyone || interrupted.contains(&person.id));
            if !must_look && lens.memory.is_verified(&person.id, &look.fingerprint) {
                continue;
            }
            let strong = lens.policy.match_values(&lens.facts(person, None));
            wanted.push(Wanted::new(&look, lens.memory, strong));
            looks.push(look);
        }
        (looks, wanted, findings)
    }

    /// Remembers accounts that carry the key and were not linked yet: a ledger that was lost, or
    /// a crash between creating and linking.
    async fn link_found(
        &self,
        lease: &Lease,
        hr: &HrSide,
        memory: &mut Memory,
        side: &OktaSide,
        found: &[(PersonId, OktaUserId)],
    ) -> Result<(), Error> {
        for (person, user) in found {
            let Some(account) = side.accounts.get(user) else { continue };
            let link = Link {
                person: person.clone(),
                user: user.clone(),
                login: account.login.clone(),
                employees: employees(hr, person),
                linked_at: (self.office.clock)(),
                created_by_us: memory.link(person).is_some_and(|it| it.created_by_us),
            };
            if memory
                .link(person)
                .is_some_and(|it| Link { linked_at: it.linked_at, ..link.clone() } == *it)
            {
                continue;
            }
            self.office.ledger.link(lease.fence(), &link).await?;
            memory.put_link(link);
        }
        Ok(())
    }

    /// Remembers that Okta was seen to match for these people.
    async fn remember(
        &self,
        lease: &Lease,
        hr: &HrSide,
        memory: &mut Memory,
        people: &[PersonId],
    ) -> Result<(), Error> {
        let memo = Memo::default();
        let policy = &self.office.policy;
        let lens = Lens { policy, hr, memory, as_of: self.request.as_of, memo: &memo };
        let mut snapshots = Vec::new();
        for id in people {
            let Some(person) = hr.roster.person(id) else { continue };
            // Looked at again with the link that exists by now, so that the next run sees the same.
            let Ok(look) = lens.look(person, None) else { continue };
            let nothing = BTreeMap::new();
            let attributes = look.desired.as_ref().map_or(&nothing, |it| &it.attributes);
            snapshots.push(Snapshot {
                person: id.clone(),
                fingerprint: Fingerprint(look.fingerprint),
                fields: memory::fields(look.standing.kind(), attributes),
                verified_at: (self.office.clock)(),
                run: lease.run().clone(),
            });
        }
        self.office.ledger.put_snapshots(lease.fence(), &snapshots).await?;
        for it in &snapshots {
            memory.put_snapshot(it);
        }
        Ok(())
    }

    /// Stores what waits, and gives back what may go on: `free`, and every held plan that
    /// somebody approved since. An approval is for the very plan that was seen, and is used up.
    async fn hold(
        &mut self,
        free: Plan,
        held: Vec<(guard::Objection, Plan)>,
    ) -> Result<Plan, Error> {
        let mut may_go = free.people;
        for (objection, plan) in held {
            let hash = plan.hash(&self.office.policy.hash);
            let id = Plan::id_of(&hash);
            let now = (self.office.clock)();
            if let Some(lease) = self.lease {
                let stored = self.office.ledger.plan(&id, now).await?;
                if stored.is_some_and(|it| matches!(it.state, PlanState::Approved { .. })) {
                    self.office.ledger.use_approval(&id, &hash, lease.run(), now).await?;
                    may_go.extend(plan.people);
                    continue;
                }
                let stored = StoredPlan {
                    id: id.clone(),
                    flow: self.request.flow.as_str().to_owned(),
                    hash,
                    state: PlanState::Held,
                    created: now,
                    expires: now
                        .checked_add(Span::new().hours(24 * HELD_DAYS))
                        .unwrap_or(Timestamp::MAX),
                };
                let steps: Vec<String> =
                    plan.actions().map(|(_, it)| format!("{}: {it}", it.person)).collect();
                let body = serde_json::json!({ "reason": objection.to_string(), "steps": steps });
                self.office.ledger.hold_plan(&stored, &body, now).await?;
            }
            self.report.steps.extend(as_planned(&plan, Outcome::Held));
            let people = plan.people.iter().map(|it| it.person.clone()).collect();
            self.report.held.push(HeldPlan { plan: id, objection, people });
        }
        Ok(Plan::new(may_go))
    }

    async fn apply(
        &mut self,
        lease: &Lease,
        plan: Plan,
        hr: &HrSide,
        memory: &mut Memory,
        side: &mut OktaSide,
        touched: &mut BTreeSet<PersonId>,
    ) -> Result<(), Error> {
        if plan.is_empty() {
            return Ok(());
        }
        (self.request.progress)(Progress::Applying(plan.people.len()));
        let site = Site {
            office: self.office,
            request: self.request,
            lease,
            plan_hash: plan.hash(&self.office.policy.hash),
            first_seq: u32::try_from(self.report.steps.len()).unwrap_or(u32::MAX),
            re_read: side.is_from_lists,
            employees: plan
                .people
                .iter()
                .map(|it| (it.person.clone(), employees(hr, &it.person)))
                .collect(),
            departures: departures(hr, &plan),
        };
        let applied = apply::apply(&site, &plan, side).await?;
        let mut verified = Vec::new();
        for it in applied.people {
            if it.is_verified {
                verified.push(it.person.clone());
                touched.insert(it.person.clone());
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
        self.remember(lease, hr, memory, &verified).await?;
        match applied.stopped_by {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Closes the book on steps that a crash left open: their people were looked at again, so
    /// what Okta has by now is what counts.
    async fn settle_interrupted(
        &self,
        lease: &Lease,
        memory: &Memory,
        people: &BTreeSet<PersonId>,
    ) -> Result<(), Error> {
        for it in memory.interrupted.iter().filter(|it| people.contains(&it.person)) {
            // A later flow of this round may look after the person; then it settles the step.
            if it.run == *lease.run() || flow_name(&it.run) != self.request.flow.as_str() {
                continue;
            }
            let settlement = ledger::Settlement {
                outcome: Outcome::Skipped,
                request_id: None,
                at: (self.office.clock)(),
                detail: Some(format!("interrupted; {} read Okta again and went on", lease.run())),
            };
            self.office.ledger.settle(&it.run, it.seq, settlement).await?;
        }
        Ok(())
    }

    async fn remember_roster(
        &self,
        lease: &Lease,
        hr: &HrSide,
        memory: &Memory,
    ) -> Result<(), Error> {
        let same = memory.last_roster.as_ref().is_some_and(|it| it.by_company == hr.roster.counts);
        if same {
            return Ok(());
        }
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        let companies = hr.roster.counts.iter().map(|(id, it)| (id.clone(), count(*it))).collect();
        let roster = ledger::RosterCount {
            at: self.request.as_of,
            run: lease.run().clone(),
            persons: count(hr.roster.persons.len()),
            companies,
            okta_users: count(memory.linked()),
        };
        Ok(self.office.ledger.put_roster_count(lease.fence(), &roster).await?)
    }

    async fn tell(&self, hr: &HrSide) -> Result<(), Error> {
        if self.request.dry_run {
            return Ok(());
        }
        let names: notices::Names = hr
            .roster
            .persons
            .iter()
            .filter_map(|it| {
                let first = it.name.preferred.as_ref().or(it.name.first.as_ref())?;
                let last = it.name.last.as_deref().unwrap_or_default();
                Some((it.id.clone(), format!("{first} {last}").trim().into()))
            })
            .collect();
        for notice in notices::compose(self.report, &names) {
            let stored = ledger::Notice {
                key: notice.key.clone(),
                body: serde_json::json!({
                    "audience": notice.audience.as_str(), "subject": notice.subject,
                }),
                at: (self.office.clock)(),
            };
            // Written down first, sent, then ticked off: a crash between the two sends it again
            // under the same name rather than never.
            if self.office.ledger.notice_once(&stored, None).await? {
                self.office.outbox.deliver(&notice)?;
                self.office.ledger.mark_sent(&notice.key, (self.office.clock)()).await?;
            }
        }
        Ok(())
    }
}

/// Accounts that strongly match somebody.
fn claimed(side: &OktaSide, wanted: &[Wanted]) -> BTreeSet<OktaUserId> {
    let found = wanted.iter().filter_map(|it| {
        match side.accounts.find(&it.person, it.linked.as_ref(), &it.strong, &it.logins) {
            Match::Strong { account, .. } => Some(account.id.clone()),
            Match::Ours(_)
            | Match::Resembles(_)
            | Match::Several(_)
            | Match::Stolen(_)
            | Match::Nobody => None,
        }
    });
    found.collect()
}

/// What one pass has worked out.
#[derive(Default)]
struct Draft {
    parts: Vec<PersonPlan>,
    /// People for whom nothing needs doing.
    settled: Vec<PersonId>,
    /// Accounts that turned out to be somebody's.
    found: Vec<(PersonId, OktaUserId)>,
    findings: Vec<Finding>,
    /// Logins given away in this pass.
    chosen: BTreeSet<Login>,
    /// Accounts that strongly match somebody in this pass, and so resemble nobody else.
    claimed: BTreeSet<OktaUserId>,
}

impl Draft {
    fn add(
        &mut self,
        lens: &Lens<'_>,
        look: &Look<'_>,
        wanted: &Wanted,
        side: &OktaSide,
        tombs: &BTreeSet<Login>,
    ) {
        let person = look.person;
        let subject = || Subject::Person(person.id.clone());
        let linked = wanted.linked.as_ref();
        let found = side.accounts.find(&person.id, linked, &wanted.strong, &wanted.logins);
        let account = match found {
            Match::Ours(account) => Some(account),
            Match::Strong { account, by } => {
                self.adopt(look, account, by);
                return;
            }
            Match::Resembles(account) if self.claimed.contains(&account.id) => None,
            Match::Resembles(account) => {
                let key = &lens.policy.okta.key_attribute;
                self.findings.push(Finding::held(
                    subject(),
                    FindingCode::AdoptionCandidate,
                    format!(
                        "user {} has the login this person would get, and nothing else proves \
                         that it is the same human. If it is, set {key} of that user to {}; if \
                         not, set it to the id of the person whose account it is, or rename it",
                        account.id, person.id
                    ),
                ));
                return;
            }
            Match::Several(users) => {
                let users: Vec<_> = users.iter().map(ToString::to_string).collect();
                self.findings.push(Finding::held(
                    subject(),
                    FindingCode::TwoAccounts,
                    format!("users {} all claim to be this person; keep one", users.join(", ")),
                ));
                return;
            }
            Match::Stolen(account) => {
                self.findings.push(Finding::held(
                    subject(),
                    FindingCode::TwoAccounts,
                    format!("user {} now carries another person's key", account.id),
                ));
                return;
            }
            Match::Nobody if linked.is_some() => {
                self.findings.push(Finding::held(
                    subject(),
                    FindingCode::Drift,
                    "the account that Rollcall looked after is not in Okta any more",
                ));
                return;
            }
            Match::Nobody => None,
        };
        if let Some(account) = account {
            if is_protected(lens, account) {
                self.findings.push(Finding::held(
                    subject(),
                    FindingCode::Protected,
                    format!(
                        "user {} is protected by okta.protected; nothing is changed",
                        account.id
                    ),
                ));
                return;
            }
            self.found.push((person.id.clone(), account.id.clone()));
        }
        let seen = account.and_then(|it| side.seen(&it.id));
        let login = if account.is_none() && look.desired.is_some() {
            let free = wanted.logins.iter().find(|it| {
                !side.accounts.is_taken(it) && !tombs.contains(*it) && !self.chosen.contains(*it)
            });
            if free.is_none() {
                self.findings.push(Finding::held(
                    subject(),
                    FindingCode::NoFreeLogin,
                    format!("all {} logins that the policy allows are taken", wanted.logins.len()),
                ));
                return;
            }
            free
        } else {
            None
        };
        self.chosen.extend(login.cloned());
        // An account to be made may name its own login in its attributes.
        let relooked = login.map(|it| lens.look(person, Some(it)));
        let look = match &relooked {
            None => look,
            Some(Ok(look)) => look,
            Some(Err(problems)) => {
                self.findings.extend(problems.iter().cloned());
                return;
            }
        };
        let case = Case {
            person,
            standing: &look.standing,
            seen: seen.as_ref(),
            before: look.before,
            desired: look.desired.as_ref(),
            manager: &look.manager,
            free_login: login,
            key_attribute: &lens.policy.okta.key_attribute,
        };
        let (part, findings) = plan::plan(&case, &side.directory);
        let is_worrying = findings.iter().any(|it| it.code == FindingCode::Drift);
        self.findings.extend(findings);
        if part.actions.is_empty() {
            if !is_worrying {
                self.settled.push(person.id.clone());
            }
        } else {
            self.parts.push(part);
        }
    }

    /// The first touch of an account that somebody else made is the link and nothing else.
    fn adopt(
        &mut self,
        look: &Look<'_>,
        account: &crate::words::account::Account,
        by: std::sync::Arc<str>,
    ) {
        if look.desired.is_none() {
            self.findings.push(Finding::warning(
                Subject::Person(look.person.id.clone()),
                FindingCode::AdoptionCandidate,
                format!(
                    "has left or is away, and user {} ({}) matches by {by} without being looked \
                     after by Rollcall; nothing is changed",
                    account.id, account.status
                ),
            ));
            return;
        }
        let action = Action {
            person: look.person.id.clone(),
            user: Some(account.id.clone()),
            kind: ActionKind::Adopt { matched_by: by },
            cause: "".into(),
        };
        self.parts.push(PersonPlan {
            person: look.person.id.clone(),
            user: Some(account.id.clone()),
            login: Some(account.login.clone()),
            status: Some(account.status),
            standing: look.standing.kind(),
            because: "the account was there before Rollcall".to_owned(),
            actions: vec![action],
        });
    }
}

fn is_protected(lens: &Lens<'_>, account: &crate::words::account::Account) -> bool {
    let okta = &lens.policy.okta;
    okta.protected_users.contains(account.login.as_str())
        || okta.protected_users.contains(account.id.as_str())
        || okta.canaries.contains(account.login.as_str())
}

/// Reasons not to believe what Okta showed, for the people who were asked about.
async fn doubt(
    reader: &crate::doors::okta::Reader,
    policy: &crate::deciders::policy::Policy,
    side: &OktaSide,
    memory: &Memory,
    wanted: &[Wanted],
) -> Result<Vec<Doubt>, Error> {
    let linked: Vec<_> = if side.is_from_lists {
        memory.linked_people().filter_map(|it| memory.link(it)).map(|it| &it.user).collect()
    } else {
        wanted.iter().filter_map(|it| it.linked.as_ref()).collect()
    };
    let seen = linked.iter().filter(|it| side.accounts.get(it).is_some()).count();
    let mut missing_canaries = Vec::new();
    for (at, canary) in policy.okta.canaries.iter().enumerate() {
        let is_there = match Login::parse(canary) {
            Ok(login) => {
                side.accounts.is_taken(&login) || reader.user_by_login(&login).await?.is_some()
            }
            Err(_) => reader.user(&canary.as_ref().into()).await?.is_some(),
        };
        if !is_there {
            missing_canaries.push(at + 1);
        }
    }
    Ok(guard::doubt_okta(linked.len(), seen, &missing_canaries, &policy.limits))
}

/// Which of the logins that could be given nobody may have yet.
async fn tombstones(
    ledger: &ledger::Ledger,
    wanted: &[Wanted],
    side: &OktaSide,
    now: Timestamp,
) -> Result<BTreeSet<Login>, Error> {
    let mut res = BTreeSet::new();
    for login in wanted.iter().flat_map(|it| &it.logins) {
        if side.accounts.is_taken(login) || res.contains(login) {
            continue;
        }
        if ledger.is_tombstoned(login, now).await? {
            res.insert(login.clone());
        } else {
            break;
        }
    }
    Ok(res)
}

/// Linked people who are not in the roster: a state of its own, never a departure.
fn missing(hr: &HrSide, memory: &Memory) -> Vec<Finding> {
    let missing = memory.linked_people().filter(|it| hr.roster.person(it).is_none());
    missing
        .map(|it| {
            Finding::warning(
                Subject::Person(it.clone()),
                FindingCode::MissingFromRoster,
                "has an account and is not in UKG any more; nothing is changed. End the \
                 employment in UKG, or deactivate the account in Okta",
            )
        })
        .collect()
}

/// Holds the people behind rows of which only the employee could be read.
fn nameless(hr: &HrSide, memory: &Memory) -> Vec<Finding> {
    let people = hr.findings.iter().filter_map(|it| match &it.subject {
        Subject::Employee(employee) => {
            let known = hr.roster.by_employee(employee).map(|it| &it.id);
            let person = known.or_else(|| memory.by_employee(employee))?;
            Some(Finding::held(Subject::Person(person.clone()), it.code, it.detail.clone()))
        }
        Subject::Person(_)
        | Subject::Row(_)
        | Subject::User(_)
        | Subject::Group(_)
        | Subject::Named(_)
        | Subject::Run => None,
    });
    people.collect()
}

fn employees(hr: &HrSide, person: &PersonId) -> BTreeSet<crate::words::ids::EmployeeId> {
    let person = hr.roster.person(person);
    person.map_or(BTreeSet::new(), |it| {
        it.employments.iter().map(|it| it.row.employee.clone()).collect()
    })
}

fn departures(hr: &HrSide, plan: &Plan) -> BTreeMap<PersonId, jiff::civil::Date> {
    use crate::words::person::Presence;
    let people = plan.people.iter().filter_map(|it| hr.roster.person(&it.person));
    people
        .filter_map(|it| {
            let departure = match &it.presence {
                Presence::Gone(departure) => Some(departure),
                Presence::NotYet(arrival) => arrival.after.as_ref(),
                Presence::Here { .. } | Presence::Away { .. } => None,
            };
            Some((it.id.clone(), departure?.last_day))
        })
        .collect()
}

fn as_planned(plan: &Plan, outcome: Outcome) -> Vec<Taken> {
    plan.actions().map(|(part, action)| taken(part, action, outcome)).collect()
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

fn flow_name(run: &RunId) -> &str {
    run.as_str().rsplit_once('-').map_or("", |(flow, _)| flow)
}
