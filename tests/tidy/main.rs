//! Keeps the house in order: which room may know which, and what may stand at the top.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file below a folder, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut res = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("the folder can be listed").path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                let name = path.strip_prefix(root()).expect("below the root").display().to_string();
                res.push((name, text));
            }
        }
    }
    res.sort();
    assert!(!res.is_empty(), "{folder} has no sources: did it move?");
    res
}

/// The lines that are code: no comments, nothing below the unit tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Tells every line below `folder` that contains one of `words`.
fn lines_with(folder: &str, words: &[&str]) -> Vec<String> {
    let mut res = Vec::new();
    for (name, text) in sources(folder) {
        if name.contains("tests") {
            continue;
        }
        for (at, line) in code(&text) {
            res.extend(
                words
                    .iter()
                    .filter(|it| line.contains(**it))
                    .map(|it| format!("{name}:{at}: must not contain `{it}`")),
            );
        }
    }
    res
}

#[track_caller]
fn check(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn deciders_do_no_input_or_output_and_do_not_know_the_time() {
    let words = [
        "async ",
        ".await",
        "tokio",
        "reqwest",
        "rusqlite",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "Timestamp::now",
        "Zoned::now",
        "SystemTime",
        "Instant::now",
        "rand::",
        "println!",
        "eprintln!",
        "tracing::",
    ];
    check(lines_with("shared/src/deciders", &words));
    check(lines_with("shared/src/words", &words));
}

#[test]
fn arrows_point_one_way() {
    let upward = |layers: &[&str]| -> Vec<String> {
        layers.iter().map(|it| format!("crate::{it}")).collect()
    };
    for (layer, above) in [
        ("words", vec!["deciders", "doors", "flows", "shell"]),
        ("deciders", vec!["doors", "flows", "shell"]),
        ("doors", vec!["deciders", "flows", "shell"]),
        ("flows", vec!["shell"]),
    ] {
        let words = upward(&above);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        check(lines_with(&format!("shared/src/{layer}"), &words));
    }
}

#[test]
fn a_door_never_sees_another_door() {
    let doors = ["ledger", "okta", "outbox", "ukg"];
    for door in doors {
        let others = doors.iter().filter(|it| **it != door);
        let words: Vec<String> =
            others.flat_map(|it| [format!("doors::{it}"), format!("super::super::{it}")]).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let found = lines_with("shared/src/doors", &words);
        let prefix = [format!("doors/{door}/"), format!("doors/{door}.rs")];
        check(found.into_iter().filter(|it| prefix.iter().any(|p| it.contains(p))).collect());
    }
}

#[test]
fn only_apply_and_its_acts_hold_a_writer() {
    let found = lines_with("shared/src/flows", &["okta.writer()"]);
    let is_apply =
        |it: &String| ["flows/apply.rs", "flows/org_apply.rs"].iter().any(|at| it.contains(at));
    check(found.into_iter().filter(|it| !is_apply(it)).collect());
}

#[test]
fn simulators_know_nothing_of_the_product() {
    check(lines_with("tests/sandbox/src", &["rollcall::", "use rollcall"]));
}

#[test]
fn the_top_level_is_what_the_design_says() {
    let expected: BTreeSet<&str> =
        ["Cargo.lock", "Cargo.toml", "README.md", "functions", "infra", "shared", "tests"].into();
    let entries = fs::read_dir(root()).expect("the root can be listed");
    let found: BTreeSet<String> = entries
        .map(|it| it.expect("the root can be listed").file_name().to_string_lossy().into_owned())
        .filter(|it| !it.starts_with('.') && it != "target" && it != "out")
        .collect();
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
}

#[test]
fn no_file_hides_two() {
    let mut long = Vec::new();
    for folder in ["shared/src", "functions", "tests"] {
        for (name, text) in sources(folder) {
            let lines = code(&text).count();
            if lines > 400 {
                long.push(format!("{name}: {lines} lines of code; which two files are in it?"));
            }
        }
    }
    check(long);
}
