//! What human decisions leave of a plan: security, legal, vip, and departures taken back by hand.
//!
//! A hold is obeyed after planning and before [`super::guard`]: what it keeps back is no part of
//! the plan any more, what it wants asked about becomes an objection. It knows nothing of where
//! holds are kept.

mod ending;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

pub use ending::ending;

use super::{guard::Objection, lifecycle::StandingKind, plan::PersonPlan};
use crate::words::{
    action::{Action, ActionKind, Change, Kind},
    finding::{Finding, FindingCode, Subject},
    hold::{Hold, HoldKind},
    ids::PersonId,
};

/// Every hold there is, by person; ended ones may be among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds(BTreeMap<PersonId, Vec<Hold>>);

impl Holds {
    /// Sorts holds by person.
    pub fn new(holds: impl IntoIterator<Item = Hold>) -> Self {
        let mut res: BTreeMap<PersonId, Vec<Hold>> = BTreeMap::new();
        for it in holds {
            res.entry(it.person.clone()).or_default().push(it);
        }
        res.values_mut().for_each(|it| it.sort_by_key(|it| it.kind));
        Self(res)
    }

    /// The holds on a person that stand at `now`, by kind.
    pub fn of(&self, person: &PersonId, now: Timestamp) -> Vec<&Hold> {
        self.0.get(person).into_iter().flatten().filter(|it| it.is_standing(now)).collect()
    }

    /// Every hold that stands at `now`, by person and kind.
    pub fn standing(&self, now: Timestamp) -> impl Iterator<Item = &Hold> {
        self.0.values().flatten().filter(move |it| it.is_standing(now))
    }
}

/// What the holds on one person leave of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heeded {
    /// What may go on; perhaps without any action.
    pub part: PersonPlan,
    /// What was kept back, by which hold.
    pub withheld: Vec<(HoldKind, Action)>,
    /// One finding for each hold that kept something back.
    pub findings: Vec<Finding>,
    /// Somebody wants to be asked before any of [`Self::part`] is done.
    pub ask: Option<Objection>,
}

/// Obeys the holds on one person. `departure` is the last day by which HR says that the person
/// has left, if it does.
pub fn heed(
    mut part: PersonPlan,
    holds: &[&Hold],
    departure: Option<Date>,
    now: Timestamp,
) -> Heeded {
    let mut withheld = Vec::new();
    let mut findings = Vec::new();
    let mut ask = None;
    for hold in holds.iter().filter(|it| it.is_standing(now)) {
        let (allowed, kept) = match hold.kind {
            HoldKind::Security => closed(&part),
            HoldKind::Legal => intact(&part),
            HoldKind::Undone if is_about(hold, part.standing, departure) => {
                (Vec::new(), part.actions.clone())
            }
            HoldKind::Undone | HoldKind::Vip => (part.actions.clone(), Vec::new()),
        };
        part.actions = allowed;
        if !kept.is_empty() {
            findings.push(finding(hold, &kept));
            withheld.extend(kept.into_iter().map(|it| (hold.kind, it)));
        }
    }
    // Asked about is what the other holds have left over.
    let vip = holds.iter().find(|it| it.kind == HoldKind::Vip && it.is_standing(now));
    // Saving for an undo is no change: what it is saved for says more.
    let telling = part.actions.iter().find(|it| it.kind != ActionKind::SaveUndo);
    if let (Some(vip), Some(first)) = (vip, telling.or(part.actions.first())) {
        ask = Some(Objection::AskFirst {
            person: part.person.clone(),
            kind: first.kind.kind(),
            owner: vip.owner.clone(),
            reason: vip.reason.clone(),
        });
    }
    Heeded { part, withheld, findings, ask }
}

/// What holds leave of everybody's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upheld {
    /// What may go on, or be asked about.
    pub parts: Vec<PersonPlan>,
    /// What was kept back, one finding for each hold.
    pub findings: Vec<Finding>,
    /// Whose part waits for an approval of its own.
    pub asks: Vec<Objection>,
    /// Whose account will not be what HR says: they must not be remembered as verified.
    pub unfinished: BTreeSet<PersonId>,
}

/// Obeys every hold.
pub fn uphold(
    parts: Vec<PersonPlan>,
    holds: &Holds,
    departure: impl Fn(&PersonId) -> Option<Date>,
    now: Timestamp,
) -> Upheld {
    let mut res = Upheld::default();
    for part in parts {
        let standing = holds.of(&part.person, now);
        if standing.is_empty() {
            res.parts.push(part);
            continue;
        }
        let person = part.person.clone();
        let Heeded { part, withheld, findings, ask } =
            heed(part, &standing, departure(&person), now);
        res.findings.extend(findings);
        res.asks.extend(ask);
        if !withheld.is_empty() {
            res.unfinished.insert(person);
        }
        if !part.actions.is_empty() {
            res.parts.push(part);
        }
    }
    res
}

/// Whether a departure that was taken back is the one that this part would carry out.
fn is_about(hold: &Hold, standing: StandingKind, departure: Option<Date>) -> bool {
    standing == StandingKind::Out && hold.departure.is_none_or(|it| departure == Some(it))
}

