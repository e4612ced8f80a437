//! Whom something happens to: anybody of whom it can be true.

use rand::{Rng, RngExt};

use crate::company::{Company, Employment, Person, Status, codes};

/// The chief executive and the vice presidents: chance leaves them alone.
const LEADERS: usize = 9;

impl Company {
    /// Somebody of whom that is true, by personId; everyone is equally likely to be asked first.
    pub(super) fn pick(
        &self,
        rng: &mut impl Rng,
        is_fit: impl Fn(&Person, &Employment) -> bool,
    ) -> Option<String> {
        let count = self.people.len().checked_sub(LEADERS).filter(|it| *it > 0)?;
        let from = rng.random_range(0..count);
        (0..count)
            .map(|it| &self.people[LEADERS + (from + it) % count])
            .find(|it| it.employment_on(self.today).is_some_and(|row| is_fit(it, row)))
            .map(|it| it.person_id.clone())
    }

    /// Whether nothing special is going on with that person: here, active, one live employment,
    /// nothing pending, nothing broken.
    pub(super) fn is_ordinary(&self, person: &Person, row: &Employment) -> bool {
        row.is_live_on(self.today)
            && row.status == Status::Active
            && row.termination.is_none()
            && row.flaw.is_none()
            && row.org[1].is_some()
            && person.employments.iter().filter(|it| !it.has_ended_by(self.today)).count() == 1
            && self.pending.iter().all(|it| it.person_id != person.person_id)
    }

    /// An ordinary person who is no contractor.
    pub(super) fn pick_employee(&self, rng: &mut impl Rng) -> Option<String> {
        self.pick(rng, |person, row| self.is_ordinary(person, row) && !row.is_contractor())
    }

    /// An ordinary contractor whose contract has an end.
    pub(super) fn pick_contractor(&self, rng: &mut impl Rng) -> Option<String> {
        self.pick(rng, |person, row| {
            self.is_ordinary(person, row)
                && row.is_contractor()
                && row.contracts.last().is_some_and(|it| it.end.is_some())
        })
    }

    /// Somebody who starts later.
    pub(super) fn pick_future(&self, rng: &mut impl Rng) -> Option<String> {
        self.pick(rng, |_, row| row.last_hire > self.today && row.termination.is_none())
    }

    /// Somebody with that status.
    pub(super) fn pick_status(&self, rng: &mut impl Rng, status: Status) -> Option<String> {
        self.pick(rng, |person, row| {
            row.status == status
                && row.termination.is_none()
                && self.pending.iter().all(|it| it.person_id != person.person_id)
        })
    }

    /// Somebody whose last day is still to come.
    pub(super) fn pick_leaving(&self, rng: &mut impl Rng) -> Option<String> {
        self.pick(rng, |person, row| {
            row.termination.as_ref().is_some_and(|it| it.date > self.today)
                && !row.is_transferred()
                && row.reason_is_ordinary()
                && person.employments.len() == 1
        })
    }

    /// Somebody who is gone for good and whom we would take back; gone at most so many days.
    pub(super) fn pick_gone(&self, rng: &mut impl Rng, at_most: i32) -> Option<String> {
        self.pick(rng, |person, row| {
            row.has_ended_by(self.today)
                && row.reason_is_ordinary()
                && person.employments.len() == 1
                && row
                    .termination
                    .as_ref()
                    .is_some_and(|it| (self.today - it.date).get_days() <= at_most)
        })
    }

    /// Somebody with a second live employment.
    pub(super) fn pick_double(&self, rng: &mut impl Rng) -> Option<String> {
        self.pick(rng, |person, _| {
            let is_live = |it: &&Employment| it.is_live_on(self.today) && it.termination.is_none();
            person.employments.iter().filter(is_live).count() > 1
                && person.employments.iter().filter(is_live).any(|it| !it.is_home)
        })
    }
}

impl Employment {
    fn reason_is_ordinary(&self) -> bool {
        self.termination.as_ref().is_some_and(|it| {
            it.ok_to_rehire && it.reason != codes::DECEASED && it.reason != codes::NO_SHOW
        })
    }
}

impl Company {
    /// A supervisor for somebody: now and then the supervisor's own, so that no cycle comes about.
    pub(super) fn a_boss_for(&self, who: &str, rng: &mut impl Rng) -> Option<String> {
        let boss_of = |id: &str| {
            let row = self.person(id)?.employment_on(self.today)?;
            Some(self.person_of(row.supervisor.as_deref()?)?.person_id.clone())
        };
        let boss = boss_of(who)?;
        let grand = boss_of(&boss).unwrap_or_else(|| boss.clone());
        // A colleague of the boss keeps the depth; reports of one's own are never among them.
        let peers: Vec<_> = self
            .people
            .iter()
            .take(self.people.len() / 8)
            .filter(|it| boss_of(&it.person_id).as_deref() == Some(grand.as_str()))
            .filter(|it| it.person_id != who)
            .filter(|it| it.employment_on(self.today).is_some_and(|r| r.is_live_on(self.today)))
            .map(|it| it.person_id.clone())
            .collect();
        if peers.is_empty() {
            return Some(grand);
        }
        Some(peers[rng.random_range(0..peers.len())].clone())
    }
}
