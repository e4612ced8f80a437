//! The report of a period, for people: as text, and as one HTML file.

mod html;
mod plot;
mod style;
mod tables;
mod text;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    calendar::Entry,
    csv::{HeldPlan, Sources},
    figures::{self, Lasting, Times},
    people::{self, Joiner, Leaver, Mover, Who},
    record::Record,
};
use crate::words::action::Outcome;

/// Rows of a list that the HTML report shows; the CSV has all.
const SHOWN: usize = 50;

/// Days that the calendar looks ahead.
pub const CALENDAR_DAYS: u16 = 30;

/// What the report tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// The first instant of the period.
    pub from: Timestamp,
    /// The end of the period, not included.
    pub to: Timestamp,
    /// The first and the last instant that the ledger knows of at all.
    pub known: Option<(Timestamp, Timestamp)>,
    /// What happened.
    pub sources: Sources,
    /// Who starts and who leaves soon.
    pub calendar: Vec<Entry>,
    /// Whether the log is as it was written.
    pub proof: Proof,
}

/// Whether the log is as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The first thing that is wrong.
    pub broken_at: Option<String>,
    /// Seals of the whole ledger.
    pub seals: u64,
    /// How many carry a good signature; `None` without a key to check with.
    pub signed: Option<u64>,
    /// The last seal.
    pub last: Option<(u64, String)>,
}

impl Proof {
    /// In a sentence.
    fn sentence(&self) -> String {
        match (&self.broken_at, self.seals, self.signed) {
            (Some(at), _, _) => format!("The log is broken: {at}."),
            (None, 0, _) => "The log is empty.".to_owned(),
            (None, seals, Some(signed)) => {
                format!("The log is as it was written: {seals} seals, {signed} of them signed.")
            }
            (None, seals, None) => format!(
                "The log is as it was written: {seals} seals. Signatures were not checked: no key \
                 was at hand."
            ),
        }
    }
}

/// The figures that both forms show.
struct Figures<'a> {
    leavers: Vec<Leaver>,
    joiners: Vec<Joiner>,
    movers: Vec<Mover<'a>>,
    revoke: Times,
    provision: Times,
    hr_late: usize,
    lasting: Vec<Lasting>,
    waiting: Vec<&'a HeldPlan>,
    failed: Vec<Failed<'a>>,
    /// Held by another flow than the one that compares everybody: whom, and the code.
    elsewhere: Vec<(&'a str, &'a str)>,
    logins: BTreeMap<&'a str, &'a str>,
}

/// A step that is not done, or not known to be.
struct Failed<'a> {
    who: &'a str,
    what: String,
    outcome: &'static str,
    detail: &'a str,
}

impl Review {
    fn figures(&self) -> Figures<'_> {
        let record = &self.sources.record;
        let leavers = people::leavers(record);
        let joiners = people::joiners(record);
        let lasting = figures::lasting(&record.counted);
        let late = leavers.iter().filter(|it| !it.is_first_look && it.hr_late_minutes() > 0);
        Figures {
            revoke: Times::to_revoke(&leavers),
            provision: Times::to_provision(&joiners),
            hr_late: late.count(),
            // At the first look an account is linked and brought in line; nobody has moved.
            movers: people::movers(record)
                .into_iter()
                .filter(|it| it.deed.intended.was.is_some())
                .collect(),
            elsewhere: self.elsewhere(&lasting),
            lasting,
            waiting: self.sources.plans.iter().filter(|it| it.state == "held").collect(),
            failed: failed(record),
            logins: logins(record),
            leavers,
            joiners,
        }
    }

    /// Everybody whom the last comparison counts as held, and no finding of its own or plan does.
    fn elsewhere(&self, lasting: &[Lasting]) -> Vec<(&str, &str)> {
        let people = self.sources.census.iter().flat_map(|(_, people)| people);
        let is_told = |id: &str| lasting.iter().any(|it| it.is_open && it.subject == id);
        let held = people.filter(|[id, state, reason]| {
            state == "held" && !reason.starts_with("plan ") && !is_told(id)
        });
        held.map(|[id, _, reason]| (id.as_str(), reason.as_str())).collect()
    }

    /// Whether nothing happened in the period.
    pub fn is_empty(&self) -> bool {
        let Record { deeds, org, counted, .. } = &self.sources.record;
        deeds.is_empty() && org.is_empty() && counted.is_empty()
    }

    fn nothing(&self) -> String {
        match self.known {
            Some((first, last)) => format!(
                "Nothing happened in this period. The ledger knows of {} to {}: choose --from and \
                 --to within.",
                figures::day(first),
                figures::day(last)
            ),
            None => "Nothing happened in this period, and the ledger knows of no other: no run \
                     has changed anything yet."
                .to_owned(),
        }
    }

    /// The period's days, the last included.
    fn days(&self) -> (jiff::civil::Date, jiff::civil::Date) {
        let last = self.to.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(self.to);
        (figures::day(self.from), figures::day(last))
    }
}

/// What the log calls people, where that was not erased.
fn logins(record: &Record) -> BTreeMap<&str, &str> {
    let named = record.deeds.iter().filter_map(|it| {
        let login = it.facts.as_ref()?.login.as_str();
        (!login.is_empty()).then_some((it.intended.person.as_str(), login))
    });
    named.collect()
}

/// The last word on each step that was not verified, and was not taken up again for the person.
fn failed(record: &Record) -> Vec<Failed<'_>> {
    let mut res = Vec::new();
    for deed in &record.deeds {
        let person = &deed.intended.person;
        let later = record.deeds.iter().any(|it| {
            it.intended.person == *person
                && it.intended.at > deed.intended.at
                && it.steps().all(|it| it.is_verified())
        });
        if later {
            continue;
        }
        for step in deed.steps().filter(|it| !it.is_verified()) {
            let target = step.intended.target.as_deref().unwrap_or_default();
            res.push(Failed {
                who: person.as_str(),
                what: format!("{} {target}", step.intended.kind).trim().to_owned(),
                outcome: step.outcome().map_or("open", Outcome::as_str),
                detail: step.settled.and_then(|it| it.detail.as_deref()).unwrap_or_default(),
            });
        }
    }
    res
}

/// How a person is called where everybody may read it: the login, or the id once that was erased.
fn called(who: &Who) -> String {
    let login = who.facts.as_ref().map(|it| it.login.as_str()).filter(|it| !it.is_empty());
    login.map_or_else(|| format!("person {}", who.person), str::to_owned)
}

/// `1 person`, `2 people`.
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
