//! One thing to do to one Okta user, with nothing left to choose.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{
    account::Status,
    ids::{AppId, GroupId, Login, OktaUserId, PersonId},
    value::Value,
};

/// One step. It names its precondition and is safe to repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// For whom.
    pub person: PersonId,
    /// On which account; `None` only before the account exists.
    pub user: Option<OktaUserId>,
    /// What to do.
    pub kind: ActionKind,
    /// The HR fact or the policy rule that asks for it: one clause without personal data.
    pub cause: Arc<str>,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Create the account, STAGED, with its profile and first groups.
    Create(NewAccount),
    /// Write the key attribute to an account that matched strongly, and remember the link.
    Adopt {
        /// How it matched, for example `employeeNumber`.
        matched_by: Arc<str>,
    },
    /// Open a staged account.
    Activate,
    /// Reopen a deactivated account.
    Reactivate,
    /// Close for now.
    Suspend,
    /// Reopen after [`Self::Suspend`].
    Unsuspend,
    /// End every Okta session and OAuth token.
    EndSessions,
    /// Revoke every OAuth grant.
    RevokeGrants,
    /// Remember status, groups and direct apps, so that the leaver can be brought back.
    SaveUndo,
    /// Add to a group.
    JoinGroup(GroupRef),
    /// Remove from a group.
    LeaveGroup(GroupRef),
    /// Assign an app directly.
    AssignApp(AppRef),
    /// Take a directly assigned app away.
    UnassignApp(AppRef),
    /// Close for good.
    Deactivate,
    /// Change just these profile attributes.
    Update(BTreeMap<Arc<str>, Change>),
    /// Change the attributes that name the manager. Comes after every account exists.
    SetManager {
        /// Whom HR names as the manager; `None` for nobody.
        manager: Option<PersonId>,
        /// The attributes to write.
        changes: BTreeMap<Arc<str>, Change>,
    },
    /// Link the account to the manager's by a linked object, or take the link away.
    LinkManager {
        /// The name of the relation, seen from the report: `manager`.
        relation: Arc<str>,
        /// Whom HR names as the manager; `None` for nobody.
        manager: Option<(PersonId, OktaUserId)>,
    },
    /// Give the account another login, because the name has changed.
    RenameLogin {
        /// The login it has.
        from: Login,
        /// The login that was found free.
        to: Login,
    },
    /// Move between the groups of the MFA tiers: into the new one first, so that nobody is ever
    /// without a tier.
    SetTier(TierChange),
    /// Keep a copy of everything Okta knows about a contractor who leaves.
    Archive,
}

/// A move between MFA tiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierChange {
    /// The tier as the policy names it.
    pub tier: Arc<str>,
    /// Its group.
    pub to: GroupRef,
    /// Whether the account has to be added to it.
    pub joins: bool,
    /// The other tiers' groups that it is in.
    pub from: Vec<GroupRef>,
    /// Which way it goes.
    pub direction: Direction,
}

/// Which way a tier changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To a stricter tier, or to a first one.
    Up,
    /// To a less strict tier.
    Down,
}

/// One thing to do to the org itself rather than to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgAction {
    /// What to do.
    pub kind: OrgActionKind,
    /// The HR fact or the policy rule that asks for it.
    pub cause: Arc<str>,
}

/// What can be done to the org.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrgActionKind {
    /// Make a group that the policy names and Okta lacks.
    CreateGroup {
        /// The name it gets.
        name: Arc<str>,
    },
    /// Give a group the new name of the unit it stands for. Its members stay.
    RenameGroup {
        /// The group under its present name.
        group: GroupRef,
        /// The name it gets.
        to: Arc<str>,
    },
    /// Put an enrollment policy right.
    RepairPolicy(PolicyRepair),
}

/// What is wrong with an enrollment policy and can be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRepair {
    /// Okta's id of the policy.
    pub policy: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The group that it has to include.
    pub include: Option<GroupRef>,
    /// The place it has to move to, from 1.
    pub priority: Option<u32>,
    /// Whether it has to be switched on.
    pub activate: bool,
}

impl OrgActionKind {
    /// The kind without its contents.
    pub fn kind(&self) -> Kind {
        match self {
            Self::CreateGroup { .. } => Kind::CreateGroup,
            Self::RenameGroup { .. } => Kind::RenameGroup,
            Self::RepairPolicy(_) => Kind::RepairPolicy,
        }
    }

    /// What it is aimed at.
    pub fn target(&self) -> String {
        match self {
            Self::CreateGroup { name } => name.to_string(),
            Self::RenameGroup { group, to } => format!("{} -> {to}", group.name),
            Self::RepairPolicy(repair) => format!("{}: {}", repair.name, repair.in_words()),
        }
    }
}

