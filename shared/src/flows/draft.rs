//! Works out everybody's part of a plan from what was read. It asks nobody anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    aim::{Aim, Aims, Leaving, Watch},
    look::{Lens, Look},
    okta_side::{OktaSide, Wanted},
};
use crate::{
    deciders::{
        accounts::{Match, Resemblance},
        lifecycle::{Before, Standing},
        plan::{self, Case, Kept, ManagerWish, PersonPlan},
        tiers,
    },
    words::{
        account::{Account, Provider, Status},
        action::{Action, ActionKind, Kind},
        finding::{Finding, FindingCode, Subject},
        ids::{Login, OktaUserId, PersonId},
        person::Person,
        shelf::Shelf,
    },
};

/// What one pass has worked out.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) parts: Vec<PersonPlan>,
    /// People for whom nothing needs doing.
    pub(super) settled: Vec<PersonId>,
    /// Accounts that turned out to be somebody's.
    pub(super) found: Vec<(PersonId, OktaUserId)>,
    pub(super) findings: Vec<Finding>,
    /// What each part leads to, for the ledger once Okta is seen to match it.
    pub(super) aims: Aims,
    /// The MFA tier each part leads to.
    pub(super) tiers: BTreeMap<PersonId, tiers::Known>,
    /// Since when a unit that a rule needs is blank, or that none is any more, where that is news.
    pub(super) blanks: BTreeMap<PersonId, Option<Timestamp>>,
    kept: BTreeMap<PersonId, Kept>,
    /// People whose suspension is ours though nothing remembers it.
    pub(super) ours: BTreeMap<PersonId, Before>,
    /// Whether changes of tier are all that is wanted, for the flow that looks at nothing else.
    pub(super) is_of_tiers: bool,
    /// Logins given away in this pass.
    chosen: BTreeSet<Login>,
    /// Accounts that strongly match somebody in this pass, and so resemble nobody else.
    claimed: BTreeSet<OktaUserId>,
}

impl Draft {
    /// A draft for everybody in `wanted`.
    ///
    /// `kept` is what people had before a departure that HR has taken back.
    pub(super) fn new(
        side: &OktaSide,
        wanted: &Shelf<Wanted>,
        kept: BTreeMap<PersonId, Kept>,
    ) -> Self {
        Self { claimed: claimed(side, wanted), kept, ..Self::default() }
    }

    /// People of whom nothing is left to do after all are settled, unless they are watched.
    pub(super) fn settle_empty(&mut self) {
        let aims = &self.aims;
        let settled = self.parts.extract_if(.., |it| it.actions.is_empty()).map(|it| it.person);
        self.settled.extend(settled.filter(|it| !aims.is_watched(it)));
    }

