//! A plausible day in HR.
//!
//! Two things make a day: the ordinary joiners, movers and leavers that chance brings (about four
//! in a thousand people), and a fixed script of special cases by day number, so that thirty days
//! contain every [`Act`] at least once.

use jiff::{SignedDuration, civil::Date};
use rand::{Rng, RngExt};

use super::{Act, HrEvent, Leaving, NewHire, Rescission};
use crate::company::{Company, Flaw, Status, codes, days_after, hr, names, office_hour};

/// How many days the script has before it starts over.
const SCRIPT_DAYS: i32 = 30;

/// The special cases of a day, by its number since the company was generated.
fn script(day: i32) -> &'static [Act] {
    use Act::*;
    match day.rem_euclid(SCRIPT_DAYS) {
        0 => &[HireToday, ChangeDepartment],
        1 => &[HireFuture, HireFuture, TerminateFuture],
        2 => &[HireLate, ChangeName],
        3 => &[MoveStart, StartLeave],
        4 => &[RescindHire, ChangePreferredName],
        5 => &[TerminateFuture, ChangeJob],
        6 => &[RescindTerminationBefore, ExtendContract],
        7 => &[Transfer, ChangeSupervisor],
        8 => &[TerminateImmediate, RenameDepartment],
        9 => &[Malform, Convert],
        10 => &[Repair, AddEmployment],
        11 => &[RehireSameNumber, ChangeLocation],
        12 => &[TerminateBackdated, LoseContractEnd],
        13 => &[RescindTerminationAfter, ReturnFromLeave],
        14 => &[Suspend, ConvertByNewRecord],
        15 => &[BackToWork, TerminateFuture],
        16 => &[MoveTermination, BlankDepartment],
        17 => &[RehireNewNumber, EndContractEarly],
        18 => &[EndOneOfTwo, UnknownCode],
        19 => &[Strike, ChangeNumber],
        20 => &[BackToWork, SplitDepartment],
        21 => &[Decease, HireFuture],
        22 => &[RecodeDepartment],
        23 => &[LayOff, Terminate],
        24 => &[Duplicate],
        25 => &[RehireAsDuplicate, Malform],
        26 => &[HireToday, UnknownCode],
        27 => &[Repair, StartLeave, TerminateFuture],
        28 => &[RescindHire, Transfer],
        _ => &[AddEmployment, Malform],
    }
}

/// What chance brings, by weight: the head count stays about the same.
const ORDINARY: [(Act, u32); 16] = [
    (Act::HireFuture, 18),
    (Act::HireToday, 4),
    (Act::HireLate, 2),
    (Act::TerminateFuture, 14),
    (Act::Terminate, 4),
    (Act::TerminateBackdated, 2),
    (Act::ChangeDepartment, 10),
    (Act::ChangeJob, 14),
    (Act::ChangeLocation, 5),
    (Act::ChangeSupervisor, 12),
    (Act::ChangeName, 3),
    (Act::ChangePreferredName, 3),
    (Act::StartLeave, 4),
    (Act::ReturnFromLeave, 3),
    (Act::ExtendContract, 4),
    (Act::Transfer, 1),
];

/// Everything that happens in HR on that day, in the order it is entered.
///
/// The company rolls to the day first. Acts are entered from nine in the morning, Seattle time.
pub fn a_day_in_hr(company: &mut Company, date: Date, rng: &mut impl Rng) -> Vec<HrEvent> {
    let before = company.events.len();
    company.roll_to(date);
    company.now = company.now.max(office_hour(date, 9));
    let day = (date - company.founded).get_days();
    for &act in script(day) {
        pause(company, rng);
        perform(company, act, rng);
    }
    let headcount = u32::try_from(company.people.len()).unwrap_or(u32::MAX);
    // Two thirds of an act on average for 165 people; chance rounds it to whole ones.
    let thousandths = headcount * 4;
    let ordinary = thousandths / 1_000 + u32::from(rng.random_ratio(thousandths % 1_000, 1_000));
    let total: u32 = ORDINARY.iter().map(|it| it.1).sum();
    for _ in 0..ordinary {
        let mut dice = rng.random_range(0..total);
        let act = ORDINARY.iter().find(|(_, weight)| {
            let is_it = dice < *weight;
            dice = dice.saturating_sub(*weight);
            is_it
        });
        if let Some((act, _)) = act {
            pause(company, rng);
            perform(company, *act, rng);
        }
    }
    company.events[before..].to_vec()
}

