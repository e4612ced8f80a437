//! Policies with mistakes in them, and expressions of all kinds.

use proptest::prelude::{Strategy, any, prop};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rollcall::deciders::policy::{EXAMPLE, Policy};

use crate::{runner, spoil::spoiled};

/// The example with some lines gone, doubled, moved in or out, or swapped.
fn misplaced(seed: u64) -> String {
    let mut dice = ChaCha12Rng::seed_from_u64(seed);
    let mut lines: Vec<String> = EXAMPLE.lines().map(str::to_owned).collect();
    for _ in 0..dice.random_range(1..6) {
        let at = dice.random_range(0..lines.len());
        let other = dice.random_range(0..lines.len());
        match dice.random_range(0..6) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines[at].insert_str(0, "  "),
            3 => lines[at] = lines[at].trim_start().to_owned(),
            4 => lines.swap(at, other),
            _ => lines.truncate(at.max(1)),
        }
    }
    lines.join("\n")
}

/// What came of it can be shown to whoever wrote it.
fn read(text: &str) {
    match Policy::compile("rollcall.yaml", text) {
        Ok(policy) => drop(policy.owned_attributes()),
        Err(errors) => assert!(!errors.to_string().is_empty()),
    }
}

#[test]
fn policy_with_mistakes_is_told_what_they_are() {
    let tried = runner(40).run(&any::<u64>(), |seed| {
        let text = spoiled(EXAMPLE.as_bytes(), seed);
        read(&String::from_utf8_lossy(&text));
        read(&misplaced(seed));
        Ok(())
    });
    tried.expect("any text can be read");
}

/// Expressions made of what expressions are made of, and of what they are not.
fn expressions() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "worker",
        ".",
        "title",
        "department",
        "manager",
        "lookup(",
        "now",
        "login",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "?",
        ":",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "==",
        "in",
        "&&",
        "||",
        "<",
        "'",
        "\\\"",
        "1",
        "-9223372036854775808",
        "0",
        "1e999",
        "'a'",
        "matches(",
        "map(",
        "filter(",
        "x",
        "all(",
        "has(",
        "size(",
        "null",
        "true",
        "\\u{0}",
        "duration('1h')",
        "string(",
        "upper()",
        " ",
        "é",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|it| it.concat())
}

#[test]
fn expression_of_any_form_is_checked() {
    assert!(EXAMPLE.contains(TITLE), "the example has a title to write something else for");
    let tried = runner(150).run(&expressions(), |text| {
        read(&EXAMPLE.replacen(TITLE, &format!("title: \"{text}\""), 1));
        Ok(())
    });
    tried.expect("any expression can be read");
}

/// The example's line for the title.
pub const TITLE: &str = "title: worker.job_title";
