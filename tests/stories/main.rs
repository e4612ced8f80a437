//! What happens to people, over real HTTP. Each story ends at rest.

mod away;
mod bad_input;
mod contractor;
mod joiner;
mod leaver;
mod login;
mod mover;
mod oauth;
mod others;
mod privacy;
mod safety;
