//! Contractors: who they are, how they are warned of, how they end, and how they stay.

mod converted;
mod ended;
mod explained;
mod warned;
mod without_end;

use expect_test::Expect;
use jiff::civil::{Date, date};
use rollcall::{doors::ledger::Archive, words::ids::PersonId};
use rollcall_sandbox::{company::hr, town::Options};
use rollcall_tests::{FIRST_DAY, World};

/// The last day of most of these contracts.
const LAST_DAY: Date = date(2026, 3, 20);
/// Noon in Seattle on that day, and a little later than its end there.
const NOON: &str = "2026-03-20T19:00:00Z";
const AFTER: &str = "2026-03-21T07:05:00Z";

async fn settled() -> World {
    settled_with(|policy| policy).await
}

async fn settled_with(edit: impl FnOnce(String) -> String) -> World {
    World::settled_with(Options::new(60, 7, FIRST_DAY), edit).await
}

/// The example policy with another line in it.
fn with(line: &'static str, instead: &'static str) -> impl FnOnce(String) -> String {
    move |policy| {
        assert!(policy.contains(line), "the example policy has no {line:?}");
        policy.replacen(line, instead, 1)
    }
}

/// Jana Marino of Seattle, whose contract runs until December.
fn contractor(world: &World) -> String {
    world.pick(|it| it.is_contractor && it.last_name == "Marino")
}

/// The same with a contract that ends on [`LAST_DAY`].
fn ending(world: &World) -> String {
    let person = contractor(world);
    world.hr(|it| hr::end_contract_early(it, &person, LAST_DAY));
    person
}

/// A day passes: everything runs.
async fn at(world: &World, instant: &str) {
    world.at(instant);
    world.run_all().await;
}

/// The messages with a text in them, without the runs' own names.
fn mail_with(world: &World, text: &str) -> Vec<String> {
    world.mail().into_iter().filter(|it| it.contains(text)).collect()
}

#[track_caller]
fn check(mail: &[String], expected: Expect) {
    expected.assert_eq(&mail.join("-----\n"));
}

/// The one archive of a person.
async fn archive(world: &World, person: &str) -> Archive {
    let all = world.office.ledger.archives(&PersonId::from(person)).await;
    let mut all = all.expect("the ledger can be read");
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Nothing that was open was closed for a moment, as far back as the wire remembers.
#[track_caller]
fn assert_never_closed(world: &World, person: &str) {
    let of_person = format!("/users/{}/", world.user(person));
    let closing = world.town.okta.wire().writes().into_iter().filter(|it| {
        let closes = ["/lifecycle/", "/sessions", "/grants", "/oauth/"];
        it.path.contains(&of_person) && closes.iter().any(|part| it.path.contains(part))
    });
    assert_eq!(closing.collect::<Vec<_>>(), []);
}
