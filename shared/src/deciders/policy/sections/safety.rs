//! The keys of `lifecycle:` and `limits:`, and of what guards them.

use super::{DAYS, PERCENT};
use crate::deciders::policy::shape::{Key, Section, Shape};

use Shape::{Count, Flag, Text};

const TREATMENT: &Shape = &Shape::Either(
    &Shape::Word(&[
        ("keep", "nothing happens"),
        ("restrict", "only what is marked `while_restricted` is kept, all is back on return"),
        ("suspend", "suspended at once, back on return"),
    ]),
    &LATER,
);

pub(in crate::deciders::policy) static LATER: Section = Section {
    doc: "Restricted or suspended only when it lasts; write one of the two.",
    keys: &[
        Key::optional("restrict_after_days", DAYS, "Restricted so many days after it began."),
        Key::optional("suspend_after_days", DAYS, "Suspended so many days after it began."),
    ],
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
            "Days between the end of access and deactivation of a leaver or a no-show; 0 is in the same run.",
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
        Key::optional(
            "start_moved",
            &Shape::Word(&[
                ("keep", "it stays open"),
                ("suspend", "it is suspended until the new start, unless somebody has signed in"),
            ]),
            "What happens to an account that is open when HR moves the start away.",
        )
        .or("keep"),
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
    doc: "What may be done before a person has to approve it, in one run and in 24 hours.",
    keys: &[
        Key::optional(
            "departures",
            LIMIT,
            "People who lose their access because they have left, whatever it takes to end it.",
        )
        .or("{most: 20, percent: 5, floor: 3}"),
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
        Key::optional(
            "attribute",
            LIMIT,
            "People of whom one profile attribute changes; each attribute is counted by itself, and \
             over the limit it alone waits.",
        )
        .or("{most: 300, percent: 15, floor: 15}"),
        Key::optional(
            "attributes",
            &Shape::Map(LIMIT),
            "The same for attributes that need another limit, by name.",
        )
        .or("{}"),
        Key::optional("set-manager", LIMIT, "Managers changed.")
            .or("{most: 1000, percent: 25, floor: 20}"),
        Key::optional("link-manager", LIMIT, "Linked objects changed.")
            .or("{most: 1000, percent: 25, floor: 20}"),
        Key::optional("rename-login", LIMIT, "Logins changed.")
            .or("{most: 20, percent: 2, floor: 5}"),
        Key::optional("raise-tier", LIMIT, "People put into a stricter MFA tier.")
            .or("{most: 500, percent: 20, floor: 20}"),
        Key::optional("lower-tier", LIMIT, "People put into a less strict MFA tier.")
            .or("{most: 20, percent: 5, floor: 3}"),
        Key::optional("archive", LIMIT, "Contractors archived on the way out.")
            .or("{most: 1000000, percent: 100, floor: 3}"),
        Key::optional("create-group", LIMIT, "Groups made; the percentage is of our groups.")
            .or("{most: 20, percent: 20, floor: 5}"),
        Key::optional("rename-group", LIMIT, "Groups renamed; the percentage is of our groups.")
            .or("{most: 20, percent: 20, floor: 5}"),
        Key::optional("repair-policy", LIMIT, "MFA policies put right.")
            .or("{most: 10, percent: 100, floor: 10}"),
        Key::optional(
            "group-shrinks",
            LIMIT,
            "People one group may lose while they stay in the company, by a move, a split, a merge \
             or a new code; the percentage is of the group.",
        )
        .or("{most: 100, percent: 30, floor: 3}"),
        Key::optional(
            "day_percent",
            &Count(1, 100_000),
            "How many percent of what one run may do all runs of 24 hours may do together. What \
             somebody approved does not count.",
        )
        .or("100"),
        Key::optional(
            "per_company",
            &Flag,
            "Whether each company of the tenant is measured by itself as well.",
        )
        .or("true"),
        Key::optional(
            "roster_min_percent",
            PERCENT,
            "A roster, or the part of a company, below this share of the last good one is not \
             believed.",
        )
        .or("90"),
        Key::optional(
            "column_min_percent",
            PERCENT,
            "A column that fewer people have than this share of those who had it is not believed: \
             whoever is without it is left alone.",
        )
        .or("80"),
        Key::optional(
            "okta_min_percent",
            PERCENT,
            "An Okta read below this share of the known accounts is not believed.",
        )
        .or("90"),
    ],
};

const MODE: &Shape = &Shape::Word(&[
    ("auto", "it is done, within the limits"),
    ("approve", "it waits for a person's word, every time"),
    ("off", "it is never done, and reports say that it was not"),
]);

