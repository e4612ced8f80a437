//! A process that is killed at any effect: before a write to Okta or to the ledger, or after it.
//!
//! A company lives through stretches of the demo's month twice: once undisturbed, and once with the
//! power going at one effect. In the end both are the same: what Okta has, what the ledger says was
//! done, and who was told of whom.
//!
//! | `ROLLCALL_CRASHES` | cuts |
//! |---|---|
//! | | a larger company, at some places of each stretch |
//! | `20` | the same, at so many places |
//! | `kinds` | the same, at one of each kind of effect in each stretch |
//! | `all` | this, and a small company at every place |
//! | `at-530`, `large-at-530` | the small company, or the larger one, at this effect alone |
//!
//! A notice lies between two writes to the ledger, that it is to be sent and that it was: the cut
//! after the one and the cut before the other are its two sides.
//!
//! The tables in tests/README.md say at which kinds of effects the power went, and how often. With
//! `ROLLCALL_WRITE_TABLES=1`, `all` writes both and `kinds` that of the larger company; at any other
//! time each kind of effect must be in its table.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::Mutex,
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

use crate::table;

/// Days of a stretch; the script of special cases has thirty.
const DAYS: i64 = 6;
/// Stretches that make a month.
const STRETCHES: i64 = 5;
/// Cuts in each stretch when nobody asks for more.
const CUTS: usize = 2;

/// How large a company is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    /// Small enough that every effect can be cut.
    Small,
    /// Large enough that pages, batches and parts of records are more than one.
    Large,
}

impl Size {
    /// How many people the company begins with.
    fn people(self) -> usize {
        match self {
            Self::Small => 14,
            Self::Large => 50,
        }
    }

    /// The name of its table.
    fn table(self) -> &'static str {
        match self {
            Self::Small => "crashes",
            Self::Large => "crashes-large",
        }
    }
}

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

/// How often the power went at a kind of effect, and how often all was as without it.
#[derive(Clone, Copy, Default)]
struct Cuts {
    made: usize,
    healed: usize,
}

impl Cuts {
    fn add(&mut self, more: Self) {
        self.made += more.made;
        self.healed += more.healed;
    }
}

/// What all stretches together have shown, by kind of effect.
#[derive(Default)]
struct Shown {
    stretches: i64,
    cuts: BTreeMap<String, Cuts>,
}

static SHOWN: Mutex<BTreeMap<Size, Shown>> = Mutex::new(BTreeMap::new());

/// The effects of a stretch, by kind: which from the beginning.
type Effects = BTreeMap<String, Vec<usize>>;

