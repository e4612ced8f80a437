//! Days that have 23 hours, or 25.

use jiff::civil::{Date, date};
use rollcall::words::flow::Flow;
use rollcall_sandbox::{okta::Status, town::Options};
use rollcall_tests::{World, steps};

use crate::hires::{hire, resigns};

/// A leaver's last day and a joiner's first one are the day on which the clocks change; access
/// ends and begins with that day, neither an hour early nor an hour late.
struct ClockChange {
    day: Date,
    site: &'static str,
    zone: &'static str,
    /// The day before, when all is settled.
    before: Date,
    /// Five minutes before the day begins, less the policy's two hours; and five after.
    opens: [&'static str; 2],
    /// The same around the end of the day.
    closes: [&'static str; 2],
}

async fn check(change: ClockChange) {
    let ClockChange { day, site, zone, before, opens, closes } = change;
    let world = World::settled_with(Options::new(30, 7, before), |policy| policy).await;
    let (leaver, joiner) = (world.someone_at(site), hire(&world, day, site));
    resigns(&world, &leaver, day);
    world.run_all().await;
    assert_eq!(world.okta(&joiner).status, Status::Staged);

    world.at(opens[0]);
    world.run_all().await;
    assert_eq!(world.okta(&joiner).status, Status::Staged);
    world.at(opens[1]);
    world.run_all().await;
    assert_eq!(world.okta(&joiner).status, Status::Provisioned);

    world.at(closes[0]);
    world.run_all().await;
    assert_eq!(world.okta(&leaver).status, Status::Active);
    world.at(closes[1]);
    let report = world.run(Flow::Offboarding).await;
    assert_eq!(world.okta(&leaver).status, Status::Suspended);
    assert_eq!(steps(&report, &leaver)[1], "suspend verified");
    let causes = report.steps.iter().filter(|it| it.person.as_str() == leaver).map(|it| &it.cause);
    assert!(causes.clone().all(|it| it.contains(zone)), "{report}");
    world.run_all().await;
    world.assert_converged().await;
}

/// hr-case 20.
#[tokio::test]
async fn day_of_23_hours_in_america_is_one_day() {
    check(ClockChange {
        day: date(2026, 3, 8),
        site: "SEA1",
        zone: "America/Los_Angeles",
        before: date(2026, 3, 6),
        opens: ["2026-03-08T05:55:00Z", "2026-03-08T06:05:00Z"],
        closes: ["2026-03-09T06:55:00Z", "2026-03-09T07:05:00Z"],
    })
    .await;
}

/// hr-case 20.
#[tokio::test]
async fn day_of_23_hours_in_europe_is_one_day() {
    check(ClockChange {
        day: date(2026, 3, 29),
        site: "BER1",
        zone: "Europe/Berlin",
        before: date(2026, 3, 27),
        opens: ["2026-03-28T20:55:00Z", "2026-03-28T21:05:00Z"],
        closes: ["2026-03-29T21:55:00Z", "2026-03-29T22:05:00Z"],
    })
    .await;
}

/// hr-case 20.
#[tokio::test]
async fn day_of_25_hours_in_australia_is_one_day() {
    check(ClockChange {
        day: date(2026, 4, 5),
        site: "SYD1",
        zone: "Australia/Sydney",
        before: date(2026, 4, 3),
        opens: ["2026-04-04T10:55:00Z", "2026-04-04T11:05:00Z"],
        closes: ["2026-04-05T13:55:00Z", "2026-04-05T14:05:00Z"],
    })
    .await;
}
