//! The command as people call it: the real binary against both simulators.
//!
//! Statuses and the words that people act upon are checked; what happens to people is told by
//! the stories.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::civil::{Date, date};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::deciders::policy;
use rollcall_sandbox::{
    Town,
    company::hr::{self, NewHire},
    town,
};
use serde_json::Value;
use tempfile::TempDir;

/// A Monday.
const TODAY: Date = date(2026, 3, 2);

/// What the command said and how it ended.
#[derive(Debug)]
struct Said {
    status: i32,
    out: String,
    err: String,
}

/// A company, and a folder with everything the command is given.
struct Desk {
    town: Town,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let town = Town::start(town::Options::new(40, 7, TODAY)).await.unwrap();
        let desk = Self { town, folder: TempDir::new().unwrap() };
        desk.write("credentials.json", &desk.town.credentials().to_string());
        desk.write("rollcall.yaml", policy::EXAMPLE);
        desk
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Writes the example policy with one text in place of another.
    fn write_policy(&self, from: &str, to: &str) {
        assert!(policy::EXAMPLE.contains(from), "the example policy has no {from:?}");
        self.write("rollcall.yaml", &policy::EXAMPLE.replacen(from, to, 1));
    }

    /// Calls the command from the desk's folder, where every file has its default name.
    async fn rollcall(&self, args: &[&str]) -> Said {
        let folder = self.folder.path().to_owned();
        let args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
        tokio::task::spawn_blocking(move || call(&folder, &args)).await.unwrap()
    }

    /// A run for the instant at which the company stands.
    async fn run(&self, flow: &str) -> Said {
        let now = self.town.clock.now().to_string();
        self.rollcall(&["run", flow, "--as-of", &now]).await
    }

    fn calls(&self) -> usize {
        self.town.ukg.wire().calls().len() + self.town.okta.wire().calls().len()
    }

    fn writes(&self) -> usize {
        self.town.ukg.wire().writes().len() + self.town.okta.wire().writes().len()
    }

    /// HR enters people who start today.
    fn hire(&self, people: usize) {
        let mut random = ChaCha12Rng::seed_from_u64(3);
        for _ in 0..people {
            self.town.ukg.hr(|company| {
                let hire = NewHire::plausible(company, TODAY, &mut random);
                hr::hire(company, hire);
            });
        }
    }
}

fn command(folder: &Path, args: &[String]) -> Command {
    let mut res = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    res.args(args)
        .current_dir(folder)
        .env("ROLLCALL_TIME_TRAVEL", "1")
        .env("USER", "casey")
        .env_remove("ROLLCALL_CREDENTIALS")
        .env_remove("RUST_LOG");
    res
}

