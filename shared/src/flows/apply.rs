//! Carries out a plan. By the time it acts there is nothing left to choose.
//!
//! For each person: write down what is about to be done, do it, read Okta back, write down what
//! came of it. A failed step stops that person's part, except that a leaver's part goes on: each
//! further step takes access away, whatever became of the one before.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use jiff::{Span, Timestamp};

use super::{
    Error, Office, Progress, Request, hr_side::HrSide, memory::Memory, okta_side::OktaSide,
    pass::taken, witness::Witness,
};
use crate::{
    deciders::{
        evidence::event::Approval,
        plan::{PersonPlan, Plan, Seen},
        report::Taken,
    },
    doors::{
        Verdict,
        ledger::{self, Claim, Intent, Lease, Link, Settlement},
        okta::{Reader, Receipt, Writer},
    },
    words::{
        action::{Kind, Outcome},
        finding::{Finding, FindingCode, Subject},
        ids::{OktaUserId, PersonId},
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
    pub(super) hr: &'a HrSide,
    pub(super) memory: &'a Memory,
    /// Who let which steps go on, by the digest of the step.
    pub(super) approvals: &'a BTreeMap<String, Approval>,
}

impl Site<'_> {
    /// Whether the run's time is up.
    fn is_late(&self) -> bool {
        self.request.is_late((self.office.clock)())
    }
}

/// What became of a plan.
pub(super) struct Applied {
    pub(super) people: Vec<AppliedPerson>,
    /// People whose part was not begun.
    pub(super) remaining: usize,
    /// What stopped everything.
    pub(super) stopped_by: Option<Error>,
}

impl Applied {
    /// The digests of the steps that were not begun: of people whose turn never came, and of those
    /// whose part was cut short.
    pub(super) fn left(&self, plan: &Plan) -> BTreeSet<String> {
        let begun: BTreeMap<&PersonId, &AppliedPerson> =
            self.people.iter().map(|it| (&it.person, it)).collect();
        let of_part = |part: &PersonPlan| -> Vec<String> {
            let all = part.actions.iter().map(|it| part.digest(it));
            match begun.get(&part.person) {
                None => all.collect(),
                Some(done) if done.is_cut_short => {
                    let steps = all.zip(&done.steps);
                    let left = steps.filter(|(_, step)| step.outcome == Outcome::Skipped);
                    left.map(|(digest, _)| digest).collect()
                }
                Some(_) => Vec::new(),
            }
        };
        plan.people.iter().flat_map(of_part).collect()
    }
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
    /// Of a leaver who was cut off: how long that took since it was due.
    pub(super) minutes_to_revoke: Option<u64>,
    /// Whether the time ended between two steps.
    pub(super) is_cut_short: bool,
}

/// People worked on at once. "Concurrency above 5 is useless for writes"
/// (reference/performance.md, section 2.3).
const AT_ONCE: usize = 5;
/// How long one person may be ours before another run may take over.
const PERSON_MINUTES: i64 = 5;

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
            let part = part.clone();
            Hand { site, writer: &writer, reader: &reader, part, seq, seen, profile: None }
        };
        let mut work =
            stream::iter(group.into_iter().map(hand))
                .map(|it| async move {
                    if site.is_late() { Ok(None) } else { it.work().await.map(Some) }
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
pub(super) struct Hand<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) writer: &'a Writer,
    pub(super) reader: &'a Reader,
    pub(super) part: PersonPlan,
    seq: u32,
    /// What was seen of the account; of a new one, once it is there.
    pub(super) seen: Option<Seen>,
    /// Okta's receipt for the one call that took all changes of the profile.
    pub(super) profile: Option<Receipt>,
}

/// What Okta said to one step.
pub(super) struct Said {
    pub(super) outcome: Outcome,
    pub(super) request_id: Option<String>,
    pub(super) detail: Option<String>,
}

impl Said {
    pub(super) fn done(request_id: Option<String>) -> Self {
        Self { outcome: Outcome::Done, request_id, detail: None }
    }

