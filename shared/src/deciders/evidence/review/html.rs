//! The report as one HTML file: no script, nothing loaded from anywhere, light, dark and paper.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    CALENDAR_DAYS, Figures, Review, SHOWN, counted,
    plot::{Bar, Plot},
    style::STYLE,
    tables::{joiners, leavers, login, shown, subject},
};
use crate::deciders::evidence::{
    event::Counted,
    figures::{self, Theme, Times},
};

impl Review {
    /// The file.
    pub fn to_html(&self) -> String {
        let (first, last) = self.days();
        let title = format!("Rollcall: {first} to {last}");
        let is_broken = self.proof.broken_at.is_some();
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#main" { "To the report" }
                    header {
                        h1 { "Who came, who left, and what changed" }
                        p.muted { (first) " to " (last) ", days in UTC" }
                        p.proof.broken[is_broken] {
                            (self.proof.sentence())
                            @if let Some((number, hash)) = &self.proof.last {
                                br; span.muted { "Seal " (number) ": " code { (hash) } }
                            }
                        }
                    }
                    main id="main" {
                        @if self.is_empty() {
                            p { (self.nothing()) }
                        } @else {
                            (self.everything(&self.figures()))
                        }
                        (self.calendar_section())
                    }
                    footer {
                        p { "Drawn from the ledger alone. The same, row by row: "
                            code { "rollcall audit export --format csv" }
                            ". To prove it: " code { "rollcall audit verify" } "." }
                    }
                }
            }
        };
        page.into_string()
    }

    fn everything(&self, it: &Figures<'_>) -> Markup {
        html! {
            (self.tiles(it))
            nav aria-label="Sections" { ul {
                li { a href="#tasks" { "For a person" } }
                li { a href="#leavers" { "Leavers" } }
                li { a href="#joiners" { "Joiners" } }
                li { a href="#changes" { "Changes" } }
                li { a href="#everybody" { "Everybody" } }
                li { a href="#calls" { "Calls" } }
                li { a href="#calendar" { "Calendar" } }
            } }
            (self.tasks(it))
            (leavers(it))
            (joiners(it))
            (self.changes())
            (self.everybody())
            (self.calls())
        }
    }

    fn tiles(&self, it: &Figures<'_>) -> Markup {
        let open = it.lasting.iter().filter(|it| it.is_open && it.severity == "held").count()
            + it.elsewhere.len()
            + it.waiting.len()
            + it.failed.len();
        let tile = |name: &str, big: String, more: String| {
            html! { div.tile { dt { (name) } dd.big { (big) } dd.more { (more) } } }
        };
        let within = |times: &Times| match times.late + times.open {
            0 => format!("all {} in time", times.in_time),
            _ => format!("{} in time, {} late, {} open", times.in_time, times.late, times.open),
        };
        html! {
            dl.tiles {
                (tile("Left", it.leavers.len().to_string(), within(&it.revoke)))
                (tile("Half were cut off within", shown(it.revoke.at_percent(50)), "of HR's word and the last day".to_owned()))
                (tile("95 % within", shown(it.revoke.at_percent(95)), format!("the slowest {}", shown(it.revoke.worst()))))
                (tile("Joined", it.joiners.len().to_string(), within(&it.provision)))
                (tile("Moved", it.movers.len().to_string(), "changes of people at work".to_owned()))
                (tile("For a person to look at", open.to_string(), if open == 0 { "nothing waits" } else { "see below" }.to_owned()))
            }
        }
    }

    fn tasks(&self, figures: &Figures<'_>) -> Markup {
        let it = figures;
        let held: Vec<_> =
            it.lasting.iter().filter(|it| it.is_open && it.severity == "held").collect();
        let is_quiet = held.is_empty()
            && it.elsewhere.is_empty()
            && it.waiting.is_empty()
            && it.failed.is_empty();
        html! {
            h2 id="tasks" { "For a person to look at" }
            @if is_quiet { p { "Nothing waits: nobody is held, nothing failed, no plan needs a word." } }
            @if !it.waiting.is_empty() {
                h3 { "Waits for approval" }
                ul.tasks { @for plan in &it.waiting { li {
                    strong { "Plan " (plan.plan) } " of " (plan.flow) ", "
                    (counted(plan.steps, "step", "steps")) ": " (plan.reason) "."
                    br; span.muted { "See it: " code { "rollcall plans " (plan.plan) }
                        ". If UKG is right: " code { "rollcall approve " (plan.plan) " --why \"...\"" } "." }
                } } }
            }
            @if !held.is_empty() || !it.elsewhere.is_empty() {
                h3 { "Held until somebody has looked" }
                ul.tasks { @for it in held.iter().take(SHOWN) { li {
                    strong { (subject(&it.subject, &figures.logins)) } " "
                    span.muted { (it.code) ", since " span.nowrap { (figures::day(it.since)) } }
                    br; (it.detail) "."
                } } }
                ul.tasks { @for (id, code) in it.elsewhere.iter().take(SHOWN) { li {
                    strong { (subject(id, &figures.logins)) } " " span.muted { (code) }
                    br; "Why, and what to do: " code { "rollcall explain " (id) }
                } } }
                @if held.len() > SHOWN { p.muted { "and " (held.len() - SHOWN) " more: holds.csv has all." } }
            }
            @if !it.failed.is_empty() {
                h3 { "Failed or not known" }
                ul.tasks { @for it in it.failed.iter().take(SHOWN) { li {
                    strong { (subject(it.who, &figures.logins)) } ": " (it.what) " " span.muted { (it.outcome) }
                    br; (it.detail) " The next run tries again; if it fails twice, run "
                    code { "rollcall check" } "."
                } } }
                @if it.failed.len() > SHOWN { p.muted { "and " (it.failed.len() - SHOWN) " more: exceptions.csv has all." } }
            }
        }
    }

    fn changes(&self) -> Markup {
        let per_day = figures::per_day(&self.sources.record);
        let bars = self.over_days(|day| {
            let counts = per_day.get(&day);
            let of = |it: Theme| counts.and_then(|all| all.get(&it)).copied().unwrap_or(0);
            Theme::ALL.map(of).to_vec()
        });
        let total: u64 = bars.iter().flat_map(|it| &it.parts).sum();
        let busiest = bars.iter().max_by_key(|it| it.parts.iter().sum::<u64>());
        let plot = Plot {
            id: "changes-plot",
            title: "Verified changes per day",
            says: format!(
                "{total} changes; the busiest day was {}.{}",
                busiest.map_or("none", |it| it.label.as_str()),
                match figures::first_looks(&self.sources.record) {
                    0 => String::new(),
                    count => format!(
                        " Beside them, {} that were there before were linked and brought in line.",
                        counted(count, "account", "accounts")
                    ),
                }
            ),
            parts: &[
                (Theme::Opened.title(), "opened"),
                (Theme::Closed.title(), "closed"),
                (Theme::Access.title(), "access"),
                (Theme::Profile.title(), "profile"),
            ],
            bars,
            is_stacked: true,
        };
        html! { h2 id="changes" { "Changes" } (plot.render()) }
    }

    fn calls(&self) -> Markup {
        let runs = &self.sources.runs;
        let mut days: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
        for it in runs {
            let day = days.entry(figures::day(it.at)).or_default();
            day.0 += it.okta;
            day.1 += it.okta_minimum;
        }
        let made: u64 = runs.iter().map(|it| it.okta).sum();
        let minimum: u64 = runs.iter().map(|it| it.okta_minimum).sum();
        let most = days.values().map(|it| it.0).max().unwrap_or(0);
        let budget = runs.iter().filter_map(|it| it.okta_budget).max();
        let against = match budget {
            // A day has 1440 minutes; a percent of that is enough to say how far away the limit is.
            Some(per_minute) => format!(
                " The policy's share of Okta's limits allows {per_minute} a minute: the busiest day \
                 used {} % of its budget.",
                (most * 100).div_ceil((per_minute * 1440).max(1))
            ),
            None => String::new(),
        };
        let plot = Plot {
            id: "calls-plot",
            title: "Calls to Okta per day",
            says: format!(
                "{made} calls in {}; the changes alone need {minimum}, the rest is looking before \
                 and reading back after.{against}",
                counted(runs.len(), "run", "runs"),
            ),
            parts: &[("calls made", "soft"), ("fewest for the same changes", "access")],
            bars: self.over_days(|day| {
                let (made, minimum) = days.get(&day).copied().unwrap_or_default();
                vec![made, minimum]
            }),
            is_stacked: false,
        };
        html! { h2 id="calls" { "Calls against the budget" } (plot.render()) }
    }

    /// A bar for each day of the period in which the ledger knows of anything; of a long period,
    /// one for each week.
    fn over_days(&self, of: impl Fn(Date) -> Vec<u64>) -> Vec<Bar> {
        const MOST: usize = 92;
        let (mut day, last) = self.days();
        let mut days = Vec::new();
        while day <= last {
            days.push(day);
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        let step = if days.len() > MOST { 7 } else { 1 };
        let bars = days.chunks(step).map(|days| {
            let mut parts: Vec<u64> = Vec::new();
            for it in days {
                let more = of(*it);
                parts.resize(more.len(), 0);
                parts.iter_mut().zip(more).for_each(|(sum, it)| *sum += it);
            }
            Bar { label: days.first().map_or_else(String::new, ToString::to_string), parts }
        });
        bars.collect()
    }

    fn everybody(&self) -> Markup {
        let counted = &self.sources.record.counted;
        let Some(last) = counted.last() else {
            return html! {
                h2 id="everybody" { "Everybody accounted for" }
                p { "Nobody compared everybody in this period: run org-sync." }
            };
        };
        let warnings = figures::lasting(counted);
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for it in warnings.iter().filter(|it| it.is_open && it.severity == "warning") {
            *codes.entry(it.code.as_str()).or_default() += 1;
        }
        let is_complete = last.open == 0;
        html! {
            h2 id="everybody" { "Everybody accounted for" }
            p { "Compared with Okta " (counted.len()) " times, last on "
                (last.at.strftime("%Y-%m-%d %H:%M UTC").to_string()) ". "
                @if is_complete { "Nobody in HR is left over without a word." }
                @else { span.bad { (last.open) " were not compared." } } }
            (nights(&counted[counted.len().saturating_sub(7)..]))
            @if !codes.is_empty() {
                h3 { "Worth a look at the last comparison" }
                ul { @for (code, count) in codes { li { (count) " × " (code) } } }
                p.muted { "exceptions.csv names each of them." }
            }
        }
    }

    fn calendar_section(&self) -> Markup {
        html! {
            h2 id="calendar" { "The next " (CALENDAR_DAYS) " days" }
            @if self.calendar.is_empty() { p { "HR has announced nobody." } }
            @else {
                div.wide tabindex="0" role="region" aria-label="Who starts and who leaves" { table {
                    thead { tr {
                        th scope="col" { "Day" } th scope="col" { "Who" }
                        th scope="col" { "What" } th scope="col" { "Known since" }
                    } }
                    tbody { @for it in &self.calendar { tr {
                        td.nowrap { (it.day) }
                        th.who scope="row" {
                            @match &it.login { Some(it) => (login(it.as_str())), None => { "person " (it.person) } }
                        }
                        td { (it.what()) }
                        td.nowrap { (figures::day(it.seen)) }
                    } } }
                } }
            }
        }
    }
}

fn nights(last: &[Counted]) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label="The last comparisons" { table {
            thead { tr {
                th scope="col" { "Compared" }
                @for name in ["In HR", "Done", "Unchanged", "Held", "Failed", "Excluded", "Not compared"] {
                    th.number scope="col" { (name) }
                }
            } }
            tbody { @for it in last.iter().rev() { tr {
                th.nowrap scope="row" { (it.at.strftime("%Y-%m-%d %H:%M").to_string()) }
                @for count in [it.in_hr, it.done, it.unchanged, it.held, it.failed, it.excluded, it.open] {
                    td.number { (count) }
                }
            } } }
        } }
    }
}
