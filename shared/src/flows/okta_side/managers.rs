//! Who is whose manager in Okta, and whether the managers to be written have an open account.

use std::{collections::BTreeSet, sync::Arc};

use futures::{StreamExt, TryStreamExt, stream};

use super::{Error, IN_FLIGHT, OktaSide, Wanted};
use crate::{
    deciders::plan::ManagerWish,
    doors::okta::{self, Reader, Refused},
    words::{
        finding::{Finding, FindingCode, Subject},
        ids::{OktaUserId, PersonId},
        shelf::Shelf,
    },
};

impl OktaSide {
    /// Okta has no list of linked objects: a call for each person whose account is open.
    pub(super) async fn read_linked_managers(
        &mut self,
        reader: &Reader,
        relation: &Arc<str>,
        wanted: &Shelf<Wanted>,
    ) -> Result<(), Error> {
        let users = wanted.iter().filter(|it| !it.is_out).filter_map(|it| self.id_of(&it));
        let users: Vec<OktaUserId> = users.collect();
        let read: Result<Vec<(OktaUserId, Option<OktaUserId>)>, Error> = stream::iter(users)
            .map(|user| async {
                let manager = linked_manager(reader, relation, &user).await?;
                Ok::<_, Error>((user, manager))
            })
            .buffered(IN_FLIGHT)
            .try_collect()
            .await;
        match read {
            Ok(read) => self.managers.extend(read),
            // The users were just read, so it is the relationship that is not there.
            Err(Error::Okta(okta::Error::Refused { why: Refused::NotFound, .. })) => {
                self.findings.push(Finding::warning(
                    Subject::Named(format!("linked object {relation:?}")),
                    FindingCode::ManagerUnresolved,
                    "is not defined in Okta, so nobody is linked to a manager; define it under \
                     Directory, Profile Editor, or take manager.linked_object out of the policy",
                ));
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// The accounts of managers who are about to be written: one that is closed is not.
    pub(super) async fn read_new_managers(
        &mut self,
        reader: &Reader,
        wanted: &Shelf<Wanted>,
        named: impl Fn(&PersonId) -> Option<(OktaUserId, ManagerWish)>,
    ) -> Result<(), Error> {
        let mut missing = BTreeSet::new();
        for it in wanted.iter() {
            let Some((manager, wish)) = named(&it.person) else { continue };
            let Some(account) = it.account(self) else { continue };
            let linked = self.managers.get(&account.id);
            let is_linked = linked.is_none_or(|it| it.as_ref() == Some(&manager));
            let mut attributes = wish.attributes.iter();
            let is_new =
                !is_linked || attributes.any(|(name, it)| account.profile.get(name) != it.as_ref());
            if is_new && self.accounts.get(&manager).is_none() {
                missing.insert(manager);
            }
        }
        for manager in missing {
            if let Some(account) = reader.user(&manager).await? {
                self.accounts.put(&account);
            }
        }
        Ok(())
    }
}

/// The manager that a linked object names.
pub(in crate::flows) async fn linked_manager(
    reader: &Reader,
    relation: &str,
    user: &OktaUserId,
) -> Result<Option<OktaUserId>, Error> {
    Ok(reader.linked_objects(user, relation).await?.into_iter().next())
}
