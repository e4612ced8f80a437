//! The world of the stories: both simulators, one small company, and an office.
//!
//! It is the only place that knows how a story is run. The stories just tell it.

mod offices;
mod power;
mod writes;

use std::path::PathBuf;

use jiff::{Timestamp, civil::Date};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::{
    deciders::{
        policy,
        report::{Report, Taken},
    },
    flows::{self, Depth, Error, Found, Office, Request, UndoRequest, Undone},
    shell::Machine,
    words::{
        action::Outcome,
        flow::Flow,
        hold::{Hold, HoldKind},
        ids::PersonId,
    },
};
use rollcall_sandbox::{
    Fuse,
    company::{
        Company, HrEvent, PersonView,
        hr::{self, NewHire},
    },
    okta::{GroupKind, Status},
    town::{Options, Town},
};

pub use power::{let_pass, machine};

/// The first day of every story: a Monday.
pub const FIRST_DAY: Date = jiff::civil::date(2026, 3, 2);

/// A company with an HR department, an Okta org, and Rollcall between them.
pub struct World {
    /// The outside.
    pub town: Town,
    /// Rollcall.
    pub office: Office,
    /// What every write to Okta and to the ledger passes through.
    pub fuse: Fuse,
    folder: tempfile::TempDir,
}

/// What Okta has for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: Status,
    /// The login.
    pub login: String,
    /// Groups by name, without Everyone.
    pub groups: Vec<String>,
    /// Apps by label, assigned directly or by a group.
    pub apps: Vec<String>,
    /// Open sessions.
    pub sessions: usize,
    /// Refresh tokens.
    pub tokens: usize,
    /// Consents.
    pub grants: usize,
}

impl World {
    /// Thirty people whose accounts were adopted and brought in line.
    pub async fn settled() -> Self {
        Self::settled_with(Options::new(30, 7, FIRST_DAY), |policy| policy).await
    }

    /// The same with other simulators, and the example policy edited as text.
    pub async fn settled_with(options: Options, edit: impl FnOnce(String) -> String) -> Self {
        let world = Self::in_line(options, edit).await;
        world.assert_converged().await;
        world
    }

    /// The same without the proof that nothing is left to do, for stories by the dozen.
    pub async fn in_line(options: Options, edit: impl FnOnce(String) -> String) -> Self {
        let world = Self::untouched(options, edit).await;
        // The first round links, the second brings in line.
        for _ in 0..2 {
            world.run_all().await;
        }
        world
    }

    /// A world in which Rollcall has never run.
    pub async fn untouched(options: Options, edit: impl FnOnce(String) -> String) -> Self {
        let town = Town::start(options).await.expect("loopback has free ports");
        let credentials = town.credentials().to_string();
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let fuse = Fuse::default();
        town.okta.wire().protect(fuse.clone());
        let policy = edit(policy::EXAMPLE.to_owned());
        let office = offices::open(Machine::default(), &folder, &credentials, &policy, &fuse);
        Self { town, office, fuse, folder }
    }

    /// Moves both vendors' clocks, and with them the instant that is decided for.
    pub fn at(&self, instant: &str) {
        self.town.clock.set(instant.parse().expect("stories write RFC 3339"));
    }

    /// Lets HR do something.
    pub fn hr<T>(&self, act: impl FnOnce(&mut Company) -> T) -> T {
        self.town.ukg.hr(act)
    }

    /// Whom an act of HR is about.
    pub fn who(event: &HrEvent) -> String {
        event.person_id.clone().expect("this act is about a person")
    }

    /// Hires somebody plausible as an employee at a site, who starts on a day.
    pub fn joins(&self, start: Date, location: &str) -> String {
        let mut random = ChaCha12Rng::seed_from_u64(4242);
        self.hr(|company| {
            let hire = NewHire {
                location: location.to_owned(),
                employee_type: "REG".to_owned(),
                contract_end: None,
                ..NewHire::plausible(company, start, &mut random)
            };
            Self::who(&hr::hire(company, hire))
        })
    }

    /// A request for one flow at this world's instant.
    pub fn request(&self, flow: Flow) -> Request {
        Request::new(flow, self.now())
    }

    /// This world's instant.
    pub fn now(&self) -> Timestamp {
        self.town.clock.now()
    }

    /// Runs one flow.
    pub async fn try_run(&self, flow: Flow) -> Result<Report, Error> {
        flows::run(&self.office, &self.request(flow)).await
    }

