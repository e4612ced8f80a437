//! People who come back, and people who never come.

use expect_test::expect;
use jiff::civil::date;

use super::{EmploymentRow, check, row};

#[test]
fn a_rehire_whom_hr_would_not_take_back_is_held_until_hr_changes_its_mind() {
    let ended = |ok| EmploymentRow {
        status: Some("T".into()),
        terminated: Some(date(2026, 1, 31)),
        ok_to_rehire: Some(ok),
        ..row("E1")
    };
    let back = EmploymentRow { last_hire: Some(date(2026, 3, 2)), ..row("E2") };
    let refusal = expect![[r#"
        here; C1 E2
        held person P1 (not-eligible-for-rehire): hired again, and the earlier employment in company C1 is marked not OK to rehire; nothing is changed until HR ticks OK to rehire there, or ends the new employment"#]];
    check(vec![ended(false), back.clone()], "2026-03-04T00:00:00Z", refusal);
    check(vec![ended(true), back.clone()], "2026-03-04T00:00:00Z", expect!["here; C1 E2"]);

    let same_record = EmploymentRow {
        original_hire: Some(date(2020, 1, 6)),
        last_hire: Some(date(2026, 3, 2)),
        ok_to_rehire: Some(false),
        ..row("E1")
    };
    let refusal = expect![[r#"
        here; C1 E1
        held person P1 (not-eligible-for-rehire): hired again, and the earlier employment in company C1 is marked not OK to rehire; nothing is changed until HR ticks OK to rehire there, or ends the new employment"#]];
    check(vec![same_record], "2026-03-04T00:00:00Z", refusal);
}

#[test]
fn a_mark_against_rehire_holds_no_leaver_and_nobody_with_two_jobs() {
    let ended = EmploymentRow {
        status: Some("T".into()),
        terminated: Some(date(2026, 1, 31)),
        ok_to_rehire: Some(false),
        ..row("E1")
    };
    check(vec![ended.clone(), row("E2")], "2026-03-04T00:00:00Z", expect!["here; C1 E2"]);
    let left_again = EmploymentRow {
        last_hire: Some(date(2026, 2, 2)),
        terminated: Some(date(2026, 3, 1)),
        status: Some("T".into()),
        ..row("E2")
    };
    check(
        vec![ended, left_again],
        "2026-03-04T00:00:00Z",
        expect!["gone since 2026-03-02T00:00:00Z (termination date); C1 E2"],
    );
    let given_notice = EmploymentRow {
        original_hire: Some(date(2010, 1, 4)),
        last_hire: Some(date(2020, 1, 6)),
        terminated: Some(date(2026, 3, 31)),
        ok_to_rehire: Some(false),
        ..row("E1")
    };
    check(
        vec![given_notice],
        "2026-03-04T00:00:00Z",
        expect!["here until 2026-04-01T00:00:00Z (termination date); C1 E1"],
    );
}

#[test]
fn somebody_who_will_not_come_is_held_until_the_day_is_over() {
    let no_show = EmploymentRow {
        last_hire: Some(date(2026, 3, 9)),
        terminated: Some(date(2026, 3, 9)),
        status: Some("T".into()),
        ..row("E1")
    };
    let held = expect![[r#"
        here; C1 E1
        held person P1 (contradicting-dates): company C1: hired and terminated on the same day, 2026-03-09; nothing is changed until that day is over"#]];
    check(vec![no_show.clone()], "2026-03-04T00:00:00Z", held);
    check(
        vec![no_show],
        "2026-03-10T00:00:00Z",
        expect!["gone since 2026-03-10T00:00:00Z (termination date); C1 E1"],
    );
}
