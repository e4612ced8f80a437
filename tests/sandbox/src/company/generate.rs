//! How the company comes about: one seed, one company.

use std::collections::HashMap;

use jiff::civil::Date;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::{
    Company, Job, MAIL_HOST, OrgUnit, Status, Termination, codes, days_after,
    hr::{NewHire, enroll, transfer_row},
    names, office_hour,
};

/// How many people report to one supervisor.
const SPAN: usize = 8;
/// The chief executive and the vice presidents come first.
const LEADERS: usize = 1 + SPAN;
/// Of more people than this, dozens would share each name that has two parts.
const MANY: usize = 100_000;
/// One team for so many people, and no more teams than that.
const TEAM: usize = 220;
const MOST_TEAMS: usize = 450;
/// Departments whose Americans work for the field company.
const FIELD_DEPARTMENTS: [&str; 5] = ["MFG", "FIELD", "CALIB", "FAC", "SUPP"];
/// Past ends: reason codes by how often they occur.
const PAST_REASONS: [&str; 6] =
    [codes::RESIGNED, codes::RESIGNED, codes::RETIRED, codes::CONTRACT_ENDED, "303", "301"];

pub(super) fn company(people: usize, seed: u64, today: Date) -> Company {
    let people = people.clamp(20, 1_000_000);
    let mut rng = ChaCha12Rng::seed_from_u64(seed ^ 0x1a9c_59a7);
    let mut company = Company::empty(seed, today);
    found_tables(&mut company, people);

    let mut logins = HashMap::new();
    for index in 0..people {
        let hired = days_after(today, -rng.random_range(30..5_000));
        let seat = seat(&company, index, people, hired, &mut rng);
        let person = settle(&mut company, seat, &mut rng);
        give_login(&mut company, person, &mut logins, &mut rng);
    }
    plant_histories(&mut company, people, today, &mut rng);
    plant_leavers(&mut company, people, today, &mut logins, &mut rng);
    plant_future_hires(&mut company, people, today, &mut rng);
    plant_number_clashes(&mut company, people);
    company.now = office_hour(today, 8);
    company
}

fn found_tables(company: &mut Company, people: usize) {
    let mut unit = |level, code: &str, description: &str| {
        let it = OrgUnit {
            level,
            code: code.to_owned(),
            description: description.to_owned(),
            is_active: true,
        };
        if !company.org_units.contains(&it) {
            company.org_units.push(it);
        }
    };
    for (code, description) in codes::DIVISIONS {
        unit(1, code, description);
    }
    unit(2, "EXEC", "Executive Office");
    unit(3, "7000", "7000 Executive Office");
    for (code, description, _, cost_center, ..) in codes::DEPARTMENTS {
        unit(2, code, description);
        unit(3, cost_center, &format!("{cost_center} {description}"));
    }
    for (code, description) in (0..teams(people)).map(team) {
        unit(4, &code, &description);
    }
    company.org_units.push(OrgUnit {
        level: 2,
        code: "LEGACY".to_owned(),
        description: "Legacy Products".to_owned(),
        is_active: false,
    });

    let mut job = |code: String, title: String, family: &str| {
        company.jobs.push(Job { code, title, family: family.to_owned() });
    };
    job("CEO".to_owned(), "Chief Executive Officer".to_owned(), "EXEC");
    for (code, description) in codes::DIVISIONS {
        job(format!("VP{code}"), format!("Vice President, {description}"), "EXEC");
    }
    for (code, description, _, _, noun, family) in codes::DEPARTMENTS {
        job(format!("{code}1"), noun.to_owned(), family);
        job(format!("{code}2"), format!("Senior {noun}"), family);
        job(format!("{code}I"), format!("{noun} Intern"), family);
        job(format!("{code}M"), format!("Manager, {description}"), "MGMT");
    }
}

/// How many teams there are among so many people.
fn teams(people: usize) -> usize {
    (people / TEAM).clamp(codes::TEAMS.len(), MOST_TEAMS)
}

/// A team's code and description: `BLUE`, `GREEN`, `RED`, `BLUE2`, …
fn team(nth: usize) -> (String, String) {
    let (code, description) = codes::TEAMS[nth % codes::TEAMS.len()];
    match nth / codes::TEAMS.len() {
        0 => (code.to_owned(), description.to_owned()),
        more => (format!("{code}{}", more + 1), format!("{description} {}", more + 1)),
    }
}

