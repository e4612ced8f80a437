//! What the ledger remembers about everybody, loaded for one run.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Error, hr_side};
use crate::{
    deciders::{
        guard::{Columns, LastRoster, Tenants},
        holds::Holds,
        lifecycle::{Before, StandingKind},
        tiers,
    },
    doors::ledger::{Foreseen, Intent, Ledger, Link, Snapshot},
    words::{
        account::Account,
        action::Kind,
        coming::Coming,
        desired::Wish,
        ids::{EmployeeId, GroupId, GroupKey, PersonId},
        person::Person,
        shelf::{Numbered, Places, Shelf},
    },
};

/// What is remembered about people.
#[derive(Debug, Default)]
pub(super) struct Memory {
    people: Shelf<Remembered>,
    by_person: Places,
    by_employee: Places,
    /// How many of them are linked.
    linked: usize,
    /// Whoever was asked for last is asked for again.
    recent: Mutex<VecDeque<Arc<Remembered>>>,
    /// Which group stands for which of HR's units.
    pub(super) group_links: BTreeMap<GroupKey, GroupId>,
    /// The groups that rules gave to some: whole departments share each of these.
    given: Numbered<Arc<BTreeSet<GroupId>>>,
    /// Steps that were begun and of which nobody knows whether they had their effect.
    pub(super) interrupted: Vec<Intent>,
    pub(super) last_roster: Option<LastRoster>,
    /// How well HR's columns were filled in by then.
    pub(super) last_columns: Columns,
    /// Which tenants these were read from.
    pub(super) last_tenants: Option<Tenants>,
    /// Starts and ends that HR has announced.
    pub(super) foreseen: BTreeMap<(PersonId, Coming), Foreseen>,
    /// Human decisions that a run obeys.
    pub(super) holds: Holds,
}

/// One person, as far as the ledger knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Remembered {
    person: PersonId,
    link: Option<Link>,
    known: Option<Known>,
}

/// What was last verified of one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    fingerprint: [u8; 32],
    state: State,
    /// The number of what rules gave.
    given: Option<u32>,
}

/// What is remembered of a person besides the fingerprint: what a later run must know that
/// neither HR nor Okta can tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// How the account stood.
    pub(super) before: Option<Before>,
    /// The MFA tier it had.
    pub(super) tier: Option<tiers::Known>,
    /// Since when HR had left a unit blank that a rule needs.
    pub(super) blank_since: Option<Timestamp>,
    /// The groups that rules gave; `None` when it was closed.
    #[serde(skip)]
    pub(super) given: Option<Arc<BTreeSet<GroupId>>>,
    /// The digest of the name the login was made for.
    pub(super) name: Option<String>,
    /// Whether a group was still to be made, and the account never was in line before.
    pub(super) is_incomplete: bool,
}

/// The fields of a snapshot.
const STANDING: &str = "standing";
const SUSPENDED_BY_OTHERS: &str = "suspended_by_others";
const OUT_SINCE: &str = "out_since";
const TIER: &str = "tier";
const LOWER_SINCE: &str = "lower_since";
const BLANK_SINCE: &str = "blank_since";
const GROUPS: &str = "groups";
const NAME: &str = "name";
const INCOMPLETE: &str = "incomplete";
const ATTRIBUTES: &str = "attributes";

impl State {
    /// The fields of a snapshot: this, and what the policy mapped.
    pub(super) fn to_fields(&self, attributes: &BTreeMap<Arc<str>, Wish>) -> Map<String, Value> {
        let Self { before, tier, blank_since, given, name, is_incomplete } = self;
        let mapped = attributes.iter().filter_map(|(name, wish)| match wish {
            Wish::Set(value) => Some((name.to_string(), value.to_json())),
            Wish::Clear | Wish::Keep => None,
        });
        let mut res = Map::new();
        res.insert(ATTRIBUTES.to_owned(), Value::Object(mapped.collect()));
        if let Some(Before { standing, suspended_by_others, out_since, has_sessions: _ }) = before {
            res.insert(STANDING.to_owned(), standing.as_str().into());
            if *suspended_by_others {
                res.insert(SUSPENDED_BY_OTHERS.to_owned(), true.into());
            }
            res.extend(out_since.map(|it| (OUT_SINCE.to_owned(), it.to_string().into())));
        }
        if let Some(tier) = tier {
            Self::put_tier(&mut res, tier);
        }
        Self::put_blank(&mut res, *blank_since);
        if let Some(groups) = given {
            res.insert(GROUPS.to_owned(), json!(**groups));
        }
        res.extend(name.clone().map(|it| (NAME.to_owned(), it.into())));
        res.extend(is_incomplete.then(|| (INCOMPLETE.to_owned(), true.into())));
        res
    }

