//! Which scopes of Okta's each flow needs, and which of them were not granted.
//!
//! Okta may drop a scope in silence: the token then lacks it, and the first write that needs it
//! fails in the middle of a run (reference/okta.md, section 7.2).

use std::{collections::BTreeSet, fmt, sync::Arc};

use super::{Checkup, Health, Line};
use crate::words::flow::Flow;

/// Who needs a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needer {
    /// A flow.
    Flow(Flow),
    /// The check of the profile's attributes.
    Attributes,
    /// Telling administrators from everybody else.
    Administrators,
}

impl fmt::Display for Needer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flow(flow) => f.pad(flow.as_str()),
            Self::Attributes => f.pad("this check"),
            Self::Administrators => f.pad("protecting administrators"),
        }
    }
}

/// What one of them needs (reference/okta.md, section 7.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Who.
    pub who: Needer,
    /// The scopes; who may manage may read.
    pub scopes: Vec<&'static str>,
}

/// What the policy makes use of: nobody has to grant what is never used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Apps that are assigned directly.
    pub apps: bool,
    /// Enrollment policies of MFA tiers, which are looked at.
    pub policies: bool,
    /// The same, and put right where they are wrong.
    pub repairs: bool,
}

/// What everybody needs.
pub fn needs(uses: Uses) -> Vec<Need> {
    let of_flow = |flow: Flow| {
        // Open and close accounts, write profiles, join and leave groups, make groups.
        let mut scopes = vec!["okta.users.manage", "okta.groups.manage"];
        match flow {
            Flow::Offboarding
            | Flow::NewHire
            | Flow::ProfileSync
            | Flow::Contractor
            | Flow::OrgSync => scopes.extend(uses.apps.then_some("okta.apps.manage")),
            Flow::MfaPolicy if uses.repairs => scopes.push("okta.policies.manage"),
            Flow::MfaPolicy => scopes.extend(uses.policies.then_some("okta.policies.read")),
        }
        Need { who: Needer::Flow(flow), scopes }
    };
    let mut res: Vec<Need> = Flow::ALL.into_iter().map(of_flow).collect();
    res.push(Need { who: Needer::Attributes, scopes: vec!["okta.schemas.read"] });
    res.push(Need { who: Needer::Administrators, scopes: vec!["okta.roles.read"] });
    res
}

const NAME: &str = "Okta scopes";
const ADVICE: &str = "a super admin grants them under Applications, the app, Okta API Scopes; name \
                      them in `scopes` if the credentials have that field";

/// Compares what is granted with what is needed, a line for each who needs something.
pub fn compare(checkup: &mut Checkup, granted: &BTreeSet<Arc<str>>, needs: &[Need]) {
    for Need { who, scopes } in needs {
        let missing: Vec<&str> = scopes.iter().copied().filter(|it| !covers(granted, it)).collect();
        if missing.is_empty() {
            checkup.ok(NAME, format!("{who}: {}", scopes.join(", ")));
            continue;
        }
        // A run can do without what only a check or a precaution reads.
        let health = match who {
            Needer::Flow(_) => Health::Wrong,
            Needer::Attributes | Needer::Administrators => Health::Warning,
        };
        checkup.lines.push(Line {
            name: NAME,
            health,
            detail: format!("{who}: not granted: {}", missing.join(", ")),
            advice: Some(ADVICE.to_owned()),
        });
    }
}

fn covers(granted: &BTreeSet<Arc<str>>, scope: &str) -> bool {
    let manage = scope.strip_suffix(".read").map(|it| format!("{it}.manage"));
    granted.contains(scope) || manage.is_some_and(|it| granted.contains(&*it))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(granted: &[&str], uses: Uses, expected: Expect) {
        let granted = granted.iter().map(|it| Arc::from(*it)).collect();
        let mut checkup = Checkup::default();
        compare(&mut checkup, &granted, &needs(uses));
        let lines: Vec<String> = checkup.lines.iter().map(ToString::to_string).collect();
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn every_flow_says_what_it_lacks() {
        let granted = ["okta.users.manage", "okta.schemas.read", "okta.roles.read"];
        check(
            &granted,
            Uses { apps: true, policies: true, repairs: true },
            expect![[r#"
                wrong    Okta scopes        offboarding: not granted: okta.groups.manage, okta.apps.manage
                                            -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
                wrong    Okta scopes        contractor: not granted: okta.groups.manage, okta.apps.manage
                                            -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
                wrong    Okta scopes        new-hire: not granted: okta.groups.manage, okta.apps.manage
                                            -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
                wrong    Okta scopes        profile-sync: not granted: okta.groups.manage, okta.apps.manage
                                            -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
                wrong    Okta scopes        org-sync: not granted: okta.groups.manage, okta.apps.manage
                                            -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
                wrong    Okta scopes        mfa-policy: not granted: okta.groups.manage, okta.policies.manage
                                            -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field
                ok       Okta scopes        this check: okta.schemas.read
                ok       Okta scopes        protecting administrators: okta.roles.read"#]],
        );
    }

    #[test]
    fn who_may_manage_may_read_and_nobody_needs_what_the_policy_never_uses() {
        let granted = ["okta.users.manage", "okta.groups.manage", "okta.schemas.manage"];
        check(
            &granted,
            Uses::default(),
            expect![[r#"
                ok       Okta scopes        offboarding: okta.users.manage, okta.groups.manage
                ok       Okta scopes        contractor: okta.users.manage, okta.groups.manage
                ok       Okta scopes        new-hire: okta.users.manage, okta.groups.manage
                ok       Okta scopes        profile-sync: okta.users.manage, okta.groups.manage
                ok       Okta scopes        org-sync: okta.users.manage, okta.groups.manage
                ok       Okta scopes        mfa-policy: okta.users.manage, okta.groups.manage
                ok       Okta scopes        this check: okta.schemas.read
                warning  Okta scopes        protecting administrators: not granted: okta.roles.read
                                            -> a super admin grants them under Applications, the app, Okta API Scopes; name them in `scopes` if the credentials have that field"#]],
        );
    }
}
