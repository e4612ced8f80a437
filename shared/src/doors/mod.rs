//! Everything that talks to the outside. A door never sees another door; [`http`] is the
//! hinge that the HTTP doors share.

pub mod http;
pub mod outbox;
