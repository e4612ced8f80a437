//! `rollcall ledger`

use clap::{Args as ClapArgs, Subcommand};

/// `rollcall ledger`
#[derive(Debug, ClapArgs)]
pub struct LedgerArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: LedgerCommand,
}

/// What can be done with a ledger as a whole.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Copy every record to an empty ledger, from `sqlite:FILE` or `dynamodb:TABLE` to either.
    ///
    /// Stop every schedule first: nothing may run on either side. The source is not changed, and
    /// nothing in the destination is written over. A copy that was interrupted goes on when it is
    /// repeated.
    Copy(CopyArgs),
}

/// `rollcall ledger copy`
#[derive(Debug, ClapArgs)]
pub struct CopyArgs {
    /// Where the records are.
    pub from: String,
    /// Where they are to be.
    pub to: String,
}
