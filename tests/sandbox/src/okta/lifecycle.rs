//! The lifecycle of a user: who may become what, and what goes along with it.

use super::{
    error::Problem,
    ids::Id,
    model::{MailReason, Status, Transition},
    options::Transitions,
    org::Org,
};

/// Whether the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mailing {
    /// Okta sends its mail.
    Sent,
    /// Nobody is told.
    Withheld,
}

/// Whether the caller asked with `Prefer: respond-async`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answering {
    /// The answer may come before the effect.
    Early,
    /// The answer comes when all is done.
    WhenDone,
}

impl Org {
    /// STAGED and DEPROVISIONED users become PROVISIONED, or ACTIVE when they have credentials.
    pub(crate) fn activate(&mut self, id: &Id, mailing: Mailing) -> Result<(), Problem> {
        let user = &self.users[id];
        self.refuse_while_activating(user)?;
        let to = if user.has_credentials { Status::Active } else { Status::Provisioned };
        match user.status {
            Status::Staged | Status::Deprovisioned => {}
            Status::Active
            | Status::PasswordExpired
            | Status::LockedOut
            | Status::Recovery
            | Status::Suspended
            | Status::Provisioned => {
                // For ACTIVE a third party's test data says so; for the others it is our guess.
                let summary = "Activation failed because the user is already active";
                return Err(Problem::new(403, "E0000016", summary));
            }
        }
        if mailing == Mailing::Sent && to == Status::Provisioned {
            self.send(id, MailReason::Activation);
        }
        self.note("user.lifecycle.activate", vec![("User", id.clone())]);
        let later = self.options.transitions == Transitions::Always;
        self.move_to(id, to, later);
        Ok(())
    }

    /// Sends PROVISIONED and RECOVERY users a new activation.
    pub(crate) fn reactivate(&mut self, id: &Id, mailing: Mailing) -> Result<(), Problem> {
        let status = self.users[id].status;
        if !matches!(status, Status::Provisioned | Status::Recovery) {
            return Err(Problem::wrong_status());
        }
        if mailing == Mailing::Sent {
            self.send(id, MailReason::Activation);
        }
        self.note("user.lifecycle.reactivate", vec![("User", id.clone())]);
        // Statuses that do not change do not move `statusChanged`.
        if status == Status::Recovery {
            self.set_status(id, Status::Provisioned);
        }
        Ok(())
    }

    /// ACTIVE users become SUSPENDED: sessions end, groups and applications stay.
    pub(crate) fn suspend(&mut self, id: &Id) -> Result<(), Problem> {
        let user = &self.users[id];
        self.refuse_while_activating(user)?;
        let by_links = self.options.unconfirmed.suspend_follows_links;
        let allowed = match user.status {
            Status::Active => true,
            Status::Provisioned | Status::PasswordExpired => by_links,
            Status::Staged
            | Status::Recovery
            | Status::LockedOut
            | Status::Suspended
            | Status::Deprovisioned => false,
        };
        if !allowed {
            let cause = "Cannot suspend a user that is not active";
            return Err(Problem::invalid("suspendUser", cause));
        }
        self.sessions.remove(id);
        self.note("user.lifecycle.suspend", vec![("User", id.clone())]);
        self.set_status(id, Status::Suspended);
        Ok(())
    }

    /// SUSPENDED users become ACTIVE. The refusal names `suspendUser`: so does Okta's.
    pub(crate) fn unsuspend(&mut self, id: &Id) -> Result<(), Problem> {
        if self.users[id].status != Status::Suspended {
            let cause = "Cannot unsuspend a user that is not suspended";
            return Err(Problem::invalid("suspendUser", cause));
        }
        self.note("user.lifecycle.unsuspend", vec![("User", id.clone())]);
        self.set_status(id, Status::Active);
        Ok(())
    }

    /// `LOCKED_OUT` users become ACTIVE.
    pub(crate) fn unlock(&mut self, id: &Id) -> Result<(), Problem> {
        if self.users[id].status != Status::LockedOut {
            return Err(Problem::new(403, "E0000032", "Unlock is not allowed for this user.")
                .because("The user is not locked out."));
        }
        self.note("user.account.unlock_by_admin", vec![("User", id.clone())]);
        self.set_status(id, Status::Active);
        Ok(())
    }

    /// Everybody but DEPROVISIONED users becomes that.
    pub(crate) fn deactivate(
        &mut self,
        id: &Id,
        mailing: Mailing,
        answering: Answering,
    ) -> Result<(), Problem> {
        let user = &self.users[id];
        self.refuse_while_activating(user)?;
        if user.status == Status::Deprovisioned {
            // 404 by the word of two third parties.
            return Err(Problem::not_found(id, "User"));
        }
        if user.transition.is_some() {
            return Ok(());
        }
        if mailing == Mailing::Sent {
            self.send(id, MailReason::Deactivation);
        }
        self.note("user.lifecycle.deactivate", vec![("User", id.clone())]);
        let later =
            answering == Answering::Early || self.options.transitions == Transitions::Always;
        self.move_to(id, Status::Deprovisioned, later);
        Ok(())
    }

    /// One read of the user: a transition that has been watched often enough is over.
    pub(crate) fn polled(&mut self, id: &Id) {
        let Some(user) = self.users.get_mut(id) else { return };
        let Some(transition) = &mut user.transition else { return };
        if transition.polls > 0 {
            transition.polls -= 1;
            return;
        }
        let to = transition.to;
        user.transition = None;
        self.arrive(id, to);
    }

    fn move_to(&mut self, id: &Id, to: Status, later: bool) {
        let polls = self.options.transition_polls;
        if later && polls > 0 {
            self.change(id, |user, _| user.transition = Some(Transition { to, polls }));
        } else {
            self.arrive(id, to);
        }
    }

    /// The status with its consequences.
    fn arrive(&mut self, id: &Id, to: Status) {
        if to == Status::Deprovisioned {
            self.leave_apps(id);
            self.tokens.remove(id);
            if self.options.unconfirmed.deactivation_ends_sessions {
                self.sessions.remove(id);
            }
            // An API token has the rights of its creator, and dies with them.
            self.api_tokens.retain(|_, it| it.owner.as_ref() != Some(id));
        }
        let keeps_password = self.options.unconfirmed.password_survives_deactivation;
        self.set_status(id, to);
        match to {
            Status::Deprovisioned => {
                let user = self.users.get_mut(id).expect("the caller has looked the user up");
                user.has_credentials &= keeps_password;
            }
            Status::Active | Status::Provisioned => {
                self.change(id, |user, now| user.activated = Some(now));
                self.apply_rules(id);
                // This is what gives a rehired leaver the access of the old job back.
                self.reconcile_apps(id);
            }
            Status::Staged
            | Status::Recovery
            | Status::PasswordExpired
            | Status::LockedOut
            | Status::Suspended => {}
        }
    }

    pub(crate) fn set_status(&mut self, id: &Id, to: Status) {
        self.change(id, |user, now| {
            user.status = to;
            user.status_changed = Some(now);
        });
    }
}
