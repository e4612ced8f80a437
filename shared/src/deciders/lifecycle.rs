//! Which steps an account needs, given whether its person works here.
//!
//! It decides about statuses only. What a profile or a group should say is [`super::mapping`]'s;
//! turning steps into actions is [`super::plan`]'s.

use std::collections::BTreeMap;

use jiff::{Span, Timestamp, ToSpan, civil::Date};

use crate::words::{
    account::Status,
    ids::Code,
    person::{Absence, Departure, Employment, Person, Presence},
};

/// What the policy says about the days around a start, an absence and an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many days before the first day the account is created (in the worker's zone).
    pub preboard_days: u16,
    /// How many hours before the first day begins the account is activated.
    pub activate_hours_before: u16,
    /// Whether Okta mails the activation link to the new user.
    pub send_activation_email: bool,
    /// Days between suspension and deactivation of a leaver; 0 deactivates in the same run.
    pub grace_days: u16,
    /// What happens during each kind of absence, unless its leave reason says otherwise.
    pub absences: BTreeMap<Absence, Treatment>,
    /// What happens by leave reason code.
    pub leave_reasons: BTreeMap<Code, Treatment>,
}

/// What happens to the account of somebody who is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Nothing.
    Keep,
    /// Suspended once the absence has lasted this many days, unsuspended on return.
    SuspendAfter {
        /// Days after the absence began; 0 is at once.
        days: u16,
    },
}

/// What an account should be at this instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The first day is too far ahead for an account.
    TooEarly,
    /// The account is prepared, not open.
    Preboard,
    /// The account is open.
    Open,
    /// The account is closed until the person is back.
    Paused(Absence),
    /// The person has left.
    Out {
        /// The departure that decided.
        departure: Departure,
        /// Whether the days of grace are over.
        is_final: bool,
    },
}

impl Standing {
    /// The standing without its particulars, as the ledger keeps it.
    pub fn kind(&self) -> StandingKind {
        match self {
            Self::TooEarly => StandingKind::TooEarly,
            Self::Preboard => StandingKind::Preboard,
            Self::Open => StandingKind::Open,
            Self::Paused(_) => StandingKind::Paused,
            Self::Out { .. } => StandingKind::Out,
        }
    }
}

/// A [`Standing`] without its particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StandingKind {
    /// [`Standing::TooEarly`]
    TooEarly,
    /// [`Standing::Preboard`]
    Preboard,
    /// [`Standing::Open`]
    Open,
    /// [`Standing::Paused`]
    Paused,
    /// [`Standing::Out`]
    Out,
}

impl StandingKind {
    /// The word the ledger writes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooEarly => "too-early",
            Self::Preboard => "preboard",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Out => "out",
        }
    }

    /// Reads the ledger's word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::TooEarly, Self::Preboard, Self::Open, Self::Paused, Self::Out]
            .into_iter()
            .find(|it| it.as_str() == raw)
    }
}

/// What the account of `person` should be at `now`.
pub fn standing(person: &Person, rules: &Rules, now: Timestamp) -> Standing {
    let primary = person.primary();
    match &person.presence {
        Presence::NotYet(arrival) => {
            if is_due(arrival.at, -i64::from(rules.activate_hours_before), now) {
                return Standing::Open;
            }
            if let Some(departure) = &arrival.after {
                return out(departure, rules, now);
            }
            let today = today_at(primary, now);
            let opens = arrival.starts.checked_sub(i32::from(rules.preboard_days).days());
            if opens.is_ok_and(|it| it <= today) { Standing::Preboard } else { Standing::TooEarly }
        }
        Presence::Here { .. } => Standing::Open,
        Presence::Away { absence, since, .. } => {
            let treatment = primary
                .row
                .leave_reason
                .as_ref()
                .and_then(|it| rules.leave_reasons.get(it))
                .or_else(|| rules.absences.get(absence));
            match treatment {
                None | Some(Treatment::Keep) => Standing::Open,
                Some(Treatment::SuspendAfter { days: 0 }) => Standing::Paused(*absence),
                Some(Treatment::SuspendAfter { days }) => {
                    // Without a beginning nobody can count days: access is kept.
                    let due = since.and_then(|it| it.checked_add(i32::from(*days).days()).ok());
                    match due {
                        Some(due) if due <= today_at(primary, now) => Standing::Paused(*absence),
                        Some(_) | None => Standing::Open,
                    }
                }
            }
        }
        Presence::Gone(departure) => out(departure, rules, now),
    }
}

