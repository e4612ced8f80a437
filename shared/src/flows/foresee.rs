//! Remembers which starts and ends HR has announced, and since when we know.
//!
//! It decides nothing: who comes and goes is decided anew in every run. It is what the calendar
//! shows, and how the evidence tells HR's latency from ours.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Error, Office,
    hr_side::HrSide,
    memory::Memory,
    witness::{self, Witness},
};
use crate::{
    deciders::{
        evidence::event::{self, Event},
        lifecycle::StandingKind,
    },
    doors::ledger::{Foreseen, Lease},
    words::{
        coming::Coming,
        person::{Departure, Person, Presence},
    },
};

/// Writes down what is news, and forgets what was taken back or carried out. Without news it
/// writes nothing.
pub(super) async fn foresee(
    office: &Office,
    lease: &Lease,
    hr: &HrSide,
    memory: &mut Memory,
    as_of: Timestamp,
) -> Result<(), Error> {
    let witness = Witness::of(office, lease, as_of);
    let (mut news, mut over, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for person in hr.roster.persons() {
        let entered = person.primary().row.changed.and_then(|it| witness::stamp(office, it));
        let announced = announced(&person, memory, as_of, entered);
        for coming in [Coming::Start, Coming::End] {
            let key = (person.id.clone(), coming);
            let known = memory.foreseen.get(&key);
            let now = announced.get(&coming);
            let told = |day| event::Foreseen {
                at: witness.now(),
                run: lease.run().clone(),
                person: person.id.clone(),
                coming,
                day,
                entered,
            };
            match (known, now) {
                (Some(known), Some(now)) if (known.day, known.at) == (now.day, now.at) => {}
                (_, Some(now)) => {
                    events.push(Event::Foreseen(told(now.day)));
                    news.push(now.clone());
                }
                (Some(known), None) => {
                    // A day that has come is no longer announced; one that has not was taken back.
                    if as_of < known.at {
                        events.push(Event::Rescinded(told(known.day)));
                    }
                    over.push(key);
                }
                (None, None) => {}
            }
        }
    }
    if events.is_empty() && news.is_empty() && over.is_empty() {
        return Ok(());
    }
    if !events.is_empty() {
        witness.say(events).await?;
    }
    office.ledger.note_foreseen(lease.fence(), &news, &over).await?;
    for key in over {
        memory.foreseen.remove(&key);
    }
    memory.foreseen.extend(news.into_iter().map(|it| ((it.person.clone(), it.coming), it)));
    Ok(())
}

/// What HR has announced of one person and no run has carried out yet.
fn announced(
    person: &Person,
    memory: &Memory,
    as_of: Timestamp,
    entered: Option<Timestamp>,
) -> BTreeMap<Coming, Foreseen> {
    let mut res = BTreeMap::new();
    let mut put = |coming, day, at| {
        let person_id = person.id.clone();
        let is_contingent = person.primary().is_contingent;
        let seen = as_of;
        let entry = Foreseen { person: person_id, coming, day, at, seen, entered, is_contingent };
        res.insert(coming, entry);
    };
    let is_out = memory.standing(&person.id) == Some(StandingKind::Out);
    let has_account = memory.link(&person.id).is_some();
    let mut end = |it: &Departure| {
        if has_account && !is_out {
            put(Coming::End, it.last_day, it.at);
        }
    };
    match &person.presence {
        Presence::Here { until } | Presence::Away { until, .. } => {
            until.iter().for_each(&mut end);
        }
        Presence::Gone(departure) => end(departure),
        Presence::NotYet(arrival) => {
            arrival.after.iter().for_each(&mut end);
            put(Coming::Start, arrival.starts, arrival.at);
        }
    }
    res
}
