//! Every key of `rollcall.yaml`, with its shape, its default and its meaning.

use super::shape::{Key, Section, Shape};

use Shape::{Cel, Count, Flag, Text, Zone};

const CODES: &Shape = &Shape::List(&Text);
const DAYS: &Shape = &Count(0, 3650);
const PERCENT: &Shape = &Count(0, 100);

/// The whole file.
pub(super) static ROOT: Section = Section {
    doc: "The policy of Rollcall: how Okta follows UKG Pro.",
    keys: &[
        Key::required(
            "version",
            &Shape::Word(&[("1", "the only one so far")]),
            "The version of this format; write 1.",
        ),
        Key::optional("name", &Text, "What the company is called in reports.").or("''"),
        Key::optional("hr", &Shape::Section(&HR), "How UKG is read and what its codes mean.")
            .or("{}"),
        Key::optional(
            "okta",
            &Shape::Section(&OKTA),
            "How people and accounts find each other, and what is out of bounds.",
        )
        .or("{}"),
        Key::required("login", &Shape::Section(&LOGIN), "How a login is made."),
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
            "lifecycle",
            &Shape::Section(&LIFECYCLE),
            "The days around a start, an absence and an end.",
        )
        .or("{}"),
        Key::optional(
            "limits",
            &Shape::Section(&LIMITS),
            "What a single run may do before a person has to approve it.",
        )
        .or("{}"),
        Key::optional("notices", &Shape::Section(&NOTICES), "Who is told.").or("{}"),
        Key::optional("audit", &Shape::Section(&AUDIT), "How long evidence is kept.").or("{}"),
    ],
};

pub(super) static HR: Section = Section {
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
            "contracts_end_access",
            &Flag,
            "Whether contract end dates end a contractor's access.",
        )
        .or("false"),
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

pub(super) static ORG_LEVELS: Section = Section {
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

pub(super) static ZONES: Section = Section {
    doc: "Time zones.",
    keys: &[
        Key::optional("default", &Zone, "When nothing more precise is known.").or("UTC"),
        Key::optional("locations", &Shape::Map(&Zone), "By location code.").or("{}"),
        Key::optional("companies", &Shape::Map(&Zone), "By company id.").or("{}"),
    ],
};

pub(super) static EXCLUDE: Section = Section {
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

pub(super) static OKTA: Section = Section {
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

pub(super) static MATCH: Section = Section {
    doc: "A strong match: both sides equal, on one account only.",
    keys: &[
        Key::required("attribute", &Text, "The Okta profile attribute."),
        Key::required("value", &Cel, "What it must be equal to."),
    ],
};

pub(super) static PROTECTED: Section = Section {
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

pub(super) static LOGIN: Section = Section {
    doc: "How a login is made.",
    keys: &[
        Key::required("candidates", &Shape::List(&Cel), "Expressions, tried in this order."),
        Key::optional("domain", &Text, "Added to a candidate without `@`."),
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

const WHEN_BLANK: &Shape = &Shape::Word(&[
    ("keep", "leave what Okta has"),
    ("clear", "empty it"),
    ("hold", "touch nothing of this person and tell somebody"),
]);

pub(super) static ATTRIBUTE: Section = Section {
    doc: "An attribute in its long form.",
    keys: &[
        Key::required("value", &Cel, "Where the value comes from."),
        Key::optional("when_blank", WHEN_BLANK, "What a blank value does."),
        Key::optional("required", &Flag, "`true` is the same as `when_blank: hold`.").or("false"),
    ],
};

pub(super) static MANAGER: Section = Section {
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
            "display",
            &Cel,
            "What people read, from `manager.…`. Without it only the identifying attribute is written.",
        ),
    ],
};

pub(super) static LOOKUP: Section = Section {
    doc: "A table for `lookup(\"table\", key)`.",
    keys: &[
        Key::required("values", &Shape::Map(&Text), "Keys and what they become."),
        Key::optional("default", &Text, "What every other key becomes.").or("''"),
    ],
};

pub(super) const FOR_EACH: &[(&str, &str)] = &[
    ("division", "hr.org_levels"),
    ("business_unit", "hr.org_levels"),
    ("department", "hr.org_levels"),
    ("team", "hr.org_levels"),
    ("cost_center", "hr.org_levels"),
    ("location", "work locations"),
    ("company", "component companies"),
    ("job_family", "job families"),
];

pub(super) static GROUP: Section = Section {
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
                ("hold", "touch nothing of this person and tell somebody"),
                ("skip", "the person is in none of these groups"),
            ]),
            "With `for_each`: what a worker without one means.",
        )
        .or("hold"),
    ],
};

pub(super) static APP: Section = Section {
    doc: "An app that is assigned directly.",
    keys: &[
        Key::required("label", &Text, "The app's label in Okta."),
        Key::optional("when", &Cel, "Who has it. Without it: everyone."),
    ],
};

const TREATMENT: &Shape = &Shape::Either(
    &Shape::Word(&[("keep", "nothing happens"), ("suspend", "suspended at once, back on return")]),
    &SUSPEND,
);

pub(super) static SUSPEND: Section = Section {
    doc: "Suspended only when it lasts.",
    keys: &[Key::required("suspend_after_days", DAYS, "Days after it began.")],
};

pub(super) static LIFECYCLE: Section = Section {
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

pub(super) static ABSENCES: Section = Section {
    doc: "What happens during an absence.",
    keys: &[
        Key::optional("leave", TREATMENT, "Leave of absence.").or("keep"),
        Key::optional("strike", TREATMENT, "On strike.").or("keep"),
        Key::optional("laid-off", TREATMENT, "Laid off.").or("suspend"),
        Key::optional("suspended", TREATMENT, "Suspended by HR.").or("suspend"),
    ],
};

const LIMIT: &Shape = &Shape::Section(&LIMIT_KEYS);

pub(super) static LIMIT_KEYS: Section = Section {
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
pub(super) static LIMITS: Section = Section {
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

pub(super) static NOTICES: Section = Section {
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

pub(super) static AUDIT: Section = Section {
    doc: "How long evidence is kept.",
    keys: &[Key::optional("retention_days", &Count(30, 3650), "Days.").or("2555")],
};
