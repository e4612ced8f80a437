//! The default user schema, and what it makes of a profile.

use serde_json::{Map, Value, json};

use super::error::Problem;

/// The default user schema.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The base attributes: Okta's own 31.
    pub base: Map<String, Value>,
    /// The org's own attributes.
    pub custom: Map<String, Value>,
}

const REQUIRED: [&str; 4] = ["login", "firstName", "lastName", "email"];

impl Default for Schema {
    fn default() -> Self {
        let mut base = Map::new();
        let mut add = |name: &str, title: &str, rest: Value| {
            let mut it = json!({
                "title": title, "type": "string", "mutability": "READ_WRITE", "scope": "NONE",
                "permissions": [{"principal": "SELF", "action": "READ_ONLY"}],
                "master": {"type": "PROFILE_MASTER"},
            });
            if let (Some(it), Value::Object(rest)) = (it.as_object_mut(), rest) {
                it.extend(rest);
            }
            base.insert(name.to_owned(), it);
        };
        add("login", "Username", json!({"required": true, "minLength": 5, "maxLength": 100}));
        add("firstName", "First name", json!({"required": true, "minLength": 1, "maxLength": 50}));
        add("lastName", "Last name", json!({"required": true, "minLength": 1, "maxLength": 50}));
        add(
            "email",
            "Primary email",
            json!({"required": true, "format": "email", "minLength": 5, "maxLength": 100}),
        );
        add(
            "secondEmail",
            "Secondary email",
            json!({"format": "email", "minLength": 5, "maxLength": 100}),
        );
        add("mobilePhone", "Mobile phone", json!({"maxLength": 100}));
        add("countryCode", "Country code", json!({"format": "country-code"}));
        add("preferredLanguage", "Preferred language", json!({"format": "language-code"}));
        add("locale", "Locale", json!({"format": "locale"}));
        add("timezone", "Time zone", json!({"format": "timezone"}));
        for (name, title) in [
            ("middleName", "Middle name"),
            ("honorificPrefix", "Honorific prefix"),
            ("honorificSuffix", "Honorific suffix"),
            ("title", "Title"),
            ("displayName", "Display name"),
            ("nickName", "Nickname"),
            ("profileUrl", "Profile Url"),
            ("primaryPhone", "Primary phone"),
            ("streetAddress", "Street address"),
            ("city", "City"),
            ("state", "State"),
            ("zipCode", "Zip code"),
            ("postalAddress", "Postal Address"),
            ("userType", "User type"),
            ("employeeNumber", "Employee number"),
            ("costCenter", "Cost center"),
            ("organization", "Organization"),
            ("division", "Division"),
            ("department", "Department"),
            ("managerId", "ManagerId"),
            ("manager", "Manager"),
        ] {
            add(name, title, json!({}));
        }
        Self { base, custom: Map::new() }
    }
}

impl Schema {
    /// The definition of an attribute.
    pub(crate) fn definition(&self, name: &str) -> Option<&Value> {
        self.base.get(name).or_else(|| self.custom.get(name))
    }

    /// The custom attributes no two users may share.
    pub(crate) fn unique_names(&self) -> impl Iterator<Item = &str> {
        self.custom.iter().filter(|(_, it)| is_unique(it)).map(|(name, _)| name.as_str())
    }

    /// The schema as its endpoint answers it.
    pub(crate) fn document(&self, base: &str) -> Value {
        json!({
            "id": format!("{base}/meta/schemas/user/default"),
            "$schema": "http://json-schema.org/draft-04/schema#",
            "name": "user",
            "title": "User",
            "description": "Okta user profile template with default permission settings",
            "type": "object",
            "definitions": {
                "custom": {"id": "#custom", "type": "object", "properties": self.custom, "required": []},
                "base": {"id": "#base", "type": "object", "properties": self.base, "required": REQUIRED},
            },
            "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
        })
    }

