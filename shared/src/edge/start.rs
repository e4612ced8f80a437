//! The beginning of a function's process.

use std::time::Duration;

use serde_json::json;
use tracing_subscriber::EnvFilter;

use super::{Error, failure::Failure};

/// Where Lambda's runtime API is.
const RUNTIME_VARIABLE: &str = "AWS_LAMBDA_RUNTIME_API";
/// The runtime API is on the same machine.
const PATIENCE: Duration = Duration::from_secs(2);

/// Logs are JSON lines on standard output; `RUST_LOG` says how much.
pub(super) fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).init();
}

/// What was opened; or tells Lambda and the log why the function cannot begin.
///
/// # Errors
/// The failure, which ends the process.
pub(super) async fn or_tell<T>(opened: Result<T, Failure>) -> Result<T, Error> {
    let failure = match opened {
        Ok(it) => return Ok(it),
        Err(failure) => failure,
    };
    failure.log();
    if let Some(runtime) = runtime() {
        // Without this, whoever invokes the function is told of an exit status and no more.
        let url = format!("http://{runtime}/2018-06-01/runtime/init/error");
        let body = json!({ "errorType": failure.kind(), "errorMessage": failure.text() });
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let told = client
            .post(url)
            .header("Lambda-Runtime-Function-Error-Type", failure.kind())
            .json(&body)
            .send()
            .await;
        if let Err(error) = told {
            tracing::warn!("failed to tell Lambda: {error}");
        }
    }
    Err(format!("{}: {}", failure.kind(), failure.text()).into())
}

#[expect(clippy::disallowed_methods, reason = "the edge is where settings are read")]
fn runtime() -> Option<String> {
    std::env::var(RUNTIME_VARIABLE).ok()
}
