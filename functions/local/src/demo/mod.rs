//! `rollcall demo`: a whole company through its lifecycle, on built-in simulators.
//!
//! Everything goes over real HTTP on loopback and into a real ledger; only the days are simulated.
//! Nothing here decides anything: it moves the clock, lets HR have its day, runs the flows, and
//! writes down what they report.

mod account;
mod cases;
mod diary;
mod evidence;
mod hands;
mod proof;
mod work;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use anyhow::{Context, Result, anyhow};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rollcall::{
    deciders::{
        policy::{self, Policy},
        report::Report,
    },
    doors::{
        ledger::{Ledger, PlanState, Signer, Sqlite},
        outbox::Outbox,
    },
    flows::{Depth, Office, Request},
    shell::credentials::Credentials,
    words::flow::Flow,
};
use rollcall_sandbox::{
    company::{a_day_in_hr, codes},
    town::{self, Town},
};

use self::{
    diary::Diary,
    hands::{ByHand, a_day_in_the_console},
};
use crate::{args::DemoArgs, ending::Ending, office, progress, run::run_one};

/// The first day of every demo: a Monday, so that two demos of one seed are the same.
const FIRST_DAY: Date = jiff::civil::date(2026, 3, 2);
/// Pollers come by every five minutes, so this is how soon they see what has just become true.
const POLL_MINUTES: i64 = 5;

