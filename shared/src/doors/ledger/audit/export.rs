//! The log as a file: JSON lines that carry their own proof, to be verified without the ledger.
//!
//! Every line says what it is in `record`: `seal` (its text is what was hashed and signed), the
//! `event`s of the log that it seals, the `facts` beside an event (personal data, erasable), and
//! at last `end` with the number of lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AuditEntry, Facts,
    seal::Sealed,
    trail::{FoundEntry, FoundFacts, FoundSeal, SealedLog, Trail, speaks_of_facts},
};

#[derive(Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
enum Line {
    Seal {
        segment: u32,
        number: u64,
        #[serde(flatten)]
        sealed: Sealed,
    },
    /// A log that is not sealed yet: its events follow.
    Open {
        log: String,
    },
    Event {
        log: String,
        #[serde(flatten)]
        entry: AuditEntry,
    },
    Facts(Facts),
    End {
        lines: usize,
    },
}

impl Trail {
    /// The file. What could not be read in the ledger is not in it, which verifying the file shows
    /// as well.
    pub fn to_jsonl(&self) -> String {
        let mut lines: Vec<Line> = Vec::new();
        for log in &self.logs {
            match &log.seal {
                Some(FoundSeal { segment, number, sealed: Some(sealed) }) => {
                    let (segment, number, sealed) = (*segment, *number, sealed.clone());
                    lines.push(Line::Seal { segment, number, sealed });
                }
                Some(_) => continue,
                None => lines.push(Line::Open { log: log.log.clone() }),
            }
            for (entry, facts) in log.events() {
                lines.push(Line::Event { log: log.log.clone(), entry: entry.clone() });
                lines.extend(facts.cloned().map(Line::Facts));
            }
        }
        lines.push(Line::End { lines: lines.len() });
        let text = |it: &Line| {
            serde_json::to_string(it).expect("our lines are structs with text keys") + "\n"
        };
        lines.iter().map(text).collect()
    }

    /// Reads the file. A line that is not byte for byte one of ours is marked, not left out.
    pub fn from_jsonl(text: &str) -> Self {
        let mut res = Self { ends: Some(false), ..Self::default() };
        let mut facts: BTreeMap<(String, u64), Facts> = BTreeMap::new();
        let all: Vec<&str> = text.lines().collect();
        for (at, raw) in all.iter().enumerate() {
            let line: Option<Line> = serde_json::from_str(raw).ok();
            let exact = line.filter(|it| serde_json::to_string(it).is_ok_and(|it| it == *raw));
            let Some(line) = exact else {
                res.unreadable.push(at + 1);
                continue;
            };
            match line {
                Line::Seal { segment, number, sealed } => {
                    let seal = Some(FoundSeal { segment, number, sealed: Some(sealed) });
                    let log = seal.as_ref().and_then(FoundSeal::seal).map(|it| it.log);
                    let log = log.unwrap_or_default();
                    res.logs.push(SealedLog { log, seal, ..SealedLog::default() });
                }
                Line::Open { log } => res.logs.push(SealedLog { log, ..SealedLog::default() }),
                Line::Event { log, entry } => match res.logs.last_mut() {
                    Some(last) if last.log == log => {
                        last.entries.push(FoundEntry { at: entry.seq, entry: Some(entry) });
                    }
                    // An event among those of another log.
                    Some(_) | None => res.unreadable.push(at + 1),
                },
                Line::Facts(it) => {
                    let last = res.logs.last().filter(|last| last.log == it.log);
                    let is_next = last
                        .and_then(|last| last.entries.last()?.entry.as_ref())
                        .is_some_and(|last| last.seq == it.seq);
                    if is_next && !facts.contains_key(&(it.log.clone(), it.seq)) {
                        facts.insert((it.log.clone(), it.seq), it);
                    } else {
                        res.unreadable.push(at + 1);
                    }
                }
                Line::End { lines } => {
                    res.ends = Some(lines == at && at + 1 == all.len() && text.ends_with('\n'));
                }
            }
        }
        for log in &mut res.logs {
            for it in &log.entries {
                let Some(entry) = &it.entry else { continue };
                let found = facts.remove(&(log.log.clone(), entry.seq));
                match (speaks_of_facts(entry), found) {
                    (Some((person, _)), facts) => {
                        let is_there = facts.is_some();
                        log.facts.push(FoundFacts { seq: entry.seq, person, facts, is_there });
                    }
                    (None, Some(facts)) => log.facts.push(FoundFacts {
                        seq: entry.seq,
                        person: facts.person.clone(),
                        facts: Some(facts),
                        is_there: true,
                    }),
                    (None, None) => {}
                }
            }
        }
        res
    }
}
