//! Who is in which groups, or has which apps.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};

use super::{Error, IN_FLIGHT};
use crate::{
    doors::okta,
    words::{ids::OktaUserId, shelf::Numbered},
};

/// The groups or apps of many users. Everybody has a few of some hundred, and whole departments have
/// the same, so each of these and each set of them is kept once, and a user's is a number.
#[derive(Debug)]
pub(super) struct Memberships<T> {
    known: Numbered<T>,
    sets: Numbered<Box<[u32]>>,
    of: HashMap<OktaUserId, u32>,
}

impl<T> Default for Memberships<T> {
    fn default() -> Self {
        Self { known: Numbered::default(), sets: Numbered::default(), of: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash + Ord> Memberships<T> {
    /// `user` is in this one, too.
    pub(super) fn add(&mut self, user: OktaUserId, to: &T) {
        let number = self.known.number(to);
        let before = self.of.get(&user).and_then(|it| self.sets.get(*it)).map_or(&[][..], |it| it);
        // In order, so that two who are in the same have the same set.
        let Err(at) = before.binary_search(&number) else { return };
        let mut all = before.to_vec();
        all.insert(at, number);
        self.of.insert(user, self.sets.number(&all.into()));
    }

    /// Lists who is in each of these, a few of them at a time.
    pub(super) async fn list<'a, F>(
        &mut self,
        all: impl Iterator<Item = &'a T>,
        users_of: impl Fn(&'a T) -> F,
    ) -> Result<(), Error>
    where
        T: 'a,
        F: Future<Output = Result<Vec<OktaUserId>, okta::Error>>,
    {
        let lists = all.map(|it| users_of(it).map_ok(move |users| (it, users)));
        // In whatever order they come: behind a list of fifty pages the others would wait.
        let mut lists = stream::iter(lists).buffer_unordered(IN_FLIGHT);
        while let Some((it, users)) = lists.try_next().await? {
            for user in users {
                self.add(user, it);
            }
        }
        Ok(())
    }

    /// `user` is in these and in no others.
    pub(super) fn put(&mut self, user: OktaUserId, all: &BTreeSet<T>) {
        let mut numbers: Box<[u32]> = all.iter().map(|it| self.known.number(it)).collect();
        numbers.sort_unstable();
        self.of.insert(user, self.sets.number(&numbers));
    }

    /// Everything that `user` is in.
    pub(super) fn of(&self, user: &OktaUserId) -> BTreeSet<T> {
        self.of.get(user).map(|it| self.named(*it).cloned().collect()).unwrap_or_default()
    }

    /// Everybody who is in something, with what.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&OktaUserId, impl Iterator<Item = &T>)> {
        self.of.iter().map(|(user, set)| (user, self.named(*set)))
    }

    fn named(&self, set: u32) -> impl Iterator<Item = &T> {
        let numbers = self.sets.get(set).map_or(&[][..], |it| it);
        numbers.iter().filter_map(|it| self.known.get(*it))
    }
}