/// A company after a stretch, and the effects that this had.
async fn live(stretch: i64, size: Size, cut: Option<(usize, Side)>) -> (World, Effects) {
    let seed = 11 + u64::try_from(stretch).unwrap_or(0);
    let mut world = World::in_line(Options::new(size.people(), seed, FIRST_DAY), |it| it).await;
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let before = world.fuse.passed();
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
    assert!(!world.fuse.is_armed(), "the power never went");
    let mut effects = world.fuse.kinds();
    effects.retain(|_, all| {
        all.retain(|it| *it > before);
        !all.is_empty()
    });
    (world, effects)
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
fn wanted() -> Option<String> {
    std::env::var("ROLLCALL_CRASHES").ok()
}

/// Whether the larger company is cut at each kind of effect, and not here and there.
fn is_every_kind() -> bool {
    matches!(wanted().as_deref(), Some("all" | "kinds"))
}

/// The companies that are to be looked at.
fn sizes() -> Vec<Size> {
    match wanted().as_deref() {
        Some("all") => vec![Size::Small, Size::Large],
        Some(one) if one.starts_with("at-") => vec![Size::Small],
        Some(_) | None => vec![Size::Large],
    }
}

fn cuts(stretch: i64, size: Size, effects: &Effects) -> Vec<(usize, Side)> {
    let both = |nth: &usize| [(*nth, Side::Before), (*nth, Side::After)];
    let mut dice = ChaCha12Rng::seed_from_u64(u64::try_from(stretch).unwrap_or(0));
    let wanted = wanted();
    let one = wanted.as_deref().and_then(|it| it.rsplit_once("at-")?.1.parse().ok());
    match (size, one) {
        (_, Some(nth)) => both(&nth).into(),
        (Size::Small, None) => effects.values().flatten().flat_map(both).collect(),
        (Size::Large, None) if is_every_kind() => {
            effects.values().flat_map(|all| both(&all[dice.random_range(0..all.len())])).collect()
        }
        (Size::Large, None) => {
            let count = wanted.and_then(|it| it.parse().ok()).unwrap_or(CUTS);
            let places: Vec<_> = effects.values().flatten().flat_map(both).collect();
            (0..count).map(|_| places[dice.random_range(0..places.len())]).collect()
        }
    }
}

async fn check(stretch: i64) {
    let mut wrong = Vec::new();
    for size in sizes() {
        let (lived, not_healed) = check_one(stretch, size).await;
        wrong.extend(not_healed);
        if is_every_kind() && table::is_written() {
            show(size, lived);
        }
    }
    assert!(wrong.is_empty(), "stretch {stretch}:\n{}", wrong.join("\n"));
}

/// Cuts at the places that are wanted in one company: how often, and what did not heal.
async fn check_one(stretch: i64, size: Size) -> (BTreeMap<String, Cuts>, Vec<String>) {
    let (world, effects) = live(stretch, size, None).await;
    let expected = after(&world).await;
    let what = format!("stretch {stretch}, {} people", size.people());
    println!("{what}: {} effects", effects.values().map(Vec::len).sum::<usize>());
    assert_eq!(expected.open, 0);
    assert!(!expected.deeds.is_empty(), "nothing happened, so nothing can be proved");
    if !table::is_written() {
        let known = table::known(size.table());
        let strange: Vec<_> = effects.keys().filter(|it| !known.contains(&line_of(it))).collect();
        assert!(strange.is_empty(), "the table in tests/README.md does not know {strange:?}");
    }
    let (mut lived, mut wrong) = (BTreeMap::<String, Cuts>::new(), Vec::new());
    for (passed, (nth, side)) in cuts(stretch, size, &effects).into_iter().enumerate() {
        if passed > 0 && passed.is_multiple_of(20) {
            println!("{what}: {passed} cuts lived through");
        }
        let (world, _) = live(stretch, size, Some((nth, side))).await;
        let differs = differences(&expected, &after(&world).await);
        let at = world.fuse.cut_off().expect("the power went");
        let is_healed = differs.is_empty();
        let cut = Cuts { made: 1, healed: usize::from(is_healed) };
        lived.entry(at.clone()).or_default().add(cut);
        if is_healed {
            world.assert_converged().await;
        } else {
            let differs = differs.join("\n");
            wrong.push(format!("{what}: power cut {side:?} effect {nth}, {at}:\n{differs}"));
            println!("{}", wrong[wrong.len() - 1]);
        }
    }
    println!("{what}: all cuts lived through");
    (lived, wrong)
}

/// How the line of a kind of effect begins.
fn line_of(kind: &str) -> String {
    format!("| {kind} |")
}

/// Adds what a stretch has shown; the last one writes the table.
fn show(size: Size, lived: BTreeMap<String, Cuts>) {
    let mut all = SHOWN.lock().expect("nobody panics while holding it");
    let shown = all.entry(size).or_default();
    shown.stretches += 1;
    for (kind, cuts) in lived {
        shown.cuts.entry(kind).or_default().add(cuts);
    }
    if shown.stretches < STRETCHES {
        return;
    }
    let expected = "the end is the same, nothing is done twice, everybody is told once";
    let (mut lines, mut total) = (String::new(), Cuts::default());
    for (kind, cuts) in &shown.cuts {
        let Cuts { made, healed } = *cuts;
        total.add(*cuts);
        lines += &format!("{} {made} | {expected} | {healed} of {made} |\n", line_of(kind));
    }
    let head = "| the power goes at | cuts | expected | observed |\n|---|---|---|---|\n";
    let last = format!("| **all** | {} | | {} of {} |\n", total.made, total.healed, total.made);
    table::write(size.table(), &format!("{head}{lines}{last}"));
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
