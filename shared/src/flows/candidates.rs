//! Whom a pass looks at.

use std::{collections::BTreeSet, sync::Arc};

use super::{Depth, Request, look::Lens, okta_side::Wanted};
use crate::words::{finding::Finding, flow::Flow, ids::PersonId, person::Person, shelf::Shelf};

/// Everybody whom a flow looks after and whose account is not known to be right. What each of them
/// should look like is worked out twice, here and when it is compared: kept in between, it would be
/// the largest thing in memory.
#[derive(Default)]
pub(super) struct Candidates {
    /// What is needed to find the account of each.
    pub(super) wanted: Shelf<Wanted>,
    /// The same people, by the ids that the roster lends: those in `wanted` are packed.
    pub(super) people: Vec<PersonId>,
    /// The names of every group that somebody should be in.
    pub(super) groups: BTreeSet<Arc<str>>,
    /// People who had left when last looked at, and work here now.
    pub(super) back: Vec<Person>,
    pub(super) findings: Vec<Finding>,
}

impl Candidates {
    /// `held` are left alone. A later pass looks at those alone whom the pass before has `touched`.
    pub(super) fn of(
        request: &Request,
        lens: &Lens<'_>,
        held: &BTreeSet<PersonId>,
        touched: Option<&BTreeSet<PersonId>>,
    ) -> Self {
        let mut res = Self::default();
        let interrupted = lens.memory.interrupted_people();
        let looks_at_all = match request.flow {
            Flow::OrgSync | Flow::MfaPolicy => true,
            Flow::Offboarding | Flow::NewHire | Flow::ProfileSync | Flow::Contractor => {
                request.depth == Depth::Everyone
            }
        };
        for person in lens.hr.roster.persons() {
            let is_asked_for = request.people.is_empty() || request.people.contains(&person.id);
            if !is_asked_for || held.contains(&person.id) {
                continue;
            }
            let is_candidate = match touched {
                None => lens.is_looked_at_by(request.flow, &person),
                Some(touched) => touched.contains(&person.id),
            };
            if !is_candidate {
                continue;
            }
            let look = match lens.look(&person, None) {
                Ok(look) => look,
                Err(problems) => {
                    res.findings.extend(problems);
                    continue;
                }
            };
            let is_first = touched.is_none();
            let must_look = is_first && (looks_at_all || interrupted.contains(&person.id));
            if !must_look && lens.memory.is_verified(&person.id, &look.fingerprint) {
                continue;
            }
            let facts = lens.facts(&person, look.boss.as_ref(), None);
            let strong = lens.policy.match_values(&facts);
            res.wanted.push(&Wanted::new(&look, lens.memory, strong));
            res.people.push(person.id.clone());
            if let Some(desired) = &look.desired {
                res.name(desired.groups.keys());
                res.name(desired.tier.iter().map(|it| &it.group));
            }
            if look.is_back() {
                res.back.push(person.clone());
            }
        }
        res
    }

    fn name<'n>(&mut self, groups: impl Iterator<Item = &'n Arc<str>>) {
        for it in groups {
            if !self.groups.contains(it) {
                self.groups.insert(it.clone());
            }
        }
    }
}