    /// Runs one flow that must not fail as a whole.
    pub async fn run(&self, flow: Flow) -> Report {
        self.try_run(flow).await.expect("the run can be made")
    }

    /// Runs one flow for everybody it is for, whether or not HR changed.
    pub async fn run_full(&self, flow: Flow) -> Report {
        let request = Request { depth: Depth::Everyone, ..self.request(flow) };
        flows::run(&self.office, &request).await.expect("the run can be made")
    }

    /// Runs every flow.
    pub async fn run_all(&self) -> Vec<Report> {
        flows::run_all(&self.office, &self.request(Flow::Offboarding))
            .await
            .expect("the runs can be made")
    }

    /// Takes a person's departure back, or shows what would be done.
    pub async fn undo(&self, person: &str, dry_run: bool) -> Undone {
        let request = UndoRequest {
            who: person.to_owned(),
            as_of: self.now(),
            dry_run,
            hold_days: 7,
            by: "casey".to_owned(),
            why: "HR took the wrong one".to_owned(),
        };
        match flows::undo(&self.office, &request).await.expect("the undo can be tried") {
            Found::One(undone) => undone,
            it @ (Found::Several(_) | Found::Nobody) => panic!("{it:?}"),
        }
    }

    /// Places a hold of one kind until an instant.
    pub async fn hold(&self, person: &str, kind: HoldKind, until: Option<&str>) {
        let hold = Hold {
            person: person.into(),
            kind,
            owner: "grace".to_owned(),
            reason: "case 12".to_owned(),
            since: self.now(),
            until: until.map(|it| it.parse().expect("stories write RFC 3339")),
            departure: None,
        };
        self.office.ledger.put_hold(&hold).await.expect("the ledger can be written");
    }

    /// Removes a hold.
    pub async fn release(&self, person: &str, kind: HoldKind) {
        let ledger = &self.office.ledger;
        let removed = ledger.remove_hold(&person.into(), kind, "grace", "over", self.now()).await;
        assert!(removed.expect("the ledger can be written"), "there was no {kind} hold");
    }

    /// Somebody ordinary: an employee at `location` who leads nobody and has an open account.
    pub fn someone_at(&self, location: &str) -> String {
        self.pick(|it| it.location == location && !it.is_contractor)
    }

    /// Somebody ordinary, wherever.
    pub fn someone(&self) -> String {
        self.pick(|it| !it.is_contractor)
    }

