//! What goes wrong between Rollcall and the two vendors, what the user sees of it, and that
//! nothing is lost.
//!
//! Every row is a day on which somebody leaves and somebody joins while one thing goes wrong. When
//! it is over, the next runs find nothing amiss. The table in tests/README.md is written by
//! `ROLLCALL_WRITE_TABLES=1 cargo test -p rollcall-tests --test stories faults`, and compared with
//! what is observed at any other time.

use std::{error::Error, fs, path::Path};

use futures::{StreamExt, stream};
use jiff::civil::date;
use rollcall::{
    deciders::report::{Ending, Report},
    flows,
    words::flow::Flow,
};
use rollcall_sandbox::{
    Effect, Fault,
    company::hr::{self, Leaving},
    okta::Status,
};
use rollcall_tests::World;

/// What the day must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// The run gets over it by itself.
    Overcome,
    /// The run stops before anything is planned, or ends without having begun.
    Stops,
    /// The run does what it can; the next one does the rest.
    NextRun,
}

impl Expected {
    fn text(self) -> &'static str {
        match self {
            Self::Overcome => "the run gets over it",
            Self::Stops => "nothing is written",
            Self::NextRun => "the next run does the rest",
        }
    }
}

#[derive(Clone, Copy)]
enum Door {
    Ukg,
    Okta,
}

/// One thing that goes wrong.
struct Row {
    what: &'static str,
    door: Door,
    method: &'static str,
    path: &'static str,
    times: usize,
    effect: Effect,
    expected: Expected,
}

const EVER: usize = usize::MAX;
const EMPLOYMENTS: &str = "employment-details";
const PERSONS: &str = "person-details";

fn okta_error(status: u16, code: &str) -> Effect {
    Effect::Answer(
        status,
        format!(
            r#"{{"errorCode":"{code}","errorSummary":"?","errorLink":"{code}","errorId":"oae1","errorCauses":[]}}"#
        ),
    )
}

fn catalogue() -> Vec<Row> {
    use Door::{Okta, Ukg};
    use Expected::{NextRun, Overcome, Stops};
    let row = |what, door, method, path, times, effect, expected| Row {
        what,
        door,
        method,
        path,
        times,
        effect,
        expected,
    };
    let answer = |status, body: &str| Effect::Answer(status, body.to_owned());
    let elsewhere = "https://elsewhere.example/next".to_owned();
    let next = Effect::Header("link", format!("<{elsewhere}>; rel=\"next\""));
    let users = "/api/v1/users";
    let suspend = "/lifecycle/suspend";
    vec![
        row("connection reset, twice", Ukg, "GET", EMPLOYMENTS, 2, Effect::DropBefore, Overcome),
        row("500, twice", Ukg, "GET", EMPLOYMENTS, 2, answer(500, "{}"), Overcome),
        row("429, once", Ukg, "GET", PERSONS, 1, answer(429, "{}"), Overcome),
        row("200 with an empty list", Ukg, "GET", EMPLOYMENTS, EVER, answer(200, "[]"), Stops),
        row("200 with an object", Ukg, "GET", EMPLOYMENTS, EVER, answer(200, "{}"), Stops),
        row("200 with wrong types", Ukg, "GET", PERSONS, EVER, answer(200, "[1,2]"), Stops),
        row("an HTML page for an answer", Ukg, "GET", EMPLOYMENTS, EVER, Effect::Html, Stops),
        row("401", Ukg, "GET", EMPLOYMENTS, EVER, answer(401, "{}"), Stops),
        row("403", Ukg, "GET", PERSONS, EVER, answer(403, "{}"), Stops),
        row("a next page on another host", Ukg, "GET", EMPLOYMENTS, EVER, next.clone(), Stops),
        row(
            "a redirect to another host",
            Ukg,
            "GET",
            EMPLOYMENTS,
            EVER,
            Effect::Redirect(elsewhere.clone()),
            Stops,
        ),
        row("connection reset, once", Okta, "GET", users, 1, Effect::DropBefore, Overcome),
        row("500, once", Okta, "GET", users, 1, okta_error(500, "E0000009"), Overcome),
        row("429, once", Okta, "GET", users, 1, okta_error(429, "E0000047"), Overcome),
        row("an HTML page for an answer", Okta, "GET", users, EVER, Effect::Html, Stops),
        row("a body cut off", Okta, "GET", users, EVER, Effect::Truncate(40), Stops),
        row(
            "401: the token is not valid any more",
            Okta,
            "GET",
            users,
            EVER,
            okta_error(401, "E0000011"),
            Stops,
        ),
        row(
            "403: the permission to read is gone",
            Okta,
            "GET",
            users,
            EVER,
            okta_error(403, "E0000006"),
            Stops,
        ),
        row(
            "a redirect to another host",
            Okta,
            "GET",
            users,
            EVER,
            Effect::Redirect(elsewhere),
            Stops,
        ),
        row("reset before the effect", Okta, "POST", suspend, 1, Effect::DropBefore, NextRun),
        row("reset after the effect", Okta, "POST", suspend, 1, Effect::DropAfter, NextRun),
        row(
            "500 after the effect",
            Okta,
            "POST",
            suspend,
            1,
            Effect::AnswerAfter(500, "{}".to_owned()),
            NextRun,
        ),
        row(
            "504 after the effect",
            Okta,
            "POST",
            suspend,
            1,
            Effect::AnswerAfter(504, "{}".to_owned()),
            NextRun,
        ),
        row(
            "429 for too many calls at once",
            Okta,
            "POST",
            suspend,
            1,
            okta_error(429, "E0000047"),
            Overcome,
        ),
        row(
            "503: read-only mode",
            Okta,
            "POST",
            suspend,
            EVER,
            okta_error(503, "E0000009"),
            NextRun,
        ),
        row(
            "403: the permission to write is gone",
            Okta,
            "POST",
            suspend,
            EVER,
            okta_error(403, "E0000006"),
            NextRun,
        ),
        row(
            "401 in the middle of the run",
            Okta,
            "DELETE",
            "/sessions",
            EVER,
            okta_error(401, "E0000011"),
            NextRun,
        ),
        row(
            "500 while groups are left",
            Okta,
            "DELETE",
            "/api/v1/groups/",
            3,
            okta_error(500, "E0000009"),
            NextRun,
        ),
        row(
            "an HTML page after the effect",
            Okta,
            "DELETE",
            "/api/v1/groups/",
            2,
            Effect::Html,
            NextRun,
        ),
    ]
}

