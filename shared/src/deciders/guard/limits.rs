//! How much may be done before a person has to approve it, and what has been done already.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use super::Objection;
use crate::{
    deciders::plan::PersonPlan,
    words::{
        action::{Action, ActionKind, Kind},
        ids::{CompanyId, PersonId},
    },
};

/// What the policy allows to be done before a person has to approve it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The limit of each kind of action. A kind without one is not limited.
    pub kinds: BTreeMap<Kind, Limit>,
    /// How many people may lose their access as leavers, however their steps look.
    pub departures: Limit,
    /// How many people one profile attribute may change for; each attribute is counted by itself.
    pub attribute: Limit,
    /// The same for attributes that have a limit of their own.
    pub attributes: BTreeMap<Arc<str>, Limit>,
    /// How many percent of what one run may do all runs of 24 hours may do together.
    pub day_percent: u32,
    /// Whether each company is measured by itself as well.
    pub per_company: bool,
    /// How many people a group may lose who stay in the company.
    pub group_shrinks: Limit,
    /// A roster below this percentage of the last good one is not believed.
    pub roster_min_percent: u8,
    /// A column that fewer people have than this percentage of those who had it is not believed.
    pub column_min_percent: u8,
    /// An Okta read below this percentage of the accounts known to be linked is not believed.
    pub okta_min_percent: u8,
}

/// How many people something may touch. The strictest of `most` and `percent` counts, but never
/// less than `floor`, so that small companies can live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// At most this many.
    pub most: u32,
    /// At most this percentage of the people in the roster.
    pub percent: u8,
    /// This many are always allowed.
    pub floor: u32,
}

impl Limit {
    /// How many of `people` may be touched.
    pub fn allowed(self, people: usize) -> usize {
        let percent = people * usize::from(self.percent) / 100;
        percent.min(self.most as usize).max(self.floor as usize)
    }
}

impl Limits {
    /// The limit of something, if it has one.
    pub fn of(&self, what: &Counted) -> Option<Limit> {
        match what {
            Counted::Departure => Some(self.departures),
            Counted::Attribute(name) => {
                Some(self.attributes.get(name).copied().unwrap_or(self.attribute))
            }
            Counted::Kind(kind) => self.kinds.get(kind).copied(),
        }
    }

    /// The objection to `planned` of `all` being touched by something, after `before` others in
    /// the last 24 hours.
    pub fn objection(
        &self,
        what: &Counted,
        planned: usize,
        before: usize,
        all: usize,
    ) -> Option<Objection> {
        let in_a_run = self.of(what)?.allowed(all);
        let in_a_day = in_a_run.saturating_mul(self.day_percent as usize) / 100;
        let (before, allowed) = match planned {
            0 => return None,
            _ if in_a_run < planned => (0, in_a_run),
            _ if in_a_day < planned + before => (before, in_a_day),
            _ => return None,
        };
        Some(Objection::TooMany { what: what.clone(), planned, before, allowed, staff: None })
    }
}

/// What a limit counts, each person once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// People who lose their access because they have left. Counted as such, because their steps
    /// differ: whoever was suspended already (being away, or by hand) is not suspended again.
    Departure,
    /// People of whom this profile attribute changes.
    Attribute(Arc<str>),
    /// People for whom a step of this kind is taken.
    Kind(Kind),
}

impl Counted {
    /// Whether this step of this part counts.
    pub(super) fn includes(&self, part: &PersonPlan, action: &Action) -> bool {
        match self {
            Self::Departure => part.is_departure(),
            Self::Attribute(name) => {
                matches!(&action.kind, ActionKind::Update(changes) if changes.contains_key(name))
            }
            Self::Kind(kind) => action.kind.kind() == *kind,
        }
    }

    /// Whether any step of this part counts.
    pub(super) fn concerns(&self, part: &PersonPlan) -> bool {
        part.actions.iter().any(|it| self.includes(part, it))
    }

    /// Everything that a step counts as.
    pub(super) fn all_of(part: &PersonPlan, action: &Action) -> Vec<Self> {
        let mut res = vec![Self::Kind(action.kind.kind())];
        res.extend(part.is_departure().then_some(Self::Departure));
        if let ActionKind::Update(changes) = &action.kind {
            res.extend(changes.keys().cloned().map(Self::Attribute));
        }
        res
    }

    /// The kind of action that reports show for it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Departure => Kind::Suspend,
            Self::Attribute(_) => Kind::Update,
            Self::Kind(kind) => *kind,
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Departure => f.write_str("departures"),
            Self::Attribute(name) => write!(f, "attribute {name}"),
            Self::Kind(kind) => write!(f, "{kind}"),
        }
    }
}

/// Who was touched by what, each once. Groups and policies are in it by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<String, BTreeSet<String>>);

impl Tally {
    /// What was remembered, under the names that [`Counted`] displays.
    pub fn new(counts: BTreeMap<String, BTreeSet<String>>) -> Self {
        Self(counts)
    }

    /// Counts somebody, or something.
    pub fn add(&mut self, what: &Counted, whom: &str) {
        self.0.entry(what.to_string()).or_default().insert(whom.to_owned());
    }

    /// Who was touched by it.
    pub(super) fn of(&self, what: &Counted) -> impl Iterator<Item = &str> {
        self.0.get(&what.to_string()).into_iter().flatten().map(String::as_str)
    }

    /// How many were touched by it who are not among `others`.
    pub fn besides(&self, what: &Counted, others: &BTreeSet<&str>) -> usize {
        self.of(what).filter(|it| !others.contains(it)).count()
    }

    /// Whether nobody was touched by anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As it is remembered.
    pub fn counts(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.0
    }
}

/// The people of one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// The company.
    pub company: CompanyId,
    /// Everybody whom HR has there.
    pub people: Arc<BTreeSet<PersonId>>,
}

impl Staff {
    /// Whether somebody is of this company.
    pub(super) fn has(&self, person: &PersonId) -> bool {
        self.people.contains(person)
    }
}