fn out(departure: &Departure, rules: &Rules, now: Timestamp) -> Standing {
    let is_final = is_due(departure.at, 24 * i64::from(rules.grace_days), now);
    Standing::Out { departure: departure.clone(), is_final }
}

fn is_due(at: Timestamp, hours_later: i64, now: Timestamp) -> bool {
    // An instant that is off the calendar is never due: nothing happens, which is the safe side.
    at.checked_add(Span::new().hours(hours_later)).is_ok_and(|it| it <= now)
}

fn today_at(employment: &Employment, now: Timestamp) -> Date {
    now.to_zoned_datetime(employment.zone.clone()).date()
}

/// The instants after `now` at which time alone changes this person's standing, soonest first.
pub fn due(person: &Person, rules: &Rules, now: Timestamp) -> Vec<Timestamp> {
    let primary = person.primary();
    let day =
        |date: Date| date.to_zoned_datetime(primary.zone.clone()).ok().map(|it| it.timestamp());
    let later = |at: Timestamp, hours: i64| at.checked_add(Span::new().hours(hours)).ok();
    let end = |it: &Departure| [Some(it.at), later(it.at, 24 * i64::from(rules.grace_days))];
    let mut res: Vec<Option<Timestamp>> = Vec::new();
    match &person.presence {
        Presence::NotYet(arrival) => {
            let opens = arrival.starts.checked_sub(i32::from(rules.preboard_days).days());
            res.push(opens.ok().and_then(day));
            res.push(later(arrival.at, -i64::from(rules.activate_hours_before)));
            res.push(Some(arrival.at));
            res.extend(arrival.after.iter().flat_map(end));
        }
        Presence::Here { until } => res.extend(until.iter().flat_map(end)),
        Presence::Away { since, until, .. } => {
            res.extend(until.iter().flat_map(end));
            let treatments = rules.absences.values().chain(rules.leave_reasons.values());
            res.extend(treatments.filter_map(|it| match it {
                Treatment::Keep => None,
                Treatment::SuspendAfter { days } => {
                    let due = since.as_ref()?.checked_add(i32::from(*days).days()).ok()?;
                    Some(day(due))
                }
            }));
        }
        Presence::Gone(departure) => res.extend(end(departure)),
    }
    let mut res: Vec<Timestamp> = res.into_iter().flatten().filter(|it| now < *it).collect();
    res.sort();
    res.dedup();
    res
}

/// What was last verified of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// What it was.
    pub standing: StandingKind,
    /// Whether somebody else had suspended it before we closed it: their reason outlives ours, so
    /// a departure or an absence that ends does not open it (hr-case 47).
    pub suspended_by_others: bool,
}

impl Before {
    /// An account that nobody else had closed.
    pub fn of(standing: StandingKind) -> Self {
        Self { standing, suspended_by_others: false }
    }

    /// Whether the account was closed by us when it was last verified.
    fn is_closed(self) -> bool {
        match self.standing {
            StandingKind::Paused | StandingKind::Out => true,
            StandingKind::TooEarly | StandingKind::Preboard | StandingKind::Open => false,
        }
    }
}

