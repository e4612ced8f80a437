//! How a departure is taken back: what a leaver's account had, against what it has now.
//!
//! The plan that comes of it is an ordinary part of a plan and is carried out like any other.
//! What Okta cannot give back is told beside it, so that a person can see to it.

mod letter;
mod loss;
mod reason;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};

pub use letter::{Letter, letters};
pub use loss::Loss;
pub use reason::{Nothing, Refusal};

use super::{
    lifecycle::StandingKind,
    plan::{Directory, PersonPlan, Seen},
};
use crate::words::{
    account::{App, Group, GroupKind, Provider, Status},
    action::{Action, ActionKind, AppRef, Change, GroupRef, Kind},
    hold::{Hold, HoldKind},
    ids::{OktaUserId, PersonId},
    value::Value,
};

/// What an account had before its user's departure, as the leaver's plan saved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The account.
    pub user: OktaUserId,
    /// The last day of the departure.
    pub departure: Date,
    /// The status.
    pub status: Status,
    /// The groups that could be left.
    pub groups: Vec<GroupRef>,
    /// The apps assigned directly, among those that are ours.
    pub apps: Vec<AppRef>,
    /// The attributes that Rollcall writes.
    pub profile: BTreeMap<Arc<str>, Value>,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// What the ledger has for taking a departure back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// No departure of this person was ever carried out.
    Never,
    /// Everything that was saved has been used, the last at this time.
    Used(Timestamp),
    /// This.
    Pack(Pack),
}

/// What HR says of the person now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HrSays {
    /// Nothing: the person is not in UKG any more.
    Unknown,
    /// Works here, is away, or is about to start.
    Employed,
    /// Has left.
    Left {
        /// On this day.
        last_day: Date,
    },
}

/// Everything that an undo is made from.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// Whose departure.
    pub person: &'a PersonId,
    /// What HR says.
    pub hr: &'a HrSays,
    /// When the spell of work began that HR speaks of, if it has begun.
    pub hired: Option<Timestamp>,
    /// What was saved.
    pub saved: &'a Saved,
    /// The account of the pack as Okta has it.
    pub seen: Option<&'a Seen>,
    /// The attribute that says whose account it is.
    pub key_attribute: &'a str,
    /// The attributes that the policy writes.
    pub owned: &'a BTreeSet<Arc<str>>,
    /// Whether `okta.protected` names the account.
    pub is_protected: bool,
    /// The holds on the person.
    pub holds: &'a [&'a Hold],
    /// Every group of the org.
    pub groups: &'a [Group],
    /// Every app of the org.
    pub apps: &'a [App],
    /// Which groups a rule fills.
    pub directory: &'a Directory,
    /// Who takes the departure back and why, for the record.
    pub because: &'a str,
}

/// What comes of a wish to take a departure back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is nothing to take back.
    Nothing(Nothing),
    /// It must not, or cannot, be done.
    Refused(Refusal),
    /// This brings back what Okta can bring back.
    Undo(Undo),
}

/// How a departure is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// What has to be done; perhaps nothing, when somebody has done it by hand.
    pub part: PersonPlan,
    /// What cannot be given back.
    pub losses: Vec<Loss>,
    /// The last day of the departure that HR still shows, or may show again: it must be kept from
    /// being carried out again. `None` when HR says that the person works here.
    pub to_hold: Option<Date>,
}

