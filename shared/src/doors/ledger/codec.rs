//! How a value becomes the body of a record, and back.
//!
//! Every body is a JSON object that begins with its version and its kind. The rules:
//!
//! * Old record, new program: fields added since carry `#[serde(default)]`, renamed ones an alias.
//! * New record, old program: refused by name. Whatever an old program must not drop when it
//!   writes the record back (a field that matters, a new variant) raises the version.
//! * Fields that nobody knows in a record of a known version are ignored.
//!
//! A payload has no fields `v` and `kind` of its own.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    error::Error,
    store::{Draft, Expect, Key, Record, Write},
};

/// The kind of a record and the newest version of it that this program knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    /// The kind, as the record and errors name it.
    pub kind: &'static str,
    /// The version that is written.
    pub version: u32,
}

#[derive(Serialize)]
struct Sealed<'a, T> {
    v: u32,
    kind: &'a str,
    #[serde(flatten)]
    payload: &'a T,
}

#[derive(Deserialize)]
struct Label {
    v: u32,
    kind: String,
}

impl Format {
    /// Version 1 of a kind.
    pub(super) const fn v1(kind: &'static str) -> Self {
        Self { kind, version: 1 }
    }

    /// A later version of a kind.
    pub(super) const fn version(kind: &'static str, version: u32) -> Self {
        Self { kind, version }
    }

    /// The body of a record.
    pub(super) fn encode<T: Serialize>(self, payload: &T) -> String {
        serde_json::to_string(&Sealed { v: self.version, kind: self.kind, payload })
            .expect("our records are structs with text keys, which always have a JSON form")
    }

    /// A record without instants.
    pub(super) fn draft<T: Serialize>(self, key: Key, payload: &T) -> Draft {
        Draft { key, body: self.encode(payload), due: None, expires: None }
    }

    /// The write of a record without instants.
    pub(super) fn put<T: Serialize>(self, key: Key, payload: &T, expect: Expect) -> Write {
        Write::Put(self.draft(key, payload), expect)
    }

    /// The value in a record.
    pub(super) fn decode<T: DeserializeOwned>(self, record: &Record) -> Result<T, Error> {
        let corrupt = |_| Error::Corrupt { key: record.key.clone() };
        let label: Label = serde_json::from_str(&record.body).map_err(corrupt)?;
        if label.kind != self.kind {
            return Err(Error::Corrupt { key: record.key.clone() });
        }
        // The version is looked at before the rest: a newer payload need not even parse.
        if label.v > self.version {
            return Err(Error::NewerRecord {
                kind: self.kind,
                version: label.v,
                known: self.version,
            });
        }
        serde_json::from_str(&record.body).map_err(corrupt)
    }
}

/// Words that are kept by name. The remote derives match every variant, so that a new one does
/// not compile until somebody names it here.
pub(super) mod named {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::words::{
        account,
        action::{self, AppRef, GroupRef},
        coming, hold,
        ids::{AppId, GroupId},
        value,
    };
    use std::{collections::BTreeMap, sync::Arc};

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "action::Kind", rename_all = "kebab-case")]
    pub(in super::super) enum Kind {
        Create,
        Adopt,
        Activate,
        Reactivate,
        Suspend,
        Unsuspend,
        EndSessions,
        RevokeGrants,
        SaveUndo,
        JoinGroup,
        LeaveGroup,
        AssignApp,
        UnassignApp,
        Deactivate,
        Update,
        SetManager,
        LinkManager,
        RenameLogin,
        RaiseTier,
        LowerTier,
        Archive,
        CreateGroup,
        RenameGroup,
        RepairPolicy,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "action::Outcome", rename_all = "kebab-case")]
    pub(in super::super) enum Outcome {
        Planned,
        Held,
        Done,
        Verified,
        Skipped,
        Failed,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "hold::HoldKind", rename_all = "kebab-case")]
    pub(in super::super) enum HoldKind {
        Security,
        Legal,
        Vip,
        Undone,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "coming::Coming", rename_all = "kebab-case")]
    pub(in super::super) enum Coming {
        Start,
        End,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "account::Status", rename_all = "SCREAMING_SNAKE_CASE")]
    pub(in super::super) enum Status {
        Staged,
        Provisioned,
        Active,
        Recovery,
        PasswordExpired,
        LockedOut,
        Suspended,
        Deprovisioned,
    }

    #[derive(Serialize, Deserialize)]
    struct Named<I> {
        id: I,
        name: Arc<str>,
    }

    /// Groups as id and name.
    pub(in super::super) mod groups {
        use super::*;

        pub(in super::super::super) fn serialize<S: Serializer>(
            it: &[GroupRef],
            to: S,
        ) -> Result<S::Ok, S::Error> {
            to.collect_seq(it.iter().map(|it| Named { id: it.id.clone(), name: it.name.clone() }))
        }

        pub(in super::super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Vec<GroupRef>, D::Error> {
            let all = Vec::<Named<GroupId>>::deserialize(from)?;
            Ok(all.into_iter().map(|Named { id, name }| GroupRef { id, name }).collect())
        }
    }

    /// Apps as id and name.
    pub(in super::super) mod apps {
        use super::*;

        pub(in super::super::super) fn serialize<S: Serializer>(
            it: &[AppRef],
            to: S,
        ) -> Result<S::Ok, S::Error> {
            to.collect_seq(it.iter().map(|it| Named { id: it.id.clone(), name: it.label.clone() }))
        }

        pub(in super::super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Vec<AppRef>, D::Error> {
            let all = Vec::<Named<AppId>>::deserialize(from)?;
            Ok(all.into_iter().map(|Named { id, name }| AppRef { id, label: name }).collect())
        }
    }

    /// A profile as a JSON object.
    pub(in super::super) mod profile {
        use super::*;

        pub(in super::super::super) fn serialize<S: Serializer>(
            it: &BTreeMap<Arc<str>, value::Value>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            to.collect_map(it.iter().map(|(name, it)| (name, it.to_json())))
        }

        pub(in super::super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<BTreeMap<Arc<str>, value::Value>, D::Error> {
            let all = BTreeMap::<Arc<str>, serde_json::Value>::deserialize(from)?;
            Ok(all
                .into_iter()
                .filter_map(|(name, it)| Some((name, value::Value::from_json(&it)?)))
                .collect())
        }
    }
}
