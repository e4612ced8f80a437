//! Tells managers of employees who are about to leave, each end and each warning once.

use super::{Office, Request, hr_side::HrSide, memory::Memory, tell};
use crate::{
    deciders::notices::ahead,
    doors::outbox::About,
    words::{coming::Coming, ids::PersonId, notice::Notice, person::Person},
};

/// A message to the manager of everybody who leaves soon.
pub(super) fn notices(
    office: &Office,
    request: &Request,
    hr: &HrSide,
    memory: &Memory,
) -> Vec<(Notice, About)> {
    let is_asked_for = |it: &Person| request.people.is_empty() || request.people.contains(&it.id);
    let people = hr.roster.persons().filter(is_asked_for);
    let leaving = ahead::leaving(people, &office.policy.notices.leaver_days, request.as_of);
    let login = |it: &PersonId| memory.link(it).map(|it| it.login);
    let messages = leaving.iter().filter_map(|it| {
        // What no run has seen as an end of an account of ours is nobody's to be told of.
        let known = memory.foreseen.get(&(it.person.id.clone(), Coming::End))?;
        let manager = tell::manager_of(&it.person, hr, memory);
        let name = tell::name_of(&it.person);
        let name = name.as_deref().unwrap_or("Somebody without a name in HR");
        let about = tell::about(request, &it.person);
        let login = login(&it.person.id);
        let message = ahead::message(it, known.seen, name, login.as_ref(), manager.as_ref());
        Some((message, about))
    });
    messages.collect()
}
