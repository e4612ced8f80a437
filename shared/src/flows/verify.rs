//! Whether Okta shows what an action was meant to bring about.

use std::{collections::BTreeSet, time::Duration};

use super::{
    Error,
    apply::{Hand, Said},
    okta_side::{self, writable_groups},
};
use crate::{
    deciders::plan::Seen,
    doors::okta::AppScope,
    words::{
        account::{Account, Status},
        action::{ActionKind, AppRef, GroupRef, Kind, Outcome},
        finding::{Finding, FindingCode},
        ids::OktaUserId,
        value::Value,
    },
};

/// Waits between reading back, in milliseconds: memberships can lag for seconds
/// (reference/okta.md, section 3).
const READ_BACK_MS: [u64; 5] = [0, 250, 1_000, 3_000, 6_000];

impl Hand<'_> {
    /// Reads Okta until it shows every step that was done, or patience ends.
    pub(super) async fn read_back(
        &self,
        said: &mut [Said],
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Seen>, Error> {
        let Some(user) = self.user().cloned() else { return Ok(None) };
        let key = self.site.office.policy.okta.key_attribute.as_ref();
        let key = (key, self.part.person.as_str());
        let mut seen = None;
        for wait in READ_BACK_MS {
            if wait > 0 {
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            let now = self.look(&user, seen.as_ref()).await?;
            let Some(now) = now else { break };
            let after = After {
                account: &now.account,
                groups: &now.groups,
                apps: &now.apps,
                linked_manager: now.linked_manager.as_ref(),
            };
            for (action, it) in self.part.actions.iter().zip(said.iter_mut()) {
                if it.outcome == Outcome::Done && shows(&after, &action.kind, key) {
                    it.outcome = Outcome::Verified;
                }
            }
            seen = Some(now);
            if said.iter().all(|it| it.outcome != Outcome::Done) {
                break;
            }
        }
        for (action, it) in self.part.actions.iter().zip(said.iter()) {
            if it.outcome == Outcome::Done {
                findings.push(self.finding(
                    FindingCode::NotVerified,
                    format!(
                        "okta was asked to {} and does not show it; the next run looks again",
                        action.kind.kind()
                    ),
                ));
            }
        }
        Ok(seen)
    }

    /// Reads what the steps of this part could have changed, and nothing else.
    async fn look(&self, user: &OktaUserId, before: Option<&Seen>) -> Result<Option<Seen>, Error> {
        let Some(account) = self.reader.user(user).await? else { return Ok(None) };
        let known = before.or(self.seen.as_ref());
        let touches_groups = self.part.actions.iter().any(|it| {
            matches!(
                it.kind.kind(),
                Kind::Create
                    | Kind::JoinGroup
                    | Kind::LeaveGroup
                    | Kind::RaiseTier
                    | Kind::LowerTier
            )
        });
        let groups = if touches_groups {
            writable_groups(self.reader, user).await?
        } else {
            known.map_or_else(BTreeSet::new, |it| it.groups.clone())
        };
        let mut apps = known.map_or_else(BTreeSet::new, |it| it.apps.clone());
        for action in &self.part.actions {
            if let ActionKind::AssignApp(app) | ActionKind::UnassignApp(app) = &action.kind {
                let found = self.reader.app_user(&app.id, user).await?;
                if found.is_some_and(|it| it.scope == AppScope::User) {
                    apps.insert(app.clone());
                } else {
                    apps.remove(app);
                }
            }
        }
        let mut linked_manager = known.and_then(|it| it.linked_manager.clone());
        for action in &self.part.actions {
            if let ActionKind::LinkManager { relation, .. } = &action.kind {
                let manager = okta_side::linked_manager(self.reader, relation, user).await?;
                linked_manager = Some(manager);
            }
        }
        // A deactivated account has lost its apps with its status (reference/okta.md, section 2.3).
        if account.status == Status::Deprovisioned {
            apps.clear();
        }
        Ok(Some(Seen { account, groups, apps, linked_manager }))
    }
}

/// What reading back showed.
struct After<'a> {
    account: &'a Account,
    groups: &'a BTreeSet<GroupRef>,
    apps: &'a BTreeSet<AppRef>,
    linked_manager: Option<&'a Option<OktaUserId>>,
}

/// Whether the effect of `kind` is there.
fn shows(after: &After<'_>, kind: &ActionKind, key: (&str, &str)) -> bool {
    let After { account, groups, apps, linked_manager } = after;
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
        // Okta offers no way to list a user's sessions. An account that nobody can sign in to is
        // the proof there is (reference/okta.md, section 2.3); on an ACTIVE one they could have
        // been opened anew since Okta's receipt.
        ActionKind::EndSessions | ActionKind::RevokeGrants => account.status != Status::Active,
        // Kept by our own ledger, which has confirmed it.
        ActionKind::SaveUndo | ActionKind::Archive => true,
        ActionKind::RenameLogin { from: _, to } => account.login == *to,
        ActionKind::LinkManager { relation: _, manager } => {
            *linked_manager == Some(&manager.as_ref().map(|(_, user)| user.clone()))
        }
        ActionKind::SetTier(change) => has_group(&change.to) && !change.from.iter().any(has_group),
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
