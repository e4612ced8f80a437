//! Reads Okta's answers: a body of a known shape, or an [`Error`] a caller can act on.
//!
//! Okta has no code for some refusals, so their cause texts are matched here and nowhere else.
//! Nothing of a body leaves this file but codes and names of attributes.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    budget::Seen,
    error::{Attempt, Error, Oddity, Refused, Subject},
};
use crate::doors::http::Answer;

/// `{errorCode, errorSummary, errorCauses}`; the token endpoint says `{error}` instead.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Complaint {
    error_code: Option<String>,
    error_summary: Option<String>,
    error_causes: Vec<Cause>,
    error: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Cause {
    error_summary: Option<String>,
}

impl Complaint {
    fn of(answer: &Answer) -> Self {
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    fn any_text(&self, wanted: &str) -> bool {
        self.error_summary
            .iter()
            .chain(self.error_causes.iter().filter_map(|it| it.error_summary.as_ref()))
            .any(|it| it.contains(wanted))
    }

    /// The attributes that causes of the form `login: …` name. Only what looks like the name of
    /// an attribute is taken: these reach the logs.
    fn attributes(&self) -> Vec<Arc<str>> {
        self.error_causes
            .iter()
            .filter_map(|it| it.error_summary.as_deref()?.split_once(':'))
            .map(|(name, _)| name.trim())
            .filter(|it| is_attribute_name(it))
            .map(Arc::from)
            .collect()
    }
}

/// Whether a text can be the name of a profile attribute.
pub(super) fn is_attribute_name(raw: &str) -> bool {
    (1..=64).contains(&raw.len()) && raw.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

/// Okta's error code, when the answer has one of the known form.
pub(super) fn code(answer: &Answer) -> Option<Arc<str>> {
    let code = Complaint::of(answer).error_code?;
    is_attribute_name(&code).then(|| code.into())
}

/// The token endpoint's error code, or a DPoP error that a resource reports in its header.
pub(super) fn oauth_problem(answer: &Answer) -> Option<Arc<str>> {
    let in_header = || {
        let (_, after) = answer.header("www-authenticate")?.split_once("error=\"")?;
        Some(after.split_once('"')?.0.to_owned())
    };
    let problem = Complaint::of(answer).error.or_else(in_header)?;
    is_attribute_name(&problem).then(|| problem.into())
}

/// What the rate-limit headers say, when all three are there.
///
/// `date` is the server's own time of the answer.
pub(super) fn seen(answer: &Answer, date: Timestamp) -> Option<Seen> {
    let number = |name| answer.header(name)?.trim().parse::<i64>().ok();
    let reset = number("x-rate-limit-reset")?;
    Some(Seen {
        limit: u32::try_from(number("x-rate-limit-limit")?).ok()?,
        remaining: u32::try_from(number("x-rate-limit-remaining")?).ok()?,
        reset,
        resets_in: Duration::from_secs(
            u64::try_from(reset.saturating_sub(date.as_second())).unwrap_or(0),
        ),
    })
}

/// Refuses what is not Okta's: redirects, web pages, anything but JSON.
pub(super) fn expect_okta(attempt: &Attempt, answer: &Answer) -> Result<(), Error> {
    let odd = |oddity| {
        let status = answer.status.as_u16();
        Err(Error::OddAnswer { attempt: attempt.clone(), status, oddity })
    };
    if answer.status.is_redirection() {
        return odd(Oddity::Redirect);
    }
    let content_type = answer.header("content-type").unwrap_or("").to_ascii_lowercase();
    let first = answer.body.iter().find(|it| !it.is_ascii_whitespace());
    match first {
        None => Ok(()),
        Some(b'<') => odd(Oddity::WebPage),
        Some(_) if content_type.contains("html") => odd(Oddity::WebPage),
        Some(_) if content_type.contains("json") => Ok(()),
        Some(_) => odd(Oddity::NotJson),
    }
}

/// The body, of the shape the caller names. Unknown fields are welcome, missing ones are not.
pub(super) fn decode<T: DeserializeOwned>(attempt: &Attempt, answer: &Answer) -> Result<T, Error> {
    expect_okta(attempt, answer)?;
    serde_json::from_slice(&answer.body).map_err(|error| Error::OddAnswer {
        attempt: attempt.clone(),
        status: answer.status.as_u16(),
        // The parser's own message may quote the body, so only its place is kept.
        oddity: if error.is_eof() {
            Oddity::Truncated
        } else {
            Oddity::Shape { column: error.column() }
        },
    })
}

/// What an answer that is no success means.
///
/// `full_in` is when the bucket is full again, for a 429.
pub(super) fn failure(
    attempt: Attempt,
    is_write: bool,
    answer: &Answer,
    full_in: Option<Duration>,
) -> Error {
    let status = answer.status.as_u16();
    let complaint = Complaint::of(answer);
    let code = code(answer);
    let refused = |attempt, why| Error::Refused { attempt, why };
    match (status, code.as_deref().unwrap_or("")) {
        (401, _) | (403, "E0000005") => Error::Unauthorized { attempt },
        (429, _) => {
            Error::RateLimited { attempt, after: full_in.unwrap_or(Duration::from_secs(60)) }
        }
        (423, _) | (_, "E0000239") => Error::Busy { attempt },
        (_, "E0000112") => match attempt.subject {
            Subject::User(user) | Subject::Member(user, _) | Subject::Access(user, _) => {
                Error::StillChanging { user }
            }
            Subject::Org | Subject::Someone | Subject::Group(_) | Subject::Policy(_) => {
                Error::Busy { attempt }
            }
        },
        (503, "E0000010") if is_write => Error::ReadOnly { attempt },
        (501, "E0000060") => refused(attempt, Refused::ReadOnlyGroup),
        (500.., _) if is_write => {
            Error::UnknownOutcome { attempt, status: Some(status), source: None }
        }
        (500.., _) => Error::Unavailable { attempt, status, code },
        // Only Okta's own words prove that somebody is not there: a proxy says 404 too.
        (404, "E0000007") => refused(attempt, Refused::NotFound),
        (400, "E0000001" | "E0000028") => invalid(attempt, is_write, &complaint, status, code),
        (400, "E0000093") => refused(attempt, Refused::TooManyGroups),
        (403, "E0000006") => match attempt.subject {
            // Roles are bound to users, groups and apps; policies one may write all or none.
            Subject::Org | Subject::Someone | Subject::Policy(_) => Error::Forbidden { attempt },
            Subject::User(_) | Subject::Group(_) | Subject::Member(..) | Subject::Access(..) => {
                refused(attempt, Refused::NotPermitted)
            }
        },
        (403, "E0000016") => refused(attempt, Refused::AlreadyActive),
        (403, "E0000023") => refused(attempt, Refused::MasteredElsewhere),
        (403, "E0000032" | "E0000038") => refused(attempt, Refused::WrongStatus),
        (403, "E0000046") => refused(attempt, Refused::ByGroup),
        (403, "E0000075" | "E0000077" | "E0000078" | "E0000081") => {
            refused(attempt, Refused::ReadOnlyAttribute)
        }
        (409, "E0000055") => refused(attempt, Refused::NameTaken),
        (_, "") => match expect_okta(&attempt, answer) {
            Err(odd) => odd,
            // A resource's complaint about a token has no code of Okta's but the role does fit.
            Ok(()) if status == 403 => Error::Forbidden { attempt },
            Ok(()) => Error::OddAnswer { attempt, status, oddity: Oddity::Status },
        },
        (403 | 409, _) if attempt.subject != Subject::Org => {
            refused(attempt, Refused::Code { status, code })
        }
        (403, _) => Error::Forbidden { attempt },
        _ => Error::NotUnderstood { attempt, status, code },
    }
}

/// E0000001 has as many meanings as causes (reference/okta.md, sections 2.4 and 2.5). Today's
/// specification shows E0000028 for suspend, everyone's code says E0000001: the text decides.
fn invalid(
    attempt: Attempt,
    is_write: bool,
    complaint: &Complaint,
    status: u16,
    code: Option<Arc<str>>,
) -> Error {
    let refused = |attempt, why| Error::Refused { attempt, why };
    let attributes = complaint.attributes();
    // Named by a cause (`name: …`), or by the summary (`Api validation failed: name`).
    let summary = complaint.error_summary.as_deref().unwrap_or("");
    let names = |name: &str| {
        attributes.iter().any(|it| &**it == name)
            || summary.strip_prefix("Api validation failed: ") == Some(name)
    };
    if complaint.any_text("Cannot suspend a user that is not active")
        || complaint.any_text("Cannot unsuspend a user that is not suspended")
    {
        return refused(attempt, Refused::WrongStatus);
    }
    if complaint.any_text("object with this field already exists") {
        if names("login") {
            return Error::LoginTaken { attempt };
        }
        if names("name") {
            return refused(attempt, Refused::NameTaken);
        }
    }
    if complaint.any_text("is not defined in profile") {
        return refused(attempt, Refused::UnknownAttribute);
    }
    // A create or an update that is not acceptable is about this one person; the same complaint
    // about a list, or a call that is not well-formed, is about us.
    if is_write && code.as_deref() == Some("E0000001") {
        return refused(attempt, Refused::Invalid { attributes });
    }
    Error::NotUnderstood { attempt, status, code }
}
