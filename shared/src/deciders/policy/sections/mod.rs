//! Every key of `rollcall.yaml`, with its shape, its default and its meaning.

mod hr;
mod okta;
mod safety;
mod telling;

use super::shape::{Key, Section, Shape};

pub(super) use safety::MODES;

use Shape::{Cel, Count, Flag, Text};

const CODES: &Shape = &Shape::List(&Text);
const DAYS: &Shape = &Count(0, 3650);
const PERCENT: &Shape = &Count(0, 100);

/// The whole file.
pub(in crate::deciders::policy) static ROOT: Section = Section {
    doc: "The policy of Rollcall: how Okta follows UKG Pro.",
    keys: &[
        Key::required(
            "version",
            &Shape::Word(&[("1", "the only one so far")]),
            "The version of this format; write 1.",
        ),
        Key::optional("name", &Text, "What the company is called in reports.").or("''"),
        Key::optional("hr", &Shape::Section(&hr::HR), "How UKG is read and what its codes mean.")
            .or("{}"),
        Key::optional(
            "okta",
            &Shape::Section(&okta::OKTA),
            "How people and accounts find each other, and what is out of bounds.",
        )
        .or("{}"),
        Key::required("login", &Shape::Section(&okta::LOGIN), "How a login is made."),
        Key::required(
            "profile",
            &Shape::Map(&Shape::Either(&Cel, &ATTRIBUTE)),
            "Okta profile attributes and where each comes from.",
        ),
        Key::optional(
            "manager",
            &Shape::Section(&MANAGER),
            "How an account names its manager. Without it managers are left alone.",
        ),
        Key::optional("level", &Cel, "Where `worker.level` comes from; UKG has no such field."),
        Key::optional(
            "lookups",
            &Shape::Map(&Shape::Section(&LOOKUP)),
            "Tables for `lookup(\"table\", key)`.",
        )
        .or("{}"),
        Key::optional(
            "groups",
            &Shape::List(&Shape::Section(&GROUP)),
            "Groups and who is in them.",
        )
        .or("[]"),
        Key::optional(
            "apps",
            &Shape::List(&Shape::Section(&APP)),
            "Apps that are assigned directly; groups are better.",
        )
        .or("[]"),
        Key::optional(
            "mfa",
            &Shape::Section(&okta::MFA),
            "MFA tiers. Without it nobody is moved between any.",
        ),
        Key::optional(
            "contractors",
            &Shape::Section(&safety::CONTRACTORS),
            "Where a contractor's end comes from and what happens without a sensible one.",
        )
        .or("{}"),
        Key::optional(
            "reconcile",
            &Shape::Section(&safety::RECONCILE),
            "What is done about groups, and about what others changed in Okta.",
        )
        .or("{}"),
        Key::optional(
            "lifecycle",
            &Shape::Section(&safety::LIFECYCLE),
            "The days around a start, an absence and an end.",
        )
        .or("{}"),
        Key::optional(
            "limits",
            &Shape::Section(&safety::LIMITS),
            "What may be done before a person has to approve it.",
        )
        .or("{}"),
        Key::optional(
            "modes",
            &Shape::Section(&safety::MODES),
            "What Rollcall does by itself, with a person's word, or not at all.",
        )
        .or("{}"),
        Key::optional("notices", &Shape::Section(&telling::NOTICES), "Who is told.").or("{}"),
        Key::optional("audit", &Shape::Section(&telling::AUDIT), "How long evidence is kept.")
            .or("{}"),
    ],
};

const WHEN_BLANK: &Shape = &Shape::Word(&[
    ("keep", "leave what Okta has"),
    ("clear", "empty it"),
    ("hold", "touch nothing of this person and tell somebody"),
]);

pub(in crate::deciders::policy) static ATTRIBUTE: Section = Section {
    doc: "An attribute in its long form.",
    keys: &[
        Key::required("value", &Cel, "Where the value comes from."),
        Key::optional("when_blank", WHEN_BLANK, "What a blank value does."),
        Key::optional("required", &Flag, "`true` is the same as `when_blank: hold`.").or("false"),
    ],
};

pub(in crate::deciders::policy) static MANAGER: Section = Section {
    doc: "How an account names its manager.",
    keys: &[
        Key::optional("attribute", &Text, "The attribute that identifies the manager.")
            .or("managerId"),
        Key::optional(
            "value",
            &Shape::Word(&[
                ("login", "the manager's login"),
                ("okta_id", "the manager's Okta id"),
                ("employee_number", "the manager's employee number"),
                ("email", "the manager's e-mail address in HR"),
            ]),
            "What identifies the manager.",
        )
        .or("login"),
        Key::optional("display_attribute", &Text, "The attribute that people read.").or("manager"),
        Key::optional(
            "linked_object",
            &Text,
            "A linked object of Okta to set as well, by its primary name.",
        ),
        Key::optional(
            "skip_level_after_days",
            &Count(0, 365),
            "So many days after a manager has left, the manager's own manager takes the place. \
             Without it Okta keeps the old one until HR names another.",
        ),
        Key::optional(
            "display",
            &Cel,
            "What people read, from `manager.…`. Without it only the identifying attribute is written.",
        ),
    ],
};

pub(in crate::deciders::policy) static LOOKUP: Section = Section {
    doc: "A table for `lookup(\"table\", key)`.",
    keys: &[
        Key::required("values", &Shape::Map(&Text), "Keys and what they become."),
        Key::optional("default", &Text, "What every other key becomes.").or("''"),
    ],
};

const FOR_EACH: &[(&str, &str)] = &[
    ("division", "hr.org_levels"),
    ("business_unit", "hr.org_levels"),
    ("department", "hr.org_levels"),
    ("team", "hr.org_levels"),
    ("cost_center", "hr.org_levels"),
    ("location", "work locations"),
    ("company", "component companies"),
    ("job_family", "job families"),
];

pub(in crate::deciders::policy) static GROUP: Section = Section {
    doc: "A group, or one group for each of something.",
    keys: &[
        Key::required(
            "name",
            &Text,
            "The name. With `for_each`, `{it.code}` and `{it.name}` stand for each one's own.",
        ),
        Key::optional("when", &Cel, "Who is in it. Without it: everyone."),
        Key::optional("for_each", &Shape::Word(FOR_EACH), "One group for each of these."),
        Key::optional(
            "when_blank",
            &Shape::Word(&[
                (
                    "hold",
                    "tell at once, and after `hr.blank_grace_days` touch nothing of the person",
                ),
                ("skip", "the person joins none of these groups"),
            ]),
            "With `for_each`: what a worker without one means. A blank department, cost center or \
             other unit never takes anything away: whoever is in a group of that unit stays in it \
             until HR names another, and a departure goes on all the same. With `skip`, somebody \
             without a location, company or job family leaves its group. Where `when` reads a unit \
             that is blank, whoever is in the group stays in it.",
        )
        .or("hold"),
        Key::optional(
            "parents",
            &Text,
            "With `for_each`: the lookup table that gives the code above each code. Whoever is in \
             a group is then in the groups above it too.",
        ),
        WHILE_RESTRICTED,
    ],
};

const WHILE_RESTRICTED: Key = Key::optional(
    "while_restricted",
    &Flag,
    "Whether it is kept during an absence whose treatment is `restrict`.",
)
.or("false");

pub(in crate::deciders::policy) static APP: Section = Section {
    doc: "An app that is assigned directly.",
    keys: &[
        Key::required("label", &Text, "The app's label in Okta."),
        Key::optional("when", &Cel, "Who has it. Without it: everyone."),
        WHILE_RESTRICTED,
    ],
};
