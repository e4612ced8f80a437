//! What goes wrong between Rollcall and the two vendors, what the user sees of it, and that
//! nothing is lost.
//!
//! Every row of the catalogue is a day on which somebody leaves and somebody joins while one thing
//! goes wrong. When it is over, the next runs find nothing amiss. The table in tests/README.md is
//! written by `ROLLCALL_WRITE_TABLES=1 cargo test -p rollcall-tests --test stories faults`, and
//! compared with what is observed at any other time. `ROLLCALL_FAULT="part of a row"` lives through
//! the rows that have it in their first column, and leaves the table alone.

mod okta_rows;
mod row;
mod ukg_rows;

use std::{error::Error, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp, civil::date};
use rollcall::{
    deciders::report::{Ending, Report},
    doors::{http, okta::DEFAULT_SCOPES},
    flows,
    shell::{Machine, clock},
    words::{
        finding::{Finding, Subject},
        flow::Flow,
    },
};
use rollcall_sandbox::{
    Effect, Fault,
    company::hr::{self, Leaving},
    okta::{AdminRole, SeedUser, Status},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use self::row::{Clock, Door, Expected, Machinery, Pass, Row, Trouble};
use crate::{oauth::service_app, table};

/// Rows that are lived through at once: most of each is waiting.
const AT_ONCE: usize = 8;

/// How many people work here: each row is a company of its own.
const PEOPLE: usize = 14;

/// The machine of a row: it asks as often as it always does, and waits in a hurry.
fn machine(row: &Row) -> Machine {
    let Machinery { is_impatient, longest_body, clock } = row.machinery;
    let mut machine = Machine::default();
    machine.ukg.first_wait = Duration::from_millis(5);
    machine.ukg.longest_wait = Duration::from_millis(50);
    machine.okta.first = Duration::from_millis(5);
    machine.okta.longest = Duration::from_millis(50);
    machine.okta.read_only = Duration::from_millis(5);
    if is_impatient {
        // Long enough for an honest answer on a busy machine, and not tried too often.
        machine.limits.answer = Duration::from_secs(2);
        machine.ukg.repeats = 2;
        machine.okta.repeats = 2;
    }
    machine.limits.body = longest_body.unwrap_or(http::Limits::default().body);
    machine.clock = match clock {
        Clock::Right => clock::now,
        Clock::HourAhead => || off(SignedDuration::from_hours(1)),
        Clock::HourBehind => || off(SignedDuration::from_hours(-1)),
    };
    machine
}

fn off(by: SignedDuration) -> Timestamp {
    clock::now().checked_add(by).expect("it is neither the first hour of time nor the last")
}

/// Lives through the day of a row; returns the line of the table.
async fn live(row: Row) -> String {
    let name = row.name();
    let mut world = World::in_line(Options::new(PEOPLE, 7, FIRST_DAY), |it| it).await;
    let credentials = match row.pass {
        Pass::ApiToken => world.town.credentials().to_string(),
        Pass::ServiceApp => service_app(&world, &DEFAULT_SCOPES, &DEFAULT_SCOPES, AdminRole::Super),
    };
    world.restart_on(machine(&row), &credentials);
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone();
    world.hr(|it| hr::terminate(it, &leaver, Leaving::resigned(date(2026, 3, 4))));
    let joiner = world.joins(date(2026, 3, 6), "SEA1");
    let accounts = world.town.okta.org().users().count();
    begin(&world, &row, &joiner).await;
    world.town.okta.wire().forget();
    let result = world.try_run(row.flow).await;
    let seen = observed(&row, &result, &joiner);
    judge(&world, &row, &result, (&leaver, &joiner)).await;

    // Trouble ends, and somebody starts a new process.
    world.town.ukg.wire().heal();
    world.town.okta.wire().heal();
    row.mend(&world.town);
    world.restart(&credentials);
    world.run_all().await;
    let gone = world.okta(&leaver);
    assert_eq!(gone.status, Status::Suspended, "{name}");
    assert_eq!((gone.sessions, gone.tokens, gone.grants), (0, 0, 0), "{name}");
    let by_rule = |it: &String| row.groups_by_rule.contains(&it.as_str());
    assert!(gone.groups.iter().all(by_rule), "{name}: {gone:?}");
    assert_eq!(world.okta(&joiner).status, Status::Provisioned, "{name}");
    {
        let org = world.town.okta.org();
        assert_eq!(org.users().count(), accounts + 1, "{name}: an account too many");
        assert_eq!(org.exclusions(), 0, "{name}: somebody is locked out of a rule for good");
    }
    world.assert_converged().await;
    let line = format!("| {name} | {} | {} | {seen} |", row.place(), row.expected.text());
    println!("{line}");
    line
}

/// Lets the trouble of a row begin.
async fn begin(world: &World, row: &Row, joiner: &str) {
    let effect = match row.trouble.clone() {
        Trouble::Wire(effect) => Some(effect),
        Trouble::Okta(deed) => Some(Effect::Meanwhile(world.town.okta.deed(deed))),
        Trouble::Ukg(deed) => Some(Effect::Meanwhile(world.town.ukg.deed(deed))),
        Trouble::RowGoes => {
            let first = world.hr(|it| it.people()[0].person_id.clone());
            let deed = world.town.ukg.deed(move |it| {
                it.hidden_people.insert(first.clone());
            });
            Some(Effect::Meanwhile(deed))
        }
        Trouble::LoginTaken => {
            let login = login_to_be(world, joiner).await;
            let deed = world.town.okta.deed(move |org| {
                org.add_user(SeedUser::active(&login).with("title", okta_rows::STRANGER));
            });
            Some(Effect::Meanwhile(deed))
        }
        Trouble::None => None,
    };
    if let Some(prepare) = row.prepare {
        prepare(&world.town);
    }
    let Some(effect) = effect else { return };
    let wire = match row.door {
        Door::Ukg => world.town.ukg.wire(),
        Door::Okta => world.town.okta.wire(),
    };
    wire.inject(Fault {
        method: row.method.parse().ok(),
        path_contains: row.path.to_owned(),
        skip: 0,
        times: row.times,
        effect,
    });
}

/// The login that a run would give to the joiner.
async fn login_to_be(world: &World, joiner: &str) -> String {
    let request = flows::Request { dry_run: true, ..world.request(Flow::NewHire) };
    let report = flows::run(&world.office, &request).await.expect("it can be planned");
    let step = report.steps.iter().find(|it| it.person.as_str() == joiner);
    let login = step.and_then(|it| it.login.as_ref()).expect("the joiner is given a login");
    login.as_str().to_owned()
}

/// Whether the day was as it must be.
async fn judge(
    world: &World,
    row: &Row,
    result: &Result<Report, flows::Error>,
    (leaver, joiner): (&str, &str),
) {
    let (name, seen) = (row.name(), observed(row, result, joiner));
    let is_out = |world: &World| world.okta(leaver).status == Status::Suspended;
    match row.expected {
        Expected::Overcome => match row.flow {
            Flow::NewHire => {
                let account = world.find(joiner);
                let is_in = account.is_some_and(|it| it.status == Status::Provisioned);
                assert!(is_in, "{name}: {seen}");
            }
            Flow::Offboarding
            | Flow::Contractor
            | Flow::ProfileSync
            | Flow::OrgSync
            | Flow::MfaPolicy => assert!(is_out(world), "{name}: {seen}"),
        },
        Expected::Stops => {
            assert_eq!(world.town.okta.wire().writes(), [], "{name}: {seen}");
            let is_told = result.as_ref().map_or(true, |it| it.ending() != Ending::Done);
            assert!(is_told, "{name}: {seen}");
        }
        Expected::NextRun => {
            let written = world.written_about();
            let is_right = match row.flow {
                // Others begin that week, too.
                Flow::NewHire => !written.contains(leaver),
                Flow::Offboarding
                | Flow::Contractor
                | Flow::ProfileSync
                | Flow::OrgSync
                | Flow::MfaPolicy => written.iter().all(|it| it == leaver),
            };
            assert!(is_right, "{name}: {written:?}");
        }
    }
}

/// What the user sees, in a line without what chance decides.
fn observed(row: &Row, result: &Result<Report, flows::Error>, joiner: &str) -> String {
    // Others begin that week, too, and are somebody else's story.
    let joiner = Subject::Person(joiner.into());
    let is_ours = |it: &&Finding| row.flow != Flow::NewHire || it.subject == joiner;
    let text = match result {
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(it) = source {
                text.push_str(&format!(": {it}"));
                source = it.source();
            }
            format!("fails: {text}")
        }
        Ok(report) => match (report.doubts.first(), report.ending()) {
            (Some(doubt), _) => format!("stops: {doubt}"),
            (None, Ending::Done) => "done".to_owned(),
            (None, ending) => {
                let found = report.findings.iter().filter(is_ours).map(|it| it.detail.clone());
                let told = report.reservations.iter().map(|it| it.doubt.to_string()).chain(found);
                format!("{ending:?}: {}", told.collect::<Vec<_>>().join("; "))
            }
        },
    };
    redacted(&text)
}

