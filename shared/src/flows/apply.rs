//! Carries out a plan. By the time it acts there is nothing left to choose.
//!
//! For each person: write down what is about to be done, do it, read Okta back, write down what
//! came of it. A failed step stops that person's part, except that a leaver's part goes on: each
//! further step takes access away, whatever became of the one before.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use jiff::{Span, Timestamp, civil::Date};

use super::{
    Error, Office, Progress, Request,
    okta_side::{OktaSide, writable_groups},
    pipeline::taken,
    verify::{self, After},
};
use crate::{
    deciders::{
        plan::{PersonPlan, Plan, Seen},
        report::Taken,
    },
    doors::{
        Verdict,
        ledger::{Claim, Intent, Lease, Link, Settlement, UndoPack},
        okta::{self, Mail, NewUser, Reader, Refused, Writer},
    },
    words::{
        account::{Account, Status},
        action::{Action, ActionKind, Kind, NewAccount, Outcome, expected_statuses},
        finding::{Finding, FindingCode, Subject},
        ids::{EmployeeId, OktaUserId, PersonId},
        value::Value,
    },
};

/// What is needed to carry out one plan.
pub(super) struct Site<'a> {
    pub(super) office: &'a Office,
    pub(super) request: &'a Request,
    pub(super) lease: &'a Lease,
    pub(super) plan_hash: String,
    /// The number of the first step: steps are numbered through the whole run.
    pub(super) first_seq: u32,
    /// Whether accounts must be read by id before they are touched, because lists are older.
    pub(super) re_read: bool,
    pub(super) employees: BTreeMap<PersonId, BTreeSet<EmployeeId>>,
    pub(super) departures: BTreeMap<PersonId, Date>,
}

/// What became of a plan.
pub(super) struct Applied {
    pub(super) people: Vec<AppliedPerson>,
    /// People whose part was not begun.
    pub(super) remaining: usize,
    /// What stopped everything.
    pub(super) stopped_by: Option<Error>,
}

/// What became of one person's part.
pub(super) struct AppliedPerson {
    pub(super) person: PersonId,
    pub(super) steps: Vec<Taken>,
    pub(super) findings: Vec<Finding>,
    pub(super) seen: Option<Seen>,
    pub(super) link: Option<Link>,
    /// Whether every step was read back, so that the account is as it should be.
    pub(super) is_verified: bool,
}

/// People worked on at once. "Concurrency above 5 is useless for writes"
/// (reference/performance.md, section 2.3).
const AT_ONCE: usize = 5;
/// How long one person may be ours before another run may take over.
const PERSON_MINUTES: i64 = 5;
/// Waits between reading back, in milliseconds: memberships can lag for seconds
/// (reference/okta.md, section 3).
const READ_BACK_MS: [u64; 5] = [0, 250, 1_000, 3_000, 6_000];

/// Carries out a plan, leavers first.
pub(super) async fn apply(site: &Site<'_>, plan: &Plan, side: &OktaSide) -> Result<Applied, Error> {
    let writer = site.office.okta.writer();
    let reader = site.office.okta.reader();
    let mut res = Applied { people: Vec::new(), remaining: 0, stopped_by: None };
    let mut seq = site.first_seq;
    let numbered: Vec<(u32, &PersonPlan)> = plan
        .people
        .iter()
        .map(|part| {
            let first = seq;
            seq += u32::try_from(part.actions.len()).unwrap_or(0);
            (first, part)
        })
        .collect();
    let (urgent, others): (Vec<_>, Vec<_>) =
        numbered.into_iter().partition(|(_, part)| part.is_urgent());
    for group in [urgent, others] {
        let hand = |(seq, part): (u32, &'_ PersonPlan)| {
            let seen = part.user.as_ref().and_then(|it| side.seen(it));
            Hand { site, writer: &writer, reader: &reader, part: part.clone(), seq, seen }
        };
        let mut work = stream::iter(group.into_iter().map(hand))
            .map(|it| async move {
                let is_late = site.request.stop_at.is_some_and(|it| it <= (site.office.clock)());
                if is_late { Ok(None) } else { it.work().await.map(Some) }
            })
            .buffered(AT_ONCE);
        while let Some(done) = work.next().await {
            match done {
                _ if res.stopped_by.is_some() => res.remaining += 1,
                Ok(Some((person, stop))) => {
                    res.people.push(person);
                    res.stopped_by = stop;
                    (site.request.progress)(Progress::Applied);
                }
                Ok(None) => res.remaining += 1,
                Err(error) => res.stopped_by = Some(error),
            }
            if res.stopped_by.is_some() {
                break;
            }
        }
        if res.stopped_by.is_some() {
            break;
        }
    }
    Ok(res)
}

