//! Groups, their members, and the rules that fill them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Bound, RangeBounds},
};

use serde_json::{Map, Value};

use super::{
    error::Problem,
    expression::Expression,
    ids::Id,
    model::{Group, GroupKind, Rule, Source, Status},
    org::Org,
};

/// A rule leaves at most this many users alone; the next removal has nowhere to go.
const MOST_EXCLUSIONS: usize = 100;

impl Org {
    pub(crate) fn insert_group(&mut self, id: Id, kind: GroupKind, profile: Map<String, Value>) {
        let now = self.now();
        let group = Group {
            id: id.clone(),
            kind,
            profile,
            members: BTreeMap::new(),
            apps: BTreeSet::new(),
            created: now,
            last_updated: now,
            last_membership_updated: now,
        };
        self.group_names.insert(group.name().to_owned(), id.clone());
        self.groups.insert(id, group);
    }

    /// A group by id.
    pub(crate) fn group(&self, id: &str) -> Result<&Group, Problem> {
        self.groups.get(id).ok_or_else(|| Problem::not_found(id, "UserGroup"))
    }

    /// A group whose members and profile may be changed here.
    pub(crate) fn open_group(&self, id: &str) -> Result<Id, Problem> {
        let group = self.group(id)?;
        match group.kind {
            GroupKind::Okta => Ok(group.id.clone()),
            // 501 E0000060 before 2026.04.
            GroupKind::App | GroupKind::BuiltIn => Err(Problem::forbidden()),
        }
    }

    /// Puts a user into a group by hand. Doing it again changes nothing and is not refused
    /// (relied on everywhere, documented nowhere).
    pub(crate) fn add_member(&mut self, group: &Id, user: &Id) -> Result<(), Problem> {
        if self.users[user].status == Status::Deprovisioned {
            // That it is refused is a third party's word; with which code nobody says.
            return Err(Problem::wrong_status());
        }
        if self.groups[group].members.contains_key(user) {
            return Ok(());
        }
        self.join(group, user, Source::Direct);
        self.note(
            "group.user_membership.add",
            vec![("User", user.clone()), ("UserGroup", group.clone())],
        );
        Ok(())
    }

    /// Takes a user out of a group.
    ///
    /// When rules put the user there this succeeds all the same, and each of these rules leaves
    /// the user alone from then on: nobody notices until the person needs the group again.
    pub(crate) fn remove_member(&mut self, group: &Id, user: &Id) -> Result<(), Problem> {
        let Some(source) = self.groups[group].members.get(user).cloned() else { return Ok(()) };
        if let Source::Rules(rules) = source {
            for rule in &rules {
                let Some(rule) = self.rules.get_mut(rule) else { continue };
                if rule.excluded.len() >= MOST_EXCLUSIONS {
                    // The limit is documented, the answer is not.
                    return Err(Problem::new(400, "E0000093", "Target count limit exceeded"));
                }
                rule.excluded.insert(user.clone());
            }
            self.note(
                "group.user_membership.rule.add_exclusion",
                vec![("User", user.clone()), ("UserGroup", group.clone())],
            );
        }
        self.leave(group, user);
        self.note(
            "group.user_membership.remove",
            vec![("User", user.clone()), ("UserGroup", group.clone())],
        );
        Ok(())
    }

    /// Keeps what lists go on showing of a membership that is about to change.
    fn keep_unseen(&mut self, group: &Id, user: &Id) {
        let lag = self.options.member_lag_calls as u64;
        if lag == 0 || self.actor.is_none() {
            return;
        }
        let (calls, was_in) = (self.calls, self.has_member(group, user));
        let unseen = self.unseen_members.entry((group.clone(), user.clone()));
        let unseen = unseen.or_insert((0, was_in));
        if unseen.0 <= calls {
            unseen.1 = was_in;
        }
        unseen.0 = calls + lag;
    }

    fn has_member(&self, group: &Id, user: &Id) -> bool {
        self.groups.get(group).is_some_and(|it| it.members.contains_key(user))
    }

    /// The changes that lists do not show yet: group, user, and whether the user was in it.
    fn unseen(&self) -> impl Iterator<Item = (&Id, &Id, bool)> {
        let unseen = self.unseen_members.iter().filter(|(_, (until, _))| self.calls < *until);
        unseen.map(|((group, user), (_, was_in))| (group, user, *was_in))
    }

