//! The part of SCIM filters that Okta's `search` and `filter` parameters understand.

use jiff::Timestamp;

/// A parsed expression.
#[derive(Clone, Debug)]
pub(crate) enum Filter {
    /// Both sides hold.
    And(Box<Self>, Box<Self>),
    /// One side holds.
    Or(Box<Self>, Box<Self>),
    /// One comparison.
    Is(Comparison),
}

/// `attribute operator "literal"`.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    /// The attribute as written.
    pub attribute: String,
    /// The operator.
    pub operator: Operator,
    /// The literal as written; empty for `pr`.
    pub literal: String,
    folded: String,
    time: Option<Timestamp>,
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// equal
    Eq,
    /// not equal
    Ne,
    /// starts with
    Sw,
    /// contains
    Co,
    /// present
    Pr,
    /// greater
    Gt,
    /// greater or equal
    Ge,
    /// less
    Lt,
    /// less or equal
    Le,
}

/// Whether values are compared with regard to case: `filter` does, `search` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// `A` is not `a`.
    Sensitive,
    /// `A` is `a`.
    Insensitive,
}

/// The value of an attribute of one record.
pub(crate) enum Field<'a> {
    /// A text, number or boolean, as text.
    Text(std::borrow::Cow<'a, str>),
    /// An instant.
    Time(Timestamp),
    /// The record has no such value.
    Missing,
}

/// The expression did not parse.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unreadable;

impl Filter {
    /// Parses an expression.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens };
        let res = parser.any()?;
        if parser.tokens.is_empty() { Ok(res) } else { Err(Unreadable) }
    }

    /// Every comparison in it.
    pub fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                let mut res = left.comparisons();
                res.extend(right.comparisons());
                res
            }
            Self::Is(it) => vec![it],
        }
    }

    /// An `attribute eq "value"` that every match must satisfy, for an index to answer.
    pub fn required(&self, attribute: &str) -> Option<&str> {
        match self {
            Self::And(left, right) => {
                left.required(attribute).or_else(|| right.required(attribute))
            }
            Self::Or(..) => None,
            Self::Is(it) => (it.attribute == attribute && it.operator == Operator::Eq)
                .then_some(it.literal.as_str()),
        }
    }

    /// Whether a record, seen through `field`, matches.
    pub fn matches<'a>(&self, case: Case, field: &impl Fn(&str) -> Field<'a>) -> bool {
        match self {
            Self::And(left, right) => left.matches(case, field) && right.matches(case, field),
            Self::Or(left, right) => left.matches(case, field) || right.matches(case, field),
            Self::Is(it) => it.matches(case, &field(&it.attribute)),
        }
    }
}

impl Comparison {
    fn matches(&self, case: Case, field: &Field<'_>) -> bool {
        let order = match (field, self.time) {
            (Field::Missing, _) => return self.operator == Operator::Ne,
            (Field::Time(at), Some(literal)) => at.cmp(&literal),
            (Field::Time(_), None) => return self.operator == Operator::Pr,
            (Field::Text(text), _) => match case {
                Case::Sensitive => return self.text(text, &self.literal),
                Case::Insensitive => return self.text(&text.to_lowercase(), &self.folded),
            },
        };
        match self.operator {
            Operator::Eq => order.is_eq(),
            Operator::Ne => order.is_ne(),
            Operator::Gt => order.is_gt(),
            Operator::Ge => order.is_ge(),
            Operator::Lt => order.is_lt(),
            Operator::Le => order.is_le(),
            Operator::Pr => true,
            Operator::Sw | Operator::Co => false,
        }
    }

