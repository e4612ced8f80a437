//! `rollcall undo`: takes back a departure that was carried out by mistake.

use anyhow::Result;
use rollcall::{
    flows::{self, Found, UndoRequest},
    shell::clock,
};

use crate::{
    args::{UndoArgs, Word},
    ending::Ending,
    explain, office, plans, progress, run,
};

/// Undoes, or shows what would be done.
///
/// # Errors
/// [`BadSetup`](crate::ending::BadSetup) before anything is called, and when nobody or more than
/// one is called that; any other error when UKG, Okta or the ledger could not be worked with.
pub async fn run(args: UndoArgs) -> Result<Ending> {
    let UndoArgs { person: who, dry_run, hold_days, why, by, as_of, json, places } = args;
    if as_of.is_some() && !dry_run {
        run::check_travel()?;
    }
    let why = why.unwrap_or_else(|| "to see what would be done".to_owned());
    let (by, why) = plans::signed(Word { why, by })?;
    let office = office::open(&places).await?;
    let as_of = as_of.unwrap_or_else(clock::now);
    let bar = progress::bar(0, "taking a departure back");
    let request = UndoRequest { who, as_of, dry_run, hold_days, by, why };
    let found = flows::undo(&office, &request).await.map_err(run::advised);
    bar.finish_and_clear();
    let undone = match found? {
        Found::One(undone) => undone,
        Found::Several(people) => return Err(explain::several(&people)),
        Found::Nobody => return Err(explain::nobody()),
    };
    if json {
        say!("{:#}", undone.to_json());
    } else {
        show!("{undone}");
    }
    Ok(match undone.exit_status() {
        0 => Ending::Done,
        4 => Ending::Partly,
        _ => Ending::Failed,
    })
}
