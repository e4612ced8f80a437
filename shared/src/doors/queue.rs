//! A queue of ours on Amazon SQS: what came in is safe there until it was worked on.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;

use super::aws::Trouble;

/// The queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at this URL. Nothing is called yet.
    pub fn new(settings: &SdkConfig, url: &str) -> Self {
        Self { client: Client::new(settings), url: url.to_owned() }
    }

    /// Puts a message in.
    ///
    /// # Errors
    /// When SQS did not take it; it may have, if no answer came.
    pub async fn send(&self, body: &str) -> Result<(), Trouble> {
        let call = self.client.send_message().queue_url(&self.url).message_body(body);
        call.send().await.map_err(|it| Trouble::of(&it))?;
        Ok(())
    }
}