    fn text(&self, value: &str, literal: &str) -> bool {
        match self.operator {
            Operator::Eq => value == literal,
            Operator::Ne => value != literal,
            Operator::Sw => value.starts_with(literal),
            Operator::Co => value.contains(literal),
            Operator::Pr => true,
            Operator::Gt => value > literal,
            Operator::Ge => value >= literal,
            Operator::Lt => value < literal,
            Operator::Le => value <= literal,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Word(String),
    Quoted(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, Unreadable> {
    let mut res = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(it) = chars.next() {
        match it {
            '(' => res.push(Token::Open),
            ')' => res.push(Token::Close),
            '"' => {
                let mut quoted = String::new();
                loop {
                    match chars.next().ok_or(Unreadable)? {
                        '"' => break,
                        '\\' => quoted.push(chars.next().ok_or(Unreadable)?),
                        other => quoted.push(other),
                    }
                }
                res.push(Token::Quoted(quoted));
            }
            it if it.is_whitespace() => {}
            it => {
                let mut word = String::from(it);
                while let Some(next) =
                    chars.next_if(|it| !it.is_whitespace() && !matches!(it, '(' | ')' | '"'))
                {
                    word.push(next);
                }
                res.push(Token::Word(word));
            }
        }
    }
    Ok(res)
}

struct Parser<'a> {
    tokens: &'a [Token],
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn takes(&mut self, word: &str) -> bool {
        let here =
            matches!(self.tokens.first(), Some(Token::Word(it)) if it.eq_ignore_ascii_case(word));
        if here {
            self.next();
        }
        here
    }

    fn any(&mut self) -> Result<Filter, Unreadable> {
        let mut res = self.all()?;
        while self.takes("or") {
            res = Filter::Or(Box::new(res), Box::new(self.all()?));
        }
        Ok(res)
    }

    fn all(&mut self) -> Result<Filter, Unreadable> {
        let mut res = self.one()?;
        while self.takes("and") {
            res = Filter::And(Box::new(res), Box::new(self.one()?));
        }
        Ok(res)
    }

    fn one(&mut self) -> Result<Filter, Unreadable> {
        match self.next().ok_or(Unreadable)? {
            Token::Open => {
                let res = self.any()?;
                if self.next() == Some(Token::Close) { Ok(res) } else { Err(Unreadable) }
            }
            Token::Word(attribute) => self.comparison(attribute),
            Token::Close | Token::Quoted(_) => Err(Unreadable),
        }
    }

    fn comparison(&mut self, attribute: String) -> Result<Filter, Unreadable> {
        let Some(Token::Word(word)) = self.next() else { return Err(Unreadable) };
        let operator = match word.to_ascii_lowercase().as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "sw" => Operator::Sw,
            "co" => Operator::Co,
            "pr" => Operator::Pr,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            _ => return Err(Unreadable),
        };
        let literal = match operator {
            Operator::Pr => String::new(),
            Operator::Eq
            | Operator::Ne
            | Operator::Sw
            | Operator::Co
            | Operator::Gt
            | Operator::Ge
            | Operator::Lt
            | Operator::Le => match self.next() {
                Some(Token::Quoted(it) | Token::Word(it)) => it,
                Some(Token::Open | Token::Close) | None => return Err(Unreadable),
            },
        };
        let folded = literal.to_lowercase();
        let time = literal.parse().ok();
        Ok(Filter::Is(Comparison { attribute, operator, literal, folded, time }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let filter = Filter::parse(text).unwrap_or_else(|_| panic!("{text} does not parse"));
        let field = |name: &str| match name {
            "status" => Field::Text("ACTIVE".into()),
            "profile.title" => Field::Text("Clerk \"II\"".into()),
            "lastUpdated" => Field::Time("2026-03-01T12:00:00Z".parse().unwrap()),
            _ => Field::Missing,
        };
        assert_eq!(filter.matches(Case::Insensitive, &field), expected, "{text}");
    }

    #[test]
    fn and_binds_tighter_than_or() {
        check(r#"status eq "x" and status eq "y" or status eq "active""#, true);
        check(r#"status eq "x" and (status eq "y" or status eq "active")"#, false);
    }

    #[test]
    fn times_compare_as_instants_and_quotes_can_be_escaped() {
        check(r#"lastUpdated gt "2026-03-01T13:00:00+02:00""#, true);
        check(r#"lastUpdated lt "2026-03-01T12:00:00.000Z""#, false);
        check(r#"profile.title eq "clerk \"ii\"""#, true);
        check(r#"profile.city pr or profile.title sw "Cl""#, true);
    }

    #[test]
    fn broken_filters_do_not_parse() {
        for text in [
            "",
            "status",
            r#"status eq"#,
            r#"(status eq "x""#,
            r#"status is "x""#,
            r#"status eq "x"#,
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
