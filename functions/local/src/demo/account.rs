//! The account at the end of a demo, for a person and for a program.

use std::{collections::BTreeMap, fmt, time::Duration};

use jiff::{SignedDuration, civil::Date};
use rollcall::words::action::Kind;
use serde_json::{Value, json};

use super::{
    Place,
    cases::Case,
    diary::{Change, Departed, Diary},
    evidence::Evidence,
    proof::Proof,
};

/// People of each kind that are shown one by one.
const SHOWN: usize = 8;

/// Things that followed a case that are shown.
const FOLLOWED: usize = 3;

/// Everything the account tells.
pub struct Account<'a> {
    /// People at work on the first day.
    pub people: u32,
    /// Days that were lived through.
    pub days: u32,
    /// The seed.
    pub seed: u64,
    /// The first day.
    pub first_day: Date,
    /// What happened.
    pub diary: &'a Diary,
    /// Whether anything is left.
    pub proof: &'a Proof,
    /// What the ledger alone tells an auditor.
    pub evidence: &'a Evidence,
    /// How long the demo took.
    pub took: Duration,
    /// Where the files are.
    pub place: &'a Place,
    /// Messages sent, by audience.
    pub mail: BTreeMap<String, usize>,
}

impl fmt::Display for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { people, days, seed, first_day, diary, took, .. } = self;
        writeln!(
            f,
            "Larkspur Instruments: {people} people, {days} days from {first_day}, seed {seed} \
             ({:.1} s).\n",
            took.as_secs_f64()
        )?;
        writeln!(
            f,
            "Installation: {} accounts made by hand were adopted, {} steps brought them in line.\n",
            diary.adopted, diary.brought_in_line
        )?;
        self.write_joined(f)?;
        self.write_moved(f)?;
        self.write_left(f)?;
        self.write_times(f)?;
        self.write_cases(f)?;
        self.write_flows(f)?;
        self.write_held(f)?;
        let calls = diary.calls;
        writeln!(
            f,
            "Calls in {} runs: {} to UKG, {} to Okta; the changes alone need {}, the rest is \
             looking before and reading back after.",
            diary.runs, calls.ukg, calls.okta, calls.okta_minimum
        )?;
        self.write_proof(f)?;
        writeln!(f, "{}", self.evidence)?;
        if let Some(folder) = self.place.kept() {
            writeln!(
                f,
                "The ledger, the mail, the plans, report.html and the evidence are in {}.",
                folder.display()
            )?;
        }
        Ok(())
    }
}

