//! The vocabulary: what the rest of the crate talks about.
//!
//! Plain values without I/O and without opinions. HR's words are in [`hr`] (rows, as UKG keeps
//! them) and [`person`] (a human, folded from rows); Okta's are in [`account`]. What we make of
//! both is a [`desired`] state, then a list of [`action`]s. Anything wrong is a [`finding`].

pub mod account;
pub mod action;
pub mod coming;
pub mod desired;
pub mod finding;
pub mod flow;
pub mod hold;
pub mod hr;
pub mod ids;
pub mod notice;
pub mod person;
mod profile;
pub mod shelf;
pub mod value;
