//! Records as items: which attribute holds what.
//!
//! | attribute | type | holds |
//! |---|---|---|
//! | `pk`, `sk` | S | the key |
//! | `rev` | N | the revision |
//! | `body` | S | JSON text |
//! | `due_list`, `due` | S, N | the key of the due index: always the same list, and microseconds since 1970 |
//! | `expires` | N | seconds since 1970, for DynamoDB's TTL |
//! | `attempt` | S | names the write that made this revision |

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{
    super::{
        error::Error,
        store::{Draft, Expect, Key, Record},
    },
    layout::DUE_LIST,
};

/// Which write made the revision that is there.
pub(super) const ATTEMPT: &str = "attempt";

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn key_attributes(key: &Key) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

/// Where in the due index a record is.
pub(super) fn due_key_attributes(record: &Record) -> Item {
    let mut res = key_attributes(&record.key);
    res.insert("due_list".to_owned(), AttributeValue::S(DUE_LIST.to_owned()));
    res.insert("due".to_owned(), micros(record.due.unwrap_or(Timestamp::MIN)));
    res
}

pub(super) fn micros(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_microsecond().to_string())
}

fn number<T: std::str::FromStr>(item: &Item, name: &str) -> Option<T> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

fn text(item: &Item, name: &str) -> Option<String> {
    item.get(name)?.as_s().ok().cloned()
}

pub(super) fn rev_of(item: Option<&Item>) -> Option<u64> {
    number(item?, "rev")
}

/// The key of an item.
pub(super) fn key_of(item: &Item) -> Result<Key, Error> {
    let (pk, sk) = (text(item, "pk").unwrap_or_default(), text(item, "sk").unwrap_or_default());
    let key = Key { pk, sk };
    if key.pk.is_empty() || key.sk.is_empty() { Err(Error::Corrupt { key }) } else { Ok(key) }
}

/// The record in an item.
pub(super) fn record(item: &Item) -> Result<Record, Error> {
    let key = key_of(item)?;
    match (number(item, "rev"), text(item, "body")) {
        (Some(rev), Some(body)) => Ok(Record {
            key,
            rev,
            body,
            due: number(item, "due").and_then(|it| Timestamp::from_microsecond(it).ok()),
            expires: number(item, "expires").and_then(|it| Timestamp::from_second(it).ok()),
        }),
        (_, _) => Err(Error::Corrupt { key }),
    }
}

/// What must hold, as DynamoDB reads it.
pub(super) fn condition(expect: Expect) -> (Option<String>, Option<Item>) {
    match expect {
        Expect::Any => (None, None),
        Expect::Absent => (Some("attribute_not_exists(pk)".to_owned()), None),
        Expect::Rev(rev) => {
            let rev = AttributeValue::N(rev.to_string());
            (Some("rev = :rev".to_owned()), Some(HashMap::from([(":rev".to_owned(), rev)])))
        }
    }
}

/// One write of a whole record, as an update: only an update can count the revision up.
#[derive(Clone, Debug)]
pub(super) struct Change {
    key: Key,
    pub(super) expression: String,
    pub(super) condition: Option<String>,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Item,
}

impl Change {
    /// Writes a draft; the revision is one more than before.
    pub(super) fn of(draft: &Draft) -> Self {
        let mut res = Self::empty(&draft.key, "#rev = if_not_exists(#rev, :zero) + :one");
        res.values.insert(":zero".to_owned(), AttributeValue::N("0".to_owned()));
        res.values.insert(":one".to_owned(), AttributeValue::N("1".to_owned()));
        res.with(&draft.body, draft.due, draft.expires)
    }

    /// Writes a record with the revision that it has.
    pub(super) fn restoring(record: &Record) -> Self {
        let mut res = Self::empty(&record.key, "#rev = :this");
        res.values.insert(":this".to_owned(), AttributeValue::N(record.rev.to_string()));
        res.with(&record.body, record.due, record.expires)
    }

    fn empty(key: &Key, set: &str) -> Self {
        let name = ("#rev".to_owned(), "rev".to_owned());
        Self {
            key: key.clone(),
            expression: format!("SET {set}"),
            condition: None,
            names: HashMap::from([name]),
            values: HashMap::new(),
        }
    }

    fn with(mut self, body: &str, due: Option<Timestamp>, expires: Option<Timestamp>) -> Self {
        let list = due.map(|_| AttributeValue::S(DUE_LIST.to_owned()));
        let expires = expires.map(|it| AttributeValue::N(it.as_second().to_string()));
        let mut removed = Vec::new();
        for (name, value) in [
            ("body", Some(AttributeValue::S(body.to_owned()))),
            ("due_list", list),
            ("due", due.map(micros)),
            ("expires", expires),
        ] {
            // Every name goes by an alias, so that none is ever one of DynamoDB's own words.
            self.names.insert(format!("#{name}"), name.to_owned());
            match value {
                Some(value) => {
                    self.expression.push_str(&format!(", #{name} = :{name}"));
                    self.values.insert(format!(":{name}"), value);
                }
                None => removed.push(format!("#{name}")),
            }
        }
        if !removed.is_empty() {
            self.expression.push_str(&format!(" REMOVE {}", removed.join(", ")));
        }
        self
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// With the name of this write.
    pub(super) fn numbered(mut self, attempt: &str) -> Self {
        self.names.insert("#attempt".to_owned(), ATTEMPT.to_owned());
        self.values.insert(":attempt".to_owned(), AttributeValue::S(attempt.to_owned()));
        self.expression = self.expression.replacen("SET ", "SET #attempt = :attempt, ", 1);
        self
    }

    /// With what must hold.
    pub(super) fn expecting(mut self, expect: Expect) -> Self {
        let (condition, values) = condition(expect);
        self.condition = condition;
        self.values.extend(values.unwrap_or_default());
        self
    }
}
