//! A process that is killed at any effect: before a write to Okta or to the ledger, or after it.
//!
//! A small company lives through stretches of the demo's month twice: once undisturbed, and once
//! with the power going at one effect. In the end both are the same: what Okta has, what the
//! ledger says was done, and who was told of whom. `ROLLCALL_CRASHES=20` cuts at so many places
//! of each stretch, `ROLLCALL_CRASHES=all` at every one, `ROLLCALL_CRASHES=at-530` at one alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

use jiff::ToSpan;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rollcall::words::{action::Outcome, ids::PersonId};
use rollcall_sandbox::{
    company::a_day_in_hr,
    fuse::Side,
    town::{Options, morning},
};
use rollcall_tests::{FIRST_DAY, World};

/// Days of a stretch; the script of special cases has thirty.
const DAYS: i64 = 6;
/// Stretches that make a month.
const STRETCHES: i64 = 5;
/// How many people the company begins with.
const PEOPLE: usize = 14;
/// Cuts in each stretch when nobody asks for more.
const CUTS: usize = 2;

/// A company after a stretch, without what chance decides: ids and times.
struct After {
    /// What Okta has, by login.
    accounts: BTreeMap<String, String>,
    groups: BTreeMap<String, usize>,
    /// What was done and verified, by person and step.
    deeds: BTreeMap<String, usize>,
    /// How often each audience was told each line about a person.
    told: BTreeMap<String, usize>,
    /// Steps of which nobody knows what became.
    open: usize,
}

async fn live(stretch: i64, cut: Option<(usize, Side)>) -> (World, std::ops::Range<usize>) {
    let seed = 11 + u64::try_from(stretch).unwrap_or(0);
    let mut world = World::in_line(Options::new(PEOPLE, seed, FIRST_DAY), |it| it).await;
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let first = world.fuse.passed() + 1;
    if let Some((nth, side)) = cut {
        world.fuse.cut_at(nth, side);
    }
    for day in stretch * DAYS..(stretch + 1) * DAYS {
        let date = FIRST_DAY + day.days();
        world.town.clock.set(morning(date) + 11.hours());
        world.hr(|company| a_day_in_hr(company, date, &mut dice));
        world.town.clock.set(morning(date) + 13.hours());
        run_whatever_happens(&mut world).await;
    }
    let last = world.fuse.passed();
    assert!(!world.fuse.is_armed(), "the power never went");
    (world, first..last + 1)
}

async fn run_whatever_happens(world: &mut World) {
    if world.run_until_the_power_goes().await.is_none() {
        world.power_on();
        world.run_all().await;
    }
}

async fn after(world: &World) -> After {
    let people: Vec<String> =
        world.hr(|it| it.people().iter().map(|it| it.person_id.clone()).collect());
    let mut deeds = BTreeMap::new();
    for person in &people {
        let id = PersonId::from(person.as_str());
        let all = world.office.ledger.deeds_of_person(&id).await.expect("the ledger can be read");
        for it in all {
            let is_done = it.settled.is_some_and(|it| it.outcome == Outcome::Verified);
            if is_done {
                let target = it.intent.target.unwrap_or_default();
                *deeds.entry(format!("{person} {} {target}", it.intent.kind)).or_default() += 1;
            }
        }
    }
    let open = world.office.ledger.open_intents().await.expect("the ledger can be read").len();
    let org = world.town.okta.org();
    let logins: BTreeMap<String, String> = org
        .users()
        .map(|it| (it.id.to_string(), it.profile["login"].as_str().unwrap_or("").to_owned()))
        .collect();
    let mut told = BTreeMap::new();
    for mail in world.mail() {
        let audience = mail.lines().next().unwrap_or_default();
        for line in mail.lines() {
            // Lists of findings name people by their id. Letters about what was done name them by
            // their login, with the cause of the first step, which may have been told before.
            let by_id = people.iter().any(|it| line.contains(it)).then_some(line);
            let end = |it: &String| line.find(it.as_str()).map(|at| at + it.len());
            let by_login = || logins.values().find_map(end).map(|it| &line[..it]);
            if let Some(what) = by_id.or_else(by_login) {
                *told.entry(format!("{audience}: {what}")).or_default() += 1;
            }
        }
    }
    let accounts = org.users().map(|it| {
        let mut profile = serde_json::to_string(&it.profile).expect("profiles are JSON");
        // An account that was made a little later has another id.
        for (id, login) in &logins {
            profile = profile.replace(id, login);
        }
        let ways_in =
            (org.sessions_of(&it.id), org.tokens_of(&it.id).len(), org.grants_of(&it.id).len());
        let (groups, apps) = (org.groups_of(&it.id), org.apps_of(&it.id));
        let text = format!("{:?} {groups:?} {apps:?} {ways_in:?} {profile}", it.status);
        (logins[&*it.id].clone(), text)
    });
    let groups =
        org.groups().map(|it| (it.name().to_owned(), org.members_of(&it.id).len())).collect();
    After { accounts: accounts.collect(), groups, deeds, told, open }
}

