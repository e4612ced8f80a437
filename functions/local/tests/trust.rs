//! `rollcall undo`, `rollcall hold` and `rollcall check --fix-schema` as people call them: the
//! real binary against both simulators. What happens to people is told by the stories.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use std::{fs, path::Path, process::Command};

use expect_test::{Expect, expect};
use jiff::civil::{Date, date};
use rollcall::deciders::policy;
use rollcall_sandbox::{
    Town,
    company::hr::{self, Leaving},
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

/// A company whose accounts are in line, and the folder from which the command is called.
struct Desk {
    town: Town,
    folder: TempDir,
    /// Somebody ordinary.
    person: String,
    login: String,
}

impl Desk {
    async fn settled() -> Self {
        let desk = Self::untouched().await;
        for _ in 0..2 {
            desk.run().await;
        }
        desk
    }

    async fn untouched() -> Self {
        let town = Town::start(town::Options::new(30, 7, TODAY)).await.unwrap();
        let folder = TempDir::new().unwrap();
        let (person, login) = town.ukg.hr(|company| {
            let mut all = company.people_here_on(TODAY).filter(|it| !it.is_contractor);
            let it = all.find(|it| it.location == "NYC1").unwrap();
            (it.person_id.to_owned(), it.login.clone())
        });
        let desk = Self { town, folder, person, login };
        desk.write("credentials.json", &desk.town.credentials().to_string());
        desk.write("rollcall.yaml", policy::EXAMPLE);
        desk
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.path().join(file), text).unwrap();
    }

    async fn rollcall(&self, args: &[&str]) -> Said {
        let folder = self.folder.path().to_owned();
        let args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
        tokio::task::spawn_blocking(move || call(&folder, &args)).await.unwrap()
    }

    /// Every flow, for the instant at which the company stands.
    async fn run(&self) -> Said {
        let now = self.town.clock.now().to_string();
        self.rollcall(&["run", "all", "--as-of", &now]).await
    }

    async fn undo(&self, more: &[&str]) -> Said {
        let now = self.town.clock.now().to_string();
        let args = [&["undo", &self.login, "--as-of", &now], more].concat();
        self.rollcall(&args).await
    }

    /// Somebody leaves by mistake, and a run carries it out.
    async fn left(&self) {
        self.town.clock.set("2026-03-06T18:00:00Z".parse().unwrap());
        self.town.ukg.hr(|it| hr::terminate(it, &self.person, Leaving::resigned(date(2026, 3, 4))));
        self.run().await;
    }

    fn status(&self) -> rollcall_sandbox::okta::Status {
        self.town.okta.org().user_by_login(&self.login).unwrap().status
    }

    fn writes(&self) -> usize {
        self.town.ukg.wire().writes().len() + self.town.okta.wire().writes().len()
    }

    /// A text with the ids and times of this world in words.
    #[track_caller]
    fn assert(&self, text: &str, expected: Expect) {
        let mut text = text.replace(&self.person, "P").replace(&self.login, "LOGIN");
        // Holds are stamped by the machine's clock.
        for (from, to) in [("since ", ", until"), ("", "  security"), ("", "  vip")] {
            let lines = text.lines().map(|line| redacted(line, from, to));
            text = lines.collect::<Vec<_>>().join("\n");
        }
        expected.assert_eq(&text);
    }
}

/// The line with `TIME` between two texts, if both are there.
fn redacted(line: &str, from: &str, to: &str) -> String {
    let place = || {
        let start = line.find(from)? + from.len();
        let end = start + line[start..].find(to)?;
        let is_time = line[start..end].trim().ends_with('Z');
        is_time.then(|| format!("{}TIME{}", &line[..start], &line[end..]))
    };
    place().unwrap_or_else(|| line.to_owned())
}

