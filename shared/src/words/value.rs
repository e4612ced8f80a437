//! What a profile attribute can hold.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// The value of one Okta profile attribute. There is no null: an absent attribute and a null
/// one are the same (reference/okta.md, section 2.6).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Value {
    /// Text. Never empty: a blank text is an absent value.
    Text(Arc<str>),
    /// A boolean.
    Bool(bool),
    /// A number, kept as Okta writes it.
    Number(#[serde(with = "as_text")] serde_json::Number),
    /// A list.
    List(Vec<Value>),
}

impl Value {
    /// A text, or nothing when it is blank.
    pub fn text(raw: &str) -> Option<Self> {
        let trimmed = raw.trim();
        (!trimmed.is_empty()).then(|| Self::Text(trimmed.into()))
    }

    /// The text, when this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bool(_) | Self::Number(_) | Self::List(_) => None,
        }
    }

    /// Reads a JSON value; null, the empty text and objects have no [`Value`].
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::Null | serde_json::Value::Object(_) => None,
            serde_json::Value::Bool(it) => Some(Self::Bool(*it)),
            serde_json::Value::Number(it) => Some(Self::Number(it.clone())),
            serde_json::Value::String(it) if it.is_empty() => None,
            serde_json::Value::String(it) => Some(Self::Text(it.as_str().into())),
            serde_json::Value::Array(items) => {
                Some(Self::List(items.iter().filter_map(Self::from_json).collect()))
            }
        }
    }

    /// The value as Okta takes it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(it) => serde_json::Value::String(it.to_string()),
            Self::Bool(it) => serde_json::Value::Bool(*it),
            Self::Number(it) => serde_json::Value::Number(it.clone()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
        }
    }
}

/// A number as its digits: not every format can say "a number of whatever kind".
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use serde_json::Number;

    pub(super) fn serialize<S: Serializer>(it: &Number, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(it)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Number, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(it) => write!(f, "{it}"),
            Self::Bool(it) => write!(f, "{it}"),
            Self::Number(it) => write!(f, "{it}"),
            Self::List(items) => {
                for (i, it) in items.iter().enumerate() {
                    write!(f, "{}{it}", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}
