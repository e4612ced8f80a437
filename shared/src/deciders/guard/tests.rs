//! What is too many, in both directions, and what is said about it.

use std::{collections::BTreeMap, sync::Arc};

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

/// Whoever gets one of these knows nothing of how this works, and has to act on it.
#[test]
fn objections_read_like_this() {
    let too_many = |what: Counted, planned, before, staff| Objection::TooMany {
        what,
        planned,
        before,
        allowed: 20,
        staff,
    };
    let staff = Staff { company: "9QLKS".into(), people: Arc::default() };
    let at = |text: &str| text.parse().unwrap();
    let rejected = Rejection {
        by: "dana".to_owned(),
        at: at("2026-03-06T18:00:00Z"),
        until: at("2026-03-13T18:00:00Z"),
    };
    let (kind, plan): (_, crate::words::ids::PlanId) = (Kind::Update, "feedfacecafe".into());
    let group = crate::words::action::GroupRef { id: "00g1".into(), name: "Optics".into() };
    let all = [
        too_many(Counted::Departure, 40, 0, None),
        too_many(Counted::Departure, 1, 20, None),
        too_many(Counted::Departure, 40, 0, Some(staff)),
        too_many(Counted::Attribute("department".into()), 300, 0, None),
        too_many(Counted::Kind(Kind::Create), 40, 0, None),
        too_many(Counted::Kind(Kind::Create), 12, 9, None),
        too_many(Counted::Kind(Kind::RenameGroup), 40, 0, None),
        too_many(Counted::Kind(Kind::RenameGroup), 12, 9, None),
        Objection::UnreadableRows { rows: 3 },
        Objection::Supervised { what: Counted::Departure },
        Objection::Supervised { what: Counted::Kind(Kind::RenameLogin) },
        Objection::Protected {
            person: person(1),
            user: "00u1".into(),
            shield: Shield::AdminRole,
            kind: Kind::Suspend,
        },
        Objection::Protected {
            person: person(1),
            user: "00u1".into(),
            shield: Shield::Group("Break glass".into()),
            kind,
        },
        Objection::WaitsAlready { person: person(1), plan: plan.clone(), rejected: None, kind },
        Objection::WaitsAlready { person: person(1), plan, rejected: Some(rejected), kind },
        Objection::AskFirst {
            person: person(1),
            kind,
            owner: "grace".to_owned(),
            reason: "board member".to_owned(),
        },
        Objection::GroupShrinks(Shrinkage {
            group: group.clone(),
            leaving: [person(1), person(2)].into(),
            staying: 0,
            by_hand: false,
            into: None,
            bears: vec!["Lens design".into()],
        }),
        Objection::GroupShrinks(Shrinkage {
            group,
            leaving: [person(1), person(2)].into(),
            staying: 1,
            by_hand: true,
            into: None,
            bears: Vec::new(),
        }),
    ];
    let lines: String = all.iter().map(|it| format!("{}: {it}.\n", it.what())).collect();
    expect![[r#"
        departures: 40 people would lose their access as leavers; one run may touch 20, so all 40 wait.
        departures: 1 person would lose their access as leavers; 20 more were in the last 24 hours, and all runs of 24 hours together may touch 20, so this waits.
        departures: 40 people would lose their access as leavers in company 9QLKS; one run may touch 20, so all 40 wait.
        attribute department: attribute "department" would change for 300 people; one run may touch 20, so it stays as it is; their other changes go on.
        create: 40 people would be touched by create; one run may touch 20, so all 40 wait.
        create: 12 people would be touched by create; 9 more were in the last 24 hours, and all runs of 24 hours together may touch 20, so all 12 wait.
        rename-group: rename-group would be done 40 times; one run may do it 20 times, so all 40 wait.
        rename-group: rename-group would be done 12 times; 9 more were in the last 24 hours, and all runs of 24 hours together may touch 20, so all 12 wait.
        departures: 3 rows from UKG could not be read at all, so nobody can say whether a leaver has another employment there; every leaver waits.
        departures: the policy asks for a person's word before departures.
        rename-login: the policy asks for a person's word before rename-login.
        suspend: 1 person waits: user 00u1 of person P01 holds an Okta admin role, so nobody touches it without a person's word.
        update: 1 person waits: user 00u1 of person P01 is in the protected group "Break glass", so nobody touches it without a person's word.
        update: 1 person waits: plan feedfacecafe has steps of person P01 in it and waits for a word; a run for a few people lets none of them pass.
        update: 1 person waits: plan feedfacecafe has steps of person P01 in it and was rejected by dana on 2026-03-06; a run for a few people lets none of them pass.
        update: 1 person waits: the vip hold by grace on person P01 asks for approval of every change: board member.
        leave-group: group "Optics" would lose 2 of its 2 people, to whom no rule gives it any more: HR seems to have moved them, or to have given their unit a code that the policy does not name. Nobody would be left in it, and it gives "Lens design". They keep it until somebody approves.
        leave-group: group "Optics" would lose 2 of its 3 people, whom somebody added by hand and no rule puts there. They keep it until somebody approves.
    "#]].assert_eq(&lines);
}

/// The same for reads.
#[test]
fn doubts_read_like_this_and_say_how_to_overrule_them() {
    let columns = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
    let tenant = |side, before: &str, now: &str| Doubt::OtherTenant {
        side,
        before: before.to_owned(),
        now: now.to_owned(),
    };
    let all = [
        Doubt::EmptyRoster,
        Doubt::ShortRoster { before: 412, now: 288, min_percent: 90, companies: BTreeMap::new() },
        Doubt::ShortRoster {
            before: 412,
            now: 88,
            min_percent: 90,
            companies: [("9QLKS".into(), (300, 0))].into(),
        },
        Doubt::ShortCompany { company: "4HFLD".into(), before: 112, now: 0, min_percent: 90 },
        Doubt::LostColumns { columns: columns(&["title"]), before: 98, now: 2, blank: 403 },
        Doubt::LostColumns {
            columns: columns(&["location", "city"]),
            before: 98,
            now: 2,
            blank: 403,
        },
        tenant(Side::Ukg, "https://service5.ultipro.com#1f2e", "https://test5.ultipro.com#1f2e"),
        tenant(Side::Okta, "https://larkspur.okta.com", "https://larkspur.oktapreview.com"),
        Doubt::ShortOkta { linked: 400, seen: 200 },
        Doubt::MissingCanary { position: 1 },
    ];
    let lines: String = all.iter().map(|it| format!("{it}.\n")).collect();
    expect![[r#"
        UKG answered without a single employment. Nothing was planned. Check that the web service account still has View on Personnel Integration; if nobody works there any more, which takes no access from anybody, run once with --accept roster=0.
        UKG gave 288 employments; the last good read had 412. Less than 90 % is not believed, so nothing was planned. Check the account's access to companies in UKG; if HR really shrank, run once with --accept roster=288.
        UKG gave 88 employments; the last good read had 412 (company 9QLKS 0 of 300). Less than 90 % is not believed, so nothing was planned. Check the account's access to companies in UKG; if HR really shrank, run once with --accept roster=88.
        UKG gave 0 employments for company 4HFLD; the last good read had 112. Less than 90 % is not believed, so nothing is changed for its people, and nobody of any company is taken for a leaver: the missing rows may say that they still work there. Everything else goes on. Check the account's access to this company in UKG; if it really shrank, run once with --accept company:4HFLD=0.
        worker.title is filled in for 2 of 100 people; at the last good read it was for 98. The 403 people without are left alone, except for leavers; everybody else goes on. Ask HR what became of it, and whether the web service account may still view it; if it is meant to be blank, run once with --accept blank:title=403.
        worker.city, worker.location are filled in for 2 of 100 people; at the last good read it was for 98. The 403 people without are left alone, except for leavers; everybody else goes on. Ask HR what became of it, and whether the web service account may still view it; if it is meant to be blank, run once with --accept blank:city,location=403.
        this is another UKG tenant than last time: https://test5.ultipro.com#1f2e instead of https://service5.ultipro.com#1f2e. Nothing was planned. Check base_url and customer_api_key in the credentials, and whether this ledger is that tenant's; if the tenant has moved, run once with --accept ukg=https://test5.ultipro.com#1f2e.
        this is another Okta org than last time: https://larkspur.oktapreview.com instead of https://larkspur.okta.com. Nothing was planned. Check org_url in the credentials, and whether this ledger is that tenant's; if the tenant has moved, run once with --accept okta=https://larkspur.oktapreview.com.
        Okta showed 200 of the 400 accounts that Rollcall looks after. Nothing was planned. The usual cause: the API client has its scopes but lost its admin role, and Okta then answers with an empty list instead of an error. If somebody really deleted them, run once with --accept accounts=200/400.
        Okta did not return user 1 of okta.protected.canaries. Nothing was planned. Check the admin role of the API client, or correct the list; if that user is meant to be gone, run once with --accept canary=1.
    "#]].assert_eq(&lines);
    // What was seen is in the word, so that it fits no other read.
    let accepted: BTreeSet<String> = ["roster=288".to_owned()].into();
    let fits: Vec<bool> = all.iter().map(|it| it.is_accepted(&accepted)).collect();
    assert_eq!(fits.iter().filter(|it| **it).count(), 1);
    assert!(fits[1]);
}