    /// Replaces the tier in the fields of a snapshot.
    pub(super) fn put_tier(fields: &mut Map<String, Value>, known: &tiers::Known) {
        let tiers::Known { tier, lower_since } = known;
        fields.insert(TIER.to_owned(), (&**tier).into());
        fields.remove(LOWER_SINCE);
        fields.extend(lower_since.map(|it| (LOWER_SINCE.to_owned(), it.to_string().into())));
    }

    /// Replaces in the fields of a snapshot since when a unit is blank.
    pub(super) fn put_blank(fields: &mut Map<String, Value>, since: Option<Timestamp>) {
        fields.remove(BLANK_SINCE);
        fields.extend(since.map(|it| (BLANK_SINCE.to_owned(), it.to_string().into())));
    }

    pub(super) fn of(fields: &Map<String, Value>) -> Self {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let before = text(STANDING).and_then(StandingKind::parse).map(|standing| Before {
            standing,
            suspended_by_others: fields.contains_key(SUSPENDED_BY_OTHERS),
            out_since: text(OUT_SINCE).and_then(|it| it.parse().ok()),
            has_sessions: false,
        });
        let tier = text(TIER).map(|it| tiers::Known {
            tier: it.into(),
            lower_since: text(LOWER_SINCE).and_then(|it| it.parse::<Timestamp>().ok()),
        });
        let groups = fields.get(GROUPS).and_then(Value::as_array);
        let given = groups.map(|all| {
            let ids = all.iter().filter_map(Value::as_str).map(GroupId::from);
            Arc::new(ids.collect::<BTreeSet<_>>())
        });
        let name = text(NAME).map(str::to_owned);
        let blank_since = text(BLANK_SINCE).and_then(|it| it.parse().ok());
        let is_incomplete = fields.contains_key(INCOMPLETE);
        Self { before, tier, blank_since, given, name, is_incomplete }
    }
}

/// How many people are kept at hand: one, a manager, and somebody with whom they are compared.
const RECENT: usize = 4;

impl Memory {
    pub(super) async fn load(ledger: &Ledger) -> Result<Self, Error> {
        let mut res = Self::default();
        ledger.each_link(|it| res.put_link(it)).await?;
        ledger.each_snapshot(|it| res.put_snapshot(&it)).await?;
        let groups = ledger.group_links().await?;
        res.group_links = groups.into_iter().map(|it| (it.key, it.group)).collect();
        res.interrupted = ledger.open_intents().await?;
        let foreseen = ledger.all_foreseen().await?;
        res.foreseen =
            foreseen.into_iter().map(|it| ((it.person.clone(), it.coming), it)).collect();
        res.holds = Holds::new(ledger.all_holds().await?);
        if let Some(last) = ledger.roster_count().await? {
            let size = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
            let by_company: BTreeMap<_, _> =
                last.companies.into_iter().map(|(id, count)| (id, size(count))).collect();
            res.last_roster = Some(LastRoster { total: by_company.values().sum(), by_company });
            let filled = last.columns.into_iter().map(|(name, count)| (name, size(count)));
            res.last_columns = Columns { people: size(last.counted), filled: filled.collect() };
            res.last_tenants = last.tenants.map(|(ukg, okta)| Tenants { ukg, okta });
        }
        Ok(res)
    }

    fn place(&self, person: &PersonId) -> Option<(usize, Remembered)> {
        self.people.under(&self.by_person, person).find(|(_, it)| it.person == *person)
    }

