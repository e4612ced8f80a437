//! The generated company and its HR days.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::{ToSpan, civil::date};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall_sandbox::company::{Act, Company, HrEvent, a_day_in_hr, codes};

const TODAY: jiff::civil::Date = date(2025, 3, 3);

fn a_month(people: usize, seed: u64) -> (Company, Vec<HrEvent>) {
    let mut company = Company::generate(people, seed, TODAY);
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut told = Vec::new();
    for day in 0..30 {
        told.extend(a_day_in_hr(&mut company, TODAY + day.days(), &mut rng));
    }
    (company, told)
}

#[test]
fn a_month_of_250_people_contains_every_kind_of_act() {
    for seed in 0..40 {
        let (company, told) = a_month(250, seed);
        let seen: BTreeSet<Act> = told.iter().map(|it| it.kind).collect();
        let missing: Vec<_> = Act::ALL.iter().filter(|it| !seen.contains(it)).collect();
        assert!(missing.is_empty(), "seed {seed}: {missing:?}");
        assert_eq!(told, company.events(), "every event is kept");
    }
}

#[test]
fn a_month_touches_a_plausible_share_of_the_people() {
    let (_, told) = a_month(5_000, 1);
    let touched: HashSet<_> = told.iter().filter_map(|it| it.person_id.as_deref()).collect();
    assert!((400..900).contains(&touched.len()), "{} people", touched.len());
}

#[test]
fn small_companies_survive_a_quarter() {
    for people in [20, 23, 60, 100] {
        for seed in 0..10 {
            let mut company = Company::generate(people, seed, TODAY);
            let mut rng = ChaCha12Rng::seed_from_u64(seed);
            for day in 0..90 {
                a_day_in_hr(&mut company, TODAY + day.days(), &mut rng);
            }
        }
    }
}

#[test]
fn events_are_entered_in_order_and_on_their_day() {
    let (_, told) = a_month(250, 7);
    assert!(told.is_sorted_by_key(|it| it.entered));
}

#[test]
fn the_same_seed_gives_the_same_company_and_the_same_month() {
    let (one, told) = a_month(250, 5);
    let (two, told_again) = a_month(250, 5);
    assert_eq!(one.people(), two.people());
    assert_eq!(told, told_again);
    let (three, _) = a_month(250, 6);
    assert_ne!(one.people(), three.people());
}

#[test]
fn everyone_reports_to_someone_and_the_chief_executive_to_nobody() {
    let company = Company::generate(400, 3, TODAY);
    let boss_of: BTreeMap<_, _> =
        company.people_here_on(TODAY).map(|it| (it.person_id, it.manager_person_id)).collect();
    let on_top: Vec<_> = boss_of.iter().filter(|(_, boss)| boss.is_none()).collect();
    assert_eq!(on_top.len(), 1);
    for mut person in boss_of.keys().copied() {
        let mut steps = 0;
        while let Some(boss) = boss_of[person] {
            person = boss;
            steps += 1;
            assert!(steps < 10, "a cycle");
        }
    }
}

#[test]
fn the_roster_of_the_present_is_ready_to_seed_a_directory() {
    let company = Company::generate(250, 1, TODAY);
    let here: Vec<_> = company.people_here_on(TODAY).collect();
    assert_eq!(here.len(), 250);
    let logins: HashSet<_> = here.iter().map(|it| it.login.as_str()).collect();
    assert_eq!(logins.len(), here.len(), "logins are unique");
    assert!(logins.iter().all(|it| it.is_ascii() && it.ends_with("@larkspur.example")));
    assert!(logins.contains("alex.morgan2@larkspur.example"), "namesakes collide");
    let contractors = here.iter().filter(|it| it.is_contractor).count();
    assert!((8..35).contains(&contractors), "{contractors} contractors");
    assert!(here.iter().all(|it| it.department.is_some()));
    let zones: HashSet<_> = here
        .iter()
        .filter_map(|it| codes::LOCATIONS.iter().find(|place| place.code == it.location))
        .map(|it| it.zone)
        .collect();
    assert!(zones.len() >= 5, "{zones:?}");
}

#[test]
fn ids_have_ukgs_forms_and_a_row_has_one_key() {
    let (mut company, _) = a_month(60, 9);
    let mut rng = ChaCha12Rng::seed_from_u64(9);
    for day in 30..300 {
        a_day_in_hr(&mut company, TODAY + day.days(), &mut rng);
    }
    let mut keys = HashSet::new();
    let mut person_ids = HashSet::new();
    for person in company.people() {
        assert!(person_ids.insert(&person.person_id));
        for it in &person.employments {
            assert_eq!(it.company_id.len(), 5);
            assert_eq!(it.employee_id.len(), 12);
            assert!(it.employee_number.len() <= 9);
            assert!(keys.insert((&it.company_id, &it.employee_id)), "one row a key");
        }
    }
}
