//! The stored format, frozen: one record of each kind. A change here is a change of what ledgers
//! out there contain. Fields may be added with a default; anything else raises a version.

use std::collections::BTreeMap;

use expect_test::expect;
use serde_json::json;

use super::{at, noon};
use crate::{
    doors::ledger::*,
    words::{
        account::Status,
        action::{AppRef, GroupRef, Kind, Outcome},
        finding::{Finding, FindingCode, Subject},
        hold::{Hold, HoldKind},
        ids::{Login, PersonId},
        value::Value,
    },
};

#[tokio::test]
async fn records_are_stored_like_this() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::new(Arc::new(Sqlite::open(&path).unwrap()));
    write_one_of_each(&ledger).await;

    let conn = rusqlite::Connection::open(&path).unwrap();
    let mut rows = conn.prepare("SELECT pk, sk, body FROM records ORDER BY pk, sk").unwrap();
    let text = |row: &rusqlite::Row<'_>, column| row.get::<_, String>(column).unwrap();
    let told: Vec<String> = rows
        .query_map([], |row| Ok(format!("{}/{}\n  {}", text(row, 0), text(row, 1), text(row, 2))))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    expect![[r#"
        action#offboarding-1/00000000000000000001
          {"v":2,"kind":"action","intent":{"run":"offboarding-1","seq":1,"person":"P-ADA","user":"00uada","does":"end-sessions","target":null,"cause":"last day 2031-05-31","plan_hash":"feedfacecafe0123","at":"2031-06-01T12:00:00Z"},"settled":{"outcome":"verified","request_id":"req-1","at":"2031-06-01T12:00:00Z","detail":null},"batch":{"run":"offboarding-1","first":1,"last":2}}
        action#offboarding-1/00000000000000000002
          {"v":2,"kind":"action","intent":{"run":"offboarding-1","seq":2,"person":"P-ADA","user":"00uada","does":"end-sessions","target":null,"cause":"last day 2031-05-31","plan_hash":"feedfacecafe0123","at":"2031-06-01T12:00:00Z"},"settled":null,"batch":{"run":"offboarding-1","first":1,"last":2}}
        actions-of#P-ADA/2031-06-01T12:00:00.000000000Z#offboarding-1#00000000000000000001
          {"v":1,"kind":"action-batch","run":"offboarding-1","first":1,"last":2}
        audit#offboarding-1/00000000000000000001
          {"v":1,"kind":"audit","seq":1,"previous":"0e9eaf669efbf1283cbbf41c994d147fbc83a72c46e025d513bdce235659afec","hash":"45c70ca3b3786e82c2a9fb843c4162d4912b7ce8cd3dc765ec0807b9a4b44e1a","event":"{\"what\":\"intended\"}"}
        audit#offboarding-1~2/00000000000000000001
          {"v":1,"kind":"audit","seq":1,"previous":"c06026cf74ef1411ce181ad91c313ea7e04a7322bc45727ad44d77676ce3181f","hash":"4d045bf255fd359f669c9127f48b3619949c8febf02029eb83265c414b8ba1ee","event":"{\"follows\":\"offboarding-1\",\"v\":1,\"what\":\"log\",\"why\":\"the log before it was sealed\"}"}
        audit#offboarding-1~2/00000000000000000002
          {"v":1,"kind":"audit","seq":2,"previous":"4d045bf255fd359f669c9127f48b3619949c8febf02029eb83265c414b8ba1ee","hash":"822036b421bd175a4fcfe478e5f1c2a796390d7731156635bb386bf936087f48","event":"{\"what\":\"settled\"}"}
        audit-head/offboarding-1
          {"v":2,"kind":"audit-head","seq":1,"hash":"45c70ca3b3786e82c2a9fb843c4162d4912b7ce8cd3dc765ec0807b9a4b44e1a","closed":true}
        audit-head/offboarding-1~2
          {"v":2,"kind":"audit-head","seq":2,"hash":"822036b421bd175a4fcfe478e5f1c2a796390d7731156635bb386bf936087f48","closed":false}
        audit-open/offboarding-1~2
          {"v":1,"kind":"audit-open","log":"offboarding-1~2"}
        audit-seal#1/00000000000000000001
          {"v":1,"kind":"audit-seal","text":"{\"segment\":1,\"number\":1,\"previous\":\"d22c1edb3050e11f0b88912503d2b3b0ccbbfed26a0475df232770afc2ecc349\",\"log\":\"offboarding-1\",\"events\":1,\"last\":\"45c70ca3b3786e82c2a9fb843c4162d4912b7ce8cd3dc765ec0807b9a4b44e1a\",\"at\":\"2031-06-01T12:00:00Z\",\"key\":null}","signature":null}
        audit-seals-head/head
          {"v":1,"kind":"audit-seals-head","segment":1,"number":1,"hash":"e770dc4383111d673ca8e0f83febd52d95062ae03e447a170cce36a46f20f87a"}
        by-hand/words
          {"v":1,"kind":"by-hand"}
        due/P-ADA
          {"v":1,"kind":"due","instants":[["2031-06-01T12:00:00Z","end"],["2031-06-01T12:15:00Z","grace"]]}
        fence/offboarding
          {"v":1,"kind":"fence","run":"offboarding-1"}
        hold/P-ADA#legal
          {"v":2,"kind":"hold","person":"P-ADA","hold":"legal","owner":"grace","reason":"case 12","since":"2031-06-01T12:00:00Z","until":null}
        hold-word/2031-06-01T12:00:00.000000000Z#P-ADA#legal
          {"v":1,"kind":"hold-word","person":"P-ADA","hold":"legal","placed":true,"until":null,"by":"grace","why":"case 12","at":"2031-06-01T12:00:00Z"}
        lease/offboarding
          {"v":1,"kind":"lease","run":"offboarding-1","holder":"host 1","number":1,"until":null,"changed":1}
        link/P-ADA
          {"v":1,"kind":"link","person":"P-ADA","user":"00uada","login":"ada@acme.example","employees":["E1"],"linked_at":"2031-06-01T12:00:00Z","created_by_us":true}
        link-user/00uada
          {"v":1,"kind":"link-user","person":"P-ADA"}
        missing/P-BOB
          {"v":1,"kind":"missing","person":"P-BOB","count":1,"since":"2031-06-01T12:00:00Z","run":"offboarding-1"}
        notice/left#P-ADA
          {"v":1,"kind":"notice","at":"2031-06-01T12:00:00Z","sent":null}
        notice-unsent/left#P-ADA
          {"v":1,"kind":"notice-unsent","key":"left#P-ADA","body":{"to":"security"},"at":"2031-06-01T12:00:00Z"}
        open-intents/offboarding-1#00000000000000000001
          {"v":1,"kind":"action-batch","run":"offboarding-1","first":1,"last":2}
        plan/feedfacecafe
          {"v":1,"kind":"plan","id":"feedfacecafe","flow":"offboarding","hash":"feedfacecafe0123","state":{"approved":{"by":"grace","why":"lay-off","at":"2031-06-01T12:00:00Z","until":"2031-06-01T12:15:00Z"}},"created":"2031-06-01T12:00:00Z","expires":"2031-06-08T12:00:00Z"}
        plan-part#feedfacecafe/00000000000000000000
          {"v":1,"kind":"plan-part","text":"{\"actions\":[]}"}
        roster/last-good
          {"v":1,"kind":"roster-count","at":"2031-06-01T12:00:00Z","run":"offboarding-1","persons":1,"companies":{"C1":1},"okta_users":2,"columns":{"title":1},"counted":1,"tenants":["https://ukg.example#1f2e","https://okta.example"]}
        run#offboarding/00000000000000000001
          {"v":1,"kind":"run","id":"offboarding-1","flow":"offboarding","started":"2031-06-01T12:00:00Z","policy":"c0ffee","exit":{"at":"2031-06-01T12:00:00Z","status":0,"counts":{"actions":2}}}
        snapshot/P-ADA
          {"v":1,"kind":"snapshot","person":"P-ADA","fingerprint":"70ce871f8a3d3fb449bc3c3ace6547cef02dfc74ffe48d912532a724bfdbe5b9","fields":{"title":"Lead"},"verified_at":"2031-06-01T12:00:00Z","run":"offboarding-1"}
        standstill/offboarding
          {"v":1,"kind":"standstill","run":"offboarding-1","found":"5ca1ab1e","marks":{"by_hand":2,"changed":{"offboarding":0}},"from":"2031-06-01T12:00:00Z","until":"2031-06-01T12:15:00Z","seen":1,"findings":[{"about":"row","id":"3","code":"malformed-row","severity":"held","detail":"no employeeID"}]}
        tombstone/2a1322415fff1b1aceaebe7855b2c5bd6e9efa5e787d46391f971aea65062ce3
          {"v":1,"kind":"tombstone","person":"P-ADA","until":"2031-06-01T12:15:00Z"}
        touched/2031-06-01T12:00:00.000000000Z#00000000000000000001#0
          {"v":1,"kind":"touched","run":"offboarding-1","counts":{"suspend":["P-ADA"]}}
        touched-head/head
          {"v":1,"kind":"touched-head","run":"offboarding-1"}
        undo#P-ADA/2031-05-31
          {"v":1,"kind":"undo","person":"P-ADA","user":"00uada","departure":"2031-05-31","status":"ACTIVE","groups":[{"id":"00g1","name":"Sales"}],"apps":[{"id":"0oa1","name":"Wiki"}],"profile":{"title":"Lead"},"saved_at":"2031-06-01T12:00:00Z","run":"offboarding-1","used_at":null}
        writer/P-ADA
          {"v":1,"kind":"writer","run":"offboarding-1","flow":"offboarding","number":1,"until":"2031-06-01T12:15:00Z"}
    "#]].assert_eq(&(told.join("\n") + "\n"));
}

async fn write_one_of_each(ledger: &Ledger) {
    let (ada, until) = (PersonId::from("P-ADA"), at("2031-06-01T12:15:00Z"));
    let started = ledger.start_run("offboarding", "host 1", &"c0ffee".into(), noon(), until).await;
    let Claim::Won(lease) = started.unwrap() else { panic!("the lease is free") };
    let taken = ledger.take_person(&lease, &ada, noon(), until).await.unwrap();
    let Claim::Won(writer) = taken else { panic!("the person is free") };
    let (fence, run) = (writer.fence(), lease.run().clone());
    let login = Login::parse("ada@acme.example").unwrap();

    let link = Link {
        person: ada.clone(),
        user: "00uada".into(),
        login: login.clone(),
        employees: ["E1".into()].into(),
        linked_at: noon(),
        created_by_us: true,
    };
    ledger.link(fence, &link).await.unwrap();
    ledger.bury(fence, &login, &Tombstone { person: ada.clone(), until }).await.unwrap();

    let fingerprint = Fingerprint::of(b"record");
    let snapshot = Snapshot {
        person: ada.clone(),
        fingerprint,
        fields: [("title".to_owned(), json!("Lead"))].into_iter().collect(),
        verified_at: noon(),
        run: run.clone(),
    };
    ledger.put_snapshots(fence, &[snapshot]).await.unwrap();
    let count = RosterCount {
        at: noon(),
        run: run.clone(),
        persons: 1,
        companies: [("C1".into(), 1)].into(),
        okta_users: 2,
        columns: [("title".to_owned(), 1)].into(),
        counted: 1,
        tenants: Some(("https://ukg.example#1f2e".to_owned(), "https://okta.example".to_owned())),
    };
    ledger.put_roster_count(fence, &count).await.unwrap();
    ledger.note_missing(fence, &["P-BOB".into()].into(), &run, noon()).await.unwrap();
    let instants = [(noon(), DueKind::End), (until, DueKind::Grace)].into();
    ledger.set_due(fence, &ada, &instants).await.unwrap();

    let plan = Plan {
        id: "feedfacecafe".into(),
        flow: "offboarding".to_owned(),
        hash: "feedfacecafe0123".to_owned(),
        state: PlanState::Held,
        created: noon(),
        expires: at("2031-06-08T12:00:00Z"),
    };
    ledger.hold_plan(&plan, &json!({"actions": []}), noon()).await.unwrap();
    ledger.approve_plan(&plan.id, "grace", "lay-off", noon(), until).await.unwrap();

    let intent = Intent {
        run: run.clone(),
        seq: 1,
        person: ada.clone(),
        user: Some("00uada".into()),
        kind: Kind::EndSessions,
        target: None,
        cause: "last day 2031-05-31".to_owned(),
        plan_hash: "feedfacecafe0123".to_owned(),
        at: noon(),
    };
    ledger.intend(&writer, &[intent.clone(), Intent { seq: 2, ..intent }]).await.unwrap();
    let (outcome, request_id) = (Outcome::Verified, Some("req-1".to_owned()));
    let settlement = Settlement { outcome, request_id, at: noon(), detail: None };
    ledger.settle(&run, 1, settlement).await.unwrap();

    let pack = UndoPack {
        person: ada.clone(),
        user: "00uada".into(),
        departure: jiff::civil::date(2031, 5, 31),
        status: Status::Active,
        groups: vec![GroupRef { id: "00g1".into(), name: "Sales".into() }],
        apps: vec![AppRef { id: "0oa1".into(), label: "Wiki".into() }],
        profile: BTreeMap::from([("title".into(), Value::Text("Lead".into()))]),
        saved_at: noon(),
        run: run.clone(),
        used_at: None,
    };
    ledger.save_undo(fence, &pack).await.unwrap();
    let counts = Counts::from([("suspend".to_owned(), ["P-ADA".to_owned()].into())]);
    let seen = Touched::default();
    ledger.note_touched(fence, &seen, &run, noon(), &counts).await.unwrap();
    let notice =
        Notice { key: "left#P-ADA".to_owned(), body: json!({"to": "security"}), at: noon() };
    ledger.notice_once(&notice, None).await.unwrap();
    let hold = Hold {
        person: ada,
        kind: HoldKind::Legal,
        owner: "grace".to_owned(),
        reason: "case 12".to_owned(),
        since: noon(),
        until: None,
        departure: None,
    };
    ledger.put_hold(&hold).await.unwrap();
    let standstill = Standstill {
        run: run.clone(),
        found: "5ca1ab1e".to_owned(),
        marks: ledger.marks(Some("offboarding")).await.unwrap().unwrap(),
        from: noon(),
        until,
        seen: 1,
        findings: vec![Finding::held(Subject::Row(3), FindingCode::MalformedRow, "no employeeID")],
    };
    ledger.note_standstill(fence, "offboarding", standstill.clone()).await.unwrap();
    assert_eq!(ledger.standstill("offboarding").await.unwrap(), Some(standstill));
    ledger.append_audit(&run, &[json!({"what": "intended"}).into()]).await.unwrap();
    ledger.seal_logs("offboarding", None, noon()).await.unwrap();
    ledger.append_audit(&run, &[json!({"what": "settled"}).into()]).await.unwrap();
    let exit = Exit { at: noon(), status: 0, counts: [("actions".to_owned(), 2)].into() };
    ledger.finish_run(lease, exit).await.unwrap();
}

#[tokio::test]
async fn hold_of_the_first_version_is_read_and_a_newer_one_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::new(Arc::new(Sqlite::open(&path).unwrap()));
    let person = PersonId::from("P-ADA");
    let hold = Hold {
        person: person.clone(),
        kind: HoldKind::Legal,
        owner: "grace".to_owned(),
        reason: "case 12".to_owned(),
        since: noon(),
        until: None,
        departure: None,
    };
    ledger.put_hold(&hold).await.unwrap();
    let rewrite = |from: &str, to: &str| {
        let conn = rusqlite::Connection::open(&path).unwrap();
        let sql = "UPDATE records SET body = replace(body, ?1, ?2) WHERE pk = 'hold'";
        assert_eq!(conn.execute(sql, [from, to]).unwrap(), 1);
    };
    rewrite(r#""v":2"#, r#""v":1"#);
    assert_eq!(ledger.holds_of(&person, noon()).await.unwrap(), [hold]);
    rewrite(r#""v":1"#, r#""v":3"#);
    let error = ledger.holds_of(&person, noon()).await.unwrap_err().to_string();
    assert!(error.contains("hold") && error.contains('3'), "{error}");
}
