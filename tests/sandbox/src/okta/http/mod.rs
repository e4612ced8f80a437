//! The endpoints: one table that says what each costs, what it needs, and who answers it.

pub(crate) mod access;
pub(crate) mod admin;
pub(crate) mod apps;
pub(crate) mod groups;
pub(crate) mod lifecycle;
pub(crate) mod logs;
pub(crate) mod meta;
pub(crate) mod policies;
pub(crate) mod rules;
pub(crate) mod users;

use super::{
    ask::{Answer, Ask},
    error::Problem,
    limits::Bucket,
    org::Org,
};

/// One endpoint.
pub(crate) struct Route {
    /// The method.
    pub method: &'static str,
    /// The path; `{}` stands for one segment.
    pub pattern: &'static str,
    /// The budget it draws on.
    pub bucket: Bucket,
    /// The OAuth scope it needs.
    pub scope: &'static str,
    /// Who answers it.
    pub handler: Handler,
}

/// A handler: the org and a request in, an answer out. No waiting, no clock, no network.
pub(crate) type Handler = fn(&mut Org, &Ask) -> Result<Answer, Problem>;

/// All endpoints. Where two patterns match a path, the first one wins.
pub(crate) fn routes() -> &'static [Route] {
    ROUTES
}

const fn route(
    method: &'static str,
    pattern: &'static str,
    bucket: Bucket,
    scope: &'static str,
    handler: Handler,
) -> Route {
    Route { method, pattern, bucket, scope, handler }
}

use Bucket::{App, Apps, Group, Groups, Logs, Rest, UserRead, UserWrite, Users};

