//! From the status an account has to the standing it should have: a table to be read aloud.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Standing, StandingKind};
use crate::words::{account::Status, person::Absence};

/// What was last verified of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// What it was.
    pub standing: StandingKind,
    /// Whether somebody else had suspended it before we closed it: their reason outlives ours, so
    /// a departure or an absence that ends does not open it (hr-case 47).
    pub suspended_by_others: bool,
    /// Since when the person was known to have left: grace begins then, however long ago HR says
    /// the last day was.
    pub out_since: Option<Timestamp>,
    /// Whether we suspended it and were cut off before its sessions were ended.
    pub has_sessions: bool,
}

impl Before {
    /// An account that nobody else had closed.
    pub fn of(standing: StandingKind) -> Self {
        Self { standing, suspended_by_others: false, out_since: None, has_sessions: false }
    }

    /// Whether the account was closed by us when it was last verified.
    pub fn is_closed(self) -> bool {
        match self.standing {
            StandingKind::Paused | StandingKind::Out => true,
            StandingKind::TooEarly
            | StandingKind::Preboard
            | StandingKind::Open
            | StandingKind::Restricted => false,
        }
    }
}

/// What Okta and the ledger say of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The status; `None` when there is no account.
    pub status: Option<Status>,
    /// What was last verified, so that only our own suspensions are undone.
    pub before: Option<Before>,
    /// Whether HR hired the person after the account was closed.
    pub is_rehire: bool,
    /// Whether anybody ever signed in to it.
    pub was_used: bool,
}

/// What is done about what others did to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Somebody opened the account of a leaver.
    pub reopened_leaver: Response,
    /// Somebody suspended an active worker.
    pub suspended_worker: Response,
}

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// It is put right, and told.
    Repair,
    /// It is told.
    Report,
}

/// Whether somebody else closed an account that was found with this status, as far as has to be
/// remembered for the day it might be opened again.
pub fn is_suspended_by_others(
    standing: &Standing,
    status: Option<Status>,
    before: Option<Before>,
) -> bool {
    match standing {
        Standing::TooEarly | Standing::Preboard | Standing::Open | Standing::Restricted(_) => false,
        Standing::Paused(_) | Standing::Out { .. } => {
            before.is_some_and(|it| it.suspended_by_others)
                || (status == Some(Status::Suspended) && !before.is_some_and(Before::is_closed))
        }
    }
}

/// One step of an account's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make the account, STAGED.
    Create,
    /// Bring profile, groups and apps in line.
    Tend,
    /// Take away every group and app that is ours to take.
    Strip,
    /// Open a staged account.
    Activate,
    /// Reopen a deactivated account.
    Reactivate,
    /// Remember what a leaver had.
    SaveUndo,
    /// Close for now.
    Suspend,
    /// Reopen what was closed for now.
    Unsuspend,
    /// End sessions and tokens.
    EndSessions,
    /// Revoke grants.
    RevokeGrants,
    /// Close for good.
    Deactivate,
}

/// Something that a person has to look at, because acting could undo another person's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// HR says at work; somebody else suspended the account. Security may have had a reason.
    SuspendedByOthers,
    /// HR says at work; somebody else deactivated the account.
    DeactivatedByOthers,
    /// HR says away; somebody else had suspended the account before. Taking the suspension for
    /// ours would undo it on the day the person is back.
    SuspendedBefore,
    /// The account should be closed for now, and its status does not allow suspending.
    CannotSuspend,
    /// HR says gone; somebody else opened the account that we had closed.
    ReopenedByOthers,
    /// HR moved the start away after the account was opened, and it stays open: somebody has
    /// signed in since, or its status does not allow suspending.
    StartMoved,
}

