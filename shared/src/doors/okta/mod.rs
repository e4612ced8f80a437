//! wip
pub mod bucket; mod budget; mod clock; mod error; mod governor; mod jwt;
pub use error::*; pub use governor::Calls; pub use budget::Priority;
