//! `rollcall audit`: the log checked, exported, keyed, and forgotten in part.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rollcall::{
    deciders::evidence::{
        csv::{self, Sources},
        ocsf,
    },
    doors::ledger::{self, Ledger, PublicKey, Signer, Trail, Verified},
    flows::{self, Erasure},
    shell::{clock, credentials::Credentials},
};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::{
    args::{AuditArgs, AuditCommand, Days, EraseArgs, ExportArgs, Format, KeygenArgs, VerifyArgs},
    ending::{BadSetup, Ending},
    office, plans, run,
};

/// Does one of them.
///
/// # Errors
/// [`BadSetup`] when a key, a file or a name is wrong; other errors when the ledger fails.
pub async fn run(args: AuditArgs) -> Result<Ending> {
    match args.command {
        AuditCommand::Verify(it) => verify(it).await,
        AuditCommand::Export(it) => export(it).await,
        AuditCommand::Keygen(it) => keygen(&it),
        AuditCommand::Erase(it) => erase(it).await,
    }
}

async fn verify(args: VerifyArgs) -> Result<Ending> {
    let VerifyArgs { file, public_keys, seal, json, place } = args;
    let mut keys = Vec::new();
    for path in &public_keys {
        keys.push(public_key(path)?);
    }
    let trail = match &file {
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|it| BadSetup(format!("{}: cannot be read: {it}", path.display())))?;
            Trail::from_jsonl(&text)
        }
        None => {
            if keys.is_empty() {
                keys.extend(signer(&place.credentials)?.map(|it| it.public()));
            }
            let ledger = office::open_ledger(&place.ledger).await?;
            ledger.trail(None, None).await.context("failed to read the log")?
        }
    };
    let found = ledger::verify(&trail, &keys);
    let missing = match &seal {
        Some(text) => {
            let hash = text.clone().try_into().map_err(|it| BadSetup(format!("--seal: {it}")))?;
            !found.has_seal(&hash)
        }
        None => false,
    };
    let is_whole = found.breaks.is_empty() && !missing;
    if json {
        let breaks: Vec<String> = found.breaks.iter().map(ToString::to_string).collect();
        let json = json!({
            "verified": is_whole,
            "breaks": breaks,
            "seals": found.seals,
            "signed": found.signed,
            "signatures_checked": !keys.is_empty(),
            "events": found.events,
            "erased": found.erased,
            "expired": found.expired,
            "open": found.open,
            "begins_at": found.begins_at,
            "last_seal": found.last.map(|(number, hash)| {
                json!({ "number": number, "hash": hash.to_string() })
            }),
            "seal_is_missing": missing,
        });
        say!("{json:#}");
    } else {
        print(&found, &keys, missing);
    }
    Ok(if is_whole { Ending::Done } else { Ending::Failed })
}

/// Breaks that are shown one by one.
const BREAKS_SHOWN: usize = 20;

fn print(found: &Verified, keys: &[PublicKey], missing: bool) {
    let Verified { breaks, seals, signed, events, erased, expired, open, begins_at, last, .. } =
        found;
    match breaks.first() {
        Some(first) => say!("BROKEN: {first}."),
        None if missing => say!("BROKEN: the seal that you kept is not among these."),
        None => say!("The log is as it was written."),
    }
    for it in breaks.iter().skip(1).take(BREAKS_SHOWN) {
        say!("  also: {it}.");
    }
    if breaks.len() > BREAKS_SHOWN + 1 {
        say!("  and {} more.", breaks.len() - BREAKS_SHOWN - 1);
    }
    say!("{events} events under {seals} seals.");
    if keys.is_empty() {
        say!(
            "Signatures were not checked: give --public-key FILE, or keep the key in the credentials."
        );
    } else {
        say!("{signed} of {seals} seals carry a good signature.");
    }
    if *seals > *signed && *signed > 0 && breaks.is_empty() {
        say!("The others are older than the key; the first signed seal vouches for them.");
    }
    if let Some(number) = begins_at {
        say!("This begins at seal {number}: what came before is not here.");
    }
    if *erased > 0 {
        say!("The personal data of {erased} events were erased, as the log says.");
    }
    if *expired > 0 {
        say!("The events of {expired} runs were dropped when they were old enough.");
    }
    if !open.is_empty() {
        say!(
            "Not sealed yet, because a run is at work or was cut off (its next run seals it): {}.",
            open.join(", ")
        );
    }
    if let Some((number, hash)) = last {
        say!(
            "The last seal is {number}: {hash}\nKeep that line elsewhere; verify --seal HASH then \
             proves that nothing before it was changed."
        );
    }
}

async fn export(args: ExportArgs) -> Result<Ending> {
    let ExportArgs { format, days, out, place } = args;
    let ledger = office::open_ledger(&place.ledger).await?;
    let (from, to) = bounds(days)?;
    let trail = ledger.trail(from, to).await.context("failed to read the log")?;
    if format == Format::Jsonl {
        return write(out.as_deref(), "audit.jsonl", &trail.to_jsonl());
    }
    let sources = sources(&ledger, &trail, from, to).await?;
    match format {
        Format::Ocsf => write(out.as_deref(), "ocsf.jsonl", &ocsf::lines(&sources.record)),
        Format::Csv | Format::Jsonl => {
            let folder = out.unwrap_or_else(|| PathBuf::from("evidence"));
            for (name, rows) in write_tables(&sources, &folder)? {
                say!("{:>6} rows  {}", rows, folder.join(name).display());
            }
            Ok(Ending::Done)
        }
    }
}

