#![doc = include_str!("../README.md")]

pub mod deciders;
pub mod doors;
#[cfg(feature = "lambda")]
pub mod edge;
pub mod flows;
pub mod shell;
pub mod words;