fn call(folder: &Path, args: &[String]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(args)
        .current_dir(folder)
        .env("ROLLCALL_TIME_TRAVEL", "1")
        .env("USER", "casey")
        .env_remove("ROLLCALL_CREDENTIALS")
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    Said {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Fails unless the command ended so, and says all that it said.
#[track_caller]
fn ends(said: &Said, status: i32) {
    assert_eq!(said.status, status, "{said:#?}");
}

#[track_caller]
fn json(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("no JSON: {said:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn departure_is_shown_undone_and_then_there_is_nothing_to_undo() {
    let desk = Desk::settled().await;
    desk.left().await;

    let before = desk.writes();
    let shown = desk.undo(&["--dry-run"]).await;
    ends(&shown, 0);
    assert!(shown.out.contains("(dry run: nothing was written)"), "{shown:#?}");
    assert_eq!(desk.writes(), before);

    let unexplained = desk.undo(&[]).await;
    ends(&unexplained, 2);
    assert!(unexplained.err.contains("--why"), "{unexplained:#?}");

    let undone = desk.undo(&["--why", "the wrong Kim", "--hold-days", "3"]).await;
    ends(&undone, 0);
    desk.assert(&undone.out, expect![[r#"
        undo of person P (LOGIN) as of 2026-03-06T18:00:00Z
        The departure of 2026-03-04, carried out by run offboarding-3, is taken back:
          verified  unsuspend
          verified  join-group: Everyone at Larkspur
          verified  join-group: Employees
          verified  join-group: Department Optics & Photonics
          verified  join-group: Location NYC1
          verified  join-group: MFA standard
          verified  assign-app: Expense reports
        What Okta cannot give back:
          - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again
          - what was set inside apps that are assigned again (roles, licences, user names): look at them in the apps
        UKG does not say that the person works here. A hold keeps runs from carrying the departure of 2026-03-04 out again until 2026-03-09T18:00:00Z.
        Correct the record in UKG by then, or the account is closed again. Once UKG says that the person works here, the hold means nothing."#]]);
    assert_eq!(desk.status(), rollcall_sandbox::okta::Status::Active);

    let again = desk.undo(&["--why", "again", "--json"]).await;
    ends(&again, 0);
    assert_eq!(json(&again)["ending"], "nothing");

    desk.run().await;
    assert_eq!(desk.status(), rollcall_sandbox::okta::Status::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_nobody_and_of_somebody_under_a_security_hold_end_as_told() {
    let desk = Desk::settled().await;
    desk.left().await;
    ends(&desk.rollcall(&["undo", "nobody-at-all", "--dry-run"]).await, 2);
    let add = ["hold", "add", &desk.login, "--kind", "security", "--why", "investigation"];
    ends(&desk.rollcall(&add).await, 0);
    let said = desk.undo(&["--why", "the wrong Kim"]).await;
    ends(&said, 1);
    desk.assert(&said.out, expect![[r#"
        undo of person P as of 2026-03-06T18:00:00Z
        Not undone: a security hold by casey keeps the account closed. Ask casey; then `rollcall hold remove PERSON --kind security --why "..."`, and undo again."#]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_are_placed_listed_explained_and_removed() {
    let desk = Desk::settled().await;
    desk.assert(&desk.rollcall(&["hold", "list"]).await.out, expect!["No hold stands."]);

    let (who, until) = (&*desk.login, "2999-12-30");
    let add = ["hold", "add", who, "--kind", "security", "--why", "case 12", "--until", until];
    let said = desk.rollcall(&add).await;
    ends(&said, 0);
    desk.assert(&said.out, expect![[r#"
        Placed on person P: security hold by casey since TIME, until 2999-12-31T00:00:00Z: case 12
        No run opens the account again or gives it groups or apps; taking access away goes on. It does not close an account that is open: suspend it in Okta.
        It counts from the next run on; one that is under way may not know of it yet.
        To remove it: rollcall hold remove P --kind security --why "...""#]]);
    for (kind, more) in [("legal", "--by=grace"), ("vip", "--by=dana")] {
        let add = ["hold", "add", who, "--kind", kind, "--why", "asked to", more];
        let said = desk.rollcall(&add).await;
        ends(&said, 0);
        desk.assert(
            said.out.lines().nth(1).unwrap(),
            match kind {
                "legal" => expect!["No run deactivates the account, takes groups or apps away, or empties attributes; suspending and ending sessions go on."],
                _ => expect!["Every change of the account waits as a held plan: `rollcall plans` lists them, `rollcall approve` lets one go on."],
            },
        );
    }
    let list = desk.rollcall(&["hold", "list"]).await;
    ends(&list, 0);
    assert_eq!(list.out.lines().count(), 3, "{list:#?}");
    let all = json(&desk.rollcall(&["hold", "list", "--json", "--history"]).await);
    assert_eq!(all["holds"].as_array().map(Vec::len), Some(3));
    assert_eq!(all["history"].as_array().map(Vec::len), Some(3));
    assert_eq!(all["holds"][0]["owner"], "grace", "legal comes first");

    let now = desk.town.clock.now().to_string();
    let explained = desk.rollcall(&["explain", who, "--as-of", &now]).await;
    let held = explained.out.lines().find(|it| it.contains("vip hold by dana since"));
    assert!(held.is_some_and(|it| it.contains("asked to")), "{explained:#?}");

    let remove = ["hold", "remove", who, "--kind", "security", "--why", "closed"];
    let said = desk.rollcall(&remove).await;
    ends(&said, 0);
    desk.assert(
        &said.out,
        expect![
            "Removed the security hold on person P. The next run does what UKG's record asks for."
        ],
    );
    let said = desk.rollcall(&remove).await;
    ends(&said, 0);
    desk.assert(&said.out, expect!["There is no security hold on person P; nothing was removed."]);
    let history = desk.rollcall(&["hold", "list", "--history"]).await;
    let last = history.out.lines().last().unwrap().trim();
    desk.assert(last, expect!["TIME  security P  removed by casey: closed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hold_that_cannot_be_meant_is_refused() {
    let desk = Desk::settled().await;
    let who = &*desk.person;
    for (args, problem) in [
        (vec!["hold", "add", who, "--kind", "vip"], "--why"),
        (vec!["hold", "add", who, "--kind", "undone", "--why", "x"], "undone"),
        (vec!["hold", "add", who, "--kind", "vip", "--why", " "], "--why must not be empty"),
        (
            vec!["hold", "add", who, "--kind", "vip", "--why", "x", "--until", "2020-01-01"],
            "--until is in the past",
        ),
        (
            vec![
                "hold",
                "add",
                who,
                "--kind",
                "vip",
                "--why",
                "x",
                "--until",
                "2099-01-01",
                "--days",
                "3",
            ],
            "cannot be used with",
        ),
        (vec!["hold", "add", "nobody", "--kind", "vip", "--why", "x"], "nobody of this name"),
    ] {
        let said = desk.rollcall(&args).await;
        ends(&said, 2);
        assert!(said.err.contains(problem), "{said:#?}");
    }
    assert!(desk.rollcall(&["hold", "list"]).await.out.contains("No hold stands."));
}

#[tokio::test(flavor = "multi_thread")]
async fn person_without_an_account_is_found_in_ukg() {
    let desk = Desk::untouched().await;
    let add = ["hold", "add", &desk.person, "--kind", "vip", "--why", "starts on Monday"];
    let said = desk.rollcall(&add).await;
    ends(&said, 0);
    assert!(said.out.contains("Placed on person"), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_attributes_are_added_on_request_only() {
    let desk = Desk::untouched().await;
    let edited = policy::EXAMPLE.replacen("ukgPersonId", "workdayId", 1);
    desk.write("rollcall.yaml", &edited);
    ends(&desk.rollcall(&["check"]).await, 1);
    assert_eq!(desk.writes(), 0);
    let said = desk.rollcall(&["check", "--fix-schema", "--json"]).await;
    ends(&said, 0);
    assert_eq!(json(&said)["added"], serde_json::json!(["workdayId"]));
    assert_eq!(desk.writes(), 1);
    ends(&desk.rollcall(&["check"]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn help_says_what_each_command_does() {
    let desk = Desk::untouched().await;
    let help = |args: &'static [&'static str]| desk.rollcall(args);
    // The lines below the options are clap's, and the same for every command. Whether lines are
    // wrapped depends on what else is built: a line for each paragraph does not.
    let short = |said: Said| -> String {
        let text = said.out.split("Options:").next().unwrap().trim_end().to_owned();
        let line = |it: &str| it.split_whitespace().collect::<Vec<_>>().join(" ");
        text.split("\n\n").map(line).collect::<Vec<_>>().join("\n")
    };
    expect![[r#"
        Take back a departure that Rollcall carried out by mistake.
        Opens the account again and gives back groups, apps and attributes as they were before the departure, whether the account is still suspended or already deactivated. It says what Okta cannot give back. As long as UKG still says that the person has left, a hold keeps runs from carrying the departure out again: have the record corrected in UKG.
        Exit status: 0 done (also: nothing to undo); 1 refused or failed; 2 usage, policy or credentials wrong; 4 done in part: the same command goes on.
        Usage: rollcall undo [OPTIONS] <PERSON>
        Arguments: <PERSON> Whom: a personId, employee id or employee number of UKG, or the login of a linked account"#]].assert_eq(&short(help(&["undo", "--help"]).await));
    expect![[r#"
        Keep Rollcall from changing somebody, or list who is kept from it.
        A security hold lets no run open the account or give it anything. A legal hold lets no run destroy anything. A vip hold makes every change wait for approval. Each has an owner, a reason and perhaps an end, which is announced a week before.
        Usage: rollcall hold <COMMAND>
        Commands: add Place a hold. One of the same kind on the same person is replaced remove Remove a hold list List the holds that stand help Print this message or the help of the given subcommand(s)"#]]
    .assert_eq(&short(help(&["hold", "--help"]).await));
    expect![[r#"
        Check the policy, the credentials, UKG and Okta, and say what to put right.
        Looks at policy, credentials, ledger, UKG (each grant, people, codes) and Okta (scopes by flow, admin role, canaries, attributes, groups, apps, administrators, rate limits, clock), and says of each failure what to do about it. Writes nothing, except with `--fix-schema`.
        Exit status: 0 ready, perhaps with warnings; 1 something has to be put right first; 2 usage, policy or credentials wrong, and nothing was called.
        Usage: rollcall check [OPTIONS]"#]]
    .assert_eq(&short(help(&["check", "--help"]).await));
}
