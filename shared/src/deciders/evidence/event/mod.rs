//! The events of the audit log: what they say, and how they are written and read.
//!
//! No event holds personal data: people are named by UKG's personId and by Okta's user id. What
//! is personal (name, login, values of attributes) are [`PersonalFacts`], kept beside the log.
//! The log outlives programs: an event that a later program wrote is passed over, never guessed at.

mod json;

use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};

use crate::{
    deciders::lifecycle::StandingKind,
    words::{
        action::{Kind, Outcome},
        coming::Coming,
        ids::{OktaUserId, PersonId, PlanId, PolicyHash, RunId},
    },
};

/// The version of what is written here.
const VERSION: u64 = 1;

/// Something that happened, as the log tells it.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Before anything was done for somebody.
    Intended(Box<Intended>),
    /// After it.
    Settled(Settled),
    /// Before a group or a policy was touched, and after.
    Org(OrgEvent),
    /// HR has announced a start or an end.
    Foreseen(Foreseen),
    /// HR has taken it back, or moved it.
    Rescinded(Foreseen),
    /// Everybody was compared with Okta.
    Counted(Counted),
}

/// What was about to be done for one person, and all that it follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct Intended {
    /// When.
    pub at: Timestamp,
    /// The machine's clock, when it was set apart from `at`: a rehearsal.
    pub clock: Option<Timestamp>,
    /// By which run.
    pub run: RunId,
    /// Decided by which policy.
    pub policy: PolicyHash,
    /// The hash of the plan that it is part of.
    pub plan: String,
    /// Who let which steps go on, where somebody had to.
    pub approvals: Vec<Approval>,
    /// For whom.
    pub person: PersonId,
    /// On which account, once there is one.
    pub user: Option<OktaUserId>,
    /// What the account was when it was last verified; `None` when it never was.
    pub was: Option<StandingKind>,
    /// Since when the person was known to have left: the spell before, of somebody who returns.
    pub out_since: Option<Timestamp>,
    /// What it is to become.
    pub becomes: StandingKind,
    /// HR's record, in words.
    pub because: String,
    /// HR's record, in dates.
    pub hr: HrRecord,
    /// Minutes that the policy gives for it.
    pub allowed_minutes: u32,
    /// The steps.
    pub steps: Vec<IntendedStep>,
}

/// Who let a step go on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Approval {
    /// The plan that was held.
    pub plan: PlanId,
    /// The hash that the word was for; `None` for an undo, and in events of older versions.
    pub hash: Option<String>,
    /// Who said yes.
    pub by: String,
}

/// What HR's record says about the change, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HrRecord {
    /// When HR last touched the record, by UKG's stamp. UKG's stamps carry no zone: it is read in
    /// the policy's default zone.
    pub entered: Option<Timestamp>,
    /// The day from which it counts: the last day of a leaver, the first of a joiner.
    pub day: Option<Date>,
    /// The instant at which it counts in the person's zone.
    pub effective: Option<Timestamp>,
    /// The zone that decided.
    pub zone: String,
    /// Which of HR's dates decided, of a leaver.
    pub source: Option<String>,
    /// When a run saw it first.
    pub seen: Option<Timestamp>,
    /// Whether the person is a contractor.
    pub is_contingent: bool,
    /// The attributes that change; their values are personal.
    pub fields: Vec<String>,
}

/// One step that was about to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntendedStep {
    /// Its number in the run.
    pub seq: u32,
    /// What.
    pub kind: Kind,
    /// Which group, app or attributes.
    pub target: Option<String>,
    /// The rule that asks for it; empty when HR's record does by itself.
    pub cause: String,
}

/// What became of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// When reading back was over.
    pub at: Timestamp,
    /// The run that says so.
    pub run: RunId,
    /// The run that had intended them.
    pub of: RunId,
    /// For whom.
    pub person: PersonId,
    /// On which account, once there is one.
    pub user: Option<OktaUserId>,
    /// The steps.
    pub steps: Vec<SettledStep>,
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledStep {
    /// Its number in the run that intended it.
    pub seq: u32,
    /// In one word.
    pub outcome: Outcome,
    /// Okta's `x-okta-request-id`.
    pub request_id: Option<String>,
    /// When Okta answered.
    pub at: Timestamp,
    /// Anything worth adding.
    pub detail: Option<String>,
}

