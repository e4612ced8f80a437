//! Reasons not to believe a read.
//!
//! Most stop everything. Some are about a part that can be left alone: a company, or whoever has
//! lost a column. Each can be overruled for one run by whoever has looked, in the words that the
//! doubt itself gives: they name what was seen, so that they are of no use to another read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::Limits;
use crate::words::ids::CompanyId;

/// A reason not to believe what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// UKG answered, and nobody was in it.
    EmptyRoster,
    /// Sharply fewer employments than at the last good read.
    ShortRoster {
        /// At the last good read.
        before: usize,
        /// Now.
        now: usize,
        /// The percentage that is still believed.
        min_percent: u8,
        /// The companies that are short by themselves: employments before and now.
        companies: BTreeMap<CompanyId, (usize, usize)>,
    },
    /// Sharply fewer employments of one company.
    ShortCompany {
        /// Which one.
        company: CompanyId,
        /// At the last good read.
        before: usize,
        /// Now.
        now: usize,
        /// The percentage that is still believed.
        min_percent: u8,
    },
    /// Columns are blank for many who had something in them.
    LostColumns {
        /// Which, as the policy calls them: several that the same people have lost at once, since
        /// a place without its code has no city either.
        columns: BTreeSet<String>,
        /// How many of a hundred people had something in it at the last good read.
        before: usize,
        /// How many of a hundred have now.
        now: usize,
        /// For how many people it is blank now.
        blank: usize,
    },
    /// The credentials lead to another tenant than last time.
    OtherTenant {
        /// Whose.
        side: Side,
        /// Which tenant it was.
        before: String,
        /// Which it is.
        now: String,
    },
    /// Okta answered with sharply fewer of the accounts that are known to be linked.
    ShortOkta {
        /// Known to be linked.
        linked: usize,
        /// Of these, seen now.
        seen: usize,
    },
    /// A user who must be there was not.
    MissingCanary {
        /// The place in `okta.protected.canaries`, from 1; the login itself is not repeated.
        position: usize,
    },
}

/// Whose tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// UKG's.
    Ukg,
    /// Okta's.
    Okta,
}

impl Doubt {
    /// Whether nothing is done at all because of it. Otherwise some people are left alone.
    pub fn stops_everything(&self) -> bool {
        match self {
            Self::ShortCompany { .. } | Self::LostColumns { .. } => false,
            Self::EmptyRoster
            | Self::ShortRoster { .. }
            | Self::OtherTenant { .. }
            | Self::ShortOkta { .. }
            | Self::MissingCanary { .. } => true,
        }
    }

    /// What a person writes after `--accept` to overrule it once: what was seen.
    pub fn token(&self) -> String {
        match self {
            Self::EmptyRoster => "roster=0".to_owned(),
            Self::ShortRoster { now, .. } => format!("roster={now}"),
            Self::ShortCompany { company, now, .. } => format!("company:{company}={now}"),
            Self::LostColumns { columns, blank, .. } => {
                format!("blank:{}={blank}", joined(columns, ","))
            }
            Self::OtherTenant { side: Side::Ukg, now, .. } => format!("ukg={now}"),
            Self::OtherTenant { side: Side::Okta, now, .. } => format!("okta={now}"),
            Self::ShortOkta { linked, seen } => format!("accounts={seen}/{linked}"),
            Self::MissingCanary { position } => format!("canary={position}"),
        }
    }

    /// Whether somebody has overruled it.
    pub fn is_accepted(&self, accepted: &BTreeSet<String>) -> bool {
        accepted.contains(&self.token())
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyRoster => write!(
                f,
                "UKG answered without a single employment. Nothing was planned. Check that the \
                 web service account still has View on Personnel Integration; if nobody works there \
                 any more, which takes no access from anybody"
            )?,
            Self::ShortRoster { before, now, min_percent, companies } => {
                write!(f, "UKG gave {now} employments; the last good read had {before}")?;
                for (at, (company, (before, now))) in companies.iter().enumerate() {
                    let comma = if at == 0 { " (" } else { ", " };
                    write!(f, "{comma}company {company} {now} of {before}")?;
                }
                let end = if companies.is_empty() { "" } else { ")" };
                write!(
                    f,
                    "{end}. Less than {min_percent} % is not believed, so nothing was planned. \
                     Check the account's access to companies in UKG; if HR really shrank"
                )?;
            }
            Self::ShortCompany { company, before, now, min_percent } => write!(
                f,
                "UKG gave {now} employments for company {company}; the last good read had \
                 {before}. Less than {min_percent} % is not believed, so nothing is changed for \
                 its people, and nobody of any company is taken for a leaver: the missing rows \
                 may say that they still work there. Everything else goes on. Check the account's \
                 access to this company in UKG; if it really shrank"
            )?,
            Self::LostColumns { columns, before, now, blank } => write!(
                f,
                "{} filled in for {now} of 100 people; at the last good read it was for {before}. \
                 The {blank} people without are left alone, except for leavers; everybody else \
                 goes on. Ask HR what became of it, and whether the web service account may still \
                 view it; if it is meant to be blank",
                match columns.len() {
                    1 => format!("worker.{} is", joined(columns, "")),
                    _ => format!("worker.{} are", joined(columns, ", worker.")),
                }
            )?,
            Self::OtherTenant { side, before, now } => {
                let (side, file) = match side {
                    Side::Ukg => ("UKG tenant", "base_url and customer_api_key"),
                    Side::Okta => ("Okta org", "org_url"),
                };
                write!(
                    f,
                    "this is another {side} than last time: {now} instead of {before}. Nothing \
                     was planned. Check {file} in the credentials, and whether this ledger is \
                     that tenant's; if the tenant has moved"
                )?;
            }
            Self::ShortOkta { linked, seen } => write!(
                f,
                "Okta showed {seen} of the {linked} accounts that Rollcall looks after. Nothing \
                 was planned. The usual cause: the API client has its scopes but lost its admin \
                 role, and Okta then answers with an empty list instead of an error. If somebody \
                 really deleted them"
            )?,
            Self::MissingCanary { position } => write!(
                f,
                "Okta did not return user {position} of okta.protected.canaries. Nothing was \
                 planned. Check the admin role of the API client, or correct the list; if that \
                 user is meant to be gone"
            )?,
        }
        write!(f, ", run once with --accept {}", self.token())
    }
}

