//! Keeps a copy of everything Okta knows about somebody who leaves, before it is taken apart.

use std::collections::BTreeMap;

use super::{
    Error,
    apply::{Hand, Said},
};
use crate::doors::{
    ledger::{Archive, Writer},
    okta::{self, LinkedObject, Refused},
};

impl Hand<'_> {
    /// Reads everything, keeps it, and says which apps there were: an app that Okta does not
    /// provision still has an account that somebody has to close. What the API client may not see
    /// (apps, roles, linked objects) is left out: a copy with a gap must not keep a contractor in.
    pub(super) async fn archive(&self, right: &Writer) -> Result<Said, Error> {
        let gone = || Said::skipped("there is no account to keep a copy of");
        let Some(departure) = self.site.hr.departure(&self.part.person) else { return Ok(gone()) };
        let Some(user) = self.user() else { return Ok(gone()) };
        let Some(account) = self.reader.whole_user(user).await? else { return Ok(gone()) };
        let groups = self.reader.groups_of(user).await?;
        let apps = as_far_as_allowed(self.reader.apps_of(user).await)?;
        let roles = as_far_as_allowed(self.reader.roles_of(user).await)?;
        let relations = as_far_as_allowed(self.reader.linked_object_definitions().await)?;
        let mut links = BTreeMap::new();
        for LinkedObject { primary, associated } in relations {
            for side in [primary, associated] {
                let users = self.reader.linked_objects(user, &side.name).await;
                let users = as_far_as_allowed(users)?;
                if !users.is_empty() {
                    links.insert(side.name.to_string(), users);
                }
            }
        }
        let archive = Archive {
            person: self.part.person.clone(),
            user: user.clone(),
            departure,
            status: account.status,
            profile: account.profile.iter().map(|(name, it)| (name.clone(), it.clone())).collect(),
            groups: groups.into_iter().map(|it| it.name.to_string()).collect(),
            apps: apps.into_iter().map(|it| it.label.to_string()).collect(),
            roles: roles.into_iter().map(|it| it.type_.to_string()).collect(),
            links,
            saved_at: self.now(),
            run: self.site.lease.run().clone(),
        };
        self.site.office.ledger.save_archive(right.fence(), &archive).await?;
        let apps = match &*archive.apps {
            [] => "no apps".to_owned(),
            apps => format!("apps {}", apps.join(", ")),
        };
        Ok(Said { detail: Some(apps), ..Said::done(None) })
    }
}

fn as_far_as_allowed<T>(read: Result<Vec<T>, okta::Error>) -> Result<Vec<T>, okta::Error> {
    match read {
        Err(
            okta::Error::Forbidden { .. } | okta::Error::Refused { why: Refused::NotPermitted, .. },
        ) => Ok(Vec::new()),
        other => other,
    }
}