/// A step on a group or a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgEvent {
    /// When.
    pub at: Timestamp,
    /// By which run.
    pub run: RunId,
    /// Decided by which policy.
    pub policy: PolicyHash,
    /// The hash of the plan that it is part of.
    pub plan: String,
    /// Its number in the run.
    pub seq: u32,
    /// What.
    pub kind: Kind,
    /// Which group or policy.
    pub target: String,
    /// Why.
    pub cause: String,
    /// What became of it; `None` before it was done.
    pub outcome: Option<Outcome>,
    /// Okta's `x-okta-request-id`.
    pub request_id: Option<String>,
}

/// A start or an end that HR has announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// When a run saw it.
    pub at: Timestamp,
    /// Which run.
    pub run: RunId,
    /// Whose.
    pub person: PersonId,
    /// Which of the two.
    pub coming: Coming,
    /// The last or the first day.
    pub day: Date,
    /// When HR last touched the record.
    pub entered: Option<Timestamp>,
}

/// Everybody in HR, accounted for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// When.
    pub at: Timestamp,
    /// By which run.
    pub run: Option<RunId>,
    /// Persons in HR, and employments that the policy excludes.
    pub in_hr: u64,
    /// Somebody changed something for them, and it was verified.
    pub done: u64,
    /// Okta said what HR says.
    pub unchanged: u64,
    /// Left alone until a person has looked, or has approved.
    pub held: u64,
    /// A step failed or could not be verified; the next run tries again.
    pub failed: u64,
    /// Employments that the policy excludes.
    pub excluded: u64,
    /// Not looked at: none, or the comparison was no full one.
    pub open: u64,
    /// The digest of the list of all of them, which is kept beside the log.
    pub list: String,
    /// What holds whom, or is worth a look: subject, code, severity, and what it is.
    pub findings: Vec<[String; 4]>,
}

/// Personal data of an [`Intended`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalFacts {
    /// What people call the person.
    pub name: String,
    /// The login.
    pub login: String,
    /// The employee number.
    pub number: String,
    /// Attribute, before, after.
    pub fields: Vec<[String; 3]>,
}

impl PersonalFacts {
    /// As it is stored.
    pub fn to_json(&self) -> Value {
        let Self { name, login, number, fields } = self;
        json!({ "name": name, "login": login, "number": number, "fields": fields })
    }

    /// As it was stored.
    pub fn of(json: &Value) -> Self {
        let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
        let fields = json["fields"].as_array().into_iter().flatten();
        let fields = fields.filter_map(|it| {
            let part = |at: usize| Some(it.get(at)?.as_str()?.to_owned());
            Some([part(0)?, part(1)?, part(2)?])
        });
        Self {
            name: text("name"),
            login: text("login"),
            number: text("number"),
            fields: fields.collect(),
        }
    }
}

impl Event {
    /// When it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Intended(it) => it.at,
            Self::Settled(it) => it.at,
            Self::Org(it) => it.at,
            Self::Foreseen(it) | Self::Rescinded(it) => it.at,
            Self::Counted(it) => it.at,
        }
    }

    /// As the log keeps it.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Intended(it) => it.to_json(),
            Self::Settled(it) => it.to_json(),
            Self::Org(it) => it.to_json(),
            Self::Foreseen(it) => it.to_json("foreseen"),
            Self::Rescinded(it) => it.to_json("rescinded"),
            Self::Counted(it) => it.to_json(),
        }
    }

    /// As the log kept it; `None` for what this program does not know.
    pub fn of(json: &Value) -> Option<Self> {
        if json["v"].as_u64()? > VERSION {
            return None;
        }
        match json["what"].as_str()? {
            "intended" => Intended::of(json).map(|it| Self::Intended(Box::new(it))),
            "settled" => Settled::of(json).map(Self::Settled),
            "org" => OrgEvent::of(json).map(Self::Org),
            "foreseen" => Foreseen::of(json).map(Self::Foreseen),
            "rescinded" => Foreseen::of(json).map(Self::Rescinded),
            "counted" => Counted::of(json).map(Self::Counted),
            _ => None,
        }
    }
}
