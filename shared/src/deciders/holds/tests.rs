use std::{collections::BTreeMap, sync::Arc};

use expect_test::{Expect, expect};
use jiff::civil::date;

use super::*;
use crate::words::{
    account::Status,
    action::{AppRef, GroupRef, NewAccount},
    ids::Login,
    value::Value,
};

const DEPARTURE: Date = date(2026, 3, 4);

fn now() -> Timestamp {
    "2026-03-06T18:00:00Z".parse().unwrap()
}

fn hold(kind: HoldKind) -> Hold {
    Hold {
        person: "P-ADA".into(),
        kind,
        owner: "grace".to_owned(),
        reason: "case 12".to_owned(),
        since: "2026-03-01T12:00:00Z".parse().unwrap(),
        until: Some("2026-03-12T00:00:00Z".parse().unwrap()),
        departure: (kind == HoldKind::Undone).then_some(DEPARTURE),
    }
}

fn group(name: &str) -> GroupRef {
    GroupRef { id: format!("00g{name}").as_str().into(), name: name.into() }
}

fn app(label: &str) -> AppRef {
    AppRef { id: format!("0oa{label}").as_str().into(), label: label.into() }
}

fn changes(pairs: &[(&str, Option<&str>)]) -> BTreeMap<Arc<str>, Change> {
    let text = |it: &str| Value::Text(it.into());
    let change =
        |after: &Option<&str>| Change { before: Some(text("was")), after: after.map(text) };
    pairs.iter().map(|(name, after)| ((*name).into(), change(after))).collect()
}

fn part(standing: StandingKind, kinds: Vec<ActionKind>) -> PersonPlan {
    let action = |kind| Action {
        person: "P-ADA".into(),
        user: Some("00uada".into()),
        kind,
        cause: "".into(),
    };
    PersonPlan {
        person: "P-ADA".into(),
        user: Some("00uada".into()),
        login: None,
        status: Some(Status::Active),
        standing,
        because: "a test".to_owned(),
        actions: kinds.into_iter().map(action).collect(),
    }
}

fn leaver() -> PersonPlan {
    part(
        StandingKind::Out,
        vec![
            ActionKind::SaveUndo,
            ActionKind::Suspend,
            ActionKind::EndSessions,
            ActionKind::RevokeGrants,
            ActionKind::LeaveGroup(group("Sales")),
            ActionKind::LeaveGroup(group("Staff")),
            ActionKind::UnassignApp(app("Wiki")),
            ActionKind::Deactivate,
        ],
    )
}

fn rehire() -> PersonPlan {
    part(
        StandingKind::Open,
        vec![
            ActionKind::LeaveGroup(group("Sales")),
            ActionKind::Reactivate,
            ActionKind::Update(changes(&[("title", Some("Lead"))])),
            ActionKind::JoinGroup(group("Staff")),
        ],
    )
}

fn mover() -> PersonPlan {
    let manager = changes(&[("manager", None), ("managerId", None)]);
    part(
        StandingKind::Open,
        vec![
            ActionKind::Unsuspend,
            ActionKind::Update(changes(&[("title", Some("Lead")), ("city", None)])),
            ActionKind::SetManager { manager: None, changes: manager },
            ActionKind::LeaveGroup(group("Sales")),
            ActionKind::JoinGroup(group("Staff")),
            ActionKind::AssignApp(app("Wiki")),
        ],
    )
}

#[track_caller]
fn check(holds: &[Hold], part: PersonPlan, expected: Expect) {
    let holds: Vec<&Hold> = holds.iter().collect();
    let Heeded { part, withheld, findings, ask } = heed(part, &holds, Some(DEPARTURE), now());
    let allowed: Vec<_> = part.actions.iter().map(|it| it.kind.kind().to_string()).collect();
    let kept: Vec<_> =
        withheld.iter().map(|(by, it)| format!("{} by {by}", it.kind.kind())).collect();
    let list = |what: &str, items: Vec<String>| match &*items {
        [] => format!("{what}: nothing"),
        items => format!("{what}: {}", items.join(", ")),
    };
    let mut told = vec![list("allowed", allowed), list("kept", kept)];
    told.extend(findings.iter().map(ToString::to_string));
    told.extend(ask.map(|it| format!("asks: {it} ({})", it.kind())));
    expected.assert_eq(&told.join("\n"));
}

