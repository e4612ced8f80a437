//! The populations that auditors draw from: who left, who joined, who moved, each with times.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    event::{Approval, HrRecord, PersonalFacts},
    record::{Deed, Record},
};
use crate::{
    deciders::lifecycle::StandingKind,
    words::{
        action::Kind,
        ids::{OktaUserId, PersonId},
    },
};

/// Somebody whose access ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaver {
    /// Who.
    pub who: Who,
    /// HR's record.
    pub hr: HrRecord,
    /// When Okta answered the first step that closes the account, or else takes access away.
    pub acted: Option<Timestamp>,
    /// When reading back had shown it.
    pub verified: Option<Timestamp>,
    /// When the account was closed for good, after the days of grace.
    pub deactivated: Option<Timestamp>,
    /// Groups that were taken.
    pub groups: Vec<String>,
    /// Apps that were taken.
    pub apps: Vec<String>,
    /// Whether the account was still to be linked: the person had left before Rollcall came, or
    /// before anything was ever verified.
    pub is_first_look: bool,
}

/// Somebody who got access, for the first time or again.
#[derive(Clone, Debug, PartialEq)]
pub struct Joiner {
    /// Who.
    pub who: Who,
    /// HR's record.
    pub hr: HrRecord,
    /// Since when the person had been away: the end of the spell before, of somebody who returns.
    pub out_since: Option<Timestamp>,
    /// Whether the person was never gone: HR took the departure back.
    pub is_taken_back: bool,
    /// When the account was created.
    pub created: Option<Timestamp>,
    /// When Okta answered the step that opened it.
    pub acted: Option<Timestamp>,
    /// When reading back had shown that it is open.
    pub verified: Option<Timestamp>,
    /// Groups that were given.
    pub groups: Vec<String>,
    /// Apps that were given.
    pub apps: Vec<String>,
}

/// Somebody whose access or profile changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Mover<'a> {
    /// Who.
    pub who: Who,
    /// The deed.
    pub deed: &'a Deed,
}

/// A person in a population, and where the trail of the change begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Who {
    /// UKG's personId.
    pub person: PersonId,
    /// The account.
    pub user: Option<OktaUserId>,
    /// Name, login and number; `None` when they were erased.
    pub facts: Option<PersonalFacts>,
    /// HR's record, in words.
    pub because: String,
    /// Minutes that the policy gave.
    pub allowed_minutes: u32,
    /// Who let it go on, where somebody had to.
    pub approvals: Vec<Approval>,
    /// The run, the hash of the plan and of the policy.
    pub trail: [String; 3],
    /// Okta's request ids.
    pub requests: Vec<String>,
}

impl Who {
    fn of(deed: &Deed) -> Self {
        let it = &deed.intended;
        Self {
            person: it.person.clone(),
            user: deed.user.clone(),
            facts: deed.facts.clone(),
            because: it.because.clone(),
            allowed_minutes: it.allowed_minutes,
            approvals: it.approvals.clone(),
            trail: [it.run.to_string(), it.plan.clone(), it.policy.to_string()],
            requests: deed.requests().into_iter().map(str::to_owned).collect(),
        }
    }

    fn goes_on_in(&mut self, deed: &Deed) {
        self.user = self.user.take().or_else(|| deed.user.clone());
        self.requests.extend(deed.requests().into_iter().map(str::to_owned));
        for it in &deed.intended.approvals {
            if !self.approvals.contains(it) {
                self.approvals.push(it.clone());
            }
        }
    }
}

/// The instant from which the clock runs: access had to change, and HR had said so.
fn due(hr: &HrRecord) -> Option<Timestamp> {
    match (hr.effective, hr.entered) {
        (Some(effective), Some(entered)) => Some(effective.max(entered)),
        (effective, entered) => effective.or(entered),
    }
}

