//! Puts an [`Explanation`] into words and into JSON. It decides nothing.

use std::{collections::BTreeSet, fmt};

use jiff::{Span, Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

use super::explain::{Explanation, Grant, Held, Mapped};
use crate::{
    deciders::{lifecycle, plan::ManagerWish, roster::managers::Manager},
    words::{
        desired::Wish,
        ids::EmployeeId,
        person::{Departure, EndSource, Person, Presence},
    },
};

/// An instant by the calendar of a zone.
pub(super) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).to_string()
}

/// Whether somebody works here, which dates say so, and when access begins and ends.
pub(super) fn presence(person: &Person, rules: &lifecycle::Rules) -> Vec<String> {
    let zone = &person.primary().zone;
    let name = zone.iana_name().unwrap_or("UTC");
    let end = |it: &Departure| {
        let Departure { last_day, at, reason, is_immediate, source } = it;
        let reason = reason.as_ref().map_or(String::new(), |it| format!(", reason {it}"));
        let at_once = if *is_immediate { ", at once" } else { "" };
        let at = local(*at, zone);
        format!(
            "last day {last_day} by the {source}{reason}{at_once}: access ends at {at}; the \
             account is deactivated {} days later",
            rules.grace_days
        )
    };
    let mut res = Vec::new();
    match &person.presence {
        Presence::NotYet(arrival) => {
            let opens = Span::new().hours(-i64::from(rules.activate_hours_before));
            res.push(format!("not here yet: starts {} ({name})", arrival.starts));
            if let Ok(at) = arrival.at.checked_add(opens) {
                res.push(format!("access begins at {}", local(at, zone)));
            }
            res.extend(arrival.after.iter().map(|it| format!("left before: {}", end(it))));
        }
        Presence::Here { until } => {
            res.push(format!("here ({name})"));
            res.extend(until.iter().map(end));
        }
        Presence::Away { absence, since, back, until } => {
            let since = since.map_or(String::new(), |it| format!(" since {it}"));
            let back = back.map_or(String::new(), |it| format!(", back {it}"));
            res.push(format!("away: {absence}{since}{back} ({name})"));
            res.extend(until.iter().map(end));
        }
        Presence::Gone(departure) => res.push(format!("gone ({name}): {}", end(departure))),
    }
    res
}

/// What there is to say about a contractor's end besides the departure that follows from it.
pub(super) fn contract(person: &Person, warn_days: &BTreeSet<u16>) -> Vec<String> {
    let primary = person.primary();
    if !primary.is_contingent {
        return Vec::new();
    }
    let mut res = vec![match primary.contract_ends {
        Some(date) => format!("a contractor: the contract in UKG ends on {date}"),
        None => "a contractor: no contract in UKG has an end date".to_owned(),
    }];
    let until = match &person.presence {
        Presence::Here { until } | Presence::Away { until, .. } => until.as_ref(),
        Presence::NotYet(_) | Presence::Gone(_) => None,
    };
    if until.is_some_and(|it| it.source == EndSource::Cap) {
        res.push(
            "the end is the policy's cap, counted from the day HR last touched the record; an \
             end date in UKG replaces it"
                .to_owned(),
        );
    }
    if until.is_some() && !warn_days.is_empty() {
        let days: Vec<String> = warn_days.iter().rev().map(ToString::to_string).collect();
        res.push(format!("the manager is told {} days before the last day", days.join(" and ")));
    }
    res
}

/// The manager and why.
pub(super) fn manager(
    supervisor: Option<&EmployeeId>,
    manager: Option<&Manager>,
    wish: &ManagerWish,
) -> String {
    let named = supervisor.map_or(String::new(), |it| format!("supervisor {it} in UKG"));
    match manager {
        None => "not looked at: the person is not employed".to_owned(),
        Some(Manager::Nobody) => "nobody: UKG names no supervisor".to_owned(),
        Some(Manager::Keep) => {
            format!("kept as it is in Okta: the {named} has left, is unknown or in a circle")
        }
        Some(Manager::Is(id)) if wish.attributes.is_empty() => {
            format!("person {id} ({named}); not written now")
        }
        Some(Manager::Is(id)) => {
            let written = wish.attributes.iter().map(|(name, value)| {
                let value = value.as_ref().map_or("nothing".to_owned(), |it| format!("{it}"));
                format!("{name} = {value:?}")
            });
            let written: Vec<String> = written.collect();
            format!("person {id} ({named}): {}", written.join(", "))
        }
    }
}

