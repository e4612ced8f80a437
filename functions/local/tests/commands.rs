//! The command line, as a person or a schedule uses it, against simulators in another task.

use std::{fs, path::Path, process::Output};

use jiff::civil::date;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::deciders::policy;
use rollcall_sandbox::{
    company::hr::{self, NewHire},
    town::{Options, Town},
};
use serde_json::Value;

struct Desk {
    town: Town,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new(edit: impl FnOnce(String) -> String) -> Self {
        let town = Town::start(Options::new(30, 7, date(2026, 3, 2))).await.expect("free ports");
        let folder = tempfile::tempdir().expect("there is room");
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("there is room");
        };
        write("rollcall.yaml", &edit(policy::EXAMPLE.to_owned()));
        write("credentials.json", &town.credentials().to_string());
        Self { town, folder }
    }

    async fn rollcall(&self, arguments: &[&str]) -> Output {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(arguments).current_dir(self.folder.path()).env("ROLLCALL_TIME_TRAVEL", "1");
        command.output().await.expect("the command can be started")
    }

    async fn run_all(&self) -> (Option<i32>, Value) {
        let now = self.town.clock.now().to_string();
        let output = self.rollcall(&["run", "all", "--json", "--as-of", &now]).await;
        let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        (output.status.code(), json)
    }

    fn replace(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("there is room");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_empty(folder: &Path) -> bool {
    !folder.join("rollcall.sqlite").exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_that_all_is_well_and_writes_nothing() {
    let desk = Desk::new(|policy| policy).await;
    let output = desk.rollcall(&["check"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert_eq!(desk.town.okta.wire().writes(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_policy_and_credentials_are_told_together_and_nothing_is_called() {
    let desk = Desk::new(|policy| policy.replace("\ngroups:", "\ngruops:")).await;
    desk.replace("credentials.json", r#"{"ukg": {"base_url": "http://elsewhere.example"}}"#);
    for command in [&["run", "all"][..], &["check"]] {
        let output = desk.rollcall(command).await;
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        for part in
            ["unknown key `gruops`", "did you mean `groups`", "\"okta\" is missing", "https"]
        {
            assert!(errors.contains(part), "{part} is not in:\n{errors}");
        }
    }
    assert!(desk.town.okta.wire().calls().is_empty());
    assert!(desk.town.ukg.wire().calls().is_empty());
    assert!(is_empty(desk.folder.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_limit_holds_waits_for_an_approval_that_is_used_once() {
    let desk = Desk::new(|policy| {
        policy.replace("\nlimits:\n", "\nlimits:\n  create: {most: 1, percent: 0, floor: 1}\n")
    })
    .await;
    for _ in 0..2 {
        desk.run_all().await;
    }
    desk.town.clock.set("2026-03-03T18:00:00Z".parse().expect("an instant"));
    let mut random = ChaCha12Rng::seed_from_u64(9);
    desk.town.ukg.hr(|company| {
        for _ in 0..3 {
            let new = NewHire::plausible(company, date(2026, 3, 3), &mut random);
            hr::hire(company, new);
        }
    });
    let (status, json) = desk.run_all().await;
    assert_eq!(status, Some(3), "{json:#}");
    assert_eq!(json["held"][0]["count"], 3);
    let plan = json["held"][0]["plan_id"].as_str().expect("a plan id").to_owned();

    let plans = desk.rollcall(&["plans"]).await;
    assert!(text(&plans.stdout).contains(&plan), "{}", text(&plans.stdout));
    let unknown = desk.rollcall(&["approve", "no-such-plan", "--why", "x"]).await;
    assert_eq!(unknown.status.code(), Some(2));
    let approved =
        desk.rollcall(&["approve", &plan, "--why", "three real people", "--by", "dana"]).await;
    assert_eq!(approved.status.code(), Some(0), "{}", text(&approved.stderr));

    let (status, json) = desk.run_all().await;
    assert_ne!(status, Some(3), "{json:#}");
    let created = json["actions"].as_array().map_or(0, |all| {
        all.iter().filter(|it| it["kind"] == "create" && it["outcome"] == "verified").count()
    });
    assert_eq!(created, 3);
    let (_, json) = desk.run_all().await;
    assert_eq!(json["actions"], serde_json::json!([]), "nothing is left to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_password_is_one_sentence_and_status_1() {
    let desk = Desk::new(|policy| policy).await;
    let mut credentials = desk.town.credentials();
    credentials["ukg"]["password"] = "not-the-password".into();
    desk.replace("credentials.json", &credentials.to_string());
    let output = desk.rollcall(&["run", "offboarding"]).await;
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("401") && errors.contains("Check"), "{errors}");
    assert!(!errors.contains("not-the-password"));
    assert_eq!(desk.town.okta.wire().writes(), []);
}