/// Decides how to take a departure back. It looks at the newest pack that was not used.
pub fn decide(case: &Case<'_>) -> Verdict {
    let pack = match case.saved {
        Saved::Pack(pack) => pack,
        Saved::Never => {
            return Verdict::Nothing(match case.hr {
                HrSays::Left { last_day } => Nothing::NotCarriedOut { last_day: *last_day },
                HrSays::Unknown | HrSays::Employed => Nothing::NeverLeft,
            });
        }
        Saved::Used(at) => {
            let undone = case.holds.iter().find(|it| it.kind == HoldKind::Undone);
            let held_until = undone.and_then(|it| it.until);
            return Verdict::Nothing(Nothing::AlreadyUndone { at: *at, held_until });
        }
    };
    // What somebody had in an earlier job is not theirs because they left the present one.
    if let Some(hired) = case.hired.filter(|it| pack.saved_at < *it) {
        let (departure, hired) = (pack.departure, hired);
        return Verdict::Nothing(Nothing::HiredAgain { departure, hired });
    }
    match refusal(case, pack) {
        Err(refusal) => Verdict::Refused(refusal),
        Ok(seen) if *case.hr == HrSays::Employed && !is_closed(seen.account.status) => {
            Verdict::Nothing(Nothing::BackAlready { departure: pack.departure })
        }
        Ok(seen) => Verdict::Undo(undo(case, pack, seen)),
    }
}

/// Why it must not or cannot be done, else the account.
fn refusal<'a>(case: &Case<'a>, pack: &Pack) -> Result<&'a Seen, Refusal> {
    if let Some(hold) = case.holds.iter().find(|it| it.kind == HoldKind::Security) {
        return Err(Refusal::SecurityHold { owner: hold.owner.clone() });
    }
    let user = || pack.user.clone();
    let attribute = case.key_attribute.to_owned();
    let Some(seen) = case.seen else {
        return Err(Refusal::NoAccount { user: user(), attribute });
    };
    let key = seen.account.profile.get(case.key_attribute).and_then(Value::as_text);
    if key != Some(case.person.as_str()) {
        return Err(Refusal::NotOurs { user: user(), attribute });
    }
    if case.is_protected {
        return Err(Refusal::Protected { user: user() });
    }
    if seen.account.transitioning_to.is_some() {
        return Err(Refusal::StillChanging { user: user() });
    }
    let is_deactivated = seen.account.status == Status::Deprovisioned;
    match pack.status {
        Status::Staged if is_deactivated => Err(Refusal::NeverOpened),
        Status::Suspended | Status::Deprovisioned if is_deactivated => Err(Refusal::WasClosed),
        Status::Staged
        | Status::Provisioned
        | Status::Active
        | Status::Recovery
        | Status::PasswordExpired
        | Status::LockedOut
        | Status::Suspended
        | Status::Deprovisioned => Ok(seen),
    }
}

fn is_closed(status: Status) -> bool {
    match status {
        Status::Suspended | Status::Deprovisioned => true,
        Status::Staged
        | Status::Provisioned
        | Status::Active
        | Status::Recovery
        | Status::PasswordExpired
        | Status::LockedOut => false,
    }
}

fn undo(case: &Case<'_>, pack: &Pack, seen: &Seen) -> Undo {
    let Pack { user: _, departure, status, groups, apps, profile, saved_at: _ } = pack;
    let mut draft = Draft { case, seen, kinds: Vec::new(), losses: Vec::new() };
    // Opening comes first: a deactivated profile cannot be written.
    draft.open(*status);
    draft.profile(profile);
    for it in groups {
        draft.group(it);
    }
    for it in apps {
        draft.app(it);
    }
    draft.count_losses(*status);
    let Draft { kinds, mut losses, .. } = draft;
    losses.sort();
    let account = &seen.account;
    let action = |kind| Action {
        person: case.person.clone(),
        user: Some(account.id.clone()),
        kind,
        cause: "".into(),
    };
    let part = PersonPlan {
        person: case.person.clone(),
        user: Some(account.id.clone()),
        login: Some(account.login.clone()),
        status: Some(account.status),
        standing: StandingKind::Open,
        because: case.because.to_owned(),
        actions: kinds.into_iter().map(action).collect(),
    };
    let to_hold = match case.hr {
        HrSays::Left { last_day } => Some(*last_day),
        // A company may be missing from UKG's answer for an hour, and its leavers with it.
        HrSays::Unknown => Some(*departure),
        HrSays::Employed => None,
    };
    Undo { part, losses, to_hold }
}

struct Draft<'a> {
    case: &'a Case<'a>,
    seen: &'a Seen,
    kinds: Vec<ActionKind>,
    losses: Vec<Loss>,
}

