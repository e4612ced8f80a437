//! How far a run is, on standard error.

use std::{
    io::{self, IsTerminal},
    sync::Arc,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rollcall::flows::Progress;
use tracing_subscriber::EnvFilter;

/// The variable that makes every line of the log a JSON object.
const FORMAT_VARIABLE: &str = "ROLLCALL_LOG";

/// Logs go to standard error; `RUST_LOG` says how much (nothing by default: the command itself
/// says what went wrong), `ROLLCALL_LOG=json` in which form.
#[expect(clippy::disallowed_methods, reason = "the command line is where settings are read")]
pub fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match std::env::var(FORMAT_VARIABLE).as_deref() {
        Ok("json") => log.json().flatten_event(true).init(),
        Ok(_) | Err(_) => log.init(),
    }
}

/// A bar of `length` steps; hidden unless standard error is a terminal.
pub fn bar(length: u64, what: &str) -> ProgressBar {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}")
        .expect("the template is ours and valid");
    ProgressBar::with_draw_target(Some(length), target)
        .with_style(style)
        .with_message(what.to_owned())
}

/// What a run tells about its progress, drawn as a bar.
pub fn of_run(bar: ProgressBar) -> Arc<dyn Fn(Progress) + Send + Sync> {
    Arc::new(move |progress| match progress {
        Progress::ReadingHr => bar.set_message("reading UKG"),
        Progress::ReadingOkta(people) => bar.set_message(format!("reading Okta for {people}")),
        Progress::Applying(people) => {
            bar.set_message("applying");
            bar.set_length(people as u64);
            bar.set_position(0);
        }
        Progress::Applied => bar.inc(1),
    })
}
