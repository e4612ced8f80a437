//! What an account says about its user.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::value::Value;

/// A user profile: attribute name to value; absent and null are the same.
///
/// Two lists in the order of the names, since a hundred thousand maps would be mostly empty room;
/// accounts with the same attributes can [share](Self::share_names) the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    names: Arc<[Arc<str>]>,
    values: Box<[Value]>,
}

impl Profile {
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.names.binary_search_by(|it| (**it).cmp(name))
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|at| &self.values[at])
    }

    /// Whether the attribute has a value.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Gives the attribute this value, whatever it was.
    pub fn insert(&mut self, name: Arc<str>, value: Value) {
        match self.place(&name) {
            Ok(at) => self.values[at] = value,
            Err(at) => {
                let (before, after) = self.names.split_at(at);
                let names = before.iter().chain([&name]).chain(after).cloned().collect();
                let mut values = std::mem::take(&mut self.values).into_vec();
                values.insert(at, value);
                (self.names, self.values) = (names, values.into());
            }
        }
    }

    /// Every attribute with its value, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.names.iter().zip(&self.values)
    }

    /// The names of every attribute that has a value, in order.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.names.iter()
    }

    /// Uses a list of names that another account has, too; at most so many are kept in `known`.
    pub fn share_names(&mut self, known: &mut HashSet<Arc<[Arc<str>]>>, most: usize) {
        match known.get(&self.names) {
            Some(names) => self.names.clone_from(names),
            None if known.len() < most => {
                known.insert(Arc::clone(&self.names));
            }
            None => {}
        }
    }
}

impl FromIterator<(Arc<str>, Value)> for Profile {
    /// Of several values of one attribute the last one counts.
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(attributes: I) -> Self {
        let all: BTreeMap<Arc<str>, Value> = attributes.into_iter().collect();
        let (names, values): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        Self { names: names.into(), values: values.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Value {
        Value::text(raw).expect("the tests use no blanks")
    }

    fn profile(all: &[(&str, &str)]) -> Profile {
        all.iter().map(|(name, value)| ((*name).into(), text(value))).collect()
    }

    #[test]
    fn attributes_are_found_by_name_and_the_last_value_counts() {
        let mut it = profile(&[("title", "Clerk"), ("city", "Oslo"), ("title", "Head")]);
        assert_eq!(it, profile(&[("city", "Oslo"), ("title", "Head")]));
        assert_eq!(it.get("title"), Some(&text("Head")));
        it.insert("badge".into(), text("7"));
        it.insert("city".into(), text("Bergen"));
        assert_eq!(it.keys().map(|it| &**it).collect::<Vec<_>>(), ["badge", "city", "title"]);
        assert_eq!(it.get("city"), Some(&text("Bergen")));
        assert!(!it.contains_key("street"));
    }

    #[test]
    fn accounts_with_the_same_attributes_share_the_names_and_no_value() {
        let mut known = HashSet::new();
        let (mut one, mut other) = (profile(&[("city", "Oslo")]), profile(&[("city", "Bergen")]));
        one.share_names(&mut known, 1);
        other.share_names(&mut known, 1);
        assert!(Arc::ptr_eq(&one.names, &other.names));
        other.insert("badge".into(), text("7"));
        other.share_names(&mut known, 1);
        assert_eq!((one.get("badge"), known.len()), (None, 1));
    }
}
