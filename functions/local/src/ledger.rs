//! `rollcall ledger`: the ledger as a whole.

use std::path::Path;

use anyhow::{Context, Result};
use rollcall::{
    doors::ledger::{self, Copied},
    shell::clock,
};

use crate::{
    args::{CopyArgs, LedgerArgs, LedgerCommand},
    ending::{BadSetup, Ending},
    office,
};

/// Does what was asked with the ledger.
///
/// # Errors
/// [`BadSetup`] when a place is none; other errors when the copy is refused or a store fails.
pub async fn run(args: LedgerArgs) -> Result<Ending> {
    match args.command {
        LedgerCommand::Copy(it) => copy(it).await,
    }
}

async fn copy(args: CopyArgs) -> Result<Ending> {
    let CopyArgs { from, to } = args;
    if from == to {
        return Err(BadSetup("a ledger cannot be copied to itself".to_owned()).into());
    }
    // Opening makes a file where there is none: a misspelt source would be an empty ledger.
    if let Some(file) = from.strip_prefix("sqlite:").filter(|it| !Path::new(it).is_file()) {
        return Err(BadSetup(format!("there is no file {file}")).into());
    }
    let (source, destination) =
        (office::open_store("", &from).await?, office::open_store("", &to).await?);
    let Copied { records, found } = ledger::copy(&source, &destination, clock::now())
        .await
        .with_context(|| format!("failed to copy {from} to {to}"))?;
    let before = if found > 0 { format!(", {found} of them from before") } else { String::new() };
    say!("{to} holds all {records} records of {from}{before}.");
    Ok(Ending::Done)
}
