//! UKG: what the account may read, who is in it, and what its codes mean.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Office, wrong_in_ukg};
use crate::{
    deciders::{checkup::Checkup, roster},
    doors::ukg::{self, Endpoint, Error, Scope},
    words::{finding::Finding, hr::Catalog, person::Presence},
};

/// Looks at UKG, and gives back what its codes mean as far as they could be read.
pub(super) async fn check(checkup: &mut Checkup, office: &Office, as_of: Timestamp) -> Catalog {
    let Reach { people: may_read_people, codes: may_read_codes } =
        grants(checkup, &office.ukg).await;
    if may_read_people {
        people(checkup, office, as_of).await;
    }
    if may_read_codes { catalog(checkup, &office.ukg).await } else { Catalog::default() }
}

/// What can be read whole.
struct Reach {
    people: bool,
    codes: bool,
}

/// Asks every endpoint for one row: each is granted by a right of its own.
async fn grants(checkup: &mut Checkup, ukg: &ukg::Client) -> Reach {
    const NAME: &str = "UKG grants";
    let mut reach = Reach { people: true, codes: true };
    let mut readable = Vec::new();
    let mut refused: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for endpoint in ukg.endpoints() {
        let Err(error) = ukg.probe(endpoint).await else {
            readable.push(endpoint.to_string());
            continue;
        };
        if is_for_everything(&error) {
            wrong_in_ukg(checkup, "UKG login", &error);
            return Reach { people: false, codes: false };
        }
        if let Error::Forbidden { endpoint } = error {
            refused.entry(endpoint.grant()).or_default().push(endpoint.to_string());
        } else {
            wrong_in_ukg(checkup, NAME, &error);
        }
        match endpoint {
            Endpoint::EmploymentDetails
            | Endpoint::EmployeeEmploymentDetails
            | Endpoint::PersonDetails
            | Endpoint::ContractDetails
            | Endpoint::SupervisorDetails
            | Endpoint::UserDefinedFields
            | Endpoint::EmployeeChanges => reach.people = false,
            Endpoint::OrgLevels
            | Endpoint::Jobs
            | Endpoint::Locations
            | Endpoint::CompanyDetails
            | Endpoint::CodeTables => reach.codes = false,
        }
    }
    // One right often covers several endpoints, and is granted once.
    for (grant, endpoints) in refused {
        checkup.wrong(
            NAME,
            format!("UKG refuses {}: the account lacks View on \"{grant}\"", endpoints.join(", ")),
            format!(
                "grant the web service account View on \"{grant}\" (System Configuration, \
                 Security, Web Services)"
            ),
        );
    }
    if !readable.is_empty() {
        checkup.ok(NAME, format!("may read {}", readable.join(", ")));
    }
    reach
}

/// Whether every further question would have the same answer.
fn is_for_everything(error: &Error) -> bool {
    match error {
        Error::Unauthorized { .. }
        | Error::UnusableCredentials { .. }
        | Error::NoClient { .. }
        | Error::Transport { .. }
        | Error::NotJson { .. } => true,
        Error::NotAnId { .. }
        | Error::Forbidden { .. }
        | Error::NotFound { .. }
        | Error::RateLimited { .. }
        | Error::Unavailable { .. }
        | Error::Unexpected { .. }
        | Error::CutOff { .. }
        | Error::NotRows { .. }
        | Error::ForeignLink { .. }
        | Error::RepeatedPage { .. }
        | Error::Incomplete { .. }
        | Error::TooManyRows { .. }
        | Error::FilterIgnored { .. } => false,
    }
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
    let here = roster.persons().filter(|it| match it.presence {
        Presence::Here { .. } | Presence::Away { .. } => true,
        Presence::NotYet(_) | Presence::Gone(_) => false,
    });
    let detail = format!(
        "{} people with {employments} employments, {} of them employed now",
        roster.ids().len(),
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
