//! What auditors, HR and machines can read afterwards, from the ledger alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan, civil::date};
use rollcall::{
    deciders::evidence::{
        csv::{self, Sources},
        ocsf,
        review::{CALENDAR_DAYS, Proof, Review},
    },
    doors::ledger::{self, Signer, Trail},
    flows::{self, Erasure},
    words::{coming::Coming, flow::Flow, ids::PersonId},
};
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use crate::hires::resigns;

async fn trail(world: &World) -> Trail {
    world.office.ledger.trail(None, None).await.expect("the ledger can be read")
}

async fn sources(world: &World) -> Sources {
    let (from, to) = (Timestamp::MIN, Timestamp::MAX);
    let sources =
        flows::sources(&world.office.ledger, &trail(world).await, from, to, world.now()).await;
    sources.expect("the ledger can be read")
}

/// The rows of a file, read by a reader that was not written here.
async fn rows(world: &World, file: &str) -> Vec<BTreeMap<String, String>> {
    let tables = csv::tables(&sources(world).await);
    let table = tables.iter().find(|it| it.name == file).expect("there is such a file");
    let text = table.to_csv();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|it| it.expect("every row has its columns")).collect()
}

async fn row_of(world: &World, file: &str, person: &str) -> BTreeMap<String, String> {
    let rows = rows(world, file).await;
    let found = rows.into_iter().rfind(|it| it["person_id"] == person);
    found.unwrap_or_else(|| panic!("{person} is in {file}"))
}

fn at(row: &BTreeMap<String, String>, column: &str) -> Timestamp {
    row[column].parse().unwrap_or_else(|_| panic!("{column} is an instant: {row:?}"))
}

/// hr-case 17.
#[tokio::test]
async fn auditor_traces_twenty_five_leavers_from_hr_to_the_cut_off_by_the_file_alone() {
    // Days pass in seconds here: what all runs of a day may do is for them one day's.
    let patient = |policy: String| policy.replace("day_percent: 100", "day_percent: 10000");
    let mut world = World::settled_with(Options::new(60, 7, FIRST_DAY), patient).await;
    let (signer, _) = Signer::generate().expect("there is randomness");
    let key = signer.public();
    world.office.signer = Some(signer);
    let mut left: BTreeMap<String, (Timestamp, bool)> = BTreeMap::new();
    // Whoever has two employments does not leave with one of them.
    let singles: BTreeSet<String> = world.hr(|company| {
        let singles = company.people().iter().filter(|it| it.employments.len() == 1);
        singles.map(|it| it.person_id.to_string()).collect()
    });
    for day in 0..9 {
        let today = date(2026, 3, 3) + day.days();
        world.at(&format!("{today}T18:00:00Z"));
        for nth in 0..3 {
            let person = world.pick(|it| {
                !it.is_contractor
                    && singles.contains(it.person_id)
                    && !left.contains_key(it.person_id)
            });
            let is_late = nth == 2;
            let last_day = if is_late { today - 3.days() } else { today };
            resigns(&world, &person, last_day);
            left.insert(person, (world.now(), is_late));
        }
        world.at(&format!("{today}T18:05:00Z"));
        world.run(Flow::Offboarding).await;
        // The last midnight of the day is Seattle's.
        world.at(&format!("{}T08:05:00Z", today + 1.days()));
        world.run(Flow::Offboarding).await;
    }
    world.run_all().await;

    let found = rows(&world, "leavers.csv").await;
    let traced: Vec<&str> = found.iter().map(|it| it["person_id"].as_str()).collect();
    let lost: Vec<_> = left
        .iter()
        .filter(|it| !traced.contains(&it.0.as_str()))
        .map(|it| (it, world.find(it.0)))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    for row in &found {
        let (entered, is_late) = left[&row["person_id"]];
        for column in [
            "name",
            "login",
            "okta_user_id",
            "hr_record",
            "time_zone",
            "run",
            "plan_hash",
            "policy_hash",
            "okta_request_ids",
            "groups_removed",
        ] {
            assert!(!row[column].is_empty(), "{column}: {row:?}");
        }
        assert!(row["hr_record"].contains(&row["last_day"]), "{row:?}");
        let hr = at(row, "hr_entered_at");
        assert!((hr.duration_since(entered)).abs().as_secs() < 300, "{hr} is not {entered}");
        let order = ["hr_entered_at", "seen_at", "acted_at", "verified_at"].map(|it| at(row, it));
        assert!(order.is_sorted(), "{row:?}");
        assert!(at(row, "effective_at") <= at(row, "acted_at"), "nobody is cut off early: {row:?}");
        assert_eq!(at(row, "due_at"), hr.max(at(row, "effective_at")));
        let hr_late: u64 = row["hr_late_minutes"].parse().expect("a number");
        assert_eq!(hr_late > 2000, is_late, "HR's latency is told apart from ours: {row:?}");
        let minutes: u64 = row["minutes_to_revoke"].parse().expect("a number");
        let since_midnight = if is_late { 5 } else { 20 * 60 };
        assert!(minutes <= since_midnight, "{row:?}");
        let allowed: u64 = row["allowed_minutes"].parse().expect("a number");
        assert_eq!((allowed, row["in_time"] == "yes"), (60, minutes <= allowed), "{row:?}");
        let account = world.okta(&row["person_id"]);
        assert_ne!(account.status, Status::Active);
        assert_eq!(account.login, row["login"]);
    }

    let whole = trail(&world).await;
    let verified = ledger::verify(&whole, &[key]);
    assert_eq!(verified.breaks, []);
    assert!(verified.signed > 18 && verified.signed < verified.seals, "older than the key: some");
    // Everything else of the log is without a name.
    for (entry, _) in whole.logs.iter().flat_map(ledger::SealedLog::events) {
        for row in &found {
            let user = row["login"].split('@').next().expect("a login has a user");
            assert!(!entry.event.contains(user), "{user} is in {}", entry.event);
        }
    }
    world.assert_converged().await;
}

