//! What happens to people, over real HTTP. Each story ends at rest.

mod bad_input;
mod check;
mod holds;
mod joiner;
mod leaver;
mod mover;
mod oauth;
mod privacy;
mod safety;
mod undo;
