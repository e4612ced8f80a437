//! Whether the log is as it was written: pure, the same for a ledger and for a file.

use std::{collections::BTreeSet, fmt};

use super::{
    super::{Fingerprint, unhex},
    PublicKey, Seal, chained, genesis,
    seal::{after_a_tear, hash_of},
    trail::{FoundSeal, SealedLog, Trail, speaks_of_facts},
};

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Where.
    pub place: Place,
    /// What was done.
    pub damage: Damage,
}

/// A place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An event of a log.
    Event {
        /// The log.
        log: String,
        /// Its number.
        seq: u64,
    },
    /// The personal data of an event.
    Facts {
        /// The log.
        log: String,
        /// The event's number.
        seq: u64,
    },
    /// A seal.
    Seal {
        /// Its segment.
        segment: u32,
        /// Its number.
        number: u64,
    },
    /// The end of a file, or the place where the ledger remembers the last seal.
    End,
    /// A line of a file.
    Line(usize),
}

/// What was done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// It is not what was written, or cannot be read.
    Altered,
    /// It is not there.
    Removed,
    /// It was not written by a run.
    Inserted,
    /// It is not in its place.
    Reordered,
    /// It and perhaps events before it were written anew.
    Rewritten,
    /// The signature is not that of any key given.
    BadSignature,
    /// There is no signature, and there should be one.
    Unsigned,
    /// Somebody tore the chain here, and a run went on in a new one.
    Torn,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Event { log, seq } => write!(f, "event {seq} of {log}")?,
            Place::Facts { log, seq } => write!(f, "the personal data of event {seq} of {log}")?,
            Place::Seal { segment: 1, number } => write!(f, "seal {number}")?,
            Place::Seal { segment, number } => write!(f, "seal {number} of segment {segment}")?,
            Place::End => f.write_str("the end")?,
            Place::Line(line) => write!(f, "line {line}")?,
        }
        f.write_str(match self.damage {
            Damage::Altered => " was altered",
            Damage::Removed => " was removed",
            Damage::Inserted => " was inserted",
            Damage::Reordered => " is not in its place",
            Damage::Rewritten => {
                " is not the one that was sealed: it, or what is before it, was written anew"
            }
            Damage::BadSignature => " is not signed by a key you gave",
            Damage::Unsigned => " is not signed",
            Damage::Torn => " was torn here; the seals go on in a new segment",
        })
    }
}

/// What verifying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// What is not as it was written, in the order of the log; empty when all is well.
    pub breaks: Vec<Break>,
    /// Seals looked at.
    pub seals: u64,
    /// How many of them carry a good signature.
    pub signed: u64,
    /// Events looked at.
    pub events: u64,
    /// Events whose personal data were erased, as the log itself says.
    pub erased: u64,
    /// Logs whose events were dropped because they were old enough, as the log itself says.
    pub expired: u64,
    /// Logs that no run has sealed yet: at work, or crashed.
    pub open: Vec<String>,
    /// The first seal, when it is not the very first: what came before is not here.
    pub begins_at: Option<u64>,
    /// The hash of the last seal: kept elsewhere, it proves later that nothing before it changed.
    pub last: Option<(u64, Fingerprint)>,
    /// The hashes of all seals.
    hashes: BTreeSet<Fingerprint>,
}

impl Verified {
    /// Whether a seal that was kept elsewhere is among these.
    pub fn has_seal(&self, hash: &Fingerprint) -> bool {
        self.hashes.contains(hash)
    }
}

