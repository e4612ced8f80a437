//! How far a run is, on standard error.

use std::{
    io::{self, IsTerminal},
    sync::Arc,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rollcall::flows::Progress;
use tracing_subscriber::EnvFilter;

/// Logs go to standard error; `RUST_LOG` says how much, warnings by default.
pub fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
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
