//! Larkspur Instruments, a company that does not exist: its people, its HR department, its days.
//!
//! [`Company`] is the truth that the UKG simulator shows to the outside. It is generated from a
//! seed and changed by the acts in [`hr`]. What is dated in the future waits in [`Pending`] until
//! [`Company::roll_to`] reaches the day.

pub mod codes;
mod generate;
pub mod hr;
pub mod markers;
mod model;
pub mod names;
mod pending;
mod roster;

use std::{collections::HashMap, sync::Arc, sync::Mutex};

use jiff::{
    Timestamp, ToSpan,
    civil::Date,
    tz::{Offset, TimeZone},
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

pub use hr::{Act, HrEvent, a_day_in_hr};
pub use model::{Contract, Employment, Flaw, JobRow, Person, Status, Termination};
pub use pending::{Change, Pending};
pub use roster::PersonView;

/// The host of the company's mail addresses.
pub const MAIL_HOST: &str = "larkspur.example";

/// A company that the UKG simulator and a story share.
pub type SharedCompany = Arc<Mutex<Company>>;

/// An entry of the org-level or job tables that HR can rename, add or close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgUnit {
    /// 1 to 4; the code is unique only within the level.
    pub level: u8,
    /// The code on the employments.
    pub code: String,
    /// What people call it.
    pub description: String,
    /// Whether it is in use.
    pub is_active: bool,
}

/// An entry of the job table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The code on the employments.
    pub code: String,
    /// The title.
    pub title: String,
    /// A code of [`codes::JOB_FAMILIES`]; the nearest thing to a level that UKG has on a job.
    pub family: String,
}

/// The whole truth.
#[derive(Clone, Debug)]
pub struct Company {
    /// The org units of all four levels.
    pub org_units: Vec<OrgUnit>,
    /// The jobs.
    pub jobs: Vec<Job>,
    people: Vec<Person>,
    by_person: HashMap<String, usize>,
    by_employee: HashMap<String, usize>,
    pending: Vec<Pending>,
    events: Vec<HrEvent>,
    founded: Date,
    today: Date,
    now: Timestamp,
    offset: Offset,
    rng: ChaCha12Rng,
    next_number: u32,
    next_employee: u64,
}

impl Company {
    /// A company of so many people on that day: the same arguments give the same company.
    ///
    /// `people` counts those who are employed and present (between 20 and 100,000); past leavers
    /// and people who start later come on top.
    pub fn generate(people: usize, seed: u64, today: Date) -> Self {
        generate::company(people, seed, today)
    }

    /// Puts the company where a simulator and a story can both reach it.
    pub fn shared(self) -> SharedCompany {
        Arc::new(Mutex::new(self))
    }

    fn empty(seed: u64, today: Date) -> Self {
        // Most of UKG's American data centers keep Eastern time; see `Company::set_offset`.
        let offset = Offset::constant(-5);
        Self {
            org_units: Vec::new(),
            jobs: Vec::new(),
            people: Vec::new(),
            by_person: HashMap::new(),
            by_employee: HashMap::new(),
            pending: Vec::new(),
            events: Vec::new(),
            founded: today,
            today,
            now: office_hour(today, 8),
            offset,
            rng: ChaCha12Rng::seed_from_u64(seed),
            next_number: 100,
            next_employee: 36_u64.pow(5) + (seed % 9_973) * 1_009,
        }
    }

    /// The day up to which future-dated changes have taken effect.
    pub fn today(&self) -> Date {
        self.today
    }

    /// The day the company was generated for.
    pub fn founded(&self) -> Date {
        self.founded
    }

    /// When HR's next act is entered.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Says when HR's next acts are entered. Moving on to a later day rolls the company there.
    pub fn set_now(&mut self, now: Timestamp) {
        self.roll_to(self.offset.to_datetime(now).date());
        self.now = now;
    }

    /// The offset of the UKG instance's clock: all stamps and "today" are told in it.
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// Changes the instance's offset.
    pub fn set_offset(&mut self, offset: Offset) {
        self.offset = offset;
    }

    /// Everyone with at least one row, past and future people included.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The person of that id.
    pub fn person(&self, person_id: &str) -> Option<&Person> {
        self.by_person.get(person_id).map(|&it| &self.people[it])
    }

    /// The person an employeeId belongs to.
    pub fn person_of(&self, employee_id: &str) -> Option<&Person> {
        self.by_employee.get(employee_id).map(|&it| &self.people[it])
    }

    /// Everything HR did since the company was generated.
    pub fn events(&self) -> &[HrEvent] {
        &self.events
    }

    /// The changes that wait for their day.
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// The job of that code.
    pub fn job(&self, code: &str) -> Option<&Job> {
        self.jobs.iter().find(|it| it.code == code)
    }

    /// The org unit of that level and code.
    pub fn org_unit(&self, level: u8, code: &str) -> Option<&OrgUnit> {
        self.org_units.iter().find(|it| it.level == level && it.code == code)
    }

    fn index_of(&self, person_id: &str) -> usize {
        *self.by_person.get(person_id).expect("HR acts on people the company knows")
    }

    fn add_person(&mut self, person: Person) -> usize {
        let index = self.people.len();
        self.by_person.insert(person.person_id.clone(), index);
        for it in &person.employments {
            self.by_employee.insert(it.employee_id.clone(), index);
        }
        self.people.push(person);
        index
    }

    fn new_guid(&mut self) -> String {
        let mut it = [0_u8; 16];
        self.rng.fill_bytes(&mut it);
        it[6] = (it[6] & 0x0f) | 0x40;
        it[8] = (it[8] & 0x3f) | 0x80;
        let hex: String = it.iter().map(|it| format!("{it:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// Twelve characters in the pattern of real ones: six that count, then a constant tail.
    fn new_employee_id(&mut self) -> String {
        const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        self.next_employee += self.rng.random_range(1..400);
        let mut rest = self.next_employee;
        let mut head = [b'0'; 6];
        for slot in head.iter_mut().rev() {
            *slot = DIGITS[(rest % 36) as usize];
            rest /= 36;
        }
        let head: String = head.iter().map(|&it| char::from(it)).collect();
        format!("{head}0000K0")
    }

    fn new_employee_number(&mut self) -> String {
        self.next_number += 1;
        format!("{:09}", self.next_number)
    }
}

/// An hour of that day at head office, in Seattle.
fn office_hour(date: Date, hour: i8) -> Timestamp {
    let zone = TimeZone::get("America/Los_Angeles").expect("the zones travel with the binary");
    zone.to_timestamp(date.at(hour, 0, 0, 0)).expect("office hours exist on every day")
}

/// So many days later (or earlier).
fn days_after(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).expect("the company does not live at the end of time")
}
