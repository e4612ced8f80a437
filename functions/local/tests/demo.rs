//! The demo, as a person would run it.

use std::process::{Command, Output};

use serde_json::Value;

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .arg("demo")
        .args(arguments)
        .output()
        .expect("the command can be started")
}

fn small() -> Value {
    let output = demo(&["--people", "40", "--days", "6", "--json"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let mut json: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    json["duration_ms"] = Value::Null;
    json
}

#[test]
fn demo_converges_and_the_same_seed_tells_the_same_story() {
    let first = small();
    assert_eq!(first["converged"], true);
    assert_eq!(first["not_verified"], serde_json::json!([]));
    assert!(first["adopted"].as_u64() > Some(30));
    assert!(first["joined"].as_array().is_some_and(|it| !it.is_empty()));
    assert_eq!(first, small());
}

#[test]
fn demo_keeps_its_files_and_refuses_to_mix_two() {
    let folder = tempfile::tempdir().expect("there is room");
    let out = folder.path().to_str().expect("a plain path");
    let output = demo(&["--people", "30", "--days", "2", "--out", out]);
    let account = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{account}");
    assert!(account.contains("Converged: a second run of every flow found nothing to do."));
    for name in ["rollcall.sqlite", "mail", "plans"] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    let again = demo(&["--people", "30", "--days", "2", "--out", out]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("holds an earlier demo"));
}
