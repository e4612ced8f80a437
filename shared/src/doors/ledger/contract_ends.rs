//! Which ends of contracts were announced, so that one that moves away and back is announced anew.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Fence, Ledger,
    codec::Format,
    error::Error,
    store::{Expect, Key},
};
use crate::words::ids::PersonId;

const CONTRACT_END: Format = Format::v1("contract-end");

/// The end of a contract as it was last seen, by the run that tells managers of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractEnd {
    /// Whose.
    pub person: PersonId,
    /// The last day; `None` when the contract has no end that is ahead.
    pub last_day: Option<Date>,
    /// How often it has moved since it was first announced.
    pub moves: u32,
}

impl Ledger {
    /// Every end that was ever announced.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn contract_ends(&self) -> Result<Vec<ContractEnd>, Error> {
        self.all(CONTRACT_END, "contract-end").await
    }

    /// Remembers ends as they are now. The last word counts.
    ///
    /// # Errors
    /// When the fence is down, or the store fails.
    pub async fn put_contract_ends(
        &self,
        fence: &Fence,
        ends: &[ContractEnd],
    ) -> Result<(), Error> {
        let writes = ends.iter().map(|it| {
            CONTRACT_END.put(Key::new("contract-end", it.person.as_str()), it, Expect::Any)
        });
        self.fenced_in_parts(fence, writes.collect()).await
    }
}
