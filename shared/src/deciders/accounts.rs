//! Whose account is whose.
//!
//! An account is ours when it carries the key attribute. Without it, an account is adopted only
//! on a strong match and after that left alone for the rest of the run; a weaker resemblance is
//! reported and never acted on (design, section 5.3; hr-cases 3 and 45).

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use crate::words::{
    account::Account,
    ids::{Login, OktaUserId, PersonId},
    shelf::{Places, Shelf},
    value::Value,
};

/// Every account that was read, with the indexes that matching needs.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    accounts: Shelf<Account>,
    by_id: Places,
    by_key: Places,
    by_login: Places,
    /// Of accounts that carry nobody's key: the others are never matched.
    by_match: HashMap<(Arc<str>, Value), Vec<usize>>,
    key_attribute: Arc<str>,
    match_attributes: BTreeSet<Arc<str>>,
}

/// What was found for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// The account carries the person's key.
    Ours(Account),
    /// The account carries nobody's key, and every strong attribute agrees.
    Strong {
        /// The account.
        account: Account,
        /// The attributes that agree.
        by: Arc<str>,
    },
    /// Accounts that nobody owns agree in part: in the login, or in the first of the strong
    /// attributes while the others differ. Never empty.
    Resembles(Vec<Resemblance>),
    /// More than one account claims to be this person's.
    Several(Vec<OktaUserId>),
    /// The ledger's link leads to an account that carries another person's key.
    Stolen(Account),
    /// Nothing.
    Nobody,
}

/// An account that may be a person's, and may be a namesake's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resemblance {
    /// The account.
    pub account: Account,
    /// The attribute that agrees.
    pub by: Arc<str>,
}

impl Accounts {
    /// Indexes for accounts keyed by `key_attribute`, matched by `match_attributes`.
    pub fn new(key_attribute: Arc<str>, match_attributes: BTreeSet<Arc<str>>) -> Self {
        Self { key_attribute, match_attributes, ..Self::default() }
    }

    /// Makes room for so many accounts, so that none is moved when more come.
    pub fn reserve(&mut self, accounts: usize) {
        self.accounts.reserve(accounts);
        self.by_id.reserve(accounts);
        self.by_key.reserve(accounts);
        self.by_login.reserve(accounts);
    }

    /// Adds an account, or replaces the one with its id.
    pub fn put(&mut self, account: &Account) {
        if let Some((at, old)) = self.place(&account.id) {
            self.accounts.replace(at, account);
            self.unindex(at, &old);
            self.index(at, account);
        } else {
            let at = self.accounts.push(account);
            self.by_id.insert(&account.id, at);
            self.index(at, account);
        }
    }

    fn place(&self, id: &OktaUserId) -> Option<(usize, Account)> {
        self.accounts.under(&self.by_id, id).find(|(_, it)| it.id == *id)
    }

    fn index(&mut self, at: usize, it: &Account) {
        self.by_login.insert(&it.login, at);
        if let Some(key) = self.key_of(it) {
            self.by_key.insert(key, at);
            return;
        }
        for name in &self.match_attributes {
            if let Some(value) = it.profile.get(name) {
                self.by_match.entry((name.clone(), value.clone())).or_default().push(at);
            }
        }
    }

    fn unindex(&mut self, at: usize, old: &Account) {
        self.by_login.remove(&old.login, at);
        if let Some(key) = self.key_of(old) {
            self.by_key.remove(key, at);
            return;
        }
        for name in &self.match_attributes {
            if let Some(value) = old.profile.get(name)
                && let Some(all) = self.by_match.get_mut(&(name.clone(), value.clone()))
            {
                all.retain(|it| *it != at);
            }
        }
    }

    /// The account with this id.
    pub fn get(&self, id: &OktaUserId) -> Option<Account> {
        self.place(id).map(|(_, it)| it)
    }

    /// Whether anybody, in any status, has this login.
    pub fn is_taken(&self, login: &Login) -> bool {
        self.by_login(login).is_some()
    }

    /// The account with this login.
    pub fn by_login(&self, login: &Login) -> Option<Account> {
        let mut found = self.accounts.under(&self.by_login, login);
        found.find(|(_, it)| it.login == *login).map(|(_, it)| it)
    }

