//! Stories of persons: links, snapshots, what is due, what can be undone.

use std::{collections::BTreeMap, sync::Arc};

use super::{day, lease};
use crate::{
    doors::ledger::{
        DueKind, Error, Exit, Fingerprint, Ledger, Link, PAGE, RosterCount, Saved, Snapshot,
        Standstill, Tombstone, UndoPack, store::Store,
    },
    words::{
        account::Status,
        action::{AppRef, GroupRef},
        finding::{Finding, FindingCode, Subject},
        hold::{Hold, HoldAct, HoldKind},
        ids::{AppId, CompanyId, EmployeeId, GroupId, Login, OktaUserId, PersonId},
        value::Value,
    },
};

pub(super) async fn check(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    let ledger = async || Ledger::new(fresh().await);
    a_person_is_one_user(&ledger().await).await;
    a_leavers_login_stays_empty_for_a_while(&ledger().await).await;
    what_was_verified_is_remembered(&ledger().await).await;
    marks_move_with_every_change_and_with_nothing_else(&ledger().await).await;
    rosters_are_counted_and_the_missing_noted(&ledger().await).await;
    time_brings_people_back_to_mind(&ledger().await).await;
    the_first_undo_pack_of_a_departure_is_kept(&ledger().await).await;
    a_moved_departure_does_not_empty_the_undo(&ledger().await).await;
    holds_stand_until_they_end(&ledger().await).await;
}

fn login(text: &str) -> Login {
    Login::parse(text).expect("a login")
}

fn link(person: &str, user: &str) -> Link {
    Link {
        person: PersonId::from(person),
        user: OktaUserId::from(user),
        login: login("ada@acme.example"),
        employees: [EmployeeId::from("E1")].into(),
        linked_at: day(1),
        created_by_us: true,
    }
}

async fn a_person_is_one_user(ledger: &Ledger) {
    let lease = lease(ledger, "new-hire", 1).await;
    let fence = lease.fence();
    let ada = link("P-ADA", "00uada");
    ledger.link(fence, &ada).await.expect("link");
    ledger.link(fence, &ada).await.expect("repeating it is harmless");
    for taken in [link("P-ADA", "00uelse"), link("P-ELSE", "00uada")] {
        let refused = ledger.link(fence, &taken).await;
        assert!(matches!(refused, Err(Error::AlreadyLinked { .. })), "{refused:?}");
    }
    let renamed = Link { login: login("ada.king@acme.example"), ..ada };
    ledger.link(fence, &renamed).await.expect("link");
    let user = OktaUserId::from("00uada");
    let (person, none) = (PersonId::from("P-ADA"), PersonId::from("P-ELSE"));
    assert_eq!(ledger.link_of_user(&user).await.expect("link"), Some(renamed.clone()));
    assert_eq!(ledger.link_of_person(&person).await.expect("link"), Some(renamed.clone()));
    assert_eq!(ledger.link_of_person(&none).await.expect("link"), None);

    ledger.link(fence, &link("P-BOB", "00ubob")).await.expect("link");
    let all = ledger.all_links().await.expect("links");
    assert_eq!(all, [renamed, link("P-BOB", "00ubob")]);

    ledger.unlink(fence, &person).await.expect("unlink");
    ledger.unlink(fence, &person).await.expect("repeating it is harmless");
    assert_eq!(ledger.link_of_user(&user).await.expect("link"), None);
    ledger.link(fence, &link("P-ELSE", "00uada")).await.expect("the user is free again");
}

async fn a_leavers_login_stays_empty_for_a_while(ledger: &Ledger) {
    let lease = lease(ledger, "offboarding", 1).await;
    let (ada, person) = (login("ada@acme.example"), PersonId::from("P-ADA"));
    let until = |number| Tombstone { person: person.clone(), until: day(number) };
    ledger.bury(lease.fence(), &ada, &until(90)).await.expect("bury");
    ledger.bury(lease.fence(), &ada, &until(30)).await.expect("an earlier end changes nothing");
    assert_eq!(ledger.tombstone(&ada, day(89)).await.expect("look"), Some(until(90)));
    assert!(ledger.is_tombstoned(&login("ADA@acme.example"), day(89)).await.expect("look"));
    // Whether the store has removed it by then or not.
    assert!(!ledger.is_tombstoned(&ada, day(90)).await.expect("look"));
    assert!(!ledger.is_tombstoned(&login("bob@acme.example"), day(2)).await.expect("look"));
    ledger.bury(lease.fence(), &ada, &until(200)).await.expect("buried again");
    assert!(ledger.is_tombstoned(&ada, day(199)).await.expect("look"));
}

