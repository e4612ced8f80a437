//! What a part of a plan leads to, and what the ledger remembers of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    look::Look,
    memory::{Memory, State},
};
use crate::{
    deciders::{
        lifecycle::{self, Before, Standing, StandingKind},
        plan::{Directory, Seen},
    },
    words::{
        account::Status,
        desired::{Desired, Wish},
        ids::{GroupId, PersonId},
        person::Absence,
        shelf::Shelf,
    },
};

/// What an account should be, as it was planned. What is remembered as verified is this and not
/// what would be planned by then: a manager who got an account meanwhile was not written yet.
#[derive(Clone, Debug)]
pub(super) struct Aim {
    fingerprint: [u8; 32],
    state: State,
    attributes: BTreeMap<Arc<str>, Wish>,
}

/// No look has this fingerprint: who is remembered with it is looked at again in every run.
pub(super) const WATCHED: [u8; 32] = [0; 32];

/// How the account is found and left, besides what the look says.
pub(super) struct Leaving<'a> {
    /// What was found.
    pub(super) seen: Option<&'a Seen>,
    pub(super) as_of: Timestamp,
    /// What was remembered until now.
    pub(super) known: Option<&'a State>,
    /// Whether the account stays open although it should be closed until the start.
    pub(super) stays_open: bool,
    /// Whether the login it will have is one that the policy gives.
    pub(super) has_own_login: bool,
    /// Whether it is looked at again although everything was done.
    pub(super) watch: Watch,
}

impl Aim {
    /// Whether just this is remembered already.
    pub(super) fn is_known(&self, memory: &Memory, person: &PersonId) -> bool {
        memory.is_verified(person, &self.fingerprint)
            && memory.state(person).as_ref() == Some(&self.state)
    }

    /// What `look` leads to. Somebody whose account others have touched, or whose status is in
    /// the way, is watched until that is resolved; so is whoever belongs into a group that has
    /// still to be made.
    pub(super) fn of(look: &Look<'_>, directory: &Directory, leaving: &Leaving<'_>) -> Self {
        let Leaving { seen, known, as_of, stays_open, has_own_login, watch } = *leaving;
        let status = seen.map(|it| it.account.status);
        let suspended_by_others =
            lifecycle::is_suspended_by_others(&look.standing, status, look.before);
        // An account that was closed stays a closed one of ours until it is open, also while a
        // return is near: or nobody would know on the first day whose suspension it is.
        let is_closed = matches!(status, Some(Status::Suspended | Status::Deprovisioned));
        let standing = match (look.standing.kind(), look.before) {
            (StandingKind::TooEarly | StandingKind::Preboard, Some(before)) if is_closed => {
                before.standing
            }
            (kind, _) => kind,
        };
        let out_since = (standing == StandingKind::Out).then(|| {
            let before = look.before.filter(|it| it.standing == StandingKind::Out);
            before.and_then(|it| it.out_since).unwrap_or(as_of)
        });
        let before = Some(Before { suspended_by_others, out_since, ..Before::of(standing) });
        let as_before = || known.cloned().unwrap_or_default();
        let is_prepared = matches!(status, None | Some(Status::Staged));
        let state = match (&look.desired, &look.standing) {
            // An account that is open or closed already is not touched before the start, so what
            // was verified before still holds: its groups are those of then.
            (Some(_), Standing::Preboard) if !is_prepared => as_before(),
            (None, Standing::Paused(Absence::StartMoved)) if stays_open => as_before(),
            (Some(desired), _) => State {
                before,
                tier: look.tier(),
                blank_since: look.blank_since,
                is_incomplete: false,
                given: Some(Arc::new(given(desired, known, seen, directory))),
                name: has_own_login.then(|| look.name.clone()),
            },
            // Whoever is away comes back to what was.
            (None, Standing::Paused(_)) => State { before, ..as_before() },
            (
                None,
                Standing::TooEarly
                | Standing::Preboard
                | Standing::Open
                | Standing::Restricted(_)
                | Standing::Out { .. },
            ) => State { before, name: known.and_then(|it| it.name.clone()), ..State::default() },
        };
        let was_in_line = known.is_some_and(|it| !it.is_incomplete);
        let is_incomplete = watch == Watch::LacksGroup && !was_in_line;
        let state = State { is_incomplete, ..state };
        let attributes = look.desired.as_ref().map(|it| it.attributes.clone());
        let attributes = attributes.unwrap_or_default();
        let fingerprint = match watch {
            Watch::No => look.fingerprint,
            Watch::Open | Watch::LacksGroup => WATCHED,
        };
        Self { fingerprint, state, attributes }
    }
}

/// The groups that rules give, and those that they gave and that are not left yet: leaving them
/// can wait for a person's word or be kept back, and they do not become somebody's handiwork.
fn given(
    desired: &Desired,
    known: Option<&State>,
    seen: Option<&Seen>,
    directory: &Directory,
) -> BTreeSet<GroupId> {
    let before = known.and_then(|it| it.given.as_deref()).into_iter().flatten();
    let held: BTreeSet<&GroupId> =
        seen.into_iter().flat_map(|it| &it.groups).map(|it| &it.id).collect();
    let mut res = directory.ids_of(desired.groups.keys());
    res.extend(before.filter(|it| held.contains(it)).cloned());
    res
}

/// What everybody's part leads to. A first run leads a whole company somewhere, so it is kept as
/// the ledger will have it.
#[derive(Debug, Default)]
pub(super) struct Aims {
    places: BTreeMap<PersonId, usize>,
    written: Shelf<Written>,
}

/// An aim as the ledger will remember it.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    fingerprint: [u8; 32],
    /// The fields of the snapshot, as JSON.
    fields: String,
}

impl Aims {
    /// This is what the person's part leads to.
    pub(super) fn insert(&mut self, person: PersonId, aim: &Aim) {
        let fields = aim.state.to_fields(&aim.attributes);
        let fields = Value::Object(fields).to_string();
        let at = self.written.push(&Written { fingerprint: aim.fingerprint, fields });
        self.places.insert(person, at);
    }

    /// What will be remembered of the person: the fingerprint, and the fields of the snapshot.
    pub(super) fn get(&self, person: &PersonId) -> Option<([u8; 32], Map<String, Value>)> {
        let Written { fingerprint, fields } = self.written.get(*self.places.get(person)?);
        let fields = serde_json::from_str(&fields).expect("it was written here");
        Some((fingerprint, fields))
    }

    /// Whether the person is looked at again in every run.
    pub(super) fn is_watched(&self, person: &PersonId) -> bool {
        self.places.get(person).is_some_and(|at| self.written.get(*at).fingerprint == WATCHED)
    }

    /// The person is looked at again in every run.
    pub(super) fn watch(&mut self, person: &PersonId) {
        if let Some(at) = self.places.get(person) {
            let aim = self.written.get(*at);
            self.written.replace(*at, &Written { fingerprint: WATCHED, ..aim });
        }
    }

    /// Leaves out whoever is not in line.
    pub(super) fn retain(&mut self, is_in_line: impl Fn(&PersonId) -> bool) {
        self.places.retain(|person, _| is_in_line(person));
    }
}

/// Whether somebody is looked at again although everything was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watch {
    /// No.
    No,
    /// Something that others did, or a status, stands against HR.
    Open,
    /// A group that the person belongs into has still to be made.
    LacksGroup,
}