/// A few minutes pass between two acts; in a large company fewer, or the day would not do.
fn pause(company: &mut Company, rng: &mut impl Rng) {
    let longest = (25_000_000 / (company.people.len() as i64 + 50)).clamp(30, 600_000);
    company.now += SignedDuration::from_millis(rng.random_range(20..=longest));
}

/// Makes an act happen to somebody it can happen to. When there is nobody, what has to come
/// first happens first: nobody returns from a leave that nobody took.
fn perform(company: &mut Company, act: Act, rng: &mut impl Rng) {
    let today = company.today;
    let soon = days_after(today, rng.random_range(2..21));
    match act {
        Act::HireToday => join(company, today, rng),
        Act::HireFuture => join(company, soon, rng),
        Act::HireLate => join(company, days_after(today, -rng.random_range(1..8)), rng),
        Act::RescindHire | Act::MoveStart => {
            let Some(who) = company.pick_future(rng) else {
                join(company, soon, rng);
                return again(company, act, rng);
            };
            if act == Act::MoveStart {
                hr::move_start(company, &who, days_after(soon, 3));
            } else if rng.random_bool(0.5) {
                hr::rescind_hire(company, &who, Rescission::NoShow);
            } else {
                hr::rescind_hire(company, &who, Rescission::RowDeleted);
            }
        }
        Act::Terminate
        | Act::TerminateFuture
        | Act::TerminateBackdated
        | Act::TerminateImmediate
        | Act::Decease => leave(company, act, soon, rng),
        Act::RescindTerminationBefore | Act::MoveTermination => {
            let Some(who) = company.pick_leaving(rng) else {
                leave(company, Act::TerminateFuture, soon, rng);
                return again(company, act, rng);
            };
            if act == Act::MoveTermination {
                hr::move_termination(company, &who, days_after(soon, 5));
            } else {
                hr::rescind_termination(company, &who);
            }
        }
        Act::RescindTerminationAfter
        | Act::RehireSameNumber
        | Act::RehireNewNumber
        | Act::RehireAsDuplicate => come_back(company, act, soon, rng),
        Act::ChangeDepartment
        | Act::ChangeJob
        | Act::ChangeLocation
        | Act::ChangeSupervisor
        | Act::ChangeName
        | Act::ChangePreferredName
        | Act::Transfer
        | Act::AddEmployment
        | Act::EndOneOfTwo => change(company, act, soon, rng),
        Act::Convert
        | Act::ConvertByNewRecord
        | Act::ExtendContract
        | Act::EndContractEarly
        | Act::LoseContractEnd => contract(company, act, soon, rng),
        Act::StartLeave
        | Act::ReturnFromLeave
        | Act::Suspend
        | Act::Strike
        | Act::LayOff
        | Act::BackToWork => absence(company, act, soon, rng),
        Act::RenameDepartment | Act::RecodeDepartment | Act::SplitDepartment => {
            reorganize(company, act, rng);
        }
        Act::UnknownCode
        | Act::BlankDepartment
        | Act::ChangeNumber
        | Act::Malform
        | Act::Repair
        | Act::Duplicate => mishap(company, act, rng),
    }
}

/// Performs the act now that what it needs has been done; the pick cannot come back empty twice.
fn again(company: &mut Company, act: Act, rng: &mut impl Rng) {
    pause(company, rng);
    perform(company, act, rng);
}

fn join(company: &mut Company, start: Date, rng: &mut impl Rng) {
    let hire = NewHire::plausible(company, start, rng);
    hr::hire(company, hire);
}

