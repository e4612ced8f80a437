//! Everything that decides. No I/O, no clock, no randomness: same bytes in, same bytes out.

pub mod guard;
pub mod lifecycle;
pub mod mapping;
pub mod policy;
pub mod roster;