async fn what_was_verified_is_remembered(ledger: &Ledger) {
    let lease = lease(ledger, "profile-sync", 1).await;
    let snapshot = |n: usize, title: &str| {
        let fields = [("title".to_owned(), title.into())].into_iter().collect();
        Snapshot {
            person: PersonId::from(format!("P-{n:04}")),
            fingerprint: Fingerprint::of(title.as_bytes()),
            fields,
            verified_at: day(1),
            run: lease.run().clone(),
        }
    };
    let all: Vec<_> = (0..PAGE + 50).map(|n| snapshot(n, "Engineer")).collect();
    ledger.put_snapshots(lease.fence(), &all).await.expect("put");
    ledger.put_snapshots(lease.fence(), &[snapshot(7, "Lead")]).await.expect("put");
    let seven = PersonId::from("P-0007");
    let found = ledger.snapshot(&seven).await.expect("get");
    assert_eq!(found, Some(snapshot(7, "Lead")));

    let mut kept = Vec::new();
    ledger.each_snapshot(|it| kept.push(it)).await.expect("snapshots");
    assert_eq!(kept.len(), all.len());
    assert_eq!((&kept[7], &kept[8..]), (&snapshot(7, "Lead"), &all[8..]));
    ledger.forget_snapshot(lease.fence(), &seven).await.expect("forget");
    assert_eq!(ledger.snapshot(&seven).await.expect("get"), None);
}

async fn marks_move_with_every_change_and_with_nothing_else(ledger: &Ledger) {
    let exit = || Exit { at: day(1), status: 0, counts: BTreeMap::new() };
    let marks = async || ledger.marks(None).await.expect("marks");
    let first = lease(ledger, "offboarding", 1).await;
    assert_eq!(marks().await, None, "somebody is at work");
    let beginning = ledger.marks(Some("offboarding")).await.expect("marks").expect("but we are it");
    let standstill = Standstill {
        run: first.run().clone(),
        found: "this".to_owned(),
        marks: beginning,
        from: day(1),
        until: day(2),
        seen: 7,
        findings: vec![Finding::note(Subject::Run, FindingCode::MalformedRow, "a column is new")],
    };
    let noted = ledger.note_standstill(first.fence(), "offboarding", standstill.clone()).await;
    noted.expect("note");
    ledger.finish_run(first, exit()).await.expect("finish");
    assert_eq!(ledger.standstill("offboarding").await.expect("get"), Some(standstill.clone()));
    assert_eq!(ledger.standstill("new-hire").await.expect("get"), None);
    assert_eq!(marks().await, Some(standstill.marks), "a run that changed nothing");

    let before = marks().await;
    let second = lease(ledger, "new-hire", 1).await;
    ledger.link(second.fence(), &link("P-ADA", "00uada")).await.expect("link");
    ledger.finish_run(second, exit()).await.expect("finish");
    assert_ne!(marks().await, before, "a run that changed something");

    let before = marks().await;
    let removed = ledger.remove_hold(&"P-007".into(), HoldKind::Vip, "grace", "", day(1)).await;
    assert!(!removed.expect("remove"));
    assert_eq!(marks().await, before, "there was none");
    let hold = Hold {
        person: "P-007".into(),
        kind: HoldKind::Vip,
        owner: "grace".to_owned(),
        reason: "ask me".to_owned(),
        since: day(1),
        until: None,
        departure: None,
    };
    ledger.put_hold(&hold).await.expect("hold");
    assert_ne!(marks().await, before, "a person's word");

    // A run that was cut off may have changed anything: its follower says so.
    let before = marks().await;
    drop(lease(ledger, "new-hire", 2).await);
    assert_eq!(marks().await, None, "nobody knows whether it is dead");
    let follower = lease(ledger, "new-hire", 3).await;
    ledger.finish_run(follower, exit()).await.expect("finish");
    assert_ne!(marks().await, before);
}

