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
    ///
    /// With a domain in the policy every login has it: a name field with an `@` in it must not
    /// be able to choose another.
    fn stem(&self, raw: &str) -> Option<(String, String)> {
        let (user, host) = match &self.domain {
            Some(domain) => (raw.split('@').next()?, domain.clone()),
            // The last `@` is the policy's own, and what follows must be a domain as it is.
            None => raw.rsplit_once('@').map(|(user, host)| (user, host.trim().to_lowercase()))?,
        };
        let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-');
        let user = text::local_part(user);
        (!user.is_empty() && host.chars().all(is_plain)).then_some((user, host))
    }
}

/// A login within Okta's length: the name gives way, the number and the domain do not.
fn assemble(user: &str, number: &str, host: &str) -> Option<Login> {
    let room = MAX_CHARS.checked_sub(host.len() + number.len() + 1)?;
    let user: String = user.chars().take(room).collect();
    Login::parse(&format!("{}{number}@{host}", user.trim_end_matches(['.', '_', '-']))).ok()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::{
        deciders::mapping::{
            Memo,
            sample::blank,
            tests::{facts, policy},
        },
        words::{hr::Catalog, person::Name},
    };

    fn check(first: &str, last: &str, expected: &Expect) {
        let mut person = blank("P-1");
        person.employments[0].row.number = Some("000000104".into());
        person.name =
            Name { first: Some(first.into()), last: Some(last.into()), ..Name::default() };
        let catalog = Catalog::default();
        let said = match policy("  {}", "  []").logins(&facts(&person, &catalog), &Memo::default())
        {
            Ok(logins) => logins.iter().map(Login::as_str).collect::<Vec<_>>().join("\n"),
            Err(finding) => finding.to_string(),
        };
        expected.assert_eq(&said);
    }

    #[test]
    fn logins_are_plain_unique_and_never_too_long() {
        check(
            "Ada",
            "Lovelace",
            &expect![[r#"
        ada.lovelace@larkspur.example
        lovelace@larkspur.example
        ada.lovelace2@larkspur.example
        ada.lovelace3@larkspur.example"#]],
        );
        check(
            "Søren",
            "Weiß-O'Łuć",
            &expect![[r#"
        soren.weiss-oluc@larkspur.example
        weiss-oluc@larkspur.example
        soren.weiss-oluc2@larkspur.example
        soren.weiss-oluc3@larkspur.example"#]],
        );
        check(
            "秀英",
            "王",
            &expect![[r#"
        xiuying.wang@larkspur.example
        wang@larkspur.example
        xiuying.wang2@larkspur.example
        xiuying.wang3@larkspur.example"#]],
        );
        check(
            "Анна",
            "Щукина",
            &expect![[r#"
        anna.shchukina@larkspur.example
        shchukina@larkspur.example
        anna.shchukina2@larkspur.example
        anna.shchukina3@larkspur.example"#]],
        );
        check(
            "",
            "Suharto",
            &expect![[r#"
        suharto@larkspur.example
        suharto2@larkspur.example
        suharto3@larkspur.example"#]],
        );
        check(
            "..",
            "!",
            &expect![[r#"
            000000104@larkspur.example
            000000104-2@larkspur.example
            000000104-3@larkspur.example"#]],
        );
        check(
            &"a".repeat(90),
            &"b".repeat(90),
            &expect![[r#"
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@larkspur.example
        bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb@larkspur.example
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2@larkspur.example
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa3@larkspur.example"#]],
        );
    }

    #[test]
    fn a_name_cannot_choose_the_domain() {
        check(
            "Ada",
            "Lovelace@evil.example",
            &expect![[r#"
            ada.lovelace@larkspur.example
            lovelace@larkspur.example
            ada.lovelace2@larkspur.example
            ada.lovelace3@larkspur.example"#]],
        );
    }

    #[test]
    fn without_a_name_and_a_number_the_person_is_held() {
        let (person, catalog) = (blank("P-1"), Catalog::default());
        let finding = policy("  {}", "  []").logins(&facts(&person, &catalog), &Memo::default());
        expect!["held person P-1 (bad-login): no candidate of the policy gives a login; complete the name in HR"]
        .assert_eq(&finding.unwrap_err().to_string());
    }
}
