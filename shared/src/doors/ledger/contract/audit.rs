//! The log proves itself: whatever is done to it behind its back is found and named.

use std::sync::Arc;

use serde_json::json;

use super::{
    super::{
        AuditEvent, Break, Damage, Error, Ledger, Place, PublicKey, Signer, Trail, Verified,
        store::{Draft, Expect, Key, Query, Record, Store},
        verify,
    },
    day,
};
use crate::words::ids::{PersonId, RunId};

pub(super) async fn check(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    the_log_of_a_run_is_a_chain(&Ledger::new(fresh().await)).await;
    every_kind_of_tampering_is_found_and_named(fresh().await).await;
    what_is_erased_or_old_enough_breaks_nothing(&Ledger::new(fresh().await)).await;
    a_torn_log_goes_on_in_a_new_one(fresh().await).await;
}

fn event(n: u32) -> AuditEvent {
    json!({"what": "settled", "n": n}).into()
}

fn about(person: &str, n: u32) -> AuditEvent {
    let event = json!({"what": "settled", "person": person, "n": n});
    AuditEvent { event, facts: Some((person.into(), json!({"name": "Ada", "n": n}))) }
}

async fn look(ledger: &Ledger, keys: &[PublicKey]) -> Verified {
    verify(&ledger.trail(None, None).await.expect("trail"), keys)
}

async fn the_log_of_a_run_is_a_chain(ledger: &Ledger) {
    let run = RunId::from("offboarding-1");
    let first = ledger.append_audit(&run, &[event(1)]).await.expect("append");
    assert_eq!(first[0].seq, 1);
    let (one, two) = ([event(2), event(3)], [about("P", 4)]);
    let (one, two) =
        futures::join!(ledger.append_audit(&run, &one), ledger.append_audit(&run, &two));
    assert_eq!((one.expect("append").len(), two.expect("append").len()), (2, 1));
    let many: Vec<_> = (5..=150).map(|n| about("P", n)).collect();
    ledger.append_audit(&run, &many).await.expect("append");
    assert_eq!(ledger.audit(&run).await.expect("audit").len(), 150);

    let open = look(ledger, &[]).await;
    assert_eq!((open.breaks, open.events, open.seals), (vec![], 150, 0));
    assert_eq!(open.open, ["offboarding-1"]);
    assert_eq!(ledger.seal_logs("new-hire", None, day(1)).await.expect("seal"), None);
    let sealed = ledger.seal_logs("offboarding", None, day(1)).await.expect("seal");
    let Some((1, hash)) = sealed else { panic!("the run is sealed: {sealed:?}") };
    assert_eq!(ledger.seal_logs("offboarding", None, day(1)).await.expect("seal"), None);
    let closed = look(ledger, &[]).await;
    assert_eq!((&*closed.breaks, closed.events, closed.seals), (&[][..], 150, 1));
    assert!(closed.open.is_empty() && closed.has_seal(&hash));
}

/// Three sealed runs, with and without personal data.
async fn three_runs(ledger: &Ledger, signer: &Signer) {
    for (flow, run) in [("offboarding", "offboarding-1"), ("new-hire", "new-hire-1")] {
        let events = [about("P-1", 1), event(2), about("P-2", 3), event(4)];
        ledger.append_audit(&RunId::from(run), &events).await.expect("append");
        ledger.seal_logs(flow, Some(signer), day(1)).await.expect("seal");
    }
    let run = RunId::from("offboarding-2");
    ledger.append_audit(&run, &[event(1), about("P-1", 2)]).await.expect("append");
    ledger.seal_logs("offboarding", Some(signer), day(2)).await.expect("seal");
}

async fn records(store: &dyn Store, pk: &str) -> Vec<Record> {
    let query = Query { pk: pk.to_owned(), from: None, to: None, after: None, limit: 1000 };
    store.query(&query).await.expect("query").items
}

async fn put(store: &dyn Store, key: &Key, body: &str) {
    let draft = Draft { key: key.clone(), body: body.to_owned(), due: None, expires: None };
    store.put(draft, Expect::Any).await.expect("put");
}

/// Where the first thing that is wrong should be told to be.
fn place_of(key: &Key) -> Place {
    let number = |text: &str| text.parse().expect("a number");
    if let Some(log) = key.pk.strip_prefix("audit#") {
        Place::Event { log: log.to_owned(), seq: number(&key.sk) }
    } else if key.pk.starts_with("audit-seal#") {
        Place::Seal { segment: 1, number: number(&key.sk) }
    } else {
        let (log, seq) = key.sk.split_once('#').expect("facts are named by log and number");
        Place::Facts { log: log.to_owned(), seq: number(seq) }
    }
}

