//! The credentials' text in AWS Secrets Manager. What it means is read elsewhere.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use secrecy::SecretString;

use super::aws::Trouble;

/// Where the text is.
#[derive(Clone, Debug)]
pub struct Secret {
    client: Client,
    id: String,
}

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Secrets Manager did not give it.
    #[error("failed to read secret {id}")]
    Unreadable {
        /// Its name or ARN.
        id: String,
        /// What AWS said.
        #[source]
        source: Trouble,
    },
    /// A value was never put, or it is binary.
    #[error("secret {id} holds no text")]
    NoText {
        /// Its name or ARN.
        id: String,
    },
}

impl Secret {
    /// The secret with this name or ARN. Nothing is called yet.
    pub fn new(settings: &SdkConfig, id: &str) -> Self {
        Self { client: Client::new(settings), id: id.to_owned() }
    }

    /// Reads the current version.
    ///
    /// # Errors
    /// When there is none, or we may not read it.
    pub async fn read(&self) -> Result<SecretString, Error> {
        let id = self.id.clone();
        match self.client.get_secret_value().secret_id(&id).send().await {
            Ok(answer) => match answer.secret_string {
                Some(text) => Ok(SecretString::from(text)),
                None => Err(Error::NoText { id }),
            },
            Err(error) => {
                let source = Trouble::of(&error);
                // A secret without a value is "not found", as is one that does not exist.
                Err(Error::Unreadable { id, source })
            }
        }
    }
}
