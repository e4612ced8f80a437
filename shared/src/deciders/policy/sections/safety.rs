//! The keys of `lifecycle:`, `limits:`, `notices:` and `audit:`.

use super::{DAYS, PERCENT};
use crate::deciders::policy::shape::{Key, Section, Shape};

use Shape::{Count, Flag};

const TREATMENT: &Shape = &Shape::Either(
    &Shape::Word(&[("keep", "nothing happens"), ("suspend", "suspended at once, back on return")]),
    &SUSPEND,
);

pub(in crate::deciders::policy) static SUSPEND: Section = Section {
    doc: "Suspended only when it lasts.",
    keys: &[Key::required("suspend_after_days", DAYS, "Days after it began.")],
};

pub(in crate::deciders::policy) static LIFECYCLE: Section = Section {
    doc: "The days around a start, an absence and an end.",
    keys: &[
        Key::optional(
            "preboard_days",
            &Count(0, 365),
            "Days before the first day on which the account is created.",
        )
        .or("7"),
        Key::optional(
            "activate_hours_before",
            &Count(0, 8760),
            "Hours before the first day begins at which it opens.",
        )
        .or("0"),
        Key::optional("send_activation_email", &Flag, "Whether Okta mails the activation link.")
            .or("true"),
        Key::optional(
            "grace_days",
            &Count(0, 365),
            "Days between suspension and deactivation of a leaver; 0 is in the same run.",
        )
        .or("30"),
        Key::optional("absences", &Shape::Section(&ABSENCES), "What happens during an absence.")
            .or("{}"),
        Key::optional(
            "leave_reasons",
            &Shape::Map(TREATMENT),
            "What happens by leave reason code; goes before `absences`.",
        )
        .or("{}"),
    ],
};

pub(in crate::deciders::policy) static ABSENCES: Section = Section {
    doc: "What happens during an absence.",
    keys: &[
        Key::optional("leave", TREATMENT, "Leave of absence.").or("keep"),
        Key::optional("strike", TREATMENT, "On strike.").or("keep"),
        Key::optional("laid-off", TREATMENT, "Laid off.").or("suspend"),
        Key::optional("suspended", TREATMENT, "Suspended by HR.").or("suspend"),
    ],
};

const LIMIT: &Shape = &Shape::Section(&LIMIT_KEYS);

pub(in crate::deciders::policy) static LIMIT_KEYS: Section = Section {
    doc: "The stricter of `most` and `percent` counts, but never less than `floor`.",
    keys: &[
        Key::required("most", &Count(0, 1_000_000), "At most this many people."),
        Key::required("percent", PERCENT, "At most this percentage of everybody in HR."),
        Key::required(
            "floor",
            &Count(0, 1_000_000),
            "This many are always allowed, so that small companies can live.",
        ),
    ],
};

// The defaults fit a company of a few hundred to a few thousand: an ordinary week passes, and
// a broken extract does not. What takes access away is tighter than what gives it.
pub(in crate::deciders::policy) static LIMITS: Section = Section {
    doc: "What a single run may do before a person has to approve it.",
    keys: &[
        Key::optional("create", LIMIT, "New accounts.").or("{most: 100, percent: 5, floor: 10}"),
        Key::optional("adopt", LIMIT, "Existing accounts taken over.")
            .or("{most: 100, percent: 10, floor: 10}"),
        Key::optional("activate", LIMIT, "Accounts opened.")
            .or("{most: 100, percent: 5, floor: 10}"),
        Key::optional("reactivate", LIMIT, "Closed accounts opened again.")
            .or("{most: 10, percent: 2, floor: 3}"),
        Key::optional("suspend", LIMIT, "Accounts suspended.")
            .or("{most: 20, percent: 5, floor: 3}"),
        Key::optional("unsuspend", LIMIT, "Suspensions ended.")
            .or("{most: 20, percent: 5, floor: 3}"),
        Key::optional("end-sessions", LIMIT, "People signed out.")
            .or("{most: 20, percent: 5, floor: 3}"),
        Key::optional("revoke-grants", LIMIT, "People whose grants are revoked.")
            .or("{most: 20, percent: 5, floor: 3}"),
        Key::optional("save-undo", LIMIT, "Leavers remembered for undo.")
            .or("{most: 1000000, percent: 100, floor: 3}"),
        Key::optional("join-group", LIMIT, "People added to groups.")
            .or("{most: 500, percent: 20, floor: 20}"),
        Key::optional("leave-group", LIMIT, "People removed from groups.")
            .or("{most: 200, percent: 10, floor: 10}"),
        Key::optional("assign-app", LIMIT, "People given apps.")
            .or("{most: 200, percent: 10, floor: 10}"),
        Key::optional("unassign-app", LIMIT, "People losing apps.")
            .or("{most: 50, percent: 5, floor: 5}"),
        Key::optional("deactivate", LIMIT, "Accounts closed for good.")
            .or("{most: 20, percent: 5, floor: 3}"),
        Key::optional("update", LIMIT, "Profiles changed.")
            .or("{most: 1000, percent: 25, floor: 20}"),
        Key::optional("set-manager", LIMIT, "Managers changed.")
            .or("{most: 1000, percent: 25, floor: 20}"),
        Key::optional(
            "roster_min_percent",
            PERCENT,
            "A roster below this share of the last good one is not believed.",
        )
        .or("90"),
        Key::optional(
            "okta_min_percent",
            PERCENT,
            "An Okta read below this share of the known accounts is not believed.",
        )
        .or("90"),
    ],
};

pub(in crate::deciders::policy) static NOTICES: Section = Section {
    doc: "Who is told.",
    keys: &[
        Key::optional("it", &Flag, "IT: who was provisioned, what is held.").or("true"),
        Key::optional("hr", &Flag, "HR: joiners, leavers, records to repair.").or("true"),
        Key::optional("security", &Flag, "Security: leavers with their times, MFA tiers.")
            .or("true"),
        Key::optional("manager", &Flag, "Managers: contracts that are about to end.").or("true"),
        Key::optional("contract_warn_days", &Count(0, 365), "Days before a contract's end.")
            .or("7"),
    ],
};

pub(in crate::deciders::policy) static AUDIT: Section = Section {
    doc: "How long evidence is kept.",
    keys: &[Key::optional("retention_days", &Count(30, 3650), "Days.").or("2555")],
};
