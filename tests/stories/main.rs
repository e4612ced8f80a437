//! What happens to people, over real HTTP. Each story ends at rest.

mod bad_input;
mod cases;
mod check;
mod hires;
mod holds;
mod joiner;
mod leaver;
mod months;
mod mover;
mod oauth;
mod others;
mod privacy;
mod protected;
mod safety;
mod undo;
