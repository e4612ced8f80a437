//! The part of Okta's expression language that group rules are mostly made of.
//!
//! Comparisons of `user.attribute` with literals, `String.startsWith` and
//! `String.stringContains`, `&&`, `||`, `!`, `AND`, `OR` and parentheses. A rule that needs more
//! is refused at creation rather than misread.

use serde_json::{Map, Value};

/// A parsed condition.
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Equals(Operand, Operand),
    Differs(Operand, Operand),
    StartsWith(Operand, Operand),
    Contains(Operand, Operand),
}

/// A value in a condition.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    /// `user.department`
    Attribute(String),
    /// `"Engineering"`, `true`, `null`
    Literal(Value),
}

/// The condition needs more than we understand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotUnderstood;

impl Expression {
    /// Parses a condition.
    pub fn parse(text: &str) -> Result<Self, NotUnderstood> {
        let mut parser = Parser { rest: text };
        let res = parser.any()?;
        if parser.rest.trim().is_empty() { Ok(res) } else { Err(NotUnderstood) }
    }

    /// Whether it holds for a profile.
    pub fn holds(&self, profile: &Map<String, Value>) -> bool {
        match self {
            Self::And(left, right) => left.holds(profile) && right.holds(profile),
            Self::Or(left, right) => left.holds(profile) || right.holds(profile),
            Self::Not(it) => !it.holds(profile),
            Self::Equals(left, right) => left.of(profile) == right.of(profile),
            Self::Differs(left, right) => left.of(profile) != right.of(profile),
            Self::StartsWith(left, right) => text(left.of(profile), right.of(profile))
                .is_some_and(|(it, start)| it.starts_with(start)),
            Self::Contains(left, right) => text(left.of(profile), right.of(profile))
                .is_some_and(|(it, part)| it.contains(part)),
        }
    }
}

fn text<'a>(left: &'a Value, right: &'a Value) -> Option<(&'a str, &'a str)> {
    Some((left.as_str()?, right.as_str()?))
}

impl Operand {
    fn of<'a>(&'a self, profile: &'a Map<String, Value>) -> &'a Value {
        match self {
            Self::Attribute(name) => profile.get(name).unwrap_or(&Value::Null),
            Self::Literal(it) => it,
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let here = self.rest.trim_start();
        let Some(start) = here.get(..word.len()) else { return false };
        let is_here = start.eq_ignore_ascii_case(word);
        if is_here {
            self.rest = &here[word.len()..];
        }
        is_here
    }

    fn any(&mut self) -> Result<Expression, NotUnderstood> {
        let mut res = self.all()?;
        while self.takes("||") || self.takes("or ") {
            res = Expression::Or(Box::new(res), Box::new(self.all()?));
        }
        Ok(res)
    }

    fn all(&mut self) -> Result<Expression, NotUnderstood> {
        let mut res = self.one()?;
        while self.takes("&&") || self.takes("and ") {
            res = Expression::And(Box::new(res), Box::new(self.one()?));
        }
        Ok(res)
    }

    fn one(&mut self) -> Result<Expression, NotUnderstood> {
        if self.takes("!") {
            return Ok(Expression::Not(Box::new(self.one()?)));
        }
        if self.takes("(") {
            let res = self.any()?;
            return if self.takes(")") { Ok(res) } else { Err(NotUnderstood) };
        }
        if self.takes("String.startsWith(") {
            let (left, right) = self.arguments()?;
            return Ok(Expression::StartsWith(left, right));
        }
        if self.takes("String.stringContains(") {
            let (left, right) = self.arguments()?;
            return Ok(Expression::Contains(left, right));
        }
        let left = self.operand()?;
        if self.takes("==") {
            return Ok(Expression::Equals(left, self.operand()?));
        }
        if self.takes("!=") {
            return Ok(Expression::Differs(left, self.operand()?));
        }
        Err(NotUnderstood)
    }

    fn arguments(&mut self) -> Result<(Operand, Operand), NotUnderstood> {
        let left = self.operand()?;
        if !self.takes(",") {
            return Err(NotUnderstood);
        }
        let right = self.operand()?;
        if self.takes(")") { Ok((left, right)) } else { Err(NotUnderstood) }
    }

    fn operand(&mut self) -> Result<Operand, NotUnderstood> {
        if self.takes("user.") {
            let is_part = |it: char| it.is_alphanumeric() || it == '_';
            let end = self.rest.find(|it| !is_part(it)).unwrap_or(self.rest.len());
            let (name, rest) = self.rest.split_at(end);
            self.rest = rest;
            return match name {
                "" => Err(NotUnderstood),
                name => Ok(Operand::Attribute(name.to_owned())),
            };
        }
        for quote in ["\"", "'"] {
            if self.takes(quote) {
                let (text, rest) = self.rest.split_once(quote).ok_or(NotUnderstood)?;
                self.rest = rest;
                return Ok(Operand::Literal(Value::from(text)));
            }
        }
        for (word, value) in
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
        {
            if self.takes(word) {
                return Ok(Operand::Literal(value));
            }
        }
        Err(NotUnderstood)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let profile = json!({"department": "Finance", "userType": "Employee", "title": "Clerk II"});
        let holds = Expression::parse(text).unwrap().holds(profile.as_object().unwrap());
        assert_eq!(holds, expected, "{text}");
    }

    #[test]
    fn conditions_read_as_they_are_written() {
        check(r#"user.department=="Finance""#, true);
        check(r#"user.department == 'Sales' || user.title != null"#, true);
        check(r#"user.department == "Finance" and !(user.userType == "Employee")"#, false);
        check(r#"String.startsWith(user.title, "Clerk") AND user.city == null"#, true);
        check(r#"String.stringContains(user.title, "III")"#, false);
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for text in
            ["", "user.department", "user.a ==", "isMemberOfGroup(\"x\")", "user.a == \"x\" then"]
        {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
    }
}
