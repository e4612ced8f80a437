//! Tables in tests/README.md that are made of what was observed.

use std::{fs, path::PathBuf};

fn readme() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "README.md"].iter().collect()
}

/// Whether tables are to be written anew, and not compared.
#[expect(clippy::disallowed_methods, reason = "whether to write is the developer's to say")]
pub(crate) fn is_written() -> bool {
    std::env::var("ROLLCALL_WRITE_TABLES").is_ok()
}

/// What stands before a table, the table as it is, and what stands behind it.
fn parts(name: &str) -> (String, String, String) {
    let readme = fs::read_to_string(readme()).expect("the table has a home");
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = readme.split_once(&begin).expect("the table has a beginning");
    let (known, after) = rest.split_once(&end).expect("the table has an end");
    (format!("{before}{begin}"), known.to_owned(), format!("{end}{after}"))
}

/// The table as it is.
pub(crate) fn known(name: &str) -> String {
    parts(name).1
}

pub(crate) fn write(name: &str, table: &str) {
    let (before, _, after) = parts(name);
    fs::write(readme(), format!("{before}{table}{after}")).expect("the table can be written");
}

/// Writes a table anew, or says that it is not true any more.
pub(crate) fn keep(name: &str, table: &str) {
    if is_written() {
        write(name, table);
    } else {
        assert_eq!(table, known(name), "write it anew with ROLLCALL_WRITE_TABLES=1, and read it");
    }
}
