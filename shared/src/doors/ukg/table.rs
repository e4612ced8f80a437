//! The rows of one read, gathered over its pages.
//!
//! UKG has no snapshot and no documented order, so rows can move from one page to another while
//! we turn them (reference/ukg.md, section 2.2): the same row twice is one row, and the same key
//! with two contents holds its person.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    line::{Cell, Lexicon, Line, Names},
    page::Header,
};
use crate::words::{
    finding::{Finding, FindingCode, Severity, Subject},
    shelf::Shelf,
};

/// A kind of row: its columns, its key, and how it is read.
pub(super) trait Row: PartialEq + Send + Sized {
    /// What makes two rows the same row.
    type Key: Clone + Eq + Hash + Send;

    /// The columns that are needed.
    const NAMES: Names;

    /// How bad a row is that cannot be read: its person is held, unless it is about nobody.
    const SEVERITY: Severity = Severity::Held;

    /// The column that is an object, of which one member is kept ([`Table::member`]).
    const HOLDER: Option<usize> = None;

    /// Whom the row is about, if that much can be read. Lookups are about nobody.
    fn subject(_: &Line<'_, '_>) -> Option<Subject> {
        None
    }

    /// The row, unless it lacks what it cannot do without.
    fn read(line: &mut Line<'_, '_>) -> Option<(Self::Key, Self)>;
}

/// So many pages in a row without one row that can be read are no pages of a staff.
const MOST_UNREADABLE_PAGES: usize = 20;

/// Where rows are kept: a list, or for everybody a [`Shelf`].
pub(super) trait Rows<R>: Default {
    /// Adds one.
    fn add(&mut self, row: R);
    /// Puts another one in a place.
    fn change(&mut self, at: usize, row: R);
    /// Whether just this is in a place.
    fn is(&self, at: usize, row: &R) -> bool;
    /// How many there are.
    fn count(&self) -> usize;
}

impl<R: PartialEq> Rows<R> for Vec<R> {
    fn add(&mut self, row: R) {
        self.push(row);
    }

    fn change(&mut self, at: usize, row: R) {
        self[at] = row;
    }

    fn is(&self, at: usize, row: &R) -> bool {
        self[at] == *row
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl<R: PartialEq + Serialize + DeserializeOwned> Rows<R> for Shelf<R> {
    fn add(&mut self, row: R) {
        self.push(&row);
    }

    fn change(&mut self, at: usize, row: R) {
        self.replace(at, &row);
    }

    fn is(&self, at: usize, row: &R) -> bool {
        self.get(at) == *row
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// The rows so far.
pub(super) struct Table<R: Row, S = Vec<R>> {
    /// In the order in which they came first.
    pub(super) rows: S,
    pub(super) findings: Vec<Finding>,
    /// Rows that came, repeated and unreadable ones included.
    pub(super) seen: usize,
    pub(super) header: Header,
    /// The member that is kept of the column [`Row::HOLDER`].
    pub(super) member: Option<String>,
    at: HashMap<R::Key, usize>,
    this_page: Vec<Option<R::Key>>,
    last_page: Vec<Option<R::Key>>,
    /// Pages since the last one on which anything could be read.
    unreadable_pages: usize,
    lexicon: Lexicon,
    source: String,
}

impl<R: Row, S: Rows<R>> Table<R, S> {
    /// An empty table of rows from `source`, an endpoint's name.
    pub(super) fn new(source: impl ToString, placeholders: BTreeSet<String>) -> Self {
        Self {
            rows: S::default(),
            findings: Vec::new(),
            seen: 0,
            header: Header::new(R::NAMES),
            member: None,
            at: HashMap::new(),
            this_page: Vec::new(),
            last_page: Vec::new(),
            unreadable_pages: 0,
            lexicon: Lexicon::new(placeholders),
            source: source.to_string(),
        }
    }

    /// Takes in one row.
    pub(super) fn take(&mut self, cells: &[Cell<'_>]) {
        let position = self.seen;
        self.seen += 1;
        let mut line = Line {
            cells,
            names: R::NAMES,
            lexicon: &mut self.lexicon,
            severity: R::SEVERITY,
            troubles: Vec::new(),
        };
        let subject = R::subject(&line).unwrap_or(Subject::Row(position));
        let read = R::read(&mut line);
        let troubles = line.troubles;

        self.this_page.push(read.as_ref().map(|(key, _)| key.clone()));
        if let Some((key, row)) = read {
            match self.at.get(&key) {
                Some(&at) if self.rows.is(at, &row) => return, // Told already, troubles and all.
                Some(&at) => {
                    self.rows.change(at, row);
                    self.findings.push(Finding {
                        subject: subject.clone(),
                        code: FindingCode::ConflictingRows,
                        severity: R::SEVERITY,
                        detail: format!(
                            "{} has two different rows with the same key; if the next run says so \
                             again, correct the record in UKG",
                            self.source
                        ),
                    });
                }
                None => {
                    self.at.insert(key, self.rows.count());
                    self.rows.add(row);
                }
            }
        }
        self.findings.extend(troubles.into_iter().map(|it| Finding {
            subject: subject.clone(),
            code: FindingCode::MalformedRow,
            severity: it.severity,
            detail: format!("{}: {} {}; correct it in UKG", self.source, it.column, it.what),
        }));
    }

    /// Ends a page: how many rows it had, and whether they were the page before, once more.
    pub(super) fn turn(&mut self) -> (usize, bool) {
        let rows = self.this_page.len();
        // Rows without a key are all alike to us: a page of nothing else proves nothing, but a
        // server that says the same for ever would keep us for as long.
        let has_keys = self.this_page.iter().any(Option::is_some);
        self.unreadable_pages = if has_keys { 0 } else { self.unreadable_pages + 1 };
        let is_repeated = match has_keys {
            true => self.this_page == self.last_page,
            false => self.unreadable_pages == MOST_UNREADABLE_PAGES,
        };
        self.last_page = std::mem::take(&mut self.this_page);
        (rows, is_repeated)
    }
}
