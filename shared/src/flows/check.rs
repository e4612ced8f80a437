//! A look at the setup before the first run: everything that a run would read, and nothing that
//! it would write.
//!
//! Never fails: what goes wrong becomes a line of the [`Checkup`]. One mistake must not hide the
//! next, so it goes on as far as the answers allow.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as StdError,
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};

use super::Office;
use crate::{
    deciders::{
        checkup::Checkup,
        plan::{Directory, Listing},
        policy::Policy,
        roster,
    },
    doors::{
        okta::{self, Error, Reader, Which},
        ukg::{self, Scope},
    },
    words::{finding::Finding, hr::Catalog, ids::Login, person::Presence},
};

/// More than this between the clocks and signatures begin to fail: Okta takes none from the
/// future, and DPoP proofs for five minutes only (reference/okta.md, section 7.3).
const SKEW_LIMIT: SignedDuration = SignedDuration::from_secs(60);

/// Looks at UKG and Okta with the credentials and the policy of this office, as of an instant.
pub async fn check(office: &Office, as_of: Timestamp) -> Checkup {
    let mut checkup = Checkup::default();
    people(&mut checkup, office, as_of).await;
    let catalog = catalog(&mut checkup, &office.ukg).await;
    let reader = office.okta.reader();
    if is_admitted(&mut checkup, &reader, &office.policy).await {
        canaries(&mut checkup, &reader, &office.policy).await;
        schema(&mut checkup, &reader, &office.policy).await;
        directory(&mut checkup, &reader, &office.policy, &catalog).await;
        admins(&mut checkup, &reader).await;
        clocks(&mut checkup, &reader);
    }
    checkup
}

async fn people(checkup: &mut Checkup, office: &Office, as_of: Timestamp) {
    const NAME: &str = "UKG people";
    let read = match office.ukg.people(&Scope::Everyone).await {
        Ok(read) => read,
        Err(error) => return wrong_in_ukg(checkup, NAME, &error),
    };
    let employments = read.rows.employments.len();
    if employments == 0 {
        return checkup.wrong(
            NAME,
            "UKG answers with an empty list",
            "check that the web service account may see the employees of every company",
        );
    }
    let mut findings = read.findings;
    let (roster, problems) = roster::fold(read.rows, &office.policy.roster, as_of);
    findings.extend(problems);
    let here = roster.persons.iter().filter(|it| match it.presence {
        Presence::Here { .. } | Presence::Away { .. } => true,
        Presence::NotYet(_) | Presence::Gone(_) => false,
    });
    let detail = format!(
        "{} people with {employments} employments, {} of them employed now",
        roster.persons.len(),
        here.count()
    );
    checkup.ok(NAME, detail);
    findings_of_ukg(checkup, "UKG records", &findings);
}

async fn catalog(checkup: &mut Checkup, ukg: &ukg::Client) -> Catalog {
    const NAME: &str = "UKG codes";
    let read = match ukg.catalog().await {
        Ok(read) => read,
        Err(error) => {
            wrong_in_ukg(checkup, NAME, &error);
            return Catalog::default();
        }
    };
    let Catalog { org_levels, jobs, locations, companies } = &read.rows;
    let detail = format!(
        "{} companies, {} org levels, {} jobs, {} locations",
        companies.len(),
        org_levels.len(),
        jobs.len(),
        locations.len()
    );
    checkup.ok(NAME, detail);
    findings_of_ukg(checkup, "UKG code tables", &read.findings);
    read.rows
}

/// Counts findings by code; single ones are for the dry run to tell.
fn findings_of_ukg(checkup: &mut Checkup, name: &'static str, findings: &[Finding]) {
    let mut by_code: BTreeMap<&str, usize> = BTreeMap::new();
    for it in findings {
        *by_code.entry(it.code.as_str()).or_default() += 1;
    }
    if !by_code.is_empty() {
        let counts: Vec<String> =
            by_code.iter().map(|(it, count)| format!("{count} {it}")).collect();
        checkup.warn(
            name,
            format!("findings: {}", counts.join(", ")),
            "`rollcall run all --dry-run` tells each of them",
        );
    }
}

