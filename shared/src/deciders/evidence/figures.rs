//! Numbers that people ask for: how fast, how many, within what was promised.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    event::Counted,
    people::{Joiner, Leaver},
    record::{Deed, Record},
};
use crate::words::action::{Kind, Outcome};

/// How long something took, over many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Minutes, sorted.
    pub minutes: Vec<u64>,
    /// How many are within what the policy gives.
    pub in_time: usize,
    /// How many are not.
    pub late: usize,
    /// How many are not verified yet.
    pub open: usize,
}

impl Times {
    /// Of leavers whose accounts had been looked at before they left.
    pub fn to_revoke(leavers: &[Leaver]) -> Self {
        let known = leavers.iter().filter(|it| !it.is_first_look);
        Self::of(known.map(|it| (it.minutes(), it.is_in_time())))
    }

    /// Of joiners.
    pub fn to_provision(joiners: &[Joiner]) -> Self {
        // An account that is made ahead of the start is not late: it is early.
        let begun = joiners.iter().filter(|it| it.verified.is_some() || it.created.is_none());
        Self::of(begun.map(|it| (it.minutes(), it.is_in_time())))
    }

    fn of(all: impl Iterator<Item = (Option<u64>, Option<bool>)>) -> Self {
        let mut res = Self::default();
        for (minutes, is_in_time) in all {
            res.minutes.extend(minutes);
            match is_in_time {
                Some(true) => res.in_time += 1,
                Some(false) => res.late += 1,
                None => res.open += 1,
            }
        }
        res.minutes.sort_unstable();
        res
    }

    /// The minutes within which `percent` of all were done; nearest rank.
    pub fn at_percent(&self, percent: usize) -> Option<u64> {
        let rank = (self.minutes.len() * percent).div_ceil(100).max(1);
        self.minutes.get(rank - 1).copied()
    }

    /// The slowest.
    pub fn worst(&self) -> Option<u64> {
        self.minutes.last().copied()
    }
}

/// Minutes as people say them.
pub fn span(minutes: u64) -> String {
    match (minutes / 1440, minutes / 60, minutes) {
        (0, 0, 0) => "under a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    }
}

/// What a change is about, for the plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Theme {
    /// Accounts opened.
    Opened,
    /// Accounts closed.
    Closed,
    /// Groups, apps, tiers.
    Access,
    /// Attributes, managers, logins.
    Profile,
}

impl Theme {
    /// Every theme, in the order of the plot.
    pub const ALL: [Self; 4] = [Self::Opened, Self::Closed, Self::Access, Self::Profile];

    /// As people read it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Opened => "accounts made or opened",
            Self::Closed => "accounts closed",
            Self::Access => "groups, apps and MFA tiers",
            Self::Profile => "profiles, managers and logins",
        }
    }

    /// The theme of a step; `None` for what changes nothing by itself.
    pub fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Create | Kind::Activate | Kind::Reactivate | Kind::Unsuspend => {
                Some(Self::Opened)
            }
            Kind::Suspend | Kind::Deactivate => Some(Self::Closed),
            Kind::JoinGroup
            | Kind::LeaveGroup
            | Kind::AssignApp
            | Kind::UnassignApp
            | Kind::RaiseTier
            | Kind::LowerTier
            | Kind::CreateGroup
            | Kind::RenameGroup
            | Kind::RepairPolicy => Some(Self::Access),
            Kind::Adopt
            | Kind::Update
            | Kind::SetManager
            | Kind::LinkManager
            | Kind::RenameLogin => Some(Self::Profile),
            Kind::EndSessions | Kind::RevokeGrants | Kind::SaveUndo | Kind::Archive => None,
        }
    }
}

/// Whether a deed is of the installation: an account that was there is linked and brought in line.
fn is_first_look(deed: &Deed) -> bool {
    deed.intended.was.is_none() && !deed.has(&[Kind::Create])
}

/// How many accounts that were there were brought in line.
pub fn first_looks(record: &Record) -> usize {
    let people: BTreeSet<_> =
        record.deeds.iter().filter(|it| is_first_look(it)).map(|it| &it.intended.person).collect();
    people.len()
}

/// Verified steps per day and theme; without the installation, beside which no day could be seen.
pub fn per_day(record: &Record) -> BTreeMap<Date, BTreeMap<Theme, u64>> {
    let mut res: BTreeMap<Date, BTreeMap<Theme, u64>> = BTreeMap::new();
    let known = record.deeds.iter().filter(|it| !is_first_look(it));
    let steps = known.flat_map(|deed| {
        let done = deed.steps().filter(|it| it.is_verified());
        done.filter_map(|it| Some((it.settled?.at, it.intended.kind)))
    });
    let org = record.org.iter().filter(|it| it.outcome == Some(Outcome::Verified));
    for (at, kind) in steps.chain(org.map(|it| (it.at, it.kind))) {
        if let Some(theme) = Theme::of(kind) {
            *res.entry(day(at)).or_default().entry(theme).or_default() += 1;
        }
    }
    res
}

/// The day of an instant, in UTC: the report is for people in many zones.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

/// A finding that held somebody, or is worth a look, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// Whom or what it is about.
    pub subject: String,
    /// The code.
    pub code: String,
    /// Held, or warning.
    pub severity: String,
    /// What it is.
    pub detail: String,
    /// The first comparison that found it.
    pub since: Timestamp,
    /// The last that did.
    pub until: Timestamp,
    /// Whether the last comparison of all still found it.
    pub is_open: bool,
}

/// Findings over all full comparisons, the longest first.
pub fn lasting(counted: &[Counted]) -> Vec<Lasting> {
    let mut res: BTreeMap<(String, String), Lasting> = BTreeMap::new();
    let last = counted.last().map(|it| it.at);
    for it in counted {
        for [subject, code, severity, detail] in &it.findings {
            let known = res.entry((subject.clone(), code.clone())).or_insert_with(|| Lasting {
                subject: subject.clone(),
                code: code.clone(),
                severity: severity.clone(),
                detail: String::new(),
                since: it.at,
                until: it.at,
                is_open: false,
            });
            known.detail.clone_from(detail);
            known.until = it.at;
            known.is_open = Some(it.at) == last;
        }
    }
    let mut res: Vec<Lasting> = res.into_values().collect();
    res.sort_by(|a, b| {
        (!a.is_open, a.since, &a.subject, &a.code).cmp(&(!b.is_open, b.since, &b.subject, &b.code))
    });
    res
}
