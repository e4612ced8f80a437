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
        ("words", vec!["deciders", "doors", "flows", "shell", "edge"]),
        ("deciders", vec!["doors", "flows", "shell", "edge"]),
        ("doors", vec!["deciders", "flows", "shell", "edge"]),
        ("flows", vec!["shell", "edge"]),
        ("shell", vec!["edge"]),
    ] {
        let words = upward(&above);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        check(lines_with(&format!("shared/src/{layer}"), &words));
    }
}

#[test]
fn a_door_never_sees_another_door() {
    let doors = ["ledger", "okta", "outbox", "queue", "secret", "ukg"];
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
fn only_apply_and_the_repair_of_the_schema_hold_a_writer() {
    let found = lines_with("shared/src/flows", &["okta.writer()"]);
    // For people, and for the org: groups and enrollment policies.
    let allowed = ["flows/apply.rs", "flows/check/mend.rs", "flows/org_apply.rs"];
    let elsewhere = found.into_iter().filter(|it| !allowed.iter().any(|room| it.contains(room)));
    check(elsewhere.collect());
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

#[test]
fn every_case_of_hr_has_a_story_or_says_what_is_to_come() {
    let readme = fs::read_to_string(root().join("tests/README.md")).expect("the README is there");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .map(|it| it.split('|').map(str::trim).collect())
        .filter(|it: &Vec<&str>| it.len() == 6 && it[1].parse::<usize>().is_ok())
        .collect();
    let numbers: Vec<usize> = rows.iter().filter_map(|it| it[1].parse().ok()).collect();
    assert_eq!(numbers, (1..=56).collect::<Vec<_>>());

    let mut wrong = Vec::new();
    let mut told = BTreeSet::new();
    for row in &rows {
        if row[3].is_empty() && row[4].is_empty() {
            wrong.push(format!("case {}: neither a story nor what is to come", row[1]));
        }
        for story in row[3].split("<br>").filter(|it| !it.is_empty()) {
            told.insert((story.trim_matches('`').to_owned(), row[1].to_owned()));
        }
    }
    let cases = cases_of_stories();
    wrong.extend(told.difference(&cases).map(|(it, n)| format!("case {n}: no story {it}")));
    wrong.extend(cases.difference(&told).map(|(it, n)| format!("case {n}: {it} is not listed")));
    check(wrong);
}

/// Every story with the number of a case in its doc comment, once for each number.
fn cases_of_stories() -> BTreeSet<(String, String)> {
    let mut res = BTreeSet::new();
    let lambdas = sources("tests/lambdas").into_iter();
    for (file, text) in sources("tests/stories").into_iter().chain(lambdas) {
        let file = file.trim_start_matches("tests/stories/").trim_start_matches("tests/");
        let file = file.trim_end_matches(".rs");
        let mut numbers = "";
        for line in text.lines() {
            if let Some(it) = line.strip_prefix("/// hr-case ") {
                numbers = it.trim_end_matches('.');
            } else if let Some(name) =
                line.strip_prefix("async fn ").and_then(|it| it.split_once('('))
            {
                let story = format!("{}::{}", file.replace('/', "::"), name.0);
                let numbers = std::mem::take(&mut numbers).split(", ").filter(|it| !it.is_empty());
                res.extend(numbers.map(|it| (story.clone(), it.to_owned())));
            }
        }
    }
    res
}
