//! What happens to people, over real HTTP. Each story ends at rest.

mod bad_input;
mod drift;
mod hq;
mod joiner;
mod leaver;
mod managers;
mod members;
mod mover;
mod oauth;
mod org;
mod others;
mod policies;
mod privacy;
mod reconciliation;
mod reorg;
mod safety;
mod tiers;
