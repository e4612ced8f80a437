//! Where messages go.

#[cfg(feature = "ses")]
mod mail;
#[cfg(feature = "lambda")]
mod topics;

use std::{io, path::PathBuf};

#[cfg(feature = "ses")]
pub use mail::Mail;
#[cfg(feature = "lambda")]
pub use topics::{MissingTopics, Topics};

use crate::words::notice::{Audience, Notice};

/// Where messages go. An enum: there are few places, and we own them all.
#[derive(Clone, Debug)]
pub enum Outbox {
    /// Nowhere: the report on standard output says it all.
    Nowhere,
    /// One text file a message, in this folder.
    Folder(PathBuf),
    /// One Amazon SNS topic an audience.
    #[cfg(feature = "lambda")]
    Sns(Topics),
    /// The same, and a letter by Amazon SES where a message is for one person.
    #[cfg(feature = "ses")]
    SnsAndSes(Topics, Mail),
}

/// What a message is about, for those who sort their mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The flow that wrote it, or `undo`.
    pub flow: String,
    /// The companies of the people it is about.
    pub companies: Vec<String>,
}

/// Why a message was not delivered. It waits in the ledger, and the next run tries again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be written.
    #[error("failed to write into the folder for messages")]
    Folder(#[from] io::Error),
    /// SNS did not take it.
    #[error("failed to publish a message to {}", audience.as_str())]
    Topic {
        /// Whose topic.
        audience: Audience,
        /// What AWS said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// SES did not take it.
    #[error("failed to send a letter")]
    Mail {
        /// What AWS said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Outbox {
    /// Delivers a message. Delivering the same key again overwrites it in a folder; in a topic it
    /// is a second message with the same `key` attribute.
    ///
    /// # Errors
    /// When the folder cannot be written, or SNS or SES does not take it.
    #[cfg_attr(
        not(feature = "lambda"),
        expect(unused_variables, reason = "only topics sort messages")
    )]
    pub async fn deliver(&self, notice: &Notice, about: &About) -> Result<(), Error> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Folder(folder) => Ok(write(folder, notice)?),
            #[cfg(feature = "lambda")]
            Self::Sns(topics) => topics.publish(notice, about).await,
            #[cfg(feature = "ses")]
            Self::SnsAndSes(topics, mail) => {
                if let Some(to) = &notice.to {
                    match mail.send(to, notice).await? {
                        mail::Letter::Sent => return Ok(()),
                        // One address that SES does not like must not keep everybody's messages
                        // waiting, nor lose this one.
                        mail::Letter::Refused => tracing::warn!(
                            notice.key = notice.key,
                            "ses refused a letter; it goes to the topic"
                        ),
                    }
                }
                topics.publish(notice, about).await
            }
        }
    }
}

fn write(folder: &std::path::Path, notice: &Notice) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let Notice { key, audience, to, subject, body } = notice;
    let name: String = key
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || it == '-' { it } else { '_' })
        .collect();
    let to = to.as_ref().map_or(String::new(), |it| format!(" {it}"));
    let text = format!("To: {}{to}\nSubject: {subject}\n\n{body}", audience.as_str());
    std::fs::write(folder.join(format!("{name}.txt")), text)
}
