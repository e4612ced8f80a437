//! The rows of each table.

use jiff::Timestamp;

use super::Sources;
use crate::{
    deciders::evidence::{
        event::{Approval, Counted, HrRecord},
        figures,
        people::{self, Who},
        record::Record,
    },
    words::{
        action::{Kind, Outcome},
        hold::HoldAct,
    },
};

fn instant(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |it| it.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn word(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn count(it: Option<u64>) -> String {
    it.map_or_else(String::new, |it| it.to_string())
}

fn in_time(is: Option<bool>) -> String {
    is.map_or_else(|| "open".to_owned(), word)
}

fn approvers(all: &[Approval]) -> String {
    let all: Vec<String> = all.iter().map(|it| format!("{} (plan {})", it.by, it.plan)).collect();
    all.join("; ")
}

fn day(hr: &HrRecord) -> String {
    hr.day.map_or_else(String::new, |it| it.to_string())
}

fn personal(who: &Who) -> [String; 3] {
    let facts = who.facts.clone().unwrap_or_default();
    [facts.name, facts.login, facts.number]
}

fn user(who: &Who) -> String {
    who.user.as_ref().map_or_else(String::new, ToString::to_string)
}

fn trail(who: &Who) -> Vec<String> {
    let [run, plan, policy] = who.trail.clone();
    vec![approvers(&who.approvals), run, plan, policy, who.requests.join(" ")]
}

pub(super) fn leavers(record: &Record) -> Vec<Vec<String>> {
    let row = |it: &people::Leaver| {
        let [name, login, number] = personal(&it.who);
        let mut row = vec![
            it.who.person.to_string(),
            name,
            login,
            number,
            user(&it.who),
            word(it.hr.is_contingent),
            it.who.because.clone(),
            day(&it.hr),
            it.hr.zone.clone(),
            instant(it.hr.entered),
            instant(it.hr.effective),
            instant(it.hr.seen),
            instant(it.acted),
            instant(it.verified),
            instant(it.deactivated),
            instant(it.due()),
            it.hr_late_minutes().to_string(),
            count(it.see_minutes()),
            count(it.act_minutes()),
            count(it.minutes()),
            it.who.allowed_minutes.to_string(),
            in_time(it.is_in_time()),
            word(it.is_first_look),
            it.groups.join("; "),
            it.apps.join("; "),
        ];
        row.extend(trail(&it.who));
        row
    };
    people::leavers(record).iter().map(row).collect()
}

pub(super) fn joiners(record: &Record) -> Vec<Vec<String>> {
    let row = |it: &people::Joiner| {
        let [name, login, number] = personal(&it.who);
        let mut row = vec![
            it.who.person.to_string(),
            name,
            login,
            number,
            user(&it.who),
            word(it.hr.is_contingent),
            it.who.because.clone(),
            day(&it.hr),
            it.hr.zone.clone(),
            instant(it.hr.entered),
            instant(it.hr.effective),
            instant(it.hr.seen),
            instant(it.created),
            instant(it.acted),
            instant(it.verified),
            instant(it.due()),
            it.hr_late_minutes().to_string(),
            (it.hr_late_minutes() / 1440).to_string(),
            count(it.minutes()),
            it.who.allowed_minutes.to_string(),
            in_time(it.is_in_time()),
            match it.is_taken_back {
                true => "taken back".to_owned(),
                false => word(it.out_since.is_some()),
            },
            instant(it.out_since),
            it.groups.join("; "),
            it.apps.join("; "),
        ];
        row.extend(trail(&it.who));
        row
    };
    people::joiners(record).iter().map(row).collect()
}

pub(super) fn movers(record: &Record) -> Vec<Vec<String>> {
    let row = |it: &people::Mover<'_>| {
        let deed = it.deed;
        let intended = &deed.intended;
        let [name, login, _] = personal(&it.who);
        let all_verified = deed.steps().all(|it| it.is_verified());
        let verified = deed.steps().filter_map(|it| it.read_back).max().filter(|_| all_verified);
        let facts = it.who.facts.clone().unwrap_or_default();
        let values = |at: usize| {
            let named = facts.fields.iter().map(|it| format!("{}={}", it[0], it[at]));
            named.collect::<Vec<_>>().join("; ")
        };
        let targets = |kinds: &[Kind]| deed.targets(kinds).join("; ");
        let mut rules: Vec<&str> =
            intended.steps.iter().map(|it| it.cause.as_str()).filter(|it| !it.is_empty()).collect();
        rules.sort_unstable();
        rules.dedup();
        let mut row = vec![
            it.who.person.to_string(),
            name,
            login,
            user(&it.who),
            instant(Some(intended.at)),
            instant(verified),
            it.who.because.clone(),
            instant(intended.hr.entered),
            intended.was.map_or_else(String::new, |it| it.as_str().to_owned()),
            intended.becomes.as_str().to_owned(),
            intended.hr.fields.join("; "),
            values(1),
            values(2),
            targets(&[Kind::JoinGroup]),
            targets(&[Kind::LeaveGroup]),
            targets(&[Kind::AssignApp]),
            targets(&[Kind::UnassignApp]),
            targets(&[Kind::RaiseTier, Kind::LowerTier]),
            rules.join("; "),
        ];
        row.extend(trail(&it.who));
        row
    };
    people::movers(record).iter().map(row).collect()
}

pub(super) fn exceptions(record: &Record) -> Vec<Vec<String>> {
    let mut res = Vec::new();
    for deed in &record.deeds {
        let it = &deed.intended;
        for step in deed.steps().filter(|it| !it.is_verified()) {
            let settled = step.settled;
            res.push(vec![
                "step".to_owned(),
                it.person.to_string(),
                instant(Some(settled.map_or(it.at, |it| it.at))),
                String::new(),
                step.intended.kind.to_string(),
                step.outcome().map_or("open", Outcome::as_str).to_owned(),
                settled.and_then(|it| it.detail.clone()).unwrap_or_default(),
                it.run.to_string(),
                settled.and_then(|it| it.request_id.clone()).unwrap_or_default(),
            ]);
        }
        if deed.is_reopened_leaver() {
            res.push(vec![
                "reopened".to_owned(),
                it.person.to_string(),
                instant(Some(it.at)),
                String::new(),
                "account of a leaver opened by others".to_owned(),
                "closed again".to_owned(),
                it.because.clone(),
                it.run.to_string(),
                String::new(),
            ]);
        }
    }
    for it in people::leavers(record).iter().filter(|it| it.is_in_time() != Some(true)) {
        res.push(vec![
            "late".to_owned(),
            it.who.person.to_string(),
            instant(it.due()),
            instant(it.verified),
            "time to revoke".to_owned(),
            in_time(it.is_in_time()),
            match it.minutes() {
                Some(minutes) => {
                    format!("{minutes} minutes of {} allowed", it.who.allowed_minutes)
                }
                None => "not verified yet".to_owned(),
            },
            it.who.trail[0].clone(),
            String::new(),
        ]);
    }
    for it in figures::lasting(&record.counted).iter().filter(|it| it.severity == "warning") {
        res.push(vec![
            "warning".to_owned(),
            it.subject.clone(),
            instant(Some(it.since)),
            instant(Some(it.until)),
            it.code.clone(),
            if it.is_open { "open" } else { "over" }.to_owned(),
            it.detail.clone(),
            String::new(),
            String::new(),
        ]);
    }
    res
}

pub(super) fn holds(sources: &Sources) -> Vec<Vec<String>> {
    let mut res = Vec::new();
    for it in figures::lasting(&sources.record.counted).iter().filter(|it| it.severity == "held") {
        res.push(vec![
            "finding".to_owned(),
            it.subject.clone(),
            it.code.clone(),
            it.detail.clone(),
            instant(Some(it.since)),
            instant(Some(it.until)),
            if it.is_open { "open" } else { "over" }.to_owned(),
            String::new(),
            String::new(),
        ]);
    }
    for it in &sources.plans {
        res.push(vec![
            "plan".to_owned(),
            it.plan.clone(),
            it.flow.clone(),
            format!("{} ({} steps)", it.reason, it.steps),
            instant(Some(it.at)),
            String::new(),
            it.state.clone(),
            it.by.clone(),
            it.why.clone(),
        ]);
    }
    for it in &sources.holds {
        let (state, until) = match &it.act {
            HoldAct::Placed { until } => ("placed", *until),
            HoldAct::Removed => ("removed", None),
        };
        res.push(vec![
            "hold".to_owned(),
            it.person.to_string(),
            it.kind.as_str().to_owned(),
            String::new(),
            instant(Some(it.at)),
            instant(until),
            state.to_owned(),
            it.by.clone(),
            it.why.clone(),
        ]);
    }
    res
}

pub(super) fn completeness(sources: &Sources) -> Vec<Vec<String>> {
    let Some((at, people)) = &sources.census else { return Vec::new() };
    people.iter().map(|row| row.iter().cloned().chain([instant(Some(*at))]).collect()).collect()
}

pub(super) fn nights(record: &Record) -> Vec<Vec<String>> {
    let row = |it: &Counted| {
        let counts = [it.in_hr, it.done, it.unchanged, it.held, it.failed, it.excluded, it.open];
        let run = it.run.as_ref().map_or_else(String::new, ToString::to_string);
        let mut row = vec![instant(Some(it.at)), run];
        row.extend(counts.iter().map(u64::to_string));
        row.push(it.list.clone());
        row
    };
    record.counted.iter().map(row).collect()
}
