//! One request as the handlers see it, and what they answer.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    http::{HeaderMap, Method},
};
use serde_json::{Map, Value};

use super::{error::Problem, ids::Id};

/// One request.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The method.
    pub method: Method,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query as sent.
    pub raw_query: String,
    /// The query, decoded.
    pub query: BTreeMap<String, String>,
    /// What stands in the path where the route has `{}`, decoded.
    pub params: Vec<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as sent.
    pub body: Bytes,
    /// The org's URL as the caller wrote it, without a slash at the end.
    pub base: String,
}

impl Ask {
    /// A parameter of the path.
    pub fn param(&self, index: usize) -> &str {
        self.params.get(index).map(String::as_str).unwrap_or_default()
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A yes or no of the query.
    pub fn flag(&self, name: &str, default: Flag) -> bool {
        match self.query(name) {
            Some(it) => it.eq_ignore_ascii_case("true"),
            None => default == Flag::Yes,
        }
    }

    /// The body as a JSON object.
    pub fn object(&self) -> Result<Map<String, Value>, Problem> {
        serde_json::from_slice(&self.body).map_err(|_| Problem::bad_body())
    }

    /// The body as JSON; nothing at all is an empty object.
    pub fn json(&self) -> Result<Value, Problem> {
        if self.body.is_empty() {
            return Ok(Value::Object(Map::new()));
        }
        serde_json::from_slice(&self.body).map_err(|_| Problem::bad_body())
    }

    /// The page size. Too large a wish is cut, silently; nonsense is refused.
    pub fn limit(&self, default: usize, most: usize) -> Result<usize, Problem> {
        match self.query("limit") {
            None => Ok(default),
            Some(it) => match it.parse::<usize>() {
                Ok(limit) if limit > 0 => Ok(limit.min(most)),
                Ok(_) | Err(_) => Err(Problem::bad_page()),
            },
        }
    }

    fn self_url(&self) -> String {
        match self.raw_query.as_str() {
            "" => format!("{}{}", self.base, self.path),
            query => format!("{}{}?{query}", self.base, self.path),
        }
    }

    /// The URL of the page after this one: the same query with another cursor.
    fn next_url(&self, after: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("after", after);
        query.extend_pairs(self.query.iter().filter(|(name, _)| *name != "after"));
        format!("{}{}?{}", self.base, self.path, query.finish())
    }
}

/// What a yes-or-no parameter means when it is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The status; 0 stands for 200.
    pub status: u16,
    /// The body, if there is one.
    pub body: Option<Value>,
    /// Headers beyond those every answer has. A name may occur twice: `Link` does.
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// 200 with a body.
    pub fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body), headers: Vec::new() }
    }

    /// 204.
    pub fn done() -> Self {
        Self { status: 204, body: None, headers: Vec::new() }
    }

    /// Another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// One more header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A whole list: just the `self` link.
    pub fn list(ask: &Ask, items: Vec<Value>) -> Self {
        let own = format!("<{}>; rel=\"self\"", ask.self_url());
        Self::ok(Value::Array(items)).header("link", own)
    }

    /// A page of a list: two `Link` lines, `self` and, unless this is the end, `next`.
    pub fn page(ask: &Ask, page: Page) -> Self {
        let res = Self::list(ask, page.items);
        match page.next {
            Some(after) => res.header("link", format!("<{}>; rel=\"next\"", ask.next_url(&after))),
            None => res,
        }
    }
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    /// What is on it.
    pub items: Vec<Value>,
    /// The cursor of the next one.
    pub next: Option<String>,
}

impl Page {
    /// Takes one page from records that come in the order of their cursors, after `after`.
    pub fn take<'a, T: 'a>(
        records: impl Iterator<Item = (&'a Id, T)>,
        limit: usize,
        render: impl Fn(T) -> Value,
    ) -> Self {
        let mut items = Vec::new();
        let mut last = None;
        for (cursor, record) in records {
            if items.len() == limit {
                return Self { items, next: last };
            }
            items.push(render(record));
            last = Some(cursor.to_string());
        }
        Self { items, next: None }
    }
}

/// Where a page begins in an ordered map.
pub(crate) fn after(ask: &Ask) -> (std::ops::Bound<Id>, std::ops::Bound<Id>) {
    use std::ops::Bound::{Excluded, Unbounded};
    (ask.query("after").map_or(Unbounded, |it| Excluded(it.into())), Unbounded)
}

/// Percent-decoding of one path segment.
pub(crate) fn decode(segment: &str) -> String {
    // `+` is a plus in a path; the form decoder would make it a blank.
    let plain = segment.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(plain.as_bytes());
    // A segment may hold `=` or `&` and would then be cut: both are legal in a path.
    let is_one = !segment.contains(['=', '&']);
    match pairs.next() {
        Some((name, _)) if is_one => name.into_owned(),
        Some(_) | None => segment.to_owned(),
    }
}
