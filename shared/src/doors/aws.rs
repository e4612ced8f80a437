//! What every door to AWS is opened with: region, keys, endpoint, and the one TLS stack.
//!
//! Settings come from where every AWS program takes them: the environment (which is how Lambda
//! hands over a function's role), a profile, a process that gives keys, or the machine's role.
//! `AWS_ENDPOINT_URL` leads to an emulator.

use std::{error::Error, fmt, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_http_client::{Builder, tls};

/// Tries of one call, the first included. Throttling of a new on-demand table lasts seconds.
const ATTEMPTS: u32 = 8;
/// The pause before the first new try; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// AWS is near: a connection that takes longer is not coming.
const CONNECT: Duration = Duration::from_secs(3);
/// One try of one call. The largest answer is a page of one megabyte.
const ATTEMPT: Duration = Duration::from_secs(10);

/// Reads the settings; calls nothing but what gives the keys.
pub async fn settings() -> SdkConfig {
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
    let http = Builder::new().tls_provider(provider).build_https();
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(ATTEMPTS)
                .with_initial_backoff(FIRST_PAUSE)
                .with_max_backoff(LONGEST_PAUSE),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        )
        .load()
        .await
}

/// The region that the settings name, if they name one.
pub fn region(settings: &SdkConfig) -> Option<&str> {
    settings.region().map(Region::as_ref)
}

/// Why a call to AWS came to nothing: a code and what AWS says to it.
///
/// The SDK's own error quotes requests and answers, in which people are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    code: Option<String>,
    text: String,
}

/// What AWS answers to a caller who may not do what was asked.
const DENIED: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
];

impl Trouble {
    /// What is to be said of an error of the SDK.
    pub fn of<E: ProvideErrorMetadata + Error + Send + Sync + 'static>(
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let SdkError::ServiceError(it) = error else {
            let is_late = matches!(error, SdkError::TimeoutError(_));
            let text = if is_late { "no answer in time".to_owned() } else { chain(error) };
            return Self { code: None, text };
        };
        let (code, said) = (it.err().code(), it.err().message());
        let text = match (code, said) {
            (Some(code), Some(said)) => format!("{code}: {said}"),
            (Some(only), None) | (None, Some(only)) => only.to_owned(),
            (None, None) => format!("status {}", it.raw().status().as_u16()),
        };
        Self { code: code.map(str::to_owned), text }
    }

    /// The same without AWS's own words, for services whose words quote the people they are about.
    pub fn tacit<E: ProvideErrorMetadata + Error + Send + Sync + 'static>(
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let SdkError::ServiceError(it) = error else { return Self::of(error) };
        let code = it.err().code().map(str::to_owned);
        let text = code.clone().unwrap_or_else(|| format!("status {}", it.raw().status().as_u16()));
        Self { code, text }
    }

    /// AWS's code of the error.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether it is about rights or keys, which no new try mends.
    pub fn is_denial(&self) -> bool {
        self.code().is_some_and(|it| DENIED.contains(&it))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Trouble {}

fn chain(error: &dyn Error) -> String {
    let mut res = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        res.push_str(&format!(": {it}"));
        cause = it.source();
    }
    res
}