/// Another byte at a place, so that the text stays a text.
fn altered(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_owned();
    bytes[at] ^= 1;
    String::from_utf8(bytes).expect("ASCII stays ASCII")
}

/// Every so many bytes: a prime, so that all kinds of places are hit.
const STRIDE: usize = 37;

async fn every_kind_of_tampering_is_found_and_named(store: Arc<dyn Store>) {
    let ledger = Ledger::new(store.clone());
    let (signer, _) = Signer::generate().expect("there is randomness");
    let keys = [signer.public()];
    three_runs(&ledger, &signer).await;
    let clean = look(&ledger, &keys).await;
    assert_eq!((&*clean.breaks, clean.signed, clean.events), (&[][..], 3, 10));
    let mut all = Vec::new();
    for pk in [
        "audit#offboarding-1",
        "audit#new-hire-1",
        "audit#offboarding-2",
        "audit-facts#P-1",
        "audit-facts#P-2",
        "audit-seal#1",
    ] {
        all.push(records(&*store, pk).await);
    }
    let store = &*store;
    for group in &all {
        for (nth, record) in group.iter().enumerate() {
            let at_one_of = |what: &str, places: &[Place], found: Verified| {
                let first = found.breaks.first().map(|it| &it.place);
                let is_named = first.is_some_and(|it| places.contains(it));
                assert!(is_named, "{what} {}: {found:?}", record.key);
            };
            let here = place_of(&record.key);
            let found = |what: &str, found| at_one_of(what, std::slice::from_ref(&here), found);
            for byte in (0..record.body.len()).step_by(STRIDE) {
                put(store, &record.key, &altered(&record.body, byte)).await;
                found(&format!("byte {byte} of"), look(&ledger, &keys).await);
            }
            store.delete(&record.key, Expect::Any).await.expect("delete");
            found("dropping", look(&ledger, &keys).await);
            put(store, &record.key, &record.body).await;
            if let Some(next) = group.get(nth + 1) {
                put(store, &record.key, &next.body).await;
                put(store, &next.key, &record.body).await;
                let places = [here.clone(), place_of(&next.key)];
                at_one_of("swapping", &places, look(&ledger, &keys).await);
                put(store, &record.key, &record.body).await;
                put(store, &next.key, &next.body).await;
            }
        }
        let last = group.last().expect("there are records");
        if last.key.pk.starts_with("audit-facts") {
            continue;
        }
        let next: u64 = last.key.sk.parse().expect("a number");
        let key = Key::new(last.key.pk.as_str(), format!("{:020}", next + 1));
        put(store, &key, &last.body).await;
        let first = look(&ledger, &keys).await.breaks.first().cloned();
        let first = first.expect("inserting is found");
        assert_eq!(first.place, place_of(&key), "{first:?}");
        store.delete(&key, Expect::Any).await.expect("delete");
    }
    assert_eq!(look(&ledger, &keys).await.breaks, [], "everything was put back");
    let (stranger, _) = Signer::generate().expect("there is randomness");
    let foreign = look(&ledger, &[stranger.public()]).await;
    let place = Place::Seal { segment: 1, number: 1 };
    assert_eq!(foreign.breaks[0], Break { place, damage: Damage::BadSignature });
    a_file_proves_itself(&ledger.trail(None, None).await.expect("trail"), &keys);
}

/// The same for the file that an auditor takes away.
fn a_file_proves_itself(trail: &Trail, keys: &[PublicKey]) {
    let file = trail.to_jsonl();
    let look = |text: &str| verify(&Trail::from_jsonl(text), keys);
    let clean = look(&file);
    assert_eq!((&*clean.breaks, clean.signed, clean.events), (&[][..], 3, 10));
    for byte in (0..file.len()).step_by(STRIDE) {
        assert_ne!(look(&altered(&file, byte)).breaks, [], "byte {byte}");
        assert_ne!(look(&file[..byte]).breaks, [], "cut off at byte {byte}");
    }
    let lines: Vec<&str> = file.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let without = [&lines[..at], &lines[at + 1..]].concat().concat();
        assert_ne!(look(&without).breaks, [], "without line {at}");
        let twice = [&lines[..=at], &lines[at..]].concat().concat();
        assert_ne!(look(&twice).breaks, [], "line {at} twice");
        if at > 0 {
            let mut swapped = lines.clone();
            swapped.swap(at - 1, at);
            assert_ne!(look(&swapped.concat()).breaks, [], "lines {at} and before swapped");
        }
    }
}

