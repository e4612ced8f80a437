//! Okta: whether it lets us in, shows us people, and has what the policy names.

use std::collections::{BTreeMap, BTreeSet};

use super::{told, wrong_in_okta};
use crate::{
    deciders::{
        checkup::{
            Checkup,
            scopes::{self, Uses},
        },
        plan::{Directory, Listing},
        policy::Policy,
    },
    doors::okta::{Error, Reader, Which},
    words::{hr::Catalog, ids::Login},
};

/// What to do when Okta shows less than there is. Scopes say which calls are allowed, the role
/// says on whom; without one Okta does not refuse, it shows nobody (reference/okta.md, item 1).
const NO_ROLE: &str = "give it an admin role that covers every user and group that Rollcall looks \
                       after, under Applications, the app, Admin roles";

fn uses(policy: &Policy) -> Uses {
    let mfa = policy.mfa.as_ref().filter(|it| it.tiers.iter().any(|it| it.policy.is_some()));
    Uses {
        apps: !policy.owned_apps().is_empty(),
        policies: mfa.is_some(),
        repairs: mfa.is_some_and(|it| it.manage_policies),
    }
}

/// Whether Okta lets us in at all. If it does not, every further question has the same answer.
pub(super) async fn is_admitted(checkup: &mut Checkup, reader: &Reader, policy: &Policy) -> bool {
    match reader.granted_scopes().await {
        Ok(Some(granted)) => {
            let needs = scopes::needs(uses(policy));
            scopes::compare(checkup, &granted, &needs);
        }
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
            NO_ROLE,
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

/// The users that Okta must return.
pub(super) async fn canaries(checkup: &mut Checkup, reader: &Reader, policy: &Policy) {
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

/// The groups and apps that the policy names.
pub(super) async fn directory(
    checkup: &mut Checkup,
    reader: &Reader,
    policy: &Policy,
    catalog: &Catalog,
) -> Option<Directory> {
    const NAME: &str = "Okta groups, apps";
    let names = policy.owned_groups(catalog);
    let labels = policy.owned_apps();
    let read = async {
        let groups = reader.groups().await?;
        let rules = reader.group_rules().await?;
        let apps = if labels.is_empty() { Vec::new() } else { reader.apps().await? };
        Ok::<_, Error>((groups, rules, apps))
    };
    let (groups, rules, apps) = match read.await {
        Ok(read) => read,
        Err(error) => {
            wrong_in_okta(checkup, NAME, &error);
            return None;
        }
    };
    // Every org has the group Everyone.
    if groups.is_empty() {
        let detail = "Okta answers with an empty list of groups, although every org has one";
        checkup.wrong(NAME, detail, NO_ROLE);
        return None;
    }
    let directory = Directory::new(Listing {
        owned: &names,
        labels: &labels,
        links: &BTreeMap::new(),
        groups: &groups,
        rules: &rules,
        apps: &apps,
    });
    // Groups of HR's units that are missing are made by the first org-sync.
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
    Some(directory)
}

/// Whether administrators can be told from everybody else.
pub(super) async fn admins(checkup: &mut Checkup, reader: &Reader) {
    const NAME: &str = "Okta admins";
    match reader.admins().await {
        Ok(admins) => {
            checkup.ok(NAME, format!("administrators can be told apart: {}", admins.len()))
        }
        Err(error) => checkup.warn(
            NAME,
            told(&error),
            "grant okta.roles.read; without it, name every administrator under okta, protected",
        ),
    }
}