    pub(super) fn skipped(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Skipped, request_id: None, detail: Some(detail.into()) }
    }
}

impl Hand<'_> {
    pub(super) fn now(&self) -> Timestamp {
        (self.site.office.clock)()
    }

    pub(super) fn finding(&self, code: FindingCode, detail: impl Into<String>) -> Finding {
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
            minutes_to_revoke: None,
            is_cut_short: false,
        };
        let lease = self.site.lease;
        let claim = ledger.take_person(lease, &self.part.person, self.now(), self.until()).await?;
        let mut right = match claim {
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
        let witness = Witness::of(self.site.office, lease, self.site.request.as_of);
        let due = witness.intended(self.site, &self.part, self.seq).await?;

        let mut said: Vec<Said> = Vec::new();
        let mut times: Vec<Timestamp> = Vec::new();
        let mut stop = None;
        for action in self.part.actions.clone() {
            if stop.is_some() {
                said.push(Said::skipped("the run stopped before"));
                continue;
            }
            // What was begun is begun: at least one step is taken.
            if !said.is_empty() && self.site.is_late() {
                said.push(Said::skipped("no time was left; the next run goes on"));
                res.is_cut_short = true;
                continue;
            }
            let failed = said.iter().any(|it| it.outcome == Outcome::Failed);
            if failed && !self.part.is_urgent() {
                said.push(Said::skipped("an earlier step failed"));
                continue;
            }
            right = self.keep(right).await?;
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
            times.resize(said.len(), witness.now());
        }
        right = self.keep(right).await?;
        if stop.is_none() {
            res.seen = self.read_back(&mut said, &mut res.findings).await?;
        }
        // An adopted account is linked and no more: what it should hold is for the next flow.
        res.is_verified =
            !self.part.has(Kind::Adopt) && said.iter().all(|it| it.outcome == Outcome::Verified);
        let closed = self.part.actions.iter().zip(&said).any(|(action, said)| {
            let closes = matches!(action.kind.kind(), Kind::Suspend | Kind::Deactivate);
            closes && said.outcome == Outcome::Verified
        });
        let minutes = due.filter(|_| closed).map(|it| witness.now().duration_since(it).as_mins());
        res.minutes_to_revoke = minutes.map(|it| u64::try_from(it).unwrap_or(0));
        // The log first: what a crash leaves open here, the next run finds and says there too.
        witness.settled(&self.part.person, self.user(), self.seq, &said, &times).await?;
        self.settle(&said).await?;
        let is_back = self.part.has(Kind::Unsuspend) || self.part.has(Kind::Reactivate);
        if res.is_verified && is_back {
            // What was saved for an undo has served: years later it would be an old job's access.
            ledger.close_undo(right.fence(), &self.part.person, self.now()).await?;
        }
        ledger.release_person(lease, right).await?;
        let user = self.user().cloned();
        res.steps = self
            .part
            .actions
            .iter()
            .zip(said)
            .map(|(action, said)| {
                let step = taken(&self.part, action, said.outcome);
                // What was kept is known only now.
                let kept = (action.kind.kind() == Kind::Archive).then_some(said.detail).flatten();
                let target = step.target.or(kept);
                Taken { user: user.clone(), request_id: said.request_id, target, ..step }
            })
            .collect();
        Ok((res, stop))
    }

    pub(super) fn user(&self) -> Option<&OktaUserId> {
        self.part.user.as_ref().or(self.seen.as_ref().map(|it| &it.account.id))
    }

    fn until(&self) -> Timestamp {
        self.now().checked_add(Span::new().minutes(PERSON_MINUTES)).unwrap_or(Timestamp::MAX)
    }

    /// Makes sure that the person is still ours, after an answer that took longer than the right
    /// lasts: whoever has been overtaken meanwhile leaves the rest to those who are at work now.
    async fn keep(&self, right: ledger::Writer) -> Result<ledger::Writer, Error> {
        if self.now() < right.until() {
            return Ok(right);
        }
        let Site { office, lease, .. } = self.site;
        Ok(office.ledger.extend_person(lease, right, self.until()).await?)
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
}
