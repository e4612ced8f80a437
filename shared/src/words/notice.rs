//! A message to people.

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// The people who run Okta.
    It,
    /// The people who run UKG.
    Hr,
    /// The people who watch.
    Security,
    /// One manager, about one of his or her own people.
    Manager,
}

impl Audience {
    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::It, Self::Hr, Self::Security, Self::Manager]
            .into_iter()
            .find(|it| it.as_str() == raw)
    }

    /// The word in file names and topic names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::Hr => "hr",
            Self::Security => "security",
            Self::Manager => "manager",
        }
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Two messages with the same key are one, and sent once.
    pub key: String,
    /// Who is told.
    pub audience: Audience,
    /// The one person's address, where the audience is one person.
    pub to: Option<String>,
    /// At most 100 characters, the limit of SNS.
    pub subject: String,
    /// Plain text.
    pub body: String,
}
