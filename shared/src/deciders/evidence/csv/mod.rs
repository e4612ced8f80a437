//! The populations as CSV (RFC 4180): stable column names, one place that says what each means.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula. HR's texts come
//! from anybody, so such a cell gets an apostrophe in front.

mod columns;
mod rows;

use jiff::Timestamp;

use super::record::Record;
use crate::words::hold::HoldWord;
use columns::{COMPLETENESS, EXCEPTIONS, HOLDS, JOINERS, LEAVERS, MOVERS, NIGHTS};

/// Everything that the tables are drawn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    /// The log.
    pub record: Record,
    /// Plans that waited for a person's word.
    pub plans: Vec<HeldPlan>,
    /// Every word that was said about holds.
    pub holds: Vec<HoldWord>,
    /// Everybody at the last full comparison: id, state, reason. With when that was.
    pub census: Option<(Timestamp, Vec<[String; 3]>)>,
    /// Runs of the period.
    pub runs: Vec<RunFigures>,
}

/// A plan that waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPlan {
    /// Its name.
    pub plan: String,
    /// The flow that made it.
    pub flow: String,
    /// Held, approved, applied, rejected, expired.
    pub state: String,
    /// Why it was held.
    pub reason: String,
    /// How many steps.
    pub steps: usize,
    /// When.
    pub at: Timestamp,
    /// Who said yes or no.
    pub by: String,
    /// Why.
    pub why: String,
}

/// What one run spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFigures {
    /// When it began.
    pub at: Timestamp,
    /// The flow.
    pub flow: String,
    /// Calls to Okta.
    pub okta: u64,
    /// The fewest that could have made the same changes.
    pub okta_minimum: u64,
    /// Calls a minute that the policy's share of Okta's limits allows, where the run learned it.
    pub okta_budget: Option<u64>,
    /// Calls to UKG.
    pub ukg: u64,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns: name and meaning.
    pub columns: &'static [(&'static str, &'static str)],
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

type Columns = &'static [(&'static str, &'static str)];

/// Every table, in the order in which an auditor asks.
pub fn tables(sources: &Sources) -> Vec<Table> {
    let table = |name, columns, rows| Table { name, columns, rows };
    vec![
        table("leavers.csv", LEAVERS, rows::leavers(&sources.record)),
        table("joiners.csv", JOINERS, rows::joiners(&sources.record)),
        table("movers.csv", MOVERS, rows::movers(&sources.record)),
        table("exceptions.csv", EXCEPTIONS, rows::exceptions(&sources.record)),
        table("holds.csv", HOLDS, rows::holds(sources)),
        table("completeness.csv", COMPLETENESS, rows::completeness(sources)),
        table("nights.csv", NIGHTS, rows::nights(&sources.record)),
    ]
}

/// What each column of each table means, as a table of its own.
pub fn columns(tables: &[Table]) -> Table {
    let rows = tables.iter().flat_map(|table| {
        let row = |(name, doc): &(&str, &str)| {
            vec![table.name.to_owned(), (*name).to_owned(), (*doc).to_owned()]
        };
        table.columns.iter().map(row)
    });
    const COLUMNS: Columns =
        &[("file", "the file"), ("column", "the column"), ("meaning", "what it means")];
    Table { name: "columns.csv", columns: COLUMNS, rows: rows.collect() }
}

impl Table {
    /// The file's text.
    pub fn to_csv(&self) -> String {
        let mut res = String::new();
        let header = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        for row in std::iter::once(&header).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|it| quoted(&safe(it))).collect();
            res.push_str(&cells.join(","));
            res.push_str("\r\n");
        }
        res
    }
}

/// A cell that no spreadsheet takes for a formula.
fn safe(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_that_a_spreadsheet_would_run_is_a_text() {
        let rows =
            ["=1+1", "+49 1", "-3", "@x", "\t=1", "plain", "a,b", "say \"hi\"", "two\nlines"];
        let rows = vec![rows.iter().map(|it| (*it).to_owned()).collect()];
        let table = Table { name: "it", columns: &[], rows };
        let text = table.to_csv();
        let line = text.split_once("\r\n").unwrap().1;
        assert_eq!(
            line,
            "'=1+1,'+49 1,'-3,'@x,'\t=1,plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn every_column_has_one_name_and_a_meaning() {
        for table in tables(&Sources::default()) {
            let mut names: Vec<&str> = table.columns.iter().map(|it| it.0).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.columns.len(), "{}", table.name);
            assert!(table.columns.iter().all(|(_, doc)| !doc.is_empty()), "{}", table.name);
        }
    }
}
