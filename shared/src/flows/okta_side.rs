//! Reads what Okta has for the people who need a look, with as few calls as that takes.

mod managers;
mod memberships;
mod wanted;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use futures::{StreamExt, TryStreamExt, stream, try_join};

pub(super) use managers::linked_manager;
use memberships::Memberships;
pub(super) use wanted::Wanted;

use super::{Error, look::Lens, memory::Memory};
use crate::{
    deciders::{
        accounts::Accounts,
        guard::{self, Doubt, Sight},
        mapping::OwnedGroup,
        plan::{Directory, Listing, Seen},
        policy::Policy,
    },
    doors::okta::{AppScope, MembersPage, Reader, Which},
    words::{
        account::{Account, GroupKind, Status},
        action::{AppRef, GroupRef},
        finding::{Finding, FindingCode, Subject},
        flow::Flow,
        hr::Catalog,
        ids::{GroupId, Login, OktaUserId},
        shelf::Shelf,
        value::Value,
    },
};

/// What is ours to look at in Okta.
pub(super) struct Ours {
    pub(super) groups: BTreeMap<Arc<str>, OwnedGroup>,
    pub(super) apps: BTreeSet<Arc<str>>,
}

impl Ours {
    /// As far as `flow` looks.
    pub(super) fn of(flow: Flow, policy: &Policy, catalog: &Catalog) -> Self {
        let groups = policy.owned_groups(catalog);
        match flow {
            Flow::MfaPolicy => Self {
                groups: groups.into_iter().filter(|(_, it)| it.tier.is_some()).collect(),
                apps: BTreeSet::new(),
            },
            Flow::Offboarding
            | Flow::NewHire
            | Flow::ProfileSync
            | Flow::Contractor
            | Flow::OrgSync => Self { groups, apps: policy.owned_apps() },
        }
    }
}

/// What Okta has, as far as it was asked for.
#[derive(Debug)]
pub(super) struct OktaSide {
    pub(super) accounts: Accounts,
    pub(super) directory: Directory,
    groups: Memberships<GroupRef>,
    apps: Memberships<AppRef>,
    managers: HashMap<OktaUserId, Option<OktaUserId>>,
    /// What was wrong with Okta on the way.
    pub(super) findings: Vec<Finding>,
    /// Whether accounts came from lists, which are older than a read by id.
    pub(super) is_from_lists: bool,
}

/// Reads in flight at once. More than a handful only helps inside one burst
/// (reference/performance.md, section 2.3).
const IN_FLIGHT: usize = 8;
/// Calls that looking at one person by id costs: the user and the groups.
const CALLS_PER_PERSON: usize = 2;
/// Users on a page.
const PAGE: usize = 200;
/// With more people than this the members of groups are read in long pages. A run may use half of
/// the 500 calls that Okta allows in a minute; everybody is in some five groups, so that pages of 200
/// take a call for forty people, and one more for each group (reference/performance.md, section 2).
const LARGE: usize = 5_000;

impl OktaSide {
    /// Reads for everybody in `wanted`: person by person, or by lists when these cost less, or
    /// when the run `sweeps`: only a list shows who else is in a group.
    pub(super) async fn read(
        reader: &Reader,
        policy: &Policy,
        ours: &Ours,
        lens: &Lens<'_>,
        wanted: &Shelf<Wanted>,
        sweeps: bool,
    ) -> Result<Self, Error> {
        let memory = lens.memory;
        let matching: BTreeSet<Arc<str>> = policy.okta.match_on.iter().cloned().collect();
        let mut side = Self {
            accounts: Accounts::new(policy.okta.key_attribute.clone(), matching),
            directory: directory(reader, ours, memory).await?,
            groups: Memberships::default(),
            apps: Memberships::default(),
            managers: HashMap::new(),
            findings: Vec::new(),
            is_from_lists: false,
        };
        let lists = memory.linked() / PAGE + 2 + side.directory.owned_groups().count();
        if sweeps || wanted.len() * CALLS_PER_PERSON > lists {
            // There are some that nobody has linked.
            side.accounts.reserve(memory.linked() + memory.linked() / 8 + PAGE);
            // In a first run nobody is linked.
            let page = members_page(memory.linked().max(wanted.len()));
            side.read_lists(reader, wanted, page).await?;
        } else {
            side.read_one_by_one(reader, policy, wanted).await?;
        }
        let relation = policy.manager.as_ref().and_then(|it| it.linked_object.as_ref());
        if let Some(relation) = relation {
            side.read_linked_managers(reader, relation, wanted).await?;
        }
        if !side.is_from_lists {
            side.read_new_managers(reader, wanted, |it| lens.named_manager(it)).await?;
        }
        Ok(side)
    }

    /// Looks the policy's names up anew, after groups were made or renamed.
    pub(super) async fn reopen_directory(
        &mut self,
        reader: &Reader,
        ours: &Ours,
        memory: &Memory,
    ) -> Result<(), Error> {
        self.directory = directory(reader, ours, memory).await?;
        Ok(())
    }

