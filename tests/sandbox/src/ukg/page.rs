//! Pages and their Link header.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use serde::Serialize;
use serde_json::Value;

use super::{answer, gate::Asked, options::Options, query::Query};

/// Which page was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    number: usize,
    size: usize,
    /// The spelling of the page size in links.
    size_name: &'static str,
}

impl Page {
    /// Reads `page` and `per_Page`; a size beyond the largest means the largest.
    pub fn read(
        query: &Query,
        largest: usize,
        size_name: &'static str,
    ) -> Result<Self, Box<Response>> {
        let number = |name: &str, otherwise: usize| match query.get(name) {
            None | Some("") => Ok(otherwise),
            Some(text) => match text.parse() {
                Ok(it) if it > 0 => Ok(it),
                Ok(_) | Err(_) => Err(Box::new(answer::bad_parameter(name, text))),
            },
        };
        Ok(Self {
            number: number("page", 1)?,
            size: number("per_page", largest)?.min(largest),
            size_name,
        })
    }

    /// Whether it is the first.
    pub fn is_first(self) -> bool {
        self.number == 1
    }

    /// The rows of that page, and how many there are in all. A page after the last is an empty
    /// array, not an error.
    pub fn cut<T>(self, rows: impl IntoIterator<Item = T>) -> (Vec<T>, usize) {
        let from = self.size.saturating_mul(self.number - 1);
        let here = from..from.saturating_add(self.size);
        let mut total = 0;
        let mut page = Vec::new();
        for (at, row) in rows.into_iter().enumerate() {
            total += 1;
            if here.contains(&at) {
                page.push(row);
            }
        }
        (page, total)
    }

    /// The answer: a bare array, and links when there is more than one page.
    pub fn answer(
        self,
        rows: &impl Serialize,
        total: usize,
        asked: &Asked,
        options: &Options,
    ) -> Response {
        let mut response = if options.blank_columns.is_empty() {
            answer::ok(rows)
        } else {
            answer::ok(&blanked(rows, options))
        };
        let last = total.div_ceil(self.size).max(1);
        if !options.has_links || last == 1 {
            return response;
        }
        let link = |page: usize, rel: &str| {
            let query = asked.query.with_page(page, self.size_name, self.size);
            format!("<http://{}{}?{query}>; rel=\"{rel}\"", asked.host, asked.path)
        };
        let mut links = Vec::new();
        if self.number < last {
            links.push(link(self.number + 1, "next"));
        }
        links.push(link(last, "last"));
        let value = HeaderValue::from_str(&links.join(", ")).expect("links are plain ASCII");
        response.headers_mut().insert(header::LINK, value);
        response
    }
}

/// The rows with the columns that the instance lost.
fn blanked(rows: &impl Serialize, options: &Options) -> Value {
    let mut rows = serde_json::to_value(rows).expect("rows have text keys and plain values");
    for row in rows.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for (name, value) in row.iter_mut() {
            if options.blank_columns.contains(name) {
                *value = Value::Null;
            }
        }
    }
    rows
}
