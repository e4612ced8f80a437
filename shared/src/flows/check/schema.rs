//! The attributes of Okta's user profile: whether the policy can write what it maps.

use std::{collections::BTreeSet, sync::Arc};

use super::{Office, Repair, mend, wrong_in_okta};
use crate::{
    deciders::{checkup::Checkup, policy::Policy},
    doors::okta::{Reader, Schema},
};

const NAME: &str = "Okta attributes";
/// As similar as this, and it is probably the same name with a typing error.
const SIMILAR: f64 = 0.93;

/// Compares the profile with the policy; adds what is missing when that was asked for.
pub(super) async fn check(checkup: &mut Checkup, office: &Office, reader: &Reader, repair: Repair) {
    let policy = &office.policy;
    let mut schema = match reader.user_schema().await {
        Ok(schema) => schema,
        Err(error) => return wrong_in_okta(checkup, NAME, &error),
    };
    let mut refused = Vec::new();
    match repair {
        Repair::Nothing => {}
        Repair::Schema => {
            let mut missing = missing(&schema, policy);
            // What looks like a typing error is for a person to decide.
            missing.retain(|it| lookalike(&schema, it).is_none());
            let added = mend::add(checkup, office, &missing).await;
            // Read again: only what Okta shows is there.
            if !added.is_empty() {
                schema = match reader.user_schema().await {
                    Ok(schema) => schema,
                    Err(error) => return wrong_in_okta(checkup, NAME, &error),
                };
            }
            missing.retain(|it| !added.contains(it));
            (checkup.added, refused) = (added, missing);
        }
    }
    judge(checkup, &schema, policy, &refused);
}

/// What the policy writes and the profile does not have.
fn missing(schema: &Schema, policy: &Policy) -> Vec<Arc<str>> {
    let owned = policy.owned_attributes().into_iter();
    owned.filter(|it| !schema.attributes.contains_key(it)).collect()
}

/// `refused` are those that Okta did not let us add, which has been told.
fn judge(checkup: &mut Checkup, schema: &Schema, policy: &Policy, refused: &[Arc<str>]) {
    let owned = policy.owned_attributes();
    let before = checkup.lines.len();
    for name in missing(schema, policy).iter().filter(|it| !refused.contains(it)) {
        absent(checkup, schema, name);
    }
    for name in &owned {
        if schema.attributes.get(name).is_some_and(|it| it.is_read_only) {
            checkup.wrong(
                NAME,
                format!("{name} cannot be written"),
                format!("make {name} writable in Profile Editor, or leave it out of the policy"),
            );
        }
    }
    key(checkup, schema, &policy.okta.key_attribute);
    required(checkup, schema, &owned);
    if checkup.lines.len() == before && refused.is_empty() {
        checkup.ok(NAME, format!("all {} that the policy writes are there", owned.len()));
    }
}

fn absent(checkup: &mut Checkup, schema: &Schema, name: &Arc<str>) {
    if checkup.added.contains(name) {
        return checkup.warn(
            NAME,
            format!("{name} was added, and Okta does not show it yet"),
            "wait a minute and check again",
        );
    }
    let advice = match lookalike(schema, name) {
        Some(it) => format!(
            "if {it} is meant, correct the policy; else add a custom string attribute {name} in \
             Profile Editor"
        ),
        None => format!(
            "`rollcall check --fix-schema` adds it; or add a custom string attribute {name} in \
             Profile Editor"
        ),
    };
    checkup.wrong(NAME, format!("the user profile has no {name}"), advice);
}

/// An attribute of the profile that was probably meant.
fn lookalike<'s>(schema: &'s Schema, name: &str) -> Option<&'s Arc<str>> {
    let known = schema.attributes.keys().map(|it| (strsim::jaro_winkler(it, name), it));
    let similar = known.filter(|(likeness, _)| *likeness > SIMILAR);
    similar.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, it)| it)
}

