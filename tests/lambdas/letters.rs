//! What managers are told: in their topic, or by a letter of their own.

use std::collections::BTreeMap;

use jiff::civil::date;
use serde_json::json;

use crate::{aws::Published, runtime::Answer, stage::Stage};

const SENDER: &str = "rollcall@larkspur.example";

fn with_sender(environment: &mut BTreeMap<String, String>) {
    environment.insert("ROLLCALL_SENDER".to_owned(), SENDER.to_owned());
}

/// A contractor whose end is a week ahead and of whom the manager does not know that yet.
async fn stage_with_an_end_ahead() -> Stage {
    let stage = Stage::settled().await;
    stage.contractor_until(date(2026, 3, 9));
    for flow in ["new-hire", "profile-sync"] {
        stage.run(flow).await;
    }
    stage
}

async fn run(stage: &Stage) -> Answer {
    let mut function = stage.function_with("contractor", with_sender).await;
    function.invoke(stage.payload(json!({}))).await
}

fn in_the_topic(stage: &Stage) -> Vec<Published> {
    let published = stage.aws.published().into_iter();
    published.filter(|it| it.topic == "rollcall-manager").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn manager_is_written_to_alone_where_there_is_a_sender() {
    let stage = stage_with_an_end_ahead().await;
    run(&stage).await.done();
    let letters = stage.aws.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!(letter.from, SENDER);
    assert!(letter.to.len() == 1 && letter.to[0].contains('@'), "{letter:?}");
    assert!(letter.subject.ends_with("ends in 7 days, on 2026-03-09"), "{letter:?}");
    assert!(letter.body.contains("All access ends by itself"), "{letter:?}");
    assert_eq!(in_the_topic(&stage), [], "nobody else reads it");
    run(&stage).await.done();
    assert_eq!(stage.aws.letters().len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn letter_that_ses_does_not_take_goes_to_the_topic() {
    let stage = stage_with_an_end_ahead().await;
    stage.aws.reject_letters();
    run(&stage).await.done();
    assert_eq!(stage.aws.letters(), []);
    assert_eq!(in_the_topic(&stage).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn right_to_write_letters_that_is_missing_is_told_without_an_address() {
    let stage = stage_with_an_end_ahead().await;
    stage.aws.refuse(Some("ses"));
    let (kind, message) = run(&stage).await.failed();
    assert_eq!(kind, "Outbox", "{message}");
    assert!(message.contains("AccessDenied") && message.contains("identity in SES"), "{message}");
    assert!(!message.contains('@'), "{message}");
    stage.aws.refuse(None);
    run(&stage).await.done();
    assert_eq!(stage.aws.letters().len(), 1, "it waited in the ledger");
}
