//! What happens to people, over real HTTP. Each story ends at rest.

mod away;
mod bad_input;
mod cases;
mod check;
mod contractor;
mod hires;
mod holds;
mod joiner;
mod leaver;
mod login;
mod mover;
mod oauth;
mod others;
mod privacy;
mod protected;
mod safety;
mod undo;
