//! The proof at the end of a demo: a second run finds nothing to do, and nobody who left kept
//! anything. The second half does not ask Rollcall: it looks at HR's truth and at Okta.

use std::collections::BTreeMap;

use anyhow::Result;
use rollcall::{
    flows::Depth,
    words::{action::Outcome, flow::Flow},
};
use rollcall_sandbox::okta::{GroupKind, Org, Status, User};

use super::Demo;

/// What the proof found.
pub struct Proof {
    /// Steps that a second run of a flow still wanted to take; none, if it converged.
    pub left_to_do: Vec<String>,
    /// What somebody who has left still has; nothing, if all is well.
    pub still_there: Vec<String>,
    /// Accounts that were looked at because their people have left.
    pub leavers: usize,
    /// Users in Okta by status.
    pub statuses: BTreeMap<&'static str, usize>,
}

impl Proof {
    /// Whether nothing is left to do and nobody who left has anything.
    pub fn is_converged(&self) -> bool {
        self.left_to_do.is_empty() && self.still_there.is_empty()
    }
}

/// Runs everything again, by change and in full, and looks at everybody who has left.
pub async fn gather(demo: &mut Demo) -> Result<Proof> {
    let mut left_to_do = Vec::new();
    for depth in [Depth::Changed, Depth::Everyone] {
        for flow in Flow::ALL {
            let report = demo.report(flow, depth).await?;
            // What waits for a person's word goes on waiting.
            let wanted = report.steps.iter().filter(|it| it.outcome != Outcome::Held);
            left_to_do.extend(wanted.map(|it| format!("{flow}: person {} {}", it.person, it.kind)));
        }
    }
    let org = demo.town.okta.org();
    let mut statuses = BTreeMap::new();
    for user in org.users() {
        *statuses.entry(user.status.word()).or_default() += 1;
    }
    let leavers: Vec<&User> = demo
        .diary
        .left
        .iter()
        .filter_map(|it| org.user_by_login(&it.change.login))
        // Somebody who came back has everything again, and rightly so.
        .filter(|it| matches!(it.status, Status::Suspended | Status::Deprovisioned))
        .collect();
    let still_there = leavers.iter().flat_map(|it| still_has(&org, it)).collect();
    Ok(Proof { left_to_do, still_there, leavers: leavers.len(), statuses })
}

/// Everything that a leaver must not have any more.
fn still_has(org: &Org, user: &User) -> Vec<String> {
    let login = user.profile.get("login").and_then(|it| it.as_str()).unwrap_or_default();
    let mut res = Vec::new();
    let mut count = |what: &str, count: usize| {
        if count > 0 {
            res.push(format!("{login} still has {count} {what}"));
        }
    };
    count("sessions", org.sessions_of(&user.id));
    count("tokens", org.tokens_of(&user.id).len());
    count("grants", org.grants_of(&user.id).len());
    let groups = org.groups_of(&user.id);
    let by_hand = groups.iter().filter(|name| {
        let group = org.group_by_name(name);
        group.is_some_and(|it| it.kind == GroupKind::Okta && **name != "Berlin house rules")
    });
    count("groups", by_hand.count());
    res
}
