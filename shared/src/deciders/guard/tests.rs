//! What is too many, in both directions, and what is said about it.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::*;
use crate::{
    deciders::{lifecycle::StandingKind, policy::Policy},
    words::{account::Status, action::Change, value::Value},
};

/// A hundred people in the roster, all of them known.
struct Office {
    limits: Limits,
    known: BTreeSet<PersonId>,
    companies: Vec<Staff>,
    done: Tally,
    supervised: BTreeSet<Counted>,
    approved: BTreeSet<String>,
    census: Census,
}

impl Office {
    fn new(limits: &str) -> Self {
        let policy = format!(
            "version: 1\nhr: {{org_levels: {{department: 1}}}}\nlogin: {{candidates: [worker.last_name], domain: a.example}}\n\
             profile: {{title: worker.job_title}}\nlimits: {{{limits}}}\n"
        );
        let policy = Policy::compile("policy", &policy).unwrap();
        Self {
            limits: policy.limits.clone(),
            known: (0..100).map(person).collect(),
            companies: Vec::new(),
            done: Tally::default(),
            supervised: BTreeSet::new(),
            approved: BTreeSet::new(),
            census: Census::default(),
        }
    }

    fn measure(&self) -> Measure<'_> {
        Measure {
            limits: &self.limits,
            roster: 100,
            companies: &self.companies,
            known: &self.known,
            done: &self.done,
            findings: &[],
            census: &self.census,
            supervised: &self.supervised,
            approved: &self.approved,
        }
    }

    /// What is said about a plan, and how many people wait.
    #[track_caller]
    fn check(&self, parts: Vec<PersonPlan>, expected: Expect) -> Parted {
        let mut plan = Plan::new(parts);
        separate(&mut plan, self.measure());
        let objections = review(&plan, self.measure());
        let res = part(plan, &objections, &self.approved);
        let lines = res.held.iter().map(|(why, it)| format!("{}: {why}\n", it.people.len()));
        expected.assert_eq(&lines.collect::<String>());
        res
    }
}

fn person(number: usize) -> PersonId {
    PersonId::from(format!("P{number:02}"))
}

fn of(number: usize, standing: StandingKind, kinds: Vec<ActionKind>) -> PersonPlan {
    let user = Some(format!("00u{number}").into());
    let action =
        |kind| Action { person: person(number), user: user.clone(), kind, cause: "".into() };
    PersonPlan {
        person: person(number),
        user: user.clone(),
        login: None,
        status: Some(Status::Active),
        standing,
        because: String::new(),
        actions: kinds.into_iter().map(action).collect(),
    }
}

fn leaver(number: usize) -> PersonPlan {
    let steps = vec![ActionKind::SaveUndo, ActionKind::Suspend, ActionKind::EndSessions];
    of(number, StandingKind::Out, steps)
}

/// A leaver whose account was closed for now already.
fn away_leaver(number: usize) -> PersonPlan {
    of(number, StandingKind::Out, vec![ActionKind::SaveUndo, ActionKind::EndSessions])
}

fn absent(number: usize) -> PersonPlan {
    of(number, StandingKind::Paused, vec![ActionKind::Suspend, ActionKind::EndSessions])
}

fn closed(number: usize) -> PersonPlan {
    of(number, StandingKind::Out, vec![ActionKind::Deactivate])
}

fn update(number: usize, names: &[&str]) -> PersonPlan {
    let change = Change { before: None, after: Value::text("x") };
    let changes = names.iter().map(|it| (Arc::from(*it), change.clone()));
    of(number, StandingKind::Open, vec![ActionKind::Update(changes.collect())])
}

