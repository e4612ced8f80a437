//! Pages for whoever drives the sandbox from outside. They are no part of UKG and never logged.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use jiff::{Timestamp, civil::Date};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use serde_json::{Value, json};

use super::{Server, answer, gate::Asked};
use crate::company::{
    Person, a_day_in_hr, codes,
    hr::{self, Leaving},
};

/// The routes under `/_sandbox/ukg`.
pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/day", post(day))
        .route("/leave", post(leave))
        .route("/move", post(reorganize))
        .route("/events", get(events))
        .route("/people", get(people))
        .route("/clock", get(clock).post(set_clock))
}

/// A day in HR: `?date=2025-03-04`, or the day after the last one. The clock moves to that
/// evening when it stands earlier.
async fn day(State(server): State<Server>, asked: Asked) -> Response {
    server.roll();
    let mut company = server.company();
    let date = match asked.query.get("date").map(str::parse::<Date>) {
        Some(Ok(date)) => date,
        Some(Err(_)) => return answer::bad_parameter("date", "the text given"),
        None if company.events().is_empty() => company.today(),
        None => company.today().tomorrow().unwrap_or(company.today()),
    };
    let days = u64::try_from((date - company.founded()).get_days()).unwrap_or_default();
    let mut rng = ChaCha12Rng::seed_from_u64(days);
    let events = a_day_in_hr(&mut company, date, &mut rng);
    let now = company.now();
    if server.clock.now() < now {
        server.clock.set(now);
    }
    answer::ok(&json!({"date": date, "now": now, "events": events}))
}

/// Somebody resigns: `?person=ID&last_day=2025-03-04`, which may be over already.
async fn leave(State(server): State<Server>, asked: Asked) -> Response {
    server.roll();
    let mut company = server.company();
    let last_day = asked.query.get("last_day").and_then(|it| it.parse::<Date>().ok());
    let person = asked.query.get("person").filter(|it| company.person(it).is_some());
    match (person, last_day) {
        (Some(person), Some(last_day)) => {
            answer::ok(&hr::terminate(&mut company, person, Leaving::resigned(last_day)))
        }
        (Some(_) | None, None) | (None, Some(_)) => answer::problem(
            StatusCode::BAD_REQUEST,
            "person must be a personId, and last_day a date such as 2025-03-04",
        ),
    }
}

/// A reorganization: `?percent=10` of all employees at work move to the next department, today.
async fn reorganize(State(server): State<Server>, asked: Asked) -> Response {
    server.roll();
    let percent = asked.query.get("percent").and_then(|it| it.parse::<usize>().ok());
    let Some(percent @ 1..=100) = percent else {
        return answer::problem(StatusCode::BAD_REQUEST, "percent must be a number from 1 to 100");
    };
    let mut company = server.company();
    let today = company.today();
    let employees: Vec<(String, String)> = company
        .people_here_on(today)
        .filter(|it| !it.is_contractor)
        .filter_map(|it| Some((it.person_id.to_owned(), it.department_code?.to_owned())))
        .collect();
    let mut moved = 0;
    for (at, (person, from)) in employees.iter().enumerate() {
        let place = codes::DEPARTMENTS.iter().position(|it| it.0 == from);
        // Every n-th, so that each department gives and gets some.
        if at * percent % 100 < percent
            && let Some(place) = place
        {
            let (to, ..) = codes::DEPARTMENTS[(place + 1) % codes::DEPARTMENTS.len()];
            hr::change_department(&mut company, person, to, today);
            moved += 1;
        }
    }
    answer::ok(&json!({ "moved": moved }))
}

/// Everything HR did, in order; `?since=N` leaves the first N out.
async fn events(State(server): State<Server>, asked: Asked) -> Response {
    let since = asked.query.get("since").and_then(|it| it.parse().ok()).unwrap_or(0_usize);
    let company = server.company();
    answer::ok(&company.events().get(since..).unwrap_or_default())
}

/// Everyone, as the truth has them.
async fn people(State(server): State<Server>) -> Response {
    server.roll();
    let company = server.company();
    let today = company.today();
    let row = |person: &Person| -> Value {
        let employments: Vec<_> = person
            .employments
            .iter()
            .map(|it| {
                json!({
                    "companyId": it.company_id,
                    "employeeId": it.employee_id,
                    "employeeNumber": it.employee_number,
                    "type": it.employee_type,
                    "status": it.status.letter(),
                    "lastHire": it.last_hire,
                    "lastDay": it.termination.as_ref().map(|it| it.date),
                    "reason": it.termination.as_ref().map(|it| it.reason.as_str()),
                    "isLive": it.is_live_on(today),
                })
            })
            .collect();
        json!({
            "personId": person.person_id,
            "name": person.display_name(),
            "login": person.manual_login,
            "employments": employments,
        })
    };
    let rows: Vec<_> = company.people().iter().map(row).collect();
    answer::ok(&json!({"today": today, "people": rows}))
}

async fn clock(State(server): State<Server>) -> Response {
    answer::ok(&json!({"now": server.clock.now()}))
}

/// Moves the simulated time: `?now=2025-03-04T17:00:00Z`. Never backwards for the company.
async fn set_clock(State(server): State<Server>, asked: Asked) -> Response {
    match asked.query.get("now").map(str::parse::<Timestamp>) {
        Some(Ok(now)) => {
            server.clock.set(now);
            server.roll();
            answer::ok(&json!({"now": now}))
        }
        Some(Err(_)) | None => {
            answer::problem(StatusCode::BAD_REQUEST, "now must be an instant, RFC 3339")
        }
    }
}
