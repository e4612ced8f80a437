//! `rollcall audit` and `rollcall report`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::Word;

/// `rollcall audit`
#[derive(Debug, ClapArgs)]
pub struct AuditArgs {
    /// What to do with the log.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What can be done with the log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check that nothing was altered, removed, inserted or reordered, and name the first that was.
    ///
    /// Looks at the ledger, or with `--file` at an export alone: then it needs nothing but the
    /// public key. Exit status: 0 as it was written; 1 broken; 2 usage or key wrong.
    Verify(VerifyArgs),
    /// Write the evidence as files.
    ///
    /// `csv`: leavers, joiners, movers, exceptions, holds, completeness, nights, and columns.csv,
    /// which says what each column means. `ocsf`: OCSF 1.8.0, one JSON object a line, for a SIEM.
    /// `jsonl`: the log itself with its proof, for `audit verify --file`.
    Export(ExportArgs),
    /// Make the key that seals are signed with.
    Keygen(KeygenArgs),
    /// Erase the personal data that evidence holds of somebody who has left.
    ///
    /// Names, logins and values of attributes go, and what undo packs and archives hold; the log
    /// keeps UKG's personId, what was done and when, and says that data were erased. The link to
    /// the account stays as long as the account does.
    Erase(EraseArgs),
}

/// Where the evidence is.
#[derive(Clone, Debug, ClapArgs)]
pub struct EvidencePlace {
    /// What is remembered between runs: `sqlite:FILE` or `dynamodb:TABLE`.
    #[arg(long, value_name = "LEDGER", default_value = "sqlite:rollcall.sqlite")]
    pub ledger: String,
    /// Where the signing key is, if there is one: its public half checks the seals.
    #[arg(long, value_name = "FILE", default_value = "credentials.json")]
    pub credentials: PathBuf,
    /// Taken, as every command does, and not needed.
    #[arg(long, value_name = "FILE", hide = true)]
    pub policy: Option<PathBuf>,
}

/// `rollcall audit verify`
#[derive(Debug, ClapArgs)]
pub struct VerifyArgs {
    /// Check this export (`audit export --format jsonl`) and not the ledger.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The public key in PEM; several after a change of keys. Without it, the key in the
    /// credentials is used, and without that signatures are not checked.
    #[arg(long = "public-key", value_name = "FILE")]
    pub public_keys: Vec<PathBuf>,
    /// The hash of a seal that was kept elsewhere: it must still be there.
    #[arg(long, value_name = "HASH")]
    pub seal: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
    /// Where the evidence is.
    #[command(flatten)]
    pub place: EvidencePlace,
}

/// Which days.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Days {
    /// The first day, in UTC.
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// The last day, in UTC.
    #[arg(long, value_name = "DATE")]
    pub to: Option<Date>,
}

/// `rollcall audit export`
#[derive(Debug, ClapArgs)]
pub struct ExportArgs {
    /// What to write.
    #[arg(long, value_enum, default_value = "csv")]
    pub format: Format,
    /// Which days; everything without them.
    #[command(flatten)]
    pub days: Days,
    /// The folder. Without it, `csv` goes into `evidence`, and the others to standard output.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where the evidence is.
    #[command(flatten)]
    pub place: EvidencePlace,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Open Cybersecurity Schema Framework 1.8.0, JSON lines.
    Ocsf,
    /// Populations.
    Csv,
    /// The log with its proof.
    Jsonl,
}

/// `rollcall audit keygen`
#[derive(Debug, ClapArgs)]
pub struct KeygenArgs {
    /// The folder for the two halves.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// `rollcall audit erase`
#[derive(Debug, ClapArgs)]
pub struct EraseArgs {
    /// Whom: a personId or employee id of UKG, or the login of a linked account.
    pub person: String,
    /// Who says so, and why. Both stay in the log: write no personal data.
    #[command(flatten)]
    pub word: Word,
    /// Where the evidence is.
    #[command(flatten)]
    pub place: EvidencePlace,
}

/// `rollcall report`
#[derive(Debug, ClapArgs)]
pub struct ReportArgs {
    /// Which days; without them the last 30 of which the ledger knows anything.
    #[command(flatten)]
    pub days: Days,
    /// Write one self-contained HTML file and not text.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Where the evidence is.
    #[command(flatten)]
    pub place: EvidencePlace,
}