async fn rosters_are_counted_and_the_missing_noted(ledger: &Ledger) {
    let first = lease(ledger, "org-sync", 1).await;
    let count = RosterCount {
        at: day(1),
        run: first.run().clone(),
        persons: 1000,
        companies: BTreeMap::from([(CompanyId::from("C1"), 990), (CompanyId::from("C2"), 14)]),
        okta_users: 1012,
        columns: [("title".to_owned(), 2)].into(),
        counted: 3,
        tenants: Some(("https://ukg.example".to_owned(), "https://okta.example".to_owned())),
    };
    assert_eq!(ledger.roster_count().await.expect("count"), None);
    ledger.put_roster_count(first.fence(), &count).await.expect("put");
    assert_eq!(ledger.roster_count().await.expect("count"), Some(count));

    let people = |names: &[&str]| names.iter().map(|it| PersonId::from(*it)).collect();
    let told = async |lease: &crate::doors::ledger::Lease, names: &[&str], number| {
        let noted =
            ledger.note_missing(lease.fence(), &people(names), lease.run(), day(number)).await;
        let mut noted = noted.expect("note");
        assert_eq!(noted, ledger.missing().await.expect("missing"));
        noted.drain(..).map(|it| format!("{} {}", it.person, it.count)).collect::<Vec<_>>()
    };
    assert_eq!(told(&first, &["P-ADA", "P-BOB"], 1).await, ["P-ADA 1", "P-BOB 1"]);
    assert_eq!(told(&first, &["P-ADA", "P-BOB"], 1).await, ["P-ADA 1", "P-BOB 1"]);
    let second = lease(ledger, "org-sync", 2).await;
    assert_eq!(told(&second, &["P-ADA"], 2).await, ["P-ADA 2"]);
    assert_eq!(ledger.missing().await.expect("missing")[0].since, day(1));
    assert_eq!(told(&second, &[], 2).await, [""; 0]);
}

async fn time_brings_people_back_to_mind(ledger: &Ledger) {
    let lease = lease(ledger, "contractor", 1).await;
    let (ada, bob) = (PersonId::from("P-ADA"), PersonId::from("P-BOB"));
    let set = async |person: &PersonId, all: &[(i64, DueKind)]| {
        let instants = all.iter().map(|(number, what)| (day(*number), *what)).collect();
        ledger.set_due(lease.fence(), person, &instants).await.expect("set");
    };
    let due = async |number| {
        let all = ledger.due_until(day(number)).await.expect("due");
        all.iter().map(|it| format!("{} {:?}", it.person, it.what)).collect::<Vec<_>>()
    };
    set(&ada, &[(23, DueKind::Notice), (30, DueKind::ContractEnd)]).await;
    set(&bob, &[(10, DueKind::Activate), (25, DueKind::Effective)]).await;
    assert_eq!(due(9).await, [""; 0]);
    assert_eq!(due(10).await, ["P-BOB Activate"]);
    assert_eq!(due(24).await, ["P-BOB Activate", "P-ADA Notice"]);
    // Bob has started; HR gives Ada another week.
    set(&bob, &[(25, DueKind::Effective)]).await;
    set(&ada, &[(30, DueKind::Notice), (37, DueKind::ContractEnd)]).await;
    assert_eq!(due(29).await, ["P-BOB Effective"]);
    assert_eq!(ledger.due_of(&ada).await.expect("due").len(), 2);
    ledger.clear_due(lease.fence(), &bob).await.expect("clear");
    ledger.clear_due(lease.fence(), &bob).await.expect("repeating it is harmless");
    assert_eq!(due(99).await, ["P-ADA Notice", "P-ADA ContractEnd"]);
}

fn pack(departure: i8, status: Status, groups: usize) -> UndoPack {
    let group = |n| GroupRef { id: GroupId::from(format!("00g{n}")), name: "Sales".into() };
    UndoPack {
        person: PersonId::from("P-ADA"),
        user: OktaUserId::from("00uada"),
        departure: jiff::civil::date(2031, 6, departure),
        status,
        groups: (0..groups).map(group).collect(),
        apps: vec![AppRef { id: AppId::from("0oa1"), label: "Wiki".into() }],
        profile: BTreeMap::from([
            ("title".into(), Value::Text("Lead".into())),
            ("tags".into(), Value::List(vec![Value::Text("a".into()), Value::Bool(true)])),
        ]),
        saved_at: day(i64::from(departure)),
        run: "offboarding-1".into(),
        used_at: None,
    }
}

