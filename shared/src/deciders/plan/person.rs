//! One person's part of a plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Directory, Named, PersonPlan};
use crate::{
    deciders::lifecycle::{self, Before, Concern, Standing, Step},
    words::{
        account::{Account, Provider, Status},
        action::{Action, ActionKind, AppRef, Change, GroupRef, NewAccount},
        desired::{Desired, Rule, Wish},
        finding::{Finding, FindingCode, Subject},
        ids::{Login, PersonId},
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
}

/// The manager as far as it can be written now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagerWish {
    /// Whom HR names.
    pub person: Option<PersonId>,
    /// The attributes to write; an empty map keeps what Okta has.
    pub attributes: BTreeMap<Arc<str>, Option<Value>>,
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
    /// The attribute that says whose account it is.
    pub key_attribute: &'a Arc<str>,
}

/// Plans for one person. An empty list of actions means that nothing needs doing.
pub fn plan(case: &Case<'_>, directory: &Directory) -> (PersonPlan, Vec<Finding>) {
    let (actions, findings) = (Vec::new(), Vec::new());
    let mut draft = Draft { case, directory, actions, findings, is_stripped: false };
    let account = case.seen.map(|it| &it.account);
    let status = account.map(|it| it.status);
    let (steps, concern) =
        lifecycle::steps(case.standing, status, case.before, is_rehire(case.person, account));
    if let (Some(concern), Some(status)) = (concern, status) {
        draft.worry(concern, status);
    }
    for step in steps {
        draft.take(step);
    }
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

struct Draft<'a> {
    case: &'a Case<'a>,
    directory: &'a Directory,
    actions: Vec<Action>,
    findings: Vec<Finding>,
    /// Whether an earlier step of this plan takes every group and app away.
    is_stripped: bool,
}

/// Okta takes at most this many groups in a create call (reference/okta.md, section 2.5).
const GROUPS_IN_CREATE: usize = 20;

impl Draft<'_> {
    fn subject(&self) -> Subject {
        Subject::Person(self.case.person.id.clone())
    }

    fn push(&mut self, kind: ActionKind, cause: impl Into<Arc<str>>) {
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
            Step::SaveUndo => self.push(ActionKind::SaveUndo, ""),
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
                "HR says at work, but somebody else suspended the account; it stays suspended \
                 until a person unsuspends it in Okta"
                    .to_owned(),
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

    /// The groups the policy wants and Okta has; what is wrong with the others is told once per
    /// run by [`Directory::findings`].
    fn wanted_groups(&self, desired: &Desired) -> Vec<(GroupRef, Rule)> {
        let named = desired.groups.iter().map(|(name, rule)| (self.directory.group(name), rule));
        named.filter_map(|(it, rule)| Some((one(it)?.clone(), rule.clone()))).collect()
    }

    fn wanted_apps(&self, desired: &Desired) -> Vec<(AppRef, Rule)> {
        let named = desired.apps.iter().map(|(label, rule)| (self.directory.app(label), rule));
        named.filter_map(|(it, rule)| Some((one(it)?.clone(), rule.clone()))).collect()
    }

    fn tend(&mut self) {
        let (Some(desired), Some(seen)) = (self.case.desired, self.case.seen) else { return };
        if let Provider::Elsewhere(source) = &seen.account.provider {
            let finding = Finding::warning(
                self.subject(),
                FindingCode::MasteredElsewhere,
                format!("the profile is mastered by {source}, so it is changed there, not here"),
            );
            self.findings.push(finding);
        } else {
            self.tend_profile(desired, &seen.account);
        }

        let (groups, apps) = self.held_by_then(seen);
        let wanted = self.wanted_groups(desired);
        let is_wanted = |it: &&GroupRef| wanted.iter().any(|(wanted, _)| wanted.id == it.id);
        let surplus: Vec<GroupRef> = groups
            .iter()
            .filter(|it| self.directory.owns_group(&it.id) && !is_wanted(it))
            .cloned()
            .collect();
        for group in surplus {
            self.leave(group, "no rule gives it");
        }
        for (group, rule) in wanted {
            if !groups.iter().any(|it| it.id == group.id) {
                self.push(ActionKind::JoinGroup(group), rule.0);
            }
        }

        let wanted = self.wanted_apps(desired);
        for app in &apps {
            if self.directory.owns_app(&app.id) && !wanted.iter().any(|(it, _)| it.id == app.id) {
                self.push(ActionKind::UnassignApp(app.clone()), "no rule gives it");
            }
        }
        for (app, rule) in wanted {
            if !apps.iter().any(|it| it.id == app.id) {
                self.push(ActionKind::AssignApp(app), rule.0);
            }
        }
    }

    /// The groups and apps that are left when the steps before this one have been taken: what a
    /// rehire is stripped of first must be given again, and not taken a second time.
    fn held_by_then(&self, seen: &Seen) -> (BTreeSet<GroupRef>, BTreeSet<AppRef>) {
        if !self.is_stripped {
            return (seen.groups.clone(), seen.apps.clone());
        }
        let stays = |it: &&GroupRef| self.directory.is_filled_by_rule(&it.id);
        (seen.groups.iter().filter(stays).cloned().collect(), BTreeSet::new())
    }

    fn tend_profile(&mut self, desired: &Desired, account: &Account) {
        let wishes = desired.attributes.iter().filter_map(|(name, wish)| match wish {
            Wish::Set(value) => Some((name, Some(value.clone()))),
            Wish::Clear => Some((name, None)),
            Wish::Keep => None,
        });
        let changes = changes(wishes, account);
        if !changes.is_empty() {
            self.push(ActionKind::Update(changes), "");
        }
        let manager = self.case.manager;
        let written = manager.attributes.iter().map(|(name, it)| (name, it.clone()));
        let changes = self::changes(written, account);
        if !changes.is_empty() {
            let kind = ActionKind::SetManager { manager: manager.person.clone(), changes };
            self.push(kind, "supervisor in UKG");
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

    fn leave(&mut self, group: GroupRef, cause: &'static str) {
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

fn one<T>(named: &Named<T>) -> Option<&T> {
    match named {
        Named::One(it) => Some(it),
        Named::Missing | Named::Ambiguous | Named::NotWritable => None,
    }
}

fn changes<'a>(
    wishes: impl Iterator<Item = (&'a Arc<str>, Option<Value>)>,
    account: &Account,
) -> BTreeMap<Arc<str>, Change> {
    wishes
        .filter_map(|(name, after)| {
            let before = account.profile.get(name).cloned();
            (before != after).then(|| (name.clone(), Change { before, after }))
        })
        .collect()
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
