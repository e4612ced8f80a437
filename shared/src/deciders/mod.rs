//! Everything that decides. No I/O, no clock, no randomness: same bytes in, same bytes out.

pub mod accounts;
pub mod checkup;
pub mod contracts;
pub(crate) mod digest;
pub mod evidence;
pub mod guard;
pub mod holds;
pub mod lifecycle;
pub mod mapping;
pub mod notices;
pub mod plan;
pub mod policy;
pub mod report;
pub mod roster;
pub mod standstill;
pub mod tiers;
pub mod undo;
