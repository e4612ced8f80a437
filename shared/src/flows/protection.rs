//! Whose account is not touched without a person's word: members of the policy's protected groups,
//! and whoever holds an Okta admin role.

use std::collections::{BTreeMap, BTreeSet};

use super::Error;
use crate::{
    deciders::{
        guard::{Objection, Shield},
        plan::{Directory, Plan},
        policy::Policy,
    },
    doors::okta::{self, MembersPage, Reader, Refused},
    words::{
        finding::{Finding, FindingCode, Subject},
        ids::OktaUserId,
    },
};

/// Reasons to ask before parts of this plan are carried out. Nothing is asked of Okta when there
/// is nothing to carry out.
pub(super) async fn objections(
    reader: &Reader,
    policy: &Policy,
    directory: &Directory,
    plan: &Plan,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Objection>, Error> {
    if plan.people.iter().all(|it| it.user.is_none()) {
        return Ok(Vec::new());
    }
    let mut shields: BTreeMap<OktaUserId, Shield> = BTreeMap::new();
    for user in admins(reader, findings).await? {
        shields.insert(user, Shield::AdminRole);
    }
    for group in directory.meant_by(&policy.okta.protected_groups) {
        for user in reader.group_members(&group.id, MembersPage::Recommended).await? {
            shields.insert(user, Shield::Group(group.name.clone()));
        }
    }
    let objections = plan.people.iter().filter_map(|part| {
        let user = part.user.clone()?;
        let shield = shields.get(&user)?.clone();
        let kind = shield.first_kept(part)?;
        Some(Objection::Protected { person: part.person.clone(), user, shield, kind })
    });
    Ok(objections.collect())
}

async fn admins(
    reader: &Reader,
    findings: &mut Vec<Finding>,
) -> Result<BTreeSet<OktaUserId>, Error> {
    match reader.admins().await {
        Ok(admins) => Ok(admins),
        Err(
            okta::Error::Forbidden { .. }
            | okta::Error::Refused { why: Refused::NotPermitted | Refused::NotFound, .. },
        ) => {
            findings.push(Finding::warning(
                Subject::Run,
                FindingCode::Protected,
                "Okta's administrators cannot be told from everybody else; grant okta.roles.read, \
                 or name them in okta.protected.users",
            ));
            Ok(BTreeSet::new())
        }
        Err(other) => Err(other.into()),
    }
}
