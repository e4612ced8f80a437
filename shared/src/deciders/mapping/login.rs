//! Logins a person could have, best first. Which of them is free is for the flow to find out.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    expression::{Answer, Engine, Expression, Row},
    text,
};
use crate::words::{
    finding::{Finding, FindingCode, Subject},
    ids::Login,
    person::Person,
    value::Value,
};

/// Okta's limit for a login.
const MAX_CHARS: usize = 100;

/// What to do when nothing remains of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    EmployeeNumber,
    None,
}

#[derive(Debug)]
pub(crate) struct Logins {
    pub(crate) candidates: Vec<Arc<Expression>>,
    pub(crate) domain: Option<String>,
    /// The highest number that is tried; 1 tries none.
    pub(crate) tries: u32,
    pub(crate) fallback: Fallback,
}

impl Logins {
    /// Every candidate once, in the policy's order; then the first of them with a number, since
    /// `ada.lovelace2` is easier to explain than a form of the name that nobody else has.
    pub(super) fn of(
        &self,
        engine: &Engine,
        row: &Row<'_>,
        person: &Person,
    ) -> Result<Vec<Login>, Finding> {
        let held =
            |code, detail: String| Finding::held(Subject::Person(person.id.clone()), code, detail);
        let mut stems: Vec<(String, String)> = Vec::new();
        for candidate in &self.candidates {
            match candidate.answer(engine, row) {
                Answer::Value(Value::Text(it)) => stems.extend(self.stem(&it)),
                Answer::Value(Value::Bool(_) | Value::Number(_) | Value::List(_))
                | Answer::Failed => {
                    let detail = format!("{} failed", candidate.place);
                    return Err(held(FindingCode::ExpressionFailed, detail));
                }
                Answer::Blank => {}
            }
        }
        if stems.is_empty() && self.fallback == Fallback::EmployeeNumber {
            let number = person.primary().row.number.as_ref();
            stems.extend(number.and_then(|it| self.stem(it.as_str())));
        }
        let numbers =
            stems.first().into_iter().flat_map(|it| (2..=self.tries).map(move |n| (it, n)));
        let numbered = numbers.map(|((user, host), n)| {
            // A number after a number would be somebody else's employee number.
            let mark = if user.ends_with(|it: char| it.is_ascii_digit()) { "-" } else { "" };
            assemble(user, &format!("{mark}{n}"), host)
        });
        let plain = stems.iter().map(|(user, host)| assemble(user, "", host));
        let mut seen = BTreeSet::new();
        let logins: Vec<Login> =
            plain.chain(numbered).flatten().filter(|it| seen.insert(it.clone())).collect();
        if logins.is_empty() {
            let detail = "no candidate of the policy gives a login; complete the name in HR";
            return Err(held(FindingCode::BadLogin, detail.to_owned()));
        }
        Ok(logins)
    }

    /// The two halves of a login, if anything remains of the first.
    fn stem(&self, raw: &str) -> Option<(String, String)> {
        let (user, host) = match raw.rsplit_once('@') {
            // A stray sign in a name makes no domain.
            Some((user, host)) if is_domain(host) => (user, host.trim().to_lowercase()),
            Some(_) | None => (raw, self.domain.clone()?),
        };
        let user = text::local_part(user);
        (!user.is_empty()).then_some((user, host))
    }
}

fn is_domain(host: &str) -> bool {
    let host = host.trim();
    host.contains('.')
        && host.chars().all(|it| it.is_ascii_alphanumeric() || it == '.' || it == '-')
}

/// A login within Okta's length: the name gives way, the number and the domain do not.
fn assemble(user: &str, number: &str, host: &str) -> Option<Login> {
    let room = MAX_CHARS.checked_sub(host.len() + number.len() + 1)?;
    let user: String = user.chars().take(room).collect();
    Login::parse(&format!("{}{number}@{host}", user.trim_end_matches(['.', '_', '-']))).ok()
}