/// What is not as it is without a cut.
fn differences(expected: &After, seen: &After) -> Vec<String> {
    fn compare<T: PartialEq + Debug>(
        what: &str,
        expected: &BTreeMap<String, T>,
        seen: &BTreeMap<String, T>,
    ) -> Vec<String> {
        let keys: BTreeSet<&String> = expected.keys().chain(seen.keys()).collect();
        let differing = keys.into_iter().filter(|it| expected.get(*it) != seen.get(*it));
        differing
            .map(|it| format!("{what} {it}: {:?} instead of {:?}", seen.get(it), expected.get(it)))
            .collect()
    }
    let After { accounts, groups, deeds, told, open } = expected;
    let mut res = compare("account", accounts, &seen.accounts);
    res.extend(compare("group", groups, &seen.groups));
    res.extend(compare("deed", deeds, &seen.deeds));
    // Who needs a look is told as one list, anew when it changes: a run that was cut off may not
    // have seen every list, but whoever was on one is told, and never more often.
    let mut told_too_often = seen.told.clone();
    told_too_often.retain(|line, count| *count > told.get(line).copied().unwrap_or(0));
    res.extend(told_too_often.iter().map(|(line, count)| format!("told {count} times: {line}")));
    let untold = told.keys().filter(|it| !seen.told.contains_key(*it));
    res.extend(untold.map(|it| format!("not told: {it}")));
    if *open != seen.open {
        res.push(format!("{} steps are open", seen.open));
    }
    res
}

#[expect(clippy::disallowed_methods, reason = "how long to look is the developer's to say")]
fn cuts(stretch: i64, effects: std::ops::Range<usize>) -> Vec<(usize, Side)> {
    let both = |nth| [(nth, Side::Before), (nth, Side::After)];
    let wanted = std::env::var("ROLLCALL_CRASHES").ok();
    if wanted.as_deref() == Some("all") {
        return effects.flat_map(both).collect();
    }
    if let Some(nth) = wanted.as_deref().and_then(|it| it.strip_prefix("at-")?.parse().ok()) {
        return both(nth).into();
    }
    let count = wanted.and_then(|it| it.parse().ok()).unwrap_or(CUTS);
    let mut dice = ChaCha12Rng::seed_from_u64(u64::try_from(stretch).unwrap_or(0));
    let places: Vec<_> = effects.flat_map(both).collect();
    (0..count).map(|_| places[dice.random_range(0..places.len())]).collect()
}

async fn check(stretch: i64) {
    let (world, effects) = live(stretch, None).await;
    let expected = after(&world).await;
    println!("stretch {stretch}: {} effects", effects.len());
    assert_eq!(expected.open, 0);
    assert!(!expected.deeds.is_empty(), "nothing happened, so nothing can be proved");
    for (passed, (nth, side)) in cuts(stretch, effects).into_iter().enumerate() {
        if passed > 0 && passed.is_multiple_of(20) {
            println!("stretch {stretch}: {passed} cuts passed");
        }
        let (world, _) = live(stretch, Some((nth, side))).await;
        let differs = differences(&expected, &after(&world).await);
        assert!(
            differs.is_empty(),
            "stretch {stretch}, power cut {side:?} effect {nth}:\n{}",
            differs.join("\n")
        );
        world.assert_converged().await;
    }
    println!("stretch {stretch}: all cuts passed");
}

#[tokio::test]
async fn process_that_is_killed_in_the_first_days_loses_nothing_and_repeats_nothing() {
    check(0).await;
}

#[tokio::test]
async fn process_that_is_killed_in_the_second_week_loses_nothing_and_repeats_nothing() {
    check(1).await;
}

#[tokio::test]
async fn process_that_is_killed_in_the_middle_of_the_month_loses_nothing_and_repeats_nothing() {
    check(2).await;
}

#[tokio::test]
async fn process_that_is_killed_in_the_fourth_week_loses_nothing_and_repeats_nothing() {
    check(3).await;
}

#[tokio::test]
async fn process_that_is_killed_in_the_last_days_loses_nothing_and_repeats_nothing() {
    assert_eq!(DAYS * STRETCHES, 30);
    check(4).await;
}
