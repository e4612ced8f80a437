//! One row of an answer, as cells, and the reading of cells as codes, dates and flags.
//!
//! A [`Line`] holds the needed columns only; the others never became values ([`super::page`]).
//! What cannot be read is a [`Trouble`] with the column's name and without the value.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use jiff::civil::{Date, DateTime};

use crate::words::{finding::Severity, ids::Code};

/// The columns of a kind of row: per column its names, the one to blame first. Compared without
/// regard to case, since UKG writes `employeeID` here and `employeeId` there
/// (reference/ukg.md, section 7.10).
pub(super) type Names = &'static [&'static [&'static str]];

/// Declares the columns of a row: a constant per column, and their [`Names`].
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $($alias:literal)|+,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        enum $name { $($column),* }

        impl $name {
            const NAMES: $crate::doors::ukg::line::Names = &[$(&[$($alias),+]),*];
        }

        impl From<$name> for usize {
            fn from(column: $name) -> Self {
                column as Self
            }
        }
    };
}
pub(super) use columns;

/// A value as it came, trimmed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Cell<'de> {
    /// Missing, null or blank.
    #[default]
    Empty,
    /// A text, or a number written out: UKG's specification calls `employeeNumber` a number.
    Text(Cow<'de, str>),
    /// `true` or `false`.
    Flag(bool),
    /// An array or an object where a value belongs.
    Nested,
    /// Two names of one column, with two values.
    Ambiguous,
}

/// Something in a row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) column: &'static str,
    pub(super) what: &'static str,
    pub(super) severity: Severity,
}

/// The texts that come again and again, kept once: ten thousand people share a hundred codes.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    texts: HashSet<Arc<str>>,
    placeholders: BTreeSet<String>,
}

impl Lexicon {
    pub(super) fn new(placeholders: BTreeSet<String>) -> Self {
        Self { texts: HashSet::new(), placeholders }
    }

    fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.texts.insert(new.clone());
        new
    }
}

/// One row, while it is read.
pub(super) struct Line<'a, 'de> {
    pub(super) cells: &'a [Cell<'de>],
    pub(super) names: Names,
    pub(super) lexicon: &'a mut Lexicon,
    pub(super) severity: Severity,
    pub(super) troubles: Vec<Trouble>,
}

impl Line<'_, '_> {
    /// The text as it stands, without complaint.
    pub(super) fn peek(&self, column: impl Into<usize>) -> Option<&str> {
        match &self.cells[column.into()] {
            Cell::Text(text) => Some(text),
            Cell::Empty | Cell::Flag(_) | Cell::Nested | Cell::Ambiguous => None,
        }
    }

    /// A text that is the person's own.
    pub(super) fn text(&mut self, column: impl Into<usize>) -> Option<Arc<str>> {
        let cells = self.cells;
        self.raw(cells, column.into()).map(Into::into)
    }

    /// A text that many rows have in common.
    pub(super) fn common(&mut self, column: impl Into<usize>) -> Option<Arc<str>> {
        let cells = self.cells;
        let text = self.raw(cells, column.into())?;
        Some(self.lexicon.share(text))
    }

    /// A code; the placeholders that UKG writes for "none" are none.
    pub(super) fn code(&mut self, column: impl Into<usize>) -> Option<Code> {
        let cells = self.cells;
        let text = self.raw(cells, column.into())?;
        let is_none = self.lexicon.placeholders.contains(text);
        (!is_none).then(|| Code::new(self.lexicon.share(text)))
    }

    /// A text without which there is no row.
    pub(super) fn required(&mut self, column: impl Into<usize>) -> Option<Arc<str>> {
        let (cells, column) = (self.cells, column.into());
        if cells[column] == Cell::Empty {
            self.trouble(column, "is missing");
        }
        self.raw(cells, column).map(Into::into)
    }

    /// A day in the customer's own calendar; the time of day, always midnight, is let go.
    pub(super) fn date(&mut self, column: impl Into<usize>) -> Option<Date> {
        self.datetime(column).map(DateTime::date)
    }

    /// A moment in the instance's own unnamed zone.
    pub(super) fn datetime(&mut self, column: impl Into<usize>) -> Option<DateTime> {
        let (cells, column) = (self.cells, column.into());
        let text = self.raw(cells, column)?;
        let read = super::date::parse(text);
        if read.is_none() {
            self.trouble(column, "is not a date");
        }
        read
    }

    /// A yes or no: Y and N in the older endpoints, true and false in the newer ones.
    pub(super) fn flag(&mut self, column: impl Into<usize>) -> Option<bool> {
        let (cells, column) = (self.cells, column.into());
        if let Cell::Flag(flag) = cells[column] {
            return Some(flag);
        }
        let text = self.raw(cells, column)?;
        let is = |words: [&str; 3]| words.iter().any(|it| it.eq_ignore_ascii_case(text));
        if is(["Y", "true", "1"]) {
            Some(true)
        } else if is(["N", "false", "0"]) {
            Some(false)
        } else {
            // No flag takes access away, so an odd one is told and holds nobody.
            let severity = self.severity.min(Severity::Warning);
            let column = self.names[column][0];
            self.troubles.push(Trouble { column, what: "is neither yes nor no", severity });
            None
        }
    }

    /// A small number, such as an org level.
    pub(super) fn small(&mut self, column: impl Into<usize>) -> Option<u8> {
        let (cells, column) = (self.cells, column.into());
        let read = self.required(column)?.parse().ok();
        if read.is_none() && cells[column] != Cell::Empty {
            self.trouble(column, "is not a small number");
        }
        read
    }

    fn raw<'b>(&mut self, cells: &'b [Cell<'_>], column: usize) -> Option<&'b str> {
        match &cells[column] {
            Cell::Text(text) => Some(text),
            Cell::Empty => None,
            Cell::Flag(true) => Some("true"),
            Cell::Flag(false) => Some("false"),
            Cell::Nested => {
                self.trouble(column, "is not a plain value");
                None
            }
            Cell::Ambiguous => {
                self.trouble(column, "is given twice, differently");
                None
            }
        }
    }

    fn trouble(&mut self, column: usize, what: &'static str) {
        let column = self.names[column][0];
        self.troubles.push(Trouble { column, what, severity: self.severity });
    }
}