/// Whether Okta lets us in at all. If it does not, every further question has the same answer.
async fn is_admitted(checkup: &mut Checkup, reader: &Reader, policy: &Policy) -> bool {
    match reader.granted_scopes().await {
        Ok(Some(granted)) => scopes(checkup, &granted, policy),
        Ok(None) => checkup.ok("Okta scopes", "an API token has none; its creator's rights count"),
        Err(error) => {
            wrong_in_okta(checkup, "Okta token", &error);
            return false;
        }
    }
    let mut count = 0_usize;
    match reader.users_with(Which::Living, |_| count += 1).await {
        Ok(()) if count == 0 => checkup.wrong(
            "Okta users",
            "Okta answers with an empty list: the client has its scopes but no admin role",
            "give it an admin role that covers every user and group that Rollcall looks after, \
             under Applications, the app, Admin roles",
        ),
        Ok(()) => checkup.ok("Okta users", format!("{count} users")),
        Err(error) => {
            wrong_in_okta(checkup, "Okta users", &error);
            return !is_for_everything(&error);
        }
    }
    true
}

fn is_for_everything(error: &Error) -> bool {
    matches!(
        error,
        Error::Unauthorized { .. }
            | Error::NoToken { .. }
            | Error::Unreachable { .. }
            | Error::OddAnswer { .. }
            | Error::ForeignHost { .. }
    )
}

/// Okta may drop a scope in silence; then the token lacks it and the first write fails.
fn scopes(checkup: &mut Checkup, granted: &BTreeSet<Arc<str>>, policy: &Policy) {
    const NAME: &str = "Okta scopes";
    let wanted = okta::DEFAULT_SCOPES.into_iter().filter(|it| {
        // Nobody has to grant what this policy never uses.
        !it.starts_with("okta.apps.") || !policy.owned_apps().is_empty()
    });
    let missing: Vec<&str> = wanted
        .filter(|it| !granted.contains(*it))
        // Who may manage may read.
        .filter(|it| match it.strip_suffix(".read") {
            Some(what) => !granted.contains(format!("{what}.manage").as_str()),
            None => true,
        })
        .collect();
    if missing.is_empty() {
        return checkup.ok(NAME, "every scope that is needed is granted");
    }
    let detail = format!("not granted: {}", missing.join(", "));
    let advice = "a super admin grants them under Applications, the app, Okta API Scopes; name \
                  them in `scopes` if the credentials have that field";
    // No flow writes with a scope to read; what cannot be read gets a line of its own.
    if missing.iter().all(|it| it.ends_with(".read")) {
        checkup.warn(NAME, detail, advice);
    } else {
        checkup.wrong(NAME, detail, advice);
    }
}

async fn canaries(checkup: &mut Checkup, reader: &Reader, policy: &Policy) {
    const NAME: &str = "Okta canaries";
    let canaries = &policy.okta.canaries;
    if canaries.is_empty() {
        return checkup.warn(
            NAME,
            "the policy names none, so a list that Okta cuts short may go unnoticed",
            "name an account that always exists under okta, protected, canaries",
        );
    }
    let mut missing = Vec::new();
    for (number, canary) in (1..).zip(canaries) {
        let found = match Login::parse(canary) {
            Ok(login) => reader.user_by_login(&login).await,
            Err(_) => reader.user(&canary.as_ref().into()).await,
        };
        match found {
            Ok(Some(_)) => {}
            // By number: an address is personal data, and the policy has it.
            Ok(None) => missing.push(format!("number {number}")),
            Err(error) => return wrong_in_okta(checkup, NAME, &error),
        }
    }
    if missing.is_empty() {
        return checkup.ok(NAME, format!("{} of {0} are there", canaries.len()));
    }
    checkup.wrong(
        NAME,
        format!("Okta does not return {} of the policy's list", missing.join(", ")),
        "correct the list, or widen the admin role until it covers them; until then every run \
         stops before it does anything",
    );
}

async fn schema(checkup: &mut Checkup, reader: &Reader, policy: &Policy) {
    const NAME: &str = "Okta attributes";
    let schema = match reader.user_schema().await {
        Ok(schema) => schema,
        Err(error) => return wrong_in_okta(checkup, NAME, &error),
    };
    let owned = policy.owned_attributes();
    let mut is_complete = true;
    for name in &owned {
        match schema.attributes.get(name) {
            Some(it) if it.is_read_only => {
                is_complete = false;
                checkup.wrong(
                    NAME,
                    format!("{name} cannot be written"),
                    format!(
                        "make {name} writable in Profile Editor, or leave it out of the policy"
                    ),
                );
            }
            Some(_) => {}
            None => {
                is_complete = false;
                checkup.wrong(
                    NAME,
                    format!("the user profile has no {name}"),
                    format!("add a custom string attribute {name} in Profile Editor"),
                );
            }
        }
    }
    if is_complete {
        checkup.ok(NAME, format!("all {} that the policy writes are there", owned.len()));
    }
}

