//! Reasons not to believe a read.

use std::{collections::BTreeMap, fmt};

use super::Limits;
use crate::words::ids::CompanyId;

/// A reason not to believe what was read: nothing is planned at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// UKG answered, and nobody was in it.
    EmptyRoster,
    /// Sharply fewer employments than at the last good read.
    ShortRoster {
        /// Which company, or all together.
        company: Option<CompanyId>,
        /// At the last good read.
        before: usize,
        /// Now.
        now: usize,
        /// The percentage that is still believed.
        min_percent: u8,
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

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyRoster => write!(
                f,
                "UKG answered without a single employment. Nothing was planned. Check that the \
                 web service account still has View on Personnel Integration"
            ),
            Self::ShortRoster { company, before, now, min_percent } => {
                let company = company
                    .as_ref()
                    .map_or("all companies".to_owned(), |it| format!("company {it}"));
                write!(
                    f,
                    "UKG gave {now} employments for {company}; the last good read had {before}. \
                     Less than {min_percent} % is not believed, so nothing was planned. Check the \
                     account's access to companies in UKG; if HR really shrank, run once with \
                     --accept-roster {now}"
                )
            }
            Self::ShortOkta { linked, seen } => write!(
                f,
                "Okta showed {seen} of the {linked} accounts that Rollcall looks after. Nothing \
                 was planned. The usual cause: the API client has its scopes but lost its admin \
                 role, and Okta then answers with an empty list instead of an error"
            ),
            Self::MissingCanary { position } => write!(
                f,
                "Okta did not return user {position} of okta.protected.canaries. Nothing was \
                 planned. Check the admin role of the API client, or correct the list"
            ),
        }
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

/// Every reason not to believe a full roster. `accepted` is the total that a person has said to
/// be right, for this run only.
pub fn doubt_roster(
    counts: &BTreeMap<CompanyId, usize>,
    last: Option<&LastRoster>,
    limits: &Limits,
    accepted: Option<usize>,
) -> Vec<Doubt> {
    let now: usize = counts.values().sum();
    if now == 0 {
        return vec![Doubt::EmptyRoster];
    }
    if accepted == Some(now) {
        return Vec::new();
    }
    let min_percent = limits.roster_min_percent;
    let is_short = |before: usize, now: usize| now * 100 < before * usize::from(min_percent);
    let Some(last) = last else { return Vec::new() };
    let mut res = Vec::new();
    if is_short(last.total, now) {
        res.push(Doubt::ShortRoster { company: None, before: last.total, now, min_percent });
    }
    for (company, before) in &last.by_company {
        let now = counts.get(company).copied().unwrap_or(0);
        // A company of a handful can halve in a day; one that vanishes is always doubted.
        let is_tiny = *before < 10 && now > 0;
        if is_short(*before, now) && !is_tiny {
            let company = Some(company.clone());
            res.push(Doubt::ShortRoster { company, before: *before, now, min_percent });
        }
    }
    res
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
