//! A letter to the one person whom a message is for, by Amazon SES.
//!
//! A topic tells all of its subscribers, so a manager's message there is read by others too, or
//! waits for a subscription with a filter. SES writes to the address that the account has.

use aws_config::SdkConfig;
use aws_sdk_sesv2::{
    Client,
    config::http::HttpResponse,
    error::SdkError,
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message},
};

use super::Error;
use crate::{doors::aws::Trouble, words::notice::Notice};

/// Writes letters in the name of one sender.
#[derive(Clone, Debug)]
pub struct Mail {
    client: Client,
    sender: String,
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// SES has it.
    Sent,
    /// SES does not take this letter, however often it is tried: not to this address, or not in
    /// this sender's name.
    Refused,
}

impl Mail {
    /// Letters in the name of this address, which SES must know as verified, by itself or by its
    /// domain. Nothing is called yet.
    pub fn new(settings: &SdkConfig, sender: &str) -> Self {
        Self { client: Client::new(settings), sender: sender.to_owned() }
    }

    pub(super) async fn send(&self, to: &str, notice: &Notice) -> Result<Letter, Error> {
        let message = Message::builder()
            .subject(text(&notice.subject))
            .body(Body::builder().text(text(&notice.body)).build())
            .build();
        let call = self
            .client
            .send_email()
            .from_email_address(&self.sender)
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().simple(message).build());
        match call.send().await {
            Ok(_) => Ok(Letter::Sent),
            Err(error) if is_about_the_letter(&error) => Ok(Letter::Refused),
            // What SES says beside the code quotes addresses.
            Err(error) => Err(Error::Mail { source: Trouble::tacit(&error).into() }),
        }
    }
}

fn text(value: &str) -> Content {
    Content::builder().data(value).charset("UTF-8").build().expect("the text was given")
}

fn is_about_the_letter(error: &SdkError<SendEmailError, HttpResponse>) -> bool {
    let said = error.as_service_error();
    said.is_some_and(|it| it.is_message_rejected() || it.is_bad_request_exception())
}
