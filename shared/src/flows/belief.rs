//! Whether what HR said can be believed, and who is left alone where a part of it cannot.

use std::collections::{BTreeMap, BTreeSet};

use super::{Office, Request, hr_side::HrSide, memory::Memory};
use crate::{
    deciders::{
        guard::{self, Columns, Doubt, Tenants},
        policy::Policy,
        report::Reservation,
    },
    words::{
        ids::PersonId,
        person::{Person, Presence},
    },
};

/// What was made of a read.
#[derive(Default)]
pub(super) struct Belief {
    /// Why nothing is planned at all.
    pub(super) doubts: Vec<Doubt>,
    /// What is not believed, and who is left alone for it.
    pub(super) reservations: Vec<Reservation>,
    /// Everybody who is left alone.
    pub(super) alone: BTreeSet<PersonId>,
}

/// The tenants that the credentials lead to.
pub(super) fn tenants(office: &Office) -> Tenants {
    Tenants { ukg: office.ukg.tenant(), okta: office.okta.reader().org_url() }
}

/// Holds a full read against the last good one.
pub(super) fn judge(office: &Office, request: &Request, hr: &HrSide, memory: &Memory) -> Belief {
    let Office { policy, .. } = office;
    let last_tenants = memory.last_tenants.as_ref();
    let mut doubts =
        last_tenants.map_or(Vec::new(), |it| guard::doubt_tenants(&tenants(office), it));
    let sizes = guard::doubt_roster(&hr.roster.counts, memory.last_roster.as_ref(), &policy.limits);
    // Whoever says that this is the roster now means every company of it.
    let is_whole = request.accepted.contains(&format!("roster={}", hr.roster.total()));
    doubts.extend(sizes.into_iter().filter(|_| !is_whole));
    let columns = columns(policy, hr);
    doubts.extend(guard::doubt_columns(&columns, &memory.last_columns, &policy.limits));
    doubts.retain(|it| !it.is_accepted(&request.accepted));
    let (doubts, partial): (Vec<_>, Vec<_>) = doubts.into_iter().partition(Doubt::stops_everything);
    if !doubts.is_empty() {
        return Belief { doubts, ..Belief::default() };
    }
    let mut res = Belief::default();
    for doubt in partial {
        let people: BTreeSet<PersonId> = hr
            .roster
            .persons()
            .filter(|it| touches(&doubt, it, policy, hr))
            .map(|it| it.id)
            .collect();
        res.alone.extend(people.iter().cloned());
        if matches!(doubt, Doubt::ShortCompany { .. }) {
            // The rows that are missing may be what keeps them.
            res.alone.extend(hr.roster.persons().filter(seems_gone).map(|it| it.id));
        }
        res.reservations.push(Reservation { doubt, people });
    }
    res
}

/// Whether a partial doubt is about this person.
fn touches(doubt: &Doubt, person: &Person, policy: &Policy, hr: &HrSide) -> bool {
    match doubt {
        Doubt::ShortCompany { company, .. } => {
            person.employments.iter().any(|it| it.row.company == *company)
        }
        Doubt::LostColumns { columns, .. } => {
            let filled: BTreeSet<&str> = policy.filled(person, &hr.catalog).collect();
            !matches!(person.presence, Presence::Gone(_))
                && !columns.iter().all(|it| filled.contains(it.as_str()))
        }
        Doubt::EmptyRoster
        | Doubt::ShortRoster { .. }
        | Doubt::OtherTenant { .. }
        | Doubt::ShortOkta { .. }
        | Doubt::MissingCanary { .. } => false,
    }
}

fn seems_gone(person: &Person) -> bool {
    match &person.presence {
        Presence::Gone(_) => true,
        Presence::NotYet(arrival) => arrival.after.is_some(),
        Presence::Here { .. } | Presence::Away { .. } => false,
    }
}

/// Columns are counted among those who are at work or away: of whoever has left, HR may forget
/// what it likes.
fn is_counted(person: &Person) -> bool {
    matches!(person.presence, Presence::Here { .. } | Presence::Away { .. })
}

/// How well the columns are filled in that the policy reads.
pub(super) fn columns(policy: &Policy, hr: &HrSide) -> Columns {
    let mut filled: BTreeMap<&str, usize> = policy.columns().map(|it| (it, 0)).collect();
    let mut people = 0;
    for person in hr.roster.persons().filter(is_counted) {
        people += 1;
        for column in policy.filled(&person, &hr.catalog) {
            *filled.entry(column).or_default() += 1;
        }
    }
    let filled = filled.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    Columns { people, filled }
}