    fn of(&self, person: &PersonId) -> Option<Arc<Remembered>> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = recent.iter().find(|it| it.person == *person) {
            return Some(Arc::clone(it));
        }
        let (_, mut it) = self.place(person)?;
        if let Some(known) = &mut it.known {
            known.state.given = known.given.and_then(|it| self.given.get(it).cloned());
        }
        let it = Arc::new(it);
        recent.truncate(RECENT - 1);
        recent.push_front(Arc::clone(&it));
        Some(it)
    }

    /// Changes what is known of a person; returns the place.
    fn change(&mut self, person: &PersonId, change: impl FnOnce(&mut Remembered)) -> usize {
        let recent = self.recent.get_mut().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|it| it.person != *person);
        if let Some((at, mut it)) = self.place(person) {
            change(&mut it);
            self.people.replace(at, &it);
            return at;
        }
        let mut it = Remembered { person: person.clone(), link: None, known: None };
        change(&mut it);
        let at = self.people.push(&it);
        self.by_person.insert(person, at);
        at
    }

    /// The account of a person.
    pub(super) fn link(&self, person: &PersonId) -> Option<Link> {
        self.of(person)?.link.clone()
    }

    /// Whether a person is linked to an account.
    pub(super) fn is_linked(&self, person: &PersonId) -> bool {
        self.of(person).is_some_and(|it| it.link.is_some())
    }

    /// Whether a person is known to have just this account.
    pub(super) fn is_linked_so(&self, person: &Person, account: &Account) -> bool {
        self.link(&person.id).is_some_and(|it| {
            let is_same = it.user == account.id && it.login == account.login;
            is_same && it.employees == hr_side::employees(person)
        })
    }

    /// The person who is known to have had this employee id.
    pub(super) fn by_employee(&self, employee: &EmployeeId) -> Option<PersonId> {
        let mut found = self.people.under(&self.by_employee, employee).map(|(_, it)| it);
        let has_had = |it: &Link| it.employees.contains(employee);
        Some(found.find(|it| it.link.as_ref().is_some_and(has_had))?.person)
    }

    /// Every link.
    pub(super) fn links(&self) -> impl Iterator<Item = Link> {
        self.people.iter().filter_map(|it| it.link)
    }

    /// How many accounts are linked.
    pub(super) fn linked(&self) -> usize {
        self.linked
    }

    /// What is remembered of a person.
    pub(super) fn state(&self, person: &PersonId) -> Option<State> {
        Some(self.of(person)?.known.as_ref()?.state.clone())
    }

    /// What was last verified.
    pub(super) fn before(&self, person: &PersonId) -> Option<Before> {
        self.of(person)?.known.as_ref()?.state.before
    }

    /// The standing that was last verified.
    pub(super) fn standing(&self, person: &PersonId) -> Option<StandingKind> {
        self.before(person).map(|it| it.standing)
    }

    /// Whether a run was cut off while it suspended this person for an absence.
    pub(super) fn was_suspending(&self, person: &PersonId) -> bool {
        let is_out = self.standing(person) == Some(StandingKind::Out);
        let mut mine = self.interrupted.iter().filter(|it| it.person == *person);
        !is_out && mine.any(|it| it.kind == Kind::Suspend)
    }

    /// Whether Okta was last verified to match just this.
    pub(super) fn is_verified(&self, person: &PersonId, fingerprint: &[u8; 32]) -> bool {
        let known = |it: &Remembered| it.known.as_ref().map(|it| it.fingerprint);
        self.of(person).is_some_and(|it| known(&it) == Some(*fingerprint))
    }

    pub(super) fn put_link(&mut self, link: Link) {
        let (person, employees) = (link.person.clone(), link.employees.clone());
        let mut before = None;
        let at = self.change(&person, |it| before = it.link.replace(link));
        self.linked += usize::from(before.is_none());
        let known = before.map_or_else(Box::default, |it| it.employees);
        for it in employees.iter().filter(|it| !known.contains(it)) {
            self.by_employee.insert(it, at);
        }
    }

    pub(super) fn put_snapshot(&mut self, snapshot: &Snapshot) {
        let Snapshot { person, fingerprint, fields, .. } = snapshot;
        let state = State::of(fields);
        let given = state.given.as_ref().map(|it| self.given.number(it));
        self.change(person, |it| {
            it.known = Some(Known { fingerprint: fingerprint.0, state, given });
        });
    }

    /// Everybody whose account was in line at least once. Somebody who left long ago and has none
    /// does not count: the first run, which begins with leavers, is still the first.
    pub(super) fn verified_people(&self) -> BTreeSet<PersonId> {
        let was_in_line = |it: &Known| !it.state.is_incomplete;
        let linked = self.people.iter().filter(|it| it.link.is_some());
        linked.filter(|it| it.known.as_ref().is_some_and(was_in_line)).map(|it| it.person).collect()
    }

    /// People with a step that was begun and not finished.
    pub(super) fn interrupted_people(&self) -> BTreeSet<PersonId> {
        self.interrupted.iter().map(|it| it.person.clone()).collect()
    }
}
