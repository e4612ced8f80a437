//! One case of each kind that the month held, and what Rollcall did about it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rollcall::{
    deciders::report::Report,
    words::{
        action::{Kind, Outcome},
        finding::{Severity, Subject},
        ids::PersonId,
    },
};

/// What happened, and what followed.
#[derive(Default)]
pub struct Cases {
    happened: Vec<Happened>,
    deeds: BTreeMap<PersonId, Vec<(Timestamp, String)>>,
    org_deeds: Vec<(Timestamp, String)>,
    /// Findings that were noted: the flows tell them until somebody corrects HR.
    noted: BTreeSet<(Option<PersonId>, String)>,
}

/// Something that happened in HR or in Okta's console.
struct Happened {
    at: Timestamp,
    kind: String,
    person: Option<PersonId>,
    text: String,
}

/// A case with what followed.
pub struct Case<'a> {
    /// When it happened.
    pub at: Timestamp,
    /// What kind of case it is.
    pub kind: &'a str,
    /// What happened, as a sentence.
    pub text: &'a str,
    /// What Rollcall did about it, each with its time; empty when nothing had to change.
    pub followed: Vec<(Timestamp, &'a str)>,
}

impl Cases {
    /// Something happened.
    pub fn happened(&mut self, at: Timestamp, kind: &str, person: Option<PersonId>, text: &str) {
        self.happened.push(Happened { at, kind: kind.to_owned(), person, text: text.to_owned() });
    }

    /// A flow ran.
    pub fn ran(&mut self, report: &Report) {
        let mut steps: BTreeMap<&PersonId, BTreeMap<Kind, usize>> = BTreeMap::new();
        for it in report.steps.iter().filter(|it| it.outcome == Outcome::Verified) {
            *steps.entry(&it.person).or_default().entry(it.kind).or_default() += 1;
        }
        for (person, kinds) in steps {
            let words = kinds.iter().map(|(kind, count)| match count {
                1 => kind.to_string(),
                count => format!("{count} {kind}"),
            });
            let words: Vec<String> = words.collect();
            let deeds = self.deeds.entry(person.clone()).or_default();
            deeds.push((report.as_of, words.join(", ")));
        }
        for it in report.org_steps.iter().filter(|it| it.outcome == Outcome::Verified) {
            self.org_deeds.push((report.as_of, format!("{} {:?}", it.kind, it.target)));
        }
        for it in &report.findings {
            let told = match it.severity {
                Severity::Held => format!("held: {}", it.code),
                Severity::Warning => format!("told: {}", it.code),
                Severity::Note => continue,
            };
            let person = match &it.subject {
                Subject::Person(person) => Some(person.clone()),
                Subject::Group(_) | Subject::Named(_) => None,
                Subject::Row(_) | Subject::Employee(_) | Subject::User(_) | Subject::Run => {
                    continue;
                }
            };
            if !self.noted.insert((person.clone(), told.clone())) {
                continue;
            }
            match person {
                Some(person) => self.deeds.entry(person).or_default().push((report.as_of, told)),
                None => self.org_deeds.push((report.as_of, told)),
            }
        }
        let waiting = report.held.iter().flat_map(|it| it.people.iter().map(move |who| (who, it)));
        for (person, plan) in waiting {
            let told = format!("waits for approval: {}", plan.objection.kind());
            if self.noted.insert((Some(person.clone()), told.clone())) {
                self.deeds.entry(person.clone()).or_default().push((report.as_of, told));
            }
        }
    }

    /// One case of each kind, in the order in which they happened first: the first after which
    /// something followed, or the first at all.
    pub fn of_each_kind(&self) -> Vec<Case<'_>> {
        let mut res: Vec<Case<'_>> = Vec::new();
        for (nth, it) in self.happened.iter().enumerate() {
            let case =
                Case { at: it.at, kind: &it.kind, text: &it.text, followed: self.followed(nth) };
            match res.iter_mut().find(|known| known.kind == it.kind) {
                None => res.push(case),
                Some(known) if known.followed.is_empty() && !case.followed.is_empty() => {
                    *known = case;
                }
                Some(_) => {}
            }
        }
        res.sort_by_key(|it| it.at);
        res
    }

    /// What was done until the next thing happened to the same person.
    fn followed(&self, nth: usize) -> Vec<(Timestamp, &str)> {
        let Happened { at, person, .. } = &self.happened[nth];
        let next = self.happened[nth + 1..].iter().find(|it| it.person == *person);
        let until = next.map_or(Timestamp::MAX, |it| it.at);
        let deeds = match person {
            Some(person) => self.deeds.get(person).map_or(&[][..], Vec::as_slice),
            None => &self.org_deeds,
        };
        let within = deeds.iter().filter(|(done, _)| at <= done && *done < until);
        within.map(|(done, what)| (*done, what.as_str())).collect()
    }
}
