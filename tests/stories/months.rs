//! Random companies and random weeks of HR: whatever happens, Okta ends as the policy says.
//!
//! The judge does not ask Rollcall who should have what. It looks at HR's truth and at Okta, and
//! knows of the policy only what can be said in a sentence: everybody at work is in "Everyone",
//! employees and contractors are apart, the site's group is the site's, and exactly one tier.
//!
//! A week of a small company takes seconds. `ROLLCALL_MONTHS=20` lives through more of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha12Rng;
use rollcall::{
    deciders::report::Report,
    words::{finding::Finding, flow::Flow, ids::PersonId},
};
use rollcall_sandbox::{
    company::{Company, a_day_in_hr, codes},
    okta::Status,
    town::{Options, morning},
};
use rollcall_tests::{FIRST_DAY, Seen, World};

/// Days that are lived through: the script of special cases has another part of its thirty days
/// for every seed.
const DAYS: i64 = 8;
/// How many people a company begins with.
const PEOPLE: usize = 24;
/// How many companies, when nobody asks for more.
const COMPANIES: u64 = 2;

#[expect(clippy::disallowed_methods, reason = "how long to look is the developer's to say")]
fn companies() -> u64 {
    std::env::var("ROLLCALL_MONTHS").ok().and_then(|it| it.parse().ok()).unwrap_or(COMPANIES)
}

/// In which order flows run and UKG lists its rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    AsUsual,
    Shuffled,
}

/// A company after some days.
struct Lived {
    world: World,
    /// Whom findings and plans hold at the end.
    held: BTreeSet<PersonId>,
    /// Whom somebody had put into [`CLUB`] before.
    club: BTreeSet<String>,
}

async fn live(seed: u64, order: Order) -> Lived {
    let first = FIRST_DAY;
    let mut options = Options::new(PEOPLE, seed, first);
    options.ukg.lists_backwards = order == Order::Shuffled;
    let world = World::settled_with(options, |policy| policy).await;
    let club = give_everybody_a_club(&world);
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let mut hr_dice = ChaCha12Rng::seed_from_u64(seed ^ 0xA5);
    // Another stretch of the month for every company.
    let skip = i64::try_from(seed % 4).unwrap_or(0) * DAYS;
    for day in skip..skip + DAYS {
        let date = first + day.days();
        world.town.clock.set(morning(date) + 11.hours());
        world.hr(|company| a_day_in_hr(company, date, &mut hr_dice));
        for hour in [13, 20] {
            world.town.clock.set(morning(date) + hour.hours());
            let mut flows = Flow::ALL.to_vec();
            if order == Order::Shuffled {
                flows.shuffle(&mut dice);
            }
            for flow in flows {
                world.run(flow).await;
            }
        }
    }
    // Until nothing that was held for a person's word is left.
    let mut reports = Vec::new();
    for _ in 0..3 {
        approve_everything(&world).await;
        reports = world.run_all().await;
    }
    Lived { held: held(&reports), world, club }
}

fn held(reports: &[Report]) -> BTreeSet<PersonId> {
    let findings = reports.iter().flat_map(|it| &it.findings);
    let by_finding = findings.filter_map(Finding::holds).cloned();
    let by_plan = reports.iter().flat_map(|it| &it.held).flat_map(|it| it.people.clone());
    by_finding.chain(by_plan).collect()
}

async fn approve_everything(world: &World) {
    let now = (world.office.clock)();
    let ledger = &world.office.ledger;
    for plan in ledger.plans(now).await.expect("the ledger can be read") {
        if plan.state == rollcall::doors::ledger::PlanState::Held {
            ledger
                .approve_plan(&plan.id, "dana", "it is right", now, plan.expires)
                .await
                .expect("it waits");
        }
    }
}

/// A group that is none of ours: nobody at work may lose it.
const CLUB: &str = "Chess club";

fn give_everybody_a_club(world: &World) -> BTreeSet<String> {
    let mut people: BTreeSet<String> = world.hr(|company| {
        let today = company.today();
        company.people_here_on(today).map(|it| it.person_id.to_owned()).collect()
    });
    people.retain(|it| world.find(it).is_some());
    for it in &people {
        world.put_in_group(it, CLUB);
    }
    people
}

/// What HR's truth says about somebody's presence, as far as a sentence can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    /// At work, and no change of presence near.
    Here { is_contractor: bool },
    /// Every employment has been over for more than a day.
    Gone,
    /// Coming, going, away, or anything that needs more than a sentence.
    Else,
}

fn truth(company: &Company, person: &str, today: Date) -> Truth {
    let Some(person) = company.person(person) else { return Truth::Else };
    let yesterday = today - 2.days();
    let employments = &person.employments;
    if !employments.is_empty() && employments.iter().all(|it| it.has_ended_by(yesterday)) {
        let by_transfer = employments.iter().any(|it| it.is_transferred());
        return if by_transfer { Truth::Else } else { Truth::Gone };
    }
    let Some(now) = person.employment_on(today) else { return Truth::Else };
    let is_plain = now.is_live_on(yesterday)
        && now.termination.is_none()
        && now.earlier_end.is_none()
        && now.status == rollcall_sandbox::company::Status::Active
        && now.contracts.iter().all(|it| it.end.is_none_or(|end| end > today + 2.days()))
        && employments.len() == 1;
    if is_plain { Truth::Here { is_contractor: now.is_contractor() } } else { Truth::Else }
}

