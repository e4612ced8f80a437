//! The keys of `okta:` and `login:`.

use super::CODES;
use crate::deciders::policy::shape::{Key, Section, Shape};

use Shape::{Cel, Count, Flag, Text};

pub(in crate::deciders::policy) static OKTA: Section = Section {
    doc: "How people and accounts find each other, and what is out of bounds.",
    keys: &[
        Key::optional(
            "key_attribute",
            &Text,
            "The profile attribute that holds UKG's personId. An account that has it is ours.",
        )
        .or("ukgPersonId"),
        Key::optional(
            "match_on",
            &Shape::List(&Shape::Section(&MATCH)),
            "What proves that an account without the key is a person's.",
        )
        .or("[]"),
        Key::optional(
            "budget_share",
            &Count(1, 100),
            "How many percent of Okta's rate limits Rollcall may use.",
        )
        .or("50"),
        Key::optional("protected", &Shape::Section(&PROTECTED), "Never touched without approval.")
            .or("{}"),
    ],
};

pub(in crate::deciders::policy) static MATCH: Section = Section {
    doc: "A strong match: both sides equal, on one account only.",
    keys: &[
        Key::required("attribute", &Text, "The Okta profile attribute."),
        Key::required("value", &Cel, "What it must be equal to."),
    ],
};

pub(in crate::deciders::policy) static PROTECTED: Section = Section {
    doc: "Never touched without approval.",
    keys: &[
        Key::optional("users", CODES, "Logins or Okta ids.").or("[]"),
        Key::optional("groups", CODES, "Group names or ids: all their members.").or("[]"),
        Key::optional(
            "canaries",
            CODES,
            "Logins that Okta must return; if one is missing, the read is not believed.",
        )
        .or("[]"),
    ],
};

pub(in crate::deciders::policy) static LOGIN: Section = Section {
    doc: "How a login is made.",
    keys: &[
        Key::required("candidates", &Shape::List(&Cel), "Expressions, tried in this order."),
        Key::optional(
            "domain",
            &Text,
            "What every login ends with. Without it every candidate must contain `@` and a domain.",
        ),
        Key::optional(
            "suffix",
            &Shape::Word(&[
                ("number", "ada2, ada3, …"),
                ("none", "give up when every candidate is taken"),
            ]),
            "What happens when every candidate is taken.",
        )
        .or("number"),
        Key::optional("tries", &Count(1, 99), "The highest number that is tried.").or("20"),
        Key::optional(
            "fallback",
            &Shape::Word(&[
                ("employee_number", "the employee number at the domain"),
                ("none", "the person is held"),
            ]),
            "What happens when nothing remains of a name.",
        )
        .or("employee_number"),
        Key::optional(
            "rename",
            &Shape::Word(&[
                ("off", "a login never changes"),
                ("approve", "a change waits for approval"),
                ("auto", "a change is made"),
            ]),
            "What a change of name does to the login.",
        )
        .or("off"),
    ],
};

pub(in crate::deciders::policy) static MFA: Section = Section {
    doc: "Who has to use which factors: one group and one enrollment policy for each tier.",
    keys: &[
        Key::required(
            "tiers",
            &Shape::List(&Shape::Section(&TIER)),
            "The tiers, the strictest last. The strictest whose `when` holds is the person's.",
        ),
        Key::optional(
            "unknown_job",
            &Text,
            "The tier of people whose job UKG does not know. Without it: the strictest.",
        ),
        Key::optional(
            "lower",
            &Shape::Either(
                &Shape::Word(&[
                    ("at_once", "like any other change"),
                    ("approve", "a less strict tier waits for approval"),
                ]),
                &LOWER_LATER,
            ),
            "How people get into a less strict tier. A stricter one is always given at once.",
        )
        .or("{after_days: 7}"),
        Key::optional(
            "manage_policies",
            &Flag,
            "Whether an enrollment policy that is off, out of order or without its group is put \
             right; otherwise it is told.",
        )
        .or("false"),
    ],
};

pub(in crate::deciders::policy) static TIER: Section = Section {
    doc: "An MFA tier.",
    keys: &[
        Key::required("name", &Text, "What it is called in reports."),
        Key::required("group", &Text, "Its group in Okta. Nobody is in two of these."),
        Key::optional("policy", &Text, "Its enrollment policy (MFA_ENROLL) in Okta."),
        Key::optional("when", &Cel, "Who is in it. The first tier needs none."),
    ],
};

pub(in crate::deciders::policy) static LOWER_LATER: Section = Section {
    doc: "A less strict tier comes later.",
    keys: &[Key::required("after_days", &Count(0, 365), "Days after the reason is gone.")],
};
