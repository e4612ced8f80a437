//! Carrying a ledger elsewhere.

use super::*;

/// A ledger in which one run of offboarding wrote about somebody, and is over.
async fn used() -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(Sqlite::memory().unwrap());
    let ledger = Ledger::new(Arc::clone(&store));
    let lease = run(&ledger).await;
    let person = PersonId::from("P-1");
    let Claim::Won(writer) =
        ledger.take_person(&lease, &person, noon(), at("2031-06-01T13:00:00Z")).await.unwrap()
    else {
        panic!("nobody else is at work")
    };
    ledger.set_due(writer.fence(), &person, &[(noon(), DueKind::End)].into()).await.unwrap();
    ledger.release_person(&lease, writer).await.unwrap();
    let exit = Exit { at: noon(), status: 0, counts: Default::default() };
    ledger.finish_run(lease, exit).await.unwrap();
    store
}

async fn run(ledger: &Ledger) -> Lease {
    let until = at("2031-06-01T13:00:00Z");
    let claim =
        ledger.start_run("offboarding", "a", &PolicyHash::from("policy"), noon(), until).await;
    let Ok(Claim::Won(lease)) = claim else { panic!("nobody else is at work") };
    lease
}

fn empty() -> Arc<dyn Store> {
    Arc::new(Sqlite::memory().unwrap())
}

#[tokio::test]
async fn a_copied_ledger_goes_on_where_the_first_one_was() {
    let (from, to) = (used().await, empty());
    let copied = copy(&from, &to, noon()).await.unwrap();
    assert_eq!(copied, Copied { records: 5, found: 0 });
    let ledger = Ledger::new(Arc::clone(&to));
    assert_eq!(ledger.due_until(noon()).await.unwrap().len(), 1);
    // The fence is a condition on a revision: it must not begin at one again.
    let lease = run(&ledger).await;
    assert_eq!(lease.run().as_str(), "offboarding-2");
    let exit = Exit { at: noon(), status: 0, counts: Default::default() };
    ledger.finish_run(lease, exit).await.unwrap();
}

#[tokio::test]
async fn an_interrupted_copy_goes_on_and_a_used_destination_is_refused() {
    let (from, to) = (used().await, empty());
    let (some, _) = from.scan(None, 2).await.unwrap();
    for it in &some {
        to.restore(it).await.unwrap();
    }
    let copied = copy(&from, &to, noon()).await.unwrap();
    assert_eq!(copied, Copied { records: 5, found: 2 });

    let draft =
        Draft { body: "{}".to_owned(), key: Key::new("due", "P-2"), due: None, expires: None };
    to.put(draft, Expect::Absent).await.unwrap();
    let refused = copy(&from, &to, noon()).await;
    let Err(CopyError::NotEmpty { key }) = refused else { panic!("{refused:?}") };
    assert_eq!(key, Key::new("due", "P-2"));
}

#[tokio::test]
async fn a_ledger_is_not_copied_under_a_run() {
    let (from, to) = (used().await, empty());
    let lease = run(&Ledger::new(Arc::clone(&from))).await;
    let refused = copy(&from, &to, noon()).await;
    assert!(matches!(refused, Err(CopyError::AtWork { side: "the source", .. })), "{refused:?}");
    let copied = copy(&from, &to, lease.until()).await;
    assert!(copied.is_ok(), "a run that was killed does not block for ever: {copied:?}");
}
