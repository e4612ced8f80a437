//! Why an event was not answered, as Lambda's callers see it.

use lambda_runtime::Diagnostic;

use crate::{
    doors::{ledger, secret},
    flows,
    words::ids::PlanId,
};

/// A failure with a type that alarms, retries and state machines may rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: &'static str,
    text: String,
}

impl Failure {
    /// The environment lacks something, or the policy or the secret is wrong.
    pub(super) fn settings(problems: Vec<String>) -> Self {
        Self { kind: "BadSettings", text: problems.join("\n") }
    }

    /// The event is not what the function takes. Nothing was done.
    pub(super) fn payload(problems: Vec<String>) -> Self {
        Self { kind: "BadPayload", text: problems.join("\n") }
    }

    /// The secret cannot be read.
    pub(super) fn secret(error: &secret::Error) -> Self {
        Self { kind: "Secret", text: chain(error) }
    }

    /// The ledger failed outside of a run.
    pub(super) fn ledger(error: &ledger::Error) -> Self {
        Self { kind: "Ledger", text: format!("failed to use the ledger: {}", chain(error)) }
    }

    /// The plan cannot be approved.
    pub(super) fn plan(plan: &PlanId, why: &str) -> Self {
        Self { kind: "BadPlan", text: format!("plan {plan} {why}; nothing was done") }
    }

    /// What came in could not be put into the queue.
    pub(super) fn queue(error: &dyn std::error::Error) -> Self {
        Self { kind: "Queue", text: format!("failed to put an event into the queue: {error}") }
    }

    /// The time is over, between two answers of somebody else.
    pub(super) fn out_of_time() -> Self {
        let text = "the time was over before the run was; nothing that was done is lost, and the \
                    next run goes on";
        Self { kind: "OutOfTime", text: text.to_owned() }
    }

    /// A run could not go on.
    pub(super) fn run(error: &flows::Error) -> Self {
        let kind = match error {
            flows::Error::Ukg(_) => "Ukg",
            flows::Error::Okta(_) => "Okta",
            flows::Error::Ledger(_) => "Ledger",
            flows::Error::Busy { .. } => "Busy",
            flows::Error::OutOfTime => return Self::out_of_time(),
            flows::Error::Outbox(_) => "Outbox",
        };
        Self { kind, text: format!("{}; {}", chain(error), error.advice()) }
    }

    /// The stable type.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What happened and what to do, for a person.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Writes it into the function's log: the one place where it stops.
    pub(super) fn log(&self) {
        tracing::error!(error.type_ = self.kind, "{}", self.text);
    }
}

impl From<Failure> for Diagnostic {
    fn from(it: Failure) -> Self {
        Self { error_type: it.kind.to_owned(), error_message: it.text }
    }
}

/// An error and its causes, once each, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut res = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        res = format!("{res}: {it}");
        cause = it.source();
    }
    res
}
