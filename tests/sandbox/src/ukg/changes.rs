//! employee-changes: who changed, as UKG tells it three hours late.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use jiff::{Timestamp, ToSpan, civil::DateTime, tz::Offset};

use super::{
    Server, answer,
    gate::Asked,
    options::{Cadence, Options},
    page::Page,
    rows::{Change, View},
};

/// The largest page, and the default one.
const PAGE_SIZE: usize = 200;
/// UKG's own rule: no more often than this …
const HOURS_BETWEEN: i64 = 3;
/// … and no more often a day than this.
const CALLS_A_DAY: usize = 8;

pub(super) async fn list(State(server): State<Server>, asked: Asked) -> Response {
    let options = server.options();
    let page = match Page::read(&asked.query, PAGE_SIZE, "per_page") {
        Ok(page) => page,
        Err(refusal) => return *refusal,
    };
    let now = server.clock.now().max(server.company().now());
    let last = server.meters().changes.last().copied();
    // Turning pages is one call; the rule is about asking anew.
    if page.is_first()
        && let Some(refusal) = count(&server, &options, now)
    {
        return refusal;
    }
    let window = current_window(now, options.offset);
    let bounds = || {
        // Without dates UKG means "since the last call", whosever that was.
        let otherwise = last.unwrap_or(now - HOURS_BETWEEN.hours());
        let from = bound(&asked, "startDate", options.offset)?.unwrap_or(otherwise);
        let to = bound(&asked, "endDate", options.offset)?.unwrap_or(now);
        if options.refuses_recent_end && window < to && to <= now {
            return Err(Box::new(answer::bad_parameter("endDate", "in the running window")));
        }
        Ok((from, if options.is_windowed { to.min(window) } else { to }))
    };
    let (from, to) = match bounds() {
        Ok(bounds) => bounds,
        Err(refusal) => return *refusal,
    };
    let company = server.company();
    let view = View { company: &company, options: &options };
    let is_within = |at: Timestamp| from <= at && at < to;
    let rows = view
        .rows()
        .filter(|row| is_within(row.employment.changed) || is_within(row.person.changed))
        .map(Change);
    let (rows, total) = page.cut(rows);
    page.answer(&rows, total, &asked, &options)
}

pub(super) async fn of_employee(
    State(server): State<Server>,
    Path(employee): Path<String>,
) -> Response {
    let options = server.options();
    let company = server.company();
    let view = View { company: &company, options: &options };
    let rows: Vec<_> =
        view.rows().filter(|row| row.employment.employee_id == employee).map(Change).collect();
    if rows.is_empty() {
        return answer::empty(StatusCode::NOT_FOUND);
    }
    answer::ok(&rows)
}

/// Counts a call; a refusal when it comes too soon.
fn count(server: &Server, options: &Options, now: Timestamp) -> Option<Response> {
    let mut meters = server.meters();
    let is_soon = meters.changes.last().is_some_and(|it| now < *it + HOURS_BETWEEN.hours());
    let today = meters.changes.iter().filter(|it| now < **it + 24.hours()).count();
    let refusal = match options.cadence {
        Cadence::Unwatched => None,
        Cadence::TooManyRequests => Some(answer::empty(StatusCode::TOO_MANY_REQUESTS)),
        Cadence::BadRequest => Some(answer::problem(
            StatusCode::BAD_REQUEST,
            "This service may be called every three hours and eight times per day.",
        )),
    };
    if let Some(refusal) = refusal
        && (is_soon || today >= CALLS_A_DAY)
    {
        return Some(refusal);
    }
    meters.changes.push(now);
    None
}

/// The start of the running three hours by the instance's clock: later changes do not show yet.
fn current_window(now: Timestamp, offset: Offset) -> Timestamp {
    let width = HOURS_BETWEEN * 3_600;
    let local = now.as_second() + i64::from(offset.seconds());
    let start = local.div_euclid(width) * width - i64::from(offset.seconds());
    Timestamp::from_second(start).unwrap_or(now)
}

/// A bound as clients send it: an instant, or a time without a zone in the instance's.
fn bound(asked: &Asked, name: &str, offset: Offset) -> Result<Option<Timestamp>, Box<Response>> {
    let Some(text) = asked.query.get(name).filter(|it| !it.is_empty()) else { return Ok(None) };
    let instant = text.parse::<Timestamp>().ok();
    let local = || text.parse::<DateTime>().ok().and_then(|it| offset.to_timestamp(it).ok());
    match instant.or_else(local) {
        Some(at) => Ok(Some(at)),
        None => Err(Box::new(answer::bad_parameter(name, text))),
    }
}
