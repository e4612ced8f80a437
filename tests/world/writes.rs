//! What Rollcall wrote to Okta, as the simulator saw it: the proof of what was allowed.

use std::collections::{BTreeMap, BTreeSet};

use crate::{World, attribute};

impl World {
    /// What was written to Okta since the wire forgot, a line for each kind of write with how
    /// often it was made. Whatever is not in it did not happen.
    pub fn write_log(&self) -> String {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for it in self.town.okta.wire().writes() {
            *counts.entry(format!("{} {}", it.method, in_words(&it.path))).or_default() += 1;
        }
        counts.iter().map(|(what, count)| format!("{count} x {what}\n")).collect()
    }

    /// The people about whose accounts something was written since the wire forgot. A write that
    /// names nobody's account is in it as it was made.
    pub fn written_about(&self) -> BTreeSet<String> {
        let org = self.town.okta.org();
        let people: BTreeMap<&str, &str> =
            org.users().map(|it| (&*it.id, attribute(it, "ukgPersonId"))).collect();
        let writes = self.town.okta.wire().writes().into_iter();
        let whom = writes.map(|it| {
            let named = it.path.split('/').find_map(|it| people.get(it));
            named.map_or_else(|| format!("{} {}", it.method, it.path), |it| (*it).to_owned())
        });
        whom.collect()
    }
}

/// A path with words in the place of ids.
fn in_words(path: &str) -> String {
    let mut res = Vec::new();
    let mut before = "";
    for part in path.trim_start_matches("/api/v1/").split('/') {
        res.push(match before {
            "users" => "USER",
            "groups" => "GROUP",
            "apps" => "APP",
            _ => part,
        });
        before = part;
    }
    res.join("/")
}
