//! The bytes of a page, turned into rows in one pass and without a copy of what nobody needs.
//!
//! A `person-details` row has about a hundred columns, social security number, blood type and
//! visa among them, and UKG offers no way to ask for fewer. So the parser looks at each column's
//! name first and steps over the value of every column that no row has a field for
//! ([`IgnoredAny`]): what is not needed never becomes a value in this program.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer as _,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    line::{Cell, Names},
    table::{Row, Table},
};

/// Where and how a page stops being an array of objects. Deliberately not serde's error, whose
/// text repeats the value it stumbled over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadPage {
    pub(super) is_cut_off: bool,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Adds the rows of one page to the table.
///
/// # Errors
/// When the body is anything but an array of objects. The table is then of no use any more.
pub(super) fn read<R: Row>(body: &[u8], table: &mut Table<R>) -> Result<(), BadPage> {
    // .NET's encoders like to begin with a byte order mark.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut json = serde_json::Deserializer::from_slice(body);
    json.deserialize_seq(PageVisitor(table)).and_then(|()| json.end()).map_err(|it| BadPage {
        is_cut_off: it.is_eof(),
        line: it.line(),
        column: it.column(),
    })
}

struct PageVisitor<'a, R: Row>(&'a mut Table<R>);

impl<'de, R: Row> Visitor<'de> for PageVisitor<'_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        // One set of cells for all rows of the page: they borrow from its bytes.
        let mut cells = vec![Cell::Empty; R::NAMES.len()];
        let mut header = std::mem::take(&mut self.0.header);
        while let Some(()) =
            rows.next_element_seed(RowSeed { cells: &mut cells, header: &mut header })?
        {
            self.0.take(&cells);
            cells.fill(Cell::Empty);
        }
        self.0.header = header;
        Ok(())
    }
}

struct RowSeed<'a, 'de> {
    cells: &'a mut [Cell<'de>],
    header: &'a mut Header,
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, row: D) -> Result<(), D::Error> {
        row.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<(), A::Error> {
        let mut position = 0;
        while let Some(column) = row.next_key_seed(KeySeed { header: self.header, position })? {
            position += 1;
            match column {
                None => {
                    row.next_value::<IgnoredAny>()?;
                }
                Some(column) => {
                    let new = row.next_value_seed(CellSeed)?;
                    put(&mut self.cells[column], new);
                }
            }
        }
        Ok(())
    }
}

/// A column may come under two of its names. A blank one says nothing; two that differ must not
/// be settled by the order in which UKG happens to write them.
fn put<'de>(cell: &mut Cell<'de>, new: Cell<'de>) {
    if *cell == Cell::Empty {
        *cell = new;
    } else if new != Cell::Empty && new != *cell {
        *cell = Cell::Ambiguous;
    }
}

/// What the columns of an answer mean, by position: all rows of an answer name their columns in
/// the same order, so that a name is looked up once and compared ever after.
#[derive(Debug, Default)]
pub(super) struct Header {
    names: Names,
    known: Vec<(Box<str>, Option<usize>)>,
}

/// `person-details`, the widest answer, has about 110. A row of a million columns is an attack on
/// our memory, not a row.
const MOST_COLUMNS: usize = 1_000;

impl Header {
    pub(super) fn new(names: Names) -> Self {
        Self { names, known: Vec::new() }
    }

    fn column(&mut self, position: usize, name: &str) -> Option<usize> {
        if let Some((known, column)) = self.known.get(position)
            && **known == *name
        {
            return *column;
        }
        let is_it = |aliases: &&'static [&'static str]| {
            aliases.iter().any(|it| it.eq_ignore_ascii_case(name))
        };
        let column = self.names.iter().position(is_it);
        if let Some(known) = self.known.get_mut(position) {
            *known = (name.into(), column);
        } else if position < MOST_COLUMNS {
            self.known.push((name.into(), column));
        }
        column
    }
}

struct KeySeed<'a> {
    header: &'a mut Header,
    position: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.header.column(self.position, name))
    }
}

struct CellSeed;

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<Cell<'de>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Empty)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Cell<'de>, E> {
        Ok(Cell::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(number.to_string().into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(number.to_string().into()))
    }

    /// Displayed, 5.0 is "5": UKG writes ids such as `employmentContractId` that way.
    fn visit_f64<E>(self, number: f64) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(number.to_string().into()))
    }

    // UKG's tables are fixed-width, and every export trims (reference/ukg.md, section 7.9).
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
        let text = text.trim();
        Ok(if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(text)) })
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
        let text = text.trim();
        Ok(if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text.to_owned())) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Cell<'de>, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Cell<'de>, A::Error> {
        while values.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }
}