    /// Every account, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = Account> {
        self.accounts.iter()
    }

    /// The key that an account carries.
    pub fn key_of<'a>(&self, account: &'a Account) -> Option<&'a str> {
        account.profile.get(&self.key_attribute)?.as_text()
    }

    /// Finds a person's account: by the ledger's link, by key, by strong match, in this order.
    ///
    /// `strong` are the attributes of the policy's `okta.match_on` with this person's values;
    /// all of them must agree. `logins` are those the person would be given.
    pub fn find(
        &self,
        person: &PersonId,
        linked: Option<&OktaUserId>,
        strong: &[(Arc<str>, Value)],
        logins: &[Login],
    ) -> Match {
        if let Some(account) = linked.and_then(|it| self.get(it)) {
            return match self.key_of(&account) {
                Some(key) if key != person.as_str() => Match::Stolen(account),
                Some(_) | None => Match::Ours(account),
            };
        }
        let of_key = self.accounts.under(&self.by_key, person.as_str()).map(|(_, it)| it);
        let mut of_key: Vec<Account> =
            of_key.filter(|it| self.key_of(it) == Some(person.as_str())).collect();
        match (of_key.pop(), of_key.is_empty()) {
            (Some(account), true) => return Match::Ours(account),
            (Some(last), false) => return several(of_key, last),
            (None, _) => {}
        }
        let agreeing = self.agreeing(strong).into_iter().map(|at| self.accounts.get(at));
        let mut unowned: Vec<Account> = agreeing.filter(|it| self.key_of(it).is_none()).collect();
        match (unowned.pop(), unowned.is_empty()) {
            (Some(account), true) => {
                let by: Vec<_> = strong.iter().map(|(name, _)| &**name).collect();
                return Match::Strong { account, by: by.join(", ").into() };
            }
            (Some(last), false) => return several(unowned, last),
            (None, _) => {}
        }
        // Only the first wish counts: the second Ada Lovelace resembles the first one's account.
        let by_login = logins.first().and_then(|it| self.by_login(it));
        let by_login = by_login.map(|account| Resemblance { account, by: "login".into() });
        // The right number under another name is somebody's account who has married since, or
        // another company's employee: to make a second account would be a guess (hr-case 45).
        let by_number = strong.first().filter(|_| strong.len() > 1).into_iter().flat_map(|it| {
            let same = self.by_match.get(it).map_or(&[][..], Vec::as_slice);
            same.iter().map(|at| Resemblance { account: self.accounts.get(*at), by: it.0.clone() })
        });
        let mut alike: Vec<Resemblance> = by_login.into_iter().chain(by_number).collect();
        alike.retain(|it| self.key_of(&it.account).is_none());
        if alike.is_empty() { Match::Nobody } else { Match::Resembles(alike) }
    }

    /// The accounts for which every one of `strong` agrees; none when there is nothing to agree on.
    fn agreeing(&self, strong: &[(Arc<str>, Value)]) -> Vec<usize> {
        let mut lists = strong.iter().map(|it| {
            self.by_match.get(it).map_or(BTreeSet::new(), |all| all.iter().copied().collect())
        });
        let Some(first) = lists.next() else { return Vec::new() };
        lists
            .fold(first, |all, next| all.intersection(&next).copied().collect())
            .into_iter()
            .collect()
    }
}

fn several(first: Vec<Account>, last: Account) -> Match {
    Match::Several(first.into_iter().chain([last]).map(|it| it.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::account::{Provider, Status};

    fn account(id: &str, login: &str, attributes: &[(&str, &str)]) -> Account {
        Account {
            id: id.into(),
            status: Status::Active,
            transitioning_to: None,
            login: Login::parse(login).unwrap(),
            profile: attributes
                .iter()
                .map(|(name, value)| ((*name).into(), Value::text(value).unwrap()))
                .collect(),
            provider: Provider::Okta,
            created: None,
            status_changed: None,
            last_login: None,
            last_updated: None,
        }
    }

    fn number(value: &str) -> Vec<(Arc<str>, Value)> {
        vec![("employeeNumber".into(), Value::text(value).unwrap())]
    }

    fn directory() -> Accounts {
        let mut res = Accounts::new("ukgPersonId".into(), ["employeeNumber".into()].into());
        res.put(&account("u1", "ada@x.io", &[("ukgPersonId", "P1"), ("employeeNumber", "001")]));
        res.put(&account("u2", "bob@x.io", &[("employeeNumber", "002")]));
        res.put(&account("u3", "cyd@x.io", &[]));
        res.put(&account("u4", "dee@x.io", &[("employeeNumber", "004")]));
        res.put(&account("u5", "dee2@x.io", &[("employeeNumber", "004")]));
        res
    }

    fn logins(login: &str) -> Vec<Login> {
        vec![Login::parse(login).unwrap()]
    }

    #[test]
    fn the_key_says_whose_account_it_is() {
        let all = directory();
        let found = all.find(&"P1".into(), None, &number("999"), &logins("zoe@x.io"));
        assert!(matches!(found, Match::Ours(it) if it.id.as_str() == "u1"));
    }

    #[test]
    fn a_strong_match_is_adopted_and_a_resemblance_only_told() {
        let all = directory();
        let strong = all.find(&"P2".into(), None, &number("002"), &logins("bob@x.io"));
        assert!(matches!(strong, Match::Strong { account, .. } if account.id.as_str() == "u2"));
        let weak = all.find(&"P3".into(), None, &number("003"), &logins("cyd@x.io"));
        assert!(matches!(&weak, Match::Resembles(them) if them[0].account.id.as_str() == "u3"));
        let both = [number("002"), vec![("lastName".into(), Value::text("New").unwrap())]];
        let married = all.find(&"P2".into(), None, &both.concat(), &logins("new@x.io"));
        assert!(matches!(&married, Match::Resembles(them) if them[0].account.id.as_str() == "u2"));
        // Somebody else's account of the same name is no resemblance: it has an owner.
        let other = all.find(&"P9".into(), None, &number("009"), &logins("ada@x.io"));
        assert_eq!(other, Match::Nobody);
    }

    #[test]
    fn two_claims_and_a_stolen_link_are_told_apart() {
        let all = directory();
        let two = all.find(&"P4".into(), None, &number("004"), &[]);
        assert!(matches!(two, Match::Several(ids) if ids.len() == 2));
        let stolen = all.find(&"P7".into(), Some(&"u1".into()), &[], &[]);
        assert!(matches!(stolen, Match::Stolen(_)));
    }
}