/// hr-case 1.
#[tokio::test]
async fn rehire_is_linked_to_the_spell_before() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    world.at("2026-03-06T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    world.at("2026-03-16T18:00:00Z");
    world.run_all().await;
    let left = row_of(&world, "leavers.csv", &person).await;
    assert!(!left["deactivated_at"].is_empty(), "{left:?}");
    world.hr(|company| hr::rehire(company, &person, date(2026, 3, 16)));
    world.run_all().await;
    assert_eq!(world.okta(&person).status, Status::Provisioned);
    let back = row_of(&world, "joiners.csv", &person).await;
    assert_eq!(back["rehire"], "yes");
    let ended = at(&back, "previous_spell_ended_at");
    assert!(ended.duration_since(at(&left, "verified_at")).abs().as_secs() < 60, "{back:?}");
    assert_eq!(back["okta_user_id"], left["okta_user_id"]);
    world.assert_converged().await;
}

/// hr-case 12.
#[tokio::test]
async fn joiner_whom_hr_entered_late_is_hrs_delay_and_not_ours() {
    let world = World::settled().await;
    world.at("2026-03-05T18:00:00Z");
    let person = world.joins(date(2026, 3, 2), "SEA1");
    world.run_all().await;
    let row = row_of(&world, "joiners.csv", &person).await;
    assert_eq!((&*row["hr_late_days"], &*row["in_time"]), ("3", "yes"), "{row:?}");
    assert_eq!((&*row["minutes_to_provision"], &*row["rehire"]), ("0", "no"), "{row:?}");
    world.assert_converged().await;
}

/// hr-case 13, 15.
#[tokio::test]
async fn departure_ahead_is_on_the_calendar_until_hr_takes_it_back() {
    let world = World::settled().await;
    let person = world.someone_at("NYC1");
    let calendar = async || {
        let calendar = flows::calendar(&world.office.ledger, world.now(), CALENDAR_DAYS).await;
        let calendar = calendar.expect("the ledger can be read").into_iter();
        calendar.filter(|it| it.coming == Coming::End).map(|it| (it.person, it.day)).collect()
    };
    let before: Vec<(PersonId, _)> = calendar().await;
    world.at("2026-03-03T18:00:00Z");
    resigns(&world, &person, date(2026, 3, 20));
    world.run_all().await;
    let during = calendar().await;
    assert!(during.contains(&(person.as_str().into(), date(2026, 3, 20))), "{during:?}");
    world.assert_converged().await;

    world.hr(|company| hr::rescind_termination(company, &person));
    world.run_all().await;
    assert_eq!(calendar().await, before);
    let record = sources(&world).await.record;
    let told = record.rescinded.iter().find(|it| it.person.as_str() == person);
    assert_eq!(
        told.map(|it| it.day),
        Some(date(2026, 3, 20)),
        "the log says that it was taken back"
    );
    world.assert_converged().await;
}

/// hr-case 56.
#[tokio::test]
async fn personal_data_of_a_leaver_are_erased_and_the_log_proves_itself_all_the_same() {
    let mut world = World::settled().await;
    let (signer, _) = Signer::generate().expect("there is randomness");
    let keys = [signer.public()];
    let person = world.someone_at("NYC1");
    let login = world.okta(&person).login;
    let erase = async |world: &World| {
        let ledger = &world.office.ledger;
        let signer = world.office.signer.as_ref();
        let words = ("grace", "asked for it");
        flows::erase(ledger, signer, &person, words, world.now()).await.expect("it can be tried")
    };
    world.office.signer = Some(signer);
    let (_, refused) = erase(&world).await.expect("the person is known");
    assert_eq!(refused, Erasure::AtWork, "tomorrow's run would write it again");
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| hr::terminate(company, &person, Leaving::resigned(date(2026, 3, 4))));
    world.run_all().await;
    let before = trail(&world).await;
    assert!(before.to_jsonl().contains(&login));

    let (_, erased) = erase(&world).await.expect("the person is known");
    let Erasure::Done(done) = erased else { panic!("the person has left") };
    assert!(done.facts >= 2 && done.copies == 1, "{done:?}");
    let after = trail(&world).await;
    assert!(!after.to_jsonl().contains(&login), "nothing is left of the login in the log");
    let row = row_of(&world, "leavers.csv", &person).await;
    assert_eq!((&*row["login"], &*row["name"]), ("", ""));
    assert_eq!(row["in_time"], "yes", "what was done and when is still there");
    let verified = ledger::verify(&after, &keys);
    assert_eq!(verified.breaks, []);
    assert!(verified.erased >= 2);
    // Whoever takes data away without a word is found out.
    let mut forged = before.to_jsonl();
    let facts = forged.lines().position(|it| it.contains("\"facts\"") && it.contains(&login));
    let nth = facts.expect("the data were there");
    forged = forged
        .lines()
        .enumerate()
        .filter(|it| it.0 != nth)
        .map(|it| it.1.to_owned() + "\n")
        .collect();
    assert_ne!(ledger::verify(&Trail::from_jsonl(&forged), &keys).breaks, []);
    world.assert_converged().await;
}

