//! How fast we may go, and whether our clock agrees with Okta's. Both are learned from the answers
//! that the rest of the check got.

use jiff::SignedDuration;

use crate::{
    deciders::{checkup::Checkup, policy::Policy},
    doors::okta::{Allowance, Reader},
};

/// More than this between the clocks and signatures begin to fail: Okta takes none from the
/// future, and DPoP proofs for five minutes only (reference/okta.md, section 7.3).
const SKEW_LIMIT: SignedDuration = SignedDuration::from_secs(60);
/// With fewer calls a minute, a company of a thousand takes hours for what should take minutes.
const TOO_FEW: u32 = 10;

/// Each bucket's limit beside the share of it that may be used.
pub(super) fn check(checkup: &mut Checkup, reader: &Reader, policy: &Policy) {
    judge(checkup, &reader.allowances(), policy.okta.budget_share);
}

fn judge(checkup: &mut Checkup, allowances: &[Allowance], share: u8) {
    const NAME: &str = "Okta rate limits";
    if allowances.is_empty() {
        return checkup.warn(
            NAME,
            "Okta's answers do not show any, so nobody knows how fast is too fast",
            "check whether a proxy between here and Okta drops the X-Rate-Limit headers",
        );
    }
    for Allowance { bucket, limit, ours } in allowances {
        let detail = format!("{bucket}: {limit} a minute, {ours} of them ours ({share} %)");
        if *ours < TOO_FEW {
            checkup.warn(
                NAME,
                detail,
                "raise okta.budget_share in the policy, or this token's or app's share of the rate \
                 limit in Okta (Security, API, Tokens; for an app: Applications, the app, \
                 Application rate limits)",
            );
        } else {
            checkup.ok(NAME, detail);
        }
    }
}

/// The two clocks.
pub(super) fn clocks(checkup: &mut Checkup, reader: &Reader) {
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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::doors::okta::Bucket;

    #[test]
    fn share_of_each_bucket_is_told_and_a_small_one_is_a_warning() {
        let mut checkup = Checkup::default();
        let allowances = [(Bucket::Users, 600, 300), (Bucket::Apps, 10, 5)]
            .map(|(bucket, limit, ours)| Allowance { bucket, limit, ours });
        judge(&mut checkup, &allowances, 50);
        judge(&mut checkup, &[], 50);
        let lines: Vec<String> = checkup.lines.iter().map(ToString::to_string).collect();
        expect![[r#"
            ok       Okta rate limits   /api/v1/users: 600 a minute, 300 of them ours (50 %)
            warning  Okta rate limits   /api/v1/apps: 10 a minute, 5 of them ours (50 %)
                                        -> raise okta.budget_share in the policy, or this token's or app's share of the rate limit in Okta (Security, API, Tokens; for an app: Applications, the app, Application rate limits)
            warning  Okta rate limits   Okta's answers do not show any, so nobody knows how fast is too fast
                                        -> check whether a proxy between here and Okta drops the X-Rate-Limit headers"#]].assert_eq(&lines.join("\n"));
    }
}
