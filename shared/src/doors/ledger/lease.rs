//! One run of a flow at a time, one run at a person at a time, and fences against the slow.
//!
//! A lease that has run out can be taken over, so its old holder may wake up and still believe
//! in it. That is why nothing depends on the holder's belief: each takeover moves a *fence*
//! record to its next revision, and every write about a person carries the condition that the
//! fence is where its run left it.
//!
//! An overtaken run can take no more persons, and loses each one it has as soon as its follower
//! takes that person. Until then it may finish what it has begun there: nobody else is at it. When
//! that takes longer than its right lasts, it has to extend the right, which an overtaken run
//! cannot.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    codec::Format,
    error::Error,
    runs::{Exit, RUN, Run, run_key},
    store::{Expect, Key, Write},
};
use crate::words::ids::{PersonId, PolicyHash, RunId};

pub(super) const LEASE: Format = Format::v1("lease");
const FENCE: Format = Format::v1("fence");
const WRITER: Format = Format::v1("writer");

/// The right to work, or who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim<T> {
    /// It is ours.
    Won(T),
    /// Another run is at work.
    Held {
        /// Which one.
        by: RunId,
        /// When its right ends, unless it is renewed.
        until: Timestamp,
    },
}

/// Proof of a lease that can be checked in a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    key: Key,
    rev: u64,
}

impl Fence {
    /// The condition that nobody has taken over.
    pub(super) fn check(&self) -> Write {
        Write::Check(self.key.clone(), Expect::Rev(self.rev))
    }

    /// Tells a fence that is down from any other conflict.
    pub(super) fn explain(&self, error: Error) -> Error {
        error.on_conflict(|key| {
            if key == self.key { Error::Fenced { key } } else { Error::Conflict { key } }
        })
    }
}

/// The right of one run to be the only one of its flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    run: Run,
    holder: String,
    number: u64,
    until: Timestamp,
    rev: u64,
    fence: Fence,
    /// The number of the last run before this one that changed what is remembered.
    changed: u64,
    /// What this process had written by then.
    news: u64,
}

impl Lease {
    /// The run that was started with this lease.
    pub fn run(&self) -> &RunId {
        &self.run.id
    }

    /// Of which flow.
    pub fn flow(&self) -> &str {
        &self.run.flow
    }

    /// Whether `run` was the flow's last one before this lease's.
    pub fn follows(&self, run: &RunId) -> bool {
        *run.as_str() == format!("{}-{}", self.run.flow, self.number - 1)
    }

    /// When the run was started, by the machine's clock.
    pub fn started(&self) -> Timestamp {
        self.run.started
    }

    /// When the lease ends, unless it is renewed.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// What the run's writes are checked against.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }
}

/// The right of one run to be the only one at work on a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    person: PersonId,
    run: RunId,
    until: Timestamp,
    fence: Fence,
}

impl Writer {
    /// The person.
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// The run that is at work.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// When the right ends, unless it is extended.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// What writes about the person are checked against.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct LeaseBody {
    run: RunId,
    holder: String,
    pub(super) number: u64,
    /// `None` when it was given back.
    pub(super) until: Option<Timestamp>,
    /// The number of the last run that changed what is remembered, or was cut off and may have. A
    /// program that does not know the field drops it: what that can hide is told within the hour
    /// after which a poll is a whole run anyway.
    #[serde(default)]
    pub(super) changed: u64,
}

#[derive(Serialize, Deserialize)]
struct WriterBody {
    run: RunId,
    flow: String,
    number: u64,
    /// `None` when it was given back.
    until: Option<Timestamp>,
}

