//! `rollcall run`: one flow or all of them.

use anyhow::{Result, anyhow};
use jiff::ToSpan;
use rollcall::{
    deciders::report::{self, Report},
    flows::{self, Depth, Office, Request},
    shell::clock,
    words::ids::PersonId,
};
use serde_json::Value;

use crate::{
    args::RunArgs,
    ending::{BadSetup, Ending},
    office, progress,
};

/// The variable that allows applying with `--as-of`.
const TIME_TRAVEL_VARIABLE: &str = "ROLLCALL_TIME_TRAVEL";

/// Runs what was asked for and prints what came of it.
///
/// # Errors
/// [`BadSetup`] before anything is called; any other error when a run could not go on.
pub async fn run(args: RunArgs) -> Result<Ending> {
    if args.as_of.is_some() && !args.dry_run {
        check_travel()?;
    }
    let office = office::open(&args.places).await?;
    let now = clock::now();
    let bar = progress::bar(0, "starting");
    let mut reports = Vec::new();
    for flow in args.flow.flows() {
        let request = Request {
            dry_run: args.dry_run,
            people: args.people.iter().map(|it| PersonId::from(it.as_str())).collect(),
            depth: if args.full { Depth::Everyone } else { Depth::Changed },
            accepted: args.accepted.iter().cloned().collect(),
            stop_at: args.stop_after.and_then(|it| now.checked_add(i64::from(it).seconds()).ok()),
            progress: progress::of_run(bar.clone()),
            ..Request::new(flow, args.as_of.unwrap_or_else(clock::now))
        };
        match run_one(&office, &request).await {
            Ok(report) => {
                if args.metrics {
                    bar.suspend(|| eprintln!("{}", report.to_emf()));
                }
                reports.push(report);
            }
            Err(error) => {
                // What ran before has had its effect: it is shown, and then the error.
                bar.finish_and_clear();
                print(&reports, args.json, args.flow.flows().len() > 1, Some(&error));
                return if args.json { Ok(Ending::Failed) } else { Err(error) };
            }
        }
    }
    bar.finish_and_clear();
    print(&reports, args.json, args.flow.flows().len() > 1, None);
    Ok(Ending::of_all(reports.iter().map(Report::ending)))
}

/// Runs one flow; the error reads as a sentence with what to check.
///
/// # Errors
/// When the run could not go on.
pub async fn run_one(office: &Office, request: &Request) -> Result<Report> {
    flows::run(office, request).await.map_err(advised)
}

/// An error of a flow with what to check.
pub fn advised(error: flows::Error) -> anyhow::Error {
    let advice = error.advice();
    anyhow!("{:#}\n  {advice}", anyhow::Error::new(error))
}

/// Whether something may be applied with `--as-of`.
///
/// # Errors
/// [`BadSetup`] outside of a rehearsal.
pub fn check_travel() -> Result<()> {
    if may_travel() {
        return Ok(());
    }
    let text = format!(
        "--as-of moves the clock of the decisions: use it with --dry-run, or set \
         {TIME_TRAVEL_VARIABLE}=1 in a rehearsal"
    );
    Err(BadSetup(text).into())
}

#[expect(clippy::disallowed_methods, reason = "the command line is where settings are read")]
fn may_travel() -> bool {
    std::env::var(TIME_TRAVEL_VARIABLE).is_ok_and(|it| it == "1")
}

fn print(reports: &[Report], as_json: bool, is_all: bool, error: Option<&anyhow::Error>) {
    if as_json {
        let mut json = match reports {
            [only] if !is_all => only.to_json(),
            all => report::together(all),
        };
        if let Some(error) = error {
            json["error"] = Value::String(format!("{error:#}"));
        }
        say!("{json:#}");
    } else {
        for it in reports {
            say!("{it}");
        }
    }
}
