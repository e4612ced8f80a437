//! Who is in which groups, or has which apps.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};

use super::{Error, IN_FLIGHT};
use crate::{doors::okta, words::ids::OktaUserId};

/// The groups or apps of many users. Everybody has a few of some hundred, so each of these is kept
/// once, and a user's are numbers.
#[derive(Debug)]
pub(super) struct Memberships<T> {
    known: Vec<T>,
    numbers: HashMap<T, u32>,
    of: HashMap<OktaUserId, Vec<u32>>,
}

impl<T> Default for Memberships<T> {
    fn default() -> Self {
        Self { known: Vec::new(), numbers: HashMap::new(), of: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash + Ord> Memberships<T> {
    fn number(&mut self, it: &T) -> u32 {
        if let Some(known) = self.numbers.get(it) {
            return *known;
        }
        let number = u32::try_from(self.known.len()).expect("Okta has no billions of groups");
        self.known.push(it.clone());
        self.numbers.insert(it.clone(), number);
        number
    }

    /// `user` is in this one, too.
    pub(super) fn add(&mut self, user: OktaUserId, to: &T) {
        let number = self.number(to);
        let all = self.of.entry(user).or_default();
        if !all.contains(&number) {
            all.push(number);
        }
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
        let mut lists = stream::iter(lists).buffered(IN_FLIGHT);
        while let Some((it, users)) = lists.try_next().await? {
            for user in users {
                self.add(user, it);
            }
        }
        Ok(())
    }

    /// `user` is in these and in no others.
    pub(super) fn put(&mut self, user: OktaUserId, all: &BTreeSet<T>) {
        let numbers = all.iter().map(|it| self.number(it)).collect();
        self.of.insert(user, numbers);
    }

    /// Everything that `user` is in.
    pub(super) fn of(&self, user: &OktaUserId) -> BTreeSet<T> {
        self.of.get(user).map(|it| self.named(it).cloned().collect()).unwrap_or_default()
    }

    /// Everybody who is in something, with what.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&OktaUserId, impl Iterator<Item = &T>)> {
        self.of.iter().map(|(user, numbers)| (user, self.named(numbers)))
    }

    fn named<'a>(&'a self, numbers: &'a [u32]) -> impl Iterator<Item = &'a T> {
        numbers.iter().filter_map(|it| self.known.get(usize::try_from(*it).ok()?))
    }
}
