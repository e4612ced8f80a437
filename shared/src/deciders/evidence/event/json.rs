//! Events as JSON, there and back.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    Approval, Counted, Foreseen, HrRecord, Intended, IntendedStep, OrgEvent, Settled, SettledStep,
    VERSION,
};
use crate::{
    deciders::lifecycle::StandingKind,
    words::{
        action::{Kind, Outcome},
        coming::Coming,
        ids::{OktaUserId, RunId},
    },
};

fn text(json: &Value, key: &str) -> Option<String> {
    json.get(key)?.as_str().map(str::to_owned)
}

fn instant(json: &Value, key: &str) -> Option<Timestamp> {
    json.get(key)?.as_str()?.parse().ok()
}

fn number(json: &Value, key: &str) -> Option<u32> {
    u32::try_from(json.get(key)?.as_u64()?).ok()
}

fn kind_of(json: &Value) -> Option<Kind> {
    let word = json.get("does")?.as_str()?;
    Kind::ALL.into_iter().find(|it| it.as_str() == word)
}

fn outcome_of(json: &Value) -> Option<Outcome> {
    let word = json.get("outcome")?.as_str()?;
    let all = [
        Outcome::Planned,
        Outcome::Held,
        Outcome::Done,
        Outcome::Verified,
        Outcome::Skipped,
        Outcome::Failed,
    ];
    all.into_iter().find(|it| it.as_str() == word)
}

fn list<T>(json: &Value, key: &str, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    json[key].as_array().into_iter().flatten().filter_map(read).collect()
}

fn shown(at: Option<Timestamp>) -> Value {
    at.map(|it| it.to_string()).into()
}

impl Intended {
    pub(super) fn to_json(&self) -> Value {
        let Self {
            at,
            clock,
            run,
            policy,
            plan,
            approvals,
            person,
            user,
            was,
            out_since,
            becomes,
            because,
            hr,
            allowed_minutes,
            steps,
        } = self;
        let HrRecord { entered, day, effective, zone, source, seen, is_contingent, fields } = hr;
        let mut res = json!({
            "v": VERSION,
            "what": "intended",
            "at": at.to_string(),
            "run": run.as_str(),
            "policy": policy.as_str(),
            "plan": plan,
            "person": person.as_str(),
            "user": user.as_ref().map(OktaUserId::as_str),
            "was": was.map(StandingKind::as_str),
            "becomes": becomes.as_str(),
            "because": because,
            "hr": {
                "entered": shown(*entered),
                "day": day.map(|it| it.to_string()),
                "effective": shown(*effective),
                "zone": zone,
                "source": source,
                "seen": shown(*seen),
                "contingent": is_contingent,
                "fields": fields,
            },
            "allowed_minutes": allowed_minutes,
            "steps": steps.iter().map(|it| json!({
                "seq": it.seq,
                "does": it.kind.as_str(),
                "target": it.target,
                "cause": it.cause,
            })).collect::<Vec<_>>(),
        });
        if let Some(clock) = clock {
            res["clock"] = clock.to_string().into();
        }
        if let Some(since) = out_since {
            res["out_since"] = since.to_string().into();
        }
        if !approvals.is_empty() {
            let all = approvals.iter().map(|it| {
                let mut res = json!({"plan": it.plan.as_str(), "by": it.by});
                if let Some(hash) = &it.hash {
                    res["hash"] = hash.as_str().into();
                }
                res
            });
            res["approvals"] = all.collect();
        }
        res
    }

    pub(super) fn of(json: &Value) -> Option<Self> {
        let hr = &json["hr"];
        Some(Self {
            at: instant(json, "at")?,
            clock: instant(json, "clock"),
            run: text(json, "run")?.into(),
            policy: text(json, "policy")?.into(),
            plan: text(json, "plan")?,
            approvals: list(json, "approvals", |it| {
                let hash = text(it, "hash");
                Some(Approval { plan: text(it, "plan")?.into(), hash, by: text(it, "by")? })
            }),
            person: text(json, "person")?.into(),
            user: text(json, "user").map(Into::into),
            was: text(json, "was").and_then(|it| StandingKind::parse(&it)),
            out_since: instant(json, "out_since"),
            becomes: StandingKind::parse(&text(json, "becomes")?)?,
            because: text(json, "because")?,
            hr: HrRecord {
                entered: instant(hr, "entered"),
                day: text(hr, "day").and_then(|it| it.parse().ok()),
                effective: instant(hr, "effective"),
                zone: text(hr, "zone").unwrap_or_default(),
                source: text(hr, "source"),
                seen: instant(hr, "seen"),
                is_contingent: hr["contingent"].as_bool().unwrap_or_default(),
                fields: list(hr, "fields", |it| it.as_str().map(str::to_owned)),
            },
            allowed_minutes: number(json, "allowed_minutes")?,
            steps: list(json, "steps", |it| {
                Some(IntendedStep {
                    seq: number(it, "seq")?,
                    kind: kind_of(it)?,
                    target: text(it, "target"),
                    cause: text(it, "cause")?,
                })
            }),
        })
    }
}

