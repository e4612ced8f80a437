//! `rollcall hold`: human decisions that runs obey.

use anyhow::{Context, Result};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rollcall::{
    doors::ledger::Ledger,
    flows::{self, Found},
    shell::clock,
    words::{
        hold::{Hold, HoldAct, HoldKind, HoldWord},
        ids::PersonId,
    },
};
use serde_json::{Value, json};

use crate::{
    args::{HoldAddArgs, HoldArgs, HoldCommand, HoldListArgs, HoldRemoveArgs, Places},
    ending::{BadSetup, Ending},
    explain, office, plans, run,
};

/// Places, removes or lists holds.
///
/// # Errors
/// [`BadSetup`] when nobody or more than one is called that, or the end is in the past; other
/// errors when UKG or the ledger fails.
pub async fn run(args: HoldArgs) -> Result<Ending> {
    match args.command {
        HoldCommand::Add(it) => add(it).await,
        HoldCommand::Remove(it) => remove(it).await,
        HoldCommand::List(it) => list(it).await,
    }
}

async fn add(args: HoldAddArgs) -> Result<Ending> {
    let HoldAddArgs { person, kind, days, until, word, places } = args;
    let now = clock::now();
    let until = end(days, until, now)?;
    let (owner, reason) = plans::signed(word)?;
    let ledger = office::open_ledger(&places.ledger).await?;
    let person = find(&ledger, &places, &person, now).await?;
    let kind = HoldKind::from(kind);
    let hold = Hold { person, kind, owner, reason, since: now, until, departure: None };
    ledger.put_hold(&hold).await.context("failed to write the hold down")?;
    say!("Placed on person {}: {hold}", hold.person);
    say!("{}", meaning(kind));
    say!(
        "It counts from the next run on; one that is under way may not know of it yet.\n\
         To remove it: rollcall hold remove {} --kind {kind} --why \"...\"",
        hold.person
    );
    Ok(Ending::Done)
}

async fn remove(args: HoldRemoveArgs) -> Result<Ending> {
    let HoldRemoveArgs { person, kind, word, places } = args;
    let now = clock::now();
    let (by, why) = plans::signed(word)?;
    let ledger = office::open_ledger(&places.ledger).await?;
    let kind = HoldKind::from(kind);
    // Whoever has a hold is known by the id under which it was placed.
    let given = PersonId::from(person.trim());
    let mut was_there = ledger.remove_hold(&given, kind, &by, &why, now).await;
    let mut person_id = given;
    if matches!(was_there, Ok(false)) {
        person_id = find(&ledger, &places, &person, now).await?;
        was_there = ledger.remove_hold(&person_id, kind, &by, &why, now).await;
    }
    if was_there.context("failed to remove the hold")? {
        say!(
            "Removed the {kind} hold on person {person_id}. The next run does what UKG's record \
             asks for."
        );
    } else {
        say!("There is no {kind} hold on person {person_id}; nothing was removed.");
    }
    Ok(Ending::Done)
}

async fn list(args: HoldListArgs) -> Result<Ending> {
    let HoldListArgs { history, json, place } = args;
    let ledger = office::open_ledger(&place.ledger).await?;
    let holds = ledger.holds(clock::now()).await.context("failed to read the holds")?;
    let words = match history {
        true => ledger.hold_words().await.context("failed to read the holds' history")?,
        false => Vec::new(),
    };
    if json {
        let mut res = json!({ "holds": holds.iter().map(hold_json).collect::<Vec<_>>() });
        if history {
            res["history"] = words.iter().map(word_json).collect();
        }
        say!("{res:#}");
        return Ok(Ending::Done);
    }
    if holds.is_empty() {
        say!("No hold stands.");
    }
    for it in &holds {
        say!("person {}: {it}", it.person);
    }
    if history {
        say!("\nHistory:");
        for it in &words {
            say!("  {it}");
        }
    }
    Ok(Ending::Done)
}

/// By the ledger alone where it knows the person: a hold must not wait until UKG answers.
async fn find(ledger: &Ledger, places: &Places, who: &str, now: Timestamp) -> Result<PersonId> {
    if let Some(person) = flows::find_linked(ledger, who).await.map_err(run::advised)? {
        return Ok(person);
    }
    let office = office::open(places).await?;
    match flows::find_person(&office, who, now).await.map_err(run::advised)? {
        Found::One(person) => Ok(person),
        Found::Several(people) => Err(explain::several(&people)),
        Found::Nobody => Err(explain::nobody()),
    }
}

fn end(days: Option<u16>, until: Option<Date>, now: Timestamp) -> Result<Option<Timestamp>> {
    let by_days = days.map(|it| now.checked_add((24 * i64::from(it)).hours()));
    let by_date = until.map(|it| {
        let midnight = it.tomorrow()?.to_zoned_datetime(TimeZone::UTC)?;
        Ok(midnight.timestamp())
    });
    let until = by_days.or(by_date).transpose();
    let until = until.map_err(|_| BadSetup("the end is off the calendar".to_owned()))?;
    if until.is_some_and(|it| it <= now) {
        return Err(BadSetup("--until is in the past".to_owned()).into());
    }
    Ok(until)
}

/// What a hold does, for the person who has just placed it.
fn meaning(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Security => {
            "No run opens the account again or gives it groups or apps; taking access away goes \
             on. It does not close an account that is open: suspend it in Okta."
        }
        HoldKind::Legal => {
            "No run deactivates the account, takes groups or apps away, or empties attributes; \
             suspending and ending sessions go on."
        }
        HoldKind::Vip => {
            "Every change of the account waits as a held plan: `rollcall plans` lists them, \
             `rollcall approve` lets one go on."
        }
        HoldKind::Undone => "The departure that was taken back is not carried out again.",
    }
}

fn hold_json(hold: &Hold) -> Value {
    let Hold { person, kind, owner, reason, since, until, departure } = hold;
    json!({
        "person_id": person.as_str(),
        "kind": kind.as_str(),
        "owner": owner,
        "reason": reason,
        "since": since.to_string(),
        "until": until.map(|it| it.to_string()),
        "departure": departure.map(|it| it.to_string()),
    })
}

fn word_json(word: &HoldWord) -> Value {
    let HoldWord { person, kind, act, by, why, at } = word;
    let (act, until) = match act {
        HoldAct::Placed { until } => ("placed", *until),
        HoldAct::Removed => ("removed", None),
    };
    json!({
        "person_id": person.as_str(),
        "kind": kind.as_str(),
        "act": act,
        "by": by,
        "why": why,
        "at": at.to_string(),
        "until": until.map(|it| it.to_string()),
    })
}
