//! What one flow did over the days, in a line and for a program.

use std::collections::{BTreeMap, BTreeSet};

use rollcall::{
    deciders::report::Report,
    words::{
        action::{Kind, Outcome},
        ids::PersonId,
    },
};
use serde_json::{Value, json};

/// What one flow did.
#[derive(Default)]
pub struct Work {
    runs: usize,
    people: BTreeSet<PersonId>,
    steps: BTreeMap<Kind, usize>,
}

impl Work {
    /// One more run.
    pub fn add(&mut self, report: &Report) {
        self.runs += 1;
        for it in report.steps.iter().filter(|it| it.outcome == Outcome::Verified) {
            self.people.insert(it.person.clone());
            *self.steps.entry(it.kind).or_default() += 1;
        }
        for it in report.org_steps.iter().filter(|it| it.outcome == Outcome::Verified) {
            *self.steps.entry(it.kind).or_default() += 1;
        }
    }

    /// How often a kind of step was taken.
    pub fn count(&self, kind: Kind) -> usize {
        self.steps.get(&kind).copied().unwrap_or(0)
    }

    /// The flow's line: runs, people, and every kind of step.
    pub fn line(&self) -> String {
        let steps: Vec<String> =
            self.steps.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let steps = if steps.is_empty() { "nothing to do".to_owned() } else { steps.join(", ") };
        format!("{:>4} runs, {:>3} people: {steps}", self.runs, self.people.len())
    }

    /// The same for a program.
    pub fn to_json(&self) -> Value {
        let steps: BTreeMap<&str, usize> =
            self.steps.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        json!({ "runs": self.runs, "people": self.people.len(), "steps": steps })
    }
}
