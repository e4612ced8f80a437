//! `rollcall explain`: one person, what Okta should hold and why.

use anyhow::{Result, anyhow};
use rollcall::{flows, shell::clock};

use crate::{
    args::ExplainArgs,
    ending::{BadSetup, Ending},
    office,
};

/// Explains one person. Nothing is written.
///
/// # Errors
/// [`BadSetup`] when nobody is called that; any other error when something could not be read.
pub async fn run(args: ExplainArgs) -> Result<Ending> {
    let office = office::open(&args.places)?;
    let as_of = args.as_of.unwrap_or_else(clock::now);
    let found = flows::explain(&office, &args.person, as_of).await.map_err(|error| {
        let advice = error.advice();
        anyhow!("{:#}\n  {advice}", anyhow::Error::new(error))
    })?;
    let Some(explanation) = found else {
        let text = "UKG has nobody of this name for PERSON: give a personId, an employee id, an \
                    employee number, or the Okta login of an account that Rollcall looks after";
        return Err(BadSetup(text.to_owned()).into());
    };
    if args.json {
        println!("{:#}", explanation.to_json());
    } else {
        print!("{explanation}");
    }
    Ok(Ending::Done)
}
