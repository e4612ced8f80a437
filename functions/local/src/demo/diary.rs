//! What happened, as the reports and HR tell it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rollcall::{
    deciders::report::{Calls, Report, Taken},
    words::{
        action::{Kind, Outcome},
        finding::{Finding, FindingCode, Subject},
        flow::Flow,
        ids::PersonId,
    },
};
use rollcall_sandbox::company::{Act, Company, HrEvent, codes};

use super::{cases::Cases, hands::ByHand, work::Work};

/// Everything that is remembered for the account.
#[derive(Default)]
pub struct Diary {
    /// Accounts that were there before and were adopted.
    pub adopted: usize,
    /// Steps that brought adopted accounts in line.
    pub brought_in_line: usize,
    /// Who joined, in order.
    pub joined: Vec<Change>,
    /// Who moved, in order.
    pub moved: Vec<Change>,
    /// Who left, in order.
    pub left: Vec<Departed>,
    /// Findings that held somebody, by code: how many people, and one of them.
    pub held: BTreeMap<FindingCode, (BTreeSet<PersonId>, Finding)>,
    /// Plans that waited for a person's word.
    pub held_plans: BTreeSet<String>,
    /// How many of them got it.
    pub approved: usize,
    /// What each flow did since the installation.
    pub work: BTreeMap<Flow, Work>,
    /// Steps that failed or could not be verified.
    pub troubled: Vec<String>,
    /// Calls spent since the installation.
    pub calls: Calls,
    /// Runs since the installation.
    pub runs: usize,
    /// What HR did, by kind.
    pub acts: BTreeMap<String, usize>,
    /// What happened in HR and in Okta's console, and what followed.
    pub cases: Cases,
    installing: bool,
    /// The last thing HR entered about somebody's end.
    ends: BTreeMap<PersonId, (Timestamp, Act)>,
}

/// A person who got or changed something.
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub name: String,
    /// The login.
    pub login: String,
    /// Why.
    pub cause: String,
    /// Groups and apps gained.
    pub gained: Vec<String>,
    /// Groups and apps lost.
    pub lost: Vec<String>,
    /// Attributes written.
    pub attributes: Vec<String>,
}

/// A person who lost everything.
pub struct Departed {
    /// What was taken.
    pub change: Change,
    /// Who.
    pub person: PersonId,
    /// When HR entered it, if it did so during the demo.
    pub entered: Option<Timestamp>,
    /// When access had to end.
    pub due: Option<Timestamp>,
}

impl Departed {
    /// From the moment when access had to end and HR had said so, to the cut.
    pub fn latency(&self) -> Option<SignedDuration> {
        let due = self.due?.max(self.entered.unwrap_or(Timestamp::MIN));
        Some(self.change.at.duration_since(due).max(SignedDuration::ZERO))
    }

    /// How long after the end HR entered it, if it did.
    pub fn hr_was_late(&self) -> Option<SignedDuration> {
        let late = self.entered?.duration_since(self.due?);
        (late > SignedDuration::ZERO).then_some(late)
    }
}

impl Diary {
    /// From here on, changes belong to the installation.
    pub fn begin_installation(&mut self) {
        self.installing = true;
    }

    /// From here on, changes belong to the days.
    pub fn end_installation(&mut self) {
        self.installing = false;
    }

    /// HR entered something.
    pub fn hr_entered(&mut self, events: &[HrEvent]) {
        for it in events {
            let kind = serde_json::to_value(it.kind).ok();
            let kind = kind.and_then(|it| Some(it.as_str()?.to_owned())).unwrap_or_default();
            let is_end = kind.starts_with("terminate")
                || kind.starts_with("move-termination")
                || ["decease", "end-one-of-two", "rescind-hire", "end-contract-early"]
                    .contains(&kind.as_str());
            if let (true, Some(person)) = (is_end, &it.person_id) {
                self.ends.insert(PersonId::from(person.as_str()), (it.entered, it.kind));
            }
            let person = it.person_id.as_deref().map(PersonId::from);
            self.cases.happened(it.entered, &kind, person, &it.text);
            *self.acts.entry(kind).or_default() += 1;
        }
    }

    /// Somebody did something in Okta's console.
    pub fn done_by_hand(&mut self, at: Timestamp, acts: &[ByHand]) {
        for it in acts {
            let person = it.person.as_deref().map(PersonId::from);
            self.cases.happened(at, it.kind, person, &it.text);
        }
    }

