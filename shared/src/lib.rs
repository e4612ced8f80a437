//! Common crate.
