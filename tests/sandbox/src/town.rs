//! Both simulators around one company: what the demo, the stories and `rollcall sandbox` start.
//!
//! The Okta org is as a company leaves it that made its accounts by hand until now: everybody at
//! work has one with an employee number, nobody's carries a key, the groups exist and are empty
//! but for what a rule fills.

use std::io;

use jiff::{
    Timestamp,
    civil::{Date, time},
    tz::TimeZone,
};
use serde_json::{Value, json};

use crate::{
    Clock,
    company::{Company, PersonView, codes},
    okta::{self, GroupKind, Okta, SeedUser},
    ukg::{self, Ukg},
};

/// The SSWS token that the org accepts.
pub const OKTA_TOKEN: &str = "00TOKENMARK-larkspur-sandbox-000000000000";
/// The OAuth client that leavers hold tokens of.
const SOME_CLIENT: &str = "0oaMobileMail0000001";
/// The custom attribute that says whose account it is.
const KEY_ATTRIBUTE: &str = "ukgPersonId";

/// How the town is built.
#[derive(Clone, Debug)]
pub struct Options {
    /// People at work on the first day.
    pub people: usize,
    /// The seed of everything that is made up.
    pub seed: u64,
    /// The first day.
    pub today: Date,
    /// How UKG behaves; its clock is replaced by the town's.
    pub ukg: ukg::Options,
    /// How Okta behaves; its clock is replaced by the town's.
    pub okta: okta::Options,
    /// Who has an account on the first day.
    pub accounts: Accounts,
}

/// Who has an account on the first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accounts {
    /// Everybody at work, made by hand, with an employee number and without a key.
    ByHand,
    /// Nobody.
    None,
}

impl Options {
    /// A company of `people` from `seed` that wakes up on `today`.
    pub fn new(people: usize, seed: u64, today: Date) -> Self {
        Self {
            people,
            seed,
            today,
            ukg: ukg::Options::default(),
            okta: okta::Options::default(),
            accounts: Accounts::ByHand,
        }
    }
}

/// Both simulators, one clock, one company.
#[derive(Debug)]
pub struct Town {
    /// UKG Pro with the company.
    pub ukg: Ukg,
    /// Okta.
    pub okta: Okta,
    /// The time both live in.
    pub clock: Clock,
}

impl Town {
    /// Starts both simulators at six in the morning UTC of the first day.
    ///
    /// # Errors
    /// When a port is taken.
    pub async fn start(options: Options) -> io::Result<Self> {
        let Options { people, seed, today, ukg, okta, accounts } = options;
        let clock = Clock::at(morning(today));
        let company = Company::generate(people, seed, today);
        let okta = Okta::start(okta::Options { clock: clock.clone(), seed, ..okta }).await?;
        furnish(&okta, &company, today, accounts);
        let options = ukg::Options { clock: clock.clone(), ..ukg };
        let ukg = Ukg::start(options, company.shared()).await?;
        Ok(Self { ukg, okta, clock })
    }

    /// The credentials file for both, in the product's format.
    pub fn credentials(&self) -> Value {
        json!({
            "ukg": {
                "base_url": self.ukg.base_url(),
                "username": ukg::USER,
                "password": ukg::PASSWORD,
                "customer_api_key": ukg::CUSTOMER_KEY,
            },
            "okta": { "org_url": self.okta.base_url(), "api_token": OKTA_TOKEN },
        })
    }
}

/// Six in the morning UTC: before the first desk of Seattle closes the day before, after the last
/// of Sydney has opened.
pub fn morning(day: Date) -> Timestamp {
    day.to_datetime(time(6, 0, 0, 0))
        .to_zoned_datetime(TimeZone::UTC)
        .expect("UTC has every time of every day")
        .timestamp()
}

fn furnish(okta: &Okta, company: &Company, today: Date, accounts: Accounts) {
    let mut org = okta.org();
    org.allow_token(OKTA_TOKEN, None);
    org.add_attribute(
        KEY_ATTRIBUTE,
        json!({ "title": "UKG person id", "type": "string", "unique": "UNIQUE_VALIDATED" }),
    );
    for name in
        ["Everyone at Larkspur", "Employees", "Contractors", "People managers", "Executives"]
    {
        org.add_group(name, GroupKind::Okta);
    }
    for app in ["Source control", "Customer records", "Payroll", "Works council"] {
        let group = org.add_group(&format!("App {app}"), GroupKind::Okta);
        let app = org.add_app(app);
        org.assign_app_group(&app, &group);
    }
    for (_, name, ..) in codes::DEPARTMENTS {
        org.add_group(&format!("Department {name}"), GroupKind::Okta);
    }
    // What HR has beyond the founding departments: the executives' office, closed ones.
    let units: Vec<String> = company
        .org_units
        .iter()
        .filter(|it| it.level == 2)
        .map(|it| format!("Department {}", it.description))
        .collect();
    for name in units {
        if org.group_by_name(&name).is_none() {
            org.add_group(&name, GroupKind::Okta);
        }
    }
    for it in codes::LOCATIONS {
        org.add_group(&format!("Location {}", it.code), GroupKind::Okta);
    }
    // The strictest first: the first policy that includes a user counts.
    for tier in ["executive", "elevated", "standard"] {
        let group = org.add_group(&format!("MFA {tier}"), GroupKind::Okta);
        org.add_policy(&format!("Enrollment {tier}"), &[group]);
    }
    org.add_app("Expense reports");
    org.add_app("Board portal");
    let berlin = org.add_group("Berlin house rules", GroupKind::Okta);
    org.add_rule("Berlin", "user.city==\"Berlin\"", &[berlin]);
    let admins = org.add_group("Okta administrators", GroupKind::Okta);
    for login in ["breakglass@larkspur.example", "canary@larkspur.example"] {
        let user = org.add_user(SeedUser::active(login));
        if login.starts_with("breakglass") {
            org.add_to_group(&admins, &user);
            org.add_admin(&user, "SUPER_ADMIN");
        }
    }
    match accounts {
        Accounts::None => {}
        Accounts::ByHand => {
            for person in company.people_here_on(today) {
                let user = org.add_user(by_hand(&person));
                org.open_session(&user);
                org.grant_token(&user, SOME_CLIENT);
                org.grant_consent(&user, SOME_CLIENT, "offline_access");
            }
        }
    }
}

/// The account that somebody once typed for this person.
fn by_hand(person: &PersonView<'_>) -> SeedUser {
    let first = person.preferred_name.unwrap_or(person.first_name);
    SeedUser::active(&person.login)
        .with("firstName", shortened(first))
        .with("lastName", shortened(person.last_name))
        .with("employeeNumber", person.employee_number)
        .with("title", person.title)
        .with("department", person.department.unwrap_or_default())
}

/// Okta takes names of at most 50 characters.
fn shortened(name: &str) -> String {
    let name: String = name.chars().take(50).collect();
    if name.trim().is_empty() { "-".to_owned() } else { name }
}