#[test]
fn security_keeps_the_account_closed_and_lets_access_be_taken() {
    check(
        &[hold(HoldKind::Security)],
        leaver(),
        expect![[r#"
            allowed: save-undo, suspend, end-sessions, revoke-grants, leave-group, leave-group, unassign-app, deactivate
            kept: nothing"#]],
    );
    check(
        &[hold(HoldKind::Security)],
        rehire(),
        expect![[r#"
            allowed: leave-group
            kept: reactivate by security, update by security, join-group by security
            warning person P-ADA (on-hold): a security hold keeps back until 2026-03-12T00:00:00Z: reactivate, update "title", join-group "Staff". `rollcall hold list` says who placed it and why; `rollcall hold remove P-ADA --kind security --why "..."` ends it, and the next run goes on"#]],
    );
    check(
        &[hold(HoldKind::Security)],
        mover(),
        expect![[r#"
            allowed: update, set-manager, leave-group
            kept: unsuspend by security, join-group by security, assign-app by security
            warning person P-ADA (on-hold): a security hold keeps back until 2026-03-12T00:00:00Z: unsuspend, join-group "Staff", assign-app "Wiki". `rollcall hold list` says who placed it and why; `rollcall hold remove P-ADA --kind security --why "..."` ends it, and the next run goes on"#]],
    );
}

#[test]
fn security_lets_no_account_be_made() {
    let login = Login::parse("ada@acme.example").unwrap();
    let new = NewAccount { login, profile: BTreeMap::new(), groups: vec![] };
    let joiner = part(StandingKind::Open, vec![ActionKind::Create(new), ActionKind::Activate]);
    check(
        &[hold(HoldKind::Security)],
        joiner,
        expect![[r#"
            allowed: nothing
            kept: create by security, activate by security
            warning person P-ADA (on-hold): a security hold keeps back until 2026-03-12T00:00:00Z: create, activate. `rollcall hold list` says who placed it and why; `rollcall hold remove P-ADA --kind security --why "..."` ends it, and the next run goes on"#]],
    );
}

#[test]
fn legal_lets_suspend_and_destroys_nothing() {
    check(
        &[hold(HoldKind::Legal)],
        leaver(),
        expect![[r#"
            allowed: save-undo, suspend, end-sessions, revoke-grants
            kept: leave-group by legal, leave-group by legal, unassign-app by legal, deactivate by legal
            warning person P-ADA (on-hold): a legal hold keeps back until 2026-03-12T00:00:00Z: leave-group (2), unassign-app "Wiki", deactivate. `rollcall hold list` says who placed it and why; `rollcall hold remove P-ADA --kind legal --why "..."` ends it, and the next run goes on"#]],
    );
    check(
        &[hold(HoldKind::Legal)],
        mover(),
        expect![[r#"
            allowed: unsuspend, update, join-group, assign-app
            kept: update by legal, set-manager by legal, leave-group by legal
            warning person P-ADA (on-hold): a legal hold keeps back until 2026-03-12T00:00:00Z: update "city", set-manager "manager, managerId", leave-group "Sales". `rollcall hold list` says who placed it and why; `rollcall hold remove P-ADA --kind legal --why "..."` ends it, and the next run goes on"#]],
    );
}

#[test]
fn legal_keeps_a_rehire_closed_whose_old_access_may_not_be_taken() {
    check(
        &[hold(HoldKind::Legal)],
        rehire(),
        expect![[r#"
            allowed: nothing
            kept: leave-group by legal, reactivate by legal, update by legal, join-group by legal
            warning person P-ADA (on-hold): a legal hold keeps back until 2026-03-12T00:00:00Z: leave-group "Sales", reactivate, update "title", join-group "Staff". `rollcall hold list` says who placed it and why; `rollcall hold remove P-ADA --kind legal --why "..."` ends it, and the next run goes on"#]],
    );
}

#[test]
fn vip_asks_about_everything_and_keeps_nothing() {
    check(
        &[hold(HoldKind::Vip)],
        leaver(),
        expect![[r#"
            allowed: save-undo, suspend, end-sessions, revoke-grants, leave-group, leave-group, unassign-app, deactivate
            kept: nothing
            asks: 1 person waits: the vip hold by grace on person P-ADA asks for approval of every change: case 12 (suspend)"#]],
    );
}

#[test]
fn vip_is_asked_about_what_the_others_leave() {
    check(
        &[hold(HoldKind::Vip), hold(HoldKind::Legal)],
        leaver(),
        expect![[r#"
            allowed: save-undo, suspend, end-sessions, revoke-grants
            kept: leave-group by legal, leave-group by legal, unassign-app by legal, deactivate by legal
            warning person P-ADA (on-hold): a legal hold keeps back until 2026-03-12T00:00:00Z: leave-group (2), unassign-app "Wiki", deactivate. `rollcall hold list` says who placed it and why; `rollcall hold remove P-ADA --kind legal --why "..."` ends it, and the next run goes on
            asks: 1 person waits: the vip hold by grace on person P-ADA asks for approval of every change: case 12 (suspend)"#]],
    );
}

#[test]
fn departure_that_was_taken_back_is_not_carried_out_again() {
    check(
        &[hold(HoldKind::Undone)],
        leaver(),
        expect![[r#"
            allowed: nothing
            kept: save-undo by undone, suspend by undone, end-sessions by undone, revoke-grants by undone, leave-group by undone, leave-group by undone, unassign-app by undone, deactivate by undone
            warning person P-ADA (on-hold): HR says that the person left on 2026-03-04, and this departure was taken back by hand: until 2026-03-12T00:00:00Z, it is not carried out again (kept back: save-undo, suspend, end-sessions, revoke-grants, leave-group (2), unassign-app "Wiki", deactivate). Correct the record in UKG; if the person has really left, run `rollcall hold remove P-ADA --kind undone --why "..."`"#]],
    );
}

#[test]
fn taken_back_departure_means_nothing_to_another_one_or_to_somebody_at_work() {
    let moved = Hold { departure: Some(date(2026, 2, 1)), ..hold(HoldKind::Undone) };
    check(
        &[moved],
        leaver(),
        expect![[r#"
            allowed: save-undo, suspend, end-sessions, revoke-grants, leave-group, leave-group, unassign-app, deactivate
            kept: nothing"#]],
    );
    check(
        &[hold(HoldKind::Undone)],
        mover(),
        expect![[r#"
            allowed: unsuspend, update, set-manager, leave-group, join-group, assign-app
            kept: nothing"#]],
    );
}

#[test]
fn hold_that_has_ended_means_nothing() {
    let ended = |kind| Hold { until: Some(now()), ..hold(kind) };
    let ended: Vec<Hold> = HoldKind::ALL.into_iter().map(ended).collect();
    check(
        &ended,
        leaver(),
        expect![[r#"
            allowed: save-undo, suspend, end-sessions, revoke-grants, leave-group, leave-group, unassign-app, deactivate
            kept: nothing"#]],
    );
}

#[test]
fn nobody_elses_plan_is_touched() {
    let other = PersonPlan { person: "P-BOB".into(), ..leaver() };
    let holds = Holds::new([hold(HoldKind::Legal)]);
    let parts = vec![leaver(), other.clone()];
    let upheld = uphold(parts, &holds, |_| Some(DEPARTURE), now());
    assert_eq!(upheld.parts[1], other);
    assert_eq!(upheld.unfinished, BTreeSet::from(["P-ADA".into()]));
}

#[test]
fn ends_are_announced_in_time_and_each_end_once() {
    let holds = HoldKind::ALL.into_iter().map(hold);
    let far = Hold {
        person: "P-BOB".into(),
        until: Some("2026-03-20T00:00:00Z".parse().unwrap()),
        ..hold(HoldKind::Legal)
    };
    let forever = Hold { person: "P-CAT".into(), until: None, ..hold(HoldKind::Legal) };
    let holds = Holds::new(holds.chain([far, forever]));
    let login = Login::parse("ada@acme.example").unwrap();
    let logins = BTreeMap::from([("P-ADA".into(), login)]);
    let keys = |at: &str| -> Vec<String> {
        ending(&holds, at.parse().unwrap(), &logins).into_iter().map(|it| it.key).collect()
    };
    expect![[r#"
        hold-ending/P-ADA/security/2026-03-12T00:00:00Z/it
        hold-ending/P-ADA/security/2026-03-12T00:00:00Z/security
        hold-ending/P-ADA/legal/2026-03-12T00:00:00Z/it
        hold-ending/P-ADA/legal/2026-03-12T00:00:00Z/security
        hold-ending/P-ADA/vip/2026-03-12T00:00:00Z/it
        hold-ending/P-ADA/vip/2026-03-12T00:00:00Z/security"#]]
    .assert_eq(&keys("2026-03-06T18:00:00Z").join("\n"));
    assert_eq!(keys("2026-03-04T18:00:00Z").len(), 0);

    let told = ending(&holds, "2026-03-11T00:00:00Z".parse().unwrap(), &logins);
    assert!(told.iter().all(|it| it.subject.chars().count() <= 100));
    let told: Vec<String> = told
        .into_iter()
        .filter(|it| it.audience.as_str() == "it")
        .map(|it| format!("{}\n\n{}", it.subject, it.body))
        .collect();
    expect![[r#"
        Rollcall: the security hold on person P-ADA ends soon

        Person P-ADA, ada@acme.example.

        The security hold on this person ends at 2026-03-12T00:00:00Z.
        Placed by grace at 2026-03-01T12:00:00Z.
        From then on, if UKG says that the person works here, Rollcall opens the account again and gives it its groups and apps.

        To keep it longer:  rollcall hold add P-ADA --kind security --days 30 --why "..."
        To end it now:      rollcall hold remove P-ADA --kind security --why "..."
        ---
        Rollcall: the legal hold on person P-ADA ends soon

        Person P-ADA, ada@acme.example.

        The legal hold on this person ends at 2026-03-12T00:00:00Z.
        Placed by grace at 2026-03-01T12:00:00Z.
        From then on, if UKG says that the person has left, Rollcall takes groups and apps away and deactivates the account.

        To keep it longer:  rollcall hold add P-ADA --kind legal --days 30 --why "..."
        To end it now:      rollcall hold remove P-ADA --kind legal --why "..."
        ---
        Rollcall: the vip hold on person P-ADA ends soon

        Person P-ADA, ada@acme.example.

        The vip hold on this person ends at 2026-03-12T00:00:00Z.
        Placed by grace at 2026-03-01T12:00:00Z.
        From then on, Rollcall changes the account without asking first.

        To keep it longer:  rollcall hold add P-ADA --kind vip --days 30 --why "..."
        To end it now:      rollcall hold remove P-ADA --kind vip --why "..."
        ---
        Rollcall: the undone hold on person P-ADA ends soon

        Person P-ADA, ada@acme.example.

        The departure of 2026-03-04 was taken back by hand, and UKG still shows it. It is not carried out again until 2026-03-12T00:00:00Z.
        Placed by grace at 2026-03-01T12:00:00Z.
        From then on, unless UKG says by then that the person works here, Rollcall suspends the account again and takes its groups and apps away.

        If the person works here:    correct the record in UKG. Nothing else is needed.
        If the person has left:      nothing to do, or at once:
                                     rollcall hold remove P-ADA --kind undone --why "..."
    "#]].assert_eq(&told.join("---\n"));
}
