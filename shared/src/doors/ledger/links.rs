//! Who is who: persons and their Okta users, and the logins nobody may have again yet.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::Format,
    error::Error,
    hex, sha256,
    store::{Draft, Expect, Key, Write},
};
use crate::words::ids::{EmployeeId, Login, OktaUserId, PersonId};

const LINK: Format = Format::v1("link");
const LINK_USER: Format = Format::v1("link-user");
const TOMBSTONE: Format = Format::v1("tombstone");

/// That a person is an Okta user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The person.
    pub person: PersonId,
    /// The user.
    pub user: OktaUserId,
    /// The login, when last seen.
    pub login: Login,
    /// Every employee id the person is known to have had, in order.
    pub employees: Box<[EmployeeId]>,
    /// Since when.
    pub linked_at: Timestamp,
    /// Whether Rollcall created the account; otherwise it adopted it.
    pub created_by_us: bool,
}

/// A login that must not be given to anybody else yet: mail to the old owner would reach the new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Who had it.
    pub person: PersonId,
    /// Until when it stays empty.
    pub until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct LinkUser {
    person: PersonId,
}

fn link_key(person: &PersonId) -> Key {
    Key::new("link", person.as_str())
}

fn user_key(user: &OktaUserId) -> Key {
    Key::new("link-user", user.as_str())
}

/// The login's hash: keys appear in logs, and a login is a name.
fn tombstone_key(login: &Login) -> Key {
    Key::new("tombstone", hex(&sha256(&[login.as_str().as_bytes()])))
}

impl Ledger {
    /// Links a person and a user, or brings the login and the employee ids of their link up to
    /// date. Repeating it is harmless.
    ///
    /// # Errors
    /// [`Error::AlreadyLinked`] when either is linked to somebody else.
    pub async fn link(&self, fence: &Fence, link: &Link) -> Result<(), Error> {
        let (person, user) = (link_key(&link.person), user_key(&link.user));
        match self.read::<Link>(LINK, &person).await? {
            Some((before, _)) if before == *link => Ok(()),
            Some((before, rev)) if before.user == link.user => {
                self.fenced(fence, vec![LINK.put(person, link, Expect::Rev(rev))]).await
            }
            Some(_) => Err(Error::AlreadyLinked { key: person }),
            None => {
                let back = LinkUser { person: link.person.clone() };
                let writes = vec![
                    LINK.put(person, link, Expect::Absent),
                    LINK_USER.put(user, &back, Expect::Absent),
                ];
                let taken = |key| Error::AlreadyLinked { key };
                self.fenced(fence, writes).await.map_err(|it| it.on_conflict(taken))
            }
        }
    }

    /// Forgets the link of a person. Repeating it is harmless.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unlink(&self, fence: &Fence, person: &PersonId) -> Result<(), Error> {
        let Some((link, rev)) = self.read::<Link>(LINK, &link_key(person)).await? else {
            return Ok(());
        };
        let writes = vec![
            Write::Delete(link_key(person), Expect::Rev(rev)),
            Write::Delete(user_key(&link.user), Expect::Any),
        ];
        self.fenced(fence, writes).await
    }

    /// The link of a person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn link_of_person(&self, person: &PersonId) -> Result<Option<Link>, Error> {
        Ok(self.read(LINK, &link_key(person)).await?.map(|(link, _)| link))
    }

    /// The link of a user.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn link_of_user(&self, user: &OktaUserId) -> Result<Option<Link>, Error> {
        match self.read::<LinkUser>(LINK_USER, &user_key(user)).await? {
            Some((back, _)) => self.link_of_person(&back.person).await,
            None => Ok(None),
        }
    }

    /// Hands out every link, by person.
    ///
    /// # Errors
    /// When the store fails; some may have been handed out by then.
    pub async fn each_link(&self, take: impl FnMut(Link)) -> Result<(), Error> {
        self.each(LINK, "link", take).await
    }

    /// Every link. At 100,000 people some 40 MB; [`Self::each_link`] needs less.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all_links(&self) -> Result<Vec<Link>, Error> {
        self.all(LINK, "link").await
    }

    /// Keeps a login empty until `until`. Repeating it is harmless; a later end wins.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn bury(
        &self,
        fence: &Fence,
        login: &Login,
        tombstone: &Tombstone,
    ) -> Result<(), Error> {
        let key = tombstone_key(login);
        let expect = match self.read::<Tombstone>(TOMBSTONE, &key).await? {
            Some((before, _)) if before.until >= tombstone.until => return Ok(()),
            Some((_, rev)) => Expect::Rev(rev),
            None => Expect::Absent,
        };
        let draft = Draft { expires: Some(tombstone.until), ..TOMBSTONE.draft(key, tombstone) };
        self.fenced(fence, vec![Write::Put(draft, expect)]).await
    }

    /// The tombstone on a login, if it still stands.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tombstone(
        &self,
        login: &Login,
        now: Timestamp,
    ) -> Result<Option<Tombstone>, Error> {
        let found = self.read::<Tombstone>(TOMBSTONE, &tombstone_key(login)).await?;
        Ok(found.map(|(it, _)| it).filter(|it| now < it.until))
    }

    /// Whether nobody may have the login yet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_tombstoned(&self, login: &Login, now: Timestamp) -> Result<bool, Error> {
        Ok(self.tombstone(login, now).await?.is_some())
    }
}
