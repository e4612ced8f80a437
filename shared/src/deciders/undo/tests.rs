use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use jiff::civil::date;

use super::*;
use crate::deciders::plan::Listing;
use crate::{
    deciders::plan::Plan,
    words::{
        account::{Account, GroupRule},
        ids::Login,
    },
};

const DEPARTURE: Date = date(2026, 3, 4);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn text(raw: &str) -> Value {
    Value::Text(raw.into())
}

fn group_ref(name: &str) -> GroupRef {
    GroupRef { id: format!("00g{name}").as_str().into(), name: name.into() }
}

fn app_ref(label: &str) -> AppRef {
    AppRef { id: format!("0oa{label}").as_str().into(), label: label.into() }
}

fn group(name: &str) -> Group {
    let GroupRef { id, name } = group_ref(name);
    let (description, last_membership_updated) = (None, None);
    Group { id, name, description, kind: GroupKind::Okta, last_membership_updated }
}

fn profile(title: &str) -> BTreeMap<Arc<str>, Value> {
    BTreeMap::from([("key".into(), text("P-ADA")), ("title".into(), text(title))])
}

/// A leaver's world, which each story changes.
struct Story {
    hr: HrSays,
    hired: Option<Timestamp>,
    saved: Saved,
    seen: Option<Seen>,
    is_protected: bool,
    holds: Vec<Hold>,
    groups: Vec<Group>,
    apps: Vec<App>,
}

/// Suspended, without the groups and apps that the pack remembers.
fn suspended() -> Story {
    let pack = Pack {
        user: "00uada".into(),
        departure: DEPARTURE,
        status: Status::Active,
        groups: ["Chess club", "Office", "Staff"].map(group_ref).into(),
        apps: vec![app_ref("Wiki")],
        profile: profile("Lead"),
        saved_at: at("2026-03-05T00:05:00Z"),
    };
    let account = Account {
        id: "00uada".into(),
        status: Status::Suspended,
        transitioning_to: None,
        login: Login::parse("ada@acme.example").unwrap(),
        profile: profile("Lead").into_iter().collect(),
        provider: Provider::Okta,
        created: None,
        status_changed: None,
        last_login: None,
        last_updated: None,
    };
    let groups = BTreeSet::from([group_ref("Office")]);
    let AppRef { id, label } = app_ref("Wiki");
    Story {
        hr: HrSays::Left { last_day: DEPARTURE },
        hired: Some(at("2020-01-01T00:00:00Z")),
        saved: Saved::Pack(pack),
        seen: Some(Seen { account, groups, apps: BTreeSet::new(), linked_manager: None }),
        is_protected: false,
        holds: Vec::new(),
        groups: ["Chess club", "Office", "Staff"].map(group).into(),
        apps: vec![App { id, label, is_active: true }],
    }
}

impl Story {
    fn pack(&mut self) -> &mut Pack {
        match &mut self.saved {
            Saved::Pack(pack) => pack,
            Saved::Never | Saved::Used(_) => panic!("the story has no pack"),
        }
    }

