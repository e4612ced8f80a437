//! One row becomes one employment, with its own presence.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    Problem, Rules, StatusMeaning,
    contingent::{self, Ends, FieldEnd, last_contract_end},
};
use crate::words::{
    finding::FindingCode,
    hr::{ContractRow, EmploymentRow},
    person::{Arrival, Departure, Employment, EndSource, Presence},
};

/// A row that could not be believed, with what can be said of it all the same.
#[derive(Debug)]
pub(super) struct Unbelievable {
    pub(super) problems: Vec<Problem>,
    /// The row as if it were live: a person with a finding is held, never treated as gone.
    pub(super) as_read: Employment,
}

/// Decides about one employment as of `now`, with notes that hold nobody back.
pub(super) fn read(
    row: EmploymentRow,
    contracts: Vec<ContractRow>,
    field_end: FieldEnd,
    rules: &Rules,
    now: Timestamp,
) -> Result<(Employment, Vec<Problem>), Box<Unbelievable>> {
    let mut problems = Vec::new();
    let mut notes = Vec::new();
    let zone = zone_of(&row, rules, &mut notes);
    let is_contingent = is_contingent(&row, rules, &mut problems);
    let meaning = meaning_of(&row, rules, &mut problems);
    let starts = row.last_hire.or(row.original_hire);
    if starts.is_none() {
        problems.push(Problem::held(
            FindingCode::NoStartDate,
            format!("company {} gives no hire date", row.company),
        ));
    }
    let contract_ends = starts.and_then(|starts| last_contract_end(&contracts, starts));
    let (mut contingent_end, mut unread) = (None, None);
    if let (true, Some(starts)) = (is_contingent, starts) {
        let terminated = row.terminated.filter(|it| *it >= starts);
        let ends = Ends { contract: contract_ends, field: field_end.date(), terminated };
        let today = now.to_zoned_datetime(zone.clone()).date();
        let end = contingent::end(&row, starts, &ends, &rules.contingent, today);
        // An end that is there and cannot be read is not the same as none.
        if field_end == FieldEnd::Unread && rules.contingent.by_field {
            unread = Some(Problem::held(
                FindingCode::NoEndDate,
                "is a contractor, and the user-defined field for the end date \
                 (contractors.end_field) holds something that is no date UKG's way; correct it in \
                 UKG",
            ));
        }
        match end {
            // No guess in the place of what nobody could read.
            Ok((end, _)) if unread.is_some() => {
                contingent_end = end.filter(|(_, source)| *source == EndSource::Contract);
            }
            Err(_) if unread.is_some() => {}
            Ok((end, note)) => {
                contingent_end = end;
                notes.extend(note);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(reason) = row.termination_reason.as_ref().filter(|_| row.terminated.is_some())
        && !rules.termination_reasons.is_empty()
        && !rules.termination_reasons.contains(reason)
    {
        problems.push(Problem::held(
            FindingCode::UnknownReason,
            format!("termination reason {reason} is not in hr.termination_reasons"),
        ));
    }

    let presence = match (meaning, starts) {
        (Some(meaning), Some(starts)) => {
            match departure(&row, meaning, starts, contingent_end, &zone, rules) {
                Ok(until) => {
                    problems.extend(never_comes(&row, starts, until.as_ref(), now));
                    Some(presence(&row, meaning, starts, until, &zone, now))
                }
                Err(problem) => {
                    problems.push(problem);
                    None
                }
            }
        }
        (None, _) | (_, None) => None,
    };
    // A departure that has come is one, whatever the field was meant to say.
    if !presence.as_ref().is_some_and(|it| matches!(it, Presence::Gone(_))) {
        problems.extend(unread);
    }
    let employment = |presence| Employment { row, contract_ends, is_contingent, zone, presence };
    match presence {
        Some(presence) if problems.is_empty() => Ok((employment(presence), notes)),
        Some(_) | None => Err(Box::new(Unbelievable {
            problems,
            as_read: employment(Presence::Here { until: None }),
        })),
    }
}

fn zone_of(row: &EmploymentRow, rules: &Rules, notes: &mut Vec<Problem>) -> TimeZone {
    let zones = &rules.zones;
    if let Some(zone) = row.location.as_ref().and_then(|it| zones.by_location.get(it)) {
        return zone.clone();
    }
    if let Some(zone) = zones.by_company.get(&row.company) {
        return zone.clone();
    }
    if let Some(location) = &row.location
        && !zones.by_location.is_empty()
    {
        notes.push(Problem {
            code: FindingCode::UnknownZone,
            holds: false,
            detail: format!(
                "location {location} has no time zone in the policy (hr.time_zones.locations), so \
                 the default zone decides about the last day"
            ),
        });
    }
    zones.default.clone()
}

fn is_contingent(row: &EmploymentRow, rules: &Rules, problems: &mut Vec<Problem>) -> bool {
    match &row.type_code {
        Some(code) if rules.contingent_types.contains(code) => true,
        Some(code) if rules.employee_types.contains(code) => false,
        Some(code) => {
            problems.push(Problem::held(
                FindingCode::UnknownType,
                format!(
                    "employee type {code} is neither in hr.employee_types nor in hr.contingent_types"
                ),
            ));
            false
        }
        None => {
            problems.push(Problem::held(
                FindingCode::UnknownType,
                format!("company {} gives no employee type", row.company),
            ));
            false
        }
    }
}

fn meaning_of(
    row: &EmploymentRow,
    rules: &Rules,
    problems: &mut Vec<Problem>,
) -> Option<StatusMeaning> {
    let Some(code) = &row.status else {
        problems.push(Problem::held(
            FindingCode::UnknownStatus,
            format!("company {} gives no employee status", row.company),
        ));
        return None;
    };
    let meaning = rules.statuses.get(code).copied();
    if meaning.is_none() {
        problems.push(Problem::held(
            FindingCode::UnknownStatus,
            format!("employee status {code} is not in hr.statuses"),
        ));
    }
    meaning
}

/// The departure on record, whether it has come or not.
///
/// `T` alone is not believed: a future-dated termination can show it early, so the dates decide
/// (reference/ukg.md, section 7.1). The last day worked counts only beside a termination: UKG
/// also fills it for people on leave.
fn departure(
    row: &EmploymentRow,
    meaning: StatusMeaning,
    starts: Date,
    contingent: Option<(Date, EndSource)>,
    zone: &TimeZone,
    rules: &Rules,
) -> Result<Option<Departure>, Problem> {
    let is_terminated = match meaning {
        StatusMeaning::Terminated => true,
        StatusMeaning::Working | StatusMeaning::Away(_) => false,
    };
    // A date before the hire belongs to an earlier spell: the row of a rehire may still carry it.
    let terminated = row.terminated.filter(|it| is_terminated || *it >= starts);
    if is_terminated && terminated.is_none() {
        return Err(Problem::held(
            FindingCode::NoTerminationDate,
            format!("company {} says terminated without a date", row.company),
        ));
    }
    if let Some(date) = terminated
        && date < starts
    {
        return Err(Problem::held(
            FindingCode::ContradictingDates,
            format!("company {}: terminated on {date}, before the hire on {starts}", row.company),
        ));
    }
    let worked = row.last_worked.filter(|it| terminated.is_some() && *it >= starts);
    let ends = [(worked, EndSource::LastDayWorked), (terminated, EndSource::Termination)];
    let ends = ends.into_iter().filter_map(|(date, source)| Some((date?, source)));
    let nearest = ends.chain(contingent);
    let Some((last_day, source)) = nearest.min_by_key(|(date, _)| *date) else {
        return Ok(None);
    };
    let reason = row.termination_reason.clone().filter(|_| terminated.is_some());
    let is_immediate = reason.as_ref().is_some_and(|it| rules.immediate_reasons.contains(it));
    let at = if is_immediate {
        midnight(last_day, zone)
    } else {
        last_day.tomorrow().ok().and_then(|next| midnight(next, zone))
    };
    let Some(at) = at else {
        return Err(Problem::held(
            FindingCode::ContradictingDates,
            format!("company {}: the last day {last_day} is not on any clock", row.company),
        ));
    };
    Ok(Some(Departure { last_day, at, reason, is_immediate, source }))
}

/// A no-show is entered as a termination on the day of the hire (hr-case 11). Opening such an
/// account for that one day would hand it to somebody who never comes, and closing it at once would
/// believe a typing error: until the day is over nothing is done.
fn never_comes(
    row: &EmploymentRow,
    starts: Date,
    until: Option<&Departure>,
    now: Timestamp,
) -> Option<Problem> {
    let until = until.filter(|it| now < it.at && row.terminated == Some(starts))?;
    // A contract for one day is no such thing.
    (until.last_day == starts && until.source != EndSource::Contract).then(|| {
        Problem::held(
            FindingCode::ContradictingDates,
            format!(
                "company {}: hired and terminated on the same day, {starts}; nothing is changed \
                 until that day is over",
                row.company
            ),
        )
    })
}

fn presence(
    row: &EmploymentRow,
    meaning: StatusMeaning,
    starts: Date,
    until: Option<Departure>,
    zone: &TimeZone,
    now: Timestamp,
) -> Presence {
    if let Some(departure) = &until
        && departure.at <= now
    {
        return Presence::Gone(departure.clone());
    }
    if let Some(at) = midnight(starts, zone)
        && now < at
    {
        return Presence::NotYet(Arrival { starts, at, after: None });
    }
    match meaning {
        StatusMeaning::Working | StatusMeaning::Terminated => Presence::Here { until },
        StatusMeaning::Away(absence) => {
            Presence::Away { absence, since: row.status_since, back: row.status_until, until }
        }
    }
}

/// The first instant of a day in a zone; a day that begins with a clock change begins after it.
fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned_datetime(zone.clone()).ok().map(|it| it.timestamp())
}
