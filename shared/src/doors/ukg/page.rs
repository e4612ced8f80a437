//! The bytes of a page, turned into rows in one pass and without a copy of what nobody needs.
//!
//! A `person-details` row has about a hundred columns, social security number, blood type and
//! visa among them, and UKG offers no way to ask for fewer. So the parser looks at each column's
//! name first and steps over the value of every column that no row has a field for
//! ([`IgnoredAny`]): what is not needed never becomes a value in this program.
//!
//! `user-defined-fields` alone has objects for columns, with everything in them that a customer
//! ever thought of. A table that names a member gets that member's value for the column, and the
//! others are let go one by one; for every other table an object is no value.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer as _,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{
    line::{Cell, Names},
    table::{Row, Rows, Table},
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
pub(super) fn read<R: Row, S: Rows<R>>(
    body: &[u8],
    table: &mut Table<R, S>,
) -> Result<(), BadPage> {
    // .NET's encoders like to begin with a byte order mark.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut json = serde_json::Deserializer::from_slice(body);
    json.deserialize_seq(PageVisitor(table)).and_then(|()| json.end()).map_err(|it| BadPage {
        is_cut_off: it.is_eof(),
        line: it.line(),
        column: it.column(),
    })
}

struct PageVisitor<'a, R: Row, S>(&'a mut Table<R, S>);

impl<'de, R: Row, S: Rows<R>> Visitor<'de> for PageVisitor<'_, R, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        // One set of cells for all rows of the page: they borrow from its bytes.
        let mut cells = vec![Cell::Empty; R::NAMES.len()];
        let mut header = std::mem::take(&mut self.0.header);
        let member = self.0.member.take();
        while let Some(()) = rows.next_element_seed(RowSeed {
            cells: &mut cells,
            header: &mut header,
            member: R::HOLDER.zip(member.as_deref()),
        })? {
            self.0.take(&cells);
            cells.fill(Cell::Empty);
        }
        (self.0.header, self.0.member) = (header, member);
        Ok(())
    }
}

struct RowSeed<'a, 'de> {
    cells: &'a mut [Cell<'de>],
    header: &'a mut Header,
    /// The column that is looked into, and for what.
    member: Option<(usize, &'a str)>,
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
                    let object = match self.member {
                        Some((holder, name)) if holder == column => Object::Members(name),
                        Some(_) | None => Object::NoValue,
                    };
                    let new = row.next_value_seed(CellSeed(object))?;
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

/// What an object is where a value may stand.
#[derive(Clone, Copy)]
enum Object<'a> {
    /// No value that anybody could use.
    NoValue,
    /// The holder of many members, of which the one of this name is the value.
    Members(&'a str),
    /// One of those members. It is a plain value or `{"field": label, "value": ...}`, where the
    /// label is what the customer calls it; the wanted name may be either.
    Member { wanted: &'a str, is_it: bool },
}

struct CellSeed<'a>(Object<'a>);

impl CellSeed<'_> {
    /// A plain value, if that is what was looked for here.
    fn plain<'de>(self, cell: Cell<'de>) -> Cell<'de> {
        match self.0 {
            Object::NoValue | Object::Member { is_it: true, .. } => cell,
            Object::Member { is_it: false, .. } => Cell::Empty,
            Object::Members(_) => Cell::Nested,
        }
    }
}

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = Cell<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<Cell<'de>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed<'_> {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Empty)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Cell<'de>, E> {
        Ok(self.plain(Cell::Flag(flag)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell<'de>, E> {
        Ok(self.plain(Cell::Text(number.to_string().into())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Cell<'de>, E> {
        Ok(self.plain(Cell::Text(number.to_string().into())))
    }

    /// Displayed, 5.0 is "5": UKG writes ids such as `employmentContractId` that way.
    fn visit_f64<E>(self, number: f64) -> Result<Cell<'de>, E> {
        Ok(self.plain(Cell::Text(number.to_string().into())))
    }

    // UKG's tables are fixed-width, and every export trims (reference/ukg.md, section 7.9).
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
        let text = text.trim();
        let is_blank = text.is_empty();
        Ok(if is_blank { Cell::Empty } else { self.plain(Cell::Text(Cow::Borrowed(text))) })
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
        let text = text.trim();
        let is_blank = text.is_empty();
        Ok(if is_blank { Cell::Empty } else { self.plain(Cell::Text(text.to_owned().into())) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Cell<'de>, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.plain(Cell::Nested))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Cell<'de>, A::Error> {
        match self.0 {
            Object::NoValue => {
                while values.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Cell::Nested)
            }
            Object::Members(wanted) => {
                let mut cell = Cell::Empty;
                while let Some(name) = values.next_key_seed(OneOf(&[wanted]))? {
                    let member = Object::Member { wanted, is_it: name.is_some() };
                    put(&mut cell, values.next_value_seed(CellSeed(member))?);
                }
                Ok(cell)
            }
            Object::Member { wanted, mut is_it } => {
                let mut cell = Cell::Empty;
                while let Some(name) = values.next_key_seed(OneOf(&["field", "value"]))? {
                    let plain = CellSeed(Object::NoValue);
                    match name {
                        Some("field") => {
                            let label = values.next_value_seed(plain)?;
                            is_it |=
                                matches!(label, Cell::Text(it) if it.eq_ignore_ascii_case(wanted));
                        }
                        Some(_) => cell = values.next_value_seed(plain)?,
                        None => {
                            values.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(if is_it { cell } else { Cell::Empty })
            }
        }
    }
}

/// A name, if it is one of these, whatever its case.
struct OneOf<'a>(&'a [&'a str]);

impl<'a, 'de> DeserializeSeed<'de> for OneOf<'a> {
    type Value = Option<&'a str>;

    fn deserialize<D: serde::Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for OneOf<'a> {
    type Value = Option<&'a str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().copied().find(|it| it.eq_ignore_ascii_case(name)))
    }
}
