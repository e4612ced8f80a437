//! What a run says in the audit log: before it acts and after, with all that it follows from.
//!
//! Times here are those of the decisions: in a rehearsal that sets `as_of` apart from the clock,
//! the log tells the rehearsed times, and the machine's beside them.

use jiff::{SignedDuration, Timestamp, civil::DateTime};

use super::{
    Error, Office,
    apply::{Said, Site},
    memory::Memory,
    tell,
};
use crate::{
    deciders::{
        evidence::event::{
            Approval, Event, HrRecord, Intended, IntendedStep, OrgEvent, PersonalFacts, Settled,
            SettledStep,
        },
        lifecycle::{Before, StandingKind},
        plan::PersonPlan,
    },
    doors::ledger::{AuditEvent, Intent, Lease, OrgDeed, Settlement},
    words::{
        action::{ActionKind, Change, Kind},
        coming::Coming,
        ids::{OktaUserId, PersonId},
        person::{Arrival, Person, Presence},
        value::Value,
    },
};

/// A run that is decided for an instant this far from the clock is a rehearsal.
const REHEARSAL: SignedDuration = SignedDuration::from_mins(5);

/// Writes one run's log.
pub(super) struct Witness<'a> {
    office: &'a Office,
    lease: &'a Lease,
    as_of: Timestamp,
}

impl<'a> Witness<'a> {
    pub(super) fn of(office: &'a Office, lease: &'a Lease, as_of: Timestamp) -> Self {
        Self { office, lease, as_of }
    }

    /// The instant for which the run decides, and what has passed since it began.
    pub(super) fn now(&self) -> Timestamp {
        let passed = (self.office.clock)().duration_since(self.lease.started());
        self.as_of.checked_add(passed.max(SignedDuration::ZERO)).unwrap_or(self.as_of)
    }

    /// The machine's clock, when it is set apart from the instant that is decided for.
    fn clock(&self) -> Option<Timestamp> {
        let started = self.lease.started();
        let is_apart = started.duration_since(self.as_of).abs() >= REHEARSAL;
        is_apart.then(|| (self.office.clock)())
    }

    /// Writes events as they are.
    pub(super) async fn say(&self, events: Vec<Event>) -> Result<(), Error> {
        let events: Vec<AuditEvent> = events.iter().map(|it| it.to_json().into()).collect();
        self.office.ledger.append_audit(self.lease.run(), &events).await?;
        Ok(())
    }

    /// What is about to be done for one person. Of a departure it returns the instant from which
    /// its time counts.
    pub(super) async fn intended(
        &self,
        site: &Site<'_>,
        part: &PersonPlan,
        first: u32,
    ) -> Result<Option<Timestamp>, Error> {
        let policy = &self.office.policy;
        let before = site.memory.before(&part.person);
        let person = site.hr.roster.person(&part.person);
        let mut approvals: Vec<Approval> = Vec::new();
        if !site.approvals.is_empty() {
            let digests = part.actions.iter().map(|it| part.digest(it));
            approvals.extend(digests.filter_map(|it| site.approvals.get(&it).cloned()));
            approvals.sort();
            approvals.dedup();
        }
        let facts = facts(part, person.as_ref());
        let ends = matches!(part.standing, StandingKind::Out | StandingKind::Paused);
        let mut hr = self.hr_record(site.memory, part, person.as_ref());
        // The first day of a spell that HR says never ended is of no interest: the correction is.
        if let (Some(Before { out_since: Some(since), .. }), false) = (before, ends)
            && hr.effective.is_some_and(|it| it <= since)
        {
            (hr.day, hr.effective) = (None, None);
        }
        hr.fields = facts.fields.iter().map(|[name, _, _]| name.clone()).collect();
        let was = before.map(|it| it.standing);
        let leaves =
            part.standing == StandingKind::Out && was.is_some_and(|it| it != StandingKind::Out);
        let due = hr.effective.max(hr.entered).filter(|_| leaves);
        let event = Event::Intended(Box::new(Intended {
            at: self.now(),
            clock: self.clock(),
            run: self.lease.run().clone(),
            policy: policy.hash.clone(),
            plan: site.plan_hash.clone(),
            approvals,
            person: part.person.clone(),
            user: part.user.clone(),
            was,
            out_since: before.and_then(|it| it.out_since),
            becomes: part.standing,
            because: part.because.clone(),
            hr,
            allowed_minutes: match ends {
                true => policy.audit.revoke_minutes,
                false => policy.audit.provision_minutes,
            },
            steps: (first..)
                .zip(&part.actions)
                .map(|(seq, it)| IntendedStep {
                    seq,
                    kind: it.kind.kind(),
                    // A login is a name: it is among the facts.
                    target: it.kind.target().filter(|_| it.kind.kind() != Kind::RenameLogin),
                    cause: it.cause.to_string(),
                })
                .collect(),
        }));
        let facts = Some((part.person.clone(), facts.to_json()));
        let event = AuditEvent { event: event.to_json(), facts };
        self.office.ledger.append_audit(self.lease.run(), &[event]).await?;
        Ok(due)
    }

