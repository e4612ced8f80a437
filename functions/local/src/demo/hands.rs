//! What people do in Okta's console during the month, behind Rollcall's back.
//!
//! Somebody lets a leaver in again, security closes an account, a member is added by hand, an
//! enrollment policy is switched off: what flows that only listened to HR would never see.

use rollcall_sandbox::okta::{GroupKind, Org, Status, User};

/// Something that somebody did in Okta's console.
pub struct ByHand {
    /// What, in a word.
    pub kind: &'static str,
    /// To whose account: the value of the key attribute. `None` for the org itself.
    pub person: Option<String>,
    /// The same as a sentence.
    pub text: String,
}

/// The attribute that carries UKG's person id, as the example policy names it.
const KEY: &str = "ukgPersonId";
/// The policy that somebody switches off for two days.
const POLICY: &str = "Enrollment elevated";
/// The group to which somebody adds a friend.
const GROUP: &str = "Executives";

/// What happens in the console on a day of the demo, counted from 0. `leavers` are the logins of
/// those who have left, the latest last.
pub fn a_day_in_the_console(org: &mut Org, day: u32, leavers: &[&str]) -> Vec<ByHand> {
    let done = match day % 30 {
        10 => reopen_a_leaver(org, leavers),
        12 => set_status(org, Status::Active, Status::Suspended, "security suspends"),
        14 => set_status(org, Status::Suspended, Status::Active, "security opens again"),
        16 => add_a_member(org),
        19 => switch(org, false),
        21 => switch(org, true),
        _ => None,
    };
    done.into_iter().collect()
}

fn reopen_a_leaver(org: &mut Org, leavers: &[&str]) -> Option<ByHand> {
    let user = leavers
        .iter()
        .rev()
        .filter_map(|it| org.user_by_login(it))
        .find(|it| matches!(it.status, Status::Suspended | Status::Deprovisioned))?;
    let (id, by_hand) = (user.id.clone(), about(user, "reopen-leaver", "an administrator lets"));
    org.force_status(&id, Status::Active);
    Some(ByHand { text: format!("{} in again", by_hand.text), ..by_hand })
}

/// The same worker is closed and, days later, opened: the first of those whom Rollcall looks after.
fn set_status(org: &mut Org, from: Status, to: Status, who_does_what: &str) -> Option<ByHand> {
    let user = org.users().find(|it| it.profile.contains_key(KEY) && is_plain(org, it))?;
    if user.status != from {
        return None;
    }
    let kind = if to == Status::Suspended { "suspend-worker" } else { "unsuspend-worker" };
    let (id, by_hand) = (user.id.clone(), about(user, kind, who_does_what));
    org.force_status(&id, to);
    Some(by_hand)
}

fn add_a_member(org: &mut Org) -> Option<ByHand> {
    let group = org.group_by_name(GROUP).map(|it| it.id.clone())?;
    let user = org.users().filter(|it| it.status == Status::Active && is_plain(org, it)).nth(1)?;
    let (id, by_hand) = (user.id.clone(), about(user, "add-member", "a colleague puts"));
    org.add_to_group(&group, &id);
    Some(ByHand { text: format!("{} into group {GROUP}", by_hand.text), ..by_hand })
}

fn switch(org: &mut Org, is_on: bool) -> Option<ByHand> {
    org.switch_policy(POLICY, is_on);
    let (kind, word) = if is_on { ("policy-on", "on") } else { ("policy-off", "off") };
    let text = format!("somebody switches the MFA policy {POLICY:?} {word}");
    Some(ByHand { kind, person: None, text })
}

/// Whether nothing special is known of the user: in the groups of everybody, and not above.
fn is_plain(org: &Org, user: &User) -> bool {
    let groups = org.groups_of(&user.id);
    let is_special = |name: &String| {
        let group = org.group_by_name(name);
        name == GROUP
            || name == "Okta administrators"
            || group.is_some_and(|it| it.kind != GroupKind::Okta && it.kind != GroupKind::BuiltIn)
    };
    groups.contains("Employees") && !groups.iter().any(is_special)
}

fn about(user: &User, kind: &'static str, does: &str) -> ByHand {
    let text = |name: &str| user.profile.get(name).and_then(|it| it.as_str()).unwrap_or_default();
    ByHand {
        kind,
        person: Some(text(KEY).to_owned()).filter(|it| !it.is_empty()),
        text: format!("{does} {} {}", text("firstName"), text("lastName")),
    }
}
