//! One person's part of a plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Directory, PersonPlan};
use crate::{
    deciders::lifecycle::{self, Before, Concern, Drift, Found, Response, Standing, Step},
    words::{
        account::{Account, Status},
        action::{Action, ActionKind, AppRef, GroupRef, NewAccount},
        desired::{Desired, Wish},
        finding::{Finding, FindingCode, Subject},
        ids::{GroupId, Login, OktaUserId, PersonId},
        person::{Departure, Person, Presence},
        value::Value,
    },
};

/// What Okta has for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The account.
    pub account: Account,
    /// Groups that could be left: Okta groups only. Owned ones always; for somebody who has left,
    /// all of them.
    pub groups: BTreeSet<GroupRef>,
    /// Apps assigned directly, among those that are ours.
    pub apps: BTreeSet<AppRef>,
    /// The manager by linked object; `None` when it was not asked for.
    pub linked_manager: Option<Option<OktaUserId>>,
}

/// The manager as far as it can be written now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagerWish {
    /// Whom HR names.
    pub person: Option<PersonId>,
    /// The attributes to write; an empty map keeps what Okta has.
    pub attributes: BTreeMap<Arc<str>, Option<Value>>,
    /// The linked object to set, when the policy has one.
    pub linked: Option<LinkedManager>,
}

/// The manager by a linked object of Okta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedManager {
    /// The name of the relation, seen from the report.
    pub relation: Arc<str>,
    /// Whom it should lead to.
    pub manager: Option<OktaUserId>,
}

/// What an account had before it was taken apart for a departure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Groups, those that rules give among them.
    pub groups: Vec<GroupRef>,
    /// Apps that were assigned directly.
    pub apps: Vec<AppRef>,
}

/// What the policy says about groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconcile {
    /// Whether groups that are missing are made.
    pub create_groups: bool,
    /// Whether a group follows the new name of its unit.
    pub rename_groups: bool,
    /// What happens to members whom somebody added by hand.
    pub added_by_hand: ByHand,
}

/// What happens to members of our groups whom no rule puts there and no run put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// They are taken out.
    Remove,
    /// They stay and are told.
    Warn,
    /// They stay.
    Keep,
}

/// Everything that one person's part of a plan is made from.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The person.
    pub person: &'a Person,
    /// What the account should be.
    pub standing: &'a Standing,
    /// What Okta has; `None` when there is no account.
    pub seen: Option<&'a Seen>,
    /// What was last verified, from the ledger.
    pub before: Option<Before>,
    /// What the policy wants; `None` for those who need nothing more.
    pub desired: Option<&'a Desired>,
    /// The manager.
    pub manager: &'a ManagerWish,
    /// A login that is free, for an account to be created.
    pub free_login: Option<&'a Login>,
    /// A login that is free, when the account should get another one.
    pub rename_to: Option<&'a Login>,
    /// The groups that were last verified to be given; `None` when nothing was ever verified.
    pub given: Option<&'a BTreeSet<GroupId>>,
    /// The attribute that says whose account it is.
    pub key_attribute: &'a Arc<str>,
    /// What the account had before a departure that HR has taken back.
    pub kept: Option<&'a Kept>,
    /// What is done about what others did to an account.
    pub drift: Drift,
    /// What is done about groups.
    pub reconcile: Reconcile,
    /// Whether everything Okta knows about a contractor who leaves is kept.
    pub archives: bool,
}

/// Plans for one person. An empty list of actions means that nothing needs doing.
pub fn plan(case: &Case<'_>, directory: &Directory) -> (PersonPlan, Vec<Finding>) {
    let (actions, findings) = (Vec::new(), Vec::new());
    let mut draft = Draft { case, directory, actions, findings, is_stripped: false };
    let account = case.seen.map(|it| &it.account);
    let status = account.map(|it| it.status);
    let found = Found {
        status,
        before: case.before,
        is_rehire: is_rehire(case.person, account),
        was_used: account.is_some_and(|it| it.last_login.is_some()),
    };
    let (steps, concern) = lifecycle::steps(case.standing, found, case.drift);
    if let (Some(concern), Some(status)) = (concern, status) {
        draft.worry(concern, status);
    }
    for step in steps {
        draft.take(step);
    }
    draft.give_back();
    let Draft { actions, findings, .. } = draft;
    let part = PersonPlan {
        person: case.person.id.clone(),
        user: account.map(|it| it.id.clone()),
        login: account.map(|it| it.login.clone()).or_else(|| case.free_login.cloned()),
        status,
        standing: case.standing.kind(),
        because: because(case.person, case.standing),
        actions,
    };
    (part, findings)
}

/// Whether HR hired the person after the account was closed.
fn is_rehire(person: &Person, account: Option<&Account>) -> bool {
    let Some(account) = account else { return false };
    let primary = person.primary();
    let hired =
        primary.row.last_hire.and_then(|it| it.to_zoned_datetime(primary.zone.clone()).ok());
    match (hired, account.status_changed) {
        // A preboarded account cannot be closed before its own hire, so equality is a rehire too.
        (Some(hired), Some(closed)) => {
            account.status == Status::Deprovisioned && closed <= hired.timestamp()
        }
        (None, _) | (_, None) => false,
    }
}