/// Employment counts of the last full read that was believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastRoster {
    /// All companies together.
    pub total: usize,
    /// By company.
    pub by_company: BTreeMap<CompanyId, usize>,
}

/// Whether `now` is so much less than `before` that it is not believed.
fn is_short(before: usize, now: usize, min_percent: u8) -> bool {
    now * 100 < before * usize::from(min_percent)
}

/// Every reason not to believe a full roster, by its size. One company that is short is left alone;
/// when the rest is short as well, or is the smaller part, nothing is believed.
pub fn doubt_roster(
    counts: &BTreeMap<CompanyId, usize>,
    last: Option<&LastRoster>,
    limits: &Limits,
) -> Vec<Doubt> {
    let now: usize = counts.values().sum();
    if now == 0 {
        return vec![Doubt::EmptyRoster];
    }
    let min_percent = limits.roster_min_percent;
    let Some(last) = last else { return Vec::new() };
    let mut short = BTreeMap::new();
    for (company, before) in &last.by_company {
        let now = counts.get(company).copied().unwrap_or(0);
        // A company of a handful can halve in a day; one that vanishes is always doubted.
        let is_tiny = *before < 10 && now > 0;
        if is_short(*before, now, min_percent) && !is_tiny {
            short.insert(company.clone(), (*before, now));
        }
    }
    let (lost, left) = short.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    let rest = last.total.saturating_sub(lost);
    if is_short(rest, now - left, min_percent) || lost > rest {
        let before = last.total;
        return vec![Doubt::ShortRoster { before, now, min_percent, companies: short }];
    }
    let short = short.into_iter();
    let short = short.map(|(company, (before, now))| Doubt::ShortCompany {
        company,
        before,
        now,
        min_percent,
    });
    short.collect()
}

/// How many people have something in each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// People at all.
    pub people: usize,
    /// By column.
    pub filled: BTreeMap<String, usize>,
}

/// Fewer people than this may lose a column at once without anybody being told: an attribute that
/// hardly anybody has comes and goes.
const FEW: usize = 5;

/// Columns that are blank for many who had something in them at the last good read.
pub fn doubt_columns(now: &Columns, last: &Columns, limits: &Limits) -> Vec<Doubt> {
    if last.people == 0 || now.people == 0 {
        return Vec::new();
    }
    let mut lost: BTreeMap<(usize, usize, usize), BTreeSet<String>> = BTreeMap::new();
    for (column, before) in &last.filled {
        let Some(filled) = now.filled.get(column).copied() else { continue };
        // As many as would have it if nothing but the number of people had changed.
        let expected = before * now.people / last.people;
        let is_lost = is_short(expected, filled, limits.column_min_percent)
            && FEW <= expected.saturating_sub(filled);
        if is_lost {
            let percent = (before * 100 / last.people, filled * 100 / now.people);
            let blank = now.people - filled;
            lost.entry((percent.0, percent.1, blank)).or_default().insert(column.clone());
        }
    }
    let lost = lost.into_iter();
    lost.map(|((before, now, blank), columns)| Doubt::LostColumns { columns, before, now, blank })
        .collect()
}

fn joined(names: &BTreeSet<String>, between: &str) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(between)
}

/// The tenants that a ledger belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenants {
    /// UKG's.
    pub ukg: String,
    /// Okta's.
    pub okta: String,
}

/// Whether these are the tenants that were read last time: a ledger of one company says nothing
/// about another, and test data must never reach the real org (hr-case 40).
pub fn doubt_tenants(now: &Tenants, last: &Tenants) -> Vec<Doubt> {
    let sides = [(Side::Ukg, &last.ukg, &now.ukg), (Side::Okta, &last.okta, &now.okta)].into_iter();
    let others = sides.filter(|(_, before, now)| before != now);
    others
        .map(|(side, before, now)| Doubt::OtherTenant {
            side,
            before: before.clone(),
            now: now.clone(),
        })
        .collect()
}

/// How Okta was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// By lists, which a lost admin role silently shortens (reference/okta.md, item 1).
    Lists,
    /// One user after the other: each one that is missing was said to be missing.
    OneByOne,
}

/// Users looked at one by one who may all be missing: somebody deleted them. Not one of more than
/// these being there is no accident.
const MAY_ALL_BE_GONE: usize = 2;

/// Every reason not to believe what Okta showed. `missing_canaries` are the places, from 1, of
/// the canaries that were not there.
pub fn doubt_okta(
    sight: Sight,
    linked: usize,
    seen: usize,
    missing_canaries: &[usize],
    limits: &Limits,
) -> Vec<Doubt> {
    let mut res = Vec::new();
    let is_short = match sight {
        Sight::Lists => seen * 100 < linked * usize::from(limits.okta_min_percent),
        Sight::OneByOne => seen == 0 && linked > MAY_ALL_BE_GONE,
    };
    if is_short {
        res.push(Doubt::ShortOkta { linked, seen });
    }
    res.extend(missing_canaries.iter().map(|it| Doubt::MissingCanary { position: *it }));
    res
}
