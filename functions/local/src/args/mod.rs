//! What can be written on the command line.

mod audit;
mod ledger;
mod trust;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use rollcall::words::flow::Flow;

pub use audit::{
    AuditArgs, AuditCommand, Days, EraseArgs, ExportArgs, Format, KeygenArgs, ReportArgs,
    VerifyArgs,
};
pub use ledger::{CopyArgs, LedgerArgs, LedgerCommand};
pub use trust::{HoldAddArgs, HoldArgs, HoldCommand, HoldListArgs, HoldRemoveArgs, UndoArgs};

/// Keeps Okta in line with UKG Pro.
///
/// Exit status: 0 done (also: nothing to do); 1 failed; 2 usage, policy or credentials wrong;
/// 3 something is held and waits for approval; 4 done, but some people failed or are held.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one flow, or all of them, against the UKG and Okta of the credentials.
    Run(RunArgs),
    /// Check the policy, the credentials, UKG and Okta, and say what to put right.
    ///
    /// Looks at policy, credentials, ledger, UKG (each grant, people, codes) and Okta (scopes by
    /// flow, admin role, canaries, attributes, groups, apps, administrators, rate limits, clock),
    /// and says of each failure what to do about it. Writes nothing, except with `--fix-schema`.
    ///
    /// Exit status: 0 ready, perhaps with warnings; 1 something has to be put right first;
    /// 2 usage, policy or credentials wrong, and nothing was called.
    Check(CheckArgs),
    /// Say of one person what Okta should hold and why. Writes nothing.
    Explain(ExplainArgs),
    /// List the plans that were held, or show one of them.
    Plans(PlansArgs),
    /// Let a held plan be carried out, once.
    Approve(ApproveArgs),
    /// Say no to a held plan, or take an approval back.
    Reject(RejectArgs),
    /// Take back a departure that Rollcall carried out by mistake.
    ///
    /// Opens the account again and gives back groups, apps and attributes as they were before the
    /// departure, whether the account is still suspended or already deactivated. It says what
    /// Okta cannot give back. As long as UKG still says that the person has left, a hold keeps
    /// runs from carrying the departure out again: have the record corrected in UKG.
    ///
    /// Exit status: 0 done (also: nothing to undo); 1 refused or failed; 2 usage, policy or
    /// credentials wrong; 4 done in part: the same command goes on.
    Undo(UndoArgs),
    /// Keep Rollcall from changing somebody, or list who is kept from it.
    ///
    /// A security hold lets no run open the account or give it anything. A legal hold lets no run
    /// destroy anything. A vip hold makes every change wait for approval. Each has an owner, a
    /// reason and perhaps an end, which is announced a week before.
    Hold(HoldArgs),
    /// Check, export or key the audit log, or erase somebody's personal data from it.
    Audit(AuditArgs),
    /// Tell what happened in a period: how fast leavers were cut off, what changed, what is held.
    ///
    /// Text on standard output, or with `--html` one file for people who have no command line.
    /// Drawn from the ledger alone.
    Report(ReportArgs),
    /// Carry the ledger from a file to AWS, or back.
    Ledger(LedgerArgs),
    /// Live through a month of a fictional company on built-in simulators.
    Demo(DemoArgs),
    /// Start simulators of UKG Pro and Okta, to point this or other tools at.
    Sandbox(SandboxArgs),
}

/// Where the policy, the credentials and the ledger are.
#[derive(Clone, Debug, ClapArgs)]
pub struct Places {
    /// The policy.
    #[arg(long, value_name = "FILE", default_value = "rollcall.yaml")]
    pub policy: PathBuf,
    /// The credentials; without this file, the JSON text in `ROLLCALL_CREDENTIALS` is used.
    #[arg(long, value_name = "FILE", default_value = "credentials.json")]
    pub credentials: PathBuf,
    /// What is remembered between runs: `sqlite:FILE` or `dynamodb:TABLE`.
    ///
    /// A table is reached with the keys and the region that other AWS programs use.
    #[arg(long, value_name = "LEDGER", default_value = "sqlite:rollcall.sqlite")]
    pub ledger: String,
    /// Write messages to people as files into this folder; without it, nobody is told.
    #[arg(long, value_name = "DIR")]
    pub mail: Option<PathBuf>,
}

/// `rollcall run`
#[derive(Debug, ClapArgs)]
pub struct RunArgs {
    /// The flow to run; `all` runs every flow, leavers first.
    pub flow: FlowChoice,
    /// Plan only: nothing is written, not to Okta, not to the ledger, no mail.
    #[arg(long)]
    pub dry_run: bool,
    /// Look at this person only (UKG's personId). Can be given several times.
    #[arg(long = "person", value_name = "ID")]
    pub people: Vec<String>,
    /// Decide as of this instant. Applying with it needs `ROLLCALL_TIME_TRAVEL=1`.
    #[arg(long, value_name = "RFC3339")]
    pub as_of: Option<Timestamp>,
    /// Compare everybody with Okta, whether or not HR changed.
    #[arg(long)]
    pub full: bool,
    /// Believe once what a run would not believe, in the words it gave: `--accept roster=412`.
    #[arg(long = "accept", value_name = "WHAT")]
    pub accepted: Vec<String>,
    /// Stop between two people after this many seconds; the next run goes on.
    #[arg(long, value_name = "SECONDS")]
    pub stop_after: Option<u32>,
    /// Print one line of metrics a flow to standard error, in AWS's embedded metric format.
    #[arg(long)]
    pub metrics: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
}

