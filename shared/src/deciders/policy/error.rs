//! What is wrong with a policy, where, and what to try instead.

use std::{fmt, sync::Arc};

/// A place in the policy file. Lines and columns count from 1, as editors do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// One thing that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyError {
    /// The file, as the caller named it.
    pub file: Arc<str>,
    /// Where.
    pub at: Position,
    /// What is wrong, in one clause.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, at, message, hint } = self;
        write!(f, "{file}:{}:{}: {message}", at.line, at.column)?;
        match hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a policy, in the order of the file.
///
/// All of it at once: nobody wants to learn about twelve typing errors in twelve attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyErrors(pub Vec<PolicyError>);

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, it) in self.0.iter().enumerate() {
            write!(f, "{}{it}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyErrors {}

/// Collects what is wrong while a policy is read.
#[derive(Debug)]
pub(crate) struct Report {
    file: Arc<str>,
    errors: Vec<PolicyError>,
    warnings: Vec<PolicyError>,
}

impl Report {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.into(), errors: Vec::new(), warnings: Vec::new() }
    }

    /// Something that must be repaired.
    pub(crate) fn error(&mut self, at: Position, message: impl Into<String>, hint: Option<String>) {
        let error = PolicyError { file: self.file.clone(), at, message: message.into(), hint };
        self.errors.push(error);
    }

    /// Something that is probably not what was meant.
    pub(crate) fn warning(&mut self, at: Position, message: impl Into<String>, hint: &str) {
        let (file, hint) = (self.file.clone(), Some(hint.to_owned()));
        self.warnings.push(PolicyError { file, at, message: message.into(), hint });
    }

    /// Whether nothing must be repaired so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// The warnings of a policy without errors.
    pub(crate) fn finish(self) -> Result<Vec<PolicyError>, PolicyErrors> {
        let Self { file: _, mut errors, mut warnings } = self;
        if errors.is_empty() {
            warnings.sort();
            return Ok(warnings);
        }
        errors.sort();
        errors.dedup();
        Err(PolicyErrors(errors))
    }
}

/// "did you mean `x`?", when one of `known` is close to `unknown`.
pub(crate) fn did_you_mean<'k>(
    unknown: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<String> {
    let folded = unknown.to_lowercase();
    known
        .into_iter()
        .map(|it| (strsim::jaro_winkler(&folded, &it.to_lowercase()), it))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, it)| format!("did you mean `{it}`?"))
}
