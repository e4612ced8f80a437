//! `rollcall sandbox`: just the simulators, to point this or other tools at.

mod in_line;

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use rollcall::{
    deciders::policy::{self, Policy},
    doors::{
        ledger::{Ledger, Sqlite},
        outbox::Outbox,
    },
    shell::{self, clock, credentials::Credentials},
};
use rollcall_sandbox::town::{self, Accounts, Town};

use crate::{
    args::SandboxArgs,
    ending::{BadSetup, Ending},
    office,
};

/// What the policy is called in the folder.
const POLICY: &str = "rollcall.yaml";

/// Serves both simulators until the process is interrupted.
///
/// # Errors
/// When the policy is wrong, a port is taken, or the files cannot be written.
pub async fn run(args: SandboxArgs) -> Result<Ending> {
    let text = match &args.policy {
        Some(it) => office::policy_text(it).map_err(BadSetup)?,
        None => policy::EXAMPLE.to_owned(),
    };
    let file = args.policy.as_deref().unwrap_or(Path::new(POLICY));
    let policy = office::compile_policy(file, &text).map_err(BadSetup)?;
    let today = clock::now().to_zoned_datetime(TimeZone::UTC).date();
    let people = usize::try_from(args.people).unwrap_or(usize::MAX);
    let mut options = town::Options::new(people, args.seed, today);
    options.ukg.port = args.ukg_port;
    options.okta.port = args.okta_port;
    if args.in_line {
        options.accounts = Accounts::None;
    }
    let town = Town::start(options).await.context("failed to start the simulators")?;
    town.clock.set(clock::now());
    if args.in_line {
        let credentials = Credentials::parse(&town.credentials().to_string())?;
        let ledger = Ledger::new(Arc::new(Sqlite::memory()?));
        let office = shell::office(policy, credentials, ledger, Outbox::Nowhere)?;
        let now = town.clock.now();
        let accounts = in_line::bring(&town.okta, &office.ukg, &office.policy, now).await?;
        say!("{accounts} accounts are as {} wants them", file.display());
    }
    say!("UKG Pro   {}", town.ukg.base_url());
    say!("Okta      {}", town.okta.base_url());
    say!("clock     {}", town.clock.now());
    if let Some(folder) = &args.out {
        write_files(folder, &town, &text)?;
        let folder = folder.display();
        say!("\nTry: rollcall run all --dry-run --credentials {folder}/credentials.json \\");
        say!("       --policy {folder}/rollcall.yaml --ledger sqlite:{folder}/rollcall.sqlite");
    } else {
        say!("\ncredentials.json:\n{:#}", town.credentials());
    }
    say!("\nA day in HR: curl -X POST {}/_sandbox/ukg/day", town.ukg.base_url());
    say!("Stop with Ctrl-C.");
    tokio::signal::ctrl_c().await.context("failed to wait for Ctrl-C")?;
    Ok(Ending::Done)
}

fn write_files(folder: &Path, town: &Town, policy: &str) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let credentials = folder.join("credentials.json");
    fs::write(&credentials, format!("{:#}\n", town.credentials()))
        .with_context(|| format!("failed to write {}", credentials.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600))?;
    }
    let schema = format!("{:#}\n", Policy::json_schema());
    let files = [(POLICY, policy), ("rollcall.schema.json", schema.as_str())];
    for (name, text) in files {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
    }
    Ok(())
}