/// Checks the whole log. Without keys the chains are checked and signatures are not.
pub fn verify(trail: &Trail, keys: &[PublicKey]) -> Verified {
    let mut res = Verified::default();
    res.breaks.extend(trail.unreadable.iter().map(|line| at(Place::Line(*line), Damage::Altered)));
    let erased = trail.erased();
    let expired = trail.expired();
    let mut before: Option<(FoundSeal, Option<Seal>)> = None;
    for log in &trail.logs {
        let seal = match &log.seal {
            Some(found) => {
                let seal = check_seal(found, before.as_ref(), trail, keys, &mut res);
                before = Some((found.clone(), seal.clone()));
                let Some(seal) = seal else { continue };
                Some(seal)
            }
            None => {
                res.open.push(log.log.clone());
                None
            }
        };
        let is_old = log
            .seal
            .as_ref()
            .is_some_and(|it| expired.is_some_and(|expired| (it.segment, it.number) <= expired));
        if is_old && log.entries.is_empty() {
            res.expired += 1;
            continue;
        }
        let end = match (&seal, &log.open_head) {
            (Some(seal), _) => Some((seal.events, seal.last)),
            (None, Some(head)) => Some((head.seq, head.hash)),
            // An open log of which the ledger does not know the end; a file knows none.
            (None, None) if trail.is_ledger => {
                let seq = u64::try_from(log.entries.len()).unwrap_or(0);
                res.breaks.push(at(event(log, seq), Damage::Altered));
                None
            }
            (None, None) => None,
        };
        let name = seal.as_ref().map_or(log.log.as_str(), |it| it.log.as_str());
        res.breaks.extend(check_log(log, name, end));
        res.events += u64::try_from(log.entries.len()).unwrap_or(0);
        for it in &log.facts {
            let place = Place::Facts { log: log.log.clone(), seq: it.seq };
            let entry = log.entries.iter().find(|entry| entry.at == it.seq);
            let digest =
                entry.and_then(|it| it.entry.as_ref()).and_then(speaks_of_facts).map(|it| it.1);
            match (&it.facts, it.is_there) {
                (Some(facts), _) => {
                    let fits = digest.as_ref().is_some_and(|it| facts.digest().to_string() == *it)
                        && facts.log == log.log
                        && facts.seq == it.seq
                        && facts.person == it.person;
                    let damage = if digest.is_some() { Damage::Altered } else { Damage::Inserted };
                    res.breaks.extend((!fits).then(|| at(place, damage)));
                }
                (None, true) => res.breaks.push(at(place, Damage::Altered)),
                (None, false) if erased.contains(&it.person) => res.erased += 1,
                (None, false) => res.breaks.push(at(place, Damage::Removed)),
            }
        }
    }
    check_end(trail, before.as_ref(), &mut res);
    if !keys.is_empty() && res.signed == 0 && res.seals > 0 {
        // Nobody but the holder of the key could have signed; without any signature all could be new.
        let (segment, number) = before.as_ref().map_or((1, 1), |(it, _)| (it.segment, it.number));
        if res.breaks.is_empty() {
            res.breaks.push(at(Place::Seal { segment, number }, Damage::Unsigned));
        }
    }
    res
}

fn at(place: Place, damage: Damage) -> Break {
    Break { place, damage }
}

fn event(log: &SealedLog, seq: u64) -> Place {
    Place::Event { log: log.log.clone(), seq }
}

/// Checks one seal against the one before; returns it if it can be believed to say what it seals.
fn check_seal(
    found: &FoundSeal,
    before: Option<&(FoundSeal, Option<Seal>)>,
    trail: &Trail,
    keys: &[PublicKey],
    res: &mut Verified,
) -> Option<Seal> {
    let FoundSeal { segment, number, sealed } = found;
    let (segment, number) = (*segment, *number);
    let place = |number| Place::Seal { segment, number };
    res.seals += 1;
    let expected = match before {
        Some((it, _)) if it.segment == segment => it.number + 1,
        Some(_) => 1,
        None if trail.is_ledger => 1,
        None => {
            res.begins_at = (number > 1).then_some(number);
            number
        }
    };
    if number > expected {
        res.breaks.push(at(place(expected), Damage::Removed));
    } else if number < expected {
        res.breaks.push(at(place(number), Damage::Reordered));
    }
    if let Some((it, _)) = before
        && it.segment != segment
    {
        res.breaks.push(at(Place::Seal { segment: it.segment, number: it.number }, Damage::Torn));
    }
    let Some((sealed, seal)) = sealed.as_ref().zip(found.seal()) else {
        res.breaks.push(at(place(number), Damage::Altered));
        return None;
    };
    res.hashes.insert(hash_of(&sealed.text));
    res.last = Some((number, hash_of(&sealed.text)));
    if (seal.segment, seal.number) != (segment, number) {
        res.breaks.push(at(place(number), Damage::Reordered));
        return None;
    }
    let previous = match before {
        Some((it, _)) => {
            let text = it.sealed.as_ref().map(|it| it.text.as_str());
            match (it.segment == segment, text) {
                (true, Some(text)) => Some(hash_of(text)),
                // The one before is told as altered already.
                (true, None) => None,
                (false, text) => Some(after_a_tear(text)),
            }
        }
        None => (number == 1 && segment == 1).then(|| genesis("seals")),
    };
    // After a gap nothing can be said about what came before.
    if previous.is_some_and(|it| it != seal.previous) && number == expected {
        // The seal itself or the one before was exchanged; signatures tell which.
        let is_signed = signature_of(sealed)
            .is_some_and(|signature| keys.iter().any(|it| it.has_signed(&sealed.text, &signature)));
        let exchanged = match before {
            Some((it, _)) if is_signed && it.segment == segment => it.number,
            Some(_) | None => number,
        };
        res.breaks.push(at(place(exchanged), Damage::Altered));
    }
    match (keys.is_empty(), signature_of(sealed), &sealed.signature) {
        (true, _, None) => {}
        (true, Some(_), Some(_)) => {}
        (true, None, Some(_)) => res.breaks.push(at(place(number), Damage::Altered)),
        (false, Some(signature), _)
            if keys.iter().any(|it| it.has_signed(&sealed.text, &signature)) =>
        {
            res.signed += 1;
        }
        (false, _, Some(_)) => res.breaks.push(at(place(number), Damage::BadSignature)),
        // Before the first signature there was no key yet; the chain protects those seals.
        (false, _, None) => {
            if res.signed > 0 || seal.key.is_some() {
                res.breaks.push(at(place(number), Damage::Unsigned));
            }
        }
    }
    Some(seal)
}

