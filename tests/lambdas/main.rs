//! The Lambda functions as AWS runs them: the real binaries under a runtime API of our own, with
//! DynamoDB in process, and UKG and Okta simulated.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

mod aws;
mod deadline;
mod flows;
mod letters;
mod payload;
mod runtime;
mod settings;
mod stage;
mod webhook;
