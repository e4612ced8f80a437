//! What is needed to find one person's account.

use std::sync::Arc;

use super::OktaSide;
use crate::{
    deciders::{accounts::Match, lifecycle::Standing},
    flows::{look::Look, memory::Memory},
    words::{
        account::Account,
        ids::{Login, OktaUserId, PersonId},
        value::Value,
    },
};

/// A manager's account, with the attributes that should name it.
pub(in crate::flows) type NamedManager = (OktaUserId, Box<[(Arc<str>, Option<Value>)]>);

/// What is needed to find one person's account.
pub(in crate::flows) struct Wanted {
    pub(in crate::flows) person: PersonId,
    pub(in crate::flows) linked: Option<OktaUserId>,
    pub(in crate::flows) strong: Box<[(Arc<str>, Value)]>,
    pub(in crate::flows) logins: Vec<Login>,
    /// Logins the account could be renamed to.
    pub(in crate::flows) renames: Vec<Login>,
    /// Who should be named as the manager.
    pub(in crate::flows) manager: Option<Box<NamedManager>>,
    /// Somebody who has left: every group counts, not only ours.
    pub(in crate::flows) is_out: bool,
}

impl Wanted {
    pub(in crate::flows) fn new(
        look: &Look<'_>,
        memory: &Memory,
        strong: Vec<(Arc<str>, Value)>,
    ) -> Self {
        Self {
            person: look.person.id.clone(),
            linked: memory.link(&look.person.id).map(|it| it.user.clone()),
            strong: strong.into(),
            logins: look.logins.clone(),
            renames: look.renames.clone(),
            manager: look.manager.person.as_ref().and_then(|it| {
                let user = memory.link(it)?.user.clone();
                let attributes = look.manager.attributes.iter();
                let attributes = attributes.map(|(name, it)| (name.clone(), it.clone())).collect();
                Some(Box::new((user, attributes)))
            }),
            is_out: matches!(look.standing, Standing::Out { .. }),
        }
    }

    /// The account among those that were read.
    pub(in crate::flows) fn find<'s>(&self, side: &'s OktaSide) -> Match<'s> {
        let Self { person, linked, strong, logins, .. } = self;
        side.accounts.find(person, linked.as_ref(), strong, logins)
    }

    /// The account, when it is this person's for sure.
    pub(in crate::flows) fn account<'s>(&self, side: &'s OktaSide) -> Option<&'s Account> {
        match self.find(side) {
            Match::Ours(account) | Match::Strong { account, .. } => Some(account),
            Match::Resembles(_) | Match::Several(_) | Match::Stolen(_) | Match::Nobody => None,
        }
    }
}
