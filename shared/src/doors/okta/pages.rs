//! Lists: follows Okta's pages to their end, or fails. A list is whole or it is an error.

use std::collections::HashSet;

use reqwest::Method;
use serde::de::DeserializeOwned;
use url::Url;

use super::{
    Door, answer,
    error::{Attempt, Error},
    line::{self, Call, SMALLEST_PAGE},
};
use crate::doors::http::{self, Answer};

/// Okta's documented page size for users, and the recommended one for groups and members.
pub(super) const PAGE: u32 = 200;

impl Door {
    /// Reads one answer. A body that ends in the middle gets one more try.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        attempt: &Attempt,
        path: &str,
    ) -> Result<T, Error> {
        let url = self.line.base.join(path);
        Ok(self.get_url(attempt, url, None).await?.0)
    }

    /// Reads a list to its end, page by page.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        attempt: &Attempt,
        path: &str,
        limit: Option<u32>,
        mut each: impl FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut url = self.line.base.join(path);
        if let Some(limit) = limit {
            set_limit(&mut url, limit);
        }
        let mut walk = Walk::new(attempt, url);
        loop {
            let (items, answer) = self.page::<Vec<T>>(attempt, &mut walk.here, limit).await?;
            items.into_iter().try_for_each(&mut each)?;
            let next = http::next_links(&answer.headers).into_iter().next();
            if !walk.go_on(self, next)? {
                return Ok(());
            }
        }
    }

    /// Reads a list in an envelope: `read` takes a page apart into what it tells of the next one.
    pub(super) async fn list_in_envelope<T: DeserializeOwned>(
        &self,
        attempt: &Attempt,
        path: &str,
        mut read: impl FnMut(T) -> Result<Option<String>, Error>,
    ) -> Result<(), Error> {
        let mut walk = Walk::new(attempt, self.line.base.join(path));
        loop {
            let (page, _) = self.page::<T>(attempt, &mut walk.here, None).await?;
            let next = read(page)?;
            if !walk.go_on(self, next)? {
                return Ok(());
            }
        }
    }

    /// One page; half as long when Okta cannot make such a long one in time
    /// (reference/okta.md, section 2.7).
    async fn page<T: DeserializeOwned>(
        &self,
        attempt: &Attempt,
        url: &mut Url,
        limit: Option<u32>,
    ) -> Result<(T, Answer), Error> {
        loop {
            let size = limit.map(|asked| limit_of(url).unwrap_or(asked));
            match self.get_url(attempt, url.clone(), size).await {
                Err(Error::Unavailable { status: 500, code, .. })
                    if code.as_deref() == Some("E0000009")
                        && size.is_some_and(|it| it > SMALLEST_PAGE) =>
                {
                    set_limit(url, (size.unwrap_or(PAGE) / 2).max(SMALLEST_PAGE));
                }
                other => return other,
            }
        }
    }

    async fn get_url<T: DeserializeOwned>(
        &self,
        attempt: &Attempt,
        url: Url,
        page_size: Option<u32>,
    ) -> Result<(T, Answer), Error> {
        let call = Call {
            attempt: attempt.clone(),
            method: Method::GET,
            url,
            body: None,
            also_done: None,
            is_async: false,
            page_size,
        };
        let answer = self.line.perform(&call, self.priority).await?;
        match answer::decode(attempt, &answer) {
            Err(error) if line::is_truncated(&error) => {
                self.line.back_off(attempt, 0).await?;
                let answer = self.line.perform(&call, self.priority).await?;
                Ok((answer::decode(attempt, &answer)?, answer))
            }
            other => Ok((other?, answer)),
        }
    }
}

/// Where we are in a list, and where we have been.
struct Walk<'a> {
    attempt: &'a Attempt,
    here: Url,
    been: HashSet<Url>,
}

impl<'a> Walk<'a> {
    fn new(attempt: &'a Attempt, here: Url) -> Self {
        Self { attempt, been: HashSet::from([here.clone()]), here }
    }

    /// Goes to the next page, if there is one and it is an honest one.
    fn go_on(&mut self, door: &Door, next: Option<String>) -> Result<bool, Error> {
        let Some(next) = next else { return Ok(false) };
        let attempt = || self.attempt.clone();
        // Okta gives whole addresses; a relative one is on our own origin by definition.
        let next = self.here.join(&next).map_err(|_| Error::ForeignHost { attempt: attempt() })?;
        if !door.line.base.is_origin_of(&next) {
            return Err(Error::ForeignHost { attempt: attempt() });
        }
        if !self.been.insert(next.clone()) || door.line.most_pages < self.been.len() {
            return Err(Error::PageLoop { attempt: attempt() });
        }
        self.here = next;
        Ok(true)
    }
}

fn limit_of(url: &Url) -> Option<u32> {
    url.query_pairs().find(|(name, _)| name == "limit").and_then(|(_, it)| it.parse().ok())
}

fn set_limit(url: &mut Url, limit: u32) {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "limit")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut query = url.query_pairs_mut();
    query.clear().extend_pairs(others).append_pair("limit", &limit.to_string());
}
