//! Whether Okta shows what an action was meant to bring about.

use std::collections::BTreeSet;

use crate::words::{
    account::{Account, Status},
    action::{ActionKind, AppRef, GroupRef},
    value::Value,
};

/// What reading back showed.
pub(super) struct After<'a> {
    pub(super) account: &'a Account,
    pub(super) groups: &'a BTreeSet<GroupRef>,
    pub(super) apps: &'a BTreeSet<AppRef>,
}

/// Whether the effect of `kind` is there.
pub(super) fn shows(after: &After<'_>, kind: &ActionKind, key: (&str, &str)) -> bool {
    let After { account, groups, apps } = after;
    let has_group = |group: &GroupRef| groups.iter().any(|it| it.id == group.id);
    let has_app = |app: &AppRef| apps.iter().any(|it| it.id == app.id);
    let carries_key =
        || account.profile.get(key.0).and_then(Value::as_text).is_some_and(|it| it == key.1);
    match kind {
        ActionKind::Create(new) => {
            account.login == new.login && carries_key() && new.groups.iter().all(has_group)
        }
        ActionKind::Adopt { .. } => carries_key(),
        ActionKind::Activate => account.status != Status::Staged,
        ActionKind::Reactivate => account.status != Status::Deprovisioned,
        ActionKind::Suspend => is_closed(account),
        ActionKind::Unsuspend => account.status != Status::Suspended,
        // Okta offers no way to list a user's sessions. Closing the account ends them
        // (reference/okta.md, section 2.3), so a closed account is the proof there is.
        ActionKind::EndSessions | ActionKind::RevokeGrants => is_closed(account),
        // Kept by our own ledger, which has confirmed it.
        ActionKind::SaveUndo => true,
        ActionKind::JoinGroup(group) => has_group(group),
        ActionKind::LeaveGroup(group) => !has_group(group),
        ActionKind::AssignApp(app) => has_app(app),
        ActionKind::UnassignApp(app) => !has_app(app),
        ActionKind::Deactivate => {
            account.status == Status::Deprovisioned && account.transitioning_to.is_none()
        }
        ActionKind::Update(changes) | ActionKind::SetManager { changes, .. } => {
            changes.iter().all(|(name, change)| account.profile.get(name) == change.after.as_ref())
        }
    }
}

fn is_closed(account: &Account) -> bool {
    match account.status {
        Status::Suspended | Status::Deprovisioned => true,
        Status::Staged
        | Status::Provisioned
        | Status::Active
        | Status::Recovery
        | Status::PasswordExpired
        | Status::LockedOut => false,
    }
}