impl Account<'_> {
    fn write_joined(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = &self.diary.joined;
        writeln!(f, "Joined: {}", joined.len())?;
        for it in joined.iter().take(SHOWN) {
            writeln!(f, "  {}  {}: {}", day_of(it), who(it), it.cause)?;
            writeln!(f, "              with {}", list(&it.gained, 4))?;
        }
        more(f, joined.len())
    }

    fn write_moved(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A move of access is worth a line; a changed title alone is counted.
        let moved = &self.diary.moved;
        let (access, profile): (Vec<&Change>, Vec<&Change>) =
            moved.iter().partition(|it| !it.gained.is_empty() || !it.lost.is_empty());
        writeln!(
            f,
            "Moved: {} with their access, {} in their profile only",
            access.len(),
            profile.len()
        )?;
        for it in access.iter().take(SHOWN) {
            writeln!(f, "  {}  {}", day_of(it), who(it))?;
            if !it.gained.is_empty() {
                writeln!(f, "              gained {}", list(&it.gained, 4))?;
            }
            if !it.lost.is_empty() {
                writeln!(f, "              lost {}", list(&it.lost, 4))?;
            }
        }
        more(f, access.len())
    }

    fn write_left(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = &self.diary.left;
        writeln!(f, "Left: {}", left.len())?;
        for it in left.iter().take(SHOWN) {
            writeln!(f, "  {}  {}: {}", day_of(&it.change), who(&it.change), it.change.cause)?;
            write!(f, "              lost {}", list(&it.change.lost, 4))?;
            match (it.latency(), it.hr_was_late()) {
                (Some(ours), None) => writeln!(f, "; cut off {} after the end", span(ours))?,
                (Some(ours), Some(late)) => writeln!(
                    f,
                    "; HR entered it {} after the end, cut off {} later",
                    span(late),
                    span(ours)
                )?,
                (None, _) => writeln!(f)?,
            }
        }
        more(f, left.len())
    }

    fn write_times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ours = sorted(self.diary.left.iter().filter_map(Departed::latency));
        let late = self.diary.left.iter().filter(|it| it.hr_was_late().is_some()).count();
        if let (Some(p50), Some(p95), Some(worst)) =
            (at_percent(&ours, 50), at_percent(&ours, 95), ours.last())
        {
            writeln!(
                f,
                "Time to cut-off, from when access had to end and HR had said so: half within {}, \
                 95 % within {}, the slowest {} ({} leavers; HR entered {late} of them after \
                 their last day).\n",
                span(p50),
                span(p95),
                span(*worst),
                ours.len(),
            )?;
        }
        Ok(())
    }

    fn write_flows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "What each flow did:")?;
        for (flow, work) in &self.diary.work {
            writeln!(f, "  {flow:<13}{}", work.line())?;
        }
        let count = |kind: Kind| self.diary.work.values().map(|it| it.count(kind)).sum::<usize>();
        writeln!(
            f,
            "  In it: contractors archived on the way out: {}; MFA tiers: {} raised, {} lowered; \
             groups: {} made, {} renamed; logins changed: {}; managers written: {}.",
            count(Kind::Archive),
            count(Kind::RaiseTier),
            count(Kind::LowerTier),
            count(Kind::CreateGroup),
            count(Kind::RenameGroup),
            count(Kind::RenameLogin),
            count(Kind::SetManager),
        )?;
        let mail: Vec<String> =
            self.mail.iter().map(|(who, count)| format!("{count} to {who}")).collect();
        writeln!(f, "  Mail: {}.\n", mail.join(", "))
    }

    fn write_cases(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "One case of each kind, from HR and from Okta's console, and what followed:")?;
        for Case { at, kind, text, followed } in self.diary.cases.of_each_kind() {
            writeln!(f, "  {}  {kind}: {text}", at.strftime("%m-%d %H:%M"))?;
            if followed.is_empty() {
                writeln!(f, "              nothing had to change")?;
            }
            for (at, what) in followed.iter().take(FOLLOWED) {
                writeln!(f, "              {}  {what}", at.strftime("%m-%d %H:%M"))?;
            }
        }
        writeln!(f)
    }

    fn write_held(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let diary = self.diary;
        let people: usize = diary.held.values().map(|(people, _)| people.len()).sum();
        writeln!(f, "Held at some time, because a person has to look: {people}")?;
        for (code, (people, example)) in &diary.held {
            writeln!(f, "  {:>3}  {code}: {}", people.len(), example.detail)?;
        }
        if !diary.held_plans.is_empty() {
            writeln!(
                f,
                "Waited for a person's word: {} plans; {} were let go the next morning",
                diary.held_plans.len(),
                diary.approved
            )?;
        }
        for it in diary.held_plans.iter().take(SHOWN) {
            writeln!(f, "       {it}")?;
        }
        for it in diary.troubled.iter().take(SHOWN) {
            writeln!(f, "  not verified: {it}")?;
        }
        writeln!(f)
    }

    fn write_proof(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proof = self.proof;
        let statuses: Vec<String> =
            proof.statuses.iter().map(|(status, count)| format!("{count} {status}")).collect();
        writeln!(f, "Okta now: {}.", statuses.join(", "))?;
        if proof.still_there.is_empty() {
            writeln!(
                f,
                "Of {} people who left, nobody has a session, a token, a grant or a group.",
                proof.leavers
            )?;
        }
        for it in &proof.still_there {
            writeln!(f, "NOT DONE: {it}")?;
        }
        if proof.left_to_do.is_empty() {
            writeln!(f, "Converged: a second run of every flow found nothing to do.")?;
        }
        for it in &proof.left_to_do {
            writeln!(f, "NOT CONVERGED: {it}")?;
        }
        Ok(())
    }

    /// The same facts as one JSON object.
    pub fn to_json(&self) -> Value {
        let Self { people, days, seed, first_day, diary, proof, evidence, took, place, mail } =
            self;
        let ours = sorted(diary.left.iter().filter_map(Departed::latency));
        let seconds = |it: Option<SignedDuration>| it.map(|it| it.as_secs());
        let held = diary.held.iter().map(|(code, (people, example))| {
            json!({ "code": code.as_str(), "people": people.len(), "example": example.detail })
        });
        json!({
            "people": people,
            "days": days,
            "seed": seed,
            "first_day": first_day.to_string(),
            "adopted": diary.adopted,
            "acts": diary.acts,
            "cases": diary.cases.of_each_kind().iter().map(case_json).collect::<Vec<_>>(),
            "joined": diary.joined.iter().map(change_json).collect::<Vec<_>>(),
            "moved": diary.moved.iter().map(change_json).collect::<Vec<_>>(),
            "left": diary.left.iter().map(departed_json).collect::<Vec<_>>(),
            "time_to_cut_off_s": {
                "p50": seconds(at_percent(&ours, 50)),
                "p95": seconds(at_percent(&ours, 95)),
                "worst": seconds(ours.last().copied()),
            },
            "held": held.collect::<Vec<_>>(),
            "held_plans": diary.held_plans,
            "approved_plans": diary.approved,
            "flows": diary
                .work
                .iter()
                .map(|(flow, it)| (flow.to_string(), it.to_json()))
                .collect::<serde_json::Map<_, _>>(),
            "mail": mail,
            "not_verified": diary.troubled,
            "runs": diary.runs,
            "calls": {
                "ukg": diary.calls.ukg,
                "okta": diary.calls.okta,
                "okta_minimum": diary.calls.okta_minimum,
            },
            "okta": proof.statuses,
            "still_there": proof.still_there,
            "left_to_do": proof.left_to_do,
            "converged": proof.is_converged(),
            "evidence": evidence.to_json(),
            "folder": place.kept().map(|it| it.display().to_string()),
            "duration_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

fn case_json(it: &Case<'_>) -> Value {
    let Case { at, kind, text, followed } = it;
    let followed: Vec<Value> =
        followed.iter().map(|(at, what)| json!({ "at": at.to_string(), "what": what })).collect();
    json!({ "at": at.to_string(), "kind": kind, "text": text, "followed": followed })
}

fn change_json(it: &Change) -> Value {
    json!({
        "at": it.at.to_string(),
        "login": it.login,
        "cause": it.cause,
        "gained": it.gained,
        "lost": it.lost,
        "attributes": it.attributes,
    })
}

fn departed_json(it: &Departed) -> Value {
    let mut res = change_json(&it.change);
    res["person_id"] = it.person.as_str().into();
    res["entered"] = it.entered.map(|it| it.to_string()).into();
    res["due"] = it.due.map(|it| it.to_string()).into();
    res["cut_off_after_s"] = it.latency().map(|it| it.as_secs()).into();
    res
}

fn day_of(it: &Change) -> String {
    it.at.strftime("%m-%d %H:%M").to_string()
}

fn who(it: &Change) -> String {
    format!("{} ({})", it.name, it.login.split('@').next().unwrap_or_default())
}

fn list(items: &[String], most: usize) -> String {
    if items.is_empty() {
        return "nothing".to_owned();
    }
    let shown: Vec<&str> = items.iter().take(most).map(String::as_str).collect();
    match items.len() - shown.len() {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}

fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    if count > SHOWN {
        writeln!(f, "  and {} more", count - SHOWN)?;
    }
    writeln!(f)
}

fn span(it: SignedDuration) -> String {
    let minutes = it.as_mins();
    match (minutes / 1440, minutes / 60, minutes) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    }
}

fn sorted(all: impl Iterator<Item = SignedDuration>) -> Vec<SignedDuration> {
    let mut all: Vec<_> = all.collect();
    all.sort();
    all
}

/// The value below which `percent` of all lie; nearest rank.
fn at_percent(sorted: &[SignedDuration], percent: usize) -> Option<SignedDuration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}