/// What the ledger tells of a period.
///
/// # Errors
/// When the ledger fails.
pub async fn sources(
    ledger: &Ledger,
    trail: &Trail,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Sources> {
    let (from, to) = (from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX));
    flows::sources(ledger, trail, from, to, clock::now()).await.map_err(run::advised)
}

/// Writes every table and what its columns mean; returns the names with the number of rows.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_tables(sources: &Sources, folder: &Path) -> Result<Vec<(&'static str, usize)>> {
    make(folder)?;
    let mut tables = csv::tables(sources);
    tables.push(csv::columns(&tables));
    let mut res = Vec::new();
    for it in &tables {
        let path = folder.join(it.name);
        fs::write(&path, it.to_csv())
            .with_context(|| format!("failed to write {}", path.display()))?;
        res.push((it.name, it.rows.len()));
    }
    Ok(res)
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))
}

/// To a file in the folder, or to standard output.
fn write(folder: Option<&Path>, name: &str, text: &str) -> Result<Ending> {
    match folder {
        Some(folder) => {
            make(folder)?;
            let path = folder.join(name);
            fs::write(&path, text)
                .with_context(|| format!("failed to write {}", path.display()))?;
            say!("{:>6} lines  {}", text.lines().count(), path.display());
        }
        None => match io::stdout().write_all(text.as_bytes()) {
            // Whoever stops reading has seen enough; evidence that a disk did not take is no evidence.
            Err(it) if it.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.context("failed to write")?,
        },
    }
    Ok(Ending::Done)
}

/// The instants of the days: from the beginning of the first to the end of the last.
///
/// # Errors
/// [`BadSetup`] when the last day is before the first.
pub fn bounds(days: Days) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
    let Days { from, to } = days;
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        return Err(BadSetup(format!("--to {to} is before --from {from}")).into());
    }
    let begin = |day: Date| {
        let begin = day.to_zoned_datetime(TimeZone::UTC).map(|it| it.timestamp());
        begin.map_err(|_| BadSetup(format!("{day} is off the calendar")))
    };
    let end = |day: Date| {
        let next = day.checked_add(1.day());
        next.map_err(|_| BadSetup(format!("{day} is off the calendar"))).and_then(begin)
    };
    Ok((from.map(begin).transpose()?, to.map(end).transpose()?))
}

fn public_key(path: &Path) -> Result<PublicKey> {
    let file = path.display();
    let text =
        fs::read_to_string(path).map_err(|it| BadSetup(format!("{file}: cannot be read: {it}")))?;
    PublicKey::parse(&text).map_err(|it| BadSetup(format!("{file} {it}")).into())
}

/// The signing key in the credentials; `None` when there are no credentials, or no key in them.
///
/// # Errors
/// [`BadSetup`] when there are credentials and they cannot be used.
pub fn signer(path: &Path) -> Result<Option<Signer>> {
    match office::credentials_text(path) {
        Some(text) => match Credentials::parse(&text) {
            Ok(credentials) => Ok(credentials.signer),
            Err(error) => Err(BadSetup(error.to_string()).into()),
        },
        None => Ok(None),
    }
}

/// The names of the two files.
const PRIVATE: &str = "audit-signing-key.json";
const PUBLIC: &str = "audit-public-key.pem";

fn keygen(args: &KeygenArgs) -> Result<Ending> {
    make(&args.out)?;
    let (private, public) = (args.out.join(PRIVATE), args.out.join(PUBLIC));
    for it in [&private, &public] {
        if it.exists() {
            let text = format!("{} exists; a new key goes into another folder", it.display());
            return Err(BadSetup(text).into());
        }
    }
    let (signer, pem) = Signer::generate().map_err(|_| anyhow!("no randomness on this machine"))?;
    let json = json!({ "audit": { "signing_key_pem": pem.expose_secret() } });
    write_secret(&private, &format!("{json:#}\n"))?;
    fs::write(&public, signer.public().pem())
        .with_context(|| format!("failed to write {}", public.display()))?;
    say!(
        "{} holds the private key: put its \"audit\" section into credentials.json (or the \
         secret), then delete it.\n\
         {} holds the public key {}: give it to whoever verifies.",
        private.display(),
        public.display(),
        signer.public().id(),
    );
    Ok(Ending::Done)
}

#[cfg(unix)]
fn write_secret(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut it| it.write_all(text.as_bytes()));
    written.with_context(|| format!("failed to write {}", path.display()))
}

#[cfg(not(unix))]
fn write_secret(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

async fn erase(args: EraseArgs) -> Result<Ending> {
    let EraseArgs { person, word, place } = args;
    let (by, why) = plans::signed(word)?;
    let signer = signer(&place.credentials)?;
    let ledger = office::open_ledger(&place.ledger).await?;
    let now = clock::now();
    let erased = flows::erase(&ledger, signer.as_ref(), &person, (&by, &why), now).await;
    match erased.map_err(run::advised)? {
        None => Err(BadSetup(format!("the ledger knows nobody called {person}")).into()),
        Some((id, Erasure::AtWork)) => {
            let text = format!(
                "person {id} has an account that is in use: whatever is erased today would be \
                 written again tomorrow. End the employment in UKG first"
            );
            Err(BadSetup(text).into())
        }
        Some((id, Erasure::Done(done))) => {
            say!(
                "Erased: the personal data of {} events of person {id}, and {} copies of the \
                 account. The log says so, and `rollcall audit verify` still proves it.",
                done.facts,
                done.copies
            );
            Ok(Ending::Done)
        }
    }
}
