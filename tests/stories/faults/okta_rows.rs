//! What goes wrong on Okta's side.

use std::time::Duration;

use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    Effect, Rewrite,
    okta::{AdminRole, Bucket, GroupKind, Org},
    town::OKTA_TOKEN,
};

use super::row::{Clock, Door, Expected, Row, Trouble};
use crate::oauth::CLIENT;

/// The title of whoever takes the joiner's login.
pub(super) const STRANGER: &str = "Stranger";

const USER: &str = "GET /api/v1/users/";
const USERS: &str = "GET /api/v1/users?";
const MEMBERS: &str = "GET /api/v1/groups/";
const CREATE: &str = "POST /api/v1/users?";
const SUSPEND: &str = "POST /lifecycle/suspend";
const SESSIONS: &str = "DELETE /sessions";
const LEAVE: &str = "DELETE /api/v1/groups/";

fn row(what: &'static str, place: &'static str, effect: Effect, expected: Expected) -> Row {
    Row::new(what, Door::Okta, place, Trouble::Wire(effect), expected)
}

fn meanwhile(
    what: &'static str,
    place: &'static str,
    deed: fn(&mut Org),
    expected: Expected,
) -> Row {
    Row::new(what, Door::Okta, place, Trouble::Okta(deed), expected).times(1)
}

fn always(what: &'static str, expected: Expected) -> Row {
    Row::new(what, Door::Okta, "", Trouble::None, expected)
}

fn error(status: u16, code: &str) -> Effect {
    Effect::Answer(
        status,
        format!(
            r#"{{"errorCode":"{code}","errorSummary":"?","errorLink":"{code}","errorId":"oae1","errorCauses":[]}}"#
        ),
    )
}

fn answer(body: &str) -> Effect {
    Effect::Answer(200, body.to_owned())
}

/// A body in which every text is a number.
fn retyped(body: &[u8]) -> Vec<u8> {
    fn retype(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *value = text.len().into(),
            serde_json::Value::Array(items) => items.iter_mut().for_each(retype),
            serde_json::Value::Object(fields) => fields.values_mut().for_each(retype),
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            }
        }
    }
    let mut value = serde_json::from_slice(body).unwrap_or_default();
    retype(&mut value);
    serde_json::to_vec(&value).expect("what was JSON is JSON")
}

pub(super) fn rows() -> Vec<Row> {
    [reading(), lists(), getting_in(), writing(), slowness(), others()]
        .into_iter()
        .flatten()
        .collect()
}

fn reading() -> Vec<Row> {
    use Expected::{Overcome, Stops};
    let elsewhere = "https://elsewhere.example/next".to_owned();
    let drip = Effect::Drip(Duration::from_millis(5));
    vec![
        row("connection reset, once", USER, Effect::DropBefore, Overcome).times(1),
        row("no answer, once", USER, Effect::SilenceBefore, Overcome).times(1).impatient(),
        row("no answer, ever", USER, Effect::SilenceBefore, Stops).impatient(),
        row("500, once", USER, error(500, "E0000009"), Overcome).times(1),
        row("502 with a web page, once", USER, Effect::ErrorPage(502), Overcome).times(1),
        row("503, once", USER, error(503, "E0000009"), Overcome).times(1),
        row("504, once", USER, error(504, "E0000009"), Overcome).times(1),
        row("503, ever", USER, error(503, "E0000009"), Stops),
        row("429 without a word on when, once", USER, error(429, "E0000047"), Overcome).times(1),
        meanwhile(
            "429: others have used the bucket up",
            USER,
            |org| org.exhaust(Bucket::UserRead, Duration::from_secs(1)),
            Overcome,
        ),
        meanwhile("429 for too many calls at once", USER, |org| org.congest(3), Overcome),
        row("an HTML page for an answer", USER, Effect::Html, Stops),
        row("a body that comes in drips", USER, drip, Overcome),
        row("a body that stops coming", USER, Effect::Stall(40), Stops).impatient(),
        row("a body without an end", USER, Effect::Endless, Stops).reading_up_to(1 << 20),
        row("a body cut off, once", USER, Effect::Truncate(40), Overcome).times(1),
        row("a body cut off, ever", USER, Effect::Truncate(40), Stops),
        row("200 with a list for a user", USER, answer("[]"), Stops),
        row("200 with numbers for texts", USER, Effect::Rewrite(Rewrite::new(retyped)), Stops),
        row("403: the permission to read is gone", USER, error(403, "E0000006"), Stops),
        row("a redirect to another host", USER, Effect::Redirect(elsewhere), Stops),
    ]
}

fn lists() -> Vec<Row> {
    use Expected::{Overcome, Stops};
    let next = "<https://elsewhere.example/next>; rel=\"next\"".to_owned();
    let rows = vec![
        row("200 with an empty list", USERS, answer("[]"), Stops),
        row("200 with empty lists of members", MEMBERS, answer("[]"), Overcome),
        row("pages shorter than asked for", USERS, Effect::Pages(7), Overcome),
        row("the same page again and again", USERS, Effect::FirstPage(7), Stops),
        row("a next page on another host", USERS, Effect::Header("link", next), Stops),
        row("500 for a page", USERS, error(500, "E0000009"), Overcome).times(1),
    ];
    rows.into_iter().map(|it| it.during(Flow::OrgSync)).collect()
}