impl Draft<'_> {
    fn open(&mut self, before: Status) {
        match (before, self.seen.account.status) {
            // Somebody else had suspended it before the departure, and had a reason.
            (Status::Suspended | Status::Deprovisioned, now) => {
                self.losses.extend(is_closed(now).then_some(Loss::StaysClosed { status: before }));
            }
            (_, Status::Suspended) => self.kinds.push(ActionKind::Unsuspend),
            (_, Status::Deprovisioned) => self.kinds.push(ActionKind::Reactivate),
            (
                _,
                Status::Staged
                | Status::Provisioned
                | Status::Active
                | Status::Recovery
                | Status::PasswordExpired
                | Status::LockedOut,
            ) => {}
        }
    }

    fn profile(&mut self, profile: &BTreeMap<Arc<str>, Value>) {
        let account = &self.seen.account;
        let differs: Vec<_> = profile
            .iter()
            .filter(|(name, value)| account.profile.get(name) != Some(value))
            .collect();
        if differs.is_empty() {
            return;
        }
        if let Provider::Elsewhere(source) = &account.provider {
            self.losses.push(Loss::MasteredElsewhere { source: source.clone() });
            return;
        }
        let (ours, foreign): (Vec<_>, Vec<_>) =
            differs.into_iter().partition(|(name, _)| self.case.owned.contains(*name));
        let change = |(name, value): (&Arc<str>, &Value)| {
            let before = account.profile.get(name).cloned();
            (name.clone(), Change { before, after: Some(value.clone()) })
        };
        if !ours.is_empty() {
            self.kinds.push(ActionKind::Update(ours.into_iter().map(change).collect()));
        }
        // What the policy does not write is not even read, so nobody knows how it stands.
        let attribute = |(name, _): (&Arc<str>, &Value)| Loss::Attribute { name: name.clone() };
        self.losses.extend(foreign.into_iter().map(attribute));
    }

    fn group(&mut self, group: &GroupRef) {
        if self.seen.groups.iter().any(|it| it.id == group.id) {
            return;
        }
        let name = group.name.clone();
        match self.case.groups.iter().find(|it| it.id == group.id) {
            None => {
                let is_replaced = self.case.groups.iter().any(|it| it.name == group.name);
                self.losses.push(Loss::GroupGone { name, is_replaced });
            }
            Some(_) if self.case.directory.is_filled_by_rule(&group.id) => {
                self.losses.push(Loss::GroupByRule { name });
            }
            Some(found) if found.kind != GroupKind::Okta => {
                self.losses.push(Loss::GroupNotWritable { name });
            }
            Some(found) => {
                let group = GroupRef { id: found.id.clone(), name: found.name.clone() };
                self.kinds.push(ActionKind::JoinGroup(group));
            }
        }
    }

    fn app(&mut self, app: &AppRef) {
        if self.seen.apps.iter().any(|it| it.id == app.id) {
            return;
        }
        match self.case.apps.iter().find(|it| it.id == app.id) {
            Some(found) if found.is_active => {
                let app = AppRef { id: found.id.clone(), label: found.label.clone() };
                self.kinds.push(ActionKind::AssignApp(app));
            }
            Some(_) | None => self.losses.push(Loss::AppGone { label: app.label.clone() }),
        }
    }

    fn count_losses(&mut self, before: Status) {
        self.losses.push(Loss::SignIns);
        if self.has(Kind::Reactivate) {
            self.losses.extend([Loss::Enrolments, Loss::OtherApps]);
        }
        if self.has(Kind::AssignApp) {
            self.losses.push(Loss::AppProfiles);
        }
        match before {
            Status::Provisioned
            | Status::Recovery
            | Status::PasswordExpired
            | Status::LockedOut => self.losses.push(Loss::Status { before }),
            Status::Staged | Status::Active | Status::Suspended | Status::Deprovisioned => {}
        }
    }

    fn has(&self, kind: Kind) -> bool {
        self.kinds.iter().any(|it| it.kind() == kind)
    }
}

#[cfg(test)]
mod tests;