/// Two accounts with one key would be two accounts of one person, and nobody could say which is
/// the right one. Okta can refuse the second.
fn key(checkup: &mut Checkup, schema: &Schema, name: &Arc<str>) {
    let Some(key) = schema.attributes.get(name) else { return };
    if &*key.type_ != "string" {
        checkup.wrong(
            NAME,
            format!("{name}, which says whose account it is, is of type {}", key.type_),
            "name a string attribute as okta.key_attribute",
        );
    } else if key.is_custom && !key.is_unique {
        checkup.warn(
            NAME,
            format!("{name}, which says whose account it is, need not be unique"),
            format!("set {name} to unique in Profile Editor, so that no two users can share it"),
        );
    }
}

/// Okta refuses to create a user without a required attribute.
fn required(checkup: &mut Checkup, schema: &Schema, owned: &BTreeSet<Arc<str>>) {
    for (name, attribute) in &schema.attributes {
        if attribute.is_required && !owned.contains(name) && &**name != "login" {
            checkup.wrong(
                NAME,
                format!("Okta refuses new users without {name}, and the policy does not map it"),
                format!("map {name} under profile, or make it optional in Profile Editor"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::{Expect, expect};

    use super::*;
    use crate::{deciders::policy, doors::okta::Attribute};

    fn attribute() -> Attribute {
        Attribute {
            title: "".into(),
            type_: "string".into(),
            is_required: false,
            is_unique: false,
            is_custom: false,
            is_read_only: false,
            allowed: Vec::new(),
        }
    }

    /// The example policy against a profile that has what it writes, but for a change.
    #[track_caller]
    fn check(change: impl FnOnce(&mut BTreeMap<Arc<str>, Attribute>), expected: Expect) {
        let policy = Policy::compile("rollcall.yaml", policy::EXAMPLE).unwrap();
        let owned = policy.owned_attributes().into_iter().map(|it| (it, attribute()));
        let mut attributes: BTreeMap<_, _> = owned.collect();
        let key = attributes.get_mut(&policy.okta.key_attribute).unwrap();
        (key.is_custom, key.is_unique) = (true, true);
        change(&mut attributes);
        let mut checkup = Checkup::default();
        judge(&mut checkup, &Schema { attributes }, &policy, &[]);
        let lines: Vec<String> = checkup.lines.iter().map(ToString::to_string).collect();
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn profile_that_has_everything_is_well() {
        check(
            |_| {},
            expect!["ok       Okta attributes    all 18 that the policy writes are there"],
        );
    }

    #[test]
    fn missing_attributes_are_told_with_what_was_probably_meant() {
        check(
            |it| {
                it.remove("ukgPersonId");
                it.remove("costCenter");
                it.insert("costCentre".into(), attribute());
            },
            expect![[r#"
                wrong    Okta attributes    the user profile has no costCenter
                                            -> if costCentre is meant, correct the policy; else add a custom string attribute costCenter in Profile Editor
                wrong    Okta attributes    the user profile has no ukgPersonId
                                            -> `rollcall check --fix-schema` adds it; or add a custom string attribute ukgPersonId in Profile Editor"#]],
        );
    }

    #[test]
    fn attributes_that_cannot_be_written_or_must_be_are_told() {
        check(
            |it| {
                it.get_mut("title").unwrap().is_read_only = true;
                it.insert("badge".into(), Attribute { is_required: true, ..attribute() });
                it.insert("login".into(), Attribute { is_required: true, ..attribute() });
            },
            expect![[r#"
                wrong    Okta attributes    title cannot be written
                                            -> make title writable in Profile Editor, or leave it out of the policy
                wrong    Okta attributes    Okta refuses new users without badge, and the policy does not map it
                                            -> map badge under profile, or make it optional in Profile Editor"#]],
        );
    }

    #[test]
    fn key_must_be_a_text_and_should_be_unique() {
        check(
            |it| it.get_mut("ukgPersonId").unwrap().is_unique = false,
            expect![[r#"
            warning  Okta attributes    ukgPersonId, which says whose account it is, need not be unique
                                        -> set ukgPersonId to unique in Profile Editor, so that no two users can share it"#]],
        );
        check(
            |it| it.get_mut("ukgPersonId").unwrap().type_ = "number".into(),
            expect![[r#"
            wrong    Okta attributes    ukgPersonId, which says whose account it is, is of type number
                                        -> name a string attribute as okta.key_attribute"#]],
        );
    }
}
