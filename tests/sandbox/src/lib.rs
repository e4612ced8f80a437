//! Simulators of UKG Pro and Okta that follow the vendors' documented behaviour,
//! also where that is inconvenient.
//!
//! They know nothing of the `rollcall` crate: a simulator that shared code with the
//! product would agree with it by construction and prove nothing.

pub mod clock;
pub mod company;
pub mod fuse;
pub mod okta;
pub mod town;
pub mod ukg;
pub mod wire;

pub use clock::Clock;
pub use fuse::Fuse;
pub use town::Town;
pub use wire::{Call, Deed, Effect, Fault, Gate, Rewrite, Wire};
