//! What a run keeps in the ledger besides its steps: links, snapshots, the roster's size, and how
//! an interrupted run ended.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::{
    Error, Office, Request,
    aim::Aims,
    belief,
    hr_side::HrSide,
    look::Lens,
    memory::{Memory, State},
    okta_side::{OktaSide, Wanted},
    witness::Witness,
};
use crate::{
    deciders::{
        guard::Doubt,
        lifecycle::{Before, StandingKind},
        plan::{Directory, Kept},
        report::{Reservation, Taken},
        tiers,
    },
    doors::ledger::{
        self, Deed, Fingerprint, GroupLink, Intent, Lease, Ledger, Link, Settlement, Snapshot,
    },
    words::{
        account::Status,
        action::{Kind, Outcome, expected_statuses},
        finding::{Finding, FindingCode, Subject},
        ids::{Login, OktaUserId, PersonId, RunId},
        person::Person,
        shelf::Shelf,
    },
};

/// People remembered at once.
const AT_ONCE: usize = 1000;
/// Two full rosters without a person count as two when they lie so far apart.
const MISSING_FOR: SignedDuration = SignedDuration::from_hours(12);

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
                linked_at: known.as_ref().map_or_else(|| (self.office.clock)(), |it| it.linked_at),
                created_by_us: known.as_ref().is_some_and(|it| it.created_by_us),
            };
            if known.as_ref() != Some(&link) {
                self.office.ledger.link(self.lease.fence(), &link).await?;
                memory.put_link(link);
            }
        }
        Ok(())
    }

    /// Remembers which groups stand for which of HR's units, as far as that is news.
    pub(super) async fn link_groups(
        &self,
        memory: &mut Memory,
        directory: &Directory,
    ) -> Result<(), Error> {
        let news: Vec<GroupLink> = directory
            .links()
            .iter()
            .filter(|(key, group)| memory.group_links.get(*key) != Some(*group))
            .map(|(key, group)| GroupLink { key: key.clone(), group: group.clone() })
            .collect();
        self.office.ledger.link_groups(self.lease.fence(), &news).await?;
        memory.group_links.extend(news.into_iter().map(|it| (it.key, it.group)));
        Ok(())
    }

    /// Remembers that Okta was seen to match what these people's accounts should be.
    pub(super) async fn remember(
        &self,
        memory: &mut Memory,
        aims: &Aims,
        people: &[PersonId],
    ) -> Result<(), Error> {
        let snapshot = |id: &PersonId| {
            let (fingerprint, fields) = aims.get(id)?;
            Some(Snapshot {
                person: id.clone(),
                fingerprint: Fingerprint(fingerprint),
                fields,
                verified_at: (self.office.clock)(),
                run: self.lease.run().clone(),
            })
        };
        // A whole company of them, when it is looked at for the first time.
        for some in people.chunks(AT_ONCE) {
            let snapshots: Vec<Snapshot> = some.iter().filter_map(snapshot).collect();
            self.office.ledger.put_snapshots(self.lease.fence(), &snapshots).await?;
            for it in &snapshots {
                memory.put_snapshot(it);
            }
        }
        Ok(())
    }

    /// Remembers the MFA tiers of people of whom nothing else was looked at.
    pub(super) async fn remember_tiers(
        &self,
        memory: &mut Memory,
        tiers: &BTreeMap<PersonId, tiers::Known>,
        people: &BTreeSet<PersonId>,
    ) -> Result<(), Error> {
        let news = tiers.iter().filter(|(person, tier)| {
            let known = memory.state(person).and_then(|it| it.tier);
            people.contains(*person) && known.as_ref() != Some(*tier)
        });
        let news: Vec<_> = news.collect();
        self.amend(memory, news, State::put_tier).await
    }

    /// Remembers since when units of these people are blank. It must not wait until the account is
    /// in line: a step that waits for approval would keep the days of grace from ending.
    pub(super) async fn remember_blanks(
        &self,
        memory: &mut Memory,
        blanks: &BTreeMap<PersonId, Option<Timestamp>>,
    ) -> Result<(), Error> {
        self.amend(memory, blanks.iter().collect(), |fields, since| {
            State::put_blank(fields, *since)
        })
        .await
    }

    /// Changes something in what is remembered of people. Of whom nothing was ever verified, nothing
    /// is remembered: whoever does so remembers this as well.
    async fn amend<T>(
        &self,
        memory: &mut Memory,
        news: Vec<(&PersonId, &T)>,
        change: impl Fn(&mut Map<String, Value>, &T),
    ) -> Result<(), Error> {
        let mut snapshots = Vec::new();
        for (person, it) in news {
            let Some(mut snapshot) = self.office.ledger.snapshot(person).await? else { continue };
            change(&mut snapshot.fields, it);
            memory.put_snapshot(&snapshot);
            snapshots.push(snapshot);
        }
        Ok(self.office.ledger.put_snapshots(self.lease.fence(), &snapshots).await?)
    }

    /// Remembers what a believed read was like, when that has changed. What was not believed of it
    /// is remembered as it was before.
    pub(super) async fn roster(
        &self,
        memory: &Memory,
        reservations: &[Reservation],
    ) -> Result<(), Error> {
        let roster = &self.hr.roster;
        if roster.total() == 0 {
            // Accepted for one run, it is still no read to hold others against.
            return Ok(());
        }
        let mut counts = roster.counts.clone();
        let mut columns = belief::columns(&self.office.policy, self.hr);
        let last_columns = &memory.last_columns;
        for it in reservations {
            match &it.doubt {
                Doubt::ShortCompany { company, before, .. } => {
                    counts.insert(company.clone(), *before);
                }
                Doubt::LostColumns { columns: lost, .. } => {
                    for column in lost {
                        // Among as many people as are there now.
                        let before = last_columns.filled.get(column).copied().unwrap_or(0);
                        let before = before * columns.people / last_columns.people.max(1);
                        columns.filled.insert(column.clone(), before);
                    }
                }
                Doubt::EmptyRoster
                | Doubt::ShortRoster { .. }
                | Doubt::OtherTenant { .. }
                | Doubt::ShortOkta { .. }
                | Doubt::MissingCanary { .. } => {}
            }
        }
        let tenants = belief::tenants(self.office);
        let is_same = memory.last_roster.as_ref().is_some_and(|it| it.by_company == counts)
            && *last_columns == columns
            && memory.last_tenants.as_ref() == Some(&tenants);
        if is_same {
            return Ok(());
        }
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        let stored = ledger::RosterCount {
            at: self.request.as_of,
            run: self.lease.run().clone(),
            persons: count(roster.ids().len()),
            companies: counts.into_iter().map(|(id, it)| (id, count(it))).collect(),
            okta_users: count(memory.linked()),
            columns: columns.filled.into_iter().map(|(name, it)| (name, count(it))).collect(),
            counted: count(columns.people),
            tenants: Some((tenants.ukg, tenants.okta)),
        };
        Ok(self.office.ledger.put_roster_count(self.lease.fence(), &stored).await?)
    }

    /// Counts the full rosters that linked people were missing from; a finding for each who was
    /// missing from two in a row, by when it is no accident of reading (hr-case 36).
    pub(super) async fn missing(&self, memory: &Memory) -> Result<Vec<Finding>, Error> {
        let people: BTreeSet<PersonId> =
            memory.links().map(|it| it.person).filter(|it| !self.hr.roster.has(it)).collect();
        let ledger = &self.office.ledger;
        let (fence, run) = (self.lease.fence(), self.lease.run());
        let missing = ledger.note_missing(fence, &people, run, self.request.as_of).await?;
        // Two reads within the hour are one accident.
        let is_long = |it: &ledger::Missing| {
            it.count >= 2
                && it.since.checked_add(MISSING_FOR).is_ok_and(|it| it <= self.request.as_of)
        };
        let long = missing.into_iter().filter(is_long);
        let findings = long.map(|it| {
            Finding::held(
                Subject::Person(it.person),
                FindingCode::MissingFromRoster,
                format!(
                    "was missing from UKG in {} full reads since {}, has an account and keeps it. \
                     HR has to say: end the employment in UKG, or bring the record back",
                    it.count,
                    it.since.strftime("%Y-%m-%d"),
                ),
            )
        });
        Ok(findings.collect())
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
            // Once it was cut off, any flow that looks at the person may have done it.
            let is_again = is_again || {
                let deeds = self.office.ledger.deeds_of_person(&it.person).await?;
                deeds.iter().any(|deed| has_done_again(deed, it))
            };
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
            let witness = Witness::of(self.office, self.lease, self.request.as_of);
            witness.found(it, &settlement).await?;
            self.office.ledger.settle(&it.run, it.seq, settlement).await?;
            if was_done {
                let link = memory.link(&it.person);
                done.push(Taken {
                    person: it.person.clone(),
                    user: it.user.clone().or(link.as_ref().map(|it| it.user.clone())),
                    login: link.map(|it| it.login),
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

/// Whether a deed is an interrupted step, taken once more by another run and seen to be done.
fn has_done_again(deed: &Deed, interrupted: &Intent) -> bool {
    let Deed { intent, settled } = deed;
    let is_same = intent.kind == interrupted.kind && intent.target == interrupted.target;
    let is_done = settled.as_ref().is_some_and(|it| it.outcome == Outcome::Verified);
    is_same && is_done && intent.run != interrupted.run && intent.at >= interrupted.at
}

pub(super) fn flow_name(run: &RunId) -> &str {
    run.as_str().rsplit_once('-').map_or("", |(flow, _)| flow)
}

/// What people had before they left who are back.
pub(super) async fn recall(
    ledger: &Ledger,
    back: &[Person],
) -> Result<BTreeMap<PersonId, Kept>, Error> {
    let mut res = BTreeMap::new();
    for person in back {
        let Some(pack) = ledger.undo_pack(&person.id).await? else { continue };
        // Whoever was hired anew begins anew: the pack is of another spell.
        if person.primary().row.last_hire.is_none_or(|it| it <= pack.departure) {
            let kept = Kept { groups: pack.groups, apps: pack.apps };
            res.insert(person.id.clone(), kept);
        }
    }
    Ok(res)
}

/// People whose suspension is ours, though nothing remembers it, and how they were left: the run
/// that suspended them wrote the steps down and was cut off before it remembered the person. Taken
/// for somebody else's, it would keep them out when HR takes the departure back.
pub(super) async fn forgotten_suspensions(
    ledger: &Ledger,
    lens: &Lens<'_>,
    wanted: &Shelf<Wanted>,
    side: &OktaSide,
) -> Result<BTreeMap<PersonId, Before>, Error> {
    let mut res = BTreeMap::new();
    for wanted in wanted.iter() {
        let person = &wanted.person;
        let is_suspended = wanted.account(side).is_some_and(|it| it.status == Status::Suspended);
        if !is_suspended || lens.before(person).is_some_and(Before::is_closed) {
            continue;
        }
        let deeds = ledger.deeds_of_person(person).await?;
        let is_verified =
            |it: &Deed| it.settled.as_ref().is_some_and(|it| it.outcome == Outcome::Verified);
        let settled_at = |it: &&Deed| it.settled.as_ref().map(|it| it.at);
        let of_status = deeds.iter().filter(|it| expected_statuses(it.intent.kind).is_some());
        let last = of_status.filter(|it| is_verified(it)).max_by_key(settled_at);
        let Some(last) = last.filter(|it| it.intent.kind == Kind::Suspend) else { continue };
        let remembered = ledger.snapshot(person).await?.map(|it| it.verified_at);
        if settled_at(&last) <= remembered {
            continue;
        }
        let mut together = deeds.iter().filter(|it| it.intent.run == last.intent.run);
        let was_departure = together.clone().any(|it| it.intent.kind == Kind::SaveUndo);
        // Of a leaver of whom something failed, everything that takes access away is done again.
        let ended = |it: &Deed| it.intent.kind == Kind::EndSessions && is_verified(it);
        let has_sessions = !together.clone().any(ended);
        let before = match was_departure && (!wanted.is_out || together.all(is_verified)) {
            true => Before::of(StandingKind::Out),
            false => Before { has_sessions, ..Before::of(StandingKind::Paused) },
        };
        res.insert(person.clone(), before);
    }
    Ok(res)
}

/// Which of the logins that could be given nobody may have yet.
pub(super) async fn tombstones(
    ledger: &Ledger,
    wanted: &Shelf<Wanted>,
    side: &OktaSide,
    now: Timestamp,
) -> Result<BTreeSet<Login>, Error> {
    let mut res = BTreeSet::new();
    for it in wanted.iter() {
        for login in it.logins.iter().chain(&it.renames) {
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
