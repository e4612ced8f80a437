//! When a contractor ends, and what to think of an end that is missing, far ahead or long past.

use jiff::{ToSpan, civil::Date};

use super::{
    Problem,
    rules::{ContingentRules, NoEnd, TooFar},
};
use crate::words::{
    finding::FindingCode,
    hr::{ContractRow, EmploymentRow, UdfRow, UdfValue},
    ids::CompanyId,
    person::EndSource,
};

/// What the user-defined field for the end says of one employment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldEnd {
    /// Nothing.
    Blank,
    /// This day.
    On(Date),
    /// Something that is no date.
    Unread,
}

impl FieldEnd {
    /// What the rows of one employee say about the employment with `company`. Of two values the
    /// nearer counts.
    pub(super) fn of(rows: Option<&Vec<UdfRow>>, company: &CompanyId) -> Self {
        let own = rows
            .into_iter()
            .flatten()
            .filter(|it| it.company.as_ref().is_none_or(|it| it == company));
        let said = own.map(|it| match it.value {
            Some(UdfValue::Date(date)) => Self::On(date),
            Some(UdfValue::Text(_)) => Self::Unread,
            None => Self::Blank,
        });
        said.fold(Self::Blank, |all, next| match (all, next) {
            (Self::Unread, _) | (_, Self::Unread) => Self::Unread,
            (Self::On(one), Self::On(other)) => Self::On(one.min(other)),
            (Self::On(one), Self::Blank) | (Self::Blank, Self::On(one)) => Self::On(one),
            (Self::Blank, Self::Blank) => Self::Blank,
        })
    }

    /// The day, if there is one.
    pub(super) fn date(self) -> Option<Date> {
        match self {
            Self::On(date) => Some(date),
            Self::Blank | Self::Unread => None,
        }
    }
}

/// The end of the longest-running contract: a renewal is a further row, so the latest end counts.
/// A contract without an end has no end, whatever the older ones say.
pub(super) fn last_contract_end(contracts: &[ContractRow], starts: Date) -> Option<Date> {
    let current = || contracts.iter().filter(|it| it.ends.is_none_or(|end| end >= starts));
    if current().any(|it| it.ends.is_none()) {
        return None;
    }
    current().filter_map(|it| it.ends).max()
}

/// What HR says about a contractor's end.
pub(super) struct Ends {
    /// By contract.
    pub(super) contract: Option<Date>,
    /// By the user-defined field.
    pub(super) field: Option<Date>,
    /// By termination, if there is one on record.
    pub(super) terminated: Option<Date>,
}

/// When a contractor ends and what decided so, with a note that holds nobody.
pub(super) type End = (Option<(Date, EndSource)>, Option<Problem>);

/// The end of a contractor besides a termination: the nearest one HR gives, or the policy's cap.
pub(super) fn end(
    row: &EmploymentRow,
    starts: Date,
    ends: &Ends,
    rules: &ContingentRules,
    today: Date,
) -> Result<End, Problem> {
    let by_contract = ends.contract.filter(|_| rules.by_contract);
    let by_field = ends.field.filter(|it| rules.by_field && *it >= starts);
    let given = [(by_contract, EndSource::Contract), (by_field, EndSource::Field)];
    let given = given.into_iter().filter_map(|(date, source)| Some((date?, source)));
    let nearest = given.min_by_key(|(date, _)| *date);
    let Some((last, source)) = nearest else {
        return match rules.no_end {
            // A termination on record is an end, whatever the contract says.
            NoEnd::Allow => Ok((None, None)),
            NoEnd::Hold | NoEnd::Cap if ends.terminated.is_some() => Ok((None, None)),
            NoEnd::Hold => Err(Problem::held(
                FindingCode::NoEndDate,
                "is a contractor without an end date; enter one in UKG, or change \
                 contractors.no_end in the policy",
            )),
            NoEnd::Cap => {
                let (capped, note) =
                    cap(row, starts, rules, FindingCode::NoEndDate, "without an end date");
                Ok((Some(capped), Some(note)))
            }
        };
    };
    let is_nearer_than_both = ends.terminated.is_none_or(|it| last < it);
    let furthest = today.checked_add(i64::from(rules.longest_days).days()).unwrap_or(Date::MAX);
    if last > furthest && is_nearer_than_both {
        return match rules.too_far {
            TooFar::Hold => Err(Problem::held(
                FindingCode::EndTooFar,
                format!(
                    "is a contractor until {last}, more than {} days ahead; correct the date in \
                     UKG, or raise contractors.longest_days in the policy",
                    rules.longest_days
                ),
            )),
            TooFar::Cap => {
                let what = format!("until {last}, more than {} days ahead", rules.longest_days);
                let (capped, note) = cap(row, starts, rules, FindingCode::EndTooFar, &what);
                Ok((Some(capped), Some(note)))
            }
        };
    }
    if let Some(days) = rules.long_past_days
        && ends.terminated.is_none()
        && last.checked_add(i64::from(days).days()).is_ok_and(|it| it < today)
    {
        return Err(Problem::held(
            FindingCode::EndLongPast,
            format!(
                "is a contractor whose {source} was {last}, more than {days} days ago, and UKG \
                 says at work; terminate the employment in UKG or extend the contract"
            ),
        ));
    }
    Ok((Some((last, source)), None))
}

/// The cap counts from the day HR last touched the record: whoever looks at a record of a
/// contractor and leaves it is believed for so long, and an old installation ends nobody by
/// surprise who was confirmed yesterday.
fn cap(
    row: &EmploymentRow,
    starts: Date,
    rules: &ContingentRules,
    code: FindingCode,
    what: &str,
) -> ((Date, EndSource), Problem) {
    let touched = row.changed.map_or(starts, |it| it.date().max(starts));
    let last = touched.checked_add(i64::from(rules.cap_days).days()).unwrap_or(Date::MAX);
    let note = Problem {
        code,
        holds: false,
        detail: format!(
            "is a contractor {what}, so access ends on {last}, {} days after HR last touched the \
             record (contractors.cap_days)",
            rules.cap_days
        ),
    };
    ((last, EndSource::Cap), note)
}