impl PolicyRepair {
    /// What is put right, as reports say it.
    pub fn in_words(&self) -> String {
        let Self { policy: _, name: _, include, priority, activate } = self;
        let mut res = Vec::new();
        res.extend(include.as_ref().map(|it| format!("include group {}", it.name)));
        res.extend(priority.map(|it| format!("move to place {it}")));
        res.extend(activate.then(|| "switch on".to_owned()));
        res.join(", ")
    }
}

/// An account to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// The login that was found free.
    pub login: Login,
    /// The profile, without `login`.
    pub profile: BTreeMap<Arc<str>, Value>,
    /// At most 20 groups (Okta's limit for a create call).
    pub groups: Vec<GroupRef>,
}

/// An attribute before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What Okta has.
    pub before: Option<Value>,
    /// What it should have; `None` clears it.
    pub after: Option<Value>,
}

/// A group by id, with the name that people read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupRef {
    /// Okta's id.
    pub id: GroupId,
    /// The name when it was read.
    pub name: Arc<str>,
}

/// An app by id, with the label that people read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppRef {
    /// Okta's id.
    pub id: AppId,
    /// The label when it was read.
    pub label: Arc<str>,
}

/// The kinds of actions without their contents: what limits count and reports show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// [`ActionKind::Create`]
    Create,
    /// [`ActionKind::Adopt`]
    Adopt,
    /// [`ActionKind::Activate`]
    Activate,
    /// [`ActionKind::Reactivate`]
    Reactivate,
    /// [`ActionKind::Suspend`]
    Suspend,
    /// [`ActionKind::Unsuspend`]
    Unsuspend,
    /// [`ActionKind::EndSessions`]
    EndSessions,
    /// [`ActionKind::RevokeGrants`]
    RevokeGrants,
    /// [`ActionKind::SaveUndo`]
    SaveUndo,
    /// [`ActionKind::JoinGroup`]
    JoinGroup,
    /// [`ActionKind::LeaveGroup`]
    LeaveGroup,
    /// [`ActionKind::AssignApp`]
    AssignApp,
    /// [`ActionKind::UnassignApp`]
    UnassignApp,
    /// [`ActionKind::Deactivate`]
    Deactivate,
    /// [`ActionKind::Update`]
    Update,
    /// [`ActionKind::SetManager`]
    SetManager,
    /// [`ActionKind::LinkManager`]
    LinkManager,
    /// [`ActionKind::RenameLogin`]
    RenameLogin,
    /// [`ActionKind::SetTier`], upwards
    RaiseTier,
    /// [`ActionKind::SetTier`], downwards
    LowerTier,
    /// [`ActionKind::Archive`]
    Archive,
    /// [`OrgActionKind::CreateGroup`]
    CreateGroup,
    /// [`OrgActionKind::RenameGroup`]
    RenameGroup,
    /// [`OrgActionKind::RepairPolicy`]
    RepairPolicy,
}

impl ActionKind {
    /// The kind without its contents.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Create(_) => Kind::Create,
            Self::Adopt { .. } => Kind::Adopt,
            Self::Activate => Kind::Activate,
            Self::Reactivate => Kind::Reactivate,
            Self::Suspend => Kind::Suspend,
            Self::Unsuspend => Kind::Unsuspend,
            Self::EndSessions => Kind::EndSessions,
            Self::RevokeGrants => Kind::RevokeGrants,
            Self::SaveUndo => Kind::SaveUndo,
            Self::JoinGroup(_) => Kind::JoinGroup,
            Self::LeaveGroup(_) => Kind::LeaveGroup,
            Self::AssignApp(_) => Kind::AssignApp,
            Self::UnassignApp(_) => Kind::UnassignApp,
            Self::Deactivate => Kind::Deactivate,
            Self::Update(_) => Kind::Update,
            Self::SetManager { .. } => Kind::SetManager,
            Self::LinkManager { .. } => Kind::LinkManager,
            Self::RenameLogin { .. } => Kind::RenameLogin,
            Self::SetTier(TierChange { direction: Direction::Up, .. }) => Kind::RaiseTier,
            Self::SetTier(TierChange { direction: Direction::Down, .. }) => Kind::LowerTier,
            Self::Archive => Kind::Archive,
        }
    }

    /// What the action is aimed at besides the user: a group's or app's name, or attribute names.
    pub fn target(&self) -> Option<String> {
        match self {
            Self::JoinGroup(it) | Self::LeaveGroup(it) => Some(it.name.to_string()),
            Self::AssignApp(it) | Self::UnassignApp(it) => Some(it.label.to_string()),
            Self::Update(changes) | Self::SetManager { changes, .. } => {
                Some(changes.keys().map(|it| &**it).collect::<Vec<_>>().join(", "))
            }
            Self::Create(new) if !new.groups.is_empty() => {
                Some(new.groups.iter().map(|it| &*it.name).collect::<Vec<_>>().join(", "))
            }
            Self::Adopt { matched_by } => Some(matched_by.to_string()),
            Self::LinkManager { relation, .. } => Some(relation.to_string()),
            Self::RenameLogin { to, .. } => Some(to.to_string()),
            Self::SetTier(TierChange { tier, from, .. }) => {
                let from: Vec<&str> = from.iter().map(|it| &*it.name).collect();
                let out = if from.is_empty() { "" } else { ", out of group " };
                Some(format!("{tier}{out}{}", from.join(", ")))
            }
            Self::Create(_)
            | Self::Activate
            | Self::Reactivate
            | Self::Suspend
            | Self::Unsuspend
            | Self::EndSessions
            | Self::RevokeGrants
            | Self::SaveUndo
            | Self::Archive
            | Self::Deactivate => None,
        }
    }
}