/// Lives through the days and tells what happened.
///
/// # Errors
/// When a simulator, the ledger or a flow fails.
pub async fn run(args: DemoArgs) -> Result<Ending> {
    let started = Instant::now();
    let place = Place::open(args.out.as_deref())?;
    let people = usize::try_from(args.people).unwrap_or(usize::MAX);
    let options = town::Options::new(people, args.seed, FIRST_DAY);
    let town = Town::start(options).await.context("failed to start the simulators")?;
    let mut demo = Demo { office: open(&town, &place)?, town, place, diary: Diary::default() };
    let bar = progress::bar(u64::from(args.days), "living through the days");

    demo.settle_in().await?;
    let mut random = ChaCha12Rng::seed_from_u64(args.seed);
    for day in 0..args.days {
        demo.live(day, &mut random).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();

    let proof = proof::gather(&mut demo).await?;
    let evidence = evidence::gather(&demo).await?;
    let account = account::Account {
        people: args.people,
        days: args.days,
        seed: args.seed,
        first_day: FIRST_DAY,
        diary: &demo.diary,
        proof: &proof,
        evidence: &evidence,
        took: started.elapsed(),
        place: &demo.place,
        mail: demo.place.mail()?,
    };
    if args.json {
        say!("{:#}", account.to_json());
    } else {
        show!("{account}");
    }
    Ok(if proof.is_converged() && evidence.is_proved() { Ending::Done } else { Ending::Failed })
}

/// Where the ledger, the mail and the plans go.
pub struct Place {
    folder: PathBuf,
    /// Removed with everything in it when the demo ends, unless somebody wants to keep it.
    _temporary: Option<tempfile::TempDir>,
}

impl Place {
    fn open(out: Option<&Path>) -> Result<Self> {
        let Some(out) = out else {
            let temporary = tempfile::tempdir().context("failed to make a temporary folder")?;
            let folder = temporary.path().to_owned();
            return Ok(Self { folder, _temporary: Some(temporary) });
        };
        // A second demo in the same folder would go on from the first one's ledger.
        if out.join("rollcall.sqlite").exists() {
            let out = out.display();
            return Err(anyhow!("{out} holds an earlier demo; choose another folder"));
        }
        fs::create_dir_all(out.join("plans"))
            .with_context(|| format!("failed to make {}", out.display()))?;
        Ok(Self { folder: out.to_owned(), _temporary: None })
    }

    /// How many messages went to whom.
    fn mail(&self) -> Result<BTreeMap<String, usize>> {
        let mut res = BTreeMap::new();
        let folder = self.folder.join("mail");
        if !folder.exists() {
            return Ok(res);
        }
        for entry in fs::read_dir(folder).context("failed to list the mail")? {
            let path = entry.context("failed to list the mail")?.path();
            let text = fs::read_to_string(path).context("failed to read a message")?;
            let to = text.lines().next().and_then(|it| it.strip_prefix("To: "));
            let audience = to.and_then(|it| it.split_whitespace().next()).unwrap_or("nobody");
            *res.entry(audience.to_owned()).or_default() += 1;
        }
        Ok(res)
    }

    /// The folder, when it stays.
    fn kept(&self) -> Option<&Path> {
        self._temporary.is_none().then_some(&self.folder)
    }
}

fn open(town: &Town, place: &Place) -> Result<Office> {
    let policy = Policy::compile("rollcall.yaml", policy::EXAMPLE)
        .map_err(|it| anyhow!("the example policy is broken: {it}"))?;
    let credentials = Credentials::parse(&town.credentials().to_string())
        .map_err(|it| anyhow!("the sandbox's credentials are broken: {it}"))?;
    let file = place.folder.join("rollcall.sqlite");
    let store = Sqlite::open(&file).context("failed to open the ledger")?;
    let outbox = Outbox::Folder(place.folder.join("mail"));
    let mut office = office::with(policy, credentials, Ledger::new(Arc::new(store)), outbox)?;
    set(town, town.clock.now());
    office.clock = now;
    let (signer, _) = Signer::generate().context("failed to make a key for the audit log")?;
    office.signer = Some(signer);
    Ok(office)
}

/// The demo's own time in microseconds: the ledger is written in the days that are lived through.
static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> Timestamp {
    Timestamp::from_microsecond(NOW.load(Ordering::Relaxed)).unwrap_or_default()
}

/// Sets the clocks of both vendors and of Rollcall.
fn set(town: &Town, at: Timestamp) {
    town.clock.set(at);
    NOW.store(at.as_microsecond(), Ordering::Relaxed);
}

/// A demo under way.
struct Demo {
    office: Office,
    town: Town,
    place: Place,
    diary: Diary,
}

impl Demo {
    /// The installation: accounts that were made by hand are adopted and brought in line.
    async fn settle_in(&mut self) -> Result<()> {
        self.diary.begin_installation();
        for _ in 0..2 {
            for flow in Flow::ALL {
                self.flow(flow, Depth::Changed).await?;
            }
        }
        self.diary.end_installation();
        Ok(())
    }

    /// In the morning somebody in IT looks at what was held the day before, and lets it go.
    async fn approve(&mut self) -> Result<()> {
        let now = (self.office.clock)();
        let ledger = &self.office.ledger;
        for plan in ledger.plans(now).await.context("failed to read the plans")? {
            if plan.state == PlanState::Held {
                let until = plan.expires;
                ledger
                    .approve_plan(&plan.id, "Dana from IT", "asked HR, and it is right", now, until)
                    .await
                    .context("failed to approve a plan")?;
                self.diary.approved += 1;
            }
        }
        Ok(())
    }

    /// One day: pollers come by, HR has its day, pollers come by.
    async fn live(&mut self, day: u32, random: &mut ChaCha12Rng) -> Result<()> {
        let date = FIRST_DAY + i64::from(day).days();
        let midnights = midnights_during(date);
        let hr_begins = town::morning(date) + 11.hours();
        let (before, after): (Vec<_>, Vec<_>) =
            midnights.into_iter().partition(|it| *it < hr_begins);
        for at in before {
            set(&self.town, at);
            self.midnight().await?;
        }
        self.approve().await?;
        set(&self.town, hr_begins);
        self.diary.done_by_hand(hr_begins, &self.in_the_console(day));
        let events = self.town.ukg.hr(|company| a_day_in_hr(company, date, random));
        let last = events.iter().map(|it| it.entered).max().unwrap_or(hr_begins);
        self.diary.hr_entered(&events);
        set(&self.town, last + POLL_MINUTES.minutes());
        for flow in
            [Flow::Offboarding, Flow::Contractor, Flow::NewHire, Flow::MfaPolicy, Flow::ProfileSync]
        {
            self.flow(flow, Depth::Changed).await?;
        }
        for at in after {
            if self.town.clock.now() < at {
                set(&self.town, at);
            }
            self.midnight().await?;
        }
        // Once more when the day is over: dated changes in HR have become true.
        self.flow(Flow::ProfileSync, Depth::Changed).await?;
        // The whole org is compared at night.
        self.flow(Flow::OrgSync, Depth::Changed).await
    }

    /// What somebody does in Okta's console.
    fn in_the_console(&self, day: u32) -> Vec<ByHand> {
        let leavers: Vec<&str> =
            self.diary.left.iter().map(|it| it.change.login.as_str()).collect();
        a_day_in_the_console(&mut self.town.okta.org(), day, &leavers)
    }

    /// What the pollers find when a day has begun somewhere.
    async fn midnight(&mut self) -> Result<()> {
        for flow in [Flow::Contractor, Flow::Offboarding, Flow::NewHire] {
            self.flow(flow, Depth::Changed).await?;
        }
        Ok(())
    }

    async fn flow(&mut self, flow: Flow, depth: Depth) -> Result<()> {
        let report = self.report(flow, depth).await?;
        if let Some(folder) = self.place.kept()
            && !report.is_silent()
        {
            let file = folder.join("plans").join(format!("{}.txt", report.run));
            fs::write(&file, report.to_string())
                .with_context(|| format!("failed to write {}", file.display()))?;
        }
        let diary = &mut self.diary;
        self.town.ukg.hr(|company| diary.ran(&report, company));
        Ok(())
    }

    async fn report(&self, flow: Flow, depth: Depth) -> Result<Report> {
        let now = self.town.clock.now();
        run_one(&self.office, &Request { depth, ..Request::new(flow, now) }).await
    }
}

/// Five past midnight at each of the company's sites, as far as it falls on this UTC day: when a
/// poller finds that somebody's last day is over, or that a first day has begun.
fn midnights_during(date: Date) -> Vec<Timestamp> {
    let mut res: Vec<Timestamp> = Vec::new();
    for location in codes::LOCATIONS.iter().filter(|it| it.is_active) {
        let Ok(zone) = TimeZone::get(location.zone) else { continue };
        for day in [date - 1.days(), date, date + 1.days()] {
            let midnight = day.to_zoned_datetime(zone.clone()).map(|it| it.timestamp());
            res.extend(midnight.ok().map(|it| it + POLL_MINUTES.minutes()));
        }
    }
    res.retain(|it| it.to_zoned_datetime(TimeZone::UTC).date() == date);
    res.sort();
    res.dedup();
    res
}