    async fn read_lists(
        &mut self,
        reader: &Reader,
        wanted: &Shelf<Wanted>,
        page: MembersPage,
    ) -> Result<(), Error> {
        self.is_from_lists = true;
        let Self { accounts, directory, groups, apps, .. } = &mut *self;
        let users = async {
            reader.users_with(Which::Living, |it| accounts.put(&it)).await?;
            // Plain lists leave these out, and they still own their logins and their groups.
            reader.users_with(Which::Deprovisioned, |it| accounts.put(&it)).await?;
            Ok::<_, Error>(())
        };
        let members =
            groups.list(directory.owned_groups(), |it| reader.group_members(&it.id, page));
        let assigned = apps.list(directory.owned_apps(), |it| reader.directly_assigned(&it.id));
        try_join!(users, members, assigned)?;
        // Who is stripped is stripped of every group: leavers, and rehires of whom something is
        // left over.
        let stripped = wanted.iter().filter_map(|it| {
            let id = self.id_of(&it)?;
            let is_closed = self.accounts.get(&id)?.status == Status::Deprovisioned;
            (it.is_out || is_closed).then_some(id)
        });
        let stripped: Vec<OktaUserId> = stripped.collect();
        self.read_groups(reader, stripped).await
    }

    async fn read_one_by_one(
        &mut self,
        reader: &Reader,
        policy: &Policy,
        wanted: &Shelf<Wanted>,
    ) -> Result<(), Error> {
        let found: Vec<Vec<Account>> = stream::iter(wanted.iter())
            .map(|it| async move { find(reader, policy, &it).await })
            .buffered(IN_FLIGHT)
            .try_collect()
            .await?;
        for account in found.into_iter().flatten() {
            self.accounts.put(&account);
        }
        let ids: Vec<OktaUserId> = wanted.iter().filter_map(|it| self.id_of(&it)).collect();
        self.read_groups(reader, ids.clone()).await?;
        self.read_new_logins(reader, wanted).await?;
        let apps: Vec<AppRef> = self.directory.owned_apps().cloned().collect();
        for user in ids {
            for app in &apps {
                let assigned = reader.app_user(&app.id, &user).await?;
                if assigned.is_some_and(|it| it.scope == AppScope::User) {
                    self.apps.add(user.clone(), app);
                }
            }
        }
        Ok(())
    }

    /// Who has the logins that accounts are about to be renamed to.
    async fn read_new_logins(
        &mut self,
        reader: &Reader,
        wanted: &Shelf<Wanted>,
    ) -> Result<(), Error> {
        for it in wanted.iter() {
            let has = self.id_of(&it).and_then(|id| self.accounts.get(&id));
            if has.is_some_and(|has| it.renames.contains(&has.login)) {
                continue;
            }
            for login in &it.renames {
                if self.accounts.is_taken(login) {
                    continue;
                }
                match reader.user_by_login(login).await? {
                    Some(account) => self.accounts.put(&account),
                    None => break,
                }
            }
        }
        Ok(())
    }

    async fn read_groups(&mut self, reader: &Reader, users: Vec<OktaUserId>) -> Result<(), Error> {
        let read: Vec<(OktaUserId, BTreeSet<GroupRef>)> = stream::iter(users)
            .map(|user| async {
                let groups = writable_groups(reader, &user).await?;
                Ok::<_, Error>((user, groups))
            })
            .buffered(IN_FLIGHT)
            .try_collect()
            .await?;
        for (user, groups) in read {
            self.groups.put(user, &groups);
        }
        Ok(())
    }

    fn id_of(&self, wanted: &Wanted) -> Option<OktaUserId> {
        wanted.account(self).map(|it| it.id.clone())
    }

    /// Reasons not to believe what was read, given who should have been in it.
    pub(super) async fn doubts(
        &self,
        reader: &Reader,
        policy: &Policy,
        memory: &Memory,
        wanted: &Shelf<Wanted>,
    ) -> Result<Vec<Doubt>, Error> {
        let is_seen = |it: &OktaUserId| self.accounts.get(it).is_some();
        let (linked, seen) = if self.is_from_lists {
            (memory.linked(), memory.links().filter(|it| is_seen(&it.user)).count())
        } else {
            let linked: Vec<OktaUserId> = wanted.iter().filter_map(|it| it.linked).collect();
            (linked.len(), linked.iter().filter(|it| is_seen(it)).count())
        };
        let mut missing_canaries = Vec::new();
        for (at, canary) in policy.okta.canaries.iter().enumerate() {
            let is_there = match Login::parse(canary) {
                Ok(login) => {
                    self.accounts.is_taken(&login) || reader.user_by_login(&login).await?.is_some()
                }
                Err(_) => reader.user(&canary.as_ref().into()).await?.is_some(),
            };
            if !is_there {
                missing_canaries.push(at + 1);
            }
        }
        let sight = if self.is_from_lists { Sight::Lists } else { Sight::OneByOne };
        Ok(guard::doubt_okta(sight, linked, seen, &missing_canaries, &policy.limits))
    }