/// Everything that is wrong with one person's account.
fn wrongs(person: &str, truth: Truth, seen: Option<&Seen>, site: Option<&str>) -> Vec<String> {
    let mut res = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            res.push(format!("{person} ({truth:?}): {what}: {seen:?}"));
        }
    };
    match (truth, seen) {
        (Truth::Gone, Some(seen)) => {
            let is_closed = matches!(seen.status, Status::Suspended | Status::Deprovisioned);
            must(is_closed, "left and the account is open");
            must((seen.sessions, seen.tokens, seen.grants) == (0, 0, 0), "left with a way in");
            must(seen.apps.is_empty(), "left with apps");
            let kept = seen.groups.iter().filter(|it| *it != "Berlin house rules");
            must(kept.count() == 0, "left with groups");
        }
        (Truth::Here { is_contractor }, Some(seen)) => {
            let is_open = !matches!(seen.status, Status::Suspended | Status::Deprovisioned);
            must(is_open, "at work and the account is closed");
            let has = |name: &str| seen.groups.iter().any(|it| it == name);
            must(has("Everyone at Larkspur"), "not among everyone");
            must(has("Employees") != is_contractor, "wrong about being an employee");
            must(has("Contractors") == is_contractor, "wrong about being a contractor");
            let tiers = seen.groups.iter().filter(|it| it.starts_with("MFA ")).count();
            must(tiers == 1, "not in exactly one tier");
            let sites = seen.groups.iter().filter(|it| it.starts_with("Location "));
            let sites: Vec<&str> = sites.map(|it| it.trim_start_matches("Location ")).collect();
            must(sites == Vec::from_iter(site), "wrong about the site");
        }
        (Truth::Here { .. }, None) => must(false, "at work and no account"),
        (Truth::Gone | Truth::Else, _) => {}
    }
    res
}

/// What the judge found.
#[derive(Default)]
struct Verdict {
    wrong: Vec<String>,
    here: usize,
    gone: usize,
}

fn judge(Lived { world, held, club }: &Lived) -> Verdict {
    let today = world.town.clock.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let people: Vec<(String, Truth, String)> = world.hr(|company| {
        let people = company.people().iter();
        let told = people.map(|it| {
            let site = it.employment_on(today).map(|it| it.location.clone()).unwrap_or_default();
            (it.person_id.clone(), truth(company, &it.person_id, today), site)
        });
        told.collect()
    });
    let mut res = Verdict::default();
    for (person, truth, site) in people {
        if held.contains(&PersonId::from(person.as_str())) {
            continue;
        }
        // A closed site has no group.
        let is_open = codes::LOCATIONS.iter().any(|it| it.code == site && it.is_active);
        let site = is_open.then_some(&*site);
        let seen = world.find(&person);
        res.wrong.extend(wrongs(&person, truth, seen.as_ref(), site));
        match (truth, seen) {
            (Truth::Here { .. }, Some(seen)) => {
                res.here += 1;
                if club.contains(&person) && !seen.groups.iter().any(|it| it == CLUB) {
                    res.wrong.push(format!("{person}: lost a group that is none of ours"));
                }
            }
            (Truth::Gone, Some(_)) => res.gone += 1,
            (Truth::Here { .. } | Truth::Gone | Truth::Else, _) => {}
        }
    }
    res
}

/// Who has what in the end, without what chance decides (ids, times).
fn picture(world: &World) -> BTreeMap<String, (Status, String, Vec<String>)> {
    let people: Vec<String> =
        world.hr(|it| it.people().iter().map(|it| it.person_id.clone()).collect());
    let seen = people.into_iter().filter_map(|it| {
        let Seen { status, login, groups, .. } = world.find(&it)?;
        Some((it, (status, login, groups)))
    });
    seen.collect()
}

#[tokio::test]
async fn random_weeks_of_random_companies_end_as_the_policy_says() {
    let mut all_gone = 0;
    for seed in 1..=companies() {
        let lived = live(seed, Order::AsUsual).await;
        let Verdict { wrong, here, gone } = judge(&lived);
        assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
        assert!(here >= PEOPLE / 2, "seed {seed}: only {here} people could be judged");
        all_gone += gone;
        lived.world.assert_converged().await;

        let other = live(seed, Order::Shuffled).await;
        let (one, two) = (picture(&lived.world), picture(&other.world));
        for (person, seen) in &one {
            assert_eq!(Some(seen), two.get(person), "seed {seed}, {person}: the order mattered");
        }
        assert_eq!(one.len(), two.len(), "seed {seed}");
    }
    assert!(all_gone > 0, "nobody left, so nothing was proved of leavers");
}
