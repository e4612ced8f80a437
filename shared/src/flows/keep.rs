//! What a run keeps in the ledger besides its steps: links, snapshots, the roster's size, and how
//! an interrupted run ended.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Error, Office, Request,
    draft::Aim,
    hr_side::HrSide,
    memory::Memory,
    okta_side::{OktaSide, Wanted},
};
use crate::{
    deciders::report::Taken,
    doors::ledger::{self, Fingerprint, Lease, Ledger, Link, Settlement, Snapshot},
    words::{
        action::Outcome,
        ids::{Login, OktaUserId, PersonId, RunId},
    },
};

/// Writes for one run.
pub(super) struct Keeper<'a> {
    pub(super) office: &'a Office,
    pub(super) request: &'a Request,
    pub(super) lease: &'a Lease,
    pub(super) hr: &'a HrSide,
}

impl Keeper<'_> {
    /// Remembers accounts that carry the key and were not linked yet, or not like this: a ledger
    /// that was lost, a crash between creating and linking, a login that was changed.
    pub(super) async fn link(
        &self,
        memory: &mut Memory,
        side: &OktaSide,
        found: &[(PersonId, OktaUserId)],
    ) -> Result<(), Error> {
        for (person, user) in found {
            let Some(account) = side.accounts.get(user) else { continue };
            let known = memory.link(person);
            let link = Link {
                person: person.clone(),
                user: user.clone(),
                login: account.login.clone(),
                employees: self.hr.employees(person),
                linked_at: known.map_or_else(|| (self.office.clock)(), |it| it.linked_at),
                created_by_us: known.is_some_and(|it| it.created_by_us),
            };
            if known != Some(&link) {
                self.office.ledger.link(self.lease.fence(), &link).await?;
                memory.put_link(link);
            }
        }
        Ok(())
    }

    /// Remembers that Okta was seen to match what these people's accounts should be.
    pub(super) async fn remember(
        &self,
        memory: &mut Memory,
        aims: &BTreeMap<PersonId, Aim>,
        people: &[PersonId],
    ) -> Result<(), Error> {
        let snapshots: Vec<Snapshot> = people
            .iter()
            .filter_map(|id| {
                let aim = aims.get(id)?;
                Some(Snapshot {
                    person: id.clone(),
                    fingerprint: Fingerprint(aim.fingerprint),
                    fields: aim.fields.clone(),
                    verified_at: (self.office.clock)(),
                    run: self.lease.run().clone(),
                })
            })
            .collect();
        self.office.ledger.put_snapshots(self.lease.fence(), &snapshots).await?;
        for it in &snapshots {
            memory.put_snapshot(it);
        }
        Ok(())
    }

    /// Remembers how large a roster was believed, when that has changed.
    pub(super) async fn roster(&self, memory: &Memory) -> Result<(), Error> {
        let roster = &self.hr.roster;
        if memory.last_roster.as_ref().is_some_and(|it| it.by_company == roster.counts) {
            return Ok(());
        }
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        let stored = ledger::RosterCount {
            at: self.request.as_of,
            run: self.lease.run().clone(),
            persons: count(roster.persons.len()),
            companies: roster.counts.iter().map(|(id, it)| (id.clone(), count(*it))).collect(),
            okta_users: count(memory.linked()),
        };
        Ok(self.office.ledger.put_roster_count(self.lease.fence(), &stored).await?)
    }

    /// Closes the book on steps of this flow that an interruption left open, and returns those
    /// that turned out to have been done, so that they are told.
    ///
    /// `looked_at` are the people whose account was read in this run, and `steps` what was done
    /// for them: a step that did not have to be planned again had its effect.
    pub(super) async fn settle_interrupted(
        &self,
        memory: &Memory,
        looked_at: &BTreeSet<PersonId>,
        steps: &[Taken],
    ) -> Result<Vec<Taken>, Error> {
        let mut done = Vec::new();
        for it in &memory.interrupted {
            if flow_name(&it.run) != self.request.flow.as_str() {
                continue;
            }
            let is_again = steps.iter().any(|step| {
                step.person == it.person && step.kind == it.kind && step.target == it.target
            });
            let was_done = looked_at.contains(&it.person) && !is_again;
            let (outcome, what) = if was_done {
                (Outcome::Verified, "interrupted, and found done")
            } else {
                (Outcome::Skipped, "interrupted, and taken up anew where it is still needed")
            };
            let settlement = Settlement {
                outcome,
                request_id: None,
                at: (self.office.clock)(),
                detail: Some(format!("{what} by {}", self.lease.run())),
            };
            self.office.ledger.settle(&it.run, it.seq, settlement).await?;
            if was_done {
                let link = memory.link(&it.person);
                done.push(Taken {
                    person: it.person.clone(),
                    user: it.user.clone().or(link.map(|it| it.user.clone())),
                    login: link.map(|it| it.login.clone()),
                    kind: it.kind,
                    target: it.target.clone(),
                    cause: format!("{} (begun by {}, which was interrupted)", it.cause, it.run),
                    outcome,
                    request_id: None,
                });
            }
        }
        Ok(done)
    }
}

pub(super) fn flow_name(run: &RunId) -> &str {
    run.as_str().rsplit_once('-').map_or("", |(flow, _)| flow)
}

/// Which of the logins that could be given nobody may have yet.
pub(super) async fn tombstones(
    ledger: &Ledger,
    wanted: &[Wanted],
    side: &OktaSide,
    now: Timestamp,
) -> Result<BTreeSet<Login>, Error> {
    let mut res = BTreeSet::new();
    for it in wanted {
        for login in &it.logins {
            if side.accounts.is_taken(login) || res.contains(login) {
                continue;
            }
            match ledger.tombstone(login, now).await? {
                Some(tomb) if tomb.person != it.person => res.insert(login.clone()),
                // The first that is free will do.
                Some(_) | None => break,
            };
        }
    }
    Ok(res)
}