    /// Works out one person's part. `tombs` are logins that nobody may have yet.
    pub(super) fn add(
        &mut self,
        lens: &Lens<'_>,
        person: &Person,
        wanted: &Wanted,
        side: &OktaSide,
        tombs: &BTreeSet<Login>,
    ) {
        let mut look = match lens.look(person, None) {
            Ok(look) => look,
            Err(problems) => {
                self.findings.extend(problems);
                return;
            }
        };
        look.before = self.ours.get(&person.id).copied().or(look.before);
        let seen = match self.whose(lens, &look, wanted, side) {
            Whose::Account(account) => {
                if !lens.memory.is_linked_so(person, &account) {
                    self.found.push((person.id.clone(), account.id.clone()));
                }
                Some(side.with_memberships(account))
            }
            Whose::Nobody => None,
            Whose::Settled => return,
        };
        let account = seen.as_ref().map(|it| &it.account);
        let mut login = None;
        // Whoever is away from the first day and has no account gets it on the return.
        if account.is_none() && matches!(look.standing, Standing::Restricted(_)) {
            return;
        }
        if account.is_none() && look.desired.is_some() {
            login = wanted.logins.iter().find(|it| {
                !side.accounts.is_taken(it) && !tombs.contains(*it) && !self.chosen.contains(*it)
            });
            let Some(login) = login else {
                let detail =
                    format!("all {} logins that the policy allows are taken", wanted.logins.len());
                self.hold(person, FindingCode::NoFreeLogin, detail);
                return;
            };
            self.chosen.insert(login.clone());
        }
        let known = lens.memory.state(&person.id).map(|it| it.blank_since);
        if look.desired.is_some() && known.is_some_and(|it| it != look.blank_since) {
            self.blanks.insert(person.id.clone(), look.blank_since);
        }
        self.tell_borne(lens, &look);
        let rename_to = account.and_then(|it| self.rename(&look, &it.login, side, tombs));
        // An account may name its own login in its attributes: one to be made, and one that a run
        // made which was cut off before it could remember whose it is.
        let unlinked = account.filter(|_| lens.memory.link(&person.id).is_none());
        if let Some(own) = login.or(unlinked.map(|it| &it.login)) {
            match lens.look(person, Some(own)) {
                Ok(it) => look = Look { before: look.before, ..it },
                Err(problems) => {
                    self.findings.extend(problems);
                    return;
                }
            }
        }
        let look = &look;
        let manager = self.reachable_manager(lens, look, side);
        let known = lens.memory.state(&person.id);
        // Of an account that others made and nobody has verified, every group is by hand.
        let was_adopted = lens.memory.link(&person.id).is_some_and(|it| !it.created_by_us);
        let nothing = BTreeSet::new();
        let given = known.as_ref().and_then(|it| it.given.as_deref());
        let given = given.or(was_adopted.then_some(&nothing));
        let case = Case {
            person,
            standing: &look.standing,
            seen: seen.as_ref(),
            before: look.before,
            desired: look.desired.as_ref(),
            manager: &manager,
            free_login: login,
            rename_to: rename_to.as_ref(),
            given,
            key_attribute: &lens.policy.okta.key_attribute,
            kept: self.kept.get(&person.id),
            drift: lens.policy.lifecycle.drift,
            reconcile: lens.policy.reconcile,
            archives: lens.policy.contractors.archives,
        };
        let (part, findings) = plan::plan(&case, &side.directory);
        // Somebody else's decision, or a status that is in the way, stands against HR.
        let is_open = findings
            .iter()
            .any(|it| matches!(it.code, FindingCode::Drift | FindingCode::StuckStatus));
        let stays_open = findings.iter().any(|it| it.code == FindingCode::StartMoved);
        self.findings.extend(findings);
        // Groups and apps were not looked at, so nobody is known to be in line with them.
        if self.is_of_tiers {
            // Whom others have closed was not moved between tiers.
            let tier = look.tier().filter(|_| !is_open);
            self.tiers.extend(tier.map(|it| (person.id.clone(), it)));
            self.keep_tier(part);
            return;
        }
        let will_be = rename_to.as_ref().or(login).or(account.map(|it| &it.login));
        let unmade = side.directory.unmade();
        let mut groups = look.desired.iter().flat_map(|it| it.groups.keys());
        let lacks_group =
            lens.policy.reconcile.create_groups && groups.any(|it| unmade.contains_key(it));
        let watch = match (is_open, lacks_group) {
            (true, _) => Watch::Open,
            (false, true) => Watch::LacksGroup,
            (false, false) => Watch::No,
        };
        let leaving = Leaving {
            seen: seen.as_ref(),
            known: known.as_ref(),
            as_of: lens.as_of,
            stays_open,
            has_own_login: look.desired.is_some()
                && will_be.is_some_and(|it| lens.is_by_policy(look, it)),
            watch,
        };
        let aim = Aim::of(look, &side.directory, &leaving);
        // Most people of a large company: nothing to do, and nothing to write down.
        if part.actions.is_empty() && aim.is_known(lens.memory, &person.id) {
            return;
        }
        self.aims.insert(person.id.clone(), &aim);
        if !part.actions.is_empty() {
            self.parts.push(part);
        } else if !is_open {
            self.settled.push(person.id.clone());
        }
    }

