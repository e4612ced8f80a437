//! What changes cost in calls to Okta, beside the fewest calls that could have made them.
//!
//! The table in tests/README.md is written by `ROLLCALL_WRITE_TABLES=1`, and compared with what is
//! seen at any other time: a call too many is a line of it.

use std::collections::BTreeMap;

use jiff::civil::date;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::Status,
    town::Options,
};
use rollcall_tests::{FIRST_DAY, World};

use crate::table;

const HEAD: &str = "| what HR says | flow | writes | the fewest | calls | those that read |\n\
                    |---|---|---|---|---|---|\n";
const PEOPLE: usize = 40;

/// Runs a flow and tells what it cost.
async fn line(world: &World, what: &str, flow: Flow) -> String {
    world.town.okta.wire().forget();
    let report = world.run(flow).await;
    assert!(report.held.is_empty(), "{what}:\n{report}");
    let calls = world.town.okta.wire().calls();
    let writes = calls.iter().filter(|it| it.is_write()).count();
    let mut reads: BTreeMap<String, usize> = BTreeMap::new();
    for it in calls.iter().filter(|it| !it.is_write()) {
        *reads.entry(it.kind().replace("GET /api/v1", "")).or_default() += 1;
    }
    let reads: Vec<String> = reads.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let fewest = report.calls.okta_minimum;
    assert_eq!(report.calls.okta, u64::try_from(calls.len()).expect("few"), "{what}");
    format!(
        "| {what} | `{flow}` | {writes} | {fewest} | {} | {} |\n",
        calls.len(),
        reads.join(", ")
    )
}

/// Somebody does the same work one level higher: the job codes of ordinary work end with the level.
fn promote(world: &World) {
    let jobs: BTreeMap<String, String> = world.hr(|company| {
        let jobs = company.people().iter().map(|it| (&it.person_id, &it.employments[0].job));
        let low =
            jobs.filter_map(|(id, job)| Some((id.clone(), job.strip_suffix('1')?.to_owned())));
        low.collect()
    });
    let person = world.pick(|it| jobs.contains_key(it.person_id));
    let job = format!("{}2", jobs[&person]);
    world.hr(|it| hr::change_job(it, &person, &job, date(2026, 3, 4)));
}

/// Everybody ordinary who is not in the legal department moves there, at most so many.
fn move_to_legal(world: &World, most: usize) {
    for _ in 0..most {
        let outsiders: Vec<String> = world.hr(|company| {
            let others = company.people().iter();
            let others = others.filter(|it| it.employments[0].org[1].as_deref() != Some("LEGAL"));
            others.map(|it| it.person_id.clone()).collect()
        });
        let person =
            world.pick(|it| !it.is_contractor && outsiders.iter().any(|o| o == it.person_id));
        world.hr(|it| hr::change_department(it, &person, "LEGAL", date(2026, 3, 4)));
    }
}

#[tokio::test]
async fn each_change_costs_the_writes_it_needs_and_the_reads_that_prove_it() {
    let world = World::in_line(Options::new(PEOPLE, 7, FIRST_DAY), |it| it).await;
    let mut lines = vec![line(&world, "nothing", Flow::ProfileSync).await];

    world.at("2026-03-04T18:00:00Z");
    world.run_all().await;
    promote(&world);
    lines.push(line(&world, "a new title", Flow::ProfileSync).await);
    move_to_legal(&world, 1);
    lines.push(line(&world, "another department", Flow::ProfileSync).await);
    move_to_legal(&world, PEOPLE / 10);
    lines.push(line(&world, "another department for one in ten", Flow::OrgSync).await);
    lines.push(line(&world, "nothing, everybody compared", Flow::OrgSync).await);

    let joiner = world.joins(date(2026, 3, 5), "SEA1");
    world.at("2026-03-05T18:00:00Z");
    lines.push(line(&world, "somebody joins today", Flow::NewHire).await);
    assert_eq!(world.okta(&joiner).status, Status::Provisioned);

    let leaver = world.someone();
    world.hr(|it| hr::terminate(it, &leaver, Leaving::resigned(date(2026, 3, 4))));
    lines.push(line(&world, "somebody has left", Flow::Offboarding).await);
    assert_eq!(world.okta(&leaver).status, Status::Suspended);

    world.run_all().await;
    world.assert_converged().await;
    table::keep("calls", &format!("{HEAD}{}", lines.concat()));
}
