#![doc = include_str!("../README.md")]

pub mod deciders;
pub mod doors;
pub mod flows;
pub mod shell;
pub mod words;