fn getting_in() -> Vec<Row> {
    use Expected::{NextRun, Overcome, Stops};
    let rejoin = |it: &rollcall_sandbox::Town| it.okta.org().allow_token(OKTA_TOKEN, None);
    let in_charge = |it: &rollcall_sandbox::Town| it.okta.org().set_role(CLIENT, AdminRole::Super);
    vec![
        row("401: the token is not valid any more", USER, error(401, "E0000011"), Stops),
        meanwhile(
            "the token is revoked in the middle of the run",
            SESSIONS,
            |org| org.revoke_token(OKTA_TOKEN),
            NextRun,
        )
        .until(rejoin),
        meanwhile(
            "the access token expires in the middle of the run",
            SESSIONS,
            Org::expire_access_tokens,
            Overcome,
        )
        .by_service_app(Clock::Right),
        meanwhile(
            "the access token is revoked in the middle of the run",
            SUSPEND,
            Org::revoke_access_tokens,
            Overcome,
        )
        .by_service_app(Clock::Right),
        meanwhile(
            "the access token expires and Okta has a new DPoP nonce",
            SUSPEND,
            |org| {
                org.expire_access_tokens();
                org.forget_nonces();
            },
            Overcome,
        )
        .by_service_app(Clock::Right),
        meanwhile(
            "the service app loses its role in the middle of the run",
            SUSPEND,
            |org| org.set_role(CLIENT, AdminRole::None),
            NextRun,
        )
        .by_service_app(Clock::Right)
        .until(in_charge),
        always("our clock is an hour ahead", Overcome).by_service_app(Clock::HourAhead),
        always("our clock is an hour behind", Overcome).by_service_app(Clock::HourBehind),
    ]
}

fn writing() -> Vec<Row> {
    use Expected::{NextRun, Overcome};
    let after = |status| Effect::AnswerAfter(status, "{}".to_owned());
    vec![
        row("reset before the effect", SUSPEND, Effect::DropBefore, NextRun).times(1),
        row("reset after the effect", SUSPEND, Effect::DropAfter, Overcome).times(1),
        row("no answer, and no effect", SUSPEND, Effect::SilenceBefore, NextRun)
            .times(1)
            .impatient(),
        row("an effect, and no answer", SUSPEND, Effect::SilenceAfter, Overcome)
            .times(1)
            .impatient(),
        row("500 after the effect", SUSPEND, after(500), Overcome).times(1),
        row("504 after the effect", SUSPEND, after(504), Overcome).times(1),
        row("502 with a web page, and no effect", SUSPEND, Effect::ErrorPage(502), NextRun)
            .times(1),
        meanwhile("429 for too many calls at once", SUSPEND, |org| org.congest(2), Overcome),
        meanwhile(
            "429: others have used the bucket up",
            SUSPEND,
            |org| org.exhaust(Bucket::Users, Duration::from_secs(1)),
            Overcome,
        ),
        row("read-only mode, for a moment", SUSPEND, error(503, "E0000010"), Overcome).times(2),
        meanwhile("read-only mode", SUSPEND, |org| org.set_read_only(true), NextRun)
            .until(|it| it.okta.org().set_read_only(false)),
        row("403: the permission to write is gone", SUSPEND, error(403, "E0000006"), NextRun),
        row("500 while groups are left", LEAVE, error(500, "E0000009"), NextRun).times(3),
        row("an HTML page after the effect", LEAVE, Effect::Html, Overcome).times(2),
        row("reset after an account was made", CREATE, Effect::DropAfter, NextRun)
            .times(1)
            .during(Flow::NewHire),
        row("no answer when an account was made", CREATE, Effect::SilenceAfter, NextRun)
            .times(1)
            .impatient()
            .during(Flow::NewHire),
    ]
}

fn slowness() -> Vec<Row> {
    use Expected::{NextRun, Overcome};
    let waits = |it: &rollcall_sandbox::Town| it.okta.org().take_time(3);
    vec![
        always("lists of groups show what was done a little later", Overcome)
            .with(|it| it.okta.org().lag_members(4))
            .until(|it| it.okta.org().lag_members(0)),
        always("lists of groups show what was done much later", NextRun)
            .with(|it| it.okta.org().lag_members(10_000))
            .until(|it| it.okta.org().show_members()),
        always("search finds nobody who is new", Overcome)
            .with(|it| it.okta.org().lag_search(10_000))
            .until(|it| it.okta.org().lag_search(0))
            .during(Flow::NewHire),
        row("the same, and no answer when an account was made", CREATE, Effect::DropAfter, NextRun)
            .times(1)
            .with(|it| it.okta.org().lag_search(10_000))
            .until(|it| it.okta.org().lag_search(0))
            .during(Flow::NewHire),
        always("activations take a little while", Overcome)
            .with(waits)
            .until(|it| it.okta.org().take_time(0))
            .during(Flow::NewHire),
        always("activations do not come to an end", NextRun)
            .with(|it| it.okta.org().take_time(10_000))
            .until(|it| it.okta.org().take_time(0))
            .during(Flow::NewHire),
    ]
}

fn others() -> Vec<Row> {
    use Expected::{NextRun, Overcome};
    vec![
        Row::new(
            "somebody else gets the login a moment earlier",
            Door::Okta,
            CREATE,
            Trouble::LoginTaken,
            NextRun,
        )
        .times(1)
        .until(|it| {
            // It is nobody's for sure, so somebody has to say whose it is.
            let mut org = it.okta.org();
            let stranger =
                org.users().find(|it| it.profile.get("title").is_some_and(|it| it == STRANGER));
            let stranger = stranger.map(|it| it.id.clone()).expect("the login was taken");
            org.delete_user(&stranger);
        })
        .during(Flow::NewHire),
        always("a rule of Okta's keeps the leaver in a group", Overcome)
            .with(|it| {
                let mut org = it.okta.org();
                let group = org.add_group("Night watch", GroupKind::Okta);
                org.add_rule("Night watch", "user.employeeNumber!=\"\"", &[group]);
            })
            .kept_by_rule(&["Night watch"]),
    ]
}
