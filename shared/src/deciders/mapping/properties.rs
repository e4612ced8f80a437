//! What holds for people nobody thought of.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    deciders::policy::{EXAMPLE, Policy},
    words::person::Employment,
};

fn facts<'a>(person: &'a Person, catalog: &'a Catalog) -> Facts<'a> {
    let today = date(2026, 3, 31);
    Facts { person, manager: None, manager_login: None, login: None, catalog, today }
}

prop_compose! {
    fn people()(
        first in proptest::option::of("\\PC{0,12}"),
        last in proptest::option::of("\\PC{0,12}"),
        department in proptest::option::of("L[1-3]"),
        location in proptest::option::of("LOC|SEA"),
        is_contingent: bool,
    ) -> Person {
        let mut person = sample::full("P-1", "Casey", "Holm");
        person.name.first = first.map(Into::into);
        person.name.last = last.map(Into::into);
        for Employment { row, is_contingent: it, .. } in &mut person.employments {
            row.org_levels[1] = department.clone().map(Into::into);
            row.location = location.clone().map(Into::into);
            *it = is_contingent;
        }
        person
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn remembering_changes_nothing(people in proptest::collection::vec(people(), 1..12)) {
        let policy = Policy::compile("rollcall.yaml", EXAMPLE).unwrap();
        let (catalog, shared) = (sample::catalog(), Memo::default());
        for person in people.iter().chain(people.iter().rev()) {
            let facts = facts(person, &catalog);
            prop_assert_eq!(
                policy.desired(&facts, &shared),
                policy.desired(&facts, &Memo::default())
            );
            let logins = policy.logins(&facts, &shared);
            prop_assert_eq!(&logins, &policy.logins(&facts, &Memo::default()));
            for login in logins.into_iter().flatten() {
                prop_assert!(login.as_str().is_ascii());
                prop_assert!(login.as_str().len() <= 100);
            }
        }
    }
}
