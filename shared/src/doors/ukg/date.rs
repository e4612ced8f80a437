//! UKG's two ways to write a date, as plain dates in the customer's own calendar.
//!
//! People endpoints write `2021-09-20T00:00:00` with 0 to 7 digits of fraction; `employee-changes`
//! writes `1/1/1996 12:00:00 AM` (reference/ukg.md, sections 2.4 and 7.6). Neither carries a zone,
//! so nothing is converted here: a last day is a square on the wall calendar, not an instant.

use jiff::civil::{Date, DateTime, Time};

/// Reads either form; the time is midnight when there is none. `None` when it is neither.
///
/// A trailing `Z` is tolerated and means nothing: UKG's specification promises date-times, its
/// answers have no zone, and moving a date by an offset would move somebody's last day.
pub(super) fn parse(raw: &str) -> Option<DateTime> {
    let bytes = raw.as_bytes();
    if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' { iso(raw) } else { us(raw) }
}

fn iso(raw: &str) -> Option<DateTime> {
    let (day, rest) = raw.split_at_checked(10)?;
    let date = date(day.get(0..4)?, day.get(5..7)?, day.get(8..10)?)?;
    let time = match rest.as_bytes().first() {
        None => Time::midnight(),
        Some(b'T' | b' ') => clock(rest[1..].strip_suffix('Z').unwrap_or(&rest[1..]))?,
        Some(_) => return None,
    };
    Some(date.to_datetime(time))
}

fn us(raw: &str) -> Option<DateTime> {
    let mut words = raw.split_ascii_whitespace();
    let mut parts = words.next()?.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    // A year of two digits could be either century, and a hire date decides about an account.
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let date = date(year, month, day)?;
    let Some(time) = words.next() else { return Some(date.to_datetime(Time::midnight())) };
    let time = clock(time)?;
    let hour = match words.next() {
        None => time.hour(),
        Some(half) => {
            if words.next().is_some() || !(1..=12).contains(&time.hour()) {
                return None;
            }
            let morning = time.hour() % 12; // 12:00:00 AM is midnight.
            match half {
                "AM" | "am" => morning,
                "PM" | "pm" => morning + 12,
                _ => return None,
            }
        }
    };
    let time = Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok()?;
    Some(date.to_datetime(time))
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year = i16::try_from(number(year, 4)?).ok()?;
    let (month, day) = (number(month, 2)?, number(day, 2)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f` with up to nine digits of fraction.
fn clock(raw: &str) -> Option<Time> {
    let mut parts = raw.splitn(3, ':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let (second, nanos) = match parts.next() {
        None => (0, 0),
        Some(rest) => match rest.split_once('.') {
            None => (number(rest, 2)?, 0),
            Some((second, fraction)) => (number(second, 2)?, nanoseconds(fraction)?),
        },
    };
    let small = |it: u32| i8::try_from(it).ok();
    Time::new(small(hour)?, small(minute)?, small(second)?, i32::try_from(nanos).ok()?).ok()
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() {
        return Some(0);
    }
    let missing = 9_u32.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    Some(number(fraction, 9)? * 10_u32.pow(missing))
}

/// One to `max` digits (at most nine, which fit a `u32`) and nothing else: no sign, no blank.
fn number(digits: &str, max: usize) -> Option<u32> {
    let is_number =
        (1..=max).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: Expect) {
        expected.assert_eq(&parse(raw).map_or("unreadable".to_owned(), |it| it.to_string()));
    }

    #[test]
    fn both_forms_are_read() {
        check("2021-09-20T00:00:00", expect!["2021-09-20T00:00:00"]);
        check("2023-03-29T08:24:30.16", expect!["2023-03-29T08:24:30.16"]);
        check("2023-03-29T08:24:30.123456789Z", expect!["2023-03-29T08:24:30.123456789"]);
        check("2021-09-20T00:00:00Z", expect!["2021-09-20T00:00:00"]);
        check("2021-09-20", expect!["2021-09-20T00:00:00"]);
        check("1/1/1996 12:00:00 AM", expect!["1996-01-01T00:00:00"]);
        check("12/31/2026 12:00:00 PM", expect!["2026-12-31T12:00:00"]);
        check("12/31/2026 11:59:59 PM", expect!["2026-12-31T23:59:59"]);
        check("02/29/2024", expect!["2024-02-29T00:00:00"]);
    }

    #[test]
    fn a_date_in_doubt_is_not_guessed() {
        for raw in [
            "",
            "soon",
            "31/12/2026",
            "1/1/96",
            "2026-02-30T00:00:00",
            "2026-02-03T24:00:00",
            "2026-02-03T00:00:00+02:00",
            "2026-02-03T00:00:00.1234567890",
            "1/1/1996 13:00:00 PM",
            "1/1/1996 1:00:00 PM CET",
            "+123-01-01",
            "２０２６-01-01",
        ] {
            check(raw, expect!["unreadable"]);
        }
    }
}
