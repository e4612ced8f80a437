//! Budgets: headers, shared buckets, 429, and the sandbox's own pages.

use std::{collections::BTreeMap, time::Duration};

use rollcall_sandbox::okta::{Bucket, Limits, Options, SeedUser};
use serde_json::json;

use super::{Bed, Reply};

fn header(reply: &Reply, name: &str) -> i64 {
    reply.headers[name].to_str().unwrap().parse().unwrap()
}

fn remaining(reply: &Reply) -> i64 {
    header(reply, "x-rate-limit-remaining")
}

fn narrow(bucket: Bucket, limit: u32) -> Options {
    Options {
        limits: Limits::Custom(BTreeMap::from([(bucket, limit)])),
        window: Duration::from_millis(300),
        ..Options::default()
    }
}

#[tokio::test]
async fn every_answer_tells_the_budget_and_the_request() {
    let bed = Bed::new().await;
    for path in ["/users", "/users/nobody", "/nothing"] {
        let reply = bed.call("GET", path).await;
        for name in [
            "x-rate-limit-limit",
            "x-rate-limit-remaining",
            "x-rate-limit-reset",
            "date",
            "x-okta-request-id",
        ] {
            assert!(reply.headers.contains_key(name), "{path} lacks {name}");
        }
    }
    let reply = bed.http.get(format!("{}/api/v1/users", bed.okta.base_url())).send().await.unwrap();
    assert_eq!(reply.status(), 403);
    assert!(reply.headers().contains_key("x-rate-limit-limit"));
}

#[tokio::test]
async fn one_caller_gets_half_of_a_workforce_bucket() {
    let bed =
        Bed::with(Options { limits: Limits::WorkforcePercent(100), ..Options::default() }).await;
    let figures = [
        ("/users", 300),
        ("/users/x", 1_000),
        ("/groups", 250),
        ("/groups/x", 500),
        ("/apps", 50),
        ("/logs", 60),
        ("/policies?type=MFA_ENROLL", 600),
    ];
    for (path, expected) in figures {
        let reply = bed.call("GET", path).await;
        assert_eq!(header(&reply, "x-rate-limit-limit"), expected, "{path}");
    }
}

#[tokio::test]
async fn lists_lifecycle_and_groups_of_users_share_one_bucket() {
    let bed =
        Bed::with(Options { limits: Limits::WorkforcePercent(100), ..Options::default() }).await;
    let user = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let mut seen = Vec::new();
    for (method, path) in [
        ("GET", "/users".to_owned()),
        ("POST", format!("/users/{user}/lifecycle/suspend")),
        ("GET", format!("/users/{user}/groups")),
        ("DELETE", format!("/users/{user}/sessions")),
        ("GET", format!("/users/{user}")),
    ] {
        seen.push(remaining(&bed.call(method, &path).await));
    }
    assert_eq!(seen, [299, 298, 297, 296, 999]);
}

#[tokio::test]
async fn exhausted_budget_is_refused_until_the_window_is_over() {
    let bed = Bed::with(narrow(Bucket::Users, 4)).await;
    assert_eq!(bed.call("GET", "/users").await.status, 200);
    assert_eq!(bed.call("GET", "/users").await.status, 200);
    let reply = bed.call("GET", "/users").await;
    assert_eq!((reply.status.as_u16(), remaining(&reply)), (429, 0));
    assert_eq!(reply.body["errorCode"], "E0000047");
    assert_eq!(
        reply.body["errorSummary"],
        "API call exceeded rate limit due to too many requests."
    );
    assert_eq!(reply.body["errorLink"], "E0000047");
    assert_eq!(reply.body["errorCauses"], json!([]));
    assert_eq!(reply.headers.get("retry-after"), None);
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(bed.call("GET", "/users").await.status, 200);
}

#[tokio::test]
async fn too_many_at_once_says_limit_zero() {
    let bed = Bed::new().await;
    bed.okta.org().congest(1);
    let reply = bed.call("GET", "/users").await;
    assert_eq!((reply.status.as_u16(), reply.code()), (429, "E0000047"));
    assert_eq!((header(&reply, "x-rate-limit-limit"), remaining(&reply)), (0, 0));
    assert_eq!(bed.call("GET", "/users").await.status, 200);

    let options = Options {
        limits: Limits::WorkforcePercent(100),
        concurrency: 2,
        latency: Duration::from_millis(100),
        ..Options::default()
    };
    let bed = Bed::with(options).await;
    let replies = tokio::join!(
        bed.call("GET", "/users"),
        bed.call("GET", "/users"),
        bed.call("GET", "/users")
    );
    let refused = [replies.0, replies.1, replies.2].iter().filter(|it| it.status == 429).count();
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn own_pages_are_neither_logged_nor_limited() {
    let bed = Bed::with(narrow(Bucket::Users, 2)).await;
    let page = |name: &str| format!("{}/_sandbox/okta/{name}", bed.okta.base_url());
    let fault = json!({"path_contains": "/users", "effect": "answer", "status": 503});
    assert_eq!(bed.post(&page("faults"), fault).await.status, 204);
    assert_eq!(bed.call("GET", "/users").await.status, 503);
    assert_eq!(bed.call("POST", "/users").await.status, 400);
    let writes = bed.call("GET", &page("writes")).await.body;
    assert_eq!(
        (writes["calls"].clone(), writes["writes"][0]["status"].clone()),
        (json!(2), json!(400))
    );
    let clock = json!({"now": "2030-01-02T03:04:05Z"});
    assert_eq!(bed.post(&page("clock"), clock).await.status, 200);
    let user = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let user = bed.call("GET", &format!("/users/{user}")).await.body;
    assert_eq!(user["created"], "2030-01-02T03:04:05.000Z");
    assert_eq!(bed.call("GET", &page("state")).await.body["users"]["ACTIVE"], 1);
}

#[tokio::test]
async fn log_always_has_a_next_page_for_pollers() {
    let bed = Bed::new().await;
    let empty = bed.call("GET", "/logs").await;
    let first = empty.next().unwrap();
    let user = bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let suspended = bed.call("POST", &format!("/users/{user}/lifecycle/suspend")).await;
    let log = bed.call("GET", &first).await;
    assert_eq!(log.body[0]["eventType"], "user.lifecycle.suspend");
    assert_eq!(
        log.body[0]["transaction"]["id"],
        suspended.headers["x-okta-request-id"].to_str().unwrap()
    );
    let behind = bed.call("GET", &log.next().unwrap()).await;
    assert!(behind.body.as_array().unwrap().is_empty());
    bed.call("POST", &format!("/users/{user}/lifecycle/unsuspend")).await;
    let later = bed.call("GET", &behind.next().unwrap()).await;
    assert_eq!(later.body[0]["eventType"], "user.lifecycle.unsuspend");
}
