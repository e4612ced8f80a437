//! What an account says about its user.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::value::Value;

/// A user profile: attribute name to value; absent and null are the same.
///
/// Two lists in the order of the names: accounts are [packed](super::shelf) by the hundred thousand,
/// and most have the same names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    names: Box<[Arc<str>]>,
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
}
