//! What a look at the setup found, line by line: is it well, what was seen, what to do about it.
//!
//! Knows nothing of UKG and Okta: [`flows::check`](crate::flows::check) reads and fills it in.
//! Like a [`Report`](super::report::Report), it holds no personal data and prints as text and as
//! JSON.

pub mod scopes;

use std::{fmt, sync::Arc};

use serde_json::{Value, json};

/// How well one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// As it should be.
    Ok,
    /// Rollcall can work with it, but a person should know.
    Warning,
    /// Runs would fail or do the wrong thing.
    Wrong,
}

impl Health {
    /// The health in one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was looked at.
    pub name: &'static str,
    /// How well it is.
    pub health: Health,
    /// What was seen.
    pub detail: String,
    /// What to do; `None` when there is nothing to do.
    pub advice: Option<String>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, health, detail, advice } = self;
        write!(f, "{health:<8} {name:<18} {detail}")?;
        if let Some(advice) = advice {
            // Under the detail, so that the eye finds it.
            write!(f, "\n{:28}-> {advice}", "")?;
        }
        Ok(())
    }
}

/// Everything that was looked at, in the order of looking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// The lines.
    pub lines: Vec<Line>,
    /// Attributes that were added to Okta's user profile because somebody asked for it.
    pub added: Vec<Arc<str>>,
}

impl Checkup {
    /// Notes something that is as it should be.
    pub fn ok(&mut self, name: &'static str, detail: impl Into<String>) {
        let detail = detail.into();
        self.lines.push(Line { name, health: Health::Ok, detail, advice: None });
    }

    /// Notes something that a person should know.
    pub fn warn(
        &mut self,
        name: &'static str,
        detail: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.put(name, Health::Warning, detail.into(), advice.into());
    }

    /// Notes something that has to be put right first.
    pub fn wrong(
        &mut self,
        name: &'static str,
        detail: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.put(name, Health::Wrong, detail.into(), advice.into());
    }

    fn put(&mut self, name: &'static str, health: Health, detail: String, advice: String) {
        self.lines.push(Line { name, health, detail, advice: Some(advice) });
    }

    /// The worst that was found.
    pub fn health(&self) -> Health {
        self.lines.iter().map(|it| it.health).max().unwrap_or(Health::Ok)
    }

    /// How many lines are of this health.
    pub fn count(&self, health: Health) -> usize {
        self.lines.iter().filter(|it| it.health == health).count()
    }

    /// The same for programs.
    pub fn to_json(&self) -> Value {
        let checks = self.lines.iter().map(|it| {
            let Line { name, health, detail, advice } = it;
            json!({
                "name": name,
                "health": health.as_str(),
                "detail": detail,
                "advice": advice,
            })
        });
        json!({
            "health": self.health().as_str(),
            "wrong": self.count(Health::Wrong),
            "warnings": self.count(Health::Warning),
            "added": self.added.iter().map(|it| &**it).collect::<Vec<_>>(),
            "checks": checks.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Checkup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.lines {
            writeln!(f, "{it}")?;
        }
        let changed = match &*self.added {
            [] => "Nothing was changed.".to_owned(),
            added => {
                format!(
                    "Added to Okta's user profile: {}. Nothing else was changed.",
                    added.join(", ")
                )
            }
        };
        match (self.count(Health::Wrong), self.count(Health::Warning)) {
            (0, 0) => write!(f, "\nEverything is well. {changed}"),
            (0, warnings) => write!(f, "\nReady, with {warnings} to know about. {changed}"),
            (wrong, warnings) => {
                write!(f, "\nNot ready: {wrong} to put right, {warnings} to know about. {changed}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn advice_stands_under_what_was_seen() {
        let mut checkup = Checkup::default();
        checkup.ok("UKG people", "250 employments");
        checkup.warn("clock", "61 s off", "set the clock of this machine");
        checkup.wrong("Okta users", "none", "give the client an admin role");
        expect![[r#"
            ok       UKG people         250 employments
            warning  clock              61 s off
                                        -> set the clock of this machine
            wrong    Okta users         none
                                        -> give the client an admin role

            Not ready: 1 to put right, 1 to know about. Nothing was changed."#]]
        .assert_eq(&checkup.to_string());
    }

    #[test]
    fn the_worst_line_decides() {
        let mut checkup = Checkup::default();
        assert_eq!(checkup.health(), Health::Ok);
        checkup.wrong("a", "b", "c");
        checkup.ok("a", "b");
        assert_eq!(checkup.health(), Health::Wrong);
        assert_eq!(checkup.to_json()["wrong"], 1);
    }
}
