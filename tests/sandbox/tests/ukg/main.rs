//! The UKG Pro simulator over real HTTP.

#![expect(clippy::unwrap_used, reason = "a story that cannot ask has failed")]

mod acts;
mod reading;
mod world;