/// Security: nothing opens the account or gives it anything; what takes away goes on.
fn closed(part: &PersonPlan) -> (Vec<Action>, Vec<Action>) {
    // Without the account, or with it closed for good, nothing can be written to its profile.
    let stays_away = part.has(Kind::Create) || part.has(Kind::Reactivate);
    let opens = stays_away || part.has(Kind::Unsuspend) || part.has(Kind::Activate);
    part.actions.iter().cloned().partition(|it| match it.kind.kind() {
        Kind::Create
        | Kind::Activate
        | Kind::Reactivate
        | Kind::Unsuspend
        | Kind::JoinGroup
        | Kind::AssignApp
        | Kind::LowerTier => false,
        Kind::Update | Kind::SetManager | Kind::LinkManager | Kind::RenameLogin => !stays_away,
        // A stricter tier takes away, except from an account that is closed.
        Kind::RaiseTier => !opens,
        // Groups and policies are nobody's.
        Kind::Archive
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy
        | Kind::Adopt
        | Kind::Suspend
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::SaveUndo
        | Kind::LeaveGroup
        | Kind::UnassignApp
        | Kind::Deactivate => true,
    })
}

/// Legal: nothing is destroyed. Suspending and ending sessions go on (hr-case 44).
fn intact(part: &PersonPlan) -> (Vec<Action>, Vec<Action>) {
    let destroys = |it: &Action| match it.kind.kind() {
        Kind::LeaveGroup | Kind::UnassignApp | Kind::Deactivate => true,
        Kind::Create
        | Kind::Adopt
        | Kind::Activate
        | Kind::Reactivate
        | Kind::Suspend
        | Kind::Unsuspend
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::SaveUndo
        | Kind::JoinGroup
        | Kind::AssignApp
        | Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RenameLogin
        | Kind::RaiseTier
        | Kind::LowerTier
        | Kind::Archive
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy => false,
    };
    // A rehire is stripped first because activation gives back whatever is left over. If nothing
    // may be taken, the account has to stay closed too.
    if part.has(Kind::Reactivate) && part.actions.iter().any(destroys) {
        return (Vec::new(), part.actions.clone());
    }
    let (mut allowed, mut kept) = (Vec::new(), Vec::new());
    for it in &part.actions {
        if destroys(it) {
            kept.push(it.clone());
            continue;
        }
        let (filled, cleared) = without_clearing(it);
        allowed.extend(filled);
        kept.extend(cleared);
    }
    (allowed, kept)
}

/// A change of attributes without those that it would empty, and these alone.
fn without_clearing(action: &Action) -> (Option<Action>, Option<Action>) {
    let split = |changes: &Changes| -> (Changes, Changes) {
        changes.clone().into_iter().partition(|(_, it)| it.after.is_some())
    };
    let again = |changes: &Changes, kind: ActionKind| {
        (!changes.is_empty()).then(|| Action { kind, ..action.clone() })
    };
    match &action.kind {
        ActionKind::Update(changes) => {
            let (filled, cleared) = split(changes);
            let update = |it: Changes| again(&it, ActionKind::Update(it.clone()));
            (update(filled), update(cleared))
        }
        ActionKind::SetManager { manager, changes } => {
            let (filled, cleared) = split(changes);
            let set = |changes: Changes| {
                let (manager, all) = (manager.clone(), changes.clone());
                again(&changes, ActionKind::SetManager { manager, changes: all })
            };
            (set(filled), set(cleared))
        }
        ActionKind::Create(_)
        | ActionKind::Adopt { .. }
        | ActionKind::Activate
        | ActionKind::Reactivate
        | ActionKind::Suspend
        | ActionKind::Unsuspend
        | ActionKind::EndSessions
        | ActionKind::RevokeGrants
        | ActionKind::SaveUndo
        | ActionKind::JoinGroup(_)
        | ActionKind::LeaveGroup(_)
        | ActionKind::AssignApp(_)
        | ActionKind::UnassignApp(_)
        | ActionKind::LinkManager { .. }
        | ActionKind::RenameLogin { .. }
        | ActionKind::SetTier(_)
        | ActionKind::Archive
        | ActionKind::Deactivate => (Some(action.clone()), None),
    }
}

type Changes = BTreeMap<std::sync::Arc<str>, Change>;

fn finding(hold: &Hold, kept: &[Action]) -> Finding {
    let Hold { person, kind, .. } = hold;
    let (end, what) = (hold.end(), told(kept));
    let remove = format!("rollcall hold remove {person} --kind {kind} --why \"...\"");
    let detail = match (kind, hold.departure) {
        (HoldKind::Undone, Some(departure)) => format!(
            "HR says that the person left on {departure}, and this departure was taken back by \
             hand: {end}, it is not carried out again (kept back: {what}). Correct the record in \
             UKG; if the person has really left, run `{remove}`"
        ),
        (HoldKind::Undone | HoldKind::Security | HoldKind::Legal | HoldKind::Vip, _) => format!(
            "a {kind} hold keeps back {end}: {what}. `rollcall hold list` says who placed it and \
             why; `{remove}` ends it, and the next run goes on"
        ),
    };
    Finding::warning(Subject::Person(person.clone()), FindingCode::OnHold, detail)
}

/// What was kept back, shortly: no values, many groups as a number.
fn told(kept: &[Action]) -> String {
    let mut kinds: Vec<Kind> = Vec::new();
    for it in kept {
        let kind = it.kind.kind();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let one = |kind: Kind| {
        let targets: Vec<String> = kept
            .iter()
            .filter(|it| it.kind.kind() == kind)
            .filter_map(|it| it.kind.target())
            .collect();
        match &*targets {
            [] => kind.to_string(),
            [only] => format!("{kind} {only:?}"),
            several => format!("{kind} ({})", several.len()),
        }
    };
    kinds.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
