//! Privacy: what must not be kept is nowhere in what is written.

use jiff::ToSpan;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::words::flow::Flow;
use rollcall_sandbox::{
    company::{a_day_in_hr, markers},
    town, ukg,
};
use rollcall_tests::{FIRST_DAY, World};

#[tokio::test]
async fn no_pay_birth_date_number_or_secret_is_in_anything_that_a_month_of_runs_writes() {
    let world = World::settled().await;
    let mut random = ChaCha12Rng::seed_from_u64(5);
    let mut printed = String::new();
    for day in 0..14 {
        let date = FIRST_DAY + day.days();
        world.town.clock.set(town::morning(date));
        world.hr(|company| a_day_in_hr(company, date, &mut random));
        world.town.clock.set(town::morning(date) + 16.hours());
        for report in world.run_all().await {
            printed.push_str(&report.to_string());
            printed.push_str(&report.to_json().to_string());
        }
        let dry = rollcall::flows::Request {
            dry_run: true,
            depth: rollcall::flows::Depth::Everyone,
            ..world.request(Flow::ProfileSync)
        };
        let report = rollcall::flows::run(&world.office, &dry).await.expect("it can be planned");
        printed.push_str(&report.to_string());
    }
    printed.push_str(&format!("{:?} {:?}", world.office.ukg, world.office.okta));
    let secrets = [ukg::PASSWORD, ukg::CUSTOMER_KEY, town::OKTA_TOKEN];
    let mut written = world.written();
    assert!(written.iter().any(|(path, _)| path.ends_with("rollcall.sqlite")));
    written.push(("what was printed".into(), printed.into_bytes()));
    for marker in markers::ALL.iter().copied().chain(secrets) {
        for (path, bytes) in &written {
            let found = bytes.windows(marker.len()).any(|it| it == marker.as_bytes());
            assert!(!found, "{} holds {marker}", path.display());
        }
    }
    world.assert_converged().await;
}
