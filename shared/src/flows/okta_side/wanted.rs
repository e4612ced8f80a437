//! What is needed to find one person's account.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

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

/// What is needed to find one person's account.
#[derive(Serialize, Deserialize)]
pub(in crate::flows) struct Wanted {
    pub(in crate::flows) person: PersonId,
    pub(in crate::flows) linked: Option<OktaUserId>,
    pub(in crate::flows) strong: Box<[(Arc<str>, Value)]>,
    pub(in crate::flows) logins: Vec<Login>,
    /// Logins the account could be renamed to.
    pub(in crate::flows) renames: Vec<Login>,
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
            linked: memory.link(&look.person.id).map(|it| it.user),
            strong: strong.into(),
            logins: look.logins.clone(),
            renames: look.renames.clone(),
            is_out: matches!(look.standing, Standing::Out { .. }),
        }
    }

    /// The account among those that were read.
    pub(in crate::flows) fn find(&self, side: &OktaSide) -> Match {
        let Self { person, linked, strong, logins, .. } = self;
        side.accounts.find(person, linked.as_ref(), strong, logins)
    }

    /// The account, when it is this person's for sure.
    pub(in crate::flows) fn account(&self, side: &OktaSide) -> Option<Account> {
        match self.find(side) {
            Match::Ours(account) | Match::Strong { account, .. } => Some(account),
            Match::Resembles(_) | Match::Several(_) | Match::Stolen(_) | Match::Nobody => None,
        }
    }
}