    /// What became of it.
    pub(super) async fn settled(
        &self,
        person: &PersonId,
        user: Option<&OktaUserId>,
        first: u32,
        said: &[Said],
        times: &[Timestamp],
    ) -> Result<(), Error> {
        let at = self.now();
        let steps = (first..).zip(said).zip(times.iter().copied().chain(std::iter::repeat(at)));
        let steps = steps.map(|((seq, it), at)| SettledStep {
            seq,
            outcome: it.outcome,
            request_id: it.request_id.clone(),
            at,
            detail: it.detail.clone(),
        });
        let run = self.lease.run().clone();
        let settled = Settled {
            at,
            of: run.clone(),
            run,
            person: person.clone(),
            user: user.cloned(),
            steps: steps.collect(),
        };
        self.say(vec![Event::Settled(settled)]).await
    }

    /// What became of a step of a run that was interrupted.
    pub(super) async fn found(&self, intent: &Intent, how: &Settlement) -> Result<(), Error> {
        let at = self.now();
        let settled = Settled {
            at,
            run: self.lease.run().clone(),
            of: intent.run.clone(),
            person: intent.person.clone(),
            user: intent.user.clone(),
            steps: vec![SettledStep {
                seq: intent.seq,
                outcome: how.outcome,
                request_id: how.request_id.clone(),
                at,
                detail: how.detail.clone(),
            }],
        };
        self.say(vec![Event::Settled(settled)]).await
    }

    /// A step on a group or a policy, before and after.
    pub(super) async fn org(&self, deed: &OrgDeed) -> Result<(), Error> {
        let OrgDeed { run, seq, kind, target, cause, plan_hash, at: _, settled } = deed;
        let event = OrgEvent {
            at: self.now(),
            run: run.clone(),
            policy: self.office.policy.hash.clone(),
            plan: plan_hash.clone(),
            seq: *seq,
            kind: *kind,
            target: target.clone(),
            cause: cause.clone(),
            outcome: settled.as_ref().map(|it| it.outcome),
            request_id: settled.as_ref().and_then(|it| it.request_id.clone()),
        };
        self.say(vec![Event::Org(event)]).await
    }

    /// Seals what the run has said, and what crashed runs of the flow have left.
    pub(super) async fn seal(&self, flow: &str) -> Result<(), Error> {
        let signer = self.office.signer.as_ref();
        let sealed = self.office.ledger.seal_logs(flow, signer, self.now()).await?;
        if let Some((number, hash)) = sealed {
            // Outside of the ledger it is what later proves that nothing before it was changed.
            tracing::info!(run.id = %self.lease.run(), seal.number = number, seal.hash = %hash, "sealed");
        }
        Ok(())
    }