/// `rollcall explain`
#[derive(Debug, ClapArgs)]
pub struct ExplainArgs {
    /// Whom: a personId, employee id or employee number of UKG, or the login of a linked account.
    pub person: String,
    /// Decide as of this instant.
    #[arg(long, value_name = "RFC3339")]
    pub as_of: Option<Timestamp>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
}

/// `rollcall check`
#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// Add the attributes that the policy writes and Okta's user profile does not have: as texts,
    /// the key attribute as a unique one. Needs okta.schemas.manage for as long as this takes.
    #[arg(long)]
    pub fix_schema: bool,
    /// Look at the policy file alone: nothing else is read, and nobody is called.
    #[arg(long, conflicts_with_all = ["fix_schema", "json"])]
    pub policy_only: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
    /// Where things are.
    #[command(flatten)]
    pub places: Places,
}

/// What every command takes, in those that have no use for it: a script can pass the same to all.
#[derive(Clone, Debug, ClapArgs)]
pub struct NotNeeded {
    #[arg(long, value_name = "FILE", hide = true)]
    policy: Option<PathBuf>,
    #[arg(long, value_name = "FILE", hide = true)]
    credentials: Option<PathBuf>,
}

/// Where the ledger is, for what needs nothing else.
#[derive(Clone, Debug, ClapArgs)]
pub struct LedgerPlace {
    /// What is remembered between runs: `sqlite:FILE` or `dynamodb:TABLE`.
    ///
    /// A table is reached with the keys and the region that other AWS programs use.
    #[arg(long, value_name = "LEDGER", default_value = "sqlite:rollcall.sqlite")]
    pub ledger: String,
    /// The rest of what every command takes.
    #[command(flatten)]
    pub not_needed: NotNeeded,
}

/// `rollcall plans`
#[derive(Debug, ClapArgs)]
pub struct PlansArgs {
    /// Show this plan, step by step.
    pub plan: Option<String>,
    /// Where the ledger is.
    #[command(flatten)]
    pub place: LedgerPlace,
}

/// `rollcall approve`
#[derive(Debug, ClapArgs)]
pub struct ApproveArgs {
    /// The plan, as `rollcall run` and `rollcall plans` name it.
    pub plan: String,
    /// The approval ends after so many hours if no run has used it.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=168))]
    pub hours: u16,
    /// Who says so, and why.
    #[command(flatten)]
    pub word: Word,
    /// Where the ledger is.
    #[command(flatten)]
    pub place: LedgerPlace,
}

/// `rollcall reject`
#[derive(Debug, ClapArgs)]
pub struct RejectArgs {
    /// The plan, as `rollcall run` and `rollcall plans` name it.
    pub plan: String,
    /// Who says so, and why.
    #[command(flatten)]
    pub word: Word,
    /// Where the ledger is.
    #[command(flatten)]
    pub place: LedgerPlace,
}

/// A person's word on a plan.
#[derive(Clone, Debug, ClapArgs)]
pub struct Word {
    /// The reason, for whoever asks later.
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Who decides; without it, the user of this machine.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// The flows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FlowChoice {
    /// Take access away from people whose employment has ended.
    Offboarding,
    /// Give accounts to people who start, and back to people who return.
    NewHire,
    /// Keep profiles, groups and apps in line with HR's record.
    ProfileSync,
    /// Look after contractors: warn before a contract ends, end access with it.
    Contractor,
    /// Compare everybody and every group with HR; make, rename, repair, account for it.
    OrgSync,
    /// Keep everybody in one MFA tier, and look at the enrollment policies.
    MfaPolicy,
    /// Every flow, leavers first.
    All,
}

impl FlowChoice {
    /// The flows to run, in order.
    pub fn flows(self) -> Vec<Flow> {
        match self {
            Self::Offboarding => vec![Flow::Offboarding],
            Self::NewHire => vec![Flow::NewHire],
            Self::ProfileSync => vec![Flow::ProfileSync],
            Self::Contractor => vec![Flow::Contractor],
            Self::OrgSync => vec![Flow::OrgSync],
            Self::MfaPolicy => vec![Flow::MfaPolicy],
            Self::All => Flow::ALL.to_vec(),
        }
    }
}

/// `rollcall demo`
#[derive(Debug, ClapArgs)]
pub struct DemoArgs {
    /// How many people are at work on the first day.
    #[arg(long, default_value_t = 250, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub people: u32,
    /// How many days to live through.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub days: u32,
    /// The seed of everything that is made up.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Keep the ledger, the mail and the plans in this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

/// `rollcall sandbox`
#[derive(Debug, ClapArgs)]
pub struct SandboxArgs {
    /// How many people are at work.
    #[arg(long, default_value_t = 250, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    pub people: u32,
    /// The seed of everything that is made up.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Let everybody have the account that the policy wants; without it, the accounts of everybody
    /// at work were made by hand.
    #[arg(long)]
    pub in_line: bool,
    /// The policy; without it, the example.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The port of UKG on 127.0.0.1; 0 takes any.
    #[arg(long, default_value_t = 4001, value_name = "P")]
    pub ukg_port: u16,
    /// The port of Okta on 127.0.0.1; 0 takes any.
    #[arg(long, default_value_t = 4002, value_name = "P")]
    pub okta_port: u16,
    /// Write `credentials.json` and `rollcall.yaml` for both simulators into this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
