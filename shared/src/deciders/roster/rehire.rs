//! Who must not simply come back (hr-case 4).

use super::{Problem, Rules, is_transfer};
use crate::words::{
    finding::FindingCode,
    person::{Employment, Person, Presence},
};

/// The reason to hold somebody whom HR hired again although an ended employment says "not OK to
/// rehire".
///
/// HR lifts it by ticking that box on the old record: this is the approval, and it stays on record
/// where the refusal was. Somebody who has left again is not held: an end must never wait for this.
pub(super) fn objection(person: &Person, rules: &Rules) -> Option<Problem> {
    let primary = person.primary();
    if !primary.presence.is_live() {
        return None;
    }
    let ended = person.employments.iter().find(|it| refuses(it, primary, rules));
    let refusal = ended.or_else(|| is_refused_itself(primary).then_some(primary))?;
    Some(Problem::held(
        FindingCode::NotEligibleForRehire,
        format!(
            "hired again, and the earlier employment in company {} is marked not OK to rehire; \
             nothing is changed until HR ticks OK to rehire there, or ends the new employment",
            refusal.row.company
        ),
    ))
}

/// Whether `ended` was over before `primary` began, and HR said never again. A second job that
/// ended beside a first one that goes on is no rehire.
fn refuses(ended: &Employment, primary: &Employment, rules: &Rules) -> bool {
    let Presence::Gone(departure) = &ended.presence else { return false };
    let began = primary.row.last_hire.or(primary.row.original_hire);
    ended.row.ok_to_rehire == Some(false)
        && !is_transfer(departure, rules)
        && began.is_some_and(|it| departure.last_day < it)
}

/// A rehire on the old record, which still carries the mark of the earlier spell. A mark beside a
/// coming end is about that end.
fn is_refused_itself(primary: &Employment) -> bool {
    let row = &primary.row;
    let is_rehire = row.original_hire.zip(row.last_hire).is_some_and(|(first, last)| first < last);
    let ends_again = row.terminated.zip(row.last_hire).is_some_and(|(end, hire)| hire <= end);
    row.ok_to_rehire == Some(false) && is_rehire && !ends_again
}