/// One person's part in the making.
pub(super) struct Draft<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) directory: &'a Directory,
    pub(super) actions: Vec<Action>,
    pub(super) findings: Vec<Finding>,
    /// Whether an earlier step of this plan takes every group and app away.
    pub(super) is_stripped: bool,
}

/// Okta takes at most this many groups in a create call (reference/okta.md, section 2.5).
const GROUPS_IN_CREATE: usize = 20;

impl Draft<'_> {
    pub(super) fn subject(&self) -> Subject {
        Subject::Person(self.case.person.id.clone())
    }

    pub(super) fn push(&mut self, kind: ActionKind, cause: impl Into<Arc<str>>) {
        self.actions.push(Action {
            person: self.case.person.id.clone(),
            user: self.case.seen.map(|it| it.account.id.clone()),
            kind,
            cause: cause.into(),
        });
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Create => self.create(),
            Step::Tend => self.tend(),
            Step::Strip => self.strip(),
            Step::Activate => self.push(ActionKind::Activate, ""),
            Step::Reactivate => self.push(ActionKind::Reactivate, ""),
            Step::SaveUndo => {
                self.push(ActionKind::SaveUndo, "");
                if self.case.archives && self.case.person.primary().is_contingent {
                    self.push(ActionKind::Archive, "");
                }
            }
            Step::Suspend => self.push(ActionKind::Suspend, ""),
            Step::Unsuspend => self.push(ActionKind::Unsuspend, ""),
            Step::EndSessions => self.push(ActionKind::EndSessions, ""),
            Step::RevokeGrants => self.push(ActionKind::RevokeGrants, ""),
            Step::Deactivate => self.push(ActionKind::Deactivate, ""),
        }
    }

    fn worry(&mut self, concern: Concern, status: Status) {
        let (code, detail) = match concern {
            Concern::SuspendedByOthers => (
                FindingCode::Drift,
                match self.case.drift.suspended_worker {
                    Response::Repair => {
                        "HR says at work, but somebody else suspended the account; it is opened \
                         again, as the policy says (reconcile.suspended_worker)"
                    }
                    Response::Report => {
                        "HR says at work, but somebody else suspended the account; it stays \
                         suspended until a person unsuspends it in Okta"
                    }
                }
                .to_owned(),
            ),
            Concern::ReopenedByOthers => (
                FindingCode::Drift,
                match self.case.drift.reopened_leaver {
                    Response::Repair => {
                        "has left, and somebody else opened the account again; it is closed \
                         again. Find out who did it in Okta's System Log, and correct UKG if the \
                         person works here"
                    }
                    Response::Report => {
                        "has left, and somebody else opened the account again; nothing is \
                         changed, as the policy says (reconcile.reopened_leaver)"
                    }
                }
                .to_owned(),
            ),
            Concern::StartMoved => (
                FindingCode::StartMoved,
                match status {
                    Status::Active => format!(
                        "{}, but the account is open and somebody has signed in, so it stays \
                         open. Suspend it in Okta if nobody should be in it until then",
                        self.new_start()
                    ),
                    Status::Staged
                    | Status::Provisioned
                    | Status::Recovery
                    | Status::PasswordExpired
                    | Status::LockedOut
                    | Status::Suspended
                    | Status::Deprovisioned => format!(
                        "{}, but the account is open, and Okta suspends none in status {status}, \
                         so it stays open. Deactivate it in Okta if nobody should get in until \
                         then; it comes back with the start",
                        self.new_start()
                    ),
                },
            ),
            Concern::DeactivatedByOthers => (
                FindingCode::Drift,
                "HR says at work, but somebody else deactivated the account; it stays closed \
                 until a person activates it in Okta"
                    .to_owned(),
            ),
            Concern::SuspendedBefore => (
                FindingCode::Drift,
                "away, and somebody else had suspended the account before; it stays suspended, \
                 also on return, until a person unsuspends it in Okta"
                    .to_owned(),
            ),
            Concern::CannotSuspend => (
                FindingCode::StuckStatus,
                format!(
                    "away, but an account in status {status} cannot be suspended: its sessions \
                     were ended, and it is suspended once its status allows it. To close it \
                     sooner, deactivate it in Okta"
                ),
            ),
        };
        let finding = Finding::warning(self.subject(), code, detail);
        self.findings.push(finding);
    }

    fn new_start(&self) -> String {
        match &self.case.person.presence {
            Presence::NotYet(it) => format!("UKG has moved the start to {}", it.starts),
            Presence::Here { .. } | Presence::Away { .. } | Presence::Gone(_) => {
                "UKG has moved the start".to_owned()
            }
        }
    }

    fn create(&mut self) {
        let (Some(desired), Some(login)) = (self.case.desired, self.case.free_login) else {
            return;
        };
        let mut profile: BTreeMap<Arc<str>, Value> = desired
            .attributes
            .iter()
            .filter_map(|(name, wish)| match wish {
                Wish::Set(value) => Some((name.clone(), value.clone())),
                Wish::Clear | Wish::Keep => None,
            })
            .collect();
        let managers = self.case.manager.attributes.iter();
        profile.extend(managers.filter_map(|(name, it)| Some((name.clone(), it.clone()?))));
        profile.insert(
            self.case.key_attribute.clone(),
            Value::Text(self.case.person.id.as_str().into()),
        );
        let mut groups = self.wanted_groups(desired);
        groups.extend(self.tier_group(desired));
        let later = groups.split_off(groups.len().min(GROUPS_IN_CREATE));
        let new = NewAccount {
            login: login.clone(),
            profile,
            groups: groups.into_iter().map(|(it, _)| it).collect(),
        };
        self.push(ActionKind::Create(new), "");
        for (group, rule) in later {
            self.push(ActionKind::JoinGroup(group), rule.0);
        }
        for (app, rule) in self.wanted_apps(desired) {
            self.push(ActionKind::AssignApp(app), rule.0);
        }
    }

    /// Gives back what no rule gives and the person had before a departure that was a mistake:
    /// the groups and apps that somebody once gave by hand (hr-case 16).
    fn give_back(&mut self) {
        let is_opened =
            |it: &Action| matches!(it.kind, ActionKind::Unsuspend | ActionKind::Reactivate);
        let (Some(kept), Some(seen)) = (self.case.kept, self.case.seen) else { return };
        if !self.actions.iter().any(is_opened) {
            return;
        }
        const CAUSE: &str = "the departure was taken back";
        for group in &kept.groups {
            if !self.directory.has_group(&group.id) {
                let finding = Finding::note(
                    self.subject(),
                    FindingCode::MissingGroup,
                    format!("group {:?} is gone from Okta and cannot be given back", group.name),
                );
                self.findings.push(finding);
                continue;
            }
            // Of ours the rules know better, and a group rule fills its groups itself.
            let is_settled = self.directory.owns_group(&group.id)
                || self.directory.is_filled_by_rule(&group.id)
                || seen.groups.iter().any(|it| it.id == group.id) && !self.is_stripped;
            if !is_settled {
                self.push(ActionKind::JoinGroup(group.clone()), CAUSE);
            }
        }
        for app in &kept.apps {
            if !self.directory.owns_app(&app.id) {
                self.push(ActionKind::AssignApp(app.clone()), CAUSE);
            }
        }
    }

    fn strip(&mut self) {
        let Some(seen) = self.case.seen else { return };
        for group in seen.groups.clone() {
            self.leave(group, "");
        }
        for app in seen.apps.clone() {
            self.push(ActionKind::UnassignApp(app), "");
        }
        self.is_stripped = true;
    }

    pub(super) fn leave(&mut self, group: GroupRef, cause: &'static str) {
        if self.directory.is_filled_by_rule(&group.id) {
            let finding = Finding::note(
                self.subject(),
                FindingCode::RuleManagedMember,
                format!(
                    "stays in group {:?}, which an Okta group rule fills: taking the person out \
                     by hand would exclude him or her from that rule for good",
                    group.name
                ),
            );
            self.findings.push(finding);
            return;
        }
        self.push(ActionKind::LeaveGroup(group), cause);
    }
}

