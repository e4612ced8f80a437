//! Which of Okta's per-minute buckets a call is counted in (reference/okta.md, section 6.1).
//!
//! The table says *which*; *how much* is in a bucket is only ever learned from Okta's headers,
//! see [`super::governor`].

use std::fmt;

use reqwest::Method;

/// One of Okta's per-minute buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// `/api/v1/users`: list, create, and **every** sub-path of a user: lifecycle, sessions,
    /// groups, apps, grants. The one that runs dry first.
    Users,
    /// GET of one user.
    UserRead,
    /// POST, PUT and DELETE of one user.
    UserWrite,
    /// `/api/v1/groups`: list, create, members, rules.
    Groups,
    /// One group itself.
    Group,
    /// `/api/v1/apps` and **every** sub-path of an app, its users and groups included.
    Apps,
    /// One app itself.
    App,
    /// The System Log.
    Logs,
    /// The token endpoint.
    Token,
    /// OAuth client configuration.
    Clients,
    /// The rest of `/api/v1`: policies, schemas, roles.
    Rest,
}

impl Bucket {
    /// The bucket of a call, by method and path (without the query).
    pub fn of(method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        match parts.as_slice() {
            ["oauth2", "v1", "token", ..] => Self::Token,
            ["oauth2", "v1", "clients", ..] => Self::Clients,
            ["api", "v1", "users", _] if *method == Method::GET => Self::UserRead,
            ["api", "v1", "users", _] => Self::UserWrite,
            ["api", "v1", "users", ..] => Self::Users,
            ["api", "v1", "groups", "rules", ..] => Self::Groups,
            ["api", "v1", "groups", _] => Self::Group,
            ["api", "v1", "groups", ..] => Self::Groups,
            ["api", "v1", "apps", _] => Self::App,
            ["api", "v1", "apps", ..] => Self::Apps,
            ["api", "v1", "logs", ..] => Self::Logs,
            [..] => Self::Rest,
        }
    }

    /// Okta's own name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Users => "/api/v1/users",
            Self::UserRead => "GET /api/v1/users/{id}",
            Self::UserWrite => "POST /api/v1/users/{id}",
            Self::Groups => "/api/v1/groups",
            Self::Group => "/api/v1/groups/{id}",
            Self::Apps => "/api/v1/apps",
            Self::App => "/api/v1/apps/{id}",
            Self::Logs => "/api/v1/logs",
            Self::Token => "/oauth2/v1/token",
            Self::Clients => "/oauth2/v1/clients",
            Self::Rest => "/api/v1",
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_counted_where_okta_counts_it() {
        for (call, bucket) in [
            ("GET /api/v1/users", Bucket::Users),
            ("POST /api/v1/users", Bucket::Users),
            ("GET /api/v1/users/00u1", Bucket::UserRead),
            ("GET /api/v1/users/ada%40acme.io", Bucket::UserRead),
            ("POST /api/v1/users/00u1", Bucket::UserWrite),
            ("DELETE /api/v1/users/00u1", Bucket::UserWrite),
            ("POST /api/v1/users/00u1/lifecycle/suspend", Bucket::Users),
            ("DELETE /api/v1/users/00u1/sessions", Bucket::Users),
            ("GET /api/v1/users/00u1/groups", Bucket::Users),
            ("GET /api/v1/users/00u1/appLinks", Bucket::Users),
            ("DELETE /api/v1/users/00u1/grants", Bucket::Users),
            ("GET /api/v1/users/00u1/roles", Bucket::Users),
            ("GET /api/v1/groups", Bucket::Groups),
            ("GET /api/v1/groups/rules", Bucket::Groups),
            ("GET /api/v1/groups/00g1", Bucket::Group),
            ("GET /api/v1/groups/00g1/users", Bucket::Groups),
            ("PUT /api/v1/groups/00g1/users/00u1", Bucket::Groups),
            ("GET /api/v1/apps", Bucket::Apps),
            ("GET /api/v1/apps/0oa1", Bucket::App),
            ("POST /api/v1/apps/0oa1/users", Bucket::Apps),
            ("DELETE /api/v1/apps/0oa1/users/00u1", Bucket::Apps),
            ("GET /api/v1/policies", Bucket::Rest),
            ("GET /api/v1/meta/schemas/user/default", Bucket::Rest),
            ("GET /api/v1/iam/assignees/users", Bucket::Rest),
            ("GET /api/v1/logs", Bucket::Logs),
            ("POST /oauth2/v1/token", Bucket::Token),
        ] {
            let (method, path) = call.split_once(' ').unwrap();
            assert_eq!(Bucket::of(&method.parse().unwrap(), path), bucket, "{call}");
        }
    }
}
