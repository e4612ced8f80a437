//! The table's own affairs: its keys, its index, and which version of them it has.

use serde::{Deserialize, Serialize};

use super::{
    super::{
        codec::Format,
        error::Error,
        store::{Expect, Key, Store},
    },
    DynamoDb,
};

/// The index that lists what is due.
pub(super) const DUE_INDEX: &str = "due";
/// The one list of the due index. A partition of an index takes a thousand writes a second, and
/// only a change of somebody's dates is one.
pub(super) const DUE_LIST: &str = "due";
/// The layout that this program knows.
const KNOWN: u32 = 1;
const LAYOUT: Format = Format::v1("layout");

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Layout {
    version: u32,
}

fn layout_key() -> Key {
    Key::new("layout", "layout")
}

/// Whether a record belongs to the table rather than to the ledger in it.
pub(super) fn is_about_the_table(key: &Key) -> bool {
    *key == layout_key()
}

/// Refuses a table that a newer program made; signs an empty one.
pub(super) async fn check(table: &DynamoDb) -> Result<(), Error> {
    let key = layout_key();
    loop {
        if let Some(record) = table.get(&key).await? {
            let Layout { version } = LAYOUT.decode(&record)?;
            return if version > KNOWN {
                Err(Error::NewerLedger { version, known: KNOWN })
            } else {
                Ok(())
            };
        }
        let draft = LAYOUT.draft(key.clone(), &Layout { version: KNOWN });
        match table.put(draft, Expect::Absent).await {
            Ok(_) => return Ok(()),
            // Somebody else signed it: see with which version.
            Err(Error::Conflict { .. }) => {}
            Err(other) => return Err(other),
        }
    }
}
