//! The report as text.

use std::fmt;

use super::{CALENDAR_DAYS, Figures, Review, called, counted};
use crate::deciders::evidence::figures::{self, Times, span};

/// Lines of a list that are shown.
const SHOWN: usize = 10;

impl fmt::Display for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.days();
        writeln!(f, "Rollcall, {first} to {last} (UTC)\n")?;
        if self.is_empty() {
            writeln!(f, "{}\n", self.nothing())?;
        } else {
            let figures = self.figures();
            self.write_people(f, &figures)?;
            self.write_open(f, &figures)?;
            self.write_count(f)?;
            self.write_calls(f)?;
        }
        self.write_calendar(f)?;
        writeln!(f, "{}", self.proof.sentence())
    }
}

fn times(times: &Times) -> String {
    let shown = |it: Option<u64>| it.map_or_else(|| "-".to_owned(), span);
    format!(
        "half within {}, 95 % within {}, the slowest {}; {} in time, {} late, {} open",
        shown(times.at_percent(50)),
        shown(times.at_percent(95)),
        shown(times.worst()),
        times.in_time,
        times.late,
        times.open,
    )
}

impl Review {
    fn write_people(&self, f: &mut fmt::Formatter<'_>, it: &Figures<'_>) -> fmt::Result {
        writeln!(f, "Left: {}", it.leavers.len())?;
        if !it.revoke.minutes.is_empty() {
            writeln!(f, "  time to revoke: {}", times(&it.revoke))?;
            writeln!(f, "  HR entered {} of them after access should have ended", it.hr_late)?;
        }
        writeln!(f, "Joined: {}", it.joiners.len())?;
        if !it.provision.minutes.is_empty() {
            writeln!(f, "  time to provision: {}", times(&it.provision))?;
        }
        writeln!(f, "Moved: {}\n", it.movers.len())
    }

    fn write_open(&self, f: &mut fmt::Formatter<'_>, it: &Figures<'_>) -> fmt::Result {
        let held: Vec<_> =
            it.lasting.iter().filter(|it| it.is_open && it.severity == "held").collect();
        if held.is_empty()
            && it.elsewhere.is_empty()
            && it.waiting.is_empty()
            && it.failed.is_empty()
        {
            return writeln!(f, "Nothing waits for a person.\n");
        }
        writeln!(f, "For a person to look at:")?;
        for plan in &it.waiting {
            writeln!(
                f,
                "  plan {}: {}. See it: rollcall plans {}",
                plan.plan, plan.reason, plan.plan
            )?;
        }
        for it in held.iter().take(SHOWN) {
            writeln!(
                f,
                "  held since {}: {} {}: {}",
                figures::day(it.since),
                it.subject,
                it.code,
                it.detail
            )?;
        }
        more(f, held.len())?;
        for (id, code) in it.elsewhere.iter().take(SHOWN) {
            writeln!(f, "  held: {id} {code}. Why: rollcall explain {id}")?;
        }
        more(f, it.elsewhere.len())?;
        for it in it.failed.iter().take(SHOWN) {
            writeln!(f, "  {}: person {}: {} {}", it.outcome, it.who, it.what, it.detail)?;
        }
        more(f, it.failed.len())?;
        writeln!(f)
    }

    fn write_count(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(it) = self.sources.record.counted.last() else {
            return writeln!(f, "Nobody compared everybody in this period: run org-sync.\n");
        };
        writeln!(
            f,
            "Everybody in HR on {}: {} = {} done + {} unchanged + {} held + {} failed + {} excluded \
             + {} not compared\n",
            figures::day(it.at),
            it.in_hr,
            it.done,
            it.unchanged,
            it.held,
            it.failed,
            it.excluded,
            it.open,
        )
    }

    fn write_calls(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = &self.sources.runs;
        let sum = |of: fn(&crate::deciders::evidence::csv::RunFigures) -> u64| {
            runs.iter().map(of).sum::<u64>()
        };
        writeln!(
            f,
            "Calls in {}: {} to Okta (the changes alone need {}), {} to UKG\n",
            counted(runs.len(), "run", "runs"),
            sum(|it| it.okta),
            sum(|it| it.okta_minimum),
            sum(|it| it.ukg),
        )
    }

    fn write_calendar(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.calendar.is_empty() {
            return writeln!(f, "Nobody is announced for the next {CALENDAR_DAYS} days.\n");
        }
        writeln!(f, "The next {CALENDAR_DAYS} days:")?;
        for it in &self.calendar {
            let who = it
                .login
                .as_ref()
                .map_or_else(|| format!("person {}", it.person), ToString::to_string);
            writeln!(f, "  {}  {who} {}", it.day, it.what())?;
        }
        writeln!(f)
    }
}

fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    if count > SHOWN { writeln!(f, "  and {} more", count - SHOWN) } else { Ok(()) }
}

/// The slowest first, for whoever looks for the worst.
pub(super) fn slowest_first(figures: &Figures<'_>) -> Vec<(String, usize)> {
    let mut all: Vec<(String, usize)> =
        figures.leavers.iter().enumerate().map(|(at, it)| (called(&it.who), at)).collect();
    all.sort_by_key(|(_, at)| {
        std::cmp::Reverse(figures.leavers[*at].minutes().unwrap_or(u64::MAX))
    });
    all
}
