//! The `rollcall` command: every flow on one machine.
//!
//! It reads settings, opens the doors and prints; what it does with people is in the `rollcall`
//! crate. Exit status: 0 done, 1 failed, 2 usage, policy or credentials wrong, 3 something waits
//! for approval, 4 done, but some people failed or are held.

#[macro_use]
mod out;

mod args;
mod audit;
mod check;
mod demo;
mod ending;
mod explain;
mod hold;
mod ledger;
mod office;
mod plans;
mod progress;
mod report;
mod run;
mod sandbox;
mod undo;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use ending::Ending;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    progress::log_to_stderr();
    let result = match args.command {
        Command::Run(it) => run::run(it).await,
        Command::Check(it) => check::run(it).await,
        Command::Explain(it) => explain::run(it).await,
        Command::Plans(it) => plans::show(it).await,
        Command::Approve(it) => plans::approve(it).await,
        Command::Reject(it) => plans::reject(it).await,
        Command::Undo(it) => undo::run(it).await,
        Command::Hold(it) => hold::run(it).await,
        Command::Audit(it) => audit::run(it).await,
        Command::Report(it) => report::run(it).await,
        Command::Ledger(it) => ledger::run(it).await,
        Command::Demo(it) => demo::run(it).await,
        Command::Sandbox(it) => sandbox::run(it).await,
    };
    match result {
        Ok(ending) => ending.into(),
        Err(error) => {
            let ending = Ending::of(&error);
            eprintln!("rollcall: {error:#}");
            ending.into()
        }
    }
}
