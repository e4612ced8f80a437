//! What HR announces ahead.

/// What HR announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coming {
    /// Somebody starts.
    Start,
    /// Somebody leaves.
    End,
}

impl Coming {
    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::Start, Self::End].into_iter().find(|it| it.as_str() == raw)
    }
}