    fn hr_record(&self, memory: &Memory, part: &PersonPlan, person: Option<&Person>) -> HrRecord {
        let Some(person) = person else { return HrRecord::default() };
        let primary = person.primary();
        let row = &primary.row;
        let stamp = |at: DateTime| stamp(self.office, at);
        let mut res = HrRecord {
            entered: row.changed.and_then(stamp),
            zone: primary.zone.iana_name().unwrap_or("UTC").to_owned(),
            is_contingent: primary.is_contingent,
            ..HrRecord::default()
        };
        let mut coming = Coming::Start;
        match (&person.presence, part.standing) {
            (Presence::Gone(departure), _)
            | (Presence::NotYet(Arrival { after: Some(departure), .. }), StandingKind::Out) => {
                coming = Coming::End;
                res.day = Some(departure.last_day);
                res.effective = Some(departure.at);
                res.source = Some(departure.source.to_string());
            }
            (Presence::NotYet(arrival), _) => {
                res.day = Some(arrival.starts);
                res.effective = Some(arrival.at);
            }
            (Presence::Here { .. } | Presence::Away { .. }, _) => {
                res.day = row.last_hire.or(row.original_hire);
                let day = res.day.and_then(|it| it.to_zoned_datetime(primary.zone.clone()).ok());
                res.effective = day.map(|it| it.timestamp());
            }
        }
        // Of a new hire the record is as old as the hire; later touches are none of his.
        if coming == Coming::Start && part.has(Kind::Create) {
            res.entered = row.created.or(row.changed).and_then(stamp);
        }
        let known = memory.foreseen.get(&(person.id.clone(), coming));
        let seen = known.map_or(self.as_of, |it| it.seen);
        // What HR touched after it was seen is another matter; and nobody sees what is not entered,
        // whatever the zone of the stamps was taken for.
        let entered = known.and_then(|it| it.entered).or(res.entered);
        res.entered = entered.map(|it| it.min(seen));
        res.seen = Some(seen);
        res
    }
}

/// One of UKG's stamps, which carry no zone, in the zone that the policy says.
pub(super) fn stamp(office: &Office, at: DateTime) -> Option<Timestamp> {
    let zone = office.policy.roster.zones.stamps.clone();
    at.to_zoned_datetime(zone).ok().map(|it| it.timestamp())
}

/// What is personal about a part of a plan.
fn facts(part: &PersonPlan, person: Option<&Person>) -> PersonalFacts {
    let number = person.and_then(|it| it.primary().row.number.as_ref());
    let mut fields = Vec::new();
    let shown = |it: &Option<Value>| it.as_ref().map_or_else(String::new, ToString::to_string);
    for action in &part.actions {
        match &action.kind {
            ActionKind::Update(changes) | ActionKind::SetManager { changes, .. } => {
                fields.extend(changes.iter().map(|(name, Change { before, after })| {
                    [name.to_string(), shown(before), shown(after)]
                }));
            }
            ActionKind::Create(new) => {
                fields.extend(
                    new.profile
                        .iter()
                        .map(|(name, it)| [name.to_string(), String::new(), it.to_string()]),
                );
            }
            ActionKind::RenameLogin { from, to } => {
                fields.push(["login".to_owned(), from.to_string(), to.to_string()]);
            }
            ActionKind::Adopt { .. }
            | ActionKind::Activate
            | ActionKind::Reactivate
            | ActionKind::Suspend
            | ActionKind::Unsuspend
            | ActionKind::EndSessions
            | ActionKind::RevokeGrants
            | ActionKind::SaveUndo
            | ActionKind::JoinGroup(_)
            | ActionKind::LeaveGroup(_)
            | ActionKind::AssignApp(_)
            | ActionKind::UnassignApp(_)
            | ActionKind::Deactivate
            | ActionKind::LinkManager { .. }
            | ActionKind::SetTier(_)
            | ActionKind::Archive => {}
        }
    }
    PersonalFacts {
        name: person.and_then(tell::name_of).unwrap_or_default(),
        login: part.login.as_ref().map(ToString::to_string).unwrap_or_default(),
        number: number.map(ToString::to_string).unwrap_or_default(),
        fields,
    }
}
