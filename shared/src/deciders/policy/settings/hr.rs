//! `hr:` and `contractors:`: how UKG is read and how its rows become persons.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;

use super::{Endpoints, HrSettings};
use crate::{
    deciders::{
        mapping::{OrgLevels, Origin, Part},
        policy::tree::Node,
        roster::{self, ContingentRules, NoEnd, StatusMeaning, TooFar, Zones},
    },
    words::{ids::Code, person::Absence},
};

pub(in crate::deciders::policy) fn hr(root: &Node) -> HrSettings {
    let hr = root.part("hr");
    let mut org_levels = OrgLevels::default();
    for part in Part::ALL {
        match hr.part("org_levels").part(part.as_str()).text() {
            "project" => org_levels.set(part, Origin::Project),
            level => {
                // A level that is written but wrong has been reported; every use of it as well
                // would only bury that.
                if !level.is_empty() {
                    org_levels.set(part, Origin::OrgLevel(level.parse().unwrap_or(1)));
                }
            }
        }
    }
    HrSettings {
        endpoints: if hr.part("endpoints").text() == "old" {
            Endpoints::Old
        } else {
            Endpoints::New
        },
        page_size: hr.count("page_size"),
        placeholder_codes: hr.texts("placeholder_codes"),
        blank_grace_days: hr.days("blank_grace_days"),
        org_levels,
        contracts_end_access: root.part("contractors").words("end_dates").contains("contract"),
        end_field: end_field(root),
    }
}

/// The user-defined field with a contractor's end, when the policy takes ends from one.
fn end_field(root: &Node) -> Option<Arc<str>> {
    let contractors = root.part("contractors");
    let is_used = contractors.words("end_dates").contains("field");
    contractors.get("end_field").filter(|_| is_used).map(|it| it.text().trim().into())
}

pub(in crate::deciders::policy) fn roster(root: &Node) -> roster::Rules {
    let hr = root.part("hr");
    let zone = |it: &Node| TimeZone::get(it.text()).unwrap_or(TimeZone::UTC);
    let zones = hr.part("time_zones");
    // UKG's own codes (reference/ukg.md, section 2.4); a customer can add to them.
    let mut statuses: BTreeMap<Code, StatusMeaning> = [
        ("A", "working"),
        ("L", "leave"),
        ("O", "strike"),
        ("R", "laid-off"),
        ("S", "suspended"),
        ("T", "terminated"),
    ]
    .into_iter()
    .map(|(code, word)| (code.into(), status(word)))
    .collect();
    statuses.extend(hr.map::<Code, _>("statuses", |it| status(it.text())));
    roster::Rules {
        statuses,
        contingent_types: hr.texts("contingent_types"),
        employee_types: hr.texts("employee_types"),
        transfer_reasons: hr.texts("transfer_reasons"),
        immediate_reasons: hr.texts("immediate_reasons"),
        excluded_companies: hr.part("exclude").texts("companies"),
        excluded_employee_numbers: hr.part("exclude").texts("employee_numbers"),
        termination_reasons: hr.texts("termination_reasons"),
        deceased_reasons: hr.texts("deceased_reasons"),
        contingent: contingent(root.part("contractors")),
        zones: Zones {
            default: zone(zones.part("default")),
            stamps: zone(zones.get("stamps").unwrap_or(zones.part("default"))),
            by_location: zones.map("locations", zone),
            by_company: zones.map("companies", zone),
        },
    }
}

fn status(word: &str) -> StatusMeaning {
    match word {
        "working" => StatusMeaning::Working,
        "leave" => StatusMeaning::Away(Absence::Leave),
        "strike" => StatusMeaning::Away(Absence::Strike),
        "laid-off" => StatusMeaning::Away(Absence::LaidOff),
        "suspended" => StatusMeaning::Away(Absence::Suspended),
        _ => StatusMeaning::Terminated,
    }
}

fn contingent(contractors: &Node) -> ContingentRules {
    let ends = contractors.words("end_dates");
    ContingentRules {
        by_contract: ends.contains("contract"),
        by_field: ends.contains("field"),
        no_end: match contractors.part("no_end").text() {
            "hold" => NoEnd::Hold,
            "cap" => NoEnd::Cap,
            _ => NoEnd::Allow,
        },
        too_far: match contractors.part("too_far").text() {
            "hold" => TooFar::Hold,
            _ => TooFar::Cap,
        },
        longest_days: contractors.days("longest_days"),
        cap_days: contractors.days("cap_days"),
        long_past_days: (contractors.part("long_past").text() == "hold")
            .then(|| contractors.days("long_past_days")),
    }
}