/// Whether somebody else closed an account that was found with this status, as far as has to be
/// remembered for the day it might be opened again.
pub fn is_suspended_by_others(
    standing: &Standing,
    status: Option<Status>,
    before: Option<Before>,
) -> bool {
    match standing {
        Standing::TooEarly | Standing::Preboard | Standing::Open => false,
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
}

/// The steps from the status an account has to the standing it should have, and what to worry
/// about. No steps: it is there.
///
/// `before` is the standing that was last verified, so that only our own suspensions are undone;
/// `is_rehire` says that HR hired the person after the account was closed.
///
/// No `_` arm, on purpose: a new status must be a compile error, not a surprise.
pub fn steps(
    standing: &Standing,
    status: Option<Status>,
    before: Option<Before>,
    is_rehire: bool,
) -> (Vec<Step>, Option<Concern>) {
    use Status::{
        Active, Deprovisioned, LockedOut, PasswordExpired, Provisioned, Recovery, Staged, Suspended,
    };
    use Step::{
        Activate, Create, Deactivate, EndSessions, Reactivate, RevokeGrants, SaveUndo, Strip,
        Suspend, Tend, Unsuspend,
    };
    let closed_by_us = before.is_some_and(|it| it.is_closed() && !it.suspended_by_others);
    let before = before.map(|it| it.standing);
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

        (Standing::Open, None) => vec![Create, Activate],
        (Standing::Open, Some(Staged)) => vec![Tend, Activate],
        (Standing::Open, Some(Active | Provisioned | Recovery | PasswordExpired | LockedOut)) => {
            vec![Tend]
        }
        (Standing::Open, Some(Suspended)) if closed_by_us => vec![Unsuspend, Tend],
        (Standing::Open, Some(Suspended)) => return (vec![], Some(Concern::SuspendedByOthers)),
        // What is left over from the earlier spell goes first: activation would bring it back.
        (Standing::Open, Some(Deprovisioned)) if closed_by_us || is_rehire => {
            vec![Strip, Reactivate, Tend]
        }
        (Standing::Open, Some(Deprovisioned)) => {
            return (vec![], Some(Concern::DeactivatedByOthers));
        }

        (Standing::Paused(_), None | Some(Staged | Deprovisioned)) => vec![],
        (Standing::Paused(_), Some(Suspended)) if closed_by_us => vec![],
        (Standing::Paused(_), Some(Suspended)) => return (vec![], Some(Concern::SuspendedBefore)),
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
                    | StandingKind::Out,
                )
                | None => vec![EndSessions],
            };
            return (steps, Some(Concern::CannotSuspend));
        }

        (Standing::Out { .. }, None) => vec![],
        // Suspend first: it is reversible, and HR does make mistakes.
        (Standing::Out { is_final, .. }, Some(Active)) => {
            let mut res = vec![SaveUndo, Suspend, EndSessions, RevokeGrants, Strip];
            res.extend(is_final.then_some(Deactivate));
            res
        }
        (Standing::Out { is_final, .. }, Some(Suspended)) => {
            let mut res = match before {
                Some(StandingKind::Out) => vec![Strip],
                Some(
                    StandingKind::TooEarly
                    | StandingKind::Preboard
                    | StandingKind::Open
                    | StandingKind::Paused,
                )
                | None => vec![SaveUndo, EndSessions, RevokeGrants, Strip],
            };
            res.extend(is_final.then_some(Deactivate));
            res
        }
        // These cannot surely be suspended, so grace would leave a door open: close for good.
        (Standing::Out { .. }, Some(Provisioned | Recovery | PasswordExpired | LockedOut)) => {
            vec![SaveUndo, EndSessions, RevokeGrants, Strip, Deactivate]
        }
        (Standing::Out { .. }, Some(Staged)) => vec![SaveUndo, Strip, Deactivate],
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
    use crate::words::person::EndSource;

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
        let (steps, concern) = steps(standing, status, before.map(Before::of), false);
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
    fn suspension_from_before_a_departure_outlives_it() {
        let before = Some(Before::of(StandingKind::Open));
        assert!(is_suspended_by_others(&leaver(false), Some(Status::Suspended), before));
        let remembered = Before { standing: StandingKind::Out, suspended_by_others: true };
        for status in [Status::Suspended, Status::Deprovisioned] {
            assert!(is_suspended_by_others(&leaver(true), Some(status), Some(remembered)));
            let (steps, concern) = steps(&Standing::Open, Some(status), Some(remembered), false);
            assert_eq!(steps, [], "{status}");
            assert!(concern.is_some(), "{status}");
        }
        let ours = Some(Before::of(StandingKind::Out));
        assert!(!is_suspended_by_others(&leaver(false), Some(Status::Suspended), ours));
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
