//! What people and other programs read from us.
//!
//! Whoever stops reading (`rollcall plans | head`) has seen enough: what is said after that is let
//! go, and the command ends as it would have, with its own status.

use std::{
    fmt::Arguments,
    io::{self, Write},
};

/// Writes to the standard output, as far as somebody reads it.
pub(crate) fn show(text: Arguments<'_>) {
    // A full disk behind the output is no reason to stop in the middle of a run, either.
    let _ = io::stdout().write_fmt(text);
}

/// As [`show`], and ends the line.
pub(crate) fn say(text: Arguments<'_>) {
    show(format_args!("{text}\n"));
}

/// `println!` for readers who may leave.
macro_rules! say {
    ($($text:tt)*) => { $crate::out::say(format_args!($($text)*)) };
}

/// `print!` for readers who may leave.
macro_rules! show {
    ($($text:tt)*) => { $crate::out::show(format_args!($($text)*)) };
}