    /// Merges what a POST brings: a definition adds or changes, null removes.
    pub(crate) fn merge_custom(&mut self, incoming: &Map<String, Value>) -> Result<(), Problem> {
        for (name, definition) in incoming {
            let Value::Object(definition) = definition else {
                self.custom.remove(name);
                continue;
            };
            if self.base.contains_key(name) {
                let cause = format!("{name}: The field name is already used by a base attribute");
                return Err(Problem::invalid("schema", cause));
            }
            let mut whole = match self.custom.get(name) {
                Some(Value::Object(known)) => known.clone(),
                Some(_) | None => Map::from_iter([
                    ("mutability".to_owned(), json!("READ_WRITE")),
                    ("scope".to_owned(), json!("NONE")),
                    ("master".to_owned(), json!({"type": "PROFILE_MASTER"})),
                ]),
            };
            whole.extend(definition.clone());
            // The spec calls this a boolean; real orgs answer with the word.
            if is_unique(&Value::Object(whole.clone())) {
                whole.insert("unique".to_owned(), json!("UNIQUE_VALIDATED"));
            }
            self.custom.insert(name.clone(), Value::Object(whole));
        }
        Ok(())
    }

    /// Checks a whole profile, as it would be stored. `what` is the word in Okta's error text.
    ///
    /// Custom defaults are filled in here, also over a null: that is documented, and it makes
    /// a sync that sends null see a difference for ever.
    pub(crate) fn check(
        &self,
        what: &str,
        profile: &mut Map<String, Value>,
    ) -> Result<(), Problem> {
        if let Some(name) = profile.keys().find(|it| self.definition(it).is_none()) {
            let cause = format!("Property name '{name}' is not defined in profile");
            return Err(Problem::invalid(what, cause));
        }
        profile.retain(|_, value| !value.is_null());
        for (name, definition) in &self.custom {
            if let Some(default) = definition.get("default").filter(|it| !it.is_null()) {
                profile.entry(name.clone()).or_insert_with(|| default.clone());
            }
        }
        let custom_required = self.custom.iter().filter(|(_, it)| it["required"] == json!(true));
        let required = REQUIRED.into_iter().chain(custom_required.map(|(name, _)| name.as_str()));
        for name in required {
            if profile.get(name).is_none_or(|it| it.as_str() == Some("")) {
                let cause = format!("{name}: The field cannot be left blank");
                return Err(Problem::invalid(name, cause));
            }
        }
        for (name, value) in profile.iter() {
            let definition = self.definition(name).expect("unknown names were refused above");
            check_value(name, value, definition)?;
        }
        Ok(())
    }
}

fn is_unique(definition: &Value) -> bool {
    match definition.get("unique") {
        Some(Value::String(it)) => it != "NOT_UNIQUE",
        Some(Value::Bool(it)) => *it,
        Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => false,
    }
}

// The texts of these refusals are not in the reference; callers should match on the code.
fn check_value(name: &str, value: &Value, definition: &Value) -> Result<(), Problem> {
    let refuse = |text: &str| Err(Problem::invalid(name, format!("{name}: {text}")));
    let fits = match definition["type"].as_str() {
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some(_) | None => value.is_string(),
    };
    if !fits {
        return refuse("The field has a value of the wrong type");
    }
    if let Some(allowed) = definition["enum"].as_array()
        && !allowed.contains(value)
    {
        return refuse("The value is not in the list of allowed values");
    }
    let Some(text) = value.as_str() else { return Ok(()) };
    let length = text.chars().count() as u64;
    if definition["maxLength"].as_u64().is_some_and(|most| length > most) {
        return refuse("The field is too long");
    }
    if definition["minLength"].as_u64().is_some_and(|least| length < least) {
        return refuse("The field is too short");
    }
    let well_formed = match definition["format"].as_str() {
        Some("email") => is_email(text),
        Some("country-code") => text.len() == 2 && text.bytes().all(|it| it.is_ascii_uppercase()),
        Some("locale") => is_locale(text),
        Some("timezone") => jiff::tz::TimeZone::get(text).is_ok(),
        Some(_) | None => name != "login" || is_email(text),
    };
    if well_formed { Ok(()) } else { refuse("The field has an invalid format") }
}

/// `en` or `en_US`; an empty text clears nothing and is refused.
fn is_locale(text: &str) -> bool {
    let (language, country) = text.split_once('_').unwrap_or((text, "XX"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|it| it.is_ascii_lowercase())
        && country.len() == 2
        && country.bytes().all(|it| it.is_ascii_uppercase())
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !local.contains('@')
        && !text.contains(char::is_whitespace)
        && domain.contains('.')
        && domain.split('.').all(|it| !it.is_empty())
}