#[tokio::test]
async fn everybody_in_hr_is_accounted_for_with_a_reason() {
    let world = World::settled().await;
    world.at("2026-03-04T18:00:00Z");
    let unknown = world.someone();
    world.hr(|company| hr::unheard_status(company, &unknown, 'X'));
    world.run_all().await;
    let rows = rows(&world, "completeness.csv").await;
    let in_hr = world.hr(|company| company.people().len());
    assert_eq!(rows.len(), in_hr, "{rows:?}");
    let states = ["done", "unchanged", "held", "failed", "excluded"];
    let odd: Vec<_> = rows
        .iter()
        .filter(|it| !states.contains(&&*it["state"]) || it["reason"].is_empty())
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
    let held = rows.iter().find(|it| it["id"] == unknown).expect("is in it");
    assert_eq!((&*held["state"], &*held["reason"]), ("held", "unknown-status"));
    let night = self::rows(&world, "nights.csv").await.pop().expect("there was a comparison");
    let list = world.office.ledger.census().await.expect("it can be read").expect("it is there");
    assert_eq!(night["list_sha256"], list.digest().to_string(), "the list is the one counted");
    world.assert_converged().await;
}

/// The official schema's rules, by packages that were not written here: needs the Python that
/// `tests/run` makes.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test that needs an interpreter is told which one")]
async fn events_for_a_siem_are_valid_by_the_official_schema() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let person = world.someone_at("NYC1");
    world.hr(|company| hr::terminate(company, &person, Leaving::resigned(date(2026, 3, 4))));
    world.joins(date(2026, 3, 5), "SEA1");
    world.run_all().await;
    world.at("2026-03-16T18:00:00Z");
    world.hr(|company| hr::rehire(company, &person, date(2026, 3, 16)));
    world.run_all().await;
    let lines = ocsf::lines(&sources(&world).await.record);
    for class in ["3001", "3004", "3005", "3006"] {
        assert!(lines.contains(&format!("\"class_uid\":{class}")), "no event of class {class}");
    }
    world.assert_converged().await;
    let Ok(python) = std::env::var("ROLLCALL_PYTHON") else {
        println!("skipped the schema: ROLLCALL_PYTHON is not set");
        return;
    };
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("ocsf.jsonl");
    std::fs::write(&file, &lines).expect("there is room");
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/ocsf.py");
    let output = std::process::Command::new(python).arg(script).arg(file).output();
    let output = output.expect("Python can be started");
    let told = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{complaints}");
    assert_eq!(told, format!("{} events are valid\n", lines.lines().count()));
}

#[tokio::test]
async fn report_of_an_empty_period_says_so_and_of_a_full_one_is_one_file_without_scripts() {
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let person = world.someone_at("NYC1");
    resigns(&world, &person, date(2026, 3, 4));
    world.run_all().await;
    let known = flows::span(&trail(&world).await);
    let calendar = flows::calendar(&world.office.ledger, world.now(), CALENDAR_DAYS).await;
    let full = Review {
        from: FIRST_DAY.to_zoned_datetime(jiff::tz::TimeZone::UTC).expect("a day").timestamp(),
        to: world.now() + 24.hours(),
        known,
        sources: sources(&world).await,
        calendar: calendar.expect("the ledger can be read"),
        proof: Proof { seals: 3, ..Proof::default() },
    };
    let login = world.okta(&person).login;
    for text in [full.to_string(), full.to_html()] {
        assert!(text.contains("Left") && text.contains("Joined"), "{text}");
    }
    let html = full.to_html();
    let user = login.split('@').next().expect("a login has a user");
    assert!(html.contains(user), "the leaver is named");
    for foreign in ["<script", "http://", "https://", "@import", "url("] {
        assert!(!html.contains(foreign), "{foreign} is in the report");
    }
    let empty = Review {
        from: "2020-01-01T00:00:00Z".parse().expect("an instant"),
        to: "2020-02-01T00:00:00Z".parse().expect("an instant"),
        sources: Sources::default(),
        calendar: Vec::new(),
        ..full
    };
    for text in [empty.to_string(), empty.to_html()] {
        assert!(
            text.contains("Nothing happened in this period. The ledger knows of 2026-"),
            "{text}"
        );
    }
    world.assert_converged().await;
}