/// Lives through the day of a row; returns the line of the table.
async fn live(row: Row) -> String {
    let Row { what, door, method, path, times, effect, expected } = row;
    let world = World::settled().await;
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone_at("NYC1");
    world.hr(|it| hr::terminate(it, &leaver, Leaving::resigned(date(2026, 3, 4))));
    let joiner = world.joins(date(2026, 3, 6), "SEA1");
    let fault = Fault {
        method: method.parse().ok(),
        path_contains: path.to_owned(),
        skip: 0,
        times,
        effect,
    };
    let (wire, name) = match door {
        Door::Ukg => (world.town.ukg.wire(), "UKG"),
        Door::Okta => (world.town.okta.wire(), "Okta"),
    };
    wire.inject(fault);
    world.town.okta.wire().forget();
    let result = world.try_run(Flow::Offboarding).await;
    let seen = observed(&result);
    let is_out = world.okta(&leaver).status == Status::Suspended;
    match expected {
        Expected::Overcome => assert!(is_out, "{name}: {what}: {seen}"),
        Expected::Stops => {
            assert_eq!(world.town.okta.wire().writes(), [], "{name}: {what}: {seen}");
            let is_told = result.as_ref().map_or(true, |it| !it.doubts.is_empty());
            assert!(is_told, "{name}: {what}: {seen}");
        }
        Expected::NextRun => {
            let written = world.written_about();
            assert!(written.iter().all(|it| *it == leaver), "{name}: {what}: {written:?}");
        }
    }
    wire.heal();
    world.run_all().await;
    let gone = world.okta(&leaver);
    assert_eq!(gone.status, Status::Suspended, "{name}: {what}");
    assert_eq!((gone.sessions, gone.tokens, gone.grants), (0, 0, 0), "{name}: {what}");
    assert!(gone.groups.is_empty(), "{name}: {what}: {gone:?}");
    assert_eq!(world.okta(&joiner).status, Status::Provisioned, "{name}: {what}");
    world.assert_converged().await;
    format!("| {name}: {what} | {method} {path} | {} | {seen} |", expected.text())
}

/// What the user sees, in a line without what chance decides.
fn observed(result: &Result<Report, flows::Error>) -> String {
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
                let told = report.findings.iter().map(|it| it.detail.clone());
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
const BEGIN: &str = "<!-- faults: begin -->\n";
const END: &str = "<!-- faults: end -->";

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "whether to write the table is the developer's to say"
)]
async fn whatever_goes_wrong_is_told_and_nothing_is_lost() {
    // A few at a time: most of each row is waiting.
    let lines: Vec<String> = stream::iter(catalogue()).map(live).buffered(6).collect().await;
    let table = format!("{HEAD}{}\n", lines.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).expect("the table has a home");
    let (before, rest) = readme.split_once(BEGIN).expect("the table has a beginning");
    let (known, after) = rest.split_once(END).expect("the table has an end");
    if std::env::var("ROLLCALL_WRITE_TABLES").is_ok() {
        let text = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(&path, text).expect("the table can be written");
        return;
    }
    assert_eq!(table, known, "write it anew with ROLLCALL_WRITE_TABLES=1, and read it");
}
