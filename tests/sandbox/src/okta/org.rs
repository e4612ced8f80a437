//! The org: all state of the simulated Okta, and the few things every part of it needs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    credentials::{AccessToken, ApiToken, Client, Nonce},
    ids::{Id, Ids},
    limits::Meter,
    model::{
        App, Event, Grant, Group, GroupKind, Hidden, Mail, MailReason, Policy, Role, Rule, User,
        UserToken,
    },
    options::Options,
    schema::Schema,
};

/// All state. Tests seed it and read it back; the HTTP handlers work on nothing else.
#[derive(Debug)]
pub struct Org {
    pub(crate) options: Options,
    pub(crate) ids: Ids,
    /// How many API calls have been answered: the time of `search`'s lag.
    pub(crate) calls: u64,
    pub(crate) users: BTreeMap<Id, User>,
    /// Logins of living and deactivated users, folded as Okta compares them.
    pub(crate) logins: HashMap<String, Id>,
    /// Values of the unique custom attributes.
    pub(crate) uniques: HashMap<String, HashMap<String, Id>>,
    pub(crate) schema: Schema,
    pub(crate) everyone: Id,
    pub(crate) groups: BTreeMap<Id, Group>,
    pub(crate) group_names: HashMap<String, Id>,
    /// Changes of memberships (group, user) that lists do not show yet: until which call, and
    /// whether the user was in the group before.
    pub(crate) unseen_members: HashMap<(Id, Id), (u64, bool)>,
    pub(crate) rules: BTreeMap<Id, Rule>,
    pub(crate) apps: BTreeMap<Id, App>,
    /// Which applications a user has: the inverse of the applications' own lists.
    pub(crate) apps_of_user: HashMap<Id, BTreeSet<Id>>,
    pub(crate) policies: BTreeMap<Id, Policy>,
    pub(crate) sessions: HashMap<Id, BTreeSet<Id>>,
    pub(crate) tokens: HashMap<Id, Vec<UserToken>>,
    pub(crate) grants: HashMap<Id, Vec<Grant>>,
    pub(crate) roles: BTreeMap<Id, Vec<Role>>,
    pub(crate) linked_definitions: Vec<Value>,
    /// (primary relationship, associated user) -> primary user.
    pub(crate) linked: BTreeMap<(String, Id), Id>,
    pub(crate) events: Vec<Event>,
    pub(crate) mails: Vec<Mail>,
    pub(crate) api_tokens: HashMap<String, ApiToken>,
    pub(crate) clients: HashMap<String, Client>,
    pub(crate) access_tokens: HashMap<String, AccessToken>,
    pub(crate) nonce: Option<Nonce>,
    /// Ids of assertions and proofs that were used: each is good for one call.
    pub(crate) spent: HashSet<String>,
    pub(crate) meter: Meter,
    /// Concurrency refusals still to be given.
    pub(crate) congested: usize,
    /// Answers `423 Policy priorities are being reconciled` still to be given.
    pub(crate) reconciling: usize,
    /// Whether the org is in read-only mode.
    pub(crate) is_read_only: bool,
    /// Who is calling, for the System Log; nobody while a test seeds.
    pub(crate) actor: Option<Actor>,
}

/// Who is calling, and in which request.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    /// A client id, or the word for an API token.
    pub name: String,
    /// The `x-okta-request-id`.
    pub request: String,
}

impl Org {
    pub(crate) fn new(options: Options) -> Self {
        let mut ids = Ids::seeded(options.seed);
        let everyone = ids.next("00g");
        let mut res = Self {
            ids,
            calls: 0,
            users: BTreeMap::new(),
            logins: HashMap::new(),
            uniques: HashMap::new(),
            schema: Schema::default(),
            everyone: everyone.clone(),
            groups: BTreeMap::new(),
            group_names: HashMap::new(),
            unseen_members: HashMap::new(),
            rules: BTreeMap::new(),
            apps: BTreeMap::new(),
            apps_of_user: HashMap::new(),
            policies: BTreeMap::new(),
            sessions: HashMap::new(),
            tokens: HashMap::new(),
            grants: HashMap::new(),
            roles: BTreeMap::new(),
            linked_definitions: Vec::new(),
            linked: BTreeMap::new(),
            events: Vec::new(),
            mails: Vec::new(),
            api_tokens: HashMap::new(),
            clients: HashMap::new(),
            access_tokens: HashMap::new(),
            nonce: None,
            spent: HashSet::new(),
            meter: Meter::default(),
            congested: 0,
            reconciling: 0,
            is_read_only: false,
            actor: None,
            options,
        };
        let profile = serde_json::json!({"name": "Everyone", "description": "All users in your organization"});
        res.insert_group(
            everyone,
            GroupKind::BuiltIn,
            profile.as_object().cloned().unwrap_or_default(),
        );
        res.add_default_policy();
        res
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// Writes to the System Log. What a test seeds is not history.
    pub(crate) fn note(&mut self, kind: &'static str, targets: Vec<(&'static str, Id)>) {
        let Some(Actor { name, request }) = self.actor.clone() else { return };
        let published = self.now();
        self.events.push(Event { published, kind, actor: name, request, targets });
    }

    pub(crate) fn send(&mut self, user: &Id, reason: MailReason) {
        self.mails.push(Mail { user: user.clone(), reason });
    }

    /// Changes a user, with everything that goes along: the stamp, the `ETag`, `search`'s lag.
    ///
    /// Every change of profile or status goes through here.
    pub(crate) fn change(&mut self, id: &Id, change: impl FnOnce(&mut User, Timestamp)) {
        let now = self.now();
        let lag = self.options.search_lag_calls as u64;
        let until = self.calls + lag;
        let calls = self.calls;
        let seeding = self.actor.is_none();
        let Some(user) = self.users.get_mut(id) else { return };
        if lag > 0 && !seeding {
            let still_hidden = user.hidden.take().filter(|it| calls < it.until);
            let before = match still_hidden {
                Some(Hidden { before, until: _ }) => before,
                None => Some(Box::new(user.clone())),
            };
            user.hidden = Some(Hidden { until, before });
        }
        change(user, now);
        user.last_updated = now;
        user.revision += 1;
    }

    /// A user as `search` sees them now.
    pub(crate) fn as_searched<'a>(&self, user: &'a User) -> Option<&'a User> {
        match &user.hidden {
            Some(hidden) if self.calls < hidden.until => hidden.before.as_deref(),
            Some(_) | None => Some(user),
        }
    }
}

/// A stamp as Okta writes it: UTC with milliseconds.
pub(crate) fn stamp(at: Timestamp) -> Value {
    Value::String(format!("{at:.3}"))
}

/// A login as Okta compares it: without case and diacritics.
pub(crate) fn login_key(login: &str) -> String {
    login.chars().flat_map(char::to_lowercase).map(plain).collect()
}

/// The letter without its mark, for the Latin letters that people's names carry.
fn plain(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}
