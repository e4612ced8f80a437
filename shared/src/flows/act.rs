//! One step at a time, and what Okta's answer means.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, Timestamp};

use super::{
    Error,
    apply::{Hand, Said},
};
use crate::{
    deciders::plan::Seen,
    doors::{
        ledger::{Link, Tombstone, UndoPack, Writer},
        okta::{self, Mail, NewUser, Refused},
    },
    words::{
        account::Account,
        action::{Action, ActionKind, Kind, NewAccount, Outcome, TierChange, expected_statuses},
        ids::{Login, OktaUserId},
        value::Value,
    },
};

/// How long a login stays with its last owner: mail to former colleagues dries up within two years.
const TOMBSTONE_DAYS: i64 = 730;

impl Hand<'_> {
    /// One step. Answers that mean "it is so already" are successes; reading back decides.
    pub(super) async fn take(
        &mut self,
        action: &Action,
        right: &Writer,
        link: &mut Option<Link>,
    ) -> Result<Said, Error> {
        if let ActionKind::Create(new) = &action.kind {
            return self.create(new, right, link).await;
        }
        if action.kind == ActionKind::SaveUndo {
            self.save_undo(right).await?;
            return Ok(Said::done(None));
        }
        if action.kind == ActionKind::Archive {
            return self.archive(right).await;
        }
        let Some(user) = self.user().cloned() else {
            return Ok(Said::skipped("there is no account"));
        };
        // It went with the rest of the profile: one call for any number of attributes.
        if let (ActionKind::Update(_) | ActionKind::SetManager { .. }, Some(receipt)) =
            (&action.kind, &self.profile)
        {
            return Ok(Said::done(receipt.request_id.clone()));
        }
        // A login that is given up stays with its owner like one that is closed. Before the step,
        // since nobody knows what comes after it.
        if matches!(action.kind.kind(), Kind::Deactivate | Kind::RenameLogin) {
            self.bury(right).await?;
        }
        let answer = self.write(&user, &action.kind).await;
        match answer {
            Ok(receipt) => {
                if let ActionKind::RenameLogin { from: _, to } = &action.kind {
                    *link = self.link_as(to, right).await?;
                }
                if let ActionKind::Adopt { .. } = action.kind
                    && let Some(seen) = self.seen.clone()
                {
                    *link = Some(self.link(&seen.account, right, false).await?);
                }
                if action.kind.kind() == Kind::Update {
                    self.profile = Some(receipt.clone());
                }
                Ok(Said::done(receipt.request_id))
            }
            // Somebody put the person into a group that gives the app, a moment ago.
            Err(okta::Error::Refused { why: Refused::ByGroup, .. }) => {
                Ok(Said::skipped("a group gives the app as well"))
            }
            Err(error) if is_moot(&error, action.kind.kind()) => {
                let detail = Some(error.to_string());
                Ok(Said { outcome: Outcome::Done, request_id: None, detail })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn create(
        &mut self,
        new: &NewAccount,
        right: &Writer,
        link: &mut Option<Link>,
    ) -> Result<Said, Error> {
        let request = NewUser {
            login: new.login.clone(),
            profile: new.profile.clone(),
            groups: new.groups.iter().map(|it| it.id.clone()).collect(),
        };
        let written = self.writer.create(&request).await?;
        *link = Some(self.link(&written.value, right, true).await?);
        let account = written.value;
        self.seen = Some(Seen {
            account,
            groups: BTreeSet::new(),
            apps: BTreeSet::new(),
            linked_manager: None,
        });
        Ok(Said::done(written.receipt.request_id))
    }

    async fn write(
        &self,
        user: &OktaUserId,
        kind: &ActionKind,
    ) -> Result<okta::Receipt, okta::Error> {
        let policy = &self.site.office.policy;
        let mail = if policy.lifecycle.send_activation_email { Mail::Send } else { Mail::Spare };
        match kind {
            ActionKind::Adopt { .. } => {
                let key = Value::Text(self.part.person.as_str().into());
                let changes = BTreeMap::from([(policy.okta.key_attribute.clone(), Some(key))]);
                Ok(self.writer.update_profile(user, &changes).await?.receipt)
            }
            ActionKind::Activate => {
                let receipt = self.writer.activate(user, mail).await?;
                self.reader.settle(user).await?;
                Ok(receipt)
            }
            ActionKind::Reactivate => {
                let receipt = self.writer.reactivate_deprovisioned(user, mail).await?;
                self.reader.settle(user).await?;
                Ok(receipt)
            }
            ActionKind::Suspend => self.writer.suspend(user).await,
            ActionKind::Unsuspend => self.writer.unsuspend(user).await,
            ActionKind::EndSessions => self.writer.end_sessions(user).await,
            ActionKind::RevokeGrants => self.writer.revoke_grants(user).await,
            ActionKind::JoinGroup(group) => self.writer.join_group(user, &group.id).await,
            ActionKind::LeaveGroup(group) => self.writer.leave_group(user, &group.id).await,
            ActionKind::AssignApp(app) => self.writer.assign_app(user, &app.id).await,
            ActionKind::UnassignApp(app) => self.writer.unassign_app(user, &app.id).await,
            ActionKind::Deactivate => {
                let receipt = self.writer.deactivate(user).await?;
                self.reader.settle(user).await?;
                Ok(receipt)
            }
            ActionKind::Update(_) | ActionKind::SetManager { .. } => {
                let mut changes = BTreeMap::new();
                for it in &self.part.actions {
                    if let ActionKind::Update(some) | ActionKind::SetManager { changes: some, .. } =
                        &it.kind
                    {
                        let after = some.iter().map(|(name, it)| (name.clone(), it.after.clone()));
                        changes.extend(after);
                    }
                }
                Ok(self.writer.update_profile(user, &changes).await?.receipt)
            }
            ActionKind::RenameLogin { from: _, to } => {
                Ok(self.writer.rename_login(user, to).await?.receipt)
            }
            ActionKind::LinkManager { relation, manager: Some((_, manager)) } => {
                self.writer.set_linked_object(user, relation, manager).await
            }
            ActionKind::LinkManager { relation, manager: None } => {
                self.writer.clear_linked_object(user, relation).await
            }
            ActionKind::SetTier(change) => self.set_tier(user, change).await,
            ActionKind::Create(_) | ActionKind::SaveUndo | ActionKind::Archive => {
                unreachable!("taken before: they do not act on an existing account")
            }
        }
    }

    /// Into the new tier first: between the two calls the stricter policy counts.
    async fn set_tier(
        &self,
        user: &OktaUserId,
        change: &TierChange,
    ) -> Result<okta::Receipt, okta::Error> {
        let TierChange { tier: _, to, joins, from, direction: _ } = change;
        let mut receipt = None;
        if *joins {
            receipt = Some(self.writer.join_group(user, &to.id).await?);
        }
        for group in from {
            receipt = Some(self.writer.leave_group(user, &group.id).await?);
        }
        Ok(receipt.expect("a change of tier joins a group or leaves one"))
    }

    async fn link(
        &self,
        account: &Account,
        right: &Writer,
        created_by_us: bool,
    ) -> Result<Link, Error> {
        let link = Link {
            person: self.part.person.clone(),
            user: account.id.clone(),
            login: account.login.clone(),
            employees: self.site.hr.employees(&self.part.person),
            linked_at: self.now(),
            created_by_us,
        };
        self.site.office.ledger.link(right.fence(), &link).await?;
        Ok(link)
    }

    /// Remembers the new login, so that the mail address that is made of it follows in this run.
    async fn link_as(&self, login: &Login, right: &Writer) -> Result<Option<Link>, Error> {
        let ledger = &self.site.office.ledger;
        let Some(known) = ledger.link_of_person(&self.part.person).await? else { return Ok(None) };
        let link = Link { login: login.clone(), ..known };
        ledger.link(right.fence(), &link).await?;
        Ok(Some(link))
    }

    /// Keeps the login of a closed account for its owner, even if Okta's copy is deleted some day:
    /// a new namesake must not get the mail of the old one (hr-case 53).
    async fn bury(&self, right: &Writer) -> Result<(), Error> {
        let Some(login) = &self.part.login else { return Ok(()) };
        let until = self.now().checked_add(Span::new().hours(24 * TOMBSTONE_DAYS));
        let tombstone =
            Tombstone { person: self.part.person.clone(), until: until.unwrap_or(Timestamp::MAX) };
        Ok(self.site.office.ledger.bury(right.fence(), login, &tombstone).await?)
    }

    async fn save_undo(&self, right: &Writer) -> Result<(), Error> {
        let Some(seen) = &self.seen else { return Ok(()) };
        let Some(departure) = self.site.hr.departure(&self.part.person) else { return Ok(()) };
        let owned = self.site.office.policy.owned_attributes();
        let profile = seen.account.profile.iter().filter(|(name, _)| owned.contains(*name));
        let pack = UndoPack {
            person: self.part.person.clone(),
            user: seen.account.id.clone(),
            departure,
            status: seen.account.status,
            groups: seen.groups.iter().cloned().collect(),
            apps: seen.apps.iter().cloned().collect(),
            profile: profile.map(|(name, it)| (name.clone(), it.clone())).collect(),
            saved_at: self.now(),
            run: self.site.lease.run().clone(),
            used_at: None,
        };
        self.site.office.ledger.save_undo(right.fence(), &pack).await?;
        Ok(())
    }
}

/// Whether Okta's refusal may mean that there was nothing left to do; reading back decides.
fn is_moot(error: &okta::Error, kind: Kind) -> bool {
    match error {
        okta::Error::Refused { why, .. } => match why {
            Refused::WrongStatus | Refused::AlreadyActive => expected_statuses(kind).is_some(),
            Refused::NotFound => kind == Kind::Deactivate,
            Refused::ByGroup
            | Refused::MasteredElsewhere
            | Refused::NotPermitted
            | Refused::ReadOnlyGroup
            | Refused::ReadOnlyAttribute
            | Refused::UnknownAttribute
            | Refused::NameTaken
            | Refused::DefaultPolicy
            | Refused::ForEveryone
            | Refused::TooManyGroups
            | Refused::Invalid { .. }
            | Refused::Code { .. } => false,
        },
        // The step may have had its effect; a create is looked up by the next run instead.
        okta::Error::UnknownOutcome { .. } => kind != Kind::Create,
        okta::Error::OutOfTime { .. }
        | okta::Error::RateLimited { .. }
        | okta::Error::Unreachable { .. }
        | okta::Error::Unavailable { .. }
        | okta::Error::ReadOnly { .. }
        | okta::Error::Busy { .. }
        | okta::Error::StillChanging { .. }
        | okta::Error::LoginTaken { .. }
        | okta::Error::Unauthorized { .. }
        | okta::Error::NoToken { .. }
        | okta::Error::BadKey
        | okta::Error::Forbidden { .. }
        | okta::Error::NotUnderstood { .. }
        | okta::Error::OddAnswer { .. }
        | okta::Error::IncompleteRecord { .. }
        | okta::Error::UnknownStatus { .. }
        | okta::Error::ForeignHost { .. }
        | okta::Error::PageLoop { .. } => false,
    }
}
