//! What a user still has open (sessions, tokens, grants), and who is an admin.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::okta::{
    ask::{Answer, Ask, Flag, Page, after},
    error::Problem,
    ids::Id,
    model::{Grant, Status, UserToken},
    org::{Org, stamp},
};

/// Ends the Okta sessions. Refresh tokens go only when asked for; grants never do.
pub(crate) fn clear_sessions(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find_id(ask.param(0))?;
    let may_sign_in = !matches!(org.users[&id].status, Status::Suspended | Status::Deprovisioned);
    if org.options.unconfirmed.sessions_need_active_user && !may_sign_in {
        return Err(Problem::wrong_status());
    }
    org.sessions.remove(&id);
    if ask.flag("oauthTokens", Flag::No) {
        org.tokens.remove(&id);
        org.note("app.oauth2.token.revoke.implicit.user", vec![("User", id.clone())]);
    }
    org.note("user.session.clear", vec![("User", id)]);
    Ok(Answer::done())
}

pub(crate) fn clients(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find_id(ask.param(0))?;
    let tokens = org.tokens.get(&id).into_iter().flatten().map(|it| it.client.as_str());
    let grants = org.grants.get(&id).into_iter().flatten().map(|it| it.client.as_str());
    let clients: BTreeSet<&str> = tokens.chain(grants).collect();
    let items = clients.into_iter().map(|client| {
        let own = format!("{}/api/v1/users/{id}/clients/{client}", ask.base);
        json!({
            "client_id": client, "client_name": client, "client_uri": null, "logo_uri": null,
            "_links": {
                "grants": {"href": format!("{own}/grants")},
                "tokens": {"href": format!("{own}/tokens")},
            },
        })
    });
    Ok(Answer::list(ask, items.collect()))
}

pub(crate) fn tokens(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find_id(ask.param(0))?;
    let limit = ask.limit(20, 200)?;
    let render = |token: &UserToken| {
        json!({
            "id": &*token.id, "status": "ACTIVE", "created": stamp(token.created),
            "lastUpdated": stamp(token.created), "expiresAt": null, "issuer": ask.base,
            "clientId": token.client, "userId": &*id, "scopes": token.scopes,
        })
    };
    let theirs = org.tokens.get(&id).into_iter().flatten();
    let cursor = ask.query("after").unwrap_or_default();
    let theirs = theirs.filter(|it| it.client == ask.param(1) && &*it.id > cursor);
    Ok(Answer::page(ask, Page::take(theirs.map(|it| (&it.id, it)), limit, render)))
}

/// Revokes a client's refresh tokens, and with them its access tokens; the consent stays.
pub(crate) fn revoke_tokens(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find_id(ask.param(0))?;
    let one = ask.params.get(2);
    if let Some(tokens) = org.tokens.get_mut(&id) {
        let is_meant =
            |it: &UserToken| it.client == ask.param(1) && one.is_none_or(|one| **one == *it.id);
        tokens.retain(|it| !is_meant(it));
    }
    org.note("app.oauth2.token.revoke", vec![("User", id)]);
    Ok(Answer::done())
}

pub(crate) fn grants(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find_id(ask.param(0))?;
    let limit = ask.limit(20, 200)?;
    let render = |grant: &Grant| {
        json!({
            "id": &*grant.id, "status": "ACTIVE", "created": stamp(grant.created),
            "createdBy": {"id": &*id, "type": "User"}, "lastUpdated": stamp(grant.created),
            "issuer": ask.base, "clientId": grant.client, "userId": &*id,
            "scopeId": grant.scope, "source": "END_USER",
        })
    };
    let client = ask.params.get(1);
    let cursor = ask.query("after").unwrap_or_default();
    let theirs = org.grants.get(&id).into_iter().flatten();
    let theirs =
        theirs.filter(|it| client.is_none_or(|client| *client == it.client) && &*it.id > cursor);
    Ok(Answer::page(ask, Page::take(theirs.map(|it| (&it.id, it)), limit, render)))
}

pub(crate) fn revoke_grants(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find_id(ask.param(0))?;
    let client = ask.params.get(1);
    if let Some(grants) = org.grants.get_mut(&id) {
        grants.retain(|it| client.is_some_and(|client| *client != it.client));
    }
    org.note("app.oauth2.as.consent.revoke.user", vec![("User", id)]);
    Ok(Answer::done())
}

pub(crate) fn revoke_grant(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find_id(ask.param(0))?;
    let grants = org.grants.get_mut(&id).map(std::mem::take).unwrap_or_default();
    let (gone, kept): (Vec<Grant>, Vec<Grant>) =
        grants.into_iter().partition(|it| *it.id == *ask.param(1));
    org.grants.insert(id.clone(), kept);
    if gone.is_empty() {
        return Err(Problem::not_found(ask.param(1), "OAuth2ScopeConsentGrant"));
    }
    org.note("app.oauth2.as.consent.revoke.user", vec![("User", id)]);
    Ok(Answer::done())
}

pub(crate) fn roles(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    let roles = org.roles.get(&id).into_iter().flatten();
    let items = roles.map(|role| {
        json!({
            "id": &*role.id, "label": role.kind, "type": role.kind, "status": "ACTIVE",
            "created": stamp(role.created), "lastUpdated": stamp(role.created),
            "assignmentType": "USER",
            "_links": {"assignee": {"href": format!("{}/api/v1/users/{id}", ask.base)}},
        })
    });
    Ok(Answer::list(ask, items.collect()))
}

/// Everyone with an admin role. Unlike other lists it pages in the body.
pub(crate) fn assignees(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let limit = ask.limit(100, 200)?;
    let admins = org.roles.range::<Id, _>(after(ask)).filter(|(_, roles)| !roles.is_empty());
    let page = Page::take(admins.map(|(id, _)| (id, id)), limit, |id| {
        json!({
            "id": &**id, "orn": format!("orn:okta:directory:00o00000000000000001:users:{id}"),
            "_links": {"self": {"href": format!("{}/api/v1/users/{id}", ask.base)},
                       "roles": {"href": format!("{}/api/v1/users/{id}/roles", ask.base)}},
        })
    });
    let own = format!("{}{}", ask.base, ask.path);
    let mut links = json!({"self": {"href": own}});
    if let Some(next) = &page.next {
        links["next"] = json!({"href": format!("{own}?after={next}&limit={limit}")});
    }
    Ok(Answer::ok(json!({"value": Value::Array(page.items), "_links": links})))
}
