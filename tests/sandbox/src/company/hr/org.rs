//! Departments that change under people's feet.

use jiff::civil::Date;

use super::{Act, HrEvent};
use crate::company::{Change, Company, OrgUnit};

/// A new description for the same code. No person's row is stamped: only the table moves.
pub fn rename_department(company: &mut Company, code: &str, description: &str) -> HrEvent {
    let unit = company
        .org_units
        .iter_mut()
        .find(|it| it.level == 2 && it.code == code)
        .expect("only a known department can be renamed");
    let before = std::mem::replace(&mut unit.description, description.to_owned());
    let today = company.today;
    let text = format!("department {code} is now called {description}, before: {before}");
    company.enter(Act::RenameDepartment, None, today, text)
}

/// A new code for the whole department. The old code stays in the table, closed.
pub fn recode_department(company: &mut Company, old: &str, new: &str, on: Date) -> HrEvent {
    let description = company.org_unit(2, old).map(|it| it.description.clone());
    open(company, new, &description.unwrap_or_else(|| new.to_owned()));
    move_people(company, old, new, 1, on);
    for it in &mut company.org_units {
        it.is_active &= it.level != 2 || it.code != old;
    }
    let text = format!("department {old} has the code {new} as of {on}");
    company.enter(Act::RecodeDepartment, None, on, text)
}

/// A part of a department becomes a new one: every third of its people.
pub fn split_department(
    company: &mut Company,
    old: &str,
    new: &str,
    description: &str,
    on: Date,
) -> HrEvent {
    open(company, new, description);
    move_people(company, old, new, 3, on);
    let text = format!("a part of department {old} becomes {new} as of {on}");
    company.enter(Act::SplitDepartment, None, on, text)
}

fn open(company: &mut Company, code: &str, description: &str) {
    if company.org_unit(2, code).is_none() {
        company.org_units.push(OrgUnit {
            level: 2,
            code: code.to_owned(),
            description: description.to_owned(),
            is_active: true,
        });
    }
}

/// Moves every `nth` person of a department. Everybody is stamped, as after a mass change.
fn move_people(company: &mut Company, old: &str, new: &str, nth: usize, on: Date) {
    let today = company.today;
    let rows: Vec<(usize, usize)> = company
        .people
        .iter()
        .enumerate()
        .flat_map(|(person, it)| (0..it.employments.len()).map(move |row| (person, row)))
        .filter(|&(person, row)| {
            let row = &company.people[person].employments[row];
            row.org[1].as_deref() == Some(old) && !row.has_ended_by(today)
        })
        .step_by(nth)
        .collect();
    for (person, row) in rows {
        let mut org = company.people[person].employments[row].org.clone();
        org[1] = Some(new.to_owned());
        company.change_on(person, row, Change::Org(org), on);
    }
}
