//! Reading an answer to its end, or not at all.
//!
//! What ends an answer is a `Link` header without `next`, or an empty page: never a short page,
//! since UKG has shortened pages before (reference/ukg.md, section 2.2). A sync that once took
//! 400 rows of 56,726 for the whole staged 56,326 deletions (reference/lessons.md, 10); so
//! whatever does not add up here is an error, and an error is never a smaller answer.

use std::collections::HashSet;

use reqwest::StatusCode;
use url::Url;

use super::{
    Client, Error, Read,
    endpoint::{Endpoint, NotFound, Paging, Question},
    page,
    table::{Row, Rows, Table},
};
use crate::doors::http::{Answer, links, next_links};

/// Page sizes to fall back to when UKG refuses ours: the maxima that its endpoints are known to
/// have had (10,000 since January 2022, 200 and 100 before), and one between.
const LADDER: [u32; 4] = [10_000, 1_000, 200, 100];

/// Asks page after page until there is no more.
///
/// # Errors
/// When any page is missing, unreadable or came twice.
pub(super) async fn read<R: Row, S: Rows<R>>(
    client: &Client,
    question: &Question,
) -> Result<Read<S>, Error> {
    let endpoint = question.endpoint;
    let mut table = Table::<R, S>::new(endpoint, client.settings().placeholder_codes.clone());
    table.member.clone_from(&question.member);
    let mut book = Book::new(endpoint);
    let mut url = client.url(question);

    loop {
        let Some(answer) = ask(client, question, &mut url, book.page).await? else { break };
        page::read(&answer.body, &mut table).map_err(|it| bad_page(endpoint, book.page, it))?;
        let (rows, is_repeated) = table.turn();
        if is_repeated {
            return Err(Error::RepeatedPage { endpoint, page: book.page });
        }
        if table.seen > client.settings().max_rows {
            return Err(Error::TooManyRows { endpoint, limit: client.settings().max_rows });
        }
        tracing::debug!(%endpoint, page = book.page, rows, "read a page from ukg");
        match book.turn(client, question, &url, &answer, rows)? {
            Some(next) => url = next,
            None => break,
        }
    }
    book.close(table.seen)?;
    Ok(Read { rows: table.rows, findings: table.findings, pages: book.pages })
}

/// One page, or `None` where a 404 says that there are no rows. The first page finds out which
/// page size UKG takes, and changes `url` accordingly.
async fn ask(
    client: &Client,
    question: &Question,
    url: &mut Url,
    page: u32,
) -> Result<Option<Answer>, Error> {
    let endpoint = question.endpoint;
    loop {
        match client.ask(endpoint, url).await {
            Ok(answer) => return Ok(Some(answer)),
            Err(Error::NotFound { .. }) if question.not_found == NotFound::MeansNoRows => {
                return Ok(None);
            }
            Err(Error::Unexpected { status: StatusCode::BAD_REQUEST, endpoint }) if page == 1 => {
                let Paging::Numbered { size: name, .. } = question.paging else {
                    return Err(Error::Unexpected { status: StatusCode::BAD_REQUEST, endpoint });
                };
                let refused = number_in(url, name).unwrap_or(0);
                let Some(smaller) = LADDER.into_iter().find(|it| *it < refused) else {
                    return Err(Error::Unexpected { status: StatusCode::BAD_REQUEST, endpoint });
                };
                tracing::debug!(%endpoint, refused, smaller, "ukg refused a page size");
                set(url, name, &smaller.to_string());
            }
            Err(error) => return Err(error),
        }
    }
}

/// Where we are in an answer, and what it has said about its own length.
struct Book {
    endpoint: Endpoint,
    /// The number of the page being read, from 1.
    page: u32,
    /// Pages read that had rows.
    pages: u32,
    /// `Link: last`, as said last: rows may be added while we read.
    announced_pages: Option<u32>,
    announced_rows: Option<u64>,
    followed: HashSet<String>,
}

impl Book {
    fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            page: 1,
            pages: 0,
            announced_pages: None,
            announced_rows: None,
            followed: HashSet::new(),
        }
    }

    /// The address of the next page, if there is one.
    fn turn(
        &mut self,
        client: &Client,
        question: &Question,
        url: &Url,
        answer: &Answer,
        rows: usize,
    ) -> Result<Option<Url>, Error> {
        if let Some(total) = answer.header("x-total-count").and_then(|it| it.trim().parse().ok()) {
            self.announced_rows = Some(total);
        }
        let last = links(&answer.headers, "last").into_iter().next();
        if let Some(last) = last.and_then(|it| number_in(&url.join(&it).ok()?, "page")) {
            self.announced_pages = Some(last);
        }
        if rows == 0 {
            return Ok(None);
        }
        self.pages += 1;
        self.followed.insert(url.as_str().to_owned());

        let next = match next_links(&answer.headers).into_iter().next() {
            Some(link) => {
                let next = url
                    .join(&link)
                    .ok()
                    .filter(|it| client.base_url().is_origin_of(it))
                    .ok_or(Error::ForeignLink { endpoint: self.endpoint })?;
                self.page = number_in(&next, "page").unwrap_or(self.page.saturating_add(1));
                keep_filters(next, question)
            }
            // A Link header without `next` is UKG's own word that this was the last page.
            None if answer.headers.contains_key(reqwest::header::LINK) => return Ok(None),
            None => match question.paging {
                Paging::Whole => return Ok(None),
                Paging::Numbered { .. } => {
                    self.page = self.page.saturating_add(1);
                    let mut next = url.clone();
                    set(&mut next, "page", &self.page.to_string());
                    next
                }
            },
        };
        if self.followed.contains(next.as_str()) {
            return Err(Error::RepeatedPage { endpoint: self.endpoint, page: self.page });
        }
        Ok(Some(next))
    }

    /// Does it add up?
    fn close(&self, rows: usize) -> Result<(), Error> {
        let endpoint = self.endpoint;
        // Of an answer without rows, the first page may well be called the last.
        if let Some(announced) = self.announced_pages
            && announced != self.pages
            && !(self.pages == 0 && announced == 1)
        {
            let (announced, read) = (u64::from(announced), u64::from(self.pages));
            return Err(Error::Incomplete { endpoint, unit: "pages", announced, read });
        }
        // UKG is not known to send a total. Should it, more rows than announced are newcomers.
        let read = rows as u64;
        match self.announced_rows {
            Some(announced) if read < announced => {
                Err(Error::Incomplete { endpoint, unit: "rows", announced, read })
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn bad_page(endpoint: Endpoint, page: u32, bad: page::BadPage) -> Error {
    if bad.is_cut_off {
        Error::CutOff { endpoint, page }
    } else {
        Error::NotRows { endpoint, page, line: bad.line, column: bad.column }
    }
}

/// UKG's links are known to carry `page` and `per_page`; that they carry our filters too is
/// nowhere said, and one that dropped them would lead from "changed since" into everybody.
fn keep_filters(mut next: Url, question: &Question) -> Url {
    for (name, value) in &question.filters {
        if !next.query_pairs().any(|(it, _)| it.eq_ignore_ascii_case(name)) {
            next.query_pairs_mut().append_pair(name, value);
        }
    }
    next
}

fn number_in(url: &Url, name: &str) -> Option<u32> {
    let mut pairs = url.query_pairs();
    pairs.find(|(it, _)| it.eq_ignore_ascii_case(name))?.1.parse().ok()
}

fn set(url: &mut Url, name: &str, value: &str) {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(it, _)| !it.eq_ignore_ascii_case(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
}
