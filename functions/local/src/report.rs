//! `rollcall report`: what happened in a period, as text or as one HTML file.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use jiff::{Timestamp, ToSpan};
use rollcall::{
    deciders::evidence::review::{CALENDAR_DAYS, Proof, Review},
    doors::ledger::{self, Ledger, PublicKey},
    flows,
    shell::clock,
};

use crate::{
    args::{Days, ReportArgs},
    audit,
    ending::Ending,
    office, run,
};

/// Days without `--from` and `--to`.
const DAYS: i64 = 30;

/// Prints the report, or writes the file.
///
/// # Errors
/// When a date or the credentials are wrong, the ledger fails, or the file cannot be written.
pub async fn run(args: ReportArgs) -> Result<Ending> {
    let ReportArgs { days, html, place } = args;
    let ledger = office::open_ledger(&place.ledger).await?;
    let key = audit::signer(&place.credentials)?.map(|it| it.public());
    let review = review(&ledger, days, key, clock::now()).await?;
    match html {
        Some(path) => {
            write(&review, &path)?;
            say!("Written: {}", path.display());
        }
        None => show!("{review}"),
    }
    Ok(Ending::Done)
}

/// Writes the HTML file.
///
/// # Errors
/// When it cannot be written.
pub fn write(review: &Review, path: &Path) -> Result<()> {
    fs::write(path, review.to_html()).with_context(|| format!("failed to write {}", path.display()))
}

/// The report of the days, or of the last thirty that the ledger knows anything of.
///
/// # Errors
/// When a date is wrong or the ledger fails.
pub async fn review(
    ledger: &Ledger,
    days: Days,
    key: Option<PublicKey>,
    now: Timestamp,
) -> Result<Review> {
    let (from, to) = audit::bounds(days)?;
    let trail = ledger.trail(None, None).await.context("failed to read the log")?;
    let keys: Vec<PublicKey> = key.into_iter().collect();
    let verified = ledger::verify(&trail, &keys);
    let known = flows::span(&trail);
    let last = known.map_or(now, |it| it.1);
    let to = to.unwrap_or_else(|| last.checked_add(1.second()).unwrap_or(last));
    let ahead = to.checked_sub((24 * DAYS).hours()).unwrap_or(to);
    let from = from.unwrap_or_else(|| known.map_or(ahead, |it| it.0.max(ahead)));
    let sources = audit::sources(ledger, &trail, Some(from), Some(to)).await?;
    // The log's own today: somebody compares everybody each night, and a demo lives in its own time.
    let today = last;
    let calendar = flows::calendar(ledger, today, CALENDAR_DAYS).await;
    let calendar = calendar.map_err(run::advised)?;
    let proof = Proof {
        broken_at: verified.breaks.first().map(ToString::to_string),
        seals: verified.seals,
        signed: (!keys.is_empty()).then_some(verified.signed),
        last: verified.last.map(|(number, hash)| (number, hash.to_string())),
    };
    Ok(Review { from, to, known, sources, calendar, proof })
}
