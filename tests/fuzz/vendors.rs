//! Answers of UKG and Okta that are nearly right.
//!
//! Every flow plans from them, as far as it comes: readers, deciders and reports alike must bear
//! with whatever they are told. Nothing is written, whatever it says: these are dry runs.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use jiff::civil::date;
use proptest::prelude::any;
use rollcall::{
    doors::ukg::{EmployeeFilter, EmploymentFilter, PersonFilter},
    flows::{self, Depth, Request},
    words::flow::Flow,
};
use rollcall_sandbox::{
    Effect, Fault, Rewrite, Wire,
    company::hr::{self, Leaving},
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use crate::{runner, spoil::spoiled};

/// Spoils one answer of so many, each in another way.
fn spoil(wire: &Wire, method: &str, seed: u64, one_of: u64) {
    let count = Arc::new(AtomicU64::new(seed % one_of));
    let rewrite = move |body: &[u8]| {
        let nth = count.fetch_add(1, Ordering::Relaxed);
        if nth.is_multiple_of(one_of) { spoiled(body, seed.wrapping_add(nth)) } else { body.into() }
    };
    wire.heal();
    wire.inject(Fault {
        method: method.parse().ok(),
        path_contains: String::new(),
        skip: 0,
        times: usize::MAX,
        effect: Effect::Rewrite(Rewrite::new(rewrite)),
    });
}

/// A company on a day with a leaver and a joiner, as a machine sees it that does not ask twice.
async fn company() -> World {
    let mut world = World::in_line(Options::new(14, 7, FIRST_DAY), |it| it).await;
    let mut machine = rollcall::shell::Machine::default();
    machine.ukg.repeats = 0;
    machine.okta.repeats = 0;
    machine.okta.first = std::time::Duration::from_millis(1);
    let credentials = world.town.credentials().to_string();
    world.restart_on(machine, &credentials);
    world.at("2026-03-06T18:00:00Z");
    let leaver = world.someone();
    world.hr(|it| hr::terminate(it, &leaver, Leaving::resigned(date(2026, 3, 4))));
    world.joins(date(2026, 3, 6), "SEA1");
    world
}

/// Lets one thing happen in a company again and again, with a number that differs.
fn again_and_again<F: AsyncFn(&World, u64)>(usual: u32, each: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be had");
    let world = runtime.block_on(company());
    let tried = runner(usual).run(&any::<u64>(), |seed| {
        runtime.block_on(each(&world, seed));
        Ok(())
    });
    tried.expect("whatever is read is borne with");
}

#[test]
fn rows_of_ukg_that_are_nearly_right_are_read_or_refused() {
    again_and_again(300, async |world, seed| {
        let ukg = &world.office.ukg;
        spoil(world.town.ukg.wire(), "GET", seed, 1);
        // Whether it is one or the other is not the point; that there is an answer is.
        match seed % 5 {
            0 => drop(ukg.employments(&EmploymentFilter::Everyone).await),
            1 => drop(ukg.persons(&PersonFilter::Everyone).await),
            2 => drop(ukg.contracts(&EmployeeFilter::Everyone).await),
            3 => drop(ukg.supervisors(&EmployeeFilter::Everyone).await),
            _ => drop(ukg.catalog().await),
        }
    });
}

#[test]
fn answers_of_okta_that_are_nearly_right_are_read_or_refused() {
    again_and_again(300, async |world, seed| {
        let reader = world.office.okta.reader();
        spoil(world.town.okta.wire(), "GET", seed, 1);
        match seed % 6 {
            0 => drop(reader.users().await),
            1 => drop(reader.groups().await),
            2 => drop(reader.group_rules().await),
            3 => drop(reader.apps().await),
            4 => drop(reader.admins().await),
            _ => drop(reader.user_schema().await),
        }
    });
}

#[test]
fn flow_that_is_told_half_truths_plans_or_stops_and_writes_nothing() {
    again_and_again(24, async |world, seed| {
        spoil(world.town.ukg.wire(), "GET", seed, 3);
        spoil(world.town.okta.wire(), "GET", seed, 5);
        world.town.okta.wire().forget();
        for flow in [Flow::Offboarding, Flow::NewHire, Flow::OrgSync] {
            let request = Request { dry_run: true, depth: Depth::Everyone, ..world.request(flow) };
            if let Ok(report) = flows::run(&world.office, &request).await {
                assert!(!report.to_string().is_empty());
            }
        }
        assert_eq!(world.town.okta.wire().writes(), []);
    });
}
