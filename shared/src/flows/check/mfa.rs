//! The enrollment policies of the MFA tiers: whether Okta has them, and whether they stand as the
//! tiers need them. What is wrong is judged as a run of mfa-policy judges it.

use std::{collections::BTreeSet, sync::Arc};

use super::wrong_in_okta;
use crate::{
    deciders::{
        checkup::Checkup,
        plan::Directory,
        policy::Policy,
        tiers::{self, MfaRules},
    },
    doors::okta::Reader,
    flows::org::enrollment_policies,
};

const NAME: &str = "Okta MFA policies";

/// Compares what the policy names with what Okta has. Needs okta.policies.read.
pub(super) async fn check(
    checkup: &mut Checkup,
    reader: &Reader,
    policy: &Policy,
    directory: &Directory,
) {
    let Some(rules) = &policy.mfa else { return };
    let names: BTreeSet<Arc<str>> = rules.tiers.iter().filter_map(|it| it.policy.clone()).collect();
    if names.is_empty() {
        return;
    }
    let policies = match enrollment_policies(reader, &names).await {
        Ok(policies) => policies,
        Err(error) => return wrong_in_okta(checkup, NAME, &error),
    };
    // What a run would put right by itself is worth knowing before the first run, too.
    let rules = MfaRules { manage_policies: false, ..rules.clone() };
    let (findings, _) = tiers::review(&rules, directory, &policies);
    if findings.is_empty() {
        let detail = format!("all {} of the tiers are there, active and in order", names.len());
        return checkup.ok(NAME, detail);
    }
    for it in findings {
        let (what, advice) = it.detail.split_once(". ").or(it.detail.split_once("; ")).unwrap_or((
            &it.detail,
            "look at it in Okta under Security, Authenticators, Enrollment",
        ));
        checkup.wrong(NAME, format!("{} {what}", it.subject), advice);
    }
}