    /// Keeps the change of tier alone. An account that is about to be opened gets its tier with the
    /// rest.
    fn keep_tier(&mut self, mut part: PersonPlan) {
        let is_opened = part.has(Kind::Unsuspend) || part.has(Kind::Reactivate);
        part.actions.retain(|it| matches!(it.kind, ActionKind::SetTier(_)));
        if !is_opened && !part.actions.is_empty() {
            self.parts.push(part);
        }
    }

    /// Says how long a blank in HR's record is borne (hr-case 29).
    fn tell_borne(&mut self, lens: &Lens<'_>, look: &Look<'_>) {
        let (Some(desired), Some(since)) = (&look.desired, look.blank_since) else { return };
        let until = lens.policy.hr.blanks_borne_until(since);
        let until = until.to_zoned_datetime(look.person.primary().zone.clone()).date();
        let rules = desired.unclear.borne.iter().map(|it| &*it.0).collect::<Vec<_>>().join(", ");
        self.findings.push(Finding::warning(
            Subject::Person(look.person.id.clone()),
            FindingCode::MissingAttribute,
            format!(
                "{rules}: HR leaves the unit blank, or names one that its own tables do not have; \
                 what it gave is kept until {until}, and then nothing of this person is touched; \
                 complete the record in HR"
            ),
        ));
    }

    /// The login an account gets because the name has changed: the first that is free.
    fn rename(
        &mut self,
        look: &Look<'_>,
        has: &Login,
        side: &OktaSide,
        tombs: &BTreeSet<Login>,
    ) -> Option<Login> {
        if look.renames.is_empty() || look.renames.contains(has) {
            return None;
        }
        let free = look.renames.iter().find(|it| {
            !side.accounts.is_taken(it) && !tombs.contains(*it) && !self.chosen.contains(*it)
        });
        let Some(free) = free else {
            self.findings.push(Finding::warning(
                Subject::Person(look.person.id.clone()),
                FindingCode::NoFreeLogin,
                format!(
                    "has a new name, and all {} logins that the policy makes of it are taken; the \
                     login stays",
                    look.renames.len()
                ),
            ));
            return None;
        };
        self.chosen.insert(free.clone());
        Some(free.clone())
    }

    /// The manager, unless the manager's account turns out to be closed.
    fn reachable_manager(
        &mut self,
        lens: &Lens<'_>,
        look: &Look<'_>,
        side: &OktaSide,
    ) -> ManagerWish {
        let account = look
            .manager
            .person
            .as_ref()
            .and_then(|it| side.accounts.get(&lens.memory.link(it)?.user));
        if account.is_none_or(|it| it.status != Status::Deprovisioned) {
            return look.manager.clone();
        }
        self.findings.push(Finding::warning(
            Subject::Person(look.person.id.clone()),
            FindingCode::ManagerUnresolved,
            "the manager's account is deactivated in Okta, so it is not written",
        ));
        ManagerWish::default()
    }

    fn hold(&mut self, person: &Person, code: FindingCode, detail: impl Into<String>) {
        self.findings.push(Finding::held(Subject::Person(person.id.clone()), code, detail));
    }

