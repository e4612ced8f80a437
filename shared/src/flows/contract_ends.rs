//! Tells managers of contracts that end, and remembers which ends it told them of.

use std::collections::BTreeMap;

use super::{Error, Office, Request, hr_side::HrSide, memory::Memory, tell};
use crate::{
    deciders::contracts::{self, Ending},
    doors::{
        ledger::{ContractEnd, Lease},
        outbox::About,
    },
    words::{ids::PersonId, notice::Notice, person::Person},
};

/// A message to the manager of everybody whose contract ends soon.
///
/// # Guarantees
/// * An end is remembered before it is told, so that each is told once, and one that moved away
///   and came back is told anew.
///
/// # Errors
/// When the ledger fails.
pub(super) async fn notices(
    office: &Office,
    request: &Request,
    lease: &Lease,
    hr: &HrSide,
    memory: &Memory,
) -> Result<Vec<(Notice, About)>, Error> {
    let is_asked_for = |it: &Person| request.people.is_empty() || request.people.contains(&it.id);
    let people = hr.roster.persons().filter(is_asked_for);
    let ending = contracts::ending(people, &office.policy.contractors.warn_days, request.as_of);
    let moves = remember(office, lease, hr, &ending).await?;
    let login = |it: &PersonId| memory.link(it).map(|it| it.login);
    let notices = ending.iter().map(|it| {
        let manager = tell::manager_of(&it.person, hr, memory);
        let name = tell::name_of(&it.person);
        let name = name.as_deref().unwrap_or("Somebody without a name in HR");
        let login = login(&it.person.id);
        let moves = moves.get(&it.person.id).copied().unwrap_or(0);
        let about = tell::about(request, &it.person);
        (contracts::notice(it, moves, name, login.as_ref(), manager.as_ref()), about)
    });
    Ok(notices.collect())
}

/// Remembers the ends that are about to be told, and those told before that have moved; returns
/// how often each has moved.
async fn remember(
    office: &Office,
    lease: &Lease,
    hr: &HrSide,
    ending: &[Ending],
) -> Result<BTreeMap<PersonId, u32>, Error> {
    let known = office.ledger.contract_ends().await?;
    let mut ends: BTreeMap<PersonId, ContractEnd> =
        known.into_iter().map(|it| (it.person.clone(), it)).collect();
    let mut news: BTreeMap<PersonId, ContractEnd> = BTreeMap::new();
    for end in ends.values() {
        // Whoever is not in HR's answer says nothing about the end.
        let Some(person) = hr.roster.person(&end.person) else { continue };
        let last_day = contracts::end_ahead(&person).map(|it| it.last_day);
        if last_day != end.last_day {
            let moved = ContractEnd { last_day, moves: end.moves + 1, ..end.clone() };
            news.insert(end.person.clone(), moved);
        }
    }
    for it in ending.iter().filter(|it| !ends.contains_key(&it.person.id)) {
        let person = it.person.id.clone();
        let last_day = Some(it.departure.last_day);
        news.insert(person.clone(), ContractEnd { person, last_day, moves: 0 });
    }
    let written: Vec<_> = news.values().cloned().collect();
    office.ledger.put_contract_ends(lease.fence(), &written).await?;
    ends.extend(news);
    Ok(ends.into_iter().map(|(person, it)| (person, it.moves)).collect())
}
