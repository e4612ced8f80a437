//! What the ledger remembers about everybody, loaded for one run.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::Error;
use crate::{
    deciders::{guard::LastRoster, holds::Holds, lifecycle::StandingKind},
    doors::ledger::{Fingerprint, Intent, Ledger, Link, Snapshot},
    words::{
        action::Kind,
        ids::{EmployeeId, PersonId},
    },
};

/// What is remembered about people.
#[derive(Debug, Default)]
pub(super) struct Memory {
    links: HashMap<PersonId, Link>,
    snapshots: HashMap<PersonId, (Fingerprint, Option<StandingKind>)>,
    by_employee: HashMap<EmployeeId, PersonId>,
    /// Steps that were begun and of which nobody knows whether they had their effect.
    pub(super) interrupted: Vec<Intent>,
    pub(super) last_roster: Option<LastRoster>,
    /// Human decisions that a run obeys.
    pub(super) holds: Holds,
}

/// The field of a snapshot that holds the standing.
const STANDING: &str = "standing";
/// Snapshots asked for at once.
const PAGE: usize = 1000;

impl Memory {
    pub(super) async fn load(ledger: &Ledger) -> Result<Self, Error> {
        let mut res = Self::default();
        for link in ledger.all_links().await? {
            res.put_link(link);
        }
        let mut after = None;
        loop {
            let page = ledger.snapshots(after, PAGE).await?;
            for it in page.items {
                res.put_snapshot(&it);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        res.interrupted = ledger.open_intents().await?;
        res.holds = Holds::new(ledger.all_holds().await?);
        res.last_roster = ledger.roster_count().await?.map(|it| {
            let size = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
            let by_company: BTreeMap<_, _> =
                it.companies.into_iter().map(|(id, count)| (id, size(count))).collect();
            LastRoster { total: by_company.values().sum(), by_company }
        });
        Ok(res)
    }

    pub(super) fn link(&self, person: &PersonId) -> Option<&Link> {
        self.links.get(person)
    }

    /// The person who is known to have had this employee id.
    pub(super) fn by_employee(&self, employee: &EmployeeId) -> Option<&PersonId> {
        self.by_employee.get(employee)
    }

    /// Every link.
    pub(super) fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.values()
    }

    /// Everybody who is linked to an account.
    pub(super) fn linked_people(&self) -> impl Iterator<Item = &PersonId> {
        self.links.keys()
    }

    /// How many accounts are linked.
    pub(super) fn linked(&self) -> usize {
        self.links.len()
    }

    /// The standing that was last verified.
    pub(super) fn standing(&self, person: &PersonId) -> Option<StandingKind> {
        self.snapshots.get(person).and_then(|(_, standing)| *standing)
    }

    /// Whether a run was cut off while it suspended this person for an absence.
    pub(super) fn was_suspending(&self, person: &PersonId) -> bool {
        let is_out = self.standing(person) == Some(StandingKind::Out);
        let mut mine = self.interrupted.iter().filter(|it| it.person == *person);
        !is_out && mine.any(|it| it.kind == Kind::Suspend)
    }

    /// Whether Okta was last verified to match just this.
    pub(super) fn is_verified(&self, person: &PersonId, fingerprint: &[u8; 32]) -> bool {
        self.snapshots.get(person).is_some_and(|(known, _)| known.0 == *fingerprint)
    }

    pub(super) fn put_link(&mut self, link: Link) {
        for it in &link.employees {
            self.by_employee.insert(it.clone(), link.person.clone());
        }
        self.links.insert(link.person.clone(), link);
    }

    pub(super) fn put_snapshot(&mut self, snapshot: &Snapshot) {
        let standing = snapshot.fields.get(STANDING).and_then(serde_json::Value::as_str);
        let standing = standing.and_then(StandingKind::parse);
        self.snapshots.insert(snapshot.person.clone(), (snapshot.fingerprint, standing));
    }

    /// Everybody whose account was verified at least once. Somebody who left long ago and has none
    /// does not count: the first run, which begins with leavers, is still the first.
    pub(super) fn verified_people(&self) -> BTreeSet<PersonId> {
        let accounts = self.snapshots.keys().filter(|it| self.links.contains_key(*it));
        accounts.cloned().collect()
    }

    /// People with a step that was begun and not finished.
    pub(super) fn interrupted_people(&self) -> BTreeSet<PersonId> {
        self.interrupted.iter().map(|it| it.person.clone()).collect()
    }
}

/// The fields of a snapshot: the standing, and what the policy mapped.
pub(super) fn fields(
    standing: StandingKind,
    attributes: &BTreeMap<Arc<str>, crate::words::desired::Wish>,
) -> serde_json::Map<String, serde_json::Value> {
    use crate::words::desired::Wish;
    let mapped = attributes.iter().filter_map(|(name, wish)| match wish {
        Wish::Set(value) => Some((name.to_string(), value.to_json())),
        Wish::Clear | Wish::Keep => None,
    });
    let mut res = serde_json::Map::new();
    res.insert(STANDING.to_owned(), standing.as_str().into());
    res.insert("attributes".to_owned(), serde_json::Value::Object(mapped.collect()));
    res
}