impl Held {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Has => "has",
            Self::Gets => "gets",
            Self::Loses => "loses",
            Self::Lacks => "lacks",
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<5} {:?}", self.held.as_str(), self.name)?;
        match &self.rule {
            Some(rule) => write!(f, "  [{}]", rule.0)?,
            None => f.write_str("  [no rule gives it]")?,
        }
        if self.is_filled_by_rule {
            f.write_str(" (a group rule of Okta fills it)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, now, wish, rule } = self;
        let have = now.as_ref().map_or("nothing".to_owned(), |it| format!("{:?}", it.to_string()));
        write!(f, "{name}: {have}")?;
        match wish {
            Wish::Set(value) if now.as_ref() == Some(value) => f.write_str(", as wanted")?,
            Wish::Set(value) => write!(f, ", wanted {:?}", value.to_string())?,
            Wish::Clear if now.is_none() => f.write_str(", as wanted: the source is blank")?,
            Wish::Clear => f.write_str(", to be cleared: the source is blank")?,
            Wish::Keep => f.write_str(", kept: the source is blank")?,
        }
        rule.as_ref().map_or(Ok(()), |it| write!(f, "  [{}]", it.0))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "person {}", self.person)?;
        if let Some(login) = &self.login {
            write!(f, " ({login})")?;
        }
        writeln!(f, " as of {}", self.as_of)?;
        for (at, it) in self.employments.iter().enumerate() {
            let status = it.status.as_ref().map_or("none", |it| it.as_str());
            let hired = it.hired.map_or("on no date".to_owned(), |it| it.to_string());
            let speaks = if at == 0 { ", speaks for the person" } else { "" };
            let (company, employee) = (&it.company, &it.employee);
            writeln!(
                f,
                "  employment {company} {employee}: status {status}, hired {hired}{speaks}"
            )?;
        }
        list(f, "Presence", &self.presence)?;
        let flow = self.flow.map_or("no flow", |it| it.as_str());
        writeln!(f, "  the account should be {}; looked after by {flow}", self.standing.as_str())?;
        match &self.account {
            Some((id, status)) => writeln!(f, "Account: {id}, {status}")?,
            None => writeln!(f, "Account: none")?,
        }
        list(f, "Attributes", &self.attributes)?;
        list(f, "Groups", &self.groups)?;
        list(f, "Apps", &self.apps)?;
        writeln!(f, "Manager: {}", self.manager)?;
        list(f, "Holds", &self.holds)?;
        list(f, "Findings", &self.findings)?;
        match self.is_asked_first {
            true => writeln!(f, "Now, once it is approved (a vip hold asks for it):")?,
            false => writeln!(f, "Now:")?,
        }
        match &*self.plans {
            [] if self.is_held => writeln!(f, "  Nothing: the person is held by a finding.")?,
            [] => writeln!(f, "  Nothing to do.")?,
            plans => {
                for it in plans.iter().flat_map(|it| &it.actions) {
                    writeln!(f, "  {it}")?;
                }
            }
        }
        let due: Vec<_> =
            self.due.iter().map(|it| format!("{} = {}: {}", it.at, it.local, it.what)).collect();
        list(f, "Due next", &due)
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, what: &str, items: &[T]) -> fmt::Result {
    if items.is_empty() {
        return writeln!(f, "{what}: none");
    }
    writeln!(f, "{what}:")?;
    items.iter().try_for_each(|it| writeln!(f, "  {it}"))
}

impl Explanation {
    /// The explanation as one JSON object.
    pub fn to_json(&self) -> Json {
        let grants = |all: &[Grant]| -> Vec<Json> {
            let one = |it: &Grant| {
                json!({
                    "name": &*it.name,
                    "state": it.held.as_str(),
                    "rule": it.rule.as_ref().map(|it| &*it.0),
                    "filled_by_rule": it.is_filled_by_rule,
                })
            };
            all.iter().map(one).collect()
        };
        let attributes = self.attributes.iter().map(|it| {
            let (wish, wanted) = match &it.wish {
                Wish::Set(value) => ("set", value.to_json()),
                Wish::Clear => ("clear", Json::Null),
                Wish::Keep => ("keep", Json::Null),
            };
            json!({
                "name": &*it.name,
                "okta": it.now.as_ref().map(|it| it.to_json()),
                "wish": wish,
                "wanted": wanted,
                "rule": it.rule.as_ref().map(|it| &*it.0),
            })
        });
        let employments = self.employments.iter().enumerate().map(|(at, it)| {
            json!({
                "company": it.company.as_str(),
                "employee": it.employee.as_str(),
                "status": it.status.as_ref().map(|it| it.as_str()),
                "hired": it.hired.map(|it| it.to_string()),
                "is_primary": at == 0,
            })
        });
        let findings = self.findings.iter().map(|it| {
            json!({
                "severity": it.severity.to_string(),
                "code": it.code.as_str(),
                "detail": it.detail,
            })
        });
        let holds = self.holds.iter().map(|it| {
            json!({
                "kind": it.kind.as_str(),
                "owner": it.owner,
                "reason": it.reason,
                "since": it.since.to_string(),
                "until": it.until.map(|it| it.to_string()),
            })
        });
        let actions = self.plans.iter().flat_map(|it| &it.actions).map(ToString::to_string);
        json!({
            "as_of": self.as_of.to_string(),
            "person": self.person.as_str(),
            "login": self.login.as_ref().map(|it| it.as_str()),
            "employments": employments.collect::<Vec<_>>(),
            "presence": self.presence,
            "standing": self.standing.as_str(),
            "flow": self.flow.map(|it| it.as_str()),
            "account": self.account.as_ref().map(|(id, status)| {
                json!({ "id": id.as_str(), "status": status.as_str() })
            }),
            "attributes": attributes.collect::<Vec<_>>(),
            "groups": grants(&self.groups),
            "apps": grants(&self.apps),
            "manager": self.manager,
            "findings": findings.collect::<Vec<_>>(),
            "is_held": self.is_held,
            "holds": holds.collect::<Vec<_>>(),
            "is_asked_first": self.is_asked_first,
            "actions": actions.collect::<Vec<_>>(),
            "due": self
                .due
                .iter()
                .map(|it| json!({ "at": it.at.to_string(), "what": it.what }))
                .collect::<Vec<_>>(),
        })
    }
}
