//! Everything that Okta knows of one user, before it is taken apart.

use std::sync::Arc;

use super::{AppLink, Door, Error, LinkedObject, Reader, Role, shapes::Projection};
use crate::words::{
    account::{Account, Group},
    ids::OktaUserId,
};

/// What there was of a user. Personal through and through: not for logs, errors or findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// The user, with **every** attribute of the profile, whatever the settings keep otherwise.
    pub account: Account,
    /// All groups, of every kind.
    pub groups: Vec<Group>,
    /// All apps, whether directly or by a group.
    pub apps: Vec<AppLink>,
    /// The admin roles.
    pub roles: Vec<Role>,
    /// Whom the user was linked to, in both directions. Relationships without anybody are left out.
    pub links: Vec<Link>,
}

/// One side of a relationship, and the users on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The side's name: `manager` for the user's own, `subordinate` for those below.
    pub name: Arc<str>,
    /// Who they are.
    pub users: Vec<OktaUserId>,
}

impl Reader {
    /// One user with every attribute of the profile, whatever the settings keep otherwise.
    pub async fn whole_user(&self, id: &OktaUserId) -> Result<Option<Account>, Error> {
        let projection = Arc::new(Projection::new(None));
        Self(Door { projection, ..self.0.clone() }).user(id).await
    }

    /// Everything about one user, whole or an error. `None` when there is no such user.
    ///
    /// Costs four calls, and two for each relationship that is to be looked at
    /// ([`linked_object_definitions`](Self::linked_object_definitions), read once for everybody);
    /// all but the first are of the scarce users bucket. Needs `okta.roles.read`.
    pub async fn archive(
        &self,
        user: &OktaUserId,
        relationships: &[LinkedObject],
    ) -> Result<Option<Archive>, Error> {
        let Some(account) = self.whole_user(user).await? else { return Ok(None) };
        let groups = self.groups_of(user).await?;
        let apps = self.apps_of(user).await?;
        let roles = self.roles_of(user).await?;
        let mut links = Vec::new();
        for side in relationships.iter().flat_map(|it| [&it.primary, &it.associated]) {
            let users = self.linked_objects(user, &side.name).await?;
            if !users.is_empty() {
                links.push(Link { name: Arc::clone(&side.name), users });
            }
        }
        Ok(Some(Archive { account, groups, apps, roles, links }))
    }
}
