//! The shell: what a command line or a Lambda needs before the first flow can run.

pub mod clock;
pub mod credentials;
mod office;

pub use office::{Machine, Unusable, office, office_on};
