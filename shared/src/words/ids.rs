//! Identifiers, each its own type, so that no two worlds' ids can be mixed up.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, de::Visitor};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(deserialize_with = "text")] Arc<str>);

        impl $name {
            /// Takes the id as it is.
            pub fn new(raw: impl Into<Arc<str>>) -> Self {
                Self(raw.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(raw: &str) -> Self {
                Self(raw.into())
            }
        }

        impl From<String> for $name {
            fn from(raw: String) -> Self {
                Self(raw.into())
            }
        }
    };
}

/// A text, copied once; serde's own way makes a `String` first, and a run reads these by the million.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = Arc<str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(text.into())
        }
    }

    from.deserialize_str(Text)
}

id! {
    /// UKG's `personId` (a GUID): one human, whatever he or she is employed as. The durable key
    /// (reference/ukg.md, section 3).
    PersonId
}
id! {
    /// UKG's `employeeId` (EEID, 12 characters): an employee within the tenant. The key of an
    /// employment is this with the [`CompanyId`].
    EmployeeId
}
id! {
    /// UKG's `companyId` (COID, 5 characters): a component company.
    CompanyId
}
id! {
    /// UKG's `employeeNumber`: at most 9 characters with leading zeros; HR may change it, so it
    /// is an attribute and never a key.
    EmployeeNumber
}
id! {
    /// A code of one of the customer's UKG code tables (status, type, reason, job, org level,
    /// location). Compared as given, after trimming.
    Code
}
id! {
    /// Okta's user id (`00u…`).
    OktaUserId
}
id! {
    /// Okta's group id (`00g…`).
    GroupId
}
id! {
    /// What a group stands for, whatever it is called: the rule that makes it and the code of
    /// HR's unit, for example `Department {it.name}/OPTIC`.
    GroupKey
}
id! {
    /// Okta's application instance id (`0oa…`).
    AppId
}
id! {
    /// One run of one flow: the flow's name and its fencing number, e.g. `offboarding-42`.
    RunId
}
id! {
    /// A stored plan: the first 12 hex digits of its hash.
    PlanId
}
id! {
    /// SHA-256 of the policy file, in hex. It is in every plan and every audit event.
    PolicyHash
}

impl GroupKey {
    /// The rule's half of the key: the name as the policy writes it.
    pub fn pattern(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(pattern, _)| pattern)
    }
}

/// An Okta login. Logins that differ only by case are one login
/// (reference/okta.md, section 2.5: unique ignoring case and diacritics).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Arc<str>", into = "Arc<str>")]
pub struct Login(Arc<str>); // Invariant: trimmed, lower case, not empty; user@host unless Okta had it otherwise.

/// A text that cannot be a login.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("login of {len} characters is not user@host")]
pub struct BadLogin {
    len: usize, // the length, not the address: this text reaches the logs
}

impl Login {
    /// Reads a login as a person or a system wrote it.
    pub fn parse(raw: &str) -> Result<Self, BadLogin> {
        let login = raw.trim().to_lowercase();
        let len = login.chars().count();
        match login.split_once('@') {
            Some((user, host))
                if !user.is_empty()
                    && host.contains('.')
                    && !host.contains('@')
                    && !login.chars().any(char::is_whitespace)
                    && (5..=100).contains(&len) =>
            {
                Ok(Self(login.into()))
            }
            Some(_) | None => Err(BadLogin { len }),
        }
    }

    /// Takes a login that an Okta user has. An org can loosen the format, and service accounts
    /// often have logins without `@`: they must not void the list they are in. `None` when blank.
    pub fn kept_by_okta(raw: &Arc<str>) -> Option<Self> {
        let login = raw.trim().to_lowercase();
        // Nearly all are written in lower case, and need no copy.
        let login = if login == **raw { Arc::clone(raw) } else { login.into() };
        (!login.is_empty()).then_some(Self(login))
    }

    /// The login as text, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Arc<str>> for Login {
    type Error = &'static str;

    fn try_from(raw: Arc<str>) -> Result<Self, Self::Error> {
        Self::kept_by_okta(&raw).ok_or("a login is not blank")
    }
}

impl From<Login> for Arc<str> {
    fn from(it: Login) -> Self {
        it.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_that_differ_by_case_are_one() {
        assert_eq!(Login::parse(" Ada@X.io ").unwrap(), Login::parse("ada@x.io").unwrap());
    }

    #[test]
    fn a_bad_login_is_refused_without_being_repeated() {
        let error = Login::parse("ada lovelace").unwrap_err().to_string();
        assert_eq!(error, "login of 12 characters is not user@host");
    }
}