/// The steps from the status an account has to the standing it should have, and what to worry
/// about. No steps: it is there.
///
/// No `_` arm, on purpose: a new status must be a compile error, not a surprise.
pub fn steps(standing: &Standing, found: Found, drift: Drift) -> (Vec<Step>, Option<Concern>) {
    use Status::{
        Active, Deprovisioned, LockedOut, PasswordExpired, Provisioned, Recovery, Staged, Suspended,
    };
    use Step::{
        Activate, Create, Deactivate, EndSessions, Reactivate, RevokeGrants, SaveUndo, Strip,
        Suspend, Tend, Unsuspend,
    };
    let Found { status, before, is_rehire, was_used } = found;
    let has_sessions = before.is_some_and(|it| it.has_sessions);
    let closed_by_us = before.is_some_and(|it| it.is_closed() && !it.suspended_by_others);
    let before = before.map(|it| it.standing);
    let was_out = before == Some(StandingKind::Out);
    let steps = match (standing, status) {
        // Never take access away over a start date alone: contractors become employees.
        (Standing::TooEarly, _) => vec![],

        (Standing::Preboard, None) => vec![Create],
        (Standing::Preboard, Some(Staged)) => vec![Tend],
        (
            Standing::Preboard,
            Some(
                Provisioned | Active | Recovery | PasswordExpired | LockedOut | Suspended
                | Deprovisioned,
            ),
        ) => vec![],

        (Standing::Open | Standing::Restricted(_), None) => vec![Create, Activate],
        (Standing::Open | Standing::Restricted(_), Some(Staged)) => vec![Tend, Activate],
        (
            Standing::Open | Standing::Restricted(_),
            Some(Active | Provisioned | Recovery | PasswordExpired | LockedOut),
        ) => vec![Tend],
        (Standing::Open | Standing::Restricted(_), Some(Suspended)) if closed_by_us => {
            vec![Unsuspend, Tend]
        }
        (Standing::Open | Standing::Restricted(_), Some(Suspended)) => {
            let steps = match drift.suspended_worker {
                Response::Repair => vec![Unsuspend, Tend],
                Response::Report => vec![],
            };
            return (steps, Some(Concern::SuspendedByOthers));
        }
        // What is left over from the earlier spell goes first: activation would bring it back.
        (Standing::Open | Standing::Restricted(_), Some(Deprovisioned))
            if closed_by_us || is_rehire =>
        {
            vec![Strip, Reactivate, Tend]
        }
        (Standing::Open | Standing::Restricted(_), Some(Deprovisioned)) => {
            return (vec![], Some(Concern::DeactivatedByOthers));
        }

        (Standing::Paused(_), None | Some(Staged | Deprovisioned)) => vec![],
        (Standing::Paused(_), Some(Suspended)) if has_sessions => vec![EndSessions],
        (Standing::Paused(_), Some(Suspended)) if closed_by_us => vec![],
        (Standing::Paused(_), Some(Suspended)) => return (vec![], Some(Concern::SuspendedBefore)),
        // Whoever works already is not locked out by a date.
        (Standing::Paused(Absence::StartMoved), Some(Active)) if was_used => {
            return (vec![], Some(Concern::StartMoved));
        }
        // Nobody has been in, so there is nothing to end; and Okta suspends nobody in these.
        (
            Standing::Paused(Absence::StartMoved),
            Some(Provisioned | Recovery | PasswordExpired | LockedOut),
        ) => return (vec![], Some(Concern::StartMoved)),
        (Standing::Paused(_), Some(Active)) => vec![Suspend, EndSessions],
        // Okta documents suspending for ACTIVE only (reference/okta.md, section 2.2). What can be
        // done is done once; the account is watched until its status allows the rest.
        (Standing::Paused(_), Some(Provisioned | Recovery | PasswordExpired | LockedOut)) => {
            let steps = match before {
                Some(StandingKind::Paused) => vec![],
                Some(
                    StandingKind::TooEarly
                    | StandingKind::Preboard
                    | StandingKind::Open
                    | StandingKind::Restricted
                    | StandingKind::Out,
                )
                | None => vec![EndSessions],
            };
            return (steps, Some(Concern::CannotSuspend));
        }

        (Standing::Out { .. }, None) => vec![],
        (
            Standing::Out { .. },
            Some(Active | Provisioned | Recovery | PasswordExpired | LockedOut),
        ) if was_out && drift.reopened_leaver == Response::Report => {
            return (vec![], Some(Concern::ReopenedByOthers));
        }
        // Suspend first: it is reversible, and HR does make mistakes.
        (Standing::Out { is_final, .. }, Some(Active)) => {
            let mut res = vec![SaveUndo, Suspend, EndSessions, RevokeGrants, Strip];
            res.extend(is_final.then_some(Deactivate));
            return (res, was_out.then_some(Concern::ReopenedByOthers));
        }
        // Nobody can sign in to an account that is suspended, nor to one that was never opened (a
        // no-show, hr-case 11): what is in it goes at once, and the account after the grace.
        (Standing::Out { is_final, .. }, Some(status @ (Suspended | Staged))) => {
            let mut res = if was_out {
                vec![Strip]
            } else if status == Staged {
                vec![SaveUndo, Strip]
            } else {
                vec![SaveUndo, EndSessions, RevokeGrants, Strip]
            };
            res.extend(is_final.then_some(Deactivate));
            res
        }
        // These cannot surely be suspended, so grace would leave a door open: close for good.
        (Standing::Out { .. }, Some(Provisioned | Recovery | PasswordExpired | LockedOut)) => {
            let res = vec![SaveUndo, EndSessions, RevokeGrants, Strip, Deactivate];
            return (res, was_out.then_some(Concern::ReopenedByOthers));
        }
        // Okta keeps the groups of a deactivated user; a rehire would get them all back.
        (Standing::Out { .. }, Some(Deprovisioned)) => vec![Strip],
    };
    (steps, None)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use jiff::civil::date;

    use super::*;
    use crate::words::person::{Departure, EndSource};

    const REPAIR: Drift =
        Drift { reopened_leaver: Response::Repair, suspended_worker: Response::Report };

    fn leaver(is_final: bool) -> Standing {
        let departure = Departure {
            last_day: date(2026, 3, 4),
            at: "2026-03-05T00:00:00Z".parse().unwrap(),
            reason: None,
            is_immediate: false,
            source: EndSource::Termination,
        };
        Standing::Out { departure, is_final }
    }

    #[track_caller]
    fn check(
        standing: &Standing,
        status: Option<Status>,
        before: Option<StandingKind>,
        expected: Expect,
    ) {
        let before = before.map(Before::of);
        let found = Found { status, before, is_rehire: false, was_used: true };
        let (steps, concern) = steps(standing, found, REPAIR);
        let told: Vec<_> = steps.iter().map(|it| format!("{it:?}")).collect();
        let concern = concern.map_or(String::new(), |it| format!("! {it:?}"));
        expected.assert_eq(&format!("{}{concern}", told.join(" -> ")));
    }

    #[test]
    fn joiner_is_created_then_activated() {
        check(&Standing::Open, None, None, expect!["Create -> Activate"]);
        check(&Standing::Preboard, None, None, expect!["Create"]);
        check(&Standing::Open, Some(Status::Staged), None, expect!["Tend -> Activate"]);
    }

    #[test]
    fn leaver_is_suspended_before_being_deactivated() {
        check(
            &leaver(true),
            Some(Status::Active),
            None,
            expect!["SaveUndo -> Suspend -> EndSessions -> RevokeGrants -> Strip -> Deactivate"],
        );
    }

    #[test]
    fn grace_keeps_a_leaver_suspended_until_it_is_over() {
        let before = Some(StandingKind::Out);
        check(&leaver(false), Some(Status::Suspended), before, expect!["Strip"]);
        check(&leaver(true), Some(Status::Suspended), before, expect!["Strip -> Deactivate"]);
    }

    #[test]
    fn leaver_who_cannot_be_suspended_is_deactivated_at_once() {
        check(
            &leaver(false),
            Some(Status::LockedOut),
            None,
            expect!["SaveUndo -> EndSessions -> RevokeGrants -> Strip -> Deactivate"],
        );
    }

    #[test]
    fn account_of_a_no_show_is_emptied_and_deactivated_when_the_grace_is_over() {
        let (staged, before) = (Some(Status::Staged), Some(StandingKind::Out));
        check(&leaver(false), staged, Some(StandingKind::Preboard), expect!["SaveUndo -> Strip"]);
        check(&leaver(false), staged, before, expect!["Strip"]);
        check(&leaver(true), staged, before, expect!["Strip -> Deactivate"]);
    }

    #[test]
    fn rehire_loses_what_was_left_over_before_the_account_opens() {
        check(
            &Standing::Open,
            Some(Status::Deprovisioned),
            Some(StandingKind::Out),
            expect!["Strip -> Reactivate -> Tend"],
        );
    }

    #[test]
    fn nobody_elses_suspension_is_undone() {
        check(&Standing::Open, Some(Status::Suspended), None, expect!["! SuspendedByOthers"]);
        check(
            &Standing::Open,
            Some(Status::Suspended),
            Some(StandingKind::Paused),
            expect!["Unsuspend -> Tend"],
        );
    }

    #[test]
    fn suspension_from_before_a_leave_does_not_become_ours() {
        let away = Standing::Paused(Absence::Suspended);
        check(
            &away,
            Some(Status::Suspended),
            Some(StandingKind::Open),
            expect!["! SuspendedBefore"],
        );
        check(&away, Some(Status::Suspended), Some(StandingKind::Paused), expect![""]);
    }

    #[test]
    fn suspension_of_ours_that_was_cut_off_ends_the_sessions_after_all() {
        let cut_off = Before { has_sessions: true, ..Before::of(StandingKind::Paused) };
        let status = Some(Status::Suspended);
        let found = Found { status, before: Some(cut_off), is_rehire: false, was_used: true };
        let ended = (vec![Step::EndSessions], None);
        assert_eq!(steps(&Standing::Paused(Absence::Leave), found, REPAIR), ended);
    }

    #[test]
    fn suspension_from_before_a_departure_outlives_it() {
        let before = Some(Before::of(StandingKind::Open));
        assert!(is_suspended_by_others(&leaver(false), Some(Status::Suspended), before));
        let remembered = Before { suspended_by_others: true, ..Before::of(StandingKind::Out) };
        for status in [Status::Suspended, Status::Deprovisioned] {
            assert!(is_suspended_by_others(&leaver(true), Some(status), Some(remembered)));
            let found = Found {
                status: Some(status),
                before: Some(remembered),
                is_rehire: false,
                was_used: true,
            };
            let (steps, concern) = steps(&Standing::Open, found, REPAIR);
            assert_eq!(steps, [], "{status}");
            assert!(concern.is_some(), "{status}");
        }
        let ours = Some(Before::of(StandingKind::Out));
        assert!(!is_suspended_by_others(&leaver(false), Some(Status::Suspended), ours));
    }

    #[test]
    fn leaver_whom_somebody_let_in_again_is_out_again_and_told() {
        check(
            &leaver(false),
            Some(Status::Active),
            Some(StandingKind::Out),
            expect![
                "SaveUndo -> Suspend -> EndSessions -> RevokeGrants -> Strip! ReopenedByOthers"
            ],
        );
    }

    #[test]
    fn what_cannot_be_suspended_is_signed_out_once_and_watched() {
        let away = Standing::Paused(Absence::Leave);
        let status = Some(Status::LockedOut);
        check(&away, status, None, expect!["EndSessions! CannotSuspend"]);
        check(&away, status, Some(StandingKind::Paused), expect!["! CannotSuspend"]);
    }

    #[test]
    fn a_start_date_alone_takes_nothing_away() {
        check(&Standing::TooEarly, Some(Status::Active), None, expect![""]);
        check(&Standing::Preboard, Some(Status::Active), None, expect![""]);
    }
}
