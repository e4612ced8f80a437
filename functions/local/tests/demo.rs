//! The demo, as a person would run it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

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
    for name in ["rollcall.sqlite", "mail", "plans", "report.html", "evidence/leavers.csv"] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    let again = demo(&["--people", "30", "--days", "2", "--out", out]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("holds an earlier demo"));
}

/// The command in a folder: its status and what it said.
fn rollcall(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command can be started");
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).expect("text"))
}

#[test]
fn evidence_of_a_demo_is_proved_exported_and_reported_by_the_command() {
    let folder = tempfile::tempdir().expect("there is room");
    let folder = folder.path();
    let (status, told) =
        rollcall(folder, &["demo", "--people", "30", "--days", "3", "--out", "lark"]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("the chain is whole"), "{told}");
    let ledger = ["--ledger", "sqlite:lark/rollcall.sqlite"];
    let with = |first: &[&'static str]| [first, &ledger[..]].concat();
    let (status, told) = rollcall(folder, &with(&["audit", "verify"]));
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("Signatures were not checked"), "{told}");

    // Offline: the file and the public key are enough.
    let key = "lark/evidence/audit-public-key.pem";
    let verify = |file| rollcall(folder, &["audit", "verify", "--file", file, "--public-key", key]);
    let (status, told) = verify("lark/evidence/audit.jsonl");
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("carry a good signature"), "{told}");
    let text = fs::read_to_string(folder.join("lark/evidence/audit.jsonl")).expect("the log");
    let forged = text.replacen("suspend", "nothing", 1).replacen("create", "delete", 1);
    fs::write(folder.join("forged.jsonl"), forged).expect("there is room");
    let (status, told) = verify("forged.jsonl");
    assert_eq!(status, Some(1), "{told}");
    assert!(told.starts_with("BROKEN: event "), "{told}");

    for (format, file) in
        [("csv", "out/leavers.csv"), ("ocsf", "out/ocsf.jsonl"), ("jsonl", "out/audit.jsonl")]
    {
        let export =
            [&["audit", "export", "--format", format, "--out", "out"], &ledger[..]].concat();
        let (status, told) = rollcall(folder, &export);
        assert_eq!(status, Some(0), "{told}");
        assert!(folder.join(file).exists(), "{file}");
    }
    let (status, told) = rollcall(folder, &with(&["report"]));
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("Everybody in HR on"), "{told}");
    let (_, told) =
        rollcall(folder, &with(&["report", "--from", "2020-01-01", "--to", "2020-01-31"]));
    assert!(
        told.contains("Nothing happened in this period. The ledger knows of 2026-03-02"),
        "{told}"
    );
    let (status, told) =
        rollcall(folder, &with(&["report", "--from", "2020-02-01", "--to", "2020-01-31"]));
    assert_eq!(status, Some(2), "{told}");
    let (status, told) =
        rollcall(folder, &with(&["audit", "erase", "nobody", "--why", "asked for it"]));
    assert_eq!(status, Some(2), "{told}");
}

#[test]
fn key_is_made_once_and_readable_by_its_owner_alone() {
    let folder = tempfile::tempdir().expect("there is room");
    let folder = folder.path();
    let (status, told) = rollcall(folder, &["audit", "keygen", "--out", "keys"]);
    assert_eq!(status, Some(0), "{told}");
    assert!(!told.contains("PRIVATE KEY"), "{told}");
    let private = folder.join("keys/audit-signing-key.json");
    let text = fs::read_to_string(&private).expect("the key was written");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert!(json["audit"]["signing_key_pem"].as_str().is_some_and(|it| it.contains("PRIVATE KEY")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&private).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    let (status, told) = rollcall(folder, &["audit", "keygen", "--out", "keys"]);
    assert_eq!(status, Some(2), "{told}");
}
