//! What was intended and what became of it, joined.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::event::{
    Counted, Event, Foreseen, Intended, IntendedStep, OrgEvent, PersonalFacts, Settled, SettledStep,
};
use crate::{
    deciders::lifecycle::StandingKind,
    words::{
        action::{Kind, Outcome},
        ids::{OktaUserId, RunId},
    },
};

/// Everything that the log tells of a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// What was done for people, in the order of the log.
    pub deeds: Vec<Deed>,
    /// What was done to groups and policies: the last word on each.
    pub org: Vec<OrgEvent>,
    /// Starts and ends that HR announced.
    pub foreseen: Vec<Foreseen>,
    /// Those that HR took back or moved.
    pub rescinded: Vec<Foreseen>,
    /// Full comparisons, the oldest first.
    pub counted: Vec<Counted>,
    /// The first and the last instant that any event tells.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// What was done for one person in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// What was about to be done, and why.
    pub intended: Intended,
    /// Who the person is; `None` when that was erased.
    pub facts: Option<PersonalFacts>,
    /// The account.
    pub user: Option<OktaUserId>,
    /// What became of each step, by its number.
    settled: BTreeMap<u32, (SettledStep, Timestamp)>,
}

/// One step with what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What was about to be done.
    pub intended: &'a IntendedStep,
    /// What became of it; `None` when the run was cut off and nobody has found out yet.
    pub settled: Option<&'a SettledStep>,
    /// When reading back was over.
    pub read_back: Option<Timestamp>,
}

impl Step<'_> {
    /// Whether reading back showed it.
    pub fn is_verified(&self) -> bool {
        self.outcome() == Some(Outcome::Verified)
    }

    /// What became of it.
    pub fn outcome(&self) -> Option<Outcome> {
        self.settled.map(|it| it.outcome)
    }
}

impl Deed {
    /// The steps in order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.intended.steps.iter().map(|it| {
            let settled = self.settled.get(&it.seq);
            Step {
                intended: it,
                settled: settled.map(|it| &it.0),
                read_back: settled.map(|it| it.1),
            }
        })
    }

    /// Whether a step of one of these kinds was verified.
    pub fn has(&self, kinds: &[Kind]) -> bool {
        self.steps().any(|it| kinds.contains(&it.intended.kind) && it.is_verified())
    }

    /// The targets of the verified steps of these kinds.
    pub fn targets(&self, kinds: &[Kind]) -> Vec<&str> {
        let steps = self.steps().filter(|it| kinds.contains(&it.intended.kind) && it.is_verified());
        steps.filter_map(|it| it.intended.target.as_deref()).collect()
    }

    /// Okta's answer to the first verified step of one of these kinds, and when reading back
    /// showed it.
    pub fn first(&self, kinds: &[Kind]) -> Option<(Timestamp, Timestamp)> {
        let step = self.steps().find(|it| kinds.contains(&it.intended.kind) && it.is_verified())?;
        Some((step.settled?.at, step.read_back?))
    }

    /// Whether this ends somebody's access who had it.
    pub fn is_departure(&self) -> bool {
        self.intended.becomes == StandingKind::Out && self.intended.was != Some(StandingKind::Out)
    }

    /// Whether somebody had opened a leaver's account again.
    pub fn is_reopened_leaver(&self) -> bool {
        self.intended.becomes == StandingKind::Out
            && self.intended.was == Some(StandingKind::Out)
            && self.steps().any(|it| it.intended.kind == Kind::SaveUndo)
    }

    /// Okta's request ids, in the order of the steps.
    pub fn requests(&self) -> Vec<&str> {
        self.steps().filter_map(|it| it.settled?.request_id.as_deref()).collect()
    }
}

/// Joins the events of a log, in its order. What is not intended in the period but settled in it
/// is left out: it belongs to the period before.
pub fn gather(events: impl IntoIterator<Item = (Event, Option<PersonalFacts>)>) -> Record {
    let mut res = Record::default();
    let mut at_step: BTreeMap<(RunId, u32), usize> = BTreeMap::new();
    let mut org: BTreeMap<(RunId, u32), usize> = BTreeMap::new();
    let mut late: Vec<Settled> = Vec::new();
    for (event, facts) in events {
        let at = event.at();
        res.span = Some(res.span.map_or((at, at), |(a, b)| (a.min(at), b.max(at))));
        match event {
            Event::Intended(intended) => {
                let place = res.deeds.len();
                for it in &intended.steps {
                    at_step.insert((intended.run.clone(), it.seq), place);
                }
                let user = intended.user.clone();
                let settled = BTreeMap::new();
                res.deeds.push(Deed { intended: *intended, facts, user, settled });
            }
            Event::Settled(it) => late.push(it),
            Event::Org(it) => {
                let key = (it.run.clone(), it.seq);
                match org.get(&key) {
                    Some(place) => res.org[*place] = it,
                    None => {
                        org.insert(key, res.org.len());
                        res.org.push(it);
                    }
                }
            }
            Event::Foreseen(it) => res.foreseen.push(it),
            Event::Rescinded(it) => res.rescinded.push(it),
            Event::Counted(it) => res.counted.push(it),
        }
    }
    for it in late {
        for step in it.steps {
            let Some(place) = at_step.get(&(it.of.clone(), step.seq)) else { continue };
            let deed = &mut res.deeds[*place];
            if deed.user.is_none() {
                deed.user.clone_from(&it.user);
            }
            // The first word counts: what a later run finds out is about steps without one.
            deed.settled.entry(step.seq).or_insert((step, it.at));
        }
    }
    res.deeds.sort_by_key(|it| it.intended.at);
    res.counted.sort_by_key(|it| it.at);
    res
}
