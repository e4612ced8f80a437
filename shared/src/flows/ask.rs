//! Which steps of a plan may be taken, and which wait for a person's word.

use std::collections::BTreeSet;

use super::{
    Error,
    aim::Aims,
    census,
    held::Desk,
    look::Lens,
    pipeline::Run,
    protection,
    toll::{self, Toll},
};
use crate::{
    deciders::{
        guard::{self, Measure, Objection, Parted},
        plan::{Directory, PersonPlan, Plan},
    },
    words::{action::Action, ids::PersonId},
};

/// A step as [`super::pass::Passes`] knows it, whatever the account's status is by then.
pub(super) fn known_by(action: &Action) -> (PersonId, String) {
    (action.person.clone(), format!("{:?}", action.kind))
}

impl Run<'_> {
    /// Leaves out the steps that wait since an earlier pass, and those that are switched off.
    pub(super) fn withhold(
        &mut self,
        parts: &mut Vec<PersonPlan>,
        aims: &mut Aims,
        waiting: &BTreeSet<(PersonId, String)>,
    ) {
        let mut waits = BTreeSet::new();
        for part in &mut *parts {
            let before = part.actions.len();
            part.actions.retain(|it| !waiting.contains(&known_by(it)));
            if part.actions.len() < before {
                waits.insert(part.person.clone());
            }
        }
        aims.retain(|it| !waits.contains(it));
        for it in self.office.policy.modes.withhold(parts) {
            // Somebody of whom a step is switched off is not in line.
            aims.retain(|person| Some(person) != it.person.as_ref());
            if !self.report.off.contains(&it) {
                self.report.off.push(it);
            }
        }
    }

    /// Parts the plan into what may be done and what waits for a person's word.
    pub(super) async fn ask(
        &mut self,
        lens: &Lens<'_>,
        directory: &Directory,
        desk: &Desk,
        mut plan: Plan,
        asks: Vec<Objection>,
    ) -> Result<Parted, Error> {
        let Lens { policy, hr, memory, .. } = *lens;
        let reader = self.office.okta.reader();
        let mut census = census::census(&plan, lens, directory, policy.limits.group_shrinks);
        census::find_apps(&reader, &mut census).await?;
        let told = &mut self.report.findings;
        let protected = protection::objections(&reader, policy, directory, &plan, told).await?;
        let waiting = match self.request.people.is_empty() {
            true => Vec::new(),
            false => desk.objections(&plan.people),
        };
        let (known, companies) = match plan.is_empty() {
            true => Default::default(),
            false => (memory.verified_people(), toll::staffs(self.office, hr)),
        };
        let supervised = policy.supervised();
        loop {
            let toll = match plan.is_empty() {
                true => Toll::default(),
                false => Toll::read(self.office, self.request).await?,
            };
            let measure = Measure {
                limits: &policy.limits,
                roster: hr.roster.ids().len(),
                companies: &companies,
                known: &known,
                done: &toll.tally,
                findings: &self.report.findings,
                census: &census,
                supervised: &supervised,
                approved: desk.steps(),
            };
            guard::separate(&mut plan, measure);
            let reviewed = guard::review(&plan, measure);
            let objections = [asks.clone(), protected.clone(), reviewed, waiting.clone()].concat();
            let tally = guard::tally(&plan, &objections, measure);
            // Another run was faster: what it is about to do counts for us, too.
            if let Some(lease) = self.lease
                && !toll.add(self.office, self.request, lease, &tally).await?
            {
                continue;
            }
            return Ok(guard::part(plan, &objections, desk.steps()));
        }
    }
}