fn leave(company: &mut Company, act: Act, soon: Date, rng: &mut impl Rng) {
    let today = company.today;
    let Some(who) = company.pick_employee(rng) else { return };
    let leaving = if act == Act::TerminateImmediate {
        let reason = codes::IMMEDIATE_REASONS[rng.random_range(0..codes::IMMEDIATE_REASONS.len())];
        Leaving::because(today, reason)
    } else if act == Act::Decease {
        Leaving::because(days_after(today, -1), codes::DECEASED)
    } else if act == Act::TerminateBackdated {
        Leaving::resigned(days_after(today, -rng.random_range(1..6)))
    } else if act == Act::TerminateFuture {
        let reason = [codes::RESIGNED, codes::RESIGNED, codes::RETIRED, "303"];
        Leaving {
            date: soon,
            // Some take their last vacation days at the end.
            last_worked: rng.random_ratio(1, 3).then(|| days_after(soon, -2).max(today)),
            paid_through: rng.random_ratio(1, 3).then(|| days_after(soon, 14)),
            reason: reason[rng.random_range(0..reason.len())],
        }
    } else {
        Leaving::resigned(today)
    };
    hr::terminate(company, &who, leaving);
}

fn come_back(company: &mut Company, act: Act, soon: Date, rng: &mut impl Rng) {
    let within = if act == Act::RescindTerminationAfter { 20 } else { 100_000 };
    let Some(who) = company.pick_gone(rng, within) else {
        leave(company, Act::TerminateBackdated, soon, rng);
        // A tiny company may have nobody left who could have gone.
        if company.pick_gone(rng, within).is_some() {
            again(company, act, rng);
        }
        return;
    };
    if act == Act::RescindTerminationAfter {
        hr::rescind_termination(company, &who);
    } else if act == Act::RehireSameNumber {
        hr::rehire(company, &who, days_after(company.today, rng.random_range(0..10)));
    } else if act == Act::RehireNewNumber {
        hr::rehire_with_new_number(company, &who, soon);
    } else {
        hr::rehire_as_duplicate(company, &who, soon);
    }
}

fn change(company: &mut Company, act: Act, soon: Date, rng: &mut impl Rng) {
    let today = company.today;
    let on = if rng.random_bool(0.5) { today } else { soon };
    if act == Act::EndOneOfTwo {
        if company.pick_double(rng).is_none()
            && let Some(who) = company.pick_employee(rng)
        {
            hr::add_employment(company, &who, elsewhere(company, &who), today);
        }
        if let Some(who) = company.pick_double(rng) {
            hr::end_one_of_two(company, &who, on);
        }
        return;
    }
    let Some(who) = company.pick_employee(rng) else { return };
    let department = codes::DEPARTMENTS[rng.random_range(0..codes::DEPARTMENTS.len())].0;
    if act == Act::ChangeDepartment {
        hr::change_department(company, &who, department, on);
    } else if act == Act::ChangeJob {
        let grade = [1, 2][rng.random_range(0..2_usize)];
        hr::change_job(company, &who, &format!("{department}{grade}"), on);
    } else if act == Act::ChangeLocation {
        let location = codes::LOCATIONS[rng.random_range(0..8_usize)].code;
        hr::change_location(company, &who, location, on);
    } else if act == Act::ChangeSupervisor {
        let boss = company.a_boss_for(&who, rng);
        hr::change_supervisor(company, &who, boss.as_deref(), on);
    } else if act == Act::ChangeName {
        let first = company.person(&who).map(|it| it.first_name.clone()).unwrap_or_default();
        hr::change_name(company, &who, &first, names::last(rng));
    } else if act == Act::ChangePreferredName {
        let nickname = ["Sky", "Robin", "Jo", "Kit", "Sasha"][rng.random_range(0..5_usize)];
        hr::change_preferred_name(company, &who, Some(nickname));
    } else if act == Act::Transfer {
        let first_day = days_after(today, rng.random_range(0..8));
        hr::transfer(company, &who, elsewhere(company, &who), first_day);
    } else {
        hr::add_employment(company, &who, elsewhere(company, &who), on);
    }
}

/// A component company that does not employ the person: rather one that never did.
fn elsewhere(company: &Company, who: &str) -> &'static str {
    let rows = company.person(who).map(|it| it.employments.as_slice()).unwrap_or_default();
    let is_new = |id: &str| rows.iter().all(|it| it.company_id != id);
    let is_over =
        |id: &str| rows.iter().all(|it| it.company_id != id || it.has_ended_by(company.today));
    let companies = || codes::COMPANIES.iter().map(|it| it.id);
    companies()
        .find(|it| is_new(it))
        .or_else(|| companies().find(|it| is_over(it)))
        .expect("an ordinary person has one employment, so two companies are free")
}