/// The signature's bytes, if it is written as we write it.
fn signature_of(sealed: &super::seal::Sealed) -> Option<Vec<u8>> {
    let text = sealed.signature.as_ref()?;
    let bytes = unhex(text)?;
    (super::hex(&bytes) == *text).then_some(bytes)
}

/// The first thing that is wrong with a log, if anything is.
fn check_log(log: &SealedLog, name: &str, end: Option<(u64, Fingerprint)>) -> Option<Break> {
    let mut previous = genesis(name);
    let mut expected = 1;
    for found in &log.entries {
        let place = |seq| event(log, seq);
        let is_later = |seq| {
            let mut all = log.entries.iter().filter_map(|it| it.entry.as_ref());
            all.any(|it| it.seq == seq)
        };
        let Some(entry) = &found.entry else {
            // Where it stands says which it was; in a file nothing does.
            let seq = if found.at == 0 { expected } else { found.at.min(expected) };
            return Some(at(place(seq), Damage::Altered));
        };
        if entry.seq != found.at {
            return Some(at(place(found.at), Damage::Reordered));
        }
        if end.is_some_and(|(events, _)| entry.seq > events) && entry.seq >= expected {
            return Some(at(place(entry.seq), Damage::Inserted));
        }
        if entry.seq > expected {
            let damage = if is_later(expected) { Damage::Reordered } else { Damage::Removed };
            return Some(at(place(expected), damage));
        }
        if entry.seq < expected {
            return Some(at(place(entry.seq), Damage::Inserted));
        }
        if entry.hash != chained(entry.previous, entry.seq, &entry.event) {
            return Some(at(place(entry.seq), Damage::Altered));
        }
        if entry.previous != previous {
            return Some(at(place(entry.seq), Damage::Rewritten));
        }
        previous = entry.hash;
        expected += 1;
    }
    let (events, last) = end?;
    if expected <= events {
        return Some(at(event(log, expected), Damage::Removed));
    }
    (previous != last).then(|| at(event(log, events), Damage::Rewritten))
}

/// Whether the last seal is the last one that was made.
fn check_end(trail: &Trail, last: Option<&(FoundSeal, Option<Seal>)>, res: &mut Verified) {
    match trail.ends {
        Some(true) => return,
        Some(false) => {
            res.breaks.push(at(Place::End, Damage::Removed));
            return;
        }
        None if !trail.is_ledger => return,
        None => {}
    }
    match (trail.head, last) {
        (None, None) => {}
        (None, Some(_)) => res.breaks.push(at(Place::End, Damage::Altered)),
        (Some(head), last) => {
            let found = last.map_or((head.segment, 0), |(it, _)| (it.segment, it.number));
            if found < (head.segment, head.number) {
                let number = if found.0 == head.segment { found.1 + 1 } else { 1 };
                let place = Place::Seal { segment: head.segment, number };
                res.breaks.push(at(place, Damage::Removed));
            } else if found > (head.segment, head.number) {
                let place = Place::Seal { segment: found.0, number: found.1 };
                res.breaks.push(at(place, Damage::Inserted));
            } else if let Some((it, Some(_))) = last
                && it.sealed.as_ref().is_some_and(|it| hash_of(&it.text) != head.hash)
            {
                let place = Place::Seal { segment: it.segment, number: it.number };
                if !res.breaks.iter().any(|it| it.place == place) {
                    res.breaks.push(at(place, Damage::Altered));
                }
            }
        }
    }
}
