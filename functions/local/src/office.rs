//! Opens everything a flow works with. All mistakes in policy and credentials are told at once,
//! before anything is called.

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result};
use rollcall::{
    deciders::policy::Policy,
    doors::{
        ledger::{DynamoDb, Ledger, Sqlite, store::Store},
        outbox::Outbox,
    },
    flows::Office,
    shell::{self, credentials::Credentials},
};

use crate::{args::Places, ending::BadSetup};

/// The variable that holds the credentials where there is no file.
const CREDENTIALS_VARIABLE: &str = "ROLLCALL_CREDENTIALS";

/// Opens the office at these places.
///
/// # Errors
/// [`BadSetup`] with everything that is wrong in policy and credentials; other errors when the
/// ledger cannot be opened.
pub async fn open(places: &Places) -> Result<Office> {
    let policy = read_policy(&places.policy);
    let credentials = read_credentials(&places.credentials);
    let (policy, credentials) = match (policy, credentials) {
        (Ok(policy), Ok(credentials)) => (policy, credentials),
        (policy, credentials) => {
            let problems = [policy.err(), credentials.err()];
            let problems: Vec<String> = problems.into_iter().flatten().collect();
            return Err(BadSetup(problems.join("\n")).into());
        }
    };
    let outbox = places.mail.clone().map_or(Outbox::Nowhere, Outbox::Folder);
    with(policy, credentials, open_ledger(&places.ledger).await?, outbox)
}

/// The office for a policy and credentials that are at hand already.
///
/// # Errors
/// [`BadSetup`] when the credentials cannot be used.
pub fn with(
    policy: Policy,
    credentials: Credentials,
    ledger: Ledger,
    outbox: Outbox,
) -> Result<Office> {
    shell::office(policy, credentials, ledger, outbox).map_err(|it| BadSetup(it.to_string()).into())
}

/// The policy in a file; what is odd in it and may be used is told on standard error.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_policy(path: &Path) -> Result<Policy, String> {
    compile_policy(path, &policy_text(path)?)
}

/// The text of a policy.
///
/// # Errors
/// When the file cannot be read.
pub fn policy_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|it| format!("{}: cannot be read: {it}", path.display()))
}

/// A policy of which the text is at hand already; as [`read_policy`] in all else.
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile_policy(path: &Path, text: &str) -> Result<Policy, String> {
    let file = path.display().to_string();
    let policy = Policy::compile(&file, text).map_err(|it| it.to_string())?;
    for it in policy.warnings() {
        eprintln!("{file}: warning: {it}");
    }
    Ok(policy)
}

fn read_credentials(path: &Path) -> Result<Credentials, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => {
            warn_if_others_can_read(path);
            text
        }
        Err(error) => match from_environment() {
            Some(text) => text,
            None => {
                let path = path.display();
                return Err(format!(
                    "{path}: cannot be read: {error} (nor is {CREDENTIALS_VARIABLE} set)"
                ));
            }
        },
    };
    Credentials::parse(&text).map_err(|it| it.to_string())
}

/// The text of the credentials, for commands that can do without.
pub fn credentials_text(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().or_else(from_environment)
}

#[expect(clippy::disallowed_methods, reason = "the command line is where settings are read")]
fn from_environment() -> Option<String> {
    std::env::var(CREDENTIALS_VARIABLE).ok()
}

#[cfg(unix)]
fn warn_if_others_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let others = fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o077 != 0);
    if others {
        let path = path.display();
        eprintln!("{path}: warning: other users of this machine can read it; chmod 600 {path}");
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path) {}

/// Opens the ledger alone.
///
/// # Errors
/// As [`open_store`].
pub async fn open_ledger(place: &str) -> Result<Ledger> {
    Ok(Ledger::new(open_store("--ledger ", place).await?))
}

/// Opens what a ledger is kept in; `said` is the option that named it.
///
/// # Errors
/// [`BadSetup`] when this is no place of a ledger; other errors when it cannot be opened.
pub async fn open_store(said: &str, place: &str) -> Result<Arc<dyn Store>> {
    let failed = || format!("failed to open {place}");
    match place.split_once(':') {
        Some(("sqlite", file)) if !file.is_empty() => {
            Ok(Arc::new(Sqlite::open(Path::new(file)).with_context(failed)?))
        }
        Some(("dynamodb", table)) if !table.is_empty() => {
            Ok(Arc::new(DynamoDb::open(table).await.with_context(failed)?))
        }
        _ => {
            let text = format!("{said}{place}: must be sqlite:FILE or dynamodb:TABLE");
            Err(BadSetup(text).into())
        }
    }
}
