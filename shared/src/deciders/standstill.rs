//! Whether HR says what it said before, and when time alone may change something next.
//!
//! A flow that had nothing to do has nothing to do again as long as nothing that it decides from
//! has changed. What it decides from is listed where it is remembered
//! (`doors/ledger/standstill.rs`); this is the part that HR and the clock have in it.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

use super::{digest::digest_of, guard::Tenants, lifecycle};
use crate::words::{
    finding::Finding,
    hr::{Catalog, PeopleRows},
    ids::PolicyHash,
    person::Person,
};

/// A poll is a whole run at least so often, whatever it finds: what was overlooked here is found
/// by then.
pub const WHOLE_RUN_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// A value that is the same as long as HR's answer, the policy and the tenants are. The order of
/// rows does not count: UKG promises none.
///
/// It is compared with what an earlier run of this program found, and with nothing else: another
/// build may hash differently, and takes one more look.
pub fn found(
    policy: &PolicyHash,
    tenants: &Tenants,
    people: &PeopleRows,
    catalog: &Catalog,
    findings: &[Finding],
) -> String {
    let PeopleRows { employments, persons, contracts, udf_ends } = people;
    let Catalog { org_levels, jobs, locations, companies } = catalog;
    let sums = [
        sum(employments.iter()),
        sum(persons.iter()),
        sum(contracts),
        sum(udf_ends),
        sum(org_levels.values()),
        sum(jobs.values()),
        sum(locations.values()),
        sum(companies.values()),
        sum(findings),
    ];
    let Tenants { ukg, okta } = tenants;
    digest_of(&format!("{policy} {ukg} {okta} {sums:?}"))
}

/// How many things there are, and the sum of their hashes.
fn sum<T: Hash>(all: impl IntoIterator<Item = T>) -> (u64, u64) {
    all.into_iter().fold((0, 0), |(count, sum), it| {
        let mut hasher = DefaultHasher::new();
        it.hash(&mut hasher);
        (count + 1, sum.wrapping_add(hasher.finish()))
    })
}

/// The first instant after `now` at which time alone may change what is decided about these people:
/// a midnight where one of them works, something due, or [`WHOLE_RUN_EVERY`].
///
/// HR's dates count from midnight on, and so does every date that an expression of the policy sees.
pub fn lasts_until(
    people: impl Iterator<Item = (Person, Option<lifecycle::Before>)>,
    rules: &lifecycle::Rules,
    now: Timestamp,
) -> Timestamp {
    let mut res = now.checked_add(WHOLE_RUN_EVERY).unwrap_or(Timestamp::MAX);
    let mut zones: Vec<TimeZone> = Vec::new();
    for (person, before) in people {
        for it in &person.employments {
            if !zones.contains(&it.zone) {
                zones.push(it.zone.clone());
            }
        }
        res = res.min(lifecycle::due(&person, before, rules, now).first().map_or(res, |it| it.0));
    }
    let midnights = zones.into_iter().map(|it| next_midnight(&it, now).unwrap_or(now));
    midnights.fold(res, Timestamp::min)
}

/// `None` at the end of time.
fn next_midnight(zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let tomorrow = now.to_zoned_datetime(zone.clone()).date().checked_add(1.day()).ok()?;
    Some(tomorrow.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::hr::UdfRow;

    fn told(employees: &[&str]) -> String {
        let row = |it: &&str| UdfRow { employee: (*it).into(), company: None, value: None };
        let udf_ends = employees.iter().map(row).collect();
        let people = PeopleRows { udf_ends, ..PeopleRows::default() };
        let tenants = Tenants { ukg: "one".to_owned(), okta: "two".to_owned() };
        found(&PolicyHash::from("c0ffee"), &tenants, &people, &Catalog::default(), &[])
    }

    #[test]
    fn order_says_nothing_and_every_row_counts() {
        assert_eq!(told(&["E1", "E2", "E3"]), told(&["E3", "E1", "E2"]));
        for other in [&["E1", "E2"][..], &["E1", "E2", "E4"], &["E1", "E2", "E3", "E3"]] {
            assert_ne!(told(&["E1", "E2", "E3"]), told(other));
        }
    }
}
