//! Everything that is read from outside, fed with what nobody sends: no panic, no end that does
//! not come, no more memory than the caps allow.
//!
//! Most of it takes what the simulators say, or what we wrote ourselves, and spoils it: random
//! bytes are refused at the door, an answer that is nearly right comes far. Seeded, so that CI does
//! the same every time. `ROLLCALL_FUZZ=5000 cargo test -p rollcall-tests --test fuzz` tries so many
//! of each, and others every time.
//!
//! Webhooks and Lambda's payloads are fed beside their readers, in `shared/src/edge`.

mod caps;
mod ledger;
mod links;
mod policy;
mod spoil;
mod vendors;

use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Tries `usual` cases, or as many as somebody asked for.
#[expect(clippy::disallowed_methods, reason = "how long to look is the developer's to say")]
fn runner(usual: u32) -> TestRunner {
    let wanted: Option<u32> = std::env::var("ROLLCALL_FUZZ").ok().and_then(|it| it.parse().ok());
    TestRunner::new(Config {
        cases: wanted.unwrap_or(usual),
        rng_seed: if wanted.is_some() { RngSeed::Random } else { RngSeed::Fixed(7) },
        failure_persistence: None,
        max_shrink_iters: 64,
        ..Config::default()
    })
}