/// The place in the tree: person `n` reports to person `(n - 1) / 8`.
fn seat(
    company: &Company,
    index: usize,
    people: usize,
    start: Date,
    rng: &mut impl Rng,
) -> NewHire {
    let is_leaf = SPAN * index + 1 >= people;
    let mut hire = NewHire::plausible(company, start, rng);
    if (LEADERS..LEADERS + names::AWKWARD_COUNT).contains(&index) {
        hire.name = names::awkward(index - LEADERS);
    }
    if people > MANY {
        hire.name = names::longer(hire.name, rng);
    }
    let supervisor = index.checked_sub(1).map(|it| it / SPAN);
    hire.supervisor = supervisor.map(|it| company.people()[it].person_id.clone());
    let vice = ancestor(index, LEADERS);
    let department = codes::DEPARTMENTS[3 * (vice.max(1) - 1)
        + ancestor(index, LEADERS + SPAN * SPAN).saturating_sub(LEADERS) % 3];
    let (code, _, division, cost_center, ..) = department;
    let executive = |division: &str| {
        [Some(division.to_owned()), Some("EXEC".to_owned()), Some("7000".to_owned()), None]
    };
    hire.employee_type = "REG".to_owned();
    hire.contract_end = None;
    match index {
        0 => {
            (hire.job, hire.org) = ("CEO".to_owned(), executive("CORP"));
            hire.location = "SEA1".to_owned();
        }
        1..LEADERS => {
            (hire.job, hire.org) = (format!("VP{division}"), executive(division));
        }
        _ => {
            let team = rng.random_ratio(1, 3).then(|| team(index % teams(people)).0);
            let [division, department, cost_center] =
                [division, code, cost_center].map(|it| Some(it.to_owned()));
            hire.org = [division, department, cost_center, team];
            let dice = rng.random_range(0..1_000);
            if !is_leaf {
                hire.job = format!("{code}M");
            } else if dice < 92 || index + 1 == people {
                hire.employee_type = codes::CONTRACTOR.to_owned();
                hire.job = format!("{code}1");
                hire.contract_end = Some(days_after(company.today(), rng.random_range(5..300)));
                hire.start = days_after(company.today(), -rng.random_range(20..300));
            } else if dice < 122 {
                (hire.employee_type, hire.job) = ("INT".to_owned(), format!("{code}I"));
                hire.start = days_after(company.today(), -rng.random_range(10..120));
            } else {
                hire.employee_type = if dice < 162 { "PRT" } else { "REG" }.to_owned();
                hire.job = format!("{code}{}", if dice % 3 == 0 { 2 } else { 1 });
            }
        }
    }
    hire.company_id = component(&hire.location, code).to_owned();
    hire
}

/// The forebear that sits among the first `within` people.
fn ancestor(mut index: usize, within: usize) -> usize {
    while index >= within {
        index = (index - 1) / SPAN;
    }
    index
}

/// The component company that employs people of that department in that place.
pub(super) fn component(location: &str, department: &str) -> &'static str {
    let is_american = codes::LOCATIONS.iter().any(|it| it.code == location && it.country == "USA");
    let index = match (is_american, FIELD_DEPARTMENTS.contains(&department)) {
        (true, false) => 0,
        (true, true) => 1,
        (false, _) => 2,
    };
    codes::COMPANIES[index].id
}

/// Enrolls somebody long ago: the stamps lie in the past too.
fn settle(company: &mut Company, hire: NewHire, rng: &mut impl Rng) -> usize {
    let today = company.today;
    let entered = days_after(hire.start, -14).min(days_after(today, -1));
    let fraction =
        |rng: &mut dyn Rng| jiff::SignedDuration::from_millis(rng.random_range(0..7_200_000));
    company.now = office_hour(entered, 9) + fraction(rng);
    let person = enroll(company, hire);
    let age = (today - entered).get_days().max(2);
    let it = &mut company.people[person];
    it.changed =
        office_hour(days_after(today, -i64::from(rng.random_range(1..age))), 10) + fraction(rng);
    it.changed = it.changed.max(it.created);
    let employment = &mut it.employments[0];
    employment.changed =
        office_hour(days_after(today, -i64::from(rng.random_range(1..age))), 11) + fraction(rng);
    employment.changed = employment.changed.max(employment.created);
    person
}

/// What an administrator gave by hand: first.last, with a number when that was taken.
fn give_login(
    company: &mut Company,
    person: usize,
    taken: &mut HashMap<String, u32>,
    rng: &mut impl Rng,
) {
    let it = &mut company.people[person];
    let plain = it.manual_login.take().expect("enrolling leaves the plain name here");
    let count = taken.entry(plain.clone()).and_modify(|it| *it += 1).or_insert(1);
    let login = match *count {
        1 => format!("{plain}@{MAIL_HOST}"),
        n => format!("{plain}{n}@{MAIL_HOST}"),
    };
    it.user_name = Some(login.split('@').next().unwrap_or_default().to_owned());
    it.email = match rng.random_range(0..20) {
        0 => None,
        1 => it.alternate_email.clone(),
        _ => Some(login.clone()),
    };
    it.manual_login = Some(login);
}