/// One person's part under way.
struct Hand<'a> {
    site: &'a Site<'a>,
    writer: &'a Writer,
    reader: &'a Reader,
    part: PersonPlan,
    seq: u32,
    seen: Option<Seen>,
}

/// What Okta said to one step.
struct Said {
    outcome: Outcome,
    request_id: Option<String>,
    detail: Option<String>,
}

impl Said {
    fn done(request_id: Option<String>) -> Self {
        Self { outcome: Outcome::Done, request_id, detail: None }
    }

    fn skipped(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Skipped, request_id: None, detail: Some(detail.into()) }
    }
}

impl Hand<'_> {
    fn now(&self) -> Timestamp {
        (self.site.office.clock)()
    }

    fn finding(&self, code: FindingCode, detail: impl Into<String>) -> Finding {
        Finding::warning(Subject::Person(self.part.person.clone()), code, detail)
    }

    /// Does everything for the person; the second value stops the whole run.
    async fn work(mut self) -> Result<(AppliedPerson, Option<Error>), Error> {
        let ledger = &self.site.office.ledger;
        let mut res = AppliedPerson {
            person: self.part.person.clone(),
            steps: Vec::new(),
            findings: Vec::new(),
            seen: None,
            link: None,
            is_verified: false,
        };
        let until =
            self.now().checked_add(Span::new().minutes(PERSON_MINUTES)).unwrap_or(Timestamp::MAX);
        let lease = self.site.lease;
        let claim = ledger.take_person(lease, &self.part.person, self.now(), until).await?;
        let right = match claim {
            Claim::Won(right) => right,
            Claim::Held { by, .. } => {
                res.findings.push(self.finding(
                    FindingCode::Refused,
                    format!("run {by} is at work on this person; the next run looks again"),
                ));
                return Ok((res, None));
            }
        };
        if self.site.re_read && !self.is_as_planned().await? {
            ledger.release_person(lease, right).await?;
            res.findings.push(self.finding(
                FindingCode::Drift,
                "the account changed since it was read; nothing was done, the next run looks again",
            ));
            return Ok((res, None));
        }
        ledger.intend(&right, &self.intents()).await?;

        let mut said: Vec<Said> = Vec::new();
        let mut stop = None;
        for action in self.part.actions.clone() {
            if stop.is_some() {
                said.push(Said::skipped("the run stopped before"));
                continue;
            }
            let failed = said.iter().any(|it| it.outcome == Outcome::Failed);
            if failed && !self.part.is_urgent() {
                said.push(Said::skipped("an earlier step failed"));
                continue;
            }
            match self.take(&action, &right, &mut res.link).await {
                Ok(it) => said.push(it),
                Err(Error::Okta(error)) => {
                    said.push(Said {
                        outcome: Outcome::Failed,
                        request_id: None,
                        detail: Some(error.to_string()),
                    });
                    res.findings.push(self.finding(FindingCode::Refused, error.to_string()));
                    match error.verdict() {
                        Verdict::Refuse | Verdict::Retry { .. } => {}
                        Verdict::Page => stop = Some(Error::Okta(error)),
                    }
                }
                Err(error) => return Err(error),
            }
        }
        if stop.is_none() {
            res.seen = self.read_back(&mut said, &mut res.findings).await?;
        }
        // An adopted account is linked and no more: what it should hold is for the next flow.
        res.is_verified =
            !self.part.has(Kind::Adopt) && said.iter().all(|it| it.outcome == Outcome::Verified);
        self.settle(&said).await?;
        ledger.release_person(lease, right).await?;
        let user = self.user().cloned();
        res.steps = self
            .part
            .actions
            .iter()
            .zip(said)
            .map(|(action, said)| {
                let step = taken(&self.part, action, said.outcome);
                Taken { user: user.clone(), request_id: said.request_id, ..step }
            })
            .collect();
        Ok((res, stop))
    }

    fn user(&self) -> Option<&OktaUserId> {
        self.part.user.as_ref().or(self.seen.as_ref().map(|it| &it.account.id))
    }

    /// Reads the account by id: whether it still has the status that was planned from.
    async fn is_as_planned(&mut self) -> Result<bool, Error> {
        let (Some(user), Some(planned)) = (&self.part.user, self.part.status) else {
            return Ok(true);
        };
        let Some(account) = self.reader.user(user).await? else { return Ok(false) };
        let is_same = account.status == planned;
        if let Some(seen) = &mut self.seen {
            seen.account = account;
        }
        Ok(is_same)
    }

    fn intents(&self) -> Vec<Intent> {
        let at = self.now();
        (self.seq..)
            .zip(&self.part.actions)
            .map(|(seq, action)| {
                let step = taken(&self.part, action, Outcome::Planned);
                Intent {
                    run: self.site.lease.run().clone(),
                    seq,
                    person: action.person.clone(),
                    user: action.user.clone(),
                    kind: step.kind,
                    target: step.target,
                    cause: step.cause,
                    plan_hash: self.site.plan_hash.clone(),
                    at,
                }
            })
            .collect()
    }

    async fn settle(&self, said: &[Said]) -> Result<(), Error> {
        let at = self.now();
        let settlements: BTreeMap<u32, Settlement> = (self.seq..)
            .zip(said)
            .map(|(seq, it)| {
                let settlement = Settlement {
                    outcome: it.outcome,
                    request_id: it.request_id.clone(),
                    at,
                    detail: it.detail.clone(),
                };
                (seq, settlement)
            })
            .collect();
        Ok(self.site.office.ledger.settle_all(self.site.lease.run(), &settlements).await?)
    }

    /// One step. Answers that mean "it is so already" are successes; reading back decides.
    async fn take(
        &mut self,
        action: &Action,
        right: &crate::doors::ledger::Writer,
        link: &mut Option<Link>,
    ) -> Result<Said, Error> {
        if let ActionKind::Create(new) = &action.kind {
            return self.create(new, right, link).await;
        }
        if action.kind == ActionKind::SaveUndo {
            self.save_undo(right).await?;
            return Ok(Said::done(None));
        }
        let Some(user) = self.user().cloned() else {
            return Ok(Said::skipped("there is no account"));
        };
        let answer = self.write(&user, &action.kind).await;
        match answer {
            Ok(receipt) => {
                if let ActionKind::Adopt { .. } = action.kind
                    && let Some(seen) = self.seen.clone()
                {
                    *link = Some(self.link(&seen.account, right, false).await?);
                }
                Ok(Said::done(receipt.request_id))
            }
            Err(error) if is_moot(&error, action.kind.kind()) => {
                let detail = Some(error.to_string());
                Ok(Said { outcome: Outcome::Done, request_id: None, detail })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn create(
        &mut self,
        new: &NewAccount,
        right: &crate::doors::ledger::Writer,
        link: &mut Option<Link>,
    ) -> Result<Said, Error> {
        let request = NewUser {
            login: new.login.clone(),
            profile: new.profile.clone(),
            groups: new.groups.iter().map(|it| it.id.clone()).collect(),
        };
        let written = self.writer.create(&request).await?;
        *link = Some(self.link(&written.value, right, true).await?);
        let account = written.value;
        self.seen = Some(Seen { account, groups: BTreeSet::new(), apps: BTreeSet::new() });
        Ok(Said::done(written.receipt.request_id))
    }

    async fn write(
        &self,
        user: &OktaUserId,
        kind: &ActionKind,
    ) -> Result<okta::Receipt, okta::Error> {
        let policy = &self.site.office.policy;
        match kind {
            ActionKind::Adopt { .. } => {
                let key = Value::Text(self.part.person.as_str().into());
                let changes = BTreeMap::from([(policy.okta.key_attribute.clone(), Some(key))]);
                Ok(self.writer.update_profile(user, &changes).await?.receipt)
            }
            ActionKind::Activate => {
                let mail =
                    if policy.lifecycle.send_activation_email { Mail::Send } else { Mail::Spare };
                let receipt = self.writer.activate(user, mail).await?;
                self.reader.settle(user).await?;
                Ok(receipt)
            }
            ActionKind::Reactivate => {
                let receipt = self.writer.reactivate_deprovisioned(user).await?;
                self.reader.settle(user).await?;
                Ok(receipt)
            }
            ActionKind::Suspend => self.writer.suspend(user).await,
            ActionKind::Unsuspend => self.writer.unsuspend(user).await,
            ActionKind::EndSessions => self.writer.end_sessions(user).await,
            ActionKind::RevokeGrants => self.writer.revoke_grants(user).await,
            ActionKind::JoinGroup(group) => self.writer.join_group(user, &group.id).await,
            ActionKind::LeaveGroup(group) => self.writer.leave_group(user, &group.id).await,
            ActionKind::AssignApp(app) => self.writer.assign_app(user, &app.id).await,
            ActionKind::UnassignApp(app) => self.writer.unassign_app(user, &app.id).await,
            ActionKind::Deactivate => {
                let receipt = self.writer.deactivate(user).await?;
                self.reader.settle(user).await?;
                Ok(receipt)
            }
            ActionKind::Update(changes) | ActionKind::SetManager { changes, .. } => {
                let changes: BTreeMap<_, _> =
                    changes.iter().map(|(name, it)| (name.clone(), it.after.clone())).collect();
                Ok(self.writer.update_profile(user, &changes).await?.receipt)
            }
            ActionKind::Create(_) | ActionKind::SaveUndo => {
                unreachable!("taken before: they do not act on an existing account")
            }
        }
    }

    async fn link(
        &self,
        account: &Account,
        right: &crate::doors::ledger::Writer,
        created_by_us: bool,
    ) -> Result<Link, Error> {
        let link = Link {
            person: self.part.person.clone(),
            user: account.id.clone(),
            login: account.login.clone(),
            employees: self.site.employees.get(&self.part.person).cloned().unwrap_or_default(),
            linked_at: self.now(),
            created_by_us,
        };
        self.site.office.ledger.link(right.fence(), &link).await?;
        Ok(link)
    }

    async fn save_undo(&self, right: &crate::doors::ledger::Writer) -> Result<(), Error> {
        let Some(seen) = &self.seen else { return Ok(()) };
        let Some(departure) = self.site.departures.get(&self.part.person) else { return Ok(()) };
        let owned = self.site.office.policy.owned_attributes();
        let profile = seen.account.profile.iter().filter(|(name, _)| owned.contains(*name));
        let pack = UndoPack {
            person: self.part.person.clone(),
            user: seen.account.id.clone(),
            departure: *departure,
            status: seen.account.status,
            groups: seen.groups.iter().cloned().collect(),
            apps: seen.apps.iter().cloned().collect(),
            profile: profile.map(|(name, it)| (name.clone(), it.clone())).collect(),
            saved_at: self.now(),
            run: self.site.lease.run().clone(),
            used_at: None,
        };
        self.site.office.ledger.save_undo(right.fence(), &pack).await?;
        Ok(())
    }

    /// Reads Okta until it shows every step that was done, or patience ends.
    async fn read_back(
        &self,
        said: &mut [Said],
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Seen>, Error> {
        let Some(user) = self.user().cloned() else { return Ok(None) };
        let key = self.site.office.policy.okta.key_attribute.as_ref();
        let key = (key, self.part.person.as_str());
        let mut seen = None;
        for wait in READ_BACK_MS {
            if wait > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
            }
            let now = self.look(&user, seen.as_ref()).await?;
            let Some(now) = now else { break };
            let after = After { account: &now.account, groups: &now.groups, apps: &now.apps };
            for (action, it) in self.part.actions.iter().zip(said.iter_mut()) {
                if it.outcome == Outcome::Done && verify::shows(&after, &action.kind, key) {
                    it.outcome = Outcome::Verified;
                }
            }
            seen = Some(now);
            if said.iter().all(|it| it.outcome != Outcome::Done) {
                break;
            }
        }
        for (action, it) in self.part.actions.iter().zip(said.iter()) {
            if it.outcome == Outcome::Done {
                findings.push(self.finding(
                    FindingCode::NotVerified,
                    format!(
                        "okta accepted {} and reading back does not show it; the next run looks \
                         again",
                        action.kind.kind()
                    ),
                ));
            }
        }
        Ok(seen)
    }

    /// Reads what the steps of this part could have changed, and nothing else.
    async fn look(&self, user: &OktaUserId, before: Option<&Seen>) -> Result<Option<Seen>, Error> {
        let Some(account) = self.reader.user(user).await? else { return Ok(None) };
        let known = before.or(self.seen.as_ref());
        let touches_groups =
            self.part.actions.iter().any(|it| {
                matches!(it.kind.kind(), Kind::Create | Kind::JoinGroup | Kind::LeaveGroup)
            });
        let groups = if touches_groups {
            writable_groups(self.reader, user).await?
        } else {
            known.map_or_else(BTreeSet::new, |it| it.groups.clone())
        };
        let mut apps = known.map_or_else(BTreeSet::new, |it| it.apps.clone());
        for action in &self.part.actions {
            if let ActionKind::AssignApp(app) | ActionKind::UnassignApp(app) = &action.kind {
                let found = self.reader.app_user(&app.id, user).await?;
                if found.is_some_and(|it| it.scope == okta::AppScope::User) {
                    apps.insert(app.clone());
                } else {
                    apps.remove(app);
                }
            }
        }
        // A deactivated account has lost its apps with its status (reference/okta.md, section 2.3).
        if account.status == Status::Deprovisioned {
            apps.clear();
        }
        Ok(Some(Seen { account, groups, apps }))
    }
}

/// Whether Okta's refusal may mean that there was nothing left to do; reading back decides.
fn is_moot(error: &okta::Error, kind: Kind) -> bool {
    match error {
        okta::Error::Refused { why, .. } => match why {
            Refused::WrongStatus | Refused::AlreadyActive => expected_statuses(kind).is_some(),
            Refused::NotFound => kind == Kind::Deactivate,
            // The app came by a group, and the group has been left or stays by its own rule.
            Refused::ByGroup => kind == Kind::UnassignApp,
            Refused::MasteredElsewhere
            | Refused::NotPermitted
            | Refused::ReadOnlyGroup
            | Refused::ReadOnlyAttribute
            | Refused::UnknownAttribute
            | Refused::NameTaken
            | Refused::TooManyGroups
            | Refused::Invalid { .. }
            | Refused::Code { .. } => false,
        },
        // The step may have had its effect; a create is looked up by the next run instead.
        okta::Error::UnknownOutcome { .. } => kind != Kind::Create,
        okta::Error::OutOfTime { .. }
        | okta::Error::RateLimited { .. }
        | okta::Error::Unreachable { .. }
        | okta::Error::Unavailable { .. }
        | okta::Error::ReadOnly { .. }
        | okta::Error::Busy { .. }
        | okta::Error::StillChanging { .. }
        | okta::Error::LoginTaken { .. }
        | okta::Error::Unauthorized { .. }
        | okta::Error::NoToken { .. }
        | okta::Error::BadKey
        | okta::Error::Forbidden { .. }
        | okta::Error::NotUnderstood { .. }
        | okta::Error::OddAnswer { .. }
        | okta::Error::IncompleteRecord { .. }
        | okta::Error::UnknownStatus { .. }
        | okta::Error::ForeignHost { .. }
        | okta::Error::PageLoop { .. } => false,
    }
}
