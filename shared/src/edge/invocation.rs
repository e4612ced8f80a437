//! One event's surroundings: which invocation it is, since when, and until when.

use jiff::Timestamp;
use lambda_runtime::Context;

use super::deadline::Deadline;
use crate::{flows::Request, shell::clock, words::flow::Flow};

/// One invocation of a function.
#[derive(Clone, Debug)]
pub(super) struct Invocation {
    /// Which function, and which request of it: `CloudTrail` and the log know both.
    pub(super) name: String,
    /// When it began.
    pub(super) now: Timestamp,
    /// How long it may last.
    pub(super) deadline: Deadline,
}

impl Invocation {
    /// The invocation that Lambda describes so, beginning now.
    pub(super) fn of(context: &Context) -> Self {
        let now = clock::now();
        let name = format!("{}, request {}", context.env_config.function_name, context.request_id);
        Self { name, now, deadline: Deadline::new(context.deadline, now) }
    }

    /// An ordinary run of a flow within it.
    pub(super) fn request(&self, flow: Flow) -> Request {
        Request {
            stop_at: Some(self.deadline.stop_at),
            give_up_at: Some(self.deadline.give_up_at),
            holder: self.name.clone(),
            ..Request::new(flow, self.now)
        }
    }
}