async fn directory(checkup: &mut Checkup, reader: &Reader, policy: &Policy, catalog: &Catalog) {
    const NAME: &str = "Okta groups, apps";
    let names = policy.owned_groups(catalog);
    let labels = policy.owned_apps();
    let read = async {
        let groups = reader.groups().await?;
        let rules = reader.group_rules().await?;
        let apps = if labels.is_empty() { Vec::new() } else { reader.apps().await? };
        Ok::<_, Error>(Directory::new(Listing {
            owned: &names,
            labels: &labels,
            links: &BTreeMap::new(),
            groups: &groups,
            rules: &rules,
            apps: &apps,
        }))
    };
    let directory = match read.await {
        Ok(directory) => directory,
        Err(error) => return wrong_in_okta(checkup, NAME, &error),
    };
    let findings = directory.findings(&BTreeSet::new());
    // A run goes on without them, so these do not make the setup wrong.
    for it in &findings {
        let (what, advice) = it
            .detail
            .split_once("; ")
            .unwrap_or((&it.detail, "add it in Okta, or correct its name in the policy"));
        checkup.warn(NAME, format!("{} {what}", it.subject), advice);
    }
    if findings.is_empty() {
        let detail = format!("{} groups and {} apps of the policy", names.len(), labels.len());
        checkup.ok(NAME, detail);
    }
}

async fn admins(checkup: &mut Checkup, reader: &Reader) {
    const NAME: &str = "Okta admins";
    match reader.admins().await {
        Ok(admins) => {
            checkup.ok(NAME, format!("{} administrators can be told apart", admins.len()))
        }
        Err(error) => checkup.warn(
            NAME,
            told(&error),
            "grant okta.roles.read; without it, name every administrator under okta, protected",
        ),
    }
}

fn clocks(checkup: &mut Checkup, reader: &Reader) {
    const NAME: &str = "clock";
    let skew = reader.skew();
    let seconds = skew.abs().as_secs();
    if reader.last_server_date().is_none() {
        checkup.warn(NAME, "Okta's answers carry no date", "check proxies between here and Okta");
    } else if skew.abs() > SKEW_LIMIT {
        let which = if skew.is_negative() { "ahead of" } else { "behind" };
        checkup.warn(
            NAME,
            format!("this machine is {seconds} s {which} Okta"),
            "let this machine set its clock from the network (NTP)",
        );
    } else {
        checkup.ok(NAME, format!("within {seconds} s of Okta's"));
    }
}

fn wrong_in_ukg(checkup: &mut Checkup, name: &'static str, error: &ukg::Error) {
    checkup.wrong(name, told(error), error.advice());
}

fn wrong_in_okta(checkup: &mut Checkup, name: &'static str, error: &Error) {
    let advice = error.advice().unwrap_or("wait a little and check again");
    checkup.wrong(name, told(error), advice);
}

/// An error with what caused it: our errors never print their source themselves.
fn told(error: &dyn StdError) -> String {
    let mut res = error.to_string();
    let mut source = error.source();
    while let Some(it) = source {
        res.push_str(&format!(": {it}"));
        source = it.source();
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deciders::{checkup::Health, policy};

    fn after(granted: &[&str]) -> Checkup {
        let policy = Policy::compile("rollcall.yaml", policy::EXAMPLE).unwrap();
        let granted = granted.iter().map(|it| Arc::from(*it)).collect();
        let mut checkup = Checkup::default();
        scopes(&mut checkup, &granted, &policy);
        checkup
    }

    #[test]
    fn who_may_manage_may_read() {
        let mut granted = okta::DEFAULT_SCOPES.to_vec();
        assert_eq!(after(&granted).health(), Health::Ok);
        granted.retain(|it| *it != "okta.roles.read");
        assert_eq!(after(&granted).health(), Health::Warning);
        granted.push("okta.roles.manage");
        assert_eq!(after(&granted).health(), Health::Ok);
    }

    #[test]
    fn scopes_that_okta_dropped_are_named() {
        let checkup = after(&["okta.users.manage", "okta.schemas.read", "okta.roles.read"]);
        assert_eq!(checkup.health(), Health::Wrong);
        assert_eq!(checkup.lines[0].detail, "not granted: okta.groups.manage, okta.apps.manage");
    }
}