impl Kind {
    /// Every kind: what limits and reports go through.
    pub const ALL: [Self; 24] = [
        Self::Create,
        Self::Adopt,
        Self::Activate,
        Self::Reactivate,
        Self::Suspend,
        Self::Unsuspend,
        Self::EndSessions,
        Self::RevokeGrants,
        Self::SaveUndo,
        Self::JoinGroup,
        Self::LeaveGroup,
        Self::AssignApp,
        Self::UnassignApp,
        Self::Deactivate,
        Self::Update,
        Self::SetManager,
        Self::LinkManager,
        Self::RenameLogin,
        Self::RaiseTier,
        Self::LowerTier,
        Self::Archive,
        Self::CreateGroup,
        Self::RenameGroup,
        Self::RepairPolicy,
    ];

    /// Whether it is done to people rather than to groups and policies.
    pub fn is_about_people(self) -> bool {
        !matches!(self, Self::CreateGroup | Self::RenameGroup | Self::RepairPolicy)
    }

    /// The kind as `run --json`, the policy's limits and the ledger write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Adopt => "adopt",
            Self::Activate => "activate",
            Self::Reactivate => "reactivate",
            Self::Suspend => "suspend",
            Self::Unsuspend => "unsuspend",
            Self::EndSessions => "end-sessions",
            Self::RevokeGrants => "revoke-grants",
            Self::SaveUndo => "save-undo",
            Self::JoinGroup => "join-group",
            Self::LeaveGroup => "leave-group",
            Self::AssignApp => "assign-app",
            Self::UnassignApp => "unassign-app",
            Self::Deactivate => "deactivate",
            Self::Update => "update",
            Self::SetManager => "set-manager",
            Self::LinkManager => "link-manager",
            Self::RenameLogin => "rename-login",
            Self::RaiseTier => "raise-tier",
            Self::LowerTier => "lower-tier",
            Self::Archive => "archive",
            Self::CreateGroup => "create-group",
            Self::RenameGroup => "rename-group",
            Self::RepairPolicy => "repair-policy",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What became of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// A dry run: it would be done.
    Planned,
    /// Held back by the guard; waits for approval.
    Held,
    /// Okta accepted it.
    Done,
    /// Okta accepted it and reading back showed it.
    Verified,
    /// Not done: the world had moved on since the plan, so the precondition no longer held.
    Skipped,
    /// Okta refused it, or it could not be reached.
    Failed,
}

impl Outcome {
    /// The outcome as reports and the ledger write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Held => "held",
            Self::Done => "done",
            Self::Verified => "verified",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The statuses an account may be in for a lifecycle action to make sense; `None` for the
/// actions that do not depend on the status (reference/okta.md, section 2.2).
pub fn expected_statuses(kind: Kind) -> Option<&'static [Status]> {
    match kind {
        Kind::Activate => Some(&[Status::Staged]),
        Kind::Reactivate => Some(&[Status::Deprovisioned]),
        Kind::Suspend => Some(&[Status::Active]),
        Kind::Unsuspend => Some(&[Status::Suspended]),
        Kind::Deactivate => Some(&[
            Status::Staged,
            Status::Provisioned,
            Status::Active,
            Status::Recovery,
            Status::PasswordExpired,
            Status::LockedOut,
            Status::Suspended,
        ]),
        Kind::Create
        | Kind::Adopt
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::SaveUndo
        | Kind::JoinGroup
        | Kind::LeaveGroup
        | Kind::AssignApp
        | Kind::UnassignApp
        | Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RenameLogin
        | Kind::RaiseTier
        | Kind::LowerTier
        | Kind::Archive
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy => None,
    }
}