impl Settled {
    pub(super) fn to_json(&self) -> Value {
        let Self { at, run, of, person, user, steps } = self;
        json!({
            "v": VERSION,
            "what": "settled",
            "at": at.to_string(),
            "run": run.as_str(),
            "of": of.as_str(),
            "person": person.as_str(),
            "user": user.as_ref().map(OktaUserId::as_str),
            "steps": steps.iter().map(|it| json!({
                "seq": it.seq,
                "outcome": it.outcome.as_str(),
                "request_id": it.request_id,
                "at": it.at.to_string(),
                "detail": it.detail,
            })).collect::<Vec<_>>(),
        })
    }

    pub(super) fn of(json: &Value) -> Option<Self> {
        Some(Self {
            at: instant(json, "at")?,
            run: text(json, "run")?.into(),
            of: text(json, "of")?.into(),
            person: text(json, "person")?.into(),
            user: text(json, "user").map(Into::into),
            steps: list(json, "steps", |it| {
                Some(SettledStep {
                    seq: number(it, "seq")?,
                    outcome: outcome_of(it)?,
                    request_id: text(it, "request_id"),
                    at: instant(it, "at")?,
                    detail: text(it, "detail"),
                })
            }),
        })
    }
}

impl OrgEvent {
    pub(super) fn to_json(&self) -> Value {
        let Self { at, run, policy, plan, seq, kind, target, cause, outcome, request_id } = self;
        json!({
            "v": VERSION,
            "what": "org",
            "at": at.to_string(),
            "run": run.as_str(),
            "policy": policy.as_str(),
            "plan": plan,
            "seq": seq,
            "does": kind.as_str(),
            "target": target,
            "cause": cause,
            "outcome": outcome.map(Outcome::as_str),
            "request_id": request_id,
        })
    }

    pub(super) fn of(json: &Value) -> Option<Self> {
        Some(Self {
            at: instant(json, "at")?,
            run: text(json, "run")?.into(),
            policy: text(json, "policy")?.into(),
            plan: text(json, "plan")?,
            seq: number(json, "seq")?,
            kind: kind_of(json)?,
            target: text(json, "target")?,
            cause: text(json, "cause")?,
            outcome: outcome_of(json),
            request_id: text(json, "request_id"),
        })
    }
}

impl Foreseen {
    pub(super) fn to_json(&self, what: &str) -> Value {
        let Self { at, run, person, coming, day, entered } = self;
        json!({
            "v": VERSION,
            "what": what,
            "at": at.to_string(),
            "run": run.as_str(),
            "person": person.as_str(),
            "coming": coming.as_str(),
            "day": day.to_string(),
            "entered": shown(*entered),
        })
    }

    pub(super) fn of(json: &Value) -> Option<Self> {
        Some(Self {
            at: instant(json, "at")?,
            run: text(json, "run")?.into(),
            person: text(json, "person")?.into(),
            coming: Coming::parse(&text(json, "coming")?)?,
            day: text(json, "day")?.parse().ok()?,
            entered: instant(json, "entered"),
        })
    }
}

impl Counted {
    pub(super) fn to_json(&self) -> Value {
        let Self { at, run, in_hr, done, unchanged, held, failed, excluded, open, list, findings } =
            self;
        let counts = [
            ("in_hr", in_hr),
            ("done", done),
            ("unchanged", unchanged),
            ("held", held),
            ("failed", failed),
            ("excluded", excluded),
            ("open", open),
        ];
        let counts: Map<String, Value> =
            counts.into_iter().map(|(name, it)| (name.to_owned(), (*it).into())).collect();
        json!({
            "v": VERSION,
            "what": "counted",
            "at": at.to_string(),
            "run": run.as_ref().map(RunId::as_str),
            "counts": counts,
            "list": list,
            "findings": findings,
        })
    }

    pub(super) fn of(json: &Value) -> Option<Self> {
        let count = |name: &str| json["counts"][name].as_u64().unwrap_or_default();
        Some(Self {
            at: instant(json, "at")?,
            run: text(json, "run").map(Into::into),
            in_hr: count("in_hr"),
            done: count("done"),
            unchanged: count("unchanged"),
            held: count("held"),
            failed: count("failed"),
            excluded: count("excluded"),
            open: count("open"),
            list: text(json, "list")?,
            findings: self::list(json, "findings", |it| {
                let part = |at: usize| Some(it.get(at)?.as_str()?.to_owned());
                Some([part(0)?, part(1)?, part(2)?, part(3)?])
            }),
        })
    }
}