fn contract(company: &mut Company, act: Act, soon: Date, rng: &mut impl Rng) {
    let Some(who) = company.pick_contractor(rng) else {
        let mut hire = NewHire::plausible(company, company.today, rng);
        hire.employee_type = codes::CONTRACTOR.to_owned();
        hire.contract_end = Some(days_after(soon, 60));
        hr::hire(company, hire);
        return again(company, act, rng);
    };
    if act == Act::Convert {
        hr::convert(company, &who, "REG", soon);
    } else if act == Act::ConvertByNewRecord {
        hr::convert_by_new_record(company, &who, days_after(company.today, 1));
    } else if act == Act::ExtendContract {
        hr::extend_contract(company, &who, days_after(soon, 180));
    } else if act == Act::EndContractEarly {
        hr::end_contract_early(company, &who, days_after(company.today, 3));
    } else {
        hr::lose_contract_end(company, &who);
    }
}

fn absence(company: &mut Company, act: Act, soon: Date, rng: &mut impl Rng) {
    let today = company.today;
    if act == Act::ReturnFromLeave || act == Act::BackToWork {
        let away = [Status::Suspended, Status::Strike, Status::Released];
        let who = if act == Act::ReturnFromLeave {
            company.pick_status(rng, Status::Leave)
        } else {
            away.iter().find_map(|it| company.pick_status(rng, *it))
        };
        match who {
            Some(who) if act == Act::ReturnFromLeave => hr::return_from_leave(company, &who, today),
            Some(who) => hr::back_to_work(company, &who, today),
            None => {
                let Some(who) = company.pick_employee(rng) else { return };
                if act == Act::ReturnFromLeave {
                    hr::start_leave(company, &who, "MED", today, None);
                } else {
                    hr::suspend(company, &who, today);
                }
                return again(company, act, rng);
            }
        };
        return;
    }
    let Some(who) = company.pick_employee(rng) else { return };
    if act == Act::StartLeave {
        let reason = codes::LEAVE_REASONS[rng.random_range(0..codes::LEAVE_REASONS.len())].0;
        let on = if rng.random_bool(0.5) { today } else { soon };
        hr::start_leave(company, &who, reason, on, Some(days_after(on, rng.random_range(5..120))));
    } else if act == Act::Suspend {
        hr::suspend(company, &who, today);
    } else if act == Act::Strike {
        hr::strike(company, &who, today);
    } else {
        hr::lay_off(company, &who, today);
    }
}

fn reorganize(company: &mut Company, act: Act, rng: &mut impl Rng) {
    let today = company.today;
    let taken = company.org_units.len();
    let (code, description, ..) = codes::DEPARTMENTS[rng.random_range(0..codes::DEPARTMENTS.len())];
    if act == Act::RenameDepartment {
        hr::rename_department(company, code, &format!("{description} Group"));
    } else if act == Act::RecodeDepartment {
        hr::recode_department(company, code, &format!("{code}{taken}"), today);
    } else {
        let (new, name) = (format!("{code}X{taken}"), format!("{description} Partnerships"));
        hr::split_department(company, code, &new, &name, today);
    }
}

fn mishap(company: &mut Company, act: Act, rng: &mut impl Rng) {
    if act == Act::Repair {
        let Some(who) = company.pick(rng, |_, row| row.flaw.is_some()) else {
            mishap(company, Act::Malform, rng);
            return again(company, act, rng);
        };
        hr::repair(company, &who);
        return;
    }
    let Some(who) = company.pick_employee(rng) else { return };
    if act == Act::UnknownCode {
        let is_new = company.job("MOON1").is_none() && rng.random_bool(0.5);
        if is_new {
            hr::unknown_job(company, &who, "MOON1");
        } else {
            hr::unheard_status(company, &who, 'X');
        }
    } else if act == Act::BlankDepartment {
        hr::blank_department(company, &who);
    } else if act == Act::ChangeNumber {
        hr::change_number(company, &who);
    } else if act == Act::Duplicate {
        hr::duplicate(company, &who);
    } else {
        let flaws =
            [Flaw::ShortEmployeeId, Flaw::HireDateIsText, Flaw::NoEmployeeNumber, Flaw::NoPersonId];
        hr::malform(company, &who, flaws[rng.random_range(0..flaws.len())]);
    }
}
