//! The one thing that `check` writes, and only when it is asked to: attributes that the policy
//! writes and Okta's user profile does not have. Nobody's profile is touched.

use std::sync::Arc;

use super::{Office, told};
use crate::{
    deciders::checkup::Checkup,
    doors::okta::{Error, NewAttribute},
};

/// Adds attributes as texts, the key as a unique one. Returns those that Okta took.
pub(super) async fn add(
    checkup: &mut Checkup,
    office: &Office,
    missing: &[Arc<str>],
) -> Vec<Arc<str>> {
    const NAME: &str = "Okta attributes";
    let mut added = Vec::new();
    if missing.is_empty() {
        return added;
    }
    let writer = office.okta.writer();
    let key = &office.policy.okta.key_attribute;
    for name in missing {
        let new = NewAttribute {
            name: name.clone(),
            title: if name == key { "UKG person id".into() } else { name.clone() },
            type_: "string".into(),
            is_unique: name == key,
        };
        match writer.add_schema_attribute(&new).await {
            Ok(_) => added.push(name.clone()),
            Err(error) => {
                let advice = if let Error::Forbidden { .. } = error {
                    "grant okta.schemas.manage (and name it in `scopes` of the credentials) for \
                     as long as this takes; or add the attribute in Profile Editor"
                } else {
                    error.advice().unwrap_or("add the attribute in Profile Editor")
                };
                checkup.wrong(NAME, format!("{name} was not added: {}", told(&error)), advice);
            }
        }
    }
    added
}
