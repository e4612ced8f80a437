//! Leavers and joiners in the HTML report, and how people are named there.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{Figures, SHOWN, called, plot::histogram, text::slowest_first};
use crate::deciders::evidence::{figures::span, people::Joiner};

pub(super) fn shown(minutes: Option<u64>) -> String {
    minutes.map_or_else(|| "none".to_owned(), span)
}

pub(super) fn leavers(it: &Figures<'_>) -> Markup {
    let times = &it.revoke.minutes;
    let between = |low: u64, high: u64| {
        let count = times.iter().filter(|it| low < **it && **it <= high).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    };
    let first = u64::try_from(times.iter().filter(|it| **it <= 5).count()).unwrap_or(u64::MAX);
    let rows = [
        ("5 minutes or less", first, "opened"),
        ("up to 15 minutes", between(5, 15), "opened"),
        ("up to an hour", between(15, 60), "opened"),
        ("up to 4 hours", between(60, 240), "access"),
        ("up to a day", between(240, 1440), "access"),
        ("more than a day", between(1440, u64::MAX), "late"),
    ];
    let slowest = slowest_first(it);
    html! {
        h2 id="leavers" { "Leavers" }
        @if it.leavers.is_empty() { p { "Nobody left." } }
        @else {
            figure {
                figcaption {
                    h3 { "Time to revoke" }
                    p.muted { "From when access had to end and HR had said so, until reading Okta back showed it closed. "
                        "HR entered " (it.hr_late) " of " (it.leavers.len()) " after access should have ended." }
                }
                (histogram(&rows))
            }
            div.wide tabindex="0" role="region" aria-label="Leavers, the slowest first" { table {
                thead { tr {
                    th scope="col" { "Who, the slowest first" }
                    th.number scope="col" { "Time to revoke" } th scope="col" { "In time" }
                    th scope="col" { "Last day" } th scope="col" { "HR late by" }
                    th scope="col" { "Closed" }
                } }
                tbody { @for (who, at) in slowest.iter().take(SHOWN) {
                    @let leaver = &it.leavers[*at];
                    tr {
                        th.who scope="row" { (login(who)) @if leaver.is_first_look { " " span.muted { "(had left before)" } } }
                        td.number.nowrap { (shown(leaver.minutes())) }
                        td { @match leaver.is_in_time() {
                            Some(true) => span.good { "yes" },
                            Some(false) => span.bad { "no" },
                            None => span.bad { "open" } } }
                        td.nowrap { @if let Some(day) = leaver.hr.day { (day) } }
                        td.nowrap { @if leaver.hr_late_minutes() > 0 { (span(leaver.hr_late_minutes())) } @else { "-" } }
                        td.nowrap { @match leaver.verified {
                            Some(at) => (at.strftime("%m-%d %H:%M").to_string()), None => span.bad { "open" } } }
                    }
                } }
            } }
            @if slowest.len() > SHOWN { p.muted { "and " (slowest.len() - SHOWN) " more: leavers.csv has all." } }
        }
    }
}

pub(super) fn joiners(it: &Figures<'_>) -> Markup {
    html! {
        h2 id="joiners" { "Joiners" }
        @if it.joiners.is_empty() { p { "Nobody joined." } }
        @else {
            p.muted { "Half had access within " (shown(it.provision.at_percent(50))) ", 95 % within "
                (shown(it.provision.at_percent(95))) ", of the first day and HR's word." }
            div.wide tabindex="0" role="region" aria-label="Joiners" { table {
                thead { tr {
                    th scope="col" { "Who" }
                    th.number scope="col" { "Time to provision" } th scope="col" { "In time" }
                    th scope="col" { "First day" } th scope="col" { "HR late by" } th scope="col" { "Open" }
                } }
                tbody { @for joiner in it.joiners.iter().take(SHOWN) { tr {
                    th.who scope="row" { (login(&called(&joiner.who))) @if let Some(word) = again(joiner) { " " span.muted { (word) } } }
                    td.number.nowrap { @match joiner.minutes() {
                        Some(0) => "ready in time", Some(minutes) => (span(minutes)), None => "-" } }
                    td { @match joiner.is_in_time() {
                        Some(true) => span.good { "yes" }, Some(false) => span.bad { "no" }, None => "-" } }
                    td.nowrap { @if let Some(day) = joiner.hr.day { (day) } }
                    td.nowrap { @if joiner.hr_late_minutes() > 0 { (span(joiner.hr_late_minutes())) } @else { "-" } }
                    td.nowrap { @match joiner.verified {
                        Some(at) => (at.strftime("%m-%d %H:%M").to_string()), None => span.muted { "prepared" } } }
                } } }
            } }
            @if it.joiners.len() > SHOWN { p.muted { "and " (it.joiners.len() - SHOWN) " more: joiners.csv has all." } }
        }
    }
}

/// A login that may be broken where it is read anyhow.
pub(super) fn login(text: &str) -> Markup {
    match text.split_once('@') {
        Some((user, host)) => html! { (user) wbr; "@" (host) },
        None => html! { (text) },
    }
}

/// Whom a finding is about: by login where the log knows it.
pub(super) fn subject(id: &str, logins: &BTreeMap<&str, &str>) -> Markup {
    match logins.get(id) {
        Some(known) => login(known),
        None => html! { (id) },
    }
}

/// Of somebody who has had access before.
fn again(it: &Joiner) -> Option<&'static str> {
    match (it.is_taken_back, it.out_since) {
        (true, _) => Some("(departure taken back)"),
        (false, Some(_)) => Some("(again)"),
        (false, None) => None,
    }
}
