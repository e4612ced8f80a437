//! The keys of `notices:` and `audit:`.

use crate::deciders::policy::shape::{Key, Section, Shape};

use Shape::{Count, Flag, Text};

pub(in crate::deciders::policy) static NOTICES: Section = Section {
    doc: "Who is told.",
    keys: &[
        Key::optional("it", &Flag, "IT: who was provisioned, what is held.").or("true"),
        Key::optional("hr", &Flag, "HR: joiners, leavers, records to repair.").or("true"),
        Key::optional("security", &Flag, "Security: leavers with their times, MFA tiers.")
            .or("true"),
        Key::optional(
            "manager",
            &Flag,
            "Managers: contracts and employments that are about to end.",
        )
        .or("true"),
        Key::optional(
            "leaver_days",
            &Shape::List(&Count(0, 365)),
            "Days before an employee's last day at which the manager is told, each once; never of \
             a departure whose reason ends access at once. `[]` tells nobody ahead.",
        )
        .or("[7, 1]"),
        Key::optional(
            "people_per_message",
            &Count(1, 1000),
            "How many people a message names; the others are counted.",
        )
        .or("50"),
        Key::optional(
            "texts",
            &Shape::Section(&TEXTS),
            "How messages begin; `{people}` is `1 person` or `3 people`.",
        )
        .or("{}"),
    ],
};

pub(in crate::deciders::policy) static TEXTS: Section = Section {
    doc: "How messages begin; `{people}` is `1 person` or `3 people`.",
    keys: &[
        Key::optional("left", &Text, "To security and HR, at once.")
            .or("\"{people} lost access in Okta, as UKG says.\""),
        Key::optional("provisioned", &Text, "To IT and HR.")
            .or("\"{people} got access in Okta, as UKG says.\""),
        Key::optional("changed", &Text, "To IT.")
            .or("\"{people} changed access in Okta, as UKG says.\""),
        Key::optional("tiers", &Text, "To security.")
            .or("\"{people} changed MFA tier in Okta, as UKG says.\""),
    ],
};

pub(in crate::deciders::policy) static AUDIT: Section = Section {
    doc: "How long evidence is kept, and what it is measured by.",
    keys: &[
        Key::optional("retention_days", &Count(30, 3650), "Days that audit events are kept.")
            .or("2555"),
        Key::optional(
            "revoke_minutes",
            &Count(1, 100_000),
            "Minutes from when access had to end and HR had said so until it is verified to be gone.",
        )
        .or("1440"),
        Key::optional(
            "provision_minutes",
            &Count(1, 100_000),
            "Minutes from when a joiner should have had access and HR had said so until it is verified.",
        )
        .or("1440"),
    ],
};