async fn the_first_undo_pack_of_a_departure_is_kept(ledger: &Ledger) {
    let lease = lease(ledger, "offboarding", 1).await;
    let ada = PersonId::from("P-ADA");
    let (full, emptied) = (pack(5, Status::Active, 9), pack(5, Status::Suspended, 0));
    assert_eq!(ledger.save_undo(lease.fence(), &full).await.expect("save"), Saved::New);
    assert_eq!(ledger.save_undo(lease.fence(), &emptied).await.expect("save"), Saved::Kept);
    assert_eq!(ledger.undo_pack(&ada).await.expect("pack"), Some(full));
    ledger.close_undo(lease.fence(), &ada, day(8)).await.expect("close");
    assert_eq!(ledger.undo_pack(&ada).await.expect("pack"), None);
    // Hired again, with less, and gone again.
    let again = pack(28, Status::Active, 2);
    assert_eq!(ledger.save_undo(lease.fence(), &again).await.expect("save"), Saved::New);
    assert_eq!(ledger.undo_pack(&ada).await.expect("pack"), Some(again));
    assert_eq!(ledger.undo_packs(&ada).await.expect("packs").len(), 2);
    // Taken back, and HR still says the same departure: what came back is saved anew.
    ledger.close_undo(lease.fence(), &ada, day(29)).await.expect("close");
    let anew = pack(28, Status::Active, 1);
    assert_eq!(ledger.save_undo(lease.fence(), &anew).await.expect("save"), Saved::New);
    assert_eq!(ledger.undo_pack(&ada).await.expect("pack"), Some(anew));
}

async fn a_moved_departure_does_not_empty_the_undo(ledger: &Ledger) {
    let lease = lease(ledger, "offboarding", 1).await;
    let full = pack(5, Status::Active, 9);
    ledger.save_undo(lease.fence(), &full).await.expect("save");
    // HR corrects the date after the groups are gone.
    let moved = pack(6, Status::Suspended, 0);
    ledger.save_undo(lease.fence(), &moved).await.expect("save");
    assert_eq!(ledger.undo_pack(&full.person).await.expect("pack"), Some(full));
}

async fn holds_stand_until_they_end(ledger: &Ledger) {
    let hold = |person: &str, kind, until| Hold {
        person: PersonId::from(person),
        kind,
        owner: "grace".to_owned(),
        reason: "case 12".to_owned(),
        since: day(1),
        until,
        departure: None,
    };
    let ada = hold("P-ADA", HoldKind::Legal, None);
    let ended = hold("P-ADA", HoldKind::Security, Some(day(3)));
    let bob = hold("P-BOB", HoldKind::Vip, Some(day(9)));
    for it in [&bob, &ada, &ended] {
        ledger.put_hold(it).await.expect("put");
    }
    assert_eq!(ledger.holds(day(3)).await.expect("holds"), [ada.clone(), bob.clone()]);
    assert_eq!(ledger.holds_of(&ada.person, day(2)).await.expect("holds").len(), 2);
    let remove = || ledger.remove_hold(&ada.person, HoldKind::Legal, "grace", "settled", day(4));
    assert!(remove().await.expect("remove"));
    assert!(!remove().await.expect("repeating it is harmless"));
    assert_eq!(ledger.holds(day(3)).await.expect("holds"), [bob]);
    let undone = Hold {
        departure: Some(jiff::civil::date(2031, 6, 5)),
        ..hold("P-ADA", HoldKind::Undone, Some(day(9)))
    };
    ledger.put_hold(&undone).await.expect("put");
    assert_eq!(ledger.holds_of(&ada.person, day(4)).await.expect("holds"), [undone]);
    let words = ledger.hold_words().await.expect("words");
    let of_ada = words.iter().filter(|it| it.person == ada.person && it.kind == HoldKind::Legal);
    let acts: Vec<HoldAct> = of_ada.map(|it| it.act).collect();
    assert_eq!(acts, [HoldAct::Placed { until: None }, HoldAct::Removed]);
}