    /// Members of our groups whose account is nobody's in HR, counted for each group. They are
    /// never touched.
    pub(super) fn strangers(&self, key_attribute: &Arc<str>) -> Vec<Finding> {
        let mut counts: BTreeMap<&GroupId, usize> = BTreeMap::new();
        for (user, groups) in self.groups.iter() {
            let Some(account) = self.accounts.get(user) else { continue };
            let is_closed = account.status == Status::Deprovisioned;
            if is_closed || account.profile.contains_key(key_attribute) {
                continue;
            }
            for it in groups {
                *counts.entry(&it.id).or_default() += 1;
            }
        }
        let ours = self.directory.owned_groups();
        let findings = ours.filter_map(|group| {
            let count = *counts.get(&group.id)?;
            Some(Finding::note(
                Subject::Named(format!("group {:?}", group.name)),
                FindingCode::StrangersInGroup,
                format!(
                    "accounts in it that are not Rollcall's to change, having no {key_attribute}: \
                     {count}. They stay; whoever does not belong there has to be taken out in Okta"
                ),
            ))
        });
        findings.collect()
    }

    /// What was seen of one account.
    pub(super) fn seen(&self, id: &OktaUserId) -> Option<Seen> {
        Some(self.with_memberships(self.accounts.get(id)?))
    }

    /// An account with what it is in.
    pub(super) fn with_memberships(&self, account: Account) -> Seen {
        let id = &account.id;
        Seen {
            groups: self.groups.of(id),
            apps: self.apps.of(id),
            linked_manager: self.managers.get(id).cloned(),
            account,
        }
    }

    /// Replaces what is known of one account by what was read back.
    pub(super) fn put(&mut self, seen: Seen) {
        let id = seen.account.id.clone();
        self.groups.put(id.clone(), &seen.groups);
        self.apps.put(id.clone(), &seen.apps);
        self.managers.extend(seen.linked_manager.map(|it| (id, it)));
        self.accounts.put(&seen.account);
    }
}

/// How members of groups are read where so many people have an account of ours.
fn members_page(people: usize) -> MembersPage {
    if people > LARGE { MembersPage::Longest } else { MembersPage::Recommended }
}

/// Looks up every group and app that is ours.
async fn directory(reader: &Reader, ours: &Ours, memory: &Memory) -> Result<Directory, Error> {
    let apps = async {
        match ours.apps.is_empty() {
            true => Ok(Vec::new()),
            false => reader.apps().await,
        }
    };
    let (groups, rules, apps) = try_join!(reader.groups(), reader.group_rules(), apps)?;
    Ok(Directory::new(Listing {
        owned: &ours.groups,
        labels: &ours.apps,
        links: &memory.group_links,
        groups: &groups,
        rules: &rules,
        apps: &apps,
    }))
}

/// The groups of a user that anybody could take him or her out of.
pub(super) async fn writable_groups(
    reader: &Reader,
    user: &OktaUserId,
) -> Result<BTreeSet<GroupRef>, Error> {
    let groups = reader.groups_of(user).await?;
    let writable = groups.into_iter().filter(|it| it.kind == GroupKind::Okta);
    Ok(writable.map(|it| GroupRef { id: it.id, name: it.name }).collect())
}

/// The accounts that could be one person's: by link, else by key, by strong match, by login.
///
/// `search` is eventually consistent (reference/okta.md, item 8), so what it finds is read again
/// by id, and what it misses is still caught by the login being taken.
async fn find(reader: &Reader, policy: &Policy, wanted: &Wanted) -> Result<Vec<Account>, Error> {
    if let Some(id) = &wanted.linked
        && let Some(account) = reader.user(id).await?
    {
        return Ok(vec![account]);
    }
    let mut found: BTreeMap<OktaUserId, Account> = BTreeMap::new();
    let key = Value::Text(wanted.person.as_str().into());
    let attributes = [(policy.okta.key_attribute.clone(), key)];
    // The first attribute finds, the others only confirm: everybody called Lee is no help.
    for (name, value) in attributes.iter().chain(wanted.strong.first()) {
        for hit in reader.find_users(name, &value.to_string()).await? {
            if let Some(account) = reader.user(&hit.id).await? {
                found.insert(account.id.clone(), account);
            }
        }
        // The key alone settles it.
        if !found.is_empty() && *name == policy.okta.key_attribute {
            return Ok(found.into_values().collect());
        }
    }
    for login in &wanted.logins {
        match reader.user_by_login(login).await? {
            Some(account) => found.insert(account.id.clone(), account),
            None => break,
        };
    }
    Ok(found.into_values().collect())
}
