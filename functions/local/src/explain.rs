//! `rollcall explain`: one person, what Okta should hold and why.

use anyhow::Result;
use rollcall::{flows, shell::clock, words::ids::PersonId};

use crate::{
    args::ExplainArgs,
    ending::{BadSetup, Ending},
    office, run,
};

/// Explains one person. Nothing is written.
///
/// # Errors
/// [`BadSetup`] when nobody is called that; any other error when something could not be read.
pub async fn run(args: ExplainArgs) -> Result<Ending> {
    let office = office::open(&args.places).await?;
    let as_of = args.as_of.unwrap_or_else(clock::now);
    let found = flows::explain(&office, &args.person, as_of).await.map_err(run::advised)?;
    let Some(explanation) = found else { return Err(nobody()) };
    if args.json {
        say!("{:#}", explanation.to_json());
    } else {
        show!("{explanation}");
    }
    Ok(Ending::Done)
}

/// Nobody answers to PERSON.
pub fn nobody() -> anyhow::Error {
    let text = "UKG has nobody of this name for PERSON: give a personId, an employee id, an \
                employee number, or the Okta login of an account that Rollcall looks after";
    BadSetup(text.to_owned()).into()
}

/// More than one person answers to PERSON.
pub fn several(people: &[PersonId]) -> anyhow::Error {
    let people: Vec<String> = people.iter().map(|it| format!("\n  {it}")).collect();
    let text = "several people have this employee number; give the personId of one of them";
    BadSetup(format!("{text}:{}", people.concat())).into()
}