fn call(folder: &Path, args: &[String]) -> Said {
    let output = command(folder, args).output().unwrap();
    Said {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Fails unless the command ended so, and says all that it said.
#[track_caller]
fn ends(said: &Said, statuses: &[i32]) {
    assert!(statuses.contains(&said.status), "wanted one of {statuses:?}: {said:#?}");
}

#[track_caller]
fn contains(text: &str, parts: &[&str]) {
    for it in parts {
        assert!(text.contains(it), "no {it:?} in:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_reading_changes_nothing() {
    let desk = Desk::new().await;
    desk.run("all").await;
    let now = desk.town.clock.now().to_string();
    let commands: [&[&str]; 2] =
        [&["run", "all", "--dry-run", "--as-of", &now], &["audit", "export", "--format", "jsonl"]];
    for args in commands {
        let args: Vec<String> = args.iter().map(|&it| it.to_owned()).collect();
        let mut command = command(desk.folder.path(), &args);
        let ended = tokio::task::spawn_blocking(move || {
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            child.wait_with_output().unwrap()
        });
        let ended = ended.await.unwrap();
        let folder = desk.path("");
        let as_ever = tokio::task::spawn_blocking(move || call(&folder, &args)).await.unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!((ended.status.code(), err), (Some(as_ever.status), as_ever.err));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_setup_is_well_and_checking_writes_nothing() {
    let desk = Desk::new().await;
    let said = desk.rollcall(&["check"]).await;
    ends(&said, &[0]);
    contains(&said.out, &["UKG people", "UKG codes", "Okta users", "Okta attributes", "clock"]);
    let json = desk.rollcall(&["check", "--json"]).await;
    ends(&json, &[0]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["wrong"], 0);
    assert_eq!(desk.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_in_policy_and_credentials_is_told_before_any_call() {
    let desk = Desk::new().await;
    let text = policy::EXAMPLE.replacen("budget_share: 50", "budget_share: 500", 1).replacen(
        "rename: approve",
        "rename: perhaps",
        1,
    );
    desk.write("rollcall.yaml", &text);
    let mut credentials = desk.town.credentials();
    credentials["ukg"]["base_url"] = "not an address".into();
    credentials["okta"].as_object_mut().unwrap().remove("api_token");
    desk.write("credentials.json", &credentials.to_string());
    let said = desk.rollcall(&["check"]).await;
    ends(&said, &[2]);
    contains(&said.err, &["budget_share", "rename", "base_url", "okta.client_id"]);
    assert_eq!(desk.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_okta_lacks_is_told_all_at_once() {
    let desk = Desk::new().await;
    let text = policy::EXAMPLE
        .replacen("key_attribute: ukgPersonId", "key_attribute: nobodysKey", 1)
        .replacen("canaries: [canary@", "canaries: [nobody@", 1)
        .replacen("- name: Executives", "- name: Nobodies", 1);
    desk.write("rollcall.yaml", &text);
    let said = desk.rollcall(&["check"]).await;
    ends(&said, &[1]);
    contains(
        &said.out,
        &[
            "add a custom string attribute nobodysKey in Profile Editor",
            "does not return number 1",
            "group \"Nobodies\" does not exist",
            "2 to put right, 1 to know about",
        ],
    );
    assert!(!said.out.contains("nobody@"), "an address was printed:\n{}", said.out);
    assert_eq!(desk.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_told_for_both_doors() {
    let desk = Desk::new().await;
    let mut credentials = desk.town.credentials();
    credentials["ukg"]["password"] = "wrong".into();
    credentials["okta"]["api_token"] = "00wrong".into();
    desk.write("credentials.json", &credentials.to_string());
    let said = desk.rollcall(&["check"]).await;
    ends(&said, &[1]);
    contains(&said.out, &["ukg does not know the credentials", "okta answered 401"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_plan_is_carried_out_once_it_is_approved() {
    let desk = Desk::new().await;
    desk.write_policy("\nlimits:\n", "\nlimits:\n  create: {most: 1, percent: 0, floor: 1}\n");
    for _ in 0..2 {
        ends(&desk.run("all").await, &[0, 4]);
    }
    desk.hire(3);
    let said = desk.run("new-hire").await;
    ends(&said, &[3]);

    let plans = desk.rollcall(&["plans"]).await;
    ends(&plans, &[0]);
    let line = plans.out.lines().find(|it| it.contains("new-hire")).unwrap();
    let plan = line.split_whitespace().next().unwrap();
    contains(line, &["held"]);
    contains(&said.out, &[plan]);
    let shown = desk.rollcall(&["plans", plan]).await;
    ends(&shown, &[0]);
    contains(&shown.out, &["Held because", "rollcall approve"]);

    let before = desk.writes();
    let approved = desk.rollcall(&["approve", plan, "--why", "three start today"]).await;
    ends(&approved, &[0]);
    contains(
        &approved.out,
        &["Approved until", "(hash ", "The next run of new-hire", "held again"],
    );
    contains(&desk.rollcall(&["plans"]).await.out, &["approved by casey", "three start today"]);
    assert_eq!(desk.writes(), before, "approving carries nothing out");

    ends(&desk.run("new-hire").await, &[0, 4]);
    assert!(desk.writes() > before, "the approved plan was not carried out");
    contains(&desk.rollcall(&["plans"]).await.out, &["applied at", "allowed by casey"]);
    let again = desk.rollcall(&["approve", plan, "--why", "again"]).await;
    ends(&again, &[2]);
    contains(&again.err, &["the plan is applied already"]);

    ends(&desk.run("all").await, &[0, 4]);
    let after = desk.writes();
    ends(&desk.run("all").await, &[0, 4]);
    assert_eq!(desk.writes(), after, "there was something left to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_plan_is_not_carried_out() {
    let desk = Desk::new().await;
    desk.write_policy("\nlimits:\n", "\nlimits:\n  create: {most: 1, percent: 0, floor: 1}\n");
    for _ in 0..2 {
        ends(&desk.run("all").await, &[0, 4]);
    }
    desk.hire(3);
    ends(&desk.run("new-hire").await, &[3]);
    let plans = desk.rollcall(&["plans"]).await.out;
    let plan = plans.split_whitespace().next().unwrap();

    let unknown = desk.rollcall(&["reject", "no-such-plan", "--why", "x"]).await;
    ends(&unknown, &[2]);
    contains(&unknown.err, &["there is no plan no-such-plan", plan]);

    let before = desk.writes();
    let said = desk.rollcall(&["reject", plan, "--why", "wrong import", "--by", "robin"]).await;
    ends(&said, &[0]);
    contains(&desk.rollcall(&["plans", plan]).await.out, &["rejected by robin: wrong import"]);
    let run = desk.run("new-hire").await;
    ends(&run, &[4]);
    contains(&run.out, &["was rejected by robin on", "Correct UKG"]);
    assert_eq!(desk.writes(), before);
    ends(&desk.rollcall(&["approve", plan, "--why", "after all"]).await, &[2]);
}

#[tokio::test]
async fn every_command_takes_the_three_files_that_all_have_in_common() {
    let desk = Desk::new().await;
    assert_eq!(desk.run("all").await.status, 4, "one of the company's records is held");
    let common = [
        "--policy",
        "rollcall.yaml",
        "--credentials",
        "credentials.json",
        "--ledger",
        "sqlite:rollcall.sqlite",
    ];
    let commands: [&[&str]; 6] = [
        &["plans"],
        &["hold", "list"],
        &["report"],
        &["audit", "verify"],
        &["audit", "export", "--format", "jsonl"],
        &["explain", "nobody"],
    ];
    for command in commands {
        let said = desk.rollcall(&[command, &common].concat()).await;
        assert!(!said.err.contains("unexpected argument"), "{command:?}: {said:?}");
    }
    for command in [["approve", "none"], ["reject", "none"]] {
        let said = desk.rollcall(&[&command[..], &["--why", "because"], &common].concat()).await;
        assert!(!said.err.contains("unexpected argument"), "{command:?}: {said:?}");
    }
}
