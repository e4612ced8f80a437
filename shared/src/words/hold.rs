//! Human decisions that a run must not undo (design, section 5.4).

use std::fmt;

use jiff::{Timestamp, civil::Date};

use super::ids::PersonId;

/// What a hold forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldKind {
    /// The account must not be opened again, nor be given anything; taking access away goes on.
    Security,
    /// Nothing may be destroyed; the account may be closed for now.
    Legal,
    /// Ask first, whatever it is.
    Vip,
    /// A departure was taken back by hand and HR has not corrected its record yet: this departure
    /// is not carried out again.
    Undone,
}

impl HoldKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Security, Self::Legal, Self::Vip, Self::Undone];

    /// The kind as the command line and the ledger write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Legal => "legal",
            Self::Vip => "vip",
            Self::Undone => "undone",
        }
    }
}

impl fmt::Display for HoldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A human decision about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Whom it protects.
    pub person: PersonId,
    /// From what.
    pub kind: HoldKind,
    /// Who decided.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` until it is removed.
    pub until: Option<Timestamp>,
    /// The last day of the departure that was taken back: of [`HoldKind::Undone`] only. Another
    /// departure is another word of HR's, and is carried out.
    pub departure: Option<Date>,
}

impl Hold {
    /// Whether it counts at `now`.
    pub fn is_standing(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|it| now < it)
    }

    /// Until when, in words.
    pub fn end(&self) -> String {
        self.until.map_or("until it is removed".to_owned(), |it| format!("until {it:.0}"))
    }
}

impl fmt::Display for Hold {
    /// One line for the people who may know: with owner and reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { person: _, kind, owner, reason, since, until: _, departure } = self;
        write!(f, "{kind} hold by {owner} since {since:.0}, {}", self.end())?;
        if let Some(departure) = departure {
            write!(f, ", of the departure of {departure}")?;
        }
        write!(f, ": {reason}")
    }
}

/// One word about a hold, as it is remembered for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldWord {
    /// Whose hold.
    pub person: PersonId,
    /// Which one.
    pub kind: HoldKind,
    /// What was done with it.
    pub act: HoldAct,
    /// Who said so.
    pub by: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// What can be done with a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldAct {
    /// It was placed, or placed anew.
    Placed {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// It was removed.
    Removed,
}

impl fmt::Display for HoldWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { person, kind, act, by, why, at } = self;
        let act = match act {
            HoldAct::Placed { until: Some(until) } => format!("placed until {until:.0}"),
            HoldAct::Placed { until: None } => "placed until it is removed".to_owned(),
            HoldAct::Removed => "removed".to_owned(),
        };
        write!(f, "{at:.0}  {kind:<8} {person}  {act} by {by}: {why}")
    }
}
