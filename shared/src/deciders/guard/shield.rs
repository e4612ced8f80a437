//! What protects an account from being touched without a person's word.

use std::{fmt, sync::Arc};

use crate::{deciders::plan::PersonPlan, words::action::Kind};

/// What protects an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shield {
    /// It holds an Okta admin role: nothing is taken from it and it is not closed.
    AdminRole,
    /// It is in one of the policy's protected groups: nothing is changed.
    Group(Arc<str>),
}

impl Shield {
    /// The first step of a part that this keeps from being taken.
    pub fn first_kept(&self, part: &PersonPlan) -> Option<Kind> {
        let mut kinds = part.actions.iter().map(|it| it.kind.kind());
        match self {
            Self::Group(_) => kinds.next(),
            Self::AdminRole => kinds.find(|it| takes_away(*it)),
        }
    }
}

/// Whether a step closes an account or takes something from it.
fn takes_away(kind: Kind) -> bool {
    match kind {
        Kind::Suspend
        | Kind::EndSessions
        | Kind::RevokeGrants
        | Kind::LeaveGroup
        | Kind::UnassignApp
        | Kind::Deactivate
        | Kind::LowerTier => true,
        Kind::Create
        | Kind::Adopt
        | Kind::Activate
        | Kind::Reactivate
        | Kind::Unsuspend
        | Kind::SaveUndo
        | Kind::JoinGroup
        | Kind::AssignApp
        | Kind::Update
        | Kind::SetManager
        | Kind::LinkManager
        | Kind::RenameLogin
        | Kind::RaiseTier
        | Kind::Archive
        | Kind::CreateGroup
        | Kind::RenameGroup
        | Kind::RepairPolicy => false,
    }
}

impl fmt::Display for Shield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AdminRole => f.write_str("holds an Okta admin role"),
            Self::Group(name) => write!(f, "is in the protected group {name:?}"),
        }
    }
}