pub(in crate::deciders::policy) static MODES: Section = Section {
    doc: "What Rollcall does by itself: begin with `default: approve`, and open up kind by kind.",
    keys: &[
        Key::optional("default", MODE, "Everything that is not named below.").or("auto"),
        Key::optional(
            "departures",
            MODE,
            "Access ended because somebody has left: all steps of it.",
        ),
        Key::optional("create", MODE, "New accounts."),
        Key::optional("adopt", MODE, "Existing accounts taken over."),
        Key::optional("activate", MODE, "Accounts opened."),
        Key::optional("reactivate", MODE, "Closed accounts opened again."),
        Key::optional("suspend", MODE, "Accounts suspended, by a departure or an absence."),
        Key::optional("unsuspend", MODE, "Suspensions ended."),
        Key::optional("join-group", MODE, "People added to groups."),
        Key::optional("leave-group", MODE, "People removed from groups."),
        Key::optional("assign-app", MODE, "People given apps."),
        Key::optional("unassign-app", MODE, "People losing apps."),
        Key::optional("deactivate", MODE, "Accounts closed for good."),
        Key::optional("update", MODE, "Profiles changed."),
        Key::optional("set-manager", MODE, "Managers changed."),
        Key::optional("link-manager", MODE, "Linked objects changed."),
        Key::optional(
            "rename-login",
            MODE,
            "Logins changed; the stricter of this and `login.rename` counts.",
        ),
        Key::optional("raise-tier", MODE, "People put into a stricter MFA tier."),
        Key::optional(
            "lower-tier",
            MODE,
            "People put into a less strict MFA tier; the stricter of this and `mfa.lower` counts.",
        ),
        Key::optional("create-group", MODE, "Groups made."),
        Key::optional("rename-group", MODE, "Groups renamed."),
        Key::optional("repair-policy", MODE, "MFA policies put right."),
    ],
};

pub(in crate::deciders::policy) static CONTRACTORS: Section = Section {
    doc: "Where a contractor's end comes from and what happens without a sensible one.",
    keys: &[
        Key::optional(
            "end_dates",
            &Shape::List(&Shape::Word(&[
                ("contract", "the contract's end date in UKG's contract management"),
                ("field", "the user-defined field of `end_field`"),
            ])),
            "What ends access besides a termination; of several the nearest counts.",
        )
        .or("[]"),
        Key::optional("end_field", &Text, "The user-defined field of UKG with the end date."),
        Key::optional(
            "warn_days",
            &Shape::List(&Count(0, 365)),
            "Days before the end at which the hiring manager is told, each once.",
        )
        .or("[7]"),
        Key::optional(
            "no_end",
            &Shape::Word(&[
                ("allow", "access has no end"),
                ("hold", "touch nothing of this person and tell somebody"),
                ("cap", "access ends `cap_days` after HR last touched the record"),
            ]),
            "What a contractor without an end date means.",
        )
        .or("allow"),
        Key::optional(
            "too_far",
            &Shape::Word(&[
                ("hold", "touch nothing of this person and tell somebody"),
                ("cap", "access ends `cap_days` after HR last touched the record"),
            ]),
            "What an end further ahead than `longest_days` means.",
        )
        .or("cap"),
        Key::optional("longest_days", &Count(1, 3650), "The furthest end that is believed.")
            .or("730"),
        Key::optional("cap_days", &Count(1, 3650), "How long access lasts when it is capped.")
            .or("180"),
        Key::optional(
            "long_past",
            &Shape::Word(&[
                ("end", "the person has left"),
                ("hold", "touch nothing of this person and tell somebody"),
            ]),
            "What an end means that passed more than `long_past_days` ago while HR says at work.",
        )
        .or("end"),
        Key::optional("long_past_days", &Count(1, 3650), "Days after the end.").or("60"),
        Key::optional(
            "archive",
            &Flag,
            "Whether everything Okta knows about a contractor who leaves is kept in the ledger.",
        )
        .or("true"),
    ],
};

pub(in crate::deciders::policy) static RECONCILE: Section = Section {
    doc: "What is done about groups, and about what others changed in Okta.",
    keys: &[
        Key::optional("create_groups", &Flag, "Whether groups that are missing are made.")
            .or("true"),
        Key::optional(
            "rename_groups",
            &Flag,
            "Whether a group follows the new name of its department; its members stay.",
        )
        .or("true"),
        Key::optional(
            "added_by_hand",
            &Shape::Word(&[
                ("remove", "whoever no rule puts there is taken out"),
                ("warn", "they stay, and somebody is told"),
                ("keep", "they stay"),
            ]),
            "What happens to members of our groups whom somebody added by hand.",
        )
        .or("remove"),
        Key::optional(
            "reopened_leaver",
            &Shape::Word(&[
                ("repair", "the account is closed again, and security is told"),
                ("report", "security is told"),
            ]),
            "What happens when somebody opens the account of a leaver.",
        )
        .or("repair"),
        Key::optional(
            "suspended_worker",
            &Shape::Word(&[
                ("repair", "the account is opened again"),
                ("report", "somebody is told"),
            ]),
            "What happens when somebody suspends an active worker; security may have a reason.",
        )
        .or("report"),
    ],
};