/// The HR fact behind a standing, in one clause without personal data.
fn because(person: &Person, standing: &Standing) -> String {
    let primary = person.primary();
    let zone = primary.zone.iana_name().unwrap_or("UTC");
    let starts = || match primary.row.last_hire.or(primary.row.original_hire) {
        Some(date) => format!("starts {date} ({zone})"),
        None => "at work".to_owned(),
    };
    match (standing, &person.presence) {
        (Standing::Out { departure, .. }, _) => left(departure, zone),
        (Standing::Paused(absence), Presence::Away { since: Some(since), .. }) => {
            format!("{absence} since {since} ({zone})")
        }
        (Standing::Paused(absence), _) => format!("{absence} ({zone})"),
        (Standing::TooEarly | Standing::Preboard, _) => starts(),
        (Standing::Restricted(absence), _) => format!("{absence}, access is restricted ({zone})"),
        (Standing::Open, Presence::NotYet(_)) => starts(),
        (Standing::Open, Presence::Away { absence, .. }) => format!("{absence}, access is kept"),
        (Standing::Open, Presence::Here { .. } | Presence::Gone(_)) => {
            match primary.row.last_hire {
                Some(date) => format!("at work since {date}"),
                None => "at work".to_owned(),
            }
        }
    }
}

fn left(departure: &Departure, zone: &str) -> String {
    let Departure { last_day, at: _, reason, is_immediate, source } = departure;
    let reason = reason.as_ref().map_or(String::new(), |it| format!(", reason {it}"));
    let at_once = if *is_immediate { ", at once" } else { "" };
    format!("last day {last_day} ({source}, {zone}{reason}{at_once})")
}
