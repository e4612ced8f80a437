//! Query strings: names without case, and UKG's way of writing filters.

use axum::response::Response;
use jiff::civil::{Date, DateTime};
use url::form_urlencoded;

use super::{answer, options::Options};
use crate::company::Company;

/// A decoded query string.
#[derive(Debug)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the part after the question mark.
    pub fn parse(raw: &str) -> Self {
        Self(form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }

    /// The first value under that name, whatever its case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The query with another page number, encoded again.
    pub fn with_page(&self, page: usize, per_page_name: &str, per_page: usize) -> String {
        let is_paging =
            |it: &str| it.eq_ignore_ascii_case("page") || it.eq_ignore_ascii_case("per_page");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.0.iter().filter(|(name, _)| !is_paging(name)));
        query.append_pair("page", &page.to_string());
        query.append_pair(per_page_name, &per_page.to_string());
        query.finish()
    }
}

/// What kind of value a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code, compared as given.
    Code,
    /// A date, compared by day.
    Day,
    /// Yes or no, in any of the spellings.
    Flag,
}

/// What a row has under a filter's name.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// A code, if any.
    Code(Option<&'a str>),
    /// A moment by the instance's clock, if any.
    At(Option<DateTime>),
    /// Yes or no.
    Flag(bool),
}

impl Field<'_> {
    /// A calendar day as a field.
    pub fn day(date: Option<Date>) -> Self {
        Self::At(date.map(|it| it.at(0, 0, 0, 0)))
    }
}

#[derive(Clone, Debug)]
enum Test {
    OneOf(Vec<String>),
    NoneOf(String),
    /// Between the two, the second left out.
    Within(DateTime, DateTime),
    Flag(bool),
}

/// One filter of a request.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The documented name.
    pub name: &'static str,
    test: Test,
}

impl Filter {
    /// Whether a row with that field passes. Absent values pass no filter but `!=`.
    pub fn accepts(&self, field: Field<'_>) -> bool {
        match (&self.test, field) {
            (Test::OneOf(wanted), Field::Code(code)) => {
                code.is_some_and(|it| wanted.iter().any(|wanted| wanted == it))
            }
            (Test::NoneOf(unwanted), Field::Code(code)) => code != Some(unwanted),
            (Test::Within(from, to), Field::At(at)) => at.is_some_and(|it| *from <= it && it < *to),
            (Test::Flag(wanted), Field::Flag(is)) => *wanted == is,
            (Test::OneOf(_) | Test::NoneOf(_) | Test::Within(..) | Test::Flag(_), _) => {
                unreachable!("the table of an endpoint's filters agrees with its fields")
            }
        }
    }
}

/// The filters of a request among those an endpoint knows; others are ignored, as ASP.NET does.
pub fn filters(
    query: &Query,
    known: &[(&'static str, Kind)],
    has_lists: bool,
    options: &Options,
) -> Result<Vec<Filter>, Box<Response>> {
    let mut res = Vec::new();
    for (key, value) in &query.0 {
        let (key, is_negated) = match key.strip_suffix('!') {
            Some(key) if options.knows_not_equal => (key, true),
            Some(_) | None => (key.as_str(), false),
        };
        let Some(&(name, kind)) = known.iter().find(|(it, _)| it.eq_ignore_ascii_case(key)) else {
            continue;
        };
        if value.is_empty() {
            continue;
        }
        let test = match kind {
            Kind::Code if is_negated => Some(Test::NoneOf(value.clone())),
            Kind::Code => Some(Test::OneOf(codes(value, has_lists))),
            Kind::Day => days(value, options.after_excludes_day),
            Kind::Flag => flag(value).map(Test::Flag),
        };
        let test = test.ok_or_else(|| Box::new(answer::bad_parameter(name, value)))?;
        res.push(Filter { name, test });
    }
    Ok(res)
}

fn codes(value: &str, has_lists: bool) -> Vec<String> {
    match value.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        Some(list) if has_lists => list.split(',').map(|it| it.trim().to_owned()).collect(),
        Some(_) | None => vec![value.to_owned()],
    }
}

/// `<01-31-2025`, `=>01-31-2025`, `=01-31-2025`, `={01-01-2025,01-31-2025}`; the equals sign may
/// already have been eaten as the query's own.
fn days(value: &str, after_excludes_day: bool) -> Option<Test> {
    let value = value.trim_start_matches('=');
    let midnight = |it: Date| it.at(0, 0, 0, 0);
    let next = |it: Date| it.tomorrow().ok().map(midnight);
    if let Some(date) = value.strip_prefix('<') {
        return Some(Test::Within(DateTime::MIN, midnight(day(date)?)));
    }
    if let Some(date) = value.strip_prefix('>') {
        let date = day(date.trim_start_matches('='))?;
        let from = if after_excludes_day { next(date)? } else { midnight(date) };
        return Some(Test::Within(from, DateTime::MAX));
    }
    if let Some(pair) = value.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
        let (from, to) = pair.split_once(',')?;
        return Some(Test::Within(midnight(day(from.trim())?), next(day(to.trim())?)?));
    }
    let date = day(value)?;
    Some(Test::Within(midnight(date), next(date)?))
}

/// MM-DD-YYYY and nothing else.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_exact = (month.len(), day.len(), year.len()) == (2, 2, 4) && parts.next().is_none();
    if !is_exact {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Yes or no in the spellings of both generations of services.
fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "y" | "yes" | "1" => Some(true),
        "false" | "n" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// An instant by the instance's clock.
pub fn local(company: &Company, at: jiff::Timestamp) -> DateTime {
    company.offset().to_datetime(at)
}
