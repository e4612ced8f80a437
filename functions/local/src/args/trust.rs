//! The command line of what people decide about people: undoing a departure, and holds.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use jiff::{Timestamp, civil::Date};
use rollcall::words::hold::HoldKind;

use super::{LedgerPlace, Places, Word};

/// `rollcall undo`
#[derive(Debug, ClapArgs)]
pub struct UndoArgs {
    /// Whom: a personId, employee id or employee number of UKG, or the login of a linked account.
    pub person: String,
    /// Show what would be done: nothing is written, not to Okta, not to the ledger, no mail.
    #[arg(long)]
    pub dry_run: bool,
    /// Keep the departure from being carried out again for so many days: the time HR has to
    /// correct its record.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 7,
        value_parser = clap::value_parser!(u16).range(1..=90)
    )]
    pub hold_days: u16,
    /// The reason, for whoever asks later. It is kept, and mailed to IT, HR and security.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub why: Option<String>,
    /// Who decides; without it, the user of this machine.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Decide as of this instant. Applying with it needs `ROLLCALL_TIME_TRAVEL=1`.
    #[arg(long, value_name = "RFC3339")]
    pub as_of: Option<Timestamp>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
}

/// `rollcall hold`
#[derive(Debug, ClapArgs)]
pub struct HoldArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: HoldCommand,
}

/// What can be done with holds.
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// Place a hold. One of the same kind on the same person is replaced.
    Add(HoldAddArgs),
    /// Remove a hold.
    Remove(HoldRemoveArgs),
    /// List the holds that stand.
    List(HoldListArgs),
}

/// `rollcall hold add`
#[derive(Debug, ClapArgs)]
pub struct HoldAddArgs {
    /// Whom: a personId, employee id or employee number of UKG, or the login of a linked account.
    pub person: String,
    /// What to keep from happening.
    #[arg(long)]
    pub kind: HoldChoice,
    /// End it after so many days. Without this and `--until`, it stands until it is removed.
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "until",
        value_parser = clap::value_parser!(u16).range(1..=3660)
    )]
    pub days: Option<u16>,
    /// End it at the end of this day (UTC), for example 2026-12-31.
    #[arg(long, value_name = "DATE")]
    pub until: Option<Date>,
    /// Who says so, and why. The reason of a vip hold is shown to those who approve; write no
    /// private matters into any.
    #[command(flatten)]
    pub word: Word,
    /// Where things are. Policy and credentials are used only when the ledger does not know the
    /// person yet, so that UKG has to be asked.
    #[command(flatten)]
    pub places: Places,
}

/// `rollcall hold remove`
#[derive(Debug, ClapArgs)]
pub struct HoldRemoveArgs {
    /// Whom, as `hold add` takes it.
    pub person: String,
    /// Which hold.
    #[arg(long)]
    pub kind: RemovableHold,
    /// Who says so, and why.
    #[command(flatten)]
    pub word: Word,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
}

/// `rollcall hold list`
#[derive(Debug, ClapArgs)]
pub struct HoldListArgs {
    /// Show every word that was ever said about a hold: placed and removed, by whom and why.
    #[arg(long)]
    pub history: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
    /// Where the ledger is.
    #[command(flatten)]
    pub place: LedgerPlace,
}

/// The holds that people place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HoldChoice {
    /// Never open the account again, nor give it groups or apps; taking access away goes on.
    Security,
    /// Destroy nothing: no deactivation, no leaving groups, no taking apps, no emptying of
    /// attributes. Suspending and ending sessions go on.
    Legal,
    /// Ask first: every change waits for `rollcall approve`.
    Vip,
}

/// The holds that people remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RemovableHold {
    /// A hold of security.
    Security,
    /// A legal hold.
    Legal,
    /// Ask first.
    Vip,
    /// The one that `rollcall undo` placed: the departure is carried out by the next run, if UKG
    /// still shows it.
    Undone,
}

impl From<HoldChoice> for HoldKind {
    fn from(it: HoldChoice) -> Self {
        match it {
            HoldChoice::Security => Self::Security,
            HoldChoice::Legal => Self::Legal,
            HoldChoice::Vip => Self::Vip,
        }
    }
}

impl From<RemovableHold> for HoldKind {
    fn from(it: RemovableHold) -> Self {
        match it {
            RemovableHold::Security => Self::Security,
            RemovableHold::Legal => Self::Legal,
            RemovableHold::Vip => Self::Vip,
            RemovableHold::Undone => Self::Undone,
        }
    }
}
