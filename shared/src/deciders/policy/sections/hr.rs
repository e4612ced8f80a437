//! The keys of `hr:`.

use super::CODES;
use crate::deciders::policy::shape::{Key, Section, Shape};

use Shape::{Count, Zone};

pub(in crate::deciders::policy) static HR: Section = Section {
    doc: "How UKG is read and what its codes mean.",
    keys: &[
        Key::optional(
            "endpoints",
            &Shape::Word(&[("new", "employee-employment-details"), ("old", "employment-details")]),
            "Which employment endpoint the tenant has.",
        )
        .or("new"),
        Key::optional("page_size", &Count(1, 10_000), "Rows per page.").or("1000"),
        Key::optional("placeholder_codes", CODES, "Codes that mean \"nothing\".").or("[Z, '0']"),
        Key::optional(
            "blank_grace_days",
            &Count(0, 90),
            "For so many days a department, cost center or other unit that HR leaves blank, or that \
             its own tables do not have, changes nothing: what it gave stays, the rest of the person \
             goes on, and IT is told. After them the person is held.",
        )
        .or("7"),
        Key::required(
            "org_levels",
            &Shape::Section(&ORG_LEVELS),
            "Which org level (1 to 4, or `project`) plays which part.",
        ),
        Key::optional("employee_types", CODES, "Employee types that are employees.").or("[REG]"),
        Key::optional("contingent_types", CODES, "Employee types that are contractors.")
            .or("[CON]"),
        Key::optional(
            "statuses",
            &Shape::Map(&Shape::Word(STATUSES)),
            "What a status code means, where it differs from UKG's own (A, L, O, R, S, T).",
        )
        .or("{}"),
        Key::optional(
            "transfer_reasons",
            CODES,
            "Termination reasons that are moves to another company.",
        )
        .or("[TRO]"),
        Key::optional(
            "immediate_reasons",
            CODES,
            "Termination reasons that end access when their day begins.",
        )
        .or("[]"),
        Key::optional(
            "termination_reasons",
            CODES,
            "Every termination reason in use; with it, an unknown one holds its person.",
        )
        .or("[]"),
        Key::optional(
            "deceased_reasons",
            CODES,
            "Termination reasons that say a person has died: HR alone is told, and gently.",
        )
        .or("[]"),
        Key::optional(
            "unknown_job",
            &Shape::Word(&[
                ("hold", "touch nothing of this person and tell somebody"),
                ("strictest_tier", "go on, with the strictest MFA tier"),
            ]),
            "What a job code means that UKG's table of jobs does not have.",
        )
        .or("hold"),
        Key::optional(
            "time_zones",
            &Shape::Section(&ZONES),
            "Whose midnight counts: the location's, else the company's, else the default.",
        )
        .or("{}"),
        Key::optional(
            "exclude",
            &Shape::Section(&EXCLUDE),
            "Test companies and system people that are not ours to look at.",
        )
        .or("{}"),
    ],
};

const STATUSES: &[(&str, &str)] = &[
    ("working", "at work"),
    ("leave", "on leave of absence"),
    ("strike", "on strike"),
    ("laid-off", "laid off, may be called back"),
    ("suspended", "suspended by HR"),
    ("terminated", "the dates decide"),
];

const LEVEL: &Shape = &Shape::Word(&[
    ("1", "org level 1"),
    ("2", "org level 2"),
    ("3", "org level 3"),
    ("4", "org level 4"),
    ("project", "the primary project"),
]);

pub(in crate::deciders::policy) static ORG_LEVELS: Section = Section {
    doc: "Which org level plays which part. Only what is written here can be used.",
    keys: &[
        Key::optional("division", LEVEL, "Gives `worker.division` and `worker.division_name`."),
        Key::optional(
            "business_unit",
            LEVEL,
            "Gives `worker.business_unit` and `worker.business_unit_name`.",
        ),
        Key::optional(
            "department",
            LEVEL,
            "Gives `worker.department` and `worker.department_name`.",
        ),
        Key::optional("team", LEVEL, "Gives `worker.team` and `worker.team_name`."),
        Key::optional(
            "cost_center",
            LEVEL,
            "Gives `worker.cost_center` and `worker.cost_center_name`.",
        ),
    ],
};

pub(in crate::deciders::policy) static ZONES: Section = Section {
    doc: "Time zones.",
    keys: &[
        Key::optional("default", &Zone, "When nothing more precise is known.").or("UTC"),
        Key::optional("locations", &Shape::Map(&Zone), "By location code.").or("{}"),
        Key::optional("companies", &Shape::Map(&Zone), "By company id.").or("{}"),
        Key::optional(
            "stamps",
            &Zone,
            "The zone of UKG's own stamps, which do not say it: for evidence only. Without it, \
             `default`.",
        ),
    ],
};

pub(in crate::deciders::policy) static EXCLUDE: Section = Section {
    doc: "Not ours to look at.",
    keys: &[
        Key::optional("companies", CODES, "Company ids.").or("[]"),
        Key::optional(
            "employee_numbers",
            CODES,
            "Employee numbers, in quotes because of their zeros.",
        )
        .or("[]"),
    ],
};