const USERS_READ: &str = "okta.users.read";
const USERS: &str = "okta.users.manage";
const GROUPS_READ: &str = "okta.groups.read";
const GROUPS: &str = "okta.groups.manage";
const APPS_READ: &str = "okta.apps.read";
const APPS: &str = "okta.apps.manage";
const POLICIES_READ: &str = "okta.policies.read";
const POLICIES: &str = "okta.policies.manage";

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    route("GET",    "/api/v1/users", Users, USERS_READ, users::list),
    route("POST",   "/api/v1/users", Users, USERS, users::create),
    route("GET",    "/api/v1/users/{}", UserRead, USERS_READ, users::get),
    route("POST",   "/api/v1/users/{}", UserWrite, USERS, users::update),
    route("PUT",    "/api/v1/users/{}", UserWrite, USERS, users::replace),
    route("DELETE", "/api/v1/users/{}", UserWrite, USERS, users::delete),
    route("POST",   "/api/v1/users/{}/lifecycle/activate", Users, USERS, lifecycle::activate),
    route("POST",   "/api/v1/users/{}/lifecycle/reactivate", Users, USERS, lifecycle::reactivate),
    route("POST",   "/api/v1/users/{}/lifecycle/deactivate", Users, USERS, lifecycle::deactivate),
    route("POST",   "/api/v1/users/{}/lifecycle/suspend", Users, USERS, lifecycle::suspend),
    route("POST",   "/api/v1/users/{}/lifecycle/unsuspend", Users, USERS, lifecycle::unsuspend),
    route("POST",   "/api/v1/users/{}/lifecycle/unlock", Users, USERS, lifecycle::unlock),
    route("POST",   "/api/v1/users/{}/lifecycle/expire_password", Users, USERS, lifecycle::expire_password),
    route("POST",   "/api/v1/users/{}/lifecycle/reset_password", Users, USERS, lifecycle::reset_password),
    route("POST",   "/api/v1/users/{}/lifecycle/reset_factors", Users, USERS, lifecycle::reset_factors),
    route("GET",    "/api/v1/users/{}/groups", Users, USERS_READ, users::groups),
    route("GET",    "/api/v1/users/{}/appLinks", Users, USERS_READ, users::app_links),
    route("GET",    "/api/v1/users/{}/roles", Users, "okta.roles.read", access::roles),
    route("DELETE", "/api/v1/users/{}/sessions", Users, USERS, access::clear_sessions),
    route("GET",    "/api/v1/users/{}/clients", Users, USERS_READ, access::clients),
    route("GET",    "/api/v1/users/{}/clients/{}/tokens", Users, USERS_READ, access::tokens),
    route("DELETE", "/api/v1/users/{}/clients/{}/tokens", Users, USERS, access::revoke_tokens),
    route("DELETE", "/api/v1/users/{}/clients/{}/tokens/{}", Users, USERS, access::revoke_tokens),
    route("GET",    "/api/v1/users/{}/clients/{}/grants", Users, USERS_READ, access::grants),
    route("DELETE", "/api/v1/users/{}/clients/{}/grants", Users, USERS, access::revoke_grants),
    route("GET",    "/api/v1/users/{}/grants", Users, USERS_READ, access::grants),
    route("DELETE", "/api/v1/users/{}/grants", Users, USERS, access::revoke_grants),
    route("DELETE", "/api/v1/users/{}/grants/{}", Users, USERS, access::revoke_grant),
    route("PUT",    "/api/v1/users/{}/linkedObjects/{}/{}", Users, USERS, meta::link),
    route("GET",    "/api/v1/users/{}/linkedObjects/{}", Users, USERS_READ, meta::linked),
    route("DELETE", "/api/v1/users/{}/linkedObjects/{}", Users, USERS, meta::unlink),
    route("GET",    "/api/v1/groups", Groups, GROUPS_READ, groups::list),
    route("POST",   "/api/v1/groups", Groups, GROUPS, groups::create),
    route("GET",    "/api/v1/groups/rules", Groups, GROUPS_READ, rules::list),
    route("POST",   "/api/v1/groups/rules", Groups, GROUPS, rules::create),
    route("GET",    "/api/v1/groups/rules/{}", Groups, GROUPS_READ, rules::get),
    route("PUT",    "/api/v1/groups/rules/{}", Groups, GROUPS, rules::replace),
    route("DELETE", "/api/v1/groups/rules/{}", Groups, GROUPS, rules::delete),
    route("POST",   "/api/v1/groups/rules/{}/lifecycle/activate", Groups, GROUPS, rules::activate),
    route("POST",   "/api/v1/groups/rules/{}/lifecycle/deactivate", Groups, GROUPS, rules::deactivate),
    route("GET",    "/api/v1/groups/{}", Group, GROUPS_READ, groups::get),
    route("PUT",    "/api/v1/groups/{}", Group, GROUPS, groups::replace),
    route("DELETE", "/api/v1/groups/{}", Group, GROUPS, groups::delete),
    route("GET",    "/api/v1/groups/{}/users", Groups, GROUPS_READ, groups::members),
    route("PUT",    "/api/v1/groups/{}/users/{}", Groups, GROUPS, groups::add_member),
    route("DELETE", "/api/v1/groups/{}/users/{}", Groups, GROUPS, groups::remove_member),
    route("GET",    "/api/v1/groups/{}/users/{}/group-rules", Groups, GROUPS_READ, groups::holding_rules),
    route("GET",    "/api/v1/groups/{}/apps", Groups, GROUPS_READ, groups::apps),
    route("GET",    "/api/v1/apps", Apps, APPS_READ, apps::list),
    route("GET",    "/api/v1/apps/{}", App, APPS_READ, apps::get),
    route("GET",    "/api/v1/apps/{}/users", Apps, APPS_READ, apps::users),
    route("POST",   "/api/v1/apps/{}/users", Apps, APPS, apps::assign_user),
    route("GET",    "/api/v1/apps/{}/users/{}", Apps, APPS_READ, apps::user),
    route("DELETE", "/api/v1/apps/{}/users/{}", Apps, APPS, apps::unassign_user),
    route("GET",    "/api/v1/apps/{}/groups", Apps, APPS_READ, apps::groups),
    route("GET",    "/api/v1/apps/{}/groups/{}", Apps, APPS_READ, apps::group),
    route("PUT",    "/api/v1/apps/{}/groups/{}", Apps, APPS, apps::assign_group),
    route("DELETE", "/api/v1/apps/{}/groups/{}", Apps, APPS, apps::unassign_group),
    route("GET",    "/api/v1/policies", Rest, POLICIES_READ, policies::list),
    route("POST",   "/api/v1/policies", Rest, POLICIES, policies::create),
    route("GET",    "/api/v1/policies/{}", Rest, POLICIES_READ, policies::get),
    route("PUT",    "/api/v1/policies/{}", Rest, POLICIES, policies::replace),
    route("DELETE", "/api/v1/policies/{}", Rest, POLICIES, policies::delete),
    route("POST",   "/api/v1/policies/{}/lifecycle/activate", Rest, POLICIES, policies::activate),
    route("POST",   "/api/v1/policies/{}/lifecycle/deactivate", Rest, POLICIES, policies::deactivate),
    route("GET",    "/api/v1/policies/{}/rules", Rest, POLICIES_READ, policies::rules),
    route("POST",   "/api/v1/policies/{}/rules", Rest, POLICIES, policies::create_rule),
    route("GET",    "/api/v1/policies/{}/rules/{}", Rest, POLICIES_READ, policies::rule),
    route("PUT",    "/api/v1/policies/{}/rules/{}", Rest, POLICIES, policies::replace_rule),
    route("DELETE", "/api/v1/policies/{}/rules/{}", Rest, POLICIES, policies::delete_rule),
    route("POST",   "/api/v1/policies/{}/rules/{}/lifecycle/activate", Rest, POLICIES, policies::activate_rule),
    route("POST",   "/api/v1/policies/{}/rules/{}/lifecycle/deactivate", Rest, POLICIES, policies::deactivate_rule),
    route("GET",    "/api/v1/meta/schemas/user/linkedObjects", Rest, "okta.linkedObjects.read", meta::link_definitions),
    route("POST",   "/api/v1/meta/schemas/user/linkedObjects", Rest, "okta.linkedObjects.manage", meta::define_link),
    route("GET",    "/api/v1/meta/schemas/user/linkedObjects/{}", Rest, "okta.linkedObjects.read", meta::link_definition),
    route("DELETE", "/api/v1/meta/schemas/user/linkedObjects/{}", Rest, "okta.linkedObjects.manage", meta::undefine_link),
    route("GET",    "/api/v1/meta/schemas/user/{}", Rest, "okta.schemas.read", meta::schema),
    route("POST",   "/api/v1/meta/schemas/user/{}", Rest, "okta.schemas.manage", meta::change_schema),
    route("GET",    "/api/v1/iam/assignees/users", Rest, "okta.roles.read", access::assignees),
    route("GET",    "/api/v1/logs", Logs, "okta.logs.read", logs::list),
];