    /// A flow ran.
    pub fn ran(&mut self, report: &Report, company: &Company) {
        for it in report.findings.iter().filter(|it| it.holds().is_some()) {
            let entry = self.held.entry(it.code).or_insert_with(|| (BTreeSet::new(), it.clone()));
            entry.0.extend(it.holds().cloned());
        }
        // More than one flow may find the same steps waiting.
        let plans = report.held.iter();
        self.held_plans.extend(plans.map(|it| format!("plan {}: {}", it.plan, it.objection)));
        self.troubled.extend(
            report
                .steps
                .iter()
                .filter(|it| matches!(it.outcome, Outcome::Done | Outcome::Failed))
                .map(|it| format!("person {}: {} {}", it.person, it.kind, it.outcome)),
        );
        if self.installing {
            self.adopted += report.steps.iter().filter(|it| it.kind == Kind::Adopt).count();
            self.brought_in_line += report.steps.iter().filter(|it| it.kind != Kind::Adopt).count();
            return;
        }
        self.runs += 1;
        self.cases.ran(report);
        self.work.entry(report.flow).or_default().add(report);
        self.calls.ukg += report.calls.ukg;
        self.calls.okta += report.calls.okta;
        self.calls.okta_minimum += report.calls.okta_minimum;
        let mut people: BTreeMap<&PersonId, Vec<&Taken>> = BTreeMap::new();
        for it in report.steps.iter().filter(|it| it.outcome == Outcome::Verified) {
            people.entry(&it.person).or_default().push(it);
        }
        // Whoever is only put right again has neither joined nor left.
        let drifted: BTreeSet<&PersonId> = report
            .findings
            .iter()
            .filter(|it| it.code == FindingCode::Drift)
            .filter_map(|it| match &it.subject {
                Subject::Person(person) => Some(person),
                Subject::Employee(_)
                | Subject::Row(_)
                | Subject::User(_)
                | Subject::Group(_)
                | Subject::Named(_)
                | Subject::Run => None,
            })
            .collect();
        for (person, steps) in people.into_iter().filter(|(it, _)| !drifted.contains(it)) {
            self.person(report.as_of, person, &steps, company);
        }
    }

    fn person(&mut self, at: Timestamp, person: &PersonId, steps: &[&Taken], company: &Company) {
        let has = |kinds: &[Kind]| steps.iter().any(|it| kinds.contains(&it.kind));
        let targets = |kinds: &[Kind]| -> Vec<String> {
            let of_kind = steps.iter().filter(|it| kinds.contains(&it.kind));
            of_kind
                .filter_map(|it| it.target.as_ref())
                .flat_map(|it| it.split(", ").map(str::to_owned))
                .collect()
        };
        let change = Change {
            at,
            name: name_of(person, company),
            login: steps
                .iter()
                .find_map(|it| it.login.as_ref())
                .map_or_else(|| "no login".to_owned(), ToString::to_string),
            cause: steps.first().map(|it| it.cause.clone()).unwrap_or_default(),
            gained: targets(&[Kind::Create, Kind::JoinGroup, Kind::AssignApp]),
            lost: targets(&[Kind::LeaveGroup, Kind::UnassignApp]),
            attributes: targets(&[Kind::Update, Kind::SetManager]),
        };
        if has(&[Kind::SaveUndo]) {
            let entered = self.ends.get(person).map(|it| it.0);
            let due = due_of(&change.cause, person, company);
            self.left.push(Departed { change, person: person.clone(), entered, due });
        } else if has(&[Kind::Create, Kind::Reactivate]) {
            self.joined.push(change);
        } else if !has(&[Kind::Deactivate, Kind::Activate]) {
            self.moved.push(change);
        }
    }
}

fn name_of(person: &PersonId, company: &Company) -> String {
    company.person(person.as_str()).map_or_else(
        || person.to_string(),
        |it| {
            let first = it.preferred_name.as_deref().unwrap_or(&it.first_name);
            format!("{first} {}", it.last_name).trim().to_owned()
        },
    )
}

/// When access had to end, worked out from the company's truth and not from what Rollcall decided:
/// the end of the last day at the person's site, or its beginning for a dismissal.
fn due_of(cause: &str, person: &PersonId, company: &Company) -> Option<Timestamp> {
    let last_day: Date = cause.strip_prefix("last day ")?.get(..10)?.parse().ok()?;
    let employments = &company.person(person.as_str())?.employments;
    let employment = employments.iter().max_by_key(|it| it.last_hire)?;
    let location = codes::LOCATIONS.iter().find(|it| it.code == employment.location)?;
    let zone = TimeZone::get(location.zone).ok()?;
    let reason = employment.termination.as_ref().map(|it| it.reason.as_str());
    let is_dismissal = reason.is_some_and(|it| codes::IMMEDIATE_REASONS.contains(&it));
    let day = if is_dismissal { last_day } else { last_day + 1.days() };
    day.to_zoned_datetime(zone).ok().map(|it| it.timestamp())
}
