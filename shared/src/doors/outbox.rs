//! Where messages go.

use std::{io, path::PathBuf};

use crate::words::notice::Notice;

/// Where messages go. An enum: there are few places, and we own them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outbox {
    /// Nowhere: the report on standard output says it all.
    Nowhere,
    /// One text file a message, in this folder.
    Folder(PathBuf),
}

impl Outbox {
    /// Delivers a message. Delivering the same key again overwrites it: the reader sees it once.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn deliver(&self, notice: &Notice) -> io::Result<()> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Folder(folder) => {
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
        }
    }
}