/// The text without ports, ids and bars, cut to what a table takes.
fn redacted(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let id = word.trim_matches(|it: char| !it.is_alphanumeric());
        match word.split_once("127.0.0.1:") {
            Some((before, rest)) => {
                let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit());
                format!("{before}HOST{rest}")
            }
            None if id.starts_with("00") => word.replace(id, "ID"),
            None => word.replace('|', "/"),
        }
    });
    let text = words.collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

const HEAD: &str =
    "| what goes wrong | where | expected | what the user sees |\n|---|---|---|---|\n";

/// The rows to live through, and whether they are all there are.
#[expect(clippy::disallowed_methods, reason = "which rows to look at is the developer's to say")]
fn chosen() -> (Vec<Row>, bool) {
    let mut rows: Vec<Row> = ukg_rows::rows();
    rows.extend(okta_rows::rows());
    match std::env::var("ROLLCALL_FAULT") {
        Ok(part) => (rows.into_iter().filter(|it| it.name().contains(&part)).collect(), false),
        Err(_) => (rows, true),
    }
}

#[tokio::test]
async fn whatever_goes_wrong_is_told_and_nothing_is_lost() {
    let (rows, is_all) = chosen();
    // One row that goes wrong keeps nobody from seeing the others.
    let lived = stream::iter(rows).map(|row| {
        let name = row.name();
        AssertUnwindSafe(live(row)).catch_unwind().map(|line| line.map_err(|_| name))
    });
    let lived: Vec<Result<String, String>> = lived.buffered(AT_ONCE).collect().await;
    let failed: Vec<&String> = lived.iter().filter_map(|it| it.as_ref().err()).collect();
    assert!(failed.is_empty(), "what each of these says is above: {failed:#?}");
    let lines: Vec<&str> = lived.iter().flatten().map(String::as_str).collect();
    if !is_all {
        return;
    }
    table::keep("faults", &format!("{HEAD}{}\n", lines.join("\n")));
}
