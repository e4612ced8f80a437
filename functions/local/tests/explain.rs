//! `rollcall explain` as somebody at a desk uses it, on the simulators.

use std::{fs, path::Path, process::Output};

use jiff::civil::date;
use rollcall::deciders::policy;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    town::{self, Town},
};

/// Runs the command in a folder that has a policy and credentials.
async fn rollcall(folder: &Path, args: &[&str]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.current_dir(folder).args(args).env("ROLLCALL_TIME_TRAVEL", "1");
    let running = tokio::task::spawn_blocking(move || command.output());
    running.await.expect("the command does not panic").expect("the command can be started")
}

#[tokio::test(flavor = "multi_thread")]
async fn person_is_explained_by_id_and_login_with_rules_and_dates() {
    let today = date(2026, 3, 2);
    let town = Town::start(town::Options::new(30, 7, today)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("credentials.json"), town.credentials().to_string()).unwrap();
    fs::write(folder.join("rollcall.yaml"), policy::EXAMPLE).unwrap();
    let now = town::morning(today).to_string();
    for _ in 0..2 {
        rollcall(folder, &["run", "all", "--as-of", &now]).await;
    }

    let company = town.ukg.company();
    let (id, login, department) = {
        let company = company.lock().unwrap();
        let known = |it: &rollcall_sandbox::company::PersonView<'_>| {
            it.department.is_some() && !it.is_contractor
        };
        let it = company.people_here_on(today).find(known).unwrap();
        (it.person_id.to_owned(), it.login.clone(), it.department.unwrap().to_owned())
    };
    for who in [&id, &login] {
        let output = rollcall(folder, &["explain", who, "--as-of", &now]).await;
        let text = String::from_utf8_lossy(&output.stdout);
        println!("{text}");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let group = format!("has   \"Department {department}\"  [groups[");
        let line = text.lines().find(|it| it.contains(&group)).expect("the group is named");
        assert!(line.contains("(line "), "{line}");
        assert!(text.contains("Nothing to do."), "{text}");
    }

    let output = rollcall(folder, &["explain", "nobody-at-all", "--as-of", &now]).await;
    assert_eq!(output.status.code(), Some(2));

    town.ukg.hr(|it| hr::terminate(it, &id, Leaving::resigned(date(2026, 3, 20))));
    let output = rollcall(folder, &["explain", &id, "--as-of", &now]).await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("last day 2026-03-20"), "{text}");
    assert!(text.contains("access ends at 2026-03-21T00:00:00"), "{text}");

    let output = rollcall(folder, &["explain", &id, "--as-of", &now, "--json"]).await;
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["person"], id.as_str());
    assert_ne!(json["due"].as_array().map(Vec::len), Some(0));
}