    /// The first of the people at work, by id, who leads nobody, has an open account and is as
    /// wanted.
    pub fn pick(&self, wanted: impl Fn(&PersonView<'_>) -> bool) -> String {
        let candidates: Vec<String> = self.hr(|company| {
            let today = company.today();
            let everybody: Vec<PersonView<'_>> = company.people_here_on(today).collect();
            let leads = |id: &str| everybody.iter().any(|it| it.manager_person_id == Some(id));
            let mut ids: Vec<String> = everybody
                .iter()
                .filter(|it| wanted(it) && !leads(it.person_id))
                .map(|it| it.person_id.to_owned())
                .collect();
            ids.sort();
            ids
        });
        candidates
            .into_iter()
            .find(|it| self.find(it).is_some_and(|it| it.status == Status::Active))
            .expect("the company has somebody like this")
    }

    /// What Okta has for a person; there must be an account.
    pub fn okta(&self, person: &str) -> Seen {
        self.find(person).expect("the person has an account")
    }

    /// What Okta has for a person.
    pub fn find(&self, person: &str) -> Option<Seen> {
        let org = self.town.okta.org();
        let user = org.users().find(|it| attribute(it, "ukgPersonId") == person)?;
        Some(Seen {
            status: user.status,
            login: attribute(user, "login").to_owned(),
            groups: org.groups_of(&user.id).into_iter().collect(),
            apps: org.apps_of(&user.id).into_iter().collect(),
            sessions: org.sessions_of(&user.id),
            tokens: org.tokens_of(&user.id).len(),
            grants: org.grants_of(&user.id).len(),
        })
    }

    /// Okta's id of a person's account; there must be one.
    pub fn user(&self, person: &str) -> String {
        let org = self.town.okta.org();
        let user = org.users().find(|it| attribute(it, "ukgPersonId") == person);
        user.map(|it| it.id.to_string()).expect("the person has an account")
    }

    /// What was written to Okta about a person since the wire forgot, in order.
    pub fn writes_about(&self, person: &str) -> Vec<String> {
        let user = self.user(person);
        let writes = self.town.okta.wire().writes().into_iter();
        let about = writes.filter(|it| it.path.contains(&user));
        about.map(|it| format!("{} {}", it.method, it.path.replace(&user, "USER"))).collect()
    }

    /// A profile attribute of a person's account; "" when it is not set.
    pub fn profile(&self, person: &str, name: &str) -> String {
        let org = self.town.okta.org();
        let user = org.users().find(|it| attribute(it, "ukgPersonId") == person);
        user.map_or_else(String::new, |it| attribute(it, name).to_owned())
    }

    /// Changes a person's account behind Rollcall's back.
    pub fn by_hand(&self, person: &str, status: Status) {
        let id = self.user(person);
        self.town.okta.org().force_status(&id, status);
    }

    /// Puts a person into a group behind Rollcall's back; makes the group if there is none.
    pub fn put_in_group(&self, person: &str, group: &str) {
        let user = self.user(person);
        let mut org = self.town.okta.org();
        let known = org.group_by_name(group).map(|it| it.id.clone());
        let group = known.unwrap_or_else(|| org.add_group(group, GroupKind::Okta));
        org.add_to_group(&group, &user);
    }

    /// Takes a person out of a group behind Rollcall's back.
    pub fn take_out_of_group(&self, person: &str, group: &str) {
        let user = self.user(person);
        let mut org = self.town.okta.org();
        let group = org.group_by_name(group).map(|it| it.id.clone()).expect("the group exists");
        org.remove_from_group(&group, &user);
    }

    /// Deletes a group behind Rollcall's back.
    pub fn drop_group(&self, group: &str) {
        let mut org = self.town.okta.org();
        let group = org.group_by_name(group).map(|it| it.id.clone()).expect("the group exists");
        org.delete_group(&group);
    }

    /// Runs everything again, by change and in full: no step, no write to Okta, no mail. What
    /// waits for a person's word goes on waiting.
    pub async fn assert_converged(&self) {
        let before = self.mail();
        self.town.okta.wire().forget();
        for depth in [Depth::Changed, Depth::Everyone] {
            for flow in Flow::ALL {
                let request = Request { depth, ..self.request(flow) };
                let report = flows::run(&self.office, &request).await.expect("it runs again");
                let waits = |it: &Taken| it.outcome == Outcome::Held;
                let is_silent = report.steps.iter().all(waits)
                    && report.org_steps.iter().all(|it| it.outcome == Outcome::Held);
                assert!(is_silent, "not converged:\n{report}");
            }
        }
        assert_eq!(self.town.okta.wire().writes(), [], "a silent run wrote to Okta");
        let news: Vec<String> = self.mail().into_iter().filter(|it| !before.contains(it)).collect();
        assert!(news.is_empty(), "a silent run sent mail:\n{}", news.join("\n"));
    }

    /// Every message sent so far.
    pub fn mail(&self) -> Vec<String> {
        let folder = self.folder.path().join("mail");
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut files: Vec<PathBuf> =
            entries.map(|it| it.expect("the folder can be listed").path()).collect();
        files.sort();
        files.iter().map(|it| std::fs::read_to_string(it).expect("mail is text")).collect()
    }

    /// Everything that Rollcall wrote to files, as bytes.
    pub fn written(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut res = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("the folder is there") {
                let path = entry.expect("the folder can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).expect("the file can be read");
                    res.push((path, bytes));
                }
            }
        }
        res
    }
}

fn attribute<'a>(user: &'a rollcall_sandbox::okta::User, name: &str) -> &'a str {
    user.profile.get(name).and_then(|it| it.as_str()).unwrap_or_default()
}

/// The kinds of steps that a report shows for a person, in order.
pub fn steps(report: &Report, person: &str) -> Vec<String> {
    let person = PersonId::from(person);
    let steps = report.steps.iter().filter(|it| it.person == person);
    steps.map(|it| format!("{} {}", it.kind, it.outcome)).collect()
}

/// The codes of what a report finds about a person.
pub fn findings(report: &Report, person: &str) -> Vec<&'static str> {
    use rollcall::words::finding::Subject;
    let person = Subject::Person(PersonId::from(person));
    report.findings.iter().filter(|it| it.subject == person).map(|it| it.code.as_str()).collect()
}