async fn what_is_erased_or_old_enough_breaks_nothing(ledger: &Ledger) {
    let (signer, _) = Signer::generate().expect("there is randomness");
    let keys = [signer.public()];
    three_runs(ledger, &signer).await;
    let person = PersonId::from("P-1");
    let run = RunId::from("audit-1");
    let erased = ledger.erase_person(&run, &person, "grace", "asked for it", day(3)).await;
    assert_eq!(erased.expect("erase").facts, 3);
    ledger.seal_logs("audit", Some(&signer), day(3)).await.expect("seal");
    let after = look(ledger, &keys).await;
    assert_eq!((&*after.breaks, after.erased, after.signed), (&[][..], 3, 4));
    let file = ledger.trail(None, None).await.expect("trail").to_jsonl();
    assert!(!file.contains("\\\"n\\\":1}\""), "the data of P-1 are gone: {file}");
    assert_eq!(verify(&Trail::from_jsonl(&file), &keys).breaks, []);

    let run = RunId::from("org-sync-1");
    let expired = ledger.expire_audit(&run, 30, day(33)).await.expect("expire");
    assert_eq!(expired, 3, "those of the first two days");
    assert_eq!(ledger.expire_audit(&run, 30, day(33)).await.expect("expire"), 0);
    ledger.seal_logs("org-sync", Some(&signer), day(33)).await.expect("seal");
    let after = look(ledger, &keys).await;
    assert_eq!((&*after.breaks, after.expired, after.seals), (&[][..], 3, 5));
}

async fn a_torn_log_goes_on_in_a_new_one(store: Arc<dyn Store>) {
    let ledger = Ledger::new(store.clone());
    let (signer, _) = Signer::generate().expect("there is randomness");
    let keys = [signer.public()];
    let run = RunId::from("offboarding-1");
    ledger.append_audit(&run, &[event(1), event(2)]).await.expect("append");
    // Somebody tears off the end of the log while the run is at work.
    store.delete(&Key::new("audit-head", run.as_str()), Expect::Any).await.expect("delete");
    ledger.append_audit(&run, &[event(3)]).await.expect("the run goes on");
    let written = ledger.audit(&run).await.expect("audit");
    let link = written[2].json();
    assert_eq!((&link["what"], &link["follows"]), (&json!("log"), &json!("offboarding-1")));
    assert_eq!(written.len(), 4, "nothing was written over");
    ledger.seal_logs("offboarding", Some(&signer), day(1)).await.expect("seal");
    assert_eq!(look(&ledger, &keys).await.seals, 2, "both are sealed");

    // And then the end of the seals.
    store.delete(&Key::new("audit-seal#1", format!("{:020}", 2)), Expect::Any).await.expect("del");
    let run = RunId::from("offboarding-2");
    ledger.append_audit(&run, &[event(1)]).await.expect("append");
    ledger.seal_logs("offboarding", Some(&signer), day(2)).await.expect("seal");
    let found = look(&ledger, &keys).await;
    let torn = Break { place: Place::Seal { segment: 1, number: 1 }, damage: Damage::Torn };
    assert_eq!(found.breaks, [torn]);
    assert_eq!(found.last.map(|it| it.0), Some(1), "the seals go on in a new segment");
    let run = RunId::from("offboarding-3");
    ledger.append_audit(&run, &[event(1)]).await.expect("append");
    ledger.seal_logs("offboarding", Some(&signer), day(3)).await.expect("seal");
    let found = look(&ledger, &keys).await;
    assert_eq!((found.breaks.len(), found.last.map(|it| it.0)), (1, Some(2)));

    // A record of a newer program is refused by name, never taken for a torn one.
    let head = store.get(&Key::new("audit-head", "offboarding-3")).await.expect("get");
    let head = head.expect("there is a head");
    put(&*store, &head.key, &head.body.replace("\"v\":2", "\"v\":9")).await;
    let refused = ledger.append_audit(&run, &[event(2)]).await;
    assert!(matches!(refused, Err(Error::NewerRecord { .. })), "{refused:?}");
}
