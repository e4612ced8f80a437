//! The days around a start, an absence and an end; tiers, limits, notices and evidence.

use super::{AuditSettings, Contractors, Notices};
use crate::{
    deciders::{
        guard::{Counted, Limit, Limits, Modes},
        lifecycle::{self, Drift, Response, Treatment},
        notices::Wording,
        plan::{ByHand, Reconcile},
        policy::{sections::MODES, tree::Node},
        tiers::{Lowering, MfaRules, TierRules},
    },
    words::{action::Kind, person::Absence},
};

pub(in crate::deciders::policy) fn lifecycle(root: &Node) -> lifecycle::Rules {
    let lifecycle = root.part("lifecycle");
    let absences = lifecycle.part("absences");
    let absences = [
        (Absence::Leave, "leave"),
        (Absence::Strike, "strike"),
        (Absence::LaidOff, "laid-off"),
        (Absence::Suspended, "suspended"),
    ]
    .map(|(absence, key)| (absence, treatment(absences.part(key))));
    lifecycle::Rules {
        preboard_days: lifecycle.days("preboard_days"),
        activate_hours_before: lifecycle.days("activate_hours_before"),
        send_activation_email: lifecycle.flag("send_activation_email"),
        grace_days: lifecycle.days("grace_days"),
        absences: absences.into(),
        leave_reasons: lifecycle.map("leave_reasons", treatment),
        start_moved: treatment(lifecycle.part("start_moved")),
        drift: Drift {
            reopened_leaver: response(root.part("reconcile").part("reopened_leaver")),
            suspended_worker: response(root.part("reconcile").part("suspended_worker")),
        },
    }
}

fn response(node: &Node) -> Response {
    match node.text() {
        "repair" => Response::Repair,
        _ => Response::Report,
    }
}

pub(in crate::deciders::policy) fn reconcile(root: &Node) -> Reconcile {
    let reconcile = root.part("reconcile");
    Reconcile {
        create_groups: reconcile.flag("create_groups"),
        rename_groups: reconcile.flag("rename_groups"),
        added_by_hand: match reconcile.part("added_by_hand").text() {
            "warn" => ByHand::Warn,
            "keep" => ByHand::Keep,
            _ => ByHand::Remove,
        },
    }
}

pub(in crate::deciders::policy) fn contractors(root: &Node) -> Contractors {
    let contractors = root.part("contractors");
    let days = contractors.part("warn_days").items().iter();
    Contractors {
        warn_days: days.filter_map(|it| it.text().parse().ok()).collect(),
        archives: contractors.flag("archive"),
    }
}

pub(in crate::deciders::policy) fn mfa(root: &Node) -> Option<MfaRules> {
    let mfa = root.get("mfa")?;
    let tiers = mfa.part("tiers").items().iter().map(|it| TierRules {
        name: it.part("name").text().trim().into(),
        group: it.part("group").text().trim().into(),
        policy: it.get("policy").map(|it| it.text().trim().into()),
    });
    let lower = mfa.part("lower");
    Some(MfaRules {
        tiers: tiers.collect(),
        lower: match lower.text() {
            "at_once" => Lowering::After { days: 0 },
            "approve" => Lowering::Approve,
            _ => Lowering::After { days: lower.days("after_days") },
        },
        manage_policies: mfa.flag("manage_policies"),
    })
}

fn treatment(node: &Node) -> Treatment {
    match node.text() {
        "keep" => Treatment::Keep,
        "restrict" => Treatment::RestrictAfter { days: 0 },
        "suspend" => Treatment::SuspendAfter { days: 0 },
        _ => match node.get("restrict_after_days") {
            Some(_) => Treatment::RestrictAfter { days: node.days("restrict_after_days") },
            None => Treatment::SuspendAfter { days: node.days("suspend_after_days") },
        },
    }
}

pub(in crate::deciders::policy) fn limits(root: &Node) -> Limits {
    let limits = root.part("limits");
    let read = |it: &Node| Limit {
        most: it.count("most"),
        percent: it.percent("percent"),
        floor: it.count("floor"),
    };
    let limit = |key: &str| read(limits.part(key));
    Limits {
        kinds: Kind::ALL.into_iter().map(|it| (it, limit(it.as_str()))).collect(),
        departures: limit("departures"),
        attribute: limit("attribute"),
        attributes: limits.map("attributes", read),
        day_percent: limits.count("day_percent"),
        per_company: limits.flag("per_company"),
        group_shrinks: limit("group-shrinks"),
        roster_min_percent: limits.percent("roster_min_percent"),
        column_min_percent: limits.percent("column_min_percent"),
        okta_min_percent: limits.percent("okta_min_percent"),
    }
}

pub(in crate::deciders::policy) fn modes(root: &Node) -> Modes {
    let modes = root.part("modes");
    let default = modes.part("default").text();
    let mut res = Modes::default();
    let kinds = Kind::ALL.into_iter().filter(|it| MODES.has(it.as_str()));
    let kinds = kinds.map(|it| (it.as_str(), Counted::Kind(it)));
    for (key, what) in kinds.chain([("departures", Counted::Departure)]) {
        match modes.get(key).map_or(default, Node::text) {
            "approve" => res.approve.insert(what),
            "off" => res.off.insert(what),
            _ => false,
        };
    }
    res
}

pub(in crate::deciders::policy) fn notices(root: &Node) -> Notices {
    let notices = root.part("notices");
    Notices {
        it: notices.flag("it"),
        hr: notices.flag("hr"),
        security: notices.flag("security"),
        manager: notices.flag("manager"),
        leaver_days: {
            let days = notices.part("leaver_days").items().iter();
            days.filter_map(|it| it.text().parse().ok()).collect()
        },
        wording: Wording {
            most_people: usize::try_from(notices.count("people_per_message")).unwrap_or(usize::MAX),
            left: notices.part("texts").part("left").text().into(),
            provisioned: notices.part("texts").part("provisioned").text().into(),
            changed: notices.part("texts").part("changed").text().into(),
            tiers: notices.part("texts").part("tiers").text().into(),
        },
    }
}

pub(in crate::deciders::policy) fn audit(root: &Node) -> AuditSettings {
    let audit = root.part("audit");
    AuditSettings {
        retention_days: audit.days("retention_days"),
        revoke_minutes: audit.count("revoke_minutes"),
        provision_minutes: audit.count("provision_minutes"),
    }
}