    fn seen(&mut self) -> &mut Seen {
        self.seen.as_mut().expect("the story has an account")
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn verdict(&self) -> Verdict {
        let rule = GroupRule {
            id: "0pr1".into(),
            name: "Office".into(),
            is_active: true,
            targets: vec![group_ref("Office").id],
        };
        let holds: Vec<&Hold> = self.holds.iter().collect();
        decide(&Case {
            person: &"P-ADA".into(),
            hr: &self.hr,
            hired: self.hired,
            saved: &self.saved,
            seen: self.seen.as_ref(),
            key_attribute: "key",
            owned: &BTreeSet::from(["key".into(), "title".into()]),
            is_protected: self.is_protected,
            holds: &holds,
            groups: &self.groups,
            apps: &self.apps,
            directory: &Directory::new(Listing {
                owned: &BTreeMap::new(),
                labels: &BTreeSet::new(),
                links: &BTreeMap::new(),
                groups: &self.groups,
                rules: &[rule],
                apps: &self.apps,
            }),
            because: "departure of 2026-03-04 taken back by casey: HR's mistake",
        })
    }

    #[track_caller]
    fn check(&self, expected: Expect) {
        let told = match self.verdict() {
            Verdict::Nothing(it) => it.to_string(),
            Verdict::Refused(it) => it.to_string(),
            Verdict::Undo(Undo { part, losses, to_hold }) => {
                let losses: Vec<_> = losses.iter().map(|it| format!("- {it}")).collect();
                let hold = to_hold.map_or("no hold".to_owned(), |it| format!("hold against {it}"));
                format!("{}{}\n{hold}", Plan::new(vec![part]), losses.join("\n"))
            }
        };
        expected.assert_eq(&told);
    }
}

fn hold(kind: HoldKind) -> Hold {
    Hold {
        person: "P-ADA".into(),
        kind,
        owner: "grace".to_owned(),
        reason: "case 12".to_owned(),
        since: at("2026-03-05T12:00:00Z"),
        until: Some(at("2026-03-12T12:00:00Z")),
        departure: None,
    }
}

#[test]
fn suspended_leaver_gets_groups_and_apps_back() {
    suspended().check(expect![[r#"
        person P-ADA (ada@acme.example, 00uada, SUSPENDED): departure of 2026-03-04 taken back by casey: HR's mistake
          unsuspend
          join group "Chess club"
          join group "Staff"
          assign app "Wiki"
        1 people: unsuspend 1, join-group 1, assign-app 1
        - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
        - what was set inside apps that are assigned again (roles, licences, user names): look at them in the apps
        hold against 2026-03-04"#]]);
}

#[test]
fn deactivated_leaver_is_reopened_first_and_told_what_is_gone() {
    let story = suspended().with(|it| {
        it.seen().account.status = Status::Deprovisioned;
        it.seen().account.profile = profile("Leaver").into_iter().collect();
    });
    story.check(expect![[r#"
        person P-ADA (ada@acme.example, 00uada, DEPROVISIONED): departure of 2026-03-04 taken back by casey: HR's mistake
          reactivate
          set title = "Lead"
          join group "Chess club"
          join group "Staff"
          assign app "Wiki"
        1 people: reactivate 1, join-group 1, assign-app 1, update 1
        - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
        - password and MFA enrolments, which deactivation may have taken: in Okta, open the person and send the activation or password mail, and expect a new enrolment
        - apps that were assigned directly and that the policy does not name: deactivation took them, so ask the person what is missing
        - what was set inside apps that are assigned again (roles, licences, user names): look at them in the apps
        hold against 2026-03-04"#]]);
}

#[test]
fn nothing_is_done_where_somebody_has_done_it_by_hand() {
    let story = suspended().with(|it| {
        it.seen().account.status = Status::Active;
        it.seen().groups = ["Chess club", "Office", "Staff"].map(group_ref).into();
        it.seen().apps = [app_ref("Wiki")].into();
    });
    story.check(expect![[r#"
        Nothing to do.
        - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
        hold against 2026-03-04"#]]);
}

#[test]
fn what_vanished_or_is_filled_by_a_rule_is_told_and_left_alone() {
    let story = suspended().with(|it| {
        it.seen().groups.clear();
        it.groups.retain(|it| &*it.name != "Chess club");
        it.groups.push(Group { id: "00gNEW".into(), ..group("Chess club") });
        it.groups.retain(|it| &*it.name != "Staff");
        it.pack().groups.push(group_ref("Imported"));
        it.groups.push(Group { kind: GroupKind::App, ..group("Imported") });
        it.apps[0].is_active = false;
        it.pack().profile.insert("badge".into(), text("7"));
        it.pack().status = Status::LockedOut;
    });
    story.check(expect![[r#"
        person P-ADA (ada@acme.example, 00uada, SUSPENDED): departure of 2026-03-04 taken back by casey: HR's mistake
          unsuspend
        1 people: unsuspend 1
        - the status LOCKED_OUT, which the account had: it comes back open, so look at it in Okta
        - group "Chess club": it was deleted in Okta. Another group has the name now; if it is meant, add the person by hand
        - group "Staff": it was deleted in Okta
        - group "Office", which an Okta group rule fills: the person is in it again as soon as the rule applies
        - group "Imported": it is managed outside of Okta now
        - app "Wiki": it was deleted in Okta or is inactive
        - attribute badge, which the policy no longer writes
        - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
        hold against 2026-03-04"#]]);
}

#[test]
fn profile_that_another_system_masters_is_not_written() {
    let story = suspended().with(|it| {
        it.seen().account.provider = Provider::Elsewhere("ACTIVE_DIRECTORY".into());
        it.seen().account.profile = profile("Leaver").into_iter().collect();
    });
    let Verdict::Undo(undo) = story.verdict() else { panic!("it can be undone") };
    assert!(!undo.part.has(Kind::Update));
    let source = "ACTIVE_DIRECTORY".into();
    assert!(undo.losses.contains(&Loss::MasteredElsewhere { source }));
}

#[test]
fn suspension_from_before_the_departure_stays() {
    let story = suspended().with(|it| it.pack().status = Status::Suspended);
    story.check(expect![[r#"
        person P-ADA (ada@acme.example, 00uada, SUSPENDED): departure of 2026-03-04 taken back by casey: HR's mistake
          join group "Chess club"
          join group "Staff"
          assign app "Wiki"
        1 people: join-group 1, assign-app 1
        - the account was SUSPENDED before the departure, by somebody else: it stays closed until a person opens it in Okta
        - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
        - what was set inside apps that are assigned again (roles, licences, user names): look at them in the apps
        hold against 2026-03-04"#]]);
}

#[test]
fn no_hold_is_placed_when_hr_has_corrected_its_record_before_a_run_saw_it() {
    let story = suspended().with(|it| it.hr = HrSays::Employed);
    let Verdict::Undo(undo) = story.verdict() else { panic!("it can be undone") };
    assert_eq!(undo.to_hold, None);
}

#[test]
fn somebody_whom_ukg_does_not_show_is_held_too() {
    let story = suspended().with(|it| it.hr = HrSays::Unknown);
    let Verdict::Undo(undo) = story.verdict() else { panic!("it can be undone") };
    assert_eq!(undo.to_hold, Some(DEPARTURE));
}

#[test]
fn there_is_nothing_to_undo() {
    let told = [
        suspended().with(|it| (it.saved, it.hr) = (Saved::Never, HrSays::Employed)),
        suspended().with(|it| it.saved = Saved::Never),
        suspended().with(|it| it.saved = Saved::Used(at("2026-03-05T12:00:00Z"))),
        suspended().with(|it| {
            it.saved = Saved::Used(at("2026-03-05T12:00:00Z"));
            it.holds.push(hold(HoldKind::Undone));
        }),
        suspended().with(|it| it.hired = Some(at("2026-05-01T00:00:00Z"))),
        suspended().with(|it| {
            it.hr = HrSays::Employed;
            it.seen().account.status = Status::Active;
        }),
    ]
    .map(|it| match it.verdict() {
        Verdict::Nothing(it) => it.to_string(),
        it @ (Verdict::Refused(_) | Verdict::Undo(_)) => panic!("{it:?}"),
    });
    expect![[r#"
        Nothing to undo: Rollcall never carried out a departure of this person.
        Nothing to undo: UKG says that the person left on 2026-03-04, and Rollcall has taken nothing away yet. If UKG is wrong, correct it there; until that is done, `rollcall hold add PERSON --kind vip --why "..."` makes the departure wait for approval.
        Nothing to undo: everything that was saved for this person was used or had served its time at 2026-03-05T12:00:00Z.
        Nothing to undo: the departure was taken back at 2026-03-05T12:00:00Z. A hold keeps it from being carried out again until 2026-03-12T12:00:00Z; correct the record in UKG by then.
        Nothing to undo: what was saved is from the departure of 2026-03-04, and the person was hired again at 2026-05-01T00:00:00Z. Access follows the new job.
        Nothing to undo: UKG says that the person works here, and the account is open: the departure of 2026-03-04 is over."#]].assert_eq(&told.join("\n"));
}

#[test]
fn it_must_not_or_cannot_be_done() {
    let deactivated = |before: Status| {
        suspended().with(|it| {
            it.pack().status = before;
            it.seen().account.status = Status::Deprovisioned;
        })
    };
    let told = [
        suspended().with(|it| it.holds.push(hold(HoldKind::Security))),
        suspended().with(|it| it.seen = None),
        suspended().with(|it| {
            it.seen().account.profile.insert("key".into(), text("P-BOB"));
        }),
        suspended().with(|it| it.is_protected = true),
        suspended().with(|it| it.seen().account.transitioning_to = Some(Status::Deprovisioned)),
        deactivated(Status::Staged),
        deactivated(Status::Suspended),
    ]
    .map(|it| match it.verdict() {
        Verdict::Refused(it) => it.to_string(),
        it @ (Verdict::Nothing(_) | Verdict::Undo(_)) => panic!("{it:?}"),
    });
    expect![[r#"
        Not undone: a security hold by grace keeps the account closed. Ask grace; then `rollcall hold remove PERSON --kind security --why "..."`, and undo again.
        Not undone: user 00uada is not in Okta any more, and a deleted user cannot be brought back. Create one by hand and write the personId into key: Rollcall looks after it from then on.
        Not undone: user 00uada does not carry this person's id in key any more. Find out in Okta's System Log who changed it.
        Not undone: user 00uada is protected by okta.protected in the policy. Do it by hand in Okta.
        Not undone: Okta is still changing the status of user 00uada. Wait a minute and undo again.
        Not undone: the account was prepared and never opened, and Okta cannot bring it back to that. When UKG says that the person works here, it is opened on the first day.
        Not undone: somebody else had closed the account before the departure, and Okta cannot bring it back closed. Open it in Okta if the reason is gone."#]].assert_eq(&told.join("\n"));
}

#[test]
fn vip_and_legal_holds_do_not_stop_a_person_from_undoing() {
    for kind in [HoldKind::Vip, HoldKind::Legal] {
        let story = suspended().with(|it| it.holds.push(hold(kind)));
        assert!(matches!(story.verdict(), Verdict::Undo(_)), "{kind}");
    }
}