    /// The account that is this person's to change, if there is one.
    fn whose(
        &mut self,
        lens: &Lens<'_>,
        look: &Look<'_>,
        wanted: &Wanted,
        side: &OktaSide,
    ) -> Whose {
        let person = look.person;
        let key = &lens.policy.okta.key_attribute;
        let (code, detail) = match wanted.find(side) {
            Match::Ours(account) if !is_protected(lens, &account) => {
                return Whose::Account(account);
            }
            Match::Ours(account) => (
                FindingCode::Protected,
                format!("user {} is protected by okta.protected; nothing is changed", account.id),
            ),
            Match::Strong { account, by } => {
                self.adopt(lens, look, &account, by);
                return Whose::Settled;
            }
            Match::Resembles(alike) => {
                let unclaimed = alike.iter().find(|it| !self.claimed.contains(&it.account.id));
                let Some(Resemblance { account, by }) = unclaimed else { return Whose::Nobody };
                let detail = format!(
                    "user {} has the {by} of this person, and nothing else proves that it is the \
                     same human. If it is, set {key} of that user to {}; if not, set it to the \
                     id of the person whose account it is, or change its {by}",
                    account.id, person.id
                );
                (FindingCode::AdoptionCandidate, detail)
            }
            Match::Several(users) => {
                let users: Vec<_> = users.iter().map(ToString::to_string).collect();
                let users = users.join(", ");
                let detail = format!("users {users} all claim to be this person; keep one");
                (FindingCode::TwoAccounts, detail)
            }
            Match::Stolen(account) => (
                FindingCode::TwoAccounts,
                format!("user {} now carries another person's key", account.id),
            ),
            Match::Nobody if wanted.linked.is_some() => (
                FindingCode::Drift,
                "the account that Rollcall looked after is not in Okta any more".to_owned(),
            ),
            Match::Nobody => return Whose::Nobody,
        };
        self.hold(person, code, detail);
        Whose::Settled
    }

    /// The first touch of an account that somebody else made is the link and nothing else.
    fn adopt(&mut self, lens: &Lens<'_>, look: &Look<'_>, account: &Account, by: Arc<str>) {
        let person = look.person.id.clone();
        if let Provider::Elsewhere(source) = &account.provider {
            let key = &lens.policy.okta.key_attribute;
            let detail = format!(
                "user {} matches by {by} and is mastered by {source}, so Rollcall cannot write the \
                 key to it; map {key} in that source to {person}, or set it there",
                account.id
            );
            self.hold(look.person, FindingCode::MasteredElsewhere, detail);
            return;
        }
        // Whoever is away is still one of us.
        if matches!(look.standing, Standing::Out { .. }) {
            self.findings.push(Finding::warning(
                Subject::Person(person),
                FindingCode::AdoptionCandidate,
                format!(
                    "has left, and user {} ({}) matches by {by} without being looked after by \
                     Rollcall; nothing is changed",
                    account.id, account.status
                ),
            ));
            return;
        }
        let action = Action {
            person: person.clone(),
            user: Some(account.id.clone()),
            kind: ActionKind::Adopt { matched_by: by },
            cause: "".into(),
        };
        self.parts.push(PersonPlan {
            person,
            user: Some(account.id.clone()),
            login: Some(account.login.clone()),
            status: Some(account.status),
            standing: look.standing.kind(),
            because: "the account was there before Rollcall".to_owned(),
            actions: vec![action],
        });
    }
}

/// Whose account it is, as far as planning needs to know.
enum Whose {
    /// This one.
    Account(Account),
    /// There is none.
    Nobody,
    /// All that can be done has been said.
    Settled,
}

/// Accounts that strongly match somebody.
fn claimed(side: &OktaSide, wanted: &Shelf<Wanted>) -> BTreeSet<OktaUserId> {
    let found = wanted.iter().filter_map(|it| match it.find(side) {
        Match::Strong { account, .. } => Some(account.id.clone()),
        Match::Ours(_)
        | Match::Resembles(_)
        | Match::Several(_)
        | Match::Stolen(_)
        | Match::Nobody => None,
    });
    found.collect()
}

fn is_protected(lens: &Lens<'_>, account: &Account) -> bool {
    let okta = &lens.policy.okta;
    let names = [account.login.as_str(), account.id.as_str()];
    names.iter().any(|it| okta.protected_users.contains(*it) || okta.canaries.contains(*it))
}