#[test]
fn departures_are_counted_however_their_steps_look() {
    let office = Office::new("departures: {most: 3, percent: 100, floor: 1}");
    office.check((0..3).map(leaver).collect(), expect![[r#""#]]);
    let mixed = vec![leaver(0), leaver(1), away_leaver(2), away_leaver(3)];
    office.check(
        mixed,
        expect![[r#"
        4: 4 people would lose their access as leavers; one run may touch 3, so all 4 wait
    "#]],
    );
    // Closing for good what was a departure a week ago is none.
    office.check(vec![leaver(0), leaver(1), leaver(2), closed(3)], expect![[r#""#]]);
}

#[test]
fn leavers_who_wait_do_not_count_among_those_who_are_away() {
    let office = Office::new(
        "departures: {most: 1, percent: 100, floor: 1}, suspend: {most: 2, percent: 100, floor: 1}",
    );
    let parts = vec![leaver(0), leaver(1), absent(2), absent(3)];
    let parted = office.check(
        parts,
        expect![[r#"
        2: 2 people would lose their access as leavers; one run may touch 1, so all 2 wait
    "#]],
    );
    assert_eq!(parted.free.people.len(), 2);
}

#[test]
fn day_is_measured_as_a_run_is() {
    let mut office = Office::new("departures: {most: 3, percent: 100, floor: 1}");
    let measured = office.measure();
    let plan = Plan::new(vec![leaver(0), leaver(1)]);
    let done = tally(&plan, &[], measured);
    office.done = done;
    office.check(vec![leaver(2)], expect![[r#""#]]);
    office.check(vec![leaver(2), leaver(3)], expect![[r#"
        2: 2 people would lose their access as leavers; 2 more were in the last 24 hours, and all runs of 24 hours together may touch 3, so all 2 wait
    "#]]);
    // Whoever is taken up again is counted once.
    office.check(vec![leaver(0), leaver(1), leaver(2)], expect![[r#""#]]);
    office.limits.day_percent = 200;
    office.check(vec![leaver(2), leaver(3)], expect![[r#""#]]);
}

#[test]
fn what_waits_and_what_was_approved_is_not_counted_as_done() {
    let mut office = Office::new("departures: {most: 1, percent: 100, floor: 1}");
    let plan = Plan::new(vec![leaver(0), leaver(1)]);
    let objections = review(&plan, office.measure());
    assert!(tally(&plan, &objections, office.measure()).is_empty());
    office.approved = plan.actions().map(|(part, it)| part.digest(it)).collect();
    assert!(tally(&plan, &[], office.measure()).is_empty());
}

#[test]
fn company_is_measured_by_itself() {
    let mut office = Office::new("departures: {most: 50, percent: 10, floor: 1}");
    let staff = |company: &str, people: std::ops::Range<usize>| Staff {
        company: company.into(),
        people: Arc::new(people.map(person).collect()),
    };
    office.companies = vec![staff("BIG", 0..80), staff("SMALL", 80..100)];
    office.check(vec![leaver(80), leaver(81), leaver(0)], expect![[r#""#]]);
    let parts = vec![leaver(80), leaver(81), leaver(82), leaver(0)];
    let parted = office.check(parts, expect![[r#"
        3: 3 people would lose their access as leavers in company SMALL; one run may touch 2, so all 3 wait
    "#]]);
    assert_eq!(parted.free.people[0].person, person(0));
}

#[test]
fn attribute_waits_alone_and_each_is_counted_by_itself() {
    let office = Office::new("attribute: {most: 2, percent: 100, floor: 1}");
    let parts = vec![
        update(0, &["department", "title"]),
        update(1, &["department", "title"]),
        update(2, &["department"]),
        update(3, &["city"]),
    ];
    let parted = office.check(parts, expect![[r#"
        3: attribute "department" would change for 3 people; one run may touch 2, so it stays as it is; their other changes go on
    "#]]);
    let goes: Vec<_> = parted.free.actions().filter_map(|(_, it)| it.kind.target()).collect();
    assert_eq!(goes, ["title", "title", "city"]);
    let own = Office::new(
        "attribute: {most: 2, percent: 100, floor: 1}, \
         attributes: {department: {most: 9, percent: 100, floor: 1}}",
    );
    own.check((0..5).map(|it| update(it, &["department"])).collect(), expect![[r#""#]]);
}

#[test]
fn approved_attribute_goes_with_whatever_else_changes_meanwhile() {
    let mut office = Office::new("attribute: {most: 1, percent: 100, floor: 1}");
    let parts: Vec<_> = (0..3).map(|it| update(it, &["department"])).collect();
    let parted = office.check(parts, expect![[r#"
        3: attribute "department" would change for 3 people; one run may touch 1, so it stays as it is; their other changes go on
    "#]]);
    let held = parted.held[0].1.clone();
    office.approved = held.actions().map(|(part, it)| part.digest(it)).collect();
    let later = vec![update(0, &["department", "title"]), update(1, &["department"])];
    let parted = office.check(later, expect![[r#""#]]);
    assert_eq!(parted.free.people.len(), 2);
}

#[test]
fn first_touch_of_an_account_is_what_an_installation_is_for() {
    let mut office = Office::new("update: {most: 1, percent: 100, floor: 1}");
    office.known.clear();
    let parts = || (0..5).map(|it| update(it, &["department"])).collect();
    office.check(parts(), expect![[r#""#]]);
    // Unless the policy wants every one of them to be looked at.
    office.supervised.insert(Counted::Kind(Kind::Update));
    office.check(
        parts(),
        expect![[r#"
        5: the policy asks for a person's word before update
    "#]],
    );
}