/// People with a past: leaves, transfers, second employments, rehires. They sit at the end of the
/// tree, where nobody reports to them.
fn plant_histories(company: &mut Company, people: usize, today: Date, rng: &mut impl Rng) {
    // The very last one is the contractor that every company has.
    let mut next = people - 1;
    let mut take = |share: usize| {
        let count = (people * share / 1_000).max(1);
        next -= count;
        next..next + count
    };
    for person in take(15) {
        let since = days_after(today, -rng.random_range(3..100));
        let employment = &mut company.people[person].employments[0];
        employment.status = Status::Leave;
        employment.status_since = since.max(employment.last_hire);
        employment.status_until = Some(days_after(today, rng.random_range(5..90)));
        let reason = codes::LEAVE_REASONS[rng.random_range(0..codes::LEAVE_REASONS.len())].0;
        employment.leave_reason = Some(reason.to_owned());
    }
    for person in take(10) {
        let from = other_company(&company.people[person].employments[0].company_id);
        let number = company.new_employee_number();
        let employment = &mut company.people[person].employments[0];
        let moved = days_after(employment.last_hire, 1).max(days_after(today, -400));
        let mut old = transfer_row(employment, from, number, moved);
        // Written backwards: the row of today stands, the one before it is added.
        old.last_hire = employment.original_hire;
        old.termination = Some(Termination {
            date: days_after(moved, -1),
            last_worked: days_after(moved, -1),
            paid_through: None,
            reason: codes::TRANSFER_OUT.to_owned(),
            ok_to_rehire: true,
        });
        old.is_home = false;
        employment.last_hire = moved;
        company.people[person].employments.insert(0, old);
    }
    for person in take(5) {
        let to = other_company(&company.people[person].employments[0].company_id);
        let number = company.new_employee_number();
        let since = days_after(today, -rng.random_range(5..25));
        let mut second = transfer_row(&company.people[person].employments[0], to, number, since);
        second.is_home = false;
        second.original_hire = since;
        company.people[person].employments.push(second);
    }
    for person in take(20) {
        let employment = &mut company.people[person].employments[0];
        employment.original_hire = days_after(employment.last_hire, -rng.random_range(400..2_000));
        employment.earlier_end = Some(days_after(employment.last_hire, -rng.random_range(30..300)));
    }
}

fn other_company(company_id: &str) -> &'static str {
    let at = codes::COMPANIES.iter().position(|it| it.id == company_id).unwrap_or(0);
    codes::COMPANIES[(at + 1) % codes::COMPANIES.len()].id
}

fn plant_leavers(
    company: &mut Company,
    people: usize,
    today: Date,
    logins: &mut HashMap<String, u32>,
    rng: &mut impl Rng,
) {
    for nth in 0..(people * 6 / 100).max(2) {
        let hired = days_after(today, -rng.random_range(800..4_000));
        let mut hire = NewHire::plausible(company, hired, rng);
        if nth == 0 {
            // A leaver of the past who shares a name with people who are here.
            hire.name = names::awkward(0);
        }
        let reason = PAST_REASONS[rng.random_range(0..PAST_REASONS.len())];
        let date = days_after(today, -rng.random_range(3..700));
        hire.contract_end = hire.contract_end.map(|_| date);
        let person = settle(company, hire, rng);
        give_login(company, person, logins, rng);
        let it = &mut company.people[person];
        it.user_name = None;
        it.employments[0].termination = Some(Termination {
            date,
            last_worked: days_after(date, -rng.random_range(0..4)),
            paid_through: Some(days_after(date, rng.random_range(0..30))),
            reason: reason.to_owned(),
            ok_to_rehire: !codes::IMMEDIATE_REASONS.contains(&reason),
        });
    }
}

fn plant_future_hires(company: &mut Company, people: usize, today: Date, rng: &mut impl Rng) {
    for _ in 0..(people / 100).max(2) {
        let start = days_after(today, rng.random_range(1..45));
        let hire = NewHire::plausible(company, start, rng);
        let person = settle(company, hire, rng);
        company.people[person].manual_login = None;
    }
}

/// Employee numbers are unique within a company only: two Europeans share theirs with Americans,
/// and a person made for a test long ago is still employed.
fn plant_number_clashes(company: &mut Company, people: usize) {
    if people < 100 {
        return;
    }
    let of = |company: &Company, id: &str| -> Vec<usize> {
        (LEADERS..people)
            .filter(|&it| {
                let rows = &company.people[it].employments;
                rows.len() == 1 && rows[0].company_id == id
            })
            .take(2)
            .collect()
    };
    let americans = of(company, codes::COMPANIES[0].id);
    let europeans = of(company, codes::COMPANIES[2].id);
    for (american, european) in americans.into_iter().zip(europeans) {
        let number = company.people[american].employments[0].employee_number.clone();
        company.people[european].employments[0].employee_number = number;
    }
    let tester = company.people.iter_mut().find(|it| it.last_name == "Test");
    if let Some(tester) = tester {
        tester.employments[0].employee_number = "999999".to_owned();
    }
}
