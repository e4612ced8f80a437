//! The enrollment policies that our policy names: whether Okta has them, and whether they act.
//!
//! The policy has no section for MFA tiers yet, so [`named`] is empty and nothing is asked. When
//! it has one, `named` is the only thing to fill in; the order of the policies and which groups
//! they include are for the flow that moves people between tiers to check.

use std::sync::Arc;

use super::wrong_in_okta;
use crate::{
    deciders::{checkup::Checkup, policy::Policy},
    doors::okta::{MfaPolicy, Reader},
};

const NAME: &str = "Okta MFA policies";

/// Every enrollment policy that the policy names.
fn named(_policy: &Policy) -> Vec<Arc<str>> {
    Vec::new()
}

/// Compares what the policy names with what Okta has. Needs okta.policies.read.
pub(super) async fn check(checkup: &mut Checkup, reader: &Reader, policy: &Policy) {
    let names = named(policy);
    if names.is_empty() {
        return;
    }
    match reader.mfa_policies().await {
        Ok(policies) => judge(checkup, &names, &policies),
        Err(error) => wrong_in_okta(checkup, NAME, &error),
    }
}

fn judge(checkup: &mut Checkup, names: &[Arc<str>], policies: &[MfaPolicy]) {
    let mut is_well = true;
    for name in names {
        let mut same = policies.iter().filter(|it| it.name == *name);
        let (what, advice) = match (same.next(), same.next()) {
            (None, _) => (
                "does not exist in Okta",
                "create it under Security, Authenticators, Enrollment, or correct its name in the \
                 policy",
            ),
            (Some(_), Some(_)) => ("exists more than once in Okta", "rename the others"),
            (Some(it), None) if !it.is_active => {
                ("is inactive", "activate it under Security, Authenticators, Enrollment")
            }
            (Some(it), None) if it.is_system => (
                "is Okta's default policy, which is for everyone",
                "create a policy of its own for the tier",
            ),
            (Some(_), None) => continue,
        };
        is_well = false;
        checkup.wrong(NAME, format!("policy {name:?} {what}"), advice);
    }
    if is_well {
        checkup.ok(NAME, format!("all {} of the policy are there and active", names.len()));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn policy(name: &str) -> MfaPolicy {
        MfaPolicy {
            id: format!("00p{name}").as_str().into(),
            name: name.into(),
            is_active: true,
            priority: Some(1),
            is_system: false,
            groups: Vec::new(),
        }
    }

    #[test]
    fn policies_must_be_there_once_active_and_our_own() {
        let policies = [
            policy("Strong"),
            policy("Twice"),
            policy("Twice"),
            MfaPolicy { is_active: false, ..policy("Asleep") },
            MfaPolicy { is_system: true, ..policy("Default Policy") },
        ];
        let names = ["Strong", "Twice", "Asleep", "Default Policy", "Nobody's"].map(Arc::from);
        let mut checkup = Checkup::default();
        judge(&mut checkup, &names, &policies);
        judge(&mut checkup, &names[..1], &policies);
        let lines: Vec<String> = checkup.lines.iter().map(ToString::to_string).collect();
        expect![[r#"
            wrong    Okta MFA policies  policy "Twice" exists more than once in Okta
                                        -> rename the others
            wrong    Okta MFA policies  policy "Asleep" is inactive
                                        -> activate it under Security, Authenticators, Enrollment
            wrong    Okta MFA policies  policy "Default Policy" is Okta's default policy, which is for everyone
                                        -> create a policy of its own for the tier
            wrong    Okta MFA policies  policy "Nobody's" does not exist in Okta
                                        -> create it under Security, Authenticators, Enrollment, or correct its name in the policy
            ok       Okta MFA policies  all 1 of the policy are there and active"#]].assert_eq(&lines.join("\n"));
    }
}
