//! One Amazon SNS topic an audience.
//!
//! Attributes let a subscriber take a part: `audience`, `flow`, `company` (a list), `manager` (the
//! address of the one manager a message is for) and `key` (the same for a message that came twice).

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_sns::{Client, types::MessageAttributeValue};

use super::{About, Error};
use crate::{
    doors::aws::Trouble,
    words::notice::{Audience, Notice},
};

/// Characters of a subject, less one: SNS says "less than 100"
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const LONGEST_SUBJECT: usize = 99;

/// The topics by audience.
#[derive(Clone, Debug)]
pub struct Topics {
    client: Client,
    arns: BTreeMap<Audience, String>,
}

/// An audience has something to hear and no topic.
#[derive(Debug, thiserror::Error)]
#[error("there is no topic for {}", .0.as_str())]
pub struct MissingTopics(Audience);

impl Topics {
    /// These topics. Nothing is called yet.
    pub fn new(settings: &SdkConfig, arns: BTreeMap<Audience, String>) -> Self {
        Self { client: Client::new(settings), arns }
    }

    pub(super) async fn publish(&self, notice: &Notice, about: &About) -> Result<(), Error> {
        let Notice { key, audience, to, subject, body } = notice;
        let failed = |source| Error::Topic { audience: *audience, source };
        let Some(arn) = self.arns.get(audience) else {
            return Err(failed(MissingTopics(*audience).into()));
        };
        let mut call = self
            .client
            .publish()
            .topic_arn(arn)
            .subject(subject_line(subject))
            .message(body)
            .message_attributes("audience", text(audience.as_str()))
            .message_attributes("key", text(key));
        if !about.flow.is_empty() {
            call = call.message_attributes("flow", text(&about.flow));
        }
        if let Some(to) = to {
            call = call.message_attributes("manager", text(to));
        }
        if !about.companies.is_empty() {
            let list = serde_json::Value::from(about.companies.clone()).to_string();
            call = call.message_attributes("company", attribute("String.Array", &list));
        }
        call.send().await.map_err(|it| failed(Trouble::of(&it).into()))?;
        Ok(())
    }
}

fn text(value: &str) -> MessageAttributeValue {
    attribute("String", value)
}

fn attribute(kind: &str, value: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder()
        .data_type(kind)
        .string_value(value)
        .build()
        .expect("the type of the attribute was given")
}

/// A subject as SNS takes it: ASCII, one line, short, and not beginning with a blank.
fn subject_line(subject: &str) -> String {
    let blank = |it: char| if it.is_control() { ' ' } else { it };
    let line = deunicode::deunicode(&subject.chars().map(blank).collect::<String>());
    let line = line.trim();
    if line.len() <= LONGEST_SUBJECT {
        return line.to_owned();
    }
    // ASCII, so every byte is a character.
    format!("{}...", line[..LONGEST_SUBJECT - 3].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_what_sns_takes() {
        assert_eq!(
            subject_line(" Rollcall: Zoë Łukasiewicz\nleft"),
            "Rollcall: Zoe Lukasiewicz left"
        );
        let long = subject_line(&format!("Rollcall: {}", "ü".repeat(200)));
        assert_eq!((long.len(), long.is_ascii()), (99, true));
        assert!(long.ends_with("u..."));
    }
}
