//! What goes wrong on UKG's side.

use std::time::Duration;

use rollcall_sandbox::{Effect, Rewrite, Town};

use super::row::{Door, Expected, Row, Trouble};

const EMPLOYMENTS: &str = "GET employment-details";
const PERSONS: &str = "GET person-details";

fn row(what: &'static str, place: &'static str, effect: Effect, expected: Expected) -> Row {
    Row::new(what, Door::Ukg, place, Trouble::Wire(effect), expected)
}

fn answer(status: u16, body: &str) -> Effect {
    Effect::Answer(status, body.to_owned())
}

/// A page whose numbers are texts and whose texts are numbers, lists and objects by turns.
fn retyped(body: &[u8]) -> Vec<u8> {
    let Ok(mut rows) = serde_json::from_slice::<Vec<serde_json::Value>>(body) else {
        return body.to_vec();
    };
    for (at, cell) in rows.iter_mut().flat_map(|it| it.as_object_mut()).flatten().enumerate() {
        *cell.1 = match at % 3 {
            0 => serde_json::json!(at),
            1 => serde_json::json!([cell.1.take()]),
            _ => serde_json::json!({ "value": cell.1.take() }),
        };
    }
    serde_json::to_vec(&rows).expect("what was JSON is JSON")
}

fn short_pages(town: &Town) {
    town.ukg.set(|it| it.page_size = 7);
}

/// UKG as it always was.
fn in_order(town: &Town) {
    town.ukg.set(|it| {
        it.page_size = 10_000;
        it.lists_backwards = false;
        it.hidden_people.clear();
    });
}

pub(super) fn rows() -> Vec<Row> {
    use Expected::{Overcome, Stops};
    let next = "<https://elsewhere.example/next>; rel=\"next\"".to_owned();
    let elsewhere = "https://elsewhere.example/next".to_owned();
    let drip = Effect::Drip(Duration::from_millis(5));
    vec![
        row("connection reset, twice", EMPLOYMENTS, Effect::DropBefore, Overcome).times(2),
        row("no answer, once", EMPLOYMENTS, Effect::SilenceBefore, Overcome).times(1).impatient(),
        row("no answer, ever", PERSONS, Effect::SilenceBefore, Stops).impatient(),
        row("500, twice", EMPLOYMENTS, answer(500, "{}"), Overcome).times(2),
        row("502 with a web page, once", PERSONS, Effect::ErrorPage(502), Overcome).times(1),
        row("503, once", EMPLOYMENTS, answer(503, "{}"), Overcome).times(1),
        row("504, once", PERSONS, answer(504, "{}"), Overcome).times(1),
        row("503, ever", PERSONS, answer(503, "{}"), Stops),
        row("429, once", PERSONS, answer(429, "{}"), Overcome).times(1),
        row("200 with an empty list", EMPLOYMENTS, answer(200, "[]"), Stops),
        row("200 with an empty list of persons", PERSONS, answer(200, "[]"), Stops),
        row("200 with an object", EMPLOYMENTS, answer(200, "{}"), Stops),
        row("200 with numbers for rows", PERSONS, answer(200, "[1,2]"), Stops),
        row(
            "200 with other types in every cell",
            EMPLOYMENTS,
            Effect::Rewrite(Rewrite::new(retyped)),
            Stops,
        ),
        row("an HTML page for an answer", EMPLOYMENTS, Effect::Html, Stops),
        row("a body that comes in drips", EMPLOYMENTS, drip, Overcome),
        row("a body that stops coming", PERSONS, Effect::Stall(100), Stops).impatient(),
        row("a body without an end", PERSONS, Effect::Endless, Stops).reading_up_to(1 << 20),
        row("a body cut off", EMPLOYMENTS, Effect::Truncate(200), Stops),
        row("401", EMPLOYMENTS, answer(401, "{}"), Stops),
        row("403", PERSONS, answer(403, "{}"), Stops),
        row("pages shorter than asked for", PERSONS, Effect::Pages(7), Overcome),
        row("the same page again and again", PERSONS, Effect::FirstPage(7), Stops),
        Row::new(
            "a row that goes while pages are turned, and shifts the others",
            Door::Ukg,
            "GET employment-details?page=2",
            Trouble::RowGoes,
            Overcome,
        )
        .times(1)
        .with(short_pages)
        .until(in_order),
        Row::new(
            "rows that change their order while pages are turned",
            Door::Ukg,
            "GET employment-details?page=2",
            Trouble::Ukg(|it| it.lists_backwards = true),
            Stops,
        )
        .times(1)
        .with(short_pages)
        .until(in_order),
        row("a next page on another host", EMPLOYMENTS, Effect::Header("link", next), Stops),
        row("a redirect to another host", EMPLOYMENTS, Effect::Redirect(elsewhere), Stops),
    ]
}
