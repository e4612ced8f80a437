//! `/api/v1/users/{id}/lifecycle/*`.

use serde_json::json;

use super::users::{answering, render_one};
use crate::okta::{
    ask::{Answer, Ask, Flag},
    error::Problem,
    lifecycle::Mailing,
    model::{MailReason, Status},
    org::Org,
};

fn mailing(ask: &Ask, default: Flag) -> Mailing {
    if ask.flag("sendEmail", default) { Mailing::Sent } else { Mailing::Withheld }
}

/// With mail: nothing to see. Without: the link the caller has to pass on.
fn activation(org: &mut Org, ask: &Ask, mailing: Mailing) -> Answer {
    match mailing {
        Mailing::Sent => Answer::ok(json!({})),
        Mailing::Withheld => {
            let token = org.ids.word(20);
            let url = format!("{}/welcome/{token}", ask.base);
            Answer::ok(json!({"activationUrl": url, "activationToken": token}))
        }
    }
}

/// The mail goes out unless the caller forbids it: the default a pre-boarding sync trips over.
pub(crate) fn activate(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    let mailing = mailing(ask, Flag::Yes);
    org.activate(&id, mailing)?;
    Ok(activation(org, ask, mailing))
}

pub(crate) fn reactivate(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    let mailing = mailing(ask, Flag::No);
    org.reactivate(&id, mailing)?;
    Ok(activation(org, ask, mailing))
}

pub(crate) fn deactivate(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    org.deactivate(&id, mailing(ask, Flag::No), answering(ask))?;
    Ok(Answer::ok(json!({})))
}

pub(crate) fn suspend(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    org.suspend(&id)?;
    Ok(Answer::ok(json!({})))
}

pub(crate) fn unsuspend(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    org.unsuspend(&id)?;
    Ok(Answer::ok(json!({})))
}

pub(crate) fn unlock(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    org.unlock(&id)?;
    Ok(Answer::ok(json!({})))
}

pub(crate) fn expire_password(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    if org.users[&id].status != Status::Active {
        return Err(Problem::wrong_status());
    }
    org.set_status(&id, Status::PasswordExpired);
    Ok(Answer::ok(render_one(&org.users[&id], &ask.base)))
}

pub(crate) fn reset_password(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    let id = org.find(ask.param(0))?;
    if ask.query("sendEmail").is_none() {
        let summary = "The request is missing a required parameter.";
        return Err(Problem::new(400, "E0000028", summary));
    }
    match org.users[&id].status {
        Status::Active | Status::PasswordExpired | Status::Provisioned | Status::Recovery => {}
        Status::Staged | Status::LockedOut | Status::Suspended | Status::Deprovisioned => {
            return Err(Problem::wrong_status());
        }
    }
    if ask.flag("revokeSessions", Flag::No) {
        org.sessions.remove(&id);
    }
    org.set_status(&id, Status::Recovery);
    if ask.flag("sendEmail", Flag::Yes) {
        org.send(&id, MailReason::PasswordReset);
        return Ok(Answer::ok(json!({})));
    }
    let token = org.ids.word(20);
    Ok(Answer::ok(json!({"resetPasswordUrl": format!("{}/reset_password/{token}", ask.base)})))
}

pub(crate) fn reset_factors(org: &mut Org, ask: &Ask) -> Result<Answer, Problem> {
    org.find(ask.param(0))?;
    Ok(Answer::ok(json!({})))
}