/// Whole minutes from one instant to another; an instant before counts as none.
fn minutes(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<u64> {
    let passed = to?.duration_since(from?).max(SignedDuration::ZERO);
    u64::try_from(passed.as_mins()).ok()
}

/// Minutes by which HR entered something after it should have counted.
fn late(hr: &HrRecord) -> u64 {
    minutes(hr.effective, hr.entered).unwrap_or(0)
}

macro_rules! timed {
    ($it:ident) => {
        impl $it {
            /// When the clock begins: the change counted, and HR had entered it.
            pub fn due(&self) -> Option<Timestamp> {
                due(&self.hr)
            }

            /// HR's latency: minutes from when the change should have counted to when HR had
            /// entered it. Not ours.
            pub fn hr_late_minutes(&self) -> u64 {
                late(&self.hr)
            }

            /// Minutes from the due instant, or when a run saw it if that was later, to Okta's
            /// answer.
            pub fn act_minutes(&self) -> Option<u64> {
                let seen = self.hr.seen.max(self.due());
                minutes(seen, self.acted)
            }

            /// Minutes from the due instant to when a run saw it.
            pub fn see_minutes(&self) -> Option<u64> {
                minutes(self.due(), self.hr.seen)
            }

            /// Our latency: minutes from the due instant to when reading back had shown it.
            pub fn minutes(&self) -> Option<u64> {
                minutes(self.due(), self.verified)
            }

            /// Whether that is within what the policy gives; `None` while it is open.
            pub fn is_in_time(&self) -> Option<bool> {
                Some(self.minutes()? <= u64::from(self.who.allowed_minutes))
            }
        }
    };
}
timed!(Leaver);
timed!(Joiner);

/// Steps that close an account.
const CLOSING: [Kind; 2] = [Kind::Suspend, Kind::Deactivate];
/// Steps that take access away from an account that others have closed.
const TAKING: [Kind; 4] =
    [Kind::EndSessions, Kind::RevokeGrants, Kind::LeaveGroup, Kind::UnassignApp];
/// Steps that open an account.
const OPENING: [Kind; 3] = [Kind::Activate, Kind::Reactivate, Kind::Unsuspend];

fn names(found: Vec<&str>) -> Vec<String> {
    found.into_iter().flat_map(|it| it.split(", ")).map(str::to_owned).collect()
}

/// Everybody whose access ended, in the order in which it was begun.
pub fn leavers(record: &Record) -> Vec<Leaver> {
    let mut res: Vec<Leaver> = Vec::new();
    let mut known: BTreeMap<(PersonId, Option<Date>), usize> = BTreeMap::new();
    let mut last: BTreeMap<PersonId, usize> = BTreeMap::new();
    for deed in &record.deeds {
        let it = &deed.intended;
        if it.becomes != StandingKind::Out {
            continue;
        }
        let closed = deed.first(&CLOSING).or_else(|| deed.first(&TAKING));
        if !deed.is_departure() {
            // Steps after the cut-off: the days of grace are over, or somebody opened it again.
            let place = last.get(&it.person).copied();
            if let (Some(place), Some((_, at))) = (place, deed.first(&[Kind::Deactivate])) {
                res[place].deactivated.get_or_insert(at);
            }
            continue;
        }
        let key = (it.person.clone(), it.hr.day);
        let place = *known.entry(key).or_insert_with(|| {
            res.push(Leaver {
                who: Who { requests: Vec::new(), ..Who::of(deed) },
                hr: it.hr.clone(),
                acted: None,
                verified: None,
                deactivated: None,
                groups: Vec::new(),
                apps: Vec::new(),
                is_first_look: it.was.is_none(),
            });
            res.len() - 1
        });
        last.insert(it.person.clone(), place);
        let leaver = &mut res[place];
        leaver.who.goes_on_in(deed);
        if let (None, Some((acted, verified))) = (leaver.verified, closed) {
            (leaver.acted, leaver.verified) = (Some(acted), Some(verified));
        }
        if let Some((_, at)) = deed.first(&[Kind::Deactivate]) {
            leaver.deactivated.get_or_insert(at);
        }
        leaver.groups.extend(names(deed.targets(&[Kind::LeaveGroup])));
        leaver.apps.extend(names(deed.targets(&[Kind::UnassignApp])));
    }
    res
}

/// Whether this gives an account to somebody who had none that was open.
fn is_arrival(deed: &Deed) -> bool {
    let was_away = match deed.intended.was {
        None | Some(StandingKind::TooEarly | StandingKind::Preboard | StandingKind::Out) => true,
        Some(StandingKind::Open | StandingKind::Restricted | StandingKind::Paused) => false,
    };
    let opens = deed
        .steps()
        .any(|it| it.intended.kind == Kind::Create || OPENING.contains(&it.intended.kind));
    was_away && opens && deed.intended.becomes != StandingKind::Out
}

/// Everybody who got access, in the order in which it was begun.
pub fn joiners(record: &Record) -> Vec<Joiner> {
    let mut res: Vec<Joiner> = Vec::new();
    // Whoever has an account that is made and not open yet.
    let mut staged: BTreeMap<PersonId, usize> = BTreeMap::new();
    for deed in record.deeds.iter().filter(|it| is_arrival(it)) {
        let it = &deed.intended;
        let place = staged.get(&it.person).copied().unwrap_or_else(|| {
            res.push(Joiner {
                who: Who { requests: Vec::new(), ..Who::of(deed) },
                hr: it.hr.clone(),
                out_since: it.out_since.filter(|_| it.was == Some(StandingKind::Out)),
                is_taken_back: it.was == Some(StandingKind::Out) && it.hr.day.is_none(),
                created: None,
                acted: None,
                verified: None,
                groups: Vec::new(),
                apps: Vec::new(),
            });
            res.len() - 1
        });
        let joiner = &mut res[place];
        joiner.who.goes_on_in(deed);
        // HR may have moved the start since the account was made.
        joiner.hr = HrRecord {
            entered: joiner.hr.entered,
            seen: joiner.hr.seen.min(it.hr.seen),
            ..it.hr.clone()
        };
        joiner.created = joiner.created.or(deed.first(&[Kind::Create]).map(|it| it.1));
        if let Some((acted, verified)) = deed.first(&OPENING) {
            (joiner.acted, joiner.verified) = (Some(acted), Some(verified));
            staged.remove(&it.person);
        } else {
            staged.insert(it.person.clone(), place);
        }
        joiner.groups.extend(names(deed.targets(&[Kind::Create, Kind::JoinGroup])));
        joiner.apps.extend(names(deed.targets(&[Kind::AssignApp])));
    }
    res
}

/// Every change of somebody who neither came nor went.
pub fn movers(record: &Record) -> Vec<Mover<'_>> {
    let moved = record
        .deeds
        .iter()
        .filter(|it| it.intended.becomes != StandingKind::Out && !is_arrival(it));
    moved.map(|deed| Mover { who: Who::of(deed), deed }).collect()
}
