//! The simulators, as a person would start them.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use rollcall::deciders::policy;
use serde_json::Value;

/// The simulators, until they are dropped.
struct Sandbox(Child);

impl Sandbox {
    fn start(folder: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rollcall"))
            .args(["sandbox", "--in-line", "--people", "60", "--ukg-port", "0", "--okta-port", "0"])
            .args(["--out", "."])
            .args(options)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command can be started");
        let lines = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        let is_ready = lines.map_while(Result::ok).any(|it| it.starts_with("Stop with"));
        assert!(is_ready, "the simulators never said that they are there");
        Self(child)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The kinds of the steps that a run of every flow took.
fn run(folder: &Path) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(["run", "all", "--json"])
        .current_dir(folder)
        .output()
        .expect("the command can be started");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let actions = report["actions"].as_array().expect("a list");
    actions.iter().filter_map(|it| Some(it["kind"].as_str()?.to_owned())).collect()
}

#[test]
fn company_in_line_is_known_as_such_and_nobody_gets_a_second_account() {
    let folder = tempfile::tempdir().expect("there is room");
    let _sandbox = Sandbox::start(folder.path(), &[]);
    let first = run(folder.path());
    // Whoever starts soon or is away with a mailbox has no account yet.
    assert!(first.len() < 20, "{first:?}");
    assert!(!first.iter().any(|it| it == "update" || it == "adopt"), "{first:?}");
    assert_eq!(run(folder.path()), [""; 0]);
}

#[test]
fn company_is_in_line_with_the_policy_that_was_given() {
    let folder = tempfile::tempdir().expect("there is room");
    let ours = policy::EXAMPLE.replace("Everyone at Larkspur", "All of us");
    assert_ne!(ours, policy::EXAMPLE);
    fs::write(folder.path().join("ours.yaml"), &ours).expect("there is room");
    let _sandbox = Sandbox::start(folder.path(), &["--policy", "ours.yaml"]);
    let written = fs::read_to_string(folder.path().join("rollcall.yaml")).expect("it is there");
    assert_eq!(written, ours);
    let first = run(folder.path());
    assert!(first.len() < 20, "{first:?}");
    assert!(!first.iter().any(|it| it == "create-group"), "{first:?}");
    assert_eq!(run(folder.path()), [""; 0]);
}

#[test]
fn wrong_policy_is_told_before_anything_is_simulated() {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("ours.yaml"), "version: 1\n").expect("there is room");
    let output = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(["sandbox", "--policy", "ours.yaml", "--ukg-port", "0", "--okta-port", "0"])
        .current_dir(folder.path())
        .output()
        .expect("the command can be started");
    assert_eq!((output.status.code(), &*output.stdout), (Some(2), &b""[..]));
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("ours.yaml:1:1: `login` is missing"), "{said}");
}