    /// The groups in which a list shows a user.
    pub(crate) fn shown_groups(&self, user: &Id) -> BTreeSet<&Id> {
        let unseen = self.unseen().filter(|(_, it, _)| *it == user);
        as_before(
            self.users[user].groups.iter().collect(),
            unseen.map(|(group, _, was_in)| (group, was_in)),
        )
    }

    /// The users whom a list shows in a group, as far as they are in `range`.
    pub(crate) fn shown_members<'a>(
        &'a self,
        group: &'a Id,
        range: (Bound<Id>, Bound<Id>),
    ) -> Box<dyn Iterator<Item = &'a Id> + 'a> {
        let unseen = self.unseen().filter(|(it, user, _)| *it == group && range.contains(*user));
        let mut unseen = unseen.map(|(_, user, was_in)| (user, was_in)).peekable();
        let members = self.groups[group].members.range(range.clone()).map(|(user, _)| user);
        // A page of a large group need not know the others.
        if unseen.peek().is_none() {
            return Box::new(members);
        }
        Box::new(as_before(members.collect(), unseen).into_iter())
    }

    /// Membership and what it gives, without a look at who may do so.
    pub(crate) fn join(&mut self, group: &Id, user: &Id, source: Source) {
        self.keep_unseen(group, user);
        let now = self.now();
        let Some(group) = self.groups.get_mut(group) else { return };
        group.members.insert(user.clone(), source);
        group.last_membership_updated = now;
        let group_id = group.id.clone();
        let apps: Vec<Id> = group.apps.iter().cloned().collect();
        if let Some(it) = self.users.get_mut(user) {
            it.groups.insert(group_id);
        }
        for app in apps {
            self.grant_app(&app, user);
        }
    }

    fn leave(&mut self, group: &Id, user: &Id) {
        self.keep_unseen(group, user);
        let now = self.now();
        let Some(group) = self.groups.get_mut(group) else { return };
        group.members.remove(user);
        group.last_membership_updated = now;
        let apps: Vec<Id> = group.apps.iter().cloned().collect();
        let group_id = group.id.clone();
        if let Some(it) = self.users.get_mut(user) {
            it.groups.remove(&group_id);
        }
        for app in apps {
            self.review_app(&app, user);
        }
    }

    /// Removes a group: its memberships, what it gave, and its place in rules.
    pub(crate) fn erase_group(&mut self, id: &Id) {
        let members: Vec<Id> = self.groups[id].members.keys().cloned().collect();
        for user in &members {
            self.leave(id, user);
        }
        let Some(group) = self.groups.remove(id) else { return };
        self.group_names.remove(group.name());
        for app in &group.apps {
            if let Some(app) = self.apps.get_mut(app) {
                app.groups.remove(id);
            }
        }
        for rule in self.rules.values_mut() {
            rule.groups.retain(|it| it != id);
        }
        self.note("group.lifecycle.delete", vec![("UserGroup", id.clone())]);
    }

    /// Lets every active rule look at one user. Deactivation does not come through here.
    pub(crate) fn apply_rules(&mut self, user: &Id) {
        let rules: Vec<Id> =
            self.rules.values().filter(|it| it.is_active).map(|it| it.id.clone()).collect();
        for rule in rules {
            self.apply_rule(&rule, user);
        }
    }

    fn apply_rule(&mut self, rule: &Id, user: &Id) {
        let Rule { condition, groups, excluded, .. } = &self.rules[rule];
        let it = &self.users[user];
        let on_staged = self.options.unconfirmed.rules_act_on_staged;
        let is_reached = match it.status {
            Status::Deprovisioned => return,
            Status::Staged => on_staged,
            Status::Provisioned
            | Status::Active
            | Status::Recovery
            | Status::PasswordExpired
            | Status::LockedOut
            | Status::Suspended => true,
        };
        let belongs = is_reached && condition.holds(&it.profile) && !excluded.contains(user);
        for group in groups.clone() {
            let source = self.groups.get(&group).and_then(|it| it.members.get(user)).cloned();
            match (belongs, source) {
                // A membership by hand becomes the rule's as soon as the rule applies.
                (true, None | Some(Source::Direct)) => {
                    self.join(&group, user, Source::Rules(BTreeSet::from([rule.clone()])));
                }
                (true, Some(Source::Rules(mut rules))) => {
                    if rules.insert(rule.clone()) {
                        self.set_source(&group, user, Source::Rules(rules));
                    }
                }
                (false, Some(Source::Rules(mut rules))) => {
                    if rules.remove(rule) && rules.is_empty() {
                        self.leave(&group, user);
                    } else {
                        self.set_source(&group, user, Source::Rules(rules));
                    }
                }
                (false, None | Some(Source::Direct)) => {}
            }
        }
    }

    fn set_source(&mut self, group: &Id, user: &Id, source: Source) {
        if let Some(group) = self.groups.get_mut(group) {
            group.members.insert(user.clone(), source);
        }
    }

    /// Makes an inactive rule.
    pub(crate) fn insert_rule(
        &mut self,
        name: &str,
        expression: &str,
        groups: Vec<Id>,
        excluded: BTreeSet<Id>,
    ) -> Result<Id, Problem> {
        let condition = Expression::parse(expression)
            .map_err(|_| Problem::invalid("rule", "Invalid expression"))?;
        if name.is_empty() || name.chars().count() > 50 {
            return Err(Problem::invalid("name", "name: The field must have 1 to 50 characters"));
        }
        if groups.is_empty() || groups.len() > 100 || excluded.len() > MOST_EXCLUSIONS {
            return Err(Problem::invalid("rule", "Too few or too many targets or exclusions"));
        }
        for group in &groups {
            self.open_group(group)?;
        }
        let id = self.ids.next("0pr");
        let now = self.now();
        let rule = Rule {
            id: id.clone(),
            name: name.to_owned(),
            expression: expression.to_owned(),
            condition,
            groups,
            excluded,
            is_active: false,
            created: now,
            last_updated: now,
        };
        self.rules.insert(id.clone(), rule);
        Ok(id)
    }

    /// Turns a rule on, and lets it look at everybody.
    pub(crate) fn activate_rule(&mut self, id: &Id) {
        let now = self.now();
        let Some(rule) = self.rules.get_mut(id) else { return };
        rule.is_active = true;
        rule.last_updated = now;
        let users: Vec<Id> = self.users.keys().cloned().collect();
        for user in users {
            self.apply_rule(id, &user);
        }
    }

    /// Turns a rule off. The members it brought stay.
    pub(crate) fn deactivate_rule(&mut self, id: &Id) {
        let now = self.now();
        let Some(rule) = self.rules.get_mut(id) else { return };
        rule.is_active = false;
        rule.last_updated = now;
    }

    /// Removes a rule; its members stay as if put there by hand, or go along with it.
    pub(crate) fn erase_rule(&mut self, id: &Id, members: RuleMembers) {
        let Some(rule) = self.rules.remove(id) else { return };
        for group in &rule.groups {
            let Some(it) = self.groups.get(group) else { continue };
            let held: Vec<(Id, BTreeSet<Id>)> = it
                .members
                .iter()
                .filter_map(|(user, source)| match source {
                    Source::Rules(rules) if rules.contains(id) => {
                        Some((user.clone(), rules.clone()))
                    }
                    Source::Rules(_) | Source::Direct => None,
                })
                .collect();
            for (user, mut rules) in held {
                rules.remove(id);
                match (rules.is_empty(), members) {
                    (false, _) => self.set_source(group, &user, Source::Rules(rules)),
                    (true, RuleMembers::Stay) => self.set_source(group, &user, Source::Direct),
                    (true, RuleMembers::Go) => self.leave(group, &user),
                }
            }
        }
    }
}

/// What becomes of a deleted rule's members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleMembers {
    /// They stay.
    Stay,
    /// They go: `removeUsers=true`.
    Go,
}

/// What there is, but for changes that are not shown yet: what was there before is, and else it is
/// not.
fn as_before<'a>(
    mut now: BTreeSet<&'a Id>,
    unseen: impl Iterator<Item = (&'a Id, bool)>,
) -> BTreeSet<&'a Id> {
    for (it, was_in) in unseen {
        if was_in {
            now.insert(it);
        } else {
            now.remove(it);
        }
    }
    now
}