impl Ledger {
    /// Takes the flow's lease until `until` and records the beginning of a run, numbered one
    /// higher than the flow's last. `holder` names the process, for people.
    ///
    /// # Errors
    /// When the store fails. A lease that somebody else has is no error.
    pub async fn start_run(
        &self,
        flow: &str,
        holder: &str,
        policy: &PolicyHash,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Claim<Lease>, Error> {
        let key = Key::new("lease", flow);
        loop {
            let seen = self.read::<LeaseBody>(LEASE, &key).await?;
            let (number, changed, expect) = match seen {
                None => (1, 0, Expect::Absent),
                Some((LeaseBody { run, until: Some(until), .. }, _)) if now < until => {
                    return Ok(Claim::Held { by: run, until });
                }
                Some((body, rev)) => {
                    let was_cut_off = body.until.is_some();
                    let changed = if was_cut_off { body.number } else { body.changed };
                    (body.number + 1, changed, Expect::Rev(rev))
                }
            };
            let numbers = (number, changed);
            match self.take_lease(flow, holder, policy, now, until, numbers, expect).await {
                Ok(lease) => return Ok(Claim::Won(lease)),
                // Somebody was faster: see who. Each turn of this loop, somebody has won.
                Err(Error::Conflict { key: changed }) if changed == key => {}
                Err(other) => return Err(other),
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one caller, and all of it goes into the lease")]
    async fn take_lease(
        &self,
        flow: &str,
        holder: &str,
        policy: &PolicyHash,
        now: Timestamp,
        until: Timestamp,
        (number, changed): (u64, u64),
        expect: Expect,
    ) -> Result<Lease, Error> {
        let run = Run {
            id: RunId::from(format!("{flow}-{number}")),
            flow: flow.to_owned(),
            started: now,
            policy: policy.clone(),
            exit: None,
        };
        let body = LeaseBody {
            run: run.id.clone(),
            holder: holder.to_owned(),
            number,
            until: Some(until),
            changed,
        };
        // The fence is written by takeovers only, so its revision is the number of the run. It
        // is a record of its own because a renewal must not bring it down.
        let fence = Fence { key: Key::new("fence", flow), rev: number };
        let (fence_expect, rev) = match expect {
            Expect::Rev(rev) => (Expect::Rev(number - 1), rev + 1),
            Expect::Absent | Expect::Any => (Expect::Absent, 1),
        };
        self.store
            .transact(vec![
                LEASE.put(Key::new("lease", flow), &body, expect),
                FENCE.put(fence.key.clone(), &serde_json::json!({ "run": run.id }), fence_expect),
                RUN.put(run_key(&run.id), &run, Expect::Absent),
            ])
            .await?;
        let (holder, news) = (holder.to_owned(), self.news.so_far());
        Ok(Lease { run, holder, number, until, rev, fence, changed, news })
    }

    /// Keeps the lease for longer. A lease that has run out can still be renewed as long as
    /// nobody has taken it.
    ///
    /// # Errors
    /// [`Error::Fenced`] when somebody has; or when the store fails.
    pub async fn renew(&self, lease: &mut Lease, until: Timestamp) -> Result<(), Error> {
        let key = Key::new("lease", lease.run.flow.as_str());
        let body = lease.body(Some(until));
        let draft = LEASE.draft(key, &body);
        lease.rev = self.store.put(draft, Expect::Rev(lease.rev)).await.map_err(taken_over)?;
        lease.until = until;
        Ok(())
    }

    /// Records the end of the run and gives the lease back.
    ///
    /// # Errors
    /// [`Error::Fenced`] when a later run has taken over; or when the store fails.
    pub async fn finish_run(&self, lease: Lease, exit: Exit) -> Result<(), Error> {
        let mut body = lease.body(None);
        if lease.news != self.news.so_far() {
            body.changed = lease.number;
        }
        let Lease { run, rev, fence, .. } = lease;
        let run = Run { exit: Some(exit), ..run };
        let writes = vec![
            LEASE.put(Key::new("lease", run.flow.as_str()), &body, Expect::Rev(rev)),
            RUN.put(run_key(&run.id), &run, Expect::Any),
        ];
        self.fenced(&fence, writes).await
    }

    /// Makes the run the only one at work on a person, until `until`.
    ///
    /// # Guarantees
    /// Whoever was at work on the person before cannot write about him or her any more.
    ///
    /// # Errors
    /// [`Error::Fenced`] when the run has lost its own lease; or when the store fails.
    pub async fn take_person(
        &self,
        lease: &Lease,
        person: &PersonId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Claim<Writer>, Error> {
        // Never removed: a new record would begin at revision 1 again, where an old fence waits.
        let key = Key::new("writer", person.as_str());
        let body = WriterBody {
            run: lease.run.id.clone(),
            flow: lease.run.flow.clone(),
            number: lease.number,
            until: Some(until),
        };
        loop {
            let expect = match self.read::<WriterBody>(WRITER, &key).await? {
                None => Expect::Absent,
                Some((seen, rev)) => {
                    let is_ours = seen.flow == body.flow && seen.number <= body.number;
                    match seen.until {
                        Some(until) if now < until && !is_ours => {
                            return Ok(Claim::Held { by: seen.run, until });
                        }
                        Some(_) | None => Expect::Rev(rev),
                    }
                }
            };
            let rev = if let Expect::Rev(rev) = expect { rev + 1 } else { 1 };
            match self.fenced(&lease.fence, vec![WRITER.put(key.clone(), &body, expect)]).await {
                Ok(()) => {
                    let fence = Fence { key, rev };
                    let (person, run) = (person.clone(), body.run);
                    return Ok(Claim::Won(Writer { person, run, until, fence }));
                }
                // Somebody was faster: see who. Each turn of this loop, somebody has won.
                Err(Error::Conflict { .. }) => {}
                Err(other) => return Err(other),
            }
        }
    }

    /// Keeps a person for longer. A right that has run out can still be extended as long as
    /// nobody has taken the person.
    ///
    /// # Errors
    /// [`Error::Fenced`] when somebody has, or when the run has lost its own lease; or when the
    /// store fails.
    pub async fn extend_person(
        &self,
        lease: &Lease,
        writer: Writer,
        until: Timestamp,
    ) -> Result<Writer, Error> {
        let Writer { person, run, until: _, fence: Fence { key, rev } } = writer;
        let body = WriterBody {
            run: run.clone(),
            flow: lease.run.flow.clone(),
            number: lease.number,
            until: Some(until),
        };
        let write = WRITER.put(key.clone(), &body, Expect::Rev(rev));
        self.fenced(&lease.fence, vec![write]).await.map_err(taken_over)?;
        Ok(Writer { person, run, until, fence: Fence { key, rev: rev + 1 } })
    }

    /// Lets others work on the person.
    ///
    /// # Errors
    /// When the store fails. That somebody has taken over already is none.
    pub async fn release_person(&self, lease: &Lease, writer: Writer) -> Result<(), Error> {
        let Writer { run, fence: Fence { key, rev }, .. } = writer;
        let flow = lease.run.flow.clone();
        let body = WriterBody { run, flow, number: lease.number, until: None };
        match self.store.put(WRITER.draft(key, &body), Expect::Rev(rev)).await {
            Ok(_) | Err(Error::Conflict { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }
}

impl Lease {
    fn body(&self, until: Option<Timestamp>) -> LeaseBody {
        let Self { run, holder, number, changed, .. } = self;
        let (run, holder) = (run.id.clone(), holder.clone());
        LeaseBody { run, holder, number: *number, until, changed: *changed }
    }
}

/// A lease record that changed under its holder was taken over: nobody else writes it.
fn taken_over(error: Error) -> Error {
    error.on_conflict(|key| Error::Fenced { key })
}
