//! A place where a request waits until a story lets it go on.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::fuse::Side;

/// Holds requests up, so that a story can do something at that very moment.
#[derive(Clone, Debug)]
pub struct Gate {
    side: Side,
    arrived: Arc<Notify>,
    opened: Arc<Notify>,
}

impl Gate {
    /// A closed gate, before the request has its effect or between the effect and the answer.
    pub fn closed(side: Side) -> Self {
        Self { side, arrived: Arc::default(), opened: Arc::default() }
    }

    /// Waits until a request stands before the gate.
    pub async fn arrival(&self) {
        self.arrived.notified().await;
    }

    /// Lets the request that stands before the gate go on, or the next one that will.
    pub fn open(&self) {
        self.opened.notify_one();
    }

    pub(super) async fn pass(&self, side: Side) {
        if side == self.side {
            self.arrived.notify_one();
            self.opened.notified().await;
        }
    }
}
